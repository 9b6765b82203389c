//! What an import writes, batch by batch, as the job role. Reading files and judging single rows is the command's work;
//! here is what needs the database: who exists already, what differs, and the writing.
//!
//! Every function takes a whole batch and answers for each row. Nothing is written for a row that is already so, and
//! a batch is one transaction: an import that was interrupted is finished by running it again.

mod accounts;
mod contracts;
mod documents;
mod invoices;
mod levels;
mod members;
mod orders;
mod payments;
mod prices;
mod products;
mod seller;
mod stock;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::tax::Category;
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

pub use accounts::{Account, account_levels, accounts};
pub use contracts::{Contract, contracts};
pub use documents::{Document, Line};
pub use invoices::{Invoice, invoices};
pub use members::{Member, members};
pub use orders::{Order, orders};
pub use payments::{Payment, payments};
pub use prices::{Price, prices};
pub use products::{OWN_UNIT, Product, product_levels, products};
pub use seller::{Seller, prepare};
pub use stock::{Shelf, stock};

use crate::{Result, Store, Tx, audit};

/// How a batch of rows went. What is neither changed nor refused was already so.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Rows that wrote something.
    pub changed: u64,
    /// Rows that were not taken: position in the batch, reason.
    pub refused: Vec<(usize, String)>,
    /// What the person should know, with how many rows it concerns.
    pub notes: BTreeMap<&'static str, u64>,
}

/// How a document went: whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in now.
    Written,
    /// It was in, with the same contents.
    Unchanged,
    /// It was not taken.
    Refused(String),
}

/// Held while an import runs: a second one at the same time would answer "taken" to what the first is writing. The lock
/// is the open transaction.
pub struct OnlyOne(Tx);

impl OnlyOne {
    /// Makes way. Dropping does so too, but only some time later.
    pub async fn release(self) -> Result<()> {
        self.0.commit().await
    }
}

/// Takes the place of the only import; `None` when another one runs.
pub async fn only_one(store: &Store, now: DateTime<Utc>) -> Result<Option<OnlyOne>> {
    let mut tx = store.job(now).await?;
    let mine = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock(hashtext('buyerdesk import')) AS "mine!""#)
        .fetch_one(tx.db())
        .await?;
    Ok(mine.then_some(OnlyOne(tx)))
}

/// A transaction for one batch. Its commit does not wait for the disk: after a power cut the import is run again, and
/// [`finish`] waits for everything before it.
pub async fn begin(store: &Store, now: DateTime<Utc>) -> Result<Tx> {
    let mut tx = store.job(now).await?;
    // Plans made while a table was empty would be kept for the whole import.
    sqlx::raw_sql("SET LOCAL synchronous_commit = off; SET LOCAL plan_cache_mode = force_custom_plan")
        .execute(tx.db())
        .await?;
    Ok(tx)
}

/// Tells the seller's audit trail what an import changed, and waits until all of it is on the disk.
pub async fn finish(store: &Store, folder: &str, counts: Value, now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.job(now).await?;
    audit::record_job(&mut tx, domain::ids::AccountId::SELLER, "Import", "import.run", folder, counts).await?;
    tx.commit().await
}

/// An account that rows name by its number.
#[derive(Clone, Debug)]
struct Named {
    id: Uuid,
    name: String,
    country: String,
    terms: i32,
    language: String,
    treatment: Option<Category>,
    /// The seller's usual tax rate.
    usual: Decimal,
}

/// The customers among these numbers; the seller's own account is none.
async fn named_accounts(tx: &mut Tx, numbers: &[String]) -> Result<HashMap<String, Named>> {
    let rows = sqlx::query!(
        "SELECT a.number, a.id, a.name, a.country, a.payment_terms_days, a.language, s.default_tax_rate,
                COALESCE(a.tax_treatment, CASE WHEN a.country <> s.country THEN 'export' END) AS treatment
         FROM accounts a CROSS JOIN seller s WHERE a.number = ANY($1) AND a.id <> '00000000-0000-0000-0000-000000000000'",
        numbers
    )
    .fetch_all(tx.db())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let treatment = r.treatment.as_deref().and_then(Category::parse);
            let (terms, usual) = (r.payment_terms_days, r.default_tax_rate);
            let named =
                Named { id: r.id, name: r.name, country: r.country, terms, language: r.language, treatment, usual };
            (r.number, named)
        })
        .collect())
}

/// The products among these SKUs.
async fn named_products(tx: &mut Tx, skus: &[String]) -> Result<HashMap<String, Uuid>> {
    let rows = sqlx::query!("SELECT sku, id FROM products WHERE sku = ANY($1)", skus).fetch_all(tx.db()).await?;
    Ok(rows.into_iter().map(|r| (r.sku, r.id)).collect())
}

/// One column of a batch, as `unnest` wants it.
fn column<'a, R, T>(rows: &'a [R], of: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// As many new ids as there are rows, in their order.
fn ids<R>(rows: &[R]) -> Vec<Uuid> {
    rows.iter().map(|_| crate::new_id()).collect()
}

fn unknown_account(number: &str) -> String {
    format!("unknown account: {number}")
}
