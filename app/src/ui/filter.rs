//! Narrowing a list. Filters live in the address: every chip is a link, every menu a GET form.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::text::Text;

/// The row of chips above a list.
#[component]
pub fn Filters(
    /// At the end: what is shown ("£23,505.40 shown"), how it is sorted.
    #[prop(optional, into)]
    end: Text,
    /// Chips and menus.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="filters">
            {children()}
            {end.0.map(|end| view! { <span class="end dim small">{end}</span> })}
        </div>
    }
    .into_any()
}

/// One filter: a link that sets it, or takes it away when it is on.
#[component]
pub fn FilterChip(
    /// "Status: open", or "In stock".
    #[prop(into)]
    label: String,
    /// The list with the filter toggled.
    #[prop(into)]
    href: String,
    /// It narrows the list now.
    #[prop(optional)]
    on: bool,
) -> impl IntoView {
    if on {
        view! {
            <a class="chip on" href=href>
                <span class="unseen">"Remove filter: "</span>
                {label}
                <Icon glyph=Glyph::Close/>
            </a>
        }
        .into_any()
    } else {
        view! {
            <a class="chip" href=href>
                <Icon glyph=Glyph::Plus/>
                {label}
            </a>
        }
        .into_any()
    }
}

/// A filter with choices of its own: opens a panel that holds a GET form.
#[component]
pub fn FilterMenu(
    /// Of the panel, unique on the page.
    #[prop(into)]
    id: String,
    /// "Status", or "Status: open" when on.
    #[prop(into)]
    label: String,
    /// It narrows the list now.
    #[prop(optional)]
    on: bool,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="pop-at">
            <button type="button" class=if on { "chip on" } else { "chip" } popovertarget=id.clone()>
                {label}
                <Icon glyph=Glyph::ChevronDown/>
            </button>
            <div class="pop" popover="auto" id=id>
                {children()}
            </div>
        </div>
    }
    .into_any()
}
