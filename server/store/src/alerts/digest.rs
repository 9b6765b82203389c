//! The week ahead, by mail to each member who wants it: what waits for them, what is due, what ends.

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::alerts::{Digest, is_digest_day, monday};
use domain::ids::{AccountId, MemberId, PersonId};
use domain::invoices::InvoiceQuery;
use domain::rhythm::When;
use domain::{Actor, Permission, text};
use uuid::Uuid;

use super::{Round, budgets, prices};
use crate::outbox::{self, Message};
use crate::{Result, Store, Tx, accounts, approvals, invoices, orders};

/// Days that a week ahead looks at.
const DAYS: u64 = 7;

/// Tells members who want to know what the week brings, once a week; whoever has nothing to be told gets no mail. Gives how many mails
/// were written.
pub(super) async fn tell(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.job(now).await?;
    let today = tx.today();
    if !is_digest_day(today) {
        return Ok(0);
    }
    let week = monday(today);
    let members = sqlx::query!(
        "SELECT m.account_id, m.id, m.person_id FROM members m JOIN accounts a ON a.id = m.account_id
         WHERE m.status = 'active' AND a.status <> 'closed' AND (m.digest_on IS NULL OR m.digest_on < $1) AND 'digest' <> ALL (m.no_mail)
         ORDER BY m.account_id, m.id LIMIT $2",
        week,
        super::AT_ONCE
    )
    .fetch_all(tx.db())
    .await?;
    drop(tx);
    let mut round = Round::default();
    for m in members {
        round.add(tell_one(store, AccountId(m.account_id), MemberId(m.id), PersonId(m.person_id), week, now).await);
    }
    round.done()
}

/// Tells one member, unless their seat has gone meanwhile: that is noted like an empty week, so that it keeps nobody else waiting.
async fn tell_one(
    store: &Store,
    account: AccountId,
    member: MemberId,
    person: PersonId,
    week: NaiveDate,
    now: DateTime<Utc>,
) -> Result<usize> {
    let who = accounts::seated(store, person, account).await?;
    let (company, digest) = match who.filter(|who| who.actor.member().is_ok_and(|own| own == member)) {
        Some(who) => {
            let digest = digest(&mut store.read(&who.actor, now).await?, &who.actor).await?;
            (who.frame.account.0, digest)
        }
        None => (String::new(), Digest::default()),
    };
    Ok(usize::from(send(store, &company, account, member, week, &digest, now).await?))
}

/// Writes the mail and that the week was told, unless another server was first.
async fn send(
    store: &Store,
    company: &str,
    account: AccountId,
    member: MemberId,
    week: NaiveDate,
    digest: &Digest,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut tx = store.job(now).await?;
    let claimed = sqlx::query!(
        "WITH mine AS (UPDATE members m SET digest_on = $3 WHERE m.account_id = $1 AND m.id = $2 AND (m.digest_on IS NULL OR m.digest_on < $3) RETURNING m.person_id)
         SELECT p.email, s.name AS seller FROM mine JOIN people p ON p.id = mine.person_id CROSS JOIN seller s",
        account.0,
        member.0,
        week
    )
    .fetch_optional(tx.db())
    .await?;
    let Some(to) = claimed else { return Ok(false) };
    if !digest.is_empty() {
        let subject = format!("{}: the week from {}", to.seller, text::date(week));
        outbox::send(&mut tx, account, &Message::Mail { to: to.email, subject, body: digest.body(company) }).await?;
    }
    tx.commit().await?;
    Ok(!digest.is_empty())
}

/// What the week brings for the asking member, by what they may see.
async fn digest(tx: &mut Tx, actor: &Actor) -> Result<Digest> {
    let mut digest = Digest::default();
    let until = tx.today().checked_add_days(Days::new(DAYS)).unwrap_or_else(|| tx.today());
    if actor.may(Permission::OrderApprove) {
        let waiting = approvals::inbox(tx).await?.waiting;
        let lines =
            waiting.iter().map(|r| format!("{}: {}, {}", r.number, text::money(r.total), r.requester)).collect();
        digest.add("Waits for your decision".to_owned(), lines, "/approvals");
    }
    if actor.may(Permission::CartUse) {
        let due = orders::again(tx).await?.rows;
        let due = due.iter().filter(|r| r.when == When::Due);
        let lines =
            due.map(|r| format!("{} {} × {}, usually every {} days", r.quantity, r.unit, r.name, r.rhythm.every));
        digest.add("Due to be bought again".to_owned(), lines.collect(), "/buy-again");
    }
    if actor.may(Permission::OrderRead) {
        own_dates(tx, actor, until, &mut digest).await?;
    }
    if actor.may(Permission::CatalogRead) {
        let (ahead, _) = prices::changes(tx, actor).await?;
        let lines = ahead.iter().map(|c| format!("{} ({}): {} from {}", c.name, c.sku, c.words(), text::date(c.on)));
        digest.add("Prices that change".to_owned(), lines.collect(), "/alerts");
    }
    if actor.may(Permission::BudgetRead) {
        let lines = budgets::nearly_used(tx)
            .await?
            .iter()
            .map(|b| format!("{}: {}", b.now.cost_centre, b.now.words()))
            .collect();
        digest.add("Budgets that are nearly used".to_owned(), lines, "/company/budgets");
    }
    if actor.may(Permission::InvoiceRead) {
        let open = invoices::list(tx, InvoiceQuery::parse("show=overdue")).await?;
        if open.total > 0 {
            let count = text::counted(open.total, "document is", "documents are");
            let lines = vec![format!("{count} overdue; you owe {} in all", text::money(open.ageing.balance))];
            digest.add("Overdue".to_owned(), lines, "/invoices?show=overdue");
        }
        if let Some(day) = open.ageing.next_due.filter(|day| *day <= until) {
            digest.add(
                "Due this week".to_owned(),
                vec![format!("the next invoice on {}", text::date(day))],
                "/invoices",
            );
        }
    }
    Ok(digest)
}

/// Quotes that end and recurring orders that are placed until a day: the member's own, or all for those who see the account's. One
/// statement.
async fn own_dates(tx: &mut Tx, actor: &Actor, until: NaiveDate, digest: &mut Digest) -> Result<()> {
    let own: Option<Uuid> = actor.only_own(Permission::OrderRead)?.map(|m| m.0);
    let rows = sqlx::query!(
        r#"SELECT 'quote' AS "what!", q.number AS "name!", q.valid_until AS "day!" FROM quotes q
           WHERE q.account_id = $1 AND ($2::uuid IS NULL OR q.member_id = $2) AND q.status IN ('sent', 'partly_accepted')
             AND q.valid_until BETWEEN (SELECT current_setting('app.today')::date) AND $3
           UNION ALL
           SELECT 'schedule', s.name, s.next_on FROM schedules s
           WHERE s.account_id = $1 AND ($2::uuid IS NULL OR s.member_id = $2) AND s.state IN ('active', 'asking') AND s.next_on <= $3
           ORDER BY 3, 2"#,
        actor.account().0,
        own,
        until
    )
    .fetch_all(tx.db())
    .await?;
    let of = |what: &str| -> Vec<String> {
        rows.iter().filter(|r| r.what == what).map(|r| format!("{} on {}", r.name, text::date(r.day))).collect()
    };
    digest.add("Quotes that end".to_owned(), of("quote"), "/quotes");
    digest.add("Recurring orders".to_owned(), of("schedule"), "/schedules");
    Ok(())
}
