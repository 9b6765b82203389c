//! Suggestions for whoever may see something; synonyms for whoever keeps the catalog.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::search::{Suggestions, Synonym};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use crate::request::{flash, go, reading, writing};

/// What words may mean that somebody is still typing.
#[server(Suggest, endpoint = "search/suggest", input = GetUrl, output = Answered)]
pub async fn suggest(#[server(default)] words: String) -> Result<Suggestions, ActionError> {
    Ok(store::search::suggest(&mut reading().await?, &words).await?)
}

/// The sets of words that mean the same.
#[server(ReadSynonyms, endpoint = "search/synonyms", input = GetUrl, output = Answered)]
pub async fn synonyms() -> Result<Vec<Synonym>, ActionError> {
    Ok(store::search::synonyms(&mut reading().await?).await?)
}

/// Writes down that phrases mean the same.
#[server(endpoint = "search/add-synonyms")]
pub async fn add_synonyms(#[server(default)] phrases: String) -> Result<(), ActionError> {
    let phrases = domain::search::phrases(&phrases)?;
    let mut tx = writing().await?;
    store::search::add_synonyms(&mut tx, &phrases).await?;
    tx.commit().await?;
    flash(format!("{} mean the same from now on.", phrases.join(", "))).await?;
    go("/sales/synonyms");
    Ok(())
}

/// Takes a set of phrases away.
#[server(endpoint = "search/remove-synonyms")]
pub async fn remove_synonyms(id: domain::ids::SynonymId) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::search::remove_synonyms(&mut tx, id).await?;
    tx.commit().await?;
    flash("They are words of their own again.").await?;
    go("/sales/synonyms");
    Ok(())
}
