//! Starting a flow, reading it under its lock, ending it.

use domain::approvals::{Asked, Delegation, Flow, FlowRule, Mark, Rule, Seat, budget_rule};
use domain::budgets::BudgetUse;
use domain::ids::{MemberId, OrderId};
use domain::{Actor, Currency, Money, text};
use rust_decimal::Decimal;
use serde::Deserialize;
use uuid::Uuid;

use super::links;
use crate::cart::Cart;
use crate::error::exactly;
use crate::notices::{self, Note};
use crate::{Error, Result, Tx};

pub(super) fn odd(e: &serde_json::Error) -> Error {
    Error::odd("approvals", &e.to_string())
}

/// A member as the database tells of one.
#[derive(Deserialize)]
struct SeatRow {
    id: Uuid,
    name: String,
    roles: Vec<String>,
    manager: Option<Uuid>,
    active: bool,
}

/// Decodes what `SEATS` (see the statements) gives.
pub(super) fn seats(json: Option<serde_json::Value>) -> Result<Vec<Seat>> {
    let rows: Vec<SeatRow> = json.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
    Ok(rows
        .into_iter()
        .map(|r| Seat {
            id: MemberId(r.id),
            name: r.name,
            roles: r.roles.iter().filter_map(|c| domain::Role::parse(c)).collect(),
            manager: r.manager.map(MemberId),
            active: r.active,
        })
        .collect())
}

/// All seats of the account. One statement.
pub(super) async fn all_seats(tx: &mut Tx, actor: &Actor) -> Result<Vec<Seat>> {
    let json = sqlx::query_scalar!(
        "SELECT jsonb_agg(jsonb_build_object('id', m.id, 'name', p.name, 'roles', m.roles, 'manager', m.manager_id, 'active', m.status = 'active'))
         FROM members m JOIN people p ON p.id = m.person_id WHERE m.account_id = $1",
        actor.account().0
    )
    .fetch_one(tx.db())
    .await?;
    seats(json)
}

/// Decodes a delegation list; rows of another currency keep their cap, which then never holds.
pub(super) fn delegations(json: Option<serde_json::Value>) -> Result<Vec<Delegation>> {
    type Row = (Uuid, Uuid, chrono::NaiveDate, chrono::NaiveDate, Option<Decimal>, String);
    let rows: Vec<Row> = json.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
    rows.into_iter()
        .map(|(from, to, first, last, cap, code)| {
            let currency = Currency::parse(&code).ok_or_else(|| Error::odd("delegations.currency", &code))?;
            Ok(Delegation {
                from: MemberId(from),
                to: MemberId(to),
                first,
                last,
                cap: cap.map(|c| Money::new(c, currency)),
            })
        })
        .collect()
}

/// What a cart's order would be asked for.
pub(crate) struct Preview<'a> {
    pub cart: &'a Cart,
    pub over_budget: bool,
    /// "Require approval" is what the budget says beyond its amount.
    pub budget_asks: bool,
    pub new_address: bool,
}

/// The rules among `rules` that an order of the asking member matches; the budget's own when none of them asks for it.
pub(crate) fn matching(rules: Option<serde_json::Value>, actor: &Actor, of: &Preview<'_>) -> Result<Vec<FlowRule>> {
    let rules: Vec<Rule> = rules.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
    if rules.is_empty() && !of.budget_asks {
        return Ok(Vec::new());
    }
    let mut categories: Vec<String> = of.cart.lines.iter().map(|l| l.facts.category.clone()).collect();
    categories.sort();
    categories.dedup();
    let skus: Vec<String> = of.cart.lines.iter().map(|l| l.facts.sku.clone()).collect();
    let requester = Seat {
        id: actor.member()?,
        name: actor.name().to_owned(),
        roles: actor.roles().to_vec(),
        manager: None,
        active: true,
    };
    let asked = Asked {
        requester: &requester,
        total: of.cart.totals.gross,
        lines: of.cart.lines.len(),
        categories: &categories,
        skus: &skus,
        over_budget: of.over_budget,
        new_address: of.new_address,
    };
    let matched: Vec<&Rule> = rules.iter().filter(|r| r.matches(&asked)).collect();
    let covered = matched.iter().any(|r| r.conditions.contains(&domain::approvals::Condition::OverBudget));
    let mut found: Vec<FlowRule> = matched.into_iter().map(FlowRule::from).collect();
    if of.budget_asks && !covered {
        found.push(budget_rule());
    }
    Ok(found)
}

/// Who would approve the cart, for the checkout: as if its budget sufficed and its address were known. Two statements.
pub(crate) async fn preview(tx: &mut Tx, actor: &Actor, cart: &Cart) -> Result<Vec<domain::approvals::RuleProgress>> {
    let rules = sqlx::query_scalar!(
        "SELECT jsonb_agg(r.rule ORDER BY r.account_id = $1, r.position, r.id) FROM approval_rules r WHERE r.enabled",
        actor.account().0
    )
    .fetch_one(tx.db())
    .await?;
    let question = Preview { cart, over_budget: false, budget_asks: false, new_address: false };
    let rules = matching(rules, actor, &question)?;
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let seats = all_seats(tx, actor).await?;
    Ok(Flow { requester: actor.member()?, rules, marks: Vec::new() }.progress(&seats))
}

/// Starts the flow of an order that was just written as waiting, and tells those whose turn it is.
pub(crate) async fn start(
    tx: &mut Tx,
    actor: &Actor,
    order: OrderId,
    number: &str,
    total: Money,
    rules: Vec<FlowRule>,
    budget: Option<&BudgetUse>,
) -> Result<()> {
    let flow = Flow { requester: actor.member()?, rules, marks: Vec::new() };
    let now = tx.now();
    let left = budget.map(BudgetUse::left).transpose()?.map(Money::amount);
    let done = sqlx::query!(
        "INSERT INTO approval_flows (account_id, order_id, requester, rules, started_at, budget_left) VALUES ($1, $2, $3, $4, $5, $6)",
        actor.account().0,
        order.0,
        flow.requester.0,
        serde_json::to_value(&flow.rules).map_err(|e| odd(&e))?,
        now,
        left
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let seats = all_seats(tx, actor).await?;
    ask(tx, actor, order, number, total, &flow, &seats, &[]).await
}

/// Tells everybody whose turn it has become: not those in `already`.
#[expect(clippy::too_many_arguments, reason = "the parts of one order's flow, once, in this module")]
pub(super) async fn ask(
    tx: &mut Tx,
    actor: &Actor,
    order: OrderId,
    number: &str,
    total: Money,
    flow: &Flow,
    seats: &[Seat],
    already: &[MemberId],
) -> Result<()> {
    let members: Vec<MemberId> = flow.waits_for(seats).into_iter().filter(|m| !already.contains(m)).collect();
    let tokens = links::issue(tx, actor, order, &members).await?;
    let requester = seats.iter().find(|s| s.id == flow.requester).map_or("a colleague", |s| s.name.as_str());
    let names: Vec<&str> = flow.rules.iter().map(|r| r.name.as_str()).collect();
    let notes: Vec<Note> = members
        .into_iter()
        .zip(tokens)
        .map(|(member, token)| Note {
            member,
            text: format!("{requester} asks you to approve {number}, {}", text::money(total)),
            href: format!("/approvals/{number}"),
            mail: match token {
                Some(token) => format!(
                    "Because of: {}.\n\nDecide from your phone, without signing in (once, within a week):\n{{origin}}/approve/{token}\n\nOr look at all of it:",
                    names.join(", ")
                ),
                None => format!("Because of: {}.\n\nSign in to decide:", names.join(", ")),
            },
        })
        .collect();
    notices::tell(tx, actor.account(), &notes).await
}

/// A flow under its lock, with all that a decision needs.
pub(super) struct Open {
    pub order: OrderId,
    pub number: String,
    pub status: String,
    pub order_version: i32,
    pub total: Money,
    pub cost_centre: String,
    pub flow: Flow,
    pub flow_status: String,
    pub version: i32,
    pub seats: Vec<Seat>,
    pub delegations: Vec<Delegation>,
    pub said: i32,
}

/// Locks an order with its flow, and the cart to which its lines might go back, and reads them. Two statements. Not found when there is no flow.
pub(super) async fn lock(tx: &mut Tx, actor: &Actor, number: &str) -> Result<Open> {
    let account = actor.account().0;
    let o = sqlx::query!(
        "SELECT o.id, o.number, o.status, o.version AS order_version, o.gross, o.currency, o.cost_centre, f.requester, f.status AS flow_status, f.version, f.rules,
                (SELECT c.id FROM carts c WHERE c.account_id = $1 AND c.member_id = f.requester FOR UPDATE) AS cart
         FROM orders o JOIN approval_flows f ON (f.account_id, f.order_id) = (o.account_id, o.id)
         WHERE o.account_id = $1 AND o.number = $2 FOR UPDATE OF o, f",
        account,
        number
    )
    .fetch_one(tx.db())
    .await?;
    // Asked apart: what the other decided while this waited for the lock.
    let more = sqlx::query!(
        r#"SELECT (SELECT jsonb_agg(m) FROM approval_log l, jsonb_array_elements(l.marks) m WHERE l.account_id = $1 AND l.order_id = $2) AS marks,
                  (SELECT COALESCE(max(l.seq), 0) FROM approval_log l WHERE l.account_id = $1 AND l.order_id = $2) AS "said!",
                  (SELECT jsonb_agg(jsonb_build_object('id', m.id, 'name', p.name, 'roles', m.roles, 'manager', m.manager_id, 'active', m.status = 'active'))
                   FROM members m JOIN people p ON p.id = m.person_id WHERE m.account_id = $1) AS seats,
                  (SELECT jsonb_agg(jsonb_build_array(d.from_member, d.to_member, d.first_day, d.last_day, d.cap::text, d.currency))
                   FROM delegations d WHERE d.account_id = $1 AND d.ended_at IS NULL) AS delegations"#,
        account,
        o.id
    )
    .fetch_one(tx.db())
    .await?;
    let currency = Currency::parse(&o.currency).ok_or_else(|| Error::odd("orders.currency", &o.currency))?;
    let marks: Vec<Mark> = more.marks.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
    Ok(Open {
        order: OrderId(o.id),
        number: o.number,
        status: o.status,
        order_version: o.order_version,
        total: Money::new(o.gross, currency),
        cost_centre: o.cost_centre,
        flow: Flow {
            requester: o.requester.into(),
            rules: serde_json::from_value(o.rules).map_err(|e| odd(&e))?,
            marks,
        },
        flow_status: o.flow_status,
        version: o.version,
        seats: seats(more.seats)?,
        delegations: delegations(more.delegations)?,
        said: more.said,
    })
}

/// Ends a locked flow.
pub(super) async fn end(tx: &mut Tx, order: OrderId, status: &str) -> Result<()> {
    let (account, now) = (tx.actor()?.account().0, tx.now());
    let done = sqlx::query!(
        "UPDATE approval_flows SET status = $3, ended_at = $4 WHERE account_id = $1 AND order_id = $2 AND status = 'open'",
        account,
        order.0,
        status,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}

/// Ends the flow of a locked order that is called off.
pub(crate) async fn withdraw(tx: &mut Tx, order: OrderId) -> Result<()> {
    end(tx, order, "withdrawn").await
}
