//! One document as it was issued, and what has been settled of it.

use domain::disputes::{Checked, State};
use domain::invoices::{ChargeKind, InvoiceLine, InvoicePage, Kind, Status};
use domain::quick::both_numbers;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::ReadInvoice;
use super::list::tone;
use crate::act::{Act, Form};
use crate::disputes;
use crate::disputes::actions::{Raise, Withdraw};
use crate::load::reloaded;
use crate::payments::actions::Undo;
use crate::ui::{Button, Card, DescriptionList, Fact, Notice, PageHeader, Tone};

/// An invoice's or credit note's page.
#[component]
pub fn Invoice() -> impl IntoView {
    let params = use_params_map();
    let acts = [Act::of::<Undo>(), Act::of::<Raise>(), Act::of::<Withdraw>()];
    let version = move || acts.iter().map(|a| a.version()).sum::<usize>();
    let question = move || ReadInvoice { number: params.read().get("number").unwrap_or_default() };
    view! {
        {acts[1].complaint()}
        {reloaded(version, question, move |(page, checked)| show(page, checked, acts))}
    }
}

fn show(page: InvoicePage, checked: Checked, [undo, raise, withdraw]: [Act; 3]) -> AnyView {
    let row = page.row.clone();
    let title = format!("{} {}", row.kind.label(), row.number);
    let pdf = format!("/invoices/{}.pdf", row.number);
    let xml = page.einvoice().then(|| {
        let href = format!("/invoices/{}.xml", row.number);
        view! { <a class="btn" href=href rel="external">"Download XML"</a> }
    });
    let totals = totals(&page);
    let links = links(&page);
    let verdict = verdict(&page, &checked);
    let mut facts = vec![Fact::new("Issued", text::date(row.issued_on))];
    if row.kind == Kind::Invoice {
        facts.push(Fact::new("Due", text::date(row.due_on)));
        if let Some(d) = page.discount {
            let words = format!("{} when paid by {}", text::percent(d.percent), text::date(d.until));
            facts.push(Fact::new("Discount", words));
        }
    }
    for (label, value) in
        [("Order", &row.order_number), ("Your reference", &row.po_number), ("Cost centre", &page.cost_centre)]
    {
        if !value.is_empty() {
            facts.push(Fact::new(label, value.clone()));
        }
    }
    facts.push(Fact::new("Account", page.account_number));
    let undos = page
        .settlements
        .iter()
        .filter_map(|s| {
            let (id, number) = (s.undo?.to_string(), row.number.clone());
            let label = format!("Undo {}", s.number);
            Some(view! {
                <Form act=undo class="acts">
                    <input type="hidden" name="number" value=number/>
                    <input type="hidden" name="allocation" value=id/>
                    <Button>{label}</Button>
                </Form>
            })
        })
        .collect_view();
    let mut paid: Vec<Fact> = page
        .settlements
        .into_iter()
        .map(|s| {
            let number = if s.number.is_empty() { "Early-payment discount" } else { &s.number };
            Fact::new(format!("{number}, {}", text::date(s.on)), text::money(s.amount))
        })
        .collect();
    paid.push(Fact::sum(if row.kind == Kind::Invoice { "Open" } else { "Credit left" }, text::money(row.open)));
    let address = page.bill_to.lines().into_iter().map(|l| view! { <span>{l}</span><br/> }).collect_view();
    let has_address = !page.bill_to.lines().is_empty();
    let disputed: Vec<i32> = checked.disputes.iter().filter(|d| d.state == State::Open).map(|d| d.line_no).collect();
    let may = checked.may_dispute;
    let disputes = disputes::card(checked.disputes, &row.number, may, withdraw);
    let lines = page
        .lines
        .into_iter()
        .map(|l| {
            let found = checked.lines.iter().find(|(no, _)| *no == l.line_no).map_or(&[][..], |(_, found)| found);
            let form = (may && !disputed.contains(&l.line_no))
                .then(|| disputes::form(&row.number, l.line_no, &l.name, found, raise));
            let marks = disputes::mismatches(found);
            line(l, marks, form)
        })
        .collect_view();
    let open = row.kind == Kind::Invoice && !matches!(row.status, Status::Paid | Status::InPayment);
    let pay = (open && page.can_pay).then(|| {
        let href = format!("/payments/new?pay[]={}", row.number);
        view! { <a class="btn" href=href>"Pay"</a> }
    });
    let status = (tone(row.status), row.status.words(row.kind, row.due_on, page.today));
    view! {
        <Title text=title.clone()/>
        <PageHeader title=title back=("Invoices", "/invoices") status=status>
            {pay}
            {xml}
            <a class="btn go" href=pdf rel="external">"Download PDF"</a>
        </PageHeader>
        {links}
        <div class="cols">
            <div class="stack">
            <Card title="Lines" flush=true>
                {verdict}
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Product"</th>
                            <th scope="col" class="num">"Quantity"</th>
                            <th scope="col" class="num">"Each"</th>
                            <th scope="col" class="num">"Tax"</th>
                            <th scope="col" class="num">"Amount"</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </Card>
            {disputes}
            </div>
            <div class="stack">
                <Card title="Total">
                    <DescriptionList items=totals/>
                </Card>
                <Card title="Payments">
                    {undo.complaint()}
                    <DescriptionList items=paid/>
                    {undos}
                </Card>
                <Card title="Details">
                    <DescriptionList items=facts/>
                </Card>
                {has_address.then(|| view! { <Card title="Bill to"><p>{address}</p></Card> })}
            </div>
        </div>
    }
    .into_any()
}

/// Goods, what stands beside them, and tax by category with its reason.
fn totals(page: &InvoicePage) -> Vec<Fact> {
    let t = &page.totals;
    let mut facts = vec![Fact::new("Goods", text::money(t.lines))];
    for c in &page.charges {
        let sign = if c.what.kind() == ChargeKind::Charge { "" } else { "−" };
        facts.push(Fact::new(c.what.label(), format!("{sign}{}", text::money(c.taxed.net))));
    }
    for tax in &t.taxes {
        let why = tax.category.reason().unwrap_or(tax.category.label());
        let label = format!("{why}, {} on {}", text::percent(tax.rate), text::money(tax.base));
        facts.push(Fact::new(label, text::money(tax.tax)));
    }
    facts.push(Fact::sum("Total", text::money(t.gross)));
    facts
}

/// From an invoice to what corrects it, and back, with why.
fn links(page: &InvoicePage) -> Option<AnyView> {
    let (title, others) = match &page.corrects {
        Some((number, _)) => ("Corrects", std::slice::from_ref(number)),
        None if page.corrected_by.is_empty() => return None,
        None => ("Corrected by", page.corrected_by.as_slice()),
    };
    let link = |number: &String| view! { <a class="link" href=format!("/invoices/{number}")>{number.clone()}</a>" " };
    let others = others.iter().map(link).collect_view();
    let reason = page.reason.clone();
    Some(view! { <Notice tone=Tone::Info title=title>{others} {reason}</Notice> }.into_any())
}

/// What the three-way check says of the whole; nothing where there is no order to compare with.
fn verdict(page: &InvoicePage, checked: &Checked) -> Option<AnyView> {
    if checked.lines.is_empty() {
        return None;
    }
    let off = checked.lines.iter().filter(|(_, found)| !found.is_empty()).count();
    let order = &page.row.order_number;
    let words = match off {
        0 => format!("Every line matches order {order}, the prices agreed and what was delivered."),
        n => {
            let lines = text::counted(i64::try_from(n).unwrap_or_default(), "line does", "lines do");
            format!("{lines} not match order {order}, the prices agreed or what was delivered.")
        }
    };
    let class = if off == 0 { "pad dim small" } else { "pad warn-ink small" };
    Some(view! { <p class=class>{words}</p> }.into_any())
}

fn line(l: InvoiceLine, marks: AnyView, form: Option<AnyView>) -> AnyView {
    view! {
        <tr>
            <td>
                <strong>{l.name}</strong>
                <br/>
                <span class="dim small">{both_numbers(&l.sku, &l.own_number)}</span>
                {marks}
                {form}
            </td>
            <td class="num">{format!("{} {}", l.quantity, l.unit)}</td>
            <td class="num hide">{text::money(l.unit_price)}</td>
            <td class="num dim hide">{text::percent(l.tax_rate)}</td>
            <td class="num strong">{text::money(l.net)}</td>
        </tr>
    }
    .into_any()
}
