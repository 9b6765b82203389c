//! What orders and invoices have in common.

use std::collections::HashMap;

use domain::{Money, Quantity};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Fate, Named, column, unknown_account};

/// Whose document it is and what is in it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The account's number.
    pub account: String,
    /// Its own number, unique in the account.
    pub number: String,
    /// SHA-256 of its contents: the same again changes nothing, others are refused.
    pub hash: Vec<u8>,
    /// At least one.
    pub lines: Vec<Line>,
}

/// A line of an order or invoice.
#[derive(Clone, Debug)]
pub struct Line {
    /// Article number, upper case; need not be known.
    pub sku: String,
    /// Text; empty: the product's name or the SKU.
    pub name: String,
    /// Unit of measure.
    pub unit: String,
    /// How many.
    pub quantity: Quantity,
    /// Each.
    pub unit_price: Money,
    /// Quantity × price.
    pub net: Money,
    /// Percent.
    pub tax_rate: Decimal,
}

/// What is to be done with each row of a batch: `found` says of its document whose it is, or its fate. Gives the new
/// ones, with the account, an id to be, and whose.
pub(super) fn fresh<'a, T>(rows: &'a [T], found: &'a [Result<Named, Fate>]) -> Vec<(Uuid, Uuid, &'a T, &'a Named)> {
    rows.iter()
        .zip(found)
        .filter_map(|(row, found)| found.as_ref().ok().map(|a| (a.id, crate::new_id(), row, a)))
        .collect()
}

/// The fates of a batch whose new documents are written.
pub(super) fn fates(found: Vec<Result<Named, Fate>>) -> Vec<Fate> {
    found.into_iter().map(|found| found.map_or_else(|fate| fate, |_| Fate::Written)).collect()
}

/// What is to be done with each document of a batch: the account of those that are new, the fate of the others.
/// `stored` holds the hashes of what exists already, by account and number.
pub(super) fn sorted(
    documents: &[&Document],
    accounts: &HashMap<String, Named>,
    stored: &HashMap<(Uuid, String), Option<Vec<u8>>>,
) -> Vec<Result<Named, Fate>> {
    documents
        .iter()
        .map(|document| {
            let account =
                accounts.get(&document.account).ok_or_else(|| Fate::Refused(unknown_account(&document.account)))?;
            match stored.get(&(account.id, document.number.clone())) {
                None => Ok(account.clone()),
                Some(Some(hash)) if *hash == document.hash => Err(Fate::Unchanged),
                Some(Some(_)) => Err(Fate::Refused("already imported with other contents".to_owned())),
                Some(None) => Err(Fate::Refused("the number is taken by a document made here".to_owned())),
            }
        })
        .collect()
}

/// The lines of a batch of documents, column by column.
pub(super) struct Columns {
    pub account: Vec<Uuid>,
    pub document: Vec<Uuid>,
    pub line_no: Vec<i32>,
    pub sku: Vec<String>,
    pub name: Vec<String>,
    pub unit: Vec<String>,
    pub quantity: Vec<Decimal>,
    pub unit_price: Vec<Decimal>,
    pub net: Vec<Decimal>,
    pub tax_rate: Vec<Decimal>,
}

impl Columns {
    /// Of documents with their account's and their own id; lines are numbered from one.
    pub fn of(documents: &[(Uuid, Uuid, &Document)]) -> Self {
        let lines: Vec<(Uuid, Uuid, i32, &Line)> = documents
            .iter()
            .flat_map(|(account, id, document)| (1..).zip(&document.lines).map(|(no, line)| (*account, *id, no, line)))
            .collect();
        Self {
            account: column(&lines, |l| l.0),
            document: column(&lines, |l| l.1),
            line_no: column(&lines, |l| l.2),
            sku: column(&lines, |l| l.3.sku.clone()),
            name: column(&lines, |l| l.3.name.clone()),
            unit: column(&lines, |l| l.3.unit.clone()),
            quantity: column(&lines, |l| l.3.quantity.value()),
            unit_price: column(&lines, |l| l.3.unit_price.amount()),
            net: column(&lines, |l| l.3.net.amount()),
            tax_rate: column(&lines, |l| l.3.tax_rate),
        }
    }
}

/// How many lines a document has, as stored.
pub(super) fn count(document: &Document) -> i32 {
    i32::try_from(document.lines.len()).unwrap_or(i32::MAX)
}
