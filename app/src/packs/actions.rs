//! Asking for packs, one of a period or one every month.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::packs::PacksPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{flash, go, reading, writing},
    domain::Problem,
    domain::packs::{Documents, PackForm},
};

/// The account's packs.
#[server(ReadPacks, endpoint = "packs/list", input = GetUrl, output = Answered)]
pub async fn packs() -> Result<PacksPage, ActionError> {
    Ok(store::packs::list(&mut reading().await?).await?)
}

/// Asks for a pack of a period.
#[server(endpoint = "packs/ask")]
pub async fn ask(
    from: String,
    to: String,
    #[server(default)] documents: String,
    #[server(default)] cost_centre: String,
) -> Result<(), ActionError> {
    let day = |field: &str, text: &str| {
        text.trim().parse().map_err(|_| Problem::invalid(field, "Enter a day, such as 2026-11-01."))
    };
    let form = PackForm {
        from: day("from", &from)?,
        to: day("to", &to)?,
        documents: Documents::parse(&documents).unwrap_or_default(),
        cost_centre: cost_centre.trim().to_owned(),
    };
    let mut tx = writing().await?;
    store::packs::ask(&mut tx, &form).await?;
    tx.commit().await?;
    flash("Your finance pack is being made. You are told when it is ready.").await?;
    go("/packs");
    Ok(())
}

/// Gets last month's pack at the beginning of every month, or no longer.
#[server(endpoint = "packs/monthly")]
pub async fn monthly(#[server(default)] wanted: Option<String>) -> Result<(), ActionError> {
    let wanted = wanted.is_some();
    let mut tx = writing().await?;
    store::packs::set_monthly(&mut tx, wanted).await?;
    tx.commit().await?;
    let told = if wanted { "You get last month’s pack at the beginning of every month." } else { "No monthly pack." };
    flash(told).await?;
    go("/packs");
    Ok(())
}
