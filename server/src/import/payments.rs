//! payments.csv

use store::import::{Outcome, Payment, Seller};
use store::{Result, Tx};

use super::cells::Cells;
use super::sheet::Sheet;
use super::source::{Column, needed};

/// Money that came in or went back.
pub struct Payments<'a>(pub &'a Seller);

impl Sheet for Payments<'_> {
    type Row = Payment;
    const FILE: &'static str = "payments.csv";
    const COLUMNS: &'static [Column] = &[
        needed("account_number"),
        needed("number"),
        needed("kind"),
        needed("received_on"),
        needed("amount"),
        needed("currency"),
        needed("document_number"),
    ];

    fn parse(&self, cells: &Cells<'_>) -> std::result::Result<Payment, String> {
        if cells.text("account_number")?.is_empty() {
            return Err("no customer".to_owned());
        }
        let currency = cells.currency("currency")?;
        let amount = cells.price("amount", currency)?;
        if amount.amount().is_zero() {
            return Err("amount is not above zero: 0".to_owned());
        }
        if amount.rounded() != amount {
            return Err(format!("amount has more decimals than {} knows: {}", currency.code(), amount.amount()));
        }
        Ok(Payment {
            account: cells.key("account_number")?,
            number: cells.key("number")?,
            refund: cells.word("kind", &[("payment", false), ("refund", true)])?,
            received_on: cells.past_date("received_on", self.0.local_now.date())?,
            amount,
            document: cells.maybe("document_number", |c, _| c.key("document_number"))?.unwrap_or_default(),
        })
    }

    fn key(row: &Payment) -> Vec<String> {
        vec![row.account.clone(), row.number.clone()]
    }

    async fn write(&self, tx: &mut Tx, rows: &[Payment]) -> Result<Outcome> {
        store::import::payments(tx, rows).await
    }
}
