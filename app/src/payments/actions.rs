//! What finance users do about what is due.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::payments::{PaymentPage, PaymentsPage, SettlePage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{flash, go, reading, request, writing},
    domain::payments::{Method, Wanted, number},
    domain::{Cause, Problem},
};

/// The account's payments.
#[server(ReadPayments, endpoint = "payments/list", input = GetUrl, output = Answered)]
pub async fn payments(#[server(default)] page: u32) -> Result<PaymentsPage, ActionError> {
    Ok(store::payments::list(&mut reading().await?, page).await?)
}

/// One payment.
#[server(ReadPayment, endpoint = "payments/find", input = GetUrl, output = Answered)]
pub async fn payment(number: String) -> Result<PaymentPage, ActionError> {
    Ok(store::payments::find(&mut reading().await?, &number).await?)
}

/// An invoice in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number.
    #[serde(default)]
    pub number: String,
    /// Ticked: to be settled.
    #[serde(default)]
    pub pick: String,
    /// How much of it; empty: all.
    #[serde(default)]
    pub amount: String,
}

/// What the address asks for: invoices picked in a list, or the whole form again.
#[cfg(feature = "ssr")]
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    pay: Vec<String>,
    lines: Vec<Line>,
    credits: Vec<String>,
    sum: String,
    spread: String,
}

#[cfg(feature = "ssr")]
fn wanted(lines: Vec<Line>, credits: Vec<String>) -> Wanted {
    let invoices = lines.into_iter().filter(|l| !l.pick.is_empty()).map(|l| (l.number, l.amount)).collect();
    Wanted { invoices, credits }
}

/// What can be settled, with what the address chooses.
#[server(ReadSettling, endpoint = "payments/new", input = GetUrl, output = Answered)]
pub async fn settling(#[server(default)] query: String) -> Result<SettlePage, ActionError> {
    // Anything that is not a form of ours chooses nothing.
    let asked: Asked =
        serde_qs::Config::new(5, false).deserialize_str(query.trim_start_matches('?')).unwrap_or_default();
    let spread = (!asked.spread.is_empty()).then(|| number(&asked.sum)).flatten();
    let mut wanted = wanted(asked.lines, asked.credits);
    wanted.invoices.extend(asked.pay.into_iter().map(|number| (number, String::new())));
    Ok(store::payments::settling(&mut reading().await?, wanted, spread, request()?.cards).await?)
}

/// Settles what is ticked: with credits at once, the rest by a payment. Idempotent by `id`.
#[server(endpoint = "payments/settle")]
pub async fn settle(
    id: String,
    expected: String,
    #[server(default)] expected_credit: String,
    #[server(default)] method: String,
    #[server(default)] lines: Vec<Line>,
    #[server(default)] credits: Vec<String>,
) -> Result<(), ActionError> {
    let method = Method::parse(&method).unwrap_or(Method::Transfer);
    if method == Method::Card && !request()?.cards {
        return Err(Problem::invalid("method", "Cards are not taken here.").into());
    }
    let again = serde_qs::to_string(&serde_json::json!({ "lines": lines, "credits": credits })).unwrap_or_default();
    let settle = store::payments::Settle {
        id: id.parse().map_err(|_| Problem::NotFound)?,
        wanted: wanted(lines, credits),
        // Sums that were not there are no sums that anybody saw.
        expected: expected.parse().map_err(|_| Problem::Conflict(Cause::Stale))?,
        expected_credit: expected_credit.parse().unwrap_or_default(),
        method,
    };
    let mut tx = writing().await?;
    match store::payments::settle(&mut tx, &settle).await {
        Ok(number) => {
            tx.commit().await?;
            if let Some(number) = number {
                go(&format!("/payments/{number}"));
            } else {
                flash("Settled with your credits. Nothing is left to pay.").await?;
                go("/invoices");
            }
            Ok(())
        }
        // Without scripts the sum in the form is older than what was typed: shown again with the sum that is true.
        Err(store::Error::Problem(Problem::Conflict(Cause::Stale) | Problem::Invalid(_)))
            if crate::request::plain_form() =>
        {
            flash("Please look at the sum again: it is not what was shown before.").await?;
            go(&format!("/payments/new?{again}"));
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Undoes what a credit has settled of an invoice.
#[server(endpoint = "payments/undo")]
pub async fn undo(number: String, allocation: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let id = allocation.parse().map_err(|_| Problem::NotFound)?;
    store::payments::reverse(&mut tx, &number, id).await?;
    tx.commit().await?;
    flash("Undone: the credit is there again. A discount for paying early went with it.").await?;
    go(&format!("/invoices/{number}"));
    Ok(())
}

/// Takes back a payment that waits for its money.
#[server(endpoint = "payments/withdraw")]
pub async fn withdraw(number: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::payments::withdraw(&mut tx, &number).await?;
    tx.commit().await?;
    flash(format!("{number} is withdrawn: its invoices can be paid otherwise.")).await?;
    go(&format!("/payments/{number}"));
    Ok(())
}
