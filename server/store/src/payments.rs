//! Payments and what they settle. Finance users settle what is due; money arrives by a provider's word, by a bank statement or by
//! import. In this file: how payments and allocations are written, by all of them.

mod arrive;
mod list;
mod reverse;
mod settle;

use chrono::NaiveDate;
use domain::Money;
use domain::invoices::Kind;
use domain::ledger::{Booking, Source};
use rust_decimal::Decimal;
use uuid::Uuid;

pub use arrive::{Card, Told, arrived, asked, begun, card, expire, refused};
pub(crate) use arrive::{awaited, by_bank};
pub use list::{find, list};
pub use reverse::reverse;
pub use settle::{Settle, settle, settling, withdraw};

use crate::error::exactly;
use crate::ledger::{Booked, book};
use crate::{Result, Tx};

/// Money that came in or went back, to be written.
pub(crate) struct Received {
    pub account: Uuid,
    pub id: Uuid,
    pub number: String,
    /// It went back.
    pub refund: bool,
    pub on: NaiveDate,
    pub amount: Money,
    /// The method's code; empty: not known.
    pub method: &'static str,
}

/// Writes payments with their entries. Two statements, whatever their number.
pub(crate) async fn receive(tx: &mut Tx, payments: &[Received]) -> Result<()> {
    let done = sqlx::query!(
        "INSERT INTO payments (account_id, id, number, kind, received_on, amount, currency, method)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::numeric[], $7::text[], $8::text[])",
        &payments.iter().map(|p| p.account).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.id).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.number.clone()).collect::<Vec<_>>(),
        &payments.iter().map(|p| if p.refund { "refund" } else { "payment" }.to_owned()).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.on).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.amount.amount()).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.amount.currency().code().to_owned()).collect::<Vec<_>>(),
        &payments.iter().map(|p| p.method.to_owned()).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    exactly(payments.len() as u64, &done)?;
    let booked: Vec<Booked> = payments
        .iter()
        .map(|p| {
            let booking = if p.refund {
                Booking::Refunded { refund: p.id, amount: p.amount }
            } else {
                Booking::Received { payment: p.id, amount: p.amount }
            };
            Booked { account: p.account, source: p.id, on: p.on, booking }
        })
        .collect();
    book(tx, &booked).await
}

/// What settles (part of) a document, to be written.
pub(crate) struct Allocation {
    pub account: Uuid,
    pub with: Source<Uuid>,
    pub document: Uuid,
    /// The document's kind.
    pub kind: Kind,
    pub amount: Money,
    pub on: NaiveDate,
    /// Who settled; empty: the seller's books.
    pub by: String,
    /// The earlier allocation that this one undoes.
    pub reverses: Option<Uuid>,
}

impl Allocation {
    /// As it changes what is settled and used.
    fn change(&self) -> Decimal {
        if self.reverses.is_some() { -self.amount.amount() } else { self.amount.amount() }
    }

    fn payment(&self) -> Option<Uuid> {
        if let Source::Money(id) = self.with { Some(id) } else { None }
    }

    fn credit_note(&self) -> Option<Uuid> {
        if let Source::Credit(id) = self.with { Some(id) } else { None }
    }
}

/// Writes allocations with their entries, and brings the sums at their documents and payments up to date. Whoever calls has locked
/// these rows: documents first, then payments, each by account and id. Four statements, whatever their number.
pub(crate) async fn allocate(tx: &mut Tx, allocations: &[Allocation]) -> Result<()> {
    if allocations.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = allocations.iter().map(|_| crate::new_id()).collect();
    let done = sqlx::query!(
        "INSERT INTO allocations (account_id, id, payment_id, credit_note_id, discount_tax, invoice_id, amount, at, by_name, reverses)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::numeric[], $6::uuid[], $7::numeric[], $8::date[], $9::text[], $10::uuid[])",
        &allocations.iter().map(|a| a.account).collect::<Vec<_>>(),
        &ids,
        &allocations.iter().map(Allocation::payment).collect::<Vec<_>>() as &[Option<Uuid>],
        &allocations.iter().map(Allocation::credit_note).collect::<Vec<_>>() as &[Option<Uuid>],
        &allocations
            .iter()
            .map(|a| if let Source::Discount { tax } = a.with { Some(tax.amount()) } else { None })
            .collect::<Vec<_>>() as &[Option<Decimal>],
        &allocations.iter().map(|a| a.document).collect::<Vec<_>>(),
        &allocations.iter().map(|a| a.amount.amount()).collect::<Vec<_>>(),
        &allocations.iter().map(|a| a.on).collect::<Vec<_>>(),
        &allocations.iter().map(|a| a.by.clone()).collect::<Vec<_>>(),
        &allocations.iter().map(|a| a.reverses).collect::<Vec<_>>() as &[Option<Uuid>]
    )
    .execute(tx.db())
    .await?;
    exactly(allocations.len() as u64, &done)?;
    let booked: Vec<Booked> = allocations
        .iter()
        .zip(&ids)
        .map(|(a, id)| Booked {
            account: a.account,
            source: *id,
            on: a.on,
            booking: Booking::Allocated {
                with: a.with,
                to: a.document,
                kind: a.kind,
                amount: a.amount,
                reversed: a.reverses.is_some(),
            },
        })
        .collect();
    book(tx, &booked).await?;
    let settled: Vec<(Uuid, Uuid, Decimal)> = allocations
        .iter()
        .flat_map(|a| {
            let credit = a.credit_note().map(|id| (a.account, id, a.change()));
            [Some((a.account, a.document, a.change())), credit].into_iter().flatten()
        })
        .collect();
    sqlx::query!(
        "UPDATE invoices i SET settled = i.settled + t.amount
         FROM (SELECT account_id, id, sum(amount) AS amount FROM unnest($1::uuid[], $2::uuid[], $3::numeric[]) AS t(account_id, id, amount) GROUP BY 1, 2) t
         WHERE (i.account_id, i.id) = (t.account_id, t.id)",
        &settled.iter().map(|s| s.0).collect::<Vec<_>>(),
        &settled.iter().map(|s| s.1).collect::<Vec<_>>(),
        &settled.iter().map(|s| s.2).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    let used: Vec<(Uuid, Uuid, Decimal)> =
        allocations.iter().filter_map(|a| a.payment().map(|id| (a.account, id, a.change()))).collect();
    if used.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE payments p SET used = p.used + t.amount
         FROM (SELECT account_id, id, sum(amount) AS amount FROM unnest($1::uuid[], $2::uuid[], $3::numeric[]) AS t(account_id, id, amount) GROUP BY 1, 2) t
         WHERE (p.account_id, p.id) = (t.account_id, t.id)",
        &used.iter().map(|s| s.0).collect::<Vec<_>>(),
        &used.iter().map(|s| s.1).collect::<Vec<_>>(),
        &used.iter().map(|s| s.2).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    Ok(())
}
