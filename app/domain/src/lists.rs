//! Requisition lists: named, shared by right, with quantities and par levels; filled into the cart in one go.

use chrono::NaiveDateTime;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::cart::LineProblem;
use crate::catalog::{Availability, Packing, PriceBrief};
use crate::ids::ListId;
use crate::{FieldError, Money, Problem, Quantity};

/// Lines of one list at most.
pub const MOST_LINES: usize = 500;
/// Lists of one account at most.
pub const MOST_LISTS: i64 = 1_000;

/// What others may do with a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Right {
    /// Nothing: they do not see it.
    #[default]
    None,
    /// See it.
    Read,
    /// See it, and fill their cart from it.
    Use,
    /// Change its lines as well.
    Edit,
}

impl Right {
    /// All of them, with their stored word and label.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::None, "none", "Do not see it"),
        (Self::Read, "read", "See it"),
        (Self::Use, "use", "Order from it"),
        (Self::Edit, "edit", "Order from it and change it"),
    ];

    /// As stored.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|r| r.0 == self).map_or("none", |r| r.1)
    }

    /// In the form and the list.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|r| r.0 == self).map_or("", |r| r.2)
    }

    /// Reads [`Right::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|r| r.1 == code).map(|r| r.0)
    }
}

/// What a list is called, and who may do what with it. Units below can order from it at most: it is not theirs to change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListForm {
    /// Its name.
    pub name: String,
    /// Colleagues in the account.
    pub account: Right,
    /// Members of the units below.
    pub units: Right,
}

impl ListForm {
    /// Checks it; gives the trimmed name.
    pub fn check(&self) -> Result<&str, Problem> {
        let name = self.name.trim();
        let mut errors = Vec::new();
        if !(1..=80).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            errors.push(FieldError::new("name", "Enter a name of at most 80 characters."));
        }
        if self.units > Right::Use {
            errors.push(FieldError::new("units", "Units can order from a list, but not change it."));
        }
        if errors.is_empty() { Ok(name) } else { Err(Problem::Invalid(errors)) }
    }
}

/// How many to order so that the shelf is full again: `par` less what is there; none when nothing is missing.
pub fn to_order(par: Quantity, on_hand: Decimal) -> Option<Quantity> {
    Quantity::new((par.value() - on_hand.max(Decimal::ZERO)).max(Decimal::ZERO))
}

/// A list among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    /// Its id.
    pub id: ListId,
    /// Name and rights.
    pub form: ListForm,
    /// Whose it is.
    pub owner: String,
    /// The account it belongs to, where that is one above the reader's.
    pub of: Option<String>,
    /// It is the reader's own.
    pub mine: bool,
    /// What the reader may do with it.
    pub right: Right,
    /// Lines.
    pub lines: i64,
    /// When it was changed last, the seller's local time.
    pub changed: NaiveDateTime,
}

/// The lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListsPage {
    /// One's own first, by name.
    pub rows: Vec<ListRow>,
    /// The reader may make lists.
    pub may_make: bool,
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListLine {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Unit of measure.
    pub unit: String,
    /// Picture address.
    pub picture: String,
    /// How many are ordered as a rule.
    pub quantity: Quantity,
    /// How many should be on the shelf.
    pub par: Option<Quantity>,
    /// How it may be ordered.
    pub packing: Packing,
    /// What can be promised.
    pub availability: Availability,
    /// The price at that quantity.
    pub price: Option<PriceBrief>,
    /// Quantity × price.
    pub net: Option<Money>,
    /// Why it cannot be ordered as it stands.
    pub problems: Vec<LineProblem>,
}

impl ListLine {
    /// It can be put into a cart; what is short says so there.
    pub fn orderable(&self) -> bool {
        self.problems.iter().all(|p| matches!(p, LineProblem::Short(_)))
    }
}

/// One list.
#[expect(clippy::struct_excessive_bools, reason = "four things that may be done, each by its name")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPage {
    /// The row among the lists.
    pub row: ListRow,
    /// Its lines in their order.
    pub lines: Vec<ListLine>,
    /// What all that can be ordered comes to, before tax.
    pub total: Money,
    /// The reader may fill a cart from it.
    pub may_use: bool,
    /// The reader may have it ordered again and again.
    pub may_schedule: bool,
    /// The reader may change its lines.
    pub may_edit: bool,
    /// The reader may rename, share and delete it.
    pub may_manage: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_has_a_name_and_units_do_not_change_it() {
        let form = |name: &str, units| ListForm { name: name.into(), account: Right::Edit, units };
        assert_eq!(form("  Van 3 ", Right::Use).check(), Ok("Van 3"));
        for (bad, field) in
            [(form(" ", Right::None), "name"), (form("a\nb", Right::None), "name"), (form("x", Right::Edit), "units")]
        {
            assert!(matches!(bad.check(), Err(Problem::Invalid(e)) if e[0].field == field), "{bad:?}");
        }
        assert!(form(&"x".repeat(81), Right::None).check().is_err());
    }

    #[test]
    fn rights_read_back_and_grow() {
        assert!(Right::ALL.iter().all(|r| Right::parse(r.1) == Some(r.0)));
        assert!(Right::ALL.windows(2).all(|w| w[0].0 < w[1].0));
    }

    proptest! {
        #[test]
        fn what_is_ordered_fills_the_shelf_and_no_more(par in 1_i64..10_000, on_hand in -50_i64..12_000) {
            let (par, there) = (Quantity::new(Decimal::from(par)).expect("positive"), Decimal::from(on_hand));
            match to_order(par, there) {
                Some(order) => prop_assert_eq!(order.value() + there.max(Decimal::ZERO), par.value()),
                None => prop_assert!(there >= par.value()),
            }
        }
    }
}
