//! Units: accounts of their own, below another, with whom they may share a limit; and what a member may book on.

use domain::accounts::MemberChange;
use domain::cart::CheckoutForm;
use domain::catalog::Sku;
use domain::company::{UnitRow, UnitState};
use domain::ids::{AccountId, PersonId};
use domain::{Actor, Cause, Problem, Role};

use crate::world::{World, now, quantity};

const ADMIN: &str = "admin@acme.example";
const NORA: &str = "north@acme.example";

async fn units(world: &World, actor: &Actor) -> Vec<UnitRow> {
    store::units::units(&mut world.read(actor).await).await.unwrap().units
}

/// A person of the demo in one account.
async fn seated(world: &World, email: &str, account: AccountId) -> Actor {
    let email = domain::accounts::Email::parse("email", email).unwrap();
    let person = store::demo::person(&world.store, &email, now()).await.unwrap();
    let actor = store::accounts::who(&world.store, person, Some(account), "").await.unwrap().actor;
    assert_eq!(actor.account(), account);
    actor
}

/// A new buyer of the account, with `n` of the product in their cart.
async fn buyer(world: &World, account: &str, i: usize, n: i64) -> Actor {
    let person: uuid::Uuid = store::new_id();
    world
        .sql(&format!("INSERT INTO people (id, email, name) VALUES ('{person}', 'unit{i}@acme.example', 'Unit {i}')"))
        .await;
    world
        .sql(&format!(
            "INSERT INTO members (account_id, id, person_id, roles) SELECT id, gen_random_uuid(), '{person}', '{{buyer}}' FROM accounts WHERE number = '{account}'"
        ))
        .await;
    let actor = store::accounts::who(&world.store, PersonId(person), None, "").await.unwrap().actor;
    fill(world, &actor, n).await;
    actor
}

async fn fill(world: &World, actor: &Actor, n: i64) {
    let mut tx = world.begin(actor).await;
    store::cart::add(&mut tx, &Sku::parse("sku", "LD-6").unwrap(), quantity(n)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn form(world: &World, actor: &Actor) -> CheckoutForm {
    let page = store::cart::checkout(&mut world.read(actor).await).await.unwrap();
    CheckoutForm {
        order_id: page.order_id,
        total: page.cart.totals.gross.amount(),
        po_number: String::new(),
        cost_centre: String::new(),
        ship_to: page.addresses.first().map(|a| a.id.to_string()).unwrap_or_default(),
        requested_on: None,
        partial_delivery: true,
        note: String::new(),
    }
}

async fn submit(world: &World, actor: &Actor, form: &CheckoutForm) -> Result<String, Problem> {
    let mut tx = world.begin(actor).await;
    match store::orders::submit(&mut tx, form).await {
        Ok(number) => {
            tx.commit().await.unwrap();
            Ok(number)
        }
        Err(store::Error::Problem(problem)) => Err(problem),
        Err(fault) => panic!("{fault}"),
    }
}

fn refused(result: store::Result<()>, problem: &Problem) {
    assert!(matches!(result, Err(store::Error::Problem(ref p)) if p == problem), "{result:?}");
}

#[tokio::test]
async fn a_unit_is_opened_run_renamed_closed_and_opened_again() {
    let world = World::new().await;
    let admin = world.actor(ADMIN).await;
    let unit = store::units::create(&world.store, &admin, " Acme East ", now()).await.unwrap();
    let row = units(&world, &admin).await.into_iter().find(|u| u.id == unit).unwrap();
    assert_eq!((row.number.as_str(), row.name.as_str(), row.people), ("1001-3", "Acme East", 1));
    assert!(
        row.seated
            && row.credit_shared
            && row.state == UnitState::Open
            && row.used.is_some_and(|u| u.amount().is_zero())
    );

    let there = seated(&world, ADMIN, unit).await;
    assert_eq!(there.lineage(), [unit, admin.account(), AccountId::SELLER]);
    assert_eq!(there.roles(), [Role::AccountAdmin]);
    let below = store::units::create(&world.store, &there, "East store", now()).await.unwrap();
    let all = units(&world, &admin).await;
    let deep = all.iter().find(|u| u.id == below).unwrap();
    assert_eq!((deep.number.as_str(), deep.above.as_deref()), ("1001-3-1", Some("Acme East")));

    let close = async |id, open| store::units::close(&world.store, &admin, id, open, now()).await;
    refused(close(unit, false).await, &Problem::Conflict(Cause::UnitInUse));
    close(below, false).await.unwrap();
    close(unit, false).await.unwrap();
    refused(close(unit, false).await, &Problem::NotFound);
    assert_eq!(world.actor(ADMIN).await.account(), admin.account());
    close(unit, true).await.unwrap();
    // What the seller closes is not the customer's to open.
    world.sql(&format!("UPDATE accounts SET status = 'closed' WHERE id = '{unit}'")).await;
    refused(close(unit, true).await, &Problem::NotFound);

    store::units::rename(&world.store, &admin, below, "Gate store", now()).await.unwrap();
    assert!(units(&world, &admin).await.iter().any(|u| u.name == "Gate store" && u.state == UnitState::Closed));
    world.assert_sound().await;
}

#[tokio::test]
async fn an_admin_takes_a_seat_below_and_nowhere_else() {
    let world = World::new().await;
    let admin = world.actor(ADMIN).await;
    let south = units(&world, &admin).await.into_iter().find(|u| u.number == "1001-2").unwrap();
    assert!(!south.seated && south.people == 0);
    for _ in 0..2 {
        store::units::join(&world.store, &admin, south.id, now()).await.unwrap();
    }
    let there = seated(&world, ADMIN, south.id).await;
    assert_eq!(store::accounts::members(&mut world.read(&there).await).await.unwrap().members.len(), 1);
    assert!(units(&world, &there).await.is_empty(), "a unit sees nothing beside or above it");

    let globex = world.actor("buyer@globex.example").await.account();
    for stranger in [globex, admin.account()] {
        refused(store::units::join(&world.store, &admin, stranger, now()).await, &Problem::NotFound);
        refused(store::units::rename(&world.store, &admin, stranger, "Mine", now()).await, &Problem::NotFound);
        refused(store::units::close(&world.store, &admin, stranger, false, now()).await, &Problem::NotFound);
    }
    refused(store::units::join(&world.store, &there, admin.account(), now()).await, &Problem::NotFound);
    let nora = world.actor(NORA).await;
    refused(store::units::join(&world.store, &nora, south.id, now()).await, &Problem::Forbidden);
    world.assert_sound().await;
}

#[tokio::test]
async fn a_unit_orders_to_its_parents_addresses_and_cannot_change_them() {
    let world = World::new().await;
    let (admin, nora) = (world.actor(ADMIN).await, world.actor(NORA).await);
    let page = store::cart::checkout(&mut world.read(&nora).await).await.unwrap();
    let offered: Vec<_> = page.addresses.iter().map(|a| (a.label.as_str(), a.of.as_deref())).collect();
    let above = Some("Acme Manufacturing");
    assert_eq!(offered, [("Kiln Lane works", None), ("Main works", above), ("Line 4 store", above)]);
    world.sql("UPDATE members SET cost_centres = '{}'").await;
    fill(&world, &nora, 1).await;
    let form = CheckoutForm { ship_to: page.addresses[1].id.to_string(), ..form(&world, &nora).await };
    let number = submit(&world, &nora, &form).await.unwrap();
    let order = store::orders::find(&mut world.read(&nora).await, &number).await.unwrap();
    assert_eq!(order.ship_to.street, "Unit 4, Harrow Road");

    let there = seated(&world, ADMIN, nora.account()).await;
    let book = store::company::addresses(&mut world.read(&there).await).await.unwrap();
    let theirs = book.addresses.iter().find(|a| a.label == "Main works").unwrap();
    assert_eq!(theirs.of.as_deref(), above);
    let mut tx = world.begin(&there).await;
    refused(store::company::delete_address(&mut tx, theirs.id).await, &Problem::NotFound);
    let own = store::company::addresses(&mut world.read(&admin).await).await.unwrap();
    assert!(
        own.addresses.iter().all(|a| a.of.is_none() && a.label != "Kiln Lane works"),
        "nothing flows up or sideways"
    );
}

#[tokio::test]
async fn a_member_books_on_the_cost_centres_that_are_named_for_them() {
    let world = World::new().await;
    let nora = world.actor(NORA).await;
    fill(&world, &nora, 1).await;
    let page = store::cart::checkout(&mut world.read(&nora).await).await.unwrap();
    assert!(page.must_book);
    assert_eq!(page.cost_centres.iter().map(|c| c.code.as_str()).collect::<Vec<_>>(), ["SHIFT"]);
    let on = async |centre: &str| CheckoutForm { cost_centre: centre.to_owned(), ..form(&world, &nora).await };
    for centre in ["", "TOOLS", "MAINT"] {
        let answer = submit(&world, &nora, &on(centre).await).await;
        assert!(matches!(answer, Err(Problem::Invalid(ref e)) if e[0].field == "cost_centre"), "{centre}: {answer:?}");
    }
    submit(&world, &nora, &on("SHIFT").await).await.unwrap();

    let there = seated(&world, ADMIN, nora.account()).await;
    let change = async |centres: &[&str]| {
        let cost_centres = centres.iter().map(|&c| c.to_owned()).collect();
        let change = MemberChange { roles: vec![Role::Buyer], manager: None, cost_centres };
        let mut tx = world.begin(&there).await;
        let done = store::accounts::change_member(&mut tx, nora.member().unwrap(), &change).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    refused(change(&["MAINT"]).await, &Problem::NotFound);
    change(&["SHIFT", "TOOLS"]).await.unwrap();
    fill(&world, &nora, 1).await;
    submit(&world, &nora, &on("TOOLS").await).await.unwrap();
    change(&[]).await.unwrap();
    fill(&world, &nora, 1).await;
    submit(&world, &nora, &on("").await).await.unwrap();
    world.assert_sound().await;
}

#[tokio::test]
async fn the_composition_of_a_shared_limit_names_ones_own_and_sums_the_others() {
    let world = World::new().await;
    let (finance, nora) = (world.actor("finance@acme.example").await, world.actor(NORA).await);
    let there = seated(&world, ADMIN, nora.account()).await;
    let view = |actor: Actor| {
        let world = &world;
        async move { store::company::credit(&mut world.read(&actor).await).await.unwrap() }
    };
    let (above, below) = (view(finance).await, view(there).await);
    assert_eq!(above.credit, below.credit, "one limit, one exposure, from wherever one looks");
    let names = |v: &domain::company::CreditView| v.parts.iter().map(|p| p.unit.clone()).collect::<Vec<_>>();
    assert_eq!(names(&above), ["Acme Manufacturing", "Acme North", "Acme South"].map(|n| Some(n.to_owned())));
    assert_eq!(names(&below), [Some("Acme North".to_owned()), None]);
    assert_eq!(above.parts[1], below.parts[0]);
    assert!(!below.parts[0].open_orders.amount().is_zero());

    world.sql("UPDATE accounts SET credit_shared = false WHERE number = '1001-1'").await;
    world
        .sql(
            "INSERT INTO credit_limits (account_id, credit_limit) SELECT id, 300 FROM accounts WHERE number = '1001-1'",
        )
        .await;
    let (above, below) = (
        view(world.actor("finance@acme.example").await).await,
        view(seated(&world, ADMIN, nora.account()).await).await,
    );
    assert_eq!(names(&above).len(), 2);
    assert_eq!((below.parts.len(), below.credit.limit.unwrap().amount()), (1, 300.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_that_submit_at_once_never_exceed_the_limit_they_share() {
    let world = World::with_connections(24).await;
    for table in [
        "disputes",
        "ledger_entries",
        "allocations",
        "invoice_charges",
        "invoice_lines",
        "invoices",
        "payments",
        "reservations",
    ] {
        world.sql(&format!("DELETE FROM {table}")).await;
    }
    world.sql("UPDATE orders SET status = 'completed'; UPDATE stock SET on_hand = 1000, reserved = 0").await;
    // A ladder costs £89.00 net, £114.30 with delivery and tax: ten fit into £1,165.
    world.sql("UPDATE credit_limits SET credit_limit = 1165, policy = 'block'").await;
    let mut actors = Vec::new();
    for i in 0..32 {
        actors.push(buyer(&world, ["1001-1", "1001-2", "1001"][i % 3], i, 1).await);
    }
    let mut handles = Vec::new();
    for actor in actors {
        let (form, store) = (form(&world, &actor).await, world.store.clone());
        handles.push(tokio::spawn(async move {
            let mut tx = store.begin(&actor, now()).await?;
            store::orders::submit(&mut tx, &form).await?;
            tx.commit().await
        }));
    }
    let mut done = 0;
    for handle in handles {
        match handle.await.unwrap() {
            Ok(()) => done += 1,
            Err(store::Error::Problem(Problem::Conflict(Cause::CreditLimit { .. }))) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(done, 10);
    let open = world.number("SELECT sum(gross)::bigint FROM orders WHERE status = 'confirmed'").await;
    assert!(open <= 1165, "{open}");
}

#[tokio::test]
async fn a_unit_reads_sums_of_its_sisters_and_not_one_row() {
    let world = World::new().await;
    let nora = world.actor(NORA).await;
    for (table, column) in [
        ("accounts", "id"),
        ("members", "account_id"),
        ("orders", "account_id"),
        ("addresses", "account_id"),
        ("credit_limits", "account_id"),
        ("invoices", "account_id"),
    ] {
        let mut tx = world.read(&nora).await;
        let (own, inherited) =
            (format!("{column} <> '{}'", nora.account()), ["accounts", "addresses"].contains(&table));
        let foreign = if inherited { format!("{column} <> ALL (current_setting('app.lineage')::uuid[])") } else { own };
        let seen = tx.raw_count(&format!("SELECT count(*) FROM {table} WHERE {foreign}")).await;
        assert_eq!(seen, Ok(0), "{table}");
    }
    let mut tx = world.read(&nora).await;
    assert!(tx.raw_count("SELECT 1::bigint FROM my_limit(true)").await.unwrap_err().contains("read-only"));
}

#[tokio::test]
async fn who_writes_rules_sees_in_which_units_nobody_could_decide() {
    let world = World::new().await;
    world.sql("UPDATE approval_rules SET enabled = true").await;
    let admin = world.actor(ADMIN).await;
    let seen = async || {
        let page = store::approvals::rules(&mut world.read(&admin).await).await.unwrap();
        page.units
            .into_iter()
            .map(|(unit, m)| (unit, m.rows.iter().any(|(_, cells)| cells.iter().any(|c| c.unreachable))))
            .collect::<Vec<_>>()
    };
    world.sql("UPDATE members SET roles = '{buyer,account_admin}' WHERE account_id IN (SELECT id FROM accounts WHERE parent_id IS NOT NULL)").await;
    let before = seen().await;
    assert_eq!(before.iter().map(|u| u.0.as_str()).collect::<Vec<_>>(), ["Acme North", "Acme South"]);
    assert!(before.iter().all(|u| u.1), "no purchasing manager, nobody of finance");
    world.sql("UPDATE members SET roles = '{buyer,account_admin,approver,finance}' WHERE account_id = (SELECT id FROM accounts WHERE name = 'Acme North')").await;
    assert_eq!(seen().await, [("Acme North".to_owned(), false), ("Acme South".to_owned(), true)]);
    let nora = world.actor(NORA).await;
    let hers = store::units::units(&mut world.read(&nora).await).await;
    assert!(hers.is_err() || hers.unwrap().units.is_empty(), "a unit learns nothing of its sister");
}
