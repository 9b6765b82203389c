//! Is what was invoiced what was ordered, agreed and delivered? And what a customer disputes of it.
//!
//! The three-way check compares each line of an invoice with its order's line, the contract price on the day of the order, and
//! what was delivered. It says only what is against the customer or cannot be explained: paying less than agreed is no dispute.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::{DisputeId, InvoiceId};
use crate::{Cause, FieldError, Money, Problem, Quantity, text};

/// What is invoiced of an article at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Billed {
    /// Each.
    pub unit_price: Money,
}

/// What is known of the order's line for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// Each, as ordered.
    pub unit_price: Money,
    /// How many were ordered.
    pub quantity: Decimal,
    /// How many were delivered; none where deliveries are not known (orders of former systems).
    pub delivered: Option<Decimal>,
    /// How many were invoiced by all invoices, less what came back by credit notes.
    pub invoiced: Decimal,
    /// The contract and what it priced one at on the day of the order; none where it was ordered from a quote, or no price is known.
    pub agreed: Option<(String, Money)>,
}

/// Where an invoice's line does not match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mismatch {
    /// The order has no such line.
    NotOrdered,
    /// Dearer than the order says: what it says.
    AboveOrder(Money),
    /// Dearer than agreed on the day of the order: where, and how much.
    AboveAgreed(String, Money),
    /// More was invoiced than ordered: how many of each.
    MoreThanOrdered {
        /// Invoiced, less credited.
        invoiced: Decimal,
        /// Ordered.
        ordered: Decimal,
    },
    /// More was invoiced than delivered: how many of each.
    MoreThanDelivered {
        /// Invoiced, less credited.
        invoiced: Decimal,
        /// Delivered.
        delivered: Decimal,
    },
}

impl Mismatch {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::NotOrdered => "Not in the order".to_owned(),
            Self::AboveOrder(price) => format!("Ordered at {}", text::money(*price)),
            Self::AboveAgreed(contract, price) => format!("{contract} said {} that day", text::money(*price)),
            Self::MoreThanOrdered { invoiced, ordered } => {
                format!("{} invoiced, {} ordered", text::number(*invoiced), text::number(*ordered))
            }
            Self::MoreThanDelivered { invoiced, delivered } => {
                format!("{} invoiced, {} delivered", text::number(*invoiced), text::number(*delivered))
            }
        }
    }

    /// The reason that a dispute about it would have.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::NotOrdered => Reason::NotOrdered,
            Self::AboveOrder(_) | Self::AboveAgreed(..) => Reason::Price,
            Self::MoreThanOrdered { .. } => Reason::Quantity,
            Self::MoreThanDelivered { .. } => Reason::NotDelivered,
        }
    }
}

/// Everything in which a line does not match; empty: it does.
pub fn check(billed: Billed, ordered: Option<&Ordered>) -> Vec<Mismatch> {
    let Some(ordered) = ordered else { return vec![Mismatch::NotOrdered] };
    let mut found = Vec::new();
    let dearer =
        |than: Money| billed.unit_price.currency() == than.currency() && billed.unit_price.amount() > than.amount();
    if dearer(ordered.unit_price) {
        found.push(Mismatch::AboveOrder(ordered.unit_price));
    }
    if let Some((contract, price)) = ordered.agreed.as_ref().filter(|(_, price)| dearer(*price)) {
        found.push(Mismatch::AboveAgreed(contract.clone(), *price));
    }
    if ordered.invoiced > ordered.quantity {
        found.push(Mismatch::MoreThanOrdered { invoiced: ordered.invoiced, ordered: ordered.quantity });
    } else if let Some(delivered) = ordered.delivered.filter(|d| ordered.invoiced > *d) {
        found.push(Mismatch::MoreThanDelivered { invoiced: ordered.invoiced, delivered });
    }
    found
}

/// Why a line is disputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// Another price was agreed.
    Price,
    /// Too many were invoiced.
    Quantity,
    /// It did not come.
    NotDelivered,
    /// It was never ordered.
    NotOrdered,
    /// It came damaged, or it is the wrong thing.
    Damaged,
    /// The tax is wrong.
    Tax,
    /// Something else.
    Other,
}

impl Reason {
    /// All of them, with their stored word and label.
    pub const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Price, "price", "The price is not what was agreed"),
        (Self::Quantity, "quantity", "Too many were invoiced"),
        (Self::NotDelivered, "not_delivered", "It was not delivered"),
        (Self::NotOrdered, "not_ordered", "We did not order it"),
        (Self::Damaged, "damaged", "It came damaged, or is the wrong thing"),
        (Self::Tax, "tax", "The tax is wrong"),
        (Self::Other, "other", "Something else"),
    ];

    /// As stored.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|r| r.0 == self).map_or("other", |r| r.1)
    }

    /// In the form and on the page.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|r| r.0 == self).map_or("", |r| r.2)
    }

    /// Reads [`Reason::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|r| r.1 == code).map(|r| r.0)
    }
}

/// Where a dispute stands. A line that was declined or withdrawn can be disputed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// The seller has to answer.
    Open,
    /// The seller agrees; mostly with a credit note.
    Accepted,
    /// The seller says why not.
    Declined,
    /// The customer took it back.
    Withdrawn,
}

impl State {
    /// All of them, with their stored word and label.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Open, "open", "Disputed"),
        (Self::Accepted, "accepted", "Accepted"),
        (Self::Declined, "declined", "Declined"),
        (Self::Withdrawn, "withdrawn", "Withdrawn"),
    ];

    /// As stored.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|s| s.0 == self).map_or("", |s| s.1)
    }

    /// On the page.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|s| s.0 == self).map_or("", |s| s.2)
    }

    /// Reads [`State::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|s| s.1 == code).map(|s| s.0)
    }

    /// Only what is open can end, once; a conflict says how it ended.
    pub fn end(self, to: Self) -> Result<Self, Problem> {
        match (self, to) {
            (Self::Open, Self::Accepted | Self::Declined | Self::Withdrawn) => Ok(to),
            _ => Err(Problem::Conflict(Cause::DisputeState { state: self.label().to_lowercase() })),
        }
    }
}

/// What a customer says of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeForm {
    /// Why.
    pub reason: Reason,
    /// Of how many; none: of all.
    pub quantity: Option<Quantity>,
    /// In their own words.
    pub words: String,
}

impl DisputeForm {
    /// Checks the form against the line; gives of how many.
    pub fn check(&self, line_no: i32, invoiced: Quantity) -> Result<Quantity, Problem> {
        let mut errors = Vec::new();
        if self.quantity.is_some_and(|q| q > invoiced) {
            let words = format!("{invoiced} are invoiced in this line.");
            errors.push(FieldError::new(format!("dispute-quantity-{line_no}"), words));
        }
        if !(1..=1000).contains(&self.words.trim().chars().count()) {
            let words = "Say what is wrong, in at most 1,000 characters.";
            errors.push(FieldError::new(format!("dispute-words-{line_no}"), words));
        } else if self.words.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            let words = "There is a character in it that cannot be printed. Please type it anew.";
            errors.push(FieldError::new(format!("dispute-words-{line_no}"), words));
        }
        if errors.is_empty() { Ok(self.quantity.unwrap_or(invoiced)) } else { Err(Problem::Invalid(errors)) }
    }
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its id.
    pub id: uuid::Uuid,
    /// File name.
    pub name: String,
    /// Bytes.
    pub size: i64,
}

/// A line that is, or was, disputed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// Position in the invoice.
    pub line_no: i32,
    /// Article number.
    pub sku: String,
    /// Article's name.
    pub name: String,
    /// Why.
    pub reason: Reason,
    /// Of how many.
    pub quantity: Quantity,
    /// In the customer's words.
    pub words: String,
    /// Where it stands.
    pub state: State,
    /// Who disputed it.
    pub by: String,
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// What was answered; empty: nothing yet.
    pub answer: String,
    /// Who answered, or withdrew it; empty: nobody yet.
    pub answered_by: String,
    /// The credit note from it; empty: none.
    pub credit_note: String,
    /// Files that show it.
    pub evidence: Vec<Evidence>,
}

/// The check of an invoice, and what is disputed of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// By position, in which a line does not match; lines without an order to compare with are not named.
    pub lines: Vec<(i32, Vec<Mismatch>)>,
    /// What was disputed, the newest first.
    pub disputes: Vec<Dispute>,
    /// The reader may dispute lines of it.
    pub may_dispute: bool,
}

/// A dispute as the seller's people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskDispute {
    /// The dispute.
    pub of: Dispute,
    /// The customer's number.
    pub account: String,
    /// The customer's name.
    pub customer: String,
    /// The invoice's number.
    pub invoice: String,
    /// When it was issued.
    pub issued_on: NaiveDate,
    /// The order's number, or empty.
    pub order: String,
    /// How many were invoiced.
    pub invoiced: Quantity,
    /// Each.
    pub unit_price: Money,
    /// How many are left to credit; none: the invoice was made by another system, which credits it.
    pub left: Option<Decimal>,
    /// The id of the credit note to be, made with the page: two clicks are one.
    pub credit: InvoiceId,
}

/// The disputes on the seller's desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputesPage {
    /// Those to answer, the oldest first.
    pub open: Vec<DeskDispute>,
    /// How many there are to answer in all.
    pub waiting: i64,
    /// The last that were answered or withdrawn.
    pub ended: Vec<DeskDispute>,
}

/// Open disputes that the desk shows at once.
pub const SHOWN: i64 = 50;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn gbp(text: &str) -> Money {
        Money::new(text.parse().expect("a number"), Currency::GBP)
    }

    fn ordered() -> Ordered {
        Ordered {
            unit_price: gbp("10"),
            quantity: Decimal::from(5),
            delivered: Some(Decimal::from(5)),
            invoiced: Decimal::from(5),
            agreed: Some(("K-1".into(), gbp("10"))),
        }
    }

    #[test]
    fn a_line_matches_or_says_in_what_it_does_not() {
        let billed = |price: &str, ordered: &Ordered| check(Billed { unit_price: gbp(price) }, Some(ordered));
        assert!(billed("10", &ordered()).is_empty());
        assert!(billed("9.99", &ordered()).is_empty(), "cheaper than agreed is nothing to dispute");
        assert_eq!(check(Billed { unit_price: gbp("10") }, None), [Mismatch::NotOrdered]);
        assert_eq!(
            billed("10.0001", &ordered()),
            [Mismatch::AboveOrder(gbp("10")), Mismatch::AboveAgreed("K-1".into(), gbp("10"))]
        );
        let cheaper = Ordered { agreed: Some(("K-1".into(), gbp("9"))), ..ordered() };
        assert_eq!(billed("10", &cheaper), [Mismatch::AboveAgreed("K-1".into(), gbp("9"))]);
        let five = Decimal::from(5);
        let more = Ordered { invoiced: Decimal::from(6), ..ordered() };
        assert_eq!(billed("10", &more), [Mismatch::MoreThanOrdered { invoiced: Decimal::from(6), ordered: five }]);
        let short = Ordered { delivered: Some(Decimal::from(3)), ..ordered() };
        assert_eq!(billed("10", &short), [Mismatch::MoreThanDelivered { invoiced: five, delivered: Decimal::from(3) }]);
        let unknown = Ordered { delivered: None, agreed: None, ..ordered() };
        assert!(billed("10", &unknown).is_empty(), "what is not known is not held against anybody");
        let euro = Currency::parse("EUR").expect("a currency");
        let euros = Ordered { agreed: Some(("K-1".into(), Money::new(Decimal::ONE, euro))), ..ordered() };
        assert!(billed("10", &euros).is_empty(), "prices of two currencies cannot be compared");
    }

    #[test]
    fn a_dispute_ends_once_and_only_an_open_one() {
        for (from, ..) in State::ALL {
            for (to, ..) in State::ALL {
                let may = from == State::Open && to != State::Open;
                assert_eq!(from.end(to).is_ok(), may, "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn codes_read_back() {
        assert!(Reason::ALL.iter().all(|r| Reason::parse(r.1) == Some(r.0) && r.0.code() == r.1));
        assert!(State::ALL.iter().all(|s| State::parse(s.1) == Some(s.0) && s.0.code() == s.1));
    }

    #[test]
    fn the_form_names_the_field_of_its_line() {
        let five = Quantity::new(Decimal::from(5)).expect("positive");
        let form = |quantity: i64, words: &str| DisputeForm {
            reason: Reason::Price,
            quantity: Quantity::new(Decimal::from(quantity)),
            words: words.to_owned(),
        };
        assert_eq!(form(0, "too dear").check(3, five), Ok(five), "without a quantity it is all of them");
        for (bad, field) in [(form(6, "x"), "dispute-quantity-3"), (form(1, "  "), "dispute-words-3")] {
            assert!(matches!(bad.check(3, five), Err(Problem::Invalid(e)) if e[0].field == field), "{bad:?}");
        }
    }
}
