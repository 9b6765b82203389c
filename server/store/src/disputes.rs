//! The three-way check of an invoice, and disputes of its lines: raised and taken back by finance users of the account, answered
//! by customer service and seller admins.
//!
//! Locks: the dispute's own row, or the invoice's line by its index; then as in `invoices::credit`.

mod answer;
mod check;
mod desk;

pub use answer::{Verdict, answer};
pub use check::check;
pub use desk::list;

use domain::disputes::{Dispute, DisputeForm, Evidence, Reason, State};
use domain::ids::{AccountId, DisputeId};
use domain::{Cause, Permission, Problem, Quantity};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::files::{self, File};
use crate::outbox::{self, Message};
use crate::{Error, Result, Tx, audit};

/// Files of one dispute.
const MOST_FILES: i64 = 10;

/// A dispute as the database's JSON has it, for the customer's page and the desk alike.
#[derive(Deserialize)]
struct Row {
    id: Uuid,
    line_no: i32,
    sku: String,
    name: String,
    reason: String,
    quantity: Decimal,
    words: String,
    status: String,
    by_name: String,
    at: chrono::DateTime<chrono::Utc>,
    answer: String,
    ended_by: String,
    credit_note: Option<String>,
    evidence: Option<Vec<(Uuid, String, i64)>>,
}

impl Row {
    fn view(self, tx: &Tx) -> Result<Dispute> {
        Ok(Dispute {
            id: self.id.into(),
            line_no: self.line_no,
            sku: self.sku,
            name: self.name,
            reason: Reason::parse(&self.reason).ok_or_else(|| Error::odd("disputes.reason", &self.reason))?,
            quantity: quantity(self.quantity)?,
            words: self.words,
            state: State::parse(&self.status).ok_or_else(|| Error::odd("disputes.status", &self.status))?,
            by: self.by_name,
            at: tx.local(self.at),
            answer: self.answer,
            answered_by: self.ended_by,
            credit_note: self.credit_note.unwrap_or_default(),
            evidence: self
                .evidence
                .unwrap_or_default()
                .into_iter()
                .map(|(id, name, size)| Evidence { id, name, size })
                .collect(),
        })
    }
}

fn quantity(of: Decimal) -> Result<Quantity> {
    Quantity::new(of).ok_or_else(|| Error::odd("quantity", &of.to_string()))
}

fn stated(code: &str) -> Result<State> {
    State::parse(code).ok_or_else(|| Error::odd("disputes.status", code))
}

/// Disputes a line of an invoice. Invalid when it is disputed already; not found for a credit note.
pub async fn raise(tx: &mut Tx, number: &str, line_no: i32, form: &DisputeForm) -> Result<DisputeId> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceDispute)?;
    let account = actor.account();
    let line = sqlx::query!(
        "SELECT i.id, l.quantity, l.name FROM invoices i JOIN invoice_lines l ON (l.account_id, l.invoice_id) = (i.account_id, i.id)
         WHERE i.account_id = $1 AND i.number = $2 AND i.kind = 'invoice' AND l.line_no = $3",
        account.0,
        number,
        line_no
    )
    .fetch_one(tx.db())
    .await?;
    let quantity = form.check(line_no, quantity(line.quantity)?)?;
    let id = crate::new_id::<DisputeId>();
    let now = tx.now();
    let done = sqlx::query!(
        "INSERT INTO disputes (account_id, id, invoice_id, line_no, reason, quantity, words, member_id, by_name, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (account_id, invoice_id, line_no) WHERE status = 'open' DO NOTHING",
        account.0,
        id.0,
        line.id,
        line_no,
        form.reason.code(),
        quantity.value(),
        form.words.trim(),
        actor.member()?.0,
        actor.name(),
        now
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        let words = "This line is disputed already.";
        return Err(Problem::invalid(&format!("dispute-words-{line_no}"), words).into());
    }
    let detail = json!({ "line": line_no, "reason": form.reason.code(), "quantity": quantity.value(), "words": form.words.trim() });
    audit::record(tx, "invoice.disputed", number, detail).await?;
    let text = format!("{} disputes {number}", actor.name());
    let body = format!("{}: {}\n“{}”", line.name, form.reason.label(), form.words.trim());
    tell_seller(tx, account, &text, &body).await?;
    Ok(id)
}

/// Tells the seller by mail: those who answer, where they answer; and the account's own contact, who may not, that it is so.
async fn tell_seller(tx: &mut Tx, account: AccountId, text: &str, words: &str) -> Result<()> {
    let seller =
        sqlx::query!(r#"SELECT s.name, s.email, (SELECT c.email FROM my_contact() c) AS contact FROM seller s"#)
            .fetch_one(tx.db())
            .await?;
    let subject: String = format!("{}: {text}", seller.name).chars().take(140).collect();
    let contact = seller.contact.filter(|contact| *contact != seller.email);
    let answer = format!("{text}.\n\n{words}\n\nAnswer here:\n{{origin}}/finance/disputes\n");
    let told = contact.map(|to| (to, format!("{text}.\n\n{words}\n\nCustomer service answers it.\n")));
    for (to, body) in std::iter::once((seller.email, answer)).chain(told) {
        outbox::send(tx, account, &Message::Mail { to, subject: subject.clone(), body }).await?;
    }
    Ok(())
}

/// Takes an open dispute back. A conflict when it has ended.
pub async fn withdraw(tx: &mut Tx, id: DisputeId) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceDispute)?;
    let row = sqlx::query!(
        "SELECT d.status, i.number, d.line_no FROM disputes d JOIN invoices i ON (i.account_id, i.id) = (d.account_id, d.invoice_id)
         WHERE d.account_id = $1 AND d.id = $2",
        actor.account().0,
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    let state = stated(&row.status)?.end(State::Withdrawn)?;
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE disputes SET status = $3, ended_by = $4, ended_at = $5 WHERE account_id = $1 AND id = $2 AND status = 'open'",
        actor.account().0,
        id.0,
        state.code(),
        actor.name(),
        now
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        // It has been answered in between.
        let now = sqlx::query_scalar!(
            "SELECT status FROM disputes WHERE account_id = $1 AND id = $2",
            actor.account().0,
            id.0
        )
        .fetch_one(tx.db())
        .await?;
        stated(&now)?.end(State::Withdrawn)?;
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    audit::record(tx, "invoice.dispute.withdrawn", &row.number, json!({ "line": row.line_no })).await
}

/// Attaches a piece of evidence to an open dispute. The same content twice is there once.
pub async fn attach(tx: &mut Tx, id: DisputeId, name: &str, bytes: &[u8]) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceDispute)?;
    let (name, media_type) = files::checked(name, bytes)?;
    let number = sqlx::query_scalar!(
        "SELECT i.number FROM disputes d JOIN invoices i ON (i.account_id, i.id) = (d.account_id, d.invoice_id)
         WHERE d.account_id = $1 AND d.id = $2 AND d.status = 'open'",
        actor.account().0,
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    let now = tx.now();
    let done = sqlx::query!(
        "INSERT INTO dispute_files (account_id, id, dispute_id, name, media_type, size, sha256, by_name, at, bytes)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
         WHERE (SELECT count(*) FROM dispute_files f WHERE f.account_id = $1 AND f.dispute_id = $3) < $11
         ON CONFLICT ON CONSTRAINT shown_once DO NOTHING",
        actor.account().0,
        crate::new_id::<Uuid>(),
        id.0,
        name,
        media_type,
        i32::try_from(bytes.len()).unwrap_or(i32::MAX),
        &Sha256::digest(bytes)[..],
        actor.name(),
        now,
        bytes,
        MOST_FILES
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Problem::invalid("file", "This file is attached already, or there are 10 files.").into());
    }
    audit::record(tx, "invoice.dispute.file", &number, json!({ "name": name, "bytes": bytes.len() })).await
}

/// The number of the disputed invoice, for whoever may see it: where a form goes back to.
pub async fn invoice_of(tx: &mut Tx, id: DisputeId) -> Result<String> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    Ok(sqlx::query_scalar!(
        "SELECT i.number FROM disputes d JOIN invoices i ON (i.account_id, i.id) = (d.account_id, d.invoice_id)
         WHERE d.account_id = $1 AND d.id = $2",
        actor.account().0,
        id.0
    )
    .fetch_one(tx.db())
    .await?)
}

/// A piece of evidence, for the account's finance users and whoever answers. One statement.
pub async fn file(tx: &mut Tx, id: DisputeId, file: Uuid) -> Result<File> {
    let actor = tx.actor()?;
    let account = if actor.is_staff() {
        actor.require(Permission::InvoiceIssue)?;
        None
    } else {
        actor.require(Permission::InvoiceRead)?;
        Some(actor.account().0)
    };
    let row = sqlx::query!(
        "SELECT name, bytes FROM dispute_files WHERE id = $1 AND dispute_id = $2 AND ($3::uuid IS NULL OR account_id = $3)",
        file,
        id.0,
        account
    )
    .fetch_one(tx.db())
    .await?;
    Ok(File { name: row.name, bytes: row.bytes })
}
