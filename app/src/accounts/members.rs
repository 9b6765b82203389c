//! Who may act for the company. Account admins only.

use domain::Role;
use domain::accounts::{CostCentreRow, MemberRow, MembersPage};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::{ChangeMember, Deactivate, Invite, InviteMany, Reactivate, ReadMembers};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Checkbox, Choice, Confirm, Field, Kind, PageHeader, Pill, Select, TextArea,
    Tone,
};

#[derive(Clone, Copy)]
struct Acts {
    invite: Act,
    many: Act,
    change: Act,
    deactivate: Act,
    reactivate: Act,
}

/// Members with their roles; inviting one or many. `?edit=` names the member in the form.
#[component]
pub fn Members() -> impl IntoView {
    let query = use_query_map();
    let acts = Acts {
        invite: Act::of::<Invite>(),
        many: Act::of::<InviteMany>(),
        change: Act::of::<ChangeMember>(),
        deactivate: Act::of::<Deactivate>(),
        reactivate: Act::of::<Reactivate>(),
    };
    let all = [acts.invite, acts.many, acts.change, acts.deactivate, acts.reactivate];
    let edit = move || query.read().get("edit").unwrap_or_default();
    let version = move || format!("{} {}", all.iter().map(|a| a.version()).sum::<usize>(), edit());
    view! {
        <Title text="Members"/>
        {reloaded(version, || ReadMembers {}, move |page| show(page, &edit(), &acts))}
    }
}

fn roles(chosen: &[Role]) -> AnyView {
    Role::BUYING
        .into_iter()
        .map(|r| view! { <Checkbox label=r.label() name="roles[]" value=r.code() checked=chosen.contains(&r)/> })
        .collect_view()
        .into_any()
}

fn show(page: MembersPage, edit: &str, acts: &Acts) -> AnyView {
    let count = domain::text::counted(i64::try_from(page.members.len()).unwrap_or_default(), "person", "people");
    let colleagues: Vec<(domain::ids::MemberId, String)> =
        page.members.iter().filter(|m| !m.inactive).map(|m| (m.id, m.name.clone())).collect();
    let form = match page.members.iter().find(|m| m.id.to_string() == edit) {
        Some(member) => editor(member, &colleagues, &page.cost_centres, acts.change),
        None => invitations(acts),
    };
    let rows = page.members.into_iter().enumerate().map(|(i, m)| row(i, m, &colleagues, acts)).collect_view();
    view! {
        <PageHeader title="Members" note=count/>
        {acts.deactivate.complaint()}
        {acts.reactivate.complaint()}
        <div class="cols">
            <Card title="People" flush=true>
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
            <div class="stack">{form}</div>
        </div>
    }
    .into_any()
}

fn invitations(acts: &Acts) -> AnyView {
    let (invite, many) = (acts.invite, acts.many);
    let hint = "One person a line: email, name, roles. Roles: buyer approver finance account_admin viewer; without any, a buyer";
    view! {
        <Card title="Invite somebody">
            {invite.complaint()}
            <Form act=invite class="form stack">
                <Field label="Email" name="email" kind=Kind::Email required=true/>
                <Field label="Name" name="name" required=true/>
                <fieldset id="roles" class="choices">
                    <legend>"Roles"</legend>
                    {roles(&[Role::Buyer])}
                </fieldset>
                <Button kind=ButtonKind::Primary>"Send invitation"</Button>
            </Form>
        </Card>
        <Card title="Invite several">
            {many.complaint()}
            <Form act=many class="form stack">
                <TextArea label="People" name="people" rows=4 hint=hint/>
                <Button>"Send invitations"</Button>
            </Form>
        </Card>
    }
    .into_any()
}

fn editor(
    m: &MemberRow,
    colleagues: &[(domain::ids::MemberId, String)],
    centres: &[CostCentreRow],
    change: Act,
) -> AnyView {
    let managers: Vec<Choice> = std::iter::once(Choice::new("", "Nobody"))
        .chain(colleagues.iter().filter(|c| c.0 != m.id).map(|(id, name)| Choice::new(id.to_string(), name.clone())))
        .collect();
    let (id, chosen) = (m.id.to_string(), roles(&m.roles));
    let manager = m.manager.map(|m| m.to_string()).unwrap_or_default();
    let books = centres
        .iter()
        .map(|c| {
            view! { <Checkbox label=format!("{} ({})", c.name, c.code) name="cost_centres[]" value=c.code.clone() checked=m.cost_centres.contains(&c.code)/> }
        })
        .collect_view();
    let books = (!centres.is_empty()).then(|| {
        view! {
            <fieldset id="cost_centres" class="choices">
                <legend>"Books on"</legend>
                <p class="hint">"None ticked: on any, or on none. Ticked: on one of these"</p>
                {books}
            </fieldset>
        }
    });
    view! {
        <Card title=m.name.clone()>
            {change.complaint()}
            <Form act=change class="form stack">
                <input type="hidden" name="id" value=id/>
                <fieldset id="roles" class="choices">
                    <legend>"Roles"</legend>
                    {chosen}
                </fieldset>
                <Select label="Reports to" name="manager" options=managers selected=manager hint="Rules can name “the buyer’s manager”"/>
                {books}
                <div class="acts">
                    <Button kind=ButtonKind::Primary>"Save"</Button>
                    <ButtonLink external=true href="/company/members">"Back"</ButtonLink>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

fn row(i: usize, m: MemberRow, colleagues: &[(domain::ids::MemberId, String)], acts: &Acts) -> AnyView {
    let name = m.name.clone();
    let (deactivate, reactivate) = (acts.deactivate, acts.reactivate);
    let seat = if m.inactive {
        let id = m.id.to_string();
        view! {
            <Form act=reactivate class="acts end">
                <input type="hidden" name="id" value=id/>
                <Pill tone=Tone::Neutral text="Deactivated"/>
                <Button says=format!("Reactivate {name}")>"Reactivate"</Button>
            </Form>
        }
        .into_any()
    } else {
        let title = format!("Take {name}'s seat away?");
        let heirs: Vec<Choice> = std::iter::once(Choice::new("", "Me"))
            .chain(
                colleagues.iter().filter(|c| c.0 != m.id).map(|(id, name)| Choice::new(id.to_string(), name.clone())),
            )
            .collect();
        let (email, edit) = (m.email.clone(), format!("/company/members?edit={}", m.id));
        let cart = domain::text::counted(m.cart_lines, "line", "lines");
        let field = format!("to-{i}");
        view! {
            <div class="acts end">
                <ButtonLink external=true href=edit says=format!("Edit {name}")>"Edit"</ButtonLink>
                <Confirm id=format!("deactivate-{i}") label="Deactivate…" title=title kind=ButtonKind::Plain>
                    <p>{format!("They can no longer see or do anything for your company. Their orders stay; their cart ({cart}), what they sent for approval and who reports to them go to:")}</p>
                    <Form act=deactivate class="stack">
                        <input type="hidden" name="email" value=email.clone()/>
                        <Select label="Hand over to" name="to" id=field.clone() options=heirs.clone()/>
                        <div class="acts">
                            <Button kind=ButtonKind::Danger>"Deactivate"</Button>
                        </div>
                    </Form>
                </Confirm>
            </div>
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
            <td>
                {m.roles.iter().map(|r| r.label()).collect::<Vec<_>>().join(", ")}
                {(!m.cost_centres.is_empty()).then(|| view! { <p class="dim small">{format!("Books on {}", m.cost_centres.join(", "))}</p> })}
            </td>
            <td class="num full">{seat}</td>
        </tr>
    }
    .into_any()
}
