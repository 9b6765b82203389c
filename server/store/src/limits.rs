//! What an order runs up against: the account's credit, shared with others or not, and the cost centre's budget, read together.

use domain::budgets::{Beyond, BudgetUse, Period};
use domain::credit::{Credit, Part, Policy};
use domain::ids::{BudgetId, OrderId};
use domain::{Actor, Money};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{Error, Result, Tx};

/// Credit and budget before an order, which is itself not counted in either.
pub(crate) struct Limits {
    pub credit: Credit,
    /// What the credit is used by: the account first, then the units below it that share, then all others who do.
    pub parts: Vec<Part>,
    pub budget: Option<(BudgetId, BudgetUse)>,
}

/// How to read them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    /// For showing.
    No,
    /// For a decision: nobody else adds to the exposure or the budget until the transaction ends.
    Yes,
}

/// The limits for an order of `gross` on `centre` (its code; empty: none). `order` is left out of the sums when it is
/// already there, waiting.
pub(crate) async fn read(
    tx: &mut Tx,
    actor: &Actor,
    centre: &str,
    gross: Money,
    order: Option<OrderId>,
    lock: Lock,
) -> Result<Limits> {
    /// Credit and budget as JSON, with locks or without: in this order, here alone.
    macro_rules! ask {
        ($lock:literal, $for_update:literal) => {{
            let row = sqlx::query!(
                "SELECT (SELECT jsonb_build_object('limit', c.credit_limit::text, 'policy', c.policy) FROM my_limit("
                    + $lock
                    + ") c) AS credit,
                        (SELECT to_jsonb(b) || jsonb_build_object('amount', b.amount::text) FROM budgets b
                         WHERE b.account_id = $1 AND b.cost_centre = $2 AND b.active "
                    + $for_update
                    + ") AS budget",
                actor.account().0,
                centre
            )
            .fetch_one(tx.db())
            .await?;
            (row.credit, row.budget)
        }};
    }
    let (credit, budget) = if lock == Lock::Yes { ask!("true", "FOR UPDATE") } else { ask!("false", "") };
    let account = actor.account().0;
    let (limit, policy) = credit_of(credit)?;
    let mut limits = Limits { credit: Credit::unlimited(actor.currency()), parts: Vec::new(), budget: None };
    let budget: Option<Budget> =
        budget.map(serde_json::from_value).transpose().map_err(|e| Error::odd("budgets", &e.to_string()))?;
    if limit.is_none() && budget.is_none() {
        return Ok(limits);
    }
    let money = |amount| Money::new(amount, actor.currency());
    let (budget_id, start) = match &budget {
        Some(b) => (b.id, b.period()?.start(tx.today())),
        None => (Uuid::nil(), tx.today()),
    };
    // Asked after the locks: what others added while this waited is seen.
    let rows = sqlx::query!(
        r#"SELECT c.account AS "account?", c.unit AS "unit?", c.invoices AS "invoices!", c.unallocated AS "unallocated!", c.orders AS "orders!",
             (SELECT COALESCE(sum(e.amount), 0) FROM budget_entries e
              WHERE e.account_id = $1 AND e.budget_id = $4 AND e.period_start = $5) AS "used!",
             (SELECT COALESCE(sum(o.gross), 0) FROM orders o
              WHERE o.account_id = $1 AND o.status IN ('pending_approval', 'on_hold') AND o.cost_centre = $6 AND o.currency = $2
                AND o.id IS DISTINCT FROM $3 AND $4 <> '00000000-0000-0000-0000-000000000000'::uuid) AS "waiting!"
           FROM my_exposure($3) c"#,
        account,
        actor.currency().code(),
        order.map(|o| o.0),
        budget_id,
        start,
        centre
    )
    .fetch_all(tx.db())
    .await?;
    let (used, waiting) = rows.first().map_or_else(Default::default, |r| (r.used, r.waiting));
    if let Some(limit) = limit {
        limits.parts = rows
            .into_iter()
            .map(|r| Part {
                account: r.account.map(Into::into),
                unit: r.unit,
                open_invoices: money(r.invoices),
                unallocated: money(r.unallocated),
                open_orders: money(r.orders),
            })
            .collect();
        limits.credit = Credit::of(money(limit), Policy::parse(policy.as_deref().unwrap_or_default()), &limits.parts)?;
    }
    if let Some(b) = budget.filter(|b| b.currency == actor.currency().code()) {
        let used = BudgetUse {
            cost_centre: b.cost_centre.clone(),
            period: b.period()?,
            amount: money(b.amount),
            used: money(used),
            waiting: money(waiting),
            order: gross,
            beyond: b.beyond()?,
        };
        limits.budget = Some((BudgetId(b.id), used));
    }
    Ok(limits)
}

/// A budget's row as JSON.
#[derive(serde::Deserialize)]
struct Budget {
    id: Uuid,
    cost_centre: String,
    period: String,
    amount: Decimal,
    currency: String,
    beyond: String,
}

impl Budget {
    fn period(&self) -> Result<Period> {
        Period::parse(&self.period).ok_or_else(|| Error::odd("budgets.period", &self.period))
    }

    fn beyond(&self) -> Result<Beyond> {
        Beyond::parse(&self.beyond).ok_or_else(|| Error::odd("budgets.beyond", &self.beyond))
    }
}

fn credit_of(json: Option<serde_json::Value>) -> Result<(Option<Decimal>, Option<String>)> {
    #[derive(serde::Deserialize)]
    struct Row {
        limit: Option<Decimal>,
        policy: String,
    }
    let row: Option<Row> =
        json.map(serde_json::from_value).transpose().map_err(|e| Error::odd("credit_limits", &e.to_string()))?;
    Ok(row.map_or((None, None), |r| (r.limit, Some(r.policy))))
}
