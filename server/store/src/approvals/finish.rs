//! The end of a flow: confirmed after a last look, or handed back to the buyer as an editable cart.

use std::collections::HashMap;

use domain::budgets::Beyond;
use domain::credit::{Policy, Verdict as Credit};
use domain::notices::Kind;
use domain::orders::{Event, Status};
use domain::{Actor, Quantity, text};
use sqlx::types::Json;
use uuid::Uuid;

use super::decide::Answer;
use super::flow::{Open, end};
use crate::catalog::{self, Facts, Pricing, under_contracts};
use crate::limits::{self, Lock};
use crate::notices::{self, Note};
use crate::orders::{advance, free_stock};
use crate::{Error, Result, Tx, budgets, cart, quotes};

#[derive(Debug, serde::Deserialize)]
struct Line {
    product: Uuid,
    quantity: Quantity,
    sku: String,
    unit_price: rust_decimal::Decimal,
}

/// What was ordered, and what is known of it now. One statement, and one for articles that this process does not know.
async fn lines(tx: &mut Tx, actor: &Actor, open: &Open) -> Result<(Vec<Line>, HashMap<Uuid, Facts>)> {
    let (contracts, row) = under_contracts!(tx, contracts => sqlx::query!(
        r#"WITH l AS MATERIALIZED (
               SELECT l.line_no, l.product_id AS product, l.quantity::text, l.sku, l.unit_price::text
               FROM order_lines l WHERE l.account_id = $1 AND l.order_id = $2 AND l.product_id IS NOT NULL)
           SELECT s.contracts_version, s.catalog_version, (SELECT json_agg(l ORDER BY l.line_no) FROM l) AS "lines: Json<Vec<Line>>",
                  ARRAY(SELECT n FROM (SELECT ARRAY(SELECT DISTINCT l.product FROM l) AS ids) asked, products_now(asked.ids) n) AS "rows!: Vec<catalog::Now>"
           FROM seller s"#,
        actor.account().0,
        open.order.0
    )
    .fetch_one(tx.db())
    .await?);
    let facts = catalog::facts(tx, &contracts, row.catalog_version, row.rows).await?;
    Ok((row.lines.map(|Json(lines)| lines).unwrap_or_default(), facts.into_iter().map(|f| (f.id.0, f)).collect()))
}

fn present(open: &Open) -> Result<Status> {
    Status::parse(&open.status).ok_or_else(|| Error::odd("orders.status", &open.status))
}

/// Ends the order and puts its lines back into the cart of whoever sent it, on top of what is there.
#[expect(clippy::too_many_arguments, reason = "the end of one flow, once, in this private function")]
async fn hand_back(
    tx: &mut Tx,
    actor: &Actor,
    open: &Open,
    (lines, facts): (&[Line], &HashMap<Uuid, Facts>),
    flow_status: &str,
    by: &str,
    why: &str,
    told: &str,
) -> Result<()> {
    let wanted: Vec<(&Facts, Quantity)> =
        lines.iter().filter_map(|l| facts.get(&l.product).map(|f| (f, l.quantity))).collect();
    // Quote and cart are locked before the stock, as in a submission. What a quote offered is ordered from the quote again.
    let quoted = quotes::give_back(tx, open.order, &open.number, "was not approved").await?;
    if !quoted {
        cart::put_back(tx, actor, open.flow.requester, &wanted).await?;
    }
    free_stock(tx, open.order).await?;
    end(tx, open.order, flow_status).await?;
    let after = present(open)?.after(Event::Reject)?;
    advance(tx, open.order, open.order_version, &[(after, why)], by).await?;
    let back = if quoted {
        "It can be ordered from its quote again:\n{origin}/quotes\n"
    } else {
        "Its lines are back in your cart:\n{origin}/cart\n"
    };
    let note = Note {
        member: open.flow.requester,
        kind: Kind::Decision,
        text: format!("{told}: {}", open.number),
        href: format!("/orders/{}", open.number),
        mail: format!("{why}\n\n{back}"),
    };
    notices::tell(tx, actor.account(), &[note]).await
}

/// One no ends the flow.
pub(super) async fn reject(tx: &mut Tx, actor: &Actor, open: &Open, by: &str, reason: &str) -> Result<()> {
    let (lines, facts) = lines(tx, actor, open).await?;
    hand_back(tx, actor, open, (&lines, &facts), "rejected", by, reason, &format!("{by} rejected your order")).await
}

/// The last yes. Stock is still reserved; prices, credit, budget and hold are looked at again, under lock.
pub(super) async fn approve(tx: &mut Tx, actor: &Actor, open: &Open, by: &str) -> Result<Answer> {
    let approved = present(open)?.after(Event::Approve)?;
    let limits = limits::read(tx, actor, &open.cost_centre, open.total, Some(open.order), Lock::Yes).await?;
    let (lines, facts) = lines(tx, actor, open).await?;
    let pricing = Pricing::of(actor, tx.today());
    let mut changes = Vec::new();
    if actor.on_hold() {
        changes.push("The account was put on hold.".to_owned());
    }
    // What a quote offered holds whatever price lists say today.
    for line in lines.iter().filter(|_| open.quote.is_none()) {
        let now = facts.get(&line.product).filter(|f| f.in_assortment);
        let price = now.and_then(|f| f.price(line.quantity, pricing)).map(|p| p.unit_price);
        let money = |amount| text::money(domain::Money::new(amount, open.total.currency()));
        match price {
            None => changes.push(format!("{} has no price for you any more.", line.sku)),
            Some(p) if p.amount() != line.unit_price => {
                changes.push(format!("{} was {} and is now {}.", line.sku, money(line.unit_price), text::money(p)));
            }
            Some(_) => {}
        }
    }
    if let Some((_, budget)) = &limits.budget
        && budget.beyond == Beyond::Block
        && budget.exceeded()?
    {
        changes.push(format!("The budget of {} does not suffice any more: {}.", budget.cost_centre, budget.words()));
    }
    let credit = limits.credit.judge(open.total)?;
    if let Credit::Exceeds(Policy::Block, free) = credit {
        changes.push(format!("The credit limit does not suffice any more: {} is left.", text::money(free)));
    }
    if !changes.is_empty() {
        let why = format!("Changed since it was sent: {}", changes.join(" "));
        hand_back(
            tx,
            actor,
            open,
            (&lines, &facts),
            "returned",
            by,
            &why,
            "Your order was approved too late and came back",
        )
        .await?;
        return Ok(Answer::Returned(changes));
    }
    end(tx, open.order, "approved").await?;
    let held = matches!(credit, Credit::Exceeds(Policy::Hold, _));
    let last = approved.after(if held { Event::Hold } else { Event::Confirm })?;
    advance(tx, open.order, open.order_version, &[(approved, ""), (last, "")], by).await?;
    if let Some((id, budget)) = limits.budget.filter(|_| !held) {
        budgets::consume(tx, id, &budget, open.order).await?;
    }
    let note = Note {
        member: open.flow.requester,
        kind: Kind::Decision,
        text: format!("{by} approved {}, {}", open.number, text::money(open.total)),
        href: format!("/orders/{}", open.number),
        mail: if held {
            "It goes beyond the credit limit: we hold it until we have released it."
        } else {
            "It is confirmed."
        }
        .to_owned(),
    };
    notices::tell(tx, actor.account(), &[note]).await?;
    Ok(Answer::Approved)
}
