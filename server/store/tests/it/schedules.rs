//! Recurring orders: announced, ordered once on their day, stopped when something has changed; in the owner's name or not at all.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use domain::catalog::Sku;
use domain::ids::{MemberId, ScheduleId};
use domain::lists::ListForm;
use domain::orders::Status;
use domain::schedules::{Action, SchedulePage, Scope, Stage, State, Typed};
use domain::{Actor, Cause, Problem};
use rust_decimal::Decimal;
use store::Error;
use store::lists::Source;
use store::schedules;

use crate::world::{World, now, quantity};

/// The day of the tests is Monday, 23 November 2026; the schedule's first date is Tuesday, 1 December.
fn at(month: u32, day: u32) -> DateTime<Utc> {
    date(month, day).and_hms_opt(10, 0, 0).unwrap().and_utc()
}

fn date(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

/// The demo's world without its own schedules.
async fn world() -> World {
    quiet(World::new().await).await
}

async fn quiet(world: World) -> World {
    world.sql("UPDATE schedules SET state = 'ended', why = '', next_on = NULL; DELETE FROM notices").await;
    world
}

fn sku(text: &str) -> Sku {
    Sku::parse("sku", text).unwrap()
}

fn problem<T: std::fmt::Debug>(result: store::Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("a problem was expected: {other:?}"),
    }
}

/// Every week on Tuesday, to the first of the account's addresses.
fn weekly(ship_to: &str) -> Typed {
    Typed {
        unit: "week".into(),
        every: "1".into(),
        weekday: "2".into(),
        starts_on: "2026-12-01".into(),
        po_number: "REC {year}-{month}".into(),
        cost_centre: "SAFETY".into(),
        ship_to: ship_to.into(),
        ..Typed::new("Tape and gloves", now().date_naive())
    }
}

async fn ship_to(world: &World, who: &Actor) -> String {
    let page = store::cart::checkout(&mut world.read(who).await).await.unwrap();
    page.addresses[0].id.to_string()
}

async fn list(world: &World, who: &Actor, lines: &[(&str, i64)]) -> String {
    let lines = lines.iter().map(|(of, n)| (sku(of), quantity(*n))).collect();
    let form = ListForm { name: "Tape and gloves".into(), ..ListForm::default() };
    let mut tx = world.begin(who).await;
    let id = store::lists::make(&mut tx, &form, &Source::Lines(lines)).await.unwrap().id;
    tx.commit().await.unwrap();
    format!("list:{id}")
}

async fn make(world: &World, who: &Actor, typed: &Typed, lines: &[(&str, i64)]) -> store::Result<ScheduleId> {
    let from = list(world, who, lines).await;
    let mut tx = world.begin(who).await;
    let page = schedules::new_page(&mut tx, &from, None).await?;
    let id = schedules::make(&mut tx, &from, page.cart.totals.gross.amount(), typed).await?;
    tx.commit().await?;
    Ok(id)
}

/// Jon's weekly tape and gloves.
async fn standing(world: &World) -> (Actor, ScheduleId) {
    let jon = world.buyer().await;
    let typed = weekly(&ship_to(world, &jon).await);
    let id = make(world, &jon, &typed, &[("TP-48-CL", 36), ("GL-CUT-D-9", 20)]).await.unwrap();
    (jon, id)
}

async fn page(world: &World, who: &Actor, id: ScheduleId, now: DateTime<Utc>) -> SchedulePage {
    schedules::page(&mut world.store.read(who, now).await.unwrap(), id).await.unwrap()
}

async fn run(world: &World, now: DateTime<Utc>) -> usize {
    schedules::run(&world.store, now).await.unwrap()
}

async fn orders(world: &World) -> i64 {
    world.number("SELECT count(*) FROM orders WHERE po_number LIKE 'REC%'").await
}

async fn dearer(world: &World, sku: &str, percent: i64) {
    let sql = format!(
        "UPDATE prices SET unit_price = unit_price * (100 + {percent}) / 100 WHERE product_id = (SELECT id FROM products WHERE sku = '{sku}')"
    );
    world.sql(&sql).await;
}

/// Does something to the schedule as somebody, and commits.
macro_rules! act {
    ($world:expr, $who:expr, $now:expr, |$tx:ident| $call:expr) => {{
        let mut $tx = $world.store.begin($who, $now).await.unwrap();
        match $call.await {
            Ok(done) => {
                $tx.commit().await.unwrap();
                Ok(done)
            }
            Err(error) => {
                $tx.rollback().await.unwrap();
                Err(error)
            }
        }
    }};
}

async fn answer(
    world: &World,
    who: &Actor,
    id: ScheduleId,
    now: DateTime<Utc>,
    scope: Scope,
    chosen: &[(&str, i64)],
) -> store::Result<Option<String>> {
    let next = page(world, who, id, now).await.next.unwrap();
    let chosen: Vec<_> = chosen.iter().map(|(of, n)| (sku(of), domain::Quantity::new(Decimal::from(*n)))).collect();
    let seen = next.totals.gross.amount();
    act!(world, who, now, |tx| schedules::answer(&mut tx, id, next.due_on, seen, scope, &chosen))
}

#[tokio::test]
async fn it_is_announced_and_ordered_on_its_day_as_if_by_hand() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    assert_eq!(run(&world, at(11, 27)).await, 0, "not yet");
    assert_eq!(run(&world, at(11, 28)).await, 1, "three days before");
    assert_eq!(run(&world, at(11, 29)).await, 0, "once");
    let told =
        "SELECT count(*) FROM outbox WHERE payload::text LIKE '%will be ordered on 1 Dec 2026%Nothing has changed%'";
    assert_eq!(world.number(told).await, 1);
    assert_eq!(world.number("SELECT count(*) FROM notices WHERE kind = 'schedule'").await, 1);
    assert_eq!(page(&world, &jon, id, at(11, 29)).await.next.unwrap().stage, Stage::Noticed);
    assert_eq!(run(&world, at(12, 1)).await, 1);
    assert_eq!(run(&world, at(12, 1)).await, 0, "once");
    assert_eq!(orders(&world).await, 1);
    let seen = page(&world, &jon, id, at(12, 1)).await;
    let (number, total) = seen.past[0].order.clone().unwrap();
    assert_eq!((seen.past[0].due_on, seen.past[0].stage), (date(12, 1), Stage::Placed));
    assert_eq!(seen.row.next, [date(12, 8), date(12, 15), date(12, 22)]);
    let order = store::orders::find(&mut world.read(&jon).await, &number).await.unwrap();
    assert_eq!((order.row.status, order.row.gross), (Status::Confirmed, total));
    assert_eq!(
        (order.row.po_number.as_str(), order.row.cost_centre.as_str(), order.row.placed_by.as_str()),
        ("REC 2026-12", "SAFETY", "Jon Bell")
    );
    assert_eq!(order.schedule, Some((id, "Tape and gloves".to_owned())));
    assert_eq!(order.lines.iter().map(|l| l.quantity).collect::<Vec<_>>(), [quantity(36), quantity(20)]);
    assert_eq!(
        store::cart::cart(&mut world.read(&jon).await).await.unwrap().lines.len(),
        0,
        "the cart is another thing"
    );
    world.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_servers_at_once_announce_once_and_order_once() {
    let world = quiet(World::with_connections(16).await).await;
    let (jon, id) = standing(&world).await;
    for now in [at(11, 28), at(12, 1)] {
        let runs: Vec<_> = (0..6)
            .map(|_| {
                let store = world.store.clone();
                tokio::spawn(async move { schedules::run(&store, now).await.unwrap() })
            })
            .collect();
        let mut moved = 0;
        for run in runs {
            moved += run.await.unwrap();
        }
        assert_eq!(moved, 1);
    }
    assert_eq!(orders(&world).await, 1);
    assert_eq!(world.number("SELECT count(*) FROM notices WHERE kind = 'schedule'").await, 1);
    assert_eq!(page(&world, &jon, id, at(12, 1)).await.past.len(), 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn a_price_rise_stops_it_and_the_answer_orders_at_the_new_price_from_now_on() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    dearer(&world, "TP-48-CL", 10).await;
    run(&world, at(11, 28)).await;
    let told =
        "SELECT count(*) FROM outbox WHERE payload::text LIKE '%something has changed%Packing tape 48 mm%instead of%'";
    assert_eq!(world.number(told).await, 1, "the announcement says so");
    assert_eq!(run(&world, at(12, 1)).await, 1);
    assert_eq!(orders(&world).await, 0);
    let seen = page(&world, &jon, id, at(12, 1)).await;
    assert_eq!((seen.row.state, seen.row.why.as_str()), (State::Asking, "Something has changed"));
    let next = seen.next.unwrap();
    assert_eq!((next.stage, next.objections.len()), (Stage::Asked, 1));
    assert!(next.lines[0].price_now.unwrap().unit_price.amount() > next.lines[0].price_then.amount());
    assert_eq!(run(&world, at(12, 8)).await, 0, "it waits, and orders nothing meanwhile");

    // What was seen is what is accepted.
    let stale = act!(world, &jon, at(12, 2), |tx| schedules::answer(
        &mut tx,
        id,
        next.due_on,
        Decimal::ONE,
        Scope::Standing,
        &[]
    ));
    assert_eq!(problem(stale), Problem::Conflict(Cause::Stale));
    let number = answer(&world, &jon, id, at(12, 2), Scope::Standing, &[]).await.unwrap().unwrap();
    assert!(number.starts_with("SO-2026-"), "{number}");
    let seen = page(&world, &jon, id, at(12, 2)).await;
    assert_eq!((seen.row.state, seen.row.next[0]), (State::Active, date(12, 8)));
    assert_eq!(seen.standing[0].price, seen.next.unwrap().lines[0].price_now.unwrap().unit_price);
    run(&world, at(12, 5)).await;
    run(&world, at(12, 8)).await;
    assert_eq!(orders(&world).await, 2, "and goes on by itself");
    let again = answer(&world, &jon, id, at(12, 9), Scope::Once, &[]).await.unwrap();
    assert_eq!(again, None, "the next date is only to come");
    world.assert_sound().await;
}

#[tokio::test]
async fn what_is_within_the_tolerance_or_cheaper_goes_through_and_never_creeps() {
    let world = world().await;
    let jon = world.buyer().await;
    let typed = Typed { tolerance: "5 %".into(), ..weekly(&ship_to(&world, &jon).await) };
    let id = make(&world, &jon, &typed, &[("TP-48-CL", 36)]).await.unwrap();
    dearer(&world, "TP-48-CL", -10).await;
    run(&world, at(11, 28)).await;
    run(&world, at(12, 1)).await;
    assert_eq!(orders(&world).await, 1);
    // From nine tenths up to the accepted price and a little more; then the same little again.
    dearer(&world, "TP-48-CL", 15).await;
    run(&world, at(12, 5)).await;
    run(&world, at(12, 8)).await;
    assert_eq!(orders(&world).await, 2, "3.5 per cent over what was accepted");
    dearer(&world, "TP-48-CL", 4).await;
    run(&world, at(12, 12)).await;
    run(&world, at(12, 15)).await;
    assert_eq!(orders(&world).await, 2, "counted from what was accepted, not from the last order");
    assert_eq!(page(&world, &jon, id, at(12, 15)).await.row.state, State::Asking);
}

#[tokio::test]
async fn what_cannot_be_ordered_stops_it_and_is_left_out_once_or_for_good() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    world.sql("UPDATE products SET status = 'discontinued' WHERE sku = 'GL-CUT-D-9'").await;
    run(&world, at(11, 28)).await;
    run(&world, at(12, 1)).await;
    let next = page(&world, &jon, id, at(12, 1)).await.next.unwrap();
    assert_eq!(next.lines.iter().filter(|l| l.quantity_now.is_none()).count(), 1);
    answer(&world, &jon, id, at(12, 1), Scope::Once, &[]).await.unwrap().unwrap();
    let seen = page(&world, &jon, id, at(12, 1)).await;
    assert_eq!((orders(&world).await, seen.standing.len()), (1, 2), "once: it still stands");
    // Accepted before the day, from now on: the day itself goes through.
    run(&world, at(12, 5)).await;
    assert_eq!(answer(&world, &jon, id, at(12, 6), Scope::Standing, &[]).await.unwrap(), None);
    run(&world, at(12, 8)).await;
    let seen = page(&world, &jon, id, at(12, 8)).await;
    assert_eq!((orders(&world).await, seen.standing.len(), seen.row.state), (2, 1, State::Active));
    // Sold out stops it too.
    world.sql("UPDATE stock SET on_hand = reserved, incoming = 0 WHERE product_id = (SELECT id FROM products WHERE sku = 'TP-48-CL')").await;
    run(&world, at(12, 12)).await;
    run(&world, at(12, 15)).await;
    assert_eq!(page(&world, &jon, id, at(12, 15)).await.row.state, State::Asking);
    let short = answer(&world, &jon, id, at(12, 15), Scope::Once, &[]).await;
    assert!(matches!(problem(short), Problem::Invalid(e) if e[0].field == "quantity-TP-48-CL"));
    let none = answer(&world, &jon, id, at(12, 15), Scope::Once, &[("TP-48-CL", 0)]).await;
    assert!(matches!(problem(none), Problem::Invalid(e) if e[0].field == "quantities"));
    world.assert_sound().await;
}

#[tokio::test]
async fn just_this_time_is_this_time_alone() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    let changed = answer(&world, &jon, id, now(), Scope::Once, &[("TP-48-CL", 72), ("GL-CUT-D-9", 0)]).await.unwrap();
    assert_eq!(changed, None, "ordered on its day");
    assert!(page(&world, &jon, id, now()).await.next.unwrap().once);
    for day in [(11, 28), (12, 1), (12, 5), (12, 8)] {
        run(&world, at(day.0, day.1)).await;
    }
    let lines = "SELECT sum(l.quantity)::bigint FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN schedule_dates d ON d.order_id = o.id WHERE d.due_on = ";
    assert_eq!(world.number(&format!("{lines}'2026-12-01'")).await, 72);
    assert_eq!(world.number(&format!("{lines}'2026-12-08'")).await, 56);
    world.assert_sound().await;
}

#[tokio::test]
async fn dates_are_skipped_paused_and_ended() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    let skip = act!(world, &jon, now(), |tx| schedules::skip(&mut tx, id, date(12, 1)));
    skip.unwrap();
    let twice = act!(world, &jon, now(), |tx| schedules::skip(&mut tx, id, date(12, 1)));
    assert_eq!(problem(twice), Problem::Conflict(Cause::Stale), "a second click skips no second date");
    run(&world, at(11, 28)).await;
    run(&world, at(12, 1)).await;
    assert_eq!((orders(&world).await, page(&world, &jon, id, at(12, 1)).await.row.next[0]), (0, date(12, 8)));
    // Paused after it was announced, resumed after its day: it went by.
    run(&world, at(12, 5)).await;
    act!(world, &jon, at(12, 6), |tx| schedules::pause(&mut tx, id)).unwrap();
    assert!(page(&world, &jon, id, at(12, 6)).await.next.is_none());
    assert_eq!(run(&world, at(12, 8)).await, 0);
    act!(world, &jon, at(12, 9), |tx| schedules::resume(&mut tx, id)).unwrap();
    let seen = page(&world, &jon, id, at(12, 9)).await;
    assert_eq!((seen.row.state, seen.row.next[0], seen.past.len()), (State::Active, date(12, 15), 2));
    // What was skipped ahead does not come back by pausing or changing.
    act!(world, &jon, at(12, 9), |tx| schedules::skip(&mut tx, id, date(12, 15))).unwrap();
    act!(world, &jon, at(12, 9), |tx| schedules::pause(&mut tx, id)).unwrap();
    act!(world, &jon, at(12, 9), |tx| schedules::resume(&mut tx, id)).unwrap();
    assert_eq!(page(&world, &jon, id, at(12, 9)).await.row.next[0], date(12, 22));
    act!(world, &jon, at(12, 9), |tx| schedules::end(&mut tx, id)).unwrap();
    let ended = act!(world, &jon, at(12, 9), |tx| schedules::resume(&mut tx, id));
    assert!(matches!(problem(ended), Problem::Conflict(Cause::ScheduleState { .. })));
    assert_eq!((run(&world, at(12, 22)).await, orders(&world).await), (0, 0));
    world.assert_sound().await;
}

#[tokio::test]
async fn the_end_of_the_month_does_not_drift_and_the_last_date_ends_it() {
    let world = world().await;
    // A contract that ends would stop it: then the list price counts.
    world.sql("UPDATE contracts SET valid_to = NULL").await;
    let jon = world.buyer().await;
    let typed = Typed {
        unit: "month".into(),
        day: "31".into(),
        ends: "times".into(),
        times: "3".into(),
        ..weekly(&ship_to(&world, &jon).await)
    };
    let id = make(&world, &jon, &typed, &[("TP-48-CL", 36)]).await.unwrap();
    assert_eq!(page(&world, &jon, id, now()).await.row.next.len(), 3);
    let days: Vec<DateTime<Utc>> = ["2026-12-31", "2027-01-31", "2027-02-28"]
        .iter()
        .map(|d| d.parse::<NaiveDate>().unwrap().and_hms_opt(10, 0, 0).unwrap().and_utc())
        .collect();
    for day in &days {
        run(&world, *day - Duration::days(2)).await;
        run(&world, *day).await;
    }
    let seen = page(&world, &jon, id, days[2]).await;
    let past: Vec<_> = seen.past.iter().map(|p| (p.due_on, p.stage)).collect();
    assert_eq!(past, days.iter().rev().map(|d| (d.date_naive(), Stage::Placed)).collect::<Vec<_>>());
    assert_eq!((seen.row.state, seen.row.next.len()), (State::Ended, 0));
    world.assert_sound().await;
}

#[tokio::test]
async fn after_a_long_silence_the_latest_date_is_asked_about_and_nothing_is_ordered_by_itself() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    run(&world, at(11, 28)).await;
    assert_eq!(run(&world, at(12, 17)).await, 1);
    assert_eq!(run(&world, at(12, 18)).await, 0);
    let seen = page(&world, &jon, id, at(12, 18)).await;
    assert_eq!((orders(&world).await, seen.row.state, seen.next.unwrap().due_on), (0, State::Asking, date(12, 15)));
    assert_eq!(seen.past.iter().map(|p| (p.due_on, p.stage)).collect::<Vec<_>>(), [(date(12, 1), Stage::Skipped)]);
    answer(&world, &jon, id, at(12, 18), Scope::Once, &[]).await.unwrap().unwrap();
    assert_eq!((orders(&world).await, page(&world, &jon, id, at(12, 18)).await.row.next[0]), (1, date(12, 22)));
    world.assert_sound().await;
}

#[tokio::test]
async fn approvals_and_budgets_hold_as_by_hand() {
    let world = world().await;
    world.sql("UPDATE approval_rules SET enabled = true; UPDATE stock SET on_hand = 100000").await;
    let jon = world.buyer().await;
    let address = ship_to(&world, &jon).await;
    make(&world, &jon, &weekly(&address), &[("GL-CUT-D-9", 300)]).await.unwrap();
    let packed = Typed { cost_centre: "PACK".into(), ..weekly(&address) };
    let blocked = make(&world, &jon, &packed, &[("TP-48-CL", 36)]).await.unwrap();
    world.sql("UPDATE budgets SET amount = 10 WHERE cost_centre = 'PACK'").await;
    assert_eq!(run(&world, at(11, 28)).await, 2);
    assert_eq!(run(&world, at(12, 1)).await, 2);
    let waiting = "SELECT count(*) FROM orders WHERE po_number LIKE 'REC%' AND status = 'pending_approval'";
    assert_eq!((orders(&world).await, world.number(waiting).await), (1, 1), "more than £500 waits for the manager");
    let manager = world.actor("manager@acme.example").await;
    let inbox = store::approvals::inbox(&mut world.store.read(&manager, at(12, 1)).await.unwrap()).await.unwrap();
    assert!(inbox.waiting.iter().any(|w| w.requester == "Jon Bell"));
    let seen = page(&world, &jon, blocked, at(12, 1)).await;
    let next = seen.next.unwrap();
    assert_eq!((seen.row.state, next.stage), (State::Asking, Stage::Failed));
    assert!(next.why.contains("budget of PACK"), "{}", next.why);
    let refused = answer(&world, &jon, blocked, at(12, 1), Scope::Once, &[]).await;
    assert!(matches!(problem(refused), Problem::Conflict(Cause::OverBudget { .. })));
    world.sql("UPDATE budgets SET amount = 9000 WHERE cost_centre = 'PACK'").await;
    answer(&world, &jon, blocked, at(12, 2), Scope::Once, &[]).await.unwrap().unwrap();
    assert_eq!(orders(&world).await, 2);
    world.assert_sound().await;
}

#[tokio::test]
async fn a_missing_reference_stops_it_and_can_be_mended() {
    let world = world().await;
    let jon = world.buyer().await;
    let typed = Typed { po_number: String::new(), ..weekly(&ship_to(&world, &jon).await) };
    let id = make(&world, &jon, &typed, &[("TP-48-CL", 36)]).await.unwrap();
    world.sql("UPDATE accounts SET po_required = true WHERE number = '1001'").await;
    let refused = make(&world, &jon, &typed, &[("TP-48-CL", 36)]).await;
    assert!(matches!(problem(refused), Problem::Invalid(e) if e[0].field == "po_number"));
    run(&world, at(11, 28)).await;
    run(&world, at(12, 1)).await;
    let next = page(&world, &jon, id, at(12, 1)).await.next.unwrap();
    assert_eq!((next.stage, next.why.as_str()), (Stage::Failed, "Enter your PO number: your company asks for one."));
    let mended = Typed { po_number: "REC".into(), ..typed };
    act!(world, &jon, at(12, 1), |tx| schedules::save(&mut tx, id, &mended)).unwrap();
    answer(&world, &jon, id, at(12, 1), Scope::Once, &[]).await.unwrap().unwrap();
    assert_eq!(orders(&world).await, 1);
    world.sql("UPDATE accounts SET status = 'on_hold' WHERE number = '1001'").await;
    run(&world, at(12, 5)).await;
    run(&world, at(12, 8)).await;
    assert_eq!(
        (orders(&world).await, page(&world, &jon, id, at(12, 8)).await.row.state),
        (1, State::Asking),
        "on hold"
    );
    world.assert_sound().await;
}

#[tokio::test]
async fn without_its_owners_right_it_stops_and_the_heir_resumes_it() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    let (admin, lena) = (world.actor("admin@acme.example").await, world.actor("both@acme.example").await);
    let jons: MemberId = jon.member().unwrap();
    world.sql(&format!("UPDATE members SET roles = '{{viewer}}' WHERE id = '{}'", jons.0)).await;
    assert_eq!(run(&world, at(11, 28)).await, 1);
    assert_eq!(run(&world, at(12, 1)).await, 0);
    let seen = page(&world, &admin, id, at(12, 1)).await;
    assert_eq!((orders(&world).await, seen.row.state), (0, State::Asking));
    assert_eq!(seen.row.why, "Its owner may not order any more");
    assert_eq!(world.number("SELECT count(*) FROM notices WHERE text LIKE '%Jon Bell has stopped%'").await, 2);
    let mut tx = world.begin(&admin).await;
    store::accounts::deactivate(&mut tx, "buyer@acme.example", Some(lena.member().unwrap())).await.unwrap();
    tx.commit().await.unwrap();
    let seen = page(&world, &lena, id, at(12, 2)).await;
    assert!(seen.row.mine && seen.can.contains(&Action::Resume), "{:?}", seen.can);
    act!(world, &lena, at(12, 2), |tx| schedules::resume(&mut tx, id)).unwrap();
    run(&world, at(12, 5)).await;
    run(&world, at(12, 8)).await;
    assert_eq!(orders(&world).await, 1);
    assert_eq!(
        world.number("SELECT count(*) FROM orders WHERE po_number LIKE 'REC%' AND placed_by = 'Lena Fischer'").await,
        1
    );
    world.assert_sound().await;
}

#[tokio::test]
async fn who_is_handed_a_running_schedule_says_first_that_it_goes_on() {
    let world = world().await;
    let (_, id) = standing(&world).await;
    let (admin, lena) = (world.actor("admin@acme.example").await, world.actor("both@acme.example").await);
    run(&world, at(11, 28)).await;
    let mut tx = world.store.begin(&admin, at(11, 29)).await.unwrap();
    store::accounts::deactivate(&mut tx, "buyer@acme.example", Some(lena.member().unwrap())).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(run(&world, at(12, 1)).await, 0);
    let seen = page(&world, &lena, id, at(12, 1)).await;
    assert_eq!((seen.row.state, seen.row.why.as_str()), (State::Asking, "It was handed over"));
    assert_eq!(seen.log[0].what, "Handed over to both@acme.example");
    world.assert_sound().await;
}

#[tokio::test]
async fn others_see_it_by_their_role_and_another_account_never() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    let (manager, admin, lena, globex) = (
        world.actor("manager@acme.example").await,
        world.actor("admin@acme.example").await,
        world.actor("both@acme.example").await,
        world.actor("buyer@globex.example").await,
    );
    for stranger in [&lena, &globex] {
        let seen = schedules::page(&mut world.read(stranger).await, id).await;
        assert_eq!(problem(seen), Problem::NotFound, "{}", stranger.name());
        assert!(schedules::list(&mut world.read(stranger).await).await.unwrap().rows.iter().all(|r| r.id != id));
        let ended = act!(world, stranger, now(), |tx| schedules::end(&mut tx, id));
        assert_eq!(problem(ended), Problem::NotFound);
    }
    for (who, can) in [(&manager, vec![]), (&admin, vec![Action::Skip, Action::Pause, Action::End])] {
        assert_eq!(page(&world, who, id, now()).await.can, can, "{}", who.name());
        let changed = act!(world, who, now(), |tx| schedules::set_lines(&mut tx, id, &[], None));
        assert_eq!(problem(changed), Problem::Forbidden);
    }
    let paused = act!(world, &manager, now(), |tx| schedules::pause(&mut tx, id));
    assert_eq!(problem(paused), Problem::Forbidden);
    act!(world, &admin, now(), |tx| schedules::pause(&mut tx, id)).unwrap();
    act!(world, &jon, now(), |tx| schedules::resume(&mut tx, id)).unwrap();
    let finance = world.actor("finance@acme.example").await;
    assert_eq!(problem(schedules::list(&mut world.read(&finance).await).await), Problem::Forbidden);
    let sql = format!(
        "WITH x AS (UPDATE schedules SET name = 'Theirs' WHERE id = '{id}' RETURNING 1) SELECT count(*) FROM x"
    );
    assert_eq!(world.begin(&globex).await.raw_count(&sql).await.unwrap(), 0, "nor past the use case");
    let gone = world.begin(&jon).await.raw_execute("DELETE FROM schedule_log").await;
    assert!(gone.unwrap_err().contains("permission denied"), "its history stays");
}

#[tokio::test]
async fn standing_lines_change_and_the_plan_too() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    let change = [(sku("TP-48-CL"), Some(quantity(70))), (sku("GL-CUT-D-9"), None)];
    act!(world, &jon, now(), |tx| schedules::set_lines(&mut tx, id, &change, Some((sku("TM-5M"), quantity(4)))))
        .unwrap();
    let seen = page(&world, &jon, id, now()).await;
    let lines: Vec<_> = seen.standing.iter().map(|l| (l.sku.as_str(), l.quantity)).collect();
    assert_eq!(lines, [("TP-48-CL", quantity(72)), ("TM-5M", quantity(4))], "fitted to the pack");
    assert_eq!(seen.row.total, seen.next.unwrap().totals.gross);
    for (chosen, more, field) in [
        (vec![], Some((sku("NOPE"), quantity(1))), "sku"),
        (vec![], Some((sku("TM-5M"), quantity(1))), "sku"),
        (vec![(sku("TP-48-CL"), None), (sku("TM-5M"), None)], None, "sku"),
    ] {
        let refused = act!(world, &jon, now(), |tx| schedules::set_lines(&mut tx, id, &chosen, more));
        assert!(matches!(problem(refused), Problem::Invalid(e) if e[0].field == field));
    }
    // Announced for Tuesday; on Fridays from now on.
    run(&world, at(11, 28)).await;
    let fridays = Typed { weekday: "5".into(), every: "2".into(), ..seen.typed };
    act!(world, &jon, at(11, 29), |tx| schedules::save(&mut tx, id, &fridays)).unwrap();
    let seen = page(&world, &jon, id, at(11, 29)).await;
    assert_eq!(seen.row.next, [date(12, 4), date(12, 18), NaiveDate::from_ymd_opt(2027, 1, 1).unwrap()]);
    assert_eq!(seen.past[0].why, "The dates were changed");
    assert_eq!(run(&world, at(12, 1)).await, 1, "announced anew");
    assert_eq!(run(&world, at(12, 4)).await, 1);
    assert_eq!(orders(&world).await, 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn it_is_made_of_an_order_without_what_is_gone_at_the_price_that_was_seen() {
    let world = world().await;
    let jon = world.buyer().await;
    let query = domain::orders::HistoryQuery::parse("q=PO+88207");
    let found = store::orders::history(&mut world.read(&jon).await, query).await.unwrap();
    let from = format!("order:{}", found.rows[0].number);
    let form = schedules::new_page(&mut world.read(&jon).await, &from, None).await.unwrap();
    assert_eq!((form.cart.lines.len(), form.left_out.len()), (3, 1), "one article is no longer sold");
    let typed = weekly(&ship_to(&world, &jon).await);
    let stale = act!(world, &jon, now(), |tx| schedules::make(&mut tx, &from, Decimal::ONE, &typed));
    assert_eq!(problem(stale), Problem::Conflict(Cause::Stale));
    let seen = form.cart.totals.gross.amount();
    for (wrong, field) in [
        (Typed { ship_to: String::new(), ..typed.clone() }, "ship_to"),
        (Typed { cost_centre: "NOPE".into(), ..typed.clone() }, "cost_centre"),
        (Typed { starts_on: "2026-11-23".into(), ..typed.clone() }, "starts_on"),
    ] {
        let refused = act!(world, &jon, now(), |tx| schedules::make(&mut tx, &from, seen, &wrong));
        assert!(matches!(problem(refused), Problem::Invalid(e) if e[0].field == field), "{field}");
    }
    let id = act!(world, &jon, now(), |tx| schedules::make(&mut tx, &from, seen, &typed)).unwrap();
    assert_eq!(page(&world, &jon, id, now()).await.standing.len(), 3);
    let globex = world.actor("buyer@globex.example").await;
    for from in [from.as_str(), "list:nonsense", "", "cart"] {
        assert_eq!(problem(schedules::new_page(&mut world.read(&globex).await, from, None).await), Problem::NotFound);
    }
    let manager = world.actor("manager@acme.example").await;
    let refused = schedules::new_page(&mut world.read(&manager).await, &from, None).await;
    assert_eq!(problem(refused), Problem::Forbidden);
}

#[tokio::test]
async fn whoever_acts_for_a_member_leaves_no_standing_order_behind() {
    let world = world().await;
    let (jon, id) = standing(&world).await;
    let rep = world.actor("rep@seller.example").await;
    let mut tx = world.begin(&rep).await;
    let asked = store::assistance::ask(&mut tx, "1001", jon.member().unwrap(), "by phone").await.unwrap();
    tx.commit().await.unwrap();
    let store::assistance::Asked::Begun(account, session) = asked else { panic!("Acme lets them act") };
    let helps = Some((account, session));
    let acting = store::accounts::asks(&world.store, rep.person(), None, helps, now(), "").await.unwrap().actor;
    let seen = page(&world, &acting, id, now()).await;
    assert!(seen.row.mine && seen.can.is_empty(), "they see what the member sees: {:?}", seen.can);
    let from = list(&world, &acting, &[("TP-48-CL", 36)]).await;
    assert_eq!(problem(schedules::new_page(&mut world.read(&acting).await, &from, None).await), Problem::Forbidden);
    let made = act!(world, &acting, now(), |tx| schedules::make(&mut tx, &from, Decimal::ONE, &seen.typed));
    assert_eq!(problem(made), Problem::Forbidden);
    for done in [
        act!(world, &acting, now(), |tx| schedules::set_lines(&mut tx, id, &[], None)),
        act!(world, &acting, now(), |tx| schedules::skip(&mut tx, id, date(12, 1))),
        act!(world, &acting, now(), |tx| schedules::pause(&mut tx, id)),
        act!(world, &acting, now(), |tx| schedules::end(&mut tx, id)),
    ] {
        assert_eq!(problem(done), Problem::Forbidden);
    }
}
