//! Taking cards: what a payment provider does for us, and the two that do it. A provider's page takes the card, its signed message
//! says what became of it; the browser's way back says nothing.

pub mod sandbox;
mod signature;
pub mod stripe;

use std::sync::Arc;

use app::request::Request;
use async_trait::async_trait;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use domain::Problem;
use store::Store;
use store::payments::{Card, Told};

pub use sandbox::Sandbox;
pub use signature::{Forged, sign};
pub use stripe::Stripe;

use crate::config::Cards;
use crate::documents::failed;
use crate::protect::refuse;

/// The provider of this server; none: cards are not taken.
pub type Payments = Option<Arc<dyn Provider>>;

/// The provider that the configuration names.
pub fn of(cards: &Cards) -> Payments {
    match cards {
        Cards::None => None,
        Cards::Sandbox(secret) => Some(Arc::new(Sandbox::new(secret.clone()))),
        Cards::Stripe { api, key, secret } => match Stripe::new(api, key, secret) {
            Ok(stripe) => Some(Arc::new(stripe)),
            Err(error) => {
                tracing::error!(%error, "no cards are taken: there is no way to reach Stripe");
                None
            }
        },
    }
}

/// What became of a payment, as its provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The message's own id: the same message comes more than once.
    pub id: String,
    /// Our payment's id, as we told the provider.
    pub payment: String,
    /// What became of it.
    pub outcome: Outcome,
    /// When; the provider may tell it later.
    pub at: DateTime<Utc>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The money is there.
    Arrived,
    /// It is refused, for this reason.
    Refused(String),
}

/// A payment provider.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The word in the address of its messages, and in the books.
    fn name(&self) -> &'static str;

    /// Asks it to take a payment; gives the address of the page that takes the card, which leads to `back` afterwards. Asking twice for
    /// the same payment is asking once.
    async fn begin(&self, card: &Card, back: &str) -> anyhow::Result<String>;

    /// Reads a message: none when it is about nothing that concerns us, an error unless the provider has signed it just now.
    fn read(&self, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<Option<Event>, Forged>;

    /// The sandbox, where this is it.
    fn sandbox(&self) -> Option<&Sandbox> {
        None
    }
}

/// `/payments/{number}/card`: on to the provider's page.
pub async fn card(
    Extension(request): Extension<Request>,
    Extension(payments): Extension<Payments>,
    Path(number): Path<String>,
) -> Response {
    let Some(who) = &request.who else { return refuse(&Problem::Unauthenticated, true) };
    let Some(provider) = payments else { return refuse(&Problem::NotFound, true) };
    let found = async {
        let mut tx = request.store.read(&who.actor, request.now).await?;
        store::payments::card(&mut tx, &number).await
    };
    let card = match found.await {
        Ok(card) => card,
        // Paid, withdrawn or too late: its page says which.
        Err(store::Error::Problem(Problem::NotFound)) => return back_to(&number),
        Err(error) => return failed(error),
    };
    if !card.checkout.is_empty() {
        return Redirect::to(&card.checkout).into_response();
    }
    let checkout = match provider.begin(&card, &format!("{}/payments/{number}", request.origin)).await {
        Ok(checkout) => checkout,
        Err(error) => {
            tracing::error!(%error, "the payment provider did not take a payment");
            return refuse(&Problem::Unavailable, true);
        }
    };
    let reference = card.id.to_string();
    match store::payments::begun(&request.store, &card, provider.name(), &reference, &checkout, request.now).await {
        Ok(true) => Redirect::to(&checkout).into_response(),
        // Withdrawn while the provider was asked.
        Ok(false) => back_to(&number),
        Err(error) => failed(error),
    }
}

fn back_to(number: &str) -> Response {
    Redirect::to(app::request::local(&format!("/payments/{number}"))).into_response()
}

/// `POST /webhooks/payments/{provider}`: a provider's message. Anybody may send here; only what is signed is believed.
pub async fn message(
    Extension(request): Extension<Request>,
    Extension(payments): Extension<Payments>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(provider) = payments.filter(|p| p.name() == name) else { return StatusCode::NOT_FOUND.into_response() };
    heard(&request.store, provider.as_ref(), &headers, &body, request.now).await.into_response()
}

/// Acts on a message: done (also when it was before), forged, or not now, which makes the provider send it again.
pub async fn heard(
    store: &Store,
    provider: &dyn Provider,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> StatusCode {
    let event = match provider.read(headers, body, now) {
        Ok(Some(event)) => event,
        Ok(None) => return StatusCode::OK,
        Err(forged) => {
            tracing::warn!(provider = provider.name(), %forged, "a message about a payment was not believed");
            return StatusCode::BAD_REQUEST;
        }
    };
    let done = match &event.outcome {
        Outcome::Arrived => {
            store::payments::arrived(store, provider.name(), &event.id, &event.payment, event.at, now).await
        }
        Outcome::Refused(why) => {
            store::payments::refused(store, provider.name(), &event.id, &event.payment, why, now).await
        }
    };
    match done {
        Ok(Told::Now | Told::Before) => StatusCode::OK,
        // Said aloud, and asked for again: somebody's money may be behind it.
        Ok(Told::Nobody) => {
            tracing::error!(payment = event.payment, event = event.id, "a provider knows a payment that is not here");
            StatusCode::NOT_FOUND
        }
        Err(error) => {
            tracing::error!(%error, "a message about a payment could not be acted on");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
