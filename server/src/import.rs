//! `buyerdesk import DIR`: the seller's CSV files into the database (docs/import.md).
//!
//! Only somebody with the database's address can run it; it works as the job role, over all accounts. A row is taken or
//! it is refused with its reason: none vanishes. Running it again finishes what was interrupted and changes nothing else.

mod accounts;
mod catalog;
mod cells;
mod desk;
mod invoices;
mod lexer;
mod orders;
mod papers;
mod payments;
mod pricing;
mod rejects;
mod report;
mod sheet;
mod source;

use std::path::Path;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use store::Store;

pub use report::{FileReport, Report};

use desk::Office;

/// In the order in which they build on each other.
const FILES: [&str; 9] = [
    "accounts.csv",
    "members.csv",
    "products.csv",
    "contracts.csv",
    "prices.csv",
    "stock.csv",
    "orders.csv",
    "invoices.csv",
    "payments.csv",
];

/// Imports a folder; any file may be missing. An error is a fault of the database or the disk: what was committed before
/// it stays, and running again goes on from there.
pub async fn run(store: &Store, dir: &Path, now: DateTime<Utc>) -> anyhow::Result<Report> {
    let present: Vec<&str> = FILES.into_iter().filter(|name| dir.join(name).is_file()).collect();
    if present.is_empty() {
        bail!("there is nothing to import in {}: it may hold {}", dir.display(), FILES.join(", "));
    }
    let Some(place) = store::import::only_one(store, now).await? else {
        bail!("another import is running on this database");
    };
    let report = all(store, dir, now, &present).await;
    place.release().await?;
    report
}

async fn all(store: &Store, dir: &Path, now: DateTime<Utc>, present: &[&str]) -> anyhow::Result<Report> {
    let mut tx = store::import::begin(store, now).await?;
    let seller = store::import::prepare(&mut tx).await?;
    tx.commit().await?;
    let mut report = Report::default();
    if seller.created {
        let note = "There was no seller yet. One was made with placeholders: fill in name, address, VAT number, e-mail and bank in the table seller.";
        tracing::warn!("{note}");
        report.notes.push(note.to_owned());
    }
    let others = others(dir).with_context(|| format!("reading {}", dir.display()))?;
    if !others.is_empty() {
        report.notes.push(format!("Not part of an import, and left out: {}", others.join(", ")));
    }
    let office = Office { store, dir, now, seller };
    let mut done = Ok(());
    for name in present {
        match file(&office, name).await.with_context(|| format!("importing {name}")) {
            Ok(file) => {
                desk::announce(&file);
                report.files.push(file);
            }
            Err(error) => {
                done = Err(error);
                break;
            }
        }
    }
    if report.changed() > 0 || office.seller.created {
        store::import::finish(store, &dir.display().to_string(), report.counts(), now).await?;
    }
    if done.is_err() {
        eprint!("{report}");
    }
    done.map(|()| report)
}

/// CSV files whose names mean nothing here: most likely misspelt.
fn others(dir: &Path) -> std::io::Result<Vec<String>> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir)?.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.to_lowercase().ends_with(".csv") && !FILES.contains(&name.as_str()));
    names.sort();
    Ok(names)
}

async fn file(office: &Office<'_>, name: &str) -> anyhow::Result<FileReport> {
    let old = office.dir.join("rejected").join(name);
    match std::fs::remove_file(&old) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("removing {}", old.display()));
        }
        _ => {}
    }
    match name {
        "accounts.csv" => sheet::import(office, &accounts::Accounts(&office.seller.country)).await,
        "members.csv" => sheet::import(office, &accounts::Members).await,
        "products.csv" => sheet::import(office, &catalog::Products).await,
        "contracts.csv" => sheet::import(office, &pricing::Contracts::of(office.dir)?).await,
        "prices.csv" => sheet::import(office, &pricing::Prices).await,
        "stock.csv" => sheet::import(office, &catalog::Stock).await,
        "orders.csv" => papers::import(office, &orders::Orders(&office.seller)).await,
        "invoices.csv" => papers::import(office, &invoices::Invoices(&office.seller)).await,
        _ => sheet::import(office, &payments::Payments(&office.seller)).await,
    }
}
