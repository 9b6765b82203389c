//! What waits too long: those for whom it waits are reminded, later those above them may decide in their name.

use chrono::{DateTime, Utc};
use domain::approvals::{Flow, Patience};
use domain::ids::{AccountId, MemberId};
use domain::notices::Kind;
use domain::{Permission, working};
use serde_json::json;

use super::flow::{People, odd};
use crate::error::exactly;
use crate::notices::{self, Note};
use crate::{Result, Store, Tx, audit};

/// How many orders are looked at in one transaction.
const AT_ONCE: i64 = 200;

/// Reminds and escalates what has waited long enough, in working hours only; gives how many were chased. Several
/// servers may do this at once: each order is taken by one of them.
pub async fn chase(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.job(now).await?;
    if !working::is_open(tx.local(now)) {
        return Ok(0);
    }
    // Who has waited for fewer hours by the clock has waited for fewer working hours, too.
    let rows = sqlx::query!(
        r#"SELECT f.account_id, f.order_id, f.requester, f.rules, f.waiting_since, f.reminded_at, a.remind_after, a.escalate_after, o.number, o.placed_by,
                  (SELECT jsonb_agg(m) FROM approval_log l, jsonb_array_elements(l.marks) m
                   WHERE (l.account_id, l.order_id) = (f.account_id, f.order_id)) AS marks,
                  p.seats, p.delegations
           FROM approval_flows f JOIN accounts a ON a.id = f.account_id JOIN orders o ON (o.account_id, o.id) = (f.account_id, f.order_id)
           JOIN flow_people p ON p.account_id = f.account_id
           WHERE f.status = 'open' AND f.escalated_at IS NULL
             AND f.waiting_since <= $1::timestamptz - make_interval(hours => least(CASE WHEN f.reminded_at IS NULL THEN a.remind_after END, a.escalate_after))
           ORDER BY f.waiting_since LIMIT $2 FOR UPDATE OF f SKIP LOCKED"#,
        now,
        AT_ONCE
    )
    .fetch_all(tx.db())
    .await?;
    let mut chased = 0;
    for r in rows {
        let waited = working::between(tx.local(r.waiting_since), tx.local(now));
        let beyond = |hours: Option<i32>| hours.is_some_and(|h| waited >= chrono::Duration::hours(h.into()));
        let escalates = beyond(r.escalate_after);
        if !escalates && (r.reminded_at.is_some() || !beyond(r.remind_after)) {
            continue;
        }
        chased += 1;
        let flow = Flow {
            requester: r.requester.into(),
            rules: serde_json::from_value(r.rules).map_err(|e| odd(&e))?,
            marks: r.marks.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?,
        };
        let people = People::of(r.seats, r.delegations)?;
        let hours = waited.num_hours();
        let note = |member: MemberId, text: String| Note {
            member,
            kind: Kind::Ask,
            text,
            href: format!("/approvals/{}", r.number),
            mail: "Sign in to decide:".to_owned(),
        };
        let waits = flow.waits_for(&people.seats);
        let mut notes: Vec<Note> = waits
            .iter()
            .map(|m| note(*m, format!("{} of {} has waited for you for {hours} working hours", r.number, r.placed_by)))
            .collect();
        let action = if escalates {
            let above = flow.escalation(&people.seats, tx.today());
            let names: Vec<&str> = waits.iter().map(|m| people.name(*m)).collect();
            let mut members: Vec<MemberId> = above.iter().map(|d| d.to).filter(|m| !waits.contains(m)).collect();
            members.sort();
            members.dedup();
            notes.extend(members.into_iter().map(|m| {
                note(
                    m,
                    format!(
                        "{} has waited for {} for {hours} working hours: you may decide now",
                        r.number,
                        names.join(", ")
                    ),
                )
            }));
            "approval.escalated"
        } else {
            "approval.reminded"
        };
        let account = AccountId(r.account_id);
        let done = sqlx::query!(
            "UPDATE approval_flows SET reminded_at = $3, escalated_at = CASE WHEN $4 THEN $3::timestamptz END WHERE account_id = $1 AND order_id = $2",
            r.account_id,
            r.order_id,
            now,
            escalates
        )
        .execute(tx.db())
        .await?;
        exactly(1, &done)?;
        notices::tell(&mut tx, account, &notes).await?;
        audit::record_job(&mut tx, account, "Buyerdesk", action, &r.number, json!({ "working_hours": hours })).await?;
    }
    tx.commit().await?;
    Ok(chased)
}

/// After how many working hours the account's approvers are reminded, and others may decide.
pub async fn save_patience(tx: &mut Tx, patience: Patience) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    patience.check()?;
    let done = sqlx::query!(
        "UPDATE accounts SET remind_after = $2, escalate_after = $3 WHERE id = $1",
        actor.account().0,
        patience.remind,
        patience.escalate
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    audit::record(tx, "settings.saved", "reminders", json!(patience)).await
}
