//! Booking entries as they are read: payments, what they settle, and which entry each is of.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::bank::{Entry, Part, Reading, Settles};
use domain::ids::BankLineId;
use domain::invoices::Kind;
use domain::ledger::{Source, discount_tax};
use domain::payments::Method;
use domain::{Currency, Money};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::error::exactly;
use crate::payments::{Allocation, Received, allocate, awaited, by_bank, receive};
use crate::{Result, Tx, audit};

/// An entry with the reading that is booked.
pub(super) struct Chosen {
    pub line: BankLineId,
    pub entry: Entry,
    pub reading: Reading,
    /// Who said so; empty: it was certain.
    pub by: String,
}

impl Chosen {
    fn account(&self) -> Uuid {
        self.reading.customer.id.0
    }

    fn parts(&self) -> &[Part] {
        if let Settles::Invoices(parts) = &self.reading.settles { parts } else { &[] }
    }
}

/// An invoice, locked; `left` shrinks with what is settled.
struct Open {
    id: Uuid,
    gross: Decimal,
    tax: Decimal,
    left: Decimal,
    in_payment: Decimal,
    currency: String,
}

/// A payment that an entry became.
struct Booked<'a> {
    of: &'a Chosen,
    payment: Uuid,
    number: String,
}

/// Books these readings as far as they still hold; what does not is left as it is. Gives how many were booked. Locks announced
/// transfers, then documents, each by account and id; audit heads last, by account.
pub(super) async fn settle(tx: &mut Tx, mut chosen: Vec<Chosen>) -> Result<usize> {
    chosen.sort_by_key(Chosen::account);
    let announced: Vec<(Uuid, String)> = chosen
        .iter()
        .filter_map(|c| {
            if let Settles::Payment(number) = &c.reading.settles { Some((c.account(), number.clone())) } else { None }
        })
        .collect();
    let (accounts, numbers): (Vec<Uuid>, Vec<String>) = announced.into_iter().unzip();
    let intents = if accounts.is_empty() { Vec::new() } else { awaited(tx, &accounts, &numbers).await? };
    let mut open = lock(tx, &chosen, &intents.iter().map(|i| i.id).collect::<Vec<_>>()).await?;
    let (mut received, mut allocations, mut booked) = (Vec::new(), Vec::new(), Vec::new());
    let plain = chosen.iter().filter(|c| !matches!(c.reading.settles, Settles::Payment(_)));
    let holding: Vec<&Chosen> = plain.filter(|c| holds(c, &mut open)).collect();
    for (of, number) in holding.iter().zip(draw(tx, holding.len()).await?) {
        let payment = crate::new_id::<Uuid>();
        for part in of.parts() {
            let invoice = &open[&(of.account(), part.number.clone())];
            allocations.extend(allocated(of.account(), payment, part, invoice, of.entry.on)?);
        }
        received.push(Received {
            account: of.account(),
            id: payment,
            number: number.clone(),
            refund: false,
            on: of.entry.on,
            amount: of.entry.amount,
            method: Method::Transfer.code(),
        });
        booked.push(Booked { of, payment, number });
    }
    receive(tx, &received).await?;
    allocate(tx, &allocations).await?;
    for of in &chosen {
        let Settles::Payment(number) = &of.reading.settles else { continue };
        let intent = intents.iter().find(|i| i.account_id == of.account() && i.number == *number);
        let Some(intent) = intent else { continue };
        if let Some(payment) = by_bank(tx, intent, of.entry.amount, of.entry.on).await? {
            booked.push(Booked { of, payment, number: number.clone() });
        }
    }
    booked.sort_by_key(|b| b.of.account());
    mark(tx, &booked).await?;
    for b in &booked {
        let detail = json!({
            "amount": b.of.entry.amount, "on": b.of.entry.on, "payer": b.of.entry.payer, "why": b.of.reading.why,
            "settles": b.of.parts().iter().map(|p| json!([p.number, p.money, p.discount])).collect::<Vec<_>>(),
        });
        audit::record_for(tx, b.of.reading.customer.id, "bank.payment_booked", &b.number, detail).await?;
    }
    Ok(booked.len())
}

/// Locks every document that is settled, also by the announced transfers.
async fn lock(tx: &mut Tx, chosen: &[Chosen], intents: &[Uuid]) -> Result<HashMap<(Uuid, String), Open>> {
    let (accounts, numbers): (Vec<Uuid>, Vec<String>) =
        chosen.iter().flat_map(|c| c.parts().iter().map(|p| (c.account(), p.number.clone()))).unzip();
    let rows = sqlx::query!(
        "SELECT i.account_id, i.id, i.number, i.gross, i.tax, i.settled, i.in_payment, i.currency FROM invoices i
         WHERE (i.account_id, i.number) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
            OR (i.account_id, i.id) IN (SELECT t.account_id, t.invoice_id FROM payment_intent_items t WHERE t.intent_id = ANY ($3))
         ORDER BY i.account_id, i.id FOR UPDATE OF i",
        &accounts,
        &numbers,
        intents
    )
    .fetch_all(tx.db())
    .await?;
    let open = rows.into_iter().map(|r| {
        let left = r.gross - r.settled - r.in_payment;
        let invoice =
            Open { id: r.id, gross: r.gross, tax: r.tax, left, in_payment: r.in_payment, currency: r.currency };
        ((r.account_id, r.number), invoice)
    });
    Ok(open.collect())
}

/// Whether each invoice still has what the reading settles of it, and takes that off what it has. A discount only for the whole.
fn holds(chosen: &Chosen, open: &mut HashMap<(Uuid, String), Open>) -> bool {
    let key = |part: &Part| (chosen.account(), part.number.clone());
    let settled = |part: &Part| part.money.amount() + part.discount.amount();
    let all = chosen.parts().iter().all(|part| {
        open.get(&key(part)).is_some_and(|i| {
            let whole = i.in_payment.is_zero() && settled(part) == i.left;
            i.currency == part.money.currency().code()
                && settled(part) <= i.left
                && (part.discount.amount().is_zero() || whole)
        })
    });
    if all {
        for part in chosen.parts() {
            if let Some(invoice) = open.get_mut(&key(part)) {
                invoice.left -= settled(part);
            }
        }
    }
    all
}

fn allocated(account: Uuid, payment: Uuid, part: &Part, invoice: &Open, on: NaiveDate) -> Result<Vec<Allocation>> {
    let currency: Currency = part.money.currency();
    let allocation = |with, amount| Allocation {
        account,
        with,
        document: invoice.id,
        kind: Kind::Invoice,
        amount,
        on,
        by: String::new(),
        reverses: None,
    };
    let mut list = vec![allocation(Source::Money(payment), part.money)];
    if !part.discount.amount().is_zero() {
        let (tax, gross) = (Money::new(invoice.tax, currency), Money::new(invoice.gross, currency));
        let tax = discount_tax(part.discount, tax, gross)?;
        list.push(allocation(Source::Discount { tax }, part.discount));
    }
    Ok(list)
}

/// Numbers for payments, of the same series as announced ones.
async fn draw(tx: &mut Tx, count: usize) -> Result<Vec<String>> {
    let year = tx.today().format("%Y").to_string();
    Ok(sqlx::query_scalar!(
        r#"SELECT 'PAY-' || $1 || '-' || lpad(nextval('payment_numbers')::text, 6, '0') AS "n!" FROM generate_series(1, $2::int)"#,
        year,
        i32::try_from(count).unwrap_or(i32::MAX)
    )
    .fetch_all(tx.db())
    .await?)
}

/// Notes whose payments the entries became. The database books no entry twice.
async fn mark(tx: &mut Tx, booked: &[Booked<'_>]) -> Result<()> {
    let now = tx.now();
    let done = sqlx::query!(
        "WITH t AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[]) AS t(account, payment, line, why, by)),
              kept AS (INSERT INTO bank_bookings (account_id, payment_id, line_id) SELECT account, payment, line FROM t)
         UPDATE bank_lines l SET state = 'booked', why = t.why, by_name = t.by, done_at = $6 FROM t WHERE l.id = t.line AND l.state = 'open'",
        &booked.iter().map(|b| b.of.account()).collect::<Vec<_>>(),
        &booked.iter().map(|b| b.payment).collect::<Vec<_>>(),
        &booked.iter().map(|b| b.of.line.0).collect::<Vec<_>>(),
        &booked.iter().map(|b| b.of.reading.why.join("; ")).collect::<Vec<_>>(),
        &booked.iter().map(|b| b.of.by.clone()).collect::<Vec<_>>(),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(booked.len() as u64, &done)
}
