//! Something to know before reading on.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::text::{Text, Tone};

/// A band inside a page: what is the matter, and what to do about it.
#[component]
pub fn Notice(
    /// Decides colour and picture.
    tone: Tone,
    /// In bold: the matter.
    #[prop(optional, into)]
    title: Text,
    /// The rest, and a link or a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let glyph = match tone {
        Tone::Good => Glyph::Check,
        Tone::Warn | Tone::Bad => Glyph::Warning,
        Tone::Neutral | Tone::Info => Glyph::Info,
    };
    view! {
        <div class=format!("note {}", tone.class()) role="note">
            <Icon glyph=glyph/>
            <div>
                {title.0.map(|title| view! { <strong>{title}" "</strong> })}
                {children.map(|children| children())}
            </div>
        </div>
    }
    .into_any()
}
