//! What happened and what is still to come.

use leptos::prelude::*;

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Happened.
    Done,
    /// Waits for somebody.
    Now,
    /// Not yet.
    Next,
    /// Ended here: rejected, cancelled.
    Stopped,
}

impl StepState {
    const fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "now",
            Self::Next => "next",
            Self::Stopped => "stopped",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Done => "Done: ",
            Self::Now => "Now: ",
            Self::Next => "To come: ",
            Self::Stopped => "Stopped: ",
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who did what.
    pub title: String,
    /// Why, or how much.
    pub detail: Option<String>,
    /// When, absolute.
    pub at: Option<String>,
    /// Where it stands.
    pub state: StepState,
}

impl Step {
    /// A step with neither detail nor time.
    pub fn new(title: impl Into<String>, state: StepState) -> Self {
        Self { title: title.into(), detail: None, at: None, state }
    }

    /// Why, or how much.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// When, absolute: "19 Nov 2026, 09:12".
    #[must_use]
    pub fn at(self, at: impl Into<String>) -> Self {
        Self { at: Some(at.into()), ..self }
    }
}

/// Steps in the order they happen.
#[component]
pub fn Timeline(
    /// Oldest first.
    items: Vec<Step>,
) -> impl IntoView {
    let steps = items
        .into_iter()
        .map(|step| {
            view! {
                <li class=step.state.class() aria-current=(step.state == StepState::Now).then_some("step")>
                    <span class="unseen">{step.state.word()}</span>
                    <strong>{step.title}</strong>
                    {step.detail.map(|detail| view! { <p>{detail}</p> })}
                    {step.at.map(|at| view! { <p class="dim small">{at}</p> })}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="trail">{steps}</ol> }.into_any()
}
