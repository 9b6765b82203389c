//! Every SQL statement and every transaction of Buyerdesk.
//!
//! The pool is private: data is reached through a [`Tx`], which is opened for an [`domain::Actor`] and carries its
//! row-level security context, or for the job role. Nouns are queries, verbs are use cases.

pub mod accounts;
pub mod alerts;
pub mod approvals;
pub mod assistance;
mod audit;
pub mod bank;
pub mod budgets;
pub mod cart;
pub mod carts;
pub mod catalog;
pub mod company;
pub mod customers;
pub mod deliveries;
pub mod demo;
pub mod disputes;
pub mod doctor;
mod error;
pub mod files;
pub mod import;
pub mod invoices;
pub mod ledger;
mod limits;
pub mod lists;
pub mod notices;
pub mod orders;
pub mod outbox;
pub mod packs;
pub mod parts;
pub mod payments;
pub mod proposals;
pub mod quick;
pub mod quotes;
pub mod reminders;
pub mod schedules;
pub mod search;
mod tx;
pub mod units;

pub use error::{Error, Result};
pub use tx::{Store, Tx};

/// The migrations, forward only.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// Brings a database to this program's schema, as the schema's owner: the migrations that it lacks, then the invariants anew.
pub async fn migrate(owner: &sqlx::PgPool) -> std::result::Result<(), sqlx::migrate::MigrateError> {
    MIGRATIONS.run(owner).await?;
    sqlx::raw_sql(include_str!("../../../migrations/doctor.sql")).execute(owner).await?;
    // The server asks whether the schema is its own before it starts.
    sqlx::raw_sql("GRANT SELECT ON _sqlx_migrations TO buyerdesk, buyerdesk_job").execute(owner).await?;
    Ok(())
}

/// A secret of 256 bits, in hex.
#[expect(clippy::disallowed_methods, reason = "a secret is random, or no secret")]
pub fn secret() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}

/// A new id, ordered by time of birth.
#[expect(clippy::disallowed_methods, reason = "the one place where ids are born")]
pub fn new_id<T: From<uuid::Uuid>>() -> T {
    T::from(uuid::Uuid::now_v7())
}
