//! Companies that ask for an account.

use chrono::Duration;
use domain::accounts::Address;
use domain::ids::RegistrationId;
use domain::registration::{Registration, RegistrationsPage, Terms};
use domain::{Actor, Cause, Problem, Role};

use crate::world::{World, now};

const ORIGIN: &str = "https://orders.example";

fn form(email: &str, number: &str) -> Registration {
    let address = Address {
        company: "Initech".into(),
        street: "1 Mill Road".into(),
        postcode: "10115".into(),
        city: "Berlin".into(),
        country: "de".into(),
    };
    Registration::parse(number, address, "Ann Archer", email, "We buy pallets of tape.").unwrap()
}

async fn ask(world: &World, email: &str, number: &str) -> store::Result<()> {
    store::accounts::register(&world.store, &form(email, number), "10.0.0.9", ORIGIN, now()).await
}

async fn mails(world: &World, to: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT payload -> 'Mail' ->> 'body' FROM outbox WHERE payload -> 'Mail' ->> 'to' = $1 ORDER BY created_at, id",
    )
    .bind(to)
    .fetch_all(&world.superuser)
    .await
    .unwrap()
}

async fn token(world: &World, to: &str) -> String {
    let body = mails(world, to).await.pop().unwrap();
    body.split_whitespace().find(|w| w.contains("/register/")).unwrap().rsplit('/').next().unwrap().to_owned()
}

/// Asks and confirms.
async fn confirmed(world: &World, email: &str, number: &str) -> RegistrationId {
    ask(world, email, number).await.unwrap();
    store::accounts::confirm_registration(&world.store, &token(world, email).await, now()).await.unwrap();
    let page = waiting(world, &world.actor("admin@seller.example").await).await;
    page.rows.iter().find(|r| r.email == email).unwrap().id
}

async fn waiting(world: &World, actor: &Actor) -> RegistrationsPage {
    store::accounts::registrations(&mut world.read(actor).await).await.unwrap()
}

fn conflict<T: std::fmt::Debug>(result: store::Result<T>, cause: &Cause) {
    assert!(matches!(result, Err(store::Error::Problem(Problem::Conflict(ref c))) if c == cause), "{result:?}");
}

#[tokio::test]
async fn a_company_asks_confirms_and_is_opened_once() {
    let world = World::new().await;
    let staff = world.actor("admin@seller.example").await;
    let before = waiting(&world, &staff).await.rows.len();
    ask(&world, "ann@initech.example", "DE 123-456").await.unwrap();
    assert_eq!(waiting(&world, &staff).await.rows.len(), before, "nothing waits before the address is confirmed");
    let link = token(&world, "ann@initech.example").await;
    assert!(!mails(&world, "ann@initech.example").await[0].contains("Ann"), "no word of the form goes to a stranger");
    let week = now() + Duration::days(8);
    conflict(store::accounts::registration(&world.store, &link, week).await, &Cause::LinkOver);
    conflict(store::accounts::confirm_registration(&world.store, &link, week).await, &Cause::LinkOver);
    for _ in 0..2 {
        let shown = store::accounts::registration(&world.store, &link, now()).await.unwrap();
        assert_eq!(shown, ("Initech".to_owned(), "Ann Archer".to_owned()));
    }
    store::accounts::confirm_registration(&world.store, &link, now()).await.unwrap();
    conflict(store::accounts::confirm_registration(&world.store, &link, now()).await, &Cause::LinkOver);
    let told = mails(&world, "orders@halden.example").await;
    assert_eq!(told.iter().filter(|m| m.contains("Initech")).count(), 1);

    let page = waiting(&world, &staff).await;
    let row = page.rows.iter().find(|r| r.email == "ann@initech.example").unwrap();
    assert_eq!((row.tax_number.as_str(), page.next_number.as_str()), ("DE123456", "1004"));
    assert!(row.known.is_empty(), "{:?}", row.known);
    let terms = Terms::parse("1004", "EUR", "").unwrap();
    let taken = Terms::parse("1001", "EUR", "").unwrap();
    let approve = async |terms: &Terms| {
        store::accounts::approve_registration(&world.store, &staff, row.id, terms, ORIGIN, now()).await
    };
    let refused = approve(&taken).await;
    assert!(
        matches!(refused, Err(store::Error::Problem(Problem::Invalid(ref e))) if e[0].field == "number"),
        "{refused:?}"
    );
    for _ in 0..2 {
        assert_eq!(approve(&terms).await.unwrap(), "1004");
    }
    assert_eq!(world.number("SELECT count(*) FROM accounts WHERE name = 'Initech'").await, 1);
    assert_eq!(mails(&world, "ann@initech.example").await.len(), 2, "one link, one invitation");
    let ann = world.actor("ann@initech.example").await;
    assert_eq!(ann.roles(), [Role::AccountAdmin, Role::Buyer]);
    assert_eq!(ann.currency().code(), "EUR");
    let book = store::company::addresses(&mut world.read(&ann).await).await.unwrap();
    assert_eq!(book.addresses.len(), 2);
    let credit = store::company::credit(&mut world.read(&ann).await).await.unwrap().credit;
    assert!(credit.limit.unwrap().amount().is_zero(), "nothing on account unless the seller says so");
    let trail = store::accounts::audit_trail(&mut world.read(&ann).await).await.unwrap();
    assert_eq!(trail[0].action, "account.opened");
    conflict(
        store::accounts::reject_registration(&world.store, &staff, row.id, "changed our minds", now()).await,
        &Cause::Stale,
    );
    world.assert_sound().await;
}

#[tokio::test]
async fn a_rejection_is_mailed_with_its_reason_once() {
    let world = World::new().await;
    let staff = world.actor("admin@seller.example").await;
    let id = confirmed(&world, "ann@initech.example", "DE123456").await;
    let reject = async |why: &str| store::accounts::reject_registration(&world.store, &staff, id, why, now()).await;
    assert!(matches!(reject(" ").await, Err(store::Error::Problem(Problem::Invalid(_)))));
    for _ in 0..2 {
        reject("We do not deliver to Berlin.").await.unwrap();
    }
    let told = mails(&world, "ann@initech.example").await;
    assert_eq!(told.len(), 2);
    assert!(told[1].contains("We do not deliver to Berlin."));
    let terms = Terms::parse("1004", "EUR", "").unwrap();
    conflict(
        store::accounts::approve_registration(&world.store, &staff, id, &terms, ORIGIN, now()).await,
        &Cause::Stale,
    );
    assert_eq!(
        world.number("SELECT count(*) FROM audit_log WHERE line LIKE '%registration.rejected%Initech%'").await,
        1
    );
}

#[tokio::test]
async fn who_is_known_already_is_told_to_the_seller_and_to_nobody_else() {
    let world = World::new().await;
    let staff = world.actor("admin@seller.example").await;
    world.sql("UPDATE accounts SET tax_number = 'GB77' WHERE number = '1002'").await;
    let id = confirmed(&world, "buyer@acme.example", "gb 77 ").await;
    confirmed(&world, "other@initech.example", "GB-77").await;
    let page = waiting(&world, &staff).await;
    let row = page.rows.iter().find(|r| r.id == id).unwrap();
    assert_eq!(
        row.known,
        [
            "Customer 1002, Globex Logistics, has this tax number",
            "Jon Bell signs in with this address",
            "Initech waits with the same tax number"
        ]
    );
    // A person who is known keeps name and password, and gets the seat.
    let terms = Terms::parse("1004", "GBP", "500").unwrap();
    store::accounts::approve_registration(&world.store, &staff, id, &terms, ORIGIN, now()).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM members m JOIN people p ON p.id = m.person_id WHERE p.email = 'buyer@acme.example'").await, 2);
    for email in ["rep@seller.example", "admin@acme.example"] {
        let actor = world.actor(email).await;
        let page = store::accounts::registrations(&mut world.read(&actor).await).await;
        assert!(matches!(page, Err(store::Error::Problem(Problem::Forbidden))), "{email}: {page:?}");
        let mut tx = world.read(&actor).await;
        let seen = tx.raw_count("SELECT count(*) FROM registrations").await;
        assert!(seen == Ok(0) || seen.as_ref().is_err_and(|e| e.contains("permission denied")), "{email}: {seen:?}");
    }
}

#[tokio::test]
async fn asking_again_and_again_sends_three_mails_and_then_none() {
    let world = World::new().await;
    for _ in 0..5 {
        ask(&world, "ann@initech.example", "DE123456").await.unwrap();
    }
    assert_eq!(mails(&world, "ann@initech.example").await.len(), 3);
    for i in 0..15 {
        ask(&world, &format!("a{i}@initech.example"), "DE123456").await.unwrap();
    }
    conflict(ask(&world, "last@initech.example", "DE123456").await, &Cause::TooMany);
    // What nobody confirmed is forgotten.
    let later = now() + Duration::days(8);
    let fresh = form("new@initech.example", "DE123456");
    store::accounts::register(&world.store, &fresh, "10.0.0.9", ORIGIN, later).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM registrations WHERE status = 'asked'").await, 1);
}
