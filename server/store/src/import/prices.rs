//! Prices of lists that contracts have named.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::units::Units;
use domain::{Money, Quantity};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Outcome, column};
use crate::{Error, Result, Tx};

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

/// A row in its product's own unit.
struct Good<'a> {
    list: (Uuid, Uuid),
    product: Uuid,
    unit: &'a str,
    min_quantity: Quantity,
    unit_price: Decimal,
    row: &'a Price,
}

/// From which quantity, and what one costs, in the product's own unit; or why that cannot be said.
fn in_own_unit(row: &Price, units: &Units) -> std::result::Result<(Quantity, Decimal), String> {
    let Some(holds) = units.holds(&row.unit) else {
        return Err(format!(
            "{} is not a unit of this product ({}); larger_units in products.csv names them",
            row.unit, units.own
        ));
    };
    let minimum = units
        .to_own(row.min_quantity, &row.unit)
        .ok_or_else(|| format!("min_quantity is too large: {}", row.min_quantity))?;
    let price = units.price_of_own(row.unit_price.amount(), &row.unit).ok_or_else(|| {
        format!(
            "unit_price cannot be divided by {holds} exactly: {}; give the price per {}",
            row.unit_price.amount(),
            units.own
        )
    })?;
    Ok((minimum, price))
}

/// Writes prices, in their products' own units; each replaces the one with the same list, product, currency, unit, quantity and first day.
pub async fn prices(tx: &mut Tx, rows: &[Price]) -> Result<Outcome> {
    let skus = column(rows, |r| r.sku.clone());
    let products = sqlx::query!("SELECT sku, id, unit, larger_units FROM products WHERE sku = ANY($1)", &skus)
        .fetch_all(tx.db())
        .await?;
    let mut known: HashMap<String, (Uuid, Units)> = HashMap::with_capacity(products.len());
    for p in products {
        let larger =
            serde_json::from_value(p.larger_units).map_err(|e| Error::odd("products.larger_units", &e.to_string()))?;
        known.insert(p.sku, (p.id, Units { own: p.unit, larger }));
    }
    let lists = sqlx::query!(
        "SELECT code, account_id, id FROM price_lists WHERE code = ANY($1)",
        &column(rows, |r| r.list.clone())
    )
    .fetch_all(tx.db())
    .await?;
    let lists: HashMap<String, (Uuid, Uuid)> = lists.into_iter().map(|r| (r.code, (r.account_id, r.id))).collect();
    let mut outcome = Outcome::default();
    let mut good: Vec<Good<'_>> = Vec::with_capacity(rows.len());
    let mut keys = HashSet::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let refused = match (lists.get(&row.list), known.get(&row.sku)) {
            (Some(list), Some((product, units))) => match in_own_unit(row, units) {
                Ok((min_quantity, unit_price)) => {
                    let good_row =
                        Good { list: *list, product: *product, unit: &units.own, min_quantity, unit_price, row };
                    if keys.insert((list, product, row.unit_price.currency(), min_quantity, row.from)) {
                        good.push(good_row);
                        continue;
                    }
                    format!("another row gives this price from {min_quantity} {} on", units.own)
                }
                Err(reason) => reason,
            },
            // Made here it would belong to the seller and so be open to every customer.
            (None, _) => format!("no contract names this price list: {}", row.list),
            (_, None) => format!("unknown SKU: {}", row.sku),
        };
        outcome.refused.push((i, refused));
    }
    let done = sqlx::query!(
        "INSERT INTO prices AS p (account_id, price_list_id, product_id, currency, unit, min_quantity, unit_price, valid_from, valid_to)
         SELECT t.account_id, t.list, t.product, t.currency, t.unit, t.minimum, t.price, COALESCE(t.from_day, '-infinity'), t.to_day
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::numeric[], $7::numeric[], $8::date[], $9::date[])
              AS t(account_id, list, product, currency, unit, minimum, price, from_day, to_day)
         ON CONFLICT (account_id, price_list_id, product_id, currency, unit, min_quantity, valid_from) DO UPDATE
         SET unit_price = EXCLUDED.unit_price, percent_off = NULL, valid_to = EXCLUDED.valid_to
         WHERE (p.unit_price, p.percent_off, p.valid_to) IS DISTINCT FROM (EXCLUDED.unit_price, NULL::numeric, EXCLUDED.valid_to)",
        &column(&good, |g| g.list.0),
        &column(&good, |g| g.list.1),
        &column(&good, |g| g.product),
        &column(&good, |g| g.row.unit_price.currency().code().to_owned()),
        &column(&good, |g| g.unit.to_owned()),
        &column(&good, |g| g.min_quantity.value()),
        &column(&good, |g| g.unit_price),
        &column(&good, |g| g.row.from) as &[Option<NaiveDate>],
        &column(&good, |g| g.row.to) as &[Option<NaiveDate>]
    )
    .execute(tx.db())
    .await?;
    outcome.changed = done.rows_affected();
    Ok(outcome)
}
