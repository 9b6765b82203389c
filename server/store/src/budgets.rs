//! Budgets of cost centres and what they were used for.

use chrono::{Datelike as _, NaiveDate};
use domain::budgets::{Beyond, BudgetRow, BudgetUse, BudgetsPage, Period};
use domain::ids::{AccountId, BudgetId, OrderId};
use domain::{Actor, Currency, Money, Permission, Problem};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::error::exactly;
use crate::{Error, Result, Tx, audit};

/// Takes a confirmed order's total, with delivery and tax, from its budget's present period. The budget's row is locked.
pub(crate) async fn consume(tx: &mut Tx, budget: BudgetId, of: &BudgetUse, order: OrderId) -> Result<()> {
    let account = tx.actor()?.account();
    take(tx, account, budget, of.period, of.order.amount(), order).await
}

/// The same from a locked budget of any account.
pub(crate) async fn take(
    tx: &mut Tx,
    account: AccountId,
    budget: BudgetId,
    period: Period,
    amount: Decimal,
    order: OrderId,
) -> Result<()> {
    if amount.is_zero() {
        return Ok(());
    }
    let (now, start) = (tx.now(), period.start(tx.today()));
    let done = sqlx::query!(
        "INSERT INTO budget_entries (account_id, id, budget_id, order_id, period_start, amount, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        account.0,
        crate::new_id::<Uuid>(),
        budget.0,
        order.0,
        start,
        amount,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}

/// Gives back exactly what a locked order took, to the periods that it took it from.
pub(crate) async fn give_back(tx: &mut Tx, order: OrderId) -> Result<()> {
    let (account, now) = (tx.actor()?.account().0, tx.now());
    sqlx::query!(
        "INSERT INTO budget_entries (account_id, id, budget_id, order_id, period_start, amount, at)
         SELECT $1, gen_random_uuid(), e.budget_id, $2, e.period_start, -sum(e.amount), $3
         FROM budget_entries e WHERE e.account_id = $1 AND e.order_id = $2
         GROUP BY e.budget_id, e.period_start HAVING sum(e.amount) <> 0",
        account,
        order.0,
        now
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Gives back what was credited of an order, to the periods that it took it from, the latest first; never more than it took. Its
/// budget is locked before, as whoever adds to it does.
pub(crate) async fn give_back_part(tx: &mut Tx, order: OrderId, amount: Decimal) -> Result<()> {
    let (account, now) = (tx.actor()?.account().0, tx.now());
    sqlx::query!(
        "SELECT b.id FROM budgets b WHERE b.account_id = $1
           AND b.id IN (SELECT e.budget_id FROM budget_entries e WHERE e.account_id = $1 AND e.order_id = $2) ORDER BY b.id FOR UPDATE",
        account,
        order.0
    )
    .fetch_all(tx.db())
    .await?;
    sqlx::query!(
        "WITH taken AS (SELECT e.budget_id, e.period_start, sum(e.amount) AS amount FROM budget_entries e
                        WHERE e.account_id = $1 AND e.order_id = $2 GROUP BY 1, 2 HAVING sum(e.amount) > 0),
              parts AS (SELECT t.*, greatest($4 - COALESCE(sum(t.amount) OVER (ORDER BY t.period_start DESC, t.budget_id
                                                                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0) AS still FROM taken t)
         INSERT INTO budget_entries (account_id, id, budget_id, order_id, period_start, amount, at)
         SELECT $1, gen_random_uuid(), p.budget_id, $2, p.period_start, -least(p.amount, p.still), $3 FROM parts p WHERE p.still > 0",
        account,
        order.0,
        now,
        amount
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

/// How many past periods a budget's page shows.
const PERIODS: i32 = 6;

fn money(amount: Decimal, code: &str) -> Result<Money> {
    let currency = Currency::parse(code).ok_or_else(|| Error::odd("budgets.currency", code))?;
    Ok(Money::new(amount, currency))
}

/// The account's budgets with their present use and the periods before. One statement.
pub async fn list(tx: &mut Tx) -> Result<BudgetsPage> {
    let actor = tx.actor()?;
    actor.require(Permission::BudgetRead)?;
    let today = tx.today();
    let rows = sqlx::query!(
        r#"SELECT c.code, c.name, b.id AS "id?", b.period AS "period?", b.amount AS "amount?", b.currency AS "currency?", b.beyond AS "beyond?", b.warn_at AS "warn_at?",
                  (SELECT jsonb_agg(jsonb_build_array(e.period_start, e.sum::text)) FROM
                      (SELECT e.period_start, sum(e.amount) AS sum FROM budget_entries e
                       WHERE e.account_id = b.account_id AND e.budget_id = b.id GROUP BY 1) e) AS used,
                  (SELECT COALESCE(sum(o.gross), 0) FROM orders o
                   WHERE o.account_id = $1 AND o.status IN ('pending_approval', 'on_hold') AND o.cost_centre = c.code AND o.currency = b.currency) AS "waiting!"
           FROM cost_centres c LEFT JOIN budgets b ON b.account_id = c.account_id AND b.cost_centre = c.code AND b.active
           WHERE c.account_id = $1 AND c.active ORDER BY c.code"#,
        actor.account().0
    )
    .fetch_all(tx.db())
    .await?;
    let mut page = BudgetsPage {
        budgets: Vec::new(),
        without: Vec::new(),
        may_change: actor.may(Permission::CompanyManage),
        currency: actor.currency(),
    };
    for r in rows {
        let (Some(id), Some(period), Some(amount), Some(currency), Some(beyond), Some(warn_at)) =
            (r.id, r.period, r.amount, r.currency, r.beyond, r.warn_at)
        else {
            page.without.push((r.code, r.name));
            continue;
        };
        let period = Period::parse(&period).ok_or_else(|| Error::odd("budgets.period", &period))?;
        let used: Vec<(NaiveDate, Decimal)> = r
            .used
            .map_or(Ok(Vec::new()), serde_json::from_value)
            .map_err(|e| Error::odd("budget_entries", &e.to_string()))?;
        let in_period = |start: NaiveDate| money(used.iter().filter(|u| u.0 == start).map(|u| u.1).sum(), &currency);
        let mut before = Vec::new();
        let mut start = period.start(today);
        for _ in 0..PERIODS {
            start = period.start(start.pred_opt().unwrap_or(start));
            before.push((start, in_period(start)?));
        }
        before.reverse();
        page.budgets.push(BudgetRow {
            id: id.into(),
            code: r.code.clone(),
            now: BudgetUse {
                cost_centre: format!("{} ({})", r.name, r.code),
                period,
                amount: money(amount, &currency)?,
                used: in_period(period.start(today))?,
                waiting: money(r.waiting, &currency)?,
                order: money(Decimal::ZERO, &currency)?,
                beyond: Beyond::parse(&beyond).ok_or_else(|| Error::odd("budgets.beyond", &beyond))?,
            },
            warn_at,
            before,
        });
    }
    Ok(page)
}

/// Sets a cost centre's budget, in the account's currency. Zero: nothing may be spent without what `beyond` says. `warn_at` is the
/// percentage, 1 to 100, at which those who look after budgets are told.
pub async fn set(
    tx: &mut Tx,
    centre: &str,
    period: Period,
    amount: Decimal,
    beyond: Beyond,
    warn_at: i32,
) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let amount = Money::new(amount, actor.currency());
    if amount.amount().is_sign_negative()
        || amount.rounded() != amount
        || amount.amount() >= Decimal::from(1_000_000_000)
    {
        return Err(Problem::invalid(
            "amount",
            "Enter an amount of 0 or more, with no more decimals than the currency has.",
        )
        .into());
    }
    if !(1..=100).contains(&warn_at) {
        return Err(Problem::invalid("warn_at", "Enter a percentage from 1 to 100.").into());
    }
    let before = sqlx::query!(
        r#"SELECT c.id, (SELECT to_jsonb(b) - 'account_id' - 'id' FROM budgets b WHERE b.account_id = $1 AND b.cost_centre = $2 FOR UPDATE) AS before
           FROM cost_centres c WHERE c.account_id = $1 AND c.code = $2 AND c.active"#,
        actor.account().0,
        centre
    )
    .fetch_one(tx.db())
    .await?;
    sqlx::query!(
        "INSERT INTO budgets (account_id, id, cost_centre, period, amount, currency, beyond, warn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT ON CONSTRAINT one_budget_a_cost_centre
         DO UPDATE SET period = excluded.period, amount = excluded.amount, beyond = excluded.beyond, warn_at = excluded.warn_at, active = true, version = budgets.version + 1",
        actor.account().0,
        crate::new_id::<Uuid>(),
        centre,
        period.code(),
        amount.amount(),
        actor.currency().code(),
        beyond.code(),
        warn_at
    )
    .execute(tx.db())
    .await?;
    let detail = json!({ "before": before.before, "after": { "period": period.code(), "amount": amount.amount(), "beyond": beyond.code() } });
    audit::record(tx, "budget.set", centre, detail).await
}

/// Ends a cost centre's budget; what it was used for stays. Not found when there is none.
pub async fn end(tx: &mut Tx, id: BudgetId) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let centre = sqlx::query_scalar!(
        "UPDATE budgets SET active = false, version = version + 1 WHERE account_id = $1 AND id = $2 AND active RETURNING cost_centre",
        actor.account().0,
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    audit::record(tx, "budget.ended", &centre, json!({ "year": tx.today().year() })).await
}

/// Cost centres that an order of `gross` would take beyond their budget: code, what happens, what is left now.
pub(crate) async fn tight(tx: &mut Tx, actor: &Actor, gross: Money) -> Result<Vec<(String, Beyond, Money)>> {
    let today = tx.today();
    let starts: Vec<NaiveDate> = Period::ALL.iter().map(|p| p.start(today)).collect();
    let codes: Vec<String> = Period::ALL.iter().map(|p| p.code().to_owned()).collect();
    let rows = sqlx::query!(
        r#"SELECT b.cost_centre, b.beyond, b.amount - COALESCE(sum(e.amount), 0) AS "left!"
           FROM budgets b JOIN unnest($3::text[], $4::date[]) AS p(period, start) ON p.period = b.period
           LEFT JOIN budget_entries e ON e.account_id = b.account_id AND e.budget_id = b.id AND e.period_start = p.start
           WHERE b.account_id = $1 AND b.active AND b.currency = $2
           GROUP BY b.account_id, b.id HAVING b.amount - COALESCE(sum(e.amount), 0) < $5 ORDER BY b.cost_centre"#,
        actor.account().0,
        actor.currency().code(),
        &codes,
        &starts,
        gross.amount()
    )
    .fetch_all(tx.db())
    .await?;
    rows.into_iter()
        .map(|r| {
            let beyond = Beyond::parse(&r.beyond).ok_or_else(|| Error::odd("budgets.beyond", &r.beyond))?;
            Ok((r.cost_centre, beyond, Money::new(r.left, actor.currency())))
        })
        .collect()
}
