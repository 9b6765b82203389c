//! Sessions of assistance, as the company sees them, and stopping one's own.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::assistance::AssistancePage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use crate::request::{ASSISTANCE, flash, go, reading, request, stop_acting, writing};

/// Sessions with what was done: the company's for account admins, one's own for everybody else.
#[server(ReadAssistance, endpoint = "assistance/page", input = GetUrl, output = Answered)]
pub async fn page() -> Result<AssistancePage, ActionError> {
    Ok(store::assistance::list(&mut reading().await?).await?)
}

/// Agrees (`agree` not empty) that somebody acts for one, or declines.
#[server(endpoint = "assistance/answer")]
pub async fn answer(id: String, #[server(default)] agree: String) -> Result<(), ActionError> {
    let agree = !agree.is_empty();
    let mut tx = writing().await?;
    store::assistance::answer(&mut tx, id.parse()?, agree).await?;
    tx.commit().await?;
    flash(if agree { "You agreed. You can end it here at any time." } else { "You declined." }).await?;
    go("/company/assistance");
    Ok(())
}

/// Ends a session that is under way.
#[server(endpoint = "assistance/end")]
pub async fn end(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::assistance::end(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    flash("Ended. Nobody acts there any more.").await?;
    go("/company/assistance");
    Ok(())
}

/// Sets what the company lets the seller's people do.
#[server(endpoint = "assistance/policy")]
pub async fn set_policy(policy: String) -> Result<(), ActionError> {
    let wanted = domain::assistance::Policy::parse(&policy)
        .ok_or_else(|| domain::Problem::invalid("policy", "Choose one of the three."))?;
    let mut tx = writing().await?;
    store::assistance::set_policy(&mut tx, wanted).await?;
    tx.commit().await?;
    flash("Your settings are saved.").await?;
    go("/company/assistance");
    Ok(())
}

/// Whoever acts for a member is themself again.
#[server(endpoint = "assistance/stop")]
pub async fn stop() -> Result<(), ActionError> {
    let request = request()?;
    let who = request.who()?;
    let acted = request.session.get_value(ASSISTANCE).await.ok().flatten().is_some();
    let mut next = "/".to_owned();
    if let Some(behalf) = who.actor.behalf() {
        next = format!("/sales/customers/{}", who.frame.account.1);
        let mut tx = writing().await?;
        store::assistance::stop(&mut tx).await?;
        tx.commit().await?;
        flash(format!("You no longer act for {}.", behalf.member)).await?;
    }
    if acted {
        stop_acting().await?;
    }
    go(&next);
    Ok(())
}
