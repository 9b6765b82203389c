//! What the bank says came in, and what it pays. A transfer is booked by itself only where there is one reading of it in which the
//! reference and the amount agree; everything else is offered to a person with reasons, or left to them.

mod names;
mod reading;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, BankLineId};
use crate::payments::Due;
use crate::{FieldError, Money};

pub use reading::Books;

/// Money that came in, as the bank's statement tells it (ISO 20022 camt.053, a credit entry or one transaction of a batch).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The bank's own id of it.
    pub bank_id: String,
    /// The day it was booked.
    pub on: NaiveDate,
    /// How much.
    pub amount: Money,
    /// Who paid, by name; empty: the bank does not say.
    pub payer: String,
    /// What the payer wrote, a line for each that the bank made of it.
    pub text: String,
    /// The creditor's reference that the payer gave in its own field.
    pub reference: String,
    /// The payer's own id of the transfer.
    pub end_to_end: String,
}

impl Entry {
    /// Everything in which the payer may have named what they pay. A line break is the bank's and may stand anywhere, also within a
    /// number; a bar ends a field.
    fn words(&self) -> String {
        format!("{} | {} | {}", self.reference, self.text, self.end_to_end)
    }
}

/// What a bank's statement holds, of one or more of its accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The money that came in, each with the account that it came to (IBAN, or the bank's number).
    pub entries: Vec<(String, Entry)>,
    /// Entries that are no money coming in: debits, and credits that are not booked yet.
    pub passed_over: usize,
}

/// A customer who may have paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The account.
    pub id: AccountId,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
}

/// An open invoice of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Whose.
    pub account: AccountId,
    /// What is due.
    pub due: Due,
}

/// A transfer that a customer has announced, and that waits for its money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// Whose.
    pub account: AccountId,
    /// Its number.
    pub number: String,
    /// Its creditor reference (ISO 11649).
    pub reference: String,
    /// How much was announced.
    pub amount: Money,
    /// The numbers of the invoices that it pays.
    pub invoices: Vec<String>,
}

/// What money goes to an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The invoice.
    pub number: String,
    /// The money.
    pub money: Money,
    /// What falls away for paying early.
    pub discount: Money,
}

/// What an entry may pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Settles {
    /// The transfer that the customer has announced under this number.
    Payment(String),
    /// Invoices; what is left of the money is cash on account.
    Invoices(Vec<Part>),
    /// No invoice in particular: cash on account.
    OnAccount,
}

/// One way to read an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Who paid.
    pub customer: Customer,
    /// What.
    pub settles: Settles,
    /// What speaks for it, and against.
    pub why: Vec<String>,
}

impl Reading {
    /// Names this reading among all of an entry, for a form: while the books stand still it stays the same.
    pub fn key(&self) -> String {
        let what = match &self.settles {
            Settles::Payment(number) => number.clone(),
            Settles::Invoices(parts) => {
                let part = |p: &Part| format!("{}={}+{}", p.number, p.money.amount(), p.discount.amount());
                parts.iter().map(part).collect::<Vec<_>>().join(" ")
            }
            Settles::OnAccount => String::new(),
        };
        format!("{} {what}", self.customer.number)
    }

    /// What it settles, in words.
    pub fn words(&self) -> String {
        match &self.settles {
            Settles::Payment(number) => number.clone(),
            Settles::Invoices(parts) => parts.iter().map(|p| p.number.as_str()).collect::<Vec<_>>().join(", "),
            Settles::OnAccount => "on account".to_owned(),
        }
    }
}

/// What an entry is taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One reading in which reference and amount agree, and no other such.
    Certain(Reading),
    /// What it may be, the likeliest first.
    Offered(Vec<Reading>),
    /// Nothing that is known.
    Unknown,
}

/// An entry that somebody has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLine {
    /// Which.
    pub id: BankLineId,
    /// What the bank says.
    pub entry: Entry,
    /// What it may be, the likeliest first.
    pub readings: Vec<Reading>,
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    /// It is this customer's payment.
    Booked {
        /// The customer's number.
        customer: String,
        /// Their name.
        name: String,
        /// The payment's number.
        payment: String,
    },
    /// It is no customer's payment.
    SetAside,
}

/// An entry that is dealt with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneLine {
    /// What the bank says.
    pub entry: Entry,
    /// What became of it.
    pub done: Done,
    /// Why.
    pub why: String,
    /// Who said so; empty: it was certain.
    pub by: String,
}

/// The bank's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankPage {
    /// What somebody has to look at, the oldest first; at most [`SHOWN`].
    pub open: Vec<OpenLine>,
    /// All that somebody has to look at.
    pub waiting: i64,
    /// What was dealt with last, at most [`SHOWN`].
    pub done: Vec<DoneLine>,
}

/// Lines of each kind on the bank's page.
pub const SHOWN: i64 = 50;

/// Why an entry is set aside.
pub fn reason(typed: &str) -> Result<String, FieldError> {
    let typed = typed.trim();
    if typed.is_empty() {
        Err(FieldError::new("reason", "Say in a few words what it is."))
    } else if typed.chars().count() > 200 {
        Err(FieldError::new("reason", "Keep it below 200 characters."))
    } else {
        Ok(typed.to_owned())
    }
}
