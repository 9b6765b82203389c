//! Who acted for whom, why, how long, and what was done.

use domain::assistance::{AssistancePage, AssistanceRow, Policy, State};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{Answer, End, ReadAssistance, SetPolicy};
use crate::accounts::said;
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, EmptyState, PageHeader, Pill, Radio, Tone};

/// Sessions of the company, or about oneself.
#[component]
pub fn Assistance() -> impl IntoView {
    let acts = [Act::of::<Answer>(), Act::of::<End>(), Act::of::<SetPolicy>()];
    let version = move || acts.iter().map(|a| a.version()).sum::<usize>();
    view! {
        <Title text="On behalf"/>
        {reloaded(version, || ReadAssistance {}, move |page| show(page, acts))}
    }
}

fn show(page: AssistancePage, [answer, end, set]: [Act; 3]) -> AnyView {
    let note = if page.sees_all { "Everybody in your company" } else { "What concerns you" };
    let seller = page.seller.clone();
    let rows = if page.rows.is_empty() {
        let text = format!(
            "When somebody of {seller} acts for a member, it is listed here with the reason and with what was done."
        );
        view! { <EmptyState title="Nobody has acted for you" text=text/> }.into_any()
    } else {
        page.rows.into_iter().map(|r| session(r, answer, end)).collect_view().into_any()
    };
    let policy = page.policy;
    let form = if page.can_set {
        let choices = Policy::ALL
            .into_iter()
            .map(|p| view! { <Radio label=p.label() name="policy" value=p.code() checked=p == policy/> })
            .collect_view();
        view! {
            {set.complaint()}
            <Form act=set class="form stack">
                <fieldset class="choices">
                    <legend>{format!("May {seller} act for your members?")}</legend>
                    {choices}
                </fieldset>
                <div class="acts">
                    <Button>"Save"</Button>
                </div>
            </Form>
        }
        .into_any()
    } else {
        view! { <p>{policy.label()}</p> }.into_any()
    };
    view! {
        <PageHeader title="On behalf" note=note/>
        {answer.complaint()}
        {end.complaint()}
        <div class="cols">
            <div class="stack">{rows}</div>
            <Card title="What is allowed">
                <div class="stack">
                    {form}
                    <p class="dim small">
                        "Whoever acts for a member can fill carts, order, and ask for quotes, for an hour at most. They can never approve, accept a quote, pay, or change members, passwords, rules and settings."
                    </p>
                </div>
            </Card>
        </div>
    }
    .into_any()
}

const fn tone(state: State) -> Tone {
    match state {
        State::Running | State::Asked => Tone::Warn,
        State::Agreed => Tone::Info,
        State::Declined | State::Lapsed | State::Ended => Tone::Neutral,
    }
}

fn session(r: AssistanceRow, answer: Act, end: Act) -> AnyView {
    let id = r.id.to_string();
    let when = r.started_at.unwrap_or(r.asked_at);
    let lasted = r.minutes.map(|m| format!(" · {}", text::counted(m, "minute", "minutes"))).unwrap_or_default();
    let by = if r.ended_by.is_empty() {
        String::new()
    } else {
        format!(" · {} by {}", if r.state == State::Declined { "declined" } else { "ended" }, r.ended_by)
    };
    let ask = r.can_answer.then(|| {
        let id = id.clone();
        view! {
            <Form act=answer class="acts">
                <input type="hidden" name="id" value=id/>
                <Button kind=ButtonKind::Primary name="agree" value="1">"Agree"</Button>
                <Button>"Decline"</Button>
            </Form>
        }
    });
    let stop = r.can_end.then(|| {
        let (id, says) = (id.clone(), format!("End what {} does for {}", r.by, r.member));
        view! {
            <Form act=end class="acts">
                <input type="hidden" name="id" value=id/>
                <Button kind=ButtonKind::Danger says=says>"End"</Button>
            </Form>
        }
    });
    let deeds = r
        .deeds
        .into_iter()
        .map(|d| {
            view! {
                <tr>
                    <td class="dim nowrap">{text::date_time(d.at)}</td>
                    <td>{said(&d.action)}</td>
                    <td>{d.what}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title=format!("{} for {}", r.by, r.member) flush=true>
            <div class="pad stack tight">
                <p>{format!("“{}”", r.reason)}</p>
                <p class="dim small">
                    <Pill tone=tone(r.state) text=r.state.label()/>
                    {format!(" {}{lasted}{by}", text::date_time(when))}
                </p>
                {ask}
                {stop}
            </div>
            <table class="rows compact">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"On"</th>
                    </tr>
                </thead>
                <tbody>{deeds}</tbody>
            </table>
        </Card>
    }
    .into_any()
}
