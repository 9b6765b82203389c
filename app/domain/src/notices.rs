//! What members are told in the portal: the bell.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// What a notice is about; each member chooses which of them come by mail as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Something waits for one's decision.
    Ask,
    /// Something was decided about what one sent.
    Decision,
    /// Questions and answers.
    Talk,
    /// Recurring orders, before they are placed.
    Schedule,
    /// Quotes: sent, expired, talked about.
    Quote,
    /// Invoices, credit notes, payments.
    Invoice,
    /// Prices that change on what the account buys.
    Price,
    /// What one waited for can be had again.
    Stock,
    /// A budget is nearly used.
    Budget,
    /// The company's own matters.
    Company,
    /// The week ahead; by mail alone.
    Digest,
}

impl Kind {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 11] = [
        Self::Ask,
        Self::Decision,
        Self::Schedule,
        Self::Talk,
        Self::Quote,
        Self::Invoice,
        Self::Price,
        Self::Stock,
        Self::Budget,
        Self::Company,
        Self::Digest,
    ];

    /// As stored and as the form sends it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Decision => "decision",
            Self::Schedule => "schedule",
            Self::Talk => "talk",
            Self::Quote => "quote",
            Self::Invoice => "invoice",
            Self::Price => "price",
            Self::Stock => "stock",
            Self::Budget => "budget",
            Self::Company => "company",
            Self::Digest => "digest",
        }
    }

    /// Reads [`Kind::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }

    /// In the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ask => "Something waits for my decision",
            Self::Decision => "My order was decided, changed or released",
            Self::Schedule => "Recurring orders, before they are placed",
            Self::Talk => "Questions and answers",
            Self::Quote => "Quotes: sent, expired, talked about",
            Self::Invoice => "Invoices, credit notes, payments",
            Self::Price => "Prices change on what we buy",
            Self::Stock => "What I wait for can be had again",
            Self::Budget => "A budget is nearly used",
            Self::Company => "Delegations and other company matters",
            Self::Digest => "What the week brings, on Monday mornings",
        }
    }
}

/// One sentence, and the page that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRow {
    /// The sentence.
    pub text: String,
    /// Path of the page.
    pub href: String,
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// Not read yet.
    pub unread: bool,
}

/// The bell's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesPage {
    /// The newest first.
    pub notices: Vec<NoticeRow>,
    /// What comes by mail as well.
    pub mailed: Vec<Kind>,
}
