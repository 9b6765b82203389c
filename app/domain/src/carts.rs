//! Several carts: one is in use, others are kept; shared with a colleague; split by what keeps their lines from going now.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::cart::{CartPage, LineProblem, Totals};
use crate::catalog::Promise;
use crate::ids::{CartId, MemberId};
use crate::{Money, Problem, Quantity, text};

/// Carts a member can keep.
pub const MOST_CARTS: i64 = 50;

/// What a colleague may do with a cart that is shared with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Share {
    /// See it, and copy its lines into their own.
    See,
    /// Take it over as well: it becomes theirs.
    Take,
}

impl Share {
    /// Each with its code and its words.
    pub const ALL: [(Self, &'static str, &'static str); 2] =
        [(Self::See, "see", "May see and copy it"), (Self::Take, "take", "May take it over")];

    /// As stored and as the form sends it.
    pub fn code(self) -> &'static str {
        Self::ALL.into_iter().find(|s| s.0 == self).map_or("", |s| s.1)
    }

    /// Reads [`Share::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.1 == code).map(|s| s.0)
    }
}

/// Checks a cart's name: 1 to 80 characters.
pub fn name(name: &str) -> Result<&str, Problem> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Problem::invalid("name", "Give the cart a name, such as Site Leeds."));
    }
    if name.chars().count() > 80 {
        return Err(Problem::invalid("name", "Shorten the name to 80 characters."));
    }
    Ok(name)
}

/// What a cart without a name is called.
pub fn called(name: &str, in_use: bool, changed: NaiveDate) -> String {
    match name {
        "" if in_use => "Cart".to_owned(),
        "" => format!("Cart of {}", text::date(changed)),
        name => name.to_owned(),
    }
}

/// A cart in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartRow {
    /// Id.
    pub id: CartId,
    /// Its name, or what it is called without one.
    pub name: String,
    /// Whose it is; none: the asking member's own.
    pub owner: Option<String>,
    /// What is put into a cart goes into this one; never a colleague's.
    pub in_use: bool,
    /// How many lines.
    pub lines: i64,
    /// The last change, the seller's local time.
    pub changed: NaiveDateTime,
    /// What the asking member may do with a colleague's.
    pub may: Share,
    /// Colleagues with whom it is shared, with what they may do.
    pub shared: Vec<Shared>,
}

/// A colleague with whom a cart is shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// Who.
    pub member: MemberId,
    /// Name.
    pub name: String,
    /// What they may do.
    pub may: Share,
}

/// The list of carts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartsPage {
    /// One's own, the one in use first; then colleagues'.
    pub rows: Vec<CartRow>,
}

/// One cart that is not in use, or a colleague's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedCart {
    /// Its row.
    pub row: CartRow,
    /// What is in it, priced now.
    pub cart: CartPage,
    /// Colleagues with whom it could be shared: id and name.
    pub colleagues: Vec<(MemberId, String)>,
}

/// What keeps a line from going now, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// Nothing: in stock, priced, and nobody is asked.
    Now,
    /// A rule asks somebody because of this line.
    Approval,
    /// It is complete on a later day, or there is not enough.
    Late,
    /// It has no price: it can be quoted.
    Quote,
    /// It has to be changed first.
    Mend,
}

impl Reason {
    /// Each with its code, the heading of its part, and the name of the cart it becomes.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 5] = [
        (Self::Now, "now", "Can go now", "Can go now"),
        (Self::Approval, "approval", "Needs approval", "For approval"),
        (Self::Late, "late", "Comes later", "Comes later"),
        (Self::Quote, "quote", "Must be quoted", "To be quoted"),
        (Self::Mend, "mend", "Cannot be ordered as it stands", "To be changed"),
    ];

    fn row(self) -> (&'static str, &'static str, &'static str) {
        Self::ALL.into_iter().find(|r| r.0 == self).map_or(("", "", ""), |r| (r.1, r.2, r.3))
    }

    /// As the form sends it.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// The heading of its part.
    pub fn label(self) -> &'static str {
        self.row().1
    }

    /// The name of the cart that its part becomes.
    pub fn cart_name(self) -> &'static str {
        self.row().2
    }

    /// Reads [`Reason::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.1 == code).map(|r| r.0)
    }

    /// Why a line does not go now, with the sentence that says so. `asks` names the rule that asks somebody because of it.
    pub fn of(problems: &[LineProblem], promise: Promise, asks: Option<&str>) -> (Self, String) {
        let words = |problem: &LineProblem| problem.words();
        let short = |p: &&LineProblem| matches!(p, LineProblem::Short(_));
        let unpriced = |p: &&LineProblem| matches!(p, LineProblem::PriceOnRequest);
        let wrong = problems.iter().find(|p| !short(p) && !unpriced(p));
        if let Some(problem) = wrong {
            return (Self::Mend, words(problem));
        }
        if let Some(problem) = problems.iter().find(unpriced) {
            return (Self::Quote, words(problem));
        }
        match (promise, asks) {
            (Promise::Short(_), _) => (Self::Late, problems.iter().find(short).map(words).unwrap_or_default()),
            (Promise::On(day), _) => (Self::Late, format!("Complete on {}.", text::date(day))),
            (Promise::Now, Some(rule)) => (Self::Approval, format!("Because of the rule “{rule}”.")),
            (Promise::Now, None) => (Self::Now, String::new()),
        }
    }
}

/// A line of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartLine {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// How many.
    pub quantity: Quantity,
    /// Its unit.
    pub unit: String,
    /// Quantity × price.
    pub net: Option<Money>,
    /// Why it is in this part; empty: it can go now.
    pub why: String,
}

/// The lines of a cart that have one reason, as a cart of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Why.
    pub reason: Reason,
    /// Its lines.
    pub lines: Vec<PartLine>,
    /// What it would cost ordered alone.
    pub totals: Totals,
}

/// The page that splits the cart in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitPage {
    /// The parts, those that go first before the others; one: there is nothing to split.
    pub parts: Vec<Part>,
    /// What splitting into all of them costs more than one order, incl. tax; delivery is charged for each.
    pub costs: Money,
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn a_line_has_its_gravest_reason_and_says_it() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day");
        let of = |problems: &[LineProblem], promise, asks| Reason::of(problems, promise, asks);
        assert_eq!(of(&[], Promise::Now, None), (Reason::Now, String::new()));
        assert_eq!(of(&[], Promise::Now, Some("Tools")).0, Reason::Approval);
        assert_eq!(of(&[], Promise::On(day), Some("Tools")), (Reason::Late, "Complete on 1 Dec 2026.".to_owned()));
        let short = LineProblem::Short(Decimal::ONE);
        assert_eq!(of(std::slice::from_ref(&short), Promise::Short(Decimal::ONE), None).0, Reason::Late);
        assert_eq!(of(&[LineProblem::PriceOnRequest, short], Promise::Short(Decimal::ONE), None).0, Reason::Quote);
        let small = [LineProblem::PriceOnRequest, LineProblem::BelowMinimum(Quantity::ONE)];
        assert_eq!(of(&small, Promise::Now, None), (Reason::Mend, "Order at least 1.".to_owned()));
        assert_eq!(of(&[LineProblem::NotInContract], Promise::Now, None).0, Reason::Mend);
    }

    #[test]
    fn codes_are_read_as_they_are_written() {
        for (reason, ..) in Reason::ALL {
            assert_eq!(Reason::parse(reason.code()), Some(reason));
        }
        for (share, ..) in Share::ALL {
            assert_eq!(Share::parse(share.code()), Some(share));
        }
        assert_eq!(Reason::parse("never"), None);
    }

    #[test]
    fn a_name_is_needed_to_keep_a_cart_and_made_up_where_there_is_none() {
        assert_eq!(name(" Site Leeds "), Ok("Site Leeds"));
        assert!(name("  ").is_err() && name(&"x".repeat(81)).is_err());
        let day = NaiveDate::from_ymd_opt(2026, 11, 26).expect("a day");
        assert_eq!(called("", true, day), "Cart");
        assert_eq!(called("", false, day), "Cart of 26 Nov 2026");
        assert_eq!(called("Leeds", true, day), "Leeds");
    }
}
