//! One's own profile: seats and sessions.

use domain::accounts::{ProfilePage, SessionRow};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{EndOneSession, ReadProfile};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonLink, Card, DescriptionList, Fact, PageHeader, Pill, Tone};

/// Name, seats, and every open session with a button that ends it.
#[component]
pub fn Profile() -> impl IntoView {
    let action = Act::of::<EndOneSession>();
    view! {
        <Title text="Your profile"/>
        {reloaded(move || action.version(), || ReadProfile {}, move |page| show(page, action))}
    }
}

fn show(page: ProfilePage, action: Act) -> AnyView {
    let seats = page
        .seats
        .iter()
        .map(|(account, roles)| {
            Fact::new(account.clone(), roles.iter().map(|r| r.label()).collect::<Vec<_>>().join(", "))
        })
        .collect::<Vec<_>>();
    let seated = page.seats.iter().any(|(_, roles)| roles.iter().any(|r| !r.is_staff()));
    let mut facts = vec![Fact::new("Name", page.name), Fact::new("Email", page.email)];
    facts.extend(seats);
    let rows = page.sessions.into_iter().map(|s| session(s, action)).collect_view();
    view! {
        <PageHeader title="Your profile">
            {seated.then(|| view! { <ButtonLink href="/company/assistance">"Who acts for you"</ButtonLink> })}
        </PageHeader>
        <div class="stack">
            <Card title="You">
                <DescriptionList items=facts left=true/>
            </Card>
            <Card title="Where you are signed in" flush=true>
                {action.complaint()}
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Device"</th>
                            <th scope="col">"Address"</th>
                            <th scope="col">"Signed in"</th>
                            <th scope="col">"Last used"</th>
                            <th scope="col" class="num">"End"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        </div>
    }
    .into_any()
}

fn session(s: SessionRow, action: Act) -> AnyView {
    let label = format!("End the session on {} from {}", s.device, s.address);
    let end = if s.current {
        view! { <Pill tone=Tone::Good text="This one"/> }.into_any()
    } else {
        view! {
            <Form act=action>
                <input type="hidden" name="key" value=s.key/>
                <Button says=label>"End"</Button>
            </Form>
        }
        .into_any()
    };
    view! {
        <tr>
            <td>{s.device}</td>
            <td class="dim">{s.address}</td>
            <td class="dim hide">{text::date_time(s.since)}</td>
            <td class="dim">{text::date_time(s.last_seen)}</td>
            <td class="num">{end}</td>
        </tr>
    }
    .into_any()
}
