//! Invariants and set-up, for `buyerdesk doctor`, the tests and the load test.

use crate::{Result, Store};

/// Every violation found, in words; empty when all holds.
pub async fn examine(store: &Store, now: chrono::DateTime<chrono::Utc>) -> Result<Vec<String>> {
    let mut found = store.dangerous_rights().await?;
    if !store.ready().await? {
        found.push("the schema is older than this program: run `buyerdesk migrate`".to_owned());
        return Ok(found);
    }
    let mut tx = store.job(now).await?;
    let rows = sqlx::query!(
        r#"SELECT v.invariant AS "invariant!", v.what AS "what!", COALESCE(a.number, '') AS "account!"
           FROM violations v LEFT JOIN accounts a ON a.id = v.account_id LIMIT 1000"#
    )
    .fetch_all(tx.db())
    .await?;
    found.extend(rows.into_iter().map(|r| format!("{}: {} {}", r.invariant, r.account, r.what)));
    let stuck = sqlx::query!(
        r#"SELECT id, COALESCE(last_error, '') AS "error!" FROM outbox WHERE done_at IS NULL AND attempts >= $1 LIMIT 100"#,
        crate::outbox::ATTEMPTS
    )
    .fetch_all(tx.db())
    .await?;
    found.extend(stuck.into_iter().map(|r| format!("outbox message {} was given up: {}", r.id, r.error)));
    if sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM seller"#).fetch_one(tx.db()).await? == 0 {
        found.push("no seller is set up: run `buyerdesk import DIR` or `buyerdesk demo`".to_owned());
    }
    Ok(found)
}
