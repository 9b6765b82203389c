//! Small marks: a status pill, a product's picture, a person's initials.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::text::{Text, Tone};

/// A status: a word and a shape, so that it is never told by colour alone.
#[component]
pub fn Pill(
    /// Decides colour and shape.
    tone: Tone,
    /// One to three words.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! { <span class=format!("pill {}", tone.class())>{text}</span> }.into_any()
}

/// A product's picture on a quiet tile, or a box where there is none.
#[component]
pub fn Thumb(
    /// Address of the picture.
    #[prop(optional, into)]
    src: Text,
    /// What it shows; empty beside the product's name.
    #[prop(optional, into)]
    alt: String,
    /// 36 px in rows; the full width of its column when large.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let (class, side) = if large { ("thumb large", "480") } else { ("thumb", "36") };
    let picture = match src.0 {
        Some(src) => view! {
            <img src=src alt=alt width=side height=side loading="lazy" decoding="async"/>
        }
        .into_any(),
        None => view! { <Icon glyph=Glyph::Box/> }.into_any(),
    };
    view! { <span class=class>{picture}</span> }.into_any()
}

/// A person's initials in a disc. Their name always stands beside it or in a label.
#[component]
pub fn Avatar(
    /// Two letters.
    #[prop(into)]
    initials: String,
) -> impl IntoView {
    view! { <span class="face" aria-hidden="true">{initials}</span> }.into_any()
}
