//! Lists: the customer's quotes, and what waits for the seller.

use domain::quotes::{PAGE, QuoteRow, QuotesPage, QuotesQuery, Tab as Of};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::actions::{ReadQueue, ReadQuotes};
use super::tone;
use crate::layout::{pages, shown};
use crate::load::loaded;
use crate::ui::{Button, ButtonKind, ButtonLink, Card, EmptyState, Field, Kind, PageHeader, Pager, Pill, Tab, Tabs};

/// What differs between the two lists.
struct Words {
    path: &'static str,
    mine: &'static str,
    theirs: &'static str,
    empty: &'static str,
    start: (&'static str, &'static str),
}

const BUYER: Words = Words {
    path: "/quotes",
    mine: "For you to answer",
    theirs: "With us",
    empty: "Ask for a price when you need much, something special, or something that is not in the catalog.",
    start: ("/quotes/new", "Request a quote"),
};
const SELLER: Words = Words {
    path: "/sales/quotes",
    mine: "To answer",
    theirs: "With customers",
    empty: "Requests of your customers appear here, the oldest first.",
    start: ("/sales/quotes/new", "New quote"),
};

/// The customer's quotes.
#[component]
pub fn Quotes() -> impl IntoView {
    let location = use_location();
    view! {
        <Title text="Quotes"/>
        {loaded(move || ReadQuotes { query: location.search.get() }, |page| show(page, &BUYER))}
    }
}

/// What waits for the seller.
#[component]
pub fn Queue() -> impl IntoView {
    let location = use_location();
    view! {
        <Title text="Quotes"/>
        {loaded(move || ReadQueue { query: location.search.get() }, |page| show(page, &SELLER))}
    }
}

fn show(page: QuotesPage, words: &'static Words) -> AnyView {
    let staff = words.path == SELLER.path;
    let tabs = Of::ALL
        .into_iter()
        .filter(|tab| staff || *tab != Of::Release)
        .map(|tab| {
            let label = match tab {
                Of::Mine => words.mine,
                Of::Theirs => words.theirs,
                Of::Release => "To release",
                Of::Over => "Over",
            };
            let href = QuotesQuery { tab, words: page.query.words.clone(), page: 1 }.href(words.path);
            let n = page.counts.get(tab.code()).copied().unwrap_or_default();
            let item = Tab::new(label, href).current(page.query.tab == tab);
            if n > 0 && tab != Of::Over { item.count(n) } else { item }
        })
        .collect::<Vec<_>>();
    let start = page
        .may_ask
        .then(|| view! { <ButtonLink href=words.start.0 kind=ButtonKind::Primary>{words.start.1}</ButtonLink> });
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="No quote here" text=words.empty/> }.into_any()
    } else {
        table(page.rows, page.query.clone(), page.total, words, page.today)
    };
    let hidden =
        (page.query.tab != Of::Mine).then(|| view! { <input type="hidden" name="show" value=page.query.tab.code()/> });
    view! {
        <PageHeader title="Quotes">{start}</PageHeader>
        <Tabs label="Whose turn" items=tabs/>
        <form method="get" action=words.path class="filters">
            {hidden}
            <Field label=if staff { "Number, title, customer" } else { "Number, title" } name="q" id="quotes-q" kind=Kind::Search value=page.query.words chars=22/>
            <Button>"Find"</Button>
        </form>
        {body}
    }
    .into_any()
}

fn table(
    rows: Vec<QuoteRow>,
    query: QuotesQuery,
    total: i64,
    words: &'static Words,
    today: chrono::NaiveDate,
) -> AnyView {
    let summary = shown(query.page, PAGE, total);
    let (page, count) = (query.page, pages(total, PAGE));
    let staff = words.path == SELLER.path;
    let rows = rows.into_iter().map(|r| row(r, words, today)).collect_view();
    let href = move |n: u32| QuotesQuery { page: n, ..query.clone() }.href(words.path);
    view! {
        <Card flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Quote"</th>
                        <th scope="col">{if staff { "Customer" } else { "Asked by" }}</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Open until"</th>
                        <th scope="col" class="num">"Value"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
        <Pager page=page pages=count summary=summary href=href/>
    }
    .into_any()
}

fn row(r: QuoteRow, words: &'static Words, today: chrono::NaiveDate) -> AnyView {
    let href = format!("{}/{}", words.path, r.number);
    let who = match r.customer {
        Some((_, name)) => view! { <strong>{name}</strong><br/><span class="dim small">{r.asked_by}</span> }.into_any(),
        None => r.asked_by.into_any(),
    };
    let needed = r.needed_by.map(|d| format!(" · needed {}", text::date(d))).unwrap_or_default();
    let until = r.valid_until.map(|d| format!("{} ({})", text::date(d), text::relative(d, today)));
    let age = text::relative(r.since.date(), today);
    view! {
        <tr>
            <td>
                <a class="link strong" href=href>{r.title}</a>
                <br/>
                <span class="dim small">{format!("{} · {}{needed}", r.number, text::counted(r.lines, "line", "lines"))}</span>
            </td>
            <td>{who}</td>
            <td>
                <Pill tone=tone(r.status) text=r.status.label()/>
            </td>
            <td class="dim" title=text::date_time(r.since)>{age}</td>
            <td class="dim hide">{until.unwrap_or_else(|| "–".to_owned())}</td>
            <td class="num strong">{r.value.map_or_else(|| "–".to_owned(), text::money)}</td>
        </tr>
    }
    .into_any()
}
