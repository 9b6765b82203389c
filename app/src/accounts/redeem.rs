//! A mailed link: the GET only shows whose it is, the POST uses it up.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{ReadLink, Redeem as Use};
use crate::act::Act;
use crate::load::loaded;
use crate::ui::{Bare, Button, ButtonKind, Field, Kind};

/// Chooses a password by an invitation's or a reset's link.
#[component]
pub fn Redeem() -> impl IntoView {
    let action = Act::of::<Use>();
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let form = move |(name, email): (String, String)| {
        let token = token();
        view! {
            <p>{format!("Hello {name}. Choose the password with which you sign in as {email}.")}</p>
            {action.complaint()}
            <form method="post" action=Use::url() class="form stack">
                <input type="hidden" name="token" value=token/>
                <input type="hidden" name="email" autocomplete="username" value=email/>
                <Field label="New password" name="password" kind=Kind::Password required=true autocomplete="new-password" hint="At least 12 characters"/>
                <Button kind=ButtonKind::Primary>"Save password"</Button>
            </form>
        }
        .into_any()
    };
    view! {
        <Title text="Choose a password"/>
        <Bare brand="Buyerdesk">
            <h1>"Choose a password"</h1>
            {loaded(move || ReadLink { token: token() }, form)}
            <p class="small"><a class="link" href="/forgot">"Ask for a new link"</a></p>
        </Bare>
    }
}
