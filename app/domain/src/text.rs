//! How figures and dates read: pure functions, the same on the server and in the browser, so that both render the same page.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use rust_decimal::Decimal;

use crate::Money;

/// `1284.6` in pounds as `£1,284.60`; minus as `−` in front. Shown to the currency's minor unit, never fewer decimals than the amount has.
pub fn money(m: Money) -> String {
    let digits = m.currency().minor_digits().max(m.amount().normalize().scale());
    let sign = if m.amount().is_sign_negative() && !m.amount().is_zero() { "−" } else { "" };
    let figure = grouped(m.amount().abs(), digits);
    match m.currency().code() {
        "GBP" => format!("{sign}£{figure}"),
        "EUR" => format!("{sign}€{figure}"),
        "USD" => format!("{sign}${figure}"),
        "JPY" => format!("{sign}¥{figure}"),
        code => format!("{sign}{code} {figure}"),
    }
}

/// `1284.6` as `1284.60`, for files that machines read.
pub fn plain(m: Money) -> String {
    format!("{:.*}", m.currency().minor_digits() as usize, m.amount())
}

/// A quantity or count: thousands separated, no trailing zeros.
pub fn number(n: Decimal) -> String {
    let n = n.normalize();
    let sign = if n.is_sign_negative() && !n.is_zero() { "−" } else { "" };
    format!("{sign}{}", grouped(n.abs(), n.scale()))
}

/// A count of things.
pub fn count(n: i64) -> String {
    number(Decimal::from(n))
}

/// `3 lines`, `1 line`.
pub fn counted(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A percentage such as a tax rate: `20 %`.
pub fn percent(rate: Decimal) -> String {
    format!("{} %", rate.normalize())
}

/// `20 Nov 2026`.
pub fn date(d: NaiveDate) -> String {
    format!("{} {} {}", d.day(), month(d.month()), d.year())
}

/// `20 Nov 2026, 09:12`, in the seller's time zone.
pub fn date_time(t: NaiveDateTime) -> String {
    format!("{}, {:02}:{:02}", date(t.date()), t.hour(), t.minute())
}

/// `today`, `yesterday`, `in 4 days`, `12 days ago`: for tooltips beside the absolute date.
pub fn relative(d: NaiveDate, today: NaiveDate) -> String {
    match (d - today).num_days() {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        n if n > 0 => format!("in {n} days"),
        n => format!("{} days ago", -n),
    }
}

/// The name of a country by its ISO 3166 code, where most of our letters go; elsewhere the code itself.
pub fn country(code: &str) -> &str {
    match code {
        "AE" => "United Arab Emirates",
        "AT" => "Austria",
        "AU" => "Australia",
        "BE" => "Belgium",
        "BG" => "Bulgaria",
        "BR" => "Brazil",
        "CA" => "Canada",
        "CH" => "Switzerland",
        "CN" => "China",
        "CY" => "Cyprus",
        "CZ" => "Czechia",
        "DE" => "Germany",
        "DK" => "Denmark",
        "EE" => "Estonia",
        "ES" => "Spain",
        "FI" => "Finland",
        "FR" => "France",
        "GB" => "United Kingdom",
        "GG" => "Guernsey",
        "GR" => "Greece",
        "HK" => "Hong Kong",
        "HR" => "Croatia",
        "HU" => "Hungary",
        "IE" => "Ireland",
        "IL" => "Israel",
        "IM" => "Isle of Man",
        "IN" => "India",
        "IS" => "Iceland",
        "IT" => "Italy",
        "JE" => "Jersey",
        "JP" => "Japan",
        "KR" => "South Korea",
        "LI" => "Liechtenstein",
        "LT" => "Lithuania",
        "LU" => "Luxembourg",
        "LV" => "Latvia",
        "MT" => "Malta",
        "MX" => "Mexico",
        "NL" => "Netherlands",
        "NO" => "Norway",
        "NZ" => "New Zealand",
        "PL" => "Poland",
        "PT" => "Portugal",
        "RO" => "Romania",
        "RS" => "Serbia",
        "SE" => "Sweden",
        "SG" => "Singapore",
        "SI" => "Slovenia",
        "SK" => "Slovakia",
        "TR" => "Türkiye",
        "UA" => "Ukraine",
        "US" => "United States",
        "ZA" => "South Africa",
        other => other,
    }
}

fn month(m: u32) -> &'static str {
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][(m as usize - 1) % 12]
}

fn grouped(n: Decimal, digits: u32) -> String {
    let text = format!("{n:.*}", digits as usize);
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::with_capacity(text.len() + 4);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn money_reads_the_same_everywhere() {
        for (amount, code, expected) in [
            ("1284.6", "GBP", "£1,284.60"),
            ("-118.2", "GBP", "−£118.20"),
            ("0", "GBP", "£0.00"),
            ("0.0425", "GBP", "£0.0425"),
            ("1000000", "EUR", "€1,000,000.00"),
            ("1500", "JPY", "¥1,500"),
            ("12", "CHF", "CHF 12.00"),
            ("999.999", "KWD", "KWD 999.999"),
        ] {
            let m = Money::new(amount.parse().expect("number"), Currency::parse(code).expect("known"));
            assert_eq!(money(m), expected);
        }
    }

    #[test]
    fn a_country_has_its_name_or_at_least_its_code() {
        for (code, name) in [("GB", "United Kingdom"), ("NL", "Netherlands"), ("QX", "QX"), ("", "")] {
            assert_eq!(country(code), name);
        }
    }

    #[test]
    fn dates_are_absolute_with_a_relative_companion() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).expect("a date");
        assert_eq!(date(day(3)), "3 Nov 2026");
        assert_eq!(date_time(day(3).and_hms_opt(9, 5, 0).expect("a time")), "3 Nov 2026, 09:05");
        assert_eq!(relative(day(3), day(3)), "today");
        assert_eq!(relative(day(7), day(3)), "in 4 days");
        assert_eq!(relative(day(1), day(3)), "2 days ago");
    }
}
