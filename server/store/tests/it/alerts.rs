//! Alerts: prices, stock, budgets, the week ahead. Everybody is told once.

use chrono::{DateTime, Duration, Utc};
use domain::alerts::AHEAD;
use domain::catalog::Sku;
use domain::{Actor, Problem};
use store::{Error, alerts};

use crate::world::{World, now};

fn sku(text: &str) -> Sku {
    Sku::parse("sku", text).unwrap()
}

async fn watch(world: &World, who: &Actor, article: &str) -> store::Result<()> {
    let mut tx = world.begin(who).await;
    alerts::watch(&mut tx, &sku(article)).await?;
    tx.commit().await
}

/// Notices of a kind, by whom they are for.
async fn told(world: &World, kind: &str) -> Vec<String> {
    let words = world
        .text(&format!(
            "SELECT COALESCE(string_agg(p.email || ': ' || n.text, E'\\n' ORDER BY p.email, n.text), '') FROM notices n
             JOIN members m ON (m.account_id, m.id) = (n.account_id, n.member_id) JOIN people p ON p.id = m.person_id WHERE n.kind = '{kind}'"
        ))
        .await;
    words.lines().map(str::to_owned).collect()
}

/// Ten o'clock on so many days after the Monday of all tests.
fn day(n: i64) -> DateTime<Utc> {
    now() + Duration::days(n)
}

#[tokio::test]
async fn whoever_waits_for_an_article_is_told_once_when_it_can_be_had() {
    let world = World::new().await;
    let (jon, both, globex) =
        (world.buyer().await, world.actor("both@acme.example").await, world.actor("buyer@globex.example").await);
    assert!(matches!(watch(&world, &jon, "TP-48-CL").await, Err(Error::Problem(Problem::Invalid(_)))), "it can be had");
    // The assortment of Globex has no ladders.
    assert!(matches!(watch(&world, &globex, "LD-6").await, Err(Error::Problem(Problem::NotFound))));
    // In the demo Jon waits for it already: once is enough.
    watch(&world, &jon, "HB-M8-50-A2").await.unwrap();
    watch(&world, &both, "HB-M8-50-A2").await.unwrap();
    let page = alerts::page(&mut world.read(&jon).await).await.unwrap();
    assert_eq!(page.watched.iter().map(|w| w.sku.as_str()).collect::<Vec<_>>(), ["HB-M8-50-A2"]);
    assert!(store::catalog::product(&mut world.read(&jon).await, "HB-M8-50-A2").await.unwrap().watched);
    alerts::run(&world.store, now()).await.unwrap();
    assert!(told(&world, "stock").await.is_empty(), "not yet");
    let mut tx = world.begin(&both).await;
    alerts::unwatch(&mut tx, &sku("HB-M8-50-A2")).await.unwrap();
    tx.commit().await.unwrap();
    world
        .sql("UPDATE stock SET on_hand = 400 WHERE product_id = (SELECT id FROM products WHERE sku = 'HB-M8-50-A2')")
        .await;
    for _ in 0..2 {
        alerts::run(&world.store, now()).await.unwrap();
        assert_eq!(
            told(&world, "stock").await,
            ["buyer@acme.example: Hex bolt M8 × 50, A2-70 can be had again: 800 in stock"]
        );
    }
    assert_eq!(world.number("SELECT count(*) FROM stock_watches").await, 0);
}

#[tokio::test]
async fn prices_that_end_and_prices_that_have_changed_are_told_once_to_those_who_buy() {
    let world = World::new().await;
    let jon = world.buyer().await;
    // The agreement ends in December, within the days that are looked ahead.
    world.sql("UPDATE contracts SET valid_to = '2026-12-15' WHERE number = 'K-2041'").await;
    let page = alerts::page(&mut world.read(&jon).await).await.unwrap();
    let (wrap, agreed): (Vec<_>, Vec<_>) = page.ahead.iter().partition(|c| c.sku == "PW-500-17");
    assert!(!agreed.is_empty());
    for change in agreed {
        assert_eq!((change.on.to_string().as_str(), change.ends.as_str()), ("2026-12-16", "Contract K-2041"));
        assert_ne!(change.before, change.after);
        let facts =
            store::catalog::explain(&mut world.read(&jon).await, &change.sku, Some(change.quantity)).await.unwrap();
        assert_eq!(facts.price.map(|p| p.unit_price), change.before, "what it costs today");
    }
    // A list price that rises in three weeks: the same agreement goes on.
    assert_eq!(
        wrap.iter().map(|c| (c.on.to_string(), c.ends.as_str())).collect::<Vec<_>>(),
        [("2026-12-14".to_owned(), "")]
    );
    alerts::run(&world.store, now()).await.unwrap();
    let first = told(&world, "price").await;
    assert!(first.iter().any(|t| t.starts_with("buyer@acme.example: On what you buy, ")), "{first:?}");
    assert!(first.iter().any(|t| t.starts_with("both@acme.example: ")));
    assert!(first.iter().all(|t| !t.starts_with("finance@") && !t.starts_with("viewer@")));
    // The same day, the next day and after the turn: nothing that is not known.
    for at in [day(0), day(1), day(28)] {
        alerts::run(&world.store, at).await.unwrap();
        assert_eq!(told(&world, "price").await, first);
    }
    // A price nobody announced.
    world.sql("UPDATE prices SET unit_price = unit_price * 2 WHERE unit_price IS NOT NULL AND product_id = (SELECT id FROM products WHERE sku = 'TP-48-CL')").await;
    let page = alerts::page(&mut world.read(&jon).await).await.unwrap();
    let tape = page.since.iter().find(|c| c.sku == "TP-48-CL").unwrap();
    assert!(tape.is_rise());
    alerts::run(&world.store, day(29)).await.unwrap();
    let again = told(&world, "price").await;
    let to_jon = |all: &[String]| all.iter().filter(|t| t.starts_with("buyer@acme.example: ")).count();
    assert_eq!((to_jon(&first), to_jon(&again)), (1, 2));
}

#[tokio::test]
async fn what_is_far_ahead_or_was_agreed_in_a_quote_is_no_alert() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let last = now().date_naive() + Duration::days(i64::try_from(AHEAD).unwrap());
    world.sql(&format!("UPDATE contracts SET valid_to = '{last}' WHERE number = 'K-2041'")).await;
    let ahead = alerts::page(&mut world.read(&jon).await).await.unwrap().ahead;
    assert!(ahead.iter().all(|c| c.ends.is_empty()), "the turn is a day later: {ahead:?}");
    world.sql("UPDATE orders SET quote_id = NULL").await;
    world.sql("UPDATE order_lines SET unit_price = unit_price + 1").await;
    let changed = alerts::page(&mut world.read(&jon).await).await.unwrap().since.len();
    assert!(changed > 0);
    let finance = world.actor("finance@acme.example").await;
    assert!(matches!(alerts::page(&mut world.read(&finance).await).await, Err(Error::Problem(Problem::Forbidden))));
}

#[tokio::test]
async fn a_budget_is_told_of_at_its_threshold_and_when_it_is_used_up() {
    let world = World::new().await;
    let manager = world.actor("manager@acme.example").await;
    world.sql("DELETE FROM budget_entries").await;
    let spend = async |amount: i64| {
        world
            .sql(&format!(
                "INSERT INTO budget_entries (account_id, id, budget_id, order_id, period_start, amount, at)
                 SELECT b.account_id, gen_random_uuid(), b.id, (SELECT o.id FROM orders o WHERE o.account_id = b.account_id LIMIT 1), '2026-11-01', {amount}, now()
                 FROM budgets b WHERE b.cost_centre = 'MAINT'"
            ))
            .await;
        alerts::run(&world.store, now()).await.unwrap();
        told(&world, "budget").await
    };
    assert!(spend(3199).await.is_empty(), "below 80 % of £4,000");
    let first = spend(1).await;
    assert!(
        first.contains(&"manager@acme.example: The budget of MAINT is nearly used: £3,200.00 of £4,000.00".to_owned())
    );
    assert!(first.iter().all(|t| !t.starts_with("buyer@")), "{first:?}");
    assert_eq!(spend(100).await, first, "once");
    let near = alerts::page(&mut world.read(&manager).await).await.unwrap().budgets;
    assert_eq!(near.iter().map(|b| (b.code.as_str(), b.percent())).collect::<Vec<_>>(), [("MAINT", Some(82))]);
    let second = spend(700).await;
    assert_eq!(second.len(), first.len() * 2);
    assert!(second.iter().any(|t| t.contains("MAINT is used up: £4,000.00 of £4,000.00")));
    let admin = world.actor("admin@acme.example").await;
    let mut tx = world.begin(&admin).await;
    let set = store::budgets::set(
        &mut tx,
        "MAINT",
        domain::budgets::Period::Month,
        8000.into(),
        domain::budgets::Beyond::Warn,
        50,
    );
    set.await.unwrap();
    tx.commit().await.unwrap();
    let third = spend(1).await;
    assert_eq!(
        third.len(),
        second.len() + first.len(),
        "a budget that was changed is told of anew, at its new threshold"
    );
}

#[tokio::test]
async fn the_week_ahead_is_mailed_once_to_whoever_wants_it_and_has_something_in_it() {
    let world = World::new().await;
    let mails = async |to: &str| {
        world
            .text(&format!(
                "SELECT COALESCE(string_agg(payload->'Mail'->>'body', '===' ORDER BY created_at), '') FROM outbox
                 WHERE payload->'Mail'->>'to' = '{to}' AND payload->'Mail'->>'subject' LIKE '%: the week from %'"
            ))
            .await
    };
    world.sql("UPDATE members SET no_mail = '{digest}' WHERE person_id = (SELECT id FROM people WHERE email = 'both@acme.example')").await;
    alerts::run(&world.store, day(2)).await.unwrap();
    assert_eq!(mails("manager@acme.example").await, "", "not on a Wednesday");
    for _ in 0..2 {
        alerts::run(&world.store, day(0)).await.unwrap();
    }
    let manager = mails("manager@acme.example").await;
    assert!(manager.starts_with("What this week brings for Acme Manufacturing.\n"), "{manager}");
    assert!(manager.contains("Waits for your decision") && manager.contains("{origin}/approvals"), "{manager}");
    assert!(
        !manager.contains("===") && !manager.contains("Overdue"),
        "once, and nothing of others' matters: {manager}"
    );
    let finance = mails("finance@acme.example").await;
    assert!(finance.contains("Overdue") && !finance.contains("Due to be bought"), "{finance}");
    assert_eq!(mails("both@acme.example").await, "", "who wants none gets none");
    alerts::run(&world.store, day(7)).await.unwrap();
    assert!(mails("manager@acme.example").await.contains("==="), "the next week again");
}

/// Otherwise, as many of them as a round looks at would be all that is ever looked at.
#[tokio::test]
async fn a_seat_that_nobody_can_sit_in_is_noted_and_keeps_nobody_waiting() {
    let world = World::new().await;
    // Whoever is staff sits in no seat.
    world
        .sql(
            "INSERT INTO members (account_id, id, person_id, roles)
             SELECT a.id, '00000000-0000-7000-8000-000000000001', p.id, '{buyer}' FROM accounts a, people p
             WHERE a.number = '1001' AND p.email = 'rep@seller.example'",
        )
        .await;
    world.sql("DELETE FROM price_looks").await;
    alerts::run(&world.store, day(0)).await.unwrap();
    let seat = "SELECT (digest_on = (SELECT max(digest_on) FROM members))::text FROM members WHERE id = '00000000-0000-7000-8000-000000000001'";
    assert_eq!(world.text(seat).await, "true", "noted like everybody's");
    let looked =
        "SELECT count(*)::text FROM price_looks k JOIN accounts a ON a.id = k.account_id WHERE a.number = '1001'";
    assert_eq!(world.text(looked).await, "1", "the account's look is noted, though its first buyer is nobody's eyes");
}
