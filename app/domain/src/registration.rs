//! A company that asks for an account, and what the seller says to it.

use chrono::NaiveDateTime;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::accounts::{Address, Email};
use crate::ids::RegistrationId;
use crate::{Currency, FieldError, Problem};

/// What a company says about itself, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// VAT or registration number, capitals and digits alone.
    pub tax_number: String,
    /// Where it is; its name is the address's company.
    pub address: Address,
    /// The person who asks: the first account admin.
    pub name: String,
    /// Where the links go.
    pub email: Email,
    /// Anything else.
    pub message: String,
}

/// Capitals and digits alone, so that one number written in two ways is one number.
pub fn tax_number(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

impl Registration {
    /// Checks the form: every line filled and of a sane length.
    pub fn parse(number: &str, address: Address, name: &str, email: &str, message: &str) -> Result<Self, Problem> {
        let trim = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let address = Address {
            company: trim(&address.company),
            street: trim(&address.street),
            postcode: trim(&address.postcode),
            city: trim(&address.city),
            country: address.country.trim().to_uppercase(),
        };
        let (name, message, tax_number) = (trim(name), message.trim().to_owned(), tax_number(number));
        let mut errors = Vec::new();
        for (field, value) in [
            ("company", &address.company),
            ("street", &address.street),
            ("postcode", &address.postcode),
            ("city", &address.city),
            ("name", &name),
        ] {
            if value.is_empty() || value.chars().count() > 120 {
                errors.push(FieldError::new(field, "Fill this in, with at most 120 characters."));
            }
        }
        if !(4..=20).contains(&tax_number.chars().count()) {
            errors.push(FieldError::new("tax_number", "Enter a number of 4 to 20 letters and digits."));
        }
        if address.country.len() != 2 || !address.country.chars().all(|c| c.is_ascii_alphabetic()) {
            errors.push(FieldError::new("country", "Enter the country’s two letters, such as GB."));
        }
        if message.chars().count() > 1000 {
            errors.push(FieldError::new("message", "Shorten the message to 1,000 characters."));
        }
        let email = Email::parse("email", email).map_err(|e| errors.push(e)).ok();
        match email {
            Some(email) if errors.is_empty() => Ok(Self { tax_number, address, name, email, message }),
            _ => Err(Problem::Invalid(errors)),
        }
    }
}

/// What the seller gives a new customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The account's number.
    pub number: String,
    /// What it pays in.
    pub currency: Currency,
    /// Its limit, in that currency; zero: every order waits for the seller.
    pub credit_limit: Decimal,
}

impl Terms {
    /// Checks the form. A number is 1 to 20 letters, digits or dashes; an empty limit is zero.
    pub fn parse(number: &str, currency: &str, limit: &str) -> Result<Self, Problem> {
        let number = number.trim().to_uppercase();
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if number.is_empty() || number.len() > 20 || !number.chars().all(good) {
            return Err(Problem::invalid("number", "Enter a number of 1 to 20 letters, digits or dashes."));
        }
        let currency = Currency::parse(&currency.trim().to_uppercase())
            .ok_or_else(|| Problem::invalid("currency", "Enter the currency’s three letters, such as GBP."))?;
        let limit = limit.trim().replace(',', "");
        let credit_limit: Decimal = if limit.is_empty() { Ok(Decimal::ZERO) } else { limit.parse() }
            .ok()
            .filter(|l| {
                !l.is_sign_negative() && l.scale() <= currency.minor_digits() && *l < Decimal::from(10_i64.pow(12))
            })
            .ok_or_else(|| Problem::invalid("credit_limit", "Enter an amount, such as 2000, or leave it empty."))?;
        Ok(Self { number, currency, credit_limit })
    }
}

/// A registration that waits for the seller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationRow {
    /// Names it in forms.
    pub id: RegistrationId,
    /// VAT or registration number.
    pub tax_number: String,
    /// The company with its place.
    pub address: Address,
    /// Who asks.
    pub name: String,
    /// Their address, confirmed.
    pub email: String,
    /// What else they say.
    pub message: String,
    /// When they asked, the seller's local time.
    pub asked_at: NaiveDateTime,
    /// Who else is known by that number or that address, in words.
    pub known: Vec<String>,
}

/// The registrations that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationsPage {
    /// The oldest first.
    pub rows: Vec<RegistrationRow>,
    /// A number that is free.
    pub next_number: String,
    /// The seller's own.
    pub currency: Currency,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(country: &str) -> Address {
        Address {
            company: " Initech ".into(),
            street: "1 Road".into(),
            postcode: "B1".into(),
            city: "Town".into(),
            country: country.into(),
        }
    }

    #[test]
    fn one_tax_number_in_two_spellings_is_one() {
        let parse = |n: &str| Registration::parse(n, address("gb"), "Ann", "a@b.example", "").map(|r| r.tax_number);
        assert_eq!(parse("gb 123.4567-89"), Ok("GB123456789".to_owned()));
        assert_eq!(parse("GB123456789"), parse("gb 123.4567-89"));
    }

    #[test]
    fn every_bad_field_is_named_at_once() {
        let Err(Problem::Invalid(errors)) = Registration::parse("1", address("Britain"), " ", "nonsense", "") else {
            panic!("four fields are bad")
        };
        let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["name", "tax_number", "country", "email"]);
    }

    #[test]
    fn no_limit_given_is_nothing_on_account() {
        assert_eq!(Terms::parse(" 1003 ", "gbp", "").map(|t| t.credit_limit), Ok(Decimal::ZERO));
        assert_eq!(Terms::parse("1003", "GBP", "2,500.50").map(|t| t.credit_limit), Ok(Decimal::new(250_050, 2)));
        for (number, currency, limit) in
            [("", "GBP", ""), ("a b", "GBP", ""), ("1", "XX", ""), ("1", "GBP", "-1"), ("1", "JPY", "0.5")]
        {
            assert!(Terms::parse(number, currency, limit).is_err(), "{number} {currency} {limit}");
        }
    }
}
