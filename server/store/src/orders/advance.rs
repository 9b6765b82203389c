//! Moving an order on: its state, its history and its hold on the stock, together.

use domain::ids::{AccountId, OrderId};
use domain::orders::Status;

use crate::error::exactly;
use crate::{Result, Tx};

/// Moves a locked order of the asking account through `steps`, one history row each. `version` is the present one.
///
/// The caller has checked every step against the table of transitions.
pub(crate) async fn advance(
    tx: &mut Tx,
    order: OrderId,
    version: i32,
    steps: &[(Status, &str)],
    by: &str,
) -> Result<()> {
    let account = tx.actor()?.account();
    advance_in(tx, account, order, version, steps, by).await
}

/// The same for an order of any account: what the seller does to it.
pub(super) async fn advance_in(
    tx: &mut Tx,
    account: AccountId,
    order: OrderId,
    version: i32,
    steps: &[(Status, &str)],
    by: &str,
) -> Result<()> {
    let now = tx.now();
    let last = steps.last().map_or("", |s| s.0.code());
    let done = sqlx::query!(
        "WITH moved AS (UPDATE orders SET status = $4, version = version + cardinality($5::text[])
                        WHERE account_id = $1 AND id = $2 AND version = $3 RETURNING id)
         INSERT INTO order_events (account_id, order_id, version, status, at, by_name, reason)
         SELECT $1, moved.id, $3 + s.n, s.status, $7, $8, s.reason
         FROM moved, unnest($5::text[], $6::text[]) WITH ORDINALITY AS s(status, reason, n)",
        account.0,
        order.0,
        version,
        last,
        &steps.iter().map(|s| s.0.code().to_owned()).collect::<Vec<_>>(),
        &steps.iter().map(|s| s.1.to_owned()).collect::<Vec<_>>(),
        now,
        by
    )
    .execute(tx.db())
    .await?;
    exactly(steps.len() as u64, &done)
}

/// Gives back all stock that a locked order holds. Stock rows are locked in the global order before they change.
pub(crate) async fn free_stock(tx: &mut Tx, order: OrderId) -> Result<()> {
    let account = tx.actor()?.account().0;
    sqlx::query!(
        "SELECT k.product_id FROM stock k WHERE (k.product_id, k.warehouse) IN
             (SELECT r.product_id, r.warehouse FROM reservations r WHERE r.account_id = $1 AND r.order_id = $2)
         ORDER BY k.product_id, k.warehouse FOR UPDATE",
        account,
        order.0
    )
    .fetch_all(tx.db())
    .await?;
    sqlx::query!(
        "WITH freed AS (DELETE FROM reservations WHERE account_id = $1 AND order_id = $2 RETURNING product_id, warehouse, quantity),
              sums AS (SELECT product_id, warehouse, sum(quantity) AS quantity FROM freed GROUP BY 1, 2)
         UPDATE stock k SET reserved = k.reserved - s.quantity FROM sums s WHERE (k.product_id, k.warehouse) = (s.product_id, s.warehouse)",
        account,
        order.0
    )
    .execute(tx.db())
    .await?;
    Ok(())
}
