//! What is due, and into the cart with it.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::rhythm::AgainPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{flash, go, reading, writing},
    domain::catalog::Sku,
    domain::{Problem, Quantity, text},
};

/// A row of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    sku: String,
    #[serde(default)]
    quantity: String,
    #[serde(default)]
    pick: Option<String>,
}

/// What is bought in a rhythm.
#[server(ReadAgain, endpoint = "again/page", input = GetUrl, output = Answered)]
pub async fn page() -> Result<AgainPage, ActionError> {
    Ok(store::orders::again(&mut reading().await?).await?)
}

/// Puts the ticked rows into the cart.
#[server(endpoint = "again/buy")]
pub async fn buy_again(#[server(default)] rows: Vec<Row>) -> Result<(), ActionError> {
    let chosen = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.pick.is_some())
        .map(|(at, row)| Ok((Sku::parse("sku", &row.sku)?, Quantity::parse(&format!("quantity-{at}"), &row.quantity)?)))
        .collect::<Result<Vec<_>, domain::FieldError>>()?;
    if chosen.is_empty() {
        return Err(Problem::invalid("pick", "Tick what you want to buy again.").into());
    }
    let mut tx = writing().await?;
    let report = store::orders::buy_again(&mut tx, &chosen).await?;
    tx.commit().await?;
    let added = text::counted(report.added, "line", "lines");
    let left = if report.left_out == 0 {
        String::new()
    } else {
        format!(" {} could not be ordered.", text::counted(report.left_out, "line", "lines"))
    };
    flash(format!("{added} added to your cart.{left}")).await?;
    go(if report.added > 0 { "/cart" } else { "/buy-again" });
    Ok(())
}
