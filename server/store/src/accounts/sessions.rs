//! Session rows, behind the server's session layer. Keys are SHA-256 of the cookie's id: a leaked backup opens nothing.

use chrono::{DateTime, Duration, Utc};
use domain::Actor;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::who::{Asking, in_session};
use crate::error::exactly;
use crate::{Result, Store};

/// A session ends this long after it was last used.
pub const IDLE: Duration = Duration::hours(12);
/// And this long after the sign-in, whatever happens.
pub const ABSOLUTE: Duration = Duration::days(7);

/// A stored session.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What the session layer keeps.
    pub data: Value,
    /// When it ends unless used.
    pub expires_at: DateTime<Utc>,
}

/// The key of a session id.
pub fn key(id: &[u8]) -> Vec<u8> {
    Sha256::digest(id).to_vec()
}

/// Loads a live session and finds out who asks with it; notes at most every five minutes that it was used. One statement.
pub async fn load(store: &Store, key: &[u8], now: DateTime<Utc>) -> Result<Option<(Stored, Asking)>> {
    let Some(mut asking) = in_session(store, key, now).await? else { return Ok(None) };
    let stored = asking.session.take().zip(asking.expires_at).map(|(data, expires_at)| Stored { data, expires_at });
    Ok(stored.map(|stored| (stored, asking)))
}

/// Stores a session, new or changed. `data` may name its person (`who`), its device and its address.
pub async fn save(
    store: &Store,
    key: &[u8],
    data: &Value,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let person: Option<uuid::Uuid> = text("person").parse().ok();
    let mut tx = store.job(now).await?;
    let done = sqlx::query!(
        "INSERT INTO sessions (id_hash, person_id, data, created_at, last_seen_at, expires_at, user_agent, address)
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
         ON CONFLICT (id_hash) DO UPDATE SET person_id = excluded.person_id, data = excluded.data, last_seen_at = excluded.last_seen_at,
             user_agent = excluded.user_agent, address = excluded.address",
        key,
        person,
        data,
        now,
        expires_at,
        text("device"),
        text("address")
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    tx.commit().await
}

/// Ends a session.
pub async fn delete(store: &Store, key: &[u8], now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.job(now).await?;
    sqlx::query!("DELETE FROM sessions WHERE id_hash = $1", key).execute(tx.db()).await?;
    tx.commit().await
}

/// Ends one of a person's own sessions; another person's is not found. Not for whoever acts for a member.
pub async fn end(store: &Store, actor: &Actor, key: &[u8], now: DateTime<Utc>) -> Result<()> {
    actor.in_person()?;
    let person = actor.person();
    let mut tx = store.job(now).await?;
    let done = sqlx::query!("DELETE FROM sessions WHERE id_hash = $1 AND person_id = $2", key, person.0)
        .execute(tx.db())
        .await?;
    if done.rows_affected() == 0 {
        return Err(domain::Problem::NotFound.into());
    }
    tx.commit().await
}

/// Deletes what has expired: sessions and used-up links.
pub async fn sweep(store: &Store, now: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.job(now).await?;
    let gone = sqlx::query!("DELETE FROM sessions WHERE expires_at < $1", now).execute(tx.db()).await?.rows_affected();
    tx.commit().await?;
    Ok(gone)
}
