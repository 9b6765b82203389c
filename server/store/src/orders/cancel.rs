//! Calling an order off, while that is possible.

use domain::ids::OrderId;
use domain::orders::{Event, Status};
use domain::{Cause, Permission, Problem};
use serde_json::json;

use super::advance::{advance, free_stock};
use crate::{Error, Result, Tx, approvals, audit, budgets, quotes};

/// Cancels an order: the stock is free again, its budget too, an approval that it waits for ends, and the history says
/// who and why. `version` is what the person saw.
pub async fn cancel(tx: &mut Tx, number: &str, version: i32, reason: &str) -> Result<()> {
    let actor = tx.actor()?;
    let own = actor.only_own(Permission::OrderCancel)?;
    let order = sqlx::query!(
        "SELECT id, status, version, source FROM orders
         WHERE account_id = $1 AND number = $2 AND ($3::uuid IS NULL OR member_id = $3) FOR UPDATE",
        actor.account().0,
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
    let id = OrderId(order.id);
    let reason: String = reason.trim().chars().take(500).collect();
    if before == Status::PendingApproval {
        approvals::withdraw(tx, id).await?;
    }
    quotes::give_back(tx, id, number, "was cancelled").await?;
    budgets::give_back(tx, id).await?;
    free_stock(tx, id).await?;
    advance(tx, id, version, &[(after, &reason)], actor.name()).await?;
    audit::record(
        tx,
        "order.cancelled",
        number,
        json!({ "before": before.code(), "after": after.code(), "reason": reason }),
    )
    .await
}
