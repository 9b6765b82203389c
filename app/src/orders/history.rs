//! The order history: filters in the URL, rows to open.

use domain::orders::{HistoryPage, HistoryQuery, OrderRow, PAGE, Status};
use domain::paging::Place;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::actions::ReadHistory;
use super::tone;
use crate::layout::{at_most, walked};
use crate::load::loaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Choice, EmptyState, Field, Kind, PageHeader, Pill, Select, Tab, Tabs,
    each_later,
};

/// Orders, the newest first.
#[component]
pub fn History() -> impl IntoView {
    let location = use_location();
    view! {
        <Title text="Orders"/>
        {loaded(move || ReadHistory { query: location.search.get() }, show)}
    }
}

fn show(page: HistoryPage) -> AnyView {
    let note = at_most(page.total, "order", "orders");
    let q = page.query.clone();
    let tabs = page.sees_all.then(|| {
        let all = HistoryQuery { mine: false, at: Place::default(), ..q.clone() };
        let mine = HistoryQuery { mine: true, ..all.clone() };
        view! { <Tabs label="Whose orders" items=vec![Tab::new("All", all.href()).current(!q.mine), Tab::new("Mine", mine.href()).current(q.mine)]/> }
    });
    let states = std::iter::once(Choice::new("", "Any status"))
        .chain(Status::ALL.into_iter().map(|s| Choice::new(s.code(), s.label())))
        .collect::<Vec<_>>();
    let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string());
    let body = if page.rows.is_empty() {
        view! {
            <EmptyState title="No orders here" text="Orders that you place appear here, with where they stand.">
                {page.can_order.then(|| view! { <ButtonLink href="/catalog">"Open the catalog"</ButtonLink> })}
            </EmptyState>
        }
        .into_any()
    } else {
        table(page.rows, page.query.clone(), page.total)
    };
    view! {
        <PageHeader title="Orders" note=note>
            {page.can_order.then(|| view! { <ButtonLink href="/catalog" kind=ButtonKind::Primary>"New order"</ButtonLink> })}
        </PageHeader>
        {tabs}
        <form method="get" action="/orders" class="filters">
            {q.mine.then(|| view! { <input type="hidden" name="mine" value="1"/> })}
            <Field label="Number, PO, product" name="q" id="history-q" kind=Kind::Search value=q.words.clone() chars=22/>
            <Select label="Status" name="status" options=states selected=q.status.map(|s| s.code().to_owned()).unwrap_or_default()/>
            <Field label="From" name="from" kind=Kind::Date value=day(q.from)/>
            <Field label="To" name="to" kind=Kind::Date value=day(q.to)/>
            <Button>"Filter"</Button>
        </form>
        {body}
    }
    .into_any()
}

fn table(rows: Vec<OrderRow>, query: HistoryQuery, total: i64) -> AnyView {
    let (shown, at) = (rows.len(), query.at.clone());
    let ends = rows.first().zip(rows.last()).map(|(first, last)| (first.number.clone(), last.number.clone()));
    view! {
        {sheet(rows)}
        {walked(&at, PAGE, shown, total, move |n| query.at(query.at.to(n, &ends)).href())}
    }
    .into_any()
}

/// Orders as a table; also on the home page.
pub fn sheet(rows: Vec<OrderRow>) -> AnyView {
    let rows = each_later(rows, row);
    view! {
        <Card flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Order"</th>
                        <th scope="col">"Placed"</th>
                        <th scope="col">"Your reference"</th>
                        <th scope="col" class="wide">"Cost centre"</th>
                        <th scope="col" class="between">"Placed by"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="num">"Total incl. tax"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

fn row(o: OrderRow) -> AnyView {
    let href = format!("/orders/{}", o.number);
    view! {
        <tr>
            <td class="nowrap">
                <a class="link strong" href=href>{o.number}</a>
            </td>
            <td class="dim hide nowrap">{text::date(o.placed_at.date())}</td>
            <td class="hide">{o.po_number}</td>
            <td class="wide">{o.cost_centre}</td>
            <td class="dim between">{o.placed_by}</td>
            <td>
                <Pill tone=tone(o.status) text=o.status.label()/>
            </td>
            <td class="num strong">{text::money(o.gross)}</td>
        </tr>
    }
    .into_any()
}
