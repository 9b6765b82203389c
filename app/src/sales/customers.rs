//! The seller's customers: search, tabs, and what there is to know at a glance.

use domain::sales::{Customer, CustomersPage, CustomersQuery, PAGE};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::actions::ReadCustomers;
use super::{last, named};
use crate::layout::{pages, shown};
use crate::load::loaded;
use crate::ui::{Button, Card, EmptyState, Field, Kind, PageHeader, Pager, Tab, Tabs};

/// Customers by name; a sales rep sees the assigned ones.
#[component]
pub fn Customers() -> impl IntoView {
    let location = use_location();
    view! {
        <Title text="Customers"/>
        {loaded(move || ReadCustomers { query: location.search.get() }, show)}
    }
}

fn show(page: CustomersPage) -> AnyView {
    let q = page.query.clone();
    let tabs = page
        .counts
        .iter()
        .map(|(show, n)| {
            let href = CustomersQuery { show: *show, page: 1, ..q.clone() }.href();
            Tab::new(show.label(), href).count(text::count(*n)).current(*show == q.show)
        })
        .collect();
    let total = page.counts.iter().find(|(show, _)| *show == q.show).map_or(0, |c| c.1);
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="No customer here" text="Customers assigned to you appear here. Look for another number or name."/> }.into_any()
    } else {
        let rows = page.rows.iter().map(row).collect_view();
        let (at, count, summary, paged) = (q.page, pages(total, PAGE), shown(q.page, PAGE, total), q.clone());
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Customer"</th>
                            <th scope="col">"Last order"</th>
                            <th scope="col" class="num">"Open orders"</th>
                            <th scope="col" class="num">"Open quotes"</th>
                            <th scope="col" class="num">"Open carts"</th>
                            <th scope="col" class="num">"Overdue"</th>
                            <th scope="col" class="num">"This year"</th>
                            <th scope="col" class="num">"Last year"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <Pager page=at pages=count summary=summary href=move |n: u32| CustomersQuery { page: n, ..paged.clone() }.href()/>
            <p class="dim small">"A year is the last 365 days; the one before that is last year. Amounts with tax, in the customer’s currency."</p>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Customers" note=text::counted(total, "customer", "customers")/>
        <Tabs label="Which customers" items=tabs/>
        <form method="get" action="/sales/customers" class="filters">
            {(!q.show.code().is_empty()).then(|| view! { <input type="hidden" name="show" value=q.show.code()/> })}
            <Field label="Number or name" name="q" id="customers-q" kind=Kind::Search value=q.words chars=22/>
            <Button>"Find"</Button>
        </form>
        {body}
    }
    .into_any()
}

fn row(c: &Customer) -> AnyView {
    let some = |n: i64| if n == 0 { String::new() } else { text::count(n) };
    let owes = !c.overdue.amount().is_zero();
    let overdue = if owes { text::money(c.overdue) } else { String::new() };
    view! {
        <tr>
            <td>{named(c)}</td>
            <td class="dim nowrap">{last(c)}</td>
            <td class="num" data-label=(c.open_orders > 0).then_some("Open orders")>{some(c.open_orders)}</td>
            <td class="num" data-label=(c.open_quotes > 0).then_some("Open quotes")>{some(c.open_quotes)}</td>
            <td class="num wide" data-label="Open carts">{some(c.open_carts)}</td>
            <td class="num bad-ink" data-label=owes.then_some("Overdue")>{overdue}</td>
            <td class="num strong" data-label="This year">{text::money(c.this_year)}</td>
            <td class="num dim wide" data-label="Last year">{text::money(c.last_year)}</td>
        </tr>
    }
    .into_any()
}
