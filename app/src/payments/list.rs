//! The account's payments: under way, and in the books.

use domain::payments::{IntentStatus, PAGE, PaymentRow, PaymentsPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::ReadPayments;
use crate::layout::{pages, shown};
use crate::load::loaded;
use crate::ui::{ButtonKind, ButtonLink, Card, EmptyState, PageHeader, Pager, Pill, Tone};

/// Payments, those under way first.
#[component]
pub fn Payments() -> impl IntoView {
    let query = use_query_map();
    let page = move || query.read().get("page").and_then(|n| n.parse().ok()).unwrap_or(1);
    view! {
        <Title text="Payments"/>
        {loaded(move || ReadPayments { page: page() }, show)}
    }
}

/// How a status looks; the word beside it says the same.
pub(super) const fn tone(status: IntentStatus) -> Tone {
    match status {
        IntentStatus::Waiting => Tone::Info,
        IntentStatus::Paid => Tone::Good,
        IntentStatus::Failed => Tone::Bad,
        IntentStatus::Withdrawn | IntentStatus::Expired => Tone::Neutral,
    }
}

fn show(page: PaymentsPage) -> AnyView {
    let (now, count, summary) = (page.page, pages(page.total, PAGE), shown(page.page, PAGE, page.total));
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="No payments yet" text="What you pay appears here, from the moment you begin."/> }
            .into_any()
    } else {
        let rows = page.rows.into_iter().map(row).collect_view();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Payment"</th>
                            <th scope="col">"Date"</th>
                            <th scope="col" class="between">"How"</th>
                            <th scope="col">"Status"</th>
                            <th scope="col" class="num">"Amount"</th>
                            <th scope="col" class="num">"Not used yet"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <Pager page=now pages=count summary=summary href=|n: u32| format!("/payments?page={n}")/>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Payments" back=("Invoices", "/invoices")>
            <ButtonLink href="/payments/new" kind=ButtonKind::Primary>"Pay invoices"</ButtonLink>
        </PageHeader>
        {body}
    }
    .into_any()
}

fn row(r: PaymentRow) -> AnyView {
    let href = format!("/payments/{}", r.number);
    let words = if r.refund { "Refunded to you" } else { r.status.label() };
    view! {
        <tr>
            <td>
                <a class="link strong" href=href>{r.number}</a>
            </td>
            <td class="dim hide">{text::date(r.on)}</td>
            <td class="dim hide between">{r.method.map(domain::payments::Method::label)}</td>
            <td>
                <Pill tone=tone(r.status) text=words/>
            </td>
            <td class="num strong">{text::money(r.amount)}</td>
            <td class="num hide">{text::money(r.left)}</td>
        </tr>
    }
    .into_any()
}
