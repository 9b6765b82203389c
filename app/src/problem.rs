//! How a [`Problem`] travels from a server function to the page, and what it looks like there.

use domain::{Cause, FieldError, Problem};
use leptos::prelude::*;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::packed::Packed;
use crate::ui::{ButtonLink, EmptyState, ErrorSummary, Notice, Tone};

/// The error of every server function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{0}")]
pub struct ActionError(pub Problem);

impl FromServerFnError for ActionError {
    type Encoder = Packed;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Problem::Invalid(Vec::new())
            }
            _ => Problem::Unavailable,
        })
    }
}

impl From<Problem> for ActionError {
    fn from(problem: Problem) -> Self {
        #[cfg(feature = "ssr")]
        crate::request::note_status(&problem);
        Self(problem)
    }
}

impl From<FieldError> for ActionError {
    fn from(e: FieldError) -> Self {
        Problem::from(e).into()
    }
}

#[cfg(feature = "ssr")]
impl From<store::Error> for ActionError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Problem(problem) => problem.into(),
            fault => {
                tracing::error!(%fault, "a request failed");
                Problem::Unavailable.into()
            }
        }
    }
}

/// The HTTP status of a problem.
pub const fn status(problem: &Problem) -> u16 {
    match problem {
        Problem::Unauthenticated => 401,
        Problem::Forbidden => 403,
        Problem::NotFound => 404,
        Problem::Conflict(Cause::TooMany) => 429,
        Problem::Conflict(_) => 409,
        Problem::Invalid(_) => 422,
        Problem::Unavailable => 503,
    }
}

/// A page that could not be shown: what happened, and where to go.
pub fn problem_page(problem: &Problem) -> AnyView {
    let title = match problem {
        Problem::Unauthenticated => "Please sign in",
        Problem::Forbidden => "Not for your role",
        Problem::NotFound => "Not found",
        Problem::Conflict(_) | Problem::Invalid(_) => "This cannot be done",
        Problem::Unavailable => "Not available right now",
    };
    let text = problem.to_string();
    view! {
        <leptos_meta::Title text=title/>
        <EmptyState title=title text=text>
            <ButtonLink href="/">"To the start page"</ButtonLink>
        </EmptyState>
    }
    .into_any()
}

/// What an action answered, above its form: field errors with links to the fields, anything else as a notice.
pub fn complaint(problem: Option<Problem>) -> AnyView {
    match problem {
        None => ().into_any(),
        Some(Problem::Invalid(errors)) if !errors.is_empty() => {
            let errors: Vec<(String, String)> = errors.into_iter().map(|e| (e.field, e.message)).collect();
            view! { <ErrorSummary errors=errors/> }.into_any()
        }
        Some(other) => {
            let text = other.to_string();
            view! { <Notice tone=Tone::Bad title=text>""</Notice> }.into_any()
        }
    }
}
