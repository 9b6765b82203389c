//! Calling an order off, while that is possible.

use domain::orders::{Event, Status};
use domain::{Cause, Permission, Problem};
use serde_json::json;

use crate::error::exactly;
use crate::{Error, Result, Tx, audit};

/// Cancels an order: the stock is free again and the history says who and why. `version` is what the person saw.
pub async fn cancel(tx: &mut Tx, number: &str, version: i32, reason: &str) -> Result<()> {
    let actor = tx.actor()?;
    let own = actor.only_own(Permission::OrderCancel)?;
    let account = actor.account().0;
    let order = sqlx::query!(
        "SELECT id, status, version, source FROM orders
         WHERE account_id = $1 AND number = $2 AND ($3::uuid IS NULL OR member_id = $3) FOR UPDATE",
        account,
        number,
        own.map(|m| m.0)
    )
    .fetch_one(tx.db())
    .await?;
    let before = Status::parse(&order.status).ok_or_else(|| Error::odd("orders.status", &order.status))?;
    if order.source != "portal" {
        return Err(Problem::Conflict(Cause::OrderState { state: "from before this portal".to_owned() }).into());
    }
    let after = before.after(Event::Cancel)?;
    if order.version != version {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let reason: String = reason.trim().chars().take(500).collect();
    let now = tx.now();
    // Stock rows are locked in the global order before the update touches them.
    sqlx::query!(
        "SELECT k.product_id FROM stock k WHERE (k.product_id, k.warehouse) IN
             (SELECT r.product_id, r.warehouse FROM reservations r WHERE r.account_id = $1 AND r.order_id = $2)
         ORDER BY k.product_id, k.warehouse FOR UPDATE",
        account,
        order.id
    )
    .fetch_all(tx.db())
    .await?;
    sqlx::query!(
        "WITH freed AS (DELETE FROM reservations WHERE account_id = $1 AND order_id = $2 RETURNING product_id, warehouse, quantity),
              sums AS (SELECT product_id, warehouse, sum(quantity) AS quantity FROM freed GROUP BY 1, 2)
         UPDATE stock k SET reserved = k.reserved - s.quantity FROM sums s WHERE (k.product_id, k.warehouse) = (s.product_id, s.warehouse)",
        account,
        order.id
    )
    .execute(tx.db())
    .await?;
    let done = sqlx::query!(
        "UPDATE orders SET status = $3, version = version + 1 WHERE account_id = $1 AND id = $2",
        account,
        order.id,
        after.code()
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let done = sqlx::query!(
        "INSERT INTO order_events (account_id, order_id, version, status, at, by_name, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        account,
        order.id,
        version + 1,
        after.code(),
        now,
        actor.name(),
        reason
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    audit::record(
        tx,
        "order.cancelled",
        number,
        json!({ "before": before.code(), "after": after.code(), "reason": reason }),
    )
    .await
}
