//! Order history, one order, cancelling and ordering again. Own orders for buyers, the account's for those whose role reaches it.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::orders::{HistoryPage, OrderPage, ReorderPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use crate::request::{command, flash, go, reading, writing};

/// The history that the URL asks for.
#[server(ReadHistory, endpoint = "orders/history", input = GetUrl, output = Answered)]
pub async fn history(query: String) -> Result<HistoryPage, ActionError> {
    Ok(store::orders::history(&mut reading().await?, domain::orders::HistoryQuery::parse(&query)).await?)
}

/// One order.
#[server(ReadOrder, endpoint = "orders/find", input = GetUrl, output = Answered)]
pub async fn order(number: String) -> Result<OrderPage, ActionError> {
    Ok(store::orders::find(&mut reading().await?, &number).await?)
}

/// Every line of a past order, then and now.
#[server(ReadDiff, endpoint = "orders/diff", input = GetUrl, output = Answered)]
pub async fn diff(number: String) -> Result<ReorderPage, ActionError> {
    Ok(store::orders::diff(&mut reading().await?, &number).await?)
}

/// Orders that wait for the seller's release.
#[server(ReadHeld, endpoint = "orders/held", input = GetUrl, output = Answered)]
pub async fn held() -> Result<Vec<domain::orders::HeldRow>, ActionError> {
    Ok(store::orders::held(&mut reading().await?).await?)
}

/// Lets one of them go on. `version` is what the person saw.
#[server(endpoint = "orders/release")]
pub async fn release(account: String, number: String, version: i32) -> Result<(), ActionError> {
    let request = crate::request::request()?;
    let (actor, order) = (request.who()?.actor.clone(), number.clone());
    command(
        async move { store::orders::release(&request.store, &actor, &account, &order, version, request.now).await },
    )
    .await?;
    flash(format!("Order {number} is released and confirmed.")).await?;
    go("/sales/held");
    Ok(())
}

/// Calls an order off. `version` is what the person saw.
#[server(endpoint = "orders/cancel")]
pub async fn cancel(number: String, version: i32, #[server(default)] reason: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let order = number.clone();
    command(async move {
        store::orders::cancel(&mut tx, &order, version, &reason).await?;
        tx.commit().await
    })
    .await?;
    flash(format!("Order {number} is cancelled.")).await?;
    go(&format!("/orders/{number}"));
    Ok(())
}

/// Puts a past order's lines into the cart: the chosen ones, or (`all` not empty) all that can be ordered.
#[server(endpoint = "orders/reorder")]
pub async fn reorder(
    number: String,
    #[server(default)] lines: Vec<i32>,
    #[server(default)] all: String,
) -> Result<(), ActionError> {
    if lines.is_empty() && all.is_empty() {
        return Err(domain::Problem::invalid("lines", "Choose at least one line to order again.").into());
    }
    let chosen = if all.is_empty() { store::orders::Chosen::Lines(lines) } else { store::orders::Chosen::All };
    let mut tx = writing().await?;
    let report = store::orders::reorder(&mut tx, &number, &chosen).await?;
    tx.commit().await?;
    let added = domain::text::counted(report.added, "line", "lines");
    flash(match report.left_out {
        0 => format!("{added} of {number} added to your cart."),
        n => format!(
            "{added} of {number} added to your cart; {} could not be ordered.",
            domain::text::counted(n, "line", "lines")
        ),
    })
    .await?;
    go("/cart");
    Ok(())
}
