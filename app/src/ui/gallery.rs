//! Every component in every state, on one page. Served in development only.

use leptos::prelude::*;

use super::*;

/// One component: its name and its states.
fn shelf(name: &'static str, states: impl IntoView + 'static) -> AnyView {
    view! {
        <section class="shelf">
            <h2>{name}</h2>
            <div class="stack">{states.into_any()}</div>
        </section>
    }
    .into_any()
}

/// The gallery.
#[component]
pub fn Gallery() -> impl IntoView {
    view! { <PageHeader title="Gallery" note="every component, every state"/> }.into_any()
}
