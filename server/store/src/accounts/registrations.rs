//! A company asks for an account: anybody may ask, by a mailed link they show that the address is theirs, customer service or a
//! seller admin decides. Nothing that the public sees tells whether a person or company is known.

use chrono::{DateTime, Duration, Utc};
use domain::accounts::{Address, Email, Invitation};
use domain::ids::{AccountId, RegistrationId};
use domain::registration::{Registration, RegistrationRow, RegistrationsPage, Terms};
use domain::{Actor, Cause, Currency, Permission, Problem, Role};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::links::token;
use super::members::welcome;
use crate::error::exactly;
use crate::outbox::{self, Message};
use crate::{Result, Store, Tx, audit};

/// Mails to one address within a quarter of an hour; further questions are dropped in silence.
const PER_EMAIL: i64 = 3;
/// Questions from one network address within a quarter of an hour.
const PER_ADDRESS: i64 = 20;
/// A link works this long; what nobody confirmed is forgotten then.
const LIFETIME: Duration = Duration::days(7);

/// Notes the question and mails the link that confirms it.
pub async fn register(
    store: &Store,
    form: &Registration,
    address: &str,
    origin: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = store.job(now).await?;
    let (by_email, by_address) = (format!("register:{}", form.email.as_str()), format!("register-from:{address}"));
    let asked = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM login_attempts WHERE key = $1 AND at > $3) AS "by_email!",
                  (SELECT count(*) FROM login_attempts WHERE key = $2 AND at > $3) AS "by_address!", (SELECT name FROM seller) AS "seller!""#,
        by_email,
        by_address,
        now - Duration::minutes(15)
    )
    .fetch_one(tx.db())
    .await?;
    if asked.by_address >= PER_ADDRESS {
        return Err(Problem::Conflict(Cause::TooMany).into());
    }
    sqlx::query!("INSERT INTO login_attempts (key, at) VALUES ($1, $3), ($2, $3)", by_email, by_address, now)
        .execute(tx.db())
        .await?;
    sqlx::query!("DELETE FROM registrations WHERE status = 'asked' AND asked_at < $1", now - LIFETIME)
        .execute(tx.db())
        .await?;
    if asked.by_email < PER_EMAIL {
        let token = token();
        let done = sqlx::query!(
            "INSERT INTO registrations (id, company, tax_number, street, postcode, city, country, name, email, message, asked_at, token_hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            crate::new_id::<Uuid>(),
            form.address.company,
            form.tax_number,
            form.address.street,
            form.address.postcode,
            form.address.city,
            form.address.country,
            form.name,
            form.email.as_str(),
            form.message,
            now,
            Sha256::digest(&token).to_vec()
        )
        .execute(tx.db())
        .await?;
        exactly(1, &done)?;
        // Not a word of the form: whoever filled it in must not write to strangers in our name.
        let body = format!(
            "Somebody asked for an account at {} with this address.\n\nIf it was you, confirm within a week that the address is yours:\n{origin}/register/{token}\n\nIf it was not you, do nothing: nothing happens.\n",
            asked.seller
        );
        mail(&mut tx, form.email.as_str(), format!("Your account at {}", asked.seller), body).await?;
    }
    tx.commit().await
}

/// The company and the person behind a link that was not used yet; a used or expired one is a conflict that says so.
pub async fn registration(store: &Store, token: &str, now: DateTime<Utc>) -> Result<(String, String)> {
    let mut tx = store.job(now).await?;
    let row = sqlx::query!(
        "SELECT company, name FROM registrations WHERE token_hash = $1 AND status = 'asked' AND asked_at > $2",
        Sha256::digest(token).to_vec(),
        now - LIFETIME
    )
    .fetch_optional(tx.db())
    .await?
    .ok_or(Problem::Conflict(Cause::LinkOver))?;
    Ok((row.company, row.name))
}

/// Uses the link up: the registration waits for the seller, who is told by mail.
pub async fn confirm_registration(store: &Store, token: &str, now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.job(now).await?;
    let row = sqlx::query!(
        "UPDATE registrations r SET status = 'confirmed' FROM seller s WHERE r.token_hash = $1 AND r.status = 'asked' AND r.asked_at > $2
         RETURNING r.company, r.name, r.email, s.email AS seller",
        Sha256::digest(token).to_vec(),
        now - LIFETIME
    )
    .fetch_optional(tx.db())
    .await?
    .ok_or(Problem::Conflict(Cause::LinkOver))?;
    let body = format!(
        "{} ({}) asks for an account for {}.\n{{origin}}/sales/registrations\n",
        row.name, row.email, row.company
    );
    mail(&mut tx, &row.seller, format!("{} asks for an account", row.company), body).await?;
    tx.commit().await
}

/// What waits for the seller, with who is known by the same number or address. One statement.
pub async fn registrations(tx: &mut Tx) -> Result<RegistrationsPage> {
    tx.actor()?.require(Permission::RegistrationDecide)?;
    let rows = sqlx::query!(
        r#"SELECT r.id, r.company, r.tax_number, r.street, r.postcode, r.city, r.country, r.name, r.email, r.message, r.asked_at,
                  ARRAY(SELECT 'Customer ' || a.number || ', ' || a.name || ', has this tax number' FROM accounts a WHERE a.tax_number = r.tax_number
                        UNION ALL
                        SELECT p.name || ' signs in with this address' FROM people p WHERE p.email = r.email
                        UNION ALL
                        SELECT o.company || ' waits with the same ' || CASE WHEN o.email = r.email THEN 'address' ELSE 'tax number' END
                        FROM registrations o WHERE o.status = 'confirmed' AND o.id <> r.id AND (o.email = r.email OR o.tax_number = r.tax_number)) AS "known!"
           FROM registrations r WHERE r.status = 'confirmed' ORDER BY r.asked_at, r.id LIMIT 200"#
    )
    .fetch_all(tx.db())
    .await?;
    let next = sqlx::query!(
        r#"SELECT (1 + COALESCE(max(a.number::bigint), 1000))::text AS "number!",
                  (SELECT s.currency FROM accounts s WHERE s.id = '00000000-0000-0000-0000-000000000000') AS currency
           FROM accounts a WHERE a.number ~ '^[0-9]{1,12}$'"#
    )
    .fetch_one(tx.db())
    .await?;
    let rows = rows
        .into_iter()
        .map(|r| RegistrationRow {
            id: r.id.into(),
            tax_number: r.tax_number,
            address: Address {
                company: r.company,
                street: r.street,
                postcode: r.postcode,
                city: r.city,
                country: r.country,
            },
            name: r.name,
            email: r.email,
            message: r.message,
            asked_at: tx.local(r.asked_at),
            known: r.known,
        })
        .collect();
    let currency = next.currency.as_deref().and_then(Currency::parse).unwrap_or(Currency::GBP);
    Ok(RegistrationsPage { rows, next_number: next.number, currency })
}

/// Opens the account with its first member, who is mailed an invitation. Gives the account's number; the second time that of the
/// first. What was rejected is a conflict.
///
/// Runs as a job after the permission check, because people exist across accounts.
pub async fn approve_registration(
    store: &Store,
    actor: &Actor,
    id: RegistrationId,
    terms: &Terms,
    origin: &str,
    now: DateTime<Utc>,
) -> Result<String> {
    actor.require(Permission::RegistrationDecide)?;
    let mut tx = store.job(now).await?;
    let r = locked(&mut tx, id).await?;
    match r.status.as_str() {
        "approved" => return Ok(r.number.unwrap_or_default()),
        "confirmed" => {}
        _ => return Err(Problem::Conflict(Cause::Stale).into()),
    }
    let account = crate::new_id::<AccountId>();
    // As with imported accounts, tax follows the country.
    let done = sqlx::query!(
        "WITH opened AS (
             INSERT INTO accounts (id, number, name, currency, country, tax_number, tax_rate)
             SELECT $2, $3, r.company, $4, r.country, r.tax_number, CASE WHEN r.country <> s.country THEN 0 END FROM registrations r, seller s WHERE r.id = $1
             RETURNING id),
         lends AS (INSERT INTO credit_limits (account_id, credit_limit) SELECT id, $5 FROM opened),
         places AS (INSERT INTO addresses (account_id, id, kind, label, company, street, postcode, city, country, is_default)
                    SELECT o.id, gen_random_uuid(), k.kind, 'Head office', r.company, r.street, r.postcode, r.city, r.country, true
                    FROM opened o, registrations r, (VALUES ('ship_to'), ('bill_to')) AS k(kind) WHERE r.id = $1)
         UPDATE registrations SET status = 'approved', decided_by = $6, opened = $2 WHERE id = $1",
        id.0,
        account.0,
        terms.number,
        terms.currency.code(),
        terms.credit_limit,
        actor.name()
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let first = Invitation {
        email: Email::parse("email", &r.email)?,
        name: r.name,
        roles: vec![Role::AccountAdmin, Role::Buyer],
    };
    welcome(&mut tx, account, actor.name(), &first, origin).await?;
    let detail = json!({ "currency": terms.currency.code(), "credit_limit": terms.credit_limit, "first": r.email });
    audit::record_job(&mut tx, account, actor.name(), "account.opened", &terms.number, detail).await?;
    tx.commit().await?;
    Ok(terms.number.clone())
}

/// Says no, with the reason that the applicant is mailed. The second time nothing happens; what was approved is a conflict.
pub async fn reject_registration(
    store: &Store,
    actor: &Actor,
    id: RegistrationId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    actor.require(Permission::RegistrationDecide)?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 1000 {
        return Err(Problem::invalid("reason", "Say why, in at most 1,000 characters: it is mailed.").into());
    }
    let mut tx = store.job(now).await?;
    let r = locked(&mut tx, id).await?;
    match r.status.as_str() {
        "rejected" => return Ok(()),
        "confirmed" => {}
        _ => return Err(Problem::Conflict(Cause::Stale).into()),
    }
    let done = sqlx::query!(
        "UPDATE registrations SET status = 'rejected', decided_by = $2, reason = $3 WHERE id = $1",
        id.0,
        actor.name(),
        reason
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let body =
        format!("Hello {},\n\nwe cannot open an account for {}:\n\n{reason}\n\n{}\n", r.name, r.company, r.seller);
    mail(&mut tx, &r.email, format!("Your account at {}", r.seller), body).await?;
    let detail = json!({ "email": r.email, "reason": reason });
    audit::record_job(&mut tx, AccountId::SELLER, actor.name(), "registration.rejected", &r.company, detail).await?;
    tx.commit().await
}

/// A registration under lock: two who decide at once are one decision.
struct Locked {
    status: String,
    company: String,
    name: String,
    email: String,
    number: Option<String>,
    seller: String,
}

async fn locked(tx: &mut Tx, id: RegistrationId) -> Result<Locked> {
    let row = sqlx::query_as!(
        Locked,
        r#"SELECT r.status, r.company, r.name, r.email, (SELECT a.number FROM accounts a WHERE a.id = r.opened) AS number, s.name AS seller
           FROM registrations r, seller s WHERE r.id = $1 AND r.status <> 'asked' FOR UPDATE OF r"#,
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    Ok(row)
}

async fn mail(tx: &mut Tx, to: &str, subject: String, body: String) -> Result<()> {
    outbox::send(tx, AccountId::SELLER, &Message::Mail { to: to.to_owned(), subject, body }).await
}
