//! Views of the same list: links, because the choice lives in the address.

use leptos::prelude::*;

/// One view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// A word or two.
    pub label: String,
    /// Its address.
    pub href: String,
    /// How many are in it.
    pub count: Option<String>,
    /// Shown now.
    pub current: bool,
}

impl Tab {
    /// A view that is not shown now, without a count.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), count: None, current: false }
    }

    /// How many are in it.
    #[must_use]
    pub fn count(self, count: impl ToString) -> Self {
        Self { count: Some(count.to_string()), ..self }
    }

    /// Whether it is shown now.
    #[must_use]
    pub fn current(self, current: bool) -> Self {
        Self { current, ..self }
    }
}

/// The views of a list, the shown one underlined.
#[component]
pub fn Tabs(
    /// Of what: "Orders".
    #[prop(into)]
    label: String,
    /// In order.
    items: Vec<Tab>,
) -> impl IntoView {
    let tabs = items
        .into_iter()
        .map(|tab| {
            view! {
                <a href=tab.href aria-current=tab.current.then_some("page")>
                    {tab.label}
                    {tab.count.map(|count| view! { <span class="badge">{count}</span> })}
                </a>
            }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label>{tabs}</nav> }.into_any()
}
