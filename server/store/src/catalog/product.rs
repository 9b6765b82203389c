//! One product, and why it costs what it costs.

use domain::catalog::{Availability, LargerUnit, PriceBrief, PriceExplanation, ProductPage, WarehouseStock};
use domain::{Permission, Problem, Quantity, pricing};

use super::contracts::under_contracts;
use super::facts::{Facts, Now, Pricing, facts, facts_by_sku};
use crate::{Error, Result, Tx};

/// A product of the account's assortment; not found for any other. One statement, and one where this process does not know it.
pub async fn product(tx: &mut Tx, sku: &str) -> Result<ProductPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CatalogRead)?;
    let today = tx.today();
    let (contracts, row) = under_contracts!(tx, contracts => sqlx::query!(
        r#"SELECT s.contracts_version, s.catalog_version, p.description, COALESCE(p.gtin, '') AS "gtin!", c.name AS category, c.slug, p.attributes AS "attributes!",
                  ARRAY(SELECT n FROM products_now(ARRAY[p.id]) n) AS "now!: Vec<Now>",
                  EXISTS (SELECT 1 FROM stock_watches h WHERE h.account_id = $2 AND h.member_id = $3 AND h.product_id = p.id) AS "watched!",
                  (SELECT jsonb_agg(jsonb_build_array(w.name, greatest(k.on_hand - k.reserved, 0)::text,
                                    (k.incoming - greatest(k.reserved - k.on_hand, 0))::text, k.incoming_on) ORDER BY w.position, w.code)
                   FROM stock k JOIN warehouses w ON w.code = k.warehouse WHERE k.product_id = p.id) AS stock
           FROM seller s, products p JOIN categories c ON c.id = p.category_id WHERE p.sku = $1"#,
        sku.trim().to_uppercase(),
        actor.account().0,
        actor.member()?.0
    )
    .fetch_one(tx.db())
    .await?);
    let facts = facts(tx, &contracts, row.catalog_version, row.now).await?.pop();
    let facts = facts.filter(|facts| facts.in_assortment).ok_or(Problem::NotFound)?;
    let pricing = Pricing::of(&actor, today);
    let first = facts.packing().fit(Quantity::ONE);
    let odd = |e: serde_json::Error| Error::odd("product", &e.to_string());
    let attributes: std::collections::BTreeMap<String, String> = serde_json::from_value(row.attributes).map_err(odd)?;
    let stock: Vec<(String, rust_decimal::Decimal, rust_decimal::Decimal, Option<chrono::NaiveDate>)> =
        row.stock.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    Ok(ProductPage {
        row: facts.row(pricing),
        description: row.description,
        gtin: row.gtin,
        own_number: facts.own_number.clone(),
        category: (row.category, row.slug),
        attributes: attributes.into_iter().collect(),
        stock: stock
            .into_iter()
            .map(|(name, now, later, day)| WarehouseStock {
                name,
                availability: Availability { now, incoming: day.filter(|_| !later.is_zero()).map(|d| (later, d)) },
            })
            .collect(),
        tiers: pricing::tiers(facts.candidates(), &facts.question(first, pricing)),
        source: facts.price(first, pricing).map(|p| p.source()),
        larger: larger(&facts, pricing),
        successor: facts.successor.clone(),
        can_add: actor.may(Permission::CartUse),
        watched: row.watched,
        today,
    })
}

/// The larger units of a product, with what one costs at the price of so many.
fn larger(facts: &Facts, pricing: Pricing) -> Vec<LargerUnit> {
    let price = |holds: Quantity| {
        let fits = facts.packing().fit(holds) == holds;
        facts.price(holds, pricing).filter(|_| fits)?.unit_price.line(holds).ok()
    };
    let units = facts.units.larger.iter();
    let mut larger: Vec<LargerUnit> =
        units.map(|(unit, holds)| LargerUnit { unit: unit.clone(), holds: *holds, price: price(*holds) }).collect();
    larger.sort_by_key(|l| l.holds);
    larger
}

/// Why the account pays what it pays for a product at a quantity. One statement, and one where this process does not know it.
pub async fn explain(tx: &mut Tx, sku: &str, quantity: Option<Quantity>) -> Result<PriceExplanation> {
    let actor = tx.actor()?;
    actor.require(Permission::PriceRead)?;
    let today = tx.today();
    let facts = facts_by_sku(tx, &sku.trim().to_uppercase()).await?;
    let facts = facts.filter(|f| f.in_assortment).ok_or(Problem::NotFound)?;
    let quantity = quantity.unwrap_or_else(|| facts.packing().fit(Quantity::ONE));
    let question = facts.question(quantity, Pricing::of(&actor, today));
    let resolved = pricing::resolve(facts.candidates(), &question);
    Ok(PriceExplanation {
        price: resolved.as_ref().map(PriceBrief::from),
        source: resolved.as_ref().map(pricing::Resolved::source).unwrap_or_default(),
        list_price: resolved.as_ref().and_then(|r| r.list_price),
        valid_until: resolved.as_ref().and_then(|r| r.valid_until),
        considered: pricing::considered(facts.candidates(), &question),
        sku: facts.sku.clone(),
        name: facts.name.clone(),
        unit: facts.units.own.clone(),
        quantity,
        today,
    })
}
