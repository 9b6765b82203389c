//! Making a schedule from an order or a list.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::cart::{LineProblem, check};
use domain::ids::{ListId, ScheduleId};
use domain::lists::Right;
use domain::schedules::{Every, MOST_LINES, MOST_SCHEDULES, NewPage, Rule, Stage, State, Typed, Until};
use domain::{Actor, Permission, Problem, Quantity, text};
use rust_decimal::Decimal;
use serde_json::json;

use super::{Line, Schedule};
use crate::cart::{self, Cart};
use crate::catalog::{Facts, Pricing, facts_by_skus};
use crate::error::exactly;
use crate::orders::{self, Choices};
use crate::{Result, Tx, audit};

/// What a schedule is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An order that the asking member may see, by its number.
    Order(String),
    /// A list that they may see.
    List(ListId),
}

impl Source {
    /// Reads `order:` and a number, or `list:` and an id; anything else is nothing to be found.
    pub fn parse(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some(("order", number)) => Ok(Self::Order(number.to_owned())),
            Some(("list", id)) => Ok(Self::List(id.parse()?)),
            _ => Err(Problem::NotFound.into()),
        }
    }
}

/// What there is to schedule.
struct Found {
    name: String,
    about: String,
    lines: Vec<(Facts, Quantity)>,
    left_out: Vec<String>,
}

/// The lines of a source that can be ordered, fitted to the pack, each article once; what cannot is said. Four statements.
async fn found(tx: &mut Tx, actor: &Actor, source: &Source) -> Result<Found> {
    let (name, about, wanted, mut left_out) = match source {
        Source::List(id) => {
            let (name, lines) = crate::lists::wanted(tx, *id, Right::Use).await?;
            let about = format!("Lines of your list “{name}”.");
            (name, about, lines, Vec::new())
        }
        Source::Order(number) => {
            let order = orders::find(tx, number).await?;
            let skus: Vec<String> = order.lines.iter().map(|l| l.sku.clone()).collect();
            let facts: HashMap<String, Facts> =
                facts_by_skus(tx, &skus).await?.into_iter().map(|f| (f.sku.clone(), f)).collect();
            let (mut lines, mut unknown) = (Vec::new(), Vec::new());
            for line in &order.lines {
                match facts.get(&line.sku).filter(|f| f.units.holds(&line.unit).is_some()) {
                    Some(facts) => lines.push((facts.clone(), facts.counted(line))),
                    None => unknown.push(format!("{} ({}): it cannot be ordered any more.", line.name, line.sku)),
                }
            }
            (format!("As {number}"), format!("Lines of order {number}."), lines, unknown)
        }
    };
    let pricing = Pricing::of(actor, tx.today());
    let mut lines: Vec<(Facts, Quantity)> = Vec::new();
    for (facts, quantity) in wanted {
        let present = lines.iter().position(|(f, _)| f.id == facts.id);
        let sum = present.map_or(quantity.value(), |at| lines[at].1.value() + quantity.value());
        let sum = facts.packing().fit(Quantity::new(sum.min(Quantity::MAX.value())).unwrap_or(quantity));
        let price = facts.price(sum, pricing);
        match (first_block(&facts, sum, price.as_ref()), present) {
            (Some(problem), _) => left_out.push(format!("{} ({}): {}", facts.name, facts.sku, problem.words())),
            (None, Some(at)) => lines[at].1 = sum,
            (None, None) => lines.push((facts, sum)),
        }
    }
    Ok(Found { name, about, lines, left_out })
}

/// Why a line cannot stand in a schedule; what is short today may be there when it is due.
pub(super) fn first_block(
    facts: &Facts,
    quantity: Quantity,
    price: Option<&domain::pricing::Resolved>,
) -> Option<LineProblem> {
    check(&facts.line(quantity, price)).into_iter().find(|p| !matches!(p, LineProblem::Short(_)))
}

/// The form for a new schedule; `typed` is what already stands in it. At most six statements.
pub async fn new_page(tx: &mut Tx, from: &str, typed: Option<Typed>) -> Result<NewPage> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSchedule)?;
    let found = found(tx, &actor, &Source::parse(from)?).await?;
    let cart = cart::of_lines(tx, &actor, found.lines).await?;
    let places = cart::places(tx, &actor).await?;
    let typed = typed.unwrap_or_else(|| Typed::new(&found.name, tx.today()));
    Ok(NewPage {
        from: from.to_owned(),
        about: found.about,
        po_required: cart.po_required,
        cart: cart.view(tx, &actor),
        left_out: found.left_out,
        typed,
        places,
    })
}

/// Makes a schedule of one's own. `seen` is the total that the page showed: a conflict when it has changed since.
pub async fn make(tx: &mut Tx, from: &str, seen: Decimal, typed: &Typed) -> Result<ScheduleId> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSchedule)?;
    let today = tx.today();
    let plan = typed.plan(today.succ_opt().unwrap_or(today), today)?;
    let found = found(tx, &actor, &Source::parse(from)?).await?;
    if found.lines.is_empty() {
        return Err(Problem::invalid("name", "Nothing of it can be ordered now.").into());
    }
    if found.lines.len() > MOST_LINES {
        return Err(Problem::invalid("name", format!("A schedule holds at most {MOST_LINES} lines.")).into());
    }
    let cart = cart::of_lines(tx, &actor, found.lines).await?;
    if cart.totals.gross.amount() != seen {
        return Err(Problem::Conflict(domain::Cause::Stale).into());
    }
    let s = Schedule {
        id: crate::new_id(),
        member: actor.member()?,
        owner: actor.name().to_owned(),
        next: plan.rule.after(today),
        plan,
        state: State::Active,
        why: String::new(),
        standing: accepted(&cart),
        currency: actor.currency(),
        total: cart.totals.gross,
        checked_on: today,
        stage: Stage::Upcoming,
        stage_why: String::new(),
        order: crate::new_id(),
        once: None,
        settled: Vec::new(),
    };
    s.check(tx, &actor, &cart).await?;
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM schedules WHERE account_id = $1 AND state <> 'ended'"#,
        actor.account().0
    )
    .fetch_one(tx.db())
    .await?;
    if count >= MOST_SCHEDULES {
        let words = format!("Your company has {} schedules. End one first.", text::count(MOST_SCHEDULES));
        return Err(Problem::invalid("name", words).into());
    }
    s.insert(tx, &actor).await?;
    s.keep_lines(tx, &actor).await?;
    s.note(tx, &actor, actor.name(), &format!("Made. {}", s.plan.rule.words())).await?;
    let detail = json!({ "from": from, "rule": s.plan.rule, "lines": s.standing.len(), "gross": s.total.amount() });
    audit::record(tx, "schedule.made", &s.plan.name, detail).await?;
    Ok(s.id)
}

/// The lines of a cart at its prices, which are accepted with them.
pub(super) fn accepted(cart: &Cart) -> Vec<Line> {
    cart.lines
        .iter()
        .filter_map(|l| {
            let price = l.price.as_ref()?.unit_price.amount();
            Some(Line { product: l.facts.id.0, unit: l.facts.units.own.clone(), quantity: l.quantity, price })
        })
        .collect()
}

/// How a rule is stored: unit, how many, day, last day, how many times.
pub(super) fn columns(rule: &Rule) -> (&'static str, i32, i32, Option<NaiveDate>, Option<i32>) {
    let number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let (unit, every, day) = match rule.every {
        Every::Weeks(n, on) => ("week", number(n), number(on.number_from_monday())),
        Every::Months(n, on) => ("month", number(n), number(on)),
    };
    let (ends_on, times) = match rule.until {
        Until::Open => (None, None),
        Until::Day(last) => (Some(last), None),
        Until::Times(times) => (None, Some(number(times))),
    };
    (unit, every, day, ends_on, times)
}

impl Schedule {
    /// Checks what its orders need besides their lines: reference, address, cost centre.
    pub(super) async fn check(&self, tx: &mut Tx, actor: &Actor, cart: &Cart) -> Result<()> {
        let form = self.checkout(self.next.unwrap_or(self.plan.rule.start), cart.totals.gross.amount());
        form.check(cart.po_required, tx.today())?;
        Choices::read(tx, actor, &form).await?.check(&form)
    }

    async fn insert(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let (unit, every, day, ends_on, times) = columns(&self.plan.rule);
        let delivery = &self.plan.delivery;
        let done = sqlx::query!(
            "INSERT INTO schedules (account_id, id, member_id, name, unit, every, day, starts_on, ends_on, times, notice_days, tolerance, ship_to,
                                    cost_centre, po_number, partial_delivery, note, next_on, currency, total, checked_on)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
            actor.account().0,
            self.id.0,
            self.member.0,
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
            delivery.note,
            self.next,
            self.currency.code(),
            self.total.amount(),
            self.checked_on
        )
        .execute(tx.db())
        .await?;
        exactly(1, &done)
    }

    /// Writes the standing lines anew.
    pub(super) async fn keep_lines(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let (account, lines) = (actor.account().0, &self.standing);
        sqlx::query!("DELETE FROM schedule_lines WHERE account_id = $1 AND schedule_id = $2", account, self.id.0)
            .execute(tx.db())
            .await?;
        let done = sqlx::query!(
            "INSERT INTO schedule_lines (account_id, schedule_id, product_id, position, unit, quantity, price)
             SELECT $1, $2, t.product, t.n, t.unit, t.quantity, t.price
             FROM unnest($3::uuid[], $4::text[], $5::numeric[], $6::numeric[]) WITH ORDINALITY AS t(product, unit, quantity, price, n)",
            account,
            self.id.0,
            &lines.iter().map(|l| l.product).collect::<Vec<_>>(),
            &lines.iter().map(|l| l.unit.clone()).collect::<Vec<_>>(),
            &lines.iter().map(|l| l.quantity.value()).collect::<Vec<_>>(),
            &lines.iter().map(|l| l.price).collect::<Vec<_>>()
        )
        .execute(tx.db())
        .await?;
        exactly(lines.len() as u64, &done)
    }
}
