//! Paying by form posts, without scripts; a provider's messages, true, forged and repeated.

use std::sync::{Arc, Mutex};

use axum::extract::Form;
use axum::http::HeaderMap;
use axum::routing::post;
use server::config::Cards;
use server::payments::{Outcome, Provider as _, Stripe, sign};

use crate::app::{App, Person};

const SECRET: &str = "a secret of the tests";

async fn text(app: &App, sql: &str) -> String {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&app.world.superuser).await.unwrap()
}

/// Acme's first open invoice and what it has left.
async fn invoice(app: &App) -> (String, String) {
    let of = |what: &str| {
        format!(
            "SELECT {what} FROM invoices i JOIN accounts a ON a.id = i.account_id WHERE a.number = '1001' AND i.kind = 'invoice' AND i.settled < i.gross ORDER BY i.due_on LIMIT 1"
        )
    };
    (text(app, &of("i.number")).await, text(app, &of("trim_scale(i.gross - i.settled)::text")).await)
}

/// Sends the settling form without scripts; gives where it leads.
async fn settles(person: &Person<'_>, id: &str, invoice: &str, amount: &str, expected: &str) -> String {
    let form = [
        ("id", id),
        ("expected", expected),
        ("method", "card"),
        ("lines[0][number]", invoice),
        ("lines[0][pick]", "1"),
        ("lines[0][amount]", amount),
    ];
    let answer = person.post_from("/payments/new", "/api/payments/settle", &form).await;
    assert_eq!(answer.status(), 302);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

async fn demo() -> App {
    App::start_with(|config| {
        config.demo = true;
        config.cards = Cards::Sandbox(SECRET.to_owned());
    })
    .await
}

#[tokio::test]
async fn an_invoice_is_paid_by_card_without_scripts() {
    let app = demo().await;
    let finance = app.sign_in("finance@acme.example").await;
    let (number, open) = invoice(&app).await;
    assert!(finance.text(&format!("/payments/new?pay[]={number}")).await.contains(&number));
    let id = store::new_id::<uuid::Uuid>().to_string();
    let payment = settles(&finance, &id, &number, "", &open).await;
    assert!(payment.starts_with("/payments/PAY-"), "{payment}");
    assert_eq!(settles(&finance, &id, &number, "", &open).await, payment, "the same form is the same payment");
    assert!(finance.text(&format!("/invoices/{number}")).await.contains("Being paid"));
    let page = finance.get(&format!("{payment}/card")).await;
    assert_eq!(page.status(), 303);
    let provider = page.headers()["location"].to_str().unwrap().to_owned();
    assert!(finance.text(&provider).await.contains("no money moves"));
    let answer = finance.post(&provider, &[("what", "twice")]).await;
    assert_eq!(answer.headers()["location"], payment.as_str());
    let told = finance.text(&payment).await;
    assert!(told.contains("Paid") && told.contains(&number));
    assert_eq!(app.world.number("SELECT count(*) FROM payments WHERE method = 'card'").await, 1);
    app.world.assert_sound().await;
}

#[tokio::test]
async fn a_refused_card_gives_the_invoice_back_and_says_why() {
    let app = demo().await;
    let finance = app.sign_in("finance@acme.example").await;
    let (number, open) = invoice(&app).await;
    let payment = settles(&finance, &store::new_id::<uuid::Uuid>().to_string(), &number, "", &open).await;
    let provider = finance.get(&format!("{payment}/card")).await;
    let provider = provider.headers()["location"].to_str().unwrap().to_owned();
    finance.post(&provider, &[("what", "refuse")]).await;
    assert!(finance.text(&payment).await.contains("The card was declined."));
    assert!(!finance.text(&format!("/invoices/{number}")).await.contains("Being paid"));
    assert_eq!(finance.get(&format!("{payment}/card")).await.headers()["location"], payment.as_str());
    app.world.assert_sound().await;
}

#[tokio::test]
async fn a_sum_that_is_not_what_was_shown_is_shown_again_with_what_was_typed() {
    let app = demo().await;
    let finance = app.sign_in("finance@acme.example").await;
    let (number, open) = invoice(&app).await;
    let id = store::new_id::<uuid::Uuid>().to_string();
    for (amount, expected) in [("12.50", open.as_str()), ("much", "1")] {
        let back = settles(&finance, &id, &number, amount, expected).await;
        let page = finance.text(&back).await;
        assert!(page.contains("Please look at the sum again"), "{back}");
        assert!(page.contains(&format!("value=\"{amount}\"")), "{back}");
    }
    assert_eq!(app.world.number("SELECT count(*) FROM payment_intents").await, 0);
}

#[tokio::test]
async fn only_a_provider_s_own_message_is_believed_and_only_once() {
    let app = demo().await;
    let finance = app.sign_in("finance@acme.example").await;
    let (number, open) = invoice(&app).await;
    let payment = settles(&finance, &store::new_id::<uuid::Uuid>().to_string(), &number, "", &open).await;
    finance.get(&format!("{payment}/card")).await;
    let id = text(&app, "SELECT id::text FROM payment_intents").await;
    let body = format!("{{\"id\":\"e1\",\"payment\":\"{id}\",\"refused\":null}}");
    let now = server::clock::now();
    let says = async |path: &str, signature: Option<String>, body: &str| {
        let request = app.nobody().request(reqwest::Method::POST, path).body(body.to_owned());
        let request = if let Some(s) = signature { request.header("stripe-signature", s) } else { request };
        request.send().await.unwrap().status().as_u16()
    };
    let here = "/webhooks/payments/sandbox";
    assert_eq!(says(here, None, &body).await, 400);
    assert_eq!(says(here, Some(sign("guessed", body.as_bytes(), now)), &body).await, 400);
    let old = now - chrono::Duration::minutes(6);
    assert_eq!(says(here, Some(sign(SECRET, body.as_bytes(), old)), &body).await, 400);
    let signed = sign(SECRET, body.as_bytes(), now);
    assert_eq!(says(here, Some(signed.clone()), &body.replace("null", "\"x\"")).await, 400);
    assert_eq!(says("/webhooks/payments/stripe", Some(signed.clone()), &body).await, 404);
    assert_eq!(app.world.number("SELECT count(*) FROM payment_intents WHERE status <> 'waiting'").await, 0);
    for _ in 0..3 {
        assert_eq!(says(here, Some(signed.clone()), &body).await, 200);
    }
    assert_eq!(app.world.number("SELECT count(*) FROM payments WHERE method = 'card'").await, 1);
    app.world.assert_sound().await;
}

#[tokio::test]
async fn a_statement_comes_as_a_file() {
    let app = App::start().await;
    let finance = app.sign_in("finance@acme.example").await;
    let file = finance.text("/statement.csv?from=2020-01-01&to=2030-01-01").await;
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!(lines[0], "date,what,number,reference,currency,amount,balance");
    let moved = app
        .world
        .number("SELECT count(*) FROM ledger_entries e JOIN accounts a ON a.id = e.account_id WHERE a.number = '1001' AND e.moves_balance")
        .await;
    assert_eq!(i64::try_from(lines.len()).unwrap() - 1, moved);
}

#[tokio::test]
async fn stripe_is_asked_in_its_own_words_and_its_messages_are_read() {
    type Form_ = Vec<(String, String)>;
    let asked: Arc<Mutex<Vec<(HeaderMap, Form_)>>> = Arc::default();
    let seen = asked.clone();
    let stand_in = axum::Router::new().route(
        "/v1/checkout/sessions",
        post(|headers: HeaderMap, Form(form): Form<Form_>| async move {
            seen.lock().unwrap().push((headers, form));
            axum::Json(serde_json::json!({ "id": "cs_1", "url": "https://checkout.stripe.com/c/pay/cs_1" }))
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, stand_in).await });
    let stripe = Stripe::new(&api, "sk_test_1", "whsec_1").unwrap();
    let card = |amount: &str, currency: &str| store::payments::Card {
        account: store::new_id(),
        id: store::new_id(),
        number: "PAY-2026-000001".to_owned(),
        amount: domain::Money::new(amount.parse().unwrap(), domain::Currency::parse(currency).unwrap()),
        checkout: String::new(),
        until: "2026-11-25T12:00:00Z".parse().unwrap(),
    };
    // A pound has a hundred pence, a yen is whole, a dinar has a thousand fils.
    for (amount, currency, smallest) in
        [("12.30", "GBP", "1230"), ("1200", "JPY", "1200"), ("1.250", "KWD", "1250"), ("4500", "ISK", "450000")]
    {
        let card = card(amount, currency);
        let page = stripe.begin(&card, "https://orders.example.com/payments/PAY-2026-000001").await.unwrap();
        assert_eq!(page, "https://checkout.stripe.com/c/pay/cs_1");
        let (headers, form) = asked.lock().unwrap().pop().unwrap();
        let field = |name: &str| form.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str());
        assert_eq!(headers["authorization"], "Bearer sk_test_1");
        assert_eq!(headers["idempotency-key"], card.id.to_string().as_str());
        assert_eq!(field("payment_intent_data[metadata][payment]"), Some(card.id.to_string().as_str()));
        assert_eq!(field("line_items[0][price_data][unit_amount]"), Some(smallest));
        assert_eq!(field("expires_at"), Some("1795608000"), "no card after the invoices are free again");
        assert_eq!(field("line_items[0][price_data][currency]"), Some(currency.to_lowercase().as_str()));
    }
    assert!(stripe.begin(&card("0.001", "GBP"), "/").await.is_err(), "finer than a penny");
    assert!(stripe.begin(&card("1.234", "KWD"), "/").await.is_err(), "Stripe takes dinars in tens of fils");

    let now = server::clock::now();
    let read = |kind: &str, signed: bool| {
        let body = serde_json::json!({ "id": "evt_1", "created": 1_795_600_000, "type": kind, "data": { "object": {
            "id": "pi_1", "object": "payment_intent", "metadata": { "payment": "ours" }, "cancellation_reason": "abandoned" } } });
        let body = body.to_string().into_bytes();
        let secret = if signed { "whsec_1" } else { "whsec_2" };
        let headers =
            HeaderMap::from_iter([("stripe-signature".parse().unwrap(), sign(secret, &body, now).parse().unwrap())]);
        stripe.read(&headers, &body, now)
    };
    let event = read("payment_intent.succeeded", true).unwrap().unwrap();
    assert_eq!((event.id.as_str(), event.payment.as_str(), event.outcome), ("evt_1", "ours", Outcome::Arrived));
    assert_eq!(event.at.timestamp(), 1_795_600_000, "when the money was there, not when it was told");
    let event = read("payment_intent.canceled", true).unwrap().unwrap();
    assert_eq!(event.outcome, Outcome::Refused("abandoned".to_owned()));
    assert_eq!(read("payment_intent.payment_failed", true), Ok(None), "another card may be tried");
    assert!(read("payment_intent.succeeded", false).is_err());
}
