//! The audit trail: append-only, hash-chained per account, written in the transaction of what it tells.

use domain::Actor;
use domain::ids::{AccountId, AssistanceId};
use serde_json::{Value, json};

use crate::error::exactly;
use crate::{Result, Tx};

/// Appends one entry to the actor's account's chain. `detail` holds what was and what is. What somebody does for a member names
/// both, and is listed with their session of assistance.
pub(crate) async fn record(tx: &mut Tx, action: &str, what: &str, detail: Value) -> Result<()> {
    let account = tx.actor()?.account();
    record_for(tx, account, action, what, detail).await
}

/// The same in the chain of the account that it is about: the actor's own, or one that the actor serves for the seller.
pub(crate) async fn record_for(tx: &mut Tx, account: AccountId, action: &str, what: &str, detail: Value) -> Result<()> {
    let actor = tx.actor()?;
    let session = actor.behalf().map(|b| b.id);
    append(tx, account, line_of(&actor, tx, action, what, detail), session).await
}

/// The same for what begins, ends or answers a session of assistance: listed with it.
pub(crate) async fn record_of(
    tx: &mut Tx,
    session: AssistanceId,
    action: &str,
    what: &str,
    detail: Value,
) -> Result<()> {
    let actor = tx.actor()?;
    append(tx, actor.account(), line_of(&actor, tx, action, what, detail), Some(session)).await
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
    let line = json!({ "at": at(tx), "who": who, "person": null, "from": "", "action": action, "what": what, "detail": detail });
    append(tx, account, line, None).await
}

fn at(tx: &Tx) -> String {
    tx.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

fn line_of(actor: &Actor, tx: &Tx, action: &str, what: &str, detail: Value) -> Value {
    let mut line = json!({
        "at": at(tx), "who": actor.name(), "person": actor.acting_person(), "from": actor.address(),
        "action": action, "what": what, "detail": detail,
    });
    if let Some(behalf) = actor.behalf() {
        line["assistance"] = json!(behalf.id);
        line["for"] = json!(actor.person());
    }
    line
}

async fn append(tx: &mut Tx, account: AccountId, line: Value, session: Option<AssistanceId>) -> Result<()> {
    // serde_json sorts keys, so the line is canonical: what is hashed is what is stored and exported.
    let line = line.to_string();
    let done = sqlx::query!(
        "WITH head AS (
             INSERT INTO audit_heads AS h (account_id, seq, hash) VALUES ($1, 1, sha256(convert_to($2::text, 'UTF8')))
             ON CONFLICT (account_id) DO UPDATE SET seq = h.seq + 1, hash = sha256(h.hash || convert_to($2::text, 'UTF8'))
             RETURNING seq, hash),
              listed AS (INSERT INTO assistance_entries (account_id, assistance_id, seq) SELECT $1, $3, seq FROM head WHERE $3::uuid IS NOT NULL)
         INSERT INTO audit_log (account_id, seq, line, hash) SELECT $1, seq, $2, hash FROM head",
        account.0,
        line,
        session.map(|s| s.0)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}
