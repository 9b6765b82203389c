//! Reminding, promises, settings.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::reminders::{OverduePage, RemindersPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{command, flash, go, reading, writing},
    domain::Problem,
    domain::reminders::{OverdueQuery, Settings, level_words},
};

/// Who is overdue.
#[server(ReadOverdue, endpoint = "reminders/overdue", input = GetUrl, output = Answered)]
pub async fn overdue(query: String) -> Result<OverduePage, ActionError> {
    Ok(store::reminders::overdue(&mut reading().await?, OverdueQuery::parse(&query)).await?)
}

/// Reminds a customer of what is overdue in a currency.
#[server(endpoint = "reminders/remind")]
pub async fn remind(customer: String, currency: String, #[server(default)] back: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let level = command(async move {
        let level = store::reminders::remind(&mut tx, &customer, &currency).await?;
        tx.commit().await?;
        Ok(level)
    })
    .await?;
    flash(format!("{} sent.", level_words(level))).await?;
    go(if back.is_empty() { "/finance/overdue" } else { &back });
    Ok(())
}

/// Notes until when a customer promised to pay.
#[server(endpoint = "reminders/promise")]
pub async fn promise(
    customer: String,
    on: String,
    #[server(default)] note: String,
    #[server(default)] back: String,
) -> Result<(), ActionError> {
    let on = on.trim().parse().map_err(|_| Problem::invalid("on", "Enter a day, such as 2026-12-01."))?;
    let mut tx = writing().await?;
    store::reminders::promise(&mut tx, &customer, on, &note).await?;
    tx.commit().await?;
    flash("The promise is noted.").await?;
    go(if back.is_empty() { "/finance/overdue" } else { &back });
    Ok(())
}

/// What the account is told by itself, and what we have sent.
#[server(ReadReminders, endpoint = "reminders/settings", input = GetUrl, output = Answered)]
pub async fn settings() -> Result<RemindersPage, ActionError> {
    Ok(store::reminders::settings(&mut reading().await?).await?)
}

/// Sets what the account is told by itself.
#[server(endpoint = "reminders/set")]
pub async fn set_reminders(
    #[server(default)] days_before: String,
    #[server(default)] every_days: String,
) -> Result<(), ActionError> {
    let settings = Settings::read(&days_before, &every_days)?;
    let mut tx = writing().await?;
    store::reminders::set(&mut tx, settings).await?;
    tx.commit().await?;
    flash("Saved.").await?;
    go("/ageing");
    Ok(())
}
