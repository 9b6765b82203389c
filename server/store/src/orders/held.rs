//! Orders beyond the credit limit that wait for the seller: seeing and releasing them.

use chrono::{DateTime, Utc};
use domain::ids::MemberId;
use domain::notices::Kind;
use domain::orders::{Event, HeldRow, Status};
use domain::{Actor, Cause, Currency, Money, Permission, Problem};
use serde_json::json;

use crate::error::exactly;
use crate::notices::{self, Note};
use crate::{Error, Result, Store, Tx, audit};

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
        "SELECT o.id, o.account_id, o.status, o.version, o.member_id, o.cost_centre FROM orders o JOIN accounts a ON a.id = o.account_id
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
    // The budget's row is locked before its ledger grows, as in a submission.
    sqlx::query!(
        "SELECT id FROM budgets WHERE account_id = $1 AND cost_centre = $2 FOR UPDATE",
        order.account_id,
        order.cost_centre
    )
    .fetch_optional(tx.db())
    .await?;
    let today = tx.today();
    let done = sqlx::query!(
        "WITH step AS (INSERT INTO order_events (account_id, order_id, version, status, at, by_name, reason)
                       VALUES ($1, $2, $3 + 1, $4, $5, $6, 'released by the seller')),
              used AS (INSERT INTO budget_entries (account_id, id, budget_id, order_id, period_start, amount, at)
                       SELECT $1, gen_random_uuid(), b.id, o.id, date_trunc(b.period, $7::date)::date, o.gross, $5
                       FROM orders o JOIN budgets b ON b.account_id = o.account_id AND b.cost_centre = o.cost_centre
                       WHERE o.account_id = $1 AND o.id = $2 AND b.active AND b.currency = o.currency AND o.gross <> 0)
         UPDATE orders SET status = $4, version = version + 1 WHERE account_id = $1 AND id = $2 AND version = $3",
        order.account_id,
        order.id,
        version,
        after.code(),
        now,
        actor.name(),
        today
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let account = order.account_id.into();
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
