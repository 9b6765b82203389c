//! Units of measure: an article has one unit of its own and may have larger ones that hold a number of it.
//!
//! Carts, orders, stock and documents count in the article's own unit alone. What comes in another unit (a person's "2 boxes",
//! a price per box in an import, a line of an imported order) is converted where it comes in, exactly or not at all (decision 021).

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Quantity;

/// The units of one article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// Its own unit, such as `EA`.
    #[serde(rename = "unit")]
    pub own: String,
    /// Larger ones, such as `BX`, with how many of its own unit each holds.
    #[serde(rename = "larger_units")]
    pub larger: BTreeMap<String, Quantity>,
}

impl Units {
    /// Reads the larger units of an import's cell, such as `BX=10 PL=480`; a reason when it makes no sense.
    pub fn parse_larger(own: &str, text: &str) -> Result<BTreeMap<String, Quantity>, String> {
        let mut larger = BTreeMap::new();
        for part in text.split([' ', ';']).filter(|p| !p.is_empty()) {
            let pair = part.split_once('=').and_then(|(unit, holds)| {
                let holds = holds.parse().ok().and_then(Quantity::new).filter(|q| *q > Quantity::ONE)?;
                (!unit.is_empty() && unit.len() <= 10 && unit != own).then(|| (unit.to_owned(), holds))
            });
            let Some((unit, holds)) = pair else {
                return Err(format!("not a unit with how many it holds, such as BX=10: {part}"));
            };
            if larger.insert(unit, holds).is_some() {
                return Err(format!("twice the same unit: {part}"));
            }
        }
        Ok(larger)
    }

    /// How many of the article's own unit one `unit` is; `None`: it is not a unit of this article.
    pub fn holds(&self, unit: &str) -> Option<Quantity> {
        if unit == self.own { Some(Quantity::ONE) } else { self.larger.get(unit).copied() }
    }

    /// A quantity in the article's own unit; `None`: not a unit of this article, or more than a line can ask for.
    pub fn to_own(&self, quantity: Quantity, unit: &str) -> Option<Quantity> {
        Quantity::new(quantity.value().checked_mul(self.holds(unit)?.value())?)
    }

    /// What one of the article's own unit costs when one `unit` costs `price`. `None`: not a unit of this article, or no
    /// exact price of at most four decimals.
    pub fn price_of_own(&self, price: Decimal, unit: &str) -> Option<Decimal> {
        let holds = self.holds(unit)?.value();
        let one = price.checked_div(holds)?.round_dp(4);
        (one.checked_mul(holds)? == price && one > Decimal::ZERO).then(|| one.normalize())
    }

    /// A quantity of the own unit in the largest unit that it fills exactly, when that is another: 20 → 2 `BX`.
    pub fn in_larger(&self, quantity: Quantity) -> Option<(Quantity, &str)> {
        let fills = |holds: &Quantity| (quantity.value() % holds.value()).is_zero();
        let (unit, holds) = self.larger.iter().filter(|(_, holds)| fills(holds)).max_by_key(|(_, holds)| **holds)?;
        Some((Quantity::new(quantity.value() / holds.value())?, unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn q(n: i64) -> Quantity {
        Quantity::new(Decimal::from(n)).expect("positive")
    }

    fn units(text: &str) -> Units {
        Units { own: "EA".into(), larger: Units::parse_larger("EA", text).expect("units") }
    }

    #[test]
    fn larger_units_are_read_or_refused_with_the_part_that_is_wrong() {
        assert_eq!(units(" BX=10; PL=480 ").larger, BTreeMap::from([("BX".into(), q(10)), ("PL".into(), q(480))]));
        assert!(units("").larger.is_empty());
        for wrong in ["BX", "BX=", "=10", "BX=0", "BX=1", "BX=-3", "BX=ten", "EA=10", "BX=10 BX=12", "BX=1000000"] {
            assert!(Units::parse_larger("EA", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_price_is_converted_exactly_or_not_at_all() {
        let units = units("BX=10 BG=7");
        let one = |price: &str, unit| units.price_of_own(price.parse().expect("number"), unit).map(|p| p.to_string());
        assert_eq!(one("12.50", "BX").as_deref(), Some("1.25"));
        assert_eq!(one("12.5", "EA").as_deref(), Some("12.5"));
        assert_eq!(one("10", "BG"), None, "1.428571… is no price");
        assert_eq!(one("0.0001", "BX"), None);
        assert_eq!(one("10", "PL"), None, "no unit of this article");
    }

    #[test]
    fn a_quantity_is_said_in_the_largest_unit_it_fills() {
        let units = units("BX=10 PL=480");
        assert_eq!(units.in_larger(q(20)), Some((q(2), "BX")));
        assert_eq!(units.in_larger(q(960)), Some((q(2), "PL")));
        assert_eq!(units.in_larger(q(25)), None);
    }

    proptest! {
        #[test]
        fn what_goes_in_in_boxes_comes_out_as_many_and_costs_the_same(boxes in 1_i64..5_000, holds in 2_i64..200, price in 1_i64..10_000_000) {
            let units = units(&format!("BX={holds}"));
            let own = units.to_own(q(boxes), "BX").expect("within a line");
            prop_assert_eq!(own.value(), Decimal::from(boxes * holds));
            let (back, _) = units.in_larger(own).expect("full boxes");
            prop_assert_eq!(back, q(boxes));
            let price = Decimal::new(price, 4);
            if let Some(one) = units.price_of_own(price, "BX") {
                prop_assert_eq!(one * own.value(), price * Decimal::from(boxes));
                prop_assert!(one.scale() <= 4);
            }
        }
    }
}
