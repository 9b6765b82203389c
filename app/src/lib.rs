//! What compiles to both worlds: pages, components and server functions. Features `ssr` and `hydrate`, never both.
#![recursion_limit = "256"]

pub mod accounts;
mod act;
pub mod again;
pub mod alerts;
pub mod approvals;
pub mod assistance;
pub mod bank;
pub mod cart;
pub mod carts;
pub mod catalog;
pub mod company;
pub mod deliveries;
pub mod disputes;
mod home;
pub mod invoices;
mod layout;
pub mod ledger;
pub mod lists;
mod load;
pub mod orders;
pub mod packed;
pub mod packs;
pub mod parts;
pub mod payments;
pub mod problem;
pub mod proposals;
pub mod quick;
pub mod quotes;
pub mod reminders;
#[cfg(feature = "ssr")]
pub mod request;
pub mod rooms;
pub mod sales;
pub mod schedules;
pub mod search;
#[cfg(feature = "ssr")]
mod shell;
pub mod ui;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

pub use problem::ActionError;
use rooms::{Answers, Catalog, Company, Desk, Orders, Paying, Quotes, Sales};
#[cfg(feature = "ssr")]
pub use shell::{gallery_shell, shell};

/// The whole app: every route there is. Renders no data of its own, so it may run without a request (to list the routes).
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let refresh = layout::Refresh::default();
    provide_context(refresh);
    // What does nothing without us is shown when all of it is ours (the class `live`).
    #[cfg(not(feature = "ssr"))]
    Effect::new(|_| {
        ui::afterwards(|| {
            if let Some(page) = document().document_element() {
                let _ = page.set_attribute("data-live", "");
            }
        });
    });
    view! {
        <Title formatter=|text: String| if text.is_empty() { "Buyerdesk".to_owned() } else { format!("{text} · Buyerdesk") }/>
        <Router>
            <Routes fallback=layout::unknown>
                <Route path=path!("/login") view=accounts::Login ssr=SsrMode::Async/>
                <Route path=path!("/forgot") view=Desk::Forgot ssr=SsrMode::Async/>
                <Route path=path!("/register") view=Desk::Register ssr=SsrMode::Async/>
                <Route path=path!("/register/:token") view=Desk::Confirmed ssr=SsrMode::Async/>
                <Route path=path!("/reset/:token") view=Desk::Redeem ssr=SsrMode::Async/>
                <Route path=path!("/invite/:token") view=Desk::Redeem ssr=SsrMode::Async/>
                <Route path=path!("/approve/:token") view=Desk::ByLink ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=layout::Layout ssr=SsrMode::Async>
                    <Route path=path!("/") view=home::Home ssr=SsrMode::Async/>
                    <Route path=path!("/catalog") view=Catalog::Browse ssr=SsrMode::Async/>
                    <Route path=path!("/catalog/:category") view=Catalog::Browse ssr=SsrMode::Async/>
                    <Route path=path!("/search") view=Catalog::Browse ssr=SsrMode::Async/>
                    <Route path=path!("/products/:sku") view=Catalog::Product ssr=SsrMode::Async/>
                    <Route path=path!("/products/:sku/price") view=Catalog::WhyThisPrice ssr=SsrMode::Async/>
                    <Route path=path!("/cart") view=Orders::Cart ssr=SsrMode::Async/>
                    <Route path=path!("/cart/split") view=Orders::Split ssr=SsrMode::Async/>
                    <Route path=path!("/carts") view=Orders::Carts ssr=SsrMode::Async/>
                    <Route path=path!("/carts/:id") view=Orders::Saved ssr=SsrMode::Async/>
                    <Route path=path!("/checkout") view=Orders::Checkout ssr=SsrMode::Async/>
                    <Route path=path!("/orders") view=Orders::History ssr=SsrMode::Async/>
                    <Route path=path!("/orders/open-lines") view=Desk::Board ssr=SsrMode::Async/>
                    <Route path=path!("/cart/proposals/:id") view=Orders::Proposal ssr=SsrMode::Async/>
                    <Route path=path!("/orders/:number") view=Orders::Order ssr=SsrMode::Async/>
                    <Route path=path!("/orders/:number/reorder") view=Orders::Reorder ssr=SsrMode::Async/>
                    <Route path=path!("/schedules") view=Orders::Schedules ssr=SsrMode::Async/>
                    <Route path=path!("/schedules/new") view=Orders::NewSchedule ssr=SsrMode::Async/>
                    <Route path=path!("/schedules/:id") view=Orders::Schedule ssr=SsrMode::Async/>
                    <Route path=path!("/quotes") view=Quotes::List ssr=SsrMode::Async/>
                    <Route path=path!("/quotes/new") view=Quotes::Ask ssr=SsrMode::Async/>
                    <Route path=path!("/quotes/:number") view=Quotes::Quote ssr=SsrMode::Async/>
                    <Route path=path!("/quotes/:number/compare") view=Quotes::Compare ssr=SsrMode::Async/>
                    <Route path=path!("/sales/quotes") view=Answers::Queue ssr=SsrMode::Async/>
                    <Route path=path!("/sales/quotes/new") view=Answers::Begin ssr=SsrMode::Async/>
                    <Route path=path!("/sales/quotes/:number") view=Answers::Desk ssr=SsrMode::Async/>
                    <Route path=path!("/sales/quotes/:number/preview") view=Answers::Preview ssr=SsrMode::Async/>
                    <Route path=path!("/sales/quotes/:number/compare") view=Answers::Compare ssr=SsrMode::Async/>
                    <Route path=path!("/invoices") view=Paying::Invoices ssr=SsrMode::Async/>
                    <Route path=path!("/invoices/:number") view=Paying::Invoice ssr=SsrMode::Async/>
                    <Route path=path!("/payments") view=Paying::Payments ssr=SsrMode::Async/>
                    <Route path=path!("/payments/new") view=Paying::Settle ssr=SsrMode::Async/>
                    <Route path=path!("/payments/:number") view=Paying::Payment ssr=SsrMode::Async/>
                    <Route path=path!("/statement") view=Desk::Statement ssr=SsrMode::Async/>
                    <Route path=path!("/ageing") view=Desk::Ageing ssr=SsrMode::Async/>
                    <Route path=path!("/quick-order") view=Catalog::Quick ssr=SsrMode::Async/>
                    <Route path=path!("/buy-again") view=Catalog::Again ssr=SsrMode::Async/>
                    <Route path=path!("/lists") view=Catalog::Lists ssr=SsrMode::Async/>
                    <Route path=path!("/lists/:id") view=Catalog::List ssr=SsrMode::Async/>
                    <Route path=path!("/part-numbers") view=Catalog::Parts ssr=SsrMode::Async/>
                    <Route path=path!("/packs") view=Desk::Packs ssr=SsrMode::Async/>
                    <Route path=path!("/approvals") view=Desk::Inbox ssr=SsrMode::Async/>
                    <Route path=path!("/approvals/:number") view=Desk::Approval ssr=SsrMode::Async/>
                    <Route path=path!("/company/rules") view=Company::Rules ssr=SsrMode::Async/>
                    <Route path=path!("/company/budgets") view=Company::Budgets ssr=SsrMode::Async/>
                    <Route path=path!("/company/cost-centres") view=Company::CostCentres ssr=SsrMode::Async/>
                    <Route path=path!("/company/units") view=Company::Units ssr=SsrMode::Async/>
                    <Route path=path!("/company/addresses") view=Company::Addresses ssr=SsrMode::Async/>
                    <Route path=path!("/company/credit") view=Company::Credit ssr=SsrMode::Async/>
                    <Route path=path!("/sales") view=Sales::Start ssr=SsrMode::Async/>
                    <Route path=path!("/sales/customers") view=Sales::Customers ssr=SsrMode::Async/>
                    <Route path=path!("/sales/customers/:number") view=Sales::Customer ssr=SsrMode::Async/>
                    <Route path=path!("/sales/orders") view=Sales::Orders ssr=SsrMode::Async/>
                    <Route path=path!("/sales/orders/:number") view=Sales::Order ssr=SsrMode::Async/>
                    <Route path=path!("/sales/held") view=Sales::Held ssr=SsrMode::Async/>
                    <Route path=path!("/sales/synonyms") view=Sales::Synonyms ssr=SsrMode::Async/>
                    <Route path=path!("/sales/registrations") view=Sales::Registrations ssr=SsrMode::Async/>
                    <Route path=path!("/finance/bank") view=Paying::Bank ssr=SsrMode::Async/>
                    <Route path=path!("/finance/overdue") view=Paying::Overdue ssr=SsrMode::Async/>
                    <Route path=path!("/finance/disputes") view=Paying::Disputes ssr=SsrMode::Async/>
                    <Route path=path!("/alerts") view=Desk::Alerts ssr=SsrMode::Async/>
                    <Route path=path!("/notices") view=Desk::Notices ssr=SsrMode::Async/>
                    <Route path=path!("/company/members") view=Company::Members ssr=SsrMode::Async/>
                    <Route path=path!("/company/assistance") view=Company::Assistance ssr=SsrMode::Async/>
                    <Route path=path!("/company/audit") view=Company::Audit ssr=SsrMode::Async/>
                    <Route path=path!("/profile") view=Company::Profile ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The design system's gallery, for development: routed by the demo alone.
#[component]
pub fn GalleryApp() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=layout::unknown>
                <Route path=path!("/ui") view=ui::Gallery ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
