//! What can be accepted of a version, and what is left of it after earlier orders.

use super::{
    BTreeMap, Decimal, Deserialize, Document, FieldError, Line, Money, Offer, Problem, Quantity, Serialize, text,
};

/// How many of each line (by its number) are ordered already, in orders that stand.
pub type Ordered = BTreeMap<u32, Decimal>;

/// One line as the customer wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The line's number.
    pub no: u32,
    /// Which of its offers, from 0.
    pub offer: usize,
    /// How many.
    pub quantity: Quantity,
}

/// One line of the order to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedLine {
    /// The quote's line.
    pub no: u32,
    /// How many.
    pub quantity: Quantity,
    /// Each, as quoted.
    pub unit_price: Money,
    /// Quantity × price, rounded.
    pub net: Money,
    /// Percent.
    pub tax_rate: Decimal,
}

/// What an acceptance comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// In the quote's order.
    pub lines: Vec<AcceptedLine>,
    /// Nothing is left to order after this.
    pub complete: bool,
}

/// How many of a line can still be ordered; `None`: as many as the offers take.
pub fn left(line: &Line, ordered: &Ordered) -> Option<Decimal> {
    let so_far = ordered.get(&line.no).copied().unwrap_or_default();
    line.at_most.map(|most| (most.value() - so_far).max(Decimal::ZERO))
}

/// A line stands for itself and its alternatives: what is ordered of one of them counts for all.
fn group(document: &Document, line: &Line) -> Vec<u32> {
    let head = line.alternative_to.unwrap_or(line.no);
    document.lines.iter().filter(|l| l.no == head || l.alternative_to == Some(head)).map(|l| l.no).collect()
}

fn is_done(document: &Document, line: &Line, ordered: &Ordered) -> bool {
    let members = group(document, line);
    let of = |no: u32| ordered.get(&no).copied().unwrap_or_default();
    document.lines.iter().filter(|l| members.contains(&l.no)).any(|l| {
        let smallest = l.offers.iter().map(|o| o.quantity.value()).min().unwrap_or_default();
        let so_far = of(l.no);
        so_far > Decimal::ZERO && (so_far >= l.quantity.value() || left(l, ordered).is_some_and(|n| n < smallest))
    })
}

/// The numbers of the lines of which something can still be ordered.
pub fn open_lines(document: &Document, ordered: &Ordered) -> Vec<u32> {
    document.lines.iter().filter(|l| !is_done(document, l, ordered)).map(|l| l.no).collect()
}

/// Whether nothing is left to order.
pub fn is_complete(document: &Document, ordered: &Ordered) -> bool {
    document.lines.iter().all(|l| is_done(document, l, ordered))
}

fn field(no: u32) -> String {
    format!("quantities[{no}]")
}

fn one(document: &Document, ordered: &Ordered, chosen: &Chosen) -> Result<AcceptedLine, FieldError> {
    let complain = |words: String| FieldError::new(field(chosen.no), words);
    let line = document.lines.iter().find(|l| l.no == chosen.no);
    let line = line.ok_or_else(|| complain("This line is not in the quote any more.".to_owned()))?;
    if is_done(document, line, ordered) {
        return Err(complain(format!("{} is ordered already.", line.name)));
    }
    let offer: &Offer =
        line.offers.get(chosen.offer).ok_or_else(|| complain("Choose one of the prices.".to_owned()))?;
    if !offer.takes(chosen.quantity) {
        let how =
            if offer.or_more { format!("{} or more", offer.quantity) } else { format!("exactly {}", offer.quantity) };
        return Err(complain(format!("This price of {} is for {how}.", line.name)));
    }
    if let Some(left) = left(line, ordered).filter(|left| chosen.quantity.value() > *left) {
        return Err(complain(format!("Only {} of {} are left in this quote.", text::number(left), line.name)));
    }
    let net = offer.unit_price.line(chosen.quantity).map_err(|_| complain("This amount is too large.".to_owned()))?;
    Ok(AcceptedLine {
        no: line.no,
        quantity: chosen.quantity,
        unit_price: offer.unit_price,
        net,
        tax_rate: line.tax_rate,
    })
}

/// Checks a choice against a version and what is ordered of it: each line once, one of a line and its alternatives, at a
/// quantity that the offer takes, no more than is left. All complaints at once, each at its line's field.
pub fn accept(document: &Document, ordered: &Ordered, chosen: &[Chosen]) -> Result<Accepted, Problem> {
    if chosen.is_empty() {
        return Err(Problem::invalid("quantities", "Choose at least one line."));
    }
    let mut errors = Vec::new();
    let mut lines = Vec::with_capacity(chosen.len());
    let mut after = ordered.clone();
    let mut taken: Vec<u32> = Vec::new();
    for choice in chosen {
        match one(document, ordered, choice) {
            Ok(_) if taken.contains(&choice.no) => {
                errors.push(FieldError::new(field(choice.no), "Choose one of this line and its alternatives."));
            }
            Ok(line) => {
                *after.entry(line.no).or_default() += line.quantity.value();
                if let Some(of) = document.lines.iter().find(|l| l.no == line.no) {
                    taken.extend(group(document, of));
                }
                lines.push(line);
            }
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors));
    }
    let place = |no: u32| document.lines.iter().position(|l| l.no == no);
    lines.sort_by_key(|l| place(l.no));
    Ok(Accepted { lines, complete: is_complete(document, &after) })
}
