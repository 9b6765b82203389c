//! The browser's entry: takes over the page that the server rendered. Nothing else belongs here.

/// Called by the script in the page head once the module is loaded. A page whose room cannot be fetched stays as the
/// server made it: its links and forms work without us.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let page = leptos::prelude::document().document_element();
    app::packed::set_build(&page.and_then(|page| page.get_attribute("data-build")).unwrap_or_default());
    let path = leptos::prelude::window().location().pathname().unwrap_or_default();
    if app::rooms::fetch(&path).await.is_ok() {
        leptos::mount::hydrate_lazy(app::App);
    }
}
