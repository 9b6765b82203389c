//! What just happened, said once.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::text::Tone;

/// The place where results are announced. Rendered on every page, empty or not, so that a
/// screen reader notices a text that arrives later. Never vanishes by itself.
#[component]
pub fn Flash(
    /// "Order SO-2026-004311 sent for approval."
    #[prop(into)]
    message: Signal<Option<String>>,
    /// Good unless told otherwise.
    #[prop(default = Tone::Good)]
    tone: Tone,
    /// Undo: a small form or a link.
    #[prop(optional)]
    children: Option<ChildrenFn>,
) -> impl IntoView {
    let (closed, set_closed) = signal(None::<String>);
    let body = move || {
        let message = message.get().filter(|message| closed.with(|closed| closed.as_ref() != Some(message)))?;
        let glyph = match tone {
            Tone::Warn | Tone::Bad => Glyph::Warning,
            _ => Glyph::Check,
        };
        let close = message.clone();
        Some(
            view! {
                <div class=format!("flash {}", tone.class())>
                    <Icon glyph=glyph/>
                    <p>{message}</p>
                    {children.as_ref().map(|children| children())}
                    <button
                        type="button"
                        class="btn plain icon-only live"
                        aria-label="Close"
                        on:click=move |_| set_closed.set(Some(close.clone()))
                    >
                        <Icon glyph=Glyph::Close/>
                    </button>
                </div>
            }
            .into_any(),
        )
    };
    view! { <div class="flashes" role="status">{body}</div> }.into_any()
}
