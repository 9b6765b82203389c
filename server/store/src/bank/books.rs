//! What the money that came in can pay: of all customers, because nobody knows yet whose it is.

use domain::bank::{Awaited, Books, Customer, Entry, Invoice};
use domain::payments::{Discount, Due};
use domain::{Currency, Money};
use rust_decimal::Decimal;

use crate::{Error, Result, Tx};

/// What is open and announced in the currencies of these entries. Three statements, whatever their number.
pub(super) async fn books(tx: &mut Tx, entries: impl Iterator<Item = &Entry>) -> Result<Books> {
    let mut currencies: Vec<String> = entries.map(|e| e.amount.currency().code().to_owned()).collect();
    currencies.sort();
    currencies.dedup();
    let customers = sqlx::query!("SELECT id, number, name FROM accounts WHERE id <> $1", uuid::Uuid::nil())
        .fetch_all(tx.db())
        .await?;
    let invoices = sqlx::query!(
        "SELECT account_id, number, due_on, po_number, gross, settled, in_payment, discount_percent, discount_until, currency FROM invoices
         WHERE settled < gross AND settled + in_payment < gross AND kind = 'invoice' AND currency = ANY ($1) ORDER BY due_on, number",
        &currencies
    )
    .fetch_all(tx.db())
    .await?;
    let awaited = sqlx::query!(
        r#"SELECT p.account_id, p.number, p.reference, p.amount, p.currency,
                  ARRAY(SELECT i.number FROM payment_intent_items t JOIN invoices i ON (i.account_id, i.id) = (t.account_id, t.invoice_id)
                        WHERE (t.account_id, t.intent_id) = (p.account_id, p.id)) AS "invoices!"
           FROM payment_intents p WHERE p.status = 'waiting' AND p.method = 'transfer' AND p.currency = ANY ($1) ORDER BY p.number"#,
        &currencies
    )
    .fetch_all(tx.db())
    .await?;
    let money = |amount: Decimal, code: &str| {
        Currency::parse(code).map(|c| Money::new(amount, c)).ok_or_else(|| Error::odd("invoices.currency", code))
    };
    let customers =
        customers.into_iter().map(|r| Customer { id: r.id.into(), number: r.number, name: r.name }).collect();
    let invoices = invoices
        .into_iter()
        .map(|r| {
            let due = Due {
                number: r.number,
                due_on: r.due_on,
                po_number: r.po_number,
                open: money(r.gross - r.settled - r.in_payment, &r.currency)?,
                in_payment: money(r.in_payment, &r.currency)?,
                discount: r.discount_percent.zip(r.discount_until).map(|(percent, until)| Discount { percent, until }),
            };
            Ok(Invoice { account: r.account_id.into(), due })
        })
        .collect::<Result<_>>()?;
    let awaited = awaited
        .into_iter()
        .map(|r| {
            let amount = money(r.amount, &r.currency)?;
            Ok(Awaited {
                account: r.account_id.into(),
                number: r.number,
                reference: r.reference,
                amount,
                invoices: r.invoices,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Books::new(customers, invoices, awaited))
}
