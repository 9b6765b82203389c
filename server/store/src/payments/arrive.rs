//! What is heard of payments under way: the money is there, the provider refuses, nothing came in time. By the seller's own jobs,
//! for a provider's signed word or a bank's statement.

use chrono::{DateTime, NaiveDate, Utc};
use domain::invoices::Kind;
use domain::ledger::{Source, discount_tax};
use domain::notices;
use domain::payments::{Heard, IntentStatus, Method};
use domain::{Currency, Money, text};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::settle::release;
use super::{Allocation, Received, allocate, receive};
use crate::error::exactly;
use crate::notices::{Note, tell};
use crate::{Error, Result, Store, Tx, audit};

/// A card payment, as its provider must know it.
#[derive(Clone, Debug)]
pub struct Card {
    /// The account.
    pub account: Uuid,
    /// The payment; also what makes asking the provider twice the same as once.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// How much.
    pub amount: Money,
    /// The provider's page, once it was asked.
    pub checkout: String,
    /// Until when its invoices are kept for it: its page takes no card later.
    pub until: DateTime<Utc>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was acted on.
    Now,
    /// It was known, or changes nothing.
    Before,
    /// It is of no payment of ours.
    Nobody,
}

/// A card payment as it is stored.
struct CardRow {
    account_id: Uuid,
    id: Uuid,
    number: String,
    amount: Decimal,
    currency: String,
    checkout: String,
    expires_at: DateTime<Utc>,
}

impl CardRow {
    fn view(self) -> Result<Card> {
        Ok(Card {
            account: self.account_id,
            id: self.id,
            number: self.number,
            amount: Money::new(self.amount, currency(&self.currency)?),
            checkout: self.checkout,
            until: self.expires_at,
        })
    }
}

/// The member's own card payment that waits, for sending them to the provider.
pub async fn card(tx: &mut Tx, number: &str) -> Result<Card> {
    let actor = tx.actor()?;
    actor.require(domain::Permission::InvoicePay)?;
    sqlx::query_as!(
        CardRow,
        "SELECT account_id, id, number, amount, currency, checkout, expires_at FROM payment_intents
         WHERE account_id = $1 AND number = $2 AND method = 'card' AND status = 'waiting'",
        actor.account().0,
        number
    )
    .fetch_one(tx.db())
    .await?
    .view()
}

/// A provider's payment, for the provider's own page in the demo.
pub async fn asked(store: &Store, provider: &str, reference: &str, now: DateTime<Utc>) -> Result<Card> {
    let mut tx = store.job(now).await?;
    sqlx::query_as!(
        CardRow,
        "SELECT account_id, id, number, amount, currency, checkout, expires_at FROM payment_intents WHERE provider = $1 AND provider_ref = $2",
        provider,
        reference
    )
    .fetch_one(tx.db())
    .await?
    .view()
}

/// The provider knows the payment, as `reference`, and takes it at `checkout`. The first word counts; false: it waits no more.
pub async fn begun(
    store: &Store,
    card: &Card,
    provider: &str,
    reference: &str,
    checkout: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut tx = store.job(now).await?;
    let done = sqlx::query!(
        "UPDATE payment_intents SET provider = $3, provider_ref = $4, checkout = $5
         WHERE account_id = $1 AND id = $2 AND status = 'waiting' AND provider_ref IN ('', $4)",
        card.account,
        card.id,
        provider,
        reference,
        checkout
    )
    .execute(tx.db())
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected() == 1)
}

/// A payment under way, locked.
pub(crate) struct Intent {
    pub account_id: Uuid,
    pub id: Uuid,
    pub number: String,
    member_id: Uuid,
    method: String,
    status: String,
    amount: Decimal,
    currency: String,
}

impl Intent {
    fn status(&self) -> Result<IntentStatus> {
        IntentStatus::parse(&self.status).ok_or_else(|| Error::odd("payment_intents.status", &self.status))
    }
}

/// A provider says that the money of its payment `reference` is there. Acted on once, however often it is said (`event` is the
/// message's own id), and whatever was said before. `at` is when it arrived, which decides about a discount: messages may be late.
pub async fn arrived(
    store: &Store,
    provider: &str,
    event: &str,
    reference: &str,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Told> {
    let mut tx = store.job(now).await?;
    let intent = match heard(&mut tx, provider, event, reference).await? {
        Ok(intent) => intent,
        Err(told) => return Ok(told),
    };
    let Some(status) = intent.status()?.hear(Heard::Arrived) else { return Ok(Told::Before) };
    let on = tx.local(at.min(now)).date();
    money(&mut tx, &intent, status, on).await?;
    tx.commit().await?;
    Ok(Told::Now)
}

/// A provider refuses its payment `reference`, for a reason that the payer should read. As [`arrived`].
pub async fn refused(
    store: &Store,
    provider: &str,
    event: &str,
    reference: &str,
    why: &str,
    now: DateTime<Utc>,
) -> Result<Told> {
    let mut tx = store.job(now).await?;
    let intent = match heard(&mut tx, provider, event, reference).await? {
        Ok(intent) => intent,
        Err(told) => return Ok(told),
    };
    let Some(status) = intent.status()?.hear(Heard::Refused) else { return Ok(Told::Before) };
    end(&mut tx, &intent, status, why).await?;
    tx.commit().await?;
    Ok(Told::Now)
}

/// Ends what has waited too long; gives how many. Several servers may do this at once. Each for itself: locks are held for one payment,
/// never for the next one's invoices behind this one's trail.
pub async fn expire(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut ended = 0;
    while expire_one(store, now).await? {
        ended += 1;
    }
    Ok(ended)
}

async fn expire_one(store: &Store, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = store.job(now).await?;
    let late = sqlx::query_as!(
        Intent,
        "SELECT account_id, id, number, member_id, method, status, amount, currency FROM payment_intents
         WHERE status = 'waiting' AND expires_at <= $1 ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED",
        now
    )
    .fetch_optional(tx.db())
    .await?;
    let Some(intent) = late else { return Ok(false) };
    let Some(status) = intent.status()?.hear(Heard::Late) else { return Ok(false) };
    end(&mut tx, &intent, status, "").await?;
    tx.commit().await?;
    Ok(true)
}

/// Notes a provider's message and locks the payment that it is about; else why there is none.
async fn heard(tx: &mut Tx, provider: &str, event: &str, reference: &str) -> Result<std::result::Result<Intent, Told>> {
    let now = tx.now();
    let first = sqlx::query!(
        "INSERT INTO provider_events (provider, event_id, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        provider,
        event,
        now
    )
    .execute(tx.db())
    .await?;
    if first.rows_affected() == 0 {
        return Ok(Err(Told::Before));
    }
    let intent = sqlx::query_as!(
        Intent,
        "SELECT account_id, id, number, member_id, method, status, amount, currency FROM payment_intents
         WHERE provider = $1 AND provider_ref = $2 FOR UPDATE",
        provider,
        reference
    )
    .fetch_optional(tx.db())
    .await?;
    Ok(intent.ok_or(Told::Nobody))
}

/// It ends without money.
async fn end(tx: &mut Tx, intent: &Intent, status: IntentStatus, why: &str) -> Result<()> {
    release(tx, intent.account_id, intent.id).await?;
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE payment_intents SET status = $3, ended_at = $4, refused = $5 WHERE account_id = $1 AND id = $2",
        intent.account_id,
        intent.id,
        status.code(),
        now,
        why
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let what = match status {
        IntentStatus::Failed => format!("Payment {} was refused: {why}", intent.number),
        _ => format!("Payment {} has expired: no money came in time", intent.number),
    };
    told(tx, intent, what, "The invoices can be paid again.").await?;
    audit::record_job(
        tx,
        intent.account_id.into(),
        "Buyerdesk",
        "payment.ended",
        &intent.number,
        json!({ "as": status.code(), "why": why }),
    )
    .await
}

/// Locks the transfers that are announced under these numbers of these accounts, by account and id.
pub(crate) async fn awaited(tx: &mut Tx, accounts: &[Uuid], numbers: &[String]) -> Result<Vec<Intent>> {
    Ok(sqlx::query_as!(
        Intent,
        "SELECT account_id, id, number, member_id, method, status, amount, currency FROM payment_intents
         WHERE (account_id, number) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) ORDER BY account_id, id FOR UPDATE",
        accounts,
        numbers
    )
    .fetch_all(tx.db())
    .await?)
}

/// The bank says that this transfer's money came on a day; gives the payment that it becomes. None when it does not wait any more, or
/// for another amount.
pub(crate) async fn by_bank(tx: &mut Tx, intent: &Intent, amount: Money, on: NaiveDate) -> Result<Option<Uuid>> {
    let announced = Money::new(intent.amount, currency(&intent.currency)?);
    match intent.status()?.hear(Heard::Arrived) {
        Some(status) if intent.status()? == IntentStatus::Waiting && announced == amount => {
            Ok(Some(money(tx, intent, status, on).await?))
        }
        _ => Ok(None),
    }
}

/// The money is there: it is booked, and settles what it was meant for as far as that is still open. The rest is cash on account.
/// Gives the payment.
async fn money(tx: &mut Tx, intent: &Intent, status: IntentStatus, on: NaiveDate) -> Result<Uuid> {
    let currency = currency(&intent.currency)?;
    let amount = Money::new(intent.amount, currency);
    if intent.status()? == IntentStatus::Waiting {
        release(tx, intent.account_id, intent.id).await?;
    }
    let method = Method::parse(&intent.method).map_or("", Method::code);
    let payment = crate::new_id::<Uuid>();
    let received = Received {
        account: intent.account_id,
        id: payment,
        number: intent.number.clone(),
        refund: false,
        on,
        amount,
        method,
    };
    receive(tx, &[received]).await?;
    let items = sqlx::query!(
        "SELECT i.id, i.gross, i.tax, i.settled, i.discount_until, t.amount, t.discount
         FROM payment_intent_items t JOIN invoices i ON (i.account_id, i.id) = (t.account_id, t.invoice_id)
         WHERE (t.account_id, t.intent_id) = ($1, $2) ORDER BY i.id FOR UPDATE OF i",
        intent.account_id,
        intent.id
    )
    .fetch_all(tx.db())
    .await?;
    let mut list = Vec::new();
    for item in items {
        let allocation = |with, amount| Allocation {
            account: intent.account_id,
            with,
            document: item.id,
            kind: Kind::Invoice,
            amount: Money::new(amount, currency),
            on,
            by: String::new(),
            reverses: None,
        };
        let open = item.gross - item.settled;
        let part = open.min(item.amount);
        if part > Decimal::ZERO {
            list.push(allocation(Source::Money(payment), part));
        }
        // The discount holds when the money was in time and nobody has settled any of it since.
        let in_time = item.discount_until.is_some_and(|last| on <= last);
        if in_time && item.discount > Decimal::ZERO && open - part == item.discount {
            let discount = Money::new(item.discount, currency);
            let tax = discount_tax(discount, Money::new(item.tax, currency), Money::new(item.gross, currency))?;
            list.push(allocation(Source::Discount { tax }, item.discount));
        }
    }
    allocate(tx, &list).await?;
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE payment_intents SET status = $3, ended_at = $4, payment_id = $5, refused = '' WHERE account_id = $1 AND id = $2",
        intent.account_id,
        intent.id,
        status.code(),
        now,
        payment
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    told(tx, intent, format!("Payment {} arrived: {}", intent.number, text::money(amount)), "Thank you.").await?;
    let detail = json!({ "amount": amount, "on": on });
    audit::record_job(tx, intent.account_id.into(), "Buyerdesk", "payment.arrived", &intent.number, detail).await?;
    Ok(payment)
}

async fn told(tx: &mut Tx, intent: &Intent, text: String, mail: &str) -> Result<()> {
    let note = Note {
        member: intent.member_id.into(),
        kind: notices::Kind::Invoice,
        text,
        href: format!("/payments/{}", intent.number),
        mail: mail.to_owned(),
    };
    tell(tx, intent.account_id.into(), &[note]).await
}

fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code).ok_or_else(|| Error::odd("payment_intents.currency", code))
}
