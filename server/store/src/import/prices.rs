//! Prices of lists that contracts have named.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{Money, Quantity};
use uuid::Uuid;

use super::{Outcome, column, named_products};
use crate::{Result, Tx};

/// A row of prices.csv.
#[derive(Clone, Debug)]
pub struct Price {
    /// The list's code.
    pub list: String,
    /// The product.
    pub sku: String,
    /// Unit of measure.
    pub unit: String,
    /// From this quantity on.
    pub min_quantity: Quantity,
    /// Each.
    pub unit_price: Money,
    /// First day; none: always.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// Writes prices; each replaces the one with the same list, product, currency, unit, quantity and first day.
pub async fn prices(tx: &mut Tx, rows: &[Price]) -> Result<Outcome> {
    let products = named_products(tx, &column(rows, |r| r.sku.clone())).await?;
    let lists = sqlx::query!(
        "SELECT code, account_id, id FROM price_lists WHERE code = ANY($1)",
        &column(rows, |r| r.list.clone())
    )
    .fetch_all(tx.db())
    .await?;
    let lists: HashMap<String, (Uuid, Uuid)> = lists.into_iter().map(|r| (r.code, (r.account_id, r.id))).collect();
    let mut outcome = Outcome::default();
    let mut good: Vec<((Uuid, Uuid), Uuid, &Price)> = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        match (lists.get(&row.list), products.get(&row.sku)) {
            (Some(list), Some(product)) => good.push((*list, *product, row)),
            // Made here it would belong to the seller and so be open to every customer.
            (None, _) => outcome.refused.push((i, format!("no contract names this price list: {}", row.list))),
            (_, None) => outcome.refused.push((i, format!("unknown SKU: {}", row.sku))),
        }
    }
    let done = sqlx::query!(
        "INSERT INTO prices AS p (account_id, price_list_id, product_id, currency, unit, min_quantity, unit_price, valid_from, valid_to)
         SELECT t.account_id, t.list, t.product, t.currency, t.unit, t.minimum, t.price, COALESCE(t.from_day, '-infinity'), t.to_day
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::numeric[], $7::numeric[], $8::date[], $9::date[])
              AS t(account_id, list, product, currency, unit, minimum, price, from_day, to_day)
         ON CONFLICT (account_id, price_list_id, product_id, currency, unit, min_quantity, valid_from) DO UPDATE
         SET unit_price = EXCLUDED.unit_price, percent_off = NULL, valid_to = EXCLUDED.valid_to
         WHERE (p.unit_price, p.percent_off, p.valid_to) IS DISTINCT FROM (EXCLUDED.unit_price, NULL::numeric, EXCLUDED.valid_to)",
        &column(&good, |g| g.0.0),
        &column(&good, |g| g.0.1),
        &column(&good, |g| g.1),
        &column(&good, |g| g.2.unit_price.currency().code().to_owned()),
        &column(&good, |g| g.2.unit.clone()),
        &column(&good, |g| g.2.min_quantity.value()),
        &column(&good, |g| g.2.unit_price.amount()),
        &column(&good, |g| g.2.from) as &[Option<NaiveDate>],
        &column(&good, |g| g.2.to) as &[Option<NaiveDate>]
    )
    .execute(tx.db())
    .await?;
    outcome.changed = done.rows_affected();
    Ok(outcome)
}
