//! Deciding from a mail: a random, single-use, expiring link. A GET only shows; a POST decides.

use chrono::{DateTime, Duration, Utc};
use domain::approvals::{LinkPage, Verdict};
use domain::ids::{AccountId, MemberId, OrderId, PersonId};
use domain::{Actor, Cause, Problem};
use sha2::{Digest as _, Sha256};

use super::change::Quantities;
use super::decide::{Answer, decide};
use super::inbox::page;
use crate::{Result, Store, Tx};

/// How long a link lasts.
const LIFETIME: Duration = Duration::days(7);

/// A token for each member, or none where the account wants people to sign in. Only the hashes are stored.
#[expect(clippy::disallowed_methods, reason = "a secret is random, or no secret")]
pub(super) async fn issue(
    tx: &mut Tx,
    actor: &Actor,
    order: OrderId,
    members: &[MemberId],
) -> Result<Vec<Option<String>>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let tokens: Vec<String> = members.iter().map(|_| hex::encode(rand::random::<[u8; 32]>())).collect();
    let hashes: Vec<Vec<u8>> = tokens.iter().map(|t| Sha256::digest(t).to_vec()).collect();
    let expires = tx.now() + LIFETIME;
    let done = sqlx::query!(
        "INSERT INTO approval_links (account_id, token_hash, order_id, member_id, expires_at)
         SELECT $1, t.hash, $2, t.member, $5 FROM unnest($3::bytea[], $4::uuid[]) AS t(hash, member)
         WHERE (SELECT a.decide_by_mail FROM accounts a WHERE a.id = $1)",
        actor.account().0,
        order.0,
        &hashes,
        &members.iter().map(|m| m.0).collect::<Vec<_>>(),
        expires
    )
    .execute(tx.db())
    .await?;
    let allowed = done.rows_affected() > 0;
    Ok(tokens.into_iter().map(|t| allowed.then_some(t)).collect())
}

struct Found {
    actor: Actor,
    number: String,
}

/// Whom and what a link is for; used, expired and unknown ones say so.
async fn find(store: &Store, token: &str, address: &str, now: DateTime<Utc>) -> Result<Found> {
    let mut tx = store.job(now).await?;
    let row = sqlx::query!(
        "SELECT k.account_id, m.person_id, o.number FROM approval_links k
         JOIN members m ON (m.account_id, m.id) = (k.account_id, k.member_id) AND m.status = 'active'
         JOIN orders o ON (o.account_id, o.id) = (k.account_id, k.order_id)
         JOIN accounts a ON a.id = k.account_id AND a.decide_by_mail
         WHERE k.token_hash = $1 AND k.used_at IS NULL AND k.expires_at > $2",
        Sha256::digest(token).to_vec(),
        now
    )
    .fetch_optional(tx.db())
    .await?
    .ok_or(Problem::Conflict(Cause::LinkOver))?;
    drop(tx);
    let account = AccountId(row.account_id);
    let actor = crate::accounts::who(store, PersonId(row.person_id), Some(account), address).await?.actor;
    if actor.account() != account {
        return Err(Problem::Conflict(Cause::LinkOver).into());
    }
    Ok(Found { actor, number: row.number })
}

/// The order that a mailed link is about. Decides nothing, uses nothing up.
pub async fn by_link(store: &Store, token: &str, address: &str, now: DateTime<Utc>) -> Result<LinkPage> {
    let found = find(store, token, address, now).await?;
    let mut tx = store.read(&found.actor, now).await?;
    Ok(LinkPage { name: found.actor.name().to_owned(), page: page(&mut tx, &found.number).await? })
}

/// Decides by a mailed link and uses it up, both or neither.
pub async fn decide_by_link(
    store: &Store,
    token: &str,
    version: i32,
    verdict: Verdict,
    words: &str,
    address: &str,
    now: DateTime<Utc>,
) -> Result<Answer> {
    let found = find(store, token, address, now).await?;
    let mut tx = store.begin(&found.actor, now).await?;
    let answer = decide(&mut tx, &found.number, version, verdict, words, &Quantities::new()).await?;
    let used = sqlx::query!(
        "UPDATE approval_links SET used_at = $3 WHERE account_id = $1 AND token_hash = $2 AND used_at IS NULL",
        found.actor.account().0,
        Sha256::digest(token).to_vec(),
        now
    )
    .execute(tx.db())
    .await?;
    if used.rows_affected() != 1 {
        return Err(Problem::Conflict(Cause::LinkOver).into());
    }
    tx.commit().await?;
    Ok(answer)
}
