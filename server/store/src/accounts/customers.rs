//! The seller's view of its customers: assigned ones for a sales rep, all for the others (row-level security decides).

use domain::accounts::CustomerRow;
use domain::{Currency, Money, Permission};

use crate::{Error, Result, Tx};

/// Customers whose number or name matches, by name; 100 at most.
pub async fn customers(tx: &mut Tx, words: &str) -> Result<Vec<CustomerRow>> {
    tx.actor()?.require(Permission::CustomerRead)?;
    let pattern = format!("%{}%", words.trim().replace(['%', '_', '\\'], ""));
    let today = tx.today();
    let rows = sqlx::query!(
        r#"SELECT a.number, a.name, a.country, a.status, a.currency,
                  (SELECT count(*) FROM orders o WHERE o.account_id = a.id
                   AND o.status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold')) AS "open_orders!",
                  (SELECT max(o.placed_at) FROM orders o WHERE o.account_id = a.id) AS last_order,
                  (SELECT COALESCE(sum(i.gross - i.settled), 0) FROM invoices i
                   WHERE i.account_id = a.id AND i.settled < i.gross AND i.kind = 'invoice' AND i.due_on < $2) AS "overdue!"
           FROM accounts a
           WHERE a.id <> '00000000-0000-0000-0000-000000000000' AND (a.number ILIKE $1 OR a.name ILIKE $1)
           ORDER BY a.name, a.id LIMIT 100"#,
        pattern,
        today
    )
    .fetch_all(tx.db())
    .await?;
    rows.into_iter()
        .map(|r| {
            let currency = Currency::parse(&r.currency).ok_or_else(|| Error::odd("accounts.currency", &r.currency))?;
            Ok(CustomerRow {
                number: r.number,
                name: r.name,
                country: r.country,
                status: r.status,
                open_orders: r.open_orders,
                last_order: r.last_order.map(|t| tx.local(t)),
                overdue: Money::new(r.overdue, currency),
            })
        })
        .collect()
}
