//! Quotes: what a customer asks for, what the seller offers for how long, whose turn it is, and what can be accepted.
//!
//! A quote is a case with one state; what was sent are versions of a document that never change again. Prices of a version
//! hold until its last day whatever happens to price lists; at most what is left of a line can be ordered.

mod accept;
mod compare;
mod draft;
mod views;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::cart::{TaxedAmount, Totals, totals};
use crate::ids::ProductId;
use crate::money::MoneyError;
use crate::{Cause, Currency, FieldError, Money, Problem, Quantity, text};

pub use accept::{Accepted, AcceptedLine, Chosen, Ordered, accept, is_complete, left, open_lines};
pub use compare::{Change, compare};
pub use draft::{Draft, DraftInput, Internals, LineInput, OfferInput, below_floor, margin, parse_price};
pub use views::*;

/// Where a quote stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Begun by the seller; the customer knows nothing of it yet.
    Draft,
    /// Asked for; the seller's turn.
    Requested,
    /// A version is in force; the customer's turn.
    Sent,
    /// The customer asked for changes; the seller's turn.
    ChangesAsked,
    /// Some of it is ordered; the rest can be.
    PartlyAccepted,
    /// All of it is ordered.
    Accepted,
    /// The customer said no.
    Declined,
    /// The seller cannot offer this.
    Refused,
    /// Taken back by whoever made it.
    Withdrawn,
    /// Its last day is over.
    Expired,
}

/// Who moves a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Side {
    /// The customer's people.
    Buyer,
    /// The seller's people.
    Seller,
    /// Time, or what became of an order.
    Clock,
}

/// What can happen to a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    /// A version goes out; one that was out is superseded.
    Send,
    /// The customer wants it changed.
    AskChanges,
    /// Ordered in part.
    AcceptPart,
    /// Ordered to the last line.
    AcceptRest,
    /// The customer does not want it.
    Decline,
    /// The seller does not want to offer.
    Refuse,
    /// Taken back.
    Withdraw,
    /// The last day is over.
    Expire,
    /// An order of it ended without being delivered, and others stand.
    ReopenPart,
    /// The same, and no other stands.
    ReopenAll,
}

use Event as E;
use Side::{Buyer, Clock, Seller};
use Status as S;

/// The one table: from, event, whose, to. Anything else is an error. One side's turn at a time: after a request and a wish
/// for changes only the seller sends; what is sent only the customer answers, until the seller replaces or takes it back.
pub const TRANSITIONS: &[(Status, Event, Side, Status)] = &[
    (S::Draft, E::Send, Seller, S::Sent),
    (S::Draft, E::Withdraw, Seller, S::Withdrawn),
    (S::Requested, E::Send, Seller, S::Sent),
    (S::Requested, E::Refuse, Seller, S::Refused),
    (S::Requested, E::Withdraw, Buyer, S::Withdrawn),
    (S::Sent, E::Send, Seller, S::Sent),
    (S::Sent, E::Withdraw, Seller, S::Withdrawn),
    (S::Sent, E::AskChanges, Buyer, S::ChangesAsked),
    (S::Sent, E::AcceptPart, Buyer, S::PartlyAccepted),
    (S::Sent, E::AcceptRest, Buyer, S::Accepted),
    (S::Sent, E::Decline, Buyer, S::Declined),
    (S::Sent, E::Expire, Clock, S::Expired),
    (S::ChangesAsked, E::Send, Seller, S::Sent),
    (S::ChangesAsked, E::Refuse, Seller, S::Refused),
    (S::ChangesAsked, E::Withdraw, Buyer, S::Withdrawn),
    (S::PartlyAccepted, E::AcceptPart, Buyer, S::PartlyAccepted),
    (S::PartlyAccepted, E::AcceptRest, Buyer, S::Accepted),
    (S::PartlyAccepted, E::Decline, Buyer, S::Declined),
    (S::PartlyAccepted, E::Withdraw, Seller, S::Withdrawn),
    (S::PartlyAccepted, E::Expire, Clock, S::Expired),
    (S::PartlyAccepted, E::ReopenPart, Clock, S::PartlyAccepted),
    (S::PartlyAccepted, E::ReopenAll, Clock, S::Sent),
    (S::Accepted, E::ReopenPart, Clock, S::PartlyAccepted),
    (S::Accepted, E::ReopenAll, Clock, S::Sent),
    (S::Declined, E::AskChanges, Buyer, S::ChangesAsked),
    (S::Declined, E::Send, Seller, S::Sent),
    (S::Expired, E::AskChanges, Buyer, S::ChangesAsked),
    (S::Expired, E::Send, Seller, S::Sent),
];

impl Status {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Requested,
        Self::Sent,
        Self::ChangesAsked,
        Self::PartlyAccepted,
        Self::Accepted,
        Self::Declined,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// As stored and as in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Requested => "requested",
            Self::Sent => "sent",
            Self::ChangesAsked => "changes_asked",
            Self::PartlyAccepted => "partly_accepted",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// In people's words, the same for both sides.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Requested => "Requested",
            Self::Sent => "Quoted",
            Self::ChangesAsked => "Changes asked for",
            Self::PartlyAccepted => "Partly ordered",
            Self::Accepted => "Ordered",
            Self::Declined => "Declined",
            Self::Refused => "Not offered",
            Self::Withdrawn => "Withdrawn",
            Self::Expired => "Expired",
        }
    }

    /// Reads [`Status::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// Whose turn it is; nobody's when it is over.
    pub const fn turn(self) -> Option<Side> {
        match self {
            Self::Draft | Self::Requested | Self::ChangesAsked => Some(Side::Seller),
            Self::Sent | Self::PartlyAccepted => Some(Side::Buyer),
            _ => None,
        }
    }

    /// The state after what one side does, or a conflict that names the present state.
    pub fn after(self, event: Event, by: Side) -> Result<Self, Problem> {
        TRANSITIONS
            .iter()
            .find(|(from, on, side, _)| (*from, *on, *side) == (self, event, by))
            .map(|(.., to)| *to)
            .ok_or_else(|| Problem::Conflict(Cause::QuoteState { state: self.label().to_lowercase() }))
    }

    /// Whether one side may do this now: for offering it.
    pub fn allows(self, event: Event, by: Side) -> bool {
        self.after(event, by).is_ok()
    }

    /// What people see of it on a day: the last day counts before the nightly job has noticed.
    #[must_use]
    pub fn on(self, today: NaiveDate, valid_until: Option<NaiveDate>) -> Self {
        let over = valid_until.is_some_and(|last| last < today);
        if over { self.after(E::Expire, Clock).unwrap_or(self) } else { self }
    }
}

/// Lines of one request or quote.
pub const MOST_LINES: usize = 500;
/// Offers of one line.
pub const MOST_OFFERS: usize = 6;

/// One thing that is asked for: an article of the catalog, or anything in one's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Article number, where it is one of the assortment.
    pub sku: Option<String>,
    /// Its name, or the person's own words.
    pub name: String,
    /// Unit of measure.
    pub unit: String,
    /// How many.
    pub quantity: Quantity,
    /// What the buyer would like to pay for each.
    pub target: Option<Money>,
    /// Anything to add.
    pub note: String,
}

/// What a customer asks for. Never changes after it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What it is for, in a few words.
    pub title: String,
    /// What is asked for.
    pub lines: Vec<Wish>,
    /// When it is needed.
    pub needed_by: Option<NaiveDate>,
    /// Anything to add.
    pub note: String,
}

/// A line as the form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishInput {
    /// Article number; empty: words.
    #[serde(default)]
    pub sku: String,
    /// Name or words; a line without is no line.
    #[serde(default)]
    pub name: String,
    /// Unit of measure; empty: pieces.
    #[serde(default)]
    pub unit: String,
    /// How many.
    #[serde(default)]
    pub quantity: String,
    /// What it may cost; empty: nothing said.
    #[serde(default)]
    pub target: String,
    /// Anything to add.
    #[serde(default)]
    pub note: String,
}

/// A request as the form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestInput {
    /// What it is for.
    pub title: String,
    /// Lines; those without words are left out.
    pub lines: Vec<WishInput>,
    /// A day, or empty.
    pub needed_by: String,
    /// Anything to add.
    pub note: String,
}

impl RequestInput {
    /// The request that this is, or every complaint at its field.
    pub fn read(&self, currency: Currency) -> Result<Request, Problem> {
        let mut errors = Vec::new();
        let mut lines = Vec::new();
        for (i, line) in self.lines.iter().enumerate() {
            let (sku, name) = (line.sku.trim(), line.name.trim());
            if sku.is_empty() && name.is_empty() {
                continue;
            }
            let field = |name: &str| format!("lines[{i}][{name}]");
            let quantity = Quantity::parse(&field("quantity"), &line.quantity);
            let target = match line.target.trim() {
                "" => Ok(None),
                text => parse_price(&field("target"), text, None, currency).map(Some),
            };
            match (quantity, target) {
                (Ok(quantity), Ok(target)) => lines.push(Wish {
                    sku: (!sku.is_empty()).then(|| sku.to_uppercase()),
                    name: if name.is_empty() { sku.to_owned() } else { name.to_owned() },
                    unit: Some(line.unit.trim()).filter(|u| !u.is_empty()).unwrap_or("EA").chars().take(20).collect(),
                    quantity,
                    target,
                    note: line.note.trim().to_owned(),
                }),
                (quantity, target) => errors.extend(quantity.err().into_iter().chain(target.err())),
            }
        }
        let needed_by = match self.needed_by.trim() {
            "" => None,
            day => day
                .parse()
                .map_err(|_| errors.push(FieldError::new("needed_by", "Enter a date, such as 2026-12-24.")))
                .ok(),
        };
        if !errors.is_empty() {
            return Err(Problem::Invalid(errors));
        }
        Ok(Request { title: self.title.trim().to_owned(), lines, needed_by, note: self.note.trim().to_owned() })
    }
}

fn too_long(errors: &mut Vec<FieldError>, field: String, what: &str, text: &str, most: usize) {
    if text.chars().count() > most {
        errors.push(FieldError::new(
            field,
            format!("Shorten {what} to {} characters.", text::count(i64::try_from(most).unwrap_or(i64::MAX))),
        ));
    }
}

impl Request {
    /// At least one line, each with words; lengths; a day that is not past.
    pub fn check(&self, today: NaiveDate) -> Result<(), Problem> {
        let mut errors = Vec::new();
        if self.lines.is_empty() {
            errors.push(FieldError::new("lines[0][name]", "Say what you need: at least one line."));
        }
        if self.lines.len() > MOST_LINES {
            errors.push(FieldError::new("lines[0][name]", format!("Ask for at most {MOST_LINES} lines at once.")));
        }
        too_long(&mut errors, "title".to_owned(), "the title", &self.title, 120);
        too_long(&mut errors, "note".to_owned(), "the note", &self.note, 4000);
        for (i, line) in self.lines.iter().enumerate() {
            if line.name.trim().is_empty() && line.sku.is_none() {
                errors.push(FieldError::new(format!("lines[{i}][name]"), "Say what this line is."));
            }
            too_long(&mut errors, format!("lines[{i}][name]"), "the description", &line.name, 300);
            too_long(&mut errors, format!("lines[{i}][note]"), "the note", &line.note, 500);
            if line.target.is_some_and(|t| t.amount() <= Decimal::ZERO) {
                errors.push(FieldError::new(format!("lines[{i}][target]"), "Enter a price above zero, or none."));
            }
        }
        if self.needed_by.is_some_and(|d| d < today) {
            errors.push(FieldError::new("needed_by", "Choose today or a later day."));
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors)) }
    }
}

/// A price for a quantity: exactly so many, or so many and more (the two kinds that `OroCommerce`’s quotes know, too).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// How many.
    pub quantity: Quantity,
    /// Or more than that.
    pub or_more: bool,
    /// Each; up to four decimals.
    pub unit_price: Money,
}

impl Offer {
    /// Whether so many can be had at this price.
    pub fn takes(&self, quantity: Quantity) -> bool {
        quantity == self.quantity || self.or_more && quantity > self.quantity
    }

    /// `100 or more at £4.60`, `exactly 100 at £4.60`.
    pub fn words(&self) -> String {
        let price = text::money(self.unit_price);
        if self.or_more {
            format!("{} or more at {price}", self.quantity)
        } else {
            format!("exactly {} at {price}", self.quantity)
        }
    }
}

/// A line of what is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the quote; stays from version to version.
    pub no: u32,
    /// The article, where it is one.
    pub product: Option<ProductId>,
    /// Its number.
    pub sku: Option<String>,
    /// Name, or words.
    pub name: String,
    /// Unit of measure.
    pub unit: String,
    /// How many were asked for: ordered that far, the line is done.
    pub quantity: Quantity,
    /// No more than this over all orders.
    pub at_most: Option<Quantity>,
    /// Prices to choose from; at least one.
    pub offers: Vec<Offer>,
    /// Instead of which line.
    pub alternative_to: Option<u32>,
    /// Percent.
    pub tax_rate: Decimal,
    /// Made or bought for the customer and delivered after so many days; nothing is taken from the stock.
    pub lead_days: Option<u16>,
    /// What each would cost the customer without this quote, when it was drafted.
    pub usual_price: Option<Money>,
    /// Anything to add.
    pub note: String,
}

impl Line {
    /// The offer to begin with: the cheapest that takes the quantity asked for, else the first.
    pub fn usual_offer(&self) -> usize {
        let takes = self.offers.iter().enumerate().filter(|(_, o)| o.takes(self.quantity));
        takes.min_by_key(|(_, o)| o.unit_price.amount()).map_or(0, |(i, _)| i)
    }

    /// So many of it to begin with: what was asked for, or what the offer takes.
    pub fn usual_quantity(&self, offer: usize) -> Quantity {
        match self.offers.get(offer) {
            Some(offer) if !offer.takes(self.quantity) => offer.quantity,
            _ => self.quantity,
        }
    }
}

/// A version of a quote, as the customer reads it. Cost and margin are nowhere in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is for.
    pub title: String,
    /// What is offered.
    pub lines: Vec<Line>,
    /// A fixed charge for delivery; else the usual one.
    pub delivery: Option<Money>,
    /// Terms of this quote.
    pub terms: String,
    /// To the customer.
    pub note: String,
    /// The last day on which it can be accepted.
    pub valid_until: NaiveDate,
}

/// No quote is open for longer than this.
const LONGEST_DAYS: i64 = 730;

impl Document {
    /// Lines with offers in one currency above zero, alternatives to lines that are there, a last day that is still to come.
    pub fn check(&self, currency: Currency, today: NaiveDate) -> Result<(), Problem> {
        let mut errors = Vec::new();
        if self.lines.is_empty() || self.lines.len() > MOST_LINES {
            errors.push(FieldError::new("add", format!("A quote has 1 to {MOST_LINES} lines.")));
        }
        if self.lines.iter().all(|l| l.alternative_to.is_some()) && !self.lines.is_empty() {
            errors.push(FieldError::new("add", "Every line is an alternative: one must stand for itself."));
        }
        too_long(&mut errors, "title".to_owned(), "the title", &self.title, 120);
        too_long(&mut errors, "terms".to_owned(), "the terms", &self.terms, 4000);
        too_long(&mut errors, "note".to_owned(), "the note", &self.note, 4000);
        if self.valid_until < today || (self.valid_until - today).num_days() > LONGEST_DAYS {
            errors.push(FieldError::new("valid_until", "Choose a last day from today on, within two years."));
        }
        if self.delivery.is_some_and(|d| d.currency() != currency || d.amount().is_sign_negative()) {
            errors.push(FieldError::new("delivery", "Enter a delivery charge of 0 or more, or leave it empty."));
        }
        for (i, line) in self.lines.iter().enumerate() {
            line.check(i, self, currency, &mut errors);
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors)) }
    }

    /// Totals of some lines at their chosen prices, with delivery: `usual` unless the quote fixes it.
    pub fn totals(
        &self,
        currency: Currency,
        lines: &[AcceptedLine],
        usual: impl FnOnce(Money) -> Money,
    ) -> Result<Totals, MoneyError> {
        let amounts: Vec<TaxedAmount> = lines.iter().map(|l| TaxedAmount { net: l.net, rate: l.tax_rate }).collect();
        let net = Money::sum(currency, amounts.iter().map(|a| a.net))?;
        totals(currency, &amounts, self.delivery.unwrap_or_else(|| usual(net)))
    }

    /// What is ordered when everything is accepted as offered: each line that is no alternative, at its usual offer.
    pub fn whole(&self) -> Vec<Chosen> {
        let lines = self.lines.iter().filter(|l| l.alternative_to.is_none());
        lines
            .map(|l| {
                let offer = l.usual_offer();
                Chosen { no: l.no, offer, quantity: l.usual_quantity(offer) }
            })
            .collect()
    }
}

impl Line {
    fn check(&self, i: usize, of: &Document, currency: Currency, errors: &mut Vec<FieldError>) {
        let field = |name: &str| format!("lines[{i}][{name}]");
        if self.name.trim().is_empty() {
            errors.push(FieldError::new(field("name"), "Say what this line is."));
        }
        too_long(errors, field("name"), "the description", &self.name, 300);
        too_long(errors, field("note"), "the note", &self.note, 500);
        if self.offers.is_empty() {
            errors.push(FieldError::new(
                format!("lines[{i}][offers][0][price]"),
                format!("Enter a price for {}.", self.name),
            ));
        }
        if self.offers.len() > MOST_OFFERS {
            errors.push(FieldError::new(field("name"), format!("Offer at most {MOST_OFFERS} prices a line.")));
        }
        for (k, offer) in self.offers.iter().enumerate() {
            let field = format!("lines[{i}][offers][{k}][price]");
            if offer.unit_price.amount() <= Decimal::ZERO || offer.unit_price.amount().scale() > 4 {
                errors.push(FieldError::new(field, "Enter a price above zero, with at most four decimals."));
            } else if offer.unit_price.currency() != currency {
                errors.push(FieldError::new(field, format!("Offer in {}.", currency.code())));
            } else if self.offers[..k].iter().any(|o| (o.quantity, o.or_more) == (offer.quantity, offer.or_more)) {
                errors.push(FieldError::new(field, "This quantity has a price already."));
            }
            if self.at_most.is_some_and(|most| offer.quantity > most) {
                let field = format!("lines[{i}][at_most]");
                errors.push(FieldError::new(field, "An offer is for more than may be ordered."));
            }
        }
        if let Some(no) = self.alternative_to {
            let stands = of.lines.iter().any(|l| l.no == no && l.no != self.no && l.alternative_to.is_none());
            if !stands {
                let words = "This is an alternative to a line that is not there, or is an alternative itself.";
                errors.push(FieldError::new(field("alternative_to"), words));
            }
        }
    }
}

#[cfg(test)]
mod tests;
