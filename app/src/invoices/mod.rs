//! Invoices, credit notes and what is owed. Finance users of the account.

pub mod actions;
mod invoice;
mod list;

pub use invoice::Invoice;
pub use list::{Invoices, ageing, ages, sheet};
