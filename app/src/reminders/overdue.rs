//! Who is overdue: customer service and seller admins.

use domain::reminders::{OverduePage, OverdueQuery, OverdueRow, PAGE, Show, level_words};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::actions::{Promise, ReadOverdue, Remind};
use crate::act::{Act, Form};
use crate::layout::{pages, shown};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, Confirm, EmptyState, Field, Kind, PageHeader, Pager, Pill, Tab, Tabs, Tone};

/// Customers with something overdue, what was sent to them and what they promised.
#[component]
pub fn Overdue() -> impl IntoView {
    let query = use_location().search;
    let (remind, promise) = (Act::of::<Remind>(), Act::of::<Promise>());
    view! {
        <Title text="Overdue"/>
        {remind.complaint()}
        {promise.complaint()}
        {reloaded(
            move || remind.version() + promise.version(),
            move || ReadOverdue { query: query.get() },
            move |page| show(page, remind, promise),
        )}
    }
}

fn show(page: OverduePage, remind: Act, promise: Act) -> AnyView {
    let q = page.query.clone();
    let tabs = Show::ALL
        .iter()
        .map(|(which, _, label)| {
            let href = OverdueQuery { show: *which, page: 1, ..q.clone() }.href();
            Tab::new(*label, href).current(*which == q.show)
        })
        .collect();
    let (now, count, summary) = (q.page, pages(page.total, PAGE), shown(q.page, PAGE, page.total));
    let back = q.href();
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="Nobody" text="Customers with overdue invoices stand here."/> }.into_any()
    } else {
        let rows = page.rows.into_iter().map(|r| row(r, page.today, &back, remind, promise)).collect_view();
        let links = q.clone();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Customer"</th>
                            <th scope="col" class="num">"1–30"</th>
                            <th scope="col" class="num">"31–60"</th>
                            <th scope="col" class="num">"61–90"</th>
                            <th scope="col" class="num">"Over 90"</th>
                            <th scope="col" class="num">"Overdue"</th>
                            <th scope="col">"So far"</th>
                            <th scope="col" class="num">"Do"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <Pager page=now pages=count summary=summary href=move |n: u32| OverdueQuery { page: n, ..links.clone() }.href()/>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Overdue" note=text::counted(page.total, "customer", "customers")/>
        <Tabs items=tabs label="Which customers"/>
        <form method="get" action="/finance/overdue" class="filters" role="search">
            <input type="hidden" name="show" value=q.show.code()/>
            <Field label="Customer" name="q" kind=Kind::Search value=q.words.clone() hint="Number or name"/>
            <Button>"Filter"</Button>
        </form>
        {body}
    }
    .into_any()
}

fn row(r: OverdueRow, today: chrono::NaiveDate, back: &str, remind: Act, promise: Act) -> AnyView {
    let href = format!("/sales/customers/{}", r.account);
    let days = (today - r.oldest).num_days();
    let about = format!(
        "{} · {}, the oldest for {}",
        r.account,
        text::counted(r.count, "invoice", "invoices"),
        text::counted(days, "day", "days")
    );
    let labels = ["1–30 days", "31–60 days", "61–90 days", "Over 90 days"];
    let buckets = r
        .buckets
        .iter()
        .zip(labels)
        .map(|(sum, label)| {
            let shown = if sum.amount().is_zero() { String::new() } else { text::money(*sum) };
            view! { <td class="num hide" data-label=label>{shown}</td> }
        })
        .collect_view();
    let disputed = (!r.disputed.amount().is_zero())
        .then(|| view! { <br/><span class="small warn-ink">{format!("{} disputed", text::money(r.disputed))}</span> });
    let sent = match r.last_reminder {
        Some(day) => format!("{}, {}", level_words(r.reminders), text::date(day)),
        None => "No reminder yet".to_owned(),
    };
    let promised = r.promise.map(|p| {
        let (tone, words) = if p.broken(today) {
            (Tone::Bad, format!("Promised {}", text::date(p.on)))
        } else {
            (Tone::Info, format!("Promised for {}", text::date(p.on)))
        };
        let note = if p.note.is_empty() { p.by } else { format!("{}: {}", p.by, p.note) };
        view! { <br/><Pill tone=tone text=words/><br/><span class="dim small">{note}</span> }
    });
    let (id, next) = (format!("{}-{}", r.account, r.overdue.currency().code()), r.reminders + 1);
    let (customer, currency, back) = (r.account.clone(), r.overdue.currency().code().to_owned(), back.to_owned());
    let (same, here) = (customer.clone(), back.clone());
    let to = r.customer.clone();
    view! {
        <tr>
            <td>
                <a class="link strong" href=href>{r.customer}</a>
                <br/>
                <span class="dim small">{about}</span>
            </td>
            {buckets}
            <td class="num strong">{text::money(r.overdue)}{disputed}</td>
            <td class="small">{sent}{promised}</td>
            <td class="num">
                <Confirm id=format!("remind-{id}") label="Remind…" title=format!("Remind {to}") kind=ButtonKind::Secondary>
                    <p>{format!("{}: everybody there who sees invoices gets the list of what is overdue and not disputed.", level_words(next))}</p>
                    <Form act=remind class="acts">
                        <input type="hidden" name="customer" value=customer.clone()/>
                        <input type="hidden" name="currency" value=currency.clone()/>
                        <input type="hidden" name="back" value=back.clone()/>
                        <Button kind=ButtonKind::Primary>"Send reminder"</Button>
                    </Form>
                </Confirm>
                <Confirm id=format!("promise-{id}") label="Promise…" title=format!("What {to} promised") kind=ButtonKind::Plain>
                    <Form act=promise class="stack">
                        <input type="hidden" name="customer" value=same.clone()/>
                        <input type="hidden" name="back" value=here.clone()/>
                        <Field label="They pay by" name="on" id=format!("on-{id}") kind=Kind::Date required=true/>
                        <Field label="Note" name="note" id=format!("note-{id}") hint="Who said it, and how" maxlength=200/>
                        <div class="acts">
                            <Button kind=ButtonKind::Primary>"Note promise"</Button>
                        </div>
                    </Form>
                </Confirm>
            </td>
        </tr>
    }
    .into_any()
}
