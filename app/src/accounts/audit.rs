//! The account's audit trail. Account admins only.

use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::ReadAudit;
use crate::load::loaded;
use crate::ui::{Card, PageHeader};

/// The last 200 entries, the newest first.
#[component]
pub fn Audit() -> impl IntoView {
    let show = |rows: Vec<domain::accounts::AuditRow>| {
        let rows = rows
            .into_iter()
            .map(|r| {
                view! {
                    <tr>
                        <td class="num dim">{r.seq}</td>
                        <td class="dim">{text::date_time(r.at)}</td>
                        <td>{r.who}</td>
                        <td>{said(&r.action)}</td>
                        <td>{r.what}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <PageHeader title="Audit" note="Every change in your company, in a chain that shows if one is missing"/>
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col" class="num">"No."</th>
                            <th scope="col">"When"</th>
                            <th scope="col">"Who"</th>
                            <th scope="col">"What"</th>
                            <th scope="col">"On"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any()
    };
    view! {
        <Title text="Audit"/>
        {loaded(|| ReadAudit {}, show)}
    }
}

/// `order.submitted` as people say it: `Order submitted`.
pub fn said(action: &str) -> String {
    let words = action.replace(['.', '_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
