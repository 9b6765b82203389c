//! The document around the app.

use axum::http::request::Parts;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::request::{Assets, request, secure_page};
use crate::{App, GalleryApp, rooms};

/// One HTML document around the app.
pub fn shell() -> impl IntoView {
    document(true, || view! { <App/> }.into_any())
}

/// The gallery's document: no scripts, since the browser's bundle knows only the app.
pub fn gallery_shell() -> impl IntoView {
    document(false, || view! { <GalleryApp/> }.into_any())
}

/// Writes its own hydration script: the framework's leaks the nonce into an attribute (leptos 0.8.23).
fn document(hydrated: bool, body: impl FnOnce() -> AnyView) -> impl IntoView {
    secure_page();
    let assets = request().map(|r| r.assets).unwrap_or_default();
    let path = use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default();
    let room = rooms::name(&path).and_then(|name| assets.rooms.get(name));
    let scripts = (hydrated && !assets.js.is_empty())
        .then(|| view! { <script type="module" nonce=use_nonce()>{start(&assets, room)}</script> });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-build=assets.build().to_owned()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content="Catalog, orders and invoices of your company with this supplier."/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=assets.css.clone()/>
                {scripts}
                <MetaTags/>
            </head>
            <body>{body()}</body>
        </html>
    }
}

/// What takes the page over. A page is read before it is clicked: nothing is fetched until it has been painted, so that on a slow line
/// the module does not keep the text waiting. Then all parts are asked for at once. A page that nobody looks at is not painted.
fn start(assets: &Assets, room: Option<&String>) -> String {
    let Assets { js, rooms_js, wasm, .. } = assets;
    let room = room.map_or_else(String::new, |room| {
        format!("const l=document.createElement('link');l.rel='preload';l.as='fetch';l.crossOrigin='anonymous';l.href='{room}';document.head.append(l);")
    });
    format!(
        "const go=()=>{{{room}import('{rooms_js}');import('{js}').then(m=>m.default({{module_or_path:fetch('{wasm}')}}).then(()=>m.hydrate()))}};\
         document.hidden?go():requestAnimationFrame(()=>setTimeout(go))"
    )
}
