//! Disputes for those who answer them: customer service and seller admins.

use domain::disputes::{DeskDispute, DisputesPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{Answer, ReadDisputes};
use super::card::{evidence, tone};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, EmptyState, Field, PageHeader, Pill};

/// What waits for an answer, the oldest first, and what was answered.
#[component]
pub fn Disputes() -> impl IntoView {
    let answer = Act::of::<Answer>();
    view! {
        <Title text="Disputes"/>
        {answer.complaint()}
        {reloaded(move || answer.version(), || ReadDisputes {}, move |page| show(page, answer))}
    }
}

fn show(page: DisputesPage, answer: Act) -> AnyView {
    let open = if page.open.is_empty() {
        view! { <EmptyState title="Nothing to answer" text="Lines of invoices that customers dispute wait here for you."/> }
            .into_any()
    } else {
        page.open.into_iter().map(|d| waiting(d, answer)).collect_view().into_any()
    };
    let ended = (!page.ended.is_empty()).then(|| {
        let rows = page.ended.into_iter().map(ended).collect_view();
        view! {
            <Card title="Answered" flush=true>
                <table class="rows">
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
    });
    view! {
        <PageHeader title="Disputes" note=text::counted(page.waiting, "line to answer", "lines to answer")/>
        {open}
        {ended}
    }
    .into_any()
}

/// The customer, the invoice, and its order.
fn about(d: &DeskDispute) -> AnyView {
    let customer = format!("/sales/customers/{}", d.account);
    let order = (!d.order.is_empty()).then(|| {
        let href = format!("/sales/orders/{}?customer={}", d.order, d.account);
        view! { " · order " <a class="link" href=href>{d.order.clone()}</a> }
    });
    view! {
        <a class="link strong" href=customer>{d.customer.clone()}</a>
        {format!(" · {} of {}", d.invoice, text::date(d.issued_on))}
        {order}
    }
    .into_any()
}

fn waiting(d: DeskDispute, act: Act) -> AnyView {
    let (id, credit) = (d.of.id.to_string(), d.credit.to_string());
    let (about, files) = (about(&d), evidence(&d.of));
    let invoiced = format!("{} invoiced at {} each", d.invoiced, text::money(d.unit_price));
    let left = d.left;
    let crediting = match left {
        Some(left) => {
            let hint = format!("Of {} that are left", text::number(left));
            let quantity = d.of.quantity.value().normalize().to_string();
            view! {
                <div class="pair">
                    <Field label="Credit so many" name="quantity" id=format!("quantity-{id}") hint=format!("{hint}; they dispute {quantity}") chars=8/>
                    <Field label="Or the right price" name="price" id=format!("price-{id}") hint="The difference is credited" chars=10/>
                </div>
            }
            .into_any()
        }
        None => view! { <p class="dim">"Another system made this invoice: its credit note comes from there."</p> }
            .into_any(),
    };
    view! {
        <Card>
            <div class="stack">
                <p>{about}</p>
                <p>
                    <strong>{d.of.name.clone()}</strong>
                    <br/>
                    <span class="dim small">{format!("{} · {invoiced}", d.of.sku)}</span>
                </p>
                <p>{format!("{}, of {}: ", d.of.reason.label(), d.of.quantity)}<span class="pre">{d.of.words.clone()}</span></p>
                <p class="dim small">{format!("{}, {}", d.of.by, text::date_time(d.of.at))}</p>
                {files}
                <Form act=act class="stack">
                    <input type="hidden" name="id" value=id.clone()/>
                    <input type="hidden" name="credit" value=credit/>
                    {crediting}
                    <Field label="Your answer" name="words" id=format!("answer-{id}") hint="The customer reads it" required=true maxlength=200/>
                    <div class="acts">
                        <Button name="verdict" value="decline">"Decline"</Button>
                        <Button kind=ButtonKind::Primary name="verdict" value="accept">"Accept"</Button>
                    </div>
                </Form>
            </div>
        </Card>
    }
    .into_any()
}

fn ended(d: DeskDispute) -> AnyView {
    let about = about(&d);
    let note = if d.of.credit_note.is_empty() { String::new() } else { format!(" · {}", d.of.credit_note) };
    let answer = if d.of.answer.is_empty() { String::new() } else { format!("“{}”", d.of.answer) };
    view! {
        <tr>
            <td>
                <p>{about}</p>
                <span class="dim small">{format!("{} · {}", d.of.name, d.of.reason.label())}</span>
            </td>
            <td>
                <Pill tone=tone(d.of.state) text=d.of.state.label()/>
                <br/>
                <span class="dim small">{format!("{} {answer}{note}", d.of.answered_by)}</span>
            </td>
        </tr>
    }
    .into_any()
}
