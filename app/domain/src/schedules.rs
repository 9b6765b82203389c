//! Recurring orders: standing lines at accepted prices, ordered by themselves on the days of a rule. What has become dearer or cannot
//! be ordered stops a schedule, and it asks.

mod rule;

pub use rule::{Every, Rule, Until, WEEKDAYS};

use chrono::{Datelike as _, NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::cart::{CartPage, Places, Totals};
use crate::ids::ScheduleId;
use crate::orders::{Difference, ReorderLine};
use crate::{Cause, FieldError, Money, Problem, Quantity, text};

/// Lines of one schedule at most.
pub const MOST_LINES: usize = 200;
/// Schedules of one account at most.
pub const MOST_SCHEDULES: i64 = 500;
/// Dates that a preview shows.
pub const PREVIEW: usize = 5;
/// Days ahead at which a first date may lie.
const FARTHEST: i64 = 731;

/// Where a schedule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It orders by itself.
    Active,
    /// It has stopped, and somebody must say how it goes on.
    Asking,
    /// Somebody has paused it: dates go by.
    Paused,
    /// Over.
    Ended,
}

/// What can happen to a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something must be decided.
    Stop,
    /// A date is ordered or skipped: on to the next.
    GoOn,
    /// Somebody pauses it.
    Pause,
    /// Somebody lets it go on.
    Resume,
    /// Somebody ends it, or its last date is done.
    End,
}

use State as S;

/// The one table of a schedule: from, event, to. Anything else is an error.
pub const TRANSITIONS: &[(State, Event, State)] = &[
    (S::Active, Event::Stop, S::Asking),
    (S::Active, Event::GoOn, S::Active),
    (S::Active, Event::Pause, S::Paused),
    (S::Active, Event::End, S::Ended),
    (S::Asking, Event::GoOn, S::Active),
    (S::Asking, Event::Pause, S::Paused),
    (S::Asking, Event::Resume, S::Active),
    (S::Asking, Event::End, S::Ended),
    (S::Paused, Event::Resume, S::Active),
    (S::Paused, Event::End, S::Ended),
];

impl State {
    /// Every state, with its stored word and its label.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Active, "active", "Active"),
        (Self::Asking, "asking", "Stopped: asks you"),
        (Self::Paused, "paused", "Paused"),
        (Self::Ended, "ended", "Ended"),
    ];

    /// As stored.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|s| s.0 == self).map_or("", |s| s.1)
    }

    /// In people's words.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|s| s.0 == self).map_or("", |s| s.2)
    }

    /// Reads [`State::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|s| s.1 == code).map(|s| s.0)
    }

    /// The state after `event`, or a conflict that names the present state.
    pub fn after(self, event: Event) -> Result<Self, Problem> {
        let row = TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event));
        row.map(|r| r.2).ok_or_else(|| Problem::Conflict(Cause::ScheduleState { state: self.label().to_lowercase() }))
    }
}

/// Where one date of a schedule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// To come.
    Upcoming,
    /// Announced to its owner.
    Noticed,
    /// Ordered.
    Placed,
    /// Something has changed: it waits for an answer.
    Asked,
    /// The order was refused: credit, budget, a missing reference.
    Failed,
    /// Left out.
    Skipped,
}

/// What can happen to one date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is announced.
    Notice,
    /// It is ordered.
    Place,
    /// It stops and asks.
    Ask,
    /// It was to be ordered, and that was refused.
    Fail,
    /// It is left out.
    Skip,
}

use Stage as D;

/// The one table of a date: from, turn, to. Nothing is ordered that was not announced or asked about before; nothing twice.
pub const TURNS: &[(Stage, Turn, Stage)] = &[
    (D::Upcoming, Turn::Notice, D::Noticed),
    (D::Upcoming, Turn::Ask, D::Asked),
    (D::Upcoming, Turn::Skip, D::Skipped),
    (D::Noticed, Turn::Place, D::Placed),
    (D::Noticed, Turn::Ask, D::Asked),
    (D::Noticed, Turn::Fail, D::Failed),
    (D::Noticed, Turn::Skip, D::Skipped),
    (D::Asked, Turn::Place, D::Placed),
    (D::Asked, Turn::Skip, D::Skipped),
    (D::Failed, Turn::Place, D::Placed),
    (D::Failed, Turn::Skip, D::Skipped),
];

impl Stage {
    /// Every stage, with its stored word and its label.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Upcoming, "upcoming", "To come"),
        (Self::Noticed, "noticed", "Announced"),
        (Self::Placed, "placed", "Ordered"),
        (Self::Asked, "asked", "Waits for your answer"),
        (Self::Failed, "failed", "Refused"),
        (Self::Skipped, "skipped", "Skipped"),
    ];

    /// As stored.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|s| s.0 == self).map_or("", |s| s.1)
    }

    /// In people's words.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|s| s.0 == self).map_or("", |s| s.2)
    }

    /// Reads [`Stage::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|s| s.1 == code).map(|s| s.0)
    }

    /// The stage after `turn`, or a conflict that names the present one.
    pub fn after(self, turn: Turn) -> Result<Self, Problem> {
        let row = TURNS.iter().find(|(from, on, _)| (*from, *on) == (self, turn));
        row.map(|r| r.2).ok_or_else(|| Problem::Conflict(Cause::OrderState { state: self.label().to_lowercase() }))
    }

    /// Whether it waits for an answer: it is due, and the answer orders it or leaves it out.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Asked | Self::Failed)
    }
}

/// What the clock does with the next date of an active schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Announce it.
    Notice,
    /// Order it, if nothing has changed.
    Order,
    /// It went by, or came without having been announced: ask.
    Missed,
}

impl Due {
    /// Looks at a schedule's next date; none: nothing to do today.
    pub fn of(next: NaiveDate, stage: Stage, notice_days: u32, today: NaiveDate) -> Option<Self> {
        let ahead = (next - today).num_days();
        match (ahead, stage) {
            (1.., Stage::Upcoming) if ahead <= i64::from(notice_days) => Some(Self::Notice),
            (0, Stage::Noticed) => Some(Self::Order),
            (..=0, Stage::Upcoming | Stage::Noticed) => Some(Self::Missed),
            _ => None,
        }
    }
}

/// Why a line keeps a schedule from ordering by itself; none: it is as it was accepted, cheaper, or dearer by `tolerance` percent at
/// most, and comes, be it later.
pub fn objection(line: &ReorderLine, tolerance: Decimal) -> Option<String> {
    let (then, now) = (line.price_then, line.price_now.map(|p| p.unit_price));
    let mut words: Vec<String> = Vec::new();
    for difference in &line.differences {
        match difference {
            Difference::PriceDown | Difference::Later(_) => {}
            Difference::PriceUp => {
                let most = then.amount() * (Decimal::ONE_HUNDRED + tolerance) / Decimal::ONE_HUNDRED;
                if let Some(now) = now.filter(|now| now.amount() > most) {
                    words.push(format!("{} instead of {}", text::money(now), text::money(then)));
                }
            }
            other => words.push(other.words()),
        }
    }
    if let Some(now) = now.filter(|now| now.currency() != then.currency()) {
        words.push(format!("{} instead of {}", text::money(now), text::money(then)));
    }
    (!words.is_empty()).then(|| format!("{} ({}): {}", line.name, line.sku, words.join("; ")))
}

/// How its orders are placed: the fields of the checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Address id, or empty when the account has none.
    pub ship_to: String,
    /// Cost centre code, or empty.
    pub cost_centre: String,
    /// The buyer's reference; `{year}`, `{month}` and `{day}` stand for those of the date.
    pub po_number: String,
    /// Ship what is there first.
    pub partial_delivery: bool,
    /// For the warehouse.
    pub note: String,
}

impl Delivery {
    /// The reference of the order of one date.
    pub fn po_on(&self, date: NaiveDate) -> String {
        let put = |text: String, name: &str, value: String| text.replace(name, &value);
        let text = put(self.po_number.trim().to_owned(), "{year}", date.year().to_string());
        let text = put(text, "{month}", format!("{:02}", date.month()));
        put(text, "{day}", format!("{:02}", date.day()))
    }
}

/// What a schedule does, apart from its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What it is called.
    pub name: String,
    /// When it orders.
    pub rule: Rule,
    /// Days before each date on which it is announced.
    pub notice_days: u32,
    /// Percent by which a line's price may have risen over the accepted one.
    pub tolerance: Decimal,
    /// How it orders.
    pub delivery: Delivery,
}

/// The form, as a person typed it; the same reader on the server, which shows the dates without scripts, and in the browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// What it is called.
    pub name: String,
    /// `week` or `month`.
    pub unit: String,
    /// How many of them.
    pub every: String,
    /// 1 for Monday.
    pub weekday: String,
    /// Day of the month.
    pub day: String,
    /// First day.
    pub starts_on: String,
    /// `never`, `day` or `times`.
    pub ends: String,
    /// Last day.
    pub ends_on: String,
    /// How many dates.
    pub times: String,
    /// Days.
    pub notice_days: String,
    /// Percent.
    pub tolerance: String,
    /// Address id.
    pub ship_to: String,
    /// Cost centre code.
    pub cost_centre: String,
    /// Their reference.
    pub po_number: String,
    /// Not empty: yes.
    pub partial_delivery: String,
    /// For the warehouse.
    pub note: String,
}

fn whole(field: &str, typed: &str, least: u32, most: u32) -> Result<u32, FieldError> {
    typed
        .trim()
        .parse()
        .ok()
        .filter(|n| (least..=most).contains(n))
        .ok_or_else(|| FieldError::new(field, format!("Enter a number from {least} to {most}.")))
}

fn day(field: &str, typed: &str) -> Result<NaiveDate, FieldError> {
    typed.trim().parse().map_err(|_| FieldError::new(field, "Enter a date, such as 2026-12-24."))
}

impl Typed {
    /// What a new schedule's form begins with: every month, from tomorrow.
    pub fn new(name: &str, today: NaiveDate) -> Self {
        let start = today.succ_opt().unwrap_or(today);
        let plan = Plan {
            name: name.to_owned(),
            rule: Rule { every: Every::Months(1, start.day()), start, until: Until::Open },
            notice_days: 3,
            tolerance: Decimal::ZERO,
            delivery: Delivery { partial_delivery: true, ..Delivery::default() },
        };
        Self::of(&plan)
    }

    /// What changing a schedule begins with.
    pub fn of(plan: &Plan) -> Self {
        let Rule { every, start, until } = plan.rule;
        let (unit, n, weekday, day) = match every {
            Every::Weeks(n, on) => ("week", n, on, start.day()),
            Every::Months(n, on) => ("month", n, start.weekday(), on),
        };
        let (ends, ends_on, times) = match until {
            Until::Open => ("never", String::new(), String::new()),
            Until::Day(last) => ("day", last.to_string(), String::new()),
            Until::Times(times) => ("times", String::new(), times.to_string()),
        };
        let delivery = plan.delivery.clone();
        Self {
            name: plan.name.clone(),
            unit: unit.to_owned(),
            every: n.to_string(),
            weekday: weekday.number_from_monday().to_string(),
            day: day.to_string(),
            starts_on: start.to_string(),
            ends: ends.to_owned(),
            ends_on,
            times,
            notice_days: plan.notice_days.to_string(),
            tolerance: plan.tolerance.normalize().to_string(),
            ship_to: delivery.ship_to,
            cost_centre: delivery.cost_centre,
            po_number: delivery.po_number,
            partial_delivery: if delivery.partial_delivery { "true".to_owned() } else { String::new() },
            note: delivery.note,
        }
    }

    /// Reads the fields `form[…]` of a query or a form's body; none when there is not one of them.
    pub fn parse(query: &str) -> Option<Self> {
        let mut typed = Self::default();
        let mut any = false;
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            let Some(name) = key.strip_prefix("form[").and_then(|k| k.strip_suffix(']')) else { continue };
            let field = match name {
                "name" => &mut typed.name,
                "unit" => &mut typed.unit,
                "every" => &mut typed.every,
                "weekday" => &mut typed.weekday,
                "day" => &mut typed.day,
                "starts_on" => &mut typed.starts_on,
                "ends" => &mut typed.ends,
                "ends_on" => &mut typed.ends_on,
                "times" => &mut typed.times,
                "notice_days" => &mut typed.notice_days,
                "tolerance" => &mut typed.tolerance,
                "ship_to" => &mut typed.ship_to,
                "cost_centre" => &mut typed.cost_centre,
                "po_number" => &mut typed.po_number,
                "partial_delivery" => &mut typed.partial_delivery,
                "note" => &mut typed.note,
                _ => continue,
            };
            *field = value.into_owned();
            any = true;
        }
        any.then_some(typed)
    }

    /// When it orders.
    pub fn rule(&self) -> Result<Rule, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut keep = |error| {
            errors.push(error);
            0
        };
        let every = if self.unit == "week" {
            let n = whole("every", &self.every, 1, 52).unwrap_or_else(&mut keep);
            let on = whole("weekday", &self.weekday, 1, 7).unwrap_or_else(&mut keep);
            Every::Weeks(n, WEEKDAYS[on.saturating_sub(1) as usize].0)
        } else {
            let n = whole("every", &self.every, 1, 24).unwrap_or_else(&mut keep);
            Every::Months(n, whole("day", &self.day, 1, 31).unwrap_or_else(&mut keep))
        };
        let start = day("starts_on", &self.starts_on);
        let until = match self.ends.as_str() {
            "day" => day("ends_on", &self.ends_on).map(Until::Day),
            "times" => whole("times", &self.times, 1, 999).map(Until::Times),
            _ => Ok(Until::Open),
        };
        match (start, until) {
            (Ok(start), Ok(until)) if errors.is_empty() => Ok(Rule { every, start, until }),
            (start, until) => {
                errors.extend([start.err(), until.err()].into_iter().flatten());
                Err(errors)
            }
        }
    }

    /// What a schedule does whose first day is not before `earliest`, and that has a date after `today`.
    pub fn plan(&self, earliest: NaiveDate, today: NaiveDate) -> Result<Plan, Problem> {
        let mut errors = Vec::new();
        let name = self.name.trim().to_owned();
        if !(1..=80).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            errors.push(FieldError::new("name", "Enter a name of at most 80 characters."));
        }
        let rule = self.rule().map_err(|found| errors.extend(found)).ok();
        if let Some(rule) = rule {
            if rule.start < earliest {
                errors.push(FieldError::new(
                    "starts_on",
                    "Choose tomorrow or a later day. Order by hand what is needed today.",
                ));
            } else if (rule.start - today).num_days() > FARTHEST {
                errors.push(FieldError::new("starts_on", "Choose a day within the next two years."));
            } else if rule.after(today).is_none() {
                let field = if matches!(rule.until, Until::Day(_)) { "ends_on" } else { "times" };
                errors.push(FieldError::new(field, "It would end before its next date. Let it go on for longer."));
            }
        }
        let notice_days = whole("notice_days", &self.notice_days, 1, 14);
        let tolerance = self.tolerance.trim().trim_end_matches('%').trim_end().parse::<Decimal>().ok();
        let tolerance =
            tolerance.filter(|t| !t.is_sign_negative() && *t <= Decimal::ONE_HUNDRED && t.normalize().scale() <= 2);
        if tolerance.is_none() {
            errors.push(FieldError::new("tolerance", "Enter a percentage from 0 to 100, such as 2.5."));
        }
        match (rule, notice_days, tolerance) {
            (Some(rule), Ok(notice_days), Some(tolerance)) if errors.is_empty() => Ok(Plan {
                name,
                rule,
                notice_days,
                tolerance,
                delivery: Delivery {
                    ship_to: self.ship_to.trim().to_owned(),
                    cost_centre: self.cost_centre.trim().to_owned(),
                    po_number: self.po_number.trim().to_owned(),
                    partial_delivery: !self.partial_delivery.is_empty(),
                    note: self.note.trim().to_owned(),
                },
            }),
            (_, notice_days, _) => {
                errors.extend(notice_days.err());
                Err(Problem::Invalid(errors))
            }
        }
    }
}

/// What is done to a schedule, decided by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Change its lines and its plan.
    Change,
    /// Answer for the next date: its lines, this time or for good; a date that waits is ordered by it.
    Answer,
    /// Leave the next date out.
    Skip,
    /// Pause it.
    Pause,
    /// Let it go on.
    Resume,
    /// End it.
    End,
}

/// For how long an answer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This date alone.
    Once,
    /// This and all later ones.
    Standing,
}

/// A schedule among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleRow {
    /// Its id.
    pub id: ScheduleId,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// It is the reader's own.
    pub mine: bool,
    /// When it orders.
    pub rule: Rule,
    /// Where it stands.
    pub state: State,
    /// Why it has stopped; empty: it has not.
    pub why: String,
    /// The next dates, three at most.
    pub next: Vec<NaiveDate>,
    /// Standing lines.
    pub lines: i64,
    /// What it came to, with tax and delivery, when it was looked at last.
    pub total: Money,
    /// When that was.
    pub checked_on: NaiveDate,
}

/// The schedules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulesPage {
    /// Those that ask first, then by their next date; those that are over last.
    pub rows: Vec<ScheduleRow>,
    /// The reader may make some.
    pub may_make: bool,
}

/// The form for a new schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPage {
    /// What it is made from: `order:` and a number, or `list:` and an id.
    pub from: String,
    /// `Lines of order SO-2026-000004`.
    pub about: String,
    /// Lines and totals, priced now.
    pub cart: CartPage,
    /// What cannot be ordered and is left out: one sentence each.
    pub left_out: Vec<String>,
    /// What stands in the form.
    pub typed: Typed,
    /// What it can choose from.
    pub places: Places,
    /// A reference must be given.
    pub po_required: bool,
}

/// A standing line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingRow {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Unit of measure.
    pub unit: String,
    /// How many.
    pub quantity: Quantity,
    /// Each, as it was accepted.
    pub price: Money,
}

/// The next date, then and now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextPage {
    /// When.
    pub due_on: NaiveDate,
    /// Where it stands.
    pub stage: Stage,
    /// What was said when it stopped.
    pub why: String,
    /// Its lines are for this time alone.
    pub once: bool,
    /// Every line as it was accepted and as it is now.
    pub lines: Vec<ReorderLine>,
    /// What keeps it from being ordered by itself.
    pub objections: Vec<String>,
    /// What it comes to now.
    pub totals: Totals,
    /// The order's reference.
    pub po_number: String,
}

/// A date that has gone by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastRow {
    /// When it was due.
    pub due_on: NaiveDate,
    /// What became of it.
    pub stage: Stage,
    /// Why.
    pub why: String,
    /// The order's number and total.
    pub order: Option<(String, Money)>,
}

/// An entry of a schedule's own history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// Who.
    pub by: String,
    /// What.
    pub what: String,
}

/// One schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchedulePage {
    /// The row among the schedules.
    pub row: ScheduleRow,
    /// Standing lines, in their order.
    pub standing: Vec<StandingRow>,
    /// The next date; none: paused or over.
    pub next: Option<NextPage>,
    /// Dates gone by, the newest first.
    pub past: Vec<PastRow>,
    /// What was done to it, the newest first.
    pub log: Vec<LogRow>,
    /// What stands in the form that changes it.
    pub typed: Typed,
    /// What that can choose from.
    pub places: Places,
    /// A reference must be given.
    pub po_required: bool,
    /// What the reader may do.
    pub can: Vec<Action>,
    /// The seller's today.
    pub today: NaiveDate,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;
    use crate::cart::LineProblem;
    use crate::catalog::PriceBrief;

    const EVENTS: [Event; 5] = [Event::Stop, Event::GoOn, Event::Pause, Event::Resume, Event::End];
    const ALL_TURNS: [Turn; 5] = [Turn::Notice, Turn::Place, Turn::Ask, Turn::Fail, Turn::Skip];

    fn date(m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, m, d).expect("a date")
    }

    #[test]
    fn every_pair_is_in_its_table_or_an_error_that_names_the_state() {
        for (state, code, label) in State::ALL {
            assert_eq!(State::parse(code), Some(state));
            for event in EVENTS {
                let rows: Vec<_> = TRANSITIONS.iter().filter(|t| (t.0, t.1) == (state, event)).collect();
                match state.after(event) {
                    Ok(to) => assert_eq!(rows, [&(state, event, to)]),
                    Err(Problem::Conflict(Cause::ScheduleState { state })) => {
                        assert!(rows.is_empty() && state == label.to_lowercase());
                    }
                    Err(other) => panic!("{state:?} {event:?}: {other}"),
                }
            }
        }
        for (stage, code, _) in Stage::ALL {
            assert_eq!(Stage::parse(code), Some(stage));
            for turn in ALL_TURNS {
                let rows: Vec<_> = TURNS.iter().filter(|t| (t.0, t.1) == (stage, turn)).collect();
                match stage.after(turn) {
                    Ok(to) => assert_eq!(rows, [&(stage, turn, to)]),
                    Err(problem) => assert!(rows.is_empty(), "{stage:?} {turn:?}: {problem}"),
                }
            }
        }
    }

    #[test]
    fn what_is_over_stays_over_and_nothing_is_ordered_unannounced() {
        assert!(EVENTS.iter().all(|e| State::Ended.after(*e).is_err()));
        for done in [Stage::Placed, Stage::Skipped] {
            assert!(ALL_TURNS.iter().all(|t| done.after(*t).is_err()), "{done:?}: never twice");
        }
        assert!(Stage::Upcoming.after(Turn::Place).is_err());
    }

    #[test]
    fn a_date_is_announced_ordered_on_its_day_and_asked_about_when_it_was_missed() {
        let due = |today, stage| Due::of(date(12, 7), stage, 3, today);
        for (today, stage, what) in [
            (date(12, 3), Stage::Upcoming, None),
            (date(12, 4), Stage::Upcoming, Some(Due::Notice)),
            (date(12, 6), Stage::Upcoming, Some(Due::Notice)),
            (date(12, 6), Stage::Noticed, None),
            (date(12, 7), Stage::Noticed, Some(Due::Order)),
            (date(12, 7), Stage::Upcoming, Some(Due::Missed)),
            (date(12, 8), Stage::Noticed, Some(Due::Missed)),
            (date(12, 8), Stage::Asked, None),
            (date(12, 8), Stage::Failed, None),
            (date(12, 8), Stage::Skipped, None),
        ] {
            assert_eq!(due(today, stage), what, "{today} {stage:?}");
        }
    }

    fn line(differences: Vec<Difference>, then: i64, now: Option<i64>) -> ReorderLine {
        let pence = |n| Money::new(Decimal::new(n, 2), Currency::GBP);
        ReorderLine {
            line_no: 1,
            sku: "A".into(),
            name: "Tape".into(),
            quantity_then: Quantity::ONE,
            quantity_now: now.map(|_| Quantity::ONE),
            price_then: pence(then),
            price_now: now.map(|n| PriceBrief { unit_price: pence(n), is_list_price: false, next_tier: None }),
            differences,
        }
    }

    #[test]
    fn only_a_rise_beyond_the_tolerance_and_what_cannot_be_ordered_as_it_was_object() {
        let two = Decimal::from(2);
        let up = |now| objection(&line(vec![Difference::PriceUp], 1000, Some(now)), two);
        assert_eq!(objection(&line(vec![], 1000, Some(1000)), Decimal::ZERO), None);
        assert_eq!(objection(&line(vec![Difference::PriceDown], 1000, Some(900)), Decimal::ZERO), None);
        assert_eq!(objection(&line(vec![Difference::Later(date(12, 7))], 1000, Some(1000)), Decimal::ZERO), None);
        assert_eq!(up(1020), None, "two per cent exactly");
        assert_eq!(up(1021).as_deref(), Some("Tape (A): £10.21 instead of £10.00"));
        for (difference, now) in [
            (Difference::QuantityFitted, Some(1000)),
            (Difference::Blocked(LineProblem::Short(Decimal::ONE)), Some(1000)),
            (Difference::Blocked(LineProblem::Discontinued(None)), None),
            (Difference::Blocked(LineProblem::NotInContract), None),
            (Difference::Blocked(LineProblem::PriceOnRequest), None),
            (Difference::Unknown, None),
            (Difference::OtherUnit("BX".into()), None),
        ] {
            assert!(objection(&line(vec![difference.clone()], 1000, now), two).is_some(), "{difference:?}");
        }
        let mut euros = line(vec![], 1000, None);
        let price = Money::new(Decimal::ONE, Currency::parse("EUR").expect("a currency"));
        euros.price_now = Some(PriceBrief { unit_price: price, is_list_price: false, next_tier: None });
        assert!(objection(&euros, two).is_some(), "another currency is another price");
    }

    #[test]
    fn a_reference_takes_the_parts_of_its_date() {
        let delivery = Delivery { po_number: " TAPE-{year}-{month}/{day} ".into(), ..Delivery::default() };
        assert_eq!(delivery.po_on(date(3, 7)), "TAPE-2026-03/07");
    }

    #[test]
    fn a_form_reads_back_and_names_each_field_that_is_wrong() {
        let today = date(11, 23);
        let typed = Typed::new("Tape", today);
        let plan = typed.plan(date(11, 24), today).expect("a plan");
        assert_eq!(Typed::of(&plan), typed);
        assert_eq!(plan.rule.dates().next(), Some(date(11, 24)));
        let query = "form%5Bname%5D=Tape+2&form[unit]=week&other=1&form[every]=2&form[weekday]=5";
        let read = Typed::parse(query).expect("a form");
        assert_eq!((read.name.as_str(), read.every.as_str(), read.weekday.as_str()), ("Tape 2", "2", "5"));
        assert_eq!(Typed::parse("from=order:SO-1"), None);
        let wrong = Typed {
            name: " ".into(),
            unit: "week".into(),
            every: "0".into(),
            weekday: "8".into(),
            starts_on: "soon".into(),
            ends: "times".into(),
            notice_days: "0".into(),
            tolerance: "-1".into(),
            ..Typed::default()
        };
        let Err(Problem::Invalid(errors)) = wrong.plan(date(11, 24), today) else { panic!("it is wrong") };
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["name", "every", "weekday", "starts_on", "times", "tolerance", "notice_days"]);
        let refused = |change: fn(&mut Typed)| {
            let mut typed = Typed::new("Tape", today);
            change(&mut typed);
            match typed.plan(date(11, 24), today) {
                Err(Problem::Invalid(errors)) => errors[0].field.clone(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(refused(|t| t.starts_on = "2026-11-23".into()), "starts_on", "today is past");
        assert_eq!(refused(|t| t.starts_on = "2036-11-23".into()), "starts_on");
        assert_eq!(
            refused(|t| (t.ends, t.ends_on) = ("day".into(), "2026-11-23".into())),
            "ends_on",
            "it has a date at least"
        );
    }
}
