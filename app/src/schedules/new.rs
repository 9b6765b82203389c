//! A new schedule, from an order or a list: its lines and what they cost, when it orders, and the dates that come of it.

use domain::schedules::{NewPage, Typed};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_query_map};

use super::actions::{MakeSchedule, ReadNew};
use super::fields::{dates, delivery, listening, rhythm};
use crate::act::{Act, Form};
use crate::cart::totals_list;
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, ButtonLink, Card, EmptyState, Notice, PageHeader, Tone};

/// The form for a new schedule.
#[component]
pub fn New() -> impl IntoView {
    let (location, query) = (use_location(), use_query_map());
    let make = Act::of::<MakeSchedule>();
    // What was typed stays when the page is made anew, after a price has changed meanwhile.
    let live = RwSignal::new(Typed::default());
    let question = move || ReadNew { query: location.search.get(), from: query.read().get("from").unwrap_or_default() };
    view! {
        <Title text="New schedule"/>
        {make.complaint()}
        {reloaded(move || make.version(), question, move |page| show(page, make, live))}
    }
}

fn show(page: NewPage, make: Act, live: RwSignal<Typed>) -> AnyView {
    let (back, href) = match page.from.split_once(':') {
        Some(("list", id)) => ("List".to_owned(), format!("/lists/{id}")),
        Some((_, number)) => (number.to_owned(), format!("/orders/{number}")),
        None => ("Schedules".to_owned(), "/schedules".to_owned()),
    };
    if page.cart.lines.is_empty() {
        return view! {
            <PageHeader title="New schedule" back=(back, href.clone())/>
            <EmptyState title="Nothing to schedule" text="Nothing of it can be ordered now.">
                <ButtonLink href=href kind=ButtonKind::Primary>"Back"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    if live.with_untracked(|typed| *typed == Typed::default()) {
        live.set(page.typed);
    }
    let form = live.get_untracked();
    let (rhythm, delivery) = (rhythm(&form, live), delivery(&form, &page.places, page.po_required));
    let today = page.cart.today;
    let left_out = (!page.left_out.is_empty()).then(|| {
        let lines = page.left_out.iter().map(|l| view! { <li>{l.clone()}</li> }).collect_view();
        view! {
            <Notice tone=Tone::Warn title="Left out:">
                <ul>{lines}</ul>
            </Notice>
        }
    });
    let below = page.cart.below_minimum.map(|least| {
        let words =
            format!("Your company’s smallest order is {}: it would stop and ask you each time.", text::money(least));
        view! { <Notice tone=Tone::Warn title="Below the smallest order.">{words}</Notice> }
    });
    let lines = page
        .cart
        .lines
        .iter()
        .map(|l| {
            let each = l.price.map_or_else(String::new, |p| text::money(p.unit_price));
            view! {
                <tr>
                    <td>
                        <strong>{l.name.clone()}</strong>
                        <br/>
                        <span class="dim small">{l.sku.clone()}</span>
                    </td>
                    <td class="num">{format!("{} × {each}", l.quantity)}</td>
                    <td class="num strong">{l.net.map_or_else(String::new, text::money)}</td>
                </tr>
            }
        })
        .collect_view();
    let count = text::count(i64::try_from(page.cart.lines.len()).unwrap_or_default());
    let form = view! {
        <Form act=make class="cols">
            <input type="hidden" name="from" value=page.from/>
            <input type="hidden" name="seen" value=page.cart.totals.gross.amount().to_string()/>
            <div class="stack">
                <Card title="When">
                    <div class="form">{rhythm}</div>
                </Card>
                <Card title="How it is ordered">
                    <div class="form">{delivery}</div>
                </Card>
                <Card title="Lines" note=count flush=true>
                    <table class="rows">
                        <thead>
                            <tr>
                                <th scope="col">"Product"</th>
                                <th scope="col" class="num">"Quantity"</th>
                                <th scope="col" class="num">"Amount"</th>
                            </tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </Card>
            </div>
            <div class="stack">
                <Card title="Next dates">
                    <div class="stack">
                        {dates(live, today)}
                        // Without scripts the server says which dates: the same page, with what is typed in its address.
                        <div class="acts">
                            <button type="submit" class="btn" formaction="/schedules/new" formmethod="get" formnovalidate>
                                "Show dates"
                            </button>
                        </div>
                    </div>
                </Card>
                <Card title="Each time">
                    <div class="stack">
                        {totals_list(&page.cart.totals)}
                        <Button kind=ButtonKind::Primary>"Schedule"</Button>
                        <p class="dim small">
                            "You accept these prices. It stops and asks you when one rises, or something cannot be ordered. Rules, budgets and credit hold as by hand."
                        </p>
                    </div>
                </Card>
            </div>
        </Form>
    };
    view! {
        <PageHeader title="New schedule" note=page.about back=(back, href)/>
        {left_out}
        {below}
        {listening(live, form)}
    }
    .into_any()
}
