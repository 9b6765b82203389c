//! What people do to schedules: answer for the next date, skip it, change lines and plan, pause, resume, end.

use chrono::NaiveDate;
use domain::catalog::Sku;
use domain::ids::ScheduleId;
use domain::schedules::{Action, Event, MOST_LINES, Scope, State, Turn, Typed};
use domain::{Actor, Cause, FieldError, Permission, Problem, Quantity, text};
use rust_decimal::Decimal;
use serde_json::json;

use super::make::{accepted, columns, first_block};
use super::{Line, Schedule, by_id, lock};
use crate::cart;
use crate::catalog::{Facts, Pricing, facts_by_sku};
use crate::error::exactly;
use crate::{Result, Tx, audit};

impl Schedule {
    /// Refuses what was meant for another date than the next.
    fn is_next(&self, due_on: NaiveDate) -> Result<()> {
        if self.next == Some(due_on) { Ok(()) } else { Err(Problem::Conflict(Cause::Stale).into()) }
    }
}

/// Which quantity is wanted of an article; no quantity: none of it. What is not named stays as it is.
fn wanted(chosen: &[(Sku, Option<Quantity>)], sku: &str, present: Quantity) -> Option<Quantity> {
    chosen.iter().find(|(of, _)| of.as_str() == sku).map_or(Some(present), |(_, quantity)| *quantity)
}

/// Answers for the next date: the lines at the chosen quantities and at the prices of now, for this date alone or for good; what
/// cannot be ordered is left out. A date that waits is ordered by it; gives the order's number.
///
/// `seen` is the total that the page showed. Conflict when it, or the date, is another one by now: nothing is done.
pub async fn answer(
    tx: &mut Tx,
    id: ScheduleId,
    due_on: NaiveDate,
    seen: Decimal,
    scope: Scope,
    chosen: &[(Sku, Option<Quantity>)],
) -> Result<Option<String>> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSchedule)?;
    let mut s = lock(tx, &actor, id).await?;
    s.require(&actor, Action::Answer)?;
    s.is_next(due_on)?;
    let look = s.look(tx, &actor).await?;
    if look.cart.totals.gross.amount() != seen {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    if scope == Scope::Once && s.currency != actor.currency() {
        let words = "Your prices are in another currency now. Accept them from now on.";
        return Err(Problem::invalid("quantities", words).into());
    }
    let kept: Vec<(Facts, Quantity)> = look
        .cart
        .lines
        .into_iter()
        .filter_map(|l| wanted(chosen, &l.facts.sku, l.quantity).map(|n| (l.facts.packing().fit(n), l.facts)))
        .map(|(quantity, facts)| (facts, quantity))
        .collect();
    if kept.is_empty() {
        return Err(Problem::invalid("quantities", "Keep at least one line, or skip this date.").into());
    }
    let cart = cart::of_lines(tx, &actor, kept).await?;
    let waits = s.stage.waits();
    // What is short may be there on the day; on the day it is not.
    let problem = |l: &cart::Line| {
        let found = domain::cart::check(&l.facts.line(l.quantity, l.price.as_ref())).into_iter();
        found.map(|p| (p.clone(), matches!(p, domain::cart::LineProblem::Short(_)))).find(|(_, short)| waits || !short)
    };
    let errors: Vec<FieldError> = cart
        .lines
        .iter()
        .filter_map(|l| {
            let (problem, _) = problem(l)?;
            let words = format!("{}: {} Or leave it out with 0.", l.facts.name, problem.words());
            Some(FieldError::new(format!("quantity-{}", l.facts.sku), words))
        })
        .collect();
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    let lines = accepted(&cart);
    let (count, gross) = (lines.len(), cart.totals.gross);
    let how = match scope {
        Scope::Once => {
            s.once = Some(lines);
            "for this time"
        }
        Scope::Standing => {
            (s.standing, s.once, s.currency) = (lines, None, actor.currency());
            s.keep_lines(tx, &actor).await?;
            "from now on"
        }
    };
    let told = format!("{}, {how}: {}", text::date(due_on), text::money(gross));
    s.note(tx, &actor, actor.name(), &format!("Answered for {told}")).await?;
    let detail = json!({ "due_on": due_on, "for": how, "lines": count, "gross": gross.amount() });
    audit::record(tx, "schedule.answered", &s.plan.name, detail).await?;
    if waits {
        let number = s.order(tx, &actor, &cart).await?;
        s.placed(tx, &actor, actor.name(), &number, gross).await?;
        return Ok(Some(number));
    }
    s.keep_date(tx, &actor).await?;
    (s.total, s.checked_on) = (gross, tx.today());
    s.keep(tx, &actor).await?;
    Ok(None)
}

/// Leaves the next date out.
pub async fn skip(tx: &mut Tx, id: ScheduleId, due_on: NaiveDate) -> Result<()> {
    let actor = tx.actor()?;
    let mut s = lock(tx, &actor, id).await?;
    s.require(&actor, Action::Skip)?;
    s.is_next(due_on)?;
    let why = format!("Skipped by {}", actor.name());
    s.turn(tx, &actor, Turn::Skip, &why).await?;
    s.settled.push(due_on);
    // Today's own date is asked about rather than lost with one that waited.
    let yesterday = tx.today().pred_opt().unwrap_or(due_on);
    s.go_on(tx, &actor, Event::GoOn, due_on.max(yesterday), "").await?;
    s.done(tx, &actor, "schedule.skipped", &format!("{} skipped", text::date(due_on))).await
}

impl Schedule {
    /// Tells its history and the audit trail.
    async fn done(&self, tx: &mut Tx, actor: &Actor, action: &str, what: &str) -> Result<()> {
        self.note(tx, actor, actor.name(), what).await?;
        audit::record(tx, action, &self.plan.name, json!({ "what": what, "owner": self.owner })).await
    }
}

/// Pauses a schedule: its dates go by until somebody resumes it. A date that waited for an answer is left out.
pub async fn pause(tx: &mut Tx, id: ScheduleId) -> Result<()> {
    let actor = tx.actor()?;
    let mut s = lock(tx, &actor, id).await?;
    s.require(&actor, Action::Pause)?;
    s.state = s.state.after(Event::Pause)?;
    s.why.clear();
    s.leave_out(tx, &actor, &format!("Paused by {}", actor.name())).await?;
    s.keep(tx, &actor).await?;
    s.done(tx, &actor, "schedule.paused", "Paused").await
}

/// Lets a schedule go on with its first date after today.
pub async fn resume(tx: &mut Tx, id: ScheduleId) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSchedule)?;
    let mut s = lock(tx, &actor, id).await?;
    s.require(&actor, Action::Resume)?;
    let today = tx.today();
    s.go_on(tx, &actor, Event::Resume, today, "It was paused").await?;
    s.done(tx, &actor, "schedule.resumed", "Resumed").await
}

/// Ends a schedule. What it has ordered stays ordered.
pub async fn end(tx: &mut Tx, id: ScheduleId) -> Result<()> {
    let actor = tx.actor()?;
    let mut s = lock(tx, &actor, id).await?;
    s.require(&actor, Action::End)?;
    let (today, why) = (tx.today(), format!("Ended by {}", actor.name()));
    s.go_on(tx, &actor, Event::End, today, &why).await?;
    s.done(tx, &actor, "schedule.ended", "Ended").await
}

/// Changes what a schedule does, apart from its lines. A date that waits for an answer goes on waiting.
pub async fn save(tx: &mut Tx, id: ScheduleId, typed: &Typed) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSchedule)?;
    let mut s = lock(tx, &actor, id).await?;
    s.require(&actor, Action::Change)?;
    let today = tx.today();
    let tomorrow = today.succ_opt().unwrap_or(today);
    let plan = typed.plan(s.plan.rule.start.min(tomorrow), today)?;
    let before = std::mem::replace(&mut s.plan, plan);
    if s.plan.rule != before.rule && s.state != State::Asking {
        s.next = s.next_after(today);
        if s.next.is_none() {
            return Err(
                Problem::invalid("ends_on", "It would end before its next date. Let it go on for longer.").into()
            );
        }
    }
    let nothing = cart::of_lines(tx, &actor, Vec::new()).await?;
    s.check(tx, &actor, &nothing).await?;
    s.keep_plan(tx, &actor).await?;
    if s.state != State::Asking {
        s.leave_out(tx, &actor, "The dates were changed").await?;
    }
    s.keep(tx, &actor).await?;
    s.note(tx, &actor, actor.name(), &format!("Changed. {}", s.plan.rule.words())).await?;
    audit::record(tx, "schedule.changed", &s.plan.name, json!({ "before": before, "after": s.plan })).await
}

impl Schedule {
    async fn keep_plan(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let (unit, every, day, ends_on, times) = columns(&self.plan.rule);
        let delivery = &self.plan.delivery;
        let done = sqlx::query!(
            "UPDATE schedules SET name = $3, unit = $4, every = $5, day = $6, starts_on = $7, ends_on = $8, times = $9, notice_days = $10,
                    tolerance = $11, ship_to = $12, cost_centre = $13, po_number = $14, partial_delivery = $15, note = $16
             WHERE account_id = $1 AND id = $2",
            actor.account().0,
            self.id.0,
            self.plan.name,
            unit,
            every,
            day,
            self.plan.rule.start,
            ends_on,
            times,
            i32::try_from(self.plan.notice_days).unwrap_or(i32::MAX),
            self.plan.tolerance,
            delivery.ship_to,
            delivery.cost_centre,
            delivery.po_number,
            delivery.partial_delivery,
            delivery.note
        )
        .execute(tx.db())
        .await?;
        exactly(1, &done)
    }
}

/// A line at the price of now, fitted to the pack; or why it cannot be one.
fn accept(facts: &Facts, quantity: Quantity, pricing: Pricing) -> std::result::Result<Line, String> {
    let quantity = facts.packing().fit(quantity);
    let price = facts.price(quantity, pricing);
    match (first_block(facts, quantity, price.as_ref()), price) {
        (None, Some(price)) => {
            Ok(Line { product: facts.id.0, unit: facts.units.own.clone(), quantity, price: price.unit_price.amount() })
        }
        (problem, _) => {
            Err(format!("{}: {}", facts.name, problem.map_or_else(|| "it has no price now.".to_owned(), |p| p.words())))
        }
    }
}

/// Changes the standing lines: the chosen quantities, none takes a line off; and one article more. Lines that change take the price
/// of now at their quantity, the others keep theirs.
pub async fn set_lines(
    tx: &mut Tx,
    id: ScheduleId,
    chosen: &[(Sku, Option<Quantity>)],
    more: Option<(Sku, Quantity)>,
) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSchedule)?;
    let mut s = lock(tx, &actor, id).await?;
    s.require(&actor, Action::Change)?;
    let pricing = Pricing::of(&actor, tx.today());
    let ids: Vec<_> = s.standing.iter().map(|l| l.product).collect();
    let facts = by_id(tx, &ids).await?;
    let (mut lines, mut errors) = (Vec::new(), Vec::new());
    for line in std::mem::take(&mut s.standing) {
        let Some(facts) = facts.get(&line.product) else { continue };
        match wanted(chosen, &facts.sku, line.quantity) {
            None => {}
            Some(same) if same == line.quantity => lines.push(line),
            Some(quantity) => match accept(facts, quantity, pricing) {
                Ok(line) => lines.push(line),
                Err(words) => errors.push(FieldError::new(format!("standing-{}", facts.sku), words)),
            },
        }
    }
    if let Some((sku, quantity)) = more {
        let found = facts_by_sku(tx, sku.as_str()).await?.filter(|f| f.in_assortment);
        match found.map(|f| (lines.iter().any(|l| l.product == f.id.0), accept(&f, quantity, pricing))) {
            None => errors.push(FieldError::new("sku", "There is no such article in your assortment.")),
            Some((true, _)) => errors.push(FieldError::new("sku", "It is a line already: change its quantity there.")),
            Some((false, Ok(line))) => lines.push(line),
            Some((false, Err(words))) => errors.push(FieldError::new("sku", words)),
        }
    }
    if errors.is_empty() && lines.is_empty() {
        errors.push(FieldError::new("sku", "Keep at least one line, or end the schedule."));
    }
    if lines.len() > MOST_LINES {
        errors.push(FieldError::new("sku", format!("A schedule holds at most {MOST_LINES} lines.")));
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    s.standing = lines;
    s.keep_lines(tx, &actor).await?;
    if s.once.is_none() {
        let look = s.look(tx, &actor).await?;
        (s.total, s.checked_on) = (look.cart.totals.gross, tx.today());
        s.keep(tx, &actor).await?;
    }
    let what = format!(
        "Lines changed: {}",
        text::counted(i64::try_from(s.standing.len()).unwrap_or_default(), "line", "lines")
    );
    s.done(tx, &actor, "schedule.lines", &what).await
}
