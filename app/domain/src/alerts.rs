//! Alerts: prices that change on what an account buys, articles that somebody waits for, budgets that are nearly used; and the week
//! ahead by mail.

use std::fmt::Write as _;

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::budgets::BudgetRow;
use crate::catalog::Availability;
use crate::{Money, Quantity, text};

/// Days ahead in which a price change is told.
pub const AHEAD: u64 = 45;
/// Days back in which something was bought that still concerns the account.
pub const LOOK_BACK: u64 = 180;
/// Articles that are looked at, those bought last first.
pub const LOOKED_AT: i64 = 500;
/// Articles that a member can wait for.
pub const MOST_WATCHES: i64 = 200;

/// A price that changes, or has changed, on something that the account buys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceChange {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// As many as were bought last; the price is for so many.
    pub quantity: Quantity,
    /// What it costs until then (or cost when it was bought last); none: on request.
    pub before: Option<Money>,
    /// What it costs from then on; none: on request.
    pub after: Option<Money>,
    /// The first day of the new price; for one that has changed already, the day of the last purchase.
    pub on: NaiveDate,
    /// The agreement whose price ends with the day before: `Contract K-2041`; empty: the same agreement goes on.
    pub ends: String,
}

impl PriceChange {
    /// Whether it becomes dearer, or cannot be had at a price any more.
    pub fn is_rise(&self) -> bool {
        match (self.before, self.after) {
            (Some(before), Some(after)) => after.amount() > before.amount(),
            (before, _) => before.is_some(),
        }
    }

    /// "£3.00 instead of £2.80".
    pub fn words(&self) -> String {
        let price = |p: Option<Money>| p.map_or_else(|| "price on request".to_owned(), text::money);
        format!("{} instead of {}", price(self.after), price(self.before))
    }
}

/// An article that the member waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Picture address.
    pub picture: String,
    /// What can be promised now.
    pub availability: Availability,
    /// Since when.
    pub since: NaiveDate,
}

/// The page of alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertsPage {
    /// Prices that change within [`AHEAD`] days, the next first.
    pub ahead: Vec<PriceChange>,
    /// Prices that differ from what was paid last, rises first.
    pub since: Vec<PriceChange>,
    /// What the member waits for.
    pub watched: Vec<Watched>,
    /// Budgets used as far as their owner wants to be told, for those who see budgets.
    pub budgets: Vec<BudgetRow>,
    /// The seller's today.
    pub today: NaiveDate,
}

/// The Monday of a day's week.
pub fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// Whether the week ahead is told on this day: Monday, or the day after where nobody could on Monday.
pub fn is_digest_day(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Mon | Weekday::Tue)
}

/// Lines of a section in the mail; the page has them all.
const LISTED: usize = 8;

/// The week ahead, for one member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    sections: Vec<(String, Vec<String>, &'static str)>,
}

impl Digest {
    /// Adds what is to be said of one matter, and the page that has more of it; nothing to say adds nothing.
    pub fn add(&mut self, heading: String, lines: Vec<String>, href: &'static str) {
        if !lines.is_empty() {
            self.sections.push((heading, lines, href));
        }
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }

    /// The body of the mail; paths are written `{origin}/…`.
    pub fn body(&self, company: &str) -> String {
        let mut body = format!("What this week brings for {company}.\n");
        for (heading, lines, href) in &self.sections {
            // Writing into a String cannot fail.
            let _written = write!(body, "\n{heading}\n");
            for line in lines.iter().take(LISTED) {
                let _written = writeln!(body, "  {line}");
            }
            if lines.len() > LISTED {
                let _written = writeln!(body, "  and {} more", lines.len() - LISTED);
            }
            let _written = writeln!(body, "  {{origin}}{href}");
        }
        body.push_str("\nChoose what comes by mail: {origin}/notices\n");
        body
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::Currency;

    fn day(d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, d).expect("a day of November")
    }

    #[test]
    fn a_week_begins_on_monday_and_is_told_then() {
        assert_eq!(monday(day(23)), day(23));
        assert_eq!(monday(day(29)), day(23));
        assert_eq!((22..=26).map(|d| is_digest_day(day(d))).collect::<Vec<_>>(), [false, true, true, false, false]);
    }

    #[test]
    fn a_price_that_is_gone_is_a_rise_and_one_that_comes_is_none() {
        let gbp = |n: i64| Some(Money::new(Decimal::new(n, 2), Currency::GBP));
        let change = |before, after| PriceChange {
            sku: "A".into(),
            name: "Tape".into(),
            unit: "EA".into(),
            quantity: Quantity::ONE,
            before,
            after,
            on: day(30),
            ends: String::new(),
        };
        assert!(change(gbp(280), gbp(300)).is_rise() && change(gbp(280), None).is_rise());
        assert!(!change(gbp(300), gbp(280)).is_rise() && !change(None, gbp(280)).is_rise());
        assert_eq!(change(gbp(280), None).words(), "price on request instead of £2.80");
    }

    #[test]
    fn a_digest_says_what_there_is_and_where_there_is_more() {
        let mut digest = Digest::default();
        digest.add("Nothing".into(), Vec::new(), "/");
        assert!(digest.is_empty());
        digest.add("Due".into(), (1..=10).map(|n| format!("article {n}")).collect(), "/buy-again");
        let body = digest.body("Acme");
        assert!(body.starts_with("What this week brings for Acme.\n\nDue\n  article 1\n"));
        assert!(body.contains("  article 8\n  and 2 more\n  {origin}/buy-again\n"), "{body}");
        assert!(!body.contains("article 9") && body.ends_with("{origin}/notices\n"));
    }
}
