//! Rooms: pages whose code does not come with the first one. The browser fetches a room when somebody goes there, or
//! beside the first module when the page itself is in one. Moving a page to another room is moving a line below.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::ChooseView;

use crate::ui::{ButtonLink, EmptyState};
use crate::{accounts, approvals, cart, catalog, company, invoices, orders, quotes};

type Coming = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

struct Room {
    /// The first words of the addresses in it.
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
    /// Looking for products.
    Catalog: catalog at ["catalog", "products", "search"], fetch_catalog {
        Browse => catalog::Browse,
        Product => catalog::Product,
        WhyThisPrice => catalog::WhyThisPrice,
    }
    /// From the cart to what was ordered.
    Orders: orders at ["cart", "checkout", "orders"], fetch_orders {
        Cart => cart::Cart,
        Checkout => cart::Checkout,
        History => orders::History,
        Order => orders::Order,
        Reorder => orders::Reorder,
    }
    /// What comes to somebody's desk: to decide, to pay, to know.
    Desk: desk at ["approvals", "invoices", "notices"], fetch_desk {
        Inbox => approvals::Inbox,
        Approval => approvals::Approval,
        Invoices => invoices::Invoices,
        Invoice => invoices::Invoice,
        Notices => company::Notices,
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
        Profile => accounts::Profile,
    }
    /// What people come to by a link, mostly once.
    Porch: porch at ["register", "forgot", "reset", "invite", "approve"], fetch_porch {
        Register => accounts::Register,
        Confirmed => accounts::Confirmed,
        Forgot => accounts::Forgot,
        Redeem => accounts::Redeem,
        ByLink => approvals::ByLink,
    }
    /// Asking for prices, and answering what is offered.
    Quotes: quoting at ["quotes"], fetch_quotes {
        List => quotes::Quotes,
        Ask => quotes::Ask,
        Quote => quotes::Quote,
        Compare => quotes::Compare,
    }
    /// The seller's people at work.
    Sales: sales at ["sales"], fetch_sales {
        Queue => quotes::Queue,
        Begin => quotes::Begin,
        Desk => quotes::Desk,
        Preview => quotes::Preview,
        Compare => quotes::Compare,
        Held => orders::Held,
        Registrations => accounts::Registrations,
    }
}

fn find(path: &str) -> Option<&'static Room> {
    let word = path.split('/').nth(1)?;
    ROOMS.iter().find(|room| room.words.contains(&word))
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
