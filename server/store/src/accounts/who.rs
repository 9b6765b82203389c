//! The one function that builds an [`Actor`].

use chrono::{DateTime, Duration, Utc};
use domain::accounts::{Frame, PriceStrategy, SeatRow};
use domain::actor::{Actor, Behalf, Facts, Role};
use domain::assistance::Band;
use domain::ids::{AccountId, AssistanceId, PersonId};
use domain::{Currency, Permission, Problem, Reach};

use uuid::Uuid;

use super::sessions;
use crate::{Error, Result, Store};

/// A signed-in person in one account, and what the frame around their pages shows.
#[derive(Clone, Debug)]
pub struct Who {
    /// For everything that touches data.
    pub actor: Actor,
    /// For the eye.
    pub frame: Frame,
}

/// What the database says of who asks: of a session, or of somebody named.
#[derive(Debug)]
pub struct Asking {
    pub(super) session: Option<serde_json::Value>,
    pub(super) expires_at: Option<DateTime<Utc>>,
    person: Option<Uuid>,
    name: Option<String>,
    email: Option<String>,
    staff_role: Option<String>,
    account: Option<Uuid>,
    member: Option<Uuid>,
    roles: Option<Vec<String>>,
    account_name: Option<String>,
    account_number: Option<String>,
    currency: Option<String>,
    status: Option<String>,
    strategy: Option<String>,
    lineage: Option<Vec<Uuid>>,
    cart_lines: i64,
    unread: i64,
    seats: Option<serde_json::Value>,
    brand: Option<String>,
    help: Option<Uuid>,
    reason: Option<String>,
    until: Option<DateTime<Utc>>,
    assigned: Option<bool>,
    helped: Option<Uuid>,
    helped_name: Option<String>,
}

// One statement in two shapes: `$of` says who asks. A person of the seller's may do so in a session of assistance. That is looked at
// anew with every request: begun and not over, the seat and the person active, the customer still theirs, and the company still
// willing. If not, the person is themself.
macro_rules! asking {
    ($of:tt, $($given:expr),+) => {
        sqlx::query_as!(
            Asking,
            "WITH RECURSIVE "
                + $of
                + r#", help AS (
               SELECT h.id, h.reason, h.expires_at, h.account_id, h.member_id, m.roles, m.person_id,
                      EXISTS (SELECT 1 FROM staff_assignments g WHERE g.account_id = h.account_id AND g.person_id = h.person_id) AS assigned
               FROM asker k JOIN assistance h ON h.account_id = k.helped_account AND h.id = k.help AND h.person_id = k.person
               JOIN members m ON (m.account_id, m.id) = (h.account_id, h.member_id) JOIN accounts a ON a.id = h.account_id
               WHERE h.state = 'running' AND h.expires_at > $1
                 AND m.status = 'active' AND a.status <> 'closed' AND a.on_behalf <> 'never'
           ), seat AS (
               (SELECT m.account_id, m.id, m.roles FROM asker k JOIN members m ON m.person_id = k.person JOIN accounts a ON a.id = m.account_id
                WHERE m.status = 'active' AND a.status <> 'closed' AND NOT EXISTS (SELECT 1 FROM help)
                ORDER BY (m.account_id = k.account) DESC NULLS LAST, m.id LIMIT 1)
               UNION ALL SELECT h.account_id, h.member_id, h.roles FROM help h
           ), up AS (
               SELECT a.id, a.parent_id, 0 AS depth FROM accounts a JOIN seat s ON s.account_id = a.id
               UNION ALL
               SELECT a.id, a.parent_id, u.depth + 1 FROM accounts a JOIN up u ON a.id = u.parent_id WHERE u.depth < 8
           )
           SELECT k.data AS session, k.expires_at, k.person, p.name AS "name?", p.email AS "email?", st.role AS "staff_role?",
                  s.account_id AS "account?", s.id AS "member?", s.roles AS "roles?",
                  a.name AS "account_name?", a.number AS "account_number?", a.currency AS "currency?", a.status AS "status?", a.price_strategy AS "strategy?",
                  (SELECT array_agg(u.id ORDER BY u.depth) FROM up u WHERE u.id <> '00000000-0000-0000-0000-000000000000') AS lineage,
                  (SELECT count(*) FROM carts c JOIN cart_lines l ON (l.account_id, l.cart_id) = (c.account_id, c.id)
                   WHERE c.account_id = s.account_id AND c.member_id = s.id AND c.in_use) AS "cart_lines!",
                  (SELECT count(*) FROM notices n WHERE n.account_id = s.account_id AND n.member_id = s.id AND n.read_at IS NULL) AS "unread!",
                  (SELECT jsonb_agg(jsonb_build_array(a2.id, a2.name) ORDER BY a2.name)
                   FROM members m2 JOIN accounts a2 ON a2.id = m2.account_id
                   WHERE m2.person_id = p.id AND m2.status = 'active' AND a2.status <> 'closed') AS seats,
                  (SELECT se.name FROM seller se) AS brand,
                  h.id AS "help?", h.reason AS "reason?", h.expires_at AS "until?", h.assigned AS "assigned?", h.person_id AS "helped?",
                  (SELECT hp.name FROM people hp WHERE hp.id = h.person_id) AS helped_name
           FROM asker k
           LEFT JOIN people p ON p.id = k.person
           LEFT JOIN help h ON true
           LEFT JOIN staff st ON st.person_id = p.id AND st.status = 'active'
           LEFT JOIN seat s ON true
           LEFT JOIN accounts a ON a.id = s.account_id"#,
            $($given),+
        )
    };
}

/// Who `person` is in the account they chose (`wanted`; else the one they have had the longest). One statement.
///
/// Unauthenticated when the person has no active seat anywhere any more.
pub async fn who(store: &Store, person: PersonId, wanted: Option<AccountId>, address: &str) -> Result<Who> {
    asks(store, person, wanted, None, DateTime::UNIX_EPOCH, address).await
}

/// Who `person` still is in `account`, for what the clock does in their name; nothing when they have no seat in it any more. One statement.
pub async fn seated(store: &Store, person: PersonId, account: AccountId) -> Result<Option<Who>> {
    match who(store, person, Some(account), "").await {
        Ok(who) => Ok(Some(who).filter(|who| who.actor.account() == account)),
        Err(Error::Problem(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Like [`who`], and it may be somebody of the seller's in the session of assistance `helps` (its account and id).
pub async fn asks(
    store: &Store,
    person: PersonId,
    wanted: Option<AccountId>,
    helps: Option<(AccountId, AssistanceId)>,
    now: DateTime<Utc>,
    address: &str,
) -> Result<Who> {
    let asking = asking!(
        "asker AS (SELECT NULL::jsonb AS data, NULL::timestamptz AS expires_at, $2::uuid AS person, $3::uuid AS account,
                          $4::uuid AS helped_account, $5::uuid AS help)",
        now,
        person.0,
        wanted.map(|w| w.0),
        helps.map(|h| h.0.0),
        helps.map(|h| h.1.0)
    )
    .fetch_one(store.gate())
    .await?;
    asking.who(now, address)
}

/// What a live session holds and who asks with it; notes at most every five minutes that it was used. One statement.
pub(super) async fn in_session(store: &Store, key: &[u8], now: DateTime<Utc>) -> Result<Option<Asking>> {
    Ok(asking!(
        "used AS (
             UPDATE sessions SET last_seen_at = $1, expires_at = least($3, created_at + interval '7 days')
             WHERE id_hash = $2 AND expires_at > $1 AND last_seen_at < $4
         ), asker AS (
             SELECT s.data, s.expires_at, (s.data ->> 'person')::uuid AS person, (s.data ->> 'account')::uuid AS account,
                    (s.data -> 'assistance' ->> 0)::uuid AS helped_account, (s.data -> 'assistance' ->> 1)::uuid AS help
             FROM sessions s WHERE s.id_hash = $2 AND s.expires_at > $1)",
        now,
        key,
        now + sessions::IDLE,
        now - Duration::minutes(5)
    )
    .fetch_optional(store.gate())
    .await?)
}

impl Asking {
    /// Who that is. Unauthenticated when the person has no active seat anywhere any more, or nobody asks.
    pub fn who(self, now: DateTime<Utc>, address: &str) -> Result<Who> {
        let row = self;
        let person = PersonId(row.person.ok_or(Problem::Unauthenticated)?);
        let (name, email) = row.name.zip(row.email).ok_or(Problem::Unauthenticated)?;
        let brand = row.brand.unwrap_or_default();
        let staff_role = row.staff_role.as_deref().and_then(Role::parse);
        let mine = staff_role
            .and_then(|role| role.reach(Permission::ActOnBehalf))
            .is_some_and(|reach| reach == Reach::Everywhere || row.assigned == Some(true));
        let behalf = match (row.help, row.until, row.helped_name) {
            (Some(id), Some(until), Some(member)) if mine => Some(Behalf {
                id: AssistanceId(id),
                person,
                name: name.clone(),
                email: email.clone(),
                member,
                reason: row.reason.unwrap_or_default(),
                until,
            }),
            _ => None,
        };
        let as_staff = staff_role.filter(|_| behalf.is_none());
        let (account, lineage, roles, currency, on_hold, place) = if let Some(role) = as_staff {
            (
                AccountId::SELLER,
                vec![AccountId::SELLER],
                vec![role],
                Currency::GBP,
                false,
                (brand.clone(), String::new()),
            )
        } else {
            let account = AccountId(row.account.ok_or(Problem::Unauthenticated)?);
            let mut lineage: Vec<AccountId> = row.lineage.unwrap_or_default().into_iter().map(Into::into).collect();
            lineage.push(AccountId::SELLER);
            let roles = row.roles.unwrap_or_default().iter().filter_map(|r| Role::parse(r)).collect();
            let code = row.currency.unwrap_or_default();
            let currency = Currency::parse(&code).ok_or_else(|| Error::odd("accounts.currency", &code))?;
            let place = (row.account_name.unwrap_or_default(), row.account_number.unwrap_or_default());
            (account, lineage, roles, currency, row.status.as_deref() == Some("on_hold"), place)
        };
        let seats: Vec<(AccountId, String)> = match row.seats {
            Some(json) if staff_role.is_none() => {
                serde_json::from_value(json).map_err(|e| Error::odd("seats", &e.to_string()))?
            }
            _ => Vec::new(),
        };
        let actor = Actor::from_facts(Facts {
            person: behalf.as_ref().and(row.helped).map_or(person, PersonId),
            name: behalf.as_ref().map_or_else(|| name.clone(), Behalf::names),
            member: if as_staff.is_some() { None } else { row.member.map(Into::into) },
            account,
            lineage,
            currency,
            strategy: PriceStrategy::parse(row.strategy.as_deref().unwrap_or_default()),
            on_hold,
            roles,
            address: address.to_owned(),
            behalf,
        });
        let band = actor.behalf().map(|b| Band {
            member: b.member.clone(),
            company: place.0.clone(),
            reason: b.reason.clone(),
            minutes: b.minutes(now),
        });
        let frame = Frame {
            brand,
            person: name,
            email,
            roles: actor.roles().to_vec(),
            account: place,
            seats: seats.into_iter().map(|(id, name)| SeatRow { account: id, name, current: id == account }).collect(),
            cart_lines: if as_staff.is_some() { 0 } else { row.cart_lines },
            unread: if band.is_some() || as_staff.is_some() { 0 } else { row.unread },
            on_hold,
            may: Frame::permissions(&actor),
            behalf: band,
        };
        Ok(Who { actor, frame })
    }
}
