//! Orders: the one table of state transitions, the history's views, and the reorder diff.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::accounts::Address;
use crate::cart::{LineProblem, Totals};
use crate::catalog::PriceBrief;
use crate::ids::ScheduleId;
use crate::paging::Place;
use crate::units::Units;
use crate::{Cause, Money, Problem, Quantity, text};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Waits for a decision inside the customer's company.
    PendingApproval,
    /// Decided, not yet taken over by the seller.
    Approved,
    /// Binding; stock is reserved.
    Confirmed,
    /// Some of it is on its way.
    PartiallyShipped,
    /// All of it is on its way.
    Shipped,
    /// Delivered and done.
    Completed,
    /// Refused by an approver.
    Rejected,
    /// Called off.
    Cancelled,
    /// Beyond the credit limit: waits for the seller's release.
    OnHold,
}

/// What can happen to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    /// The last approver said yes.
    Approve,
    /// An approver said no.
    Reject,
    /// Taken over by the seller.
    Confirm,
    /// Beyond the credit limit.
    Hold,
    /// The seller let it go on in spite of the limit.
    Release,
    /// A part was sent.
    ShipPart,
    /// The rest was sent.
    ShipRest,
    /// Delivered and done.
    Complete,
    /// Called off by the buyer or the seller.
    Cancel,
}

use Status as S;

/// The one table: from, event, to. Anything else is an error.
pub const TRANSITIONS: &[(Status, Event, Status)] = &[
    (S::PendingApproval, Event::Approve, S::Approved),
    (S::PendingApproval, Event::Reject, S::Rejected),
    (S::PendingApproval, Event::Cancel, S::Cancelled),
    (S::Approved, Event::Confirm, S::Confirmed),
    (S::Approved, Event::Hold, S::OnHold),
    (S::Approved, Event::Cancel, S::Cancelled),
    (S::OnHold, Event::Release, S::Confirmed),
    (S::OnHold, Event::Cancel, S::Cancelled),
    (S::Confirmed, Event::ShipPart, S::PartiallyShipped),
    (S::Confirmed, Event::ShipRest, S::Shipped),
    (S::Confirmed, Event::Cancel, S::Cancelled),
    (S::PartiallyShipped, Event::ShipPart, S::PartiallyShipped),
    (S::PartiallyShipped, Event::ShipRest, S::Shipped),
    (S::Shipped, Event::Complete, S::Completed),
];

impl Status {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::PendingApproval,
        Self::Approved,
        Self::Confirmed,
        Self::PartiallyShipped,
        Self::Shipped,
        Self::Completed,
        Self::Rejected,
        Self::Cancelled,
        Self::OnHold,
    ];

    /// As stored and as in URLs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PendingApproval => "pending_approval",
            Self::Approved => "approved",
            Self::Confirmed => "confirmed",
            Self::PartiallyShipped => "partially_shipped",
            Self::Shipped => "shipped",
            Self::Completed => "completed",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::OnHold => "on_hold",
        }
    }

    /// In the buyer's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PendingApproval => "Waiting for approval",
            Self::Approved => "Approved",
            Self::Confirmed => "Confirmed",
            Self::PartiallyShipped => "Partly shipped",
            Self::Shipped => "Shipped",
            Self::Completed => "Completed",
            Self::Rejected => "Rejected",
            Self::Cancelled => "Cancelled",
            Self::OnHold => "On hold: credit limit",
        }
    }

    /// Reads [`Status::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The state after `event`, or a conflict that names the present state.
    pub fn after(self, event: Event) -> Result<Self, Problem> {
        TRANSITIONS
            .iter()
            .find(|(from, on, _)| *from == self && *on == event)
            .map(|(_, _, to)| *to)
            .ok_or_else(|| Problem::Conflict(Cause::OrderState { state: self.label().to_lowercase() }))
    }

    /// Whether something of it is still to be delivered.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::PendingApproval | Self::Approved | Self::Confirmed | Self::PartiallyShipped | Self::OnHold)
    }

    /// Whether a buyer may still call it off.
    pub fn cancellable(self) -> bool {
        self.after(Event::Cancel).is_ok()
    }
}

/// What an order history URL asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryQuery {
    /// Order number, PO number, SKU or words of a product.
    pub words: String,
    /// One state.
    pub status: Option<Status>,
    /// Only one's own.
    pub mine: bool,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Which page.
    pub at: Place,
}

/// Rows on one page of a history.
pub const PAGE: u32 = 25;

impl HistoryQuery {
    /// Reads a query string such as `q=PO+88&status=shipped&mine=1&from=2026-11-01&page=2`; nonsense is left out.
    pub fn parse(query: &str) -> Self {
        let mut wanted = Self::default();
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "q" => wanted.words = value.trim().chars().filter(|c| !c.is_control()).take(100).collect(),
                "status" => wanted.status = Status::parse(&value),
                "mine" => wanted.mine = value == "1",
                "from" => wanted.from = value.parse().ok(),
                "to" => wanted.to = value.parse().ok(),
                _ => wanted.at.read(&key, &value),
            }
        }
        wanted
    }

    /// The link to this list.
    pub fn href(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.words.is_empty() {
            query.append_pair("q", &self.words);
        }
        if let Some(status) = self.status {
            query.append_pair("status", status.code());
        }
        if self.mine {
            query.append_pair("mine", "1");
        }
        for (key, day) in [("from", self.from), ("to", self.to)] {
            if let Some(day) = day {
                query.append_pair(key, &day.to_string());
            }
        }
        self.at.write(&mut query);
        let query = query.finish();
        if query.is_empty() { "/orders".to_owned() } else { format!("/orders?{query}") }
    }

    /// The same list at another page.
    #[must_use]
    pub fn at(&self, at: Place) -> Self {
        Self { at, ..self.clone() }
    }
}

/// One order in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    /// Number.
    pub number: String,
    /// When, the seller's local time.
    pub placed_at: NaiveDateTime,
    /// The buyer's reference.
    pub po_number: String,
    /// Cost centre code.
    pub cost_centre: String,
    /// Who.
    pub placed_by: String,
    /// Where it stands.
    pub status: Status,
    /// How many lines.
    pub lines: i64,
    /// With tax and delivery.
    pub gross: Money,
}

/// The order history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// What was asked.
    pub query: HistoryQuery,
    /// The page's rows, the newest first.
    pub rows: Vec<OrderRow>,
    /// All matches, at most [`COUNTED`](crate::paging::COUNTED).
    pub total: i64,
    /// Whether the person sees others' orders too.
    pub sees_all: bool,
    /// Whether to offer a new order.
    pub can_order: bool,
}

/// A line of an order, as it was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// Position.
    pub line_no: i32,
    /// Article number then.
    pub sku: String,
    /// What the customer called it then; empty: nothing else.
    pub own_number: String,
    /// Name then.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// How many.
    pub quantity: Quantity,
    /// Each, then.
    pub unit_price: Money,
    /// Quantity × price.
    pub net: Money,
    /// Where the price came from.
    pub price_source: String,
    /// Promised day, when not from the shelf.
    pub promised_on: Option<NaiveDate>,
    /// Sent so far.
    pub shipped: rust_decimal::Decimal,
}

/// A step of an order's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderStep {
    /// The state that it led to.
    pub status: Status,
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What can be done with an order, decided by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Put its lines into one's cart.
    Reorder,
    /// Call it off.
    Cancel,
    /// See who decides over it.
    WhoDecides,
    /// Have the same ordered again and again.
    Schedule,
}

/// An order's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPage {
    /// The row of the history.
    pub row: OrderRow,
    /// Guards against two people at once.
    pub version: i32,
    /// Lines.
    pub lines: Vec<OrderLine>,
    /// Net, delivery, tax, gross.
    pub totals: Totals,
    /// Where it goes.
    pub ship_to: Address,
    /// Wanted day.
    pub requested_on: Option<NaiveDate>,
    /// Partial delivery allowed.
    pub partial_delivery: bool,
    /// For the warehouse.
    pub note: String,
    /// What happened, the oldest first.
    pub steps: Vec<OrderStep>,
    /// What was sent, the oldest first.
    pub shipments: Vec<crate::deliveries::Shipment>,
    /// Its invoices, where the person may see them.
    pub invoices: Vec<String>,
    /// What may be done.
    pub can: Vec<Action>,
    /// Imported from the seller's former system.
    pub imported: bool,
    /// The number of the quote that it came of.
    pub quote: Option<String>,
    /// The schedule that ordered it, and its name.
    pub schedule: Option<(ScheduleId, String)>,
}

/// An order that waits for the seller's release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRow {
    /// The customer's number.
    pub account: String,
    /// The customer's name.
    pub customer: String,
    /// The order's number.
    pub number: String,
    /// Who sent it.
    pub placed_by: String,
    /// When, the seller's local time.
    pub placed_at: NaiveDateTime,
    /// With tax and delivery.
    pub gross: Money,
    /// What the person saw: guards against two at once.
    pub version: i32,
}

/// What has changed since a line was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Difference {
    /// Dearer now.
    PriceUp,
    /// Cheaper now.
    PriceDown,
    /// The quantity must be raised to fit the pack.
    QuantityFitted,
    /// It cannot be ordered as it is: why.
    Blocked(LineProblem),
    /// The article is not known any more.
    Unknown,
    /// Only part of it is on the shelf; the rest comes on this day.
    Later(NaiveDate),
    /// It was ordered in a larger unit: how many of which.
    Counted(Quantity, String),
    /// It was ordered in this unit, which the article no longer has.
    OtherUnit(String),
}

impl Difference {
    /// A few words for the diff.
    pub fn words(&self) -> String {
        match self {
            Self::PriceUp => "price went up".to_owned(),
            Self::PriceDown => "price went down".to_owned(),
            Self::QuantityFitted => "quantity fitted to the pack".to_owned(),
            Self::Blocked(problem) => problem.words(),
            Self::Unknown => "This article is not in our catalog.".to_owned(),
            Self::Later(day) => format!("complete on {}", text::date(*day)),
            Self::Counted(quantity, unit) => format!("ordered as {quantity} {unit}"),
            Self::OtherUnit(unit) => {
                format!("It was ordered in {unit}, in which we no longer sell it. Add it by hand.")
            }
        }
    }
}

/// One line of a past order, then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReorderLine {
    /// Position in the order.
    pub line_no: i32,
    /// Article number then.
    pub sku: String,
    /// Name then.
    pub name: String,
    /// How many then.
    pub quantity_then: Quantity,
    /// How many would be added now; `None`: nothing can be.
    pub quantity_now: Option<Quantity>,
    /// Each, then.
    pub price_then: Money,
    /// Each, now.
    pub price_now: Option<PriceBrief>,
    /// What has changed; empty: nothing.
    pub differences: Vec<Difference>,
}

/// The reorder page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReorderPage {
    /// Of which order.
    pub number: String,
    /// When it was placed.
    pub placed_at: NaiveDateTime,
    /// Every line of it.
    pub lines: Vec<ReorderLine>,
}

/// What became of each line that was asked for: every one is reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReorderReport {
    /// Put into the cart (or its quantity raised there).
    pub added: i64,
    /// Could not be added; the diff says why.
    pub left_out: i64,
}

/// Facts for one line of the diff.
pub struct Then<'a> {
    /// The order's line.
    pub line: &'a OrderLine,
    /// The product as it is now, with its units; `None`: not in the catalog.
    pub now: Option<(crate::cart::LineFacts<'a>, &'a Units)>,
}

impl OrderLine {
    /// The same line counted in the article's own unit, its price to four decimals; `None`: its unit is none of the article's.
    pub fn counted_in(&self, units: &Units) -> Option<Self> {
        let holds = units.holds(&self.unit)?.value();
        Some(Self {
            quantity: units.to_own(self.quantity, &self.unit)?,
            unit_price: Money::new((self.unit_price.amount() / holds).round_dp(4), self.unit_price.currency()),
            unit: units.own.clone(),
            ..self.clone()
        })
    }
}

/// Compares one line then and now.
pub fn compare(then: &Then<'_>) -> ReorderLine {
    let line = then.line;
    let mut result = ReorderLine {
        line_no: line.line_no,
        sku: line.sku.clone(),
        name: line.name.clone(),
        quantity_then: line.quantity,
        quantity_now: None,
        price_then: line.unit_price,
        price_now: None,
        differences: Vec::new(),
    };
    let Some((now, units)) = &then.now else {
        result.differences.push(Difference::Unknown);
        return result;
    };
    let Some(counted) = line.counted_in(units) else {
        result.differences.push(Difference::OtherUnit(line.unit.clone()));
        return result;
    };
    if line.unit != counted.unit {
        result.differences.push(Difference::Counted(line.quantity, line.unit.clone()));
    }
    let line = &counted;
    (result.quantity_then, result.price_then) = (line.quantity, line.unit_price);
    let fitted =
        crate::cart::LineFacts { quantity: now.packing.fit(line.quantity), successor: now.successor.clone(), ..*now };
    result.price_now = fitted.price.map(PriceBrief::from);
    if fitted.quantity != line.quantity {
        result.differences.push(Difference::QuantityFitted);
    }
    if let Some(price) = fitted.price.filter(|p| p.unit_price.currency() == line.unit_price.currency()) {
        match price.unit_price.amount().cmp(&line.unit_price.amount()) {
            std::cmp::Ordering::Greater => result.differences.push(Difference::PriceUp),
            std::cmp::Ordering::Less => result.differences.push(Difference::PriceDown),
            std::cmp::Ordering::Equal => {}
        }
    }
    let problems = crate::cart::check(&fitted);
    // Too little stock does not keep a line out of the cart: there it says so, and the buyer decides how many.
    let blocked = problems.iter().any(|p| !matches!(p, LineProblem::Short(_)));
    if let crate::catalog::Promise::On(day) = fitted.availability.promise(fitted.quantity) {
        result.differences.push(Difference::Later(day));
    }
    result.differences.extend(problems.into_iter().map(Difference::Blocked));
    result.quantity_now = (!blocked).then_some(fitted.quantity);
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;
    use crate::cart::LineFacts;
    use crate::catalog::{Availability, Packing};
    use rust_decimal::Decimal;

    const EVENTS: [Event; 9] = [
        Event::Approve,
        Event::Reject,
        Event::Confirm,
        Event::Hold,
        Event::Release,
        Event::ShipPart,
        Event::ShipRest,
        Event::Complete,
        Event::Cancel,
    ];

    #[test]
    fn every_pair_of_state_and_event_is_in_the_table_or_an_error_that_names_the_state() {
        let mut allowed = 0;
        for status in Status::ALL {
            for event in EVENTS {
                let rows: Vec<_> = TRANSITIONS.iter().filter(|(from, on, _)| (*from, *on) == (status, event)).collect();
                match status.after(event) {
                    Ok(to) => {
                        allowed += 1;
                        assert_eq!(rows, [&(status, event, to)]);
                    }
                    Err(Problem::Conflict(Cause::OrderState { state })) => {
                        assert!(rows.is_empty());
                        assert_eq!(state, status.label().to_lowercase());
                    }
                    Err(other) => panic!("{status:?} {event:?}: {other}"),
                }
            }
        }
        assert_eq!(allowed, TRANSITIONS.len(), "no row twice");
    }

    #[test]
    fn what_is_over_stays_over_and_what_was_sent_cannot_be_called_off() {
        for over in [Status::Completed, Status::Rejected, Status::Cancelled] {
            assert!(EVENTS.iter().all(|e| over.after(*e).is_err()), "{over:?}");
        }
        for sent in [Status::PartiallyShipped, Status::Shipped] {
            assert!(!sent.cancellable());
        }
    }

    #[test]
    fn every_state_can_be_reached_and_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.code()), Some(status));
            let begins = matches!(status, Status::PendingApproval | Status::Confirmed | Status::OnHold);
            assert!(begins || TRANSITIONS.iter().any(|(_, _, to)| *to == status), "{status:?}");
        }
    }

    #[test]
    fn a_history_link_reads_back_the_same() {
        let url = "/orders?q=PO+88&status=shipped&mine=1&from=2026-11-01&to=2026-11-20&page=2";
        assert_eq!(HistoryQuery::parse(&url[8..]).href(), url);
        assert_eq!(HistoryQuery::parse("status=odd&from=yesterday&page=-1").href(), "/orders");
    }

    fn line(quantity: i64, pence: i64) -> OrderLine {
        let unit_price = Money::new(Decimal::new(pence, 2), Currency::GBP);
        OrderLine {
            line_no: 1,
            sku: "A".into(),
            own_number: String::new(),
            name: "A".into(),
            unit: "EA".into(),
            quantity: Quantity::new(Decimal::from(quantity)).expect("positive"),
            unit_price,
            net: unit_price,
            price_source: String::new(),
            promised_on: None,
            shipped: Decimal::ZERO,
        }
    }

    fn now(price: Option<&crate::pricing::Resolved>) -> LineFacts<'_> {
        LineFacts {
            quantity: Quantity::ONE,
            packing: Packing {
                minimum: Quantity::ONE,
                multiple: Quantity::new(Decimal::from(6)).expect("positive"),
                maximum: None,
            },
            availability: Availability { now: Decimal::from(20), incoming: None },
            in_assortment: true,
            discontinued: false,
            successor: None,
            price,
        }
    }

    fn price(pence: i64) -> crate::pricing::Resolved {
        crate::pricing::Resolved {
            unit_price: Money::new(Decimal::new(pence, 2), Currency::GBP),
            contract: "K-1".into(),
            is_list_price: false,
            tier: Quantity::ONE,
            valid_until: None,
            next_tier: None,
            list_price: None,
        }
    }

    #[test]
    fn the_diff_reports_price_pack_and_stock_and_blocks_what_cannot_be_ordered() {
        let p = price(120);
        let units = Units { own: "EA".into(), larger: [("BX".to_owned(), line(6, 1).quantity)].into() };
        let diff =
            |line: &OrderLine, now: Option<LineFacts<'_>>| compare(&Then { line, now: now.map(|now| (now, &units)) });

        let same = diff(&line(12, 120), Some(now(Some(&p))));
        assert_eq!((same.differences.len(), same.quantity_now), (0, Some(line(12, 1).quantity)));

        let changed = diff(&line(7, 100), Some(now(Some(&p))));
        assert_eq!(changed.differences, [Difference::QuantityFitted, Difference::PriceUp]);
        assert_eq!(changed.quantity_now, Some(line(12, 1).quantity));

        let short = diff(&line(24, 130), Some(now(Some(&p))));
        assert_eq!(
            short.differences,
            [Difference::PriceDown, Difference::Blocked(LineProblem::Short(Decimal::from(20)))]
        );
        assert!(short.quantity_now.is_some(), "the cart says how many there are");

        let gone = diff(&line(12, 120), Some(LineFacts { discontinued: true, ..now(Some(&p)) }));
        assert_eq!(gone.quantity_now, None);
        assert_eq!(diff(&line(12, 120), Some(now(None))).quantity_now, None, "price on request");
        assert_eq!(diff(&line(12, 120), None).differences, [Difference::Unknown]);

        let boxes = OrderLine { unit: "BX".into(), ..line(2, 720) };
        let counted = diff(&boxes, Some(now(Some(&p))));
        assert_eq!(
            counted.differences,
            [Difference::Counted(boxes.quantity, "BX".into())],
            "2 boxes at 7.20 are 12 at 1.20"
        );
        assert_eq!(counted.quantity_now, Some(line(12, 1).quantity));
        let other = diff(&OrderLine { unit: "PL".into(), ..line(2, 720) }, Some(now(Some(&p))));
        assert_eq!((other.differences, other.quantity_now), (vec![Difference::OtherUnit("PL".into())], None));
    }
}
