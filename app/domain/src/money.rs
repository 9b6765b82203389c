//! Exact money. Decimal, never floating point; one currency at a time; one rounding function.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// An ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// British pounds, the demo seller's currency.
    pub const GBP: Self = Self(iso_currency::Currency::GBP);

    /// Reads a three-letter code such as `GBP`; `None` for anything ISO 4217 does not know.
    pub fn parse(code: &str) -> Option<Self> {
        iso_currency::Currency::from_code(code.trim()).map(Self)
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the point in amounts of this currency: JPY 0, GBP 2, KWD 3 (ISO 4217).
    pub fn minor_digits(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }
}

impl From<Currency> for String {
    fn from(c: Currency) -> Self {
        c.code().to_owned()
    }
}

impl TryFrom<String> for Currency {
    type Error = String;
    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code).ok_or_else(|| format!("unknown currency {code}"))
    }
}

/// An exact amount in one currency. Adding two currencies is an error, not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

/// Two currencies met where only one may be, or an amount left the range of `numeric(19,4)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Amounts of two currencies in one sum.
    #[error("amounts of {} and {} cannot be added", .0.code(), .1.code())]
    Mixed(Currency, Currency),
    /// More than the database and any honest invoice can hold.
    #[error("the amount is too large")]
    TooLarge,
}

impl From<MoneyError> for crate::Problem {
    fn from(_: MoneyError) -> Self {
        Self::invalid("total", "These amounts cannot be added up: check quantities and currencies.")
    }
}

impl Money {
    /// `amount` units of `currency`, as precise as given (unit prices have up to four decimals).
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// The number alone.
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency alone.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Rounded half-up (away from zero) to the currency's minor unit: the only rounding there is.
    #[must_use]
    pub fn rounded(self) -> Self {
        let digits = self.currency.minor_digits();
        Self { amount: self.amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero), ..self }
    }

    /// The sum; an error across currencies or beyond `numeric(19,4)`.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::TooLarge)?;
        Self { amount, ..self }.checked()
    }

    /// The difference; errors like [`Money::plus`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.plus(Self { amount: -other.amount, ..other })
    }

    /// A line's amount: unit price × quantity, rounded (EN 16931 BT-131).
    pub fn line(self, quantity: crate::Quantity) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(quantity.value()).ok_or(MoneyError::TooLarge)?;
        Self { amount, ..self }.rounded().checked()
    }

    /// `percent` of this amount, rounded: a tax on a sum of lines (EN 16931 BT-117).
    pub fn percent(self, percent: Decimal) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(percent).ok_or(MoneyError::TooLarge)? / Decimal::ONE_HUNDRED;
        Self { amount, ..self }.rounded().checked()
    }

    /// Sums an iterator; zero of `currency` when it is empty.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    fn checked(self) -> Result<Self, MoneyError> {
        const LIMIT: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0); // 10^15: numeric(19,4)
        if self.amount.abs() < LIMIT { Ok(self) } else { Err(MoneyError::TooLarge) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Quantity;
    use proptest::prelude::*;

    fn money(text: &str, code: &str) -> Money {
        Money::new(text.parse().expect("a number"), Currency::parse(code).expect("a currency"))
    }

    #[test]
    fn rounds_half_up_to_the_minor_unit_of_each_currency() {
        for (code, given, expected) in [
            ("GBP", "1.005", "1.01"),
            ("GBP", "1.0049", "1.00"),
            ("GBP", "-1.005", "-1.01"),
            ("JPY", "10.5", "11"),
            ("JPY", "10.4999", "10"),
            ("KWD", "0.0005", "0.001"),
            ("KWD", "0.00049", "0.000"),
        ] {
            assert_eq!(money(given, code).rounded(), money(expected, code), "{given} {code}");
        }
    }

    #[test]
    fn currencies_never_mix() {
        assert!(matches!(money("1", "GBP").plus(money("1", "EUR")), Err(MoneyError::Mixed(..))));
    }

    #[test]
    fn what_the_database_cannot_hold_is_an_error_and_not_a_panic() {
        let huge = money("999999999999999", "GBP");
        assert_eq!(huge.plus(money("1", "GBP")), Err(MoneyError::TooLarge));
        assert_eq!(huge.line(Quantity::parse("q", "999999").expect("valid")), Err(MoneyError::TooLarge));
        assert!(huge.plus(money("0.9999", "GBP")).is_ok());
    }

    #[test]
    fn unknown_codes_are_no_currency() {
        for code in ["", "£", "GB", "POUND", "gbp1"] {
            assert_eq!(Currency::parse(code), None, "{code}");
        }
    }

    proptest! {
        #[test]
        fn a_sum_does_not_depend_on_the_order(amounts in proptest::collection::vec(-1_000_000_i64..1_000_000, 0..40)) {
            let all: Vec<_> = amounts.iter().map(|a| Money::new(Decimal::new(*a, 2), Currency::GBP)).collect();
            let forward = Money::sum(Currency::GBP, all.iter().copied());
            let backward = Money::sum(Currency::GBP, all.iter().rev().copied());
            prop_assert_eq!(forward, backward);
        }

        #[test]
        fn rounding_moves_by_at_most_half_a_minor_unit(raw in -9_999_999_999_i64..9_999_999_999, digits in 0_u32..5, code in 0_usize..3) {
            let currency = Currency::parse(["JPY", "GBP", "KWD"][code]).expect("known");
            let exact = Money::new(Decimal::new(raw, digits), currency);
            let moved = (exact.rounded().amount() - exact.amount()).abs();
            prop_assert!(moved <= Decimal::new(5, currency.minor_digits() + 1));
            prop_assert_eq!(exact.rounded().rounded(), exact.rounded());
        }

        #[test]
        fn plus_and_minus_undo_each_other(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000) {
            let (a, b) = (Money::new(Decimal::new(a, 4), Currency::GBP), Money::new(Decimal::new(b, 4), Currency::GBP));
            prop_assert_eq!(a.plus(b).expect("in range").minus(b).expect("in range"), a);
        }
    }
}
