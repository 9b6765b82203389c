//! The seller's customers: the home page of staff.

use domain::accounts::CustomerRow;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::ReadCustomers;
use crate::load::loaded;
use crate::ui::{Button, Card, EmptyState, Field, Kind, PageHeader, Pill, Tone};

/// Customers by name, with what is open and what is overdue; a sales rep sees the assigned ones.
#[component]
pub fn Customers() -> impl IntoView {
    let query = use_query_map();
    let words = move || query.read().get("customer").unwrap_or_default();
    view! {
        <Title text="Customers"/>
        {loaded(move || ReadCustomers { words: words() }, move |rows| show(rows, words()))}
    }
}

fn show(rows: Vec<CustomerRow>, words: String) -> AnyView {
    let count = text::counted(i64::try_from(rows.len()).unwrap_or_default(), "customer", "customers");
    let table = if rows.is_empty() {
        view! { <EmptyState title="No customer here" text="Customers assigned to you appear here. Look for another number or name."/> }.into_any()
    } else {
        let rows = rows.into_iter().map(row).collect_view();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Customer"</th>
                            <th scope="col">"Country"</th>
                            <th scope="col">"Last order"</th>
                            <th scope="col" class="num">"Open orders"</th>
                            <th scope="col" class="num">"Overdue"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Customers" note=count/>
        <form method="get" action="/" class="filters">
            <Field label="Number or name" name="customer" kind=Kind::Search value=words/>
            <Button>"Find"</Button>
        </form>
        {table}
    }
    .into_any()
}

fn row(r: CustomerRow) -> AnyView {
    let held = (r.status != "active")
        .then(|| view! { <Pill tone=Tone::Warn text=if r.status == "on_hold" { "On hold" } else { "Closed" }/> });
    view! {
        <tr>
            <td>
                <strong>{r.name}</strong>
                " "
                {held}
                <br/>
                <span class="dim small">{r.number}</span>
            </td>
            <td class="dim hide">{r.country}</td>
            <td class="dim">{r.last_order.map_or_else(|| "never".to_owned(), |t| text::date(t.date()))}</td>
            <td class="num">{text::count(r.open_orders)}</td>
            <td class="num">{text::money(r.overdue)}</td>
        </tr>
    }
    .into_any()
}
