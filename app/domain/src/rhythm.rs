//! Buy again: what an account buys in a rhythm, and when it is due.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::Quantity;
use crate::cart::LineProblem;
use crate::catalog::PriceBrief;

/// Purchases that make a rhythm: two gaps at least, or the one there is says nothing.
pub const LEAST: usize = 3;
/// Days ahead of which something counts as due.
pub const SOON: i64 = 7;

/// An article bought on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bought {
    /// When.
    pub on: NaiveDate,
    /// How many.
    pub quantity: Decimal,
}

/// How often, how many, and when next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    /// Days between two purchases, as a rule: the median.
    pub every: i64,
    /// How many at once, as a rule: the median, which is one that was bought.
    pub quantity: Quantity,
    /// The last purchase.
    pub last: NaiveDate,
    /// Days on which it was bought.
    pub times: usize,
    /// When the next is due.
    pub due: NaiveDate,
}

/// When something is due, seen from a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum When {
    /// Within [`SOON`] days, or past.
    Due,
    /// Later.
    Later,
    /// Not bought for three times as long as usual: perhaps no longer needed.
    Lapsed,
}

impl Rhythm {
    /// The rhythm of one article's purchases, in any order; those of one day are one. None for fewer than [`LEAST`].
    pub fn of(bought: &[Bought]) -> Option<Self> {
        let mut days: Vec<Bought> = bought.to_vec();
        days.sort_by_key(|b| b.on);
        let mut merged: Vec<Bought> = Vec::with_capacity(days.len());
        for b in days {
            match merged.last_mut().filter(|last| last.on == b.on) {
                Some(last) => last.quantity += b.quantity,
                None => merged.push(b),
            }
        }
        let last = merged.last()?.on;
        if merged.len() < LEAST {
            return None;
        }
        let mut gaps: Vec<i64> = merged.windows(2).map(|w| (w[1].on - w[0].on).num_days()).collect();
        let mut quantities: Vec<Decimal> = merged.iter().map(|b| b.quantity).collect();
        gaps.sort_unstable();
        quantities.sort_unstable();
        let every = gaps[(gaps.len() - 1) / 2];
        let quantity = Quantity::new(quantities[(quantities.len() - 1) / 2])?;
        let due = last.checked_add_days(Days::new(u64::try_from(every).ok()?))?;
        Some(Self { every, quantity, last, times: merged.len(), due })
    }

    /// When it is due, seen from `today`.
    pub fn when(&self, today: NaiveDate) -> When {
        if (today - self.last).num_days() > 3 * self.every.max(SOON) {
            When::Lapsed
        } else if (self.due - today).num_days() <= SOON {
            When::Due
        } else {
            When::Later
        }
    }

    /// `due in 3 days`, `due today`, `due for 2 days`.
    pub fn words(&self, today: NaiveDate) -> String {
        let days = |n: i64| crate::text::counted(n, "day", "days");
        match (self.due - today).num_days() {
            0 => "due today".to_owned(),
            n if n > 0 => format!("due in {}", days(n)),
            n => format!("due for {}", days(-n)),
        }
    }
}

/// Something to buy again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgainRow {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Unit of measure.
    pub unit: String,
    /// Picture address.
    pub picture: String,
    /// Where it is sent, where the account has it sent to several places; empty otherwise.
    pub ship_to: String,
    /// Its rhythm.
    pub rhythm: Rhythm,
    /// When that is.
    pub when: When,
    /// The usual quantity, fitted to the pack.
    pub quantity: Quantity,
    /// The price at that quantity.
    pub price: Option<PriceBrief>,
    /// Quantity × price.
    pub net: Option<Money>,
    /// Why it cannot be ordered as it stands.
    pub problems: Vec<LineProblem>,
}

impl AgainRow {
    /// It can be put into a cart; what is short says so there.
    pub fn orderable(&self) -> bool {
        self.problems.iter().all(|p| matches!(p, LineProblem::Short(_)))
    }
}

/// What is bought in a rhythm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgainPage {
    /// What is due first comes first.
    pub rows: Vec<AgainRow>,
    /// The seller's today.
    pub today: NaiveDate,
}

/// Rows on the page at most.
pub const SHOWN: usize = 100;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(n: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + chrono::Duration::days(n)
    }

    fn bought(days: &[(i64, i64)]) -> Vec<Bought> {
        days.iter().map(|(on, n)| Bought { on: day(*on), quantity: Decimal::from(*n) }).collect()
    }

    #[test]
    fn the_usual_gap_and_quantity_are_the_median_and_not_thrown_off_by_one_big_order() {
        let r = Rhythm::of(&bought(&[(0, 10), (14, 12), (28, 500), (41, 12), (41, 1), (90, 10)])).expect("a rhythm");
        assert_eq!((r.every, r.quantity.value(), r.times, r.last), (14, Decimal::from(12), 5, day(90)));
        assert_eq!(r.due, day(104));
        assert_eq!(
            (r.words(day(101)), r.words(day(104)), r.words(day(105))),
            ("due in 3 days".into(), "due today".into(), "due for 1 day".into())
        );
        assert_eq!(
            (r.when(day(96)), r.when(day(97)), r.when(day(132)), r.when(day(133))),
            (When::Later, When::Due, When::Due, When::Lapsed)
        );
    }

    #[test]
    fn two_purchases_are_no_rhythm() {
        assert_eq!(Rhythm::of(&[]), None);
        assert_eq!(Rhythm::of(&bought(&[(0, 1), (7, 1), (7, 5)])), None);
    }

    proptest! {
        #[test]
        fn a_rhythm_is_made_of_what_was_bought(days in prop::collection::vec((0_i64..700, 1_i64..900), 0..40)) {
            if let Some(r) = Rhythm::of(&bought(&days)) {
                prop_assert!(r.every >= 1 && r.times >= LEAST);
                prop_assert_eq!(r.due, r.last + chrono::Duration::days(r.every));
                prop_assert_eq!(Some(r.last), days.iter().map(|d| day(d.0)).max());
                let mut turned = days.clone();
                turned.reverse();
                prop_assert_eq!(Rhythm::of(&bought(&turned)), Some(r));
            }
        }
    }
}
