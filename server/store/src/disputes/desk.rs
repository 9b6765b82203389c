//! Disputes for those who answer them.

use domain::disputes::{DeskDispute, DisputesPage, SHOWN};
use domain::{Currency, Money, Permission};
use rust_decimal::Decimal;
use sqlx::types::Json;

use super::{Row, quantity};
use crate::{Error, Result, Tx};

/// A dispute with what its invoice says.
struct Found {
    dispute: Json<Row>,
    account: String,
    customer: String,
    invoice: String,
    issued_on: chrono::NaiveDate,
    order_number: String,
    currency: String,
    invoiced: Decimal,
    unit_price: Decimal,
    left: Option<Decimal>,
    waiting: i64,
}

/// What is open, the oldest first, and the last that ended. Two statements.
pub async fn list(tx: &mut Tx) -> Result<DisputesPage> {
    tx.actor()?.require(Permission::InvoiceIssue)?;
    let open = found(tx, true).await?;
    let waiting = open.first().map_or(0, |f| f.waiting);
    let ended = found(tx, false).await?;
    let view = |rows: Vec<Found>, tx: &Tx| rows.into_iter().map(|f| f.view(tx)).collect::<Result<Vec<_>>>();
    Ok(DisputesPage { open: view(open, tx)?, waiting, ended: view(ended, tx)? })
}

async fn found(tx: &mut Tx, open: bool) -> Result<Vec<Found>> {
    Ok(sqlx::query_as!(
        Found,
        r#"WITH shown AS (SELECT d.* FROM disputes d WHERE (d.status = 'open') = $1
                          ORDER BY CASE WHEN $1 THEN d.at END, d.ended_at DESC, d.id LIMIT $2)
           SELECT jsonb_build_object('id', d.id, 'line_no', d.line_no, 'sku', l.sku, 'name', l.name, 'reason', d.reason,
                      'quantity', d.quantity::text, 'words', d.words, 'status', d.status, 'by_name', d.by_name, 'at', d.at, 'answer', d.answer,
                      'ended_by', d.ended_by, 'credit_note', (SELECT c.number FROM invoices c WHERE (c.account_id, c.id) = (d.account_id, d.credit_note_id)),
                      'evidence', (SELECT jsonb_agg(jsonb_build_array(f.id, f.name, f.size) ORDER BY f.at, f.id) FROM dispute_files f
                                   WHERE (f.account_id, f.dispute_id) = (d.account_id, d.id))) AS "dispute!: Json<Row>",
                  a.number AS account, a.name AS customer, i.number AS invoice, i.issued_on, i.order_number, i.currency,
                  l.quantity AS invoiced, l.unit_price,
                  CASE WHEN i.source = 'portal' THEN l.quantity - COALESCE((SELECT sum(n.quantity) FILTER (WHERE NOT n.price_only)
                       FROM invoices c JOIN invoice_lines n ON (n.account_id, n.invoice_id) = (c.account_id, c.id)
                       WHERE (c.account_id, c.corrects) = (i.account_id, i.id) AND n.corrects_line = l.line_no), 0) END AS left,
                  (SELECT count(*) FROM disputes w WHERE w.status = 'open') AS "waiting!"
           FROM shown d JOIN invoices i ON (i.account_id, i.id) = (d.account_id, d.invoice_id)
           JOIN invoice_lines l ON (l.account_id, l.invoice_id, l.line_no) = (d.account_id, d.invoice_id, d.line_no)
           JOIN accounts a ON a.id = d.account_id
           ORDER BY CASE WHEN $1 THEN d.at END, d.ended_at DESC, d.id"#,
        open,
        SHOWN
    )
    .fetch_all(tx.db())
    .await?)
}

impl Found {
    fn view(self, tx: &Tx) -> Result<DeskDispute> {
        let currency =
            Currency::parse(&self.currency).ok_or_else(|| Error::odd("invoices.currency", &self.currency))?;
        Ok(DeskDispute {
            of: self.dispute.0.view(tx)?,
            account: self.account,
            customer: self.customer,
            invoice: self.invoice,
            issued_on: self.issued_on,
            order: self.order_number,
            invoiced: quantity(self.invoiced)?,
            unit_price: Money::new(self.unit_price, currency),
            left: self.left,
            credit: crate::new_id(),
        })
    }
}
