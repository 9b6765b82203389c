//! Files attached to quotes: drawings, specifications, lists.

use domain::quotes::Side;
use domain::{Permission, Problem};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Case, lock, reach, side_code, talk};
use crate::files::{self, File};
use crate::{Result, Tx, audit};

/// Files of one quote.
const MOST_FILES: i64 = 20;

async fn reached(tx: &mut Tx, number: &str) -> Result<(Case, Side)> {
    let actor = tx.actor()?;
    if actor.is_staff() {
        actor.require(Permission::QuoteWrite)?;
        return Ok((lock(tx, number, None).await?, Side::Seller));
    }
    let own = reach(&actor, Permission::QuoteRequest)?;
    Ok((lock(tx, number, own).await?, Side::Buyer))
}

/// Attaches a file to a quote. The same content twice is there once. Invalid when it is empty, too large or not of a kind that
/// may be attached.
pub async fn attach(tx: &mut Tx, number: &str, name: &str, bytes: &[u8]) -> Result<()> {
    let actor = tx.actor()?;
    let (case, side) = reached(tx, number).await?;
    let (name, media_type) = files::checked(name, bytes)?;
    let now = tx.now();
    let done = sqlx::query!(
        "INSERT INTO quote_files (account_id, id, quote_id, name, media_type, size, sha256, side, by_name, at, bytes)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
         WHERE (SELECT count(*) FROM quote_files f WHERE f.account_id = $1 AND f.quote_id = $3) < $12
         ON CONFLICT ON CONSTRAINT attached_once DO NOTHING",
        case.account.0,
        crate::new_id::<Uuid>(),
        case.id.0,
        name,
        media_type,
        i32::try_from(bytes.len()).unwrap_or(i32::MAX),
        &Sha256::digest(bytes)[..],
        side_code(side),
        actor.name(),
        now,
        bytes,
        MOST_FILES
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Problem::invalid("file", "This file is attached already, or there are 20 files.").into());
    }
    talk::say(tx, &case, side, actor.name(), "attached a file", &name, false).await?;
    audit::record_for(tx, case.account, "quote.file", number, json!({ "name": name, "bytes": bytes.len() })).await
}

/// A file of a quote, for whoever may see the quote. One statement.
pub async fn file(tx: &mut Tx, number: &str, id: Uuid) -> Result<File> {
    let actor = tx.actor()?;
    let (account, own) = if actor.is_staff() {
        actor.require(Permission::QuoteWrite)?;
        (None, None)
    } else {
        (Some(actor.account().0), reach(&actor, Permission::QuoteRead)?)
    };
    let row = sqlx::query!(
        "SELECT f.name, f.bytes FROM quote_files f JOIN quotes q ON (q.account_id, q.id) = (f.account_id, f.quote_id)
         WHERE q.number = $1 AND f.id = $2 AND ($3::uuid IS NULL OR q.account_id = $3) AND ($4::uuid IS NULL OR q.member_id = $4)",
        number,
        id,
        account,
        own.map(|m| m.0)
    )
    .fetch_one(tx.db())
    .await?;
    Ok(File { name: row.name, bytes: row.bytes })
}
