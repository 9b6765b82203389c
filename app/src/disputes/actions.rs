//! Disputing lines, and answering. Evidence is a plain form (`server::documents`).
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::disputes::DisputesPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{command, flash, go, reading, writing},
    domain::disputes::{DisputeForm, Reason},
    domain::{Problem, Quantity},
    store::disputes::Verdict,
};

/// A quantity that may be left out.
#[cfg(feature = "ssr")]
fn maybe(field: &str, text: &str) -> Result<Option<Quantity>, domain::FieldError> {
    if text.trim().is_empty() { Ok(None) } else { Quantity::parse(field, text).map(Some) }
}

/// Disputes a line of an invoice; no quantity: all of it.
#[server(endpoint = "disputes/raise")]
pub async fn raise(
    number: String,
    line: i32,
    reason: String,
    #[server(default)] quantity: String,
    #[server(default)] words: String,
) -> Result<(), ActionError> {
    let reason = Reason::parse(&reason)
        .ok_or_else(|| Problem::invalid(&format!("dispute-reason-{line}"), "Choose a reason."))?;
    let quantity = maybe(&format!("dispute-quantity-{line}"), &quantity)?;
    let mut tx = writing().await?;
    store::disputes::raise(&mut tx, &number, line, &DisputeForm { reason, quantity, words }).await?;
    tx.commit().await?;
    flash("The line is disputed. We answer here, and you are told.").await?;
    go(&format!("/invoices/{number}"));
    Ok(())
}

/// Takes a dispute back.
#[server(endpoint = "disputes/withdraw")]
pub async fn withdraw(number: String, id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::disputes::withdraw(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    flash("The dispute is taken back.").await?;
    go(&format!("/invoices/{number}"));
    Ok(())
}

/// What waits for an answer.
#[server(ReadDisputes, endpoint = "disputes/page", input = GetUrl, output = Answered)]
pub async fn page() -> Result<DisputesPage, ActionError> {
    Ok(store::disputes::list(&mut reading().await?).await?)
}

/// Answers: `decline`, or `accept` with a quantity to credit, or the right price, or neither.
#[server(endpoint = "disputes/answer")]
pub async fn answer(
    id: String,
    credit: String,
    verdict: String,
    #[server(default)] quantity: String,
    #[server(default)] price: String,
    #[server(default)] words: String,
) -> Result<(), ActionError> {
    let (quantity, price) = (maybe(&format!("quantity-{id}"), &quantity)?, price.trim());
    let verdict = match (verdict.as_str(), quantity, price) {
        ("decline", ..) => Verdict::Decline,
        ("accept", None, "") => Verdict::Accept,
        ("accept", Some(quantity), "") => Verdict::Quantity(quantity),
        ("accept", None, price) => Verdict::Price(
            price.parse().map_err(|_| Problem::invalid(&format!("price-{id}"), "Enter a price, such as 12.50."))?,
        ),
        ("accept", Some(_), _) => {
            let words = "Credit a quantity or correct the price, not both.";
            return Err(Problem::invalid(&format!("price-{id}"), words).into());
        }
        _ => return Err(Problem::invalid("verdict", "Accept or decline.").into()),
    };
    let (id, credit) = (id.parse()?, credit.parse()?);
    let mut tx = writing().await?;
    let note = command(async move {
        let note = store::disputes::answer(&mut tx, id, credit, &verdict, &words).await?;
        tx.commit().await?;
        Ok(note)
    })
    .await?;
    let done = note.map_or("Answered.".to_owned(), |n| format!("Answered. Credit note {n} is issued."));
    flash(format!("{done} The customer is told.")).await?;
    go("/finance/disputes");
    Ok(())
}
