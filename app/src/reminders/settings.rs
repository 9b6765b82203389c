//! What an account is told by itself, and what the seller has reminded it of: on the page of what is owed.

use domain::reminders::{RemindersPage, level_words};
use domain::text;
use leptos::prelude::*;

use super::actions::{ReadReminders, SetReminders};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, Card, Field, Kind};

/// The account's reminders.
#[component]
pub fn Reminders() -> impl IntoView {
    let set = Act::of::<SetReminders>();
    view! { {reloaded(move || set.version(), || ReadReminders {}, move |page| show(page, set))} }
}

fn show(page: RemindersPage, set: Act) -> AnyView {
    let days = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    let (before, every) = (days(page.settings.days_before), days(page.settings.every_days));
    let form = page.may_set.then(|| {
        view! {
            {set.complaint()}
            <Form act=set class="form">
                <p class="dim small">"Told to everybody who sees your invoices, in the portal and by mail."</p>
                <div class="pair">
                    <Field label="Days before an invoice is due" name="days_before" kind=Kind::Digits value=before hint="Empty: never" chars=4/>
                    <Field label="While overdue, every so many days" name="every_days" kind=Kind::Digits value=every hint="Empty: never" chars=4/>
                </div>
                <div class="acts">
                    <Button>"Save"</Button>
                </div>
            </Form>
        }
    });
    let sent = (!page.sent.is_empty()).then(|| {
        let rows = page
            .sent
            .into_iter()
            .map(|s| {
                let invoices = text::counted(s.count, "invoice", "invoices");
                view! {
                    <tr>
                        <td>{text::date(s.on)}</td>
                        <td>{level_words(s.level)}</td>
                        <td class="dim">{invoices}</td>
                        <td class="num strong">{text::money(s.total)}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <Card title="Our reminders" flush=true>
                <table class="rows compact steady">
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
    });
    view! {
        <Card title="Your own reminders">{form}</Card>
        {sent}
    }
    .into_any()
}
