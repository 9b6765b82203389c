//! Approvals: the inbox, one order that waits, the account's rules, deciding from a mail.

pub mod actions;
mod approval;
mod by_link;
mod inbox;
mod rules;

pub use approval::Approval;
pub use by_link::ByLink;
pub use inbox::Inbox;
pub use rules::Rules;

use domain::approvals::RuleProgress;
use leptos::prelude::*;

use crate::ui::{Step, StepState, Timeline};

/// Who approves what, tier by tier; also at the checkout, before anything is sent.
pub fn progress(rules: &[RuleProgress], sent: bool) -> AnyView {
    let steps = rules
        .iter()
        .flat_map(|rule| {
            rule.tiers.iter().map(move |tier| {
                let state = match (tier.done, tier.current && sent) {
                    (true, _) => StepState::Done,
                    (false, true) => StepState::Now,
                    (false, false) => StepState::Next,
                };
                let who = if tier.people.is_empty() { "nobody yet".to_owned() } else { tier.people.join(", ") };
                Step::new(format!("{}: {}", rule.name, tier.words), state).detail(who)
            })
        })
        .collect::<Vec<_>>();
    view! { <Timeline items=steps/> }.into_any()
}
