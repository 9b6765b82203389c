//! A cart that somebody of the seller's leaves for a member: the member takes it over, or declines.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::ids::ProposalId;
use crate::orders::ReorderLine;
use crate::{Money, Problem};

/// Checks the note of a proposal: at most 500 characters; may be empty.
pub fn note(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.chars().count() > 500 {
        return Err(Problem::invalid("note", "Write at most 500 characters."));
    }
    Ok(text.to_owned())
}

/// A proposal that waits, as the cart and the home page show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalRow {
    /// Names it in addresses.
    pub id: ProposalId,
    /// Who proposes.
    pub by: String,
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// What they say about it.
    pub note: String,
    /// Its lines.
    pub lines: i64,
}

/// What waits for the member; and whether the asking person may leave a proposal here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposals {
    /// The oldest first.
    pub waiting: Vec<ProposalRow>,
    /// Somebody acts for the member: lines of the cart that they added themselves and could leave as a proposal.
    pub mine: Option<i64>,
    /// The member's name, for whoever acts for them.
    pub member: String,
}

/// A proposal's page: every line then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalPage {
    /// The row of the list.
    pub row: ProposalRow,
    /// Every line of it, as it was proposed and as it is now.
    pub lines: Vec<ReorderLine>,
    /// What can be ordered of it, now, before tax.
    pub total: Money,
    /// The asking person may answer: it waits, and it is theirs.
    pub can_answer: bool,
    /// What became of it, in words; empty while it waits.
    pub answer: String,
}
