//! What is due, what comes later, and what was perhaps given up.

use domain::rhythm::{AgainPage, AgainRow, When};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{BuyAgain, ReadAgain};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, ButtonLink, Card, EmptyState, Item, PageHeader, Pill, Tone, each_later};

/// Buy again.
#[component]
pub fn Again() -> impl IntoView {
    let buy = Act::of::<BuyAgain>();
    view! {
        <Title text="Buy again"/>
        {buy.complaint()}
        {reloaded(move || buy.version(), || ReadAgain {}, move |page| show(page, buy))}
    }
}

fn show(page: AgainPage, buy: Act) -> AnyView {
    if page.rows.is_empty() {
        return view! {
            <PageHeader title="Buy again"/>
            <EmptyState title="No rhythm yet" text="What you have bought three times or more appears here, with when it is due.">
                <ButtonLink href="/orders" kind=ButtonKind::Primary>"Reorder from your history"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let due = page.rows.iter().filter(|r| r.when == When::Due).count();
    let note = text::counted(i64::try_from(due).unwrap_or_default(), "article is due", "articles are due");
    let today = page.today;
    let rows = each_later(page.rows.into_iter().enumerate(), move |(at, r)| row(at, r, today));
    view! {
        <PageHeader title="Buy again" note=note/>
        <Form act=buy>
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col"><span class="unseen">"Pick"</span></th>
                            <th scope="col">"Product"</th>
                            <th scope="col">"When"</th>
                            <th scope="col">"Quantity"</th>
                            <th scope="col" class="num">"Amount"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <div class="acts">
                <Button kind=ButtonKind::Primary>"Add to cart"</Button>
            </div>
        </Form>
    }
    .into_any()
}

fn row(at: usize, r: AgainRow, today: chrono::NaiveDate) -> AnyView {
    let name = |part: &str| format!("rows[{at}][{part}]");
    let tone = match r.when {
        When::Due => Tone::Warn,
        When::Later => Tone::Info,
        When::Lapsed => Tone::Neutral,
    };
    let when = if r.when == When::Lapsed { "not for long".to_owned() } else { r.rhythm.words(today) };
    let usual = format!(
        "every {}, last {}, {} times",
        text::counted(r.rhythm.every, "day", "days"),
        text::date(r.rhythm.last),
        r.rhythm.times
    );
    let note = if r.ship_to.is_empty() { r.sku.clone() } else { format!("{} · {}", r.sku, r.ship_to) };
    let problems = r.problems.iter().map(|p| view! { <p class="bad-ink small">{p.words()}</p> }).collect_view();
    let orderable = r.orderable();
    let pick = orderable.then(|| {
        let says = format!("Buy {} again", r.name);
        view! { <input type="checkbox" name=name("pick") value="1" checked=r.when == When::Due aria-label=says/> }
    });
    let (id, says) = (format!("quantity-{at}"), format!("Quantity of {}", r.name));
    let quantity = r.quantity.value().normalize().to_string();
    view! {
        <tr>
            <td>
                <input type="hidden" name=name("sku") value=r.sku.clone()/>
                {pick}
            </td>
            <td class="full">
                <Item thumb=r.picture title=r.name href=format!("/products/{}", r.sku) note=note/>
                {problems}
            </td>
            <td>
                <Pill tone=tone text=when/>
                <br/>
                <span class="dim small">{usual}</span>
            </td>
            <td>
                <input type="text" inputmode="decimal" size="6" id=id name=name("quantity") value=quantity aria-label=says/>
                " "
                {r.unit}
            </td>
            <td class="num strong">{r.net.map_or_else(|| "–".to_owned(), text::money)}</td>
        </tr>
    }
    .into_any()
}
