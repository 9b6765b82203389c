//! Reading the ledger.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::ledger::{AgeingPage, StatementPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use crate::request::reading;

/// The statement that the URL asks for.
#[server(ReadStatement, endpoint = "ledger/statement", input = GetUrl, output = Answered)]
pub async fn statement(query: String) -> Result<StatementPage, ActionError> {
    let mut tx = reading().await?;
    let query = domain::ledger::StatementQuery::parse(&query, tx.today());
    Ok(store::ledger::statement(&mut tx, query).await?)
}

/// What was owed at the end of a day; of today when none is named.
#[server(ReadAgeing, endpoint = "ledger/ageing", input = GetUrl, output = Answered)]
pub async fn ageing(#[server(default)] day: String) -> Result<AgeingPage, ActionError> {
    let mut tx = reading().await?;
    let day = day.parse().unwrap_or_else(|_| tx.today());
    Ok(store::ledger::ageing(&mut tx, day).await?)
}
