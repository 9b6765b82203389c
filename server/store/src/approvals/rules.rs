//! The account's rules: what it wrote, who would go through what, and what a rule would have done.

use chrono::{DateTime, Days, Utc};
use domain::approvals::{
    Asked, Condition, Matrix, Patience, Rule, RuleChange, RuleRow, RulesPage, Seat, Simulation, matrix,
};
use domain::ids::{MemberId, RuleId};
use domain::{Cause, Currency, Money, Permission, Problem};
use serde_json::json;
use uuid::Uuid;

use super::flow::{People, odd, people};
use crate::error::exactly;
use crate::{Error, Result, Tx, audit};

/// Rules with the matrix, their history, and what the editor offers. Six statements.
pub async fn rules(tx: &mut Tx) -> Result<RulesPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let seats = people(tx, actor.account()).await?.seats;
    let rows = sqlx::query!(
        r#"SELECT r.id, r.rule, r.enabled, r.version, CASE WHEN r.account_id <> $1 THEN a.name END AS inherited
           FROM approval_rules r JOIN accounts a ON a.id = r.account_id ORDER BY r.account_id = $1, r.position, r.id"#,
        actor.account().0
    )
    .fetch_all(tx.db())
    .await?;
    let rules = rows
        .into_iter()
        .map(|r| {
            let rule: Rule = serde_json::from_value(r.rule).map_err(|e| odd(&e))?;
            Ok(RuleRow {
                id: r.id.into(),
                words: rule.words(&seats),
                rule,
                enabled: r.enabled,
                version: r.version,
                inherited_from: r.inherited,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let categories = sqlx::query!("SELECT slug, name FROM categories ORDER BY name").fetch_all(tx.db()).await?;
    let enabled: Vec<Rule> = rules.iter().filter(|r| r.enabled).map(|r| r.rule.clone()).collect();
    let mut people: Vec<(MemberId, String)> =
        seats.iter().filter(|s| s.active).map(|s| (s.id, s.name.clone())).collect();
    people.sort_by(|a, b| a.1.cmp(&b.1));
    let units = units(tx, &enabled, actor.currency()).await?;
    let history = history(tx, &seats).await?;
    let patience = sqlx::query_as!(
        Patience,
        "SELECT remind_after AS remind, escalate_after AS escalate FROM accounts WHERE id = $1",
        actor.account().0
    )
    .fetch_one(tx.db())
    .await?;
    Ok(RulesPage {
        patience,
        history,
        units,
        matrix: matrix(&enabled, &seats, actor.currency()),
        rules,
        people,
        categories: categories.into_iter().map(|c| (c.slug, c.name)).collect(),
        currency: actor.currency(),
    })
}

/// Who would go through what in the units below, where the account's rules hold too.
async fn units(tx: &mut Tx, rules: &[Rule], currency: Currency) -> Result<Vec<(String, Matrix)>> {
    let rows = sqlx::query!(r#"SELECT name AS "name!", seats, rules FROM my_unit_rules()"#).fetch_all(tx.db()).await?;
    rows.into_iter()
        .map(|r| {
            let seats = People::of(r.seats, None)?.seats;
            let own: Vec<Rule> = r.rules.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
            let all: Vec<Rule> = rules.iter().cloned().chain(own).collect();
            Ok((r.name, matrix(&all, &seats, currency)))
        })
        .collect()
}

/// An entry of the audit trail about a rule.
#[derive(serde::Deserialize)]
struct Entry {
    at: DateTime<Utc>,
    who: String,
    action: String,
    what: String,
    detail: Detail,
}

/// A rule before and after.
#[derive(serde::Deserialize)]
struct Detail {
    before: Option<Rule>,
    after: Option<Rule>,
}

/// The latest changes of the account's own rules, as its audit trail has them.
async fn history(tx: &mut Tx, seats: &[Seat]) -> Result<Vec<RuleChange>> {
    let account = tx.actor()?.account().0;
    let lines = sqlx::query_scalar!(
        r#"SELECT line FROM audit_log WHERE account_id = $1 AND line LIKE '{"action":"rule.%' ORDER BY seq DESC LIMIT 20"#,
        account
    )
    .fetch_all(tx.db())
    .await?;
    lines
        .into_iter()
        .map(|line| {
            let entry: Entry = serde_json::from_str(&line).map_err(|e| odd(&e))?;
            let done = match entry.action.as_str() {
                "rule.switched_on" => "switched on",
                "rule.switched_off" => "switched off",
                "rule.deleted" => "deleted",
                _ if entry.detail.before.is_none() => "written",
                _ => "changed",
            };
            Ok(RuleChange {
                at: tx.local(entry.at),
                by: entry.who,
                what: format!("“{}” {done}", entry.what),
                before: entry.detail.before.map(|r| r.words(seats)),
                after: entry.detail.after.map(|r| r.words(seats)),
            })
        })
        .collect()
}

/// Writes a rule of the account: a new one, or over `id` as it was at `version`.
pub async fn save_rule(tx: &mut Tx, id: Option<(RuleId, i32)>, rule: &Rule) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    rule.check()?;
    let members: Vec<Uuid> = rule
        .tiers
        .iter()
        .flat_map(|t| &t.who)
        .chain(&rule.about)
        .filter_map(|w| if let domain::approvals::Who::Member(m) = w { Some(m.0) } else { None })
        .collect();
    let known = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM members WHERE account_id = $1 AND id = ANY($2)"#,
        actor.account().0,
        &members
    )
    .fetch_one(tx.db())
    .await?;
    let mut distinct = members;
    distinct.sort();
    distinct.dedup();
    if usize::try_from(known) != Ok(distinct.len()) {
        return Err(Problem::NotFound.into());
    }
    let body = serde_json::to_value(rule).map_err(|e| odd(&e))?;
    let before = match id {
        None => {
            let done = sqlx::query!(
                "INSERT INTO approval_rules (account_id, id, rule, position)
                 SELECT $1, $2, $3, COALESCE(max(r.position), 0) + 1 FROM approval_rules r WHERE r.account_id = $1",
                actor.account().0,
                crate::new_id::<Uuid>(),
                body
            )
            .execute(tx.db())
            .await?;
            exactly(1, &done)?;
            None
        }
        Some((id, version)) => {
            let before = lock(tx, id, version).await?;
            sqlx::query!(
                "UPDATE approval_rules SET rule = $3, version = version + 1 WHERE account_id = $1 AND id = $2",
                actor.account().0,
                id.0,
                body
            )
            .execute(tx.db())
            .await?;
            Some(before)
        }
    };
    audit::record(tx, "rule.saved", &rule.name, json!({ "before": before, "after": rule })).await
}

/// Locks one of the account's own rules as it was seen; an inherited one does not exist here.
async fn lock(tx: &mut Tx, id: RuleId, version: i32) -> Result<serde_json::Value> {
    let account = tx.actor()?.account().0;
    let row = sqlx::query!(
        "SELECT rule, version FROM approval_rules WHERE account_id = $1 AND id = $2 FOR UPDATE",
        account,
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    if row.version == version { Ok(row.rule) } else { Err(Problem::Conflict(Cause::Stale).into()) }
}

fn name_of(rule: &serde_json::Value) -> &str {
    rule.get("name").and_then(serde_json::Value::as_str).unwrap_or_default()
}

/// Switches a rule on or off.
pub async fn enable_rule(tx: &mut Tx, id: RuleId, version: i32, enabled: bool) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let rule = lock(tx, id, version).await?;
    let done = sqlx::query!(
        "UPDATE approval_rules SET enabled = $3, version = version + 1 WHERE account_id = $1 AND id = $2",
        actor.account().0,
        id.0,
        enabled
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let action = if enabled { "rule.switched_on" } else { "rule.switched_off" };
    audit::record(tx, action, name_of(&rule), json!({})).await
}

/// Deletes a rule. Flows that it started go on as they were.
pub async fn delete_rule(tx: &mut Tx, id: RuleId, version: i32) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let rule = lock(tx, id, version).await?;
    let done = sqlx::query!("DELETE FROM approval_rules WHERE account_id = $1 AND id = $2", actor.account().0, id.0)
        .execute(tx.db())
        .await?;
    exactly(1, &done)?;
    audit::record(tx, "rule.deleted", name_of(&rule), json!({ "before": rule })).await
}

/// What a rule would have done to the orders of the last `days` days. One statement, whatever the rule; a wholesaler's
/// year of orders takes well under a second (`make bench`), so that nobody has to watch a bar.
///
/// Conditions that cannot be known afterwards (over budget, new address, price on request) count as not met. Orders of former members and
/// imported ones count as sent by a buyer.
pub async fn simulate(tx: &mut Tx, rule: &Rule, days: u64) -> Result<Simulation> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    rule.check()?;
    let since = tx.now().checked_sub_days(Days::new(days)).unwrap_or(tx.now());
    let (mut slugs, mut wanted) = (Vec::new(), Vec::new());
    for condition in &rule.conditions {
        match condition {
            Condition::Category(slug) => slugs.push(slug.clone()),
            Condition::Product(sku) => wanted.push(sku.clone()),
            _ => {}
        }
    }
    // Lines are read only for a rule that names something, in one pass; of each order what the rule names is kept.
    let rows = sqlx::query!(
        r#"SELECT o.gross, o.currency, o.line_count, m.id AS "member?", m.roles AS "roles?", l.categories, l.skus
           FROM orders o LEFT JOIN members m ON (m.account_id, m.id) = (o.account_id, o.member_id)
           LEFT JOIN (
               SELECT l.order_id, array_agg(DISTINCT c.slug) FILTER (WHERE c.slug IS NOT NULL) AS categories,
                      array_agg(DISTINCT l.sku) FILTER (WHERE l.sku = ANY ($4)) AS skus
               FROM orders w JOIN order_lines l ON (l.account_id, l.order_id) = (w.account_id, w.id)
               LEFT JOIN (SELECT p.id, c.slug FROM products p JOIN categories c ON c.id = p.category_id WHERE c.slug = ANY ($3)) c
                 ON c.id = l.product_id
               WHERE cardinality($3::text[]) + cardinality($4::text[]) > 0 AND w.account_id = $1 AND w.placed_at >= $2
                 AND (c.slug IS NOT NULL OR l.sku = ANY ($4))
               GROUP BY 1) l ON l.order_id = o.id
           WHERE o.account_id = $1 AND o.placed_at >= $2"#,
        actor.account().0,
        since,
        &slugs,
        &wanted
    )
    .fetch_all(tx.db())
    .await?;
    let mut result = Simulation::default();
    for r in rows {
        let currency = Currency::parse(&r.currency).ok_or_else(|| Error::odd("orders.currency", &r.currency))?;
        let (categories, skus) = (r.categories.unwrap_or_default(), r.skus.unwrap_or_default());
        let roles = r.roles.map_or_else(
            || vec![domain::Role::Buyer],
            |codes| codes.iter().filter_map(|c| domain::Role::parse(c)).collect(),
        );
        let requester = Seat {
            id: r.member.map_or(MemberId(Uuid::nil()), MemberId),
            name: String::new(),
            roles,
            manager: None,
            active: true,
        };
        let asked = Asked {
            requester: &requester,
            total: Money::new(r.gross, currency),
            lines: usize::try_from(r.line_count).unwrap_or_default(),
            categories: &categories,
            skus: &skus,
            over_budget: false,
            new_address: false,
            price_on_request: false,
        };
        result.orders += 1;
        result.matching += i64::from(rule.matches(&asked));
    }
    Ok(result)
}
