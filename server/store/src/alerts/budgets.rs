//! Budgets that are used as far as their owner wants to be told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::budgets::BudgetRow;
use domain::ids::{AccountId, MemberId};
use domain::notices::Kind;
use domain::{Currency, Money, text};
use uuid::Uuid;

use crate::notices::{self, Note};
use crate::{Error, Result, Store, Tx};

/// For whoever may see budgets, which the caller has asked. One statement.
pub(super) async fn nearly_used(tx: &mut Tx) -> Result<Vec<BudgetRow>> {
    let page = crate::budgets::list(tx).await?;
    Ok(page.budgets.into_iter().filter(BudgetRow::is_nearly_used).collect())
}

/// Tells those who look after an account's budgets of each that is used as far as is said of it, and once more when nothing is left;
/// once a period, unless the budget was changed since. Gives how many were told.
pub(super) async fn tell(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.job(now).await?;
    let today = tx.today();
    let rows = sqlx::query!(
        r#"WITH used AS (
               SELECT b.account_id, b.id, b.version, b.cost_centre, b.amount, b.currency, b.warn_at, s.start, u.used
               FROM budgets b CROSS JOIN LATERAL (SELECT date_trunc(b.period, $1::date)::date AS start) s
               CROSS JOIN LATERAL (SELECT COALESCE(sum(e.amount), 0) AS used FROM budget_entries e
                                   WHERE (e.account_id, e.budget_id, e.period_start) = (b.account_id, b.id, s.start)) u
               WHERE b.active AND u.used > 0 AND u.used * 100 >= b.amount * b.warn_at
           ), fresh AS (
               INSERT INTO budget_alerts (account_id, budget_id, version, period_start, percent, at)
               SELECT u.account_id, u.id, u.version, u.start, p.percent, $2 FROM used u CROSS JOIN LATERAL (VALUES (u.warn_at), (100)) p(percent)
               WHERE u.used * 100 >= u.amount * p.percent
               ON CONFLICT (account_id, budget_id, version, period_start, percent) DO NOTHING RETURNING account_id, budget_id
           )
           SELECT u.account_id, u.cost_centre, u.amount, u.currency, u.used AS "used!",
                  ARRAY(SELECT m.id FROM members m WHERE m.account_id = u.account_id AND m.status = 'active'
                        AND m.roles && ARRAY['approver', 'finance', 'account_admin']) AS "members!"
           FROM used u WHERE EXISTS (SELECT 1 FROM fresh f WHERE (f.account_id, f.budget_id) = (u.account_id, u.id))
           ORDER BY u.account_id, u.cost_centre"#,
        today,
        now
    )
    .fetch_all(tx.db())
    .await?;
    let (mut told, mut notes): (usize, BTreeMap<Uuid, Vec<Note>>) = (0, BTreeMap::new());
    for r in rows {
        let currency = Currency::parse(&r.currency).ok_or_else(|| Error::odd("budgets.currency", &r.currency))?;
        let money = |amount| text::money(Money::new(amount, currency));
        let text = if r.used >= r.amount {
            format!("The budget of {} is used up: {} of {}", r.cost_centre, money(r.used), money(r.amount))
        } else {
            format!("The budget of {} is nearly used: {} of {}", r.cost_centre, money(r.used), money(r.amount))
        };
        for member in r.members {
            told += 1;
            notes.entry(r.account_id).or_default().push(Note {
                member: MemberId(member),
                kind: Kind::Budget,
                text: text.clone(),
                href: "/company/budgets".to_owned(),
                mail: "Look at it here:".to_owned(),
            });
        }
    }
    for (account, notes) in notes {
        notices::tell(&mut tx, AccountId(account), &notes).await?;
    }
    tx.commit().await?;
    Ok(told)
}
