//! Reminders of what is due: those that an account sets for itself, and the seller's of what is overdue, with what was promised.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{FieldError, Money, Problem};

/// What an account wants to be told by itself; told to its finance users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// So many days before an invoice is due, once; none: never.
    pub days_before: Option<u32>,
    /// Every so many days while something is overdue; none: never.
    pub every_days: Option<u32>,
}

impl Settings {
    /// Reads the form; an empty field is "never".
    pub fn read(days_before: &str, every_days: &str) -> Result<Self, Problem> {
        let read = |field: &str, text: &str, most: u32| match text.trim() {
            "" => Ok(None),
            text => match text.parse::<u32>() {
                Ok(n) if (1..=most).contains(&n) => Ok(Some(n)),
                _ => Err(FieldError::new(field, format!("Enter 1 to {most} days, or nothing."))),
            },
        };
        let (before, every) = (read("days_before", days_before, 30), read("every_days", every_days, 60));
        match (before, every) {
            (Ok(days_before), Ok(every_days)) => Ok(Self { days_before, every_days }),
            (before, every) => Err(Problem::Invalid(before.err().into_iter().chain(every.err()).collect())),
        }
    }

    /// The last due day of which the account is told today.
    pub fn told_until(self, today: NaiveDate) -> Option<NaiveDate> {
        today.checked_add_days(Days::new(u64::from(self.days_before?)))
    }

    /// Whether the account is told today of what is overdue, having been told last on `last`.
    pub fn tells_overdue(self, last: Option<NaiveDate>, today: NaiveDate) -> bool {
        let Some(days) = self.every_days else { return false };
        last.is_none_or(|last| (today - last).num_days() >= i64::from(days))
    }
}

/// What the n-th reminder of the seller's is called, since the oldest of what is overdue fell due.
pub const fn level_words(level: i64) -> &'static str {
    match level {
        ..=1 => "Reminder",
        2 => "Second reminder",
        _ => "Final reminder",
    }
}

/// What a customer has promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// The day until which they pay.
    pub on: NaiveDate,
    /// In the words of whoever noted it.
    pub note: String,
    /// Who noted it.
    pub by: String,
}

impl Promise {
    /// Its day is over, and something is still overdue.
    pub fn broken(&self, today: NaiveDate) -> bool {
        self.on < today
    }
}

/// The most days ahead that a promise may be.
const PROMISED_AT_MOST: u64 = 180;

/// Checks the day of a promise.
pub fn check_promise(on: NaiveDate, today: NaiveDate) -> Result<(), Problem> {
    let last = today.checked_add_days(Days::new(PROMISED_AT_MOST)).unwrap_or(today);
    if (today..=last).contains(&on) {
        Ok(())
    } else {
        Err(Problem::invalid("on", format!("Choose a day from today on, within {PROMISED_AT_MOST} days.")))
    }
}

/// Which customers the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Show {
    /// Those without a promise whose day is to come.
    #[default]
    ToRemind,
    /// Those who have promised a day that is to come.
    Promised,
    /// Everybody with something overdue.
    All,
}

impl Show {
    /// All of them, with the word in the URL and the label.
    pub const ALL: [(Self, &'static str, &'static str); 3] =
        [(Self::ToRemind, "", "To remind"), (Self::Promised, "promised", "Promised"), (Self::All, "all", "All")];

    /// The word in the URL.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|s| s.0 == self).map_or("", |s| s.1)
    }
}

/// What the list's URL asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdueQuery {
    /// Which customers.
    pub show: Show,
    /// Number or name.
    pub words: String,
    /// Page, from 1.
    pub page: u32,
}

/// Rows on one page.
pub const PAGE: u32 = 25;

impl OverdueQuery {
    /// Reads `show=promised&q=…&page=…`; nonsense is left out.
    pub fn parse(query: &str) -> Self {
        let mut wanted = Self { page: 1, ..Self::default() };
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "show" => wanted.show = Show::ALL.iter().find(|s| s.1 == value).map_or(Show::ToRemind, |s| s.0),
                "q" => wanted.words = value.trim().chars().filter(|c| !c.is_control()).take(100).collect(),
                "page" => wanted.page = value.parse().unwrap_or(1).clamp(1, 9_999),
                _ => {}
            }
        }
        wanted
    }

    /// The link to this list.
    pub fn href(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (key, value) in [("show", self.show.code()), ("q", &self.words)] {
            if !value.is_empty() {
                query.append_pair(key, value);
            }
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        let query = query.finish();
        if query.is_empty() { "/finance/overdue".to_owned() } else { format!("/finance/overdue?{query}") }
    }
}

/// A customer with something overdue, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdueRow {
    /// The customer's number.
    pub account: String,
    /// The customer's name.
    pub customer: String,
    /// Overdue and not being paid.
    pub overdue: Money,
    /// Of this, by days past due: 1–30, 31–60, 61–90, over 90.
    pub buckets: [Money; 4],
    /// Of this, disputed: not reminded of.
    pub disputed: Money,
    /// Invoices.
    pub count: i64,
    /// Since when the oldest is due.
    pub oldest: NaiveDate,
    /// Our reminders since then.
    pub reminders: i64,
    /// The last of them.
    pub last_reminder: Option<NaiveDate>,
    /// What they promised last, since then.
    pub promise: Option<Promise>,
}

/// The list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverduePage {
    /// What was asked.
    pub query: OverdueQuery,
    /// The page's rows, the largest sum first.
    pub rows: Vec<OverdueRow>,
    /// All matches.
    pub total: i64,
    /// The seller's today.
    pub today: NaiveDate,
}

/// A reminder as the account has got it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// When.
    pub on: NaiveDate,
    /// Which one it was.
    pub level: i64,
    /// What it was about.
    pub total: Money,
    /// How many invoices.
    pub count: i64,
}

/// The account's own reminders, and the seller's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemindersPage {
    /// What the account has set.
    pub settings: Settings,
    /// The seller's reminders, the newest first.
    pub sent: Vec<Sent>,
    /// The reader may set them.
    pub may_set: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn settings_are_days_or_never() {
        assert_eq!(Settings::read(" 5 ", "7"), Ok(Settings { days_before: Some(5), every_days: Some(7) }));
        assert_eq!(Settings::read("", " "), Ok(Settings::default()));
        for (before, every, field) in
            [("0", "", "days_before"), ("31", "", "days_before"), ("", "61", "every_days"), ("x", "", "days_before")]
        {
            assert!(
                matches!(Settings::read(before, every), Err(Problem::Invalid(e)) if e[0].field == field),
                "{before} {every}"
            );
        }
    }

    #[test]
    fn what_is_overdue_is_told_again_after_so_many_days_and_not_before() {
        let settings = Settings { days_before: Some(3), every_days: Some(7) };
        let today = day("2026-11-26");
        assert_eq!(settings.told_until(today), Some(day("2026-11-29")));
        assert!(settings.tells_overdue(None, today));
        assert!(settings.tells_overdue(Some(day("2026-11-19")), today));
        assert!(!settings.tells_overdue(Some(day("2026-11-20")), today));
        assert!(!Settings::default().tells_overdue(None, today));
        assert_eq!(Settings::default().told_until(today), None);
    }

    #[test]
    fn a_promise_is_of_a_day_to_come_and_broken_after_it() {
        let today = day("2026-11-26");
        let promise = |on| Promise { on: day(on), note: String::new(), by: String::new() };
        assert!(check_promise(today, today).is_ok());
        assert!(check_promise(day("2026-11-25"), today).is_err());
        assert!(check_promise(day("2028-11-25"), today).is_err());
        assert!(!promise("2026-11-26").broken(today));
        assert!(promise("2026-11-25").broken(today));
    }

    #[test]
    fn a_list_link_reads_back_the_same() {
        let url = "/finance/overdue?show=promised&q=acme&page=2";
        assert_eq!(OverdueQuery::parse(&url[17..]).href(), url);
        assert_eq!(OverdueQuery::parse("show=odd&page=x").href(), "/finance/overdue");
    }
}
