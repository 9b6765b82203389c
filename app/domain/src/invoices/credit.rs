//! What of an invoice may be credited, and what a credit note of it says: never more than was invoiced, to the penny.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::document::{Charge, ChargeFor, totals};
use crate::money::MoneyError;
use crate::tax::{Category, Taxed, highest};
use crate::{Currency, FieldError, Money, Problem, Quantity};

/// A line of an invoice with what is left of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creditable {
    /// Position in the invoice.
    pub line_no: i32,
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// Each; less what was credited of the price.
    pub unit_price: Money,
    /// Percent.
    pub tax_rate: Decimal,
    /// Why that rate.
    pub category: Category,
    /// Position in the order.
    pub order_line: Option<i32>,
    /// Invoiced and not credited yet.
    pub left: Decimal,
    /// What that comes to.
    pub left_net: Money,
}

/// What is to be credited of an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreditForm {
    /// Why; the customer reads it.
    pub reason: String,
    /// Position in the invoice, how many; a position that is not named is not credited.
    pub lines: Vec<(i32, Quantity)>,
    /// Position in the invoice, what one should have cost: the difference is credited for all that is left of the line.
    pub prices: Vec<(i32, Decimal)>,
    /// The delivery charge as well.
    pub delivery: bool,
    /// What is kept for taking the goods back, without tax.
    pub fee: Decimal,
}

/// A line of a credit note to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credited {
    /// The invoice's line.
    pub of: Creditable,
    /// How many.
    pub quantity: Quantity,
    /// What is credited of each: the price, or a part of it.
    pub unit_price: Money,
    /// What they come to.
    pub net: Money,
    /// The price is corrected, and the goods stay: the quantity can still come back.
    pub price_only: bool,
}

impl Credited {
    /// As it goes into the totals.
    pub const fn taxed(&self) -> Taxed {
        Taxed { net: self.net, rate: self.of.tax_rate, category: self.of.category }
    }
}

/// What a part of a line comes to, of which `left` are left, with `left_net`. The last part takes what is left, so that all
/// parts together come to the whole and never to more, however each was rounded.
pub fn part(unit_price: Money, quantity: Quantity, left: Decimal, left_net: Money) -> Result<Money, MoneyError> {
    let net = if quantity.value() == left { left_net } else { unit_price.line(quantity)? };
    Ok(if net.amount() > left_net.amount() { left_net } else { net })
}

impl Creditable {
    /// What is credited of this line when one should have cost `price`; none when that is not a lower price.
    fn corrected_to(&self, price: Decimal) -> Result<Option<Credited>, MoneyError> {
        let right = Money::new(price, self.unit_price.currency());
        let Some(quantity) = Quantity::new(self.left).filter(|_| price > Decimal::ZERO && price.scale() <= 4) else {
            return Ok(None);
        };
        if right.amount() >= self.unit_price.amount() {
            return Ok(None);
        }
        // What stays is what the right price comes to, so that no rounding is left over.
        let stays = right.line(quantity)?;
        let net = self.left_net.minus(stays)?;
        Ok((net.amount() > Decimal::ZERO).then(|| Credited {
            unit_price: Money::new(self.unit_price.amount() - price, right.currency()),
            of: self.clone(),
            quantity,
            net,
            price_only: true,
        }))
    }
}

impl CreditForm {
    /// Checks the form against what is left; gives the credit note's lines and charges.
    pub fn check(
        &self,
        currency: Currency,
        left: &[Creditable],
        delivery: Option<Taxed>,
    ) -> Result<(Vec<Credited>, Vec<Charge>), Problem> {
        let (mut errors, mut lines) = (Vec::new(), Vec::new());
        if !(1..=200).contains(&self.reason.trim().chars().count()) || self.reason.chars().any(char::is_control) {
            errors.push(FieldError::new("reason", "Say why, in at most 200 characters."));
        }
        for (at, (no, quantity)) in self.lines.iter().enumerate() {
            let twice = self.lines[..at].iter().any(|(other, _)| other == no);
            match left.iter().find(|l| l.line_no == *no) {
                Some(l) if quantity.value() <= l.left && !twice => {
                    let net = part(l.unit_price, *quantity, l.left, l.left_net)?;
                    let (of, unit_price) = (l.clone(), l.unit_price);
                    lines.push(Credited { of, quantity: *quantity, unit_price, net, price_only: false });
                }
                Some(l) => errors.push(FieldError::new(
                    format!("credit-{no}"),
                    format!("{}: {} are left to credit.", l.sku, l.left.normalize()),
                )),
                None => errors.push(FieldError::new("lines", "This invoice has no such line.")),
            }
        }
        for (no, price) in &self.prices {
            let corrected =
                left.iter().find(|l| l.line_no == *no).map(|l| l.corrected_to(*price)).transpose()?.flatten();
            let twice = lines.iter().any(|l| l.of.line_no == *no);
            match corrected {
                Some(line) if !twice => lines.push(line),
                _ => errors.push(FieldError::new(
                    format!("price-{no}"),
                    "Enter the right price: above 0, with at most four decimals, and less than what was invoiced.",
                )),
            }
        }
        if lines.is_empty() && errors.is_empty() {
            errors.push(FieldError::new("lines", "Enter how many of at least one line are credited."));
        }
        let taxed: Vec<Taxed> = lines.iter().map(Credited::taxed).collect();
        let mut charges = Vec::new();
        match delivery.filter(|_| self.delivery) {
            Some(taxed) => charges.push(Charge { what: ChargeFor::Delivery, taxed }),
            None if self.delivery => {
                errors.push(FieldError::new("delivery", "No delivery charge is left to credit."));
            }
            None => {}
        }
        let fee = Money::new(self.fee, currency);
        if fee.amount().is_sign_negative() || fee.rounded() != fee {
            errors.push(FieldError::new("fee", "Enter an amount of 0 or more, in the currency's own units."));
        } else if let Some((rate, category)) = highest(&taxed).filter(|_| !fee.amount().is_zero()) {
            charges.push(Charge { what: ChargeFor::Restocking, taxed: Taxed { net: fee, rate, category } });
        }
        if errors.is_empty()
            && totals(currency, &taxed, &charges)?.taxes.iter().any(|t| t.base.amount() < Decimal::ZERO)
        {
            errors.push(FieldError::new("fee", "The fee is more than the goods that it is kept of."));
        }
        if errors.is_empty() { Ok((lines, charges)) } else { Err(Problem::Invalid(errors)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gbp(text: &str) -> Money {
        Money::new(text.parse().expect("a number"), Currency::GBP)
    }

    fn line(no: i32, price: &str, left: i64, net: &str) -> Creditable {
        Creditable {
            line_no: no,
            sku: format!("A{no}"),
            name: "Bolt".into(),
            unit: "EA".into(),
            unit_price: gbp(price),
            tax_rate: Decimal::from(20),
            category: Category::Standard,
            order_line: Some(no),
            left: Decimal::from(left),
            left_net: gbp(net),
        }
    }

    fn form(lines: &[(i32, i64)]) -> CreditForm {
        let lines = lines.iter().map(|(no, n)| (*no, Quantity::new(Decimal::from(*n)).expect("positive"))).collect();
        CreditForm { reason: "damaged".into(), lines, ..CreditForm::default() }
    }

    #[test]
    fn no_more_is_credited_than_is_left() {
        let left = [line(1, "10.00", 3, "30.00"), line(2, "0.335", 1, "0.33")];
        let check = |form: &CreditForm| form.check(Currency::GBP, &left, None);
        let (lines, charges) = check(&form(&[(1, 2), (2, 1)])).expect("fits");
        assert_eq!(lines.iter().map(|l| l.net).collect::<Vec<_>>(), [gbp("20.00"), gbp("0.33")]);
        assert!(charges.is_empty());
        for (bad, field) in [
            (form(&[(1, 4)]), "credit-1"),
            (form(&[(1, 1), (1, 1)]), "credit-1"),
            (form(&[(9, 1)]), "lines"),
            (form(&[]), "lines"),
            (CreditForm { reason: " ".into(), ..form(&[(1, 1)]) }, "reason"),
            (CreditForm { delivery: true, ..form(&[(1, 1)]) }, "delivery"),
            (CreditForm { fee: Decimal::NEGATIVE_ONE, ..form(&[(1, 1)]) }, "fee"),
            (CreditForm { fee: Decimal::new(1, 3), ..form(&[(1, 1)]) }, "fee"),
            (CreditForm { fee: Decimal::from(11), ..form(&[(1, 1)]) }, "fee"),
        ] {
            assert!(matches!(check(&bad), Err(Problem::Invalid(e)) if e[0].field == field), "{bad:?}");
        }
    }

    #[test]
    fn a_price_is_corrected_for_all_that_is_left_and_no_further() {
        let left = [line(1, "10.00", 3, "30.00")];
        let to = |price: &str| {
            let form = CreditForm {
                reason: "wrong price".into(),
                prices: vec![(1, price.parse().expect("a number"))],
                ..CreditForm::default()
            };
            form.check(Currency::GBP, &left, None)
        };
        let (lines, _) = to("8.50").expect("lower");
        let [l] = &lines[..] else { panic!("one line") };
        assert_eq!(
            (l.unit_price, l.net, l.quantity.value(), l.price_only),
            (gbp("1.50"), gbp("4.50"), left[0].left, true)
        );
        for wrong in ["10", "11", "0", "-1", "8.12345"] {
            assert!(matches!(to(wrong), Err(Problem::Invalid(e)) if e[0].field == "price-1"), "{wrong}");
        }
        let both = CreditForm { prices: vec![(1, Decimal::ONE)], ..form(&[(1, 1)]) };
        assert!(both.check(Currency::GBP, &left, None).is_err(), "a line is credited in one way at a time");
    }

    #[test]
    fn delivery_is_given_back_and_a_fee_kept() {
        let delivery = Taxed { net: gbp("7.50"), rate: Decimal::from(20), category: Category::Standard };
        let form = CreditForm { delivery: true, fee: Decimal::from(5), ..form(&[(1, 3)]) };
        let left = [line(1, "10.00", 3, "30.00")];
        let (lines, charges) = form.check(Currency::GBP, &left, Some(delivery)).expect("fits");
        let taxed: Vec<Taxed> = lines.iter().map(Credited::taxed).collect();
        let t = totals(Currency::GBP, &taxed, &charges).expect("in range");
        assert_eq!((t.net, t.gross), (gbp("32.50"), gbp("39.00")));
    }

    proptest! {
        #[test]
        fn parts_never_come_to_more_than_the_whole(price in 0_i64..100_000, parts in proptest::collection::vec(1_i64..50, 1..12)) {
            let quantity: i64 = parts.iter().sum();
            let price = Money::new(Decimal::new(price, 4), Currency::GBP);
            let whole = price.line(Quantity::new(Decimal::from(quantity)).expect("positive")).expect("in range");
            let mut left = Creditable { unit_price: price, left: Decimal::from(quantity), left_net: whole, ..line(1, "1", 1, "1") };
            let mut credited = Money::zero(Currency::GBP);
            for part in parts {
                let (lines, _) = form(&[(1, part)]).check(Currency::GBP, std::slice::from_ref(&left), None).expect("fits");
                credited = credited.plus(lines[0].net).expect("in range");
                left.left -= Decimal::from(part);
                left.left_net = left.left_net.minus(lines[0].net).expect("in range");
                prop_assert!(left.left_net.amount() >= Decimal::ZERO);
            }
            prop_assert_eq!(credited, whole);
        }
    }
}
