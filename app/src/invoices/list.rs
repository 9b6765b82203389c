//! Invoices and credit notes with what is owed.

use domain::invoices::{
    Ageing, BUCKETS, InvoiceQuery, InvoiceRow, InvoicesPage, Kind as Document, PAGE, Status, Tab as Which,
};
use domain::paging::{COUNTED, Place};
use domain::{Currency, Money, text};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::actions::ReadInvoices;
use crate::layout::walked;
use crate::load::loaded;
use crate::ui::{
    AgeingBar, Bucket, Button, ButtonKind, Card, EmptyState, Field, Kind, PageHeader, PickAll, Pill, Tab, Tabs, Tone,
    share,
};

/// The account's documents, the newest first.
#[component]
pub fn Invoices() -> impl IntoView {
    let location = use_location();
    view! {
        <Title text="Invoices"/>
        {loaded(move || ReadInvoices { query: location.search.get() }, show)}
    }
}

fn show(page: InvoicesPage) -> AnyView {
    let q = page.query.clone();
    let tabs: Vec<Tab> = Which::ALL
        .into_iter()
        .map(|(tab, _, label)| {
            let entry = Tab::new(label, InvoiceQuery { tab, at: Place::default(), ..q.clone() }.href("/invoices"))
                .current(tab == q.tab);
            if tab == q.tab { entry.count(counted(page.total)) } else { entry }
        })
        .collect();
    let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string());
    let file = |path| q.at(Place::default()).href(path);
    let (csv, xlsx) = (file("/invoices.csv"), file("/invoices.xlsx"));
    let today = page.today;
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="No documents here" text="Invoices and credit notes appear here as soon as they are issued."/> }.into_any()
    } else {
        let pick = page.can_pay.then(|| page.ageing.balance.currency());
        table(page.rows, page.query, page.total, today, pick)
    };
    view! {
        <PageHeader title="Invoices">
            <a class="btn" href=csv rel="external" download="invoices.csv">"Export CSV"</a>
            <a class="btn" href=xlsx rel="external" download="invoices.xlsx">"Export XLSX"</a>
        </PageHeader>
        {ageing(&page.ageing)}
        <Tabs label="Which documents" items=tabs/>
        <form method="get" action="/invoices" class="filters">
            <input type="hidden" name="show" value=q.tab.code()/>
            <Field label="Number, order, PO" name="q" id="invoice-q" kind=Kind::Search value=q.words.clone() chars=22/>
            <Field label="Issued from" name="from" kind=Kind::Date value=day(q.from)/>
            <Field label="To" name="to" kind=Kind::Date value=day(q.to)/>
            <Button>"Filter"</Button>
        </form>
        {body}
    }
    .into_any()
}

/// A number of matches, as far as they are counted.
fn counted(total: i64) -> String {
    let more = if total >= COUNTED { "+" } else { "" };
    format!("{}{more}", text::count(total))
}

/// Open invoices by age (see [`BUCKETS`]) as a bar with its figures.
pub fn ages(sums: &[Money; BUCKETS.len()]) -> AnyView {
    let whole = Money::new(sums.iter().map(|m| m.amount()).sum(), sums[0].currency());
    let tones = [Tone::Neutral, Tone::Warn, Tone::Warn, Tone::Bad, Tone::Bad];
    let buckets = (0..BUCKETS.len())
        .map(|i| Bucket::new(BUCKETS[i], text::money(sums[i]), share(sums[i], whole), tones[i]))
        .collect();
    view! { <AgeingBar buckets=buckets/> }.into_any()
}

/// What is owed, by age; also on the home page of finance users.
pub fn ageing(a: &Ageing) -> AnyView {
    let credit = (!a.credit.amount().is_zero()).then(|| {
        view! {
            <div>
                <dt>"Credit to use"</dt>
                <dd>{text::money(a.credit)}</dd>
                <dd>"already taken off"</dd>
            </div>
        }
    });
    let (balance, ages) = (text::money(a.balance), ages(&a.buckets));
    let next = a.next_due.map(|d| view! { <dd>{format!("next due {}", text::date(d))}</dd> });
    view! {
        <Card>
            <div class="stack">
                <dl class="figures">
                    <div>
                        <dt>"You owe"</dt>
                        <dd>{balance}</dd>
                        {next}
                    </div>
                    {credit}
                </dl>
                {ages}
                <p><a class="link small" href="/ageing">"Ageing in detail, on any day"</a></p>
            </div>
        </Card>
    }
    .into_any()
}

fn table(
    rows: Vec<InvoiceRow>,
    query: InvoiceQuery,
    total: i64,
    today: chrono::NaiveDate,
    pick: Option<Currency>,
) -> AnyView {
    let (shown, at) = (rows.len(), query.at.clone());
    let ends = rows.first().zip(rows.last()).map(|(first, last)| (first.number.clone(), last.number.clone()));
    let pick = pick.filter(|currency| rows.iter().any(|r| payable(r, *currency)));
    let rows = if pick.is_some() {
        view! {
            <form method="get" action="/payments/new" class="bulky">
                {sheet(rows, today, pick.map(ticks))}
                <div class="bulk">
                    <Button kind=ButtonKind::Primary>"Pay selected"</Button>
                </div>
            </form>
        }
        .into_any()
    } else {
        sheet(rows, today, None)
    };
    view! {
        {rows}
        {walked(&at, PAGE, shown, total, move |n| query.at(query.at.to(n, &ends)).href("/invoices"))}
    }
    .into_any()
}

/// Whether somebody can settle it now, in the account's currency.
fn payable(row: &InvoiceRow, currency: Currency) -> bool {
    row.kind == Document::Invoice
        && row.gross.currency() == currency
        && !matches!(row.status, Status::Paid | Status::InPayment)
}

/// What stands before each document, below a heading of its own.
pub struct Before {
    head: AnyView,
    of: fn(&InvoiceRow, Currency) -> AnyView,
    currency: Currency,
}

/// A tick before each document that can be settled. Apart from the sheet: the home page has none, and loads none.
fn ticks(currency: Currency) -> Before {
    let head = view! { <th scope="col" class="pick"><PickAll label="All invoices on this page"/></th> }.into_any();
    Before { head, of: tick, currency }
}

fn tick(row: &InvoiceRow, currency: Currency) -> AnyView {
    let label = format!("Pay {}", row.number);
    let tick = payable(row, currency)
        .then(|| view! { <input type="checkbox" name="pay[]" value=row.number.clone() aria-label=label/> });
    view! { <td class="pick">{tick}</td> }.into_any()
}

/// Documents as rows; also on the home page of finance users.
pub fn sheet(rows: Vec<InvoiceRow>, today: chrono::NaiveDate, before: Option<Before>) -> AnyView {
    let (head, of) = before.map(|b| (b.head, (b.of, b.currency))).unzip();
    let rows = rows.into_iter().map(|r| row(of.map(|(of, currency)| of(&r, currency)), r, today)).collect_view();
    view! {
        <Card flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        {head}
                        <th scope="col">"Document"</th>
                        <th scope="col">"Issued"</th>
                        <th scope="col">"Due"</th>
                        <th scope="col" class="between">"Order"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="num">"Amount"</th>
                        <th scope="col" class="num">"Open"</th>
                        <th scope="col" class="num">"Download"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

/// How a status looks; the word beside it says the same.
pub(super) const fn tone(status: Status) -> Tone {
    match status {
        Status::Overdue => Tone::Bad,
        Status::PartlyPaid | Status::Disputed => Tone::Warn,
        Status::Open | Status::InPayment => Tone::Info,
        Status::Paid => Tone::Neutral,
        Status::CreditToUse => Tone::Good,
    }
}

fn row(tick: Option<AnyView>, r: InvoiceRow, today: chrono::NaiveDate) -> AnyView {
    let href = format!("/invoices/{}", r.number);
    let pdf = format!("/invoices/{}.pdf", r.number);
    let due = if r.kind == Document::Invoice { text::date(r.due_on) } else { String::new() };
    let says = format!("PDF of {}", r.number);
    view! {
        <tr>
            {tick}
            <td>
                <a class="link strong" href=href>{r.number}</a>
            </td>
            <td class="dim hide">{text::date(r.issued_on)}</td>
            <td class="hide">{due}</td>
            <td class="dim hide between">{r.order_number}</td>
            <td>
                <Pill tone=tone(r.status) text=r.status.words(r.kind, r.due_on, today)/>
            </td>
            <td class="num hide">{text::money(r.kind.signed(r.gross))}</td>
            <td class="num strong">{text::money(r.kind.signed(r.open))}</td>
            <td class="num">
                <a class="link" href=pdf rel="external" aria-label=says>"PDF"</a>
            </td>
        </tr>
    }
    .into_any()
}
