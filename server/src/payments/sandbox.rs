//! The demo's payment provider: a page of its own, signed messages, failures on demand. No money moves.

use std::fmt::Write as _;

use app::request::Request;
use async_trait::async_trait;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use chrono::{DateTime, Utc};
use domain::{Problem, text};
use serde::Deserialize;
use serde_json::json;
use store::payments::Card;

use super::signature::{HEADER, sign, verify};
use super::{Event, Forged, Outcome, Payments, Provider, heard};
use crate::mail::escape;
use crate::protect::refuse;

/// The sandbox with the secret that its messages are signed with.
pub struct Sandbox {
    secret: String,
}

impl Sandbox {
    /// With a secret of its own.
    pub fn new(secret: String) -> Self {
        Self { secret }
    }
}

#[derive(Deserialize)]
struct Message {
    id: String,
    payment: String,
    refused: Option<String>,
}

#[async_trait]
impl Provider for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    async fn begin(&self, card: &Card, _back: &str) -> anyhow::Result<String> {
        Ok(format!("/demo/pay/{}", card.id))
    }

    fn read(&self, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<Option<Event>, Forged> {
        verify(&self.secret, headers, body, now)?;
        let message: Message = serde_json::from_slice(body).map_err(|_| Forged::Unreadable)?;
        let outcome = message.refused.map_or(Outcome::Arrived, Outcome::Refused);
        Ok(Some(Event { id: message.id, payment: message.payment, outcome, at: now }))
    }

    fn sandbox(&self) -> Option<&Sandbox> {
        Some(self)
    }
}

/// `/demo/pay/{id}`: where a real provider would ask for the card.
pub async fn page(Extension(request): Extension<Request>, Path(id): Path<String>) -> Response {
    match store::payments::asked(&request.store, "sandbox", &id, request.now).await {
        Ok(card) => Html(html(&request, &card)).into_response(),
        Err(error) => crate::documents::failed(error),
    }
}

fn html(request: &Request, card: &Card) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Sandbox payment</title>\
         <link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"{}\"></head><body><div class=\"bare\"><header><span class=\"mark\">Sandbox payments</span></header>\
         <main id=\"main\"><h1>Pay {}</h1><p class=\"dim\">For {}. This page stands for a payment provider’s: no card is asked for, no money moves.</p>\
         <form method=\"post\" class=\"stack\">",
        request.assets.css,
        escape(&text::money(card.amount)),
        escape(&card.number),
    );
    for (what, label, class) in [
        ("pay", "Pay", "btn go"),
        ("refuse", "Refuse the card", "btn"),
        ("lose", "Pay, but lose the way back", "btn"),
        ("twice", "Pay, and say so twice", "btn"),
    ] {
        let _ = write!(page, "<button class=\"{class}\" name=\"what\" value=\"{what}\">{label}</button>");
    }
    page.push_str("</form></main></div></body></html>");
    page
}

/// What to do on the sandbox's page.
#[derive(Deserialize)]
pub struct Pick {
    what: String,
}

/// `POST /demo/pay/{id}`: does as told, sends its signed message as a real provider would, and sends the payer back, or not.
pub async fn pay(
    Extension(request): Extension<Request>,
    Extension(payments): Extension<Payments>,
    Path(id): Path<String>,
    Form(pick): Form<Pick>,
) -> Response {
    let Some(provider) = payments else { return refuse(&Problem::NotFound, true) };
    let Some(sandbox) = provider.sandbox() else { return refuse(&Problem::NotFound, true) };
    let card = match store::payments::asked(&request.store, "sandbox", &id, request.now).await {
        Ok(card) => card,
        Err(error) => return crate::documents::failed(error),
    };
    let refused = (pick.what == "refuse").then_some("The card was declined.");
    // One event a click, as its id says: said twice, it is the same one.
    let event = format!("{id}-{}-{}", pick.what, request.now.timestamp_millis());
    let body = json!({ "id": event, "payment": id, "refused": refused }).to_string().into_bytes();
    let Ok(signature) = HeaderValue::from_str(&sign(&sandbox.secret, &body, request.now)) else {
        return refuse(&Problem::Unavailable, true);
    };
    let headers = HeaderMap::from_iter([(axum::http::HeaderName::from_static(HEADER), signature)]);
    for _ in 0..if pick.what == "twice" { 2 } else { 1 } {
        let answer = heard(&request.store, provider.as_ref(), &headers, &body, request.now).await;
        if answer != StatusCode::OK {
            return refuse(&Problem::Unavailable, true);
        }
    }
    if pick.what == "lose" {
        return Html(
            "<!doctype html><title>Sandbox payments</title><p>The way back is lost. The seller knows all the same.",
        )
        .into_response();
    }
    Redirect::to(app::request::local(&format!("/payments/{}", card.number))).into_response()
}
