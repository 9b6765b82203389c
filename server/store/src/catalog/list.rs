//! Catalog, category and search pages: one statement each.

use std::collections::BTreeMap;

use domain::catalog::{CatalogPage, CatalogQuery, CategoryRow, Facet, PAGE, Sort};
use domain::{Actor, Permission, Problem};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::facts::{Facts, Pricing};
use super::overview::{self, Counted};
use crate::{Result, Tx};

/// A page of the account's assortment, priced. Not found for a category that is not there.
///
/// Search: SKU and GTIN prefixes first, then words (English stems, prefixes), and only if nothing fits, the nearest spellings.
pub async fn page(tx: &mut Tx, query: CatalogQuery) -> Result<CatalogPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CatalogRead)?;
    let today = tx.today();
    let found = if is_plain(&query) { plain(tx, &query).await? } else { searched(tx, &actor, &query).await? };
    if !query.category.is_empty() && found.category.is_none() {
        return Err(Problem::NotFound.into());
    }
    let pricing = Pricing::of(&actor, today);
    Ok(CatalogPage {
        category: found.category.filter(|_| !query.category.is_empty()),
        rows: found.rows.iter().flat_map(|Json(rows)| rows).map(|f| f.row(pricing)).collect(),
        total: found.total,
        categories: found.categories,
        facets: found.facets,
        guessed: found.guessed,
        can_add: actor.may(Permission::CartUse),
        today,
        query,
    })
}

/// A page's rows and what stands beside them.
struct Found {
    total: i64,
    guessed: bool,
    category: Option<String>,
    categories: Vec<CategoryRow>,
    facets: Vec<Facet>,
    rows: Option<Json<Vec<Facts>>>,
}

/// Nothing searched, nothing filtered, in an order that an index has: what most people open most of the time.
fn is_plain(query: &CatalogQuery) -> bool {
    query.words.is_empty()
        && query.attributes.is_empty()
        && !query.in_stock
        && !matches!(query.sort, Sort::PriceUp | Sort::PriceDown)
}

/// One statement, and one more when nobody has counted this assortment yet.
async fn plain(tx: &mut Tx, query: &CatalogQuery) -> Result<Found> {
    struct Paged {
        version: i64,
        catalogs: Option<Vec<Uuid>>,
        category: Option<String>,
        rows: Option<Json<Vec<Facts>>>,
    }
    let (first, skip) = (i64::from(PAGE), i64::from(query.page - 1) * i64::from(PAGE));
    // Four statements in one shape, so that each is read along its own index.
    macro_rules! page {
        ($here:tt, $order:tt) => {
            sqlx::query_as!(
                Paged,
                "WITH paged AS MATERIALIZED (
                     SELECT p.id FROM my_products p WHERE p.status = 'active' AND "
                    + $here
                    + " ORDER BY "
                    + $order
                    + " LIMIT $2 OFFSET $3)
                 SELECT s.catalog_version AS version,
                        (SELECT array_agg(DISTINCT g.id) FROM my_catalogs g) AS catalogs,
                        (SELECT c.name FROM categories c WHERE c.slug = $1) AS category,
                        (SELECT json_agg(p ORDER BY "
                    + $order
                    + ") FROM product_facts p WHERE p.id = ANY (ARRAY(SELECT g.id FROM paged g))) AS \"rows: Json<Vec<Facts>>\"
                 FROM seller s",
                query.category,
                first,
                skip
            )
            .fetch_one(tx.db())
            .await?
        };
    }
    macro_rules! in_category {
        ($order:tt) => {
            page!("p.category_id = (SELECT c.id FROM categories c WHERE c.slug = $1)", $order)
        };
    }
    let paged = match (query.category.is_empty(), query.sort) {
        (true, Sort::Sku) => page!("true", "p.sku, p.id"),
        (true, _) => page!("true", "p.name, p.id"),
        (false, Sort::Sku) => in_category!("p.sku, p.id"),
        (false, _) => in_category!("p.name, p.id"),
    };
    let overview = overview::overview(tx, paged.version, paged.catalogs.unwrap_or_default(), &query.category).await?;
    Ok(Found {
        total: overview.total(&query.category),
        guessed: false,
        category: paged.category,
        categories: overview.categories.clone(),
        facets: overview.facets.clone(),
        rows: paged.rows,
    })
}

/// Words, filters, own prices: the general case.
async fn searched(tx: &mut Tx, actor: &Actor, query: &CatalogQuery) -> Result<Found> {
    let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in &query.attributes {
        wanted.entry(name).or_default().push(value);
    }
    let words = query.words.as_str();
    let code = words.to_uppercase().replace(['%', '_', '\\'], "");
    if !words.is_empty() {
        // One letter off in nine is still the word: "degreser".
        sqlx::query("SET LOCAL pg_trgm.word_similarity_threshold = 0.45").execute(tx.db()).await?;
    }
    let by_price = matches!(query.sort, Sort::PriceUp | Sort::PriceDown);
    let found = sqlx::query!(
        r#"WITH found AS MATERIALIZED (
               SELECT p.id, p.name, p.sku, p.category_id, p.attributes,
                      CASE WHEN $2 = '' THEN 0
                           WHEN p.sku = $4 OR p.gtin = $4 THEN -3 WHEN p.sku LIKE $4 || '%' OR p.gtin LIKE $4 || '%' THEN -2
                           ELSE -ts_rank(p.search_words, to_tsquery('english', $3)) END AS rank
               FROM my_products p
               WHERE ($2 = '' OR ($4 <> '' AND (p.sku LIKE $4 || '%' OR p.gtin LIKE $4 || '%'))
                      OR ($3 <> '' AND p.search_words @@ to_tsquery('english', $3)))
                 AND ($2 <> '' OR p.status = 'active')
           ), guess AS MATERIALIZED (
               SELECT p.id, p.name, p.sku, p.category_id, p.attributes, -word_similarity(lower($2), p.search_text) AS rank
               FROM my_products p
               WHERE $2 <> '' AND NOT EXISTS (SELECT 1 FROM found) AND lower($2) <% p.search_text
               ORDER BY 6 LIMIT 48
           ), matched AS MATERIALIZED (
               SELECT * FROM found UNION ALL SELECT * FROM guess
           ), here AS MATERIALIZED (
               SELECT m.* FROM matched m
               WHERE ($1 = '' OR m.category_id = (SELECT c.id FROM categories c WHERE c.slug = $1))
           ), listed AS MATERIALIZED (
               SELECT h.id, h.name, h.sku, h.rank FROM here h
               WHERE ($5::jsonb = '{}' OR NOT EXISTS (
                        SELECT 1 FROM jsonb_each($5) f
                        WHERE NOT COALESCE(f.value ? (h.attributes ->> f.key), false)))
                 AND (NOT $6 OR EXISTS (SELECT 1 FROM stock k WHERE k.product_id = h.id AND k.on_hand > k.reserved))
           ), paged AS (
               SELECT s.id, row_number() OVER () AS position
               FROM (SELECT l.id FROM listed l
                     LEFT JOIN (SELECT f.product_id, f.price FROM my_first_prices($9, $10) f WHERE $8) f ON f.product_id = l.id
                     ORDER BY f.price * $11 NULLS LAST, CASE WHEN $7 = 'sku' THEN l.sku END, l.rank, l.name, l.id
                     LIMIT $12 OFFSET $13) s
           )
           SELECT (SELECT count(*) FROM listed) AS "total!",
                  EXISTS (SELECT 1 FROM guess) AS "guessed!",
                  (SELECT c.name FROM categories c WHERE c.slug = $1) AS category,
                  (SELECT json_agg(json_build_array(c.slug, c.name, n.n) ORDER BY c.position, c.name)
                   FROM (SELECT m.category_id, count(*) AS n FROM matched m GROUP BY 1) n JOIN categories c ON c.id = n.category_id) AS "categories: Json<Counted>",
                  (SELECT json_agg(json_build_array(f.key, f.value, f.n) ORDER BY f.key, f.n DESC, f.value)
                   FROM (SELECT a.key, a.value, count(*) AS n FROM here h, jsonb_each_text(h.attributes) a
                         WHERE $1 <> '' OR $2 <> '' GROUP BY 1, 2) f) AS "facets: Json<Counted>",
                  (SELECT json_agg(f ORDER BY array_position(i.ids, f.id)) FROM product_facts f WHERE f.id = ANY (i.ids)) AS "rows: Json<Vec<Facts>>"
           FROM (SELECT ARRAY(SELECT g.id FROM paged g ORDER BY g.position) AS ids) i"#,
        query.category,
        words,
        tsquery(words),
        code,
        json!(wanted),
        query.in_stock,
        query.sort.code(),
        by_price,
        actor.currency().code(),
        actor.strategy().code(),
        if query.sort == Sort::PriceDown { rust_decimal::Decimal::NEGATIVE_ONE } else { rust_decimal::Decimal::ONE },
        i64::from(PAGE),
        i64::from(query.page - 1) * i64::from(PAGE)
    )
    .fetch_one(tx.db())
    .await?;
    Ok(Found {
        total: found.total,
        guessed: found.guessed,
        category: found.category,
        categories: overview::categories(found.categories),
        facets: overview::facets(found.facets),
        rows: found.rows,
    })
}

/// `hex bolts` as `hex:* & bolts:*`; empty when there is no word in it. Operators and quotes never get through.
fn tsquery(words: &str) -> String {
    let parts: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .take(12)
        .map(|w| format!("'{}':*", w.to_lowercase()))
        .collect();
    parts.join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_never_becomes_an_operator() {
        assert_eq!(tsquery("Hex  bolts, M8×40"), "'hex':* & 'bolts':* & 'm8':* & '40':*");
        assert_eq!(tsquery("' | !a & <-> \\"), "'a':*");
        assert_eq!(tsquery("—"), "");
    }
}
