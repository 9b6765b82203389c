//! Calendar feeds (RFC 5545): whole days with a few words, for the calendars of people who wait for goods.

use std::fmt::Write as _;

use chrono::{DateTime, Days, NaiveDate, Utc};

/// Something that happens on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The same for the same thing at every reading, so that a changed day moves the entry instead of doubling it.
    pub uid: String,
    /// The day.
    pub day: NaiveDate,
    /// In the calendar's grid.
    pub summary: String,
    /// Below it.
    pub description: String,
    /// Where the whole story is.
    pub url: String,
}

/// A calendar called `name`, made at `now`. Lines end in CR LF and are folded at 75 octets (RFC 5545, 3.1).
pub fn feed(name: &str, entries: &[Entry], now: DateTime<Utc>) -> String {
    let mut out = String::new();
    let stamp = now.format("%Y%m%dT%H%M%SZ");
    let mut put = |line: &str| fold(&mut out, line);
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Buyerdesk//Deliveries//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ] {
        put(line);
    }
    put(&format!("X-WR-CALNAME:{}", escaped(name)));
    put("REFRESH-INTERVAL;VALUE=DURATION:PT6H");
    for entry in entries {
        let next = entry.day.checked_add_days(Days::new(1)).unwrap_or(entry.day);
        put("BEGIN:VEVENT");
        put(&format!("UID:{}", escaped(&entry.uid)));
        put(&format!("DTSTAMP:{stamp}"));
        put(&format!("DTSTART;VALUE=DATE:{}", entry.day.format("%Y%m%d")));
        put(&format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
        put(&format!("SUMMARY:{}", escaped(&entry.summary)));
        put(&format!("DESCRIPTION:{}", escaped(&entry.description)));
        // A URI is not text: nothing in it is escaped, so it may hold nothing that ends the line.
        let url: String = entry.url.chars().filter(|c| !c.is_control()).collect();
        put(&format!("URL:{url}"));
        put("TRANSP:TRANSPARENT");
        put("END:VEVENT");
    }
    put("END:VCALENDAR");
    out
}

/// Text as RFC 5545 wants it (3.3.11); control characters are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a content line, folded so that no piece is longer than 75 octets and no character is cut in two.
fn fold(out: &mut String, line: &str) {
    let mut room = 75;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = 74;
        }
        room -= c.len_utf8();
        let _ = out.write_char(c);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(summary: &str) -> Entry {
        Entry {
            uid: "1@x".into(),
            day: NaiveDate::from_ymd_opt(2026, 12, 31).expect("a day"),
            summary: summary.into(),
            description: String::new(),
            url: "https://x.example/orders/SO-1".into(),
        }
    }

    #[test]
    fn a_day_ends_with_the_next_one_and_text_cannot_leave_its_line() {
        let now = DateTime::from_timestamp(0, 0).expect("an instant");
        let text = feed("Acme, Ltd", &[entry("a;b,c\\d\r\nEND:VCALENDAR\u{7}")], now);
        for line in [
            "X-WR-CALNAME:Acme\\, Ltd\r\n",
            "DTSTAMP:19700101T000000Z\r\n",
            "DTSTART;VALUE=DATE:20261231\r\n",
            "DTEND;VALUE=DATE:20270101\r\n",
            "SUMMARY:a\\;b\\,c\\\\d\\nEND:VCALENDAR\r\n",
        ] {
            assert!(text.contains(line), "{line:?} in {text}");
        }
        assert_eq!(text.matches("\r\nEND:VCALENDAR\r\n").count(), 1);
    }

    proptest! {
        #[test]
        fn whatever_is_written_lines_are_short_and_unfold_to_what_they_were(words in "\\PC{0,200}") {
            let now = DateTime::from_timestamp(0, 0).expect("an instant");
            let text = feed("x", &[entry(&words)], now);
            for line in text.split("\r\n") {
                prop_assert!(line.len() <= 75, "{line}");
            }
            let unfolded = text.replace("\r\n ", "");
            let expected = format!("\r\nSUMMARY:{}\r\n", escaped(&words));
            prop_assert!(unfolded.contains(&expected));
        }
    }
}
