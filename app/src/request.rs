//! The server's side of a request: who asks, when, and the doors that are open to them.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use chrono::{DateTime, Utc};
use domain::Problem;
use domain::ids::{AccountId, AssistanceId, PersonId};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use store::accounts::Who;
use store::{Store, Tx};
use tower_sessions::Session;

use crate::ActionError;

/// Made once per request by the server's middleware and carried in its extensions.
#[derive(Clone)]
pub struct Request {
    /// The database.
    pub store: Store,
    /// The instant of the request.
    pub now: DateTime<Utc>,
    /// Who is signed in.
    pub who: Option<Who>,
    /// What the last action had to say.
    pub flash: Option<String>,
    /// Scheme and host under which people reach the portal.
    pub origin: String,
    /// The session's cookie jar entry.
    pub session: Session,
    /// Network address of the asker.
    pub address: String,
    /// Browser and system, for the list of sessions.
    pub device: String,
    /// The demo: one-click sign-in, mailbox page.
    pub demo: bool,
    /// Whether a payment provider takes cards.
    pub cards: bool,
    /// Where the built files are.
    pub assets: Arc<Assets>,
}

/// Addresses of the browser's bundle.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Assets {
    /// Stylesheet.
    pub css: String,
    /// Loader script.
    pub js: String,
    /// What it loads at once beside the module: the script that loads rooms.
    pub rooms_js: String,
    /// Module.
    pub wasm: String,
    /// The file of each room.
    pub rooms: HashMap<String, String>,
}

impl Assets {
    /// Which bundle it is: the folder of its files, which is named after what is in them. Empty without a bundle.
    pub fn build(&self) -> &str {
        self.js.split('/').nth(2).unwrap_or_default()
    }
}

/// The request being answered. Unavailable outside of one (the router also renders the app once to list its routes).
pub fn request() -> Result<Request, ActionError> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<Request>().cloned())
        .ok_or(ActionError(Problem::Unavailable))
}

impl Request {
    /// Signs a person in: the session's id changes, so that one planted before is worth nothing.
    pub async fn start_session(&self, person: PersonId) -> Result<(), ActionError> {
        let work = async {
            self.session.cycle_id().await?;
            self.session.insert("person", person).await?;
            self.session.insert("device", &self.device).await?;
            self.session.insert("address", &self.address).await
        };
        work.await.map_err(|e| session_fault(&e))
    }

    /// Who is signed in, or unauthenticated.
    pub fn who(&self) -> Result<&Who, ActionError> {
        self.who.as_ref().ok_or_else(|| Problem::Unauthenticated.into())
    }
}

/// A read-only transaction for the person who asks.
pub async fn reading() -> Result<Tx, ActionError> {
    let request = request()?;
    Ok(request.store.read(&request.who()?.actor, request.now).await?)
}

/// A transaction that may write, for the person who asks; the caller commits.
pub async fn writing() -> Result<Tx, ActionError> {
    let request = request()?;
    Ok(request.store.begin(&request.who()?.actor, request.now).await?)
}

/// Runs a command to its end even if the browser goes away half-way.
pub async fn command<T: Send + 'static>(
    work: impl Future<Output = store::Result<T>> + Send + 'static,
) -> Result<T, ActionError> {
    match tokio::spawn(work).await {
        Ok(done) => Ok(done?),
        Err(panic) => {
            tracing::error!(%panic, "a command panicked");
            Err(Problem::Unavailable.into())
        }
    }
}

/// Whether this is a form post without scripts: the answer will be a redirect, back to the page when it is refused.
pub fn plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
        parts.uri.path().starts_with("/api/") && accept.is_some_and(|v| v.contains("text/html"))
    })
}

/// Sets the answer's status for a problem. Not for a form post without scripts.
pub fn note_status(problem: &Problem) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    if !plain_form()
        && let Ok(status) = StatusCode::from_u16(crate::problem::status(problem))
    {
        response.set_status(status);
    }
}

/// Sends the browser on: after a form post without scripts, or in the running app. Whatever went wrong before is told there.
pub fn go(path: &str) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::OK);
    }
    leptos_axum::redirect(local(path));
}

/// A path of this portal, or the start page: never another host, never something that is no header value.
pub fn local(path: &str) -> &str {
    let safe = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|b| (0x21..0x7f).contains(&b));
    if safe { path } else { "/" }
}

/// Leaves a sentence for the next page.
pub async fn flash(text: impl Into<String>) -> Result<(), ActionError> {
    keep("flash", &text.into()).await
}

/// Keeps a value in the session.
pub async fn keep<T: serde::Serialize + Send + Sync>(key: &str, value: &T) -> Result<(), ActionError> {
    request()?.session.insert(key, value).await.map_err(|e| session_fault(&e))
}

/// Takes out what [`keep`] put in; one that cannot be read is gone all the same.
pub async fn take<T: serde::de::DeserializeOwned>(key: &str) -> Result<Option<T>, ActionError> {
    let session = request()?.session;
    // Looked at first: taking out what is not there would still write the session.
    if session.get_value(key).await.map_err(|e| session_fault(&e))?.is_none() {
        return Ok(None);
    }
    let value = session.remove_value(key).await.map_err(|e| session_fault(&e))?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}

fn session_fault(error: &tower_sessions::session::Error) -> ActionError {
    tracing::error!(%error, "the session could not be kept");
    Problem::Unavailable.into()
}

/// Chooses the account to act in; the id changes with it.
pub async fn choose_account(account: AccountId) -> Result<(), ActionError> {
    let session = request()?.session;
    let work = async {
        session.cycle_id().await?;
        session.insert("account", account).await
    };
    work.await.map_err(|e| session_fault(&e))
}

/// Where the session keeps for whom the person acts: the account, and the session of assistance.
pub const ASSISTANCE: &str = "assistance";

/// Acts for a member from now on; the id changes with it. What the session kept of the person's own work is left behind.
pub async fn start_acting(of: (AccountId, AssistanceId)) -> Result<(), ActionError> {
    let session = request()?.session;
    let work = async {
        session.cycle_id().await?;
        session.insert(ASSISTANCE, of).await
    };
    work.await.map_err(|e| session_fault(&e))
}

/// Is oneself again; the id changes with it. What was typed for the member is forgotten.
pub async fn stop_acting() -> Result<(), ActionError> {
    let session = request()?.session;
    let work = async {
        session.cycle_id().await?;
        for key in [ASSISTANCE, "checkout"] {
            session.remove_value(key).await?;
        }
        Ok(())
    };
    work.await.map_err(|e| session_fault(&e))
}

/// Signs out.
pub async fn end_session() -> Result<(), ActionError> {
    request()?.session.flush().await.map_err(|e| session_fault(&e))
}

/// Sets the page's Content-Security-Policy with the nonce that its scripts carry.
pub fn secure_page() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), leptos::nonce::use_nonce()) else { return };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
    );
    if let Ok(value) = HeaderValue::from_str(&policy) {
        response.insert_header(HeaderName::from_static("content-security-policy"), value);
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn next_is_a_path_of_ours_or_the_start_page() {
        assert_eq!(local("/orders?q=a"), "/orders?q=a");
        for evil in ["", "orders", "//evil.example", "https://evil.example", "/\\evil", "/a\nb", "/a b", "/ä"] {
            assert_eq!(local(evil), "/", "{evil}");
        }
    }
}
