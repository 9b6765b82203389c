//! Deciding: yes, no, or a question. One decision a version; the second of two people sees what happened.

use domain::approvals::{Say, Verdict};
use domain::notices::Kind;
use domain::orders::Status;
use domain::{Actor, Cause, Permission, Problem, text};
use serde_json::json;

use super::change::{self, Quantities};
use super::finish;
use super::flow::{self, Open, ask, odd};
use crate::error::exactly;
use crate::notices::{self, Note};
use crate::orders::advance;
use crate::{Error, Result, Tx, audit};

/// What became of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Others decide next.
    Waits,
    /// The last yes: the order is confirmed, or held by the seller.
    Approved,
    /// The last yes came too late: this had changed, and the order went back to the buyer.
    Returned(Vec<String>),
    /// No.
    Rejected,
    /// Asked; nothing is decided.
    Asked,
}

/// Who speaks: "X" or "X for Y".
fn by_words(actor: &Actor, open: &Open, say: &Say) -> Result<String> {
    let own = actor.member()?;
    let name = open.people.name(say.name_of);
    Ok(if say.name_of == own { actor.name().to_owned() } else { format!("{} for {name}", actor.name()) })
}

/// Decides over an order that waits. `version` is what the person saw; a rejection and a question need `words`;
/// `quantities` are what stood in the form, if it asked for any.
///
/// Not found for an order without a flow or out of reach; forbidden when it is not the person's turn and they may only
/// look; a stale version is a conflict.
pub async fn decide(
    tx: &mut Tx,
    number: &str,
    version: i32,
    verdict: Verdict,
    words: &str,
    quantities: &Quantities,
) -> Result<Answer> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderApprove)?;
    let member = actor.member()?;
    let mut words: String = words.trim().chars().take(1000).collect();
    match verdict {
        Verdict::Reject if words.is_empty() => {
            return Err(Problem::invalid("words", "Say why: the buyer reads it.").into());
        }
        Verdict::Question if words.is_empty() => return Err(Problem::invalid("words", "Write your question.").into()),
        _ => {}
    }
    let mut open = flow::lock(tx, &actor, number).await?;
    if open.flow_status != "open" || open.version != version {
        visible(&actor, &open)?;
        return Err(Problem::Conflict(meanwhile(tx, &actor, &open).await?).into());
    }
    let today = tx.today();
    let stand_ins = open.people.stand_ins(&open.flow, open.escalated, today);
    let says = open.flow.says(member, &open.people.seats, &stand_ins, today, open.total);
    let Some(say) = says.into_iter().next() else {
        visible(&actor, &open)?;
        return Err(Problem::Forbidden.into());
    };
    let by = by_words(&actor, &open, &say)?;
    if verdict == Verdict::Change || verdict == Verdict::Approve && !quantities.is_empty() {
        let changes = change::read(tx, &actor, &open, quantities).await?;
        if verdict == Verdict::Change {
            let changed = change::apply(tx, &actor, &mut open, changes).await?;
            words = if words.is_empty() { changed } else { format!("{changed}. {words}") };
            tell_changed(tx, &actor, &mut open, &by, &words).await?;
        } else if changes.any() {
            let words = "You lowered quantities: choose “Approve with changes”, or set them back.";
            return Err(Problem::invalid("words", words).into());
        }
    }
    log(tx, &actor, &open, verdict, &say, &by, &words).await?;
    let detail = json!({ "by": by, "words": words, "version": version });
    match verdict {
        Verdict::Question => {
            let note = Note {
                member: open.flow.requester,
                kind: Kind::Talk,
                text: format!("{by} asks about {}: {words}", open.number),
                href: format!("/approvals/{}", open.number),
                mail: "Answer here:".to_owned(),
            };
            notices::tell(tx, actor.account(), &[note]).await?;
            audit::record(tx, "approval.asked", &open.number, detail).await?;
            Ok(Answer::Asked)
        }
        Verdict::Reject => {
            audit::record(tx, "approval.rejected", &open.number, detail).await?;
            finish::reject(tx, &actor, &open, &by, &words).await?;
            Ok(Answer::Rejected)
        }
        Verdict::Approve | Verdict::Change => {
            audit::record(tx, "approval.approved", &open.number, detail).await?;
            let before = open.flow.waits_for(&open.people.seats);
            let mut flow = open.flow.clone();
            flow.marks.extend(say.marks);
            if flow.done() {
                return finish::approve(tx, &actor, &open, &by).await;
            }
            ask(tx, &actor, open.order, &open.number, open.total, &flow, &open.people, &before).await?;
            Ok(Answer::Waits)
        }
    }
}

/// Why a decision came too late: who said what before.
async fn meanwhile(tx: &mut Tx, actor: &Actor, open: &Open) -> Result<Cause> {
    let last = sqlx::query!(
        "SELECT by_words, verdict, at FROM approval_log
         WHERE account_id = $1 AND order_id = $2 AND version IS NOT NULL ORDER BY seq DESC LIMIT 1",
        actor.account().0,
        open.order.0
    )
    .fetch_optional(tx.db())
    .await?;
    Ok(last.map_or(Cause::Stale, |l| Cause::Decided {
        by: l.by_words,
        what: said(&l.verdict).to_owned(),
        at: text::date_time(tx.local(l.at)),
    }))
}

/// An entry of the log, as a verb.
pub(super) fn said(verdict: &str) -> &'static str {
    match Verdict::parse(verdict) {
        Some(Verdict::Approve) => "approved",
        Some(Verdict::Change) => "approved with changes",
        Some(Verdict::Reject) => "rejected",
        Some(Verdict::Question) => "asked",
        None => "answered",
    }
}

/// The order's history and its buyer learn what was changed.
async fn tell_changed(tx: &mut Tx, actor: &Actor, open: &mut Open, by: &str, words: &str) -> Result<()> {
    let present = Status::parse(&open.status).ok_or_else(|| Error::odd("orders.status", &open.status))?;
    advance(tx, open.order, open.order_version, &[(present, &format!("Changed: {words}"))], by).await?;
    open.order_version += 1;
    let note = Note {
        member: open.flow.requester,
        kind: Kind::Decision,
        text: format!("{by} changed {}: {words}", open.number),
        href: format!("/orders/{}", open.number),
        mail: format!("It is {} now, tax and delivery included.", text::money(open.total)),
    };
    notices::tell(tx, actor.account(), &[note]).await
}

/// Those who may not decide learn of the order's existence only if they may see it.
fn visible(actor: &Actor, open: &Open) -> Result<()> {
    let own = actor.member()? == open.flow.requester;
    let sees = match actor.only_own(Permission::OrderRead) {
        Ok(None) => true,
        Ok(Some(_)) | Err(_) => own,
    };
    if sees { Ok(()) } else { Err(Problem::NotFound.into()) }
}

/// Writes what was said; a decision moves the flow's version on.
async fn log(
    tx: &mut Tx,
    actor: &Actor,
    open: &Open,
    verdict: Verdict,
    say: &Say,
    by: &str,
    words: &str,
) -> Result<()> {
    let now = tx.now();
    let decides = verdict != Verdict::Question;
    let marks = if matches!(verdict, Verdict::Approve | Verdict::Change) { say.marks.as_slice() } else { &[] };
    let done = sqlx::query!(
        "WITH moved AS (UPDATE approval_flows SET version = version + 1, waiting_since = $11, reminded_at = NULL, escalated_at = NULL
                        WHERE account_id = $1 AND order_id = $2 AND $4::int IS NOT NULL)
         INSERT INTO approval_log (account_id, order_id, seq, version, verdict, member_id, name_of, by_words, words, marks, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        actor.account().0,
        open.order.0,
        open.said + 1,
        decides.then_some(open.version),
        verdict.code(),
        actor.member()?.0,
        say.name_of.0,
        by,
        words,
        serde_json::to_value(marks).map_err(|e| odd(&e))?,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}

/// The buyer's answer to a question; tells everybody who asked. Only for whoever sent the order, while it waits.
pub async fn answer(tx: &mut Tx, number: &str, words: &str) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderApprove)?;
    let member = actor.member()?;
    let words: String = words.trim().chars().take(1000).collect();
    if words.is_empty() {
        return Err(Problem::invalid("words", "Write your answer.").into());
    }
    let open = flow::lock(tx, &actor, number).await?;
    if open.flow.requester != member {
        visible(&actor, &open)?;
        return Err(Problem::Forbidden.into());
    }
    if open.flow_status != "open" {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let now = tx.now();
    let asked = sqlx::query_scalar!(
        "WITH said AS (INSERT INTO approval_log (account_id, order_id, seq, verdict, member_id, name_of, by_words, words, at)
                       VALUES ($1, $2, $3, 'answer', $4, $4, $5, $6, $7))
         SELECT DISTINCT member_id FROM approval_log WHERE account_id = $1 AND order_id = $2 AND verdict = 'question'",
        actor.account().0,
        open.order.0,
        open.said + 1,
        member.0,
        actor.name(),
        words,
        now
    )
    .fetch_all(tx.db())
    .await?;
    let notes: Vec<Note> = asked
        .into_iter()
        .map(|m| Note {
            member: m.into(),
            kind: Kind::Talk,
            text: format!("{} answers about {}: {words}", actor.name(), open.number),
            href: format!("/approvals/{}", open.number),
            mail: "Decide here:".to_owned(),
        })
        .collect();
    notices::tell(tx, actor.account(), &notes).await?;
    audit::record(tx, "approval.answered", &open.number, json!({ "words": words })).await
}
