//! tower-sessions over the project's own table.

use std::cell::RefCell;
use std::fmt::Debug;

use chrono::{DateTime, Utc};
use store::Store;
use store::accounts::{Asking, sessions};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

tokio::task_local! {
    /// Who asks, found out in the statement that loads the session: a request begins with one look at the database.
    static ASKING: RefCell<Option<Asking>>;
}

/// Waits for something that loads the session; gives who asks with it, if that was when it was loaded.
pub async fn asking<T>(loads: impl Future<Output = T>) -> (T, Option<Asking>) {
    ASKING
        .scope(RefCell::default(), async {
            let loaded = loads.await;
            (loaded, ASKING.with(RefCell::take))
        })
        .await
}

/// Rows of the table `sessions`, named by the hash of the cookie's id.
#[derive(Clone)]
pub struct PgSessions(pub Store);

impl Debug for PgSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PgSessions")
    }
}

fn key(id: Id) -> Vec<u8> {
    sessions::key(&id.0.to_le_bytes())
}

fn expiry(record: &Record) -> DateTime<Utc> {
    DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0).unwrap_or_default()
}

#[async_trait::async_trait]
impl SessionStore for PgSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits do not collide; a save under a taken id would need one that did.
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_value(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        sessions::save(&self.0, &key(record.id), &data, expiry(record), crate::clock::now())
            .await
            .map_err(|e| Error::Backend(e.to_string()))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let stored =
            sessions::load(&self.0, &key(*id), crate::clock::now()).await.map_err(|e| Error::Backend(e.to_string()))?;
        let Some((stored, asking)) = stored else { return Ok(None) };
        // Outside of a request nobody waits for it.
        let _ = ASKING.try_with(|found| found.replace(Some(asking)));
        let data = serde_json::from_value(stored.data).map_err(|e| Error::Decode(e.to_string()))?;
        let expiry_date = time::OffsetDateTime::from_unix_timestamp(stored.expires_at.timestamp())
            .map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.0, &key(*id), crate::clock::now()).await.map_err(|e| Error::Backend(e.to_string()))
    }
}

/// The session layer: `__Host-` and Secure where the portal is reached over https, a plain name on the demo's http.
pub fn layer(store: Store, secure: bool) -> SessionManagerLayer<PgSessions> {
    SessionManagerLayer::new(PgSessions(store))
        .with_name(if secure { "__Host-buyerdesk" } else { "buyerdesk" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(time::Duration::hours(12)))
}
