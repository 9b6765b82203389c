//! Keys for people who sit here all day: `/` searches, and so does Ctrl-K (from anywhere, with all places to go to); in a table `j` and `k` go from row to row
//! (Enter follows the row's link, as any link) and `x` ticks the row. The letter of a button (its access key) goes to the
//! button, so that Enter presses it: a slip of one key decides nothing.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::offers::input;

/// Listens while the frame is there. Only in the browser: effects do not run on the server.
pub(super) fn listen() {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, on_key);
        on_cleanup(move || handle.remove());
    });
}

fn on_key(event: KeyboardEvent) {
    if (event.ctrl_key() || event.meta_key()) && event.key() == "k" {
        if search() {
            event.prevent_default();
        }
        return;
    }
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return;
    }
    let focused = document().active_element();
    if focused.as_ref().is_some_and(types) {
        return;
    }
    let done = match event.key().as_str() {
        "/" => search(),
        "j" => step(focused.as_ref(), 1),
        "k" => step(focused.as_ref(), -1),
        "x" => tick(focused.as_ref()),
        letter => button(letter),
    };
    if done {
        event.prevent_default();
    }
}

/// Whether keys are letters there. A checkbox is no place for letters.
fn types(element: &Element) -> bool {
    element
        .closest("select, textarea, [contenteditable], dialog, [popover], input:not([type=checkbox], [type=radio])")
        .is_ok_and(|found| found.is_some())
}

fn search() -> bool {
    let Some(input) = input("search") else { return false };
    let shown = input.focus().is_ok();
    input.select();
    // As if typed: whoever listens suggests something.
    if let Ok(typed) = Event::new("input") {
        let _ = input.dispatch_event(&typed);
    }
    shown
}

fn step(focused: Option<&Element>, by: i32) -> bool {
    let Ok(rows) = document().query_selector_all("main table.rows tbody tr:has(a)") else { return false };
    let here = focused.and_then(|element| element.closest("tr").ok().flatten());
    let length = i32::try_from(rows.length()).unwrap_or(0);
    let at = (0..length).find(|at| {
        u32::try_from(*at).ok().and_then(|at| rows.item(at)).and_then(|row| row.dyn_into::<Element>().ok()) == here
    });
    let next = match at {
        Some(at) => at + by,
        None if by > 0 => 0,
        None => return false,
    };
    u32::try_from(next)
        .ok()
        .and_then(|next| rows.item(next))
        .and_then(|row| row.dyn_into::<Element>().ok())
        .and_then(|row| row.query_selector("a").ok().flatten())
        .and_then(|link| link.dyn_into::<HtmlElement>().ok())
        .is_some_and(|link| link.focus().is_ok())
}

/// Goes to the button of this letter; to the field that it needs, while that is empty.
fn button(letter: &str) -> bool {
    if !matches!(letter.as_bytes(), [b'a'..=b'z']) {
        return false;
    }
    let found = document().query_selector(&format!("main button[accesskey={letter}]")).ok().flatten();
    let Some(button) = found else { return false };
    let empty = button
        .get_attribute("data-needs")
        .and_then(|id| document().get_element_by_id(&id))
        .and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok())
        .filter(|field| field.value().trim().is_empty());
    match empty {
        Some(field) => field.focus().is_ok(),
        None => button.dyn_into::<HtmlElement>().is_ok_and(|button| button.focus().is_ok()),
    }
}

fn tick(focused: Option<&Element>) -> bool {
    focused
        .and_then(|element| element.closest("tr").ok().flatten())
        .and_then(|row| row.query_selector("input[type=checkbox]").ok().flatten())
        .and_then(|found| found.dyn_into::<HtmlElement>().ok())
        .map(|found| found.click())
        .is_some()
}
