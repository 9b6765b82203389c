//! Catalog, category and search pages.

use std::collections::HashMap;

use domain::catalog::{CatalogPage, CatalogQuery, CategoryRow, Facet, MOST_PRICED, PAGE, Sort};
use domain::{Actor, Permission, Problem};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::contracts::under_contracts;
use super::facts::{Facts, Now, Pricing, facts, facts_of};
use super::overview;
use crate::{Result, Tx, search};

/// A page of the account's assortment, priced. Not found for a category that is not there.
///
/// What words find is the index's to say ([`crate::search`]); stock and own prices are the database's.
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
        rows: found.rows.iter().map(|f| f.row(pricing)).collect(),
        total: found.total,
        categories: found.categories,
        facets: found.facets,
        guessed: found.guessed,
        too_many: found.too_many,
        can_add: actor.may(Permission::CartUse),
        can_ask: actor.may(Permission::QuoteRequest),
        today,
        query,
    })
}

/// A page's rows and what stands beside them.
struct Found {
    total: i64,
    guessed: Option<String>,
    /// More than can be sorted by price: they are not.
    too_many: bool,
    category: Option<String>,
    categories: Vec<CategoryRow>,
    facets: Vec<Facet>,
    rows: Vec<Facts>,
}

/// Nothing searched, nothing filtered, in an order that an index has: what most people open most of the time.
fn is_plain(query: &CatalogQuery) -> bool {
    query.words.is_empty()
        && query.attributes.is_empty()
        && query.spans.is_empty()
        && !query.in_stock
        && !is_by_price(query)
}

fn is_by_price(query: &CatalogQuery) -> bool {
    matches!(query.sort, Sort::PriceUp | Sort::PriceDown)
}

/// One statement, one more for articles that this process does not know, and one when nobody has counted this assortment yet.
async fn plain(tx: &mut Tx, query: &CatalogQuery) -> Result<Found> {
    struct Paged {
        catalog_version: i64,
        contracts_version: i64,
        category: Option<String>,
        rows: Vec<Now>,
    }
    let (first, skip) = (i64::from(PAGE), i64::from(query.page - 1) * i64::from(PAGE));
    // Four statements in one shape, so that each is read along its own index.
    macro_rules! page {
        ($here:tt, $order:tt) => {
            under_contracts!(tx, contracts => sqlx::query_as!(
                Paged,
                "WITH paged AS MATERIALIZED (
                     SELECT ARRAY(
                         SELECT p.id FROM products p
                         WHERE p.status = 'active'
                           AND ($4 OR EXISTS (SELECT 1 FROM catalog_products cp WHERE cp.product_id = p.id AND cp.catalog_id = ANY ($5)))
                           AND "
                    + $here
                    + " ORDER BY "
                    + $order
                    + " LIMIT $2 OFFSET $3) AS ids)
                 SELECT s.catalog_version, s.contracts_version,
                        (SELECT c.name FROM categories c WHERE c.slug = $1) AS category,
                        ARRAY(SELECT n FROM paged g, products_now(g.ids) n) AS \"rows!: Vec<Now>\"
                 FROM seller s",
                query.category,
                first,
                skip,
                contracts.everything,
                &contracts.catalogs
            )
            .fetch_one(tx.db())
            .await?)
        };
    }
    macro_rules! in_category {
        ($order:tt) => {
            page!("p.category_id = (SELECT c.id FROM categories c WHERE c.slug = $1)", $order)
        };
    }
    let (contracts, paged) = match (query.category.is_empty(), query.sort) {
        (true, Sort::Sku) => page!("true", "p.sku, p.id"),
        (true, _) => page!("true", "p.name, p.id"),
        (false, Sort::Sku) => in_category!("p.sku, p.id"),
        (false, _) => in_category!("p.name, p.id"),
    };
    let overview = overview::overview(tx, paged.catalog_version, &contracts, &query.category).await?;
    let mut rows = facts(tx, &contracts, paged.catalog_version, paged.rows).await?;
    // The catalog may have changed since they were found.
    rows.retain(|f| f.in_assortment);
    Ok(Found {
        total: overview.total(&query.category),
        guessed: None,
        too_many: false,
        category: paged.category,
        categories: overview.categories.clone(),
        facets: overview.facets.clone(),
        rows,
    })
}

/// Words, filters, own prices: the general case. Three statements, and one for articles that this process does not know.
async fn searched(tx: &mut Tx, actor: &Actor, query: &CatalogQuery) -> Result<Found> {
    let view = search::view(tx, &query.words).await?;
    let ask = search::Ask {
        category: &query.category,
        attributes: &query.attributes,
        spans: &query.spans,
        by_sku: query.sort == Sort::Sku,
        ..view.ask(&query.words)
    };
    let (size, skip) = (PAGE as usize, (query.page - 1) as usize * PAGE as usize);
    let found = view.index.find(&ask, skip + size);
    let too_many = is_by_price(query) && found.len() > MOST_PRICED;
    let by_price = is_by_price(query) && !too_many;
    let (total, ids) = if query.in_stock || by_price {
        let matched = view.index.ids(&found, 0..found.len());
        of_the_database(tx, actor, query, by_price, &matched).await?
    } else {
        (i64::try_from(found.len()).unwrap_or(i64::MAX), view.index.ids(&found, skip..skip + size))
    };
    let mut facts: HashMap<Uuid, Facts> = facts_of(tx, &ids).await?.into_iter().map(|f| (f.id.0, f)).collect();
    Ok(Found {
        total,
        category: view.index.category(&query.category).map(str::to_owned),
        categories: found.categories,
        facets: found.facets,
        guessed: found.guessed,
        too_many,
        // The index may be a moment older than the assortment.
        rows: ids.iter().filter_map(|id| facts.remove(id)).filter(|f| f.in_assortment).collect(),
    })
}

/// A page of what matched, in its order or by price, and how many there are: only what is on the shelf, if that is asked for.
async fn of_the_database(
    tx: &mut Tx,
    actor: &Actor,
    query: &CatalogQuery,
    by_price: bool,
    matched: &[Uuid],
) -> Result<(i64, Vec<Uuid>)> {
    let row = sqlx::query!(
        r#"WITH listed AS MATERIALIZED (
               SELECT m.id, m.position FROM unnest($1::uuid[]) WITH ORDINALITY m (id, position)
               WHERE NOT $2 OR EXISTS (SELECT 1 FROM stock k WHERE k.product_id = m.id AND k.on_hand > k.reserved)
           )
           SELECT (SELECT count(*) FROM listed) AS "total!",
                  ARRAY(SELECT l.id FROM listed l
                        LEFT JOIN (SELECT f.product_id, f.price FROM my_first_prices($4, $5, CASE WHEN $3 THEN $1 END) f) f ON f.product_id = l.id
                        ORDER BY f.price * $6 NULLS LAST, l.position
                        LIMIT $7 OFFSET $8) AS "ids!""#,
        matched,
        query.in_stock,
        by_price,
        actor.currency().code(),
        actor.strategy().code(),
        if query.sort == Sort::PriceDown { Decimal::NEGATIVE_ONE } else { Decimal::ONE },
        i64::from(PAGE),
        i64::from(query.page - 1) * i64::from(PAGE)
    )
    .fetch_one(tx.db())
    .await?;
    Ok((row.total, row.ids))
}
