//! Choosing: a select, a checkbox, a radio, and the checkbox that picks every row.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Event, HtmlInputElement};

use super::field::labelled;
use super::text::Text;

/// One entry of a select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// What is sent, what is read.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A labelled native select.
#[component]
pub fn Select(
    /// Above the control.
    #[prop(into)]
    label: String,
    /// Name in the form, and id unless one is given.
    #[prop(into)]
    name: String,
    /// Differs from the name when the page has it twice.
    #[prop(optional, into)]
    id: Text,
    /// In the order shown.
    options: Vec<Choice>,
    /// The value of the chosen entry.
    #[prop(optional, into)]
    selected: Text,
    /// Below the label.
    #[prop(optional, into)]
    hint: Text,
    /// What was wrong with the last answer.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Has to be answered.
    #[prop(optional)]
    required: bool,
    /// The label is only spoken (in bars where the place says it).
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| name.clone());
    let options = options
        .into_iter()
        .map(|choice| {
            let chosen = selected.0.as_deref() == Some(choice.value.as_str());
            view! { <option value=choice.value selected=chosen>{choice.label}</option> }
        })
        .collect_view();
    let described = described(&id, hint.0.is_some(), error);
    let control = view! {
        <select
            id=id.clone()
            name=name
            required=required
            aria-invalid=move || error.get().map(|_| "true")
            aria-describedby=described
        >
            {options}
        </select>
    }
    .into_any();
    labelled(&id, label, hint, error, quiet, control)
}

/// The ids of what explains a control.
pub(super) fn described(
    id: &str,
    hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Send + Sync + Clone + 'static + use<> {
    let id = id.to_owned();
    move || {
        let error = error.get().is_some().then(|| format!("{id}-error"));
        let hint = hint.then(|| format!("{id}-hint"));
        let ids: Vec<String> = [error, hint].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

#[derive(Clone, Copy)]
enum Mark {
    Box,
    Ring,
}

fn mark(
    kind: Mark,
    label: String,
    name: String,
    id: String,
    value: Option<String>,
    checked: bool,
    hint: Option<String>,
) -> AnyView {
    let hint_id = hint.is_some().then(|| format!("{id}-hint"));
    view! {
        <div class="check">
            <input
                type=match kind {
                    Mark::Box => "checkbox",
                    Mark::Ring => "radio",
                }
                id=id.clone()
                name=name
                value=value
                checked=checked
                aria-describedby=hint_id.clone()
            />
            <label for=id>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
    .into_any()
}

/// A yes or no, with its label at the side.
#[component]
pub fn Checkbox(
    /// At the side.
    #[prop(into)]
    label: String,
    /// Name in the form.
    #[prop(into)]
    name: String,
    /// The name unless given; with a value, name and value joined by a hyphen.
    #[prop(optional, into)]
    id: Text,
    /// Sent when ticked; "true" unless given, which is what a `bool` argument reads.
    #[prop(optional, into)]
    value: Text,
    /// At first.
    #[prop(optional)]
    checked: bool,
    /// Below the label.
    #[prop(optional, into)]
    hint: Text,
) -> impl IntoView {
    // One of several with the same name: each label belongs to its own box.
    let id = id.0.unwrap_or_else(|| value.0.as_ref().map_or_else(|| name.clone(), |value| format!("{name}-{value}")));
    mark(Mark::Box, label, name, id, value.0.or_else(|| Some("true".to_owned())), checked, hint.0)
}

/// One of several; put them in `<fieldset class="choices"><legend>…`.
#[component]
pub fn Radio(
    /// At the side.
    #[prop(into)]
    label: String,
    /// Shared by all of the group.
    #[prop(into)]
    name: String,
    /// Sent when chosen; the id is name and value joined by a hyphen.
    #[prop(into)]
    value: String,
    /// At first.
    #[prop(optional)]
    checked: bool,
    /// Below the label.
    #[prop(optional, into)]
    hint: Text,
) -> impl IntoView {
    let id = format!("{name}-{value}");
    mark(Mark::Ring, label, name, id, Some(value), checked, hint.0)
}

/// Ticks every row's checkbox in its table. Hidden until hydrated: it does nothing without.
#[component]
pub fn PickAll(
    /// What it ticks: "All on this page".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let pick = move |event: Event| {
        let Some(all) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        let Ok(Some(table)) = all.closest("table") else { return };
        let Ok(boxes) = table.query_selector_all("tbody input[type=checkbox]:not(:disabled)") else { return };
        for at in 0..boxes.length() {
            if let Some(one) = boxes.item(at).and_then(|node| node.dyn_into::<HtmlInputElement>().ok()) {
                one.set_checked(all.checked());
            }
        }
    };
    view! { <input type="checkbox" aria-label=label class="live" on:change=pick/> }.into_any()
}
