//! The browser's entry: takes over the page that the server rendered. Nothing else belongs here.

/// Called by the script in the page head once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
