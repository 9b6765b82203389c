//! Working time: what reminders and escalations count in, so that nobody is chased on a Sunday.

use chrono::{Datelike as _, Duration, NaiveDateTime, NaiveTime, Weekday};

/// The first and the last hour of a working day, Monday to Friday.
pub const HOURS: (u32, u32) = (9, 17);

fn at(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

/// How much working time lies between two instants of one clock; none when `to` is not after `from`. Public holidays
/// count as working days.
pub fn between(from: NaiveDateTime, to: NaiveDateTime) -> Duration {
    let (open, close) = (at(HOURS.0), at(HOURS.1));
    let mut sum = Duration::zero();
    for day in from.date().iter_days().take_while(|d| *d <= to.date()).take(366) {
        if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            continue;
        }
        let (begin, end) = (day.and_time(open).max(from), day.and_time(close).min(to));
        if end > begin {
            sum += end - begin;
        }
    }
    sum
}

/// Whether people are at work.
pub fn is_open(now: NaiveDateTime) -> bool {
    !matches!(now.weekday(), Weekday::Sat | Weekday::Sun) && (at(HOURS.0)..at(HOURS.1)).contains(&now.time())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    /// A day of November 2026; the 23rd is a Monday.
    fn on(day: u32, hour: u32, minute: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 11, day).and_then(|d| d.and_hms_opt(hour, minute, 0)).expect("a time")
    }

    #[test]
    fn nights_and_weekends_do_not_count() {
        for (from, to, minutes) in [
            (on(23, 9, 0), on(23, 10, 30), 90),
            (on(23, 16, 0), on(24, 10, 0), 120),
            (on(23, 7, 0), on(23, 9, 0), 0),
            (on(23, 18, 0), on(24, 8, 59), 0),
            // Friday afternoon to Monday morning.
            (on(27, 16, 30), on(30, 9, 15), 45),
            (on(28, 10, 0), on(29, 23, 0), 0),
            (on(23, 0, 0), on(30, 0, 0), 5 * 8 * 60),
            (on(24, 10, 0), on(23, 10, 0), 0),
        ] {
            assert_eq!(between(from, to), Duration::minutes(minutes), "{from} to {to}");
        }
        assert!(is_open(on(23, 9, 0)) && !is_open(on(23, 17, 0)) && !is_open(on(28, 12, 0)));
    }

    proptest! {
        #[test]
        fn it_adds_up_and_never_exceeds_the_clock(a in 0_i64..20_000, b in 0_i64..20_000, c in 0_i64..20_000) {
            let mut minutes = [a, b, c];
            minutes.sort_unstable();
            let [a, b, c] = minutes.map(|m| on(2, 0, 0) + Duration::minutes(m));
            prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
            prop_assert!(between(a, c) <= c - a);
        }
    }
}
