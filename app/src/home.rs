//! The home page answers the person's first question, by what they may do. The seller's people begin at `/sales`.

use domain::Permission;
use domain::accounts::Frame;
use domain::invoices::InvoicesPage;
use domain::orders::{HistoryPage, Status};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;

use crate::accounts::actions::ReadFrame;
use crate::invoices::{actions::ReadInvoices, ageing, sheet};
use crate::load::{gathered, loaded};
use crate::orders::{self, actions::ReadHistory};
use crate::ui::{ButtonKind, ButtonLink, EmptyState, PageHeader, Tab, Tabs};

/// Orders to go on with for those who order or decide; what is due for finance.
#[component]
pub fn Home() -> impl IntoView {
    view! {
        <Title text="Home"/>
        {gathered(|| "", || ReadFrame {}, |framed| show(framed.frame))}
    }
}

fn show(frame: Frame) -> AnyView {
    if frame.may(Permission::CustomerRead) {
        let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
        return view! { <Redirect path="/sales" options=options/> }.into_any();
    }
    let first = frame.person.split_whitespace().next().unwrap_or_default().to_owned();
    let buy = frame
        .may(Permission::CartUse)
        .then(|| view! { <ButtonLink href="/catalog" kind=ButtonKind::Primary>"New order"</ButtonLink> });
    let orders = frame.may(Permission::OrderRead).then(|| loaded(|| ReadHistory { query: String::new() }, recent));
    // Whoever watches budgets decides about orders: those that wait come first.
    let waiting = (frame.may(Permission::OrderRead) && frame.may(Permission::BudgetRead))
        .then(|| loaded(|| ReadHistory { query: "status=pending_approval".to_owned() }, undecided));
    let due =
        frame.may(Permission::InvoiceRead).then(|| loaded(|| ReadInvoices { query: "show=overdue".to_owned() }, owed));
    view! {
        <PageHeader title=format!("Hello {first}") note=frame.account.0>{buy}</PageHeader>
        <div class="stack">{waiting} {due} {orders}</div>
    }
    .into_any()
}

fn recent(page: HistoryPage) -> AnyView {
    let open = |s: Status| Tab::new(s.label(), format!("/orders?status={}", s.code()));
    let tabs = vec![
        Tab::new("Last orders", "/").current(true),
        open(Status::Confirmed),
        open(Status::PartiallyShipped),
        open(Status::OnHold),
    ];
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="No orders yet" text="Orders that you place appear here, ready to be ordered again."/> }.into_any()
    } else {
        orders::sheet(page.rows.into_iter().take(8).collect())
    };
    view! {
        <section class="stack">
            <Tabs label="Orders" items=tabs/>
            {body}
        </section>
    }
    .into_any()
}

fn undecided(page: HistoryPage) -> AnyView {
    if page.rows.is_empty() {
        return ().into_any();
    }
    let words = text::counted(page.total, "order waits for approval.", "orders wait for approval.");
    view! {
        <section class="stack">
            <p><strong>{words}</strong> " " <a class="link" href="/approvals">"To the approvals"</a></p>
            {orders::sheet(page.rows.into_iter().take(8).collect())}
        </section>
    }
    .into_any()
}

fn owed(page: InvoicesPage) -> AnyView {
    let words = match page.total {
        0 => "Nothing is overdue.".to_owned(),
        n => format!("{} overdue.", text::counted(n, "document is", "documents are")),
    };
    let rows: Vec<_> = page.rows.into_iter().take(8).collect();
    let table = (!rows.is_empty()).then(|| sheet(rows, page.today, None));
    view! {
        <section class="stack">
            {ageing(&page.ageing)}
            <p>{words} " " <a class="link" href="/invoices">"To the invoices"</a></p>
            {table}
        </section>
    }
    .into_any()
}
