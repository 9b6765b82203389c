//! The top of a page.

use leptos::prelude::*;

use super::badge::Pill;
use super::icon::{Glyph, Icon};
use super::text::{Back, Status, Text};

/// Title, one status, one quiet note, and at the right the actions: one of them primary.
#[component]
pub fn PageHeader(
    /// The page's only heading of level one.
    #[prop(into)]
    title: String,
    /// A quiet word after it: a count, from whom, since when.
    #[prop(optional, into)]
    note: Text,
    /// The state of the thing shown.
    #[prop(optional, into)]
    status: Status,
    /// A link above the title, back to the list: text and address.
    #[prop(optional, into)]
    back: Back,
    /// Actions.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="head">
            {back.0.map(|(text, href)| view! { <a class="back small" href=href><Icon glyph=Glyph::ChevronLeft/>{text}</a> })}
            <h1>{title}</h1>
            {status.0.map(|(tone, text)| view! { <Pill tone=tone text=text/> })}
            {note.0.map(|note| view! { <span class="dim">{note}</span> })}
            {children.map(|children| view! { <div class="acts">{children()}</div> })}
        </header>
    }
    .into_any()
}
