//! Acting for a member. The seller's people ask and begin, for customers of theirs; the member consents or declines where the
//! company wants to be asked; account admins see every session with what was done, end one, and set the policy. A member sees
//! the sessions about themself. Nobody does any of it while acting for somebody.

use chrono::{DateTime, Utc};
use domain::assistance::{AssistancePage, AssistanceRow, Deed, LASTS, OwnRow, Policy, State, reason};
use domain::ids::{AccountId, AssistanceId, MemberId};
use domain::notices::Kind;
use domain::{Cause, Permission, Problem};
use serde_json::json;
use uuid::Uuid;

use crate::error::exactly;
use crate::notices::{self, Note};
use crate::outbox::{self, Message};
use crate::{Error, Result, Tx, audit};

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It has begun: the account and the session, for the web session to remember.
    Begun(AccountId, AssistanceId),
    /// The member is asked; the customer's number.
    Waits(String),
}

fn policy(code: &str) -> Result<Policy> {
    Policy::parse(code).ok_or_else(|| Error::odd("accounts.on_behalf", code))
}

fn state(
    code: &str,
    asked: DateTime<Utc>,
    answered: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<State> {
    State::at(code, answered.unwrap_or(asked), until, now).ok_or_else(|| Error::odd("assistance.state", code))
}

/// Somebody of the seller's wants to act for a member: at once where the company allows it, after the member's consent where it
/// wants to be asked. Not found for customers that are not theirs.
pub async fn ask(tx: &mut Tx, customer: &str, member: MemberId, why: &str) -> Result<Asked> {
    let actor = tx.actor()?;
    actor.require(Permission::ActOnBehalf)?;
    let row = sqlx::query!(
        "SELECT a.id, a.on_behalf, p.name, s.name AS seller, me.email FROM accounts a
         JOIN members m ON m.account_id = a.id AND m.id = $2 AND m.status = 'active'
         JOIN people p ON p.id = m.person_id JOIN people me ON me.id = $3 CROSS JOIN seller s
         WHERE a.number = $1 AND a.status <> 'closed'",
        customer,
        member.0,
        actor.person().0
    )
    .fetch_one(tx.db())
    .await?;
    let why = reason(why)?;
    let begins = match policy(&row.on_behalf)? {
        Policy::Never => return Err(Problem::Conflict(Cause::OnBehalfNever).into()),
        Policy::Ask => false,
        Policy::Allowed => true,
    };
    let (account, id, now) = (AccountId(row.id), crate::new_id::<AssistanceId>(), tx.now());
    tx.work_in(account)?;
    let done = sqlx::query!(
        "INSERT INTO assistance (account_id, id, member_id, member_name, person_id, person_name, person_email, reason, state, asked_at, started_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $9 THEN 'running' ELSE 'asked' END, $10::timestamptz, CASE WHEN $9 THEN $10::timestamptz END, CASE WHEN $9 THEN $11::timestamptz END)",
        account.0,
        id.0,
        member.0,
        row.name,
        actor.person().0,
        actor.name(),
        row.email,
        why,
        begins,
        now,
        now + LASTS
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let who = format!("{} of {}", actor.name(), row.seller);
    let (kind, words, mail) = if begins {
        (Kind::Company, format!("{who} acts on your behalf for up to an hour: {why}"), "See what is done, or end it:")
    } else {
        (Kind::Ask, format!("{who} asks to act on your behalf: {why}"), "Agree or decline here:")
    };
    let note = Note { member, kind, text: words, href: "/company/assistance".to_owned(), mail: mail.to_owned() };
    notices::tell(tx, account, &[note]).await?;
    let action = if begins { "assistance.started" } else { "assistance.asked" };
    audit::record_of(tx, id, action, &row.name, json!({ "reason": why })).await?;
    Ok(if begins { Asked::Begun(account, id) } else { Asked::Waits(customer.to_owned()) })
}

/// Begins a session to which the member has agreed.
pub async fn begin(tx: &mut Tx, id: AssistanceId) -> Result<(AccountId, AssistanceId)> {
    let actor = tx.actor()?;
    actor.require(Permission::ActOnBehalf)?;
    let row = sqlx::query!(
        "SELECT h.account_id, h.member_id, h.member_name, h.reason, h.state, h.asked_at, h.answered_at, a.on_behalf FROM assistance h
         JOIN accounts a ON a.id = h.account_id AND a.status <> 'closed' JOIN members m ON (m.account_id, m.id) = (h.account_id, h.member_id) AND m.status = 'active'
         WHERE h.id = $1 AND h.person_id = $2 FOR UPDATE OF h",
        id.0,
        actor.person().0
    )
    .fetch_one(tx.db())
    .await?;
    let (account, now) = (AccountId(row.account_id), tx.now());
    if policy(&row.on_behalf)? == Policy::Never {
        return Err(Problem::Conflict(Cause::OnBehalfNever).into());
    }
    if state(&row.state, row.asked_at, row.answered_at, None, now)? != State::Agreed {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    tx.work_in(account)?;
    let done = sqlx::query!(
        "UPDATE assistance SET state = 'running', started_at = $3, expires_at = $4 WHERE account_id = $1 AND id = $2",
        account.0,
        id.0,
        now,
        now + LASTS
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let note = Note {
        member: row.member_id.into(),
        kind: Kind::Company,
        text: format!("{} acts on your behalf for up to an hour: {}", actor.name(), row.reason),
        href: "/company/assistance".to_owned(),
        mail: "You agreed to it. See what is done, or end it:".to_owned(),
    };
    notices::tell(tx, account, &[note]).await?;
    audit::record_of(tx, id, "assistance.started", &row.member_name, json!({ "reason": row.reason })).await?;
    Ok((account, id))
}

/// Whoever acts stops. Nothing happens when it is over already.
pub async fn stop(tx: &mut Tx) -> Result<()> {
    let actor = tx.actor()?;
    let behalf = actor.behalf().ok_or(Problem::Forbidden)?;
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE assistance SET state = 'ended', ended_at = $3, ended_by = $4 WHERE account_id = $1 AND id = $2 AND state = 'running'",
        actor.account().0,
        behalf.id.0,
        now,
        behalf.name
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 1 {
        audit::record(tx, "assistance.ended", &behalf.member, json!({})).await?;
    }
    Ok(())
}

/// The member agrees or declines; whoever asked is mailed.
pub async fn answer(tx: &mut Tx, id: AssistanceId, agree: bool) -> Result<()> {
    let actor = tx.actor()?;
    actor.in_person()?;
    let (account, now) = (actor.account().0, tx.now());
    let row = sqlx::query!(
        "SELECT h.state, h.asked_at, h.member_name, h.person_email, h.person_name, a.name AS company, a.number, s.name AS seller
         FROM assistance h JOIN accounts a ON a.id = h.account_id CROSS JOIN seller s
         WHERE h.account_id = $1 AND h.id = $2 AND h.member_id = $3 FOR UPDATE OF h",
        account,
        id.0,
        actor.member()?.0
    )
    .fetch_one(tx.db())
    .await?;
    if state(&row.state, row.asked_at, None, None, now)? != State::Asked {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let done = sqlx::query!(
        "UPDATE assistance SET state = $3, answered_at = $4, ended_by = CASE WHEN $3 = 'declined' THEN member_name ELSE '' END
         WHERE account_id = $1 AND id = $2",
        account,
        id.0,
        if agree { "agreed" } else { "declined" },
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let (verb, next) = if agree {
        ("agrees that you act", "It is valid for a day. Begin from the customer's page")
    } else {
        ("does not want you to act", "The customer's page")
    };
    let mail = Message::Mail {
        to: row.person_email,
        subject: format!("{}: {} {verb} on their behalf", row.seller, row.member_name),
        body: format!(
            "{} of {} {verb} on their behalf.\n\n{next}:\n{{origin}}/sales/customers/{}\n",
            row.member_name, row.company, row.number
        ),
    };
    outbox::send(tx, actor.account(), &mail).await?;
    let action = if agree { "assistance.agreed" } else { "assistance.declined" };
    audit::record_of(tx, id, action, &row.person_name, json!({})).await
}

/// The member, or an account admin, ends a session. Whoever acts is themself again with their next click.
pub async fn end(tx: &mut Tx, id: AssistanceId) -> Result<()> {
    let actor = tx.actor()?;
    actor.in_person()?;
    let (own, now) = (own(tx)?, tx.now());
    let name = sqlx::query_scalar!(
        "UPDATE assistance SET state = 'ended', ended_at = $3, ended_by = $4
         WHERE account_id = $1 AND id = $2 AND ($5::uuid IS NULL OR member_id = $5) AND state = 'running' AND expires_at > $3
         RETURNING person_name",
        actor.account().0,
        id.0,
        now,
        actor.name(),
        own.map(|m| m.0)
    )
    .fetch_one(tx.db())
    .await?;
    audit::record_of(tx, id, "assistance.ended", &name, json!({})).await
}

/// What the company lets the seller's people do. "Never" ends what is under way with the next click.
pub async fn set_policy(tx: &mut Tx, wanted: Policy) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let done = sqlx::query!("UPDATE accounts SET on_behalf = $2 WHERE id = $1", actor.account().0, wanted.code())
        .execute(tx.db())
        .await?;
    exactly(1, &done)?;
    audit::record(tx, "settings.saved", "on behalf", json!({ "on_behalf": wanted.code() })).await
}

/// The member to whom the asker's view is narrowed; none for those who see the company's.
fn own(tx: &Tx) -> Result<Option<MemberId>> {
    let actor = tx.actor()?;
    Ok(if actor.may(Permission::AssistanceRead) { None } else { Some(actor.member()?) })
}

/// Sessions with what was done in each, the newest first: the company's for account admins, one's own for everybody else. Two
/// statements.
pub async fn list(tx: &mut Tx) -> Result<AssistancePage> {
    let actor = tx.actor()?;
    actor.in_person()?;
    let member = actor.member()?;
    let (own, now) = (own(tx)?, tx.now());
    let set = sqlx::query!(
        "SELECT a.on_behalf, s.name FROM accounts a CROSS JOIN seller s WHERE a.id = $1",
        actor.account().0
    )
    .fetch_one(tx.db())
    .await?;
    let rows = sqlx::query!(
        r#"SELECT h.id, h.member_id, h.member_name, h.person_name, h.reason, h.state, h.asked_at, h.answered_at, h.started_at, h.expires_at,
                  h.ended_at, h.ended_by,
                  (SELECT jsonb_agg(l.line ORDER BY l.seq) FROM assistance_entries e JOIN audit_log l ON (l.account_id, l.seq) = (e.account_id, e.seq)
                   WHERE (e.account_id, e.assistance_id) = (h.account_id, h.id)) AS lines
           FROM assistance h WHERE h.account_id = $1 AND ($2::uuid IS NULL OR h.member_id = $2)
           ORDER BY h.asked_at DESC, h.id DESC LIMIT 100"#,
        actor.account().0,
        own.map(|m| m.0)
    )
    .fetch_all(tx.db())
    .await?;
    let rows = rows
        .into_iter()
        .map(|r| {
            let state = state(&r.state, r.asked_at, r.answered_at, r.expires_at, now)?;
            let over = r.ended_at.or(r.expires_at).map(|end| end.min(now));
            let lines: Vec<String> = r
                .lines
                .map_or(Ok(Vec::new()), serde_json::from_value)
                .map_err(|e| Error::odd("assistance_entries", &e.to_string()))?;
            Ok(AssistanceRow {
                id: r.id.into(),
                by: r.person_name,
                member: r.member_name,
                reason: r.reason,
                state,
                asked_at: tx.local(r.asked_at),
                started_at: r.started_at.map(|t| tx.local(t)),
                minutes: r.started_at.zip(over).map(|(from, to)| ((to - from).num_seconds() + 59) / 60),
                ended_by: r.ended_by,
                deeds: lines.iter().map(|line| deed(tx, line)).collect::<Result<_>>()?,
                can_answer: state == State::Asked && MemberId(r.member_id) == member,
                can_end: state == State::Running,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(AssistancePage {
        rows,
        policy: policy(&set.on_behalf)?,
        sees_all: own.is_none(),
        can_set: actor.may(Permission::CompanyManage),
        seller: set.name,
    })
}

fn deed(tx: &Tx, line: &str) -> Result<Deed> {
    let odd = || Error::odd("audit_log.line", line);
    let entry: serde_json::Value = serde_json::from_str(line).map_err(|_| odd())?;
    let text = |key: &str| entry.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let at: DateTime<Utc> = text("at").parse().map_err(|_| odd())?;
    Ok(Deed { at: tx.local(at), action: text("action"), what: text("what") })
}

/// One row of [`mine`], as JSON has it.
type Mine = (Uuid, String, String, String, String, String, DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// The asking person's own questions and sessions of the last days, from what a page's statement read (see `customers`).
pub(crate) fn mine(tx: &Tx, json: Option<serde_json::Value>) -> Result<Vec<OwnRow>> {
    let rows: Vec<Mine> =
        json.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| Error::odd("assistance", &e.to_string()))?;
    rows.into_iter()
        .map(|(id, customer, company, member, reason, code, asked, answered, until)| {
            let state = state(&code, asked, answered, until, tx.now())?;
            Ok(OwnRow { id: id.into(), customer, company, member, reason, state })
        })
        .filter(|row| !matches!(row, Ok(r) if matches!(r.state, State::Lapsed | State::Ended)))
        .collect()
}
