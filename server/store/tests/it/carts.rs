//! Several carts: kept, shared, taken over, split.

use domain::carts::{Reason, Share};
use domain::catalog::Sku;
use domain::ids::CartId;
use domain::{Actor, Cause, Problem, Quantity};
use store::{Error, carts};

use crate::world::{World, quantity};

fn problem<T: std::fmt::Debug>(result: store::Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("a problem was expected: {other:?}"),
    }
}

async fn add(world: &World, who: &Actor, lines: &[(&str, i64)]) {
    let mut tx = world.begin(who).await;
    for (sku, n) in lines {
        store::cart::add(&mut tx, &Sku::parse("sku", sku).unwrap(), quantity(*n)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn in_use(world: &World, who: &Actor) -> (String, Vec<(String, Quantity)>) {
    let cart = store::cart::cart(&mut world.read(who).await).await.unwrap();
    let mut lines: Vec<_> = cart.lines.into_iter().map(|l| (l.sku, l.quantity)).collect();
    lines.sort();
    (cart.name, lines)
}

async fn keep(world: &World, who: &Actor, name: &str) -> store::Result<CartId> {
    let mut tx = world.begin(who).await;
    let id = carts::keep(&mut tx, name).await?;
    tx.commit().await?;
    Ok(id)
}

async fn open(world: &World, who: &Actor, id: CartId) -> store::Result<()> {
    let mut tx = world.begin(who).await;
    carts::open(&mut tx, id).await?;
    tx.commit().await
}

async fn share(world: &World, who: &Actor, id: CartId, with: &Actor, may: Option<Share>) -> store::Result<()> {
    let mut tx = world.begin(who).await;
    carts::share(&mut tx, id, with.member().unwrap(), may).await?;
    tx.commit().await
}

async fn take(world: &World, who: &Actor, id: CartId) -> store::Result<()> {
    let mut tx = world.begin(who).await;
    carts::take_over(&mut tx, id).await?;
    tx.commit().await
}

fn one(sku: &str, n: i64) -> Vec<(String, Quantity)> {
    vec![(sku.to_owned(), quantity(n))]
}

#[tokio::test]
async fn a_cart_is_kept_while_another_is_used_and_nothing_of_either_is_lost() {
    let world = World::new().await;
    let jon = world.buyer().await;
    assert_eq!(problem(keep(&world, &jon, "Nothing").await), Problem::Conflict(Cause::CartEmpty));
    add(&world, &jon, &[("TP-48-CL", 36)]).await;
    let leeds = keep(&world, &jon, " Leeds ").await.unwrap();
    assert_eq!(in_use(&world, &jon).await, (String::new(), Vec::new()));
    add(&world, &jon, &[("LD-6", 1)]).await;
    open(&world, &jon, leeds).await.unwrap();
    assert_eq!(in_use(&world, &jon).await, ("Leeds".to_owned(), one("TP-48-CL", 36)));
    let rows = carts::list(&mut world.read(&jon).await).await.unwrap().rows;
    let seen: Vec<_> = rows.iter().map(|r| (r.name.as_str(), r.in_use, r.lines)).collect();
    assert_eq!(seen, [("Leeds", true, 1), ("Cart of 23 Nov 2026", false, 1), ("Shutdown in December", false, 4)]);
    // What is put into a cart goes into the one in use, and an empty one is not kept.
    add(&world, &jon, &[("TP-48-CL", 36)]).await;
    assert_eq!(in_use(&world, &jon).await.1, one("TP-48-CL", 72));
    let other = rows[1].id;
    open(&world, &jon, other).await.unwrap();
    let mut tx = world.begin(&jon).await;
    store::cart::set(&mut tx, &Sku::parse("sku", "LD-6").unwrap(), None).await.unwrap();
    tx.commit().await.unwrap();
    open(&world, &jon, leeds).await.unwrap();
    assert_eq!(carts::list(&mut world.read(&jon).await).await.unwrap().rows.len(), 2);
    // The one in use is not deleted under its owner's hands; another is.
    let mut tx = world.begin(&jon).await;
    assert_eq!(problem(carts::delete(&mut tx, leeds).await), Problem::Conflict(Cause::Stale));
    drop(tx);
    let kept = keep(&world, &jon, "Leeds").await.unwrap();
    let mut tx = world.begin(&jon).await;
    carts::delete(&mut tx, kept).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(carts::list(&mut world.read(&jon).await).await.unwrap().rows.len(), 1, "the demo's");
    world.assert_sound().await;
}

#[tokio::test]
async fn a_member_keeps_so_many_carts_and_no_more() {
    let world = World::new().await;
    let jon = world.buyer().await;
    // The demo's is the first.
    for n in 1..domain::carts::MOST_CARTS {
        add(&world, &jon, &[("LD-6", 1)]).await;
        keep(&world, &jon, &format!("Cart {n}")).await.unwrap();
    }
    add(&world, &jon, &[("LD-6", 1)]).await;
    assert!(matches!(problem(keep(&world, &jon, "One more").await), Problem::Invalid(_)));
    assert_eq!(in_use(&world, &jon).await.1, one("LD-6", 1), "refused, it stays as it was");
}

#[tokio::test]
async fn a_shared_cart_is_seen_copied_and_taken_over_by_the_right_it_gives_and_by_nobody_else() {
    let world = World::new().await;
    let (jon, both) = (world.buyer().await, world.actor("both@acme.example").await);
    let (globex, manager) = (world.actor("buyer@globex.example").await, world.actor("manager@acme.example").await);
    add(&world, &jon, &[("TP-48-CL", 36), ("LD-6", 1)]).await;
    let id = keep(&world, &jon, "Leeds").await.unwrap();
    let seen = async |who: &Actor| carts::page(&mut world.read(who).await, id).await;
    assert_eq!(problem(seen(&both).await), Problem::NotFound, "a cart is its owner's alone until it is shared");
    assert!(matches!(problem(share(&world, &jon, id, &manager, Some(Share::See)).await), Problem::Invalid(_)));
    assert!(matches!(problem(share(&world, &jon, id, &globex, Some(Share::See)).await), Problem::Invalid(_)));
    assert_eq!(problem(share(&world, &both, id, &both, Some(Share::Take)).await), Problem::NotFound);

    share(&world, &jon, id, &both, Some(Share::See)).await.unwrap();
    let told = "SELECT count(*) FROM notices WHERE text LIKE '%shares the cart “Leeds”%'";
    assert_eq!(world.number(told).await, 1);
    let page = seen(&both).await.unwrap();
    assert_eq!((page.row.owner.as_deref(), page.cart.lines.len(), page.row.may), (Some("Jon Bell"), 2, Share::See));
    assert!(page.colleagues.is_empty() && page.row.shared.is_empty(), "with whom else it is shared is the owner's");
    assert_eq!(problem(seen(&globex).await), Problem::NotFound);
    assert_eq!(problem(take(&world, &both, id).await), Problem::Forbidden);
    let mut tx = world.begin(&both).await;
    assert_eq!(problem(carts::rename(&mut tx, id, "Mine").await), Problem::Forbidden);
    assert_eq!(problem(carts::open(&mut tx, id).await), Problem::Forbidden);
    assert_eq!(problem(carts::delete(&mut tx, id).await), Problem::Forbidden);
    drop(tx);
    let mut tx = world.begin(&both).await;
    assert_eq!(carts::copy(&mut tx, id).await.unwrap().added, 2);
    tx.commit().await.unwrap();
    assert_eq!(in_use(&world, &both).await.1.len(), 2);
    assert_eq!(seen(&jon).await.unwrap().cart.lines.len(), 2, "a copy takes nothing away");

    share(&world, &jon, id, &both, Some(Share::Take)).await.unwrap();
    take(&world, &both, id).await.unwrap();
    assert_eq!(in_use(&world, &both).await.0, "Leeds");
    let mine = carts::list(&mut world.read(&both).await).await.unwrap().rows;
    assert_eq!(mine.iter().filter(|r| r.owner.is_none()).count(), 2, "their own is kept");
    assert_eq!(seen(&jon).await.unwrap().row.may, Share::See, "its former owner sees it on");
    assert_eq!(problem(take(&world, &jon, id).await), Problem::Forbidden);
    assert_eq!(world.number("SELECT count(*) FROM notices WHERE text LIKE '%taken over your cart “Leeds”%'").await, 1);
    share(&world, &both, id, &jon, None).await.unwrap();
    assert_eq!(problem(seen(&jon).await), Problem::NotFound);
    world.assert_sound().await;
}

#[tokio::test]
async fn two_who_take_over_one_cart_at_once_do_not_both_get_it() {
    let world = World::new().await;
    let (jon, both) = (world.buyer().await, world.actor("both@acme.example").await);
    world.sql("UPDATE members SET roles = '{buyer}' WHERE person_id = (SELECT id FROM people WHERE email = 'manager@acme.example')").await;
    let third = world.actor("manager@acme.example").await;
    add(&world, &jon, &[("LD-6", 1)]).await;
    let id = keep(&world, &jon, "Leeds").await.unwrap();
    share(&world, &jon, id, &both, Some(Share::Take)).await.unwrap();
    share(&world, &jon, id, &third, Some(Share::Take)).await.unwrap();
    let (a, b) = tokio::join!(take(&world, &both, id), take(&world, &third, id));
    let got = [a.is_ok(), b.is_ok()];
    // Whoever comes second finds it the first's, who shares it with nobody to take.
    assert_eq!(got.iter().filter(|ok| **ok).count(), 1, "{got:?}");
    assert_eq!(world.number("SELECT count(*) FROM carts WHERE in_use AND name = 'Leeds'").await, 1);
}

#[tokio::test]
async fn what_was_ordered_leaves_the_cart_without_name_and_without_shares() {
    let world = World::new().await;
    let (jon, both) = (world.buyer().await, world.actor("both@acme.example").await);
    add(&world, &jon, &[("TP-48-CL", 36)]).await;
    let id = keep(&world, &jon, "Leeds").await.unwrap();
    share(&world, &jon, id, &both, Some(Share::Take)).await.unwrap();
    open(&world, &jon, id).await.unwrap();
    let page = store::cart::checkout(&mut world.read(&jon).await).await.unwrap();
    let form = domain::cart::CheckoutForm {
        order_id: page.order_id,
        total: page.cart.totals.gross.amount(),
        po_number: String::new(),
        cost_centre: "MAINT".into(),
        ship_to: page.addresses[0].id.to_string(),
        requested_on: None,
        partial_delivery: true,
        note: String::new(),
    };
    let mut tx = world.begin(&jon).await;
    store::orders::submit(&mut tx, &form).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(in_use(&world, &jon).await, (String::new(), Vec::new()));
    assert_eq!(world.number(&format!("SELECT count(*) FROM cart_shares WHERE cart_id = '{id}'")).await, 0);
    assert_eq!(problem(carts::page(&mut world.read(&both).await, id).await), Problem::NotFound);
}

#[tokio::test]
async fn carts_that_somebody_kept_are_their_heirs_when_they_leave() {
    let world = World::new().await;
    let (jon, both, admin) =
        (world.buyer().await, world.actor("both@acme.example").await, world.actor("admin@acme.example").await);
    add(&world, &jon, &[("TP-48-CL", 36)]).await;
    let id = keep(&world, &jon, "Leeds").await.unwrap();
    share(&world, &jon, id, &both, Some(Share::See)).await.unwrap();
    add(&world, &jon, &[("LD-6", 1)]).await;
    let mut tx = world.begin(&admin).await;
    store::accounts::deactivate(&mut tx, "buyer@acme.example", Some(both.member().unwrap())).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(in_use(&world, &both).await.1, one("LD-6", 1));
    let page = carts::page(&mut world.read(&both).await, id).await.unwrap();
    assert_eq!((page.row.owner, page.row.in_use, page.row.lines), (None, false, 1));
    assert_eq!(world.number("SELECT count(*) FROM cart_shares").await, 0, "nothing is shared with its owner");
}

#[tokio::test]
async fn a_cart_is_split_by_what_keeps_its_lines_from_going_now() {
    let world = World::new().await;
    let jon = world.buyer().await;
    // M8 × 50 come in nine days; the ladder loses its price; tape can go.
    add(&world, &jon, &[("TP-48-CL", 36), ("HB-M8-50-A2", 10), ("LD-6", 1)]).await;
    world.sql("DELETE FROM prices WHERE product_id = (SELECT id FROM products WHERE sku = 'LD-6')").await;
    let page = carts::split_page(&mut world.read(&jon).await).await.unwrap();
    let parts: Vec<_> = page.parts.iter().map(|p| (p.reason, p.lines[0].sku.as_str())).collect();
    assert_eq!(parts, [(Reason::Now, "TP-48-CL"), (Reason::Late, "HB-M8-50-A2"), (Reason::Quote, "LD-6")]);
    let gross = page.parts.iter().map(|p| p.totals.gross.amount()).sum::<rust_decimal::Decimal>();
    let whole = store::cart::cart(&mut world.read(&jon).await).await.unwrap().totals.gross;
    assert_eq!(gross - whole.amount(), page.costs.amount());
    assert!(page.costs.amount() > rust_decimal::Decimal::ZERO, "delivery is charged for each");

    let mut tx = world.begin(&jon).await;
    let made = carts::split(&mut tx, &[Reason::Late, Reason::Quote, Reason::Mend]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(made.iter().map(|m| (m.1, m.2)).collect::<Vec<_>>(), [(Reason::Late, 1), (Reason::Quote, 1)]);
    assert_eq!(in_use(&world, &jon).await.1, one("TP-48-CL", 36));
    let late = carts::page(&mut world.read(&jon).await, made[0].0).await.unwrap();
    assert_eq!((late.row.name.as_str(), late.cart.lines[0].quantity), ("Comes later", quantity(10)));
    let mut tx = world.begin(&jon).await;
    assert!(matches!(problem(carts::split(&mut tx, &[Reason::Late]).await), Problem::Invalid(_)), "once is enough");
}

#[tokio::test]
async fn rules_look_at_the_whole_cart_and_at_the_lines_that_they_are_about() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let reasons = async || {
        let page = carts::split_page(&mut world.read(&jon).await).await.unwrap();
        page.parts.into_iter().map(|p| (p.reason, p.lines.len())).collect::<Vec<_>>()
    };
    world.sql("UPDATE stock SET on_hand = 100000; UPDATE approval_rules SET enabled = true").await;
    add(&world, &jon, &[("TP-48-CL", 36), ("LD-6", 1)]).await;
    assert_eq!(reasons().await, [(Reason::Now, 2)]);
    world
        .sql(r#"UPDATE approval_rules SET rule = jsonb_set(rule, '{conditions}', '[{"Product": "LD-6"}]') WHERE rule->>'name' = 'Over £500'"#)
        .await;
    assert_eq!(reasons().await, [(Reason::Now, 1), (Reason::Approval, 1)], "a rule about a product");
    world
        .sql(r#"UPDATE approval_rules SET rule = jsonb_set(rule, '{conditions}', '[{"LinesOver": 1}]') WHERE rule->>'name' = 'Over £500'"#)
        .await;
    assert_eq!(reasons().await, [(Reason::Approval, 2)], "a rule about the whole: splitting lets nothing through");
    // A cart that would be emptied keeps its first part.
    world
        .sql(r#"UPDATE approval_rules SET rule = jsonb_set(rule, '{conditions}', '[{"Product": "LD-6"}]') WHERE rule->>'name' = 'Over £500'"#)
        .await;
    let mut tx = world.begin(&jon).await;
    let made = carts::split(&mut tx, &[Reason::Now, Reason::Approval]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(made.len(), 1);
    assert_eq!(in_use(&world, &jon).await.1, one("TP-48-CL", 36));
}
