//! Orders beyond the credit limit: the seller's people release them.

use domain::orders::HeldRow;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{ReadHeld, Release};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, Card, EmptyState, PageHeader};

/// All held orders, the oldest first.
#[component]
pub fn Held() -> impl IntoView {
    let release = Act::of::<Release>();
    view! {
        <Title text="Held orders"/>
        {release.complaint()}
        {reloaded(move || release.version(), || ReadHeld {}, move |rows| show(rows, release))}
    }
}

fn show(rows: Vec<HeldRow>, release: Act) -> AnyView {
    if rows.is_empty() {
        return view! {
            <PageHeader title="Held orders"/>
            <EmptyState title="No order is held" text="Orders that go beyond a customer’s credit limit wait here for your release."/>
        }
        .into_any();
    }
    let rows = rows.into_iter().map(|r| row(r, release)).collect_view();
    view! {
        <PageHeader title="Held orders" note="Beyond the customer’s credit limit"/>
        <Card flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Order"</th>
                        <th scope="col">"Sent"</th>
                        <th scope="col" class="num">"Total incl. tax"</th>
                        <th scope="col" class="num">"Release"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

fn row(r: HeldRow, release: Act) -> AnyView {
    let says = format!("Release {}", r.number);
    view! {
        <tr>
            <td>
                <strong>{r.customer}</strong>
                <br/>
                <span class="dim small">{r.account.clone()}</span>
            </td>
            <td>{r.number.clone()}</td>
            <td class="dim">{format!("{}, {}", r.placed_by, text::date_time(r.placed_at))}</td>
            <td class="num strong">{text::money(r.gross)}</td>
            <td class="num">
                <Form act=release>
                    <input type="hidden" name="account" value=r.account/>
                    <input type="hidden" name="number" value=r.number/>
                    <input type="hidden" name="version" value=r.version/>
                    <Button says=says>"Release"</Button>
                </Form>
            </td>
        </tr>
    }
    .into_any()
}
