//! Submitting: exactly once, at the price that was shown, never more than there is.

use domain::cart::CheckoutForm;
use domain::catalog::Sku;
use domain::ids::PersonId;
use domain::{Actor, Cause, Problem, Quantity};
use rust_decimal::Decimal;

use crate::world::{World, now, quantity};

async fn add(world: &World, actor: &Actor, sku: &str, n: i64) {
    let mut tx = world.begin(actor).await;
    store::cart::add(&mut tx, &Sku::parse("sku", sku).unwrap(), quantity(n)).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the checkout page would send.
async fn form(world: &World, actor: &Actor) -> CheckoutForm {
    let page = store::cart::checkout(&mut world.read(actor).await).await.unwrap();
    CheckoutForm {
        order_id: page.order_id,
        total: page.cart.totals.gross.amount(),
        po_number: "PO 1".into(),
        cost_centre: String::new(),
        ship_to: page.addresses.first().map(|a| a.id.to_string()).unwrap_or_default(),
        requested_on: None,
        partial_delivery: true,
        note: String::new(),
    }
}

async fn submit(world: &World, actor: &Actor, form: &CheckoutForm) -> Result<String, Problem> {
    let mut tx = world.begin(actor).await;
    let result = store::orders::submit(&mut tx, form).await;
    match result {
        Ok(number) => {
            tx.commit().await.unwrap();
            Ok(number)
        }
        Err(store::Error::Problem(problem)) => Err(problem),
        Err(fault) => panic!("{fault}"),
    }
}

/// As many buyers of Acme, each with `quantity` of `sku` in their cart.
async fn crowd(world: &World, n: usize, sku: &str, each: i64) -> Vec<Actor> {
    let mut actors = Vec::new();
    for i in 0..n {
        let person: uuid::Uuid = store::new_id();
        world
            .sql(&format!(
                "INSERT INTO people (id, email, name) VALUES ('{person}', 'crowd{i}@acme.example', 'Crowd {i}')"
            ))
            .await;
        world
            .sql(&format!(
                "INSERT INTO members (account_id, id, person_id, roles) SELECT id, gen_random_uuid(), '{person}', '{{buyer}}' FROM accounts WHERE number = '1001'"
            ))
            .await;
        let actor = store::accounts::who(&world.store, PersonId(person), None, "").await.unwrap().actor;
        add(world, &actor, sku, each).await;
        actors.push(actor);
    }
    actors
}

/// All at once; how many went through, and what the others were told.
async fn stampede(world: &World, actors: &[Actor]) -> (usize, Vec<Problem>) {
    let mut tasks = Vec::new();
    for actor in actors {
        let form = form(world, actor).await;
        let (store, actor) = (world.store.clone(), actor.clone());
        tasks.push(async move {
            let mut tx = store.begin(&actor, now()).await?;
            let number = store::orders::submit(&mut tx, &form).await?;
            tx.commit().await?;
            Ok::<_, store::Error>(number)
        });
    }
    let handles: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let (mut done, mut told) = (0, Vec::new());
    for handle in handles {
        match handle.await.unwrap() {
            Ok(_) => done += 1,
            Err(store::Error::Problem(problem)) => told.push(problem),
            Err(fault) => panic!("a fault surfaced: {fault}"),
        }
    }
    (done, told)
}

#[tokio::test]
async fn the_same_form_twice_is_one_order_with_all_that_belongs_to_it() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    add(&world, &buyer, "GL-CUT-D-9", 180).await;
    add(&world, &buyer, "TP-48-CL", 12).await;
    let form = form(&world, &buyer).await;
    let before = world.number("SELECT count(*) FROM orders").await;
    let first = submit(&world, &buyer, &form).await.unwrap();
    assert_eq!(submit(&world, &buyer, &form).await.unwrap(), first);
    assert_eq!(world.number("SELECT count(*) FROM orders").await, before + 1);
    assert!(first.starts_with("SO-2026-"), "{first}");
    let order = store::orders::find(&mut world.read(&buyer).await, &first).await.unwrap();
    assert_eq!(order.row.status, domain::orders::Status::Confirmed);
    assert_eq!(order.totals.gross.amount(), form.total);
    assert_eq!(order.lines[0].price_source, "Contract K-2041");
    assert_eq!(order.steps.len(), 1);
    assert_eq!(store::cart::cart(&mut world.read(&buyer).await).await.unwrap().lines.len(), 0);
    assert_eq!(world.number("SELECT count(*) FROM outbox WHERE done_at IS NULL").await, 1);
    assert_eq!(
        world.number(&format!("SELECT count(*) FROM audit_log WHERE line LIKE '%order.submitted%{first}%'")).await,
        1
    );
    world.assert_sound().await;
}

#[tokio::test]
async fn another_persons_key_is_refused() {
    let world = World::new().await;
    let (buyer, both) = (world.buyer().await, world.actor("both@acme.example").await);
    add(&world, &buyer, "TM-5M", 4).await;
    add(&world, &both, "TM-5M", 4).await;
    let form = form(&world, &buyer).await;
    submit(&world, &buyer, &form).await.unwrap();
    assert_eq!(submit(&world, &both, &form).await, Err(Problem::Conflict(Cause::KeyReused)));
}

#[tokio::test]
async fn a_changed_price_is_shown_and_not_charged() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    add(&world, &buyer, "GL-CUT-D-9", 180).await;
    let old = form(&world, &buyer).await;
    world.sql("UPDATE prices SET unit_price = 4.80 WHERE unit_price = 4.60").await;
    assert_eq!(submit(&world, &buyer, &old).await, Err(Problem::Conflict(Cause::CartChanged)));
    let cart = store::cart::cart(&mut world.read(&buyer).await).await.unwrap();
    assert_eq!(cart.lines[0].price_before.unwrap().amount(), "4.60".parse::<Decimal>().unwrap());
    let accepted = form(&world, &buyer).await;
    submit(&world, &buyer, &accepted).await.unwrap();
    world.assert_sound().await;
}

#[tokio::test]
async fn what_cannot_be_ordered_stays_in_the_cart() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    let refused = |r: Result<String, Problem>| assert_eq!(r, Err(Problem::Conflict(Cause::CartChanged)));
    for (sku, n) in [("TP-48-CL", 7), ("LD-6", 13), ("GL-CUT-D-9", 5)] {
        add(&world, &buyer, sku, n).await;
        refused(submit(&world, &buyer, &form(&world, &buyer).await).await);
        let mut tx = world.begin(&buyer).await;
        store::cart::set(&mut tx, &Sku::parse("sku", sku).unwrap(), None).await.unwrap();
        tx.commit().await.unwrap();
    }
    let empty = form(&world, &buyer).await;
    assert_eq!(submit(&world, &buyer, &empty).await, Err(Problem::Conflict(Cause::CartEmpty)));
    add(&world, &buyer, "MK-BLACK", 1).await;
    refused(submit(&world, &buyer, &form(&world, &buyer).await).await);
    world.assert_sound().await;
}

#[tokio::test]
async fn an_account_on_hold_reads_everything_and_submits_nothing() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    add(&world, &buyer, "TM-5M", 4).await;
    let form = form(&world, &buyer).await;
    world.sql("UPDATE accounts SET status = 'on_hold' WHERE number = '1001'").await;
    let held = world.buyer().await;
    assert_eq!(submit(&world, &held, &form).await, Err(Problem::Conflict(Cause::AccountOnHold)));
    assert!(
        store::orders::history(&mut world.read(&held).await, domain::orders::HistoryQuery::default())
            .await
            .unwrap()
            .total
            > 0
    );
}

#[tokio::test]
async fn a_purchase_order_number_is_asked_for_where_the_account_wants_one_and_foreign_addresses_are_refused() {
    let world = World::new().await;
    let globex = world.actor("buyer@globex.example").await;
    add(&world, &globex, "TP-48-CL", 36).await;
    let good = form(&world, &globex).await;
    let no_po = CheckoutForm { po_number: " ".into(), ..good.clone() };
    assert!(matches!(submit(&world, &globex, &no_po).await, Err(Problem::Invalid(e)) if e[0].field == "po_number"));
    let foreign: uuid::Uuid = sqlx::query_scalar(
        "SELECT a.id FROM addresses a JOIN accounts c ON c.id = a.account_id WHERE c.number = '1001' LIMIT 1",
    )
    .fetch_one(&world.superuser)
    .await
    .unwrap();
    let elsewhere = CheckoutForm { ship_to: foreign.to_string(), ..good.clone() };
    assert!(matches!(submit(&world, &globex, &elsewhere).await, Err(Problem::Invalid(e)) if e[0].field == "ship_to"));
    let past = CheckoutForm { requested_on: Some("2020-01-01".parse().unwrap()), ..good.clone() };
    assert!(matches!(submit(&world, &globex, &past).await, Err(Problem::Invalid(e)) if e[0].field == "requested_on"));
    submit(&world, &globex, &good).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_buyers_of_the_last_pieces_and_none_is_oversold() {
    let world = World::with_connections(24).await;
    // Nine ladders in Leeds, three in Perth: twelve in all, one each.
    let actors = crowd(&world, 64, "LD-6", 1).await;
    let (done, told) = stampede(&world, &actors).await;
    assert_eq!(done, 12);
    assert_eq!(told.len(), 52);
    assert!(told.iter().all(|p| *p == Problem::Conflict(Cause::CartChanged)), "{told:?}");
    assert_eq!(world.number("SELECT sum(on_hand - reserved)::bigint FROM stock k JOIN products p ON p.id = k.product_id WHERE p.sku = 'LD-6'").await, 0);
    world.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_orders_against_one_credit_limit_never_exceed_it() {
    let world = World::with_connections(24).await;
    // A ladder costs £89.00 net, £114.30 with delivery and tax: ten fit into £1,150.
    world.sql("DELETE FROM ledger_entries; DELETE FROM allocations").await;
    world.sql("DELETE FROM invoice_charges").await;
    world.sql("DELETE FROM disputes").await;
    world.sql("DELETE FROM invoice_lines").await;
    world.sql("DELETE FROM invoices").await;
    world.sql("DELETE FROM payments").await;
    world.sql("UPDATE orders SET status = 'completed'").await;
    world.sql("UPDATE credit_limits SET credit_limit = 1165, policy = 'block'").await;
    world.sql("UPDATE stock SET on_hand = 1000").await;
    let actors = crowd(&world, 64, "LD-6", 1).await;
    let gross = form(&world, &actors[0]).await.total;
    let fits = (Decimal::from(1165) / gross).floor();
    let (done, told) = stampede(&world, &actors).await;
    assert_eq!(Decimal::from(done), fits);
    assert!(told.iter().all(|p| matches!(p, Problem::Conflict(Cause::CreditLimit { .. }))), "{told:?}");
    let open = world.number("SELECT sum(gross)::bigint FROM orders o JOIN accounts a ON a.id = o.account_id WHERE a.number = '1001' AND o.status = 'confirmed'").await;
    assert!(open <= 1165);
}

#[tokio::test]
async fn beyond_the_limit_the_policy_decides() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    for (policy, expected) in [("warn", Some("Confirmed")), ("hold", Some("OnHold")), ("block", None)] {
        world.sql(&format!("UPDATE credit_limits SET credit_limit = 1, policy = '{policy}'")).await;
        add(&world, &buyer, "TM-5M", 5).await;
        let form = form(&world, &buyer).await;
        match (submit(&world, &buyer, &form).await, expected) {
            (Ok(number), Some(state)) => {
                let order = store::orders::find(&mut world.read(&buyer).await, &number).await.unwrap();
                assert_eq!(format!("{:?}", order.row.status), state);
            }
            (Err(Problem::Conflict(Cause::CreditLimit { free })), None) => assert_eq!(free, "£0.00"),
            (other, _) => panic!("{policy}: {other:?}"),
        }
    }
    world.assert_sound().await;
}

#[tokio::test]
async fn a_quantity_beyond_all_measure_is_an_error_at_its_field() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    add(&world, &buyer, "TM-5M", 999_999).await;
    let mut tx = world.begin(&buyer).await;
    let error = store::cart::add(&mut tx, &Sku::parse("sku", "TM-5M").unwrap(), Quantity::ONE).await.unwrap_err();
    assert!(matches!(error, store::Error::Problem(Problem::Invalid(ref e)) if e[0].field == "quantity"), "{error}");
}
