//! Where nothing is yet.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Says what belongs here and offers the one action that fills it.
#[component]
pub fn EmptyState(
    /// "No orders yet".
    #[prop(into)]
    title: String,
    /// What belongs here, in one sentence.
    #[prop(into)]
    text: String,
    /// A picture for it.
    #[prop(default = Glyph::Box)]
    glyph: Glyph,
    /// The one action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph=glyph/>
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="cluster">{children()}</div> })}
        </div>
    }
    .into_any()
}
