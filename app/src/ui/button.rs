//! What starts something: a submit button, or a link that looks like one.

use leptos::prelude::*;

use super::text::Text;

/// How much a button asks for attention. One primary a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing this page is for.
    Primary,
    /// Everything else.
    #[default]
    Secondary,
    /// Cannot be undone, or refuses.
    Danger,
    /// In rows and bars, where a frame would be noise.
    Plain,
}

impl ButtonKind {
    /// The class names used in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn go",
            Self::Secondary => "btn",
            Self::Danger => "btn no",
            Self::Plain => "btn plain",
        }
    }
}

/// Submits the form it stands in.
#[component]
pub fn Button(
    /// How it looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// Sent with the form when this button submitted it.
    #[prop(optional, into)]
    name: Text,
    /// The value of `name`.
    #[prop(optional, into)]
    value: Text,
    /// Posts to another address than the form's.
    #[prop(optional, into)]
    formaction: Text,
    /// The id of its form, when it stands outside of it.
    #[prop(optional, into)]
    form: Text,
    /// Said instead of the label where that alone is ambiguous; it begins with the label, so that
    /// people who speak to their computer can say what they see: "Add to cart: Hex bolt M8".
    #[prop(optional, into)]
    says: Text,
    /// The letter that goes to it, and presses it with the browser's own access keys (Alt, or Alt and Shift).
    #[prop(optional, into)]
    key: Text,
    /// The id of the text that it is nothing without: its letter goes there first.
    #[prop(optional, into)]
    needs: Text,
    /// Cannot be pressed.
    #[prop(optional)]
    disabled: bool,
    /// The label: a verb.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=kind.class()
            name=name.0
            value=value.0
            formaction=formaction.0
            form=form.0
            aria-label=says.0
            accesskey=key.0
            data-needs=needs.0
            disabled=disabled
        >
            {children()}
        </button>
    }
    .into_any()
}

/// A link in a button's clothes: it goes somewhere and changes nothing.
#[component]
pub fn ButtonLink(
    /// Where to.
    #[prop(into)]
    href: String,
    /// How it looks.
    #[prop(optional)]
    kind: ButtonKind,
    /// Said instead of the label where that alone is ambiguous; begins with the label.
    #[prop(optional, into)]
    says: Text,
    /// Leaves the pages: a file or another site (the router keeps off).
    #[prop(optional)]
    external: bool,
    /// The label.
    children: Children,
) -> impl IntoView {
    view! {
        <a class=kind.class() href=href aria-label=says.0 rel=external.then_some("external")>
            {children()}
        </a>
    }
    .into_any()
}
