//! Pasting, choosing, ordering. Files are a plain form (`server::quick`).
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::quick::QuickPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{flash, go, reading, writing},
    domain::catalog::Sku,
    domain::text,
};

/// What was pasted, as it is understood now.
#[server(ReadQuick, endpoint = "quick/page", input = GetUrl, output = Answered)]
pub async fn quick() -> Result<QuickPage, ActionError> {
    Ok(store::quick::page(&mut reading().await?).await?)
}

/// Keeps what was pasted; the page says what it means. Nothing empties it.
#[server(endpoint = "quick/keep")]
pub async fn keep_quick(#[server(default)] lines: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::quick::keep(&mut tx, &lines).await?;
    tx.commit().await?;
    go("/quick-order");
    Ok(())
}

/// Puts one line below what is there. Words that are no article's number go there too, to be chosen.
#[server(endpoint = "quick/line")]
pub async fn add_line(
    #[server(default)] article: String,
    #[server(default)] quantity: String,
) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::quick::add(&mut tx, &article, &quantity).await?;
    tx.commit().await?;
    go("/quick-order");
    Ok(())
}

/// Says what the line `raw` means, and whether that is what the account calls it from now on.
#[server(endpoint = "quick/choose")]
pub async fn choose_line(
    no: usize,
    raw: String,
    sku: String,
    #[server(default)] learn: Option<String>,
) -> Result<(), ActionError> {
    let sku = Sku::parse(&format!("sku-{no}"), &sku)?;
    let mut tx = writing().await?;
    store::quick::choose(&mut tx, no, &raw, &sku, learn.is_some()).await?;
    tx.commit().await?;
    go("/quick-order");
    Ok(())
}

/// Puts what was understood into the cart; what is left, to mend or for the next cart, stays.
#[server(endpoint = "quick/order")]
pub async fn order_quick() -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let report = store::quick::order(&mut tx).await?;
    tx.commit().await?;
    let added = text::counted(report.added, "line", "lines");
    let left = if report.left_out == 0 {
        String::new()
    } else {
        let lines = text::counted(report.left_out, "line is", "lines are");
        format!(" {lines} kept here, to mend or for your next cart: one holds 500 articles.")
    };
    flash(format!("{added} added to your cart.{left}")).await?;
    go(if report.left_out == 0 && report.added > 0 { "/cart" } else { "/quick-order" });
    Ok(())
}
