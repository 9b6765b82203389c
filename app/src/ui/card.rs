//! A sheet that holds what belongs together.

use leptos::prelude::*;

use super::text::Text;

/// A titled sheet. `flush` for tables, which bring their own padding.
#[component]
pub fn Card(
    /// Heading of level two.
    #[prop(optional, into)]
    title: Text,
    /// A quiet word after the title: a count, a date.
    #[prop(optional, into)]
    note: Text,
    /// At the end of the heading: one link.
    #[prop(optional, into)]
    end: Option<ViewFn>,
    /// No padding around the content.
    #[prop(optional)]
    flush: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let header = (title.0.is_some() || end.is_some()).then(|| {
        view! {
            <header>
                {title.0.map(|title| view! { <h2>{title}</h2> })}
                {note.0.map(|note| view! { <span class="dim small">{note}</span> })}
                {end.map(|end| view! { <div class="end small">{end.run()}</div> })}
            </header>
        }
        .into_any()
    });
    let body = if flush { children() } else { view! { <div class="pad">{children()}</div> }.into_any() };
    view! { <section class="card">{header}{body}</section> }.into_any()
}
