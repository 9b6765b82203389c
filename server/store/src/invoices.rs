//! Invoices and credit notes: read by the account's finance users, made by shipping and by the seller's people.

mod credit;
mod issue;
mod of_shipment;
mod read;
mod settings;

pub use credit::credit;
pub(crate) use credit::desk;
pub(crate) use issue::{NewCharge, NewDocument, NewLine, issue, new_id};
pub(crate) use of_shipment::of_shipment;
pub(crate) use read::letterhead;
pub use read::{CSV_ROWS, export, find, list};
pub use settings::set_invoicing;
