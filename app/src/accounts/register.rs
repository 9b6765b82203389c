//! A company asks for an account, and confirms by a mailed link that the address is its own. For anybody.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::actions::{ConfirmRegistration, ReadRegistration, Register as Ask};
use crate::act::{Act, Form};
use crate::load::loaded;
use crate::ui::{Bare, Button, ButtonKind, Field, Kind, Notice, TextArea, Tone};

/// Asks for an account; says the same whether the company or the person is known or not.
#[component]
pub fn Register() -> impl IntoView {
    let act = Act::of::<Ask>();
    let query = use_query_map();
    let body = move || if query.read().get("sent").is_some() { sent() } else { form(act) };
    view! {
        <Title text="Open an account"/>
        <Bare brand="Buyerdesk">
            <h1>"Open an account"</h1>
            {act.complaint()}
            {body}
            <p class="small"><a class="link" href="/login">"Back to signing in"</a></p>
        </Bare>
    }
}

fn sent() -> AnyView {
    view! {
        <Notice tone=Tone::Good title="Look into your mailbox.">
            "A link is on its way. With it you confirm your address; then we look at what you sent."
        </Notice>
    }
    .into_any()
}

fn form(act: Act) -> AnyView {
    view! {
        <p>"Tell us who you are. We answer by mail."</p>
        <Form act=act class="form stack">
            <Field label="Company" name="company" required=true maxlength=120 autocomplete="organization"/>
            <Field label="VAT or registration number" name="tax_number" required=true maxlength=30/>
            <Field label="Street and number" name="street" required=true maxlength=120 autocomplete="street-address"/>
            <div class="pair">
                <Field label="Postcode" name="postcode" required=true maxlength=20 autocomplete="postal-code"/>
                <Field label="Town" name="city" required=true maxlength=120 autocomplete="address-level2"/>
            </div>
            <Field label="Country (two letters)" name="country" value="GB" required=true maxlength=2 autocomplete="country"/>
            <Field label="Your name" name="name" required=true maxlength=120 autocomplete="name"/>
            <Field label="Email" name="email" kind=Kind::Email required=true autocomplete="email"/>
            <TextArea label="Anything else (optional)" name="message" rows=3 maxlength=1000/>
            <Button kind=ButtonKind::Primary>"Ask for an account"</Button>
        </Form>
    }
    .into_any()
}

/// The mailed link: the GET shows who asked, the POST confirms.
#[component]
pub fn Confirmed() -> impl IntoView {
    let act = Act::of::<ConfirmRegistration>();
    let (params, query) = (use_params_map(), use_query_map());
    let token = move || params.read().get("token").unwrap_or_default();
    let body = move || {
        if query.read().get("done").is_some() {
            return view! { <p>"Thank you. We look at what you sent and answer by mail."</p> }.into_any();
        }
        loaded(
            move || ReadRegistration { token: token() },
            move |(company, name)| {
                view! {
                    <p>{format!("Hello {name}. You ask for an account for {company}.")}</p>
                    <Form act=act class="stack">
                        <input type="hidden" name="token" value=token()/>
                        <Button kind=ButtonKind::Primary>"Confirm"</Button>
                    </Form>
                }
                .into_any()
            },
        )
    };
    view! {
        <Title text="Confirm your address"/>
        <Bare brand="Buyerdesk">
            <h1>"Confirm your address"</h1>
            {act.complaint()}
            {body}
            <p class="small"><a class="link" href="/login">"To signing in"</a></p>
        </Bare>
    }
}
