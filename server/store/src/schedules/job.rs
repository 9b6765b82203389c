//! The clock's part: dates are announced, and ordered on their day in their owner's name, with what the owner may do then. Several
//! servers may do this at once: a schedule's row is locked, its date looked at after the lock, and the order's id is the date's own.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{AccountId, MemberId, PersonId, ScheduleId};
use domain::notices::Kind;
use domain::schedules::{Due, Event, Turn};
use domain::{Actor, Cause, Permission, Problem, text};
use serde_json::json;
use uuid::Uuid;

use super::{Look, Schedule, href, lock};
use crate::error::exactly;
use crate::notices::{Note, tell};
use crate::{Error, Result, Store, Tx, audit};

/// Who writes into a schedule's history when nobody did it.
const CLOCK: &str = "Buyerdesk";
/// Lines in a mail; the page has them all.
const LISTED: usize = 30;

/// A schedule on which something is to be done, and whose it is.
struct Ripe {
    account: AccountId,
    id: ScheduleId,
    member: MemberId,
    person: PersonId,
}

/// Announces, orders and asks whatever is due; gives how many schedules moved on. One that fails does not keep the others: the first
/// failure is told in the end, and tried again the next time.
pub async fn run(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let (mut done, mut failure) = (0, None);
    for ripe in ripe(store, now).await? {
        match work(store, &ripe, now).await {
            Ok(moved) => done += usize::from(moved),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    failure.map_or(Ok(done), Err)
}

async fn ripe(store: &Store, now: DateTime<Utc>) -> Result<Vec<Ripe>> {
    let mut tx = store.job(now).await?;
    let today = tx.today();
    let rows = sqlx::query!(
        "SELECT s.account_id, s.id, s.member_id, m.person_id FROM schedules s JOIN members m ON (m.account_id, m.id) = (s.account_id, s.member_id)
         LEFT JOIN schedule_dates d ON (d.account_id, d.schedule_id, d.due_on) = (s.account_id, s.id, s.next_on)
         WHERE s.state = 'active' AND s.next_on <= $1::date + s.notice_days AND (s.next_on <= $1 OR COALESCE(d.stage, 'upcoming') = 'upcoming')
         ORDER BY s.next_on, s.account_id, s.id",
        today
    )
    .fetch_all(tx.db())
    .await?;
    let ripe = |account_id: Uuid, id: Uuid, member: Uuid, person: Uuid| Ripe {
        account: account_id.into(),
        id: id.into(),
        member: member.into(),
        person: person.into(),
    };
    Ok(rows.into_iter().map(|r| ripe(r.account_id, r.id, r.member_id, r.person_id)).collect())
}

/// The owner, as they ask now; none: their seat is gone, or may not order any more.
async fn owner(store: &Store, ripe: &Ripe) -> Result<Option<Actor>> {
    let who = crate::accounts::seated(store, ripe.person, ripe.account).await?.map(|who| who.actor);
    let theirs = |a: &Actor| a.member().is_ok_and(|m| m == ripe.member);
    Ok(who.filter(|a| theirs(a) && a.may(Permission::OrderSubmit) && a.may(Permission::OrderSchedule)))
}

async fn work(store: &Store, ripe: &Ripe, now: DateTime<Utc>) -> Result<bool> {
    let Some(actor) = owner(store, ripe).await? else { return stop_without_owner(store, ripe, now).await };
    let mut tx = store.begin(&actor, now).await?;
    let mut s = lock(&mut tx, &actor, ripe.id).await?;
    let today = tx.today();
    // Another server, or a person, was there first.
    let Some(due) = s.due(today).filter(|_| s.is_of(&actor)) else { return Ok(false) };
    match due {
        Due::Notice => s.announce(&mut tx, &actor).await?,
        Due::Missed => s.miss(&mut tx, &actor, today).await?,
        Due::Order => {
            let look = s.look(&mut tx, &actor).await?;
            if look.objections.is_empty() {
                match s.order(&mut tx, &actor, &look.cart).await {
                    Ok(number) => s.placed(&mut tx, &actor, CLOCK, &number, look.cart.totals.gross).await?,
                    // Somebody took the stock just now: the next look says so, line by line.
                    Err(Error::Problem(Problem::Conflict(Cause::CartChanged))) => return Ok(false),
                    Err(Error::Problem(problem)) if problem != Problem::Unavailable => {
                        tx.rollback().await?;
                        return refused(store, ripe, &actor, &problem, now).await;
                    }
                    Err(error) => return Err(error),
                }
            } else {
                let why = look.objections.join("\n");
                s.stop(&mut tx, &actor, Turn::Ask, &why, "Something has changed").await?;
            }
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// The order was refused, and undone: the date waits, with the reason.
async fn refused(store: &Store, ripe: &Ripe, actor: &Actor, problem: &Problem, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = store.begin(actor, now).await?;
    let mut s = lock(&mut tx, actor, ripe.id).await?;
    if s.due(tx.today()) != Some(Due::Order) {
        return Ok(false);
    }
    s.stop(&mut tx, actor, Turn::Fail, &problem.to_string(), "It could not be ordered").await?;
    tx.commit().await?;
    Ok(true)
}

impl Schedule {
    /// Tells the owner what will be ordered, and what has changed since they accepted it.
    async fn announce(&mut self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let due_on = self.due_on()?;
        let look = self.look(tx, actor).await?;
        let gross = look.cart.totals.gross;
        let form = self.checkout(due_on, gross.amount());
        let missing = form.check(look.cart.po_required, tx.today()).err();
        self.turn(tx, actor, Turn::Notice, "").await?;
        (self.total, self.checked_on) = (gross, tx.today());
        self.keep(tx, actor).await?;
        let mut changed = look.objections.clone();
        changed.extend(missing.map(|problem| problem.to_string()));
        let (day, name) = (text::date(due_on), &self.plan.name);
        let text = if changed.is_empty() {
            format!("“{name}” will be ordered on {day}: {}", text::money(gross))
        } else {
            format!("“{name}” is due on {day} and will stop to ask you: something has changed")
        };
        let mail = format!("{}\n{}\nChange it, skip it or pause it here:\n", listed(&look), sentences(&changed));
        self.note(tx, actor, CLOCK, &format!("{day} announced: {}", text::money(gross))).await?;
        self.tell(tx, actor, Kind::Schedule, text, mail).await
    }

    /// A date went by, or came unannounced: the latest one is asked about, those before it are left out.
    async fn miss(&mut self, tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<()> {
        let first = self.due_on()?;
        let latest = self.open_dates().take_while(|d| *d <= today).last().unwrap_or(first);
        if latest > first {
            self.turn(tx, actor, Turn::Skip, "It was missed").await?;
            self.next = Some(latest);
            (self.stage, self.once, self.order) = (domain::schedules::Stage::Upcoming, None, crate::new_id());
        }
        let why = "This date came while nothing could be ordered by itself.";
        self.stop(tx, actor, Turn::Ask, why, "A date was missed").await
    }

    /// The next date waits for an answer, and the schedule with it.
    async fn stop(&mut self, tx: &mut Tx, actor: &Actor, turn: Turn, why: &str, short: &str) -> Result<()> {
        let day = text::date(self.due_on()?);
        self.turn(tx, actor, turn, why).await?;
        self.state = self.state.after(Event::Stop)?;
        short.clone_into(&mut self.why);
        self.keep(tx, actor).await?;
        self.note(tx, actor, CLOCK, &format!("{day} stopped. {short}: {}", why.replace('\n', "; "))).await?;
        let detail = json!({ "due_on": self.next, "why": why });
        audit::record(tx, "schedule.stopped", &self.plan.name, detail).await?;
        let text = format!("“{}” of {day} was not ordered. {short}", self.plan.name);
        self.tell(tx, actor, Kind::Ask, text, format!("{why}\nSay how it goes on:\n")).await
    }

    async fn tell(&self, tx: &mut Tx, actor: &Actor, kind: Kind, text: String, mail: String) -> Result<()> {
        tell(tx, actor.account(), &[Note { member: self.member, kind, text, href: href(self.id), mail }]).await
    }
}

/// The lines of a mail.
fn listed(look: &Look) -> String {
    let lines = look.cart.lines.iter().take(LISTED).map(|l| {
        let net = l.net.map(text::money).unwrap_or_default();
        format!("{} × {}  {}  {net}\n", l.quantity, l.facts.sku, l.facts.name)
    });
    let more = look.cart.lines.len().saturating_sub(LISTED);
    let rest = if more == 0 { String::new() } else { format!("and {more} more\n") };
    format!("{}{rest}\nTotal incl. tax: {}\n", lines.collect::<String>(), text::money(look.cart.totals.gross))
}

fn sentences(changed: &[String]) -> String {
    if changed.is_empty() {
        return "Nothing has changed since you accepted it.".to_owned();
    }
    format!("Changed since you accepted it:\n{}", changed.join("\n"))
}

/// Nobody may order in the owner's name: the schedule stops, and the owner and those who look after the account are told.
async fn stop_without_owner(store: &Store, ripe: &Ripe, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = store.job(now).await?;
    let why = "Its owner may not order any more";
    let row = sqlx::query!(
        r#"UPDATE schedules s SET state = 'asking', why = $4 FROM members m JOIN people p ON p.id = m.person_id
           WHERE s.account_id = $1 AND s.id = $2 AND s.member_id = $3 AND s.state = 'active' AND (m.account_id, m.id) = (s.account_id, s.member_id)
           RETURNING s.name, p.name AS owner,
                     ARRAY(SELECT a.id FROM members a WHERE a.account_id = s.account_id AND a.status = 'active'
                           AND (a.id = s.member_id OR 'account_admin' = ANY (a.roles))) AS "told!""#,
        ripe.account.0,
        ripe.id.0,
        ripe.member.0,
        why
    )
    .fetch_optional(tx.db())
    .await?;
    let Some(row) = row else { return Ok(false) };
    let what = format!("Stopped. {why}: {}", row.owner);
    let done = sqlx::query!(
        "INSERT INTO schedule_log (account_id, id, schedule_id, at, by_name, what) VALUES ($1, $2, $3, $4, $5, $6)",
        ripe.account.0,
        crate::new_id::<Uuid>(),
        ripe.id.0,
        now,
        CLOCK,
        what
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let notes: Vec<Note> = row
        .told
        .into_iter()
        .map(|member| Note {
            member: member.into(),
            kind: Kind::Ask,
            text: format!("“{}” of {} has stopped. {why}", row.name, row.owner),
            href: href(ripe.id),
            mail: "Nothing is ordered until it is resumed or handed over:\n".to_owned(),
        })
        .collect();
    tell(&mut tx, ripe.account, &notes).await?;
    audit::record_job(&mut tx, ripe.account, CLOCK, "schedule.stopped", &row.name, json!({ "why": why })).await?;
    tx.commit().await?;
    Ok(true)
}
