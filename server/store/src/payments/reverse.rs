//! Undoing what credits have settled: the credit is there again, the invoice open. Nothing is edited: the mirror is written beside it.

use domain::invoices::Kind;
use domain::ledger::Source;
use domain::{Cause, Currency, Money, Permission, Problem};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{Allocation, allocate};
use crate::{Error, Result, Tx, audit};

struct Row {
    id: Uuid,
    payment_id: Option<Uuid>,
    credit_note_id: Option<Uuid>,
    discount_tax: Option<Decimal>,
    amount: Decimal,
    by_name: String,
    undone: bool,
}

/// Undoes an allocation of this invoice that somebody of the account made. A discount that the invoice had for being settled in whole
/// goes with it. Not found for one of the seller's books; a conflict when it is undone already.
pub async fn reverse(tx: &mut Tx, number: &str, allocation: Uuid) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoicePay)?;
    let (account, on, by) = (actor.account().0, tx.today(), actor.name().to_owned());
    // The invoice and every credit note, then the payment: the order of `allocate`.
    let locked = sqlx::query!(
        "SELECT i.id, i.number, i.currency FROM invoices i
         WHERE i.account_id = $1 AND (i.number = $2 OR i.id = (SELECT a.credit_note_id FROM allocations a WHERE a.account_id = $1 AND a.id = $3))
         ORDER BY i.id FOR UPDATE",
        account,
        number,
        allocation
    )
    .fetch_all(tx.db())
    .await?;
    let invoice = locked.into_iter().find(|i| i.number == number).ok_or(Problem::NotFound)?;
    let currency =
        Currency::parse(&invoice.currency).ok_or_else(|| Error::odd("invoices.currency", &invoice.currency))?;
    sqlx::query!(
        "SELECT p.id FROM payments p WHERE p.account_id = $1 AND p.id = (SELECT a.payment_id FROM allocations a WHERE a.account_id = $1 AND a.id = $2) FOR UPDATE",
        account,
        allocation
    )
    .fetch_all(tx.db())
    .await?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT a.id, a.payment_id, a.credit_note_id, a.discount_tax, a.amount, a.by_name,
                  EXISTS (SELECT 1 FROM allocations r WHERE (r.account_id, r.reverses) = (a.account_id, a.id)) AS "undone!"
           FROM allocations a
           WHERE a.account_id = $1 AND a.invoice_id = $2 AND a.reverses IS NULL AND (a.id = $3 OR a.discount_tax IS NOT NULL) ORDER BY a.id = $3 DESC, a.id"#,
        account,
        invoice.id,
        allocation
    )
    .fetch_all(tx.db())
    .await?;
    let wanted = rows.first().filter(|r| r.id == allocation && !r.by_name.is_empty() && r.discount_tax.is_none());
    if wanted.ok_or(Problem::NotFound)?.undone {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let mirrors = rows
        .iter()
        .filter(|r| !r.undone)
        .map(|r| {
            let with = match (r.payment_id, r.credit_note_id, r.discount_tax) {
                (Some(payment), _, _) => Source::Money(payment),
                (_, Some(note), _) => Source::Credit(note),
                (_, _, Some(tax)) => Source::Discount { tax: Money::new(tax, currency) },
                _ => return Err(Error::odd("allocations", &r.id.to_string())),
            };
            Ok(Allocation {
                account,
                with,
                document: invoice.id,
                kind: Kind::Invoice,
                amount: Money::new(r.amount, currency),
                on,
                by: by.clone(),
                reverses: Some(r.id),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    allocate(tx, &mirrors).await?;
    let detail = json!({ "amounts": mirrors.iter().map(|m| m.amount).collect::<Vec<_>>() });
    audit::record(tx, "settlement.undone", number, detail).await
}
