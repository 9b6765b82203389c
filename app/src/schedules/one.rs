//! One schedule: its next date then and now, its standing lines, what it does, and its history.

use domain::orders::ReorderLine;
use domain::schedules::{Action, LogRow, NextPage, PastRow, SchedulePage, StandingRow, State};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{AnswerNext, ChangeState, ReadSchedule, SaveSchedule, SetStanding, SkipNext};
use super::fields::{dates, delivery, listening, rhythm};
use super::{stage_tone, tone};
use crate::act::{Act, Form};
use crate::cart::totals_list;
use crate::load::reloaded;
use crate::orders::then_and_now;
use crate::ui::{
    Button, ButtonKind, Card, Confirm, Field, Kind, Notice, PageHeader, Pill, Step, StepState, Timeline, Tone,
};

/// A schedule's page.
#[component]
pub fn One() -> impl IntoView {
    let params = use_params_map();
    let acts = [
        Act::of::<AnswerNext>(),
        Act::of::<SkipNext>(),
        Act::of::<SetStanding>(),
        Act::of::<SaveSchedule>(),
        Act::of::<ChangeState>(),
    ];
    let version = move || acts.iter().map(|a| a.version()).sum::<usize>();
    let question = move || ReadSchedule { id: params.read().get("id").unwrap_or_default() };
    view! {
        {acts.map(Act::complaint).collect_view()}
        {reloaded(version, question, move |page| show(page, acts))}
    }
}

fn show(page: SchedulePage, [answer, skip, lines, save, change]: [Act; 5]) -> AnyView {
    let id = page.row.id.to_string();
    let can = |action| page.can.contains(&action);
    let note =
        if page.row.mine { page.row.rule.words() } else { format!("{} · {}", page.row.rule.words(), page.row.owner) };
    let state = |may: bool, value: &'static str, kind: ButtonKind, label: &'static str| {
        let id = id.clone();
        may.then(|| {
            view! {
                <Form act=change>
                    <input type="hidden" name="id" value=id/>
                    <Button kind=kind name="change" value=value>{label}</Button>
                </Form>
            }
        })
    };
    let pause = state(can(Action::Pause), "pause", ButtonKind::Secondary, "Pause");
    let resume = state(can(Action::Resume), "resume", ButtonKind::Primary, "Resume");
    let end = can(Action::End).then(|| {
        let id = id.clone();
        view! {
            <Confirm id="end" label="End…" title=format!("End “{}”?", page.row.name) kind=ButtonKind::Danger>
                <p>"What it has ordered stays ordered. Pause it instead if it is to go on later."</p>
                <Form act=change class="acts">
                    <input type="hidden" name="id" value=id/>
                    <Button kind=ButtonKind::Danger name="change" value="end">"End schedule"</Button>
                </Form>
            </Confirm>
        }
    });
    let stopped = (page.row.state == State::Asking).then(|| {
        let words = match (can(Action::Answer), can(Action::Resume)) {
            (true, _) => "Look at the lines below and say how it goes on.",
            (_, true) => "Look at it, and resume it.",
            _ => "Its owner says how it goes on.",
        };
        view! { <Notice tone=Tone::Warn title=format!("{}.", page.row.why)>{words}</Notice> }
    });
    let next = page
        .next
        .map(|n| next_date(n, id.clone(), can(Action::Answer).then_some(answer), can(Action::Skip).then_some(skip)));
    let standing = standing(page.standing, id.clone(), can(Action::Change).then_some(lines));
    let plan = can(Action::Change).then(|| {
        let live = RwSignal::new(page.typed.clone());
        let form = view! {
            <Form act=save class="form">
                <input type="hidden" name="id" value=id.clone()/>
                {rhythm(&page.typed, live)}
                {dates(live, page.today)}
                {delivery(&page.typed, &page.places, page.po_required)}
                <div class="acts">
                    <Button>"Save"</Button>
                </div>
            </Form>
        };
        view! { <Card title="When and how">{listening(live, form)}</Card> }
    });
    let past = (!page.past.is_empty()).then(|| {
        let rows = page.past.into_iter().map(past).collect_view();
        view! {
            <Card title="Dates gone by" flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Date"</th>
                            <th scope="col">"What became of it"</th>
                            <th scope="col">"Order"</th>
                            <th scope="col" class="num">"Total incl. tax"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
    });
    let log = page.log.into_iter().rev().map(logged).collect();
    view! {
        <Title text=page.row.name.clone()/>
        <PageHeader title=page.row.name.clone() back=("Schedules", "/schedules") status=(tone(page.row.state), page.row.state.label()) note=note>
            {end}
            {pause}
            {resume}
        </PageHeader>
        {stopped}
        <div class="cols">
            <div class="stack">{next} {standing} {past}</div>
            <div class="stack">
                {plan}
                <Card title="History">
                    <Timeline items=log/>
                </Card>
            </div>
        </div>
    }
    .into_any()
}

fn next_date(n: NextPage, id: String, answer: Option<Act>, skip: Option<Act>) -> AnyView {
    let (day, waits) = (n.due_on, n.stage.waits());
    let same = id.clone();
    let title = format!("{}: {}", if waits { "Due" } else { "Next" }, text::date(day));
    let note = if n.once { "changed for this time" } else { "as it stands" };
    let why = (!n.why.is_empty()).then(|| view! { <p class="pre">{n.why}</p> });
    let objects = !n.objections.is_empty();
    let hint = match (waits, objects) {
        (true, _) => {
            "Quantities of 0, and what cannot be ordered, are left out. By ordering you accept the prices of now."
        }
        (false, true) => {
            "It will stop and ask you, unless you accept the prices of now before. What cannot be ordered is left out."
        }
        (false, false) => "It is ordered by itself. Quantities of 0 are left out.",
    };
    let table = |rows: AnyView| {
        view! {
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Quantity"</th>
                        <th scope="col">"Product"</th>
                        <th scope="col" class="num">"Accepted"</th>
                        <th scope="col" class="num">"Now"</th>
                        <th scope="col">"What has changed"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    };
    let edits = answer.is_some();
    let rows = table(n.lines.into_iter().map(|l| line(l, edits)).collect_view().into_any());
    let about = view! {
        <Pill tone=stage_tone(n.stage) text=n.stage.label()/>
        {why}
        {totals_list(&n.totals)}
        {(!n.po_number.is_empty()).then(|| view! { <p class="dim small">{format!("Your reference: {}", n.po_number)}</p> })}
    };
    let body = match answer {
        Some(act) => {
            let (once, standing) = if waits {
                ("Order now, just this time", "Order now and from now on")
            } else {
                ("Just this time", "From now on")
            };
            let kind = if waits { ButtonKind::Primary } else { ButtonKind::Secondary };
            view! {
                <Form act=act>
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="due_on" value=day.to_string()/>
                    <input type="hidden" name="seen" value=n.totals.gross.amount().to_string()/>
                    {rows}
                    <div class="pad stack" id="quantities">
                        {about}
                        <p class="dim small">{hint}</p>
                        <div class="acts">
                            <Button kind=kind name="scope" value="once">{once}</Button>
                            <Button name="scope" value="standing">{standing}</Button>
                        </div>
                    </div>
                </Form>
            }
            .into_any()
        }
        None => view! {
            {rows}
            <div class="pad stack">{about}</div>
        }
        .into_any(),
    };
    let skip = skip.map(|act| {
        view! {
            <Form act=act class="pad acts">
                <input type="hidden" name="id" value=same/>
                <input type="hidden" name="due_on" value=day.to_string()/>
                <Button kind=ButtonKind::Plain says=format!("Skip {}", text::date(day))>"Skip"</Button>
            </Form>
        }
    });
    view! {
        <Card title=title note=note flush=true>
            {body}
            {skip}
        </Card>
    }
    .into_any()
}

fn line(l: ReorderLine, edits: bool) -> AnyView {
    let quantity = match l.quantity_now.filter(|_| edits) {
        Some(now) => {
            let (name, id) = (format!("quantities[{}]", l.sku), format!("quantity-{}", l.sku));
            let value = now.value().normalize().to_string();
            let label = format!("Quantity of {}", l.name);
            view! { <Field label=label name=name id=id value=value kind=Kind::Decimal chars=6 quiet=true/> }.into_any()
        }
        None => l.quantity_now.map_or_else(|| "–".to_owned(), |n| n.to_string()).into_any(),
    };
    then_and_now(l, view! { <td>{quantity}</td> }.into_any())
}

fn standing(lines: Vec<StandingRow>, id: String, act: Option<Act>) -> AnyView {
    let rows = lines
        .into_iter()
        .map(|l| {
            let quantity = match act {
                Some(_) => {
                    let (name, id) = (format!("quantities[{}]", l.sku), format!("standing-{}", l.sku));
                    let (label, value) =
                        (format!("Standing quantity of {}", l.name), l.quantity.value().normalize().to_string());
                    view! { <Field label=label name=name id=id value=value kind=Kind::Decimal chars=6 quiet=true/> }
                        .into_any()
                }
                None => l.quantity.to_string().into_any(),
            };
            let href = format!("/products/{}", l.sku);
            view! {
                <tr>
                    <td>
                        <a class="strong" href=href>{l.name}</a>
                        <br/>
                        <span class="dim small">{format!("{} · {}", l.sku, l.unit)}</span>
                    </td>
                    <td>{quantity}</td>
                    <td class="num">{text::money(l.price)}</td>
                </tr>
            }
        })
        .collect_view();
    let table = view! {
        <table class="rows">
            <thead>
                <tr>
                    <th scope="col">"Product"</th>
                    <th scope="col">"Quantity"</th>
                    <th scope="col" class="num">"Accepted price"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    let body = match act {
        Some(act) => view! {
            <Form act=act>
                <input type="hidden" name="id" value=id/>
                {table}
                <div class="pad form">
                    <div class="pair">
                        <Field label="One more SKU (optional)" name="sku" maxlength=40/>
                        <Field label="Quantity" name="quantity" kind=Kind::Decimal chars=8/>
                    </div>
                    <p class="dim small">"0 takes a line off. What you change or add takes the price of now."</p>
                    <div class="acts">
                        <Button>"Save lines"</Button>
                    </div>
                </div>
            </Form>
        }
        .into_any(),
        None => table.into_any(),
    };
    view! { <Card title="Standing lines" flush=true>{body}</Card> }.into_any()
}

fn past(p: PastRow) -> AnyView {
    let (order, total) = match p.order {
        Some((number, total)) => {
            let href = format!("/orders/{number}");
            (view! { <a class="link" href=href>{number}</a> }.into_any(), text::money(total))
        }
        None => ("–".into_any(), "–".to_owned()),
    };
    view! {
        <tr>
            <td>{text::date(p.due_on)}</td>
            <td>
                <Pill tone=stage_tone(p.stage) text=p.stage.label()/>
                {(!p.why.is_empty()).then(|| view! { <span class="dim small">" " {p.why}</span> })}
            </td>
            <td class="num">{order}</td>
            <td class="num strong">{total}</td>
        </tr>
    }
    .into_any()
}

fn logged(l: LogRow) -> Step {
    Step::new(l.what, StepState::Done).detail(l.by).at(text::date_time(l.at))
}
