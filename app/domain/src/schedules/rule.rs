//! On which days a schedule orders. Days of the seller's calendar, so that no clock change moves one; each is computed from the
//! first, never from the one before, so that the end of a short month does not stick (31 Jan, 28 Feb, 31 Mar).

use chrono::{Datelike as _, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::text;

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Every {
    /// So many weeks, on this day of the week.
    Weeks(u32, Weekday),
    /// So many months, on this day of the month; the last one where the month is shorter.
    Months(u32, u32),
}

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Until {
    /// Until somebody ends it.
    Open,
    /// This day, which still counts.
    Day(NaiveDate),
    /// So many dates, those that are skipped included.
    Times(u32),
}

/// A schedule's dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// How often.
    pub every: Every,
    /// No date is before this day.
    pub start: NaiveDate,
    /// How long.
    pub until: Until,
}

/// Every weekday with its name, Monday first; the number from 1 is what forms and the database say.
pub const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "Monday"),
    (Weekday::Tue, "Tuesday"),
    (Weekday::Wed, "Wednesday"),
    (Weekday::Thu, "Thursday"),
    (Weekday::Fri, "Friday"),
    (Weekday::Sat, "Saturday"),
    (Weekday::Sun, "Sunday"),
];

/// The day `on` of a date's month, or the last one.
fn in_month(of: NaiveDate, on: u32) -> Option<NaiveDate> {
    (1..=on).rev().find_map(|day| of.with_day(day))
}

impl Rule {
    /// Date number `n`, from 0; none beyond the end.
    fn nth(&self, n: u32) -> Option<NaiveDate> {
        let day = match self.every {
            Every::Weeks(every, on) => {
                let ahead = on.days_since(self.start.weekday());
                self.start.checked_add_days(Days::new(u64::from(ahead) + 7 * u64::from(every) * u64::from(n)))?
            }
            Every::Months(every, on) => {
                let later = u32::from(in_month(self.start, on)? < self.start);
                let months = every.checked_mul(n)?.checked_add(later)?;
                in_month(self.start.with_day(1)?.checked_add_months(Months::new(months))?, on)?
            }
        };
        let over = match self.until {
            Until::Open => false,
            Until::Day(last) => day > last,
            Until::Times(times) => n >= times,
        };
        (!over).then_some(day)
    }

    /// Its dates, in order.
    pub fn dates(self) -> impl Iterator<Item = NaiveDate> {
        (0..).map_while(move |n| self.nth(n))
    }

    /// The first date after `day`.
    pub fn after(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.dates().find(|d| *d > day)
    }

    /// The last date that is not after `day`.
    pub fn last_by(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.dates().take_while(|d| *d <= day).last()
    }

    /// Whether `day` is one of its dates.
    pub fn at(&self, day: NaiveDate) -> bool {
        self.last_by(day) == Some(day)
    }

    /// `Every 2 weeks on Monday, 6 times`.
    pub fn words(&self) -> String {
        let how_often =
            |n: u32, unit: &str| if n == 1 { format!("Every {unit}") } else { format!("Every {n} {unit}s") };
        let every = match self.every {
            Every::Weeks(n, on) => {
                let name = WEEKDAYS.iter().find(|d| d.0 == on).map_or("", |d| d.1);
                format!("{} on {name}", how_often(n, "week"))
            }
            Every::Months(n, 31) => format!("{} on the last day", how_often(n, "month")),
            Every::Months(n, day @ 29..) => format!("{} on day {day}, or the last", how_often(n, "month")),
            Every::Months(n, day) => format!("{} on day {day}", how_often(n, "month")),
        };
        match self.until {
            Until::Open => every,
            Until::Day(last) => format!("{every}, until {}", text::date(last)),
            Until::Times(times) => format!("{every}, {}", text::counted(times.into(), "time", "times")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a date")
    }

    fn first(rule: Rule, n: usize) -> Vec<NaiveDate> {
        rule.dates().take(n).collect()
    }

    #[test]
    fn the_end_of_a_short_month_does_not_stick() {
        let rule = Rule { every: Every::Months(1, 31), start: day(2027, 1, 31), until: Until::Open };
        let ends = [(1, 31), (2, 28), (3, 31), (4, 30), (5, 31)];
        assert_eq!(first(rule, 5), ends.map(|(m, d)| day(2027, m, d)));
        let leap = Rule { every: Every::Months(12, 29), start: day(2027, 2, 1), until: Until::Open };
        assert_eq!(first(leap, 3), [day(2027, 2, 28), day(2028, 2, 29), day(2029, 2, 28)]);
    }

    #[test]
    fn the_first_date_is_not_before_the_start_and_the_rhythm_is_counted_from_it() {
        let third = Rule { every: Every::Months(3, 5), start: day(2026, 11, 23), until: Until::Open };
        assert_eq!(first(third, 3), [day(2026, 12, 5), day(2027, 3, 5), day(2027, 6, 5)]);
        let fortnight = Rule { every: Every::Weeks(2, Weekday::Mon), start: day(2026, 11, 25), until: Until::Open };
        assert_eq!(first(fortnight, 2), [day(2026, 11, 30), day(2026, 12, 14)]);
        // Clocks go back on 25 October 2026 and forward on 28 March 2027: days stay days.
        let autumn = Rule { every: Every::Weeks(1, Weekday::Sun), start: day(2026, 10, 18), until: Until::Open };
        assert_eq!(first(autumn, 3), [day(2026, 10, 18), day(2026, 10, 25), day(2026, 11, 1)]);
    }

    #[test]
    fn it_ends_with_its_last_day_or_its_last_time() {
        let weekly = |until| Rule { every: Every::Weeks(1, Weekday::Mon), start: day(2026, 11, 23), until };
        assert_eq!(first(weekly(Until::Day(day(2026, 12, 7))), 9).len(), 3, "the last day counts");
        assert_eq!(first(weekly(Until::Times(2)), 9), [day(2026, 11, 23), day(2026, 11, 30)]);
        assert_eq!(weekly(Until::Times(2)).after(day(2026, 11, 30)), None);
        assert_eq!(weekly(Until::Day(day(2026, 11, 22))).dates().next(), None, "none at all");
    }

    #[test]
    fn rules_read_as_people_say_them() {
        let rule = |every, until| Rule { every, start: day(2026, 11, 23), until }.words();
        assert_eq!(rule(Every::Weeks(1, Weekday::Mon), Until::Open), "Every week on Monday");
        assert_eq!(rule(Every::Weeks(2, Weekday::Sun), Until::Times(6)), "Every 2 weeks on Sunday, 6 times");
        assert_eq!(rule(Every::Months(1, 31), Until::Open), "Every month on the last day");
        assert_eq!(
            rule(Every::Months(3, 30), Until::Day(day(2027, 5, 3))),
            "Every 3 months on day 30, or the last, until 3 May 2027"
        );
    }

    fn rules() -> impl Strategy<Value = Rule> {
        let every = prop_oneof![
            (1_u32..=52, 0_usize..7).prop_map(|(n, on)| Every::Weeks(n, WEEKDAYS[on].0)),
            (1_u32..=24, 1_u32..=31).prop_map(|(n, on)| Every::Months(n, on)),
        ];
        let until = prop_oneof![
            Just(Until::Open),
            (0_u64..2_000).prop_map(|n| Until::Day(day(2024, 1, 1) + Days::new(n))),
            (1_u32..40).prop_map(Until::Times),
        ];
        // Four years, so that every leap day is met.
        (every, 0_u64..1_461, until).prop_map(|(every, start, until)| Rule {
            every,
            start: day(2024, 1, 1) + Days::new(start),
            until,
        })
    }

    proptest! {
        #[test]
        fn dates_grow_and_each_is_where_the_rule_says(rule in rules()) {
            let dates = first(rule, 60);
            prop_assert!(dates.windows(2).all(|w| w[0] < w[1]));
            for date in &dates {
                prop_assert!(*date >= rule.start);
                match rule.every {
                    Every::Weeks(_, on) => prop_assert_eq!(date.weekday(), on),
                    Every::Months(_, on) => {
                        let last = date.with_day(1).and_then(|d| d.checked_add_months(Months::new(1))).and_then(|d| d.pred_opt());
                        prop_assert_eq!(date.day(), on.min(last.expect("a date").day()));
                    }
                }
            }
        }

        #[test]
        fn no_date_is_skipped_and_none_comes_twice(rule in rules()) {
            let dates = first(rule, 60);
            for w in dates.windows(2) {
                match rule.every {
                    Every::Weeks(n, _) => prop_assert_eq!((w[1] - w[0]).num_days(), 7 * i64::from(n)),
                    Every::Months(n, _) => {
                        let months = |d: NaiveDate| i64::from(d.year()) * 12 + i64::from(d.month());
                        prop_assert_eq!(months(w[1]) - months(w[0]), i64::from(n));
                    }
                }
            }
            // Walking by `after` meets exactly the same dates, from whatever day one looks.
            let mut walked = Vec::new();
            let mut at = rule.start.pred_opt().expect("a date");
            while let Some(next) = rule.after(at).filter(|_| walked.len() < 60) {
                walked.push(next);
                at = next;
            }
            prop_assert_eq!(walked, dates);
        }

        #[test]
        fn after_and_last_by_meet_around_every_day(rule in rules(), ahead in 0_u64..1_500) {
            let at = rule.start + Days::new(ahead);
            let (before, next) = (rule.last_by(at), rule.after(at));
            prop_assert!(before.is_none_or(|d| d <= at) && next.is_none_or(|d| d > at));
            prop_assert_eq!(before.is_some_and(|d| d == at), rule.at(at));
            if let (Some(before), Some(next)) = (before, next) {
                prop_assert_eq!(rule.after(before), Some(next), "nothing in between");
            }
        }
    }
}
