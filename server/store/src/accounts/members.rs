//! Who sits in the account. For the account admin, except one's own profile.

use chrono::{DateTime, Utc};
use domain::accounts::{
    AuditRow, CostCentreRow, Invitation, MemberChange, MemberRow, MembersPage, ProfilePage, SessionRow,
};
use domain::actor::Role;
use domain::ids::{AccountId, MemberId, PersonId};
use domain::{Actor, Permission, Problem};
use serde_json::json;
use uuid::Uuid;

use super::links::{Purpose, issue};
use crate::error::exactly;
use crate::outbox::{self, Message};
use crate::{Error, Result, Store, Tx, audit};

fn roles(codes: &[String]) -> Vec<Role> {
    codes.iter().filter_map(|c| Role::parse(c)).collect()
}

fn codes(roles: &[Role]) -> Vec<String> {
    roles.iter().map(|r| r.code().to_owned()).collect()
}

/// The account's members by name.
pub async fn members(tx: &mut Tx) -> Result<MembersPage> {
    tx.actor()?.require(Permission::MemberManage)?;
    let rows = sqlx::query!(
        r#"SELECT m.id, p.name, p.email, m.roles, m.status, m.manager_id, m.cost_centres,
                  (SELECT count(*) FROM carts c JOIN cart_lines l ON (l.account_id, l.cart_id) = (c.account_id, c.id)
                   WHERE c.account_id = m.account_id AND c.member_id = m.id) AS "cart_lines!"
           FROM members m JOIN people p ON p.id = m.person_id ORDER BY p.name, p.id LIMIT 1000"#
    )
    .fetch_all(tx.db())
    .await?;
    let centres =
        sqlx::query!("SELECT code, name FROM cost_centres WHERE active ORDER BY code").fetch_all(tx.db()).await?;
    let members = rows
        .into_iter()
        .map(|r| MemberRow {
            id: r.id.into(),
            manager: r.manager_id.map(Into::into),
            cart_lines: r.cart_lines,
            name: r.name,
            email: r.email,
            roles: roles(&r.roles),
            cost_centres: r.cost_centres,
            inactive: r.status == "deactivated",
        })
        .collect();
    let cost_centres = centres.into_iter().map(|c| CostCentreRow { code: c.code, name: c.name }).collect();
    Ok(MembersPage { members, cost_centres })
}

/// Seats a person in the actor's account and mails them a link to choose a password.
///
/// Runs as a job after the permission check, because people exist across accounts.
pub async fn invite(
    store: &Store,
    actor: &Actor,
    invitation: &Invitation,
    origin: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    actor.require(Permission::MemberManage)?;
    let mut tx = store.job(now).await?;
    welcome(&mut tx, actor.account(), actor.name(), invitation, origin).await?;
    let (email, roles) = (invitation.email.as_str(), codes(&invitation.roles));
    let detail = json!({ "roles": roles });
    audit::record_job(&mut tx, actor.account(), actor.name(), "member.invited", email, detail).await?;
    tx.commit().await
}

/// Seats a person in an account and mails them, in the name of `by`. A person who already signs in elsewhere keeps their name
/// and password and just gets the seat.
pub(super) async fn welcome(
    tx: &mut Tx,
    account: AccountId,
    by: &str,
    invitation: &Invitation,
    origin: &str,
) -> Result<()> {
    let row = sqlx::query!(
        r#"WITH person AS (
               INSERT INTO people (id, email, name) VALUES ($1, $2, $3)
               ON CONFLICT ON CONSTRAINT people_email_taken DO UPDATE SET email = excluded.email
               RETURNING id)
           SELECT p.id AS "id!", EXISTS (SELECT 1 FROM credentials c WHERE c.person_id = p.id) AS "known!",
                  EXISTS (SELECT 1 FROM staff s WHERE s.person_id = p.id) AS "staff!",
                  (SELECT name FROM seller) AS "seller!", (SELECT name FROM accounts WHERE id = $4) AS "account!"
           FROM person p"#,
        crate::new_id::<Uuid>(),
        invitation.email.as_str(),
        invitation.name,
        account.0
    )
    .fetch_one(tx.db())
    .await?;
    if row.staff {
        return Err(Problem::invalid("email", "This address belongs to the seller's staff.").into());
    }
    let done = sqlx::query!(
        "INSERT INTO members (account_id, id, person_id, roles) VALUES ($1, $2, $3, $4)",
        account.0,
        crate::new_id::<Uuid>(),
        row.id,
        &codes(&invitation.roles)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let (name, seller) = (row.account, row.seller);
    let body = if row.known {
        format!(
            "{by} has given you a seat in {name} at {seller}.\n\nSign in as usual and switch accounts at the top right:\n{origin}/\n"
        )
    } else {
        let token = issue(tx, PersonId(row.id), Purpose::Invite).await?;
        format!(
            "{by} invites you to buy for {name} at {seller}.\n\nChoose your password within a week:\n{origin}/invite/{token}\n"
        )
    };
    let mail = Message::Mail {
        to: invitation.email.as_str().to_owned(),
        subject: format!("Your seat in {name} at {seller}"),
        body,
    };
    outbox::send(tx, account, &mail).await
}

/// Gives a member other roles, another manager, other cost centres. Nobody takes their own account admin role away, so that a
/// company always has one; a manager is an active colleague.
pub async fn change_member(tx: &mut Tx, id: MemberId, change: &MemberChange) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::MemberManage)?;
    let account = actor.account().0;
    change.check(id)?;
    if actor.member()? == id && !change.roles.contains(&Role::AccountAdmin) {
        return Err(Problem::invalid("roles", "You cannot stop being account admin. Ask another account admin.").into());
    }
    let codes = codes(&change.roles);
    let row = sqlx::query!(
        r#"SELECT m.roles, m.cost_centres, p.email,
                  ($3::uuid IS NULL OR EXISTS (SELECT 1 FROM members b WHERE b.account_id = $1 AND b.id = $3 AND b.status = 'active'))
                  AND $4 <@ ARRAY(SELECT c.code FROM cost_centres c WHERE c.account_id = $1) AS "known!"
           FROM members m JOIN people p ON p.id = m.person_id WHERE m.account_id = $1 AND m.id = $2 FOR UPDATE OF m"#,
        account,
        id.0,
        change.manager.map(|m| m.0),
        &change.cost_centres
    )
    .fetch_one(tx.db())
    .await?;
    if !row.known {
        return Err(Problem::NotFound.into());
    }
    let done = sqlx::query!(
        "UPDATE members SET roles = $3, manager_id = $4, cost_centres = $5 WHERE account_id = $1 AND id = $2",
        account,
        id.0,
        &codes,
        change.manager.map(|m| m.0),
        &change.cost_centres
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let detail = json!({ "before": { "roles": row.roles, "cost_centres": row.cost_centres },
                         "after": { "roles": codes, "cost_centres": change.cost_centres } });
    audit::record(tx, "member.changed", &row.email, detail).await
}

/// Gives a deactivated member their seat back, with the roles they had.
pub async fn reactivate(tx: &mut Tx, id: MemberId) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::MemberManage)?;
    let email = sqlx::query_scalar!(
        "UPDATE members m SET status = 'active' FROM people p WHERE m.account_id = $1 AND m.id = $2 AND m.status = 'deactivated' AND p.id = m.person_id
         RETURNING p.email",
        actor.account().0,
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    audit::record(tx, "member.reactivated", &email, json!({})).await
}

/// Takes a member's seat away; their sessions in it end with the next request. Nobody deactivates themselves.
///
/// What they leave open goes to the colleague `to`: the lines of their cart, the carts they kept, carts proposed to them, quotes under way, the orders they sent that still wait (a
/// rejection hands those back), their schedules, which stop, those who report to them. Their delegations and their calendar end; what waits for their approval alone falls
/// to the account admins (`domain::approvals::Flow::candidates`).
pub async fn deactivate(tx: &mut Tx, email: &str, to: Option<MemberId>) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::MemberManage)?;
    let (account, now) = (actor.account().0, tx.now());
    let row = sqlx::query!(
        "SELECT m.id, m.status FROM members m JOIN people p ON p.id = m.person_id WHERE m.account_id = $1 AND p.email = $2 FOR UPDATE OF m",
        account,
        email
    )
    .fetch_one(tx.db())
    .await?;
    let heir = to.unwrap_or(actor.member()?);
    if actor.member()? == MemberId(row.id) {
        return Err(Problem::invalid("email", "You cannot deactivate yourself. Ask another account admin.").into());
    }
    if heir == MemberId(row.id) {
        return Err(Problem::invalid("to", "Choose a colleague.").into());
    }
    let heir_name = sqlx::query_scalar!(
        "SELECT p.email FROM members m JOIN people p ON p.id = m.person_id WHERE m.account_id = $1 AND m.id = $2 AND m.status = 'active'",
        account,
        heir.0
    )
    .fetch_one(tx.db())
    .await?;
    let left = sqlx::query!(
        "DELETE FROM cart_lines l USING carts c WHERE c.account_id = $1 AND c.member_id = $2 AND c.in_use AND (l.account_id, l.cart_id) = (c.account_id, c.id)
         RETURNING l.product_id, l.quantity",
        account,
        row.id
    )
    .fetch_all(tx.db())
    .await?;
    let ids: Vec<Uuid> = left.iter().map(|l| l.product_id).collect();
    let facts = crate::catalog::facts_of(tx, &ids).await?;
    let lines: Vec<_> = left
        .iter()
        .filter_map(|l| Some((facts.iter().find(|f| f.id.0 == l.product_id)?, domain::Quantity::new(l.quantity)?)))
        .collect();
    if !lines.is_empty() {
        crate::cart::put_back(tx, &actor, heir, &lines).await?;
    }
    sqlx::query!(
        "WITH flows AS (UPDATE approval_flows SET requester = $3 WHERE account_id = $1 AND requester = $2 AND status = 'open'),
              away AS (UPDATE delegations SET ended_at = $4 WHERE account_id = $1 AND (from_member = $2 OR to_member = $2) AND ended_at IS NULL),
              quoted AS (UPDATE quotes SET member_id = $3 WHERE account_id = $1 AND member_id = $2
                         AND status IN ('draft', 'requested', 'sent', 'changes_asked', 'partly_accepted')),
              proposed AS (UPDATE cart_proposals SET member_id = $3 WHERE account_id = $1 AND member_id = $2 AND state = 'open'),
              -- What had been shared with the heir is theirs now; what had been shared with whoever leaves is not seen any more.
              unshared AS (DELETE FROM cart_shares s USING carts c WHERE (c.account_id, c.id) = (s.account_id, s.cart_id) AND c.account_id = $1
                           AND (s.member_id = $2 OR s.member_id = $3 AND c.member_id = $2)),
              carted AS (UPDATE carts SET member_id = $3 WHERE account_id = $1 AND member_id = $2 AND NOT in_use),
              listed AS (UPDATE lists SET member_id = $3 WHERE account_id = $1 AND member_id = $2),
              -- Nobody orders by itself for somebody who has not said so: the heir looks at each and resumes it.
              scheduled AS (UPDATE schedules SET member_id = $3, state = CASE state WHEN 'active' THEN 'asking' ELSE state END,
                                                 why = CASE state WHEN 'active' THEN 'It was handed over' ELSE why END
                            WHERE account_id = $1 AND member_id = $2 AND state <> 'ended' RETURNING id),
              handed AS (INSERT INTO schedule_log (account_id, id, schedule_id, at, by_name, what)
                         SELECT $1, gen_random_uuid(), s.id, $4, $5, 'Handed over to ' || $6 FROM scheduled s),
              calendar AS (DELETE FROM calendar_feeds WHERE account_id = $1 AND member_id = $2),
              reports AS (UPDATE members SET manager_id = NULLIF($3, id) WHERE account_id = $1 AND manager_id = $2 AND id <> $2)
         UPDATE members SET status = 'deactivated', manager_id = NULL WHERE account_id = $1 AND id = $2",
        account,
        row.id,
        heir.0,
        now,
        actor.name(),
        heir_name
    )
    .execute(tx.db())
    .await?;
    let detail = json!({ "before": row.status, "handed_to": heir_name, "cart_lines": lines.len() });
    audit::record(tx, "member.deactivated", email, detail).await
}

/// One's own profile with all sessions. `current` is the key of the asking session.
///
/// Nobody else's: not for whoever acts for a member.
pub async fn profile(store: &Store, actor: &Actor, current: &[u8], now: DateTime<Utc>) -> Result<ProfilePage> {
    actor.in_person()?;
    let mut tx = store.job(now).await?;
    let person = actor.person().0;
    let row = sqlx::query!(
        r#"SELECT p.name, p.email, st.role AS "staff_role?",
                  (SELECT jsonb_agg(jsonb_build_array(a.name, m.roles) ORDER BY a.name) FROM members m JOIN accounts a ON a.id = m.account_id
                   WHERE m.person_id = p.id AND m.status = 'active') AS seats
           FROM people p LEFT JOIN staff st ON st.person_id = p.id WHERE p.id = $1"#,
        person
    )
    .fetch_one(tx.db())
    .await?;
    let mut seats: Vec<(String, Vec<Role>)> = match row.seats {
        Some(json) => serde_json::from_value(json).map_err(|e| Error::odd("seats", &e.to_string()))?,
        None => Vec::new(),
    };
    if let Some(role) = row.staff_role.as_deref().and_then(Role::parse) {
        seats.push(("The seller".to_owned(), vec![role]));
    }
    let sessions = sqlx::query!(
        "SELECT id_hash, user_agent, address, created_at, last_seen_at FROM sessions WHERE person_id = $1 AND expires_at > $2
         ORDER BY last_seen_at DESC LIMIT 50",
        person,
        now
    )
    .fetch_all(tx.db())
    .await?;
    let sessions = sessions
        .into_iter()
        .map(|s| SessionRow {
            current: s.id_hash == current,
            key: hex::encode(&s.id_hash),
            device: s.user_agent,
            address: s.address,
            since: tx.local(s.created_at),
            last_seen: tx.local(s.last_seen_at),
        })
        .collect();
    Ok(ProfilePage { name: row.name, email: row.email, seats, sessions })
}

/// The last entries of the account's audit trail.
pub async fn audit_trail(tx: &mut Tx) -> Result<Vec<AuditRow>> {
    tx.actor()?.require(Permission::AuditRead)?;
    let rows = sqlx::query!("SELECT seq, line FROM audit_log ORDER BY account_id, seq DESC LIMIT 200")
        .fetch_all(tx.db())
        .await?;
    rows.into_iter()
        .map(|r| {
            let line: serde_json::Value =
                serde_json::from_str(&r.line).map_err(|e| Error::odd("audit_log.line", &e.to_string()))?;
            let text = |key: &str| line.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            let at: DateTime<Utc> = text("at").parse().map_err(|_| Error::odd("audit_log.at", &r.line))?;
            Ok(AuditRow { seq: r.seq, at: tx.local(at), who: text("who"), action: text("action"), what: text("what") })
        })
        .collect()
}
