//! An account's exposure: always the sum of what it is made of, never a stored number.

use domain::credit::{Credit, Policy};
use domain::{Actor, Money};

use crate::{Result, Tx};

/// The limit and what uses it, without a lock: for showing.
pub(crate) async fn read(tx: &mut Tx, actor: &Actor) -> Result<Credit> {
    let row = sqlx::query!("SELECT credit_limit, policy FROM credit_limits WHERE account_id = $1", actor.account().0)
        .fetch_optional(tx.db())
        .await?;
    let Some(row) = row else { return Ok(Credit::unlimited(actor.currency())) };
    fill(tx, actor, row.credit_limit, &row.policy).await
}

/// The same under the account's credit lock, for submit: nobody else adds to the exposure until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, actor: &Actor) -> Result<Credit> {
    let row = sqlx::query!(
        "SELECT credit_limit, policy FROM credit_limits WHERE account_id = $1 FOR UPDATE",
        actor.account().0
    )
    .fetch_optional(tx.db())
    .await?;
    let Some(row) = row else { return Ok(Credit::unlimited(actor.currency())) };
    fill(tx, actor, row.credit_limit, &row.policy).await
}

async fn fill(tx: &mut Tx, actor: &Actor, limit: Option<rust_decimal::Decimal>, policy: &str) -> Result<Credit> {
    let money = |amount| Money::new(amount, actor.currency());
    if limit.is_none() {
        return Ok(Credit::unlimited(actor.currency()));
    }
    // A shipped order counts until its invoice does.
    let sums = sqlx::query!(
        r#"SELECT
             (SELECT COALESCE(sum(i.gross - i.settled), 0) FROM invoices i
              WHERE i.account_id = $1 AND i.settled < i.gross AND i.kind = 'invoice' AND i.currency = $2) AS "invoices!",
             (SELECT COALESCE(sum(i.gross - i.settled), 0) FROM invoices i
              WHERE i.account_id = $1 AND i.settled < i.gross AND i.kind = 'credit_note' AND i.currency = $2)
             + (SELECT COALESCE(sum(p.amount - (SELECT COALESCE(sum(a.amount), 0) FROM allocations a
                                                WHERE (a.account_id, a.payment_id) = (p.account_id, p.id))), 0)
                FROM payments p WHERE p.account_id = $1 AND p.kind = 'payment' AND p.currency = $2) AS "unallocated!",
             (SELECT COALESCE(sum(o.gross), 0) FROM orders o
              WHERE o.account_id = $1 AND o.currency = $2
                AND (o.status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold')
                     OR o.status = 'shipped' AND NOT EXISTS
                        (SELECT 1 FROM invoices i WHERE (i.account_id, i.order_id) = (o.account_id, o.id)))) AS "orders!""#,
        actor.account().0,
        actor.currency().code()
    )
    .fetch_one(tx.db())
    .await?;
    Ok(Credit {
        limit: limit.map(money),
        policy: Policy::parse(policy),
        open_invoices: money(sums.invoices),
        unallocated: money(sums.unallocated),
        open_orders: money(sums.orders),
    })
}
