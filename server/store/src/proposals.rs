//! Proposed carts. Whoever acts for a member leaves what they put into the cart, with a note; the member alone takes it over or
//! declines.

use std::collections::HashMap;

use domain::ids::ProposalId;
use domain::notices::Kind;
use domain::orders::{OrderLine, ReorderReport, Then, compare};
use domain::proposals::{ProposalPage, ProposalRow, Proposals, note};
use domain::{Cause, Money, Permission, Problem, Quantity, text};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::catalog::{Facts, Pricing, facts_of};
use crate::error::exactly;
use crate::notices::{self, Note};
use crate::{Error, Result, Tx, audit, cart};

/// What waits for the member, and what whoever acts for them could leave. One statement.
pub async fn waiting(tx: &mut Tx) -> Result<Proposals> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id?", p.by_name AS "by_name?", p.proposed_at AS "proposed_at?", p.note AS "note?",
                  (SELECT count(*) FROM cart_proposal_lines l WHERE (l.account_id, l.proposal_id) = (p.account_id, p.id)) AS "lines!",
                  (SELECT count(*) FROM cart_lines l JOIN carts c ON (c.account_id, c.id) = (l.account_id, l.cart_id)
                   WHERE c.account_id = $1 AND c.member_id = $2 AND c.in_use AND l.assistance_id = $3) AS "mine!"
           FROM (SELECT 1) one LEFT JOIN cart_proposals p ON p.account_id = $1 AND p.member_id = $2 AND p.state = 'open'
           ORDER BY p.proposed_at, p.id LIMIT 50"#,
        actor.account().0,
        actor.member()?.0,
        actor.behalf().map(|b| b.id.0)
    )
    .fetch_all(tx.db())
    .await?;
    let mine = rows.first().map_or(0, |r| r.mine);
    let waiting = rows
        .into_iter()
        .filter_map(|r| {
            let (id, at) = (r.id?.into(), tx.local(r.proposed_at?));
            Some(ProposalRow { id, by: r.by_name?, at, note: r.note?, lines: r.lines })
        })
        .collect();
    let member = actor.behalf().map(|b| b.member.clone()).unwrap_or_default();
    Ok(Proposals { waiting, mine: actor.behalf().map(|_| mine), member })
}

/// Takes the lines that whoever acts has added out of the member's cart, and leaves them as a proposal with a note. What the
/// member put there stays. The member is told.
pub async fn propose(tx: &mut Tx, words: &str) -> Result<ProposalId> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let behalf = actor.behalf().ok_or(Problem::Forbidden)?.clone();
    let words = note(words)?;
    let (account, member, now) = (actor.account(), actor.member()?, tx.now());
    sqlx::query!(
        "SELECT id FROM carts WHERE account_id = $1 AND member_id = $2 AND in_use FOR UPDATE",
        account.0,
        member.0
    )
    .fetch_optional(tx.db())
    .await?;
    let taken = sqlx::query!(
        "DELETE FROM cart_lines l USING carts c WHERE c.account_id = $1 AND c.member_id = $2 AND c.in_use AND (l.account_id, l.cart_id) = (c.account_id, c.id)
           AND l.assistance_id = $3
         RETURNING l.product_id, l.quantity, l.added_at",
        account.0,
        member.0,
        behalf.id.0
    )
    .fetch_all(tx.db())
    .await?;
    if taken.is_empty() {
        return Err(
            Problem::invalid("note", "Put something into the cart first: only what you add can be proposed.").into()
        );
    }
    let mut taken: Vec<_> = taken.into_iter().map(|t| (t.added_at, t.product_id, t.quantity)).collect();
    taken.sort_unstable();
    let ids: Vec<Uuid> = taken.iter().map(|t| t.1).collect();
    let facts: HashMap<Uuid, Facts> = facts_of(tx, &ids).await?.into_iter().map(|f| (f.id.0, f)).collect();
    let pricing = Pricing::of(&actor, tx.today());
    let price = |(_, id, n): &(_, Uuid, Decimal)| {
        let quantity = Quantity::new(*n)?;
        Some(facts.get(id)?.price(quantity, pricing)?.unit_price.amount())
    };
    let prices: Vec<Decimal> = taken.iter().map(|t| price(t).unwrap_or_default()).collect();
    let id = crate::new_id::<ProposalId>();
    let done = sqlx::query!(
        "INSERT INTO cart_proposals (account_id, id, member_id, assistance_id, by_name, note, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        account.0,
        id.0,
        member.0,
        behalf.id.0,
        behalf.name,
        words,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let done = sqlx::query!(
        "INSERT INTO cart_proposal_lines (account_id, proposal_id, line_no, product_id, sku, name, unit, quantity, unit_price)
         SELECT $1, $2, t.n, p.id, p.sku, p.name, p.unit, t.quantity, t.price
         FROM unnest($3::uuid[], $4::numeric[], $5::numeric[]) WITH ORDINALITY AS t(product, quantity, price, n) JOIN products p ON p.id = t.product",
        account.0,
        id.0,
        &ids,
        &taken.iter().map(|t| t.2).collect::<Vec<_>>(),
        &prices
    )
    .execute(tx.db())
    .await?;
    exactly(taken.len() as u64, &done)?;
    let lines = text::counted(i64::try_from(taken.len()).unwrap_or_default(), "line", "lines");
    let told = Note {
        member,
        kind: Kind::Ask,
        text: format!("{} proposes a cart with {lines}", behalf.name),
        href: format!("/cart/proposals/{id}"),
        mail: if words.is_empty() { "Look at it here:".to_owned() } else { words.clone() },
    };
    notices::tell(tx, account, &[told]).await?;
    audit::record(tx, "cart.proposed", &lines, json!({ "proposal": id, "note": words })).await?;
    Ok(id)
}

struct Found {
    page: ProposalPage,
    facts: Vec<Option<Facts>>,
}

/// A proposal to the member, every line then and now. Not found when it is another member's.
pub async fn find(tx: &mut Tx, id: ProposalId) -> Result<ProposalPage> {
    Ok(read(tx, id, false).await?.page)
}

async fn read(tx: &mut Tx, id: ProposalId, lock: bool) -> Result<Found> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let (account, member) = (actor.account().0, actor.member()?.0);
    if lock {
        // Two tabs of one person queue here; the second finds it answered.
        sqlx::query!("SELECT id FROM cart_proposals WHERE account_id = $1 AND id = $2 FOR UPDATE", account, id.0)
            .fetch_optional(tx.db())
            .await?;
    }
    let row = sqlx::query!(
        "SELECT by_name, note, state, proposed_at, answered_at FROM cart_proposals WHERE account_id = $1 AND id = $2 AND member_id = $3",
        account,
        id.0,
        member
    )
    .fetch_one(tx.db())
    .await?;
    let stored = sqlx::query!(
        "SELECT line_no, product_id, sku, name, unit, quantity, unit_price FROM cart_proposal_lines
         WHERE account_id = $1 AND proposal_id = $2 ORDER BY line_no",
        account,
        id.0
    )
    .fetch_all(tx.db())
    .await?;
    let ids: Vec<Uuid> = stored.iter().map(|l| l.product_id).collect();
    let facts: HashMap<Uuid, Facts> = facts_of(tx, &ids).await?.into_iter().map(|f| (f.id.0, f)).collect();
    let pricing = Pricing::of(&actor, tx.today());
    let mut lines = Vec::with_capacity(stored.len());
    let mut total = Money::zero(actor.currency());
    for l in &stored {
        let quantity = Quantity::new(l.quantity).ok_or_else(|| Error::odd("cart_proposal_lines.quantity", &l.sku))?;
        let then = OrderLine {
            line_no: l.line_no,
            sku: l.sku.clone(),
            own_number: String::new(),
            name: l.name.clone(),
            unit: l.unit.clone(),
            quantity,
            unit_price: Money::new(l.unit_price, actor.currency()),
            net: Money::zero(actor.currency()),
            price_source: String::new(),
            promised_on: None,
            shipped: Decimal::ZERO,
        };
        let now = facts.get(&l.product_id);
        let price = now.and_then(|f| f.price(f.packing().fit(f.counted(&then)), pricing));
        let line = compare(&Then { line: &then, now: now.map(|f| (f.line(quantity, price.as_ref()), &f.units)) });
        if let (Some(quantity), Some(price)) = (line.quantity_now, &price) {
            total = total.plus(price.unit_price.line(quantity)?)?;
        }
        lines.push(line);
    }
    let answer = match row.state.as_str() {
        "open" => String::new(),
        "accepted" => {
            row.answered_at.map(|t| format!("Taken over on {}", text::date_time(tx.local(t)))).unwrap_or_default()
        }
        _ => row.answered_at.map(|t| format!("Declined on {}", text::date_time(tx.local(t)))).unwrap_or_default(),
    };
    let count = i64::try_from(lines.len()).unwrap_or_default();
    Ok(Found {
        page: ProposalPage {
            row: ProposalRow { id, by: row.by_name, at: tx.local(row.proposed_at), note: row.note, lines: count },
            lines,
            total,
            can_answer: answer.is_empty() && actor.in_person().is_ok(),
            answer,
        },
        facts: stored.iter().map(|l| facts.get(&l.product_id).cloned()).collect(),
    })
}

async fn answered(tx: &mut Tx, id: ProposalId, state: &str) -> Result<Found> {
    let actor = tx.actor()?;
    actor.in_person()?;
    let found = read(tx, id, true).await?;
    if !found.page.can_answer {
        return Err(Problem::Conflict(Cause::ProposalOver).into());
    }
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE cart_proposals SET state = $3, answered_at = $4 WHERE account_id = $1 AND id = $2 AND state = 'open'",
        actor.account().0,
        id.0,
        state,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    Ok(found)
}

/// The member takes a proposal over: what can be ordered of it joins their cart, on top of what is there. Every line is
/// reported. Once: a second time is a conflict.
pub async fn accept(tx: &mut Tx, id: ProposalId) -> Result<ReorderReport> {
    let actor = tx.actor()?;
    let found = answered(tx, id, "accepted").await?;
    let mut report = ReorderReport::default();
    let mut add = Vec::new();
    for (line, facts) in found.page.lines.iter().zip(&found.facts) {
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
    let detail = json!({ "proposal": id, "added": report.added, "left_out": report.left_out });
    audit::record(tx, "cart.proposal_accepted", &found.page.row.by, detail).await?;
    Ok(report)
}

/// The member does not want it.
pub async fn decline(tx: &mut Tx, id: ProposalId) -> Result<()> {
    let found = answered(tx, id, "declined").await?;
    audit::record(tx, "cart.proposal_declined", &found.page.row.by, json!({ "proposal": id })).await
}
