//! Orders beyond the credit limit that wait for the seller: seeing and releasing them.

use chrono::{DateTime, Utc};
use domain::budgets::Period;
use domain::ids::MemberId;
use domain::notices::Kind;
use domain::orders::{Event, HeldRow, Status};
use domain::{Actor, Cause, Currency, Money, Permission, Problem};
use serde_json::json;

use super::advance::advance_in;
use crate::notices::{self, Note};
use crate::{Error, Result, Store, Tx, audit, budgets};

/// All held orders, the oldest first. For customer service and seller admins. One statement.
pub async fn held(tx: &mut Tx) -> Result<Vec<HeldRow>> {
    tx.actor()?.require(Permission::HoldRelease)?;
    let rows = sqlx::query!(
        "SELECT a.number AS account, a.name, o.number, o.placed_by, o.placed_at, o.gross, o.currency, o.version
         FROM orders o JOIN accounts a ON a.id = o.account_id WHERE o.status = 'on_hold' ORDER BY o.placed_at, o.id LIMIT 500"
    )
    .fetch_all(tx.db())
    .await?;
    rows.into_iter()
        .map(|r| {
            let currency = Currency::parse(&r.currency).ok_or_else(|| Error::odd("orders.currency", &r.currency))?;
            Ok(HeldRow {
                account: r.account,
                customer: r.name,
                number: r.number,
                placed_by: r.placed_by,
                placed_at: tx.local(r.placed_at),
                gross: Money::new(r.gross, currency),
                version: r.version,
            })
        })
        .collect()
}

/// Lets a held order go on in spite of the limit: it is confirmed, its budget is used, the buyer is told.
///
/// Runs as a job after the permission check, because staff write nothing of a customer's by themselves.
pub async fn release(
    store: &Store,
    actor: &Actor,
    account: &str,
    number: &str,
    version: i32,
    now: DateTime<Utc>,
) -> Result<()> {
    actor.require(Permission::HoldRelease)?;
    let mut tx = store.job(now).await?;
    let order = sqlx::query!(
        "SELECT o.id, o.account_id, o.status, o.version, o.member_id, o.cost_centre, o.currency, o.gross FROM orders o JOIN accounts a ON a.id = o.account_id
         WHERE a.number = $1 AND o.number = $2 FOR UPDATE OF o",
        account,
        number
    )
    .fetch_one(tx.db())
    .await?;
    let before = Status::parse(&order.status).ok_or_else(|| Error::odd("orders.status", &order.status))?;
    let after = before.after(Event::Release)?;
    if order.version != version {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let (account, id) = (order.account_id.into(), order.id.into());
    // The budget's row is locked before its ledger grows, as in a submission.
    let budget = sqlx::query!(
        "SELECT id, period FROM budgets WHERE account_id = $1 AND cost_centre = $2 AND active AND currency = $3 FOR UPDATE",
        order.account_id,
        order.cost_centre,
        order.currency
    )
    .fetch_optional(tx.db())
    .await?;
    if let Some(budget) = budget {
        let period = Period::parse(&budget.period).ok_or_else(|| Error::odd("budgets.period", &budget.period))?;
        budgets::take(&mut tx, account, budget.id.into(), period, order.gross, id).await?;
    }
    advance_in(&mut tx, account, id, version, &[(after, "released by the seller")], actor.name()).await?;
    if let Some(member) = order.member_id {
        let note = Note {
            member: MemberId(member),
            kind: Kind::Decision,
            text: format!("Your order {number} is released"),
            href: format!("/orders/{number}"),
            mail: "It is confirmed.".to_owned(),
        };
        notices::tell(&mut tx, account, &[note]).await?;
    }
    audit::record_job(&mut tx, account, actor.name(), "order.released", number, json!({ "before": before.code() }))
        .await?;
    tx.commit().await
}
