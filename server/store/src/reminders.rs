//! Reminders of what is due and overdue. An account's own are set by its finance users and sent by a job; the seller's are sent by
//! customer service and seller admins, who note what is promised.

mod own;

pub use own::remind_all;

use chrono::NaiveDate;
use domain::ids::{AccountId, MemberId};
use domain::notices::Kind;
use domain::reminders::{
    OverduePage, OverdueQuery, OverdueRow, PAGE, Promise, RemindersPage, Sent, Settings, check_promise, level_words,
};
use domain::{Currency, Money, Permission, Problem, text};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::error::exactly;
use crate::notices::{Note, tell};
use crate::{Error, Result, Tx, audit};

/// Reminders in the account's list.
const SHOWN: i64 = 10;

fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code).ok_or_else(|| Error::odd("currency", code))
}

/// What the account has set, and what the seller has sent. Two statements.
pub async fn settings(tx: &mut Tx) -> Result<RemindersPage> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let account = actor.account().0;
    let set = sqlx::query!("SELECT days_before, every_days FROM reminder_settings WHERE account_id = $1", account)
        .fetch_optional(tx.db())
        .await?;
    let sent = sqlx::query!(
        r#"SELECT sent_on, level, currency, total, jsonb_array_length(invoices) AS "count!" FROM reminders
           WHERE account_id = $1 ORDER BY sent_on DESC, id DESC LIMIT $2"#,
        account,
        SHOWN
    )
    .fetch_all(tx.db())
    .await?;
    let days = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
    Ok(RemindersPage {
        settings: set
            .map(|s| Settings { days_before: days(s.days_before), every_days: days(s.every_days) })
            .unwrap_or_default(),
        sent: sent
            .into_iter()
            .map(|r| {
                Ok(Sent {
                    on: r.sent_on,
                    level: i64::from(r.level),
                    total: Money::new(r.total, currency(&r.currency)?),
                    count: i64::from(r.count),
                })
            })
            .collect::<Result<_>>()?,
        may_set: actor.may(Permission::InvoicePay),
    })
}

/// Sets what the account is told by itself.
pub async fn set(tx: &mut Tx, settings: Settings) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoicePay)?;
    let days = |n: Option<u32>| n.and_then(|n| i32::try_from(n).ok());
    let done = sqlx::query!(
        "INSERT INTO reminder_settings (account_id, days_before, every_days) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET days_before = excluded.days_before, every_days = excluded.every_days",
        actor.account().0,
        days(settings.days_before),
        days(settings.every_days)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let detail = json!({ "days_before": settings.days_before, "every_days": settings.every_days });
    audit::record(tx, "reminders.set", "", detail).await
}

/// Customers with something overdue, the largest sum first. One statement.
pub async fn overdue(tx: &mut Tx, query: OverdueQuery) -> Result<OverduePage> {
    tx.actor()?.require(Permission::ReminderSend)?;
    let today = tx.today();
    let words = query.words.replace(['%', '_', '\\'], "");
    let rows = sqlx::query!(
        r#"WITH late AS (
               SELECT i.account_id, i.currency, i.due_on, i.gross - i.settled - i.in_payment AS open,
                      EXISTS (SELECT 1 FROM disputes d WHERE (d.account_id, d.invoice_id) = (i.account_id, i.id) AND d.status = 'open') AS disputed
               FROM invoices i WHERE i.settled < i.gross AND i.settled + i.in_payment < i.gross AND i.kind = 'invoice' AND i.due_on < $1
           ), owing AS (
               SELECT l.account_id, l.currency, sum(l.open) AS overdue, count(*) AS invoices, min(l.due_on) AS oldest,
                      COALESCE(sum(l.open) FILTER (WHERE l.disputed), 0) AS disputed,
                      COALESCE(sum(l.open) FILTER (WHERE $1 - l.due_on <= 30), 0) AS b30,
                      COALESCE(sum(l.open) FILTER (WHERE $1 - l.due_on BETWEEN 31 AND 60), 0) AS b60,
                      COALESCE(sum(l.open) FILTER (WHERE $1 - l.due_on BETWEEN 61 AND 90), 0) AS b90,
                      COALESCE(sum(l.open) FILTER (WHERE $1 - l.due_on > 90), 0) AS older
               FROM late l GROUP BY 1, 2
           ), told AS (
               SELECT o.*, a.number, a.name, p.promised_on, p.note, p.by_name,
                      (SELECT count(*) FROM reminders r WHERE r.account_id = o.account_id AND r.currency = o.currency AND r.sent_on > o.oldest) AS reminders,
                      (SELECT max(r.sent_on) FROM reminders r WHERE r.account_id = o.account_id AND r.currency = o.currency AND r.sent_on > o.oldest) AS last
               FROM owing o JOIN accounts a ON a.id = o.account_id
               LEFT JOIN LATERAL (SELECT p.promised_on, p.note, p.by_name FROM payment_promises p
                                  WHERE p.account_id = o.account_id AND p.at::date >= o.oldest ORDER BY p.at DESC LIMIT 1) p ON true
               WHERE ($2 = '' OR a.number ILIKE $2 OR a.name ILIKE '%' || $2 || '%')
                 AND CASE $3 WHEN '' THEN COALESCE(p.promised_on < $1, true) WHEN 'promised' THEN p.promised_on >= $1 ELSE true END)
           SELECT t.number, t.name, t.currency, t.overdue AS "overdue!", t.invoices AS "invoices!", t.oldest AS "oldest!", t.disputed AS "disputed!",
                  t.b30 AS "b30!", t.b60 AS "b60!", t.b90 AS "b90!", t.older AS "older!", t.reminders AS "reminders!", t.last,
                  t.promised_on AS "promised_on?", t.note AS "note?", t.by_name AS "by_name?", count(*) OVER () AS "total!"
           FROM told t ORDER BY t.overdue DESC, t.number LIMIT $4 OFFSET $5"#,
        today,
        words,
        query.show.code(),
        i64::from(PAGE),
        i64::from(query.page.max(1) - 1) * i64::from(PAGE)
    )
    .fetch_all(tx.db())
    .await?;
    let total = rows.first().map_or(0, |r| r.total);
    let rows = rows
        .into_iter()
        .map(|r| {
            let currency = currency(&r.currency)?;
            let money = |amount: Decimal| Money::new(amount, currency);
            Ok(OverdueRow {
                account: r.number,
                customer: r.name,
                overdue: money(r.overdue),
                buckets: [r.b30, r.b60, r.b90, r.older].map(money),
                disputed: money(r.disputed),
                count: r.invoices,
                oldest: r.oldest,
                reminders: r.reminders,
                last_reminder: r.last,
                promise: r.promised_on.map(|on| Promise {
                    on,
                    note: r.note.unwrap_or_default(),
                    by: r.by_name.unwrap_or_default(),
                }),
            })
        })
        .collect::<Result<_>>()?;
    Ok(OverduePage { query, rows, total, today })
}

/// The account of a customer's number, in which the asking person goes on to work.
async fn enter(tx: &mut Tx, customer: &str) -> Result<AccountId> {
    let id = sqlx::query_scalar!("SELECT id FROM accounts WHERE number = $1", customer).fetch_one(tx.db()).await?;
    tx.work_in(AccountId(id))?;
    Ok(AccountId(id))
}

/// Reminds a customer's finance users of what is overdue in a currency and neither disputed nor being paid; gives which reminder it
/// was. Invalid when there is nothing, when they were reminded today, and when nobody there sees invoices.
pub async fn remind(tx: &mut Tx, customer: &str, code: &str) -> Result<i64> {
    let actor = tx.actor()?;
    actor.require(Permission::ReminderSend)?;
    let (today, now) = (tx.today(), tx.now());
    let account = enter(tx, customer).await?;
    let late = sqlx::query!(
        r#"SELECT i.number, i.due_on, i.gross - i.settled - i.in_payment AS "open!" FROM invoices i
           WHERE i.account_id = $1 AND i.settled < i.gross AND i.settled + i.in_payment < i.gross AND i.kind = 'invoice' AND i.due_on < $2 AND i.currency = $3
             AND NOT EXISTS (SELECT 1 FROM disputes d WHERE (d.account_id, d.invoice_id) = (i.account_id, i.id) AND d.status = 'open')
           ORDER BY i.due_on, i.id"#,
        account.0,
        today,
        code
    )
    .fetch_all(tx.db())
    .await?;
    let Some(oldest) = late.first().map(|l| l.due_on) else {
        return Err(Problem::invalid("customer", "Nothing of theirs is overdue that could be reminded of.").into());
    };
    let currency = currency(code)?;
    let about = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM reminders r WHERE r.account_id = $1 AND r.currency = $2 AND r.sent_on > $3) AS "before!",
                  ARRAY(SELECT m.id FROM members m WHERE m.account_id = $1 AND m.status = 'active' AND 'finance' = ANY (m.roles)) AS "payers!""#,
        account.0,
        code,
        oldest
    )
    .fetch_one(tx.db())
    .await?;
    if about.payers.is_empty() {
        let words = "Nobody at this customer sees invoices: no reminder would be read.";
        return Err(Problem::invalid("customer", words).into());
    }
    let level = about.before + 1;
    let total = Money::sum(currency, late.iter().map(|l| Money::new(l.open, currency)))?;
    let listed: Vec<_> = late.iter().map(|l| json!([l.number, l.due_on, l.open])).collect();
    let done = sqlx::query!(
        "INSERT INTO reminders (account_id, id, sent_on, at, by_name, level, currency, total, invoices)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT ON CONSTRAINT reminded_once_a_day DO NOTHING",
        account.0,
        crate::new_id::<Uuid>(),
        today,
        now,
        actor.name(),
        i32::try_from(level).unwrap_or(i32::MAX),
        code,
        total.amount(),
        json!(listed)
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Problem::invalid("customer", "They were reminded today already.").into());
    }
    let detail = json!({ "level": level, "total": total.amount(), "currency": code, "invoices": listed });
    audit::record_for(tx, account, "reminder.sent", customer, detail).await?;
    let lines: Vec<(String, NaiveDate, Money)> =
        late.into_iter().map(|l| (l.number, l.due_on, Money::new(l.open, currency))).collect();
    let headline = format!("{}: {} is overdue", level_words(level), text::money(total));
    tell_payers(tx, account, &about.payers, &headline, "/invoices?show=overdue", &lines).await?;
    Ok(level)
}

/// Tells finance users of some invoices: one notice, one mail that lists them.
async fn tell_payers(
    tx: &mut Tx,
    account: AccountId,
    payers: &[Uuid],
    headline: &str,
    href: &str,
    lines: &[(String, NaiveDate, Money)],
) -> Result<()> {
    /// Lines in a mail; the page has them all.
    const LISTED: usize = 30;
    let said = |(number, due_on, open): &(String, NaiveDate, Money)| {
        format!("{number}, due {}: {}", text::date(*due_on), text::money(*open))
    };
    let mut said: Vec<String> = lines.iter().take(LISTED).map(said).collect();
    if lines.len() > LISTED {
        said.push(format!("and {} more", lines.len() - LISTED));
    }
    let mail = format!("{}\n", said.join("\n"));
    let notes: Vec<Note> = payers
        .iter()
        .map(|member| Note {
            member: MemberId(*member),
            kind: Kind::Invoice,
            text: headline.to_owned(),
            href: href.to_owned(),
            mail: mail.clone(),
        })
        .collect();
    tell(tx, account, &notes).await
}

/// Notes until when a customer has promised to pay; the last promise counts.
pub async fn promise(tx: &mut Tx, customer: &str, on: NaiveDate, note: &str) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::ReminderSend)?;
    check_promise(on, tx.today())?;
    let note = note.trim();
    if note.chars().count() > 200 || note.chars().any(char::is_control) {
        return Err(Problem::invalid("note", "Shorten the note to 200 characters on one line.").into());
    }
    let now = tx.now();
    let account = enter(tx, customer).await?;
    let done = sqlx::query!(
        "INSERT INTO payment_promises (account_id, id, promised_on, note, by_name, at) VALUES ($1, $2, $3, $4, $5, $6)",
        account.0,
        crate::new_id::<Uuid>(),
        on,
        note,
        actor.name(),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    audit::record_for(tx, account, "payment.promised", customer, json!({ "on": on, "note": note })).await
}

#[cfg(test)]
mod tests {
    use domain::reminders::Show;

    #[test]
    fn the_statement_knows_every_word_of_the_list() {
        assert_eq!(Show::ALL.map(|s| s.1), ["", "promised", "all"]);
    }
}
