//! Ordering again: every line then and now, before anything is added.

use domain::orders::{Difference, ReorderLine, ReorderPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{ReadDiff, Reorder as Again};
use crate::act::{Act, Form};
use crate::load::loaded;
use crate::ui::{Button, ButtonKind, Card, Notice, PageHeader, PickAll, Pill, Tone, each_later};

/// The then/now diff of a past order, with a tick per line.
#[component]
pub fn Reorder() -> impl IntoView {
    let params = use_params_map();
    let action = Act::of::<Again>();
    let question = move || ReadDiff { number: params.read().get("number").unwrap_or_default() };
    view! { {loaded(question, move |page| show(page, action))} }
}

fn show(page: ReorderPage, action: Act) -> AnyView {
    let number = page.number;
    let (all, can) = (page.lines.len(), page.lines.iter().filter(|l| l.quantity_now.is_some()).count());
    let changed = page.lines.iter().filter(|l| !l.differences.is_empty()).count();
    let note = format!("placed {}", text::date(page.placed_at.date()));
    let count = |n: usize| i64::try_from(n).unwrap_or_default();
    let summary = match (changed, all - can) {
        (0, _) => (
            Tone::Good,
            "Nothing has changed.".to_owned(),
            "Every line can be ordered at the price of then.".to_owned(),
        ),
        (n, 0) => (
            Tone::Info,
            format!("{} changed.", text::counted(count(n), "line has", "lines have")),
            "All of them can be ordered.".to_owned(),
        ),
        (n, blocked) => (
            Tone::Warn,
            format!("{} changed.", text::counted(count(n), "line has", "lines have")),
            format!("{} cannot be ordered now.", text::counted(count(blocked), "line", "lines")),
        ),
    };
    let rows = each_later(page.lines, line);
    view! {
        <Title text=format!("Reorder {number}")/>
        <PageHeader title=format!("Reorder {number}") note=note back=(number.clone(), format!("/orders/{number}"))/>
        <Notice tone=summary.0 title=summary.1>{summary.2}</Notice>
        {action.complaint()}
        <Form act=action class="stack">
            <input type="hidden" name="number" value=number.clone()/>
            <Card title="Then and now" note=text::counted(count(all), "line", "lines") flush=true>
                <table class="rows" id="lines">
                    <thead>
                        <tr>
                            <th scope="col" class="pick">
                                <PickAll label="All lines on this page"/>
                            </th>
                            <th scope="col">"Product"</th>
                            <th scope="col" class="num">"Then"</th>
                            <th scope="col" class="num">"Now"</th>
                            <th scope="col">"What has changed"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <div class="acts">
                <Button kind=ButtonKind::Primary>"Add chosen lines to cart"</Button>
                <Button name="all" value="1">"Add all that can be ordered"</Button>
            </div>
            <p class="dim small">"Lines are added to what is in your cart already; nothing is replaced."</p>
        </Form>
    }
    .into_any()
}

fn line(l: ReorderLine) -> AnyView {
    let id = format!("line-{}", l.line_no);
    let tick = if l.quantity_now.is_some() {
        let label = format!("{} {}", l.sku, l.name);
        view! { <input type="checkbox" id=id name="lines[]" value=l.line_no checked=true aria-label=label/> }.into_any()
    } else {
        view! { <span class="dim" aria-label="cannot be ordered">"–"</span> }.into_any()
    };
    then_and_now(l, view! { <td class="pick">{tick}</td> }.into_any())
}

/// A row that says what a line was and what it would be now, after a cell of the page's own.
pub fn then_and_now(l: ReorderLine, first: AnyView) -> AnyView {
    let then = format!("{} × {}", l.quantity_then, text::money(l.price_then));
    let now = match (l.quantity_now, l.price_now) {
        (Some(q), Some(p)) => format!("{q} × {}", text::money(p.unit_price)),
        _ => "–".to_owned(),
    };
    let changes = if l.differences.is_empty() {
        view! { <span class="dim">"unchanged"</span> }.into_any()
    } else {
        l.differences.iter().map(|d| view! { <Pill tone=weight(d) text=d.words()/> " " }).collect_view().into_any()
    };
    view! {
        <tr>
            {first}
            <td>
                <strong>{l.name}</strong>
                <br/>
                <span class="dim small">{l.sku}</span>
            </td>
            <td class="num dim">{then}</td>
            <td class="num strong">{now}</td>
            <td>{changes}</td>
        </tr>
    }
    .into_any()
}

fn weight(d: &Difference) -> Tone {
    match d {
        Difference::PriceDown => Tone::Good,
        Difference::Counted(..) => Tone::Neutral,
        Difference::PriceUp | Difference::QuantityFitted | Difference::Later(_) => Tone::Warn,
        Difference::Blocked(_) | Difference::OtherUnit(_) | Difference::Unknown => Tone::Bad,
    }
}
