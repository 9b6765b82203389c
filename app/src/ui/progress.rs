//! Waiting: with figures where they are known, with the shape of what comes where not.

use leptos::prelude::*;

/// How far something is, in figures.
#[component]
pub fn Progress(
    /// Done.
    #[prop(into)]
    value: Signal<u32>,
    /// Of how many.
    #[prop(into)]
    max: Signal<u32>,
    /// "Reading rows".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let say = label.clone();
    view! {
        <div class="progress">
            <div class="split small">
                <span>{label}</span>
                <span class="dim num">{move || format!("{} of {}", value.get(), max.get())}</span>
            </div>
            <progress aria-label=say value=move || value.get().to_string() max=move || max.get().to_string()></progress>
        </div>
    }
    .into_any()
}

/// The shape of rows that are on their way.
#[component]
pub fn Skeleton(
    /// As many as are likely to come.
    #[prop(default = 3)]
    rows: u32,
) -> impl IntoView {
    let rows = (0..rows).map(|_| view! { <span></span> }).collect_view();
    view! { <div class="skeleton" role="status" aria-label="Loading">{rows}</div> }.into_any()
}
