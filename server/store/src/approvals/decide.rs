//! Deciding: yes, no, or a question. One decision a version; the second of two people sees what happened.

use domain::approvals::{Say, Verdict};
use domain::{Actor, Cause, Permission, Problem};
use serde_json::json;

use super::finish;
use super::flow::{self, Open, ask, odd};
use crate::error::exactly;
use crate::notices::{self, Note};
use crate::{Result, Tx, audit};

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
    let name = open.seats.iter().find(|s| s.id == say.name_of).map(|s| s.name.as_str()).unwrap_or_default();
    Ok(if say.name_of == own { actor.name().to_owned() } else { format!("{} for {name}", actor.name()) })
}

/// Decides over an order that waits. `version` is what the person saw; a rejection and a question need `words`.
///
/// Not found for an order without a flow or out of reach; forbidden when it is not the person's turn and they may only
/// look; a stale version is a conflict.
pub async fn decide(tx: &mut Tx, number: &str, version: i32, verdict: Verdict, words: &str) -> Result<Answer> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderApprove)?;
    let member = actor.member()?;
    let words: String = words.trim().chars().take(1000).collect();
    if words.is_empty() && verdict != Verdict::Approve {
        let what = if verdict == Verdict::Reject { "Say why: the buyer reads it." } else { "Write your question." };
        return Err(Problem::invalid("words", what).into());
    }
    let open = flow::lock(tx, &actor, number).await?;
    if open.flow_status != "open" || open.version != version {
        visible(&actor, &open)?;
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let today = tx.today();
    let says = open.flow.says(member, &open.seats, &open.delegations, today, open.total);
    let Some(say) = says.into_iter().next() else {
        visible(&actor, &open)?;
        return Err(Problem::Forbidden.into());
    };
    let by = by_words(&actor, &open, &say)?;
    log(tx, &actor, &open, verdict, &say, &by, &words).await?;
    let detail = json!({ "by": by, "words": words, "version": version });
    match verdict {
        Verdict::Question => {
            let note = Note {
                member: open.flow.requester,
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
        Verdict::Approve => {
            audit::record(tx, "approval.approved", &open.number, detail).await?;
            let before = open.flow.waits_for(&open.seats);
            let mut flow = open.flow.clone();
            flow.marks.extend(say.marks);
            if flow.done() {
                return finish::approve(tx, &actor, &open, &by).await;
            }
            ask(tx, &actor, open.order, &open.number, open.total, &flow, &open.seats, &before).await?;
            Ok(Answer::Waits)
        }
    }
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
    let marks = if verdict == Verdict::Approve { say.marks.as_slice() } else { &[] };
    let done = sqlx::query!(
        "WITH moved AS (UPDATE approval_flows SET version = version + 1
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
            text: format!("{} answers about {}: {words}", actor.name(), open.number),
            href: format!("/approvals/{}", open.number),
            mail: "Decide here:".to_owned(),
        })
        .collect();
    notices::tell(tx, actor.account(), &notes).await?;
    audit::record(tx, "approval.answered", &open.number, json!({ "words": words })).await
}
