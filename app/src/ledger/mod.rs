//! Statements of account and what was owed on any day. Finance users of the account.

pub mod actions;
mod ageing;
mod statement;

pub use ageing::AgeingPage;
pub use statement::Statement;
