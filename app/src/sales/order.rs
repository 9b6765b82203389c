//! One order on the seller's desk: send, promise, take over, complete, call off, credit, note.

use domain::deliveries::{DeskAction, DeskOrder};
use domain::orders::OrderLine;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::actions::{ChangeOrder, Credit, Note, Promise, ReadOrder, Ship};
use super::invoicing::documents;
use super::noted;
use crate::act::{Act, Form};
use crate::cart::totals_list;
use crate::load::reloaded;
use crate::orders::actions::Release;
use crate::orders::{shipments, step, tone};
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Confirm, DescriptionList, Fact, Field, Kind, Notice, PageHeader, TextArea,
    Timeline, Tone,
};

/// The order's page. `?customer=` says whose, since numbers of former systems may be the same.
#[component]
pub fn Order() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let acts = [
        Act::of::<Ship>(),
        Act::of::<ChangeOrder>(),
        Act::of::<Promise>(),
        Act::of::<Note>(),
        Act::of::<Release>(),
        Act::of::<Credit>(),
    ];
    let question = move || ReadOrder {
        customer: query.read().get("customer").unwrap_or_default(),
        number: params.read().get("number").unwrap_or_default(),
    };
    let version = move || acts.iter().map(|a| a.version()).sum::<usize>();
    view! {
        {acts.map(Act::complaint).collect_view()}
        {reloaded(version, question, move |page| show(page, acts))}
    }
}

/// Names the order in a form.
#[derive(Clone)]
struct Named {
    customer: String,
    number: String,
    version: i32,
}

impl Named {
    fn fields(&self) -> AnyView {
        view! {
            <input type="hidden" name="customer" value=self.customer.clone()/>
            <input type="hidden" name="number" value=self.number.clone()/>
            <input type="hidden" name="version" value=self.version/>
        }
        .into_any()
    }
}

fn show(page: DeskOrder, [ship, change, promise, note, release, credit]: [Act; 6]) -> AnyView {
    let row = page.row.clone();
    let named = Named { customer: row.account.clone(), number: row.number.clone(), version: page.version };
    let can = |action| page.can.contains(&action);
    let promises = can(DeskAction::Promise).then_some(promise);
    let head = actions(&page, &named, change, release);
    let form = can(DeskAction::Ship).then(|| sending(&page, &named, ship));
    let documents = documents(&page, credit);
    let imported = page.imported.then(|| {
        view! { <Notice tone=Tone::Info title="From the former system.">"It is moved on there; here it can be read and noted about."</Notice> }
    });
    let lines = page.lines.into_iter().map(|l| line(l, &named, promises)).collect_view();
    let sent = (!page.shipments.is_empty()).then(|| shipments(page.shipments));
    let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let mut facts = vec![
        Fact::new("Placed by", row.placed_by.clone()),
        Fact::new("Their reference", or_none(&row.po_number)),
        Fact::new("Cost centre", or_none(&page.cost_centre)),
        Fact::new("Partial delivery", if page.partial_delivery { "Yes" } else { "No, all at once" }),
    ];
    if let Some(day) = page.requested_on {
        facts.push(Fact::new("Wanted on", text::date(day)));
    }
    let address = page.ship_to.lines().into_iter().map(|l| view! { <span>{l}</span><br/> }).collect_view();
    let steps = page.steps.into_iter().map(step).collect();
    let customer = format!("/sales/customers/{}", row.account);
    view! {
        <Title text=row.number.clone()/>
        <PageHeader title=row.number.clone() back=("Orders", "/sales/orders") status=(tone(row.status), row.status.label()) note=text::date_time(row.placed_at)>
            <ButtonLink href=customer>{row.customer.clone()}</ButtonLink>
            {head}
        </PageHeader>
        {imported}
        <div class="cols">
            <div class="stack">
                <Card title="Lines" flush=true>
                    <table class="rows">
                        <thead>
                            <tr>
                                <th scope="col">"Product"</th>
                                <th scope="col">"Promised"</th>
                                <th scope="col" class="num">"Sent"</th>
                                <th scope="col" class="num">"Amount"</th>
                            </tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </Card>
                {form}
                {sent}
                {documents}
                {(!page.note.is_empty()).then(|| view! { <Card title="Their note"><p class="pre">{page.note}</p></Card> })}
            </div>
            <div class="stack">
                <Card title="Total">{totals_list(&page.totals)}</Card>
                <Card title="Details">
                    <DescriptionList items=facts/>
                </Card>
                <Card title="Ship to"><p>{address}</p></Card>
                <Card title="What happened">
                    <Timeline items=steps/>
                </Card>
                <Card title="Notes" note="only colleagues see them">
                    <div class="stack">
                        <Form act=note class="form">
                            {named.fields()}
                            <TextArea label="New note" name="text" rows=2 maxlength=1000/>
                            <div class="acts">
                                <Button>"Add note"</Button>
                            </div>
                        </Form>
                        {noted(page.notes)}
                    </div>
                </Card>
            </div>
        </div>
    }
    .into_any()
}

fn actions(page: &DeskOrder, named: &Named, change: Act, release: Act) -> AnyView {
    let can = |action| page.can.contains(&action);
    let simple = |action, code: &'static str, label: &'static str| {
        can(action).then(|| {
            let fields = named.fields();
            view! {
                <Form act=change>
                    {fields}
                    <input type="hidden" name="change" value=code/>
                    <Button kind=ButtonKind::Primary>{label}</Button>
                </Form>
            }
        })
    };
    let let_go = can(DeskAction::Release).then(|| {
        let Named { customer, number, version } = named.clone();
        view! {
            <Form act=release>
                <input type="hidden" name="account" value=customer/>
                <input type="hidden" name="number" value=number/>
                <input type="hidden" name="version" value=version/>
                <Button kind=ButtonKind::Primary>"Release"</Button>
            </Form>
        }
    });
    let cancel = can(DeskAction::Cancel).then(|| {
        let named = named.clone();
        view! {
            <Confirm id="cancel" label="Cancel order…" title=format!("Cancel {}?", named.number) kind=ButtonKind::Danger>
                <p>"Reserved stock is given back, and the customer is told. This cannot be undone."</p>
                <Form act=change class="stack">
                    {named.fields()}
                    <input type="hidden" name="change" value="cancel"/>
                    <Field label="Reason" name="reason" hint="The customer reads it" required=true/>
                    <div class="acts">
                        <Button kind=ButtonKind::Danger>"Cancel order"</Button>
                    </div>
                </Form>
            </Confirm>
        }
    });
    view! {
        {cancel}
        {let_go}
        {simple(DeskAction::Confirm, "confirm", "Confirm")}
        {simple(DeskAction::Complete, "complete", "Complete")}
    }
    .into_any()
}

fn sending(page: &DeskOrder, named: &Named, ship: Act) -> AnyView {
    let rows = page
        .lines
        .iter()
        .filter(|l| l.shipped < l.quantity.value())
        .map(|l| {
            let left = (l.quantity.value() - l.shipped).normalize();
            let (id, name) = (format!("quantity-{}", l.line_no), format!("quantities[{}]", l.line_no));
            view! {
                <tr>
                    <td>
                        {l.name.clone()}
                        <br/>
                        <span class="dim small">{format!("{} · {left} {} left to send", l.sku, l.unit)}</span>
                    </td>
                    <td class="num">
                        <input type="text" inputmode="decimal" size="6" id=id name=name value=left.to_string() aria-label=format!("Send of {}", l.name)/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    let whole = (!page.partial_delivery)
        .then(|| view! { <p class="warn-ink small">"This customer wants everything at once."</p> });
    let (fields, today) = (named.fields(), page.today.to_string());
    view! {
        <Card title="Send goods" flush=true>
            <Form act=ship>
                {fields}
                <table class="rows steady" id="lines">
                    <thead>
                        <tr>
                            <th scope="col">"Product"</th>
                            <th scope="col" class="num">"Send"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                <div class="pad stack">
                    {whole}
                    <div class="pair">
                        <Field label="Carrier" name="carrier" required=true maxlength=60/>
                        <Field label="Tracking number" name="tracking" maxlength=60/>
                        <Field label="Sent on" name="shipped_on" kind=Kind::Date value=today required=true/>
                    </div>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Send goods"</Button>
                        <span class="dim small">"0 or nothing: stays for later. The customer is told."</span>
                    </div>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

fn line(l: OrderLine, named: &Named, promise: Option<Act>) -> AnyView {
    let open = l.shipped < l.quantity.value();
    let promised = match (l.promised_on, open) {
        (_, false) => "Sent".to_owned(),
        (None, true) => "From stock".to_owned(),
        (Some(day), true) => text::date(day),
    };
    let another = promise.filter(|_| open).map(|act| {
        let (named, no) = (named.clone(), l.line_no);
        let (before, name) = (l.promised_on.map(|d| d.to_string()).unwrap_or_default(), l.name.clone());
        view! {
            <Confirm id=format!("promise-{no}") label="Change…" title=format!("When does {name} come?") kind=ButtonKind::Plain>
                <Form act=act class="stack">
                    {named.fields()}
                    <input type="hidden" name="line" value=no/>
                    <input type="hidden" name="before" value=before.clone()/>
                    <Field label="New day" name="day" id=format!("day-{no}") kind=Kind::Date value=before.clone() required=true/>
                    <Field label="Why" name="reason" id=format!("why-{no}") hint="Optional; the customer reads it" maxlength=200/>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Promise this day"</Button>
                    </div>
                </Form>
            </Confirm>
        }
    });
    view! {
        <tr>
            <td>
                <strong>{l.name.clone()}</strong>
                <br/>
                <span class="dim small">{format!("{} · {} × {}", l.sku, l.quantity, text::money(l.unit_price))}</span>
            </td>
            <td>
                <span class="cluster">{promised} {another}</span>
            </td>
            <td class="num" data-label="Sent">{format!("{} of {} {}", text::number(l.shipped), l.quantity, l.unit)}</td>
            <td class="num strong">{text::money(l.net)}</td>
        </tr>
    }
    .into_any()
}
