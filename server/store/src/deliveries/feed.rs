//! A member's calendar of deliveries, behind a secret address: for calendars, which cannot sign in. It shows days, order numbers
//! and names of products, no prices; it reads with the member's own permissions and ends with their seat (docs/decisions/016).

use chrono::{DateTime, Utc};
use domain::calendar::{self, Entry};
use domain::deliveries::BoardQuery;
use domain::ids::{AccountId, PersonId};
use domain::{Permission, Problem, text};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::error::exactly;
use crate::{Result, Store, Tx, audit};

/// Gives the member a new secret address, the only time that it can be seen; the one before is worth nothing from now on.
#[expect(clippy::disallowed_methods, reason = "a secret is random, or no secret")]
pub async fn renew_feed(tx: &mut Tx) -> Result<String> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderRead)?;
    actor.in_person()?;
    let token = hex::encode(rand::random::<[u8; 32]>());
    let now = tx.now();
    let done = sqlx::query!(
        "INSERT INTO calendar_feeds (account_id, member_id, token_hash, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, member_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at",
        actor.account().0,
        actor.member()?.0,
        Sha256::digest(&token).to_vec(),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    audit::record(tx, "calendar.opened", actor.name(), json!({})).await?;
    Ok(token)
}

/// Takes the address away.
pub async fn end_feed(tx: &mut Tx) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderRead)?;
    actor.in_person()?;
    let done = sqlx::query!(
        "DELETE FROM calendar_feeds WHERE account_id = $1 AND member_id = $2",
        actor.account().0,
        actor.member()?.0
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done).map_err(|_| Problem::NotFound)?;
    audit::record(tx, "calendar.ended", actor.name(), json!({})).await
}

/// The calendar behind a secret address, as RFC 5545 wants it. Not found for any other, and for a member without a seat.
pub async fn feed(store: &Store, token: &str, origin: &str, address: &str, now: DateTime<Utc>) -> Result<String> {
    let row = sqlx::query!(
        "SELECT f.account_id, m.person_id, s.name FROM calendar_feeds f
         JOIN members m ON (m.account_id, m.id) = (f.account_id, f.member_id) AND m.status = 'active' CROSS JOIN seller s
         WHERE f.token_hash = $1",
        Sha256::digest(token).to_vec()
    )
    .fetch_optional(store.gate())
    .await?
    .ok_or(Problem::NotFound)?;
    let account = AccountId(row.account_id);
    let actor = crate::accounts::who(store, PersonId(row.person_id), Some(account), address).await?.actor;
    // Whoever has lost the seat, or may see no orders any more, has no calendar either.
    if actor.account() != account || !actor.may(Permission::OrderRead) {
        return Err(Problem::NotFound.into());
    }
    let mut tx = store.read(&actor, now).await?;
    let mut lines = Vec::new();
    for page in 1..=20 {
        let found = super::board(&mut tx, BoardQuery { page, ..BoardQuery::default() }).await?;
        lines.extend(found.lines);
        if i64::try_from(lines.len()).unwrap_or(i64::MAX) >= found.total {
            break;
        }
    }
    let host = origin.split("://").last().unwrap_or("buyerdesk");
    let entries: Vec<Entry> = lines
        .iter()
        .filter_map(|l| {
            let moved = l.moved.as_ref().and_then(|m| m.from).map(|from| format!("\nBefore: {}", text::date(from)));
            Some(Entry {
                uid: format!("{}-{}@{host}", l.order, l.line_no),
                day: l.day()?,
                summary: format!("{} ({})", l.name, l.order),
                description: format!(
                    "{} of {}{}",
                    if l.promised_on.is_some() { "Promised" } else { "Wanted" },
                    l.order,
                    moved.unwrap_or_default()
                ),
                url: format!("{origin}/orders/{}", l.order),
            })
        })
        .collect();
    Ok(calendar::feed(&format!("{}: deliveries", row.name), &entries, now))
}
