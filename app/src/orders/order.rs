//! One order: lines, totals, where it goes and what happened.

use domain::orders::{Action, OrderLine, OrderPage, OrderStep, Status};
use domain::quick::both_numbers;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::actions::{Cancel, ReadOrder};
use super::{shipments, tone};
use crate::act::{Act, Form};
use crate::cart::totals_list;
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Confirm, DescriptionList, Fact, Field, Notice, PageHeader, Step, StepState,
    Timeline, Tone,
};

/// An order's page; after submitting also the confirmation.
#[component]
pub fn Order() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let cancel = Act::of::<Cancel>();
    let question = move || ReadOrder { number: params.read().get("number").unwrap_or_default() };
    let placed = move || query.read().get("placed").is_some();
    view! { {reloaded(move || cancel.version(), question, move |page| show(page, placed(), cancel))} }
}

fn show(page: OrderPage, placed: bool, cancel: Act) -> AnyView {
    let row = page.row;
    let number = row.number.clone();
    let version = page.version;
    let confirmation = placed.then(|| {
        let (tone, title, words) = match row.status {
            Status::OnHold => (
                Tone::Warn,
                "Thank you. We have your order, and hold it.",
                "It goes beyond your credit limit; we will release it or call you. Stock is reserved.",
            ),
            Status::PendingApproval => (
                Tone::Info,
                "Thank you. Your order waits for approval.",
                "Stock and prices are kept for it. You hear by mail what becomes of it.",
            ),
            _ => (
                Tone::Good,
                "Thank you. Your order is confirmed.",
                "Stock is reserved, and a confirmation is on its way by mail.",
            ),
        };
        view! { <Notice tone=tone title=title>{words}</Notice> }
    });
    let reorder = page.can.contains(&Action::Reorder).then(|| {
        view! {
            <ButtonLink href=format!("/lists?from=order:{number}")>"Save as list"</ButtonLink>
            <ButtonLink href=format!("/orders/{number}/reorder") kind=ButtonKind::Primary>"Reorder"</ButtonLink>
        }
    });
    let schedule = page.can.contains(&Action::Schedule).then(|| {
        view! { <ButtonLink href=format!("/schedules/new?from=order:{number}")>"Schedule"</ButtonLink> }
    });
    let call_off = page.can.contains(&Action::Cancel).then(|| {
        let number = number.clone();
        view! {
            <Confirm id="cancel" label="Cancel order…" title=format!("Cancel {number}?") kind=ButtonKind::Danger>
                <p>"Reserved stock is given back. This cannot be undone, but you can order again."</p>
                <Form act=cancel class="stack">
                    <input type="hidden" name="number" value=number.clone()/>
                    <input type="hidden" name="version" value=version/>
                    <Field label="Reason" name="reason" hint="Optional"/>
                    <div class="acts">
                        <Button kind=ButtonKind::Danger>"Cancel order"</Button>
                    </div>
                </Form>
            </Confirm>
        }
    });
    let asked = page.can.contains(&Action::WhoDecides).then(|| {
        view! { <ButtonLink href=format!("/approvals/{number}")>"Who decides"</ButtonLink> }
    });
    let promised = page.lines.iter().any(|l| l.promised_on.is_some());
    let lines = page.lines.into_iter().map(line).collect_view();
    let mut facts = vec![
        Fact::new("Placed by", row.placed_by.clone()),
        Fact::new("Your reference", or_none(&row.po_number)),
        Fact::new("Cost centre", or_none(&row.cost_centre)),
    ];
    if let Some(day) = page.requested_on {
        facts.push(Fact::new("Wanted on", text::date(day)));
    }
    if !page.imported {
        facts.push(Fact::new("Partial delivery", if page.partial_delivery { "Yes" } else { "No" }));
    }
    let quote = page.quote.map(|number| {
        let href = format!("/quotes/{number}");
        view! { <p class="dim small">"Ordered from quote " <a class="link" href=href>{number.clone()}</a></p> }
    });
    let by_schedule = page.schedule.map(|(id, name)| {
        let href = format!("/schedules/{id}");
        view! { <p class="dim small">"Ordered by schedule " <a class="link" href=href>{name}</a></p> }
    });
    for invoice in page.invoices {
        facts.push(Fact::new("Invoice", invoice));
    }
    let address = page.ship_to.lines().into_iter().map(|l| view! { <span>{l}</span><br/> }).collect_view();
    let has_address = !page.ship_to.lines().is_empty();
    let steps = if page.steps.is_empty() {
        vec![
            Step::new(format!("{}: {}", row.placed_by, row.status.label()), StepState::Done)
                .at(text::date_time(row.placed_at)),
        ]
    } else {
        page.steps.into_iter().map(step).collect()
    };
    let sent = (!page.shipments.is_empty()).then(|| shipments(page.shipments));
    view! {
        <Title text=number.clone()/>
        <PageHeader title=number.clone() back=("Orders", "/orders") status=(tone(row.status), row.status.label()) note=text::date_time(row.placed_at)>
            {call_off}
            {asked}
            {schedule}
            {reorder}
        </PageHeader>
        {confirmation}
        {cancel.complaint()}
        <div class="cols">
            <div class="stack">
                <Card title="Lines" note=text::count(row.lines) flush=true>
                    <table class="rows">
                        <thead>
                            <tr>
                                <th scope="col">"Product"</th>
                                <th scope="col" class="num">"Quantity"</th>
                                <th scope="col" class="num">"Each"</th>
                                <th scope="col" class="num">"Amount"</th>
                            </tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </Card>
                {sent}
                {promised.then(|| view! { <p class="dim small">"Lines with a date are delivered from an announced delivery."</p> })}
                {(!page.note.is_empty()).then(|| view! { <Card title="Note"><p class="pre">{page.note}</p></Card> })}
            </div>
            <div class="stack">
                <Card title="Total">{totals_list(&page.totals)}</Card>
                <Card title="Details">
                    <DescriptionList items=facts/>
                    {quote}
                    {by_schedule}
                </Card>
                {has_address.then(|| view! { <Card title="Ship to"><p>{address}</p></Card> })}
                <Card title="What happened">
                    <Timeline items=steps/>
                </Card>
            </div>
        </div>
    }
    .into_any()
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "none".to_owned() } else { text.to_owned() }
}

/// A step of the history, for the timeline.
pub fn step(s: OrderStep) -> Step {
    let state = match s.status {
        Status::Cancelled | Status::Rejected => StepState::Stopped,
        Status::OnHold | Status::PendingApproval => StepState::Now,
        _ => StepState::Done,
    };
    let step = Step::new(format!("{}: {}", s.by, s.status.label()), state).at(text::date_time(s.at));
    if s.reason.is_empty() { step } else { step.detail(s.reason) }
}

fn line(l: OrderLine) -> AnyView {
    let href = format!("/products/{}", l.sku);
    let mut notes = vec![both_numbers(&l.sku, &l.own_number)];
    if !l.price_source.is_empty() {
        notes.push(l.price_source);
    }
    if let Some(day) = l.promised_on {
        notes.push(format!("complete on {}", text::date(day)));
    }
    if !l.shipped.is_zero() && l.shipped < l.quantity.value() {
        notes.push(format!("{} of {} sent", text::number(l.shipped), l.quantity));
    }
    view! {
        <tr>
            <td>
                <a class="strong" href=href>{l.name}</a>
                <br/>
                <span class="dim small">{notes.join(" · ")}</span>
            </td>
            <td class="num">{format!("{} {}", l.quantity, l.unit)}</td>
            <td class="num hide">{text::money(l.unit_price)}</td>
            <td class="num strong">{text::money(l.net)}</td>
        </tr>
    }
    .into_any()
}
