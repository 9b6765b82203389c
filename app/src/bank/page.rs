//! Uploading statements, and what became of the money in them.

use domain::bank::{BankPage, Done, DoneLine, Entry, OpenLine, Reading};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{Book, ReadBank, SetAside};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, Card, EmptyState, Field, PageHeader};

/// Money that came in: what somebody has to look at, the oldest first, and what was dealt with.
#[component]
pub fn Bank() -> impl IntoView {
    let (book, aside) = (Act::of::<Book>(), Act::of::<SetAside>());
    view! {
        <Title text="Bank"/>
        {book.complaint()}
        {aside.complaint()}
        {reloaded(move || book.version() + aside.version(), || ReadBank {}, move |page| show(page, book, aside))}
    }
}

fn show(page: BankPage, book: Act, aside: Act) -> AnyView {
    let open = if page.open.is_empty() {
        view! { <EmptyState title="Nothing to look at" text="What a statement does not say clearly waits here for you."/> }
            .into_any()
    } else {
        page.open.into_iter().map(|line| waiting(line, book, aside)).collect_view().into_any()
    };
    let done = (!page.done.is_empty()).then(|| {
        let rows = page.done.into_iter().map(dealt_with).collect_view();
        view! {
            <Card title="Dealt with" flush=true>
                <table class="rows">
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
    });
    view! {
        <PageHeader title="Bank" note=text::counted(page.waiting, "payment to look at", "payments to look at")/>
        <Card title="Statement">
            <form method="post" action="/finance/bank/files" enctype="multipart/form-data" class="form">
                <div class="field">
                    <label for="file">"Upload a statement"</label>
                    <p class="hint" id="file-hint">"camt.053, at most 5 MB; the same file twice changes nothing"</p>
                    <input type="file" id="file" name="file" aria-describedby="file-hint" accept=".xml"/>
                </div>
                <div class="acts">
                    <Button>"Take in"</Button>
                </div>
            </form>
        </Card>
        {open}
        {done}
    }
    .into_any()
}

/// What the bank says.
fn said(entry: &Entry) -> AnyView {
    let given = [&entry.text, &entry.reference, &entry.end_to_end].map(String::as_str);
    let given = given.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" · ");
    let from = if entry.payer.is_empty() { "no name" } else { &entry.payer };
    view! {
        <strong>{text::money(entry.amount)}</strong>
        {format!(" from {from}, {}", text::date(entry.on))}
        <br/>
        <span class="dim small">{given}</span>
    }
    .into_any()
}

fn waiting(line: OpenLine, book: Act, aside: Act) -> AnyView {
    let (id, same) = (line.id.to_string(), line.id.to_string());
    let readings = line.readings.into_iter().map(|r| offered(r, id.clone(), book)).collect_view();
    let (customer, reason) = (format!("customer-{id}"), format!("reason-{id}"));
    view! {
        <Card>
            <div class="stack">
                <p>{said(&line.entry)}</p>
                <ul class="plain stack">{readings}</ul>
                <Form act=book class="filters">
                    <input type="hidden" name="line" value=id/>
                    <Field label="Customer number" name="customer" id=customer chars=10/>
                    <Button>"Book on account"</Button>
                </Form>
                <Form act=aside class="filters">
                    <input type="hidden" name="line" value=same/>
                    <Field label="No customer’s payment, because" name="reason" id=reason chars=24/>
                    <Button>"Set aside"</Button>
                </Form>
            </div>
        </Card>
    }
    .into_any()
}

fn offered(reading: Reading, line: String, book: Act) -> AnyView {
    let (key, words) = (reading.key(), format!("{}: {}", reading.customer.name, reading.words()));
    let why = reading.why.join("; ");
    view! {
        <li>
            <Form act=book>
                <input type="hidden" name="line" value=line/>
                <input type="hidden" name="reading" value=key/>
                <Button>{words}</Button>
                " "
                <span class="dim small">{why}</span>
            </Form>
        </li>
    }
    .into_any()
}

fn dealt_with(line: DoneLine) -> AnyView {
    let by = if line.by.is_empty() { "certain".to_owned() } else { line.by };
    let what = match line.done {
        Done::Booked { customer, name, payment } => {
            view! { <a class="link strong" href=format!("/sales/customers/{customer}")>{name}</a> " " {payment} }
                .into_any()
        }
        Done::SetAside => "Set aside".into_any(),
    };
    view! {
        <tr>
            <td>{said(&line.entry)}</td>
            <td>
                {what}
                <br/>
                <span class="dim small">{format!("{by}: {}", line.why)}</span>
            </td>
        </tr>
    }
    .into_any()
}
