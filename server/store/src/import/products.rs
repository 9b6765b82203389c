//! Products and the categories they name.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{Currency, Quantity};
use rust_decimal::Decimal;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Outcome, column, ids, levels};
use crate::{Result, Tx};

/// The unit of articles of which none is said: each.
pub const OWN_UNIT: &str = "EA";

/// A row of products.csv.
#[derive(Clone, Debug)]
pub struct Product {
    /// Article number, upper case: the key.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Its category's name.
    pub category: String,
    /// Unit of measure; none keeps what is there, [`OWN_UNIT`] for a new article.
    pub unit: Option<String>,
    /// The least that can be ordered.
    pub min_quantity: Quantity,
    /// Orders go in steps of.
    pub multiple: Quantity,
    /// Pieces in one unit.
    pub pieces: Option<i32>,
    /// No longer sold.
    pub discontinued: bool,
    /// What replaces it.
    pub successor: Option<String>,
    /// Text; none keeps what is there.
    pub description: Option<String>,
    /// GTIN; none keeps what is there.
    pub gtin: Option<String>,
    /// Percent; none keeps what is there.
    pub tax_rate: Option<Decimal>,
    /// Larger units; none keeps what is there.
    pub larger_units: Option<BTreeMap<String, Quantity>>,
    /// What one unit costs the seller, and in which currency; none keeps what is there.
    pub cost: Option<(Decimal, Currency)>,
}

/// In how many steps these products, all with a successor, must be written; or why one cannot be.
pub async fn product_levels(
    tx: &mut Tx,
    waiting: &[(String, String)],
) -> Result<Vec<std::result::Result<usize, String>>> {
    let rows = sqlx::query!(
        r#"SELECT p.sku, s.sku AS "successor?" FROM products p LEFT JOIN products s ON s.id = p.successor_id"#
    )
    .fetch_all(tx.db())
    .await?;
    let known: HashMap<String, Option<String>> = rows.into_iter().map(|r| (r.sku, r.successor)).collect();
    Ok(levels::levels("successor_sku", waiting, &known))
}

/// Writes products whose successors exist. One that changes its unit is refused while anything counts in the present one: so many
/// pieces are not so many boxes.
pub async fn products(tx: &mut Tx, rows: &[Product]) -> Result<Outcome> {
    let refused = counted(tx, rows).await?;
    if refused.is_empty() {
        return write(tx, rows).await;
    }
    let kept = (0..rows.len()).filter(|at| refused.iter().all(|r| r.0 != *at)).map(|at| rows[at].clone());
    let kept: Vec<Product> = kept.collect();
    Ok(Outcome { refused, ..write(tx, &kept).await? })
}

/// The rows that change the unit of an article that stands on a shelf or in somebody's cart, list or schedule: position, and why not.
async fn counted(tx: &mut Tx, rows: &[Product]) -> Result<Vec<(usize, String)>> {
    let found = sqlx::query!(
        r#"SELECT t.n AS "n!", p.unit, t.unit AS "wanted!"
           FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t(sku, unit, n) JOIN products p ON p.sku = t.sku AND p.unit <> t.unit
           WHERE EXISTS (SELECT 1 FROM stock s WHERE s.product_id = p.id AND (s.on_hand <> 0 OR s.reserved <> 0 OR s.incoming <> 0))
              OR EXISTS (SELECT 1 FROM cart_lines l WHERE l.product_id = p.id)
              OR EXISTS (SELECT 1 FROM list_lines l WHERE l.product_id = p.id)
              OR EXISTS (SELECT 1 FROM schedule_lines l WHERE l.product_id = p.id)
           ORDER BY t.n"#,
        &column(rows, |r| r.sku.clone()),
        &column(rows, |r| r.unit.clone()) as &[Option<String>]
    )
    .fetch_all(tx.db())
    .await?;
    let reason = |own: &str, wanted: &str| {
        format!(
            "unit cannot become {wanted}: stock, carts, lists or schedules count this article in {own}; make a new article"
        )
    };
    Ok(found
        .into_iter()
        .map(|r| (usize::try_from(r.n - 1).unwrap_or(usize::MAX), reason(&r.unit, &r.wanted)))
        .collect())
}

async fn write(tx: &mut Tx, rows: &[Product]) -> Result<Outcome> {
    let categories = categories(tx, rows).await?;
    let mut changed: HashSet<String> = sqlx::query_scalar!(
        "INSERT INTO products AS p (id, sku, name, category_id, unit, min_quantity, quantity_multiple, pieces_per_pack, status, successor_id,
                                    description, gtin, tax_rate, larger_units)
         SELECT t.id, t.sku, t.name, t.category_id, COALESCE(t.unit, o.unit, 'EA'), t.minimum, t.multiple, t.pieces,
                CASE WHEN t.discontinued THEN 'discontinued' ELSE 'active' END, s.id,
                COALESCE(t.description, o.description, ''), COALESCE(t.gtin, o.gtin), COALESCE(t.tax_rate, o.tax_rate, 20),
                COALESCE(t.larger_units, o.larger_units, '{}')
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::numeric[], $7::numeric[], $8::int[], $9::bool[], $10::text[],
                     $11::text[], $12::text[], $13::numeric[], $14::jsonb[])
              AS t(id, sku, name, category_id, unit, minimum, multiple, pieces, discontinued, successor, description, gtin, tax_rate, larger_units)
         LEFT JOIN products s ON s.sku = t.successor
         LEFT JOIN products o ON o.sku = t.sku
         ON CONFLICT (sku) DO UPDATE
         SET name = EXCLUDED.name, category_id = EXCLUDED.category_id, unit = EXCLUDED.unit, min_quantity = EXCLUDED.min_quantity,
             quantity_multiple = EXCLUDED.quantity_multiple, pieces_per_pack = EXCLUDED.pieces_per_pack, status = EXCLUDED.status,
             successor_id = EXCLUDED.successor_id, description = EXCLUDED.description, gtin = EXCLUDED.gtin, tax_rate = EXCLUDED.tax_rate,
             larger_units = EXCLUDED.larger_units
         WHERE (p.name, p.category_id, p.unit, p.min_quantity, p.quantity_multiple, p.pieces_per_pack, p.status, p.successor_id,
                p.description, p.gtin, p.tax_rate, p.larger_units) IS DISTINCT FROM
               (EXCLUDED.name, EXCLUDED.category_id, EXCLUDED.unit, EXCLUDED.min_quantity, EXCLUDED.quantity_multiple, EXCLUDED.pieces_per_pack,
                EXCLUDED.status, EXCLUDED.successor_id, EXCLUDED.description, EXCLUDED.gtin, EXCLUDED.tax_rate, EXCLUDED.larger_units)
         RETURNING p.sku",
        &ids(rows),
        &column(rows, |r| r.sku.clone()),
        &column(rows, |r| r.name.clone()),
        &column(rows, |r| categories.get(&r.category).copied()) as &[Option<Uuid>],
        &column(rows, |r| r.unit.clone()) as &[Option<String>],
        &column(rows, |r| r.min_quantity.value()),
        &column(rows, |r| r.multiple.value()),
        &column(rows, |r| r.pieces) as &[Option<i32>],
        &column(rows, |r| r.discontinued),
        &column(rows, |r| r.successor.clone()) as &[Option<String>],
        &column(rows, |r| r.description.clone()) as &[Option<String>],
        &column(rows, |r| r.gtin.clone()) as &[Option<String>],
        &column(rows, |r| r.tax_rate) as &[Option<Decimal>],
        &column(rows, |r| r.larger_units.as_ref().map(|larger| json!(larger))) as &[Option<serde_json::Value>]
    )
    .fetch_all(tx.db())
    .await?
    .into_iter()
    .collect();
    changed.extend(costs(tx, rows).await?);
    Ok(Outcome { changed: changed.len() as u64, ..Outcome::default() })
}

/// Writes what units cost the seller; gives the articles whose cost is another now.
async fn costs(tx: &mut Tx, rows: &[Product]) -> Result<Vec<String>> {
    let known: Vec<(&str, Decimal, Currency)> =
        rows.iter().filter_map(|r| r.cost.map(|(cost, currency)| (r.sku.as_str(), cost, currency))).collect();
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let changed = sqlx::query_scalar!(
        "INSERT INTO product_costs AS c (product_id, cost, currency)
         SELECT p.id, t.cost, t.currency FROM unnest($1::text[], $2::numeric[], $3::text[]) AS t(sku, cost, currency) JOIN products p ON p.sku = t.sku
         ON CONFLICT (product_id) DO UPDATE SET cost = EXCLUDED.cost, currency = EXCLUDED.currency
         WHERE (c.cost, c.currency) IS DISTINCT FROM (EXCLUDED.cost, EXCLUDED.currency)
         RETURNING (SELECT p.sku FROM products p WHERE p.id = c.product_id) AS \"sku!\"",
        &column(&known, |k| k.0.to_owned()),
        &column(&known, |k| k.1),
        &column(&known, |k| k.2.code().to_owned())
    )
    .fetch_all(tx.db())
    .await?;
    Ok(changed)
}

/// The ids of the categories that these rows name; missing ones are made. Names that differ in spelling alone are one.
async fn categories(tx: &mut Tx, rows: &[Product]) -> Result<HashMap<String, Uuid>> {
    let mut names: Vec<&str> = rows.iter().map(|r| r.category.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let slugs = column(&names, |n| slug(n));
    let icons = column(&names, |n| icon(n).to_owned());
    let names = column(&names, |n| (*n).to_owned());
    sqlx::query!(
        "INSERT INTO categories (id, slug, name, icon, position)
         SELECT t.id, t.slug, t.name, t.icon, (SELECT COALESCE(max(position) + 1, 0) FROM categories)
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS t(id, slug, name, icon)
         WHERE NOT EXISTS (SELECT 1 FROM categories c WHERE c.slug = t.slug OR c.name = t.name)
         ON CONFLICT DO NOTHING",
        &ids(&names),
        &slugs,
        &names,
        &icons
    )
    .execute(tx.db())
    .await?;
    let found = sqlx::query!(
        r#"SELECT DISTINCT ON (t.name) t.name AS "name!", c.id
           FROM unnest($1::text[], $2::text[]) AS t(name, slug) JOIN categories c ON c.name = t.name OR c.slug = t.slug
           ORDER BY t.name, c.name = t.name DESC"#,
        &names,
        &slugs
    )
    .fetch_all(tx.db())
    .await?;
    Ok(found.into_iter().map(|r| (r.name, r.id)).collect())
}

/// `Lunch & picnic` as `lunch-picnic`; a name without a Latin letter or digit gets one from its hash.
fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    if words.is_empty() { format!("c-{}", hex::encode(&Sha256::digest(name)[..4])) } else { words.join("-") }
}

/// The drawing that goes with a category's name.
fn icon(name: &str) -> &'static str {
    const DRAWN: [&str; 16] = [
        "bags",
        "baking",
        "christmas",
        "clocks",
        "frames",
        "garden",
        "jewellery",
        "kitchen",
        "lighting",
        "lunch",
        "stationery",
        "storage",
        "tableware",
        "textiles",
        "toys",
        "giftware",
    ];
    let slug = slug(name);
    DRAWN.iter().find(|drawn| slug.split('-').any(|word| word == **drawn)).copied().unwrap_or("giftware")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_gets_a_slug_and_a_drawing_from_its_name() {
        for (name, in_urls, drawing) in [
            ("Christmas", "christmas", "christmas"),
            ("Lunch & picnic", "lunch-picnic", "lunch"),
            ("Clocks & signs", "clocks-signs", "clocks"),
            ("Frames & mirrors", "frames-mirrors", "frames"),
            ("Toys & games", "toys-games", "toys"),
            ("Valves", "valves", "giftware"),
        ] {
            assert_eq!((slug(name).as_str(), icon(name)), (in_urls, drawing), "{name}");
        }
        assert!(slug("日本").starts_with("c-"));
    }
}
