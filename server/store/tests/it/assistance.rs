//! Acting for a member: who may, for how long, what never, and that both names stand everywhere.

use chrono::{DateTime, Duration, Utc};
use domain::actor::NEVER_ON_BEHALF;
use domain::assistance::{Policy, State};
use domain::cart::CheckoutForm;
use domain::catalog::Sku;
use domain::ids::{AccountId, AssistanceId, MemberId, ProposalId};
use domain::{Actor, Cause, Problem};
use store::Error;
use store::assistance::Asked;

use crate::world::{World, now, quantity};

const JON: &str = "buyer@acme.example";
const REP: &str = "rep@seller.example";

fn problem<T: std::fmt::Debug>(result: store::Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("a problem was expected: {other:?}"),
    }
}

async fn member(world: &World, email: &str) -> MemberId {
    world.actor(email).await.member().unwrap()
}

async fn ask(world: &World, by: &str, customer: &str, email: &str, why: &str) -> store::Result<Asked> {
    let (rep, member) = (world.actor(by).await, member(world, email).await);
    let mut tx = world.begin(&rep).await;
    let asked = store::assistance::ask(&mut tx, customer, member, why).await?;
    tx.commit().await?;
    Ok(asked)
}

async fn begun(world: &World, email: &str) -> (AccountId, AssistanceId) {
    match ask(world, REP, "1001", email, "asked by phone").await.unwrap() {
        Asked::Begun(account, id) => (account, id),
        Asked::Waits(_) => panic!("allowed at once"),
    }
}

/// Whoever `by` is at an instant, with the session that their browser remembers.
async fn at(world: &World, by: &str, helps: (AccountId, AssistanceId), when: DateTime<Utc>) -> Actor {
    let person = world.actor(by).await.person();
    store::accounts::asks(&world.store, person, None, Some(helps), when, "127.0.0.1").await.unwrap().actor
}

/// Ruth, acting for somebody of Acme.
async fn acting_for(world: &World, email: &str) -> Actor {
    let helps = begun(world, email).await;
    let actor = at(world, REP, helps, now()).await;
    assert!(actor.behalf().is_some());
    actor
}

async fn set_policy(world: &World, policy: Policy) {
    let admin = world.actor("admin@acme.example").await;
    let mut tx = world.begin(&admin).await;
    store::assistance::set_policy(&mut tx, policy).await.unwrap();
    tx.commit().await.unwrap();
}

async fn add(world: &World, actor: &Actor, sku: &str, n: i64) {
    let mut tx = world.begin(actor).await;
    store::cart::add(&mut tx, &Sku::parse("sku", sku).unwrap(), quantity(n)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn text(world: &World, sql: &str) -> String {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&world.superuser).await.unwrap()
}

#[tokio::test]
async fn where_it_is_allowed_a_rep_begins_at_once_and_the_member_is_told() {
    let world = World::new().await;
    assert_eq!(
        problem(ask(&world, REP, "1001", JON, " ").await),
        Problem::invalid("reason", "Say why, in 3 to 200 characters: the customer reads it.")
    );
    let actor = acting_for(&world, JON).await;
    let jon = world.buyer().await;
    assert_eq!(actor.name(), "Ruth Ito for Jon Bell");
    assert_eq!((actor.person(), actor.member(), actor.account()), (jon.person(), jon.member(), jon.account()));
    assert_ne!(actor.acting_person(), jon.person());
    let told = store::notices::list(&mut world.read(&jon).await).await.unwrap();
    assert!(told.notices[0].text.starts_with("Ruth Ito of Halden Supply acts on your behalf"), "{:?}", told.notices[0]);
    assert_eq!(world.number("SELECT count(*) FROM outbox WHERE done_at IS NULL AND payload::text LIKE '%buyer@acme.example%acts on your behalf%'").await, 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn where_it_is_never_allowed_nobody_acts_and_what_is_under_way_ends() {
    let world = World::new().await;
    let helps = begun(&world, JON).await;
    set_policy(&world, Policy::Never).await;
    assert!(at(&world, REP, helps, now()).await.is_staff(), "with the next click");
    assert_eq!(problem(ask(&world, REP, "1001", JON, "again").await), Problem::Conflict(Cause::OnBehalfNever));
    let rep = world.actor(REP).await;
    let page = store::customers::find(&mut world.read(&rep).await, "1001").await.unwrap();
    assert_eq!(page.policy, Policy::Never);
}

#[tokio::test]
async fn where_it_must_be_asked_the_member_alone_consents_and_then_it_begins() {
    let world = World::new().await;
    set_policy(&world, Policy::Ask).await;
    assert_eq!(ask(&world, REP, "1001", JON, "asked by phone").await.unwrap(), Asked::Waits("1001".to_owned()));
    let (jon, junior, rep) = (world.buyer().await, world.actor("junior@acme.example").await, world.actor(REP).await);
    let page = store::assistance::list(&mut world.read(&jon).await).await.unwrap();
    let asked = page.rows.iter().find(|r| r.state == State::Asked).unwrap();
    assert!(asked.can_answer && !page.sees_all);
    let id = asked.id;
    assert!(!store::assistance::list(&mut world.read(&junior).await).await.unwrap().rows.iter().any(|r| r.id == id));
    let admin = world.actor("admin@acme.example").await;
    let seen = store::assistance::list(&mut world.read(&admin).await).await.unwrap();
    assert!(seen.rows.iter().any(|r| r.id == id && !r.can_answer), "the admin sees it, and cannot consent for Jon");
    for other in [&junior, &admin] {
        assert_eq!(
            problem(store::assistance::answer(&mut world.begin(other).await, id, true).await),
            Problem::NotFound
        );
    }
    assert_eq!(
        problem(store::assistance::begin(&mut world.begin(&rep).await, id).await),
        Problem::Conflict(Cause::Stale),
        "not before the consent"
    );
    let mut tx = world.begin(&jon).await;
    store::assistance::answer(&mut tx, id, true).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM outbox WHERE done_at IS NULL AND payload::text LIKE '%rep@seller.example%agrees that you act%'").await, 1);
    assert_eq!(
        problem(store::assistance::answer(&mut world.begin(&jon).await, id, false).await),
        Problem::Conflict(Cause::Stale),
        "once"
    );
    let home = store::customers::home(&mut world.read(&rep).await).await.unwrap();
    assert!(home.help.iter().any(|h| h.id == id && h.state == State::Agreed), "the rep sees that it can begin");
    let late = now() + Duration::hours(24);
    let mut tx = world.store.begin(&rep, late).await.unwrap();
    assert_eq!(
        problem(store::assistance::begin(&mut tx, id).await),
        Problem::Conflict(Cause::Stale),
        "a consent is for a day"
    );
    drop(tx);
    let mut tx = world.begin(&rep).await;
    let helps = store::assistance::begin(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(at(&world, REP, helps, now()).await.name(), "Ruth Ito for Jon Bell");
    assert!(at(&world, "admin@seller.example", helps, now()).await.is_staff(), "nobody else's");
    world.assert_sound().await;
}

#[tokio::test]
async fn a_member_who_declines_is_not_acted_for() {
    let world = World::new().await;
    set_policy(&world, Policy::Ask).await;
    ask(&world, REP, "1001", JON, "asked by phone").await.unwrap();
    let (jon, rep) = (world.buyer().await, world.actor(REP).await);
    let page = store::assistance::list(&mut world.read(&jon).await).await.unwrap();
    let id = page.rows.iter().find(|r| r.can_answer).unwrap().id;
    let mut tx = world.begin(&jon).await;
    store::assistance::answer(&mut tx, id, false).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        problem(store::assistance::begin(&mut world.begin(&rep).await, id).await),
        Problem::Conflict(Cause::Stale)
    );
    let helps = (jon.account(), id);
    assert!(at(&world, REP, helps, now()).await.is_staff());
}

#[tokio::test]
async fn it_ends_by_itself_after_an_hour_and_with_whatever_it_stood_on() {
    let world = World::new().await;
    let helps = begun(&world, JON).await;
    let minutes = |n| now() + Duration::minutes(n);
    assert!(at(&world, REP, helps, minutes(59)).await.behalf().is_some());
    assert!(at(&world, REP, helps, minutes(60)).await.is_staff());
    for (sql, back) in [
        (
            "DELETE FROM staff_assignments",
            "INSERT INTO staff_assignments SELECT a.id, s.person_id FROM accounts a, staff s WHERE a.number = '1001' AND s.role = 'sales_rep'",
        ),
        (
            "UPDATE members SET status = 'deactivated' WHERE person_id = (SELECT id FROM people WHERE email = 'buyer@acme.example')",
            "UPDATE members SET status = 'active'",
        ),
        ("UPDATE accounts SET status = 'closed' WHERE number = '1001'", "UPDATE accounts SET status = 'active'"),
    ] {
        world.sql(sql).await;
        assert!(at(&world, REP, helps, now()).await.is_staff(), "{sql}");
        world.sql(back).await;
        assert!(at(&world, REP, helps, now()).await.behalf().is_some(), "{back}");
    }
    let stranger = (world.actor("buyer@globex.example").await.account(), helps.1);
    assert!(at(&world, REP, stranger, now()).await.is_staff(), "a session is named with its account");
    world.sql("UPDATE staff SET status = 'deactivated' WHERE role = 'sales_rep'").await;
    let person =
        store::demo::person(&world.store, &domain::accounts::Email::parse("email", REP).unwrap(), now()).await.unwrap();
    let gone = store::accounts::asks(&world.store, person, None, Some(helps), now(), "").await;
    assert!(matches!(gone, Err(Error::Problem(Problem::Unauthenticated)) | Ok(_)));
    assert!(gone.is_err() || gone.unwrap().actor.behalf().is_none(), "somebody who left acts for nobody");
}

#[tokio::test]
async fn the_member_the_admin_and_whoever_acts_can_end_it() {
    let world = World::new().await;
    let (jon, admin, junior) =
        (world.buyer().await, world.actor("admin@acme.example").await, world.actor("junior@acme.example").await);
    for who in [&jon, &admin] {
        let helps = begun(&world, JON).await;
        assert_eq!(problem(store::assistance::end(&mut world.begin(&junior).await, helps.1).await), Problem::NotFound);
        let mut tx = world.begin(who).await;
        store::assistance::end(&mut tx, helps.1).await.unwrap();
        tx.commit().await.unwrap();
        assert!(at(&world, REP, helps, now()).await.is_staff());
        assert_eq!(
            problem(store::assistance::end(&mut world.begin(who).await, helps.1).await),
            Problem::NotFound,
            "once"
        );
    }
    let helps = begun(&world, JON).await;
    let acting = at(&world, REP, helps, now()).await;
    let mut tx = world.begin(&acting).await;
    store::assistance::stop(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(at(&world, REP, helps, now()).await.is_staff());
    assert_eq!(text(&world, &format!("SELECT ended_by FROM assistance WHERE id = '{}'", helps.1)).await, "Ruth Ito");
    world.assert_sound().await;
}

async fn order_for(world: &World, acting: &Actor) -> String {
    add(world, acting, "TP-48-CL", 36).await;
    let page = store::cart::checkout(&mut world.read(acting).await).await.unwrap();
    let form = CheckoutForm {
        order_id: page.order_id,
        total: page.cart.totals.gross.amount(),
        po_number: "PO 1".into(),
        cost_centre: String::new(),
        ship_to: page.addresses[0].id.to_string(),
        requested_on: None,
        partial_delivery: true,
        note: String::new(),
    };
    let mut tx = world.begin(acting).await;
    let number = store::orders::submit(&mut tx, &form).await.unwrap();
    tx.commit().await.unwrap();
    number
}

#[tokio::test]
async fn an_order_on_behalf_is_the_members_with_both_names_on_everything() {
    let world = World::new().await;
    let acting = acting_for(&world, JON).await;
    let number = order_for(&world, &acting).await;
    let jon = world.buyer().await;
    let order = store::orders::find(&mut world.read(&jon).await, &number).await.unwrap();
    assert_eq!(
        (order.row.placed_by.as_str(), order.steps[0].by.as_str()),
        ("Ruth Ito for Jon Bell", "Ruth Ito for Jon Bell")
    );
    let who =
        format!("SELECT p.email FROM orders o JOIN people p ON p.id = o.acting_person WHERE o.number = '{number}'");
    assert_eq!(text(&world, &who).await, REP);
    let member = format!(
        "SELECT p.email FROM orders o JOIN members m ON (m.account_id, m.id) = (o.account_id, o.member_id) JOIN people p ON p.id = m.person_id WHERE o.number = '{number}'"
    );
    assert_eq!(text(&world, &member).await, JON);
    let mail =
        format!("SELECT payload #>> '{{Mail,to}}' FROM outbox WHERE payload::text LIKE '%Your order {number} is%'");
    assert_eq!(text(&world, &mail).await, JON, "the confirmation is the member's");
    let mut tx = world.begin(&acting).await;
    store::orders::cancel(&mut tx, &number, 1, "ordered twice").await.unwrap();
    tx.commit().await.unwrap();
    let order = store::orders::find(&mut world.read(&jon).await, &number).await.unwrap();
    assert_eq!(order.steps[1].by, "Ruth Ito for Jon Bell");

    // The trail: who typed, for whom, in which session; listed with the session, to the admin and to Jon.
    let admin = world.actor("admin@acme.example").await;
    let id = acting.behalf().unwrap().id;
    let lines = format!(
        "SELECT string_agg(line, E'\\n' ORDER BY seq) FROM audit_log WHERE line LIKE '%\"assistance\":\"{id}\"%'"
    );
    let lines = text(&world, &lines).await;
    let rep = world.actor(REP).await;
    for line in lines.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["who"], "Ruth Ito for Jon Bell");
        assert_eq!(entry["person"], serde_json::json!(rep.person()));
        assert_eq!(entry["for"], serde_json::json!(jon.person()));
    }
    for who in [&admin, &jon] {
        let page = store::assistance::list(&mut world.read(who).await).await.unwrap();
        let row = page.rows.into_iter().find(|r| r.id == id).unwrap();
        let deeds: Vec<&str> = row.deeds.iter().map(|d| d.action.as_str()).collect();
        assert_eq!(deeds, ["assistance.started", "cart.added", "order.submitted", "order.cancelled"]);
        assert_eq!(
            (row.by.as_str(), row.member.as_str(), row.reason.as_str()),
            ("Ruth Ito", "Jon Bell", "asked by phone")
        );
        assert!(row.can_end);
    }
    world.assert_sound().await;
}

#[tokio::test]
async fn what_is_never_done_for_others_is_refused_in_the_use_case_itself() {
    let world = World::new().await;
    // Somebody who holds every role there is on the buying side.
    world.sql("UPDATE members SET roles = '{buyer,approver,finance,account_admin,viewer}' WHERE person_id = (SELECT id FROM people WHERE email = 'buyer@acme.example')").await;
    let acting = acting_for(&world, JON).await;
    for permission in NEVER_ON_BEHALF {
        assert_eq!(acting.require(*permission), Err(Problem::Forbidden), "{permission:?}");
    }
    let waiting: String = text(&world, "SELECT number FROM orders WHERE status = 'pending_approval' LIMIT 1").await;
    let (junior, unit) = (member(&world, "junior@acme.example").await, AccountId::SELLER);
    let change =
        domain::accounts::MemberChange { roles: vec![domain::Role::Viewer], manager: None, cost_centres: vec![] };
    let invitation = domain::accounts::Invitation::parse("n@acme.example", "N", &["viewer".to_owned()]).unwrap();
    let none = AssistanceId(uuid::Uuid::nil());
    let rule = domain::approvals::Verdict::Approve;
    let mut tx = world.begin(&acting).await;
    let mut refused: Vec<(&str, Problem)> = vec![
        (
            "decide",
            problem(store::approvals::decide(&mut tx, &waiting, 1, rule, "", &std::collections::BTreeMap::new()).await),
        ),
        ("inbox", problem(store::approvals::inbox(&mut tx).await)),
        ("settings", problem(store::company::save_settings(&mut tx, true, None, true).await)),
        ("cost centre", problem(store::company::save_cost_centre(&mut tx, "X", "X").await)),
        ("addresses", problem(store::company::addresses(&mut tx).await)),
        ("budget", problem(store::budgets::end(&mut tx, domain::ids::BudgetId(uuid::Uuid::nil())).await)),
        ("rules", problem(store::approvals::rules(&mut tx).await)),
        ("members", problem(store::accounts::members(&mut tx).await)),
        ("change member", problem(store::accounts::change_member(&mut tx, junior, &change).await)),
        ("deactivate", problem(store::accounts::deactivate(&mut tx, "junior@acme.example", None).await)),
        ("audit", problem(store::accounts::audit_trail(&mut tx).await)),
        ("notices", problem(store::notices::list(&mut tx).await)),
        ("read notices", problem(store::notices::read_all(&mut tx).await)),
        ("choose mails", problem(store::notices::choose(&mut tx, &[]).await)),
        ("assistance", problem(store::assistance::list(&mut tx).await)),
        ("consent", problem(store::assistance::answer(&mut tx, none, true).await)),
        ("end", problem(store::assistance::end(&mut tx, none).await)),
        ("policy", problem(store::assistance::set_policy(&mut tx, Policy::Allowed).await)),
        ("act for another", problem(store::assistance::ask(&mut tx, "1001", junior, "why not").await)),
        ("calendar", problem(store::deliveries::renew_feed(&mut tx).await)),
        ("end calendar", problem(store::deliveries::end_feed(&mut tx).await)),
        ("accept a proposal", problem(store::proposals::accept(&mut tx, ProposalId(uuid::Uuid::nil())).await)),
        ("the seller's customers", problem(store::customers::home(&mut tx).await)),
    ];
    drop(tx);
    let store = &world.store;
    refused.extend([
        ("invite", problem(store::accounts::invite(store, &acting, &invitation, "", now()).await)),
        ("unit", problem(store::units::join(store, &acting, unit, now()).await)),
        ("profile", problem(store::accounts::profile(store, &acting, &[], now()).await)),
        ("sessions", problem(store::accounts::sessions::end(store, &acting, &[0], now()).await)),
    ]);
    for (what, problem) in refused {
        assert_eq!(problem, Problem::Forbidden, "{what}");
    }
    world.assert_sound().await;
}

#[tokio::test]
async fn a_rep_without_the_assignment_finds_nothing() {
    let world = World::new().await;
    let rep = world.actor(REP).await;
    let tom = member(&world, "buyer@globex.example").await;
    let order = text(
        &world,
        "SELECT o.number FROM orders o JOIN accounts a ON a.id = o.account_id WHERE a.number = '1002' LIMIT 1",
    )
    .await;
    let found = [
        problem(ask(&world, REP, "1002", "buyer@globex.example", "asked by phone").await),
        problem(ask(&world, REP, "1001", "buyer@globex.example", "a member of another account").await),
        problem(store::customers::find(&mut world.read(&rep).await, "1002").await),
        problem(store::customers::note(&mut world.begin(&rep).await, "1002", "", "x").await),
        problem(store::customers::note(&mut world.begin(&rep).await, "1001", &order, "x").await),
        problem(store::deliveries::find(&mut world.read(&rep).await, "1002", &order).await),
        problem(store::deliveries::find(&mut world.read(&rep).await, "", &order).await),
        problem(store::assistance::begin(&mut world.begin(&rep).await, AssistanceId(tom.0)).await),
    ];
    for problem in found {
        assert_eq!(problem, Problem::NotFound);
    }
    let none = |words: &str| domain::deliveries::DeskQuery::parse(words);
    assert_eq!(store::deliveries::list(&mut world.read(&rep).await, none("customer=1002")).await.unwrap().total, 0);
    assert_eq!(
        problem(
            store::deliveries::change(
                &mut world.begin(&rep).await,
                "1001",
                &order,
                1,
                store::deliveries::Change::Cancel,
                "x"
            )
            .await
        ),
        Problem::Forbidden,
        "reps move no orders on"
    );
    assert_eq!(
        problem(ask(&world, JON, "1001", JON, "asked by phone").await),
        Problem::Forbidden,
        "nor do members act for each other"
    );
}

#[tokio::test]
async fn a_proposed_cart_holds_what_was_added_for_the_member_who_takes_it_over_once() {
    let world = World::new().await;
    let (jon, junior) = (world.buyer().await, world.actor("junior@acme.example").await);
    let waiting = async |actor: &Actor| store::proposals::waiting(&mut world.read(actor).await).await.unwrap();
    let before = waiting(&jon).await.waiting.len();
    add(&world, &jon, "TM-5M", 4).await;
    let acting = acting_for(&world, JON).await;
    let nothing = problem(store::proposals::propose(&mut world.begin(&acting).await, "note").await);
    assert!(matches!(nothing, Problem::Invalid(_)), "only what was added for the member: {nothing:?}");
    add(&world, &acting, "GL-CUT-D-9", 20).await;
    add(&world, &acting, "LD-6", 1).await;
    assert_eq!(waiting(&acting).await.mine, Some(2));
    assert_eq!(problem(store::proposals::propose(&mut world.begin(&jon).await, "note").await), Problem::Forbidden);
    let mut tx = world.begin(&acting).await;
    let id = store::proposals::propose(&mut tx, " as we said ").await.unwrap();
    tx.commit().await.unwrap();
    let skus = async |actor: &Actor| -> Vec<String> {
        store::cart::cart(&mut world.read(actor).await).await.unwrap().lines.into_iter().map(|l| l.sku).collect()
    };
    let own: Vec<String> = skus(&jon).await;
    assert!(
        own.contains(&"TM-5M".to_owned()) && !own.contains(&"LD-6".to_owned()),
        "what the member added stays: {own:?}"
    );
    let list = waiting(&jon).await;
    assert_eq!((list.waiting.len(), list.mine), (before + 1, None));

    let found = problem(store::proposals::find(&mut world.read(&junior).await, id).await);
    assert_eq!(found, Problem::NotFound, "another member's");
    world.sql("UPDATE products SET status = 'discontinued' WHERE sku = 'LD-6'").await;
    let page = store::proposals::find(&mut world.read(&jon).await, id).await.unwrap();
    assert_eq!(
        (page.row.by.as_str(), page.row.note.as_str(), page.lines.len(), page.can_answer),
        ("Ruth Ito", "as we said", 2, true)
    );
    assert!(!store::proposals::find(&mut world.read(&acting).await, id).await.unwrap().can_answer);
    let mut tx = world.begin(&jon).await;
    let report = store::proposals::accept(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((report.added, report.left_out), (1, 1), "every line is reported");
    assert!(skus(&jon).await.contains(&"GL-CUT-D-9".to_owned()));
    let mut tx = world.begin(&jon).await;
    assert_eq!(problem(store::proposals::accept(&mut tx, id).await), Problem::Conflict(Cause::ProposalOver));
    assert_eq!(problem(store::proposals::decline(&mut tx, id).await), Problem::Conflict(Cause::ProposalOver));
    world.assert_sound().await;
}

#[tokio::test]
async fn two_tabs_take_a_proposal_over_once() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let id = store::proposals::waiting(&mut world.read(&jon).await).await.unwrap().waiting[0].id;
    let tabs = (0..2).map(|_| {
        let (store, jon) = (world.store.clone(), jon.clone());
        tokio::spawn(async move {
            let mut tx = store.begin(&jon, now()).await?;
            let report = store::proposals::accept(&mut tx, id).await?;
            tx.commit().await?;
            Ok::<_, Error>(report)
        })
    });
    let mut done = 0;
    for tab in tabs.collect::<Vec<_>>() {
        match tab.await.unwrap() {
            Ok(_) => done += 1,
            Err(Error::Problem(Problem::Conflict(Cause::ProposalOver))) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(world.number("SELECT sum(quantity)::bigint FROM cart_lines l JOIN products p ON p.id = l.product_id WHERE p.sku = 'GL-CUT-D-9'").await, 60);
}

#[tokio::test]
async fn what_was_proposed_to_somebody_who_leaves_is_handed_to_a_colleague() {
    let world = World::new().await;
    let (admin, junior) = (world.actor("admin@acme.example").await, world.actor("junior@acme.example").await);
    let proposed = store::proposals::waiting(&mut world.read(&world.buyer().await).await).await.unwrap().waiting.len();
    let mut tx = world.begin(&admin).await;
    store::accounts::deactivate(&mut tx, JON, Some(junior.member().unwrap())).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store::proposals::waiting(&mut world.read(&junior).await).await.unwrap().waiting.len(), proposed);
    assert!(proposed > 0, "the demo has one");
}

#[tokio::test]
async fn a_line_is_the_members_again_when_the_member_changes_it() {
    let world = World::new().await;
    let acting = acting_for(&world, JON).await;
    add(&world, &acting, "LD-6", 1).await;
    add(&world, &acting, "GL-CUT-D-9", 20).await;
    let jon = world.buyer().await;
    let mut tx = world.begin(&jon).await;
    store::cart::set(&mut tx, &Sku::parse("sku", "LD-6").unwrap(), Some(quantity(2))).await.unwrap();
    tx.commit().await.unwrap();
    add(&world, &acting, "LD-6", 1).await;
    let mine = store::proposals::waiting(&mut world.read(&acting).await).await.unwrap().mine;
    assert_eq!(mine, Some(1), "only the gloves can be proposed");
}
