//! Panels that open on top: the browser's `popover`, which needs no script.

use leptos::prelude::*;

use super::button::ButtonKind;
use super::icon::{Glyph, Icon};

/// A button and the panel it opens. On a phone the panel rises from the bottom edge.
#[component]
pub fn Popover(
    /// Of the panel, unique on the page.
    #[prop(into)]
    id: String,
    /// On the button.
    #[prop(into)]
    label: String,
    /// How the button looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// The panel. Links and buttons under each other become a menu with `<div class="menu">`.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="pop-at">
            <button type="button" class=kind.class() popovertarget=id.clone()>
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

/// A question before what cannot be undone: a button, and a dialog that holds the form.
#[component]
pub fn Confirm(
    /// Of the dialog, unique on the page.
    #[prop(into)]
    id: String,
    /// On the button; ends in "…" because a question follows.
    #[prop(into)]
    label: String,
    /// The question.
    #[prop(into)]
    title: String,
    /// How the button looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// What will happen, and the form that does it; its buttons in `<div class="acts">`.
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let names = title_id.clone();
    let closes = id.clone();
    view! {
        <button type="button" class=kind.class() popovertarget=id.clone()>
            {label}
        </button>
        <div class="dialog" popover="auto" id=id role="dialog" aria-labelledby=names>
            <header class="split">
                <h2 id=title_id>{title}</h2>
                <button
                    type="button"
                    class="btn plain icon-only"
                    popovertarget=closes
                    popovertargetaction="hide"
                    aria-label="Close"
                >
                    <Icon glyph=Glyph::Close/>
                </button>
            </header>
            {children()}
        </div>
    }
    .into_any()
}
