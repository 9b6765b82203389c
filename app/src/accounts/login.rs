//! The way in. Plain forms: a sign-in loads the page anew, with everything the person may see.

use domain::Problem;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::SignIn;
use crate::act::Act;
use crate::packed::Packed;
use crate::problem::complaint;
use crate::ui::{Bare, Button, ButtonKind, Field, Kind, Notice, Tone};

/// Sign in; in the demo also as each of its people with one click.
#[component]
pub fn Login() -> impl IntoView {
    let query = use_query_map();
    let next = query.read_untracked().get("next").unwrap_or_else(|| "/".to_owned());
    let chosen = query.read_untracked().get("chosen").is_some();
    // An answer to a wrong password comes back in the address, scripts or not.
    let problem: Option<Problem> = Act::of::<SignIn>().problem();
    let people: Vec<(String, String)> = SharedValue::<_, Packed>::new_with_encoding(demo_people).into_inner();
    let pick = (!people.is_empty()).then(|| {
        let buttons = people
            .into_iter()
            .map(|(email, what)| {
                let shown = email.clone();
                view! {
                    <button type="submit" name="email" value=email>
                        <span>{shown}</span>
                        <span class="dim small">{what}</span>
                    </button>
                }
            })
            .collect_view();
        view! {
            <section class="stack people">
                <h2>"Or look around as"</h2>
                <form method="post" action="/demo/sign-in">
                    <div class="menu">{buttons}</div>
                </form>
                <p class="small"><a class="link" href="/demo/mail" rel="external">"The demo's mailbox"</a></p>
            </section>
        }
    });
    view! {
        <Title text="Sign in"/>
        <Bare brand="Buyerdesk">
            <h1>"Sign in"</h1>
            {chosen.then(|| view! { <Notice tone=Tone::Good title="Your password is set.">"Sign in with it now."</Notice> })}
            {complaint(problem)}
            <form method="post" action=SignIn::url() class="form stack">
                <input type="hidden" name="next" value=next/>
                <Field label="Email" name="email" kind=Kind::Email required=true autocomplete="username"/>
                <Field label="Password" name="password" kind=Kind::Password required=true autocomplete="current-password"/>
                <Button kind=ButtonKind::Primary>"Sign in"</Button>
            </form>
            <p class="small split">
                <a class="link" href="/forgot">"Forgotten your password?"</a>
                <a class="link" href="/register">"Open an account"</a>
            </p>
            {pick}
        </Bare>
    }
}

#[cfg(feature = "ssr")]
fn demo_people() -> Vec<(String, String)> {
    let demo = crate::request::request().is_ok_and(|r| r.demo);
    if demo {
        store::demo::PEOPLE.iter().map(|p| (p.email.to_owned(), format!("{}, {}", p.name, p.what))).collect()
    } else {
        Vec::new()
    }
}

#[cfg(not(feature = "ssr"))]
fn demo_people() -> Vec<(String, String)> {
    Vec::new()
}
