//! What stands on the shelves and what is on its way.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Outcome, column, named_products};
use crate::{Result, Tx};

/// A row of stock.csv.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The warehouse's code.
    pub warehouse: String,
    /// The product.
    pub sku: String,
    /// On the shelf.
    pub on_hand: Decimal,
    /// On its way.
    pub incoming: Decimal,
    /// When; always there when something is on its way.
    pub due: Option<NaiveDate>,
}

/// Writes stock. What is reserved stays reserved, so there cannot be less than that.
pub async fn stock(tx: &mut Tx, rows: &[Shelf]) -> Result<Outcome> {
    let products = named_products(tx, &column(rows, |r| r.sku.clone())).await?;
    let mut outcome = Outcome::default();
    let mut good: Vec<(Uuid, usize, &Shelf)> = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        match products.get(&row.sku) {
            Some(product) => good.push((*product, i, row)),
            None => outcome.refused.push((i, format!("unknown SKU: {}", row.sku))),
        }
    }
    // Locked in the order in which submitting an order does.
    good.sort_by(|a, b| (a.0, &a.2.warehouse).cmp(&(b.0, &b.2.warehouse)));
    let reserved = sqlx::query!(
        "SELECT k.product_id, k.warehouse, k.reserved FROM stock k
         JOIN unnest($1::uuid[], $2::text[]) AS t(product, warehouse) ON k.product_id = t.product AND k.warehouse = t.warehouse
         ORDER BY k.product_id, k.warehouse FOR UPDATE OF k",
        &column(&good, |g| g.0),
        &column(&good, |g| g.2.warehouse.clone())
    )
    .fetch_all(tx.db())
    .await?;
    let reserved: HashMap<(Uuid, String), Decimal> =
        reserved.into_iter().map(|r| ((r.product_id, r.warehouse), r.reserved)).collect();
    good.retain(|(product, i, row)| {
        let held = reserved.get(&(*product, row.warehouse.clone())).copied().unwrap_or_default();
        let enough = row.on_hand + row.incoming >= held;
        if !enough {
            outcome.refused.push((*i, format!("less than orders have reserved: {}", held.normalize())));
        }
        enough
    });
    let warehouses: Vec<String> =
        good.iter().map(|g| g.2.warehouse.clone()).collect::<HashSet<_>>().into_iter().collect();
    sqlx::query!(
        "INSERT INTO warehouses (code, name, position)
         SELECT code, code, (SELECT COALESCE(max(position) + 1, 0) FROM warehouses) FROM unnest($1::text[]) AS t(code) ON CONFLICT DO NOTHING",
        &warehouses
    )
    .execute(tx.db())
    .await?;
    let done = sqlx::query!(
        "INSERT INTO stock AS k (product_id, warehouse, on_hand, incoming, incoming_on)
         SELECT * FROM unnest($1::uuid[], $2::text[], $3::numeric[], $4::numeric[], $5::date[])
         ON CONFLICT (product_id, warehouse) DO UPDATE
         SET on_hand = EXCLUDED.on_hand, incoming = EXCLUDED.incoming, incoming_on = EXCLUDED.incoming_on
         WHERE (k.on_hand, k.incoming, k.incoming_on) IS DISTINCT FROM (EXCLUDED.on_hand, EXCLUDED.incoming, EXCLUDED.incoming_on)",
        &column(&good, |g| g.0),
        &column(&good, |g| g.2.warehouse.clone()),
        &column(&good, |g| g.2.on_hand),
        &column(&good, |g| g.2.incoming),
        &column(&good, |g| g.2.due.filter(|_| !g.2.incoming.is_zero())) as &[Option<NaiveDate>]
    )
    .execute(tx.db())
    .await?;
    outcome.changed = done.rows_affected();
    Ok(outcome)
}
