//! Handing one's decisions to a colleague for a time.

use chrono::NaiveDate;
use domain::ids::MemberId;
use domain::notices::Kind;
use domain::{Money, Permission, Problem, text};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::error::exactly;
use crate::notices::{self, Note};
use crate::{Result, Tx, audit};

/// From `first` to `last` the colleague may decide in the asking member's name, up to `cap`. Not found for anybody who is
/// not an active member of the account.
pub async fn delegate(
    tx: &mut Tx,
    to: MemberId,
    first: NaiveDate,
    last: NaiveDate,
    cap: Option<Decimal>,
) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderApprove)?;
    let member = actor.member()?;
    if to == member {
        return Err(Problem::invalid("to", "Choose a colleague.").into());
    }
    if last < first || last < tx.today() {
        return Err(Problem::invalid("last", "Choose a last day that is not over and not before the first.").into());
    }
    if (last - first).num_days() > 366 {
        return Err(Problem::invalid("last", "Delegate for at most a year.").into());
    }
    let cap = cap.map(|c| Money::new(c, actor.currency()));
    if cap.is_some_and(|c| c.amount() <= Decimal::ZERO || c.rounded() != c) {
        return Err(Problem::invalid("cap", "Enter an amount above 0, or leave it empty.").into());
    }
    let name = sqlx::query_scalar!(
        "SELECT p.name FROM members m JOIN people p ON p.id = m.person_id WHERE m.account_id = $1 AND m.id = $2 AND m.status = 'active'",
        actor.account().0,
        to.0
    )
    .fetch_one(tx.db())
    .await?;
    let done = sqlx::query!(
        "INSERT INTO delegations (account_id, id, from_member, to_member, first_day, last_day, cap, currency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        actor.account().0,
        crate::new_id::<Uuid>(),
        member.0,
        to.0,
        first,
        last,
        cap.map(Money::amount),
        actor.currency().code()
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let limit = cap.map_or_else(String::new, |c| format!(", for orders up to {}", text::money(c)));
    let note = Note {
        member: to,
        kind: Kind::Company,
        text: format!(
            "{} hands you their approvals from {} to {}{limit}",
            actor.name(),
            text::date(first),
            text::date(last)
        ),
        href: "/approvals".to_owned(),
        mail: "What waits for you:".to_owned(),
    };
    notices::tell(tx, actor.account(), &[note]).await?;
    let detail = json!({ "first": first, "last": last, "cap": cap.map(Money::amount) });
    audit::record(tx, "approval.delegated", &name, detail).await
}

/// Ends one of the asking member's own delegations today.
pub async fn end_delegation(tx: &mut Tx, id: Uuid) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderApprove)?;
    let now = tx.now();
    let name = sqlx::query_scalar!(
        "UPDATE delegations d SET ended_at = $4 FROM members m JOIN people p ON p.id = m.person_id
         WHERE d.account_id = $1 AND d.id = $2 AND d.from_member = $3 AND d.ended_at IS NULL AND (m.account_id, m.id) = (d.account_id, d.to_member)
         RETURNING p.name",
        actor.account().0,
        id,
        actor.member()?.0,
        now
    )
    .fetch_one(tx.db())
    .await?;
    audit::record(tx, "approval.delegation_ended", &name, json!({})).await
}
