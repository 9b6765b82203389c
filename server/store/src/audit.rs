//! The audit trail: append-only, hash-chained per account, written in the transaction of what it tells.

use domain::ids::AccountId;
use serde_json::{Value, json};

use crate::error::exactly;
use crate::{Result, Tx};

/// Appends one entry to the actor's account's chain. `detail` holds what was and what is.
pub(crate) async fn record(tx: &mut Tx, action: &str, what: &str, detail: Value) -> Result<()> {
    let actor = tx.actor()?;
    append(tx, actor.account(), actor.name(), Some(actor.person().0), actor.address(), action, what, detail).await
}

/// Appends one entry to the chain of an account that the actor, one of the seller's people, works for.
pub(crate) async fn record_for(tx: &mut Tx, account: AccountId, action: &str, what: &str, detail: Value) -> Result<()> {
    let actor = tx.actor()?;
    append(tx, account, actor.name(), Some(actor.person().0), actor.address(), action, what, detail).await
}

/// Appends for the seller's own jobs.
pub(crate) async fn record_job(
    tx: &mut Tx,
    account: AccountId,
    who: &str,
    action: &str,
    what: &str,
    detail: Value,
) -> Result<()> {
    append(tx, account, who, None, "", action, what, detail).await
}

#[expect(clippy::too_many_arguments, reason = "the entry's own fields, once, in this private function")]
async fn append(
    tx: &mut Tx,
    account: AccountId,
    who: &str,
    person: Option<uuid::Uuid>,
    address: &str,
    action: &str,
    what: &str,
    detail: Value,
) -> Result<()> {
    // serde_json sorts keys, so the line is canonical: what is hashed is what is stored and exported.
    let line = json!({
        "at": tx.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        "who": who, "person": person, "from": address, "action": action, "what": what, "detail": detail,
    })
    .to_string();
    let done = sqlx::query!(
        "WITH head AS (
             INSERT INTO audit_heads AS h (account_id, seq, hash) VALUES ($1, 1, sha256(convert_to($2::text, 'UTF8')))
             ON CONFLICT (account_id) DO UPDATE SET seq = h.seq + 1, hash = sha256(h.hash || convert_to($2::text, 'UTF8'))
             RETURNING seq, hash)
         INSERT INTO audit_log (account_id, seq, line, hash) SELECT $1, seq, $2, hash FROM head",
        account.0,
        line
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}
