//! Reminders of one's own, the seller's, and promises.

use chrono::{DateTime, Days, Utc};
use domain::Problem;
use domain::reminders::{OverdueQuery, Settings};
use store::Error;

use crate::world::{World, now};

const SERVICE: &str = "service@seller.example";
const LATE: &str = "FROM invoices i JOIN accounts a ON a.id = i.account_id WHERE a.number = '1001' AND i.kind = 'invoice' AND i.settled < i.gross AND i.due_on < '2026-11-23'";

fn problem<T: std::fmt::Debug>(result: store::Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("a problem was expected: {other:?}"),
    }
}

fn later(days: u64) -> DateTime<Utc> {
    now() + Days::new(days)
}

async fn mails(world: &World) -> i64 {
    world.number("SELECT count(*) FROM outbox WHERE done_at IS NULL").await
}

async fn set(world: &World, settings: Settings) {
    let finance = world.actor("finance@acme.example").await;
    let mut tx = world.begin(&finance).await;
    store::reminders::set(&mut tx, settings).await.unwrap();
    tx.commit().await.unwrap();
}

async fn told(world: &World) -> Vec<String> {
    let finance = world.actor("finance@acme.example").await;
    let notices = store::notices::list(&mut world.read(&finance).await).await.unwrap().notices;
    notices.into_iter().map(|n| n.text).collect()
}

#[tokio::test]
async fn an_account_is_told_once_of_what_is_due_and_again_of_what_is_overdue() {
    let world = World::new().await;
    world
        .sql(&format!(
            "UPDATE invoices SET due_on = '2026-11-26' WHERE id = (SELECT i.id {LATE} ORDER BY i.id LIMIT 1)"
        ))
        .await;
    assert_eq!(store::reminders::remind_all(&world.store, now()).await.unwrap(), 0, "nobody asked for anything");
    set(&world, Settings { days_before: Some(3), every_days: Some(7) }).await;
    assert!(world.number(&format!("SELECT count(*) {LATE}")).await > 0, "and something stays overdue");
    assert_eq!(store::reminders::remind_all(&world.store, now()).await.unwrap(), 1);
    let first = told(&world).await;
    assert!(first.iter().any(|t| t == "1 invoice is due within 3 days"), "{first:?}");
    assert!(first.iter().any(|t| t.ends_with("overdue")), "{first:?}");
    let sent = mails(&world).await;
    assert_eq!(store::reminders::remind_all(&world.store, now()).await.unwrap(), 0, "the same day nothing more");
    assert_eq!(store::reminders::remind_all(&world.store, later(1)).await.unwrap(), 0, "nor on the next");
    assert_eq!(mails(&world).await, sent);
    // A week later what is overdue is told again, and by now the other invoice is overdue too.
    assert_eq!(store::reminders::remind_all(&world.store, later(7)).await.unwrap(), 1);
    let overdue = |told: &[String]| told.iter().filter(|t| t.ends_with("overdue")).count();
    assert_eq!(overdue(&told(&world).await), overdue(&first) + 1);
    set(&world, Settings::default()).await;
    assert_eq!(store::reminders::remind_all(&world.store, later(21)).await.unwrap(), 0, "never means never");
    // Saturday.
    set(&world, Settings { days_before: None, every_days: Some(1) }).await;
    assert_eq!(store::reminders::remind_all(&world.store, later(26)).await.unwrap(), 0, "only when people work");
}

#[tokio::test]
async fn only_finance_users_set_reminders() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    assert_eq!(
        problem(store::reminders::set(&mut world.begin(&buyer).await, Settings::default()).await),
        Problem::Forbidden
    );
    assert_eq!(problem(store::reminders::settings(&mut world.read(&buyer).await).await), Problem::Forbidden);
    let rep = world.actor("rep@seller.example").await;
    let query = OverdueQuery::parse("");
    assert_eq!(problem(store::reminders::overdue(&mut world.read(&rep).await, query).await), Problem::Forbidden);
    assert_eq!(
        problem(store::reminders::remind(&mut world.begin(&rep).await, "1001", "GBP").await),
        Problem::Forbidden
    );
}

#[tokio::test]
async fn the_seller_reminds_once_a_day_of_what_is_not_disputed_and_notes_promises() {
    let world = World::new().await;
    let service = world.actor(SERVICE).await;
    let list = async |query: &str| {
        store::reminders::overdue(&mut world.read(&service).await, OverdueQuery::parse(query)).await.unwrap()
    };
    let acme = async |query: &str| list(query).await.rows.into_iter().find(|r| r.account == "1001");
    let before = acme("").await.unwrap();
    let owed = world.number(&format!("SELECT (sum(i.gross - i.settled - i.in_payment) * 100)::bigint {LATE}")).await;
    assert_eq!(before.overdue.amount(), rust_decimal::Decimal::new(owed, 2));
    let parts = domain::Money::sum(before.overdue.currency(), before.buckets).unwrap();
    assert_eq!((parts, before.reminders, before.promise.is_none()), (before.overdue, 0, true));

    let remind = async |at: DateTime<Utc>| {
        let mut tx = world.store.begin(&service, at).await.unwrap();
        let level = store::reminders::remind(&mut tx, "1001", "GBP").await?;
        tx.commit().await?;
        Ok::<_, Error>(level)
    };
    assert_eq!(remind(now()).await.unwrap(), 1);
    assert!(matches!(problem(remind(now()).await), Problem::Invalid(_)), "once a day");
    assert_eq!(remind(later(1)).await.unwrap(), 2);
    assert!(told(&world).await.iter().any(|t| t.starts_with("Second reminder: £")), "{:?}", told(&world).await);
    assert_eq!(acme("").await.unwrap().reminders, 2);
    let finance = world.actor("finance@acme.example").await;
    let page = store::reminders::settings(&mut world.read(&finance).await).await.unwrap();
    assert_eq!(page.sent.iter().map(|s| s.level).collect::<Vec<_>>(), [2, 1]);

    let on = now().date_naive() + Days::new(5);
    let mut tx = world.begin(&service).await;
    assert!(matches!(
        problem(store::reminders::promise(&mut tx, "1001", on - Days::new(9), "").await),
        Problem::Invalid(_)
    ));
    store::reminders::promise(&mut tx, "1001", on, "Fay, by phone").await.unwrap();
    tx.commit().await.unwrap();
    assert!(acme("").await.is_none(), "who has promised is not among those to remind");
    let promised = acme("show=promised").await.unwrap().promise.unwrap();
    assert_eq!((promised.on, promised.note.as_str(), promised.broken(on)), (on, "Fay, by phone", false));
    let after = world.store.read(&service, later(6)).await;
    let broken = store::reminders::overdue(&mut after.unwrap(), OverdueQuery::parse("")).await.unwrap();
    assert!(broken.rows.iter().any(|r| r.account == "1001"), "a broken promise comes back");

    // All of it disputed: nothing to remind of.
    world.sql(&format!(
        "INSERT INTO disputes (account_id, id, invoice_id, line_no, reason, quantity, words, member_id, by_name, at)
         SELECT i.account_id, gen_random_uuid(), i.id, 1, 'price', 1, 'x', (SELECT m.id FROM members m WHERE m.account_id = i.account_id LIMIT 1), 'F', now() {LATE}"
    ))
    .await;
    assert!(matches!(problem(remind(later(2)).await), Problem::Invalid(_)));
    let row = acme("show=all").await.unwrap();
    assert_eq!(row.disputed, row.overdue);
    assert_eq!(
        problem(store::reminders::remind(&mut world.begin(&service).await, "none", "GBP").await),
        Problem::NotFound
    );
    world.assert_sound().await;
}

#[tokio::test]
async fn what_is_disputed_is_not_reminded_of_before_it_is_due_and_other_currencies_are() {
    let world = World::new().await;
    set(&world, Settings { days_before: Some(3), every_days: None }).await;
    let soon =
        format!("UPDATE invoices SET due_on = '2026-11-26' WHERE id = (SELECT i.id {LATE} ORDER BY i.id LIMIT 1)");
    world.sql(&soon).await;
    let dispute = "INSERT INTO disputes (account_id, id, invoice_id, line_no, reason, quantity, words, member_id, by_name, at)
        SELECT i.account_id, gen_random_uuid(), i.id, 1, 'price', 1, 'Too dear', m.id, 'Fay', now()
        FROM invoices i JOIN members m ON m.account_id = i.account_id AND 'finance' = ANY (m.roles)
        WHERE i.due_on = '2026-11-26' AND i.account_id = (SELECT id FROM accounts WHERE number = '1001') AND i.kind = 'invoice' AND i.settled < i.gross LIMIT 1";
    world.sql(dispute).await;
    assert_eq!(store::reminders::remind_all(&world.store, now()).await.unwrap(), 0, "it is disputed");
    world.sql("DELETE FROM disputes WHERE words = 'Too dear'").await;
    world.sql("UPDATE invoices SET currency = 'EUR' WHERE due_on = '2026-11-26'").await;
    assert_eq!(store::reminders::remind_all(&world.store, now()).await.unwrap(), 1, "owed in another currency");
    let euro =
        "SELECT count(*) FROM outbox WHERE payload::text LIKE '%due within 3 days%' AND payload::text LIKE '%€%'";
    assert!(world.number(euro).await > 0);
}
