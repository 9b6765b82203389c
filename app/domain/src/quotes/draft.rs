//! What the seller's people write: a document to be, with what no customer ever sees.

use super::{BTreeMap, Currency, Decimal, Deserialize, Document, FieldError, Line, Money, Offer, Quantity, Serialize};

/// What stays with the seller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Internals {
    /// What a piece costs the seller, by line.
    pub costs: BTreeMap<u32, Money>,
    /// Among colleagues.
    pub note: String,
}

/// A version in the making.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What the customer will read.
    pub document: Document,
    /// What they will not.
    pub internals: Internals,
}

/// What is earned of a price, in percent of it, to one decimal; `None` across currencies.
pub fn margin(price: Money, cost: Money) -> Option<Decimal> {
    if price.currency() != cost.currency() || price.amount() <= Decimal::ZERO {
        return None;
    }
    let earned = price.amount().checked_sub(cost.amount())?;
    let percent = earned.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(price.amount())?;
    Some(percent.round_dp_with_strategy(1, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
}

/// Prices below the floor margin: the line's number and the offer's position. A line without a known cost in the quote's
/// currency is not among them: nothing can be said of it. Compared exactly, not by the rounded percentage.
pub fn below_floor(draft: &Draft, floor: Decimal) -> Vec<(u32, usize)> {
    let mut found = Vec::new();
    for line in &draft.document.lines {
        let Some(cost) = draft.internals.costs.get(&line.no) else { continue };
        for (i, offer) in line.offers.iter().enumerate() {
            let price = offer.unit_price;
            let least = price.amount() * (Decimal::ONE_HUNDRED - floor);
            if price.currency() == cost.currency() && cost.amount() * Decimal::ONE_HUNDRED > least {
                found.push((line.no, i));
            }
        }
    }
    found
}

/// A price as typed: `4.60`, `£4.60`, or `-10%` off the reference price.
pub fn parse_price(field: &str, text: &str, reference: Option<Money>, currency: Currency) -> Result<Money, FieldError> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '£' | '€' | '$')).collect();
    let complain = |words: &str| FieldError::new(field, words);
    if let Some(percent) = text.strip_suffix('%') {
        let percent = percent.replace('−', "-");
        let off: Decimal = percent.parse().map_err(|_| complain("Enter a price such as 4.60, or -10%."))?;
        let off = off.abs();
        let Some(reference) = reference else {
            return Err(complain("There is no usual price to take this off: enter a price."));
        };
        if off >= Decimal::ONE_HUNDRED {
            return Err(complain("Take off less than 100 %."));
        }
        let amount = reference.amount() * (Decimal::ONE_HUNDRED - off) / Decimal::ONE_HUNDRED;
        let amount = amount.round_dp_with_strategy(4, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        return Ok(Money::new(amount.normalize(), currency));
    }
    let amount: Decimal = text.parse().map_err(|_| complain("Enter a price such as 4.60, or -10%."))?;
    Ok(Money::new(amount, currency))
}

/// A price of a line as the form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferInput {
    /// How many; empty: the line's quantity.
    #[serde(default)]
    pub quantity: String,
    /// `more` or `exactly`.
    #[serde(default)]
    pub kind: String,
    /// See [`parse_price`]; empty: no such offer.
    #[serde(default)]
    pub price: String,
}

/// A line as the form sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineInput {
    /// Its number.
    #[serde(default)]
    pub no: u32,
    /// Ticked: the line goes.
    #[serde(default)]
    pub drop: String,
    /// Name or words.
    #[serde(default)]
    pub name: String,
    /// Unit of measure.
    #[serde(default)]
    pub unit: String,
    /// How many.
    #[serde(default)]
    pub quantity: String,
    /// No more than this; empty: no limit.
    #[serde(default)]
    pub at_most: String,
    /// Number of the line that it replaces; empty: none.
    #[serde(default)]
    pub alternative_to: String,
    /// Days; empty: from stock.
    #[serde(default)]
    pub lead_days: String,
    /// To the customer.
    #[serde(default)]
    pub note: String,
    /// What a piece costs the seller; empty: not known.
    #[serde(default)]
    pub cost: String,
    /// Prices.
    #[serde(default)]
    pub offers: Vec<OfferInput>,
}

/// What the editor's form says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftInput {
    /// What it is for.
    pub title: String,
    /// Lines, in the order of the form.
    pub lines: Vec<LineInput>,
    /// Lines to add, one a row: `12 TP-48-CL`, or `5 custom cartons`.
    pub add: String,
    /// Percent off the usual price, for every line that has one; empty: none.
    pub discount: String,
    /// A fixed delivery charge; empty: as usual.
    pub delivery: String,
    /// Last day.
    pub valid_until: String,
    /// Terms.
    pub terms: String,
    /// To the customer.
    pub note: String,
    /// Among colleagues.
    pub internal: String,
}

/// Reads an optional figure.
fn some<T>(text: &str, read: impl FnOnce(&str) -> Result<T, FieldError>) -> Result<Option<T>, FieldError> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

impl LineInput {
    /// The line that this makes of the one that it was, and what a piece costs the seller. `i` is its place in the form.
    /// The words of a catalog article stay what they are.
    pub fn read(&self, i: usize, was: &Line, currency: Currency) -> Result<(Line, Option<Money>), Vec<FieldError>> {
        let field = |name: &str| format!("lines[{i}][{name}]");
        let mut errors = Vec::new();
        let mut keep = |error: FieldError| errors.push(error);
        let quantity = Quantity::parse(&field("quantity"), &self.quantity).map_err(&mut keep).unwrap_or(was.quantity);
        let at_most =
            some(&self.at_most, |t| Quantity::parse(&field("at_most"), t)).map_err(&mut keep).unwrap_or_default();
        let days = |text: &str| {
            let days = text.parse::<u16>().ok().filter(|n| *n <= 730);
            days.ok_or_else(|| FieldError::new(field("lead_days"), "Enter days, such as 14, or leave it empty."))
        };
        let lead_days = some(&self.lead_days, days).map_err(&mut keep).unwrap_or_default();
        let number = |text: &str| {
            text.parse().map_err(|_| FieldError::new(field("alternative_to"), "Enter the number of a line, such as 2."))
        };
        let alternative_to = some(&self.alternative_to, number).map_err(&mut keep).unwrap_or_default();
        let cost = some(&self.cost, |t| parse_price(&field("cost"), t, None, currency)).map_err(&mut keep);
        let cost = cost.unwrap_or_default();
        if cost.is_some_and(|c| c.amount().is_sign_negative()) {
            keep(FieldError::new(field("cost"), "Enter a cost of 0 or more, or leave it empty."));
        }
        let mut offers = Vec::new();
        for (k, offer) in self.offers.iter().enumerate().filter(|(_, o)| !o.price.trim().is_empty()) {
            let field = |name: &str| format!("lines[{i}][offers][{k}][{name}]");
            let many = some(&offer.quantity, |t| Quantity::parse(&field("quantity"), t)).map_err(&mut keep);
            let price = parse_price(&field("price"), &offer.price, was.usual_price, currency).map_err(&mut keep);
            if let (Ok(many), Ok(unit_price)) = (many, price) {
                offers.push(Offer { quantity: many.unwrap_or(quantity), or_more: offer.kind == "more", unit_price });
            }
        }
        let own_words = was.product.is_none();
        let words = |typed: &str, before: &str| if own_words { typed.trim().to_owned() } else { before.to_owned() };
        let line = Line {
            no: was.no,
            product: was.product,
            sku: was.sku.clone(),
            name: words(&self.name, &was.name),
            unit: words(&self.unit, &was.unit),
            quantity,
            at_most,
            offers,
            alternative_to,
            tax_rate: was.tax_rate,
            lead_days,
            usual_price: was.usual_price,
            note: self.note.trim().to_owned(),
        };
        if errors.is_empty() { Ok((line, cost)) } else { Err(errors) }
    }
}
