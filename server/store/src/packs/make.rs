//! The queue of packs: several servers may work on it, each pack is made by one of them. A server that dies leaves a lease
//! that runs out; the next begins that pack anew.

use chrono::{DateTime, Duration, Utc};
use domain::ids::{AccountId, MemberId, PackId, PersonId};
use domain::notices::Kind;
use domain::packs::{KEPT_DAYS, MOST, PackForm, State};
use domain::text;

use super::documents;
use crate::error::exactly;
use crate::notices::{Note, tell};
use crate::{Result, Store};

/// How long a pack is somebody's without a sign of life.
const LEASE: Duration = Duration::minutes(2);
/// After this many beginnings it has failed.
const ATTEMPTS: i32 = 3;

/// A pack to make.
#[derive(Clone, Debug)]
pub struct Leased {
    /// Whose.
    pub account: AccountId,
    /// Its id.
    pub id: PackId,
    /// Whose seat it is made for.
    pub member: MemberId,
    /// Who sits there: it is made with what they may see now.
    pub person: PersonId,
    /// What goes into it.
    pub form: PackForm,
    /// Which attempt this is, from 1: a sign of life of an earlier one does not count.
    attempt: i32,
}

/// Takes the pack that has waited the longest; what was made of it before is thrown away.
pub async fn lease(store: &Store, now: DateTime<Utc>) -> Result<Option<Leased>> {
    let mut tx = store.job(now).await?;
    let row = sqlx::query!(
        "UPDATE finance_packs p SET status = 'working', attempts = p.attempts + 1, done = 0, leased_until = $2
         FROM (SELECT q.account_id, q.id FROM finance_packs q
               WHERE q.status IN ('waiting', 'working') AND (q.leased_until IS NULL OR q.leased_until <= $1)
               ORDER BY q.asked_at, q.id LIMIT 1 FOR UPDATE SKIP LOCKED) due, members m
         WHERE (p.account_id, p.id) = (due.account_id, due.id) AND (m.account_id, m.id) = (p.account_id, p.member_id)
         RETURNING p.account_id, p.id, p.member_id, m.person_id, p.from_day, p.to_day, p.documents, p.cost_centre, p.attempts",
        now,
        now + LEASE
    )
    .fetch_optional(tx.db())
    .await?;
    let Some(r) = row else { return Ok(None) };
    sqlx::query!("DELETE FROM finance_pack_parts WHERE account_id = $1 AND pack_id = $2", r.account_id, r.id)
        .execute(tx.db())
        .await?;
    tx.commit().await?;
    let form =
        PackForm { from: r.from_day, to: r.to_day, documents: documents(&r.documents)?, cost_centre: r.cost_centre };
    let leased = Leased {
        account: r.account_id.into(),
        id: r.id.into(),
        member: MemberId(r.member_id),
        person: PersonId(r.person_id),
        form,
        attempt: r.attempts,
    };
    if leased.attempt > ATTEMPTS {
        failed(store, &leased, now).await?;
        return Box::pin(lease(store, now)).await;
    }
    Ok(Some(leased))
}

/// So many documents are in; it goes on. A conflict when another server has taken the pack over.
pub async fn progress(store: &Store, pack: &Leased, done: usize, now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.job(now).await?;
    let made = i32::try_from(done).unwrap_or(i32::MAX);
    let done = sqlx::query!(
        "UPDATE finance_packs SET done = least($4, total), leased_until = $5 WHERE account_id = $1 AND id = $2 AND status = 'working' AND attempts = $3",
        pack.account.0,
        pack.id.0,
        pack.attempt,
        made,
        now + LEASE
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    tx.commit().await
}

/// Keeps a piece of the archive.
pub async fn keep(store: &Store, pack: &Leased, no: i32, bytes: &[u8], now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.job(now).await?;
    let done = sqlx::query!(
        "INSERT INTO finance_pack_parts (account_id, pack_id, no, bytes)
         SELECT p.account_id, p.id, $4, $5 FROM finance_packs p
         WHERE p.account_id = $1 AND p.id = $2 AND p.status = 'working' AND p.attempts = $3",
        pack.account.0,
        pack.id.0,
        pack.attempt,
        no,
        bytes
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    tx.commit().await
}

/// All of it is there: it can be downloaded for a week, and who asked is told.
pub async fn ready(store: &Store, pack: &Leased, size: i64, sha256: &[u8], now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.job(now).await?;
    let done = sqlx::query!(
        "UPDATE finance_packs SET status = 'ready', done = total, size = $4, sha256 = $5, expires_at = $6, leased_until = NULL
         WHERE account_id = $1 AND id = $2 AND status = 'working' AND attempts = $3",
        pack.account.0,
        pack.id.0,
        pack.attempt,
        size,
        sha256,
        now + Duration::days(KEPT_DAYS)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    told(&mut tx, pack, State::Ready).await?;
    tx.commit().await
}

/// It cannot be made; who asked is told.
pub async fn failed(store: &Store, pack: &Leased, now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.job(now).await?;
    let done = sqlx::query!(
        "UPDATE finance_packs SET status = 'failed', expires_at = $4, leased_until = NULL
         WHERE account_id = $1 AND id = $2 AND status = 'working' AND attempts = $3",
        pack.account.0,
        pack.id.0,
        pack.attempt,
        now + Duration::days(KEPT_DAYS)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    told(&mut tx, pack, State::Failed).await?;
    tx.commit().await
}

async fn told(tx: &mut crate::Tx, pack: &Leased, state: State) -> Result<()> {
    let period = format!("{} to {}", text::date(pack.form.from), text::date(pack.form.to));
    let (text, mail) = match state {
        State::Ready => (
            format!("Your finance pack of {period} is ready"),
            format!("It is kept for {KEPT_DAYS} days. Sign in to download it:\n"),
        ),
        _ => (format!("Your finance pack of {period} could not be made"), "Please ask for it again:\n".to_owned()),
    };
    let note = Note { member: pack.member, kind: Kind::Invoice, text, href: "/packs".to_owned(), mail };
    tell(tx, pack.account, &[note]).await
}

/// Asks for last month's pack for everybody who wants one every month, once; gives how many. Nothing for a month without documents,
/// and for those who may no longer see any. A month of more documents than a pack holds is told, and remembered as one that failed: a
/// shorter archive would look like all of it.
pub async fn schedule(store: &Store, now: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.job(now).await?;
    let form = PackForm::month_before(tx.today());
    sqlx::query!(
        "DELETE FROM monthly_packs s USING members m
         WHERE (m.account_id, m.id) = (s.account_id, s.member_id) AND (m.status <> 'active' OR NOT 'finance' = ANY (m.roles))"
    )
    .execute(tx.db())
    .await?;
    let asked = sqlx::query!(
        "INSERT INTO finance_packs (account_id, id, member_id, by_name, from_day, to_day, documents, month, total, asked_at, status, expires_at)
         SELECT s.account_id, gen_random_uuid(), s.member_id, p.name, $1, $2, 'all', $1, n.documents, $3,
                CASE WHEN n.documents > $4 THEN 'failed' ELSE 'waiting' END, CASE WHEN n.documents > $4 THEN $5::timestamptz END
         FROM monthly_packs s JOIN members m ON (m.account_id, m.id) = (s.account_id, s.member_id) JOIN people p ON p.id = m.person_id
         CROSS JOIN LATERAL (SELECT count(*)::int AS documents FROM invoices i WHERE i.account_id = s.account_id AND i.issued_on BETWEEN $1 AND $2) n
         WHERE n.documents > 0
         ON CONFLICT (account_id, member_id, month) WHERE month IS NOT NULL DO NOTHING
         RETURNING account_id, member_id, total, status",
        form.from,
        form.to,
        now,
        i32::try_from(MOST).unwrap_or(i32::MAX),
        now + Duration::days(KEPT_DAYS)
    )
    .fetch_all(tx.db())
    .await?;
    let (too_many, waiting): (Vec<_>, Vec<_>) = asked.into_iter().partition(|pack| pack.status == "failed");
    for pack in too_many {
        let note = Note {
            member: MemberId(pack.member_id),
            kind: Kind::Invoice,
            text: format!(
                "Your finance pack of {} to {} could not be made: these are {} documents",
                text::date(form.from),
                text::date(form.to),
                text::count(i64::from(pack.total))
            ),
            href: "/packs".to_owned(),
            mail: format!("A pack holds {}. Please ask for them in shorter periods:\n", text::count(MOST)),
        };
        tell(&mut tx, AccountId(pack.account_id), &[note]).await?;
    }
    if !waiting.is_empty() {
        sqlx::query("NOTIFY packs").execute(tx.db()).await?;
    }
    tx.commit().await?;
    Ok(u64::try_from(waiting.len()).unwrap_or_default())
}

/// Throws away what has been kept long enough; a monthly pack is remembered, without its archive, so that it is not made twice.
pub async fn expire(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.job(now).await?;
    sqlx::query!(
        "DELETE FROM finance_pack_parts t USING finance_packs p
         WHERE (p.account_id, p.id) = (t.account_id, t.pack_id) AND p.expires_at <= $1",
        now
    )
    .execute(tx.db())
    .await?;
    sqlx::query!(
        "DELETE FROM finance_packs WHERE expires_at <= $1 AND (month IS NULL OR expires_at <= $1 - interval '90 days')",
        now
    )
    .execute(tx.db())
    .await?;
    tx.commit().await
}
