//! What is bought in a rhythm, by article and place.

use std::collections::{BTreeMap, HashMap};

use domain::Permission;
use domain::accounts::Address;
use domain::cart::check;
use domain::catalog::PriceBrief;
use domain::orders::ReorderReport;
use domain::rhythm::{AgainPage, AgainRow, Bought, Rhythm, SHOWN};
use domain::{Quantity, catalog::Sku};
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use crate::catalog::{Facts, Pricing, facts_by_skus, facts_of};
use crate::{Error, Result, Tx, cart};

/// Days that are looked back.
const LOOK_BACK: u64 = 540;

/// What the asking member buys again and again; with the right to see the account's orders, the account. Two statements.
pub async fn again(tx: &mut Tx) -> Result<AgainPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let own = actor.only_own(Permission::OrderRead)?;
    let today = tx.today();
    let since = tx.days_ago(LOOK_BACK);
    let rows = sqlx::query!(
        r#"SELECT l.product_id AS "product_id!", o.ship_to, jsonb_agg(jsonb_build_object('on', o.placed_at::date, 'quantity', l.quantity::text)) AS "bought!: Json<Vec<Bought>>"
           FROM orders o JOIN order_lines l ON (l.account_id, l.order_id) = (o.account_id, o.id) JOIN products p ON p.id = l.product_id AND p.unit = l.unit
           WHERE o.account_id = $1 AND o.placed_at >= $2 AND o.status NOT IN ('rejected', 'cancelled')
             AND ($3::uuid IS NULL OR o.member_id = $3 OR o.source = 'import')
           GROUP BY 1, 2 HAVING count(DISTINCT o.placed_at::date) >= 3"#,
        actor.account().0,
        since,
        own.map(|m| m.0)
    )
    .fetch_all(tx.db())
    .await?;
    let mut found: Vec<(Uuid, String, Rhythm)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        // Orders of former systems have no address.
        let place = if row.ship_to.get("street").is_some() {
            let address: Address =
                serde_json::from_value(row.ship_to).map_err(|e| Error::odd("orders.ship_to", &e.to_string()))?;
            [address.street, address.city].into_iter().filter(|l| !l.is_empty()).collect::<Vec<_>>().join(", ")
        } else {
            String::new()
        };
        if let Some(rhythm) = Rhythm::of(&row.bought.0) {
            *places.entry(place.clone()).or_default() += 1;
            found.push((row.product_id, place, rhythm));
        }
    }
    found.sort_by_key(|(product, place, r)| (r.when(today), r.due, *product, place.clone()));
    found.truncate(SHOWN);
    let ids: Vec<Uuid> = found.iter().map(|f| f.0).collect();
    let facts: HashMap<Uuid, Facts> = facts_of(tx, &ids).await?.into_iter().map(|f| (f.id.0, f)).collect();
    let pricing = Pricing::of(&actor, today);
    let several = places.len() > 1;
    let mut rows = Vec::with_capacity(found.len());
    for (product, place, rhythm) in found {
        let Some(facts) = facts.get(&product) else { continue };
        let quantity = facts.packing().fit(rhythm.quantity);
        let price = facts.price(quantity, pricing);
        rows.push(AgainRow {
            sku: facts.sku.clone(),
            name: facts.name.clone(),
            unit: facts.units.own.clone(),
            picture: facts.picture(),
            ship_to: if several { place } else { String::new() },
            when: rhythm.when(today),
            rhythm,
            quantity,
            net: price.as_ref().map(|p| p.unit_price.line(quantity)).transpose()?,
            problems: check(&facts.line(quantity, price.as_ref())),
            price: price.as_ref().map(PriceBrief::from),
        });
    }
    Ok(AgainPage { rows, today })
}

/// Puts articles into the asking member's cart, fitted to the pack, on top of what is there; every one is reported.
pub async fn buy_again(tx: &mut Tx, chosen: &[(Sku, Quantity)]) -> Result<ReorderReport> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let skus: Vec<String> = chosen.iter().map(|c| c.0.as_str().to_owned()).collect();
    let facts: HashMap<String, Facts> =
        facts_by_skus(tx, &skus).await?.into_iter().filter(|f| f.in_assortment).map(|f| (f.sku.clone(), f)).collect();
    let pricing = Pricing::of(&actor, tx.today());
    let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
    for (sku, quantity) in chosen {
        *sums.entry(sku.as_str()).or_default() += quantity.value();
    }
    let mut report = ReorderReport::default();
    let mut put = Vec::new();
    for (sku, sum) in sums {
        let fitted = facts.get(sku).zip(Quantity::new(sum)).map(|(facts, sum)| (facts, facts.packing().fit(sum)));
        let orderable = fitted.filter(|(facts, quantity)| {
            let price = facts.price(*quantity, pricing);
            let problems = check(&facts.line(*quantity, price.as_ref()));
            problems.iter().all(|p| matches!(p, domain::cart::LineProblem::Short(_)))
        });
        match orderable {
            Some(line) => {
                put.push(line);
                report.added += 1;
            }
            None => report.left_out += 1,
        }
    }
    if !put.is_empty() {
        cart::add_all(tx, &actor, &put).await?;
    }
    Ok(report)
}
