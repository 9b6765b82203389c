//! Crediting what was invoiced: goods that came back, lines that were called off, prices that were wrong. Customer service and
//! seller admins.

use chrono::NaiveDate;
use domain::ids::{AccountId, InvoiceId, OrderId};
use domain::invoices::{CreditForm, Creditable, Credited, DeskInvoice, Kind, totals};
use domain::tax::{Category, Taxed};
use domain::{Cause, Currency, Money, Permission, Problem, text};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::issue::{NewCharge, NewDocument, NewLine, issue};
use crate::error::exactly;
use crate::{Error, Result, Tx, budgets};

/// Credits lines of an invoice that was made here; gives the credit note's number. `id` is the credit note's to be, made with the
/// form: twice the same is one credit note. The order's budget gets back exactly what is credited.
pub async fn credit(tx: &mut Tx, customer: &str, number: &str, id: InvoiceId, form: &CreditForm) -> Result<String> {
    tx.actor()?.require(Permission::InvoiceIssue)?;
    let invoice = sqlx::query!(
        "SELECT i.account_id, i.id, i.order_id, i.currency, i.source, i.delivered_on, i.gross
         FROM invoices i JOIN accounts a ON a.id = i.account_id
         WHERE a.number = $1 AND i.number = $2 AND i.kind = 'invoice' FOR UPDATE OF i",
        customer,
        number
    )
    .fetch_one(tx.db())
    .await?;
    let account = AccountId(invoice.account_id);
    tx.work_in(account)?;
    if let Some(earlier) = earlier(tx, account, id, invoice.id).await? {
        return Ok(earlier);
    }
    if invoice.source != "portal" {
        return Err(Problem::Conflict(Cause::OrderState { state: "invoiced by another system".to_owned() }).into());
    }
    let currency =
        Currency::parse(&invoice.currency).ok_or_else(|| Error::odd("invoices.currency", &invoice.currency))?;
    let (left, delivery) = left(tx, account, invoice.id, currency).await?;
    let (lines, charges) = form.check(currency, &left, delivery)?;
    let taxed: Vec<Taxed> = lines.iter().map(Credited::taxed).collect();
    let gross = totals(currency, &taxed, &charges)?.gross;
    // What was let off for paying early was never paid: it is not paid back.
    let (let_off, credited) = taken_off(tx, account, invoice.id).await?;
    let most = Money::new(invoice.gross - let_off - credited, currency);
    if gross.amount() > most.amount() {
        let (most, let_off) = (text::money(most), text::money(Money::new(let_off, currency)));
        let words = format!(
            "{let_off} was let off for paying early: {most} can be credited at most. Keep the rest as a restocking fee."
        );
        return Err(Problem::invalid("fee", words).into());
    }
    let lines = lines.into_iter().map(|l| NewLine {
        sku: l.of.sku,
        name: l.of.name,
        unit: l.of.unit,
        quantity: l.quantity,
        unit_price: l.unit_price,
        net: l.net,
        tax_rate: l.of.tax_rate,
        category: Some(l.of.category),
        order_line: l.of.order_line,
        corrects_line: Some(l.of.line_no),
        price_only: l.price_only,
    });
    let charges = charges.into_iter().map(|c| NewCharge {
        what: c.what,
        net: c.taxed.net,
        tax_rate: c.taxed.rate,
        category: Some(c.taxed.category),
    });
    let document = NewDocument {
        id,
        kind: Kind::CreditNote,
        currency,
        order: invoice.order_id.map(OrderId),
        corrects: Some(InvoiceId(invoice.id)),
        reason: form.reason.trim(),
        issued_on: tx.today(),
        delivered_on: invoice.delivered_on,
        lines: lines.collect(),
        charges: charges.collect(),
    };
    let done = sqlx::query!(
        "UPDATE invoices SET credits = credits + 1 WHERE account_id = $1 AND id = $2",
        account.0,
        invoice.id
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    if let Some(order) = document.order {
        budgets::give_back_part(tx, order, gross.amount()).await?;
    }
    Ok(issue(tx, account, &document).await?.number)
}

/// What was let off of an invoice for paying early, and what was credited. Asked for by a statement of its own, after the invoice is
/// locked: the statement that waited for the lock would not see what the one before it wrote.
async fn taken_off(tx: &mut Tx, account: AccountId, invoice: Uuid) -> Result<(Decimal, Decimal)> {
    let row = sqlx::query!(
        r#"SELECT (SELECT COALESCE(sum(CASE WHEN d.reverses IS NULL THEN d.amount ELSE -d.amount END), 0) FROM allocations d
                   WHERE (d.account_id, d.invoice_id) = ($1, $2) AND d.discount_tax IS NOT NULL) AS "let_off!",
                  (SELECT COALESCE(sum(n.gross), 0) FROM invoices n WHERE (n.account_id, n.corrects) = ($1, $2)) AS "credited!""#,
        account.0,
        invoice
    )
    .fetch_one(tx.db())
    .await?;
    Ok((row.let_off, row.credited))
}

/// The credit note that this form already made. A conflict when its id is another document's.
async fn earlier(tx: &mut Tx, account: AccountId, id: InvoiceId, of: Uuid) -> Result<Option<String>> {
    let row = sqlx::query!("SELECT number, corrects FROM invoices WHERE account_id = $1 AND id = $2", account.0, id.0)
        .fetch_optional(tx.db())
        .await?;
    match row {
        Some(row) if row.corrects == Some(of) => Ok(Some(row.number)),
        Some(_) => Err(Problem::Conflict(Cause::KeyReused).into()),
        None => Ok(None),
    }
}

/// A line as JSON has it: position, article, name, unit, price, rate, category, order line, and what is left: quantity, amount.
type Line = (i32, String, String, String, Decimal, Decimal, String, Option<i32>, Decimal, Decimal);

fn creditable(line: Line, currency: Currency) -> Result<Creditable> {
    let (line_no, sku, name, unit, unit_price, tax_rate, category, order_line, left, left_net) = line;
    Ok(Creditable {
        line_no,
        sku,
        name,
        unit,
        unit_price: Money::new(unit_price, currency),
        tax_rate,
        category: Category::parse(&category).ok_or_else(|| Error::odd("invoice_lines.tax_category", &category))?,
        order_line,
        left,
        left_net: Money::new(left_net, currency),
    })
}

/// What is left to credit of an invoice: its lines, and its delivery charge. One statement.
async fn left(
    tx: &mut Tx,
    account: AccountId,
    invoice: Uuid,
    currency: Currency,
) -> Result<(Vec<Creditable>, Option<Taxed>)> {
    let row = sqlx::query!(
        "SELECT creditable_json($1, $2) AS lines, (SELECT jsonb_build_array(c.net::text, c.tax_rate::text, c.tax_category) FROM invoice_charges c
                    WHERE c.account_id = $1 AND c.invoice_id = $2 AND c.what = 'delivery'
                      AND NOT EXISTS (SELECT 1 FROM invoices n JOIN invoice_charges k ON (k.account_id, k.invoice_id) = (n.account_id, n.id)
                                      WHERE n.account_id = $1 AND n.corrects = $2 AND k.what = 'delivery')) AS delivery",
        account.0,
        invoice
    )
    .fetch_one(tx.db())
    .await?;
    let odd = |e: serde_json::Error| Error::odd("invoice_lines", &e.to_string());
    let lines: Vec<Line> = row.lines.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    let lines = lines.into_iter().map(|l| creditable(l, currency)).collect::<Result<_>>()?;
    let delivery: Option<(Decimal, Decimal, String)> =
        row.delivery.map(serde_json::from_value).transpose().map_err(odd)?;
    let delivery = delivery
        .map(|(net, rate, category)| {
            let category = Category::parse(&category).ok_or_else(|| Error::odd("invoice_charges", &category))?;
            Ok::<_, Error>(Taxed { net: Money::new(net, currency), rate, category })
        })
        .transpose()?;
    Ok((lines, delivery))
}

/// A document of an order, as JSON has it: number, kind, day, total, currency, number of what it corrects, source, what is left of
/// its lines and of its delivery charge.
type Listed = (String, String, NaiveDate, Decimal, String, Option<String>, String, Option<Value>, Option<Decimal>);

/// The documents of an order for the seller's desk, as its page's statement read them (`invoices_json` in
/// `migrations/0018_documents.sql`). What may be credited only for whoever may.
pub(crate) fn desk(json: Option<Value>, may: bool) -> Result<Vec<DeskInvoice>> {
    let odd = |e: serde_json::Error| Error::odd("invoices", &e.to_string());
    let listed: Vec<Listed> = json.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    let document = |(number, kind, issued_on, gross, code, corrects, source, lines, delivery): Listed| {
        let currency = Currency::parse(&code).ok_or_else(|| Error::odd("invoices.currency", &code))?;
        let kind = Kind::parse(&kind).ok_or_else(|| Error::odd("invoices.kind", &kind))?;
        let may = may && kind == Kind::Invoice && source == "portal";
        let lines: Vec<Line> = lines.filter(|_| may).map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
        Ok(DeskInvoice {
            number,
            kind,
            issued_on,
            gross: Money::new(gross, currency),
            corrects: corrects.unwrap_or_default(),
            lines: lines.into_iter().map(|l| creditable(l, currency)).collect::<Result<_>>()?,
            delivery: delivery.filter(|_| may).map(|amount| Money::new(amount, currency)),
        })
    };
    listed.into_iter().map(document).collect()
}
