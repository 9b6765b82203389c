//! How many: positive, at most three decimals, at most 999,999.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::FieldError;

/// A positive quantity in some unit of measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(Decimal);

impl Quantity {
    /// One.
    pub const ONE: Self = Self(Decimal::ONE);
    /// The most one line can ask for.
    pub const MAX: Self = Self(Decimal::from_parts(999_999, 0, 0, false, 0));

    /// Reads what a person typed: spaces and thousands separators are forgiven.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
        let value: Decimal = digits.parse().map_err(|_| FieldError::new(field, "Enter a quantity, such as 12."))?;
        Self::new(value).ok_or_else(|| {
            let message = if value <= Decimal::ZERO {
                "Enter a quantity of at least 1.".to_owned()
            } else if value > Self::MAX.0 {
                format!("Enter at most {} a line.", crate::text::number(Self::MAX.0))
            } else {
                "Enter at most three decimals.".to_owned()
            };
            FieldError::new(field, message)
        })
    }

    /// From a number; `None` unless 0 < value ≤ 999,999 with at most three decimals.
    pub fn new(value: Decimal) -> Option<Self> {
        let value = value.normalize();
        (value > Decimal::ZERO && value <= Self::MAX.0 && value.scale() <= 3).then_some(Self(value))
    }

    /// The number alone.
    pub const fn value(self) -> Decimal {
        self.0
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::text::number(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgives_how_people_type_and_refuses_nonsense() {
        for (text, expected) in [("12", "12"), (" 1 200 ", "1200"), ("1,200", "1200"), ("2.5", "2.5"), ("2.500", "2.5")]
        {
            let parsed = Quantity::parse("quantity", text).expect(text);
            assert_eq!(parsed.value(), expected.parse::<Decimal>().expect("number"));
        }
        for text in ["", "0", "-3", "abc", "1e9", "1000000", "0.0001", "٣"] {
            assert!(Quantity::parse("quantity", text).is_err(), "{text}");
        }
    }
}
