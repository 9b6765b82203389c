//! A member's cart: live prices, every check, exact totals. What cannot be ordered says why and how to mend it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::accounts::{AddressRow, CostCentreRow};
use crate::catalog::{Availability, Packing, PriceBrief, Promise};
use crate::ids::OrderId;
use crate::money::MoneyError;
use crate::pricing::Resolved;
use crate::{Currency, FieldError, Money, Problem, Quantity, text};

/// Why a line cannot be ordered as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineProblem {
    /// Not in the assortment of the account's contracts.
    NotInContract,
    /// No longer sold; the successor's SKU and name, if there is one.
    Discontinued(Option<(String, String)>),
    /// No price: can be quoted, not ordered.
    PriceOnRequest,
    /// Below the minimum.
    BelowMinimum(Quantity),
    /// Not a multiple.
    NotMultiple(Quantity),
    /// Above the maximum.
    AboveMaximum(Quantity),
    /// Less than this can be promised.
    Short(Decimal),
}

impl LineProblem {
    /// A sentence for the person who can mend it.
    pub fn words(&self) -> String {
        match self {
            Self::NotInContract => "Not in your assortment any more. Remove it, or ask us to add it.".to_owned(),
            Self::Discontinued(None) => "No longer sold. Remove it to go on.".to_owned(),
            Self::Discontinued(Some((sku, name))) => format!("No longer sold. Its successor is {name} ({sku})."),
            Self::PriceOnRequest => "Price on request: it cannot be ordered yet.".to_owned(),
            Self::BelowMinimum(min) => format!("Order at least {min}."),
            Self::NotMultiple(step) => format!("Order in steps of {step}."),
            Self::AboveMaximum(max) => format!("Order at most {max} a line."),
            Self::Short(n) if n.is_zero() => "Out of stock, and no delivery is announced.".to_owned(),
            Self::Short(n) => format!("Only {} can be delivered.", text::number(*n)),
        }
    }
}

/// What is known of a line when it is checked.
#[derive(Clone, Debug)]
pub struct LineFacts<'a> {
    /// How many.
    pub quantity: Quantity,
    /// How it may be ordered.
    pub packing: Packing,
    /// What can be promised.
    pub availability: Availability,
    /// In the account's assortment.
    pub in_assortment: bool,
    /// No longer sold.
    pub discontinued: bool,
    /// Successor's SKU and name.
    pub successor: Option<(String, String)>,
    /// The resolved price.
    pub price: Option<&'a Resolved>,
}

/// Every reason why the line cannot be ordered, the gravest first.
pub fn check(line: &LineFacts<'_>) -> Vec<LineProblem> {
    if !line.in_assortment {
        return vec![LineProblem::NotInContract];
    }
    if line.discontinued {
        return vec![LineProblem::Discontinued(line.successor.clone())];
    }
    let mut problems = Vec::new();
    if line.price.is_none() {
        problems.push(LineProblem::PriceOnRequest);
    }
    let Packing { minimum, multiple, maximum } = line.packing;
    if line.quantity < minimum {
        problems.push(LineProblem::BelowMinimum(minimum));
    }
    if !(line.quantity.value() % multiple.value()).is_zero() {
        problems.push(LineProblem::NotMultiple(multiple));
    }
    if let Some(max) = maximum.filter(|max| line.quantity > *max) {
        problems.push(LineProblem::AboveMaximum(max));
    }
    if let Promise::Short(n) = line.availability.promise(line.quantity) {
        problems.push(LineProblem::Short(n));
    }
    problems
}

/// What goes into a total: a line's rounded amount and its tax rate in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxedAmount {
    /// Rounded line amount.
    pub net: Money,
    /// Percent.
    pub rate: Decimal,
}

/// A tax subtotal (EN 16931 BG-23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxLine {
    /// Percent.
    pub rate: Decimal,
    /// Sum of the lines (and charges) at this rate.
    pub base: Money,
    /// Tax on that sum, rounded once.
    pub tax: Money,
}

/// Totals of a cart, order or invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Sum of the lines.
    pub net: Money,
    /// Delivery charge.
    pub delivery: Money,
    /// Tax by rate, ascending.
    pub taxes: Vec<TaxLine>,
    /// All tax.
    pub tax: Money,
    /// net + delivery + tax.
    pub gross: Money,
}

/// Adds up lines and a delivery charge: tax per rate on the sum of lines, not per line (EN 16931 BR-CO-17).
/// The delivery charge is taxed at the highest rate among the lines.
pub fn totals(currency: Currency, lines: &[TaxedAmount], delivery: Money) -> Result<Totals, MoneyError> {
    let mut rates: Vec<Decimal> = lines.iter().map(|l| l.rate.normalize()).collect();
    rates.sort();
    rates.dedup();
    let top = rates.last().copied();
    let mut taxes = Vec::with_capacity(rates.len());
    for rate in rates {
        let mut base = Money::sum(currency, lines.iter().filter(|l| l.rate == rate).map(|l| l.net))?;
        if Some(rate) == top {
            base = base.plus(delivery)?;
        }
        taxes.push(TaxLine { rate, base, tax: base.percent(rate)? });
    }
    let net = Money::sum(currency, lines.iter().map(|l| l.net))?;
    let delivery = if lines.is_empty() { Money::zero(currency) } else { delivery };
    let tax = Money::sum(currency, taxes.iter().map(|t| t.tax))?;
    Ok(Totals { net, delivery, tax, gross: net.plus(delivery)?.plus(tax)?, taxes })
}

/// The seller's delivery charge: a fee, waived from a net amount on.
pub fn delivery_charge(net: Money, fee: Money, free_from: Option<Money>) -> Money {
    match free_from {
        Some(from) if net.amount() >= from.amount() => Money::zero(net.currency()),
        _ => fee,
    }
}

/// One line as the cart shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// Article number; names the line in forms.
    pub sku: String,
    /// What the customer calls it; empty: nothing else.
    pub own_number: String,
    /// Name.
    pub name: String,
    /// Unit of measure.
    pub unit: String,
    /// Picture address.
    pub picture: String,
    /// How many.
    pub quantity: Quantity,
    /// The same in a larger unit that it fills exactly: how many of which.
    pub in_larger: Option<(Quantity, String)>,
    /// How it may be ordered.
    pub packing: Packing,
    /// What can be promised.
    pub availability: Availability,
    /// The price now.
    pub price: Option<PriceBrief>,
    /// `Contract K-2041` or `List price`; empty without a price.
    pub source: String,
    /// The unit price the buyer saw when they put it in, where it has changed since.
    pub price_before: Option<Money>,
    /// Quantity × price.
    pub net: Option<Money>,
    /// Percent.
    pub tax_rate: Decimal,
    /// Why it cannot be ordered.
    pub problems: Vec<LineProblem>,
}

/// The cart's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartPage {
    /// What it is called; empty: just the cart.
    pub name: String,
    /// Lines in the order of adding.
    pub lines: Vec<CartLine>,
    /// Totals over the lines that have a price.
    pub totals: Totals,
    /// Net value at which delivery is free, where there is one and it is not reached.
    pub free_delivery_from: Option<Money>,
    /// The account's smallest order, where it is not reached.
    pub below_minimum: Option<Money>,
    /// Account on hold.
    pub on_hold: bool,
    /// The seller's today.
    pub today: NaiveDate,
}

impl CartPage {
    /// Whether the cart can be submitted.
    pub fn orderable(&self) -> bool {
        !self.lines.is_empty()
            && !self.on_hold
            && self.below_minimum.is_none()
            && self.lines.iter().all(|l| l.problems.is_empty())
    }
}

/// Where an order may go and be booked, for whoever asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// Addresses to choose from, the default first.
    pub addresses: Vec<AddressRow>,
    /// Cost centres to choose from: those on which the member may book.
    pub cost_centres: Vec<CostCentreRow>,
    /// One of them must be chosen: the member has named ones.
    pub must_book: bool,
}

/// The checkout's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutPage {
    /// The order's id to be: the idempotency key, made when the page was made.
    pub order_id: OrderId,
    /// What is going to be ordered.
    pub cart: CartPage,
    /// Addresses to choose from, the default first.
    pub addresses: Vec<AddressRow>,
    /// Cost centres to choose from: those on which the member may book.
    pub cost_centres: Vec<CostCentreRow>,
    /// One of them must be chosen: the member has named ones.
    pub must_book: bool,
    /// Whether a PO number must be given.
    pub po_required: bool,
    /// What the order does to the credit limit: a warning, or none.
    pub credit_note: Option<String>,
    /// The rules that the order matches, with who decides. Empty: it goes straight through, unless its budget asks.
    pub approval: Vec<crate::approvals::RuleProgress>,
    /// Cost centres whose budget the order would exceed: code, what happens then, what is left now.
    pub budgets: Vec<(String, crate::budgets::Beyond, Money)>,
    /// What stood in the form when it was refused, where the page was left for the answer.
    pub typed: Option<Typed>,
}

/// What a person typed into the checkout form, as they typed it. Neither the order's id nor its total: those are the page's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// Their reference.
    pub po_number: String,
    /// Cost centre code.
    pub cost_centre: String,
    /// Address id.
    pub ship_to: String,
    /// Wanted delivery day, or what they took for one.
    pub requested_on: String,
    /// Ship what is there first.
    pub partial_delivery: bool,
    /// For the warehouse.
    pub note: String,
}

/// What the checkout form says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutForm {
    /// The idempotency key of the page.
    pub order_id: OrderId,
    /// The total that the buyer saw.
    pub total: Decimal,
    /// Their reference.
    pub po_number: String,
    /// Cost centre code, or empty.
    pub cost_centre: String,
    /// Address id, or empty when the account has none.
    pub ship_to: String,
    /// Wanted delivery day.
    pub requested_on: Option<NaiveDate>,
    /// Ship what is there first.
    pub partial_delivery: bool,
    /// For the warehouse.
    pub note: String,
}

impl CheckoutForm {
    /// Checks what needs no database: lengths, required PO number, a day that is not past.
    pub fn check(&self, po_required: bool, today: NaiveDate) -> Result<(), Problem> {
        let mut errors = Vec::new();
        if po_required && self.po_number.trim().is_empty() {
            errors.push(FieldError::new("po_number", "Enter your PO number: your company asks for one."));
        }
        if self.po_number.chars().count() > 40 {
            errors.push(FieldError::new("po_number", "Shorten the PO number to 40 characters."));
        }
        if self.note.chars().count() > 1000 {
            errors.push(FieldError::new("note", "Shorten the note to 1,000 characters."));
        }
        if self.requested_on.is_some_and(|d| d < today) {
            errors.push(FieldError::new("requested_on", "Choose today or a later day."));
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gbp(pence: i64) -> Money {
        Money::new(Decimal::new(pence, 2), Currency::GBP)
    }

    fn facts() -> LineFacts<'static> {
        LineFacts {
            quantity: Quantity::ONE,
            packing: Packing { minimum: Quantity::ONE, multiple: Quantity::ONE, maximum: None },
            availability: Availability { now: Decimal::ONE_HUNDRED, incoming: None },
            in_assortment: true,
            discontinued: false,
            successor: None,
            price: None,
        }
    }

    #[test]
    fn every_check_names_what_to_mend() {
        let q = |n: i64| Quantity::new(Decimal::from(n)).expect("positive");
        let mut line = facts();
        line.packing = Packing { minimum: q(10), multiple: q(4), maximum: Some(q(12)) };
        line.quantity = q(7);
        assert_eq!(
            check(&line),
            [LineProblem::PriceOnRequest, LineProblem::BelowMinimum(q(10)), LineProblem::NotMultiple(q(4))]
        );
        line.quantity = q(16);
        line.availability.now = Decimal::ONE;
        assert_eq!(
            check(&line),
            [LineProblem::PriceOnRequest, LineProblem::AboveMaximum(q(12)), LineProblem::Short(Decimal::ONE)]
        );
        line.discontinued = true;
        line.successor = Some(("B".into(), "Better".into()));
        assert_eq!(check(&line), [LineProblem::Discontinued(Some(("B".into(), "Better".into())))]);
        line.in_assortment = false;
        assert_eq!(check(&line), [LineProblem::NotInContract]);
    }

    #[test]
    fn tax_is_on_the_sum_of_a_rate_and_not_per_line() {
        // Three lines of £0.02 at 20 %: per line it would be 3 × 0.00 = 0.00; on the sum it is £0.01.
        let line = TaxedAmount { net: gbp(2), rate: Decimal::from(20) };
        let t = totals(Currency::GBP, &[line; 3], gbp(0)).expect("one currency");
        assert_eq!((t.net, t.tax, t.gross), (gbp(6), gbp(1), gbp(7)));
    }

    #[test]
    fn delivery_is_taxed_at_the_highest_rate_and_free_from_an_amount() {
        let lines = [
            TaxedAmount { net: gbp(1000), rate: Decimal::ZERO },
            TaxedAmount { net: gbp(1000), rate: Decimal::from(20) },
        ];
        let t = totals(Currency::GBP, &lines, gbp(500)).expect("one currency");
        assert_eq!((t.tax, t.gross), (gbp(300), gbp(2800)));
        assert_eq!(delivery_charge(gbp(9999), gbp(500), Some(gbp(10000))), gbp(500));
        assert_eq!(delivery_charge(gbp(10000), gbp(500), Some(gbp(10000))), gbp(0));
    }

    #[test]
    fn an_empty_cart_costs_nothing() {
        let t = totals(Currency::GBP, &[], gbp(500)).expect("one currency");
        assert_eq!((t.delivery, t.gross), (gbp(0), gbp(0)));
    }

    proptest! {
        #[test]
        fn totals_add_up_and_bases_cover_everything(lines in proptest::collection::vec((0_i64..1_000_000, 0_usize..4), 1..60), fee in 0_i64..2_000) {
            let lines: Vec<_> = lines.into_iter()
                .map(|(net, rate)| TaxedAmount { net: gbp(net), rate: [Decimal::ZERO, Decimal::from(5), Decimal::from(20), Decimal::new(175, 1)][rate] })
                .collect();
            let t = totals(Currency::GBP, &lines, gbp(fee)).expect("one currency");
            prop_assert_eq!(t.gross, t.net.plus(t.delivery).and_then(|m| m.plus(t.tax)).expect("in range"));
            let bases = Money::sum(Currency::GBP, t.taxes.iter().map(|x| x.base)).expect("in range");
            prop_assert_eq!(bases, t.net.plus(t.delivery).expect("in range"));
            prop_assert_eq!(t.gross.rounded(), t.gross);
        }
    }
}
