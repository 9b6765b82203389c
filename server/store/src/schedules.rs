//! Recurring orders. Buyers schedule what they may order; whoever sees the account's orders sees its schedules; whoever looks after
//! the account may pause, skip and end them. Every function works on what the asking member may see.
//!
//! Locks: the schedule's row first, then those of an order (see `orders::place`).

mod change;
mod job;
mod make;
mod stored;

pub use change::{answer, end, pause, resume, save, set_lines, skip};
pub use job::run;
pub use make::{Source, make, new_page};

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::cart::{CheckoutForm, Places};
use domain::ids::ScheduleId;
use domain::orders::{OrderLine, ReorderLine};
use domain::schedules::{
    Action, Delivery, Due, Event, LogRow, NextPage, PastRow, SchedulePage, ScheduleRow, SchedulesPage, Stage,
    StandingRow, State, Turn, Typed, objection,
};
use domain::{Actor, Currency, Money, Permission, Problem, text};
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use self::stored::{Line, Schedule, all, find, lock};
use crate::cart::{self, Cart};
use crate::catalog::{Facts, Pricing, facts_of};
use crate::error::exactly;
use crate::orders::{self, Choices};
use crate::{Error, Result, Tx, audit};

/// Dates and entries of a schedule's history that its page shows.
const SHOWN: i64 = 50;
/// Next dates in the list.
const NEXT: usize = 3;

/// The schedules that the asking member may see: those that ask first, then by their next date. One statement.
pub async fn list(tx: &mut Tx) -> Result<SchedulesPage> {
    let actor = tx.actor()?;
    let rows = all(tx, &actor).await?.iter().map(|s| s.row(&actor)).collect();
    Ok(SchedulesPage { rows, may_make: actor.may(Permission::OrderSchedule) })
}

/// What a date holds, then and now.
struct Look {
    /// Every line.
    lines: Vec<ReorderLine>,
    /// What keeps it from being ordered by itself.
    objections: Vec<String>,
    /// Those that can be ordered, priced now.
    cart: Cart,
}

impl Schedule {
    /// The lines of the next date.
    fn lines(&self) -> &[Line] {
        self.once.as_deref().unwrap_or(&self.standing)
    }

    /// Its dates without those that are settled.
    fn open_dates(&self) -> impl Iterator<Item = NaiveDate> {
        self.plan.rule.dates().filter(|d| !self.settled.contains(d))
    }

    fn next_after(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.open_dates().find(|d| *d > day)
    }

    /// The next date; a conflict when there is none.
    fn due_on(&self) -> Result<NaiveDate> {
        Ok(self.next.ok_or_else(|| self.state.after(Event::GoOn).err().unwrap_or(Problem::NotFound))?)
    }

    fn is_of(&self, actor: &Actor) -> bool {
        actor.member().is_ok_and(|m| m == self.member)
    }

    /// What the asking member may do with it now.
    fn can(&self, actor: &Actor) -> Vec<Action> {
        let orders = self.is_of(actor) && actor.may(Permission::OrderSchedule);
        let stops = orders || actor.may(Permission::MemberManage);
        // A schedule that has stopped for another reason than its next date waits to be resumed.
        let open = self.state == State::Active || self.state == State::Asking && self.stage.waits();
        [
            (Action::Change, orders && self.state != State::Ended),
            (Action::Answer, orders && open),
            (Action::Skip, stops && open),
            (Action::Pause, stops && self.state.after(Event::Pause).is_ok()),
            (Action::Resume, orders && !open && self.state.after(Event::Resume).is_ok()),
            (Action::End, stops && self.state.after(Event::End).is_ok()),
        ]
        .into_iter()
        .filter_map(|(action, may)| may.then_some(action))
        .collect()
    }

    /// Forbidden to who may never do this with it; a conflict where its state does not let them.
    fn require(&self, actor: &Actor, action: Action) -> Result<()> {
        let orders = self.is_of(actor) && actor.may(Permission::OrderSchedule);
        let stops = matches!(action, Action::Skip | Action::Pause | Action::End) && actor.may(Permission::MemberManage);
        if !orders && !stops {
            return Err(Problem::Forbidden.into());
        }
        if !self.can(actor).contains(&action) {
            let state = self.state.label().to_lowercase();
            return Err(Problem::Conflict(domain::Cause::ScheduleState { state }).into());
        }
        Ok(())
    }

    fn row(&self, actor: &Actor) -> ScheduleRow {
        let next = self.next.filter(|_| matches!(self.state, State::Active | State::Asking));
        let later = next.into_iter().flat_map(|day| self.open_dates().skip_while(move |d| *d <= day));
        ScheduleRow {
            id: self.id,
            name: self.plan.name.clone(),
            owner: self.owner.clone(),
            mine: self.is_of(actor),
            rule: self.plan.rule,
            state: self.state,
            why: self.why.clone(),
            next: next.into_iter().chain(later).take(NEXT).collect(),
            lines: i64::try_from(self.standing.len()).unwrap_or(i64::MAX),
            total: self.total,
            checked_on: self.checked_on,
        }
    }

    /// The checkout of an order of this date.
    fn checkout(&self, date: NaiveDate, total: Decimal) -> CheckoutForm {
        let Delivery { ship_to, cost_centre, partial_delivery, note, .. } = self.plan.delivery.clone();
        let po_number = self.plan.delivery.po_on(date);
        let requested_on = None;
        CheckoutForm {
            order_id: self.order,
            total,
            po_number,
            cost_centre,
            ship_to,
            requested_on,
            partial_delivery,
            note,
        }
    }

    /// What the clock does with it now.
    fn due(&self, today: NaiveDate) -> Option<Due> {
        let next = self.next.filter(|_| self.state == State::Active)?;
        Due::of(next, self.stage, self.plan.notice_days, today)
    }

    /// Compares the next date's lines with what they are now. Two statements.
    async fn look(&self, tx: &mut Tx, actor: &Actor) -> Result<Look> {
        let ids: Vec<Uuid> = self.lines().iter().map(|l| l.product).collect();
        let mut facts = by_id(tx, &ids).await?;
        let pricing = Pricing::of(actor, tx.today());
        let (mut lines, mut orderable) = (Vec::new(), Vec::new());
        for (line_no, line) in (1..).zip(self.lines()) {
            let Some(facts) = facts.remove(&line.product) else { continue };
            let price = Money::new(line.price, self.currency);
            let then = OrderLine {
                line_no,
                sku: facts.sku.clone(),
                name: facts.name.clone(),
                unit: line.unit.clone(),
                quantity: line.quantity,
                unit_price: price,
                net: price.line(line.quantity)?,
                price_source: String::new(),
                own_number: String::new(),
                promised_on: None,
                shipped: Decimal::ZERO,
            };
            let compared = facts.compared(&then, pricing);
            if let Some(quantity) = compared.quantity_now {
                orderable.push((facts, quantity));
            }
            lines.push(compared);
        }
        let objections = lines.iter().filter_map(|l| objection(l, self.plan.tolerance)).collect();
        Ok(Look { lines, objections, cart: cart::of_lines(tx, actor, orderable).await? })
    }

    /// Orders what `cart` holds in the owner's name, as a checkout would; gives the order's number.
    async fn order(&self, tx: &mut Tx, actor: &Actor, cart: &Cart) -> Result<String> {
        let form = self.checkout(self.due_on()?, cart.totals.gross.amount());
        let chosen = Choices::read(tx, actor, &form).await?;
        if let Some(number) = chosen.earlier(actor)? {
            return Ok(number);
        }
        if let Some(least) = cart.below_minimum {
            let words = format!(
                "This comes to {} before delivery and tax; your company’s smallest order is {}.",
                text::money(cart.totals.net),
                text::money(least)
            );
            return Err(Problem::invalid("quantities", words).into());
        }
        orders::order(tx, actor, chosen, &form, cart).await
    }

    /// Writes what has become of the next date.
    async fn turn(&mut self, tx: &mut Tx, actor: &Actor, turn: Turn, why: &str) -> Result<()> {
        (self.stage, self.stage_why) = (self.stage.after(turn)?, why.to_owned());
        self.keep_date(tx, actor).await
    }

    async fn keep_date(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let due_on = self.due_on()?;
        let done = sqlx::query!(
            "INSERT INTO schedule_dates AS d (account_id, schedule_id, due_on, stage, order_id, why, lines) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (account_id, schedule_id, due_on) DO UPDATE SET stage = excluded.stage, why = excluded.why, lines = excluded.lines",
            actor.account().0,
            self.id.0,
            due_on,
            self.stage.code(),
            self.order.0,
            self.stage_why,
            self.once.as_ref().map(|lines| json!(lines))
        )
        .execute(tx.db())
        .await?;
        exactly(1, &done)
    }

    /// Its next date is the first after `day`; what was known of another one is left out, because of `why`. Over when there is none.
    async fn go_on(&mut self, tx: &mut Tx, actor: &Actor, event: Event, day: NaiveDate, why: &str) -> Result<()> {
        self.state = self.state.after(event)?;
        self.next = self.next_after(day).filter(|_| self.state != State::Ended);
        if self.next.is_none() && self.state != State::Ended {
            self.state = self.state.after(Event::End)?;
        }
        self.why.clear();
        self.leave_out(tx, actor, why).await?;
        self.keep(tx, actor).await
    }

    /// Leaves out what is known of a date that waits or is not the next one.
    async fn leave_out(&self, tx: &mut Tx, actor: &Actor, why: &str) -> Result<()> {
        sqlx::query!(
            "UPDATE schedule_dates SET stage = 'skipped', why = $4 WHERE account_id = $1 AND schedule_id = $2
             AND (stage IN ('asked', 'failed') OR stage IN ('upcoming', 'noticed') AND due_on IS DISTINCT FROM $3)",
            actor.account().0,
            self.id.0,
            self.next,
            why
        )
        .execute(tx.db())
        .await?;
        Ok(())
    }

    /// Writes where it stands.
    async fn keep(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let done = sqlx::query!(
            "UPDATE schedules SET state = $3, why = $4, next_on = $5, currency = $6, total = $7, checked_on = $8 WHERE account_id = $1 AND id = $2",
            actor.account().0,
            self.id.0,
            self.state.code(),
            self.why,
            self.next,
            self.currency.code(),
            self.total.amount(),
            self.checked_on
        )
        .execute(tx.db())
        .await?;
        exactly(1, &done)
    }

    /// Adds to its history.
    async fn note(&self, tx: &mut Tx, actor: &Actor, by: &str, what: &str) -> Result<()> {
        let now = tx.now();
        let done = sqlx::query!(
            "INSERT INTO schedule_log (account_id, id, schedule_id, at, by_name, what) VALUES ($1, $2, $3, $4, $5, $6)",
            actor.account().0,
            crate::new_id::<Uuid>(),
            self.id.0,
            now,
            by,
            what
        )
        .execute(tx.db())
        .await?;
        exactly(1, &done)
    }

    /// The next date has been ordered: so it stands, and the schedule goes on.
    async fn placed(&mut self, tx: &mut Tx, actor: &Actor, by: &str, number: &str, total: Money) -> Result<()> {
        let due_on = self.due_on()?;
        self.turn(tx, actor, Turn::Place, "").await?;
        (self.total, self.checked_on) = (total, tx.today());
        let what = format!("{number} ordered for {}: {}", text::date(due_on), text::money(total));
        self.note(tx, actor, by, &what).await?;
        audit::record(tx, "schedule.ordered", &self.plan.name, json!({ "order": number, "due_on": due_on, "by": by }))
            .await?;
        let after = due_on.max(tx.today());
        self.go_on(tx, actor, Event::GoOn, after, "").await
    }
}

async fn by_id(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Facts>> {
    Ok(facts_of(tx, ids).await?.into_iter().map(|f| (f.id.0, f)).collect())
}

/// One schedule with its next date, then and now. At most six statements however many lines.
pub async fn page(tx: &mut Tx, id: ScheduleId) -> Result<SchedulePage> {
    let actor = tx.actor()?;
    let s = find(tx, &actor, id).await?;
    let look = s.look(tx, &actor).await?;
    let can = s.can(&actor);
    let ids: Vec<Uuid> = s.standing.iter().map(|l| l.product).collect();
    let facts = by_id(tx, &ids).await?;
    let standing = s
        .standing
        .iter()
        .filter_map(|l| Some((l, facts.get(&l.product)?)))
        .map(|(l, facts)| StandingRow {
            sku: facts.sku.clone(),
            name: facts.name.clone(),
            unit: l.unit.clone(),
            quantity: l.quantity,
            price: Money::new(l.price, s.currency),
        })
        .collect();
    let (past, log) = history(tx, &actor, &s).await?;
    let places = if can.contains(&Action::Change) { cart::places(tx, &actor).await? } else { Places::default() };
    let next = s.next.filter(|_| matches!(s.state, State::Active | State::Asking));
    Ok(SchedulePage {
        row: s.row(&actor),
        standing,
        next: next.map(|due_on| NextPage {
            due_on,
            stage: s.stage,
            why: s.stage_why.clone(),
            once: s.once.is_some(),
            lines: look.lines,
            objections: look.objections,
            totals: look.cart.totals,
            po_number: s.plan.delivery.po_on(due_on),
        }),
        past,
        log,
        typed: Typed::of(&s.plan),
        places,
        po_required: look.cart.po_required,
        can,
        today: tx.today(),
    })
}

/// Dates gone by and what was done, the newest first. One statement.
async fn history(tx: &mut Tx, actor: &Actor, s: &Schedule) -> Result<(Vec<PastRow>, Vec<LogRow>)> {
    type Past = (NaiveDate, String, String, Option<String>, Option<Decimal>, Option<Currency>);
    type Logged = (DateTime<Utc>, String, String);
    let row = sqlx::query!(
        r#"SELECT (SELECT jsonb_agg(jsonb_build_array(d.due_on, d.stage, d.why, d.number, d.gross::text, d.currency) ORDER BY d.due_on DESC)
                   FROM (SELECT d.due_on, d.stage, d.why, o.number, o.gross, o.currency FROM schedule_dates d
                         LEFT JOIN orders o ON (o.account_id, o.id) = (d.account_id, d.order_id)
                         WHERE d.account_id = $1 AND d.schedule_id = $2 AND d.stage IN ('placed', 'skipped')
                         ORDER BY d.due_on DESC LIMIT $3) d) AS "past: Json<Vec<Past>>",
                  (SELECT jsonb_agg(jsonb_build_array(g.at, g.by_name, g.what) ORDER BY g.id DESC)
                   FROM (SELECT g.id, g.at, g.by_name, g.what FROM schedule_log g WHERE g.account_id = $1 AND g.schedule_id = $2
                         ORDER BY g.id DESC LIMIT $3) g) AS "log: Json<Vec<Logged>>""#,
        actor.account().0,
        s.id.0,
        SHOWN
    )
    .fetch_one(tx.db())
    .await?;
    let past =
        row.past.map(|p| p.0).unwrap_or_default().into_iter().map(|(due_on, stage, why, number, gross, currency)| {
            let stage = Stage::parse(&stage).ok_or_else(|| Error::odd("schedule_dates.stage", &stage))?;
            let order = number.zip(gross.zip(currency)).map(|(number, (gross, of))| (number, Money::new(gross, of)));
            Ok(PastRow { due_on, stage, why, order })
        });
    let past = past.collect::<Result<_>>()?;
    let log = row.log.map(|l| l.0).unwrap_or_default();
    Ok((past, log.into_iter().map(|(at, by, what)| LogRow { at: tx.local(at), by, what }).collect()))
}

/// A schedule's place in the account, for messages.
fn href(id: ScheduleId) -> String {
    format!("/schedules/{id}")
}
