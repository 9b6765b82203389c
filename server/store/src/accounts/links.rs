//! Mailed links: reset of a password, invitation. A GET only shows; a POST redeems, once.

use chrono::{DateTime, Duration, Utc};
use domain::accounts::{Email, NewPassword};
use domain::ids::{AccountId, PersonId};
use domain::{Cause, Problem};
use sha2::{Digest as _, Sha256};

use crate::error::exactly;
use crate::outbox::{self, Message};
use crate::{Result, Store, Tx};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Forgotten password; one hour.
    Reset,
    /// First sign-in; a week.
    Invite,
}

impl Purpose {
    const fn code(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Invite => "invite",
        }
    }

    const fn lifetime(self) -> Duration {
        match self {
            Self::Reset => Duration::hours(1),
            Self::Invite => Duration::days(7),
        }
    }
}

/// A link's token. Only its hash is stored.
pub(super) fn token() -> String {
    crate::secret()
}

/// Makes a person's link and gives its token.
pub(super) async fn issue(tx: &mut Tx, person: PersonId, purpose: Purpose) -> Result<String> {
    let token = token();
    let now = tx.now();
    let done = sqlx::query!(
        "INSERT INTO mail_tokens (token_hash, person_id, purpose, expires_at) VALUES ($1, $2, $3, $4)",
        Sha256::digest(&token).to_vec(),
        person.0,
        purpose.code(),
        now + purpose.lifetime()
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    Ok(token)
}

/// Sends a reset link, if there is such a person; says nothing about it either way. Throttled like sign-ins.
pub async fn request_reset(store: &Store, email: &Email, origin: &str, now: DateTime<Utc>) -> Result<()> {
    let key = format!("reset:{}", email.as_str());
    let mut tx = store.job(now).await?;
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM login_attempts WHERE key = $2 AND at > $3) AS "asked!",
                  (SELECT p.id FROM people p WHERE p.email = $1) AS person, (SELECT name FROM seller) AS seller"#,
        email.as_str(),
        key,
        now - Duration::minutes(15)
    )
    .fetch_one(tx.db())
    .await?;
    sqlx::query!("INSERT INTO login_attempts (key, at) VALUES ($1, $2)", key, now).execute(tx.db()).await?;
    if let Some(person) = row.person.filter(|_| row.asked < 3) {
        let token = issue(&mut tx, person.into(), Purpose::Reset).await?;
        let seller = row.seller.unwrap_or_default();
        let body = format!(
            "Somebody asked for a new password for your sign-in at {seller}.\n\nIf it was you, choose one here within an hour:\n{origin}/reset/{token}\n\nIf it was not you, do nothing: your password stays as it is.\n"
        );
        let mail = Message::Mail {
            to: email.as_str().to_owned(),
            subject: format!("Choose a new password for {seller}"),
            body,
        };
        outbox::send(&mut tx, AccountId::SELLER, &mail).await?;
    }
    tx.commit().await
}

/// Whose link this is: name and address. A used, expired or unknown link is a conflict that says so.
pub async fn link_owner(store: &Store, token: &str, now: DateTime<Utc>) -> Result<(String, String)> {
    let mut tx = store.job(now).await?;
    let row = sqlx::query!(
        "SELECT p.name, p.email FROM mail_tokens t JOIN people p ON p.id = t.person_id
         WHERE t.token_hash = $1 AND t.used_at IS NULL AND t.expires_at > $2",
        Sha256::digest(token).to_vec(),
        now
    )
    .fetch_optional(tx.db())
    .await?
    .ok_or(Problem::Conflict(Cause::LinkOver))?;
    Ok((row.name, row.email))
}

/// Uses the link up: sets the password and ends all sessions of the person.
pub async fn redeem(store: &Store, token: &str, password: &NewPassword, now: DateTime<Utc>) -> Result<()> {
    let hash = super::hash_password(password).await?;
    let mut tx = store.job(now).await?;
    let person = sqlx::query_scalar!(
        "UPDATE mail_tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING person_id",
        Sha256::digest(token).to_vec(),
        now
    )
    .fetch_optional(tx.db())
    .await?
    .ok_or(Problem::Conflict(Cause::LinkOver))?;
    sqlx::query!(
        "INSERT INTO credentials (person_id, password_hash, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at",
        person,
        hash,
        now
    )
    .execute(tx.db())
    .await?;
    sqlx::query!("UPDATE mail_tokens SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL", person, now)
        .execute(tx.db())
        .await?;
    sqlx::query!("DELETE FROM sessions WHERE person_id = $1", person).execute(tx.db()).await?;
    tx.commit().await
}
