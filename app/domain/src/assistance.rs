//! The seller's people acting for a member: openly, with a reason, for an hour at most, if the company lets them.

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::ids::AssistanceId;

/// The longest that one session lasts.
pub const LASTS: Duration = Duration::minutes(60);
/// How long a question waits for the member, and their consent for the one who asked.
pub const WAITS: Duration = Duration::hours(24);

/// What a company lets the seller's people do for its members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Policy {
    /// Nobody acts for a member.
    Never,
    /// The member says yes each time.
    Ask,
    /// At once; the member is told.
    #[default]
    Allowed,
}

impl Policy {
    /// All of them, the strictest first.
    pub const ALL: [Self; 3] = [Self::Never, Self::Ask, Self::Allowed];

    /// As stored and as the form sends it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Ask => "ask",
            Self::Allowed => "allowed",
        }
    }

    /// In the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Never => "Never",
            Self::Ask => "Ask the member each time",
            Self::Allowed => "Allowed; the member is told",
        }
    }

    /// Reads [`Policy::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// The member was asked.
    Asked,
    /// The member said yes; it has not begun.
    Agreed,
    /// The member said no.
    Declined,
    /// Under way.
    Running,
    /// Over: stopped, ended by the company, or its time was up.
    Ended,
    /// Nobody answered, or nobody began, in time.
    Lapsed,
}

impl State {
    /// The state as stored, at the instant `now`: what waits or runs too long is over by itself. `since` is when it was
    /// asked or answered, `until` when a running one is over.
    pub fn at(code: &str, since: DateTime<Utc>, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Self> {
        Some(match code {
            "asked" | "agreed" if now >= since + WAITS => Self::Lapsed,
            "asked" => Self::Asked,
            "agreed" => Self::Agreed,
            "declined" => Self::Declined,
            "running" if until.is_some_and(|until| now < until) => Self::Running,
            "running" | "ended" => Self::Ended,
            _ => return None,
        })
    }

    /// In people's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Asked => "Waits for consent",
            Self::Agreed => "Agreed",
            Self::Declined => "Declined",
            Self::Running => "Under way",
            Self::Ended => "Over",
            Self::Lapsed => "Lapsed",
        }
    }
}

/// Checks the reason: 3 to 200 characters, so that the member can make something of it.
pub fn reason(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if (3..=200).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(Problem::invalid("reason", "Say why, in 3 to 200 characters: the customer reads it."))
}

/// The band over every page while somebody acts for a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// For whom.
    pub member: String,
    /// Of which company.
    pub company: String,
    /// Why.
    pub reason: String,
    /// Minutes that are left.
    pub minutes: i64,
}

/// A thing that was done in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// As in the audit trail, such as `order.submitted`.
    pub action: String,
    /// To what.
    pub what: String,
}

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssistanceRow {
    /// Names it in forms.
    pub id: AssistanceId,
    /// Who acts.
    pub by: String,
    /// For whom.
    pub member: String,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: State,
    /// When it was asked for, the seller's local time.
    pub asked_at: NaiveDateTime,
    /// When it began.
    pub started_at: Option<NaiveDateTime>,
    /// Minutes that it lasted, or has lasted so far.
    pub minutes: Option<i64>,
    /// Who ended or declined it; empty: its time was up.
    pub ended_by: String,
    /// What was done, the oldest first.
    pub deeds: Vec<Deed>,
    /// The asking person may answer it.
    pub can_answer: bool,
    /// The asking person may end it.
    pub can_end: bool,
}

/// Sessions of a company, or of one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssistancePage {
    /// The newest first.
    pub rows: Vec<AssistanceRow>,
    /// What the company lets the seller's people do.
    pub policy: Policy,
    /// The asking person sees the whole company's.
    pub sees_all: bool,
    /// The asking person may set the policy.
    pub can_set: bool,
    /// The seller's name.
    pub seller: String,
}

/// A session as the one who asked for it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRow {
    /// Names it in forms.
    pub id: AssistanceId,
    /// The customer's number.
    pub customer: String,
    /// The customer's name.
    pub company: String,
    /// For whom.
    pub member: String,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: State,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_or_runs_too_long_is_over_by_itself() {
        let at = |minutes: i64| DateTime::from_timestamp(minutes * 60, 0).expect("an instant");
        let state = |code: &str, now: i64| State::at(code, at(0), Some(at(60)), at(now));
        for (code, now, expected) in [
            ("asked", 1, State::Asked),
            ("asked", 24 * 60, State::Lapsed),
            ("agreed", 24 * 60 - 1, State::Agreed),
            ("agreed", 24 * 60, State::Lapsed),
            ("running", 59, State::Running),
            ("running", 60, State::Ended),
            ("ended", 5, State::Ended),
            ("declined", 5, State::Declined),
        ] {
            assert_eq!(state(code, now), Some(expected), "{code} at {now}");
        }
        assert_eq!(state("odd", 0), None);
    }

    #[test]
    fn a_reason_says_something() {
        assert_eq!(reason("  asked by phone ").as_deref(), Ok("asked by phone"));
        assert!(reason(" x ").is_err() && reason(&"x".repeat(201)).is_err());
        for policy in Policy::ALL {
            assert_eq!(Policy::parse(policy.code()), Some(policy));
        }
    }
}
