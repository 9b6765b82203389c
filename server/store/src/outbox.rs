//! What must happen after the commit and must not be lost. Written with the fact itself; worked off by any server process.

use chrono::Duration;
use domain::ids::AccountId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::exactly;
use crate::{Error, Result, Store, Tx};

/// A message to send; the topic is the variant's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// A mail, ready to go.
    Mail {
        /// Recipient's address.
        to: String,
        /// Subject line.
        subject: String,
        /// Plain text.
        body: String,
    },
}

/// A leased message: do it, then [`done`] or [`failed`].
#[derive(Debug)]
pub struct Leased {
    /// Whose.
    pub account: AccountId,
    /// Its id.
    pub id: Uuid,
    /// What to do.
    pub message: Message,
    /// How often it was tried before.
    pub attempts: i32,
}

/// After this many attempts a message waits for the operator (`doctor` names it).
pub const ATTEMPTS: i32 = 8;

/// Writes a message in the transaction of the fact that it tells; the worker is woken at the commit.
pub(crate) async fn send(tx: &mut Tx, account: AccountId, message: &Message) -> Result<()> {
    let payload = serde_json::to_value(message).map_err(|e| Error::Inconsistent(e.to_string()))?;
    let now = tx.now();
    let done = sqlx::query!(
        "WITH woken AS MATERIALIZED (SELECT pg_notify('outbox', ''))
         INSERT INTO outbox (account_id, id, topic, payload, created_at, available_at) SELECT $1, $2, 'mail', $3, $4, $4 FROM woken",
        account.0,
        crate::new_id::<Uuid>(),
        payload,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}

/// Takes up to `n` due messages for a minute; other workers skip them.
pub async fn lease(store: &Store, now: chrono::DateTime<chrono::Utc>, n: i64) -> Result<Vec<Leased>> {
    let mut tx = store.job(now).await?;
    let rows = sqlx::query!(
        "UPDATE outbox o SET available_at = $1 + interval '1 minute', attempts = attempts + 1
         FROM (SELECT account_id, id FROM outbox WHERE done_at IS NULL AND available_at <= $1 AND attempts < $3
               ORDER BY available_at LIMIT $2 FOR UPDATE SKIP LOCKED) due
         WHERE (o.account_id, o.id) = (due.account_id, due.id)
         RETURNING o.account_id, o.id, o.payload, o.attempts",
        now,
        n,
        ATTEMPTS
    )
    .fetch_all(tx.db())
    .await?;
    tx.commit().await?;
    rows.into_iter()
        .map(|r| {
            let message =
                serde_json::from_value(r.payload).map_err(|e| Error::odd("outbox.payload", &e.to_string()))?;
            Ok(Leased { account: r.account_id.into(), id: r.id, message, attempts: r.attempts })
        })
        .collect()
}

/// The message was handled.
pub async fn done(store: &Store, leased: &Leased, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    let mut tx = store.job(now).await?;
    let done = sqlx::query!(
        "UPDATE outbox SET done_at = $3 WHERE account_id = $1 AND id = $2",
        leased.account.0,
        leased.id,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    tx.commit().await
}

/// It could not be handled: again later, each time twice as late.
pub async fn failed(store: &Store, leased: &Leased, why: &str, now: chrono::DateTime<chrono::Utc>) -> Result<()> {
    let again = now + Duration::minutes(1 << leased.attempts.clamp(0, 10));
    let mut tx = store.job(now).await?;
    let done = sqlx::query!(
        "UPDATE outbox SET available_at = $3, last_error = $4 WHERE account_id = $1 AND id = $2",
        leased.account.0,
        leased.id,
        again,
        why
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    tx.commit().await
}

/// Messages not handled yet.
pub async fn waiting(store: &Store, now: chrono::DateTime<chrono::Utc>) -> Result<i64> {
    let mut tx = store.job(now).await?;
    Ok(sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM outbox WHERE done_at IS NULL"#).fetch_one(tx.db()).await?)
}

/// A mail of the demo's mailbox.
#[derive(Debug)]
pub struct DemoMail {
    /// Recipient.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// The seller's local time.
    pub at: chrono::NaiveDateTime,
}

/// Puts a mail into the demo's mailbox instead of sending it.
pub async fn keep_demo_mail(
    store: &Store,
    to: &str,
    subject: &str,
    body: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let mut tx = store.job(now).await?;
    sqlx::query!(
        "INSERT INTO demo_mails (id, sent_at, recipient, subject, body) VALUES ($1, $2, $3, $4, $5)",
        crate::new_id::<Uuid>(),
        now,
        to,
        subject,
        body
    )
    .execute(tx.db())
    .await?;
    tx.commit().await
}

/// The demo's mailbox, the newest first.
pub async fn demo_mails(store: &Store, now: chrono::DateTime<chrono::Utc>) -> Result<Vec<DemoMail>> {
    let mut tx = store.job(now).await?;
    let rows = sqlx::query!("SELECT recipient, subject, body, sent_at FROM demo_mails ORDER BY id DESC LIMIT 100")
        .fetch_all(tx.db())
        .await?;
    Ok(rows
        .into_iter()
        .map(|r| DemoMail { to: r.recipient, subject: r.subject, body: r.body, at: tx.local(r.sent_at) })
        .collect())
}
