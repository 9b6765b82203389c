//! What customers dispute of invoices: finance users on the invoice's page, the seller's people on a page of their own.

pub mod actions;
mod card;
mod desk;

pub use card::{card, form, mismatches};
pub use desk::Disputes;
