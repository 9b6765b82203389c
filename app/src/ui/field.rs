//! Typing: a labelled input, a labelled text area. Label above, hint below it, then what was wrong.

use leptos::prelude::*;

use super::choice::described;
use super::icon::{Glyph, Icon};
use super::text::Text;

/// What is typed: decides type, keyboard and what the browser may fill in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    #[default]
    Text,
    /// An e-mail address.
    Email,
    /// A password.
    Password,
    /// A telephone number.
    Phone,
    /// Digits only: a code, an amount (not `type=number`: it eats separators and scrolls).
    Digits,
    /// An amount with decimals.
    Decimal,
    /// A day.
    Date,
    /// A search.
    Search,
}

impl Kind {
    const fn type_(self) -> &'static str {
        match self {
            Self::Text | Self::Digits | Self::Decimal => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Phone => "tel",
            Self::Date => "date",
            Self::Search => "search",
        }
    }

    const fn inputmode(self) -> Option<&'static str> {
        match self {
            Self::Digits => Some("numeric"),
            Self::Decimal => Some("decimal"),
            _ => None,
        }
    }
}

/// Label, hint, error and control, in that order.
pub(super) fn labelled(
    id: &str,
    label: String,
    hint: Text,
    error: Signal<Option<String>>,
    quiet: bool,
    control: AnyView,
) -> AnyView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    view! {
        <div class="field" class:wrong=move || error.get().is_some()>
            <label for=id.to_owned() class=quiet.then_some("unseen")>{label}</label>
            {hint.0.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {move || {
                error
                    .get()
                    .map(|error| {
                        view! {
                            <p class="error" id=error_id.clone()>
                                <Icon glyph=Glyph::Warning/>
                                {error}
                            </p>
                        }
                    })
            }}
            {control}
        </div>
    }
    .into_any()
}

/// A labelled one-line input. Values are kept by handing them back in `value`.
#[component]
pub fn Field(
    /// Above the input.
    #[prop(into)]
    label: String,
    /// Name in the form, and id unless one is given.
    #[prop(into)]
    name: String,
    /// Differs from the name when the page has it twice.
    #[prop(optional, into)]
    id: Text,
    /// What is typed.
    #[prop(optional)]
    kind: Kind,
    /// At first.
    #[prop(optional, into)]
    value: Text,
    /// Below the label.
    #[prop(optional, into)]
    hint: Text,
    /// What was wrong with the last answer.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Has to be answered. Put `novalidate` on the form where the server's words are better.
    #[prop(optional)]
    required: bool,
    /// What the browser may fill in: "username", "current-password", "off".
    #[prop(optional, into)]
    autocomplete: Text,
    /// Overrides the keyboard that `kind` asks for.
    #[prop(optional, into)]
    inputmode: Text,
    /// No more characters than this.
    #[prop(optional)]
    maxlength: Option<u32>,
    /// As wide as this many characters; else as wide as its column.
    #[prop(optional)]
    chars: Option<u32>,
    /// Where typing starts. Once a page.
    #[prop(optional)]
    autofocus: bool,
    /// The label is only spoken (in bars where the place says it).
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| name.clone());
    let described = described(&id, hint.0.is_some(), error);
    let control = view! {
        <input
            type=kind.type_()
            id=id.clone()
            name=name
            value=value.0
            inputmode=inputmode.0.or_else(|| kind.inputmode().map(str::to_owned))
            autocomplete=autocomplete.0
            maxlength=maxlength.map(|most| most.to_string())
            size=chars.map(|chars| chars.to_string())
            required=required
            autofocus=autofocus
            aria-invalid=move || error.get().map(|_| "true")
            aria-describedby=described
        />
    }
    .into_any();
    labelled(&id, label, hint, error, quiet, control)
}

/// What stands between the tags of a text area. Leptos 0.8 writes it without escaping (its table of
/// elements treats `textarea` like `script`), so `</textarea>` in a value would end the element; and
/// a parser swallows the first line break. In the browser it is a text node and stays as it is.
fn inside_textarea(value: String) -> String {
    if cfg!(feature = "ssr") { format!("\n{}", value.replace('&', "&amp;").replace('<', "&lt;")) } else { value }
}

/// A labelled input of several lines.
#[component]
pub fn TextArea(
    /// Above the input.
    #[prop(into)]
    label: String,
    /// Name in the form, and id unless one is given.
    #[prop(into)]
    name: String,
    /// Differs from the name when the page has it twice.
    #[prop(optional, into)]
    id: Text,
    /// At first.
    #[prop(optional, into)]
    value: Text,
    /// Below the label.
    #[prop(optional, into)]
    hint: Text,
    /// What was wrong with the last answer.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Has to be answered.
    #[prop(optional)]
    required: bool,
    /// Lines shown; it grows with its text where the browser can.
    #[prop(default = 3)]
    rows: u32,
    /// No more characters than this.
    #[prop(optional)]
    maxlength: Option<u32>,
) -> impl IntoView {
    let id = id.0.unwrap_or_else(|| name.clone());
    let described = described(&id, hint.0.is_some(), error);
    let control = view! {
        <textarea
            id=id.clone()
            name=name
            rows=rows.to_string()
            maxlength=maxlength.map(|most| most.to_string())
            required=required
            aria-invalid=move || error.get().map(|_| "true")
            aria-describedby=described
        >
            {inside_textarea(value.0.unwrap_or_default())}
        </textarea>
    }
    .into_any();
    labelled(&id, label, hint, error, false, control)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_text_area() {
        let owner = Owner::new();
        let html = owner.with(|| view! { <TextArea label="Note" name="note" value="</textarea><b>&"/> }.to_html());
        assert!(html.contains("&lt;/textarea>&lt;b>&amp;</textarea>"), "{html}");
    }
}
