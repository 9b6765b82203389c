//! From order to invoice: what was sent and not invoiced yet, by the account's setting.

use chrono::NaiveDate;
use domain::ids::OrderId;
use domain::invoices::{ChargeFor, Kind, Mode, part};
use domain::{Currency, Money, Quantity};

use super::issue::{Issued, NewCharge, NewDocument, NewLine, issue, new_id};
use crate::{Error, Result, Tx};

/// Invoices what left with a shipment of a locked order of the account that the asking person works in; `whole`: nothing is left
/// to send. Whatever was sent before and not invoiced comes along, so that a change of the setting loses nothing. The order's
/// delivery charge is on its first invoice. None where the setting says: not now, or not here.
pub(crate) async fn of_shipment(
    tx: &mut Tx,
    order: OrderId,
    whole: bool,
    shipped_on: NaiveDate,
) -> Result<Option<Issued>> {
    let account = tx.actor()?.account();
    let rows = sqlx::query!(
        r#"SELECT a.invoicing, o.currency, o.delivery, l.line_no, l.sku, l.name, l.unit, l.unit_price, l.tax_rate,
                  l.quantity_shipped - COALESCE(i.quantity, 0) AS "due!", l.quantity - COALESCE(i.quantity, 0) AS "left!",
                  l.net - COALESCE(i.net, 0) AS "left_net!", max(l.tax_rate) OVER () AS "highest!",
                  EXISTS (SELECT 1 FROM invoices d JOIN invoice_charges c ON (c.account_id, c.invoice_id) = (d.account_id, d.id)
                          WHERE (d.account_id, d.order_id) = (o.account_id, o.id) AND d.kind = 'invoice' AND c.what = 'delivery') AS "delivered!"
           FROM orders o JOIN accounts a ON a.id = o.account_id JOIN order_lines l ON (l.account_id, l.order_id) = (o.account_id, o.id)
           LEFT JOIN (SELECT n.order_line, sum(n.quantity) AS quantity, sum(n.net) AS net
                      FROM invoices d JOIN invoice_lines n ON (n.account_id, n.invoice_id) = (d.account_id, d.id)
                      WHERE d.account_id = $1 AND d.order_id = $2 AND d.kind = 'invoice' GROUP BY 1) i ON i.order_line = l.line_no
           WHERE o.account_id = $1 AND o.id = $2 ORDER BY l.line_no"#,
        account.0,
        order.0
    )
    .fetch_all(tx.db())
    .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mode = Mode::parse(&first.invoicing).ok_or_else(|| Error::odd("accounts.invoicing", &first.invoicing))?;
    if !mode.invoices(whole) {
        return Ok(None);
    }
    let currency = Currency::parse(&first.currency).ok_or_else(|| Error::odd("orders.currency", &first.currency))?;
    let delivery = NewCharge {
        what: ChargeFor::Delivery,
        net: Money::new(first.delivery, currency),
        tax_rate: first.highest,
        category: None,
    };
    let charges = if first.delivered || first.delivery.is_zero() { Vec::new() } else { vec![delivery] };
    let lines = rows
        .into_iter()
        .filter_map(|r| Some((Quantity::new(r.due)?, r)))
        .map(|(quantity, r)| {
            let unit_price = Money::new(r.unit_price, currency);
            Ok(NewLine {
                quantity,
                unit_price,
                net: part(unit_price, quantity, r.left, Money::new(r.left_net, currency))?,
                sku: r.sku,
                name: r.name,
                unit: r.unit,
                tax_rate: r.tax_rate,
                category: None,
                order_line: Some(r.line_no),
                corrects_line: None,
                price_only: false,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    if lines.is_empty() {
        return Ok(None);
    }
    let document = NewDocument {
        id: new_id(),
        kind: Kind::Invoice,
        currency,
        order: Some(order),
        corrects: None,
        reason: "",
        issued_on: tx.today(),
        delivered_on: Some(shipped_on),
        lines,
        charges,
    };
    issue(tx, account, &document).await.map(Some)
}
