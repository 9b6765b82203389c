//! The page of alerts.

use domain::alerts::{AHEAD, AlertsPage, PriceChange, Watched};
use domain::budgets::BudgetRow;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{ReadAlerts, Unwatch};
use crate::act::{Act, Form};
use crate::catalog::availability;
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, ButtonLink, Card, EmptyState, Item, Meter, PageHeader, Pill, Tone, share};

/// Alerts.
#[component]
pub fn Alerts() -> impl IntoView {
    let unwatch = Act::of::<Unwatch>();
    view! {
        <Title text="Alerts"/>
        {unwatch.complaint()}
        {reloaded(move || unwatch.version(), || ReadAlerts {}, move |page| show(page, unwatch))}
    }
}

fn show(page: AlertsPage, unwatch: Act) -> AnyView {
    let quiet = page.ahead.is_empty() && page.since.is_empty() && page.watched.is_empty() && page.budgets.is_empty();
    let body = if quiet {
        view! { <EmptyState title="Nothing to tell" text="Prices that change on what you buy, articles that you wait for and budgets that are nearly used appear here."/> }.into_any()
    } else {
        let soon = format!("Prices that change within {AHEAD} days");
        view! {
            {prices(soon, "From", page.ahead)}
            {prices("Prices that have changed since you bought last".to_owned(), "Bought", page.since)}
            {watched(page.watched, unwatch)}
            {budgets(page.budgets)}
        }
        .into_any()
    };
    view! {
        <PageHeader title="Alerts" note="On what you buy, every working day">
            <ButtonLink href="/notices">"What comes by mail"</ButtonLink>
        </PageHeader>
        <div class="stack">{body}</div>
    }
    .into_any()
}

fn prices(title: String, when: &'static str, changes: Vec<PriceChange>) -> AnyView {
    if changes.is_empty() {
        return ().into_any();
    }
    let note = text::counted(i64::try_from(changes.len()).unwrap_or_default(), "article", "articles");
    let rows = changes.into_iter().map(change).collect_view();
    view! {
        <Card title=title note=note flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Product"</th>
                        <th scope="col">{when}</th>
                        <th scope="col" class="num">"Before"</th>
                        <th scope="col" class="num">"After"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

fn change(c: PriceChange) -> AnyView {
    let price = |p: Option<domain::Money>| p.map_or_else(|| "on request".to_owned(), text::money);
    let href = format!("/products/{}", c.sku);
    let ends = if c.ends.is_empty() { String::new() } else { format!(" · {} ends", c.ends) };
    let note = format!("{} · for {} {}{ends}", c.sku, c.quantity, c.unit);
    let (tone, word) = if c.is_rise() { (Tone::Bad, "Dearer") } else { (Tone::Good, "Cheaper") };
    view! {
        <tr>
            <td class="full">
                <a class="link strong" href=href>{c.name}</a>
                <br/>
                <span class="dim small">{note}</span>
            </td>
            <td class="nowrap">{text::date(c.on)}</td>
            <td class="num" data-label="Before">{price(c.before)}</td>
            <td class="num strong" data-label="After">
                {price(c.after)}
                " "
                <Pill tone=tone text=word/>
            </td>
        </tr>
    }
    .into_any()
}

fn watched(rows: Vec<Watched>, unwatch: Act) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let rows = rows
        .into_iter()
        .map(|w| {
            let (tone, stock) = availability(&w.availability);
            let href = format!("/products/{}", w.sku);
            let note = format!("{} · since {}", w.sku, text::date(w.since));
            let says = format!("Remove {}", w.name);
            let sku = w.sku;
            view! {
                <tr>
                    <td class="full">
                        <Item thumb=w.picture title=w.name href=href note=note/>
                    </td>
                    <td><Pill tone=tone text=stock/></td>
                    <td class="num">
                        <Form act=unwatch>
                            <input type="hidden" name="sku" value=sku/>
                            <input type="hidden" name="back" value="/alerts"/>
                            <Button kind=ButtonKind::Plain says=says>"Remove"</Button>
                        </Form>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title="You wait for" flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Product"</th>
                        <th scope="col">"Stock"</th>
                        <th scope="col" class="num">"Remove"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

fn budgets(rows: Vec<BudgetRow>) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let rows = rows
        .into_iter()
        .map(|b| {
            let used = share(b.now.used, b.now.amount);
            let over = b.now.used.amount() >= b.now.amount.amount();
            let words = format!("{}: {}", b.now.cost_centre, b.now.words());
            let parts = vec![(used, if over { Tone::Bad } else { Tone::Warn })];
            view! {
                <p class="strong">{words.clone()}</p>
                <Meter label=words parts=parts/>
            }
        })
        .collect_view();
    view! {
        <Card title="Budgets that are nearly used">
            <div class="stack">
                {rows}
                <p><a class="link small" href="/company/budgets">"To the budgets"</a></p>
            </div>
        </Card>
    }
    .into_any()
}
