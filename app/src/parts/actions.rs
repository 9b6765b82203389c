//! The account's own part numbers. Files are a plain form (`server::quick`).
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::parts::PartsPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use crate::request::{flash, go, reading, writing};

/// A page of them.
#[server(ReadParts, endpoint = "parts/page", input = GetUrl, output = Answered)]
pub async fn parts(#[server(default)] words: String, #[server(default)] page: u32) -> Result<PartsPage, ActionError> {
    Ok(store::parts::page(&mut reading().await?, &words, page).await?)
}

/// Takes in lines of a number and an article number.
#[server(endpoint = "parts/take")]
pub async fn take_parts(#[server(default)] numbers: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let taken = store::parts::take(&mut tx, &numbers).await?;
    tx.commit().await?;
    flash(domain::parts::told(&taken)).await?;
    go("/part-numbers");
    Ok(())
}

/// Forgets a number.
#[server(endpoint = "parts/forget")]
pub async fn forget_part(key: String, sku: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::parts::forget(&mut tx, &key, &sku).await?;
    tx.commit().await?;
    flash(format!("{key} is forgotten.")).await?;
    go("/part-numbers");
    Ok(())
}
