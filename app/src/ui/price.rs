//! Where a price comes from: a link that is a page without scripts and a panel with them.

use leptos::prelude::*;
use leptos::web_sys::MouseEvent;

use super::badge::Pill;
use super::facts::{DescriptionList, Fact};
use super::text::{Status, Text};

/// "Why this price?" A link to the page that explains it. With children (a [`PricePanel`]) a
/// hydrated page shows them on top instead; with a modifier key it stays a link.
#[component]
pub fn WhyLink(
    /// The page that explains the price.
    #[prop(into)]
    href: String,
    /// The link's words.
    #[prop(default = "Why this price?".to_owned(), into)]
    label: String,
    /// The panel.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Some(children) = children else {
        return view! { <a class="why" href=href>{label}</a> }.into_any();
    };
    let panel = NodeRef::<leptos::html::Div>::new();
    let open = move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return;
        }
        if let Some(panel) = panel.get_untracked()
            && panel.show_popover().is_ok()
        {
            event.prevent_default();
        }
    };
    view! {
        <div class="pop-at">
            <a class="why" href=href on:click=open>
                {label}
            </a>
            <div class="pop price" popover="auto" node_ref=panel>
                {children()}
            </div>
        </div>
    }
    .into_any()
}

/// How a price came about, step by step.
#[component]
pub fn PricePanel(
    /// "Why £4.60?"
    #[prop(into)]
    title: String,
    /// Which rule won: "Contract price".
    #[prop(optional, into)]
    status: Status,
    /// From list price to your price.
    rows: Vec<Fact>,
    /// What would make it better: "20 more reach the next price".
    #[prop(optional, into)]
    note: Text,
) -> impl IntoView {
    view! {
        <div class="why-panel">
            <div class="split">
                <strong>{title}</strong>
                {status.0.map(|(tone, text)| view! { <Pill tone=tone text=text/> })}
            </div>
            <DescriptionList items=rows/>
            {note.0.map(|note| view! { <p class="note info small">{note}</p> })}
        </div>
    }
    .into_any()
}
