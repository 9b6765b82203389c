//! Units below the account: each an account of its own, with members, addresses, carts and orders.

use domain::company::{UnitRow, UnitState, UnitsPage};
use domain::text;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::{CloseUnit, JoinUnit, ReadUnits, SaveUnit};
use crate::accounts::actions::Switch;
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, ButtonLink, Card, Confirm, EmptyState, Field, PageHeader, Pill, Tone};

/// Units with who sits there and what they use of the credit. `?edit=` names the one in the form.
#[component]
pub fn Units() -> impl IntoView {
    let query = use_query_map();
    let acts = [Act::of::<SaveUnit>(), Act::of::<CloseUnit>(), Act::of::<JoinUnit>()];
    let edit = move || query.read().get("edit").unwrap_or_default();
    let version = move || format!("{} {}", acts.iter().map(|a| a.version()).sum::<usize>(), edit());
    view! {
        <Title text="Units"/>
        {reloaded(version, || ReadUnits {}, move |page| show(page, &edit(), acts))}
    }
}

fn show(page: UnitsPage, edit: &str, [save, close, join]: [Act; 3]) -> AnyView {
    let edited = page.units.iter().find(|u| u.id.to_string() == edit);
    let (id, name, title, label) = edited.map_or_else(
        || (String::new(), String::new(), "New unit".to_owned(), "Open unit"),
        |u| (u.id.to_string(), u.name.clone(), format!("Rename {}", u.name), "Save name"),
    );
    let list = if page.units.is_empty() {
        let text = "A unit has members, addresses and orders of its own. It buys at your prices and under your rules.";
        view! { <EmptyState title="No unit yet" text=text/> }.into_any()
    } else {
        let rows = page.units.into_iter().enumerate().map(|(i, u)| row(i, u, close, join)).collect_view();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Unit"</th>
                            <th scope="col" class="num">"Credit used"</th>
                            <th scope="col" class="num">"Members"</th>
                            <th scope="col" class="num">"Seat"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Units"/>
        {close.complaint()}
        {join.complaint()}
        <div class="cols">
            <div class="stack">{list}</div>
            <Card title=title>
                {save.complaint()}
                <Form act=save class="form stack">
                    <input type="hidden" name="id" value=id/>
                    <Field label="Name" name="name" value=name required=true maxlength=80/>
                    <p class="dim small">"It takes over your terms and shares your credit limit. You become its account admin."</p>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>{label}</Button>
                    </div>
                </Form>
            </Card>
        </div>
    }
    .into_any()
}

fn row(i: usize, u: UnitRow, close: Act, join: Act) -> AnyView {
    let (id, name) = (u.id.to_string(), u.name.clone());
    let number = u.above.map_or_else(|| u.number.clone(), |above| format!("{} · below {above}", u.number));
    let credit = match (u.credit_shared, u.used) {
        (true, Some(used)) => text::money(used),
        (true, None) => "No limit".to_owned(),
        (false, _) => "Own limit".to_owned(),
    };
    let state = match u.state {
        UnitState::Open => None,
        UnitState::OnHold => Some((Tone::Warn, "On hold")),
        UnitState::Closed | UnitState::Ended => Some((Tone::Neutral, "Closed")),
    };
    let pill = state.map(|(tone, text)| view! { " " <Pill tone=tone text=text/> });
    let acts = if u.state == UnitState::Ended {
        ().into_any()
    } else if u.state == UnitState::Closed {
        let says = format!("Open {name} again");
        view! {
            <Form act=close class="acts end">
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="open" value="1"/>
                <Button says=says>"Open again"</Button>
            </Form>
        }
        .into_any()
    } else {
        let seat = if u.seated {
            let (id, says) = (id.clone(), format!("Switch to {name}"));
            // A plain form: with the account everything changes, so the page loads anew.
            view! {
                <form method="post" action=Switch::url()>
                    <input type="hidden" name="account" value=id/>
                    <Button says=says>"Switch"</Button>
                </form>
            }
            .into_any()
        } else {
            let (id, says) = (id.clone(), format!("Take a seat in {name}"));
            view! {
                <Form act=join>
                    <input type="hidden" name="id" value=id/>
                    <Button says=says>"Take a seat"</Button>
                </Form>
            }
            .into_any()
        };
        view! {
            <div class="acts end">
                {seat}
                <ButtonLink external=true href=format!("/company/units?edit={id}") says=format!("Rename {name}")>"Rename"</ButtonLink>
                <Confirm id=format!("close-{i}") label="Close…" title=format!("Close {name}?") kind=ButtonKind::Plain>
                    <p>"Nobody can act in it any more. Its orders and invoices stay. You can open it again."</p>
                    <Form act=close>
                        <input type="hidden" name="id" value=id.clone()/>
                        <div class="acts">
                            <Button kind=ButtonKind::Danger>"Close unit"</Button>
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
                <strong>{u.name}</strong>
                {pill}
                <br/>
                <span class="dim small">{number}</span>
            </td>
            <td class="num" data-label="Credit used">{credit}</td>
            <td class="num" data-label="Members">{text::count(u.people)}</td>
            <td class="num full">{acts}</td>
        </tr>
    }
    .into_any()
}
