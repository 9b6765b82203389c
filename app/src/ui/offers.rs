//! Suggestions below a field for whoever is still typing: a combobox with a list (WAI-ARIA), made of an input that works
//! without them. Arrows go through them, Enter takes one, Escape closes; a pointer takes one without the field losing focus.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::HtmlInputElement;

/// The input with this id. Only in the browser.
pub fn input(id: &str) -> Option<HtmlInputElement> {
    document().get_element_by_id(id).and_then(|found| found.dyn_into().ok())
}

/// One suggestion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// What it is: "Products". Those of one kind stand together.
    pub kind: String,
    /// What people read.
    pub label: String,
    /// What tells it from others, quiet.
    pub note: String,
    /// What is taken: an address, an article number.
    pub value: String,
}

/// Asks for what the words may mean.
pub type Ask = Box<dyn Fn(String) -> Pin<Box<dyn Future<Output = Vec<Offer>>>>>;

/// The list below the input with this id. It asks while somebody types there and hands over what is taken.
pub fn offers(id: &'static str, label: &'static str, ask: Ask, take: Box<dyn Fn(Offer)>) -> AnyView {
    let list = RwSignal::new(Vec::<Offer>::new());
    let active = RwSignal::new(None::<usize>);
    let open = RwSignal::new(false);
    // On the server nobody takes anything, and what is another thread's cannot be kept there.
    #[cfg(feature = "ssr")]
    let takes = {
        drop((ask, take));
        |_at: usize| {}
    };
    #[cfg(not(feature = "ssr"))]
    let takes = field::attend(id, ask, take, field::State { list, active, open });

    let place = move |at: usize| format!("{id}-offer-{at}");
    let groups = move || {
        let offers = list.get();
        let mut from = 0;
        offers
            .chunk_by(|a, b| a.kind == b.kind)
            .map(|group| {
                let first = from;
                from += group.len();
                let (kind, heading) = (group[0].kind.clone(), group[0].kind.clone());
                let options = (first..).zip(group.to_vec()).map(|(at, offer)| {
                    view! {
                        <div
                            role="option"
                            id=place(at)
                            aria-selected=move || if active.get() == Some(at) { "true" } else { "false" }
                            on:click=move |_| takes(at)
                        >
                            <span>{offer.label}</span>
                            <span class="dim small">{offer.note}</span>
                        </div>
                    }
                });
                view! {
                    <div role="group" aria-label=kind>
                        <p class="dim small" aria-hidden="true">{heading}</p>
                        {options.collect_view()}
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <div
            class="offers"
            id=format!("{id}-offers")
            role="listbox"
            aria-label=label
            hidden=move || !open.get() || list.with(Vec::is_empty)
            on:mousedown=|event| event.prevent_default()
        >
            {groups}
        </div>
    }
    .into_any()
}

/// The input: what is typed there, and what it says of its list.
#[cfg(not(feature = "ssr"))]
mod field {
    use std::time::Duration;

    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast as _;
    use leptos::wasm_bindgen::prelude::Closure;
    use leptos::web_sys::{Event, KeyboardEvent};

    use super::{Ask, Offer, input};

    /// So long nobody asks after a key.
    const PAUSE: Duration = Duration::from_millis(60);

    #[derive(Clone, Copy)]
    pub struct State {
        pub list: RwSignal<Vec<Offer>>,
        pub active: RwSignal<Option<usize>>,
        pub open: RwSignal<bool>,
    }

    /// Listens to the input; gives what happens when an offer is taken.
    pub fn attend(
        id: &'static str,
        ask: Ask,
        take: Box<dyn Fn(Offer)>,
        state: State,
    ) -> impl Fn(usize) + Copy + 'static {
        let State { list, active, open } = state;
        let taken = StoredValue::new_local(take);
        let take = move |at: usize| {
            if let Some(offer) = list.with_untracked(|list| list.get(at).cloned()) {
                open.set(false);
                taken.with_value(|take| take(offer));
            }
        };
        let ask = StoredValue::new_local(ask);
        let asked = StoredValue::new(0_u32);
        let look = move || {
            let Some(words) = input(id).map(|input| input.value()) else { return };
            asked.update_value(|n| *n += 1);
            let mine = asked.get_value();
            set_timeout(
                move || {
                    if asked.try_get_value() != Some(mine) {
                        return;
                    }
                    let Some(answer) = ask.try_with_value(|ask| ask(words)) else { return };
                    leptos::task::spawn_local(async move {
                        let offers = answer.await;
                        if asked.try_get_value() == Some(mine) {
                            active.set(None);
                            list.set(offers);
                            open.set(true);
                        }
                    });
                },
                PAUSE,
            );
        };
        let step = move |by: usize| {
            let many = list.with_untracked(Vec::len);
            if many > 0 {
                let next = active.get_untracked().map_or(if by == 1 { 0 } else { many - 1 }, |at| (at + by) % many);
                active.set(Some(next));
                if let Some(option) = document().get_element_by_id(&format!("{id}-offer-{next}")) {
                    option.scroll_into_view_with_bool(false);
                }
            }
        };
        let key = move |event: &KeyboardEvent| {
            let shown = open.get_untracked() && !list.with_untracked(Vec::is_empty);
            match event.key().as_str() {
                "ArrowDown" if shown => step(1),
                "ArrowUp" if shown => step(list.with_untracked(Vec::len) - 1),
                "ArrowDown" => look(),
                "Escape" if shown => open.set(false),
                "Enter" if shown && active.get_untracked().is_some() => {
                    take(active.get_untracked().unwrap_or_default());
                }
                _ => return,
            }
            event.prevent_default();
        };
        let hear = Closure::<dyn Fn(Event)>::new(move |event: Event| match event.type_().as_str() {
            "input" => look(),
            "blur" => open.set(false),
            _ => {
                if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                    key(event);
                }
            }
        });
        let hear = StoredValue::new_local(hear);
        let says = move |what: &str, value: &str| {
            if let Some(input) = input(id) {
                let _ = input.set_attribute(what, value);
            }
        };
        // The field stands beside, and may not be there before this is.
        Effect::new(move |_| {
            let Some(field) = input(id) else { return };
            for (what, value) in
                [("role", "combobox"), ("aria-autocomplete", "list"), ("aria-controls", &format!("{id}-offers"))]
            {
                says(what, value);
            }
            hear.with_value(|hear| {
                for kind in ["input", "keydown", "blur"] {
                    let _ = field.add_event_listener_with_callback(kind, hear.as_ref().unchecked_ref());
                }
            });
            on_cleanup(move || {
                hear.try_with_value(|hear| {
                    for kind in ["input", "keydown", "blur"] {
                        let _ = field.remove_event_listener_with_callback(kind, hear.as_ref().unchecked_ref());
                    }
                });
            });
            // Whoever was quicker than this finds their words answered.
            if document().active_element().is_some_and(|focused| focused.id() == id) {
                look();
            }
        });
        Effect::new(move |_| {
            says("aria-expanded", if open.get() && !list.with(Vec::is_empty) { "true" } else { "false" });
        });
        Effect::new(move |_| {
            says("aria-activedescendant", &active.get().map_or_else(String::new, |at| format!("{id}-offer-{at}")));
        });
        take
    }
}
