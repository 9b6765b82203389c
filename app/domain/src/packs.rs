//! Finance packs: a period's documents in one archive, made in the background and kept for a week.

use chrono::{Datelike as _, Months, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::ids::PackId;
use crate::{FieldError, Problem};

/// Days for which a pack can be downloaded.
pub const KEPT_DAYS: i64 = 7;
/// Documents in one pack at most.
pub const MOST: i64 = 5_000;

/// Which documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Documents {
    /// All of them.
    #[default]
    All,
    /// Invoices.
    Invoices,
    /// Credit notes.
    CreditNotes,
}

impl Documents {
    /// All of them, with their stored word and label.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::All, "all", "Invoices and credit notes"),
        (Self::Invoices, "invoice", "Invoices"),
        (Self::CreditNotes, "credit_note", "Credit notes"),
    ];

    /// As stored; but for all, the kind of document.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|d| d.0 == self).map_or("all", |d| d.1)
    }

    /// In the form and the list.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|d| d.0 == self).map_or("", |d| d.2)
    }

    /// Reads [`Documents::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|d| d.1 == code).map(|d| d.0)
    }
}

/// What goes into a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackForm {
    /// First day of issue.
    pub from: NaiveDate,
    /// Last day of issue.
    pub to: NaiveDate,
    /// Which documents.
    pub documents: Documents,
    /// Of this cost centre alone; empty: of all.
    pub cost_centre: String,
}

impl PackForm {
    /// The calendar month before the one of `today`, with everything in it: what the monthly pack has.
    pub fn month_before(today: NaiveDate) -> Self {
        let this = today.with_day(1).unwrap_or(today);
        let from = this.checked_sub_months(Months::new(1)).unwrap_or(this);
        let to = this.pred_opt().unwrap_or(this);
        Self { from, to, documents: Documents::All, cost_centre: String::new() }
    }

    /// Checks that the period is one, and not in the future.
    pub fn check(&self, today: NaiveDate) -> Result<(), Problem> {
        let mut errors = Vec::new();
        if self.to < self.from {
            errors.push(FieldError::new("to", "Choose a last day that is not before the first."));
        } else if self.from > today {
            errors.push(FieldError::new("from", "Choose a first day that is not in the future."));
        }
        if self.cost_centre.chars().any(char::is_control) {
            errors.push(FieldError::new("cost_centre", "Choose one of your cost centres."));
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors)) }
    }

    /// The archive's file name.
    pub fn file_name(&self) -> String {
        format!("finance-pack-{}-{}.zip", self.from, self.to)
    }
}

/// Where a pack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// In the queue.
    Waiting,
    /// Being made.
    Working,
    /// To be downloaded.
    Ready,
    /// It could not be made.
    Failed,
}

impl State {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Working => "working",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// In the list.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Working => "Being made",
            Self::Ready => "Ready",
            Self::Failed => "Could not be made",
        }
    }

    /// Reads [`State::code`].
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Waiting, Self::Working, Self::Ready, Self::Failed].into_iter().find(|s| s.code() == code)
    }
}

/// A pack in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRow {
    /// Its id.
    pub id: PackId,
    /// What is in it.
    pub form: PackForm,
    /// Where it stands.
    pub state: State,
    /// Documents in it.
    pub total: u32,
    /// Of these, made so far.
    pub done: u32,
    /// Bytes of the archive; 0 until it is ready.
    pub size: i64,
    /// SHA-256 of the archive, in hex; empty until it is ready.
    pub sha256: String,
    /// Who asked for it; for the monthly one, for whom it is made.
    pub by: String,
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// Until when it is kept, the seller's local time; none until it is ready.
    pub until: Option<NaiveDateTime>,
}

/// The packs' page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacksPage {
    /// The account's packs that are there, the newest first.
    pub rows: Vec<PackRow>,
    /// The reader gets one every month.
    pub monthly: bool,
    /// Cost centres to choose from.
    pub cost_centres: Vec<String>,
    /// What the form begins with.
    pub form: PackForm,
}

impl PacksPage {
    /// Something is still being made.
    pub fn busy(&self) -> bool {
        self.rows.iter().any(|r| matches!(r.state, State::Waiting | State::Working))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn the_monthly_pack_is_of_the_whole_month_before() {
        for (today, from, to) in [
            ("2026-11-26", "2026-10-01", "2026-10-31"),
            ("2026-03-31", "2026-02-01", "2026-02-28"),
            ("2028-03-01", "2028-02-01", "2028-02-29"),
            ("2026-01-01", "2025-12-01", "2025-12-31"),
        ] {
            let form = PackForm::month_before(day(today));
            assert_eq!((form.from, form.to), (day(from), day(to)), "{today}");
            assert!(form.check(day(today)).is_ok());
        }
    }

    #[test]
    fn a_period_ends_after_it_begins_and_begins_before_tomorrow() {
        let form = |from, to| PackForm { from: day(from), to: day(to), ..PackForm::month_before(day("2026-11-26")) };
        let today = day("2026-11-26");
        assert!(form("2026-11-26", "2026-12-31").check(today).is_ok());
        for (bad, field) in [(form("2026-11-02", "2026-11-01"), "to"), (form("2026-11-27", "2026-11-28"), "from")] {
            assert!(matches!(bad.check(today), Err(Problem::Invalid(e)) if e[0].field == field));
        }
    }

    #[test]
    fn codes_read_back() {
        assert!(Documents::ALL.iter().all(|d| Documents::parse(d.1) == Some(d.0)));
        assert!(
            ["waiting", "working", "ready", "failed"].iter().all(|c| State::parse(c).is_some_and(|s| s.code() == *c))
        );
    }
}
