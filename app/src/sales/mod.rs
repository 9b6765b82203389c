//! The seller's people at work: their customers (assigned ones for a rep), acting for a member, orders and what happens to them.

pub mod actions;
mod customer;
mod customers;
mod invoicing;
mod order;
mod orders;
mod start;

pub use customer::Customer;
pub use customers::Customers;
pub use order::Order;
pub use orders::Orders;
pub use start::Start;

use domain::assistance::{OwnRow, State};
use domain::deliveries::{DeskRow, StaffNote, desk_href};
use domain::sales::Customer as Row;
use domain::text;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use crate::orders::tone;
use crate::ui::{Button, ButtonKind, Card, Pill, Tone};

/// Whether a customer can order, where that is not a matter of course.
fn standing(status: &str) -> Option<AnyView> {
    (status != "active").then(|| {
        let words = if status == "on_hold" { "On hold" } else { "Closed" };
        view! { " " <Pill tone=Tone::Warn text=words/> }.into_any()
    })
}

/// A customer's name, where it leads, and number.
fn named(c: &Row) -> AnyView {
    view! {
        <a class="link strong" href=format!("/sales/customers/{}", c.number)>{c.name.clone()}</a>
        {standing(&c.status)}
        {c.quiet.then(|| view! { " " <Pill tone=Tone::Info text="Gone quiet"/> })}
        <br/>
        <span class="dim small">{c.number.clone()}</span>
    }
    .into_any()
}

/// The day of the last order.
fn last(c: &Row) -> String {
    c.last_order.map_or_else(|| "never".to_owned(), |t| text::date(t.date()))
}

/// One's own questions for consent, and what is under way elsewhere.
fn help(rows: Vec<OwnRow>) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let rows = rows
        .into_iter()
        .map(|h| {
            let tone = if h.state == State::Agreed { Tone::Good } else { Tone::Info };
            let begin = (h.state == State::Agreed).then(|| {
                let says = format!("Begin to act for {}", h.member);
                // A plain form: with the person everything changes, so the page loads anew.
                view! {
                    <form method="post" action=actions::Begin::url()>
                        <input type="hidden" name="id" value=h.id.to_string()/>
                        <Button kind=ButtonKind::Primary says=says>"Begin"</Button>
                    </form>
                }
            });
            view! {
                <tr>
                    <td>
                        <a class="link strong" href=format!("/sales/customers/{}", h.customer)>{h.member}</a>
                        <br/>
                        <span class="dim small">{h.company}</span>
                    </td>
                    <td class="dim">{h.reason}</td>
                    <td>
                        <Pill tone=tone text=h.state.label()/>
                    </td>
                    <td class="num">{begin}</td>
                </tr>
            }
        })
        .collect_view();
    Some(
        view! {
            <Card title="On behalf" flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"For"</th>
                            <th scope="col">"Why"</th>
                            <th scope="col">"State"</th>
                            <th scope="col" class="num">"Begin"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any(),
    )
}

/// Orders as a table; with the customer where it is not the page's own.
fn sheet(rows: Vec<DeskRow>, customer: bool) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|o| {
            let name = customer.then(|| {
                view! {
                    <td>
                        {o.customer.clone()}
                        <br/>
                        <span class="dim small">{o.account.clone()}</span>
                    </td>
                }
            });
            let href = desk_href(&o.account, &o.number);
            view! {
                <tr>
                    <td>
                        <a class="link strong" href=href>{o.number}</a>
                        <br/>
                        <span class="dim small">{o.po_number}</span>
                    </td>
                    {name}
                    <td class="dim hide">{format!("{}, {}", o.placed_by, text::date(o.placed_at.date()))}</td>
                    <td>
                        <Pill tone=tone(o.status) text=o.status.label()/>
                    </td>
                    <td class="num strong">{text::money(o.gross)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="rows">
            <thead>
                <tr>
                    <th scope="col">"Order"</th>
                    {customer.then(|| view! { <th scope="col">"Customer"</th> })}
                    <th scope="col">"Placed"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col" class="num">"Total incl. tax"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// Notes that only the seller's people see, the newest first.
fn noted(notes: Vec<StaffNote>) -> AnyView {
    let rows = notes
        .into_iter()
        .map(|n| {
            let about = if n.order.is_empty() { String::new() } else { format!(" · {}", n.order) };
            view! {
                <li>
                    <p class="pre">{n.text}</p>
                    <p class="dim small">{format!("{}, {}{about}", n.by, text::date_time(n.at))}</p>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="stack">{rows}</ul> }.into_any()
}
