//! Reading a row's cells. Every error is a reason for a person: what is wrong, a colon, what stands there.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use domain::accounts::Email;
use domain::catalog::Sku;
use domain::{Currency, Money, Quantity};
use rust_decimal::Decimal;

use super::lexer::Record;
use super::source::Layout;

/// A text longer than this is a mistake of the export.
const LONGEST_TEXT: usize = 1000;

/// A row and its columns.
pub struct Cells<'a> {
    /// Where the columns stand.
    pub layout: &'a Layout,
    /// The row.
    pub record: &'a Record,
}

type Found<T> = Result<T, String>;

impl<'a> Cells<'a> {
    /// The trimmed text; may be empty.
    pub fn text(&self, column: &str) -> Found<&'a str> {
        let text = self.layout.cell(self.record, column);
        if text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT {
            return Err(format!("{column} is longer than {LONGEST_TEXT} characters"));
        }
        Ok(text)
    }

    /// The trimmed text; empty is an error.
    pub fn required(&self, column: &str) -> Found<&'a str> {
        match self.text(column)? {
            "" => Err(format!("{column} is empty")),
            text => Ok(text),
        }
    }

    /// A number or code that names something: at most 60 characters on one line.
    pub fn key(&self, column: &str) -> Found<String> {
        let key = self.required(column)?;
        if key.chars().count() > 60 || key.chars().any(char::is_control) {
            return Err(format!("{column} is longer than 60 characters or has a line break"));
        }
        Ok(key.to_owned())
    }

    /// Nothing for an empty cell, else what `read` makes of it (given the cells and this one's text).
    pub fn maybe<T>(&self, column: &str, read: impl FnOnce(&Self, &str) -> Found<T>) -> Found<Option<T>> {
        let text = self.text(column)?;
        if text.is_empty() { Ok(None) } else { read(self, text).map(Some) }
    }

    /// An exact number: digits, a point, a sign; nothing else.
    pub fn number(&self, column: &str) -> Found<Decimal> {
        let text = self.required(column)?;
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let plain =
            digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.bytes().any(|b| b.is_ascii_digit());
        let wrong = || format!("{column} is not a number: {text}");
        if !plain || digits.bytes().filter(|b| *b == b'.').count() > 1 {
            return Err(wrong());
        }
        if digits.len() > 28 {
            return Err(format!("{column} is too large: {text}"));
        }
        Decimal::from_str_exact(text).map(|n| n.normalize()).map_err(|_| wrong())
    }

    /// A number that fits `digits` before and `scale` after the point and is not negative.
    pub fn amount(&self, column: &str, digits: u32, scale: u32) -> Found<Decimal> {
        let number = self.number(column)?;
        let limit = Decimal::from(10_u64.pow(digits));
        if number.is_sign_negative() && !number.is_zero() {
            Err(format!("{column} is negative: {number}"))
        } else if number >= limit {
            Err(format!("{column} is too large: {number}"))
        } else if number.scale() > scale {
            Err(format!("{column} has more than {scale} decimals: {number}"))
        } else {
            Ok(number)
        }
    }

    /// A whole number within bounds.
    pub fn whole(&self, column: &str, least: i32, most: i32) -> Found<i32> {
        let text = self.required(column)?;
        let number = text.parse::<i32>().map_err(|_| format!("{column} is not a whole number: {text}"))?;
        if (least..=most).contains(&number) {
            Ok(number)
        } else {
            Err(format!("{column} is not between {least} and {most}: {number}"))
        }
    }

    /// A positive quantity.
    pub fn quantity(&self, column: &str) -> Found<Quantity> {
        let number = self.number(column)?;
        Quantity::new(number).ok_or_else(|| {
            if number <= Decimal::ZERO {
                format!("{column} is not above zero: {number}")
            } else if number > Quantity::MAX.value() {
                format!("{column} is too large: {number}")
            } else {
                format!("{column} has more than 3 decimals: {number}")
            }
        })
    }

    /// A unit price: zero or more, up to four decimals.
    pub fn price(&self, column: &str, currency: Currency) -> Found<Money> {
        Ok(Money::new(self.amount(column, 15, 4)?, currency))
    }

    /// An ISO 4217 code.
    pub fn currency(&self, column: &str) -> Found<Currency> {
        let code = self.required(column)?;
        Currency::parse(&code.to_uppercase()).ok_or_else(|| format!("unknown currency: {code}"))
    }

    /// An ISO 3166 code: two letters.
    pub fn country(&self, column: &str) -> Found<String> {
        let code = self.required(column)?.to_uppercase();
        if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(code)
        } else {
            Err(format!("{column} is not a code of two letters: {code}"))
        }
    }

    /// A SKU, upper case.
    pub fn sku(&self, column: &str) -> Found<String> {
        let text = self.required(column)?;
        Sku::parse(column, text)
            .map(|s| s.as_str().to_owned())
            .map_err(|_| format!("{column} is longer than 40 characters or has a line break"))
    }

    /// An e-mail address, lower case.
    pub fn email(&self, column: &str) -> Found<Email> {
        let text = self.required(column)?;
        Email::parse(column, text).map_err(|_| format!("{column} is not an e-mail address: {text}"))
    }

    /// A day as 2026-11-22.
    pub fn date(&self, column: &str) -> Found<NaiveDate> {
        let text = self.required(column)?;
        iso_date(text).ok_or_else(|| format!("{column} is not a date such as 2026-11-22: {text}"))
    }

    /// A day that has come.
    pub fn past_date(&self, column: &str, today: NaiveDate) -> Found<NaiveDate> {
        let date = self.date(column)?;
        if date > today { Err(format!("{column} is in the future: {date}")) } else { Ok(date) }
    }

    /// A moment on the seller's clock as 2026-11-22T08:26:00; seconds, or the whole time, may be missing. A time with an
    /// offset says exactly when it was, so the caller's `local` turns it into the seller's time.
    pub fn moment(&self, column: &str, local: impl Fn(DateTime<FixedOffset>) -> NaiveDateTime) -> Found<NaiveDateTime> {
        let text = self.required(column)?;
        let wrong = || format!("{column} is not a time such as 2026-11-22T08:26:00: {text}");
        let Some(day) = text.get(..10).and_then(iso_date) else { return Err(wrong()) };
        let Some(time) = text[10..].strip_prefix(['T', 't', ' ']) else {
            return if text.len() == 10 { Ok(day.and_time(NaiveTime::MIN)) } else { Err(wrong()) };
        };
        let plain = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|format| NaiveTime::parse_from_str(time, format).ok());
        match plain {
            Some(time) => Ok(day.and_time(time)),
            None => DateTime::parse_from_rfc3339(text).map(local).map_err(|_| wrong()),
        }
    }

    /// One of a few words, each with its meaning.
    pub fn word<T: Copy>(&self, column: &str, words: &[(&str, T)]) -> Found<T> {
        let text = self.required(column)?;
        let plain = text.to_lowercase().replace(['-', ' '], "_");
        words.iter().find(|w| w.0 == plain).map(|w| w.1).ok_or_else(|| format!("unknown {column}: {text}"))
    }
}

/// Years that a document can carry; a typing slip such as 0206 or 20266 is none.
fn iso_date(text: &str) -> Option<NaiveDate> {
    let digits = |range| text.get(range).filter(|t: &&str| t.bytes().all(|b| b.is_ascii_digit()));
    if text.len() != 10 || &text.as_bytes()[4..5] != b"-" || &text.as_bytes()[7..8] != b"-" {
        return None;
    }
    let (year, month, day) = (digits(0..4)?.parse().ok()?, digits(5..7)?.parse().ok()?, digits(8..10)?.parse().ok()?);
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| (1900..2200).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::super::lexer::Lexer;
    use super::super::source::tests::layout_of;
    use super::*;

    fn with<T>(cell: &str, look: impl FnOnce(&Cells<'_>) -> T) -> T {
        let record =
            Lexer::new(format!("\"{cell}\",x").as_bytes()).expect("memory").read().expect("memory").expect("a line");
        look(&Cells { layout: &layout_of("value,other"), record: &record })
    }

    #[test]
    fn numbers_are_exact_and_nonsense_says_so() {
        for (text, expected) in [("12", "12"), ("-3", "-3"), ("2.500", "2.5"), (" 7 ", "7"), ("0.0001", "0.0001")] {
            assert_eq!(with(text, |c| c.number("value")), Ok(expected.parse().expect("a number")), "{text}");
        }
        for text in ["1,200", "1e9", "1_000", "abc", "--1", ".", "1.2.3", "£5", "NaN", "٣"] {
            assert_eq!(with(text, |c| c.number("value")), Err(format!("value is not a number: {text}")));
        }
        assert!(with(&"9".repeat(40), |c| c.number("value")).is_err());
        assert_eq!(with("1000000", |c| c.quantity("value")), Err("value is too large: 1000000".to_owned()));
        assert_eq!(with("-1", |c| c.quantity("value")), Err("value is not above zero: -1".to_owned()));
        assert_eq!(
            with("1.23456", |c| c.price("value", Currency::GBP)),
            Err("value has more than 4 decimals: 1.23456".to_owned())
        );
        assert_eq!(with("-0.01", |c| c.price("value", Currency::GBP)), Err("value is negative: -0.01".to_owned()));
    }

    #[test]
    fn dates_and_times_are_iso_and_of_this_world() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        assert_eq!(with("2026-11-22", |c| c.date("value")), Ok(day));
        for text in ["22.11.2026", "2026-13-01", "0206-11-22", "2026-2-3", "2026-02-30", "+026-11-22", "２026-11-2"] {
            assert!(with(text, |c| c.date("value")).is_err(), "{text}");
        }
        let local = |t: DateTime<FixedOffset>| t.naive_utc();
        let at = |h, m| day.and_hms_opt(h, m, 0).expect("a time");
        for (text, expected) in [
            ("2026-11-22T08:26:00", at(8, 26)),
            ("2026-11-22 08:26", at(8, 26)),
            ("2026-11-22", at(0, 0)),
            ("2026-11-22T08:26:00+02:00", at(6, 26)),
            ("2026-11-22T08:26:00Z", at(8, 26)),
        ] {
            assert_eq!(with(text, |c| c.moment("value", local)), Ok(expected), "{text}");
        }
        assert!(with("2026-11-22T25:00", |c| c.moment("value", local)).is_err());
    }

    #[test]
    fn words_forgive_case_and_hyphens_alone() {
        let words = [("partially_shipped", 1), ("shipped", 2)];
        assert_eq!(with("Partially shipped", |c| c.word("value", &words)), Ok(1));
        assert_eq!(with("gone", |c| c.word("value", &words)), Err("unknown value: gone".to_owned()));
    }
}
