//! The checkout on one page.

use domain::accounts::{AddressRow, CostCentreRow};
use domain::budgets::Beyond;
use domain::cart::{CheckoutPage, Typed};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{ReadCheckout, Submit};
use super::page::notices;
use super::totals_list;
use crate::act::{Act, Form};
use crate::approvals::progress;
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Checkbox, Choice, EmptyState, Field, Kind, Notice, PageHeader, Select,
    TextArea, Tone,
};

/// Reference, cost centre, address, dates, and the button that submits.
#[component]
pub fn Checkout() -> impl IntoView {
    let action = Act::of::<Submit>();
    let typed = StoredValue::new(None);
    // After a refusal the page is made anew: new prices are shown, and must be accepted by submitting again.
    view! {
        <Title text="Checkout"/>
        {action.complaint()}
        {reloaded(move || action.version(), || ReadCheckout {}, move |page| show(page, action, typed))}
    }
}

/// Where an order may go.
pub fn address_choices(addresses: &[AddressRow]) -> Vec<Choice> {
    let choice = |a: &AddressRow| {
        let of = a.of.as_ref().map(|of| format!(" (of {of})")).unwrap_or_default();
        Choice::new(a.id.to_string(), format!("{}{of}: {}", a.label, a.address.lines().join(", ")))
    };
    addresses.iter().map(choice).collect()
}

/// Where an order may be booked; on none, unless one must be chosen.
pub fn centre_choices(centres: &[CostCentreRow], must_book: bool) -> Vec<Choice> {
    (!must_book || centres.is_empty())
        .then(|| Choice::new("", "None"))
        .into_iter()
        .chain(centres.iter().map(|c| Choice::new(c.code.clone(), format!("{} ({})", c.name, c.code))))
        .collect()
}

fn show(page: CheckoutPage, action: Act, typed: StoredValue<Option<Typed>>) -> AnyView {
    if !page.cart.orderable() {
        let blocked = page.cart.lines.iter().filter(|l| !l.problems.is_empty()).count();
        return view! {
            <PageHeader title="Checkout" back=("Cart", "/cart")/>
            {notices(&page.cart, blocked)}
            <EmptyState title="Not ready to order" text="Look at your cart first.">
                <ButtonLink href="/cart" kind=ButtonKind::Primary>"Back to the cart"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let addresses = address_choices(&page.addresses);
    let must_book = page.must_book;
    let centres = centre_choices(&page.cost_centres, must_book);
    if page.typed.is_some() {
        // Told once; a page made anew later must not empty the fields.
        typed.set_value(page.typed);
    }
    let typed = typed.get_value();
    let before = |field: fn(&Typed) -> &String| typed.as_ref().map(|typed| field(typed).clone());
    let (reference, day, note) = (before(|t| &t.po_number), before(|t| &t.requested_on), before(|t| &t.note));
    let partial = typed.as_ref().is_none_or(|typed| typed.partial_delivery);
    let ship_to = (!addresses.is_empty())
        .then(|| view! { <Select label="Ship to" name="ship_to" options=addresses selected=before(|t| &t.ship_to)/> });
    let centre =
        (must_book || centres.len() > 1).then(|| view! { <Select label="Cost centre" name="cost_centre" options=centres selected=before(|t| &t.cost_centre)/> });
    let asks = !page.approval.is_empty();
    let approval = asks.then(|| {
        view! {
            <Card title="Who will approve">
                <p class="dim small">"Your order matches a rule of your company. It is sent to these people first."</p>
                {progress(&page.approval, false)}
            </Card>
        }
    });
    let tight = page
        .budgets
        .iter()
        .map(|(code, beyond, left)| {
            let then = match beyond {
                Beyond::Warn => "it goes through all the same",
                Beyond::Approve => "somebody must approve it",
                Beyond::Block => "it is refused",
            };
            view! { <li>{format!("{code}: {} left, so {then}", text::money(*left))}</li> }
        })
        .collect_view();
    let budgets = (!page.budgets.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Warn title="This order goes beyond some budgets.">
                <ul>{tight}</ul>
            </Notice>
        }
    });
    let submit = if asks { "Send for approval" } else { "Submit order" };
    let credit = page.credit_note.map(|words| view! { <Notice tone=Tone::Warn title="Credit limit">{words}</Notice> });
    let changed = page.cart.lines.iter().any(|l| l.price_before.is_some()).then(|| notices(&page.cart, 0));
    let po = if page.po_required { "PO number" } else { "PO number (optional)" };
    let lines = page
        .cart
        .lines
        .iter()
        .map(|l| {
            view! {
                <tr>
                    <td>
                        <strong>{l.name.clone()}</strong>
                        <br/>
                        <span class="dim small">{format!("{} · {}", l.sku, l.source)}</span>
                    </td>
                    <td class="num">{format!("{} × {}", l.quantity, l.price.map_or_else(String::new, |p| text::money(p.unit_price)))}</td>
                    <td class="num strong">{l.net.map_or_else(String::new, text::money)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PageHeader title="Checkout" back=("Cart", "/cart")/>
        {credit}
        {budgets}
        {changed}
        <Form act=action class="cols">
            <div class="stack">
                <input type="hidden" name="order_id" value=page.order_id.to_string()/>
                <input type="hidden" name="total" value=page.cart.totals.gross.amount().to_string()/>
                <Card title="Your order">
                    <div class="form">
                        <Field label=po name="po_number" value=reference required=page.po_required maxlength=40 hint="Printed on delivery note and invoice"/>
                        {centre}
                        {ship_to}
                        <Field label="Requested delivery date (optional)" name="requested_on" kind=Kind::Date value=day/>
                        <Checkbox label="Partial delivery is fine" name="partial_delivery" checked=partial hint="What is in stock is sent first"/>
                        <TextArea label="Note to the warehouse (optional)" name="note" value=note rows=3/>
                    </div>
                </Card>
                <Card title="Lines" note=text::count(i64::try_from(page.cart.lines.len()).unwrap_or_default()) flush=true>
                    <table class="rows">
                        <thead>
                            <tr>
                                <th scope="col">"Product"</th>
                                <th scope="col" class="num">"Quantity"</th>
                                <th scope="col" class="num">"Amount"</th>
                            </tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </Card>
            </div>
            <div class="stack">
            {approval}
            <Card title="Total">
                <div class="stack">
                    {totals_list(&page.cart.totals)}
                    <Button kind=ButtonKind::Primary>{submit}</Button>
                    <p class="dim small">{format!("Prices of {}. Submitting is binding.", text::date(page.cart.today))}</p>
                </div>
            </Card>
            </div>
        </Form>
    }
    .into_any()
}
