//! Payments and refunds, and what they settle.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::Money;
use domain::invoices::Kind;
use domain::ledger::Source;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Outcome, column, named_accounts, unknown_account};
use crate::payments::{Allocation, Received, allocate, receive};
use crate::{Error, Result, Tx};

/// A row of payments.csv.
#[derive(Clone, Debug)]
pub struct Payment {
    /// The account's number.
    pub account: String,
    /// Its own number, unique in the account.
    pub number: String,
    /// Money that went back: settles a credit note, not an invoice.
    pub refund: bool,
    /// The day it came in.
    pub received_on: NaiveDate,
    /// Positive.
    pub amount: Money,
    /// The number of the document it settles; empty: none in particular.
    pub document: String,
}

const NO_DOCUMENT: &str = "payments name a document that is not there, and are kept as cash on account";
const TOO_MUCH: &str = "payments exceed what their document had open; the rest is kept as cash on account";

/// What is stored of a payment: its id, contents, and what of it is not allocated.
struct Stored {
    id: Uuid,
    same: bool,
    left: Decimal,
}

/// A document as the batch goes on: what is `left` to settle shrinks with each payment.
struct Open {
    id: Uuid,
    kind: Kind,
    currency: String,
    left: Decimal,
}

/// Writes payments that are not there yet, and allocates each to its document as far as that is open. Money is never
/// refused for want of a document: what remains is cash on account, and is allocated by a later import once the document
/// is there.
pub async fn payments(tx: &mut Tx, rows: &[Payment]) -> Result<Outcome> {
    let accounts = named_accounts(tx, &column(rows, |r| r.account.clone())).await?;
    let of = column(rows, |r| accounts.get(&r.account).map_or(Uuid::nil(), |a| a.id));
    let stored = stored(tx, &of, rows).await?;
    let mut documents = documents(tx, &of, rows).await?;
    let mut outcome = Outcome::default();
    let mut fresh: Vec<Received> = Vec::new();
    let mut allocated: Vec<Allocation> = Vec::new();
    for (i, (row, account)) in rows.iter().zip(&of).enumerate() {
        if account.is_nil() {
            outcome.refused.push((i, unknown_account(&row.account)));
            continue;
        }
        let earlier = stored.get(&(*account, row.number.as_str()));
        if earlier.is_some_and(|s| !s.same) {
            outcome.refused.push((i, "already imported with other contents".to_owned()));
            continue;
        }
        let document = documents.get_mut(&(*account, row.document.clone()));
        if let Some(problem) = document.as_deref().and_then(|d| mismatch(row, d)) {
            outcome.refused.push((i, problem));
            continue;
        }
        let id = earlier.map_or_else(crate::new_id, |s| s.id);
        let left = earlier.map_or(row.amount.amount(), |s| s.left);
        let part = document.as_deref().map_or(Decimal::ZERO, |d| left.min(d.left));
        let note = match document {
            _ if earlier.is_some() => None,
            None => (!row.document.is_empty()).then_some(NO_DOCUMENT),
            Some(_) => (part < left).then_some(TOO_MUCH),
        };
        if let Some(note) = note {
            *outcome.notes.entry(note).or_default() += 1;
        }
        if let Some(document) = documents.get_mut(&(*account, row.document.clone())).filter(|_| part > Decimal::ZERO) {
            document.left -= part;
            allocated.push(Allocation {
                account: *account,
                with: Source::Money(id),
                document: document.id,
                kind: document.kind,
                amount: Money::new(part, row.amount.currency()),
                on: row.received_on,
                by: String::new(),
                reverses: None,
            });
        }
        if earlier.is_none() {
            fresh.push(Received {
                account: *account,
                id,
                number: row.number.clone(),
                refund: row.refund,
                on: row.received_on,
                amount: row.amount,
                method: "",
            });
        }
        outcome.changed += u64::from(earlier.is_none() || !part.is_zero());
    }
    receive(tx, &fresh).await?;
    allocate(tx, &allocated).await?;
    Ok(outcome)
}

/// Why this payment cannot settle that document.
fn mismatch(payment: &Payment, document: &Open) -> Option<String> {
    let wanted = if payment.refund { Kind::CreditNote } else { Kind::Invoice };
    let code = payment.amount.currency().code();
    if document.currency != code {
        Some(format!("currency differs from the document's: {code} for {}", document.currency))
    } else if document.kind != wanted {
        let (kind, settles) = if payment.refund { ("refund", "credit note") } else { ("payment", "invoice") };
        Some(format!(
            "a {kind} settles a{} {settles}: {} is none",
            if payment.refund { "" } else { "n" },
            payment.document
        ))
    } else {
        None
    }
}

async fn stored<'a>(tx: &mut Tx, of: &[Uuid], rows: &'a [Payment]) -> Result<HashMap<(Uuid, &'a str), Stored>> {
    let found = sqlx::query!(
        r#"SELECT p.account_id, p.number, p.id, p.kind, p.received_on, p.amount, p.currency,
                  p.amount - p.used AS "left!"
           FROM unnest($1::uuid[], $2::text[]) AS t(account_id, number) JOIN payments p ON p.account_id = t.account_id AND p.number = t.number"#,
        of,
        &column(rows, |r| r.number.clone())
    )
    .fetch_all(tx.db())
    .await?;
    let by_number: HashMap<_, _> = found.iter().map(|r| ((r.account_id, r.number.as_str()), r)).collect();
    Ok(rows
        .iter()
        .zip(of)
        .filter_map(|(row, account)| {
            let s = by_number.get(&(*account, row.number.as_str()))?;
            let same = (s.kind == "refund") == row.refund
                && s.received_on == row.received_on
                && s.amount == row.amount.amount()
                && s.currency == row.amount.currency().code();
            Some(((*account, row.number.as_str()), Stored { id: s.id, same, left: s.left }))
        })
        .collect())
}

/// The documents that these payments name, locked.
async fn documents(tx: &mut Tx, of: &[Uuid], rows: &[Payment]) -> Result<HashMap<(Uuid, String), Open>> {
    let found = sqlx::query!(
        r#"SELECT i.account_id, i.number, i.id, i.kind, i.currency, i.gross - i.settled AS "left!"
           FROM invoices i
           WHERE (i.account_id, i.number) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
           ORDER BY i.account_id, i.id FOR UPDATE OF i"#,
        of,
        &column(rows, |r| r.document.clone())
    )
    .fetch_all(tx.db())
    .await?;
    found
        .into_iter()
        .map(|r| {
            let kind = Kind::parse(&r.kind).ok_or_else(|| Error::odd("invoices.kind", &r.kind))?;
            Ok(((r.account_id, r.number), Open { id: r.id, kind, currency: r.currency, left: r.left }))
        })
        .collect()
}
