//! Passwords and throttling. Answers and timing are the same for unknown addresses.

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use chrono::{DateTime, Duration, Utc};
use domain::accounts::{Email, NewPassword};
use domain::ids::PersonId;
use domain::{Cause, Problem};

use crate::error::exactly;
use crate::{Error, Result, Store};

/// Wrong passwords for one address before it must wait.
const PER_EMAIL: i64 = 10;
/// Wrong passwords from one network address: a whole office sits behind one.
const PER_ADDRESS: i64 = 100;

/// A hash of no one's password, so that an unknown address costs as much as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$GpZ3sK/oH9p7VIiq56G/64Zo/8GaUw434IimaPqxwCo";

fn hasher() -> Argon2<'static> {
    // OWASP's first choice for Argon2id: 19 MiB, two passes.
    let params = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Checks a password. `Ok(None)` for any wrong combination, conflict when throttled, unavailable when too many are checked at once.
pub async fn sign_in(
    store: &Store,
    email: &Email,
    password: &str,
    address: &str,
    now: DateTime<Utc>,
) -> Result<Option<PersonId>> {
    let mut tx = store.job(now).await?;
    let (by_email, by_address) = (format!("email:{}", email.as_str()), format!("address:{address}"));
    let known = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM login_attempts WHERE key = $1 AND at > $3) AS "by_email!",
                  (SELECT count(*) FROM login_attempts WHERE key = $2 AND at > $3) AS "by_address!",
                  (SELECT p.id FROM people p WHERE p.email = $4) AS person,
                  (SELECT c.password_hash FROM people p JOIN credentials c ON c.person_id = p.id WHERE p.email = $4) AS hash"#,
        by_email,
        by_address,
        now - Duration::minutes(15),
        email.as_str()
    )
    .fetch_one(tx.db())
    .await?;
    if known.by_email >= PER_EMAIL || known.by_address >= PER_ADDRESS {
        return Err(Problem::Conflict(Cause::TooMany).into());
    }
    drop(tx);
    let permit = store.hashing()?;
    let (hash, password) = (known.hash.unwrap_or_else(|| NOBODY.to_owned()), password.to_owned());
    let good = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        argon2::PasswordHash::new(&hash).is_ok_and(|h| hasher().verify_password(password.as_bytes(), &h).is_ok())
    })
    .await
    .map_err(|e| Error::Inconsistent(e.to_string()))?;

    let mut tx = store.job(now).await?;
    if good && known.person.is_some() {
        sqlx::query!("DELETE FROM login_attempts WHERE key = $1 OR at < $2", by_email, now - Duration::days(1))
            .execute(tx.db())
            .await?;
    } else {
        sqlx::query!("INSERT INTO login_attempts (key, at) VALUES ($1, $3), ($2, $3)", by_email, by_address, now)
            .execute(tx.db())
            .await?;
    }
    tx.commit().await?;
    Ok(known.person.filter(|_| good).map(Into::into))
}

/// Hashes a password; waits for nobody (seeds and the command line use it one at a time).
#[expect(clippy::disallowed_methods, reason = "a salt is random")]
pub async fn hash_password(password: &NewPassword) -> Result<String> {
    let password = password.reveal().to_owned();
    tokio::task::spawn_blocking(move || {
        let salt: [u8; 16] = rand::random();
        hasher()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|h| h.to_string())
            .map_err(|e| Error::Inconsistent(e.to_string()))
    })
    .await
    .map_err(|e| Error::Inconsistent(e.to_string()))?
}

/// Sets the password of the person with this address and ends all their sessions. Not found for an unknown address.
pub async fn set_password(store: &Store, email: &Email, password: &NewPassword, now: DateTime<Utc>) -> Result<()> {
    let hash = hash_password(password).await?;
    let mut tx = store.job(now).await?;
    let done = sqlx::query!(
        "INSERT INTO credentials (person_id, password_hash, changed_at) SELECT id, $2, $3 FROM people WHERE email = $1
         ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at",
        email.as_str(),
        hash,
        now
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Problem::NotFound.into());
    }
    exactly(1, &done)?;
    sqlx::query!("DELETE FROM sessions WHERE person_id = (SELECT id FROM people WHERE email = $1)", email.as_str())
        .execute(tx.db())
        .await?;
    tx.commit().await
}
