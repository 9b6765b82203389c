//! What was invoiced of an order, with what may be credited of it; and how a customer is invoiced.

use domain::deliveries::DeskOrder;
use domain::invoices::{Creditable, DeskInvoice, Invoicing, Language, Mode};
use domain::tax::Category;
use domain::text;
use leptos::prelude::*;

use crate::act::{Act, Form};
use crate::ui::{Button, ButtonKind, Card, Checkbox, Choice, Confirm, DescriptionList, Fact, Field, Kind, Select};

/// The order's documents; nothing when there are none.
pub(super) fn documents(page: &DeskOrder, credit: Act) -> Option<AnyView> {
    if page.invoices.is_empty() {
        return None;
    }
    let rows = page.invoices.iter().map(|i| document(page, i, credit)).collect_view();
    Some(
        view! {
            <Card title="Invoices and credit notes" flush=true>
                <table class="rows">
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any(),
    )
}

fn document(page: &DeskOrder, of: &DeskInvoice, credit: Act) -> AnyView {
    let about = if of.corrects.is_empty() { String::new() } else { format!(", corrects {}", of.corrects) };
    let form = (!of.lines.is_empty()).then(|| crediting(page, of, credit));
    view! {
        <tr>
            <td>
                <strong>{of.number.clone()}</strong>
                <br/>
                <span class="dim small">{format!("{} of {}{about}", of.kind.label(), text::date(of.issued_on))}</span>
            </td>
            <td class="num">{text::money(of.kind.signed(of.gross))}</td>
            <td class="num">{form}</td>
        </tr>
    }
    .into_any()
}

fn crediting(page: &DeskOrder, of: &DeskInvoice, credit: Act) -> AnyView {
    // The form is made anew whenever it is opened.
    let (lines, delivery, number) = (of.lines.clone(), of.delivery, of.number.clone());
    let (customer, order, id) = (page.row.account.clone(), page.row.number.clone(), page.credit.to_string());
    view! {
        <Confirm id=format!("credit-{number}") label="Credit lines…" title=format!("Credit lines of {number}") kind=ButtonKind::Plain>
            <p>"A credit note cannot be taken back. The customer is told, and the order's budget gets its amount."</p>
            <Form act=credit class="stack">
                <input type="hidden" name="customer" value=customer.clone()/>
                <input type="hidden" name="number" value=number.clone()/>
                <input type="hidden" name="order" value=order.clone()/>
                <input type="hidden" name="id" value=id.clone()/>
                {lines.iter().map(|l| part(&number, l)).collect_view()}
                {delivery.map(|d| {
                    let label = format!("Delivery as well, {}", text::money(d));
                    view! { <Checkbox label=label name="delivery" id=format!("delivery-{number}")/> }
                })}
                <Field label="Restocking fee" name="fee" id=format!("fee-{number}") hint="Without tax; what we keep" chars=10/>
                <Field label="Reason" name="reason" id=format!("reason-{number}") hint="The customer reads it" required=true maxlength=200/>
                <div class="acts">
                    <Button kind=ButtonKind::Danger>"Issue credit note"</Button>
                </div>
            </Form>
        </Confirm>
    }
    .into_any()
}

fn part(invoice: &str, l: &Creditable) -> AnyView {
    let hint = format!("{} · {} {} left, {} each", l.sku, text::number(l.left), l.unit, text::money(l.unit_price));
    view! {
        <Field label=l.name.clone() name=format!("quantities[{}]", l.line_no) id=format!("credit-{invoice}-{}", l.line_no) hint=hint chars=8/>
    }
    .into_any()
}

/// How the customer is invoiced, for those who may change it a form.
pub(super) fn settings(customer: String, of: Invoicing, act: Option<Act>) -> AnyView {
    let treated = |c: Category| c.label();
    let Some(act) = act else {
        let facts = vec![
            Fact::new("Documents in", of.language.label()),
            Fact::new("Invoices", of.mode.label()),
            Fact::new("Tax", of.treatment.map_or("As the products", treated)),
            Fact::new(
                "Paying early",
                of.early.map_or("No discount".to_owned(), |e| {
                    format!("{} within {} days", text::percent(e.percent), e.days)
                }),
            ),
        ];
        return view! {
            <Card title="Invoicing">
                <DescriptionList items=facts/>
            </Card>
        }
        .into_any();
    };
    let languages = Language::ALL.map(|l| Choice::new(l.code(), l.label())).to_vec();
    let modes = Mode::ALL.map(|m| Choice::new(m.code(), m.label())).to_vec();
    let mut treatments = vec![Choice::new("", "As the products")];
    treatments.extend(Category::TREATMENTS.map(|c| Choice::new(c.code(), treated(c))));
    let treatment = of.treatment.map_or("", Category::code);
    view! {
        <Card title="Invoicing">
            {act.complaint()}
            <Form act=act class="form">
                <input type="hidden" name="customer" value=customer/>
                <Select label="Documents in" name="language" options=languages selected=of.language.code()/>
                <Select label="Invoices" name="mode" options=modes selected=of.mode.code()/>
                <Select label="Tax" name="treatment" options=treatments selected=treatment/>
                <Field label="VAT number" name="vat_number" value=of.vat_number maxlength=30/>
                <Field label="Electronic address" name="endpoint" hint="Scheme first, such as 0088:4098765000003" value=of.endpoint maxlength=60/>
                <div class="pair">
                    <Field label="Discount for paying early, %" name="discount" kind=Kind::Decimal value=of.early.map(|e| e.percent.normalize().to_string())/>
                    <Field label="Within days" name="discount_days" kind=Kind::Digits value=of.early.map(|e| e.days.to_string())/>
                </div>
                <div class="acts">
                    <Button>"Save"</Button>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}
