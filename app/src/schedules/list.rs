//! The schedules that one may see.

use domain::schedules::{ScheduleRow, SchedulesPage, State};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::ReadSchedules;
use super::tone;
use crate::load::loaded;
use crate::ui::{ButtonKind, ButtonLink, Card, EmptyState, PageHeader, Pill};

/// Recurring orders.
#[component]
pub fn Schedules() -> impl IntoView {
    view! {
        <Title text="Schedules"/>
        {loaded(|| ReadSchedules {}, show)}
    }
}

fn show(page: SchedulesPage) -> AnyView {
    if page.rows.is_empty() {
        let words =
            "What you order again and again is ordered by itself: open an order or a list, and choose Schedule.";
        return view! {
            <PageHeader title="Schedules"/>
            <EmptyState title="No schedule yet" text=words>
                {page.may_make.then(|| view! { <ButtonLink href="/orders" kind=ButtonKind::Primary>"Choose an order"</ButtonLink> })}
            </EmptyState>
        }
        .into_any();
    }
    let asking = page.rows.iter().filter(|r| r.state == State::Asking).count();
    let note = (asking > 0)
        .then(|| text::counted(i64::try_from(asking).unwrap_or_default(), "waits for an answer", "wait for an answer"));
    let rows = page.rows.into_iter().map(row).collect_view();
    view! {
        <PageHeader title="Schedules" note=note>
            {page.may_make.then(|| view! { <ButtonLink href="/lists">"From a list"</ButtonLink> })}
        </PageHeader>
        <Card flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Schedule"</th>
                        <th scope="col">"Next dates"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="num">"Last looked at"</th>
                        <th scope="col" class="num">"Total incl. tax"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

fn row(r: ScheduleRow) -> AnyView {
    let href = format!("/schedules/{}", r.id);
    let mut about = vec![r.rule.words(), text::counted(r.lines, "line", "lines")];
    if !r.mine {
        about.push(r.owner);
    }
    let next = r.next.first().map_or_else(|| "none".to_owned(), |d| text::date(*d));
    let later: Vec<String> = r.next.iter().skip(1).map(|d| text::date(*d)).collect();
    let why = (!r.why.is_empty()).then(|| view! { <p class="small">{r.why}</p> });
    view! {
        <tr>
            <td class="full">
                <a class="link strong" href=href>{r.name}</a>
                <p class="dim small">{about.join(" · ")}</p>
            </td>
            <td>
                {next}
                <p class="dim small">{later.join(", ")}</p>
            </td>
            <td>
                <Pill tone=tone(r.state) text=r.state.label()/>
                {why}
            </td>
            <td class="num hide dim">{text::date(r.checked_on)}</td>
            <td class="num strong">{text::money(r.total)}</td>
        </tr>
    }
    .into_any()
}
