//! The seller's answer: no, with why; or yes, mostly with a credit note.

use domain::disputes::State;
use domain::ids::{AccountId, DisputeId, InvoiceId, MemberId};
use domain::invoices::CreditForm;
use domain::notices::Kind;
use domain::{Permission, Problem, Quantity};
use rust_decimal::Decimal;
use serde_json::json;

use super::stated;
use crate::error::exactly;
use crate::notices::{Note, tell};
use crate::{Result, Tx, audit, invoices};

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays as invoiced.
    Decline,
    /// Agreed, and so many are credited.
    Quantity(Quantity),
    /// Agreed, and one should have cost this.
    Price(Decimal),
    /// Agreed without a credit note of ours: goods are sent, or another system credits.
    Accept,
}

/// Answers an open dispute; gives the credit note's number where there is one. `credit` is its id to be, made with the form: twice
/// the same is one answer. The customer reads `words`. A conflict when the dispute has ended in another way.
pub async fn answer(
    tx: &mut Tx,
    id: DisputeId,
    credit: InvoiceId,
    verdict: &Verdict,
    words: &str,
) -> Result<Option<String>> {
    tx.actor()?.require(Permission::InvoiceIssue)?;
    let words = words.trim();
    if !(1..=200).contains(&words.chars().count()) || words.chars().any(char::is_control) {
        return Err(Problem::invalid(&format!("answer-{id}"), "Say why, in at most 200 characters.").into());
    }
    let d = sqlx::query!(
        "SELECT d.account_id, d.status, d.line_no, d.member_id, a.number AS customer, i.number AS invoice, d.credit_note_id AS made
         FROM disputes d JOIN accounts a ON a.id = d.account_id JOIN invoices i ON (i.account_id, i.id) = (d.account_id, d.invoice_id)
         WHERE d.id = $1 FOR UPDATE OF d",
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    if d.made == Some(credit.0) {
        // Whoever waited for the lock sees the row as it is now, but no other row as new: the number is asked for afterwards.
        let number = sqlx::query_scalar!(
            "SELECT number FROM invoices WHERE account_id = $1 AND id = $2",
            d.account_id,
            credit.0
        )
        .fetch_one(tx.db())
        .await?;
        return Ok(Some(number));
    }
    let state = stated(&d.status)?.end(if *verdict == Verdict::Decline { State::Declined } else { State::Accepted })?;
    let form = |lines, prices| CreditForm { reason: words.to_owned(), lines, prices, ..CreditForm::default() };
    let form = match verdict {
        Verdict::Quantity(quantity) => Some(form(vec![(d.line_no, *quantity)], Vec::new())),
        Verdict::Price(price) => Some(form(Vec::new(), vec![(d.line_no, *price)])),
        Verdict::Decline | Verdict::Accept => None,
    };
    let (account, actor) = (AccountId(d.account_id), tx.actor()?);
    let note = match form {
        Some(form) => Some(invoices::credit(tx, &d.customer, &d.invoice, credit, &form).await?),
        None => None,
    };
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE disputes SET status = $3, answer = $4, ended_by = $5, ended_at = $6, credit_note_id = $7 WHERE account_id = $1 AND id = $2",
        account.0,
        id.0,
        state.code(),
        words,
        actor.name(),
        now,
        note.is_some().then_some(credit.0)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let detail = json!({ "line": d.line_no, "answer": state.code(), "words": words, "credit_note": note });
    audit::record_for(tx, account, "invoice.dispute.answered", &d.invoice, detail).await?;
    let told = Note {
        member: MemberId(d.member_id),
        kind: Kind::Invoice,
        text: format!("Your dispute of {} was {}", d.invoice, state.label().to_lowercase()),
        href: format!("/invoices/{}", d.invoice),
        mail: format!("{}: “{words}”\n", actor.name()),
    };
    tell(tx, account, &[told]).await?;
    Ok(note)
}
