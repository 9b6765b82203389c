//! Stripe: a Checkout Session whose Payment Intent carries our payment's id; its messages `payment_intent.succeeded` and
//! `payment_intent.canceled` say what became of it (<https://docs.stripe.com/api/payment_intents>).

use anyhow::Context as _;
use async_trait::async_trait;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::Deserialize;
use store::payments::Card;

use super::signature::verify;
use super::{Event, Forged, Outcome, Provider};

/// Where Stripe is.
pub const API: &str = "https://api.stripe.com";

/// Stripe with the seller's keys.
pub struct Stripe {
    client: reqwest::Client,
    api: String,
    key: String,
    secret: String,
}

impl Stripe {
    /// `key` is the secret API key, `secret` that of the webhook endpoint; `api` is [`API`], or a stand-in for tests.
    pub fn new(api: &str, key: &str, secret: &str) -> anyhow::Result<Self> {
        tls();
        let client = reqwest::Client::builder().timeout(std::time::Duration::from_secs(15)).build()?;
        Ok(Self { client, api: api.to_owned(), key: key.to_owned(), secret: secret.to_owned() })
    }
}

/// Names the process's cryptography for TLS, the one that mails use as well; reqwest asks for it before it makes a client.
pub fn tls() {
    // Whoever comes second is told that there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[derive(Deserialize)]
struct Session {
    url: String,
}

#[derive(Deserialize)]
struct Message {
    id: String,
    created: i64,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Intent,
}

#[derive(Deserialize)]
struct Intent {
    #[serde(default)]
    metadata: std::collections::HashMap<String, String>,
    #[serde(default)]
    cancellation_reason: Option<String>,
}

/// An amount in the currency's smallest unit, as Stripe counts it: ISO 4217's, but for two that it keeps in hundredths, and with a zero
/// at the end where there are thousandths (docs.stripe.com/currencies, "Special cases").
fn smallest(card: &Card) -> anyhow::Result<i64> {
    let digits = match card.amount.currency().code() {
        "ISK" | "UGX" => 2,
        _ => card.amount.currency().minor_digits(),
    };
    let amount = card.amount.amount() * Decimal::from(10_i64.pow(digits));
    let whole = amount.normalize().to_i64().filter(|n| Decimal::from(*n) == amount);
    whole.filter(|n| digits < 3 || n % 10 == 0).context("an amount finer than Stripe takes in its currency")
}

#[async_trait]
impl Provider for Stripe {
    fn name(&self) -> &'static str {
        "stripe"
    }

    async fn begin(&self, card: &Card, back: &str) -> anyhow::Result<String> {
        let (id, amount) = (card.id.to_string(), smallest(card)?.to_string());
        let currency = card.amount.currency().code().to_lowercase();
        let until = card.until.timestamp().to_string();
        let form = [
            ("mode", "payment"),
            // Its page takes no card later than we keep the invoices, and nothing that takes days.
            ("expires_at", &until),
            ("payment_method_types[0]", "card"),
            ("client_reference_id", &id),
            ("payment_intent_data[metadata][payment]", &id),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", &currency),
            ("line_items[0][price_data][unit_amount]", &amount),
            ("line_items[0][price_data][product_data][name]", &card.number),
            ("success_url", back),
            ("cancel_url", back),
        ];
        let answer = self
            .client
            .post(format!("{}/v1/checkout/sessions", self.api))
            .bearer_auth(&self.key)
            .header("Idempotency-Key", &id)
            .form(&form)
            .send()
            .await?
            .error_for_status()?;
        let session: Session = serde_json::from_slice(&answer.bytes().await?)?;
        Ok(session.url)
    }

    fn read(&self, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<Option<Event>, Forged> {
        verify(&self.secret, headers, body, now)?;
        let message: Message = serde_json::from_slice(body).map_err(|_| Forged::Unreadable)?;
        let outcome = match message.kind.as_str() {
            "payment_intent.succeeded" => Outcome::Arrived,
            // A refused card is no end: Stripe's page lets the payer try another one until the intent is cancelled.
            "payment_intent.canceled" => {
                let why = message.data.object.cancellation_reason.unwrap_or_default().replace('_', " ");
                Outcome::Refused(if why.is_empty() { "The payment was cancelled.".to_owned() } else { why })
            }
            _ => return Ok(None),
        };
        let payment = message.data.object.metadata.get("payment").cloned();
        let at = DateTime::from_timestamp(message.created, 0).unwrap_or(now);
        Ok(payment.map(|payment| Event { id: message.id, payment, outcome, at }))
    }
}
