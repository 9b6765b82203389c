//! Every SQL statement and every transaction of Buyerdesk.
//!
//! The pool is private: data is reached through a [`Tx`], which is opened for an [`domain::Actor`] and carries its
//! row-level security context, or for the job role. Nouns are queries, verbs are use cases.

pub mod accounts;
pub mod approvals;
mod audit;
pub mod budgets;
pub mod cart;
pub mod catalog;
pub mod company;
pub mod demo;
pub mod doctor;
mod error;
pub mod import;
pub mod invoices;
mod limits;
pub mod notices;
pub mod orders;
pub mod outbox;
mod tx;
pub mod units;

pub use error::{Error, Result};
pub use tx::{Store, Tx};

/// The migrations, forward only; `buyerdesk migrate` runs them as the schema's owner.
pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// A new id, ordered by time of birth.
#[expect(clippy::disallowed_methods, reason = "the one place where ids are born")]
pub fn new_id<T: From<uuid::Uuid>>() -> T {
    T::from(uuid::Uuid::now_v7())
}
