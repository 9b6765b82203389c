//! How many: a number input with buttons at its sides.

use leptos::prelude::*;
use leptos::web_sys::Event;

use super::icon::{Glyph, Icon};
use super::text::Text;

/// The next orderable quantity: multiples of `step` counted from `min`, as the browser counts them.
fn stepped(text: &str, min: u32, step: u32, up: bool) -> u32 {
    let step = step.max(1);
    let Ok(now) = text.trim().parse::<u32>() else { return min };
    let steps = now.saturating_sub(min) / step;
    let aligned = min.saturating_add(steps.saturating_mul(step));
    match (up, aligned == now) {
        (true, _) => aligned.saturating_add(if now < min { 0 } else { step }),
        (false, true) => aligned.saturating_sub(step).max(min),
        (false, false) => aligned,
    }
}

/// A number input; once hydrated it gets buttons for less and more. Without scripts the input
/// takes their room, so nothing moves when they appear.
#[component]
pub fn QuantityStepper(
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// Of what: "Quantity of Hex bolt M8 × 40". Spoken, not shown.
    #[prop(into)]
    label: String,
    /// At first.
    #[prop(into)]
    value: String,
    /// The least that can be ordered.
    #[prop(default = 1)]
    min: u32,
    /// Sold in multiples of this.
    #[prop(default = 1)]
    step: u32,
    /// The form's id, when it stands outside of it.
    #[prop(optional, into)]
    form: Text,
    /// Told the new text after typing or stepping.
    #[prop(optional, into)]
    on_change: Option<Callback<(String,)>>,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let tell = move || {
        if let (Some(told), Some(input)) = (on_change, input.get_untracked()) {
            told.run((input.value(),));
        }
    };
    let by = move |up: bool| {
        if let Some(input) = input.get_untracked() {
            input.set_value(&stepped(&input.value(), min, step, up).to_string());
            if let Ok(event) = Event::new("input") {
                let _ = input.dispatch_event(&event);
            }
            tell();
        }
    };
    view! {
        <div class="qty">
            <button
                type="button"
                aria-label=format!("Less: {label}")
                class="live"
                on:click=move |_| by(false)
            >
                <Icon glyph=Glyph::Minus/>
            </button>
            <input
                type="number"
                inputmode="numeric"
                name=name
                id=id
                aria-label=label.clone()
                value=value
                min=min.to_string()
                step=step.to_string()
                form=form.0
                autocomplete="off"
                required
                node_ref=input
                on:change=move |_| tell()
            />
            <button
                type="button"
                aria-label=format!("More: {label}")
                class="live"
                on:click=move |_| by(true)
            >
                <Icon glyph=Glyph::Plus/>
            </button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::stepped;

    #[test]
    fn steps_are_multiples_from_the_least_quantity() {
        assert_eq!(stepped("12", 12, 12, true), 24);
        assert_eq!(stepped("13", 12, 12, true), 24);
        assert_eq!(stepped("13", 12, 12, false), 12);
        assert_eq!(stepped("12", 12, 12, false), 12);
        assert_eq!(stepped("5", 12, 12, true), 12);
        assert_eq!(stepped("", 1, 1, true), 1);
    }
}
