//! Sending goods, promising days, and who sees what of it.

use chrono::NaiveDate;
use domain::cart::CheckoutForm;
use domain::catalog::Sku;
use domain::deliveries::{BoardQuery, DeskAction, DeskQuery, ShipForm};
use domain::orders::Status;
use domain::sales::{CustomersQuery, Show};
use domain::{Actor, Cause, Problem};
use store::Error;
use store::deliveries::Change;

use crate::world::{World, now, quantity};

const SERVICE: &str = "service@seller.example";

fn problem<T: std::fmt::Debug>(result: store::Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("a problem was expected: {other:?}"),
    }
}

fn day(d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, d).unwrap()
}

fn form(lines: &[(i32, i64)]) -> ShipForm {
    let lines = lines.iter().map(|(no, n)| (*no, quantity(*n))).collect();
    ShipForm { carrier: "DHL".into(), tracking: "00340".into(), shipped_on: day(23), lines }
}

/// Jon's order of tape (36) and gloves (20), confirmed.
async fn order(world: &World, partial_delivery: bool) -> String {
    let jon = world.buyer().await;
    let mut tx = world.begin(&jon).await;
    for (sku, n) in [("TP-48-CL", 36), ("GL-CUT-D-9", 20)] {
        store::cart::add(&mut tx, &Sku::parse("sku", sku).unwrap(), quantity(n)).await.unwrap();
    }
    tx.commit().await.unwrap();
    // Tape is line 1.
    world.sql("UPDATE cart_lines SET added_at = added_at - interval '1 minute' WHERE product_id = (SELECT id FROM products WHERE sku = 'TP-48-CL')").await;
    let page = store::cart::checkout(&mut world.read(&jon).await).await.unwrap();
    let form = CheckoutForm {
        order_id: page.order_id,
        total: page.cart.totals.gross.amount(),
        po_number: "PO 7".into(),
        cost_centre: "MAINT".into(),
        ship_to: page.addresses[0].id.to_string(),
        requested_on: None,
        partial_delivery,
        note: String::new(),
    };
    let mut tx = world.begin(&jon).await;
    let number = store::orders::submit(&mut tx, &form).await.unwrap();
    tx.commit().await.unwrap();
    number
}

async fn ship(world: &World, number: &str, version: i32, form: &ShipForm) -> store::Result<()> {
    let service = world.actor(SERVICE).await;
    let mut tx = world.begin(&service).await;
    store::deliveries::ship(&mut tx, "1001", number, version, form).await?;
    tx.commit().await
}

async fn seen(world: &World, actor: &Actor, number: &str) -> domain::orders::OrderPage {
    store::orders::find(&mut world.read(actor).await, number).await.unwrap()
}

const TAPE: &str = "SELECT sum(on_hand * 100000 + reserved)::bigint FROM stock k JOIN products p ON p.id = k.product_id WHERE p.sku = 'TP-48-CL'";

#[tokio::test]
async fn goods_leave_in_parts_with_stock_and_reservation_and_the_buyer_is_told() {
    let world = World::new().await;
    let number = order(&world, true).await;
    let (jon, before) = (world.buyer().await, world.number(TAPE).await);
    ship(&world, &number, 1, &form(&[(1, 10)])).await.unwrap();
    assert_eq!(before - world.number(TAPE).await, 10 * 100_000 + 10, "ten less on the shelf, ten less reserved");
    let page = seen(&world, &jon, &number).await;
    assert_eq!((page.row.status, page.version, page.lines[0].shipped), (Status::PartiallyShipped, 2, 10.into()));
    let step = page.steps.last().unwrap();
    assert_eq!((step.by.as_str(), step.reason.as_str()), ("Kim Larsen", "DHL 00340, 1 line sent"));
    assert_eq!((page.shipments[0].tracking.as_str(), page.shipments[0].lines[0].quantity), ("00340", 10.into()));
    world.assert_sound().await;

    let more = problem(ship(&world, &number, 2, &form(&[(1, 27)])).await);
    assert!(matches!(more, Problem::Invalid(ref e) if e[0].field == "quantity-1"), "never more than is left: {more:?}");
    ship(&world, &number, 2, &form(&[(1, 26), (2, 20)])).await.unwrap();
    let page = seen(&world, &jon, &number).await;
    assert_eq!((page.row.status, page.shipments.len()), (Status::Shipped, 2));
    assert_eq!(world.number("SELECT count(*) FROM reservations r JOIN orders o ON (o.account_id, o.id) = (r.account_id, r.order_id) WHERE o.po_number = 'PO 7'").await, 0);
    let told = store::notices::list(&mut world.read(&jon).await).await.unwrap().notices;
    assert_eq!(told[0].text, format!("Your order {number} is on its way: DHL 00340"));
    assert_eq!(told[1].text, format!("A part of your order {number} is on its way: DHL 00340"));
    assert_eq!(told[0].href, format!("/orders/{number}"));

    let service = world.actor(SERVICE).await;
    let mut tx = world.begin(&service).await;
    let after = store::deliveries::change(&mut tx, "1001", &number, 3, Change::Complete, "").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(after, Status::Completed);
    let again = problem(ship(&world, &number, 4, &form(&[(1, 1)])).await);
    assert!(matches!(again, Problem::Conflict(Cause::OrderState { .. })), "{again:?}");
    world.assert_sound().await;
}

#[tokio::test]
async fn two_clicks_are_one_shipment() {
    let world = World::new().await;
    let number = order(&world, true).await;
    let service = world.actor(SERVICE).await;
    let clicks = (0..2).map(|_| {
        let (store, service, number) = (world.store.clone(), service.clone(), number.clone());
        tokio::spawn(async move {
            let mut tx = store.begin(&service, now()).await?;
            store::deliveries::ship(&mut tx, "1001", &number, 1, &form(&[(1, 5)])).await?;
            tx.commit().await
        })
    });
    let mut done = 0;
    for click in clicks.collect::<Vec<_>>() {
        match click.await.unwrap() {
            Ok(()) => done += 1,
            Err(Error::Problem(Problem::Conflict(Cause::Stale))) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(done, 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn what_cannot_leave_stays() {
    let world = World::new().await;
    let whole = order(&world, false).await;
    let part = problem(ship(&world, &whole, 1, &form(&[(1, 36)])).await);
    assert!(matches!(part, Problem::Invalid(ref e) if e[0].field == "lines"), "everything at once: {part:?}");
    // The delivery that it was promised from has not come.
    world.sql("UPDATE stock SET incoming = incoming + on_hand, incoming_on = COALESCE(incoming_on, '2026-12-01'), on_hand = 0 WHERE product_id = (SELECT id FROM products WHERE sku = 'TP-48-CL')").await;
    let empty = problem(ship(&world, &whole, 1, &form(&[(1, 36), (2, 20)])).await);
    assert!(matches!(empty, Problem::Invalid(ref e) if e[0].message.contains("only 0")), "{empty:?}");
    world.sql("UPDATE orders SET source = 'import' WHERE po_number = 'PO 7'").await;
    let old = problem(ship(&world, &whole, 1, &form(&[(1, 36), (2, 20)])).await);
    assert!(
        matches!(old, Problem::Conflict(Cause::OrderState { ref state }) if state == "from before this portal"),
        "{old:?}"
    );
    let service = world.actor(SERVICE).await;
    let page = store::deliveries::find(&mut world.read(&service).await, "1001", &whole).await.unwrap();
    assert!(page.can.is_empty() && page.imported);
    let waiting: String = sqlx::query_scalar("SELECT number FROM orders WHERE status = 'pending_approval' LIMIT 1")
        .fetch_one(&world.superuser)
        .await
        .unwrap();
    let early = problem(ship(&world, &waiting, 1, &form(&[(1, 1)])).await);
    assert!(matches!(early, Problem::Conflict(Cause::OrderState { .. })), "not before it is approved: {early:?}");
}

#[tokio::test]
async fn only_those_who_fulfil_orders_move_them_on() {
    let world = World::new().await;
    let number = order(&world, true).await;
    for email in ["rep@seller.example", "buyer@acme.example", "admin@acme.example"] {
        let actor = world.actor(email).await;
        let mut tx = world.begin(&actor).await;
        let answers = [
            problem(store::deliveries::ship(&mut tx, "1001", &number, 1, &form(&[(1, 1)])).await),
            problem(store::deliveries::change(&mut tx, "1001", &number, 1, Change::Cancel, "x").await.map(|_| ())),
            problem(store::deliveries::promise(&mut tx, "1001", &number, 1, None, day(30), "").await),
        ];
        assert_eq!(answers, [Problem::Forbidden, Problem::Forbidden, Problem::Forbidden], "{email}");
    }
    let rep = world.actor("rep@seller.example").await;
    let page = store::deliveries::find(&mut world.read(&rep).await, "1001", &number).await.unwrap();
    assert!(page.can.is_empty(), "a rep looks, and moves nothing on");
    let chief = world.actor("admin@seller.example").await;
    let page = store::deliveries::find(&mut world.read(&chief).await, "", &number).await.unwrap();
    assert_eq!(page.can, [DeskAction::Ship, DeskAction::Promise, DeskAction::Cancel]);
    let found = |text: &str| DeskQuery::parse(text);
    for (query, total) in [
        ("q=PO+7", 1),
        ("customer=1001&status=confirmed", 1),
        ("customer=globex&q=PO+7", 0),
        ("from=2026-11-24", 0),
        ("customer=1001&status=confirmed&q=gloves", 1),
    ] {
        assert_eq!(
            store::deliveries::list(&mut world.read(&chief).await, found(query)).await.unwrap().total,
            total,
            "{query}"
        );
    }
}

#[tokio::test]
async fn what_the_seller_calls_off_frees_stock_and_budget_and_says_why() {
    let world = World::new().await;
    let (reserved, used) = (
        "SELECT sum(reserved)::bigint FROM stock",
        "SELECT COALESCE(round(sum(amount) * 100), 0)::bigint FROM budget_entries",
    );
    let before = (world.number(reserved).await, world.number(used).await);
    let number = order(&world, true).await;
    assert_ne!((world.number(reserved).await, world.number(used).await), before);
    let service = world.actor(SERVICE).await;
    let cancel = async |reason: &str| {
        let mut tx = world.begin(&service).await;
        store::deliveries::change(&mut tx, "1001", &number, 1, Change::Cancel, reason).await?;
        tx.commit().await
    };
    assert!(matches!(problem(cancel(" ").await), Problem::Invalid(_)));
    cancel("the supplier went out of business").await.unwrap();
    assert_eq!((world.number(reserved).await, world.number(used).await), before);
    let jon = world.buyer().await;
    let page = seen(&world, &jon, &number).await;
    assert_eq!(
        (page.row.status, page.steps.last().unwrap().reason.as_str()),
        (Status::Cancelled, "the supplier went out of business")
    );
    let told = store::notices::list(&mut world.read(&jon).await).await.unwrap().notices;
    assert!(told[0].text.contains("was cancelled by us"), "{:?}", told[0]);
    world.assert_sound().await;
}

#[tokio::test]
async fn an_order_that_waits_for_approval_can_be_called_off_by_the_seller() {
    let world = World::new().await;
    let service = world.actor(SERVICE).await;
    let number: String = sqlx::query_scalar("SELECT number FROM orders WHERE status = 'pending_approval' LIMIT 1")
        .fetch_one(&world.superuser)
        .await
        .unwrap();
    let mut tx = world.begin(&service).await;
    store::deliveries::change(&mut tx, "1001", &number, 1, Change::Cancel, "no longer made").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM approval_flows WHERE status = 'withdrawn'").await, 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn a_new_day_keeps_the_old_one_and_the_board_shows_both() {
    let world = World::new().await;
    let number = order(&world, true).await;
    let (service, jon) = (world.actor(SERVICE).await, world.buyer().await);
    let promise = async |before, day, reason: &str| {
        let mut tx = world.begin(&service).await;
        store::deliveries::promise(&mut tx, "1001", &number, 1, before, day, reason).await?;
        tx.commit().await
    };
    assert!(matches!(problem(promise(None, day(22), "").await), Problem::Invalid(_)), "not in the past");
    promise(None, day(28), "lost in transit").await.unwrap();
    assert_eq!(
        problem(promise(None, day(29), "").await),
        Problem::Conflict(Cause::Stale),
        "what the other one did not see"
    );
    promise(Some(day(28)), day(30), "").await.unwrap();
    let board = store::deliveries::board(&mut world.read(&jon).await, BoardQuery::parse("show=changed")).await.unwrap();
    assert_eq!((board.total, board.lines[0].promised_on), (1, Some(day(30))));
    assert_eq!(board.lines[0].moved.as_ref().unwrap().from, Some(day(28)));
    let told = store::notices::list(&mut world.read(&jon).await).await.unwrap().notices;
    assert!(told[0].text.ends_with("comes on 30 Nov 2026 instead of 28 Nov 2026"), "{:?}", told[0]);
    ship(&world, &number, 1, &form(&[(1, 36)])).await.unwrap();
    let sent = problem(promise(Some(day(30)), day(29), "").await);
    assert!(matches!(sent, Problem::Conflict(Cause::OrderState { .. })), "what was sent is promised no more: {sent:?}");
    world.assert_sound().await;
}

#[tokio::test]
async fn the_board_is_ones_own_or_the_accounts_by_permission() {
    let world = World::new().await;
    order(&world, true).await;
    let total = async |email: &str, query: &str| {
        let actor = world.actor(email).await;
        store::deliveries::board(&mut world.read(&actor).await, BoardQuery::parse(query)).await.map(|b| b.total)
    };
    assert_eq!(total("buyer@acme.example", "").await.unwrap(), 2);
    assert_eq!(total("buyer@acme.example", "q=gloves").await.unwrap(), 1);
    assert_eq!(total("junior@acme.example", "").await.unwrap(), 3);
    assert_eq!(total("manager@acme.example", "").await.unwrap(), 5);
    assert_eq!(total("buyer@globex.example", "").await.unwrap(), 0);
    assert_eq!(problem(total("finance@acme.example", "").await), Problem::Forbidden);
}

#[tokio::test]
async fn a_calendar_is_read_by_its_secret_alone_and_ends_with_the_seat() {
    let world = World::new().await;
    let number = order(&world, true).await;
    let (service, jon) = (world.actor(SERVICE).await, world.buyer().await);
    let mut tx = world.begin(&service).await;
    store::deliveries::promise(&mut tx, "1001", &number, 2, None, day(30), "").await.unwrap();
    tx.commit().await.unwrap();
    let renew = async || {
        let mut tx = world.begin(&jon).await;
        let token = store::deliveries::renew_feed(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        token
    };
    let read = async |token: &str| store::deliveries::feed(&world.store, token, "https://x.example", "", now()).await;
    let first = renew().await;
    assert_eq!(
        world.number(&format!("SELECT count(*) FROM calendar_feeds f WHERE f::text LIKE '%{first}%'")).await,
        0,
        "only its hash is stored"
    );
    let text = read(&first).await.unwrap();
    assert!(text.contains("DTSTART;VALUE=DATE:20261130") && text.contains(&number), "{text}");
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1, "what comes from the shelf has no day");
    assert!(!text.contains('£') && !text.contains("PO 7"), "no prices, no references");
    let second = renew().await;
    assert_eq!(problem(read(&first).await), Problem::NotFound, "the one before is worth nothing");
    assert!(read(&second).await.is_ok());
    assert_eq!(problem(read("0000").await), Problem::NotFound);
    world.sql("UPDATE members SET status = 'deactivated' WHERE person_id = (SELECT id FROM people WHERE email = 'buyer@acme.example')").await;
    assert_eq!(problem(read(&second).await), Problem::NotFound);
    world.sql("UPDATE members SET status = 'active', roles = '{finance}' WHERE person_id = (SELECT id FROM people WHERE email = 'buyer@acme.example')").await;
    assert_eq!(problem(read(&second).await), Problem::NotFound, "nor does it show more than the member may see");
}

#[tokio::test]
async fn a_rep_sees_who_has_gone_quiet_and_who_owes() {
    let world = World::new().await;
    world
        .sql(
            "INSERT INTO accounts (id, number, name, currency, country) SELECT gen_random_uuid(), 'Q' || n, 'Quiet ' || n, 'GBP', 'GB' FROM generate_series(1, 500) n;
             INSERT INTO staff_assignments (account_id, person_id) SELECT a.id, s.person_id FROM accounts a, staff s WHERE a.number LIKE 'Q%' AND s.role = 'sales_rep';
             INSERT INTO orders (account_id, id, number, status, placed_by, placed_at, currency, net, tax, gross, line_count, source)
             SELECT a.id, gen_random_uuid(), 'OLD-' || a.number || k, 'completed', a.name, timestamptz '2026-07-01' - k * interval '30 days', 'GBP', 10, 0, 10, 1, 'import'
             FROM accounts a, generate_series(0, 11) k WHERE a.number = 'Q7'",
        )
        .await;
    let rep = world.actor("rep@seller.example").await;
    let home = store::customers::home(&mut world.read(&rep).await).await.unwrap();
    assert_eq!(home.customers, 501);
    assert_eq!(
        home.quiet.iter().map(|c| c.number.as_str()).collect::<Vec<_>>(),
        ["Q7"],
        "one in 60 days, and none for 145"
    );
    assert_eq!(home.overdue.iter().map(|c| c.number.as_str()).collect::<Vec<_>>(), ["1001"]);
    let list = async |query: &str| {
        store::customers::list(&mut world.read(&rep).await, CustomersQuery::parse(query)).await.unwrap()
    };
    let page = list("q=quiet&page=2").await;
    assert_eq!((page.rows.len(), page.counts[0]), (50, (Show::All, 500)));
    assert_eq!(list("show=quiet").await.rows.len(), 1);
    assert_eq!(list("q=%25").await.counts[0].1, 501, "a wildcard is just a character that is left out");
    let row = &list("q=1001").await.rows[0];
    assert!(row.this_year.amount() > row.last_year.amount() && row.orders > 0, "{row:?}");
}

#[tokio::test]
async fn what_the_sellers_people_note_is_never_a_customers_to_read() {
    let world = World::new().await;
    let (rep, admin) = (world.actor("rep@seller.example").await, world.actor("admin@acme.example").await);
    let number = order(&world, true).await;
    let mut tx = world.begin(&rep).await;
    store::customers::note(&mut tx, "1001", "", "pays late in December").await.unwrap();
    store::customers::note(&mut tx, "1001", &number, "gate C").await.unwrap();
    tx.commit().await.unwrap();
    let page = store::customers::find(&mut world.read(&rep).await, "1001").await.unwrap();
    assert_eq!(page.notes.iter().filter(|n| n.by == "Ruth Ito").count(), 2);
    let order = store::deliveries::find(&mut world.read(&rep).await, "1001", &number).await.unwrap();
    assert_eq!(order.notes[0].text, "gate C");
    let refused = world.read(&admin).await.raw_count("SELECT count(*) FROM staff_notes").await.unwrap_err();
    assert!(refused.contains("permission denied"), "{refused}");
}
