//! Quotes: from the question to the order, whose turn it is, what nobody may see or do, and what happens twice or at once.

use std::collections::BTreeMap;

use chrono::{Days, Duration};
use domain::approvals::Verdict;
use domain::cart::CheckoutForm;
use domain::ids::QuoteId;
use domain::quotes::{Action, Chosen, DraftInput, LineInput, OfferInput, QuotesQuery, Request, Status, Tab, Wish};
use domain::{Actor, Cause, Currency, Money, Problem};
use rust_decimal::Decimal;
use store::approvals::{Answer, decide};
use store::quotes::{self, AcceptForm};

use crate::world::{World, now, quantity};

fn gbp(pence: i64) -> Money {
    Money::new(Decimal::new(pence, 2), Currency::GBP)
}

fn wish(sku: Option<&str>, name: &str, n: i64) -> Wish {
    Wish {
        sku: sku.map(str::to_owned),
        name: name.to_owned(),
        unit: "EA".to_owned(),
        quantity: quantity(n),
        target: None,
        note: String::new(),
    }
}

fn request(lines: Vec<Wish>) -> Request {
    Request { title: "Line 7".into(), lines, needed_by: None, note: "Soon, please.".into() }
}

/// The problem of what failed; its transaction is undone at once.
async fn ended<T>(tx: store::Tx, result: store::Result<T>) -> Result<T, Problem> {
    match result {
        Ok(value) => {
            tx.commit().await.unwrap();
            Ok(value)
        }
        Err(store::Error::Problem(problem)) => {
            tx.rollback().await.unwrap();
            Err(problem)
        }
        Err(fault) => panic!("{fault}"),
    }
}

/// Runs one use case of one person in a transaction of its own.
macro_rules! as_person {
    ($world:expr, $actor:expr, $tx:ident => $work:expr) => {{
        let mut transaction = $world.begin($actor).await;
        let $tx = &mut transaction;
        let result = $work.await;
        ended(transaction, result).await
    }};
}

/// Jon asks for 100 gloves and ten of his own words; gives the number.
async fn ask(world: &World, actor: &Actor) -> String {
    let request = request(vec![wish(Some("GL-CUT-D-9"), "", 100), wish(None, "Engraved tags", 10)]);
    as_person!(world, actor, tx => quotes::ask(tx, store::new_id(), &request)).unwrap()
}

fn offered(prices: &[&[(&str, &str, &str)]]) -> DraftInput {
    let lines = (1..).zip(prices).map(|(no, offers)| LineInput {
        no,
        name: "Engraved tags".into(),
        unit: "EA".into(),
        quantity: if no == 1 { "100".into() } else { "10".into() },
        lead_days: if no == 1 { String::new() } else { "12".into() },
        offers: offers
            .iter()
            .map(|(quantity, kind, price)| OfferInput {
                quantity: (*quantity).into(),
                kind: (*kind).into(),
                price: (*price).into(),
            })
            .collect(),
        ..LineInput::default()
    });
    DraftInput {
        title: "Line 7".into(),
        lines: lines.collect(),
        valid_until: (now().date_naive() + Days::new(20)).to_string(),
        ..DraftInput::default()
    }
}

/// 50 gloves or more at 4.40, exactly 10 tags at 7.00.
fn usual() -> DraftInput {
    offered(&[&[("50", "more", "4.40")], &[("10", "exactly", "7")]])
}

async fn send(world: &World, rep: &Actor, number: &str, form: &DraftInput) -> Result<i32, Problem> {
    let seen = as_person!(world, rep, tx => quotes::desk(tx, number)).unwrap().draft_version;
    as_person!(world, rep, tx => quotes::save(tx, number, seen, form))?;
    as_person!(world, rep, tx => quotes::send(tx, number, seen + 1))
}

/// A quote that Ruth has sent to Jon.
async fn sent(world: &World, buyer: &Actor, rep: &Actor) -> String {
    let number = ask(world, buyer).await;
    assert_eq!(send(world, rep, &number, &usual()).await, Ok(1));
    number
}

async fn form(world: &World, buyer: &Actor, number: &str, lines: Vec<Chosen>) -> AcceptForm {
    let page = quotes::page(&mut world.read(buyer).await, number).await.unwrap();
    let accept = page.accept.expect("acceptable");
    AcceptForm {
        version: page.shown.expect("a version").no,
        lines,
        order: CheckoutForm {
            order_id: accept.order_id,
            total: Decimal::ZERO,
            po_number: "PO 7".into(),
            cost_centre: "MAINT".into(),
            ship_to: accept.addresses[0].id.to_string(),
            requested_on: None,
            partial_delivery: true,
            note: String::new(),
        },
    }
}

async fn accept(world: &World, buyer: &Actor, number: &str, form: &AcceptForm) -> Result<String, Problem> {
    as_person!(world, buyer, tx => quotes::accept(tx, number, form))
}

fn chosen(no: u32, n: i64) -> Chosen {
    Chosen { no, offer: 0, quantity: quantity(n) }
}

async fn status(world: &World, buyer: &Actor, number: &str) -> Status {
    quotes::page(&mut world.read(buyer).await, number).await.unwrap().row.status
}

async fn people(world: &World) -> (Actor, Actor, Actor) {
    (world.buyer().await, world.actor("rep@seller.example").await, world.actor("admin@seller.example").await)
}

#[tokio::test]
async fn a_question_becomes_a_quote_becomes_an_order_at_its_prices_whatever_lists_say_since() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = ask(&world, &buyer).await;
    let page = quotes::page(&mut world.read(&buyer).await, &number).await.unwrap();
    assert_eq!((page.row.status, page.can.as_slice()), (Status::Requested, &[Action::Withdraw, Action::Talk][..]));
    assert_eq!(page.contact.as_ref().map(|c| c.0.as_str()), Some("Ruth Ito"));
    assert_eq!(page.row.value, Some(gbp(46_000)), "100 gloves at Acme's 4.60; tags have no price");

    let desk = quotes::desk(&mut world.begin(&rep).await, &number).await.unwrap();
    let draft = desk.draft.expect("one to begin with");
    assert_eq!(draft.document.lines[0].usual_price, Some(gbp(460)), "the customer's own price");
    assert_eq!(draft.internals.costs[&1], gbp(324));
    assert!(desk.totals.is_none(), "the tags have no price yet");
    assert_eq!(send(&world, &rep, &number, &usual()).await, Ok(1));

    // Lists change; what was sent does not.
    world.sql("UPDATE prices SET unit_price = unit_price * 3 WHERE unit_price IS NOT NULL").await;
    let page = quotes::page(&mut world.read(&buyer).await, &number).await.unwrap();
    let shown = page.shown.as_ref().expect("in force");
    assert_eq!(
        (shown.totals.net, shown.totals.gross),
        (gbp(51_000), gbp(61_200)),
        "440 + 70, delivery is free, 20 % tax"
    );
    assert_eq!(page.can, [Action::Accept, Action::AskChanges, Action::Decline, Action::Talk]);
    let order = accept(&world, &buyer, &number, &form(&world, &buyer, &number, vec![]).await).await.unwrap();

    let placed = store::orders::find(&mut world.read(&buyer).await, &order).await.unwrap();
    assert_eq!(placed.totals.gross, gbp(61_200));
    assert_eq!(placed.lines[0].unit_price, gbp(440));
    assert_eq!(placed.lines[0].price_source, format!("Quote {number}, version 1"));
    assert_eq!(placed.lines[1].promised_on, now().date_naive().checked_add_days(Days::new(12)), "made to order");
    assert_eq!(placed.quote.as_deref(), Some(number.as_str()));
    let page = quotes::page(&mut world.read(&buyer).await, &number).await.unwrap();
    assert_eq!((page.row.status, page.orders[0].0.as_str()), (Status::Accepted, order.as_str()));
    world.assert_sound().await;
}

#[tokio::test]
async fn the_same_form_twice_is_one_request_and_one_order_and_another_persons_key_is_refused() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let id: QuoteId = store::new_id();
    let question = request(vec![wish(Some("GL-CUT-D-9"), "", 100)]);
    let first = as_person!(world, &buyer, tx => quotes::ask(tx, id, &question)).unwrap();
    assert_eq!(as_person!(world, &buyer, tx => quotes::ask(tx, id, &question)), Ok(first));
    let junior = world.actor("junior@acme.example").await;
    let stolen = as_person!(world, &junior, tx => quotes::ask(tx, id, &question));
    assert_eq!(stolen, Err(Problem::Conflict(Cause::KeyReused)));

    let number = sent(&world, &buyer, &rep).await;
    let form = form(&world, &buyer, &number, vec![]).await;
    let (one, two) = tokio::join!(accept(&world, &buyer, &number, &form), accept(&world, &buyer, &number, &form));
    assert_eq!(one, two, "two tabs, one order");
    assert!(one.is_ok());
    assert_eq!(world.number("SELECT count(*) FROM orders WHERE quote_id IS NOT NULL").await, 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn two_tabs_with_forms_of_their_own_order_no_more_than_there_is() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = sent(&world, &buyer, &rep).await;
    let (first, second) = (form(&world, &buyer, &number, vec![]).await, form(&world, &buyer, &number, vec![]).await);
    let (one, two) = tokio::join!(accept(&world, &buyer, &number, &first), accept(&world, &buyer, &number, &second));
    assert_eq!([&one, &two].iter().filter(|r| r.is_ok()).count(), 1, "{one:?} {two:?}");
    let late = if one.is_ok() { two } else { one };
    assert_eq!(late, Err(Problem::Conflict(Cause::QuoteState { state: "ordered".into() })));
    world.assert_sound().await;
}

#[tokio::test]
async fn it_is_ordered_in_parts_up_to_what_is_left() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = ask(&world, &buyer).await;
    let mut limited = usual();
    limited.lines[0].at_most = "130".into();
    send(&world, &rep, &number, &limited).await.unwrap();
    let part = form(&world, &buyer, &number, vec![chosen(1, 60)]).await;
    accept(&world, &buyer, &number, &part).await.unwrap();
    assert_eq!(status(&world, &buyer, &number).await, Status::PartlyAccepted);
    let too_much = form(&world, &buyer, &number, vec![chosen(1, 80)]).await;
    let problem = accept(&world, &buyer, &number, &too_much).await;
    let expected = Problem::invalid("quantities[1]", "Only 70 of Cut-resistant gloves, size 9 are left in this quote.");
    assert_eq!(problem, Err(expected));
    let rest = form(&world, &buyer, &number, vec![chosen(1, 70), chosen(2, 10)]).await;
    accept(&world, &buyer, &number, &rest).await.unwrap();
    assert_eq!(status(&world, &buyer, &number).await, Status::Accepted);
    world.assert_sound().await;
}

#[tokio::test]
async fn what_expires_between_the_page_and_the_click_is_not_ordered() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = sent(&world, &buyer, &rep).await;
    let form = form(&world, &buyer, &number, vec![]).await;
    let later = now() + Duration::days(21);
    let mut tx = world.store.begin(&buyer, later).await.unwrap();
    let late = quotes::accept(&mut tx, &number, &form).await;
    assert_eq!(ended(tx, late).await, Err(Problem::Conflict(Cause::QuoteState { state: "expired".into() })));
    // It reads as expired before the job has come by; the job says it once, to both sides.
    let page = quotes::page(&mut world.store.read(&buyer, later).await.unwrap(), &number).await.unwrap();
    assert_eq!((page.row.status, page.can.as_slice()), (Status::Expired, &[Action::AskChanges, Action::Talk][..]));
    assert_eq!(quotes::expire(&world.store, now()).await.unwrap(), 0, "its last day is not over");
    let gone = quotes::expire(&world.store, later).await.unwrap();
    assert!(gone >= 1);
    assert_eq!(quotes::expire(&world.store, later).await.unwrap(), 0, "once");
    let said = quotes::page(&mut world.read(&buyer).await, &number).await.unwrap().thread;
    assert_eq!(said.last().map(|s| s.what.as_str()), Some("expired"));
    // A renewal is asked for, and sent.
    let seen = quotes::page(&mut world.read(&buyer).await, &number).await.unwrap().version;
    as_person!(world, &buyer, tx => quotes::ask_changes(tx, &number, seen, "Please renew it.")).unwrap();
    assert_eq!(send(&world, &rep, &number, &usual()).await, Ok(2));
    assert_eq!(status(&world, &buyer, &number).await, Status::Sent);
    world.assert_sound().await;
}

#[tokio::test]
async fn one_side_has_the_turn_and_a_stale_answer_is_refused() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = sent(&world, &buyer, &rep).await;
    let page = quotes::page(&mut world.read(&buyer).await, &number).await.unwrap();
    let old = form(&world, &buyer, &number, vec![]).await;
    as_person!(world, &buyer, tx => quotes::ask_changes(tx, &number, page.version, "Cheaper?")).unwrap();
    let state = |state: &str| Err(Problem::Conflict(Cause::QuoteState { state: state.into() }));
    assert_eq!(accept(&world, &buyer, &number, &old).await, state("changes asked for").map(|()| String::new()));
    assert_eq!(
        as_person!(world, &buyer, tx => quotes::decline(tx, &number, page.version + 1, "No.")),
        state("changes asked for")
    );
    assert_eq!(send(&world, &rep, &number, &usual()).await, Ok(2));
    assert_eq!(
        accept(&world, &buyer, &number, &old).await,
        Err(Problem::Conflict(Cause::Stale)),
        "version 1 is superseded"
    );
    let stale = as_person!(world, &buyer, tx => quotes::decline(tx, &number, page.version, "No."));
    assert_eq!(stale, Err(Problem::Conflict(Cause::Stale)));
    let seen = quotes::page(&mut world.read(&buyer).await, &number).await.unwrap().version;
    as_person!(world, &buyer, tx => quotes::decline(tx, &number, seen, "Too dear.")).unwrap();
    assert_eq!(status(&world, &buyer, &number).await, Status::Declined);
    let compared = quotes::compare(&mut world.read(&buyer).await, &number, (2, 1)).await.unwrap();
    assert_eq!((compared.between, compared.changes.len()), ((1, 2), 0));
    world.assert_sound().await;
}

#[tokio::test]
async fn two_colleagues_at_one_draft_do_not_overwrite_each_other() {
    let world = World::new().await;
    let (buyer, rep, chief) = people(&world).await;
    let number = ask(&world, &buyer).await;
    as_person!(world, &rep, tx => quotes::save(tx, &number, 0, &usual())).unwrap();
    let late = as_person!(world, &chief, tx => quotes::save(tx, &number, 0, &usual()));
    assert_eq!(late, Err(Problem::Conflict(Cause::Stale)));
    assert_eq!(as_person!(world, &chief, tx => quotes::send(tx, &number, 0)), Err(Problem::Conflict(Cause::Stale)));
    assert_eq!(as_person!(world, &chief, tx => quotes::send(tx, &number, 1)), Ok(1));
}

#[tokio::test]
async fn below_the_floor_margin_a_second_person_lets_it_go_out() {
    let world = World::new().await;
    let (buyer, rep, chief) = people(&world).await;
    let number = ask(&world, &buyer).await;
    // Gloves cost 3.24: at 3.81 that is a margin of 14.96 %, which is less than 15.
    let thin = offered(&[&[("50", "more", "3.81")], &[("10", "exactly", "7")]]);
    assert_eq!(send(&world, &rep, &number, &thin).await, Err(Problem::Conflict(Cause::BelowFloor)));
    let desk = quotes::desk(&mut world.begin(&rep).await, &number).await.unwrap();
    assert_eq!((desk.below_floor.as_slice(), desk.page.can.contains(&Action::AskRelease)), (&[(1, 0)][..], true));
    let v = desk.draft_version;
    assert_eq!(
        as_person!(world, &chief, tx => quotes::release(tx, &number, v, "")),
        Err(Problem::Conflict(Cause::Stale)),
        "nobody asked"
    );
    as_person!(world, &rep, tx => quotes::ask_release(tx, &number, v, "A new line.")).unwrap();
    assert_eq!(as_person!(world, &rep, tx => quotes::release(tx, &number, v, "")), Err(Problem::Forbidden));
    let to_release = QuotesQuery { tab: Tab::Release, page: 1, ..QuotesQuery::default() };
    let queue = quotes::queue(&mut world.read(&chief).await, to_release).await.unwrap();
    assert_eq!(queue.rows.len(), 1);
    assert!(quotes::desk(&mut world.begin(&chief).await, &number).await.unwrap().page.can.contains(&Action::Release));
    as_person!(world, &chief, tx => quotes::release(tx, &number, v, "Fine.")).unwrap();
    assert_eq!(as_person!(world, &rep, tx => quotes::send(tx, &number, v)), Ok(1));
    let released = world.number("SELECT count(*) FROM quote_versions WHERE released_by = 'Sam Okafor'").await;
    assert_eq!(released, 1);
    // A change after the release needs another one.
    let number = ask(&world, &buyer).await;
    as_person!(world, &rep, tx => quotes::save(tx, &number, 0, &thin)).unwrap();
    as_person!(world, &rep, tx => quotes::ask_release(tx, &number, 1, "Again.")).unwrap();
    as_person!(world, &chief, tx => quotes::release(tx, &number, 1, "")).unwrap();
    assert_eq!(as_person!(world, &rep, tx => quotes::save(tx, &number, 1, &thin)), Ok(1), "nothing has changed");
    let thinner = offered(&[&[("50", "more", "3.80")], &[("10", "exactly", "7")]]);
    assert_eq!(as_person!(world, &rep, tx => quotes::save(tx, &number, 1, &thinner)), Ok(2));
    assert_eq!(as_person!(world, &rep, tx => quotes::send(tx, &number, 2)), Err(Problem::Conflict(Cause::BelowFloor)));
    // Who releases for themselves: the chief saves, asks, and may not.
    as_person!(world, &chief, tx => quotes::save(tx, &number, 2, &thin)).unwrap();
    as_person!(world, &chief, tx => quotes::ask_release(tx, &number, 3, "Mine.")).unwrap();
    assert_eq!(as_person!(world, &chief, tx => quotes::release(tx, &number, 3, "")), Err(Problem::Forbidden));
    world.assert_sound().await;
}

#[tokio::test]
async fn cost_margin_and_words_among_colleagues_never_reach_a_customer() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = ask(&world, &buyer).await;
    let mut form = usual();
    form.internal = "CANARY note".into();
    form.lines[1].cost = "3.6543".into();
    as_person!(world, &rep, tx => quotes::talk(tx, &number, "CANARY among us", true)).unwrap();
    send(&world, &rep, &number, &form).await.unwrap();
    for actor in [&buyer, &world.actor("manager@acme.example").await, &world.actor("admin@acme.example").await] {
        let page = quotes::page(&mut world.read(actor).await, &number).await.unwrap();
        let seen = serde_json::to_string(&page).unwrap();
        assert!(!seen.contains("CANARY") && !seen.contains("3.6543") && !seen.contains("cost\""), "{seen}");
    }
    // Not even by a query that forgets: the role has no right to the columns.
    for sql in [
        "SELECT count(internals) FROM quote_versions",
        "SELECT count(*) FROM quote_drafts",
        "SELECT count(*) FROM product_costs",
        "SELECT count(released_by) FROM quote_versions",
    ] {
        let refused = world.read(&buyer).await.raw_count(sql).await;
        assert!(refused.is_err_and(|e| e.contains("permission denied")), "{sql}");
    }
    assert_eq!(world.read(&buyer).await.raw_count("SELECT count(*) FROM quote_thread WHERE internal").await, Ok(0));
    // What was never sent is not there.
    let member = world.number("SELECT count(*) FROM members").await;
    assert!(member > 0);
    let seat = buyer.member().unwrap();
    let begun = as_person!(world, &rep, tx => quotes::begin(tx, "1001", seat, "A surprise")).unwrap();
    let unseen = quotes::page(&mut world.read(&buyer).await, &begun).await.err();
    assert!(matches!(unseen, Some(store::Error::Problem(Problem::NotFound))));
}

#[tokio::test]
async fn a_quote_of_another_account_or_customer_does_not_exist() {
    let world = World::new().await;
    let (buyer, rep, chief) = people(&world).await;
    let number = sent(&world, &buyer, &rep).await;
    let globex = world.actor("buyer@globex.example").await;
    let theirs =
        as_person!(world, &globex, tx => quotes::ask(tx, store::new_id(), &request(vec![wish(None, "Racks", 2)])))
            .unwrap();
    let none: Result<(), Problem> = Err(Problem::NotFound);
    // Globex and Acme; and the colleague who may only see their own.
    let junior = world.actor("junior@acme.example").await;
    for (actor, number) in [(&globex, &number), (&buyer, &theirs), (&junior, &number)] {
        assert_eq!(as_person!(world, actor, tx => async { quotes::page(tx, number).await.map(|_| ()) }), none);
        assert_eq!(as_person!(world, actor, tx => quotes::talk(tx, number, "Hello?", false)), none);
        assert_eq!(as_person!(world, actor, tx => quotes::decline(tx, number, 2, "No")), none);
        assert_eq!(
            as_person!(world, actor, tx => async { quotes::version(tx, number, Some(1)).await.map(|_| ()) }),
            none
        );
        assert_eq!(as_person!(world, actor, tx => quotes::attach(tx, number, "a.txt", b"text")), none);
    }
    // Ruth is not assigned to Globex; the chief sees all.
    assert_eq!(as_person!(world, &rep, tx => async { quotes::desk(tx, &theirs).await.map(|_| ()) }), none);
    assert_eq!(as_person!(world, &rep, tx => async { quotes::save(tx, &theirs, 0, &usual()).await.map(|_| ()) }), none);
    assert_eq!(as_person!(world, &rep, tx => quotes::talk(tx, &theirs, "Hello?", false)), none);
    assert_eq!(as_person!(world, &rep, tx => async { quotes::agree(tx, &theirs, None, None).await.map(|_| ()) }), none);
    let seat = globex.member().unwrap();
    assert_eq!(
        as_person!(world, &rep, tx => async { quotes::begin(tx, "1002", seat, "Racks").await.map(|_| ()) }),
        none
    );
    assert!(as_person!(world, &chief, tx => quotes::desk(tx, &theirs)).is_ok());
    let all = QuotesQuery { page: 1, ..QuotesQuery::default() };
    let (few, many) = (
        quotes::queue(&mut world.read(&rep).await, all.clone()).await.unwrap(),
        quotes::queue(&mut world.read(&chief).await, all).await.unwrap(),
    );
    assert!(few.rows.iter().all(|r| r.customer.as_ref().is_some_and(|c| c.1 == "Acme Manufacturing")));
    assert!(many.rows.iter().any(|r| r.number == theirs));
}

#[tokio::test]
async fn an_order_that_is_refused_or_cancelled_can_be_ordered_from_its_quote_again() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = sent(&world, &buyer, &rep).await;
    let order = accept(&world, &buyer, &number, &form(&world, &buyer, &number, vec![]).await).await.unwrap();
    let version = store::orders::find(&mut world.read(&buyer).await, &order).await.unwrap().version;
    as_person!(world, &buyer, tx => store::orders::cancel(tx, &order, version, "Wrong address")).unwrap();
    assert_eq!(status(&world, &buyer, &number).await, Status::Sent);

    world.sql("UPDATE approval_rules SET enabled = true").await;
    let cart_before = world.number("SELECT count(*) FROM cart_lines").await;
    let order = accept(&world, &buyer, &number, &form(&world, &buyer, &number, vec![]).await).await.unwrap();
    assert_eq!(status(&world, &buyer, &number).await, Status::Accepted);
    let manager = world.actor("manager@acme.example").await;
    let none = BTreeMap::new();
    as_person!(world, &manager, tx => store::approvals::decide(tx, &order, 1, Verdict::Reject, "Not now", &none))
        .unwrap();
    assert_eq!(status(&world, &buyer, &number).await, Status::Sent);
    assert_eq!(
        world.number("SELECT count(*) FROM cart_lines").await,
        cart_before,
        "not at other prices through the cart"
    );
    world.assert_sound().await;
}

#[tokio::test]
async fn approvals_run_on_the_negotiated_total_and_the_price_is_not_asked_again() {
    let world = World::new().await;
    world.sql("UPDATE approval_rules SET enabled = true").await;
    let (buyer, rep, _) = people(&world).await;
    let number = sent(&world, &buyer, &rep).await;
    let page = quotes::page(&mut world.read(&buyer).await, &number).await.unwrap();
    assert_eq!(page.accept.unwrap().approval.len(), 1, "612.00 is over 500");
    let order = accept(&world, &buyer, &number, &form(&world, &buyer, &number, vec![]).await).await.unwrap();
    world.sql("UPDATE prices SET unit_price = unit_price * 3 WHERE unit_price IS NOT NULL").await;
    let manager = world.actor("manager@acme.example").await;
    // Exactly ten tags were offered: not fewer. Of the gloves, fifty or more.
    let fewer = |line, n: i64| BTreeMap::from([(line, Decimal::from(n))]);
    let refused = as_person!(world, &manager, tx => decide(tx, &order, 1, Verdict::Change, "", &fewer(2, 9)));
    assert!(matches!(refused, Err(Problem::Invalid(_))));
    let refused = as_person!(world, &manager, tx => decide(tx, &order, 1, Verdict::Change, "", &fewer(1, 49)));
    assert!(matches!(refused, Err(Problem::Invalid(_))));
    let done = as_person!(world, &manager, tx => decide(tx, &order, 1, Verdict::Change, "", &fewer(1, 60)));
    assert_eq!(done, Ok(Answer::Approved));
    let placed = store::orders::find(&mut world.read(&buyer).await, &order).await.unwrap();
    assert_eq!((placed.lines[0].unit_price, placed.row.status), (gbp(440), domain::orders::Status::Confirmed));
    assert_eq!(
        status(&world, &buyer, &number).await,
        Status::Accepted,
        "what is left can be ordered: it is for the buyer to see"
    );
    world.assert_sound().await;
}

#[tokio::test]
async fn a_quote_becomes_an_agreement_and_the_catalog_has_its_prices() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = sent(&world, &buyer, &rep).await;
    let early = as_person!(world, &rep, tx => quotes::agree(tx, &number, Some("K-9999"), None));
    assert_eq!(early, Err(Problem::NotFound));
    let until = now().date_naive().checked_add_days(Days::new(365));
    let agreed = as_person!(world, &rep, tx => quotes::agree(tx, &number, None, until));
    assert_eq!(agreed, Ok((format!("K-{number}"), 1)));
    let price = async |n: i64| {
        let why =
            store::catalog::explain(&mut world.read(&buyer).await, "GL-CUT-D-9", Some(quantity(n))).await.unwrap();
        why.price.expect("a price").unit_price
    };
    assert_eq!((price(50).await, price(40).await), (gbp(440), gbp(460)), "from fifty on");
    // Into the contract that is there: the price for the same quantity is replaced, the others stay.
    assert_eq!(
        as_person!(world, &rep, tx => quotes::agree(tx, &number, Some("K-2041"), None)),
        Ok(("K-2041".into(), 1))
    );
    assert_eq!(price(200).await, gbp(415));
    let globex = world.actor("buyer@globex.example").await;
    let theirs = store::catalog::explain(&mut world.read(&globex).await, "GL-CUT-D-9", None).await;
    assert!(theirs.is_err(), "not in Globex's assortment, and no price of Acme's");
}

#[tokio::test]
async fn what_is_not_in_stock_is_said_at_its_line_and_a_lead_time_is_a_promise() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = sent(&world, &buyer, &rep).await;
    world.sql("UPDATE stock SET on_hand = 30, reserved = 0 WHERE product_id = (SELECT id FROM products WHERE sku = 'GL-CUT-D-9') AND NOT EXISTS (SELECT 1 FROM reservations r WHERE r.product_id = stock.product_id AND r.warehouse = stock.warehouse)").await;
    world.sql("UPDATE stock SET on_hand = reserved WHERE product_id = (SELECT id FROM products WHERE sku = 'GL-CUT-D-9') AND reserved > 0").await;
    let form1 = form(&world, &buyer, &number, vec![]).await;
    let problem = accept(&world, &buyer, &number, &form1).await;
    assert!(matches!(&problem, Err(Problem::Invalid(e)) if e[0].field == "quantities[1]"), "{problem:?}");
    let mut patient = usual();
    patient.lines[0].lead_days = "30".into();
    assert_eq!(send(&world, &rep, &number, &patient).await, Ok(2));
    let order = accept(&world, &buyer, &number, &form(&world, &buyer, &number, vec![]).await).await.unwrap();
    let placed = store::orders::find(&mut world.read(&buyer).await, &order).await.unwrap();
    assert_eq!(placed.lines[0].promised_on, now().date_naive().checked_add_days(Days::new(30)));
    world.assert_sound().await;
}

#[tokio::test]
async fn files_are_attached_once_and_given_to_those_who_see_the_quote() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = ask(&world, &buyer).await;
    as_person!(world, &buyer, tx => quotes::attach(tx, &number, "../tags.csv", b"tag;n\nA;1\n")).unwrap();
    let twice = as_person!(world, &buyer, tx => quotes::attach(tx, &number, "again.csv", b"tag;n\nA;1\n"));
    assert!(matches!(twice, Err(Problem::Invalid(_))));
    for (name, bytes) in [
        ("run.exe", b"MZ\x90\0".as_slice()),
        ("empty.txt", b""),
        ("big.txt", &vec![b'a'; store::files::MOST_BYTES + 1]),
    ] {
        let refused = as_person!(world, &buyer, tx => quotes::attach(tx, &number, name, bytes));
        assert!(matches!(refused, Err(Problem::Invalid(_))), "{name}");
    }
    let files = as_person!(world, &rep, tx => quotes::desk(tx, &number)).unwrap().page.files;
    assert_eq!((files.len(), files[0].name.as_str()), (1, "tags.csv"));
    let file = quotes::file(&mut world.read(&rep).await, &number, files[0].id).await.unwrap();
    assert_eq!(file.bytes, b"tag;n\nA;1\n");
    let globex = world.actor("buyer@globex.example").await;
    assert!(quotes::file(&mut world.read(&globex).await, &number, files[0].id).await.is_err());
}

#[tokio::test]
async fn an_account_on_hold_asks_and_reads_but_accepts_nothing() {
    let world = World::new().await;
    let (buyer, rep, _) = people(&world).await;
    let number = sent(&world, &buyer, &rep).await;
    let form = form(&world, &buyer, &number, vec![]).await;
    world.sql("UPDATE accounts SET status = 'on_hold' WHERE number = '1001'").await;
    let held = world.buyer().await;
    let page = quotes::page(&mut world.read(&held).await, &number).await.unwrap();
    assert!(!page.can.contains(&Action::Accept) && page.accept.is_none());
    assert_eq!(accept(&world, &held, &number, &form).await, Err(Problem::Conflict(Cause::AccountOnHold)));
}

#[tokio::test]
async fn sixty_four_at_once_never_order_more_than_the_last_of_a_quote() {
    let world = World::with_connections(24).await;
    let (buyer, rep, _) = people(&world).await;
    let number = ask(&world, &buyer).await;
    let mut limited = usual();
    limited.lines[0].at_most = "100".into();
    limited.lines[0].offers[0].quantity = "10".into();
    send(&world, &rep, &number, &limited).await.unwrap();
    let mut forms = Vec::new();
    for _ in 0..64 {
        forms.push(form(&world, &buyer, &number, vec![chosen(1, 10)]).await);
    }
    let tasks: Vec<_> = forms
        .into_iter()
        .map(|form| {
            let (store, buyer, number) = (world.store.clone(), buyer.clone(), number.clone());
            tokio::spawn(async move {
                let mut tx = store.begin(&buyer, now()).await.unwrap();
                let result = quotes::accept(&mut tx, &number, &form).await;
                ended(tx, result).await.is_ok()
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += u32::from(task.await.unwrap());
    }
    assert_eq!(done, 10);
    world.assert_sound().await;
}

#[tokio::test]
async fn boxes_that_are_asked_for_are_asked_for_in_pieces_at_the_price_of_one() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let boxes =
        |n: i64, target: i64| Wish { unit: "CT".into(), target: Some(gbp(target)), ..wish(Some("TP-48-CL"), "", n) };
    let number =
        as_person!(world, &jon, tx => quotes::ask(tx, store::new_id(), &request(vec![boxes(2, 3600)]))).unwrap();
    let page = as_person!(world, &jon, tx => quotes::page(tx, &number)).unwrap();
    let line = &page.request.unwrap().lines[0];
    assert_eq!((line.quantity, line.unit.as_str(), line.target), (quantity(72), "RL", Some(gbp(100))));
    // A price that no exact price of one is, and more than a line holds.
    for wrong in [boxes(2, 1000), boxes(500_000, 3600)] {
        let lines = vec![wish(None, "Engraved tags", 10), wrong];
        let told = as_person!(world, &jon, tx => quotes::ask(tx, store::new_id(), &request(lines))).unwrap_err();
        assert!(matches!(&told, Problem::Invalid(e) if e[0].field == "lines[1][quantity]"), "{told:?}");
    }
}
