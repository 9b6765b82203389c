//! Alerts, and waiting for an article.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::alerts::AlertsPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{flash, go, reading, writing},
    domain::catalog::Sku,
};

/// What concerns the reader.
#[server(ReadAlerts, endpoint = "alerts/page", input = GetUrl, output = Answered)]
pub async fn alerts() -> Result<AlertsPage, ActionError> {
    Ok(store::alerts::page(&mut reading().await?).await?)
}

/// Waits for an article that cannot be had now.
#[server(endpoint = "alerts/watch")]
pub async fn watch(sku: String) -> Result<(), ActionError> {
    let sku = Sku::parse("sku", &sku)?;
    let mut tx = writing().await?;
    store::alerts::watch(&mut tx, &sku).await?;
    tx.commit().await?;
    flash(format!("We tell you when {sku} can be had again.")).await?;
    go(&format!("/products/{sku}"));
    Ok(())
}

/// Waits no longer, and comes back to `back`.
#[server(endpoint = "alerts/unwatch")]
pub async fn unwatch(sku: String, back: String) -> Result<(), ActionError> {
    let sku = Sku::parse("sku", &sku)?;
    let mut tx = writing().await?;
    store::alerts::unwatch(&mut tx, &sku).await?;
    tx.commit().await?;
    flash(format!("You do not wait for {sku} any more.")).await?;
    go(&back);
    Ok(())
}
