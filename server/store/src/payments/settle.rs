//! What can be settled, settling it, and thinking better of it.

use chrono::{Duration, NaiveDate};
use domain::invoices::Kind;
use domain::ledger::{Source, discount_tax};
use domain::payments::{
    CARD_MINUTES, Credit, CreditKind, DUES, Discount, Due, Heard, IntentStatus, Method, Plan, SettlePage,
    TRANSFER_DAYS, Wanted, creditor_reference, oldest_first, plan,
};
use domain::{Cause, Money, Permission, Problem};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{Allocation, allocate};
use crate::error::exactly;
use crate::{Error, Result, Tx, audit};

/// An invoice that can be settled, with what only the settling needs.
struct Open {
    id: Uuid,
    tax: Money,
    gross: Money,
    due: Due,
}

/// A credit that can be used.
struct Usable {
    id: Uuid,
    credit: Credit,
}

struct OpenRow {
    id: Uuid,
    number: String,
    due_on: NaiveDate,
    po_number: String,
    gross: Decimal,
    tax: Decimal,
    settled: Decimal,
    in_payment: Decimal,
    discount_percent: Option<Decimal>,
    discount_until: Option<NaiveDate>,
}

struct CreditRow {
    id: Uuid,
    number: String,
    cash: bool,
    on: NaiveDate,
    open: Decimal,
}

/// Locks these documents and payments in the order in which everybody does: documents before payments, each by id.
async fn lock(tx: &mut Tx, numbers: &[String]) -> Result<()> {
    let account = tx.actor()?.account().0;
    sqlx::query!(
        "SELECT id FROM invoices WHERE account_id = $1 AND number = ANY ($2) ORDER BY id FOR UPDATE",
        account,
        numbers
    )
    .fetch_all(tx.db())
    .await?;
    sqlx::query!(
        "SELECT id FROM payments WHERE account_id = $1 AND number = ANY ($2) ORDER BY id FOR UPDATE",
        account,
        numbers
    )
    .fetch_all(tx.db())
    .await?;
    Ok(())
}

/// What the account can settle in its currency, and with which credits: what is wanted alone, or as much as a page holds, what is
/// `first` before the rest. Two statements.
async fn open(tx: &mut Tx, only: Option<&Wanted>, first: &[String]) -> Result<(Vec<Open>, Vec<Usable>)> {
    let actor = tx.actor()?;
    let (account, currency) = (actor.account().0, actor.currency());
    let dues = only.map(|w| w.invoices.iter().map(|(number, _)| number.clone()).collect::<Vec<_>>());
    let credits = only.map(|w| w.credits.clone());
    let (dues, credits) = (dues.as_deref(), credits.as_deref());
    let dues = sqlx::query_as!(
        OpenRow,
        "SELECT id, number, due_on, po_number, gross, tax, settled, in_payment, discount_percent, discount_until FROM invoices
         WHERE account_id = $1 AND settled < gross AND settled + in_payment < gross AND kind = 'invoice' AND currency = $2
           AND ($3::text[] IS NULL OR number = ANY ($3)) ORDER BY number = ANY ($5) DESC, due_on, number LIMIT $4",
        account,
        currency.code(),
        dues,
        i64::try_from(DUES).unwrap_or(i64::MAX),
        first
    )
    .fetch_all(tx.db())
    .await?;
    let credits = sqlx::query_as!(
        CreditRow,
        r#"SELECT id AS "id!", number AS "number!", cash AS "cash!", day AS "on!", open AS "open!" FROM (
               SELECT id, number, false AS cash, issued_on AS day, gross - settled AS open FROM invoices
               WHERE account_id = $1 AND settled < gross AND kind = 'credit_note' AND currency = $2
               UNION ALL
               SELECT id, number, true, received_on, amount - used FROM payments
               WHERE account_id = $1 AND used < amount AND kind = 'payment' AND currency = $2) c
           WHERE $3::text[] IS NULL OR number = ANY ($3) ORDER BY day, number LIMIT $4"#,
        account,
        currency.code(),
        credits,
        i64::try_from(DUES).unwrap_or(i64::MAX)
    )
    .fetch_all(tx.db())
    .await?;
    let money = |amount| Money::new(amount, currency);
    let dues = dues
        .into_iter()
        .map(|r| Open {
            id: r.id,
            tax: money(r.tax),
            gross: money(r.gross),
            due: Due {
                number: r.number,
                due_on: r.due_on,
                po_number: r.po_number,
                open: money(r.gross - r.settled - r.in_payment),
                in_payment: money(r.in_payment),
                discount: r.discount_percent.zip(r.discount_until).map(|(percent, until)| Discount { percent, until }),
            },
        })
        .collect();
    let credits = credits
        .into_iter()
        .map(|r| Usable {
            id: r.id,
            credit: Credit {
                number: r.number,
                kind: if r.cash { CreditKind::Cash } else { CreditKind::Note },
                on: r.on,
                open: money(r.open),
            },
        })
        .collect();
    Ok((dues, credits))
}

/// What can be settled, and what is chosen at first: what is `wanted`, or a sum spread over what is due first. `cards`: whether they
/// are taken. Two statements.
pub async fn settling(tx: &mut Tx, mut wanted: Wanted, spread: Option<Decimal>, cards: bool) -> Result<SettlePage> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoicePay)?;
    let currency = actor.currency();
    let first: Vec<String> = wanted.invoices.iter().map(|(number, _)| number.clone()).collect();
    let (open, credits) = open(tx, None, &first).await?;
    let mut dues: Vec<Due> = open.into_iter().map(|o| o.due).collect();
    dues.sort_by(|a, b| (a.due_on, &a.number).cmp(&(b.due_on, &b.number)));
    let credits: Vec<Credit> = credits.into_iter().map(|c| c.credit).collect();
    if let Some(sum) = spread {
        wanted.invoices = oldest_first(&dues, sum);
    }
    Ok(SettlePage { currency, dues, credits, wanted, cards, form: crate::new_id(), today: tx.today() })
}

/// What somebody settles.
#[derive(Clone, Debug)]
pub struct Settle {
    /// Born with the form: sending it twice settles once.
    pub id: Uuid,
    /// Invoices with amounts, and credits.
    pub wanted: Wanted,
    /// The money that the form said was left to pay: if it is another now, nothing is done.
    pub expected: Decimal,
    /// What the form said that credits pay, as well.
    pub expected_credit: Decimal,
    /// How the money is sent.
    pub method: Method,
}

/// Settles: credits at once; what is left is reserved until the money is there. Gives the number of the payment under way, if money
/// is needed. Nothing is done when something changed since the form was made, or when it is wrong.
pub async fn settle(tx: &mut Tx, settle: &Settle) -> Result<Option<String>> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoicePay)?;
    let account = actor.account().0;
    let numbers: Vec<String> =
        settle.wanted.invoices.iter().map(|(n, _)| n).chain(&settle.wanted.credits).cloned().collect();
    let now = tx.now();
    // Whoever sends the same form at the same time waits here for the other's end.
    let first = sqlx::query!(
        "INSERT INTO settlements (account_id, id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        account,
        settle.id,
        now
    )
    .execute(tx.db())
    .await?;
    if first.rows_affected() == 0 {
        let earlier =
            sqlx::query_scalar!("SELECT number FROM settlements WHERE account_id = $1 AND id = $2", account, settle.id)
                .fetch_one(tx.db())
                .await?;
        return Ok(earlier);
    }
    lock(tx, &numbers).await?;
    let (dues, credits) = open(tx, Some(&settle.wanted), &[]).await?;
    if numbers.len() != dues.len() + credits.len() {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let (plain, usable): (Vec<Due>, Vec<Credit>) =
        (dues.iter().map(|o| o.due.clone()).collect(), credits.iter().map(|c| c.credit.clone()).collect());
    let plan = plan(actor.currency(), &plain, &usable, &settle.wanted, tx.today())?;
    if plan.shares.is_empty() {
        return Err(Problem::invalid("invoices", "Choose at least one invoice.").into());
    }
    if plan.pay.amount() != settle.expected || plan.credited.amount() != settle.expected_credit {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let done = at_once(tx, &plan, &dues, &credits)?;
    allocate(tx, &done).await?;
    let number = if plan.pay.amount().is_zero() { None } else { Some(begin(tx, settle, &plan, &dues).await?) };
    if number.is_some() {
        let done = sqlx::query!(
            "UPDATE settlements SET number = $3 WHERE account_id = $1 AND id = $2",
            account,
            settle.id,
            number
        )
        .execute(tx.db())
        .await?;
        exactly(1, &done)?;
    }
    let detail = json!({
        "invoices": plan.shares.iter().map(|s| json!([s.number, s.cleared, s.discount])).collect::<Vec<_>>(),
        "credits": plan.uses.iter().map(|u| json!([u.credit, u.invoice, u.amount])).collect::<Vec<_>>(),
        "money": plan.pay, "method": settle.method.code(),
    });
    audit::record(tx, "invoices.settled", number.as_deref().unwrap_or("with credits"), detail).await?;
    Ok(number)
}

/// The allocations that need no money: credits, and discounts on what credits settle alone.
fn at_once(tx: &Tx, plan: &Plan, dues: &[Open], credits: &[Usable]) -> Result<Vec<Allocation>> {
    let actor = tx.actor()?;
    let (account, on, by) = (actor.account().0, tx.today(), actor.name().to_owned());
    let gone = || Error::Inconsistent("a plan over what is not there".to_owned());
    let allocation = |with, document, amount| Allocation {
        account,
        with,
        document,
        kind: Kind::Invoice,
        amount,
        on,
        by: by.clone(),
        reverses: None,
    };
    let mut list = Vec::new();
    for part in &plan.uses {
        let from = credits.iter().find(|c| c.credit.number == part.credit).ok_or_else(gone)?;
        let to = dues.iter().find(|o| o.due.number == part.invoice).ok_or_else(gone)?;
        let with = match from.credit.kind {
            CreditKind::Note => Source::Credit(from.id),
            CreditKind::Cash => Source::Money(from.id),
        };
        list.push(allocation(with, to.id, part.amount));
    }
    for share in plan.shares.iter().filter(|s| s.pay.amount().is_zero() && !s.discount.amount().is_zero()) {
        let to = dues.iter().find(|o| o.due.number == share.number).ok_or_else(gone)?;
        let tax = discount_tax(share.discount, to.tax, to.gross)?;
        list.push(allocation(Source::Discount { tax }, to.id, share.discount));
    }
    Ok(list)
}

/// Reserves what money is to pay, and says under which number.
async fn begin(tx: &mut Tx, settle: &Settle, plan: &Plan, dues: &[Open]) -> Result<String> {
    let actor = tx.actor()?;
    let (account, now, today) = (actor.account().0, tx.now(), tx.today());
    let lasts = match settle.method {
        Method::Transfer => Duration::days(TRANSFER_DAYS),
        Method::Card => Duration::minutes(CARD_MINUTES),
    };
    let year = today.format("%Y").to_string();
    let number = sqlx::query_scalar!(
        r#"SELECT 'PAY-' || $1 || '-' || lpad(nextval('payment_numbers')::text, 6, '0') AS "n!""#,
        year
    )
    .fetch_one(tx.db())
    .await?;
    let done = sqlx::query!(
        "INSERT INTO payment_intents (account_id, id, number, member_id, by_name, method, status, amount, currency, reference, begun_on, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9, $10, $11, $12)",
        account,
        settle.id,
        number,
        actor.member()?.0,
        actor.name(),
        settle.method.code(),
        plan.pay.amount(),
        plan.pay.currency().code(),
        creditor_reference(&number),
        today,
        now,
        now + lasts
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let paid: Vec<_> = plan.shares.iter().filter(|s| !s.pay.amount().is_zero()).collect();
    let of: Vec<Uuid> =
        paid.iter().filter_map(|s| dues.iter().find(|o| o.due.number == s.number)).map(|o| o.id).collect();
    let done = sqlx::query!(
        "WITH t AS (SELECT * FROM unnest($3::uuid[], $4::numeric[], $5::numeric[]) AS t(invoice, amount, discount)),
              kept AS (INSERT INTO payment_intent_items (account_id, intent_id, invoice_id, amount, discount) SELECT $1, $2, * FROM t)
         UPDATE invoices i SET in_payment = i.in_payment + t.amount + t.discount FROM t WHERE (i.account_id, i.id) = ($1, t.invoice)",
        account,
        settle.id,
        &of,
        &paid.iter().map(|s| s.pay.amount()).collect::<Vec<_>>(),
        &paid.iter().map(|s| s.discount.amount()).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    exactly(paid.len() as u64, &done)?;
    Ok(number)
}

/// Takes back a payment that waits for its money: what it reserved can be paid otherwise. Money that comes all the same is booked.
pub async fn withdraw(tx: &mut Tx, number: &str) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoicePay)?;
    let account = actor.account().0;
    let row = sqlx::query!(
        "SELECT id, status FROM payment_intents WHERE account_id = $1 AND number = $2 FOR UPDATE",
        account,
        number
    )
    .fetch_one(tx.db())
    .await?;
    let status = IntentStatus::parse(&row.status).ok_or_else(|| Error::odd("payment_intents.status", &row.status))?;
    let Some(ended) = status.hear(Heard::Withdrawn) else {
        return Err(Problem::Conflict(Cause::Stale).into());
    };
    release(tx, account, row.id).await?;
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE payment_intents SET status = $3, ended_at = $4 WHERE account_id = $1 AND id = $2",
        account,
        row.id,
        ended.code(),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    audit::record(tx, "payment.withdrawn", number, json!({})).await
}

/// Gives back what a payment under way has reserved. Whoever calls has locked the payment, and ends it.
pub(super) async fn release(tx: &mut Tx, account: Uuid, intent: Uuid) -> Result<()> {
    sqlx::query!(
        "SELECT i.id FROM invoices i JOIN payment_intent_items t ON (t.account_id, t.invoice_id) = (i.account_id, i.id)
                  WHERE t.account_id = $1 AND t.intent_id = $2 ORDER BY i.id FOR UPDATE OF i",
        account,
        intent
    )
    .fetch_all(tx.db())
    .await?;
    sqlx::query!(
        "UPDATE invoices i SET in_payment = i.in_payment - t.amount - t.discount FROM payment_intent_items t
         WHERE (t.account_id, t.intent_id) = ($1, $2) AND (i.account_id, i.id) = (t.account_id, t.invoice_id)",
        account,
        intent
    )
    .execute(tx.db())
    .await?;
    Ok(())
}
