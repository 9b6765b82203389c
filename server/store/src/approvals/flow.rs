//! Starting a flow, reading it under its lock, ending it.

use domain::approvals::{Asked, Delegation, Flow, FlowRule, Mark, Rule, Seat, budget_rule};
use domain::budgets::BudgetUse;
use domain::ids::{AccountId, MemberId, OrderId, QuoteId};
use domain::notices::Kind;
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

/// Who can be asked in an account, and who stands in for whom.
pub(super) struct People {
    pub seats: Vec<Seat>,
    /// Delegations with their ids, those to come too.
    pub delegated: Vec<(Uuid, Delegation)>,
}

impl People {
    /// Decodes a row of the view `flow_people`. A delegation of another currency keeps its cap, which then never holds.
    pub fn of(seats: Option<serde_json::Value>, delegations: Option<serde_json::Value>) -> Result<Self> {
        type Row = (Uuid, Uuid, Uuid, chrono::NaiveDate, chrono::NaiveDate, Option<Decimal>, String);
        let seats: Vec<SeatRow> = seats.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
        let rows: Vec<Row> = delegations.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
        let delegated = rows
            .into_iter()
            .map(|(id, from, to, first, last, cap, code)| {
                let currency = Currency::parse(&code).ok_or_else(|| Error::odd("delegations.currency", &code))?;
                let cap = cap.map(|c| Money::new(c, currency));
                Ok((id, Delegation { from: MemberId(from), to: MemberId(to), first, last, cap }))
            })
            .collect::<Result<_>>()?;
        let seats = seats
            .into_iter()
            .map(|r| Seat {
                id: MemberId(r.id),
                name: r.name,
                roles: r.roles.iter().filter_map(|c| domain::Role::parse(c)).collect(),
                manager: r.manager.map(MemberId),
                active: r.active,
            })
            .collect();
        Ok(Self { seats, delegated })
    }

    /// Who stands in for whom in one flow; once it is escalated, those above its approvers too.
    pub fn stand_ins(&self, flow: &Flow, escalated: bool, day: chrono::NaiveDate) -> Vec<Delegation> {
        let above = if escalated { flow.escalation(&self.seats, day) } else { Vec::new() };
        self.delegated.iter().map(|(_, d)| d.clone()).chain(above).collect()
    }

    /// What a member is called.
    pub fn name(&self, id: MemberId) -> &str {
        self.seats.iter().find(|s| s.id == id).map(|s| s.name.as_str()).unwrap_or_default()
    }
}

/// The people of the account. One statement.
pub(super) async fn people(tx: &mut Tx, account: AccountId) -> Result<People> {
    let row = sqlx::query!("SELECT seats, delegations FROM flow_people WHERE account_id = $1", account.0)
        .fetch_one(tx.db())
        .await?;
    People::of(row.seats, row.delegations)
}

/// What a cart's order would be asked for.
#[expect(clippy::struct_excessive_bools, reason = "four questions that rules ask, each by its name")]
pub(crate) struct Preview {
    /// With tax and delivery.
    pub total: Money,
    /// Of its lines; each once or often.
    pub categories: Vec<String>,
    /// One a line.
    pub skus: Vec<String>,
    pub over_budget: bool,
    /// "Require approval" is what the budget says beyond its amount.
    pub budget_asks: bool,
    pub new_address: bool,
    /// Something in it has no price of the account's: it was quoted.
    pub price_on_request: bool,
}

impl Preview {
    /// As if the cart's budget sufficed and its address were known.
    fn of(cart: &Cart) -> Self {
        Self {
            total: cart.totals.gross,
            categories: cart.lines.iter().map(|l| l.facts.category.clone()).collect(),
            skus: cart.lines.iter().map(|l| l.facts.sku.clone()).collect(),
            over_budget: false,
            budget_asks: false,
            new_address: false,
            price_on_request: cart.lines.iter().any(|l| l.price.is_none()),
        }
    }

    fn asked<'a>(&'a self, requester: &'a Seat) -> Asked<'a> {
        Asked {
            requester,
            total: self.total,
            lines: self.skus.len(),
            categories: &self.categories,
            skus: &self.skus,
            over_budget: self.over_budget,
            new_address: self.new_address,
            price_on_request: self.price_on_request,
        }
    }
}

fn seat(actor: &Actor) -> Result<Seat> {
    Ok(Seat {
        id: actor.member()?,
        name: actor.name().to_owned(),
        roles: actor.roles().to_vec(),
        manager: None,
        active: true,
    })
}

/// The rules among `rules` that an order of the asking member matches; the budget's own when none of them asks for it.
pub(crate) fn matching(rules: Option<serde_json::Value>, actor: &Actor, of: &Preview) -> Result<Vec<FlowRule>> {
    let rules: Vec<Rule> = rules.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
    if rules.is_empty() && !of.budget_asks {
        return Ok(Vec::new());
    }
    let requester = seat(actor)?;
    let asked = of.asked(&requester);
    let matched: Vec<&Rule> = rules.iter().filter(|r| r.matches(&asked)).collect();
    let covered = matched.iter().any(|r| r.conditions.contains(&domain::approvals::Condition::OverBudget));
    let mut found: Vec<FlowRule> = matched.into_iter().map(FlowRule::from).collect();
    if of.budget_asks && !covered {
        found.push(budget_rule());
    }
    Ok(found)
}

/// The rules in force for the asking account, the inherited first.
async fn in_force(tx: &mut Tx, actor: &Actor) -> Result<Option<serde_json::Value>> {
    let rules = sqlx::query_scalar!(
        "SELECT jsonb_agg(r.rule ORDER BY r.account_id = $1, r.position, r.id) FROM approval_rules r WHERE r.enabled",
        actor.account().0
    )
    .fetch_one(tx.db())
    .await?;
    Ok(rules)
}

/// For each line of the cart a rule that asks somebody because of it. The rules look at the whole cart: splitting it lets nothing
/// through below a limit. One statement.
pub(crate) async fn because_of(tx: &mut Tx, actor: &Actor, cart: &Cart) -> Result<Vec<Option<String>>> {
    let rules: Vec<Rule> =
        in_force(tx, actor).await?.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
    let (requester, of) = (seat(actor)?, Preview::of(cart));
    let matched: Vec<&Rule> = rules.iter().filter(|r| r.matches(&of.asked(&requester))).collect();
    let asks = |l: &crate::cart::Line| {
        matched.iter().find(|r| r.concerns(&l.facts.category, &l.facts.sku, l.price.is_some())).map(|r| r.name.clone())
    };
    Ok(cart.lines.iter().map(asks).collect())
}

/// Who would approve the cart, for the checkout: as if its budget sufficed and its address were known. Two statements.
pub(crate) async fn preview(tx: &mut Tx, actor: &Actor, cart: &Cart) -> Result<Vec<domain::approvals::RuleProgress>> {
    let rules = matching(in_force(tx, actor).await?, actor, &Preview::of(cart))?;
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let people = people(tx, actor.account()).await?;
    Ok(Flow { requester: actor.member()?, rules, marks: Vec::new() }.progress(&people.seats))
}

/// Who would approve what `of` says, from what its page has read: the rules in force and the seats of `flow_people`.
pub(crate) fn progress_of(
    actor: &Actor,
    rules: Option<serde_json::Value>,
    seats: Option<serde_json::Value>,
    of: &Preview,
) -> Result<Vec<domain::approvals::RuleProgress>> {
    let rules = matching(rules, actor, of)?;
    let people = People::of(seats, None)?;
    Ok(Flow { requester: actor.member()?, rules, marks: Vec::new() }.progress(&people.seats))
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
        "INSERT INTO approval_flows (account_id, order_id, requester, rules, started_at, waiting_since, budget_left)
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
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
    let people = people(tx, actor.account()).await?;
    ask(tx, actor, order, number, total, &flow, &people, &[]).await
}

/// Tells everybody whose turn it has become, and those who stand in for them today: not those in `already`.
#[expect(clippy::too_many_arguments, reason = "the parts of one order's flow, once, in this module")]
pub(super) async fn ask(
    tx: &mut Tx,
    actor: &Actor,
    order: OrderId,
    number: &str,
    total: Money,
    flow: &Flow,
    people: &People,
    already: &[MemberId],
) -> Result<()> {
    let today = tx.today();
    let asked: Vec<MemberId> = flow.waits_for(&people.seats).into_iter().filter(|m| !already.contains(m)).collect();
    let mut members = asked.clone();
    members.extend(
        people
            .delegated
            .iter()
            .filter(|(_, d)| asked.contains(&d.from) && d.to != flow.requester && d.holds(today, total))
            .map(|(_, d)| d.to),
    );
    members.sort();
    members.dedup();
    let tokens = links::issue(tx, actor, order, &members).await?;
    let names: Vec<&str> = flow.rules.iter().map(|r| r.name.as_str()).collect();
    let notes: Vec<Note> = members
        .into_iter()
        .zip(tokens)
        .map(|(member, token)| Note {
            member,
            kind: Kind::Ask,
            text: format!("{} asks you to approve {number}, {}", people.name(flow.requester), text::money(total)),
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
    /// The quote that it came of, and its version.
    pub quote: Option<(QuoteId, i32)>,
    pub flow: Flow,
    pub flow_status: String,
    pub version: i32,
    pub people: People,
    pub escalated: bool,
    pub said: i32,
}

/// Locks an order with its flow, and the cart to which its lines might go back, and reads them. Two statements. Not found when there is no flow.
pub(super) async fn lock(tx: &mut Tx, actor: &Actor, number: &str) -> Result<Open> {
    let account = actor.account().0;
    let o = sqlx::query!(
        "SELECT o.id, o.number, o.status, o.version AS order_version, o.gross, o.currency, o.cost_centre, o.quote_id, o.quote_version, f.requester, f.status AS flow_status, f.version, f.rules, f.escalated_at,
                (SELECT c.id FROM carts c WHERE c.account_id = $1 AND c.member_id = f.requester AND c.in_use FOR UPDATE) AS cart
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
                  p.seats, p.delegations
           FROM flow_people p WHERE p.account_id = $1"#,
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
        quote: o.quote_id.zip(o.quote_version).map(|(id, version)| (id.into(), version)),
        flow: Flow {
            requester: o.requester.into(),
            rules: serde_json::from_value(o.rules).map_err(|e| odd(&e))?,
            marks,
        },
        flow_status: o.flow_status,
        version: o.version,
        people: People::of(more.seats, more.delegations)?,
        escalated: o.escalated_at.is_some(),
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
