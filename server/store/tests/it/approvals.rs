//! Approvals: who decides, exactly once, and what it does to stock, budget and cart.

use chrono::{DateTime, Datelike as _, Duration, Utc};
use domain::accounts::MemberChange;
use domain::approvals::{Condition, Rule, Tier, Verdict, Who};
use domain::budgets::{Beyond, Period};
use domain::cart::CheckoutForm;
use domain::catalog::Sku;
use domain::notices::Kind;
use domain::orders::Status;
use domain::{Actor, Cause, Currency, Money, Problem, Role};
use rust_decimal::Decimal;
use store::approvals::{self, Answer};

use crate::world::{World, now, quantity};

/// A world in which Acme's two rules are in force: over 500 a manager, over 5,000 also finance.
async fn world() -> World {
    let world = World::new().await;
    world.sql("UPDATE approval_rules SET enabled = true").await;
    world
}

/// Sends `n` of an article on a cost centre; gives the order's number.
async fn try_send(world: &World, actor: &Actor, sku: &str, n: i64, centre: &str) -> Result<String, Problem> {
    let mut tx = world.begin(actor).await;
    let problem = |e: store::Error| match e {
        store::Error::Problem(problem) => problem,
        fault => panic!("{fault}"),
    };
    store::cart::add(&mut tx, &Sku::parse("sku", sku).unwrap(), quantity(n)).await.map_err(problem)?;
    let page = store::cart::checkout(&mut tx).await.unwrap();
    let form = CheckoutForm {
        order_id: page.order_id,
        total: page.cart.totals.gross.amount(),
        po_number: "PO 1".into(),
        cost_centre: centre.into(),
        ship_to: page.addresses.first().map(|a| a.id.to_string()).unwrap_or_default(),
        requested_on: None,
        partial_delivery: true,
        note: String::new(),
    };
    let number = store::orders::submit(&mut tx, &form).await.map_err(problem)?;
    tx.commit().await.unwrap();
    Ok(number)
}

async fn send(world: &World, actor: &Actor, n: i64) -> String {
    try_send(world, actor, "GL-CUT-D-9", n, "MAINT").await.unwrap()
}

async fn decide(
    world: &World,
    actor: &Actor,
    number: &str,
    version: i32,
    verdict: Verdict,
    words: &str,
) -> Result<Answer, Problem> {
    decide_on(world, actor, number, version, verdict, words, &[]).await
}

/// Like [`decide`], with quantities by line.
async fn decide_on(
    world: &World,
    actor: &Actor,
    number: &str,
    version: i32,
    verdict: Verdict,
    words: &str,
    quantities: &[(i32, i64)],
) -> Result<Answer, Problem> {
    let quantities = quantities.iter().map(|(line, n)| (*line, Decimal::from(*n))).collect();
    let mut tx = world.begin(actor).await;
    match approvals::decide(&mut tx, number, version, verdict, words, &quantities).await {
        Ok(answer) => {
            tx.commit().await.unwrap();
            Ok(answer)
        }
        Err(store::Error::Problem(problem)) => {
            // At once: a row that is still locked is skipped by the chase.
            tx.rollback().await.unwrap();
            Err(problem)
        }
        Err(fault) => panic!("{fault}"),
    }
}

async fn yes(world: &World, actor: &Actor, number: &str, version: i32) -> Result<Answer, Problem> {
    decide(world, actor, number, version, Verdict::Approve, "").await
}

async fn status(world: &World, number: &str) -> Status {
    let code: String =
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT status FROM orders WHERE number = '{number}'")))
            .fetch_one(&world.superuser)
            .await
            .unwrap();
    Status::parse(&code).unwrap()
}

/// What the cost centre's budget has given for one order.
async fn used(world: &World, number: &str) -> Decimal {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT COALESCE(sum(e.amount), 0) FROM budget_entries e JOIN orders o ON o.id = e.order_id WHERE o.number = '{number}'"
    )))
    .fetch_one(&world.superuser)
    .await
    .unwrap()
}

async fn text(world: &World, sql: &str) -> String {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&world.superuser).await.unwrap()
}

const STALE: Problem = Problem::Conflict(Cause::Stale);

/// Somebody decided before, and the person is told who.
fn decided(answer: &Result<Answer, Problem>, by: &str) -> bool {
    matches!(answer, Err(Problem::Conflict(Cause::Decided { by: who, .. })) if who == by)
}

#[tokio::test]
async fn what_the_demo_sends_waits_in_the_managers_inbox_alone() {
    let world = world().await;
    let (manager, finance) = (world.actor("manager@acme.example").await, world.actor("finance@acme.example").await);
    let inbox = approvals::inbox(&mut world.read(&manager).await).await.unwrap();
    assert_eq!((inbox.waiting.len(), inbox.waiting[0].requester.as_str()), (1, "Ollie Grant"));
    assert_eq!(inbox.waiting[0].rules, ["Over £500"]);
    let page = approvals::page(&mut world.read(&manager).await, &inbox.waiting[0].number).await.unwrap();
    assert!(page.may_decide && !page.mine && page.budget.is_some());
    assert_eq!(page.progress[0].tiers[0].people, ["Dana Reyes"]);
    assert_eq!(page.budget_then, None);
    world.sql("UPDATE budgets SET amount = amount - 1000").await;
    let later = approvals::page(&mut world.read(&manager).await, &inbox.waiting[0].number).await.unwrap();
    assert!(later.budget_then.is_some(), "the budget has shrunk since it was sent");
    let other = approvals::inbox(&mut world.read(&finance).await).await.unwrap();
    assert!(other.waiting.is_empty() && other.others.is_empty(), "finance has no say here, and does not see orders");
    world.assert_sound().await;
}

#[tokio::test]
async fn a_small_order_goes_straight_through_and_a_large_one_waits_for_both() {
    let world = world().await;
    let (buyer, manager) = (world.buyer().await, world.actor("manager@acme.example").await);
    let finance = world.actor("director@acme.example").await;
    let small = try_send(&world, &buyer, "TP-48-CL", 36, "SAFETY").await.unwrap();
    assert_eq!(status(&world, &small).await, Status::Confirmed);
    world.sql("UPDATE stock SET on_hand = 100000; UPDATE budgets SET amount = 100000").await;
    let large = send(&world, &buyer, 1800).await;
    assert_eq!(status(&world, &large).await, Status::PendingApproval);
    assert_eq!(used(&world, &large).await, Decimal::ZERO, "a budget is used at confirmation");
    assert_eq!(yes(&world, &manager, &large, 1).await, Ok(Answer::Waits));
    assert_eq!(yes(&world, &manager, &large, 2).await, Err(Problem::Forbidden), "the manager has said all");
    assert!(decided(&yes(&world, &finance, &large, 1).await, "Dana Reyes"));
    assert_eq!(yes(&world, &finance, &large, 2).await, Ok(Answer::Approved));
    assert_eq!(status(&world, &large).await, Status::Confirmed);
    let gross: Decimal = sqlx::query_scalar("SELECT gross FROM orders WHERE number = $1")
        .bind(&large)
        .fetch_one(&world.superuser)
        .await
        .unwrap();
    assert_eq!(used(&world, &large).await, gross, "with delivery and tax");
    world.assert_sound().await;
}

#[tokio::test]
async fn two_approvers_at_once_are_one_decision() {
    let world = world().await;
    let buyer = world.buyer().await;
    world.sql("UPDATE members SET roles = '{approver}' WHERE person_id = (SELECT id FROM people WHERE email = 'admin@acme.example')").await;
    let (one, two) = (world.actor("manager@acme.example").await, world.actor("admin@acme.example").await);
    for _ in 0..4 {
        let number = send(&world, &buyer, 120).await;
        let (a, b) =
            tokio::join!(yes(&world, &one, &number, 1), decide(&world, &two, &number, 1, Verdict::Reject, "too dear"));
        assert!(
            a == Ok(Answer::Approved) && decided(&b, "Dana Reyes")
                || decided(&a, "Marta Kowalski") && b == Ok(Answer::Rejected),
            "{a:?} {b:?}"
        );
        world.sql("DELETE FROM cart_lines").await;
    }
    world.assert_sound().await;
}

#[tokio::test]
async fn nobody_decides_their_own_order_and_strangers_learn_nothing() {
    let world = world().await;
    world.sql("UPDATE members SET roles = '{buyer,approver}' WHERE person_id = (SELECT id FROM people WHERE email = 'buyer@acme.example')").await;
    let buyer = world.buyer().await;
    let number = send(&world, &buyer, 120).await;
    assert_eq!(yes(&world, &buyer, &number, 1).await, Err(Problem::Forbidden));
    for (email, told) in [
        ("finance@acme.example", Problem::NotFound),
        ("junior@acme.example", Problem::NotFound),
        ("director@acme.example", Problem::Forbidden),
        ("buyer@globex.example", Problem::NotFound),
        ("rep@seller.example", Problem::Forbidden),
    ] {
        let actor = world.actor(email).await;
        assert_eq!(yes(&world, &actor, &number, 1).await, Err(told), "{email}");
    }
    assert_eq!(status(&world, &number).await, Status::PendingApproval);
}

#[tokio::test]
async fn a_rejection_needs_a_reason_and_hands_the_lines_back_into_the_cart() {
    let world = world().await;
    let (buyer, manager) = (world.buyer().await, world.actor("manager@acme.example").await);
    let reserved = "SELECT sum(reserved)::bigint FROM stock";
    let before = world.number(reserved).await;
    let number = send(&world, &buyer, 130).await;
    assert!(world.number(reserved).await > before);
    assert!(matches!(decide(&world, &manager, &number, 1, Verdict::Reject, "  ").await, Err(Problem::Invalid(_))));
    assert_eq!(
        decide(&world, &manager, &number, 1, Verdict::Reject, "Use up line 3's first.").await,
        Ok(Answer::Rejected)
    );
    assert_eq!((status(&world, &number).await, world.number(reserved).await), (Status::Rejected, before));
    let cart = store::cart::cart(&mut world.read(&buyer).await).await.unwrap();
    assert_eq!((cart.lines[0].sku.as_str(), cart.lines[0].quantity), ("GL-CUT-D-9", quantity(130)));
    let order = store::orders::find(&mut world.read(&buyer).await, &number).await.unwrap();
    assert_eq!(order.steps.last().unwrap().reason, "Use up line 3's first.");
    let told = store::notices::list(&mut world.read(&buyer).await).await.unwrap();
    assert!(told.notices[0].text.contains("rejected your order") && told.notices[0].unread);
    world.assert_sound().await;
}

#[tokio::test]
async fn the_last_approval_looks_again_and_a_changed_price_goes_back_to_the_buyer() {
    let world = world().await;
    let (buyer, manager) = (world.buyer().await, world.actor("manager@acme.example").await);
    let number = send(&world, &buyer, 130).await;
    world.sql("UPDATE prices SET unit_price = unit_price + 1 WHERE unit_price IS NOT NULL").await;
    match yes(&world, &manager, &number, 1).await {
        Ok(Answer::Returned(changes)) => assert!(changes[0].starts_with("GL-CUT-D-9 was £"), "{changes:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(status(&world, &number).await, Status::Rejected);
    assert_eq!(store::cart::cart(&mut world.read(&buyer).await).await.unwrap().lines.len(), 1);
    assert_eq!(used(&world, &number).await, Decimal::ZERO);
    world.assert_sound().await;
}

#[tokio::test]
async fn a_held_account_and_a_used_up_budget_stop_the_last_approval() {
    let world = world().await;
    let (buyer, manager) = (world.buyer().await, world.actor("manager@acme.example").await);
    let number = send(&world, &buyer, 130).await;
    world.sql("UPDATE budgets SET amount = 1, beyond = 'block'").await;
    assert!(matches!(yes(&world, &manager, &number, 1).await, Ok(Answer::Returned(c)) if c[0].contains("budget")));
    world.sql("UPDATE budgets SET amount = 100000").await;
    let number = send(&world, &buyer, 130).await;
    world.sql("UPDATE accounts SET status = 'on_hold' WHERE number = '1001'").await;
    let manager = world.actor("manager@acme.example").await;
    assert!(matches!(yes(&world, &manager, &number, 1).await, Ok(Answer::Returned(c)) if c[0].contains("hold")));
    world.assert_sound().await;
}

#[tokio::test]
async fn a_delegate_decides_in_the_others_name_for_as_long_as_it_lasts() {
    let world = world().await;
    let (buyer, manager, admin) =
        (world.buyer().await, world.actor("manager@acme.example").await, world.actor("admin@acme.example").await);
    let number = send(&world, &buyer, 130).await;
    assert_eq!(
        yes(&world, &admin, &number, 1).await,
        Err(Problem::Forbidden),
        "the demo's delegation begins next week"
    );
    let mut tx = world.begin(&manager).await;
    let today = tx.today();
    approvals::delegate(&mut tx, admin.member().unwrap(), today, today, Some(Decimal::from(2000))).await.unwrap();
    tx.commit().await.unwrap();
    let inbox = approvals::inbox(&mut world.read(&admin).await).await.unwrap();
    assert_eq!(inbox.waiting.iter().find(|r| r.number == number).unwrap().for_name.as_deref(), Some("Dana Reyes"));
    assert_eq!(yes(&world, &admin, &number, 1).await, Ok(Answer::Approved));
    let page = approvals::page(&mut world.read(&buyer).await, &number).await.unwrap();
    assert_eq!(page.said[0].who, "Marta Kowalski for Dana Reyes");
    let second = send(&world, &buyer, 130).await;
    let mine = approvals::inbox(&mut world.read(&manager).await).await.unwrap().delegations;
    let mut tx = world.begin(&manager).await;
    approvals::end_delegation(&mut tx, mine.iter().find(|d| d.first == today).unwrap().id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(yes(&world, &admin, &second, 1).await, Err(Problem::Forbidden));
}

#[tokio::test]
async fn a_question_decides_nothing_and_its_answer_reaches_whoever_asked() {
    let world = world().await;
    let (buyer, manager) = (world.buyer().await, world.actor("manager@acme.example").await);
    let number = send(&world, &buyer, 130).await;
    assert_eq!(decide(&world, &manager, &number, 1, Verdict::Question, "Why so many?").await, Ok(Answer::Asked));
    let mut tx = world.begin(&buyer).await;
    approvals::answer(&mut tx, &number, "For the shutdown.").await.unwrap();
    tx.commit().await.unwrap();
    let page = approvals::page(&mut world.read(&manager).await, &number).await.unwrap();
    let said: Vec<_> = page.said.iter().map(|s| (s.what.as_str(), s.words.as_str())).collect();
    assert_eq!(said, [("asked", "Why so many?"), ("answered", "For the shutdown.")]);
    assert!(
        store::notices::list(&mut world.read(&manager).await).await.unwrap().notices[0]
            .text
            .contains("For the shutdown.")
    );
    assert_eq!(yes(&world, &manager, &number, 1).await, Ok(Answer::Approved), "a question leaves the version as it is");
}

#[tokio::test]
async fn a_mailed_link_shows_on_get_decides_once_and_then_says_so() {
    let world = world().await;
    let buyer = world.buyer().await;
    let token = async |number: &str| {
        text(&world, &format!("SELECT substring(payload -> 'Mail' ->> 'body' FROM '/approve/([0-9a-f]+)') FROM outbox
                               WHERE payload -> 'Mail' ->> 'to' = 'manager@acme.example' AND payload -> 'Mail' ->> 'subject' LIKE '%{number}%'")).await
    };
    let number = send(&world, &buyer, 130).await;
    let first = token(&number).await;
    for _ in 0..2 {
        let shown = approvals::by_link(&world.store, &first, "", now()).await.unwrap();
        assert_eq!((shown.name.as_str(), shown.page.row.number.as_str()), ("Dana Reyes", number.as_str()));
        assert_eq!(status(&world, &number).await, Status::PendingApproval, "looking decides nothing");
    }
    let over = |e: store::Error| matches!(e, store::Error::Problem(Problem::Conflict(Cause::LinkOver)));
    let late = now() + chrono::Duration::days(8);
    assert!(over(approvals::by_link(&world.store, &first, "", late).await.unwrap_err()));
    let decide = async |token: String| {
        approvals::decide_by_link(&world.store, &token, 1, Verdict::Approve, "", "203.0.113.9", now()).await
    };
    assert_eq!(decide(first.clone()).await.unwrap(), Answer::Approved);
    assert!(over(decide(first.clone()).await.unwrap_err()));
    assert!(over(approvals::by_link(&world.store, &first, "", now()).await.unwrap_err()));
    let next = send(&world, &buyer, 130).await;
    let second = token(&next).await;
    world.sql("UPDATE accounts SET decide_by_mail = false WHERE number = '1001'").await;
    assert!(over(decide(second).await.unwrap_err()), "the account wants people to sign in");
    let third = send(&world, &buyer, 130).await;
    assert_eq!(world.number(&format!("SELECT count(*) FROM outbox WHERE payload -> 'Mail' ->> 'subject' LIKE '%{third}%' AND payload -> 'Mail' ->> 'body' LIKE '%/approve/%'")).await, 0);
    world.assert_sound().await;
}

#[tokio::test]
async fn budgets_refuse_ask_and_get_back_exactly_what_is_cancelled() {
    let world = World::new().await;
    let (buyer, admin) = (world.buyer().await, world.actor("admin@acme.example").await);
    world.sql("DELETE FROM budget_entries").await;
    let set = async |amount: i64, beyond: Beyond| {
        let mut tx = world.begin(&admin).await;
        store::budgets::set(&mut tx, "MAINT", Period::Month, Decimal::from(amount), beyond, 80).await.unwrap();
        tx.commit().await.unwrap();
    };
    set(1000, Beyond::Block).await;
    let first = send(&world, &buyer, 80).await;
    let took = used(&world, &first).await;
    assert!(took > Decimal::from(300), "{took}");
    let refused = try_send(&world, &buyer, "GL-CUT-D-9", 150, "MAINT").await;
    assert!(matches!(&refused, Err(Problem::Conflict(Cause::OverBudget { .. }))), "{refused:?}");
    set(1000, Beyond::Approve).await;
    world.sql("DELETE FROM cart_lines").await;
    let second = send(&world, &buyer, 150).await;
    assert_eq!(status(&world, &second).await, Status::PendingApproval, "the budget itself asks, without any rule");
    let mut tx = world.begin(&buyer).await;
    store::orders::cancel(&mut tx, &first, 1, "not needed").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(used(&world, &first).await, Decimal::ZERO);
    let page = store::budgets::list(&mut world.read(&admin).await).await.unwrap();
    let maint = page.budgets.iter().find(|b| b.now.cost_centre.contains("MAINT")).unwrap();
    assert!(maint.now.used.amount().is_zero() && maint.now.waiting.amount() > Decimal::ZERO);
    let mut tx = world.begin(&buyer).await;
    store::orders::cancel(&mut tx, &second, 1, "nor this").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.number("SELECT count(*) FROM approval_flows WHERE status = 'withdrawn'").await, 1);
    world.assert_sound().await;
}

#[tokio::test]
async fn rules_are_saved_as_seen_simulated_and_inherited_by_units() {
    let world = world().await;
    let admin = world.actor("admin@acme.example").await;
    let page = approvals::rules(&mut world.read(&admin).await).await.unwrap();
    assert_eq!(page.rules[0].words, "Orders over £500.00 by buyers need one of the purchasing managers.");
    let mut rule = page.rules[0].rule.clone();
    rule.conditions = vec![Condition::TotalOver(Money::new(Decimal::from(750), Currency::GBP))];
    let save = async |version: i32, rule: &Rule| {
        let mut tx = world.begin(&admin).await;
        let saved = approvals::save_rule(&mut tx, Some((page.rules[0].id, version)), rule).await;
        if saved.is_ok() {
            tx.commit().await.unwrap();
        }
        saved
    };
    save(page.rules[0].version, &rule).await.unwrap();
    assert!(matches!(save(page.rules[0].version, &rule).await, Err(store::Error::Problem(p)) if p == STALE));
    let strange = Rule { tiers: vec![Tier { all: false, who: vec![Who::Member(store::new_id())] }], ..rule.clone() };
    assert!(matches!(save(page.rules[0].version + 1, &strange).await, Err(store::Error::Problem(Problem::NotFound))));
    let all = Rule { conditions: vec![], about: vec![], ..rule.clone() };
    let outcome = approvals::simulate(&mut world.read(&admin).await, &all, 365).await.unwrap();
    assert!(outcome.orders > 0 && outcome.matching == outcome.orders);
    let buyer = world.buyer().await;
    assert!(matches!(
        approvals::rules(&mut world.read(&buyer).await).await,
        Err(store::Error::Problem(Problem::Forbidden))
    ));
    // Globex becomes a unit of Acme: its orders fall under Acme's rules, which it cannot change.
    world
        .sql("UPDATE accounts SET parent_id = (SELECT id FROM accounts WHERE number = '1001') WHERE number = '1002'")
        .await;
    world.sql("UPDATE members SET roles = '{buyer,account_admin}' WHERE person_id = (SELECT id FROM people WHERE email = 'buyer@globex.example')").await;
    let unit = world.actor("buyer@globex.example").await;
    let inherited = approvals::rules(&mut world.read(&unit).await).await.unwrap();
    assert_eq!(inherited.rules[0].inherited_from.as_deref(), Some("Acme Manufacturing"));
    let mut tx = world.begin(&unit).await;
    assert!(matches!(
        approvals::delete_rule(&mut tx, inherited.rules[0].id, 2).await,
        Err(store::Error::Problem(Problem::NotFound))
    ));
    drop(tx);
    let role = world.number("SELECT count(*) FROM approval_rules").await;
    assert_eq!(role, 2);
    let sent = try_send(&world, &unit, "TP-48-CL", 720, "").await.unwrap();
    assert_eq!(status(&world, &sent).await, Status::PendingApproval);
}

/// People send, approve, reject, ask and cancel in a random order; at the end every sum equals its ledger.
#[tokio::test]
async fn random_days_end_with_every_sum_equal_to_its_ledger() {
    let world = world().await;
    world.sql("UPDATE stock SET on_hand = 100000; UPDATE budgets SET amount = 12000; UPDATE credit_limits SET credit_limit = 60000").await;
    world.sql(&format!("UPDATE members SET roles = '{{{},{}}}' WHERE person_id = (SELECT id FROM people WHERE email = 'admin@acme.example')", Role::Approver.code(), Role::AccountAdmin.code())).await;
    let people = [
        "buyer@acme.example",
        "junior@acme.example",
        "manager@acme.example",
        "admin@acme.example",
        "director@acme.example",
    ];
    let mut actors = Vec::new();
    for email in people {
        actors.push(world.actor(email).await);
    }
    // A small generator of its own: the same day every time.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut roll = |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % n
    };
    let mut numbers: Vec<String> = Vec::new();
    for _ in 0..120 {
        let who = &actors[usize::try_from(roll(5)).unwrap()];
        if numbers.is_empty() || roll(3) == 0 {
            let (n, centre) =
                (10 * i64::try_from(1 + roll(120)).unwrap(), ["MAINT", "PACK", ""][usize::try_from(roll(3)).unwrap()]);
            if let Ok(number) = try_send(&world, who, "GL-CUT-D-9", n, centre).await {
                numbers.push(number);
            }
            continue;
        }
        let number = &numbers[usize::try_from(roll(numbers.len() as u64)).unwrap()];
        let version = i32::try_from(1 + roll(3)).unwrap();
        match roll(4) {
            0 => drop(decide(&world, who, number, version, Verdict::Reject, "no").await),
            1 => {
                let mut tx = world.begin(who).await;
                if store::orders::cancel(&mut tx, number, version, "changed my mind").await.is_ok() {
                    tx.commit().await.unwrap();
                }
            }
            _ => drop(yes(&world, who, number, version).await),
        }
    }
    let seen = async |status: &str| {
        world.number(&format!("SELECT count(*) FROM orders WHERE status = '{status}' AND source = 'portal'")).await
    };
    for status in ["confirmed", "rejected", "cancelled", "pending_approval"] {
        assert!(seen(status).await > 0, "a day without {status} orders shows nothing");
    }
    let own = world
        .number("SELECT count(*) FROM approval_log l JOIN approval_flows f USING (account_id, order_id) WHERE l.verdict = 'approve' AND l.member_id = f.requester")
        .await;
    assert_eq!(own, 0, "nobody approved their own order");
    world.assert_sound().await;
}

#[tokio::test]
async fn what_a_deactivated_member_leaves_open_goes_to_a_colleague() {
    let world = world().await;
    let (junior, buyer) = (world.actor("junior@acme.example").await, world.buyer().await);
    let (manager, admin) = (world.actor("manager@acme.example").await, world.actor("admin@acme.example").await);
    let number = approvals::inbox(&mut world.read(&manager).await).await.unwrap().waiting[0].number.clone();
    let mut tx = world.begin(&junior).await;
    store::cart::add(&mut tx, &Sku::parse("sku", "TP-48-CL").unwrap(), quantity(12)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.begin(&admin).await;
    store::accounts::deactivate(&mut tx, "junior@acme.example", Some(buyer.member().unwrap())).await.unwrap();
    tx.commit().await.unwrap();
    let cart = store::cart::cart(&mut world.read(&buyer).await).await.unwrap();
    assert_eq!((cart.lines.len(), cart.lines[0].quantity), (1, quantity(12)));
    decide(&world, &manager, &number, 1, Verdict::Reject, "no").await.unwrap();
    let cart = store::cart::cart(&mut world.read(&buyer).await).await.unwrap();
    assert_eq!(cart.lines.len(), 3, "a rejected order goes back to whoever took over");
    // The only approver goes: what waits falls to the account admins, not to nobody.
    let next = send(&world, &buyer, 130).await;
    let mut tx = world.begin(&admin).await;
    store::accounts::deactivate(&mut tx, "manager@acme.example", None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(yes(&world, &admin, &next, 1).await, Ok(Answer::Approved));
    world.assert_sound().await;
}

#[tokio::test]
async fn roles_and_managers_change_and_a_company_keeps_an_admin() {
    let world = world().await;
    let (buyer, admin) = (world.buyer().await, world.actor("admin@acme.example").await);
    let member = buyer.member().unwrap();
    let change = async |id, roles: &[Role], manager| {
        let mut tx = world.begin(&admin).await;
        let change = MemberChange { roles: roles.to_vec(), manager, cost_centres: Vec::new() };
        let done = store::accounts::change_member(&mut tx, id, &change).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    change(member, &[Role::Buyer, Role::Finance], admin.member().ok()).await.unwrap();
    assert_eq!(world.buyer().await.roles(), [Role::Buyer, Role::Finance]);
    let own = change(admin.member().unwrap(), &[Role::Buyer], None).await;
    assert!(matches!(own, Err(store::Error::Problem(Problem::Invalid(_)))));
    let staff = change(member, &[Role::SellerAdmin], None).await;
    assert!(matches!(staff, Err(store::Error::Problem(Problem::Invalid(_)))));
    let stranger = world.actor("buyer@globex.example").await.member().unwrap();
    assert!(matches!(change(stranger, &[Role::Buyer], None).await, Err(store::Error::Problem(Problem::NotFound))));
    assert!(matches!(
        change(member, &[Role::Buyer], Some(stranger)).await,
        Err(store::Error::Problem(Problem::NotFound))
    ));
    // A rule that asks the buyer's manager asks the admin now.
    let rule = Rule {
        name: "Manager".into(),
        about: vec![],
        conditions: vec![],
        tiers: vec![Tier { all: false, who: vec![Who::Manager] }],
        requester_may: false,
    };
    let mut tx = world.begin(&admin).await;
    approvals::save_rule(&mut tx, None, &rule).await.unwrap();
    tx.commit().await.unwrap();
    let number = try_send(&world, &world.buyer().await, "TP-48-CL", 36, "").await.unwrap();
    assert_eq!(yes(&world, &admin, &number, 1).await, Ok(Answer::Approved));
}

#[tokio::test]
async fn an_order_beyond_the_limit_waits_for_the_seller_and_uses_its_budget_when_released() {
    let world = World::new().await;
    world.sql("UPDATE credit_limits SET credit_limit = 1, policy = 'hold'").await;
    let (buyer, chief) = (world.buyer().await, world.actor("admin@seller.example").await);
    let number = try_send(&world, &buyer, "TP-48-CL", 36, "MAINT").await.unwrap();
    assert_eq!((status(&world, &number).await, used(&world, &number).await), (Status::OnHold, Decimal::ZERO));
    let held = store::orders::held(&mut world.read(&chief).await).await.unwrap();
    assert_eq!((held.len(), held[0].number.as_str(), held[0].account.as_str()), (1, number.as_str(), "1001"));
    let release = async |actor: &Actor, version| match store::orders::release(
        &world.store,
        actor,
        "1001",
        &number,
        version,
        now(),
    )
    .await
    {
        Ok(()) => Ok(()),
        Err(store::Error::Problem(problem)) => Err(problem),
        Err(fault) => panic!("{fault}"),
    };
    for other in [world.actor("rep@seller.example").await, buyer.clone()] {
        assert_eq!(release(&other, 1).await, Err(Problem::Forbidden));
    }
    assert_eq!(release(&chief, 7).await, Err(STALE));
    assert_eq!(release(&chief, 1).await, Ok(()));
    assert_eq!(status(&world, &number).await, Status::Confirmed);
    assert!(used(&world, &number).await > Decimal::ZERO);
    assert!(matches!(release(&chief, 2).await, Err(Problem::Conflict(Cause::OrderState { .. }))));
    assert!(store::notices::list(&mut world.read(&buyer).await).await.unwrap().notices[0].text.contains("is released"));
    world.assert_sound().await;
}

const GLOVES: &str = "GL-CUT-D-9";

/// An order of gloves, which cost less from 200 on, and of tape.
async fn two_lines(world: &World, buyer: &Actor, gloves: i64) -> String {
    let mut tx = world.begin(buyer).await;
    store::cart::add(&mut tx, &Sku::parse("sku", GLOVES).unwrap(), quantity(gloves)).await.unwrap();
    tx.commit().await.unwrap();
    try_send(world, buyer, "TP-48-CL", 36, "MAINT").await.unwrap()
}

#[tokio::test]
async fn an_approver_lowers_and_drops_and_everything_follows() {
    let world = world().await;
    let (buyer, manager) = (world.buyer().await, world.actor("manager@acme.example").await);
    let reserved = "SELECT sum(reserved)::bigint FROM stock";
    let before = world.number(reserved).await;
    let number = two_lines(&world, &buyer, 220).await;
    assert_eq!(world.number(reserved).await, before + 256);
    let answer = decide_on(&world, &manager, &number, 1, Verdict::Change, "Enough for now.", &[(1, 130), (2, 0)]).await;
    assert_eq!(answer, Ok(Answer::Approved));
    let order = store::orders::find(&mut world.read(&buyer).await, &number).await.unwrap();
    let [line] = order.lines.as_slice() else { panic!("{:?}", order.lines) };
    assert_eq!((line.sku.as_str(), line.quantity), (GLOVES, quantity(130)));
    assert_eq!(line.unit_price.amount(), Decimal::new(460, 2), "the price for 130, not the one for 200");
    assert_eq!(order.totals.net.amount(), Decimal::new(59_800, 2));
    assert_eq!(used(&world, &number).await, order.totals.gross.amount(), "the budget pays for what is left");
    assert_eq!(world.number(reserved).await, before + 130);
    let step = order.steps.iter().find(|s| s.reason.starts_with("Changed")).expect("a step in the order's history");
    assert_eq!(step.reason, "Changed: GL-CUT-D-9: 220 → 130; TP-48-CL dropped. Enough for now.");
    let told = store::notices::list(&mut world.read(&buyer).await).await.unwrap();
    assert!(told.notices.iter().any(|n| n.text.starts_with("Dana Reyes changed")), "{:?}", told.notices);
    world.assert_sound().await;
}

#[tokio::test]
async fn an_approver_never_makes_an_order_dearer_larger_empty_or_odd() {
    let world = world().await;
    let (buyer, manager) = (world.buyer().await, world.actor("manager@acme.example").await);
    let number = two_lines(&world, &buyer, 200).await;
    let before = store::orders::find(&mut world.read(&buyer).await, &number).await.unwrap();
    for (verdict, quantities, says) in [
        (Verdict::Change, vec![(1, 190)], "instead of"),
        (Verdict::Change, vec![(1, 210)], "as many or fewer"),
        (Verdict::Change, vec![(1, -10)], "as many or fewer"),
        (Verdict::Change, vec![(1, 0), (2, 0)], "Nothing would be left"),
        (Verdict::Change, vec![(1, 15)], "steps of 10"),
        (Verdict::Change, vec![(7, 1)], "not in the order"),
        (Verdict::Change, vec![(1, 200), (2, 36)], "Lower a quantity first"),
        (Verdict::Change, vec![], "Lower a quantity first"),
        (Verdict::Approve, vec![(2, 0)], "Approve with changes"),
    ] {
        let answer = decide_on(&world, &manager, &number, 1, verdict, "", &quantities).await;
        match &answer {
            Err(Problem::Invalid(errors)) => assert!(errors[0].message.contains(says), "{quantities:?}: {errors:?}"),
            other => panic!("{quantities:?}: {other:?}"),
        }
    }
    let after = store::orders::find(&mut world.read(&buyer).await, &number).await.unwrap();
    assert_eq!((after.lines, after.totals.gross), (before.lines, before.totals.gross));
    assert_eq!(
        decide_on(&world, &manager, &number, 1, Verdict::Approve, "", &[(1, 200), (2, 36)]).await,
        Ok(Answer::Approved)
    );
    world.assert_sound().await;
}

#[tokio::test]
async fn a_line_without_a_price_of_the_accounts_own_is_priced_on_request() {
    let world = world().await;
    let (admin, buyer) = (world.actor("admin@acme.example").await, world.buyer().await);
    let rule = Rule {
        name: "Asked for".to_owned(),
        about: Vec::new(),
        conditions: vec![Condition::PriceOnRequest],
        tiers: vec![Tier { all: false, who: vec![Who::Role(Role::Finance)] }],
        requester_may: false,
    };
    let mut tx = world.begin(&admin).await;
    approvals::save_rule(&mut tx, None, &rule).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.begin(&buyer).await;
    store::cart::add(&mut tx, &Sku::parse("sku", "TM-5M").unwrap(), quantity(1)).await.unwrap();
    tx.commit().await.unwrap();
    let asked = async || {
        let page = store::cart::checkout(&mut world.read(&buyer).await).await.unwrap();
        page.approval.into_iter().map(|r| r.name).collect::<Vec<_>>()
    };
    assert_eq!(asked().await, [] as [&str; 0], "it has a price");
    world.sql("DELETE FROM prices WHERE product_id = (SELECT id FROM products WHERE sku = 'TM-5M')").await;
    assert_eq!(asked().await, ["Asked for"]);
}

#[tokio::test]
async fn lines_of_an_order_that_is_decided_cannot_be_changed_by_any_statement() {
    let world = world().await;
    let (buyer, manager) = (world.buyer().await, world.actor("manager@acme.example").await);
    let number = send(&world, &buyer, 130).await;
    let lower = format!(
        "UPDATE order_lines SET quantity = 1, net = 1 WHERE order_id = (SELECT id FROM orders WHERE number = '{number}')"
    );
    assert_eq!(world.begin(&manager).await.raw_execute(&lower).await, Ok(1), "rolled back");
    yes(&world, &manager, &number, 1).await.unwrap();
    assert_eq!(world.begin(&manager).await.raw_execute(&lower).await, Ok(0));
    let drop = lower.replace("UPDATE order_lines SET quantity = 1, net = 1", "DELETE FROM order_lines");
    assert_eq!(world.begin(&manager).await.raw_execute(&drop).await, Ok(0));
}

/// A Tuesday at work, so many days and hours after the present.
fn later(days: i64, hour: u32) -> DateTime<Utc> {
    let monday = now().date_naive() + Duration::days(i64::from(7 - now().weekday().num_days_from_monday()));
    (monday + Duration::days(1 + days)).and_hms_opt(hour, 0, 0).unwrap().and_utc()
}

#[tokio::test]
async fn who_lets_an_order_wait_is_reminded_and_then_others_may_decide_in_their_name() {
    let world = world().await;
    let buyer = world.buyer().await;
    world.sql("UPDATE approval_flows SET waiting_since = now() + interval '1 year'").await;
    world.sql("UPDATE members SET manager_id = NULL").await;
    let number = send(&world, &buyer, 130).await;
    let since = later(0, 10);
    world.sql(&format!("UPDATE approval_flows SET waiting_since = '{since}' WHERE order_id = (SELECT id FROM orders WHERE number = '{number}')")).await;
    let (manager, admin) = (world.actor("manager@acme.example").await, world.actor("admin@acme.example").await);
    let told = async |actor: &Actor, words: &str| {
        let list = store::notices::list(&mut world.read(actor).await).await.unwrap().notices;
        list.iter().filter(|n| n.text.contains(words)).count()
    };
    let chase = async |at| approvals::chase(&world.store, at).await.unwrap();
    assert_eq!(chase(later(0, 16)).await, 0, "six hours");
    assert_eq!(chase(later(0, 23)).await, 0, "nobody is chased at night");
    assert_eq!(chase(later(1, 11)).await, 1);
    assert_eq!(chase(later(1, 12)).await, 0, "once");
    assert_eq!((told(&manager, "has waited for you").await, told(&admin, "has waited for").await), (1, 0));
    assert_eq!(yes(&world, &admin, &number, 1).await, Err(Problem::Forbidden));
    assert_eq!(chase(later(3, 16)).await, 1);
    assert_eq!(told(&admin, "you may decide now").await, 1);
    let page = approvals::page(&mut world.read(&admin).await, &number).await.unwrap();
    assert!(page.may_decide && page.reminded.is_some() && page.escalated.is_some());
    let inbox = approvals::inbox(&mut world.read(&admin).await).await.unwrap();
    assert_eq!(inbox.waiting[0].for_name.as_deref(), Some("Dana Reyes"));
    assert_eq!(yes(&world, &buyer, &number, 1).await, Err(Problem::Forbidden), "never their own");
    assert_eq!(yes(&world, &admin, &number, 1).await, Ok(Answer::Approved));
    let page = approvals::page(&mut world.read(&buyer).await, &number).await.unwrap();
    assert_eq!(page.said[0].who, "Marta Kowalski for Dana Reyes");
    world.assert_sound().await;
}

#[tokio::test]
async fn who_wants_no_mails_of_a_kind_gets_none_and_the_bell_still_rings() {
    let world = world().await;
    let (buyer, manager) = (world.buyer().await, world.actor("manager@acme.example").await);
    let mails =
        "SELECT count(*) FROM outbox WHERE done_at IS NULL AND payload -> 'Mail' ->> 'to' = 'manager@acme.example'";
    let bell = async || store::notices::list(&mut world.read(&manager).await).await.unwrap();
    let (rang, mailed) = (bell().await.notices.len(), world.number(mails).await);
    let mut tx = world.begin(&manager).await;
    store::notices::choose(&mut tx, &[Kind::Decision, Kind::Talk]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bell().await.mailed, [Kind::Decision, Kind::Talk]);
    let number = send(&world, &buyer, 130).await;
    assert_eq!((bell().await.notices.len(), world.number(mails).await), (rang + 1, mailed));
    decide(&world, &manager, &number, 1, Verdict::Question, "Why?").await.unwrap();
    let mut tx = world.begin(&buyer).await;
    approvals::answer(&mut tx, &number, "Because.").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((bell().await.notices.len(), world.number(mails).await), (rang + 2, mailed + 1));
}

#[tokio::test]
async fn the_history_of_the_rules_has_sentences_before_and_after() {
    let world = world().await;
    let admin = world.actor("admin@acme.example").await;
    let page = approvals::rules(&mut world.read(&admin).await).await.unwrap();
    let mut rule = page.rules[0].rule.clone();
    rule.conditions = vec![Condition::LinesOver(20)];
    let mut tx = world.begin(&admin).await;
    approvals::save_rule(&mut tx, Some((page.rules[0].id, page.rules[0].version)), &rule).await.unwrap();
    approvals::enable_rule(&mut tx, page.rules[0].id, page.rules[0].version + 1, false).await.unwrap();
    tx.commit().await.unwrap();
    let history = approvals::rules(&mut world.read(&admin).await).await.unwrap().history;
    assert_eq!(history[0].what, "“Over £500” switched off");
    assert_eq!((history[1].by.as_str(), history[1].what.as_str()), ("Marta Kowalski", "“Over £500” changed"));
    assert_eq!(
        history[1].before.as_deref(),
        Some("Orders over £500.00 by buyers need one of the purchasing managers.")
    );
    assert!(history[1].after.as_deref().is_some_and(|w| w.starts_with("Orders of more than 20 lines")));
}
