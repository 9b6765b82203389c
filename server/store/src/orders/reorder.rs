//! Ordering again: a diff then/now before anything is added; it adds to the cart, never replaces it, and reports every line.

use std::collections::HashMap;

use domain::orders::{OrderLine, ReorderLine, ReorderPage, ReorderReport, Then, compare};
use domain::{Currency, Permission};
use uuid::Uuid;

use crate::catalog::{Facts, Pricing, facts_of};
use crate::{Error, Result, Tx, cart};

/// Which lines to put into the cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// All that can be ordered.
    All,
    /// These positions.
    Lines(Vec<i32>),
}

struct Compared {
    page: ReorderPage,
    facts: Vec<Option<Facts>>,
}

/// Every line of a past order, then and now. Four statements however many lines.
pub async fn diff(tx: &mut Tx, number: &str) -> Result<ReorderPage> {
    Ok(compared(tx, number).await?.page)
}

async fn compared(tx: &mut Tx, number: &str) -> Result<Compared> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let own = actor.only_own(Permission::OrderRead)?;
    let account = actor.account().0;
    let order = sqlx::query!(
        "SELECT id, placed_at, currency FROM orders WHERE account_id = $1 AND number = $2 AND ($3::uuid IS NULL OR member_id = $3 OR source = 'import')",
        account,
        number,
        own.map(|m| m.0)
    )
    .fetch_one(tx.db())
    .await?;
    let currency = Currency::parse(&order.currency).ok_or_else(|| Error::odd("orders.currency", &order.currency))?;
    let (lines, _) = super::history::order_lines(tx, account, order.id, currency).await?;
    // By article number, not by the product's old id: a product that was taken away and came back is the same article.
    let skus: Vec<String> = lines.iter().map(|l| l.sku.clone()).collect();
    let ids = sqlx::query!("SELECT id, sku FROM products WHERE sku = ANY($1)", &skus).fetch_all(tx.db()).await?;
    let by_sku: HashMap<String, Uuid> = ids.into_iter().map(|r| (r.sku, r.id)).collect();
    let facts: HashMap<Uuid, Facts> =
        facts_of(tx, &by_sku.values().copied().collect::<Vec<_>>()).await?.into_iter().map(|f| (f.id.0, f)).collect();
    let pricing = Pricing::of(&actor, tx.today());
    let of = |line: &OrderLine| by_sku.get(&line.sku).and_then(|id| facts.get(id));
    let compare_line = |line: &OrderLine| -> ReorderLine {
        of(line).map_or_else(|| compare(&Then { line, now: None }), |f| f.compared(line, pricing))
    };
    Ok(Compared {
        page: ReorderPage {
            number: number.to_owned(),
            placed_at: tx.local(order.placed_at),
            lines: lines.iter().map(compare_line).collect(),
        },
        facts: lines.iter().map(|l| of(l).cloned()).collect(),
    })
}

/// Puts the chosen lines into the asking member's cart and reports what became of each.
pub async fn reorder(tx: &mut Tx, number: &str, chosen: &Chosen) -> Result<ReorderReport> {
    let actor = tx.actor()?;
    let compared = compared(tx, number).await?;
    let mut report = ReorderReport::default();
    let mut add = Vec::new();
    for (line, facts) in compared.page.lines.iter().zip(&compared.facts) {
        if matches!(chosen, Chosen::Lines(numbers) if !numbers.contains(&line.line_no)) {
            continue;
        }
        match (line.quantity_now, facts) {
            (Some(quantity), Some(facts)) => {
                add.push((facts, quantity));
                report.added += 1;
            }
            _ => report.left_out += 1,
        }
    }
    if !add.is_empty() {
        cart::add_all(tx, &actor, &add).await?;
    }
    Ok(report)
}
