//! How a company buys: units, cost centres, addresses, settings, and its credit as a page.

use serde::{Deserialize, Serialize};

use crate::accounts::Address;
use crate::credit::{Credit, Part};
use crate::ids::{AccountId, AddressId};
use crate::{FieldError, Money, Problem};

/// A cost centre with its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostCentre {
    /// Code, as on orders.
    pub code: String,
    /// Name.
    pub name: String,
    /// Can be chosen.
    pub active: bool,
    /// Orders of the last twelve months.
    pub orders: i64,
}

/// Cost centres of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostCentresPage {
    /// By code.
    pub centres: Vec<CostCentre>,
}

/// Checks a cost centre's code (1 to 20 letters, digits, dashes) and name (1 to 80 characters). Gives the code in capitals.
pub fn cost_centre(code: &str, name: &str) -> Result<(String, String), Problem> {
    let (code, name) = (code.trim().to_uppercase(), name.trim().to_owned());
    let mut errors = Vec::new();
    let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if code.is_empty() || code.chars().count() > 20 || !code.chars().all(good) {
        errors.push(FieldError::new("code", "Enter a code of 1 to 20 letters, digits or dashes."));
    }
    if name.is_empty() || name.chars().count() > 80 {
        errors.push(FieldError::new("name", "Enter a name of 1 to 80 characters."));
    }
    if errors.is_empty() { Ok((code, name)) } else { Err(Problem::Invalid(errors)) }
}

/// Whether people act in a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnitState {
    /// They do.
    Open,
    /// The seller holds it: they look, and order nothing.
    OnHold,
    /// Closed from above, where it can be opened again.
    Closed,
    /// Closed by the seller.
    Ended,
}

/// A unit below the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRow {
    /// Names it in forms.
    pub id: AccountId,
    /// Account number.
    pub number: String,
    /// Name.
    pub name: String,
    /// The unit it is directly below; `None`: below the account itself.
    pub above: Option<String>,
    /// Whether people act in it.
    pub state: UnitState,
    /// Members with a seat.
    pub people: i64,
    /// The asking person has a seat there.
    pub seated: bool,
    /// Its orders count against the limit of the account above.
    pub credit_shared: bool,
    /// What it uses of the limit, if it shares one that there is.
    pub used: Option<Money>,
}

/// The units below the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsPage {
    /// Open ones first, by number.
    pub units: Vec<UnitRow>,
}

/// Checks a unit's name: 1 to 80 characters.
pub fn unit_name(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(Problem::invalid("name", "Enter a name of 1 to 80 characters."));
    }
    Ok(name.to_owned())
}

/// An address of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookAddress {
    /// Names it in forms.
    pub id: AddressId,
    /// `ship_to` or `bill_to`.
    pub kind: String,
    /// Short name.
    pub label: String,
    /// The address itself.
    pub address: Address,
    /// Chosen first.
    pub is_default: bool,
    /// The account above whose it is; only that one changes it. `None`: one's own.
    pub of: Option<String>,
}

/// The address book with the account's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressesPage {
    /// Ship-to first, by label.
    pub addresses: Vec<BookAddress>,
    /// Orders need a PO number.
    pub po_required: bool,
    /// The smallest order, before tax.
    pub minimum: Option<Money>,
    /// Approvers may decide from a mailed link.
    pub decide_by_mail: bool,
}

/// The form of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressForm {
    /// Over which one; `None`: a new one.
    pub id: Option<AddressId>,
    /// `ship_to` or `bill_to`.
    pub kind: String,
    /// Short name.
    pub label: String,
    /// Company or person.
    pub company: String,
    /// Street and number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// Town.
    pub city: String,
    /// ISO 3166 code.
    pub country: String,
    /// Chosen first.
    pub is_default: bool,
}

impl AddressForm {
    /// Every line filled and of a sane length; the country a code of two letters.
    pub fn check(&self) -> Result<(), Problem> {
        let mut errors = Vec::new();
        for (field, value) in [
            ("label", &self.label),
            ("company", &self.company),
            ("street", &self.street),
            ("postcode", &self.postcode),
            ("city", &self.city),
        ] {
            if value.trim().is_empty() || value.chars().count() > 120 {
                errors.push(FieldError::new(field, "Fill this in, with at most 120 characters."));
            }
        }
        let country = self.country.trim();
        if country.len() != 2 || !country.chars().all(|c| c.is_ascii_alphabetic()) {
            errors.push(FieldError::new("country", "Enter the country’s two letters, such as GB."));
        }
        if !matches!(self.kind.as_str(), "ship_to" | "bill_to") {
            errors.push(FieldError::new("kind", "Choose what the address is for."));
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors)) }
    }
}

/// An invoice that could be paid to free credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvoice {
    /// Its number.
    pub number: String,
    /// What is open of it.
    pub open: Money,
}

/// Credit: its composition, and the smallest step that frees what is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditView {
    /// Limit and what uses it.
    pub credit: Credit,
    /// Who uses how much of it; one when nobody shares it.
    pub parts: Vec<Part>,
    /// Orders that the seller holds: number and total.
    pub held: Vec<(String, Money)>,
    /// What to pay so that the first held order fits.
    pub step: Option<OpenInvoice>,
}

/// The smallest open invoice whose payment covers `short`; the largest one when none does alone.
pub fn smallest_step(short: Money, open: &[OpenInvoice]) -> Option<OpenInvoice> {
    let same = || open.iter().filter(|i| i.open.currency() == short.currency());
    same()
        .filter(|i| i.open.amount() >= short.amount())
        .min_by_key(|i| i.open.amount())
        .or_else(|| same().max_by_key(|i| i.open.amount()))
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;
    use rust_decimal::Decimal;

    #[test]
    fn the_smallest_invoice_that_frees_the_order_is_named() {
        let gbp = |n: i64| Money::new(Decimal::from(n), Currency::GBP);
        let open: Vec<OpenInvoice> =
            [("A", 50), ("B", 300), ("C", 200)].map(|(n, v)| OpenInvoice { number: n.into(), open: gbp(v) }).to_vec();
        let step = |short: i64| smallest_step(gbp(short), &open).map(|i| i.number);
        assert_eq!(step(120).as_deref(), Some("C"));
        assert_eq!(step(200).as_deref(), Some("C"));
        assert_eq!(step(999).as_deref(), Some("B"), "none suffices alone: begin with the largest");
        assert_eq!(smallest_step(gbp(1), &[]), None);
    }

    #[test]
    fn a_unit_has_a_name_of_a_sane_length() {
        assert_eq!(unit_name(" Acme North ").as_deref(), Ok("Acme North"));
        assert!(unit_name("  ").is_err() && unit_name(&"x".repeat(81)).is_err());
    }

    #[test]
    fn a_cost_centres_code_is_short_and_in_capitals() {
        assert_eq!(cost_centre(" maint-2 ", " Maintenance ").expect("good"), ("MAINT-2".into(), "Maintenance".into()));
        assert!(matches!(cost_centre("a b", ""), Err(Problem::Invalid(e)) if e.len() == 2));
    }
}
