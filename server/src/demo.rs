//! The demo: a seeded world and a one-click sign-in. Routed by `buyerdesk demo` alone.

use app::request::Request;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use domain::Problem;
use domain::accounts::Email;
use serde::Deserialize;

use crate::protect::refuse;

/// Which of the demo's people to be.
#[derive(Deserialize)]
pub struct Pick {
    email: String,
}

/// Signs one of the demo's own people in without a password; anybody else is not found.
pub async fn sign_in(Extension(request): Extension<Request>, Form(pick): Form<Pick>) -> Response {
    let known = store::demo::PEOPLE.iter().any(|p| p.email == pick.email);
    let person = match Email::parse("email", &pick.email) {
        Ok(email) if known => store::demo::person(&request.store, &email, request.now).await,
        _ => return refuse(&Problem::NotFound, true),
    };
    match person {
        Ok(person) => match request.start_session(person).await {
            Ok(()) => Redirect::to("/").into_response(),
            Err(error) => refuse(&error.0, true),
        },
        Err(_) => refuse(&Problem::NotFound, true),
    }
}

/// The logins, for the terminal.
pub fn logins() -> String {
    let width = store::demo::PEOPLE.iter().map(|p| p.email.len()).max().unwrap_or_default();
    let lines: Vec<String> = store::demo::PEOPLE.iter().map(|p| format!("  {:width$}  {}", p.email, p.what)).collect();
    format!("Sign in as (password {}):\n{}", store::demo::PASSWORD, lines.join("\n"))
}
