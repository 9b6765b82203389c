//! Prices that change on what an account buys: soon, because agreements say so; or since it was bought last.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::alerts::{AHEAD, LOOK_BACK, LOOKED_AT, PriceChange};
use domain::ids::{AccountId, MemberId, PersonId};
use domain::notices::Kind;
use domain::pricing::{Resolved, next_change};
use domain::{Actor, Money, Quantity, text};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::Round;
use crate::catalog::{Facts, Pricing, facts_of};
use crate::notices::{self, Note};
use crate::{Error, Result, Store, Tx, accounts};

/// A change with what the ledger of alerts knows it by.
struct Found {
    product: Uuid,
    bought_on: NaiveDate,
    change: PriceChange,
    /// It is in force already.
    past: bool,
}

/// What changes soon, the next first; and what has changed since it was bought last, rises first. Two statements.
pub(super) async fn changes(tx: &mut Tx, actor: &Actor) -> Result<(Vec<PriceChange>, Vec<PriceChange>)> {
    let (past, ahead): (Vec<Found>, Vec<Found>) = found(tx, actor).await?.into_iter().partition(|f| f.past);
    let mut ahead: Vec<PriceChange> = ahead.into_iter().map(|f| f.change).collect();
    let mut since: Vec<PriceChange> = past.into_iter().map(|f| f.change).collect();
    ahead.sort_by(|a, b| (a.on, &a.sku).cmp(&(b.on, &b.sku)));
    since.sort_by(|a, b| (!a.is_rise(), &a.sku).cmp(&(!b.is_rise(), &b.sku)));
    Ok((ahead, since))
}

/// What was agreed in a quote is no price that could change, so it is not looked at.
async fn found(tx: &mut Tx, actor: &Actor) -> Result<Vec<Found>> {
    let today = tx.today();
    let since = tx.days_ago(LOOK_BACK);
    let rows = sqlx::query!(
        r#"SELECT b.product_id AS "product_id!", b.quantity AS "quantity!", b.unit_price AS "unit_price!", b.placed_at AS "placed_at!"
           FROM (SELECT DISTINCT ON (l.product_id) l.product_id, l.quantity, l.unit_price, o.placed_at
                 FROM orders o JOIN order_lines l ON (l.account_id, l.order_id) = (o.account_id, o.id) JOIN products p ON p.id = l.product_id AND p.unit = l.unit
                 WHERE o.account_id = $1 AND o.placed_at >= $2 AND o.status NOT IN ('rejected', 'cancelled') AND o.currency = $3 AND o.quote_id IS NULL
                 ORDER BY l.product_id, o.placed_at DESC) b
           ORDER BY b.placed_at DESC, b.product_id LIMIT $4"#,
        actor.account().0,
        since,
        actor.currency().code(),
        LOOKED_AT
    )
    .fetch_all(tx.db())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|r| r.product_id).collect();
    let facts: HashMap<Uuid, Facts> = facts_of(tx, &ids).await?.into_iter().map(|f| (f.id.0, f)).collect();
    let pricing = Pricing::of(actor, today);
    let mut found = Vec::new();
    for r in rows {
        let Some(f) = facts.get(&r.product_id).filter(|f| f.in_assortment && !f.discontinued) else { continue };
        let quantity =
            Quantity::new(r.quantity).ok_or_else(|| Error::odd("order_lines.quantity", &r.quantity.to_string()))?;
        let quantity = f.packing().fit(quantity);
        let now = f.price(quantity, pricing);
        let bought_on = tx.local(r.placed_at).date();
        let price = |p: &Option<Resolved>| p.as_ref().map(|p| p.unit_price);
        let change = |before, after, on, ends| PriceChange {
            sku: f.sku.clone(),
            name: f.name.clone(),
            unit: f.units.own.clone(),
            quantity,
            before,
            after,
            on,
            ends,
        };
        let paid = Some(Money::new(r.unit_price, actor.currency()));
        if price(&now) != paid {
            let change = change(paid, price(&now), bought_on, String::new());
            found.push(Found { product: r.product_id, bought_on, change, past: true });
        }
        if let Some((on, then)) = next_change(f.candidates(), &f.question(quantity, pricing), AHEAD) {
            let other = now.as_ref().filter(|n| then.as_ref().is_none_or(|t| t.contract != n.contract));
            let ends = other.map(Resolved::source).unwrap_or_default();
            let change = change(price(&now), price(&then), on, ends);
            found.push(Found { product: r.product_id, bought_on, change, past: false });
        }
    }
    Ok(found)
}

/// Looks at accounts that buy, each once a day and those first that were looked at longest ago, and tells their buyers of the prices of
/// which they do not know. Gives how many were told.
pub(super) async fn tell(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.job(now).await?;
    let today = tx.today();
    let since = tx.days_ago(LOOK_BACK);
    let accounts = sqlx::query!(
        r#"SELECT a.id, array_agg(m.id ORDER BY m.id) AS "members!", (array_agg(m.person_id ORDER BY m.id))[1] AS "person!"
           FROM accounts a JOIN members m ON m.account_id = a.id AND m.status = 'active' AND 'buyer' = ANY (m.roles)
           WHERE a.status <> 'closed' AND NOT EXISTS (SELECT 1 FROM price_looks k WHERE k.account_id = a.id AND k.looked_on >= $1)
             AND EXISTS (SELECT 1 FROM orders o WHERE o.account_id = a.id AND o.placed_at >= $2)
           GROUP BY a.id ORDER BY (SELECT k.looked_on FROM price_looks k WHERE k.account_id = a.id) NULLS FIRST, a.id LIMIT $3"#,
        today,
        since,
        super::AT_ONCE
    )
    .fetch_all(tx.db())
    .await?;
    drop(tx);
    let mut round = Round::default();
    for a in accounts {
        let members: Vec<MemberId> = a.members.into_iter().map(MemberId).collect();
        round.add(tell_one(store, AccountId(a.id), &members, PersonId(a.person), now).await);
    }
    round.done()
}

/// Looks at one account through the eyes of one of its buyers. If their seat went in this moment, that is noted as a look: tomorrow
/// somebody else's eyes are used, and nobody else is kept waiting.
async fn tell_one(
    store: &Store,
    account: AccountId,
    members: &[MemberId],
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<usize> {
    let found = match accounts::seated(store, person, account).await? {
        Some(who) => found(&mut store.read(&who.actor, now).await?, &who.actor).await?,
        None => Vec::new(),
    };
    let mut tx = store.job(now).await?;
    let today = tx.today();
    let fresh = fresh(&mut tx, account, today, &found).await?;
    if fresh {
        let notes: Vec<Note> = members.iter().map(|m| note(*m, &found)).collect();
        notices::tell(&mut tx, account, &notes).await?;
    }
    tx.commit().await?;
    Ok(if fresh { members.len() } else { 0 })
}

/// Writes down that the account was looked at and what it is told; whether there is anything of which it does not know. An account
/// that another server has looked at meanwhile knows everything.
async fn fresh(tx: &mut Tx, account: AccountId, today: NaiveDate, found: &[Found]) -> Result<bool> {
    let fresh = sqlx::query_scalar!(
        r#"WITH looked AS (
               INSERT INTO price_looks AS k (account_id, looked_on) VALUES ($1, $2)
               ON CONFLICT (account_id) DO UPDATE SET looked_on = excluded.looked_on WHERE k.looked_on < excluded.looked_on RETURNING account_id
           ), told AS (
               INSERT INTO price_alerts AS p (account_id, product_id, unit_price, told_on)
               SELECT DISTINCT ON (t.product, t.price) l.account_id, t.product, t.price, $2::date
               FROM looked l, unnest($3::uuid[], $4::numeric[], $5::date[]) AS t(product, price, bought)
               WHERE NOT EXISTS (SELECT 1 FROM price_alerts o WHERE o.account_id = l.account_id AND (o.product_id, o.unit_price) = (t.product, t.price)
                                 AND o.told_on >= t.bought)
               ON CONFLICT (account_id, product_id, unit_price) DO UPDATE SET told_on = excluded.told_on RETURNING 1
           )
           SELECT count(*) AS "n!" FROM told"#,
        account.0,
        today,
        &found.iter().map(|f| f.product).collect::<Vec<_>>(),
        &found.iter().map(|f| f.change.after.map(Money::amount).unwrap_or_default()).collect::<Vec<Decimal>>(),
        &found.iter().map(|f| f.bought_on).collect::<Vec<_>>()
    )
    .fetch_one(tx.db())
    .await?;
    Ok(fresh > 0)
}

fn note(member: MemberId, found: &[Found]) -> Note {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let ahead = found.iter().filter(|f| !f.past).count();
    let past = found.len() - ahead;
    let mut parts = Vec::new();
    if ahead > 0 {
        parts.push(format!("{} within {AHEAD} days", text::counted(count(ahead), "price changes", "prices change")));
    }
    if past > 0 {
        parts.push(format!(
            "{} since you bought last",
            text::counted(count(past), "price has changed", "prices have changed")
        ));
    }
    let lines: Vec<String> = found
        .iter()
        .take(10)
        .map(|f| {
            let when = if f.past { String::new() } else { format!(" from {}", text::date(f.change.on)) };
            format!("{} ({}): {}{when}", f.change.name, f.change.sku, f.change.words())
        })
        .collect();
    Note {
        member,
        kind: Kind::Price,
        text: format!("On what you buy, {}", parts.join(" and ")),
        href: "/alerts".to_owned(),
        mail: lines.join("\n"),
    }
}
