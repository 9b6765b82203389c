//! Moving an order on without sending anything: taken over, arrived, called off.

use domain::orders::{Event, Status};
use domain::{Cause, Problem};
use serde_json::json;

use super::{lock, tell};
use crate::orders::{advance, free_stock};
use crate::{Result, Tx, approvals, audit, budgets, quotes};

/// What the seller does with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Take it over.
    Confirm,
    /// It has arrived.
    Complete,
    /// Call it off.
    Cancel,
}

impl Change {
    /// As the form sends it.
    pub fn parse(code: &str) -> Option<Self> {
        Some(match code {
            "confirm" => Self::Confirm,
            "complete" => Self::Complete,
            "cancel" => Self::Cancel,
            _ => return None,
        })
    }

    const fn event(self) -> Event {
        match self {
            Self::Confirm => Event::Confirm,
            Self::Complete => Event::Complete,
            Self::Cancel => Event::Cancel,
        }
    }
}

/// Moves an order on as the table of transitions allows; the buyer is told. `version` is what the person saw. Calling off needs a
/// reason, frees the stock and gives back the budget, as when the buyer does it.
pub async fn change(
    tx: &mut Tx,
    customer: &str,
    number: &str,
    version: i32,
    change: Change,
    reason: &str,
) -> Result<Status> {
    let order = lock(tx, customer, number).await?;
    let actor = tx.actor()?;
    let after = order.status.after(change.event())?;
    if order.version != version {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let reason: String = reason.trim().chars().take(500).collect();
    match change {
        Change::Cancel => {
            if reason.is_empty() {
                return Err(Problem::invalid("reason", "Say why: the customer reads it.").into());
            }
            if order.status == Status::PendingApproval {
                approvals::withdraw(tx, order.id).await?;
            }
            quotes::give_back(tx, order.id, number, "was cancelled").await?;
            budgets::give_back(tx, order.id).await?;
            free_stock(tx, order.id).await?;
        }
        Change::Confirm => consume(tx, &order.cost_centre, order.id.0).await?,
        Change::Complete => {}
    }
    advance(tx, order.id, version, &[(after, &reason)], actor.name()).await?;
    let text = match change {
        Change::Confirm => format!("Your order {number} is confirmed"),
        Change::Complete => format!("Your order {number} is completed"),
        Change::Cancel => format!("Your order {number} was cancelled by us: {reason}"),
    };
    tell(tx, &order, text, reason.clone()).await?;
    let action = match change {
        Change::Confirm => "order.confirmed",
        Change::Complete => "order.completed",
        Change::Cancel => "order.cancelled",
    };
    let detail = json!({ "before": order.status.code(), "after": after.code(), "reason": reason });
    audit::record(tx, action, number, detail).await?;
    Ok(after)
}

/// What is confirmed uses its cost centre's budget. The budget's row is locked before its ledger grows.
async fn consume(tx: &mut Tx, cost_centre: &str, order: uuid::Uuid) -> Result<()> {
    let (account, now, today) = (tx.actor()?.account().0, tx.now(), tx.today());
    sqlx::query!("SELECT id FROM budgets WHERE account_id = $1 AND cost_centre = $2 FOR UPDATE", account, cost_centre)
        .fetch_optional(tx.db())
        .await?;
    sqlx::query!(
        "INSERT INTO budget_entries (account_id, id, budget_id, order_id, period_start, amount, at)
         SELECT $1, gen_random_uuid(), b.id, o.id, date_trunc(b.period, $3::date)::date, o.gross, $4
         FROM orders o JOIN budgets b ON b.account_id = o.account_id AND b.cost_centre = o.cost_centre
         WHERE o.account_id = $1 AND o.id = $2 AND b.active AND b.currency = o.currency AND o.gross <> 0",
        account,
        order,
        today,
        now
    )
    .execute(tx.db())
    .await?;
    Ok(())
}
