//! Settling what is due: credits, payments under way, money that arrives, twice, late or never.

use chrono::Duration;
use domain::ledger::StatementQuery;
use domain::payments::{IntentStatus, Method, Wanted};
use domain::{Actor, Cause, Problem};
use rust_decimal::Decimal;
use store::payments::{Card, Settle, Told};

use crate::world::{World, now};

fn wanted(invoices: &[(&str, &str)], credits: &[&str]) -> Wanted {
    Wanted {
        invoices: invoices.iter().map(|(n, a)| ((*n).to_owned(), (*a).to_owned())).collect(),
        credits: credits.iter().map(|c| (*c).to_owned()).collect(),
    }
}

/// The account's open invoices with what they have left, those due first first; and its credits.
async fn open(world: &World, who: &Actor) -> (Vec<(String, Decimal)>, Vec<(String, Decimal)>) {
    let page = store::payments::settling(&mut world.read(who).await, Wanted::default(), None, false).await.unwrap();
    let dues = page.dues.into_iter().map(|d| (d.number, d.open.amount())).collect();
    (dues, page.credits.into_iter().map(|c| (c.number, c.open.amount())).collect())
}

fn form(wanted: Wanted, expected: Decimal, method: Method) -> Settle {
    Settle { id: store::new_id(), wanted, expected, expected_credit: Decimal::ZERO, method }
}

async fn settle(world: &World, who: &Actor, settle: &Settle) -> store::Result<Option<String>> {
    let mut tx = world.begin(who).await;
    let number = store::payments::settle(&mut tx, settle).await?;
    tx.commit().await?;
    Ok(number)
}

/// Pays an invoice by card up to the point where the provider knows it.
async fn at_the_provider(world: &World, who: &Actor, invoice: &(String, Decimal)) -> (String, Card) {
    let number = settle(world, who, &form(wanted(&[(&invoice.0, "")], &[]), invoice.1, Method::Card)).await.unwrap();
    let number = number.expect("money is needed");
    let card = store::payments::card(&mut world.read(who).await, &number).await.unwrap();
    assert!(store::payments::begun(&world.store, &card, "test", &card.id.to_string(), "/there", now()).await.unwrap());
    (number, card)
}

async fn status(world: &World, who: &Actor, number: &str) -> IntentStatus {
    store::payments::find(&mut world.read(who).await, number).await.unwrap().row.status
}

fn stale(result: &store::Result<Option<String>>) -> bool {
    matches!(result, Err(store::Error::Problem(Problem::Conflict(Cause::Stale))))
}

#[tokio::test]
async fn a_payment_reserves_its_invoices_and_settles_them_when_the_money_is_there() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let (dues, _) = open(&world, &finance).await;
    let (first, second) = (&dues[0], &dues[1]);
    let choice = wanted(&[(&first.0, ""), (&second.0, "10")], &[]);
    let form = form(choice, first.1 + Decimal::TEN, Method::Transfer);
    let number = settle(&world, &finance, &form).await.unwrap().expect("money is needed");
    assert_eq!(
        settle(&world, &finance, &form).await.unwrap(),
        Some(number.clone()),
        "the same form is the same payment"
    );
    let (now_open, _) = open(&world, &finance).await;
    assert!(now_open.iter().all(|d| d.0 != first.0), "all of it is being paid");
    assert_eq!(now_open.iter().find(|d| d.0 == second.0).unwrap().1, second.1 - Decimal::TEN);
    world.assert_sound().await;

    let card = Card {
        account: finance.account().0,
        id: form.id,
        number: number.clone(),
        amount: domain::Money::new(form.expected, finance.currency()),
        checkout: String::new(),
        until: now(),
    };
    assert!(store::payments::begun(&world.store, &card, "bank", "line-1", "", now()).await.unwrap());
    assert_eq!(store::payments::arrived(&world.store, "bank", "e1", "line-1", now(), now()).await.unwrap(), Told::Now);
    assert_eq!(status(&world, &finance, &number).await, IntentStatus::Paid);
    let page = store::payments::find(&mut world.read(&finance).await, &number).await.unwrap();
    assert_eq!(page.settles.iter().map(|s| s.amount.amount()).sum::<Decimal>(), form.expected);
    assert!(page.row.left.amount().is_zero());
    let invoice = store::invoices::find(&mut world.read(&finance).await, &first.0).await.unwrap();
    assert!(invoice.row.open.amount().is_zero());
    assert!(invoice.settlements.iter().any(|s| s.number == number));
    world.assert_sound().await;
}

#[tokio::test]
async fn two_people_never_pay_the_same_invoice() {
    let world = World::with_connections(20).await;
    let finance = world.actor("finance@acme.example").await;
    let (dues, _) = open(&world, &finance).await;
    let invoice = dues[0].clone();
    let tries = futures::future::join_all((0..16).map(|_| {
        let form = form(wanted(&[(&invoice.0, "")], &[]), invoice.1, Method::Card);
        let (world, finance) = (&world, &finance);
        async move { settle(world, finance, &form).await }
    }))
    .await;
    assert_eq!(tries.iter().filter(|t| t.is_ok()).count(), 1);
    assert!(tries.iter().filter(|t| t.is_err()).all(stale), "{tries:?}");
    world.assert_sound().await;
}

#[tokio::test]
async fn a_message_counts_once_however_often_and_in_whatever_order_it_comes() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let (dues, _) = open(&world, &finance).await;
    let (number, card) = at_the_provider(&world, &finance, &dues[0]).await;
    let reference = card.id.to_string();
    let arrived = async |event: &str| {
        store::payments::arrived(&world.store, "test", event, &reference, now(), now()).await.unwrap()
    };
    // Refused first, and then it went through after all: the money is what counts.
    assert_eq!(
        store::payments::refused(&world.store, "test", "a", &reference, "declined", now()).await.unwrap(),
        Told::Now
    );
    assert_eq!(status(&world, &finance, &number).await, IntentStatus::Failed);
    assert_eq!(open(&world, &finance).await.0, dues, "a refused payment gives its invoices back");
    assert_eq!(arrived("b").await, Told::Now);
    assert_eq!(arrived("b").await, Told::Before, "the same message again");
    assert_eq!(arrived("c").await, Told::Before, "another one about the same money");
    assert_eq!(
        store::payments::refused(&world.store, "test", "d", &reference, "late", now()).await.unwrap(),
        Told::Before
    );
    assert_eq!(status(&world, &finance, &number).await, IntentStatus::Paid);
    assert_eq!(
        store::payments::arrived(&world.store, "test", "e", "unknown", now(), now()).await.unwrap(),
        Told::Nobody
    );
    assert_eq!(world.number(&format!("SELECT count(*) FROM payments WHERE number = '{number}'")).await, 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn money_for_what_was_paid_meanwhile_becomes_cash_on_account_and_is_used_next_time() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let (dues, _) = open(&world, &finance).await;
    let (late, card) = at_the_provider(&world, &finance, &dues[0]).await;
    let mut tx = world.begin(&finance).await;
    store::payments::withdraw(&mut tx, &late).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.begin(&finance).await;
    let twice = store::payments::withdraw(&mut tx, &late).await;
    assert!(matches!(twice, Err(store::Error::Problem(Problem::Conflict(Cause::Stale)))));
    drop(tx);
    let (_, other) = at_the_provider(&world, &finance, &dues[0]).await;
    for card in [&other, &card] {
        let event = card.id.to_string();
        assert_eq!(
            store::payments::arrived(&world.store, "test", &event, &event, now(), now()).await.unwrap(),
            Told::Now
        );
    }
    let (dues_left, credits) = open(&world, &finance).await;
    assert!(credits.contains(&(late.clone(), dues[0].1)), "{credits:?}");
    world.assert_sound().await;
    // The next invoice takes it, without money where it is enough.
    let next = &dues_left[0];
    let part = next.1.min(dues[0].1);
    let mut form = form(wanted(&[(&next.0, &part.to_string())], &[&late]), Decimal::ZERO, Method::Transfer);
    assert!(stale(&settle(&world, &finance, &form).await), "more credit than the form showed");
    form.expected_credit = part;
    for _ in 0..2 {
        assert_eq!(settle(&world, &finance, &form).await.unwrap(), None, "the same form settles once");
        assert_eq!(world.number("SELECT count(*) FROM allocations WHERE by_name <> ''").await, 1);
    }
    form.id = store::new_id();
    assert!(stale(&settle(&world, &finance, &form).await), "the credit is used up");
    world.assert_sound().await;
}

#[tokio::test]
async fn a_credit_note_settles_at_once_and_can_be_taken_back() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let (dues, credits) = open(&world, &finance).await;
    let (invoice, note) = (dues[0].clone(), credits[0].clone());
    assert!(note.1 < invoice.1, "the demo's credit note is smaller than its invoices");
    let rest = invoice.1 - note.1;
    let mut form = form(wanted(&[(&invoice.0, "")], &[&note.0]), rest, Method::Transfer);
    form.expected_credit = note.1;
    let number = settle(&world, &finance, &form).await.unwrap().expect("money for the rest");
    let (_, left) = open(&world, &finance).await;
    assert!(left.iter().all(|c| c.0 != note.0));
    let credit = store::invoices::find(&mut world.read(&finance).await, &note.0).await.unwrap();
    assert_eq!(credit.settlements[0].number, invoice.0, "the note says what it settled");
    world.assert_sound().await;

    let mut tx = world.begin(&finance).await;
    store::payments::withdraw(&mut tx, &number).await.unwrap();
    tx.commit().await.unwrap();
    let page = store::invoices::find(&mut world.read(&finance).await, &invoice.0).await.unwrap();
    let undo = page.settlements.iter().find_map(|s| s.undo).expect("the account's own");
    let undone = async || {
        let mut tx = world.begin(&finance).await;
        let done = store::payments::reverse(&mut tx, &invoice.0, undo).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    undone().await.unwrap();
    assert!(matches!(undone().await, Err(store::Error::Problem(Problem::Conflict(Cause::Stale)))));
    assert_eq!(open(&world, &finance).await, (dues, credits), "as if nothing had been");
    world.assert_sound().await;
}

#[tokio::test]
async fn a_discount_is_given_for_money_in_time_and_for_no_other() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let (dues, _) = open(&world, &finance).await;
    let account = finance.account();
    world
        .sql(&format!(
            "UPDATE invoices SET discount_percent = 2, discount_until = '2026-11-24' WHERE account_id = '{account}' AND settled = 0 AND kind = 'invoice'"
        ))
        .await;
    let whole: Vec<_> = dues.into_iter().filter(|d| d.1 > Decimal::ONE_HUNDRED).collect();
    let page = store::payments::settling(&mut world.read(&finance).await, Wanted::default(), None, true).await.unwrap();
    let with: Vec<_> =
        whole.iter().filter(|d| page.dues.iter().any(|p| p.number == d.0 && p.discount.is_some())).collect();
    let less = |amount: Decimal| {
        let money = domain::Money::new(amount, finance.currency());
        money.minus(money.percent(Decimal::TWO).unwrap()).unwrap().amount()
    };
    let mut arrives = Vec::new();
    for (invoice, later) in [(with[0], 1), (with[1], 2)] {
        let refused = settle(&world, &finance, &form(wanted(&[(&invoice.0, "")], &[]), invoice.1, Method::Card)).await;
        assert!(stale(&refused), "the form knows of the discount");
        let paid = (invoice.0.clone(), less(invoice.1));
        let (_, card) = at_the_provider(&world, &finance, &paid).await;
        let event = card.id.to_string();
        let at = now() + Duration::days(later);
        // The message is late; what counts is when the money was there.
        let told =
            store::payments::arrived(&world.store, "test", &event, &event, at, at + Duration::days(3)).await.unwrap();
        assert_eq!(told, Told::Now);
        let page = store::invoices::find(&mut world.read(&finance).await, &invoice.0).await.unwrap();
        arrives.push(page.row.open.amount());
    }
    assert_eq!(arrives[0], Decimal::ZERO, "the last day counts");
    assert_eq!(arrives[1], with[1].1 - less(with[1].1), "a day late: the discount stays open");
    world.assert_sound().await;
}

#[tokio::test]
async fn what_never_comes_gives_its_invoices_back() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let (dues, _) = open(&world, &finance).await;
    let (number, _) = at_the_provider(&world, &finance, &dues[0]).await;
    assert_eq!(store::payments::expire(&world.store, now() + Duration::minutes(59)).await.unwrap(), 0);
    assert_eq!(store::payments::expire(&world.store, now() + Duration::minutes(60)).await.unwrap(), 1);
    assert_eq!(status(&world, &finance, &number).await, IntentStatus::Expired);
    assert_eq!(open(&world, &finance).await.0, dues);
    world.assert_sound().await;
}

#[tokio::test]
async fn nobody_pays_who_may_not_and_nobody_elses_invoice() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let (dues, credits) = open(&world, &finance).await;
    let (number, _) = at_the_provider(&world, &finance, &dues[0]).await;
    for email in ["buyer@acme.example", "manager@acme.example", "rep@seller.example", "admin@acme.example"] {
        let actor = world.actor(email).await;
        let mut tx = world.begin(&actor).await;
        let forbidden = |e: store::Error| matches!(e, store::Error::Problem(Problem::Forbidden));
        let form = form(wanted(&[(&dues[1].0, "")], &[]), dues[1].1, Method::Transfer);
        assert!(forbidden(store::payments::settle(&mut tx, &form).await.unwrap_err()), "{email}");
        assert!(forbidden(store::payments::withdraw(&mut tx, &number).await.unwrap_err()), "{email}");
        assert!(
            forbidden(store::payments::reverse(&mut tx, &dues[0].0, store::new_id()).await.unwrap_err()),
            "{email}"
        );
        assert!(forbidden(store::payments::list(&mut tx, 1).await.unwrap_err()), "{email}");
        assert!(forbidden(store::payments::find(&mut tx, &number).await.unwrap_err()), "{email}");
        let period = StatementQuery::parse("", tx.today());
        assert!(forbidden(store::ledger::statement(&mut tx, period).await.unwrap_err()), "{email}");
        let day = tx.today();
        assert!(forbidden(store::ledger::ageing(&mut tx, day).await.unwrap_err()), "{email}");
    }
    // Globex's finance user: Acme's invoices, credits and payments are not there.
    world
        .sql("UPDATE members SET roles = roles || ARRAY['finance'] WHERE person_id = (SELECT id FROM people WHERE email = 'buyer@globex.example')")
        .await;
    let globex = world.actor("buyer@globex.example").await;
    for choice in [wanted(&[(&dues[1].0, "")], &[]), wanted(&[], &[&credits[0].0])] {
        assert!(stale(&settle(&world, &globex, &form(choice, dues[1].1, Method::Card)).await));
    }
    let mut tx = world.begin(&globex).await;
    let found = store::payments::find(&mut tx, &number).await.unwrap_err();
    assert!(matches!(found, store::Error::Problem(Problem::NotFound)));
    let found = store::payments::withdraw(&mut tx, &number).await.unwrap_err();
    assert!(matches!(found, store::Error::Problem(Problem::NotFound)));
}

#[tokio::test]
async fn a_statement_begins_where_the_one_before_ended_and_tells_every_movement() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let day = |text: &str| text.parse().unwrap();
    let read = async |from: &str, to: &str| {
        let query = StatementQuery { from: day(from), to: day(to), page: 1 };
        store::ledger::statement(&mut world.read(&finance).await, query).await.unwrap()
    };
    let (before, after) = (read("2020-01-01", "2026-10-15").await, read("2026-10-16", "2026-11-23").await);
    assert!(before.opening.amount().is_zero());
    assert_eq!(before.closing, after.opening);
    assert_eq!(before.rows.last().unwrap().balance, before.closing);
    assert_eq!(after.rows.last().unwrap().balance, after.closing);
    let owed = store::invoices::list(&mut world.read(&finance).await, domain::invoices::InvoiceQuery::parse(""))
        .await
        .unwrap()
        .ageing
        .balance;
    assert_eq!(after.closing, owed, "a statement up to today ends with what is owed");
    let mut all = Vec::new();
    let query = StatementQuery { from: day("2020-01-01"), to: day("2026-11-23"), page: 1 };
    let mut tx = world.read(&finance).await;
    let done = store::ledger::every_movement(&mut tx, query, |row| {
        all.push(row);
        async { std::ops::ControlFlow::Continue(()) }
    });
    assert!(done.await.unwrap().is_continue());
    assert_eq!(all.len(), before.rows.len() + after.rows.len());
    assert_eq!(all.last().unwrap().balance, owed);
}

#[tokio::test]
async fn what_was_owed_on_a_day_before_is_known() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let at =
        async |day: &str| store::ledger::ageing(&mut world.read(&finance).await, day.parse().unwrap()).await.unwrap();
    let today = at("2026-11-23").await;
    let list = store::invoices::list(&mut world.read(&finance).await, domain::invoices::InvoiceQuery::parse(""))
        .await
        .unwrap()
        .ageing;
    assert_eq!((today.balance, today.credit), (list.balance, list.credit));
    assert_eq!(today.buckets.each_ref().map(|b| b.sum), list.buckets);
    assert_eq!(today.months.last().unwrap().1, today.balance);
    // Paying changes today, and no day before it.
    let then = at("2026-11-01").await;
    let (dues, _) = open(&world, &finance).await;
    let (_, card) = at_the_provider(&world, &finance, &dues[0]).await;
    let event = card.id.to_string();
    store::payments::arrived(&world.store, "test", &event, &event, now(), now()).await.unwrap();
    assert_eq!(at("2026-11-01").await, then);
    assert_eq!(at("2026-11-23").await.balance.amount(), today.balance.amount() - dues[0].1);
    assert_eq!(at("2020-01-01").await.balance.amount(), Decimal::ZERO);
}

#[tokio::test]
async fn the_books_cannot_be_edited() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    for sql in [
        "UPDATE ledger_entries SET amount = 1",
        "DELETE FROM ledger_entries",
        "UPDATE allocations SET amount = 1",
        "DELETE FROM allocations",
        "UPDATE payments SET amount = 1",
        "UPDATE invoices SET gross = 1",
        "UPDATE payment_intents SET amount = 1",
        "INSERT INTO payment_intents (account_id, id, number, member_id, by_name, method, status, amount, currency, reference, begun_on, created_at, expires_at, provider, provider_ref) SELECT account_id, gen_random_uuid(), 'X', gen_random_uuid(), '', 'card', 'waiting', 1, 'GBP', '', now(), now(), now(), 'stripe', 'theirs' FROM invoices LIMIT 1",
        "INSERT INTO payments (account_id, id, number, kind, received_on, amount, currency) SELECT account_id, gen_random_uuid(), 'X', 'payment', now(), 1, 'GBP' FROM invoices LIMIT 1",
    ] {
        let refused = world.begin(&finance).await.raw_execute(sql).await.unwrap_err();
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn a_refund_that_settles_nothing_yet_is_owed() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let owed = async || {
        let query = domain::invoices::InvoiceQuery::parse("");
        store::invoices::list(&mut world.read(&finance).await, query).await.unwrap().ageing.balance.amount()
    };
    let before = owed().await;
    let refund = store::import::Payment {
        account: "1001".to_owned(),
        number: "R-1".to_owned(),
        refund: true,
        received_on: "2026-11-20".parse().unwrap(),
        amount: domain::Money::new(Decimal::TEN, finance.currency()),
        document: String::new(),
    };
    let mut tx = world.store.job(now()).await.unwrap();
    store::import::payments(&mut tx, &[refund]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(owed().await, before + Decimal::TEN);
    let day = "2026-11-23".parse().unwrap();
    let page = store::ledger::ageing(&mut world.read(&finance).await, day).await.unwrap();
    assert_eq!(page.balance.amount(), before + Decimal::TEN, "the ledger says the same");
    world.assert_sound().await;
}
