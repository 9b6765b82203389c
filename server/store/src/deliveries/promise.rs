//! Promising another day for a line: the old one is kept, the buyer is told.

use chrono::NaiveDate;
use domain::{Cause, Problem, text};
use serde_json::json;

use super::{lock, tell};
use crate::error::exactly;
use crate::{Result, Tx, audit};

/// Promises `day` for a line that is not sent in full. `before` is what the person saw, so that two of them do not overwrite
/// each other.
pub async fn promise(
    tx: &mut Tx,
    customer: &str,
    number: &str,
    line_no: i32,
    before: Option<NaiveDate>,
    day: NaiveDate,
    reason: &str,
) -> Result<()> {
    let order = lock(tx, customer, number).await?;
    let actor = tx.actor()?;
    let (account, now) = (actor.account().0, tx.now());
    let field = format!("day-{line_no}");
    let line = sqlx::query!(
        r#"SELECT sku, name, promised_on, quantity > quantity_shipped AS "open!",
                  (SELECT COALESCE(max(c.seq), 0) FROM promise_changes c WHERE c.account_id = $1 AND c.order_id = $2 AND c.line_no = $3) AS "seq!"
           FROM order_lines WHERE account_id = $1 AND order_id = $2 AND line_no = $3"#,
        account,
        order.id.0,
        line_no
    )
    .fetch_one(tx.db())
    .await?;
    if !order.status.is_open() || !line.open {
        return Err(Problem::Conflict(Cause::OrderState { state: order.status.label().to_lowercase() }).into());
    }
    if line.promised_on != before {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    if day < tx.today() {
        return Err(Problem::invalid(&field, "Promise today or a later day.").into());
    }
    if before == Some(day) {
        return Err(Problem::invalid(&field, "This day is promised already.").into());
    }
    let reason: String = reason.trim().chars().take(200).collect();
    let done = sqlx::query!(
        "WITH kept AS (INSERT INTO promise_changes (account_id, order_id, line_no, seq, before_day, after_day, reason, by_name, at)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))
         UPDATE order_lines SET promised_on = $6 WHERE account_id = $1 AND order_id = $2 AND line_no = $3",
        account,
        order.id.0,
        line_no,
        line.seq + 1,
        before,
        day,
        reason,
        actor.name(),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let was = before.map_or_else(String::new, |b| format!(" instead of {}", text::date(b)));
    let told = format!("{} of {number} comes on {}{was}", line.name, text::date(day));
    tell(tx, &order, told, reason.clone()).await?;
    let detail = json!({ "line": line_no, "before": before, "after": day, "reason": reason });
    audit::record(tx, "order.promised", &format!("{number}, {}", line.sku), detail).await
}
