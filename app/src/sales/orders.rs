//! Orders of all one's customers: filters in the URL, rows to open.

use domain::deliveries::DeskPage;
use domain::orders::{PAGE, Status};
use domain::paging::Place;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::actions::ReadOrders;
use super::sheet;
use crate::layout::{at_most, walked};
use crate::load::loaded;
use crate::ui::{Button, Card, Choice, EmptyState, Field, Kind, PageHeader, Select};

/// Orders, the newest first; a sales rep sees those of assigned customers.
#[component]
pub fn Orders() -> impl IntoView {
    let location = use_location();
    view! {
        <Title text="Orders"/>
        {loaded(move || ReadOrders { query: location.search.get() }, show)}
    }
}

fn show(page: DeskPage) -> AnyView {
    let q = page.query.clone();
    let states = std::iter::once(Choice::new("", "Any status"))
        .chain(Status::ALL.into_iter().map(|s| Choice::new(s.code(), s.label())))
        .collect::<Vec<_>>();
    let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string());
    let total = page.total;
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="No orders here" text="Orders of your customers appear here. Look for something else."/> }.into_any()
    } else {
        let (at, paged, shown) = (Place::page(q.page), q.clone(), page.rows.len());
        view! {
            <Card flush=true>{sheet(page.rows, true)}</Card>
            {walked(&at, PAGE, shown, total, move |n| paged.at_page(n).href())}
        }
        .into_any()
    };
    view! {
        <PageHeader title="Orders" note=at_most(total, "order", "orders")/>
        <form method="get" action="/sales/orders" class="filters">
            <Field label="Number, PO, product" name="q" id="desk-q" kind=Kind::Search value=q.words.clone() chars=20/>
            <Field label="Customer" name="customer" id="desk-customer" kind=Kind::Search value=q.customer.clone() chars=16/>
            <Select label="Status" name="status" options=states selected=q.status.map(|s| s.code().to_owned()).unwrap_or_default()/>
            <Field label="From" name="from" kind=Kind::Date value=day(q.from)/>
            <Field label="To" name="to" kind=Kind::Date value=day(q.to)/>
            <Button>"Filter"</Button>
        </form>
        {body}
    }
    .into_any()
}
