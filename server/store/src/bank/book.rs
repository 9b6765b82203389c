//! What somebody says an entry is.

use domain::bank::{Customer, Entry, Reading, Settles, Verdict, reason};
use domain::ids::BankLineId;
use domain::{Cause, Permission, Problem};
use serde_json::json;

use super::Row;
use super::books::books;
use super::settle::{Chosen, settle};
use crate::error::exactly;
use crate::{Result, Tx, audit};

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The reading that was offered, by its key.
    Reading(String),
    /// Cash on account of the customer with this number.
    Customer(String),
}

/// Books an entry as somebody says. A conflict when it is done with, or the books have moved on and the reading does not hold.
pub async fn book(tx: &mut Tx, line: BankLineId, choice: &Choice) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::BankBook)?;
    let entry = open(tx, line).await?;
    let reading = match choice {
        Choice::Reading(key) => {
            let offered = match books(tx, [&entry].into_iter()).await?.read(&entry)? {
                Verdict::Certain(reading) => vec![reading],
                Verdict::Offered(readings) => readings,
                Verdict::Unknown => Vec::new(),
            };
            offered.into_iter().find(|r| r.key() == *key).ok_or(Problem::Conflict(Cause::Stale))?
        }
        Choice::Customer(number) => on_account(tx, number).await?,
    };
    let chosen = Chosen { line, entry, reading, by: actor.name().to_owned() };
    match settle(tx, vec![chosen]).await? {
        0 => Err(Problem::Conflict(Cause::Stale).into()),
        _ => Ok(()),
    }
}

/// Sets an entry aside that is no customer's payment.
pub async fn set_aside(tx: &mut Tx, line: BankLineId, why: &str) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::BankBook)?;
    let why = reason(why)?;
    let entry = open(tx, line).await?;
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE bank_lines SET state = 'aside', why = $2, by_name = $3, done_at = $4 WHERE id = $1",
        line.0,
        why,
        actor.name(),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let detail = json!({ "amount": entry.amount, "on": entry.on, "payer": entry.payer, "why": why });
    audit::record(tx, "bank.entry_set_aside", &entry.bank_id, detail).await
}

/// Locks an entry that nobody has dealt with.
async fn open(tx: &mut Tx, line: BankLineId) -> Result<Entry> {
    let row = sqlx::query!(
        "SELECT id, bank_id, booked_on, amount, currency, payer, text, reference, end_to_end, state FROM bank_lines WHERE id = $1 FOR UPDATE",
        line.0
    )
    .fetch_one(tx.db())
    .await?;
    if row.state != "open" {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    Row {
        id: row.id,
        bank_id: row.bank_id,
        booked_on: row.booked_on,
        amount: row.amount,
        currency: row.currency,
        payer: row.payer,
        text: row.text,
        reference: row.reference,
        end_to_end: row.end_to_end,
    }
    .entry()
}

async fn on_account(tx: &mut Tx, number: &str) -> Result<Reading> {
    let found = sqlx::query!(
        "SELECT id, number, name FROM accounts WHERE number = $1 AND id <> $2",
        number.trim(),
        uuid::Uuid::nil()
    )
    .fetch_optional(tx.db())
    .await?;
    let found = found.ok_or_else(|| Problem::invalid("customer", "There is no customer with this number."))?;
    let customer = Customer { id: found.id.into(), number: found.number, name: found.name };
    Ok(Reading { customer, settles: Settles::OnAccount, why: Vec::new() })
}
