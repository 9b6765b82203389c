//! Two versions side by side: what differs, and nothing else.

use domain::quotes::{Change, ComparePage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};

use super::actions::ReadComparison;
use crate::load::loaded;
use crate::ui::{Button, Card, Choice, EmptyState, PageHeader, Select};

/// What differs between `?from=` and `?to=`. Both sides read it, each below its own address.
#[component]
pub fn Compare() -> impl IntoView {
    let (params, query, location) = (use_params_map(), use_query_map(), use_location());
    let number = move |key: &str| query.read().get(key).and_then(|n| n.parse().ok()).unwrap_or_default();
    let question = move || ReadComparison {
        number: params.read().get("number").unwrap_or_default(),
        from: number("from"),
        to: number("to"),
    };
    let base = move || if location.pathname.read().starts_with("/sales") { "/sales/quotes" } else { "/quotes" };
    view! { {loaded(question, move |page| show(page, base()))} }
}

fn show(page: ComparePage, base: &'static str) -> AnyView {
    let (from, to) = page.between;
    let choices = || {
        page.versions
            .iter()
            .map(|v| Choice::new(v.no.to_string(), format!("Version {}, {}", v.no, text::date(v.sent_at.date()))))
            .collect::<Vec<_>>()
    };
    let (first, last) = (choices(), choices());
    let title = format!("Version {from} and version {to}");
    let body = if page.changes.is_empty() {
        view! { <EmptyState title="Nothing differs" text="The two versions say the same."/> }.into_any()
    } else {
        let rows = page.changes.into_iter().map(row).collect_view();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"What"</th>
                            <th scope="col">{format!("Version {from}")}</th>
                            <th scope="col">{format!("Version {to}")}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                    <tfoot>
                        <tr>
                            <td>"Total incl. tax"</td>
                            <td data-label=format!("Version {from}")>{text::money(page.gross.0)}</td>
                            <td data-label=format!("Version {to}")>{text::money(page.gross.1)}</td>
                        </tr>
                    </tfoot>
                </table>
            </Card>
        }
        .into_any()
    };
    view! {
        <Title text=title.clone()/>
        <PageHeader title=title back=(page.number.clone(), format!("{base}/{}", page.number))/>
        <form method="get" action=format!("{base}/{}/compare", page.number) class="filters">
            <Select label="From" name="from" options=first selected=from.to_string()/>
            <Select label="To" name="to" options=last selected=to.to_string()/>
            <Button>"Compare"</Button>
        </form>
        {body}
    }
    .into_any()
}

fn row(c: Change) -> AnyView {
    let none = |text: String, word: &'static str| if text.is_empty() { word.to_owned() } else { text };
    view! {
        <tr>
            <td class="strong full">{c.what}</td>
            <td class="pre">{none(c.before, "not there")}</td>
            <td class="pre">{none(c.after, "gone")}</td>
        </tr>
    }
    .into_any()
}
