//! What accounts have set for themselves: told before invoices fall due, and again and again while some are overdue.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::AccountId;
use domain::reminders::Settings;
use domain::{Money, text, working};
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::{currency, tell_payers};
use crate::{Result, Store, Tx};

/// Accounts in one transaction.
const AT_ONCE: i64 = 100;

/// An invoice as JSON has it: id, number, due day, what is open, its currency.
type Due = (Uuid, String, NaiveDate, Decimal, String);

/// Tells every account what it wants to be told today, in working hours only; gives how many accounts were told. Several servers may
/// do this at once: each account is taken by one of them.
pub async fn remind_all(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.job(now).await?;
    if !working::is_open(tx.local(now)) {
        return Ok(0);
    }
    let today = tx.today();
    let rows = sqlx::query!(
        r#"SELECT s.account_id, s.days_before, s.every_days, s.overdue_told_on,
                  ARRAY(SELECT m.id FROM members m WHERE m.account_id = s.account_id AND m.status = 'active' AND 'finance' = ANY (m.roles)) AS "payers!",
                  soon.invoices AS "soon: Json<Vec<Due>>", late.invoices AS "late: Json<Vec<Due>>"
           FROM reminder_settings s JOIN accounts a ON a.id = s.account_id
           CROSS JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(i.id, i.number, i.due_on, (i.gross - i.settled - i.in_payment)::text, i.currency)
                      ORDER BY i.currency <> a.currency, i.currency, i.due_on, i.id) AS invoices
               FROM invoices i WHERE i.account_id = s.account_id AND i.settled < i.gross AND i.settled + i.in_payment < i.gross AND i.kind = 'invoice'
                 AND i.due_on BETWEEN $1 AND $1 + s.days_before
                 AND NOT EXISTS (SELECT 1 FROM disputes d WHERE (d.account_id, d.invoice_id) = (i.account_id, i.id) AND d.status = 'open')
                 AND NOT EXISTS (SELECT 1 FROM due_reminders d WHERE (d.account_id, d.invoice_id) = (i.account_id, i.id))) soon
           CROSS JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(i.id, i.number, i.due_on, (i.gross - i.settled - i.in_payment)::text, i.currency)
                      ORDER BY i.currency <> a.currency, i.currency, i.due_on, i.id) AS invoices
               FROM invoices i WHERE i.account_id = s.account_id AND i.settled < i.gross AND i.settled + i.in_payment < i.gross AND i.kind = 'invoice'
                 AND i.due_on < $1
                 AND s.every_days IS NOT NULL AND (s.overdue_told_on IS NULL OR s.overdue_told_on + s.every_days <= $1)
                 AND NOT EXISTS (SELECT 1 FROM disputes d WHERE (d.account_id, d.invoice_id) = (i.account_id, i.id) AND d.status = 'open')) late
           WHERE soon.invoices IS NOT NULL OR late.invoices IS NOT NULL
           ORDER BY s.account_id LIMIT $2 FOR UPDATE OF s SKIP LOCKED"#,
        today,
        AT_ONCE
    )
    .fetch_all(tx.db())
    .await?;
    let told = rows.len();
    for row in rows {
        let account = AccountId(row.account_id);
        let days = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
        let settings = Settings { days_before: days(row.days_before), every_days: days(row.every_days) };
        // Currency by currency, its own first.
        let listed = |due: Vec<Due>| {
            let line = |(_, number, on, open, code): Due| Ok((number, on, Money::new(open, currency(&code)?)));
            due.into_iter().map(line).collect::<Result<Vec<_>>>()
        };
        if let Some(Json(soon)) = row.soon {
            remember(&mut tx, account, &soon.iter().map(|d| d.0).collect::<Vec<_>>()).await?;
            let count = i64::try_from(soon.len()).unwrap_or_default();
            let due = text::counted(count, "invoice is", "invoices are");
            let days = settings.days_before.unwrap_or_default();
            let headline = format!("{due} due within {}", text::counted(i64::from(days), "day", "days"));
            tell_payers(&mut tx, account, &row.payers, &headline, "/invoices", &listed(soon)?).await?;
        }
        if let Some(Json(late)) = row.late.filter(|_| settings.tells_overdue(row.overdue_told_on, today)) {
            sqlx::query!("UPDATE reminder_settings SET overdue_told_on = $2 WHERE account_id = $1", account.0, today)
                .execute(tx.db())
                .await?;
            let count = i64::try_from(late.len()).unwrap_or_default();
            let headline = format!("{} overdue", text::counted(count, "invoice is", "invoices are"));
            tell_payers(&mut tx, account, &row.payers, &headline, "/invoices?show=overdue", &listed(late)?).await?;
        }
    }
    tx.commit().await?;
    Ok(told)
}

async fn remember(tx: &mut Tx, account: AccountId, invoices: &[Uuid]) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "INSERT INTO due_reminders (account_id, invoice_id, at) SELECT $1, t.id, $3 FROM unnest($2::uuid[]) AS t(id)",
        account.0,
        invoices,
        now
    )
    .execute(tx.db())
    .await?;
    Ok(())
}
