//! Articles that cannot be had now, and who waits for them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::alerts::{MOST_WATCHES, Watched};
use domain::catalog::Sku;
use domain::ids::{AccountId, MemberId};
use domain::notices::Kind;
use domain::{Actor, Permission, Problem, text};
use uuid::Uuid;

use crate::catalog::{facts_by_sku, facts_of};
use crate::notices::{self, Note};
use crate::{Result, Store, Tx};

/// Watches that are answered in one transaction.
const AT_ONCE: i64 = 500;

/// What the asking member waits for, the longest first. Two statements.
pub(super) async fn watched(tx: &mut Tx, actor: &Actor) -> Result<Vec<Watched>> {
    let rows = sqlx::query!(
        "SELECT product_id, since FROM stock_watches WHERE account_id = $1 AND member_id = $2 ORDER BY since, product_id LIMIT $3",
        actor.account().0,
        actor.member()?.0,
        MOST_WATCHES
    )
    .fetch_all(tx.db())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|r| r.product_id).collect();
    let facts = facts_of(tx, &ids).await?;
    let found = rows.into_iter().filter_map(|r| {
        let f = facts.iter().find(|f| f.id.0 == r.product_id)?;
        Some(Watched {
            sku: f.sku.clone(),
            name: f.name.clone(),
            picture: f.picture(),
            availability: f.availability(),
            since: tx.local(r.since).date(),
        })
    });
    Ok(found.collect())
}

/// Waits for an article of the assortment that cannot be had now: its member is told once, when it can.
pub async fn watch(tx: &mut Tx, sku: &Sku) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    actor.in_person()?;
    let facts = facts_by_sku(tx, sku.as_str()).await?.filter(|f| f.in_assortment && !f.discontinued);
    let facts = facts.ok_or(Problem::NotFound)?;
    if facts.availability().now >= facts.packing().minimum.value() {
        return Err(Problem::invalid("sku", "It can be had now.").into());
    }
    let (account, member, now) = (actor.account().0, actor.member()?.0, tx.now());
    let done = sqlx::query!(
        "INSERT INTO stock_watches (account_id, member_id, product_id, since)
         SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM stock_watches WHERE account_id = $1 AND member_id = $2) < $5
         ON CONFLICT (account_id, member_id, product_id) DO UPDATE SET since = stock_watches.since",
        account,
        member,
        facts.id.0,
        now,
        MOST_WATCHES
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Problem::invalid("sku", format!("You wait for {MOST_WATCHES} articles already.")).into());
    }
    Ok(())
}

/// Waits no longer.
pub async fn unwatch(tx: &mut Tx, sku: &Sku) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    actor.in_person()?;
    sqlx::query!(
        "DELETE FROM stock_watches WHERE account_id = $1 AND member_id = $2 AND product_id = (SELECT p.id FROM products p WHERE p.sku = $3)",
        actor.account().0,
        actor.member()?.0,
        sku.as_str()
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Tells everybody whose article can be had again, once: a watch is gone with that. Gives how many were told.
pub(super) async fn tell(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut told = 0;
    loop {
        let mut tx = store.job(now).await?;
        let rows = sqlx::query!(
            r#"WITH back AS (
                   SELECT w.account_id, w.member_id, w.product_id, p.sku, p.name, k.now
                   FROM stock_watches w JOIN products p ON p.id = w.product_id
                   CROSS JOIN LATERAL (SELECT COALESCE(sum(greatest(s.on_hand - s.reserved, 0)), 0) AS now FROM stock s WHERE s.product_id = p.id) k
                   WHERE p.status <> 'discontinued' AND k.now >= p.min_quantity
                   ORDER BY w.account_id, w.member_id, w.product_id LIMIT $1 FOR UPDATE OF w SKIP LOCKED
               ), gone AS (
                   DELETE FROM stock_watches w USING back b WHERE (w.account_id, w.member_id, w.product_id) = (b.account_id, b.member_id, b.product_id)
               )
               SELECT b.account_id, b.member_id, b.sku, b.name, b.now AS "now!", m.status = 'active' AS "active!"
               FROM back b JOIN members m ON (m.account_id, m.id) = (b.account_id, b.member_id)"#,
            AT_ONCE
        )
        .fetch_all(tx.db())
        .await?;
        if rows.is_empty() {
            return Ok(told);
        }
        let mut notes: BTreeMap<Uuid, Vec<Note>> = BTreeMap::new();
        for r in rows.into_iter().filter(|r| r.active) {
            told += 1;
            notes.entry(r.account_id).or_default().push(Note {
                member: MemberId(r.member_id),
                kind: Kind::Stock,
                text: format!("{} can be had again: {} in stock", r.name, text::number(r.now)),
                href: format!("/products/{}", r.sku),
                mail: "Order it here:".to_owned(),
            });
        }
        for (account, notes) in notes {
            notices::tell(&mut tx, AccountId(account), &notes).await?;
        }
        tx.commit().await?;
    }
}
