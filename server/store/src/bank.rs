//! The bank's statements: taking them in, booking what is certain, offering the rest. Customer service and seller admins, who see
//! every account.

mod book;
mod books;
mod list;
mod settle;
mod take;

pub use book::{Choice, book, set_aside};
pub use list::list;
pub use take::{MOST_BYTES, MOST_ENTRIES, Taken, take};

use chrono::NaiveDate;
use domain::bank::Entry;
use domain::{Currency, Money};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{Error, Result};

/// An entry as it is stored.
struct Row {
    id: Uuid,
    bank_id: String,
    booked_on: NaiveDate,
    amount: Decimal,
    currency: String,
    payer: String,
    text: String,
    reference: String,
    end_to_end: String,
}

impl Row {
    fn entry(self) -> Result<Entry> {
        let currency =
            Currency::parse(&self.currency).ok_or_else(|| Error::odd("bank_lines.currency", &self.currency))?;
        Ok(Entry {
            bank_id: self.bank_id,
            on: self.booked_on,
            amount: Money::new(self.amount, currency),
            payer: self.payer,
            text: self.text,
            reference: self.reference,
            end_to_end: self.end_to_end,
        })
    }
}
