//! Pairs of a word and what stands for it.

use leptos::prelude::*;

/// One pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// On the left.
    pub term: String,
    /// On the right.
    pub text: String,
    /// The sum of those above it.
    pub sum: bool,
}

impl Fact {
    /// A pair.
    pub fn new(term: impl Into<String>, text: impl Into<String>) -> Self {
        Self { term: term.into(), text: text.into(), sum: false }
    }

    /// The sum of the pairs above: a line over it, and bold.
    pub fn sum(term: impl Into<String>, text: impl Into<String>) -> Self {
        Self { sum: true, ..Self::new(term, text) }
    }
}

/// Pairs under each other, figures at the right. Links in it? Write `<dl class="facts">` with
/// `<div><dt>…</dt><dd>…</dd></div>` by hand; `<dl class="facts left">` for words instead of figures.
#[component]
pub fn DescriptionList(
    /// In reading order.
    items: Vec<Fact>,
    /// Words instead of figures: texts start at the same edge.
    #[prop(optional)]
    left: bool,
) -> impl IntoView {
    let rows = items
        .into_iter()
        .map(|fact| {
            view! {
                <div class=fact.sum.then_some("sum")>
                    <dt>{fact.term}</dt>
                    <dd>{fact.text}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class=if left { "facts left" } else { "facts" }>{rows}</dl> }.into_any()
}
