//! Where the seller's people begin: who has gone quiet, who owes, what waits for oneself.

use domain::sales::{Customer, SalesHome, Show};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{Begin, ReadHome};
use super::{help, last, named};
use crate::act::Act;
use crate::load::loaded;
use crate::ui::{ButtonKind, ButtonLink, Card, PageHeader};

/// Figures, questions of one's own, and two lists to work on.
#[component]
pub fn Start() -> impl IntoView {
    let begin = Act::of::<Begin>();
    view! {
        <Title text="Home"/>
        {begin.complaint()}
        {loaded(|| ReadHome {}, show)}
    }
}

fn show(home: SalesHome) -> AnyView {
    let figure = |term: &str, n: i64, href: &str, words: &str| {
        view! {
            <div>
                <dt>{term.to_owned()}</dt>
                <dd>{text::count(n)}</dd>
                <dd>
                    <a class="link" href=href.to_owned()>{words.to_owned()}</a>
                </dd>
            </div>
        }
    };
    let quotes = home.quotes.map(|n| figure("Quotes to answer", n, "/sales/quotes", "Answer them"));
    let quiet = list(
        Show::Quiet,
        home.quiet_count,
        "Nobody has gone quiet. Customers stand here when they have not ordered for twice as long as usual.",
        home.quiet,
        |c| (text::money(c.this_year), "This year"),
    );
    let overdue = list(Show::Overdue, home.overdue_count, "Nothing is overdue.", home.overdue, |c| {
        (text::money(c.overdue), "Overdue")
    });
    view! {
        <PageHeader title="Your customers">
            <ButtonLink href="/sales/customers" kind=ButtonKind::Primary>"Find a customer"</ButtonLink>
        </PageHeader>
        <div class="stack">
            <Card>
                <dl class="figures">
                    {quotes}
                    {figure("Customers", home.customers, "/sales/customers", "All of them")}
                    {figure("Open orders", home.open_orders, "/sales/orders", "To the orders")}
                    {figure("Gone quiet", home.quiet_count, "/sales/customers?show=quiet", "Who they are")}
                    {figure("Overdue", home.overdue_count, "/sales/customers?show=overdue", "Who they are")}
                </dl>
            </Card>
            {help(home.help)}
            <div class="panels">{quiet} {overdue}</div>
        </div>
    }
    .into_any()
}

fn list(
    show: Show,
    total: i64,
    empty: &'static str,
    rows: Vec<Customer>,
    figure: fn(&Customer) -> (String, &'static str),
) -> AnyView {
    let title = show.label();
    if rows.is_empty() {
        return view! { <Card title=title><p class="dim">{empty}</p></Card> }.into_any();
    }
    let word = rows.first().map_or("", |c| figure(c).1);
    let rows = rows
        .iter()
        .map(|c| {
            let (amount, word) = figure(c);
            view! {
                <tr>
                    <td>{named(c)}</td>
                    <td class="dim hide nowrap">{last(c)}</td>
                    <td class="num strong" data-label=word>{amount}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title=title note=text::count(total) flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Last order"</th>
                        <th scope="col" class="num">{word}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}
