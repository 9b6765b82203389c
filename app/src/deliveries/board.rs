//! The promise board: everything that is not delivered, by day.

use chrono::NaiveDate;
use domain::deliveries::{Board as BoardView, BoardQuery, OpenLine, PAGE};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::actions::{EndFeed, ReadBoard, RenewFeed};
use crate::act::{Act, Form};
use crate::layout::{pages, shown};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, EmptyState, Field, Kind, PageHeader, Pager, Pill, Tab, Tabs, Tone};

/// All undelivered lines over all orders.
#[component]
pub fn Board() -> impl IntoView {
    let location = use_location();
    let (renew, end) = (Act::of::<RenewFeed>(), Act::of::<EndFeed>());
    let version = move || renew.version() + end.version();
    view! {
        <Title text="Deliveries"/>
        {reloaded(version, move || ReadBoard { query: location.search.get() }, move |board| show(board, renew, end))}
    }
}

fn show(board: BoardView, renew: Act, end: Act) -> AnyView {
    let q = board.query.clone();
    let note = format!("{} not delivered yet", text::counted(board.total, "line", "lines"));
    let all = BoardQuery { changed: false, page: 1, ..q.clone() };
    let changed = BoardQuery { changed: true, ..all.clone() };
    let tabs = vec![
        Tab::new("All", all.href()).current(!q.changed),
        Tab::new("Changed or late", changed.href()).current(q.changed),
    ];
    let feed = board.can_feed.then(|| feed(&board, renew, end));
    let (today, total) = (board.today, board.total);
    let body = if board.lines.is_empty() {
        let text = if q.changed || !q.words.is_empty() {
            "Nothing matches."
        } else {
            "Lines of your orders stand here until they are sent."
        };
        view! { <EmptyState title="Nothing is on its way" text=text/> }.into_any()
    } else {
        let rows = board.lines.into_iter().map(|l| row(l, today)).collect_view();
        let (page, count, summary) = (q.page, pages(total, PAGE), shown(q.page, PAGE, total));
        let paged = q.clone();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Promised"</th>
                            <th scope="col">"Product"</th>
                            <th scope="col">"Order"</th>
                            <th scope="col">"Wanted"</th>
                            <th scope="col" class="num">"Open"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <Pager page=page pages=count summary=summary href=move |n: u32| BoardQuery { page: n, ..paged.clone() }.href()/>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Deliveries" note=note/>
        <Tabs label="Which lines" items=tabs/>
        <form method="get" action="/orders/open-lines" class="filters">
            {q.changed.then(|| view! { <input type="hidden" name="show" value="changed"/> })}
            <Field label="Order, PO, product" name="q" id="board-q" kind=Kind::Search value=q.words chars=22/>
            <Button>"Filter"</Button>
        </form>
        <div class="stack">
            {body}
            {feed}
        </div>
    }
    .into_any()
}

fn row(l: OpenLine, today: NaiveDate) -> AnyView {
    let late = l.late(today).then(|| view! { " " <Pill tone=Tone::Bad text="Late"/> });
    let moved = l.moved.as_ref().map(|m| {
        let from = m.from.map_or_else(|| "from stock".to_owned(), text::date);
        let why = if m.reason.is_empty() { String::new() } else { format!(" · {}", m.reason) };
        let told = format!("was {from}, changed {}{why}", text::date(m.at.date()));
        view! { <br/><span class="small warn-ink">{told}</span> }
    });
    let promised = l.promised_on.map_or_else(|| "From stock".to_owned(), text::date);
    let open = if l.open == l.quantity {
        format!("{} {}", text::number(l.open), l.unit)
    } else {
        format!("{} of {} {}", text::number(l.open), text::number(l.quantity), l.unit)
    };
    let reference = if l.po_number.is_empty() { l.placed_by } else { format!("{} · {}", l.po_number, l.placed_by) };
    let href = format!("/orders/{}", l.order);
    view! {
        <tr>
            <td>
                <strong>{promised}</strong>
                {late}
                {moved}
            </td>
            <td>
                {l.name}
                <br/>
                <span class="dim small">{l.sku}</span>
            </td>
            <td>
                <a class="link" href=href>{l.order}</a>
                <br/>
                <span class="dim small">{format!("{} · {reference}", l.status.label())}</span>
            </td>
            <td class="dim hide">{l.requested_on.map(text::date)}</td>
            <td class="num strong">{open}</td>
        </tr>
    }
    .into_any()
}

fn feed(board: &BoardView, renew: Act, end: Act) -> AnyView {
    let has = board.feed_since.is_some();
    let since = board.feed_since.map_or_else(
        || "You have none yet.".to_owned(),
        |t| {
            format!(
                "Made on {}. The address is not kept here; if you have lost it, make a new one.",
                text::date_time(t)
            )
        },
    );
    let fresh = board.feed.clone().map(|url| {
        view! {
            <div class="field">
                <label for="feed">"The address: copy it into your calendar now"</label>
                <input id="feed" type="text" readonly=true value=url/>
            </div>
        }
    });
    let stop = has.then(|| {
        view! {
            <Form act=end>
                <Button>"End it"</Button>
            </Form>
        }
    });
    view! {
        <Card title="In your calendar">
            {renew.complaint()}
            {end.complaint()}
            <div class="stack">
                <p>
                    "Your calendar can show the promised days and follow every change. It reads them at a secret address: whoever has the address sees days, order numbers and names of products, no prices."
                </p>
                {fresh}
                <p class="dim small">{since}</p>
                <div class="acts">
                    <Form act=renew>
                        <Button kind=ButtonKind::Secondary>{if has { "Make a new address" } else { "Make an address" }}</Button>
                    </Form>
                    {stop}
                </div>
            </div>
        </Card>
    }
    .into_any()
}
