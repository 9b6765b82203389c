//! The ledger: entries of every document, statements of account, what was owed on any day. Finance users read; entries are written
//! by whoever writes the document that they book.

use std::ops::ControlFlow;

use chrono::{Months, NaiveDate};
use domain::invoices::Kind;
use domain::ledger::{
    AgeingPage, Booking, Movement, Rest, STATEMENT_PAGE, StatementPage, StatementQuery, StatementRow, by_age, entries,
};
use domain::{Currency, Money, Permission};
use futures::TryStreamExt as _;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{Error, Result, Tx};

/// What is booked, for whom and from when.
pub(crate) struct Booked {
    /// The account.
    pub account: Uuid,
    /// The document, payment or allocation that is booked: once.
    pub source: Uuid,
    /// The day it counts from.
    pub on: NaiveDate,
    /// What it is.
    pub booking: Booking<Uuid>,
}

/// Writes the entries of these documents. One statement, whatever their number.
pub(crate) async fn book(tx: &mut Tx, booked: &[Booked]) -> Result<()> {
    let mut rows = Vec::with_capacity(booked.len() * 3);
    for b in booked {
        rows.extend((1_i16..).zip(entries(b.booking)?).map(|(line, e)| (b, line, e)));
    }
    if rows.is_empty() {
        return Ok(());
    }
    let done = sqlx::query!(
        "INSERT INTO ledger_entries (account_id, source_id, line, booked_on, book, invoice_id, payment_id, amount, currency, moves_balance)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::date[], $5::text[], $6::uuid[], $7::uuid[], $8::numeric[], $9::text[], $10::boolean[])",
        &rows.iter().map(|r| r.0.account).collect::<Vec<_>>(),
        &rows.iter().map(|r| r.0.source).collect::<Vec<_>>(),
        &rows.iter().map(|r| r.1).collect::<Vec<_>>(),
        &rows.iter().map(|r| r.0.on).collect::<Vec<_>>(),
        &rows.iter().map(|r| r.2.book.code().to_owned()).collect::<Vec<_>>(),
        &rows.iter().map(|r| r.2.document).collect::<Vec<_>>() as &[Option<Uuid>],
        &rows.iter().map(|r| r.2.payment).collect::<Vec<_>>() as &[Option<Uuid>],
        &rows.iter().map(|r| r.2.amount.amount()).collect::<Vec<_>>(),
        &rows.iter().map(|r| r.2.amount.currency().code().to_owned()).collect::<Vec<_>>(),
        &rows.iter().map(|r| r.2.moves_balance).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    crate::error::exactly(rows.len() as u64, &done)
}

/// A movement as it is stored, with what was owed before all that the question asks for.
struct Row {
    booked_on: NaiveDate,
    amount: Decimal,
    running: Decimal,
    kind: Option<String>,
    settles: bool,
    number: String,
    reference: String,
}

impl Row {
    fn view(self, opening: Decimal, currency: Currency) -> Result<StatementRow> {
        let movement = match self.kind.as_deref() {
            _ if self.settles && self.amount < Decimal::ZERO => Movement::Discount,
            _ if self.settles => Movement::DiscountReversed,
            Some("invoice") => Movement::Invoice,
            Some("credit_note") => Movement::CreditNote,
            Some("payment") => Movement::Payment,
            Some("refund") => Movement::Refund,
            other => return Err(Error::odd("ledger_entries", other.unwrap_or("of nothing"))),
        };
        Ok(StatementRow {
            on: self.booked_on,
            movement,
            number: self.number,
            reference: self.reference,
            amount: Money::new(self.amount, currency),
            balance: Money::new(opening + self.running, currency),
        })
    }
}

/// Movements of a period with their running sum, the oldest first. In one place: a page of them, and all of them for a file.
macro_rules! movements {
    ($account:expr, $currency:expr, $query:expr, $limit:expr, $offset:expr) => {
        sqlx::query_as!(
            Row,
            r#"SELECT e.booked_on, e.amount, e.running AS "running!", COALESCE(i.kind, p.kind) AS kind, e.invoice_id IS NOT NULL AND e.source_id <> e.invoice_id AS "settles!",
                      COALESCE(i.number, p.number) AS "number!", COALESCE(i.po_number, '') AS "reference!"
               FROM (SELECT l.booked_on, l.source_id, l.amount, l.invoice_id, l.payment_id, sum(l.amount) OVER (ORDER BY l.booked_on, l.source_id) AS running
                     FROM ledger_entries l
                     WHERE l.account_id = $1 AND l.currency = $2 AND l.booked_on BETWEEN $3 AND $4 AND l.moves_balance
                     ORDER BY l.booked_on, l.source_id LIMIT $5 OFFSET $6) e
               LEFT JOIN invoices i ON (i.account_id, i.id) = ($1, e.invoice_id)
               LEFT JOIN payments p ON (p.account_id, p.id) = ($1, e.payment_id)
               ORDER BY e.booked_on, e.source_id"#,
            $account,
            $currency,
            $query.from,
            $query.to,
            $limit,
            $offset
        )
    };
}

/// What was owed before the period, and its sums.
struct Sums {
    opening: Decimal,
    charged: Decimal,
    credited: Decimal,
    total: i64,
}

async fn sums(tx: &mut Tx, query: StatementQuery) -> Result<Sums> {
    let actor = tx.actor()?;
    Ok(sqlx::query_as!(
        Sums,
        r#"SELECT COALESCE(sum(l.amount) FILTER (WHERE l.booked_on < $3), 0) AS "opening!",
                  COALESCE(sum(l.amount) FILTER (WHERE l.booked_on >= $3 AND l.amount > 0), 0) AS "charged!",
                  -COALESCE(sum(l.amount) FILTER (WHERE l.booked_on >= $3 AND l.amount < 0), 0) AS "credited!",
                  count(*) FILTER (WHERE l.booked_on >= $3) AS "total!"
           FROM ledger_entries l
           WHERE l.account_id = $1 AND l.currency = $2 AND l.booked_on <= $4 AND l.moves_balance"#,
        actor.account().0,
        actor.currency().code(),
        query.from,
        query.to
    )
    .fetch_one(tx.db())
    .await?)
}

/// A page of a statement of account, in the account's currency. Two statements.
pub async fn statement(tx: &mut Tx, query: StatementQuery) -> Result<StatementPage> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let currency = actor.currency();
    let sums = sums(tx, query).await?;
    let (limit, offset) = (i64::from(STATEMENT_PAGE), i64::from(query.page - 1) * i64::from(STATEMENT_PAGE));
    let rows = movements!(actor.account().0, currency.code(), query, limit, offset).fetch_all(tx.db()).await?;
    let money = |amount| Money::new(amount, currency);
    Ok(StatementPage {
        query,
        opening: money(sums.opening),
        charged: money(sums.charged),
        credited: money(sums.credited),
        closing: money(sums.opening + sums.charged - sums.credited),
        rows: rows.into_iter().map(|r| r.view(sums.opening, currency)).collect::<Result<_>>()?,
        total: sums.total,
        today: tx.today(),
    })
}

/// All movements of a period, one after the other as the database has them: a statement of any length in little memory. Ends
/// early, which the answer says, when `each` wants no more.
pub async fn every_movement<F>(
    tx: &mut Tx,
    query: StatementQuery,
    mut each: impl FnMut(StatementRow) -> F,
) -> Result<ControlFlow<()>>
where
    F: Future<Output = ControlFlow<()>>,
{
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let currency = actor.currency();
    let opening = sums(tx, query).await?.opening;
    let (account, code) = (actor.account().0, currency.code());
    let mut rows = movements!(account, code, query, i64::MAX, 0_i64).fetch(tx.db());
    while let Some(row) = rows.try_next().await? {
        if each(row.view(opening, currency)?).await.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What was owed at the end of a day, by age, and at the end of each month of the year before it. Two statements.
pub async fn ageing(tx: &mut Tx, day: NaiveDate) -> Result<AgeingPage> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let (account, currency) = (actor.account().0, actor.currency());
    let rests = sqlx::query!(
        r#"SELECT COALESCE(i.kind, p.kind) AS "kind!", COALESCE(i.number, '') AS "number!", COALESCE(i.due_on, $3) AS "due_on!", e.open AS "open!"
           FROM (SELECT l.invoice_id, l.payment_id, sum(l.amount) AS open FROM ledger_entries l
                 WHERE l.account_id = $1 AND l.currency = $2 AND l.booked_on <= $3 AND l.book IN ('receivable', 'unapplied')
                 GROUP BY 1, 2 HAVING sum(l.amount) <> 0) e
           LEFT JOIN invoices i ON (i.account_id, i.id) = ($1, e.invoice_id)
           LEFT JOIN payments p ON (p.account_id, p.id) = ($1, e.payment_id)"#,
        account,
        currency.code(),
        day
    )
    .fetch_all(tx.db())
    .await?;
    let first = day.checked_sub_months(Months::new(12)).unwrap_or(day);
    let months = sqlx::query!(
        r#"SELECT date_trunc('month', GREATEST(l.booked_on, $3))::date AS "month!", sum(l.amount) AS "moved!" FROM ledger_entries l
           WHERE l.account_id = $1 AND l.currency = $2 AND l.booked_on <= $4 AND l.moves_balance GROUP BY 1 ORDER BY 1"#,
        account,
        currency.code(),
        first,
        day
    )
    .fetch_all(tx.db())
    .await?;
    let mut credit = Money::zero(currency);
    let mut balance = Money::zero(currency);
    let mut open = Vec::new();
    for rest in rests {
        let amount = Money::new(rest.open, currency);
        balance = balance.plus(amount)?;
        if Kind::parse(&rest.kind) == Some(Kind::Invoice) {
            open.push(Rest { number: rest.number, due_on: rest.due_on, open: amount });
        } else {
            credit = credit.minus(amount)?;
        }
    }
    let moved: Vec<(NaiveDate, Decimal)> = months.into_iter().map(|m| (m.month, m.moved)).collect();
    Ok(AgeingPage {
        day,
        today: tx.today(),
        balance,
        credit,
        buckets: by_age(currency, open, day)?,
        months: domain::ledger::month_ends(&moved, day, currency),
    })
}
