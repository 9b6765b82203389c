//! Who may act for the company. Account admins only.

use domain::Role;
use domain::accounts::{MemberRow, MembersPage};
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{Deactivate, Invite, ReadMembers};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, Checkbox, Confirm, Field, Kind, PageHeader, Pill, Tone};

/// Members with their roles, and the form that invites one more.
#[component]
pub fn Members() -> impl IntoView {
    let (invite, deactivate) = (Act::of::<Invite>(), Act::of::<Deactivate>());
    let version = move || invite.version() + deactivate.version();
    view! {
        <Title text="Members"/>
        {reloaded(version, || ReadMembers {}, move |page| show(page, invite, deactivate))}
    }
}

fn show(page: MembersPage, invite: Act, deactivate: Act) -> AnyView {
    let count = domain::text::counted(i64::try_from(page.members.len()).unwrap_or_default(), "person", "people");
    let rows = page.members.into_iter().enumerate().map(|(i, m)| member(i, m, deactivate)).collect_view();
    let roles = [Role::Buyer, Role::Approver, Role::Finance, Role::AccountAdmin, Role::Viewer]
        .into_iter()
        .map(|r| view! { <Checkbox label=r.label() name="roles[]" value=r.code() checked=r == Role::Buyer/> })
        .collect_view();
    view! {
        <PageHeader title="Members" note=count/>
        <div class="cols">
            <Card title="People" flush=true>
                {deactivate.complaint()}
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Roles"</th>
                            <th scope="col" class="num">"Seat"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <Card title="Invite somebody">
                {invite.complaint()}
                <Form act=invite class="form stack">
                    <Field label="Email" name="email" kind=Kind::Email required=true/>
                    <Field label="Name" name="name" required=true/>
                    <fieldset id="roles" class="choices">
                        <legend>"Roles"</legend>
                        {roles}
                    </fieldset>
                    <Button kind=ButtonKind::Primary>"Send invitation"</Button>
                </Form>
            </Card>
        </div>
    }
    .into_any()
}

fn member(i: usize, m: MemberRow, action: Act) -> AnyView {
    let seat = if m.inactive {
        view! { <Pill tone=Tone::Neutral text="Deactivated"/> }.into_any()
    } else {
        let title = format!("Take {}'s seat away?", m.name);
        let email = m.email.clone();
        view! {
            <Confirm id=format!("deactivate-{i}") label="Deactivate…" title=title kind=ButtonKind::Plain>
                <p>"They can no longer see or do anything for your company. Their orders stay."</p>
                <Form act=action>
                    <input type="hidden" name="email" value=email.clone()/>
                    <div class="acts">
                        <Button kind=ButtonKind::Danger>"Deactivate"</Button>
                    </div>
                </Form>
            </Confirm>
        }
        .into_any()
    };
    view! {
        <tr>
            <td>
                <strong>{m.name}</strong>
                <br/>
                <span class="dim small">{m.email}</span>
            </td>
            <td>{m.roles.iter().map(|r| r.label()).collect::<Vec<_>>().join(", ")}</td>
            <td class="num">{seat}</td>
        </tr>
    }
    .into_any()
}
