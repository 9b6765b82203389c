//! Settling what is due, and payments. Finance users of the account.

pub mod actions;
mod list;
mod payment;
mod settle;

pub use list::Payments;
pub use payment::Payment;
pub use settle::Settle;
