//! What members are told in the portal: the bell.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

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
}
