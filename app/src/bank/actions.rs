//! What the seller's people say about money that came in. A statement itself is a plain form (`server::bank`).
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::bank::BankPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{flash, go, reading, writing},
    store::bank::Choice,
};

/// What waits, and what was dealt with.
#[server(ReadBank, endpoint = "bank/page", input = GetUrl, output = Answered)]
pub async fn page() -> Result<BankPage, ActionError> {
    Ok(store::bank::list(&mut reading().await?).await?)
}

/// Books an entry: as the reading that was offered, or on account of the customer with this number.
#[server(endpoint = "bank/book")]
pub async fn book(
    line: String,
    #[server(default)] reading: String,
    #[server(default)] customer: String,
) -> Result<(), ActionError> {
    let choice = if reading.is_empty() { Choice::Customer(customer) } else { Choice::Reading(reading) };
    let mut tx = writing().await?;
    store::bank::book(&mut tx, line.parse()?, &choice).await?;
    tx.commit().await?;
    flash("Booked.").await?;
    go("/finance/bank");
    Ok(())
}

/// Sets an entry aside that is no customer's payment.
#[server(endpoint = "bank/set-aside")]
pub async fn set_aside(line: String, #[server(default)] reason: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::bank::set_aside(&mut tx, line.parse()?, &reason).await?;
    tx.commit().await?;
    flash("Set aside.").await?;
    go("/finance/bank");
    Ok(())
}
