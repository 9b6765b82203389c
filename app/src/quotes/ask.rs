//! Asking for a quote: articles and one's own words, with what they may cost.

use domain::quotes::{AskPage, RequestInput, WishInput};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::{Ask as Send, ReadAsk};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, Field, Kind, PageHeader, TextArea};

/// Empty rows at the end of the form.
const SPARE: usize = 3;
/// The most rows that the form has, besides those that it begins with.
const MOST: usize = 100;

/// The form. `?from=cart`, `product:…`, `order:…`, `quote:…` fills it; `?rows=` says how many rows there are at least.
#[component]
pub fn Ask() -> impl IntoView {
    let query = use_query_map();
    let send = Act::of::<Send>();
    let from = move || query.read().get("from").unwrap_or_default();
    let rows = move || query.read().get("rows").and_then(|n| n.parse().ok()).unwrap_or(0).min(MOST);
    view! {
        <Title text="Request a quote"/>
        {send.complaint()}
        // Not asked again for an answer to the form: it always leads elsewhere, and what was typed is told only once.
        {reloaded(rows, move || ReadAsk { from: from() }, move |page| show(page, rows(), send))}
    }
}

fn show(page: AskPage, rows: usize, send: Act) -> AnyView {
    let typed = page.typed.unwrap_or_else(|| RequestInput {
        lines: page
            .lines
            .into_iter()
            .map(|w| WishInput {
                sku: w.sku.unwrap_or_default(),
                name: w.name,
                unit: w.unit,
                quantity: w.quantity.value().normalize().to_string(),
                target: w.target.map(|t| t.amount().normalize().to_string()).unwrap_or_default(),
                note: w.note,
            })
            .collect(),
        ..RequestInput::default()
    });
    let mut lines: Vec<WishInput> =
        typed.lines.into_iter().filter(|l| !l.name.is_empty() || !l.sku.is_empty()).collect();
    let known = lines.len();
    let count = rows.max(known + SPARE);
    lines.resize(count, WishInput::default());
    let currency = page.currency.code();
    let rows = lines.into_iter().enumerate().map(|(i, line)| row(i, line, i < known)).collect_view();
    let source = page.from.map(|words| view! { <p class="dim small">{words}</p> });
    let contact = page.contact.map(|(name, email)| {
        view! { <p class="dim small">{format!("{name} ({email}) answers you.")}</p> }
    });
    let more = (count < MOST).then(|| {
        let more = (count + 10).min(MOST).to_string();
        view! {
            <div class="acts">
                <Button name="rows" value=more>"More rows"</Button>
            </div>
        }
    });
    view! {
        <PageHeader title="Request a quote" back=("Quotes", "/quotes")/>
        <Form act=send class="stack">
            <input type="hidden" name="id" value=page.id.to_string()/>
            <Card title="What you need">
                <div class="stack">
                    {source}
                    <div class="wishes">{rows}</div>
                    {more}
                </div>
            </Card>
            <Card title="About it">
                <div class="form">
                    <Field label="Title (optional)" name="title" value=typed.title maxlength=120 hint="How you will find it again"/>
                    <Field label="Needed by (optional)" name="needed_by" kind=Kind::Date value=typed.needed_by/>
                    <TextArea label="Note (optional)" name="note" value=typed.note rows=3 hint="Delivery in lots, quality, what it is for"/>
                    {contact}
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Request a quote"</Button>
                    </div>
                    <p class="dim small">{format!("Target prices in {currency}, each, before tax. Files can be added in the next step. Today is {}.", text::date(page.today))}</p>
                </div>
            </Card>
        </Form>
    }
    .into_any()
}

fn row(i: usize, l: WishInput, known: bool) -> AnyView {
    let name = |part: &str| format!("lines[{i}][{part}]");
    let n = i + 1;
    let what = if l.sku.is_empty() {
        view! { <Field label="Article number or description" name=name("name") value=l.name maxlength=300/> }.into_any()
    } else {
        view! {
            <div class="field">
                <span class="strong">{l.name.clone()}</span>
                <span class="dim small">{l.sku.clone()}</span>
                <input type="hidden" name=name("sku") value=l.sku/>
                <input type="hidden" name=name("name") value=l.name/>
            </div>
        }
        .into_any()
    };
    let quantity = if l.quantity.is_empty() && !known { String::new() } else { l.quantity };
    view! {
        <fieldset class="wish">
            <legend class="unseen">{format!("Line {n}")}</legend>
            {what}
            <Field label="Quantity" name=name("quantity") kind=Kind::Decimal value=quantity/>
            <Field label="Unit" name=name("unit") value=l.unit maxlength=20/>
            <Field label="Target price" name=name("target") kind=Kind::Decimal value=l.target/>
            <Field label="Note" name=name("note") value=l.note maxlength=500/>
        </fieldset>
    }
    .into_any()
}
