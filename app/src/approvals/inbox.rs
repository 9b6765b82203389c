//! What waits for me: the oldest first, or the largest; several at once; and my stand-ins.

use domain::approvals::{ApprovalRow, DelegationRow, InboxPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::{ApproveAll, Delegate, EndDelegation, ReadInbox};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, Card, Choice, EmptyState, Field, Kind, PageHeader, PickAll, Select, Tab, Tabs, each_later,
};

/// The inbox.
#[component]
pub fn Inbox() -> impl IntoView {
    let query = use_query_map();
    let acts = [Act::of::<ApproveAll>(), Act::of::<Delegate>(), Act::of::<EndDelegation>()];
    let largest = move || query.read().get("by").as_deref() == Some("largest");
    let version = move || format!("{} {}", acts.iter().map(|a| a.version()).sum::<usize>(), largest());
    view! {
        <Title text="Approvals"/>
        {reloaded(version, || ReadInbox {}, move |page| show(page, acts, largest()))}
    }
}

fn show(mut page: InboxPage, [all, delegate, end]: [Act; 3], largest: bool) -> AnyView {
    if largest {
        page.waiting.sort_by_key(|r| std::cmp::Reverse(r.total.amount()));
    }
    let count = i64::try_from(page.waiting.len()).unwrap_or_default();
    let tabs = vec![
        Tab::new("Oldest first", "/approvals").current(!largest),
        Tab::new("Largest first", "/approvals?by=largest").current(largest),
    ];
    let waiting = if page.waiting.is_empty() {
        view! { <EmptyState title="Nothing waits for you" text="Orders that need your approval appear here, and you get a mail."/> }.into_any()
    } else {
        let many = page.waiting.len() > 1;
        let table = table(page.waiting, many);
        let button = many.then(|| {
            view! {
                <div class="acts">
                    <Button kind=ButtonKind::Primary>"Approve the chosen ones"</Button>
                </div>
            }
        });
        view! {
            {all.complaint()}
            <Tabs label="Order of the list" items=tabs/>
            <Form act=all class="stack">
                <Card flush=true>
                    {table}
                </Card>
                {button}
            </Form>
        }
        .into_any()
    };
    let others = (!page.others.is_empty()).then(|| {
        let table = table(page.others, false);
        view! {
            <Card title="Waiting for others" flush=true>
                {table}
            </Card>
        }
    });
    let stand_in = (!page.colleagues.is_empty() || !page.delegations.is_empty())
        .then(|| stand_ins(page.delegations, page.colleagues, page.today, delegate, end));
    view! {
        <PageHeader title="Approvals" note=text::counted(count, "order waits for you", "orders wait for you")/>
        <div class="stack">
            {waiting}
            {others}
            {stand_in}
        </div>
    }
    .into_any()
}

/// Orders that wait; with `pick`, several can be chosen.
fn table(rows: Vec<ApprovalRow>, pick: bool) -> AnyView {
    let rows = each_later(rows, move |r| row(r, pick));
    let pick = pick.then(|| {
        view! {
            <th scope="col" class="pick">
                <PickAll label="All orders"/>
            </th>
        }
    });
    view! {
        <table class="rows">
            <thead>
                <tr>
                    {pick}
                    <th scope="col">"Order"</th>
                    <th scope="col">"From"</th>
                    <th scope="col">"Why"</th>
                    <th scope="col">"Waiting since"</th>
                    <th scope="col" class="num">"Total incl. tax"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(r: ApprovalRow, pick: bool) -> AnyView {
    let href = format!("/approvals/{}", r.number);
    let says = format!("Choose {}", r.number);
    let pick = pick.then(|| {
        view! {
            <td class="pick">
                <input type="checkbox" name="orders[]" value=format!("{}@{}", r.number, r.version) aria-label=says/>
            </td>
        }
    });
    let for_name = r.for_name.map(|name| view! { <br/><span class="dim small">{format!("for {name}")}</span> });
    view! {
        <tr>
            {pick}
            <td>
                <a class="link strong" href=href>{r.number}</a>
                <br/>
                <span class="dim small">{format!("{} · {}", text::counted(r.lines.into(), "line", "lines"), if r.cost_centre.is_empty() { "no cost centre".to_owned() } else { r.cost_centre })}</span>
            </td>
            <td>{r.requester} {for_name}</td>
            <td class="dim hide">{r.rules.join(", ")}</td>
            <td class="dim hide">{text::date_time(r.since)}</td>
            <td class="num strong">{text::money(r.total)}</td>
        </tr>
    }
    .into_any()
}

fn stand_ins(
    delegations: Vec<DelegationRow>,
    colleagues: Vec<(domain::ids::MemberId, String)>,
    today: chrono::NaiveDate,
    delegate: Act,
    end: Act,
) -> AnyView {
    let rows = delegations
        .into_iter()
        .map(|d| {
            let limit = d.cap.map_or_else(String::new, |c| format!(", up to {}", text::money(c)));
            let stop = d.mine.then(|| {
                let (id, says) = (d.id.to_string(), format!("End the delegation to {}", d.to));
                view! {
                    <Form act=end>
                        <input type="hidden" name="id" value=id/>
                        <Button says=says>"End"</Button>
                    </Form>
                }
            });
            view! {
                <tr>
                    <td>{format!("{} decides for {}", d.to, d.from)}</td>
                    <td class="dim">{format!("{} – {}{limit}", text::date(d.first), text::date(d.last))}</td>
                    <td class="num">{stop}</td>
                </tr>
            }
        })
        .collect_view();
    let options: Vec<Choice> = colleagues.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    let form = (!options.is_empty()).then(|| {
        view! {
            <Form act=delegate class="form stack">
                <Select label="Colleague" name="to" options=options/>
                <div class="pair">
                    <Field label="First day" name="first" kind=Kind::Date required=true value=today.to_string()/>
                    <Field label="Last day" name="last" kind=Kind::Date required=true/>
                </div>
                <Field label="Only orders up to (optional)" name="cap" hint="In your company’s currency, incl. tax"/>
                <div class="acts">
                    <Button>"Delegate"</Button>
                </div>
            </Form>
        }
    });
    view! {
        {delegate.complaint()}
        {end.complaint()}
        <Card title="When you are away">
            <div class="stack">
                <table class="rows">
                    <tbody>{rows}</tbody>
                </table>
                {form}
            </div>
        </Card>
    }
    .into_any()
}
