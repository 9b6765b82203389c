//! Schedules as they are stored, and reading them.

use chrono::NaiveDate;
use domain::ids::{MemberId, OrderId, ScheduleId};
use domain::schedules::{Delivery, Every, MOST_SCHEDULES, Plan, Rule, Stage, State, Until, WEEKDAYS};
use domain::{Actor, Currency, Money, Permission, Quantity};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Error, Result, Tx};

/// A line as it is stored: of a schedule, or of one date alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) product: Uuid,
    /// The article's own unit, then.
    pub(super) unit: String,
    pub(super) quantity: Quantity,
    /// Each, as it was accepted.
    pub(super) price: Decimal,
}

/// A schedule as it is stored, with its next date.
pub(super) struct Schedule {
    pub(super) id: ScheduleId,
    pub(super) member: MemberId,
    pub(super) owner: String,
    pub(super) plan: Plan,
    pub(super) state: State,
    pub(super) why: String,
    pub(super) next: Option<NaiveDate>,
    pub(super) standing: Vec<Line>,
    pub(super) currency: Currency,
    pub(super) total: Money,
    pub(super) checked_on: NaiveDate,
    /// Of the next date.
    pub(super) stage: Stage,
    pub(super) stage_why: String,
    pub(super) order: OrderId,
    pub(super) once: Option<Vec<Line>>,
    /// Dates from today on that are ordered or left out: they do not come again.
    pub(super) settled: Vec<NaiveDate>,
}

struct Row {
    id: Uuid,
    member_id: Uuid,
    owner: String,
    name: String,
    unit: String,
    every: i32,
    day: i32,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    times: Option<i32>,
    notice_days: i32,
    tolerance: Decimal,
    ship_to: String,
    cost_centre: String,
    po_number: String,
    partial_delivery: bool,
    note: String,
    state: String,
    why: String,
    next_on: Option<NaiveDate>,
    currency: String,
    total: Decimal,
    checked_on: NaiveDate,
    lines: Option<Json<Vec<Line>>>,
    stage: Option<String>,
    stage_why: Option<String>,
    order_id: Option<Uuid>,
    once: Option<Json<Vec<Line>>>,
    settled: Vec<NaiveDate>,
}

/// Reads schedules: `$1` is the account, `$2` today, `$rest` follows the WHERE of the account.
macro_rules! rows {
    ($rest:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            Row,
            r#"SELECT s.id, s.member_id, p.name AS owner, s.name, s.unit, s.every, s.day, s.starts_on, s.ends_on, s.times, s.notice_days,
                      s.tolerance, s.ship_to, s.cost_centre, s.po_number, s.partial_delivery, s.note, s.state, s.why, s.next_on,
                      s.currency, s.total, s.checked_on,
                      (SELECT jsonb_agg(jsonb_build_object('product', l.product_id, 'unit', l.unit, 'quantity', l.quantity::text,
                                                           'price', l.price::text) ORDER BY l.position, l.product_id)
                       FROM schedule_lines l WHERE (l.account_id, l.schedule_id) = (s.account_id, s.id)) AS "lines: Json<Vec<Line>>",
                      d.stage AS "stage?", d.why AS "stage_why?", d.order_id AS "order_id?", d.lines AS "once: Json<Vec<Line>>",
                      ARRAY(SELECT e.due_on FROM schedule_dates e WHERE (e.account_id, e.schedule_id) = (s.account_id, s.id)
                            AND e.due_on >= $2 AND e.stage IN ('placed', 'skipped')) AS "settled!"
               FROM schedules s JOIN members m ON (m.account_id, m.id) = (s.account_id, s.member_id) JOIN people p ON p.id = m.person_id
               LEFT JOIN schedule_dates d ON (d.account_id, d.schedule_id, d.due_on) = (s.account_id, s.id, s.next_on)
               WHERE s.account_id = $1 "# + $rest,
            $($argument),+
        )
    };
}

impl TryFrom<Row> for Schedule {
    type Error = Error;

    fn try_from(r: Row) -> Result<Self> {
        let number = |n: i32| u32::try_from(n).map_err(|_| Error::odd("schedules", &n.to_string()));
        let (every, day) = (number(r.every)?, number(r.day)?);
        let every = match (r.unit.as_str(), WEEKDAYS.get(day.wrapping_sub(1) as usize)) {
            ("week", Some((on, _))) => Every::Weeks(every, *on),
            _ => Every::Months(every, day),
        };
        let until = match (r.ends_on, r.times) {
            (Some(last), _) => Until::Day(last),
            (None, Some(times)) => Until::Times(number(times)?),
            (None, None) => Until::Open,
        };
        let currency = Currency::parse(&r.currency).ok_or_else(|| Error::odd("schedules.currency", &r.currency))?;
        let stage = match r.stage {
            Some(code) => Stage::parse(&code).ok_or_else(|| Error::odd("schedule_dates.stage", &code))?,
            None => Stage::Upcoming,
        };
        Ok(Self {
            id: r.id.into(),
            member: r.member_id.into(),
            owner: r.owner,
            plan: Plan {
                name: r.name,
                rule: Rule { every, start: r.starts_on, until },
                notice_days: number(r.notice_days)?,
                tolerance: r.tolerance,
                delivery: Delivery {
                    ship_to: r.ship_to,
                    cost_centre: r.cost_centre,
                    po_number: r.po_number,
                    partial_delivery: r.partial_delivery,
                    note: r.note,
                },
            },
            state: State::parse(&r.state).ok_or_else(|| Error::odd("schedules.state", &r.state))?,
            why: r.why,
            next: r.next_on,
            standing: r.lines.map(|l| l.0).unwrap_or_default(),
            currency,
            total: Money::new(r.total, currency),
            checked_on: r.checked_on,
            stage,
            stage_why: r.stage_why.unwrap_or_default(),
            order: r.order_id.map_or_else(crate::new_id, OrderId),
            once: r.once.map(|l| l.0),
            settled: r.settled,
        })
    }
}

/// Those that the asking member may see, in the order of the list. One statement.
pub(super) async fn all(tx: &mut Tx, actor: &Actor) -> Result<Vec<Schedule>> {
    let own = actor.only_own(Permission::OrderRead)?;
    let rows = rows!(
        "AND ($3::uuid IS NULL OR s.member_id = $3) ORDER BY s.state <> 'asking', s.next_on, s.name, s.id LIMIT $4",
        actor.account().0,
        tx.today(),
        own.map(|m| m.0),
        MOST_SCHEDULES
    )
    .fetch_all(tx.db())
    .await?;
    rows.into_iter().map(Schedule::try_from).collect()
}

/// A schedule that the asking member may see. One statement.
pub(super) async fn find(tx: &mut Tx, actor: &Actor, id: ScheduleId) -> Result<Schedule> {
    let own = actor.only_own(Permission::OrderRead)?;
    rows!(
        "AND s.id = $3 AND ($4::uuid IS NULL OR s.member_id = $4)",
        actor.account().0,
        tx.today(),
        id.0,
        own.map(|m| m.0)
    )
    .fetch_one(tx.db())
    .await?
    .try_into()
}

/// The same, locked; read after the lock, because the snapshot of a statement that waited for it may be older. Two statements.
pub(super) async fn lock(tx: &mut Tx, actor: &Actor, id: ScheduleId) -> Result<Schedule> {
    actor.require(Permission::OrderRead)?;
    sqlx::query_scalar!(
        "SELECT id FROM schedules WHERE account_id = $1 AND id = $2 FOR UPDATE",
        actor.account().0,
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    find(tx, actor, id).await
}
