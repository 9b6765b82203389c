//! Quotes. Customers ask, talk, accept; the seller's people draft, release and send. Buyers reach their own, their colleagues by
//! permission see the account's; a sales rep reaches assigned accounts: of the others there are no rows.
//!
//! Locks: the quote's own row first; then as in `orders::place`.

mod accept;
mod agree;
mod ask;
mod desk;
mod draft;
mod expire;
mod files;
mod read;
mod talk;

pub use accept::{AcceptForm, accept};
pub use agree::agree;
pub use ask::{Source, ask, ask_page};
pub use desk::{ask_release, begin, begin_page, desk, preview, queue, refuse, release, save, send, take_back};
pub use expire::expire;
pub use files::{attach, file};
pub use read::{Paper, compare, list, page, version};
pub use talk::{ask_changes, decline, talk, withdraw};

pub(crate) use accept::{give_back, price_of};

use chrono::NaiveDate;
use domain::ids::{AccountId, MemberId, QuoteId};
use domain::quotes::{Event, Side, Status};
use domain::{Actor, Cause, Currency, Permission, Problem};

use crate::error::exactly;
use crate::{Error, Result, Tx};

fn odd(e: &serde_json::Error) -> Error {
    Error::odd("quotes", &e.to_string())
}

/// A quote under its lock.
struct Case {
    account: AccountId,
    id: QuoteId,
    number: String,
    title: String,
    status: Status,
    version: i32,
    member: MemberId,
    currency: Currency,
    in_force: i32,
    valid_until: Option<NaiveDate>,
    owner_email: String,
}

impl Case {
    /// Where it stands today.
    fn now(&self, tx: &Tx) -> Status {
        self.status.on(tx.today(), self.valid_until)
    }

    /// Refuses what was decided over an older state of it.
    fn fresh(&self, version: i32) -> Result<()> {
        if self.version == version { Ok(()) } else { Err(Problem::Conflict(Cause::Stale).into()) }
    }
}

/// Whose quotes a person of the customer reaches with a permission: theirs, or (none) the account's.
fn reach(actor: &Actor, permission: Permission) -> Result<Option<MemberId>> {
    Ok(actor.only_own(permission)?)
}

/// Locks a quote that the asker reaches; `own`: of this member alone. Not found otherwise. One statement.
async fn lock(tx: &mut Tx, number: &str, own: Option<MemberId>) -> Result<Case> {
    let actor = tx.actor()?;
    let account = (!actor.is_staff()).then(|| actor.account().0);
    let q = sqlx::query!(
        "SELECT account_id, id, number, title, status, version, member_id, currency, in_force, valid_until, owner_email FROM quotes
         WHERE number = $1 AND ($2::uuid IS NULL OR account_id = $2) AND ($3::uuid IS NULL OR member_id = $3) FOR UPDATE",
        number,
        account,
        own.map(|m| m.0)
    )
    .fetch_one(tx.db())
    .await?;
    Ok(Case {
        account: q.account_id.into(),
        id: q.id.into(),
        number: q.number,
        title: q.title,
        status: status(&q.status)?,
        version: q.version,
        member: q.member_id.into(),
        currency: currency(&q.currency)?,
        in_force: q.in_force,
        valid_until: q.valid_until,
        owner_email: q.owner_email,
    })
}

fn status(code: &str) -> Result<Status> {
    Status::parse(code).ok_or_else(|| Error::odd("quotes.status", code))
}

fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code).ok_or_else(|| Error::odd("quotes.currency", code))
}

const fn side_code(side: Side) -> &'static str {
    match side {
        Side::Buyer => "buyer",
        Side::Seller => "seller",
        Side::Clock => "clock",
    }
}

/// Moves a locked quote on and writes into its thread what was done, with words. One statement.
async fn advance(
    tx: &mut Tx,
    case: &Case,
    event: Event,
    side: Side,
    by: &str,
    what: &str,
    words: &str,
) -> Result<Status> {
    let after = case.now(tx).after(event, side)?;
    let now = tx.now();
    let done = sqlx::query!(
        "WITH moved AS (UPDATE quotes SET status = $4, version = version + 1, since = $5, said = said + 1
                        WHERE account_id = $1 AND id = $2 AND version = $3 RETURNING said)
         INSERT INTO quote_thread (account_id, quote_id, seq, side, by_name, what, words, at)
         SELECT $1, $2, moved.said, $6, $7, $8, $9, $5 FROM moved",
        case.account.0,
        case.id.0,
        case.version,
        after.code(),
        now,
        side_code(side),
        by,
        what,
        words
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    Ok(after)
}

/// Words as a person typed them: trimmed, at most 4,000 characters.
fn words(text: &str) -> String {
    text.trim().chars().take(4000).collect()
}
