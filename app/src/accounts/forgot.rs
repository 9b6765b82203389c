//! A forgotten password.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::Forgot as Ask;
use crate::act::Act;
use crate::ui::{Bare, Button, ButtonKind, Field, Kind, Notice, Tone};

/// Asks for a link by mail; says the same whether there is such a person or not.
#[component]
pub fn Forgot() -> impl IntoView {
    let action = Act::of::<Ask>();
    let sent = use_query_map().read_untracked().get("sent").is_some();
    view! {
        <Title text="Forgotten password"/>
        <Bare brand="Buyerdesk">
            <h1>"Choose a new password"</h1>
            {action.complaint()}
            {sent
                .then(|| {
                    view! {
                        <Notice tone=Tone::Good title="Look into your mailbox.">
                            "If we know this address, a link is on its way. It works once, for an hour."
                        </Notice>
                    }
                })}
            <form method="post" action=Ask::url() class="form stack">
                <Field label="Email" name="email" kind=Kind::Email required=true autocomplete="username"/>
                <Button kind=ButtonKind::Primary>"Send me a link"</Button>
            </form>
            <p class="small"><a class="link" href="/login">"Back to signing in"</a></p>
        </Bare>
    }
}
