//! A thing in a row: picture, name, and a quiet line below.

use leptos::prelude::*;

use super::badge::Thumb;
use super::text::Text;

/// The first cell of a row.
#[component]
pub fn Item(
    /// Its name.
    #[prop(into)]
    title: String,
    /// Its page.
    #[prop(optional, into)]
    href: Text,
    /// Number, pack, anything to tell it from the next.
    #[prop(optional, into)]
    note: Text,
    /// Its picture.
    #[prop(optional, into)]
    thumb: Text,
) -> impl IntoView {
    let title = match href.0 {
        Some(href) => view! { <a class="strong" href=href>{title}</a> }.into_any(),
        None => view! { <span class="strong">{title}</span> }.into_any(),
    };
    view! {
        <div class="item">
            <Thumb src=thumb/>
            <div>{title}{note.0.map(|note| view! { <p class="dim small">{note}</p> })}</div>
        </div>
    }
    .into_any()
}
