//! What was owed on a day, by age, and how that went over the year.

use domain::Money;
use domain::invoices::BUCKETS;
use domain::ledger::{AgeingPage as Page, Bucket as Age};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::ReadAgeing;
use crate::invoices;
use crate::load::loaded;
use crate::reminders::Reminders;
use crate::ui::{Button, Card, Field, Kind, Meter, PageHeader, Tone, share};

/// The account's debts by age.
#[component]
pub fn AgeingPage() -> impl IntoView {
    let query = use_query_map();
    view! {
        <Title text="Ageing"/>
        {loaded(move || ReadAgeing { day: query.read().get("day").unwrap_or_default() }, show)}
        <Reminders/>
    }
}

fn show(page: Page) -> AnyView {
    let bars = invoices::ages(&page.buckets.each_ref().map(|age| age.sum));
    let currency = page.balance.currency();
    let most = page.months.iter().map(|m| m.1.amount()).max().unwrap_or_default();
    let most = Money::new(most, currency);
    let months = page
        .months
        .iter()
        .map(|(end, owed)| {
            let part = if owed.amount().is_sign_negative() { 0.0 } else { share(*owed, most) };
            let says = format!("{}: {}", text::date(*end), text::money(*owed));
            view! {
                <tr>
                    <td class="dim">{text::date(*end)}</td>
                    <td class="hide"><Meter label=says parts=vec![(part, Tone::Info)]/></td>
                    <td class="num">{text::money(*owed)}</td>
                </tr>
            }
        })
        .collect_view();
    let ages = BUCKETS.iter().zip(page.buckets).map(|(label, age)| age_row(label, age)).collect_view();
    let day = text::date(page.day);
    view! {
        <PageHeader title="Ageing" note=format!("at the end of {day}") back=("Invoices", "/invoices")/>
        <form method="get" action="/ageing" class="filters">
            <Field label="On" name="day" kind=Kind::Date value=page.day.to_string()/>
            <Button>"Show"</Button>
        </form>
        <Card>
            <div class="stack">
                <dl class="figures">
                    <div>
                        <dt>"Owed"</dt>
                        <dd>{text::money(page.balance)}</dd>
                    </div>
                    <div>
                        <dt>"Credit to use"</dt>
                        <dd>{text::money(page.credit)}</dd>
                        <dd>"already taken off"</dd>
                    </div>
                </dl>
                {bars}
            </div>
        </Card>
        <div class="stack">
            <Card title="By age" flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Past due"</th>
                            <th scope="col">"The oldest"</th>
                            <th scope="col" class="num">"Invoices"</th>
                            <th scope="col" class="num">"Open"</th>
                        </tr>
                    </thead>
                    <tbody>{ages}</tbody>
                </table>
            </Card>
            <Card title="Owed at the end of each month" flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Day"</th>
                            <th scope="col" class="hide"></th>
                            <th scope="col" class="num">"Owed"</th>
                        </tr>
                    </thead>
                    <tbody>{months}</tbody>
                </table>
            </Card>
        </div>
    }
    .into_any()
}

fn age_row(label: &'static str, age: Age) -> AnyView {
    let oldest = age
        .oldest
        .into_iter()
        .map(|r| {
            let says = format!("{}, due {}, {} open", r.number, text::date(r.due_on), text::money(r.open));
            view! { <a class="link" href=format!("/invoices/{}", r.number) title=says>{r.number.clone()}</a> " " }
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td class="small">{oldest}</td>
            <td class="num" data-label="Invoices">{age.count}</td>
            <td class="num strong">{text::money(age.sum)}</td>
        </tr>
    }
    .into_any()
}
