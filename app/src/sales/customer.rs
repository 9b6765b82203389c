//! One customer on the seller's side: its people (and acting for one), orders, terms, contracts, notes.

use domain::Permission;
use domain::accounts::PriceStrategy;
use domain::assistance::Policy;
use domain::sales::{Contact, ContractRow, CustomerPage};
use domain::text;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{ActFor, Begin, Note, ReadCustomer, SetInvoicing};
use super::invoicing::settings;
use super::{help, noted, sheet};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Confirm, DescriptionList, Fact, Field, PageHeader, TextArea, Tone,
};

/// The customer's page.
#[component]
pub fn Customer() -> impl IntoView {
    let params = use_params_map();
    let acts = [Act::of::<ActFor>(), Act::of::<Begin>(), Act::of::<Note>(), Act::of::<SetInvoicing>()];
    let question = move || ReadCustomer { number: params.read().get("number").unwrap_or_default() };
    view! { {reloaded(move || acts[2].version() + acts[3].version(), question, move |page| show(page, acts))} }
}

fn show(page: CustomerPage, [act, begin, note, invoicing]: [Act; 4]) -> AnyView {
    let row = page.row;
    let number = row.number.clone();
    let status = match row.status.as_str() {
        "active" => (Tone::Good, "Active"),
        "on_hold" => (Tone::Warn, "On hold"),
        _ => (Tone::Neutral, "Closed"),
    };
    let may = page.can_act && page.policy != Policy::Never;
    let people = page
        .people
        .into_iter()
        .enumerate()
        .map(|(i, c)| contact(i, c, &number, may.then_some(page.policy)))
        .collect_view();
    let forbidden = (page.can_act && page.policy == Policy::Never)
        .then(|| view! { <p class="dim small pad">"This customer wants nobody to act on their behalf."</p> });
    let figures = vec![
        Fact::new("Open invoices", text::money(page.open_invoices)),
        Fact::new("Overdue", text::money(row.overdue)),
        Fact::new("Credit limit", page.limit.map_or_else(|| "none of its own".to_owned(), text::money)),
        Fact::new("This year", text::money(row.this_year)),
        Fact::new("Last year", text::money(row.last_year)),
    ];
    let terms = vec![
        Fact::new(
            "Prices",
            match page.strategy {
                PriceStrategy::ContractWins => "Its contract wins",
                PriceStrategy::Lowest => "The lowest wins",
                PriceStrategy::Priority => "The contract with the highest priority wins",
            },
        ),
        Fact::new("Payment", format!("{} days", page.terms)),
        Fact::new("On behalf", page.policy.label()),
    ];
    let invoicing = settings(number.clone(), page.invoicing, page.can_invoice.then_some(invoicing));
    let contracts = contracts(page.contracts);
    let addresses = page
        .addresses
        .into_iter()
        .map(|(kind, label, address)| {
            let kind = if kind == "ship_to" { "Ship to" } else { "Bill to" };
            view! {
                <li>
                    <strong>{label}</strong>
                    <br/>
                    <span class="dim small">{format!("{kind} · {}", address.lines().join(", "))}</span>
                </li>
            }
        })
        .collect_view();
    let orders = if page.orders.is_empty() {
        view! { <p class="dim pad">"No orders yet."</p> }.into_any()
    } else {
        sheet(page.orders, false)
    };
    let all = format!("/sales/orders?customer={number}");
    let (quotes, quote) = (format!("/sales/quotes?q={number}"), format!("/sales/quotes/new?customer={number}"));
    view! {
        <Title text=row.name.clone()/>
        <PageHeader title=row.name.clone() note=number.clone() back=("Customers", "/sales/customers") status=status>
            <ButtonLink href=all>"All orders"</ButtonLink>
            <ButtonLink href=quotes>"Quotes"</ButtonLink>
            <ButtonLink href=quote>"New quote"</ButtonLink>
        </PageHeader>
        {act.complaint()}
        {begin.complaint()}
        <div class="cols">
            <div class="stack">
                {help(page.help)}
                <Card title="People" flush=true>
                    <table class="rows">
                        <thead>
                            <tr>
                                <th scope="col">"Name"</th>
                                <th scope="col">"Roles"</th>
                                <th scope="col" class="num">"Cart"</th>
                                <th scope="col" class="num">"On behalf"</th>
                            </tr>
                        </thead>
                        <tbody>{people}</tbody>
                    </table>
                    {forbidden}
                </Card>
                <Card title="Last orders" flush=true>{orders}</Card>
                {contracts}
            </div>
            <div class="stack">
                <Card title="Balance">
                    <DescriptionList items=figures/>
                </Card>
                <Card title="Terms">
                    <DescriptionList items=terms/>
                </Card>
                {invoicing}
                <Card title="Notes" note="only colleagues see them">
                    <div class="stack">
                        {note.complaint()}
                        <Form act=note class="form">
                            <input type="hidden" name="customer" value=number/>
                            <TextArea label="New note" name="text" rows=2 maxlength=1000/>
                            <div class="acts">
                                <Button>"Add note"</Button>
                            </div>
                        </Form>
                        {noted(page.notes)}
                    </div>
                </Card>
                <Card title="Addresses">
                    <ul class="stack">{addresses}</ul>
                </Card>
            </div>
        </div>
    }
    .into_any()
}

fn contact(i: usize, c: Contact, customer: &str, policy: Option<Policy>) -> AnyView {
    // Somebody who cannot order themself cannot be ordered for.
    let orders = c.roles.iter().any(|r| r.reach(Permission::CartUse).is_some());
    let act = policy.filter(|_| orders).map(|policy| {
        let (customer, id, name) = (customer.to_owned(), c.id.to_string(), c.name.clone());
        let words = match policy {
            Policy::Ask => "They are asked first, and mail tells you what they say.",
            Policy::Never | Policy::Allowed => "They are told, and see what you do. It lasts an hour at most.",
        };
        let button = if policy == Policy::Ask { "Ask to act" } else { "Order on behalf" };
        view! {
            <Confirm id=format!("act-{i}") label="Order on behalf" title=format!("Order on behalf of {name}") kind=ButtonKind::Secondary>
                <p>{words}</p>
                // A plain form: with the person everything changes, so the page loads anew.
                <form method="post" action=ActFor::url() class="stack">
                    <input type="hidden" name="customer" value=customer.clone()/>
                    <input type="hidden" name="member" value=id.clone()/>
                    <Field label="Why" name="reason" id=format!("reason-{i}") hint="They read it: “asked by phone to reorder gloves”" required=true maxlength=200/>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>{button}</Button>
                    </div>
                </form>
            </Confirm>
        }
    });
    let roles = c.roles.iter().map(|r| r.label()).collect::<Vec<_>>().join(", ");
    let cart = if c.cart_lines == 0 { String::new() } else { text::counted(c.cart_lines, "line", "lines") };
    view! {
        <tr>
            <td>
                <strong>{c.name.clone()}</strong>
                <br/>
                <span class="dim small">{c.email}</span>
            </td>
            <td class="dim">{roles}</td>
            <td class="num dim">{cart}</td>
            <td class="num full">{act}</td>
        </tr>
    }
    .into_any()
}

fn contracts(contracts: Vec<ContractRow>) -> Option<AnyView> {
    if contracts.is_empty() {
        return None;
    }
    let rows = contracts
        .into_iter()
        .map(|k| {
            let until = k
                .valid_to
                .map_or_else(|| "until further notice".to_owned(), |day| format!("until {}", text::date(day)));
            view! {
                <tr>
                    <td>
                        <strong>{k.name}</strong>
                        <br/>
                        <span class="dim small">{k.number}</span>
                    </td>
                    <td class="dim">{format!("from {} {until}", text::date(k.valid_from))}</td>
                    <td class="num dim">{k.status}</td>
                </tr>
            }
        })
        .collect_view();
    Some(
        view! {
            <Card title="Contracts" flush=true>
                <table class="rows">
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any(),
    )
}
