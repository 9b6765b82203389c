//! Rooms: pages whose code does not come with the first one. The browser fetches a room when somebody goes there, or
//! beside the first module when the page itself is in one. Moving a page to another room is moving a line below.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::ChooseView;

use crate::ui::{ButtonLink, EmptyState, NavGroup};
use crate::{
    accounts, again, alerts, approvals, assistance, bank, cart, carts, catalog, company, deliveries, disputes,
    invoices, ledger, lists, orders, packs, parts, payments, proposals, quick, quotes, reminders, sales, schedules,
    search,
};

type Coming = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

struct Room {
    /// How the addresses in it begin: a word, or more where a page is not in the room of its first word.
    words: &'static [&'static str],
    #[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "the server names the parts in the page"))]
    name: &'static str,
    fetch: fn() -> Coming,
}

macro_rules! rooms {
    ($($(#[$doc:meta])* $name:ident: $room:ident at $words:tt, $fetch:ident { $($page:ident => $view:path,)* })*) => {
        const ROOMS: &[Room] =
            &[$(Room { words: &$words, name: stringify!($room), fetch: || Box::pin($fetch()) }),*];

        $(
            $(#[$doc])*
            #[expect(missing_docs, reason = "each is the page it is called after")]
            #[derive(Clone, Copy)]
            pub enum $name { $($page),* }

            impl ChooseView for $name {
                async fn choose(self) -> AnyView {
                    $room(self).await.unwrap_or_else(|_| missing())
                }

                async fn preload(&self) {}
            }

            #[wasm_split($room, fallible, preload($fetch), wasm_split_path = ::leptos::wasm_split)]
            fn $room(page: $name) -> Result<AnyView, SplitLoaderError> {
                Ok(match page { $($name::$page => $view().into_any(),)* })
            }
        )*
    };
}

rooms! {
    /// Looking for products, and many lines at once.
    Catalog: catalog at ["catalog", "products", "search", "quick-order", "lists", "buy-again", "part-numbers"], fetch_catalog {
        Browse => catalog::Browse,
        Product => catalog::Product,
        WhyThisPrice => catalog::WhyThisPrice,
        Quick => quick::Quick,
        Again => again::Again,
        Lists => lists::Lists,
        List => lists::List,
        Parts => parts::Parts,
    }
    /// From the cart to what was ordered, and what is ordered by itself.
    Orders: orders at ["cart", "carts", "checkout", "orders", "schedules"], fetch_orders {
        Cart => cart::Cart,
        Checkout => cart::Checkout,
        Split => carts::Split,
        Carts => carts::Carts,
        Saved => carts::Saved,
        History => orders::History,
        Order => orders::Order,
        Reorder => orders::Reorder,
        Proposal => proposals::Proposal,
        Schedules => schedules::Schedules,
        NewSchedule => schedules::New,
        Schedule => schedules::One,
    }
    /// What is owed, and settling it; the seller's people looking after it.
    Paying: paying at ["invoices", "payments", "finance"], fetch_paying {
        Invoices => invoices::Invoices,
        Invoice => invoices::Invoice,
        Settle => payments::Settle,
        Payments => payments::Payments,
        Payment => payments::Payment,
        Bank => bank::Bank,
        Disputes => disputes::Disputes,
        Overdue => reminders::Overdue,
    }
    /// How the company buys, who its members are.
    Company: company at ["company", "profile"], fetch_company {
        Rules => approvals::Rules,
        Budgets => company::Budgets,
        Units => company::Units,
        CostCentres => company::CostCentres,
        Addresses => company::Addresses,
        Credit => company::CreditPage,
        Members => accounts::Members,
        Audit => accounts::Audit,
        Assistance => assistance::Assistance,
        Profile => accounts::Profile,
    }
    /// What comes to somebody: to decide, to know, by a link; what is on its way; and the books, because here is room (decision 011).
    Desk: desk at ["approvals", "alerts", "notices", "register", "forgot", "reset", "invite", "approve", "orders/open-lines", "statement", "ageing", "packs"], fetch_desk {
        Inbox => approvals::Inbox,
        Approval => approvals::Approval,
        Notices => company::Notices,
        Alerts => alerts::Alerts,
        Register => accounts::Register,
        Confirmed => accounts::Confirmed,
        Forgot => accounts::Forgot,
        Redeem => accounts::Redeem,
        ByLink => approvals::ByLink,
        Board => deliveries::Board,
        Statement => ledger::Statement,
        Ageing => ledger::AgeingPage,
        Packs => packs::Packs,
    }
    /// Asking for prices, and answering what is offered.
    Quotes: quoting at ["quotes"], fetch_quotes {
        List => quotes::Quotes,
        Ask => quotes::Ask,
        Quote => quotes::Quote,
        Compare => quotes::Compare,
    }
    /// The seller's people answering what is asked for.
    Answers: answering at ["sales/quotes"], fetch_answers {
        Queue => quotes::Queue,
        Begin => quotes::Begin,
        Desk => quotes::Desk,
        Preview => quotes::Preview,
        Compare => quotes::Compare,
    }
    /// The seller's people at work.
    Sales: sales at ["sales"], fetch_sales {
        Held => orders::Held,
        Registrations => accounts::Registrations,
        Start => sales::Start,
        Customers => sales::Customers,
        Customer => sales::Customer,
        Synonyms => search::Synonyms,
        Orders => sales::Orders,
        Order => sales::Order,
    }
}

/// The list of suggestions below the box in the top bar; nothing when it cannot be fetched: the box works without.
pub async fn finder(nav: Signal<Vec<NavGroup>>) -> AnyView {
    finding(nav).await.unwrap_or_else(|_| ().into_any())
}

#[allow(clippy::unnecessary_wraps, reason = "what is fetched may fail to come")]
#[wasm_split(finding, fallible, wasm_split_path = ::leptos::wasm_split)]
fn finding(nav: Signal<Vec<NavGroup>>) -> Result<AnyView, SplitLoaderError> {
    Ok(search::finder(nav))
}

/// The room whose beginning fits the address best: whole words, as many as possible.
fn find(path: &str) -> Option<&'static Room> {
    let path = path.trim_start_matches('/');
    let fits = |words: &str| path.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let best = |room: &Room| room.words.iter().filter(|w| fits(w)).map(|w| w.len()).max();
    ROOMS.iter().filter_map(|room| best(room).map(|n| (n, room))).max_by_key(|(n, _)| *n).map(|(_, room)| room)
}

/// The name of the room that the page at this address is in.
#[cfg(feature = "ssr")]
pub fn name(path: &str) -> Option<&'static str> {
    find(path).map(|room| room.name)
}

/// Fetches the room that the page at this address is in, if it is in one.
pub async fn fetch(path: &str) -> Result<(), SplitLoaderError> {
    match find(path) {
        Some(room) => (room.fetch)().await,
        None => Ok(()),
    }
}

/// Instead of a page whose room did not come. The link loads the whole page, from whatever version runs by then.
fn missing() -> AnyView {
    view! {
        <leptos_meta::Title text="Not available right now"/>
        <EmptyState title="This page could not be loaded" text="You may be offline, or the portal has just been updated.">
            <ButtonLink href="" external=true>"Load it again"</ButtonLink>
        </EmptyState>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::name;

    #[test]
    fn a_page_is_in_the_room_whose_words_fit_best() {
        for (path, room) in [
            ("/orders", Some("orders")),
            ("/orders/SO-2026-000001", Some("orders")),
            ("/schedules/new", Some("orders")),
            ("/orders/open-lines", Some("desk")),
            ("/orders/open-lines-of-mine", Some("orders")),
            ("/cart/proposals/7", Some("orders")),
            ("/company/assistance", Some("company")),
            ("/company/members", Some("company")),
            ("/sales/orders/SO-1", Some("sales")),
            ("/", None),
            ("/login", None),
            ("/sales/quotes/new", Some("answering")),
            ("/salesman", None),
            ("/finance/bank", Some("paying")),
            ("/lists/7", Some("catalog")),
            ("/quick-order", Some("catalog")),
            ("/statement", Some("desk")),
        ] {
            assert_eq!(name(path), room, "{path}");
        }
    }
}
