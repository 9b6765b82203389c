//! Getting goods to people: what is promised, what was sent, and the seller's desk where orders are worked off.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::accounts::Address;
use crate::cart::Totals;
use crate::ids::InvoiceId;
use crate::invoices::DeskInvoice;
use crate::orders::{Event, OrderLine, OrderStep, Status};
use crate::{FieldError, Money, Problem, Quantity};

/// A line of a shipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippedLine {
    /// Position in the order.
    pub line_no: i32,
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// How many were in it.
    pub quantity: Decimal,
}

/// What left the warehouse in one go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    /// Who carries it.
    pub carrier: String,
    /// To follow it; empty: none.
    pub tracking: String,
    /// The day on which it left.
    pub shipped_on: NaiveDate,
    /// What was in it.
    pub lines: Vec<ShippedLine>,
}

/// The form of a shipment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShipForm {
    /// Who carries it.
    pub carrier: String,
    /// To follow it.
    pub tracking: String,
    /// The day on which it left.
    pub shipped_on: NaiveDate,
    /// Position in the order, how many; a position that is not named is not sent.
    pub lines: Vec<(i32, Quantity)>,
}

/// What is left to send of a line: position, article, how many.
pub type Left = (i32, String, Decimal);

impl ShipForm {
    /// Checks the form against what is left; gives the event that the shipment is for its order. `whole`: the customer
    /// wants everything at once.
    pub fn check(&self, left: &[Left], whole: bool, today: NaiveDate) -> Result<Event, Problem> {
        let mut errors = Vec::new();
        for (field, value, least, most) in [("carrier", &self.carrier, 1, 60), ("tracking", &self.tracking, 0, 60)] {
            if !(least..=most).contains(&value.trim().chars().count()) || value.chars().any(char::is_control) {
                errors.push(FieldError::new(field, format!("Enter {least} to {most} characters.")));
            }
        }
        if self.shipped_on > today {
            errors.push(FieldError::new("shipped_on", "Enter a day that is not in the future."));
        }
        if self.lines.is_empty() {
            errors.push(FieldError::new("lines", "Enter how many of at least one line are sent."));
        }
        for (at, (line, quantity)) in self.lines.iter().enumerate() {
            let twice = self.lines[..at].iter().any(|(other, _)| other == line);
            match left.iter().find(|l| l.0 == *line) {
                Some(l) if quantity.value() <= l.2 && !twice => {}
                Some(l) => errors.push(FieldError::new(
                    format!("quantity-{line}"),
                    format!("{}: {} are left to send.", l.1, l.2.normalize()),
                )),
                None => errors.push(FieldError::new("lines", "This order has no such line.")),
            }
        }
        if !errors.is_empty() {
            return Err(Problem::Invalid(errors));
        }
        let sent = |no: i32| self.lines.iter().find(|l| l.0 == no).map_or(Decimal::ZERO, |l| l.1.value());
        let rest = left.iter().any(|l| l.2 > sent(l.0));
        if rest && whole {
            return Err(Problem::invalid("lines", "This customer wants everything at once: send all lines in full."));
        }
        Ok(if rest { Event::ShipPart } else { Event::ShipRest })
    }
}

/// A change of a promised day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Promised before; none: from the shelf.
    pub from: Option<NaiveDate>,
    /// When it was changed, the seller's local time.
    pub at: NaiveDateTime,
    /// Why; may be empty.
    pub reason: String,
}

/// A line that is not delivered in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLine {
    /// The order's number.
    pub order: String,
    /// The buyer's reference.
    pub po_number: String,
    /// Who placed it.
    pub placed_by: String,
    /// Where the order stands.
    pub status: Status,
    /// Position in the order.
    pub line_no: i32,
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// Not sent yet.
    pub open: Decimal,
    /// Ordered.
    pub quantity: Decimal,
    /// Promised; none: from the shelf.
    pub promised_on: Option<NaiveDate>,
    /// Wanted by the buyer.
    pub requested_on: Option<NaiveDate>,
    /// The last change of the promise.
    pub moved: Option<Moved>,
}

impl OpenLine {
    /// The day that a calendar shows: promised, or else wanted.
    pub fn day(&self) -> Option<NaiveDate> {
        self.promised_on.or(self.requested_on)
    }

    /// Promised for a day before `today`, or after the day on which it is wanted.
    pub fn late(&self, today: NaiveDate) -> bool {
        self.promised_on.is_some_and(|day| day < today || self.requested_on.is_some_and(|wanted| day > wanted))
    }
}

/// Rows on one page of the board.
pub const PAGE: u32 = 50;

/// What the board's address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardQuery {
    /// Order, reference, article or words of a name.
    pub words: String,
    /// Only what was promised anew, or is late.
    pub changed: bool,
    /// Page, from 1.
    pub page: u32,
}

impl BoardQuery {
    /// Reads a query string; nonsense is left out.
    pub fn parse(query: &str) -> Self {
        let mut wanted = Self { page: 1, ..Self::default() };
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "q" => wanted.words = words(&value),
                "show" => wanted.changed = value == "changed",
                "page" => wanted.page = value.parse().unwrap_or(1).clamp(1, 9_999),
                _ => {}
            }
        }
        wanted
    }

    /// The link to this board.
    pub fn href(&self) -> String {
        let show = if self.changed { "changed" } else { "" };
        href("/orders/open-lines", &[("q", &self.words), ("show", show)], self.page)
    }
}

/// Words of a search field: trimmed, without control characters, at most 100.
pub(crate) fn words(value: &str) -> String {
    value.trim().chars().filter(|c| !c.is_control()).take(100).collect()
}

/// A link with those parameters that say something.
pub(crate) fn href(path: &str, pairs: &[(&str, &str)], page: u32) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The promise board: all that is not delivered, over all orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// What was asked.
    pub query: BoardQuery,
    /// By day, the earliest first; what comes from the shelf before that.
    pub lines: Vec<OpenLine>,
    /// All matches.
    pub total: i64,
    /// Of the whole account, not only one's own.
    pub sees_all: bool,
    /// The seller's today.
    pub today: NaiveDate,
    /// The asking person may have a calendar feed: it is their own seat.
    pub can_feed: bool,
    /// Since when they have one, the seller's local time.
    pub feed_since: Option<NaiveDateTime>,
    /// Its address; shown only right after it was made.
    pub feed: Option<String>,
}

/// What the address of the seller's order list asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskQuery {
    /// Order number, PO number, SKU or words of a product.
    pub words: String,
    /// Number or name of a customer.
    pub customer: String,
    /// One state.
    pub status: Option<Status>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Page, from 1.
    pub page: u32,
}

impl DeskQuery {
    /// Reads a query string; nonsense is left out.
    pub fn parse(query: &str) -> Self {
        let mut wanted = Self { page: 1, ..Self::default() };
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "q" => wanted.words = words(&value),
                "customer" => wanted.customer = words(&value),
                "status" => wanted.status = Status::parse(&value),
                "from" => wanted.from = value.parse().ok(),
                "to" => wanted.to = value.parse().ok(),
                "page" => wanted.page = value.parse().unwrap_or(1).clamp(1, 99_999),
                _ => {}
            }
        }
        wanted
    }

    /// The link to this list.
    pub fn href(&self) -> String {
        let day = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        let (from, to) = (day(self.from), day(self.to));
        let status = self.status.map(Status::code).unwrap_or_default();
        let pairs = [
            ("q", self.words.as_str()),
            ("customer", &self.customer),
            ("status", status),
            ("from", &from),
            ("to", &to),
        ];
        href("/sales/orders", &pairs, self.page)
    }

    /// The same list at another page.
    #[must_use]
    pub fn at_page(&self, page: u32) -> Self {
        Self { page, ..self.clone() }
    }
}

/// An order in the seller's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskRow {
    /// The customer's number.
    pub account: String,
    /// The customer's name.
    pub customer: String,
    /// The order's number.
    pub number: String,
    /// When, the seller's local time.
    pub placed_at: NaiveDateTime,
    /// Who.
    pub placed_by: String,
    /// The buyer's reference.
    pub po_number: String,
    /// Where it stands.
    pub status: Status,
    /// With tax and delivery.
    pub gross: Money,
}

/// Where the seller's people work on an order.
pub fn desk_href(account: &str, number: &str) -> String {
    href(&format!("/sales/orders/{number}"), &[("customer", account)], 1)
}

/// The seller's list of orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskPage {
    /// What was asked.
    pub query: DeskQuery,
    /// The page's rows, the newest first.
    pub rows: Vec<DeskRow>,
    /// All matches, at most [`COUNTED`](crate::paging::COUNTED).
    pub total: i64,
}

/// A note that only the seller's people see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffNote {
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// Who.
    pub by: String,
    /// What.
    pub text: String,
    /// About which order; empty: about the customer.
    pub order: String,
}

/// Checks a note: 1 to 1,000 characters.
pub fn staff_note(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if (1..=1000).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(Problem::invalid("text", "Write a note of at most 1,000 characters."))
}

/// What the seller's people can do with an order, decided by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeskAction {
    /// Take it over.
    Confirm,
    /// Let it go on beyond the credit limit.
    Release,
    /// Send some or all of it.
    Ship,
    /// Promise another day.
    Promise,
    /// Say that it has arrived.
    Complete,
    /// Call it off.
    Cancel,
}

/// An order on the seller's desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskOrder {
    /// The row of the list.
    pub row: DeskRow,
    /// Guards against two people at once.
    pub version: i32,
    /// Lines.
    pub lines: Vec<OrderLine>,
    /// Net, delivery, tax, gross.
    pub totals: Totals,
    /// Cost centre code.
    pub cost_centre: String,
    /// Where it goes.
    pub ship_to: Address,
    /// Wanted day.
    pub requested_on: Option<NaiveDate>,
    /// Partial delivery allowed.
    pub partial_delivery: bool,
    /// The buyer's note for the warehouse.
    pub note: String,
    /// What happened, the oldest first.
    pub steps: Vec<OrderStep>,
    /// What was sent, the oldest first.
    pub shipments: Vec<Shipment>,
    /// Invoices and credit notes of it, the oldest first.
    pub invoices: Vec<DeskInvoice>,
    /// The id of the credit note that a form of this page makes: its idempotency key.
    pub credit: InvoiceId,
    /// The seller's own notes, the newest first.
    pub notes: Vec<StaffNote>,
    /// What may be done.
    pub can: Vec<DeskAction>,
    /// Imported from the seller's former system: that one works it off.
    pub imported: bool,
    /// The seller's today.
    pub today: NaiveDate,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, d).expect("a day")
    }

    fn form(lines: &[(i32, i64)]) -> ShipForm {
        let lines = lines.iter().map(|(no, n)| (*no, Quantity::new(Decimal::from(*n)).expect("positive"))).collect();
        ShipForm { carrier: "DHL".into(), tracking: "0034".into(), shipped_on: day(23), lines }
    }

    fn left() -> Vec<Left> {
        vec![(1, "A".into(), Decimal::from(10)), (2, "B".into(), Decimal::from(3))]
    }

    #[test]
    fn a_shipment_is_a_part_or_the_rest_and_never_more_than_is_left() {
        let check = |lines: &[(i32, i64)], whole| form(lines).check(&left(), whole, day(23));
        assert_eq!(check(&[(1, 10), (2, 3)], true), Ok(Event::ShipRest));
        assert_eq!(check(&[(1, 10)], false), Ok(Event::ShipPart));
        assert_eq!(check(&[(1, 9), (2, 3)], false), Ok(Event::ShipPart));
        for (lines, whole, field) in [
            (&[(1, 11)][..], false, "quantity-1"),
            (&[(1, 5), (1, 6)], false, "quantity-1"),
            (&[(3, 1)], false, "lines"),
            (&[], false, "lines"),
            (&[(1, 10)], true, "lines"),
        ] {
            assert!(matches!(check(lines, whole), Err(Problem::Invalid(e)) if e[0].field == field), "{lines:?}");
        }
    }

    #[test]
    fn a_shipment_names_its_carrier_and_a_day_that_was() {
        let bad = ShipForm { carrier: " ".into(), shipped_on: day(24), tracking: "x".repeat(61), ..form(&[(1, 1)]) };
        let Err(Problem::Invalid(errors)) = bad.check(&left(), false, day(23)) else { panic!("refused") };
        assert_eq!(errors.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), ["carrier", "tracking", "shipped_on"]);
    }

    #[test]
    fn links_read_back_the_same() {
        let url = "/sales/orders?q=tape&customer=1001&status=shipped&from=2026-11-01&to=2026-11-20&page=3";
        assert_eq!(DeskQuery::parse(&url[14..]).href(), url);
        assert_eq!(DeskQuery::parse("status=odd&page=0").href(), "/sales/orders");
        let url = "/orders/open-lines?q=tape&show=changed&page=2";
        assert_eq!(BoardQuery::parse(&url[19..]).href(), url);
        assert_eq!(desk_href("1001", "SO-1"), "/sales/orders/SO-1?customer=1001");
    }
}
