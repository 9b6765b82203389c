//! The bank's page.

use domain::Permission;
use domain::bank::{BankPage, Done, DoneLine, Entry, OpenLine, SHOWN, Verdict};
use domain::ids::BankLineId;

use super::Row;
use super::books::books;
use crate::{Result, Tx};

/// What somebody has to look at, read against the books as they are now; and what was dealt with last.
pub async fn list(tx: &mut Tx) -> Result<BankPage> {
    tx.actor()?.require(Permission::BankBook)?;
    let waiting = sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM bank_lines WHERE state = 'open'"#)
        .fetch_one(tx.db())
        .await?;
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, bank_id, booked_on, amount, currency, payer, text, reference, end_to_end FROM bank_lines
         WHERE state = 'open' ORDER BY booked_on, id LIMIT $1",
        SHOWN
    )
    .fetch_all(tx.db())
    .await?;
    let lines: Vec<(BankLineId, Entry)> =
        rows.into_iter().map(|r| Ok((r.id.into(), r.entry()?))).collect::<Result<_>>()?;
    let open = if lines.is_empty() {
        Vec::new()
    } else {
        let books = books(tx, lines.iter().map(|l| &l.1)).await?;
        let read = |(id, entry): (BankLineId, Entry)| {
            let readings = match books.read(&entry)? {
                Verdict::Certain(reading) => vec![reading],
                Verdict::Offered(readings) => readings,
                Verdict::Unknown => Vec::new(),
            };
            Ok(OpenLine { id, entry, readings })
        };
        lines.into_iter().map(read).collect::<Result<_>>()?
    };
    let done = sqlx::query!(
        r#"SELECT l.id, l.bank_id, l.booked_on, l.amount, l.currency, l.payer, l.text, l.reference, l.end_to_end, l.why, l.by_name,
                  a.number AS "customer?", a.name AS "name?", p.number AS "payment?"
           FROM bank_lines l
           LEFT JOIN bank_bookings b ON b.line_id = l.id
           LEFT JOIN payments p ON (p.account_id, p.id) = (b.account_id, b.payment_id)
           LEFT JOIN accounts a ON a.id = b.account_id
           WHERE l.state <> 'open' ORDER BY l.done_at DESC, l.id DESC LIMIT $1"#,
        SHOWN
    )
    .fetch_all(tx.db())
    .await?;
    let done = done
        .into_iter()
        .map(|r| {
            let done = match (r.customer, r.name, r.payment) {
                (Some(customer), Some(name), Some(payment)) => Done::Booked { customer, name, payment },
                _ => Done::SetAside,
            };
            let row = Row {
                id: r.id,
                bank_id: r.bank_id,
                booked_on: r.booked_on,
                amount: r.amount,
                currency: r.currency,
                payer: r.payer,
                text: r.text,
                reference: r.reference,
                end_to_end: r.end_to_end,
            };
            Ok(DoneLine { entry: row.entry()?, done, why: r.why, by: r.by_name })
        })
        .collect::<Result<_>>()?;
    Ok(BankPage { open, waiting, done })
}
