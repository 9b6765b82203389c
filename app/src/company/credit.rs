//! The credit limit and what uses it.

use domain::company::CreditView;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::ReadCredit;
use crate::load::loaded;
use crate::ui::{Card, DescriptionList, EmptyState, Fact, Meter, Notice, PageHeader, Tone, share};

/// Limit, exposure, what is held, and the smallest step that frees it.
#[component]
pub fn CreditPage() -> impl IntoView {
    view! {
        <Title text="Credit"/>
        {loaded(|| ReadCredit {}, show)}
    }
}

fn show(view: CreditView) -> AnyView {
    let c = view.credit;
    let Some(limit) = c.limit else {
        return view! {
            <PageHeader title="Credit"/>
            <EmptyState title="No credit limit" text="You buy on account without a limit."/>
        }
        .into_any();
    };
    let exposure = c.exposure().unwrap_or(limit);
    let free = c.free().ok().flatten().unwrap_or(limit);
    let facts = vec![
        Fact::new("Open invoices", text::money(c.open_invoices)),
        Fact::new(
            "Payments and credits not used yet",
            text::money(domain::Money::new(-c.unallocated.amount(), limit.currency())),
        ),
        Fact::new("Orders: open, waiting, held, shipped without invoice", text::money(c.open_orders)),
        Fact::sum("Used", text::money(exposure)),
        Fact::new("Limit", text::money(limit)),
        Fact::sum("Left", text::money(free)),
    ];
    let invoices = share(c.open_invoices, limit);
    let over = exposure.amount() > limit.amount();
    let held = (!view.held.is_empty()).then(|| {
        let orders = view
            .held
            .iter()
            .map(|(number, gross)| view! { <li><a class="link" href=format!("/orders/{number}")>{number.clone()}</a> " " {text::money(*gross)}</li> })
            .collect_view();
        let step = view.step.as_ref().map(|i| view! { <p>{format!("Smallest step: settle {} ({}).", i.number, text::money(i.open))}</p> });
        view! {
            <Notice tone=Tone::Warn title="Orders wait for room.">
                <ul>{orders}</ul>
                {step}
                <p>"Or ask us to release them."</p>
            </Notice>
        }
    });
    let beyond = match c.policy {
        domain::credit::Policy::Warn => "Beyond the limit an order goes through with a warning.",
        domain::credit::Policy::Hold => "Beyond the limit an order waits until we release it.",
        domain::credit::Policy::Block => "Beyond the limit an order is refused.",
    };
    let label = format!("{} of {} used", text::money(exposure), text::money(limit));
    let tone = if over { Tone::Bad } else { Tone::Info };
    let parts = vec![(invoices, tone), (share(c.open_orders, limit).min(1.0 - invoices), Tone::Warn)];
    let shared = (view.parts.len() > 1).then(|| {
        let rows = view
            .parts
            .iter()
            .map(|part| {
                let used = part.used().unwrap_or(limit);
                let who = part.unit.clone().unwrap_or_else(|| "Others in your company".to_owned());
                view! {
                    <tr>
                        <td>{who}</td>
                        <td class="num" data-label="Invoices">{text::money(part.open_invoices)}</td>
                        <td class="num" data-label="Orders">{text::money(part.open_orders)}</td>
                        <td class="num strong" data-label="Used">{text::money(used)}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <Card title="Who shares this limit" flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Account"</th>
                            <th scope="col" class="num">"Open invoices"</th>
                            <th scope="col" class="num">"Open orders"</th>
                            <th scope="col" class="num">"Used, less payments and credits"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
    });
    view! {
        <PageHeader title="Credit" note=label.clone()/>
        {held}
        <Card>
            <div class="stack">
                <Meter label=label parts=parts/>
                <DescriptionList items=facts/>
                <p class="dim small">{beyond}</p>
            </div>
        </Card>
        {shared}
    }
    .into_any()
}
