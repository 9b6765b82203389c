//! Invoice against order, contract and delivery.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::disputes::{Billed, Checked, Mismatch, Ordered};
use domain::invoices::{InvoiceLine, InvoicePage, Kind};
use domain::pricing::{self, Question};
use domain::{Money, Permission, Quantity};
use rust_decimal::Decimal;

use super::Row;
use crate::catalog::{Facts, Pricing, facts_by_skus};
use crate::{Error, Result, Tx};

/// Lines of the order as JSON has them: position, article, price, ordered, delivered.
type OrderLine = (i32, String, Decimal, Decimal, Decimal);
/// What all documents of the order say of an article: position in the order, article, invoiced less credited.
type Invoiced = (Option<i32>, String, Decimal);

/// By what a line of an invoice finds its order's line: the position where it is known, else the article (former systems).
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Line(i32),
    Sku(&'a str),
}

fn key(line: &InvoiceLine) -> Key<'_> {
    line.order_line.map_or(Key::Sku(&line.sku), Key::Line)
}

/// Checks every line of an invoice and gives what is disputed of it. Two statements however many lines; one for a credit note.
pub async fn check(tx: &mut Tx, page: &InvoicePage) -> Result<Checked> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let invoice = page.row.kind == Kind::Invoice;
    let r = sqlx::query!(
        r#"SELECT o.placed_at AS "placed_at?", o.source AS "source?", o.quote_id IS NOT NULL AS "quoted!",
                  (SELECT jsonb_agg(jsonb_build_array(l.line_no, l.sku, l.unit_price::text, l.quantity::text, l.quantity_shipped::text))
                   FROM order_lines l WHERE (l.account_id, l.order_id) = (o.account_id, o.id)) AS ordered,
                  (SELECT jsonb_agg(jsonb_build_array(b.order_line, b.sku, b.quantity::text))
                   FROM (SELECT n.order_line, n.sku, sum(CASE WHEN d.kind = 'invoice' THEN n.quantity WHEN n.price_only THEN 0 ELSE -n.quantity END) AS quantity
                         FROM invoices d JOIN invoice_lines n ON (n.account_id, n.invoice_id) = (d.account_id, d.id)
                         WHERE (d.account_id, d.order_id) = (o.account_id, o.id) GROUP BY 1, 2) b) AS invoiced,
                  (SELECT jsonb_object_agg(b.corrects_line, b.less::text)
                   FROM (SELECT n.corrects_line, sum(n.unit_price) AS less
                         FROM invoices d JOIN invoice_lines n ON (n.account_id, n.invoice_id) = (d.account_id, d.id)
                         WHERE (d.account_id, d.corrects) = (i.account_id, i.id) AND n.price_only GROUP BY 1) b) AS lowered,
                  (SELECT jsonb_agg(jsonb_build_object('id', d.id, 'line_no', d.line_no, 'sku', l.sku, 'name', l.name, 'reason', d.reason,
                              'quantity', d.quantity::text, 'words', d.words, 'status', d.status, 'by_name', d.by_name, 'at', d.at, 'answer', d.answer,
                              'ended_by', d.ended_by, 'credit_note', (SELECT c.number FROM invoices c WHERE (c.account_id, c.id) = (d.account_id, d.credit_note_id)),
                              'evidence', (SELECT jsonb_agg(jsonb_build_array(f.id, f.name, f.size) ORDER BY f.at, f.id) FROM dispute_files f
                                           WHERE (f.account_id, f.dispute_id) = (d.account_id, d.id))) ORDER BY d.id DESC)
                   FROM disputes d JOIN invoice_lines l ON (l.account_id, l.invoice_id, l.line_no) = (d.account_id, d.invoice_id, d.line_no)
                   WHERE (d.account_id, d.invoice_id) = (i.account_id, i.id)) AS disputes
           FROM invoices i LEFT JOIN orders o ON (o.account_id, o.id) = (i.account_id, i.order_id)
           WHERE i.account_id = $1 AND i.number = $2"#,
        actor.account().0,
        page.row.number
    )
    .fetch_one(tx.db())
    .await?;
    let odd = |e: serde_json::Error| Error::odd("three-way check", &e.to_string());
    let disputes: Vec<Row> = r.disputes.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    let disputes = disputes.into_iter().map(|d| d.view(tx)).collect::<Result<_>>()?;
    let lines = match r.placed_at.filter(|_| invoice) {
        None => Vec::new(),
        Some(placed_at) => {
            let ordered: Vec<OrderLine> = r.ordered.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
            let invoiced: Vec<Invoiced> = r.invoiced.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
            let known = r.source.as_deref() != Some("import");
            let agreed = if r.quoted { HashMap::new() } else { agreed(tx, page, placed_at, &ordered).await? };
            // What a price was lowered by, as credit notes of the price say.
            let lowered: HashMap<i32, Decimal> =
                r.lowered.map_or(Ok(HashMap::new()), serde_json::from_value).map_err(odd)?;
            compare(page, known, &ordered, &invoiced, &agreed, &lowered)
        }
    };
    Ok(Checked { lines, disputes, may_dispute: invoice && actor.may(Permission::InvoiceDispute) })
}

fn compare(
    page: &InvoicePage,
    deliveries_known: bool,
    ordered: &[OrderLine],
    invoiced: &[Invoiced],
    agreed: &HashMap<String, (String, Money)>,
    lowered: &HashMap<i32, Decimal>,
) -> Vec<(i32, Vec<Mismatch>)> {
    let currency = page.row.gross.currency();
    let mut sums: HashMap<Key<'_>, Decimal> = HashMap::new();
    for (line, sku, quantity) in invoiced {
        *sums.entry(line.map_or(Key::Sku(sku), Key::Line)).or_default() += quantity;
    }
    // What stands twice in an order is compared with the sum, and with the higher price.
    let mut found: HashMap<Key<'_>, (Decimal, Decimal, Decimal)> = HashMap::new();
    for (line, sku, price, quantity, shipped) in ordered {
        for key in [Key::Line(*line), Key::Sku(sku)] {
            let sum = found.entry(key).or_default();
            *sum = (sum.0.max(*price), sum.1 + quantity, sum.2 + shipped);
        }
    }
    let check = |line: &InvoiceLine| {
        let ordered = found.get(&key(line)).map(|(price, quantity, shipped)| Ordered {
            unit_price: Money::new(*price, currency),
            quantity: *quantity,
            delivered: deliveries_known.then_some(*shipped),
            invoiced: sums.get(&key(line)).copied().unwrap_or_default(),
            agreed: agreed.get(&line.sku).cloned(),
        });
        let less = lowered.get(&line.line_no).copied().unwrap_or_default();
        let billed = Billed { unit_price: Money::new(line.unit_price.amount() - less, currency) };
        (line.line_no, domain::disputes::check(billed, ordered.as_ref()))
    };
    page.lines.iter().map(check).collect()
}

/// What contracts said on the day of the order of each article, at the quantity that was ordered. One statement.
async fn agreed(
    tx: &mut Tx,
    page: &InvoicePage,
    placed_at: DateTime<Utc>,
    ordered: &[OrderLine],
) -> Result<HashMap<String, (String, Money)>> {
    let actor = tx.actor()?;
    let skus: Vec<String> = page.lines.iter().map(|l| l.sku.clone()).collect();
    let facts: HashMap<String, Facts> =
        facts_by_skus(tx, &skus).await?.into_iter().map(|f| (f.sku.clone(), f)).collect();
    let on = tx.local(placed_at).date();
    let Pricing { strategy, .. } = Pricing::of(&actor, on);
    let mut agreed = HashMap::new();
    for line in &page.lines {
        let Some(facts) = facts.get(&line.sku).filter(|f| f.units.own == line.unit) else { continue };
        let sum: Decimal = ordered.iter().filter(|o| o.1 == line.sku).map(|o| o.3).sum();
        let Some(quantity) = Quantity::new(sum) else { continue };
        let currency = page.row.gross.currency();
        let question = Question { quantity, unit: &line.unit, currency, on, strategy };
        // List prices change without a date; what a contract says is what somebody can point at.
        if let Some(price) = pricing::resolve(facts.candidates(), &question).filter(|p| !p.is_list_price) {
            agreed.insert(line.sku.clone(), (price.source(), price.unit_price));
        }
    }
    Ok(agreed)
}
