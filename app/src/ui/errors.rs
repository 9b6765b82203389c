//! What was wrong with a form, on top of it.

use leptos::prelude::*;

/// A list of links to the fields that need another answer. Takes the focus when it appears,
/// so that it is read first (after GOV.UK's error summary).
#[component]
pub fn ErrorSummary(
    /// The id of the field (empty: about the whole form) and what to do about it.
    #[prop(into)]
    errors: Signal<Vec<(String, String)>>,
    /// Heading.
    #[prop(default = "There is a problem".to_owned(), into)]
    title: String,
) -> impl IntoView {
    let place = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get()
            && errors.with(|errors| !errors.is_empty())
        {
            let _ = place.focus();
        }
    });
    move || {
        {
            let errors = errors.get();
            (!errors.is_empty()).then(|| {
                let lines = errors
                    .into_iter()
                    .map(|(field, text)| {
                        let text = if field.is_empty() {
                            view! { <span>{text}</span> }.into_any()
                        } else {
                            view! { <a href=format!("#{field}") rel="external">{text}</a> }.into_any()
                        };
                        view! { <li>{text}</li> }
                    })
                    .collect_view();
                view! {
                    <div class="errors" role="alert" tabindex="-1" autofocus node_ref=place>
                        <h2>{title.clone()}</h2>
                        <ul>{lines}</ul>
                    </div>
                }
                .into_any()
            })
        }
        .into_any()
    }
}
