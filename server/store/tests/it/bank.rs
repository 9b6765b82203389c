//! What the bank says came in: once, by one certain reading, or by a person.

use chrono::NaiveDate;
use domain::bank::{BankPage, Done, Entry, Statement};
use domain::payments::{IntentStatus, Method, Wanted};
use domain::{Actor, Cause, Currency, Money, Problem};
use rust_decimal::Decimal;
use store::bank::{Choice, Taken};
use store::payments::Settle;

use crate::world::World;

fn entry(id: &str, text: &str, amount: Decimal) -> Entry {
    Entry {
        bank_id: id.to_owned(),
        on: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
        amount: Money::new(amount, Currency::GBP),
        payer: "J. Bell".to_owned(),
        text: text.to_owned(),
        reference: String::new(),
        end_to_end: String::new(),
    }
}

async fn take(world: &World, who: &Actor, entries: &[Entry]) -> store::Result<Taken> {
    let entries = entries.iter().map(|e| ("GB33BUKB20201555555555".to_owned(), e.clone())).collect();
    let statement = Statement { entries, passed_over: 0 };
    let file = format!("{statement:?}");
    let mut tx = world.begin(who).await;
    let taken = store::bank::take(&mut tx, "statement.xml", file.as_bytes(), &statement).await?;
    tx.commit().await?;
    Ok(taken)
}

async fn book(world: &World, who: &Actor, page: &BankPage, choice: Choice) -> store::Result<()> {
    let mut tx = world.begin(who).await;
    store::bank::book(&mut tx, page.open[0].id, &choice).await?;
    tx.commit().await
}

async fn page(world: &World, who: &Actor) -> BankPage {
    store::bank::list(&mut world.read(who).await).await.unwrap()
}

/// Acme's open invoices with what they have left, those due first first.
async fn dues(world: &World, finance: &Actor) -> Vec<(String, Decimal)> {
    let page = store::payments::settling(&mut world.read(finance).await, Wanted::default(), None, false).await.unwrap();
    page.dues.into_iter().map(|d| (d.number, d.open.amount())).collect()
}

async fn open(world: &World, finance: &Actor, number: &str) -> Decimal {
    store::invoices::find(&mut world.read(finance).await, number).await.unwrap().row.open.amount()
}

async fn people(world: &World) -> (Actor, Actor, Vec<(String, Decimal)>) {
    let (service, finance) = (world.actor("service@seller.example").await, world.actor("finance@acme.example").await);
    let dues = dues(world, &finance).await;
    (service, finance, dues)
}

fn booked(fresh: usize, booked: usize) -> Taken {
    Taken { fresh, booked, ..Taken::default() }
}

#[tokio::test]
async fn what_is_certain_is_booked_and_an_entry_counts_once_in_whatever_statement() {
    let world = World::new().await;
    let (service, finance, dues) = people(&world).await;
    let first = entry("B-1", &format!("{} thanks", dues[0].0), dues[0].1);
    let short = entry("B-2", &dues[1].0, dues[1].1 - Decimal::ONE);
    assert_eq!(take(&world, &service, &[first.clone(), short.clone()]).await.unwrap(), booked(2, 1));
    assert!(open(&world, &finance, &dues[0].0).await.is_zero());
    assert_eq!(open(&world, &finance, &dues[1].0).await, dues[1].1, "a wrong amount is not certain");
    assert!(take(&world, &service, &[first.clone(), short.clone()]).await.unwrap().again, "the same file");
    let third = entry("B-3", &dues[2].0, dues[2].1);
    let overlapping = take(&world, &service, &[short, first, third]).await.unwrap();
    assert_eq!(overlapping, Taken { known: 2, ..booked(1, 1) });
    assert_eq!(world.number("SELECT count(*) FROM bank_bookings").await, 2);
    let page = page(&world, &service).await;
    assert_eq!((page.waiting, page.open.len(), page.done.len()), (1, 1, 2));
    assert!(page.done.iter().all(|d| matches!(d.done, Done::Booked { .. }) && d.by.is_empty()));
    world.assert_sound().await;
}

#[tokio::test]
async fn two_uploads_at_once_book_once() {
    let world = World::with_connections(20).await;
    let (service, finance, dues) = people(&world).await;
    let line = |id: &str, n: usize| entry(id, &dues[n].0, dues[n].1);
    // The same file eight times, and two others that tell of the same entries the other way round.
    let (one, two, three) =
        (vec![line("A", 0), line("B", 1)], vec![line("B", 1), line("A", 0)], vec![line("C", 1), line("A", 0)]);
    let files = (0..8).map(|_| &one).chain([&two, &three]);
    let tries = futures::future::join_all(files.map(|file| take(&world, &service, file))).await;
    assert!(tries.iter().all(Result::is_ok), "{tries:?}");
    assert!(open(&world, &finance, &dues[0].0).await.is_zero());
    assert!(open(&world, &finance, &dues[1].0).await.is_zero());
    assert_eq!(world.number("SELECT count(*) FROM bank_bookings").await, 2, "one of B and C pays, the other waits");
    assert_eq!(page(&world, &service).await.waiting, 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn another_currency_waits_for_a_person_and_is_booked_once_on_account() {
    let world = World::new().await;
    let (service, finance, due) = people(&world).await;
    let mut euros = entry("B-1", &due[0].0, due[0].1);
    euros.amount = Money::new(due[0].1, Currency::parse("EUR").unwrap());
    assert_eq!(take(&world, &service, &[euros]).await.unwrap(), booked(1, 0));
    let page = page(&world, &service).await;
    let nobody = book(&world, &service, &page, Choice::Customer("9999".to_owned())).await;
    assert!(matches!(nobody, Err(store::Error::Problem(Problem::Invalid(_)))));
    book(&world, &service, &page, Choice::Customer("1001".to_owned())).await.unwrap();
    let again = book(&world, &service, &page, Choice::Customer("1001".to_owned())).await;
    assert!(matches!(again, Err(store::Error::Problem(Problem::Conflict(Cause::Stale)))));
    assert_eq!(dues(&world, &finance).await, due, "nothing is settled with it");
    assert_eq!(world.number("SELECT count(*) FROM payments WHERE currency = 'EUR' AND used = 0 AND id IN (SELECT payment_id FROM bank_bookings)").await, 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn an_announced_transfer_arrives_with_its_discount() {
    let world = World::new().await;
    let (service, finance, _) = people(&world).await;
    world
        .sql(&format!(
            "UPDATE invoices SET discount_percent = 2, discount_until = '2026-11-24' WHERE account_id = '{}' AND settled = 0 AND kind = 'invoice'",
            finance.account()
        ))
        .await;
    let settling =
        store::payments::settling(&mut world.read(&finance).await, Wanted::default(), None, false).await.unwrap();
    let due = settling.dues.iter().find(|d| d.discount.is_some()).unwrap();
    let less = due.open.minus(due.open.percent(Decimal::TWO).unwrap()).unwrap().amount();
    let form = Settle {
        id: store::new_id(),
        wanted: Wanted { invoices: vec![(due.number.clone(), String::new())], credits: Vec::new() },
        expected: less,
        expected_credit: Decimal::ZERO,
        method: Method::Transfer,
    };
    let mut tx = world.begin(&finance).await;
    let number = store::payments::settle(&mut tx, &form).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    // A penny too little is not certain, and what was announced still waits.
    let mut given = entry("B-1", "", less - Decimal::new(1, 2));
    given.reference = domain::payments::creditor_reference(&number);
    assert_eq!(take(&world, &service, std::slice::from_ref(&given)).await.unwrap(), booked(1, 0));
    given.amount = Money::new(less, Currency::GBP);
    given.bank_id = "B-2".to_owned();
    assert_eq!(take(&world, &service, &[given]).await.unwrap(), booked(1, 1));
    let paid = store::payments::find(&mut world.read(&finance).await, &number).await.unwrap();
    assert_eq!(paid.row.status, IntentStatus::Paid);
    assert!(open(&world, &finance, &due.number).await.is_zero());
    world.assert_sound().await;
}

#[tokio::test]
async fn a_person_books_what_is_offered_and_sets_the_rest_aside() {
    let world = World::new().await;
    let (service, finance, dues) = people(&world).await;
    let half = dues[0].1 - Decimal::TEN;
    assert_eq!(take(&world, &service, &[entry("B-1", &dues[0].0, half)]).await.unwrap(), booked(1, 0));
    let offered = page(&world, &service).await;
    let key = offered.open[0].readings[0].key();
    let gone = book(&world, &service, &offered, Choice::Reading("1001 no such".to_owned())).await;
    assert!(matches!(gone, Err(store::Error::Problem(Problem::Conflict(Cause::Stale)))));
    book(&world, &service, &offered, Choice::Reading(key)).await.unwrap();
    assert_eq!(open(&world, &finance, &dues[0].0).await, Decimal::TEN);
    let told = "SELECT count(*) FROM audit_log WHERE line LIKE '%bank.payment_booked%' AND account_id = (SELECT id FROM accounts WHERE number = '1001')";
    assert_eq!(world.number(told).await, 1, "in the customer's own trail");

    take(&world, &service, &[entry("B-2", "interest", Decimal::ONE)]).await.unwrap();
    let line = page(&world, &service).await.open[0].id;
    let aside = async |why: &str| {
        let mut tx = world.begin(&service).await;
        let done = store::bank::set_aside(&mut tx, line, why).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    assert!(matches!(aside(" ").await, Err(store::Error::Problem(Problem::Invalid(_)))));
    aside("interest").await.unwrap();
    assert!(matches!(aside("interest").await, Err(store::Error::Problem(Problem::Conflict(Cause::Stale)))));
    let page = page(&world, &service).await;
    assert_eq!((page.waiting, page.done[0].done.clone(), page.done[0].why.as_str()), (0, Done::SetAside, "interest"));
    world.assert_sound().await;
}

#[tokio::test]
async fn nobody_else_sees_or_books_what_came_in() {
    let world = World::new().await;
    let (service, _, dues) = people(&world).await;
    take(&world, &service, &[entry("B-1", "thanks", dues[0].1)]).await.unwrap();
    for email in ["finance@acme.example", "admin@acme.example", "rep@seller.example"] {
        let who = world.actor(email).await;
        let denied = take(&world, &who, &[entry("B-9", &dues[0].0, dues[0].1)]).await;
        assert!(matches!(denied, Err(store::Error::Problem(Problem::Forbidden))), "{email}");
        let list = store::bank::list(&mut world.read(&who).await).await;
        assert!(matches!(list, Err(store::Error::Problem(Problem::Forbidden))), "{email}");
        match world.read(&who).await.raw_count("SELECT count(*) FROM bank_lines").await {
            Ok(seen) => assert_eq!(seen, 0, "{email}"),
            Err(error) => assert!(error.contains("permission denied"), "{email}: {error}"),
        }
    }
}
