//! The queue of finance packs.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::Problem;
use domain::packs::{Documents, PackForm, State};
use store::Error;
use store::packs::{self, Leased};

use crate::world::{World, now};

fn problem<T: std::fmt::Debug>(result: store::Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("a problem was expected: {other:?}"),
    }
}

fn year() -> PackForm {
    let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
    PackForm { from: day(1, 1), to: day(11, 30), documents: Documents::All, cost_centre: String::new() }
}

async fn ask(world: &World, form: &PackForm) -> store::Result<domain::ids::PackId> {
    let finance = world.actor("finance@acme.example").await;
    let mut tx = world.begin(&finance).await;
    let id = packs::ask(&mut tx, form).await?;
    tx.commit().await?;
    Ok(id)
}

async fn state(world: &World) -> State {
    let finance = world.actor("finance@acme.example").await;
    packs::list(&mut world.read(&finance).await).await.unwrap().rows[0].state
}

async fn lease(world: &World, at: DateTime<Utc>) -> Option<Leased> {
    packs::lease(&world.store, at).await.unwrap()
}

#[tokio::test]
async fn a_pack_is_made_by_one_server_and_begun_anew_when_that_dies() {
    let world = World::new().await;
    ask(&world, &year()).await.unwrap();
    let (first, second) = (lease(&world, now()).await.unwrap(), lease(&world, now()).await);
    assert!(second.is_none(), "nobody else makes it meanwhile");
    packs::keep(&world.store, &first, 1, b"half", now()).await.unwrap();
    packs::progress(&world.store, &first, 1, now()).await.unwrap();
    assert_eq!(state(&world).await, State::Working);
    let late = now() + Duration::minutes(3);
    let again = lease(&world, late).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM finance_pack_parts").await, 0, "begun anew");
    for stale in [
        packs::keep(&world.store, &first, 2, b"late", late).await,
        packs::progress(&world.store, &first, 2, late).await,
        packs::ready(&world.store, &first, 4, b"x", late).await,
    ] {
        assert!(stale.is_err(), "the one that was thought dead has no say any more");
    }
    packs::keep(&world.store, &again, 1, b"whole", late).await.unwrap();
    packs::ready(&world.store, &again, 5, b"hash", late).await.unwrap();
    assert_eq!(state(&world).await, State::Ready);
    assert!(lease(&world, late + Duration::days(1)).await.is_none());
    let mails = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND payload::text LIKE '%finance pack%is ready%'";
    assert_eq!(world.number(mails).await, 1);
    packs::expire(&world.store, late + Duration::days(6)).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM finance_pack_parts").await, 1, "kept for a week");
    packs::expire(&world.store, late + Duration::days(7)).await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM finance_packs").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM finance_pack_parts").await, 0);
}

#[tokio::test]
async fn a_pack_that_kills_its_maker_fails_in_the_end() {
    let world = World::new().await;
    ask(&world, &year()).await.unwrap();
    for minutes in [0, 3, 6] {
        assert!(lease(&world, now() + Duration::minutes(minutes)).await.is_some());
    }
    assert!(lease(&world, now() + Duration::minutes(9)).await.is_none());
    assert_eq!(state(&world).await, State::Failed);
    world.assert_sound().await;
}

#[tokio::test]
async fn only_the_accounts_finance_users_ask_and_only_for_what_is_there() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    assert_eq!(problem(packs::ask(&mut world.begin(&buyer).await, &year()).await), Problem::Forbidden);
    assert_eq!(problem(packs::list(&mut world.read(&buyer).await).await), Problem::Forbidden);
    for nowhere in ["NOWHERE", "\0"] {
        let none = PackForm { cost_centre: nowhere.into(), ..year() };
        assert!(matches!(problem(ask(&world, &none).await), Problem::Invalid(_)));
    }
    for _ in 0..5 {
        ask(&world, &year()).await.unwrap();
    }
    assert!(matches!(problem(ask(&world, &year()).await), Problem::Invalid(_)), "not more at once");
    world
        .sql("UPDATE members SET roles = roles || ARRAY['finance'] WHERE person_id = (SELECT id FROM people WHERE email = 'buyer@globex.example')")
        .await;
    let globex = world.actor("buyer@globex.example").await;
    assert!(packs::list(&mut world.read(&globex).await).await.unwrap().rows.is_empty());
    let made = lease(&world, now()).await.unwrap();
    packs::keep(&world.store, &made, 1, b"x", now()).await.unwrap();
    packs::ready(&world.store, &made, 1, b"hash", now()).await.unwrap();
    assert_eq!(problem(packs::download(&mut world.read(&globex).await, made.id).await), Problem::NotFound);
    let finance = world.actor("finance@acme.example").await;
    assert_eq!(packs::download(&mut world.read(&finance).await, made.id).await.unwrap().size, 1);
    let late = world.store.read(&finance, now() + Duration::days(8)).await.unwrap();
    let mut late = late;
    assert_eq!(problem(packs::download(&mut late, made.id).await), Problem::NotFound, "no longer kept");
}

#[tokio::test]
async fn last_months_pack_is_made_once_for_those_who_want_it() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let mut tx = world.begin(&finance).await;
    packs::set_monthly(&mut tx, true).await.unwrap();
    packs::set_monthly(&mut tx, true).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(packs::schedule(&world.store, now()).await.unwrap(), 1);
    assert_eq!(packs::schedule(&world.store, now()).await.unwrap(), 0, "once");
    let made = lease(&world, now()).await.unwrap();
    assert_eq!(made.form, PackForm::month_before(now().date_naive()));
    packs::ready(&world.store, &made, 0, b"hash", now()).await.unwrap();
    packs::expire(&world.store, now() + Duration::days(8)).await.unwrap();
    assert_eq!(packs::schedule(&world.store, now()).await.unwrap(), 0, "nor again after it is gone");
    world.sql("UPDATE members SET roles = '{buyer}' WHERE 'finance' = ANY (roles)").await;
    let december = now() + Duration::days(20);
    assert_eq!(packs::schedule(&world.store, december).await.unwrap(), 0, "nothing for those who may not see it");
    assert_eq!(world.number("SELECT count(*) FROM monthly_packs").await, 0);
}

#[tokio::test]
async fn a_month_of_more_documents_than_a_pack_holds_is_said_and_not_cut_off() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let mut tx = world.begin(&finance).await;
    packs::set_monthly(&mut tx, true).await.unwrap();
    tx.commit().await.unwrap();
    world
        .sql(
            "INSERT INTO invoices SELECT (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(), 'number', 'OLD-' || n, 'issued_on', '2026-10-10'))).*
             FROM generate_series(1, 5001) n, invoices i
             WHERE i.id = (SELECT o.id FROM invoices o WHERE o.kind = 'invoice' AND o.account_id = (SELECT id FROM accounts WHERE number = '1001') LIMIT 1)",
        )
        .await;
    assert_eq!(packs::schedule(&world.store, now()).await.unwrap(), 0, "nothing to make");
    assert!(lease(&world, now()).await.is_none());
    let rows = packs::list(&mut world.read(&finance).await).await.unwrap().rows;
    assert_eq!(rows.len(), 1);
    assert!(rows[0].state == State::Failed && rows[0].total > 5_000, "{rows:?}");
    assert_eq!(packs::schedule(&world.store, now()).await.unwrap(), 0);
    let told = "SELECT count(*) FROM outbox WHERE payload::text LIKE '%could not be made: these are 5,0%' AND payload::text LIKE '%shorter periods%'";
    assert_eq!(world.number(told).await, 1, "once");
    // What has grown since it was asked for is not cut off either.
    let month = PackForm {
        from: NaiveDate::from_ymd_opt(2026, 10, 1).unwrap(),
        to: NaiveDate::from_ymd_opt(2026, 10, 31).unwrap(),
        ..year()
    };
    let many = packs::contents(&mut world.read(&finance).await, &month).await;
    assert!(matches!(problem(many), Problem::Invalid(_)));
}

#[tokio::test]
async fn an_archive_is_read_piece_by_piece() {
    let world = World::new().await;
    let id = ask(&world, &year()).await.unwrap();
    let made = lease(&world, now()).await.unwrap();
    for (no, bytes) in [(1, b"one"), (2, b"two")] {
        packs::keep(&world.store, &made, no, bytes, now()).await.unwrap();
    }
    packs::ready(&world.store, &made, 6, b"hash", now()).await.unwrap();
    let finance = world.actor("finance@acme.example").await;
    let part = async |no| packs::part(&mut world.read(&finance).await, id, no).await.unwrap();
    assert_eq!([part(1).await, part(2).await, part(3).await], [Some(b"one".to_vec()), Some(b"two".to_vec()), None]);
    let buyer = world.buyer().await;
    assert_eq!(problem(packs::part(&mut world.read(&buyer).await, id, 1).await), Problem::Forbidden);
}
