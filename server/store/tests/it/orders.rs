//! History, cancelling, ordering again.

use domain::catalog::Sku;
use domain::orders::{Action, Difference, HistoryQuery, Status};
use domain::{Cause, Problem};
use store::orders::Chosen;

use crate::world::{World, quantity};

fn query(text: &str) -> HistoryQuery {
    HistoryQuery::parse(text)
}

#[tokio::test]
async fn buyers_see_their_own_orders_and_managers_the_accounts() {
    let world = World::new().await;
    let (buyer, both, manager, finance) = (
        world.buyer().await,
        world.actor("both@acme.example").await,
        world.actor("manager@acme.example").await,
        world.actor("finance@acme.example").await,
    );
    let total = async |actor, text: &str| {
        store::orders::history(&mut world.read(actor).await, query(text)).await.map(|h| h.total)
    };
    assert_eq!(total(&buyer, "").await.unwrap(), 6);
    assert_eq!(total(&both, "").await.unwrap(), 0);
    assert_eq!(total(&manager, "").await.unwrap(), 7);
    assert_eq!(total(&manager, "mine=1").await.unwrap(), 0);
    assert!(matches!(total(&finance, "").await, Err(store::Error::Problem(Problem::Forbidden))));
    assert_eq!(total(&buyer, "status=shipped").await.unwrap(), 2);
    assert_eq!(total(&buyer, "q=PO+88207").await.unwrap(), 1);
    assert_eq!(total(&buyer, "q=ladder").await.unwrap(), 1, "a product's words find its orders");
    assert_eq!(total(&buyer, "q=ld-6").await.unwrap(), 1);
    assert_eq!(total(&buyer, "from=2026-10-01&to=2026-10-31").await.unwrap(), 2);
    assert_eq!(total(&buyer, "q=%25").await.unwrap(), 6, "a wildcard is just a character that is left out");
    // What came from the former system belongs to nobody: every buyer of the account sees it, and calls it not their own.
    world.sql("UPDATE orders SET source = 'import', member_id = NULL WHERE number = 'SO-2026-000004'").await;
    assert_eq!(total(&both, "").await.unwrap(), 1);
    assert_eq!(total(&both, "mine=1").await.unwrap(), 0);
    assert!(store::orders::find(&mut world.read(&both).await, "SO-2026-000004").await.is_ok());
    assert_eq!(total(&world.actor("buyer@globex.example").await, "q=SO-2026-000004").await.unwrap(), 0);
}

#[tokio::test]
async fn a_page_begins_behind_the_row_that_was_last_and_ends_before_the_one_that_was_first() {
    let world = World::new().await;
    let manager = world.actor("manager@acme.example").await;
    let numbers = async |text: &str| -> Vec<String> {
        let page = store::orders::history(&mut world.read(&manager).await, query(text)).await.unwrap();
        page.rows.into_iter().map(|r| r.number).collect()
    };
    let all = numbers("").await;
    assert_eq!(all.len(), 7);
    for (at, number) in all.iter().enumerate() {
        assert_eq!(numbers(&format!("page=9&after={number}")).await, all[at + 1..]);
        assert_eq!(numbers(&format!("page=9&before={number}")).await, all[..at]);
    }
    let shipped = numbers("status=shipped").await;
    assert_eq!(numbers(&format!("status=shipped&page=2&after={}", shipped[0])).await, shipped[1..]);
    assert_eq!(numbers("page=2&after=SO-9999-000001").await, all, "a row that is not there is the list's beginning");
}

#[tokio::test]
async fn an_order_is_called_off_once_and_its_stock_is_free_again() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    let reserved = "SELECT sum(reserved)::bigint FROM stock";
    let before = world.number(reserved).await;
    let mut tx = world.begin(&buyer).await;
    store::cart::add(&mut tx, &Sku::parse("sku", "LD-6").unwrap(), quantity(12)).await.unwrap();
    tx.commit().await.unwrap();
    let page = store::cart::checkout(&mut world.read(&buyer).await).await.unwrap();
    let form = domain::cart::CheckoutForm {
        order_id: page.order_id,
        total: page.cart.totals.gross.amount(),
        po_number: String::new(),
        cost_centre: "MAINT".into(),
        ship_to: page.addresses[0].id.to_string(),
        requested_on: None,
        partial_delivery: false,
        note: "gate C".into(),
    };
    let mut tx = world.begin(&buyer).await;
    let number = store::orders::submit(&mut tx, &form).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.number(reserved).await, before + 12);

    let other = world.actor("both@acme.example").await;
    let theirs = store::orders::cancel(&mut world.begin(&other).await, &number, 1, "").await;
    assert!(matches!(theirs, Err(store::Error::Problem(Problem::NotFound))), "another buyer's order is not there");
    let stale = store::orders::cancel(&mut world.begin(&buyer).await, &number, 7, "").await;
    assert!(matches!(stale, Err(store::Error::Problem(Problem::Conflict(Cause::Stale)))));

    let mut tx = world.begin(&buyer).await;
    store::orders::cancel(&mut tx, &number, 1, "ordered twice").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.number(reserved).await, before);
    let order = store::orders::find(&mut world.read(&buyer).await, &number).await.unwrap();
    assert_eq!((order.row.status, order.steps.last().unwrap().reason.as_str()), (Status::Cancelled, "ordered twice"));
    assert!(!order.can.contains(&Action::Cancel));
    let again = store::orders::cancel(&mut world.begin(&buyer).await, &number, 2, "").await;
    assert!(matches!(again, Err(store::Error::Problem(Problem::Conflict(Cause::OrderState { .. })))));
    world.assert_sound().await;
}

#[tokio::test]
async fn what_was_shipped_cannot_be_called_off() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    let shipped = store::orders::history(&mut world.read(&buyer).await, query("status=shipped")).await.unwrap().rows[0]
        .number
        .clone();
    let refused = store::orders::cancel(&mut world.begin(&buyer).await, &shipped, 2, "").await;
    assert!(
        matches!(refused, Err(store::Error::Problem(Problem::Conflict(Cause::OrderState { ref state }))) if state == "shipped")
    );
}

#[tokio::test]
async fn reordering_shows_then_and_now_adds_and_reports_every_line() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    let number = store::orders::history(&mut world.read(&buyer).await, query("q=PO+88207")).await.unwrap().rows[0]
        .number
        .clone();
    let diff = store::orders::diff(&mut world.read(&buyer).await, &number).await.unwrap();
    assert_eq!(diff.lines.len(), 4);
    assert!(diff.lines[0].differences.is_empty(), "gloves cost the same: {:?}", diff.lines[0]);
    let helmet = &diff.lines[1];
    assert_eq!(helmet.quantity_now, None);
    assert!(
        matches!(&helmet.differences[..], [.., Difference::Blocked(domain::cart::LineProblem::Discontinued(Some((sku, _))))] if sku == "HM-WHITE"),
        "{helmet:?}"
    );

    let mut tx = world.begin(&buyer).await;
    store::cart::add(&mut tx, &Sku::parse("sku", "GL-CUT-D-9").unwrap(), quantity(10)).await.unwrap();
    let report = store::orders::reorder(&mut tx, &number, &Chosen::All).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((report.added, report.left_out), (3, 1));
    let cart = store::cart::cart(&mut world.read(&buyer).await).await.unwrap();
    let gloves = cart.lines.iter().find(|l| l.sku == "GL-CUT-D-9").unwrap();
    assert_eq!(gloves.quantity, quantity(250), "on top of what was there");
    assert_eq!(cart.lines.len(), 3);

    let mut tx = world.begin(&buyer).await;
    let chosen = store::orders::reorder(&mut tx, &number, &Chosen::Lines(vec![2, 3])).await.unwrap();
    assert_eq!((chosen.added, chosen.left_out), (1, 1));
}

#[tokio::test]
async fn an_order_renders_from_its_snapshot() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    let number =
        store::orders::history(&mut world.read(&buyer).await, query("q=ladder")).await.unwrap().rows[0].number.clone();
    let before = store::orders::find(&mut world.read(&buyer).await, &number).await.unwrap();
    world.sql("UPDATE products SET name = 'Renamed', status = 'discontinued'; ").await;
    world.sql("UPDATE addresses SET street = 'Moved'").await;
    world.sql("UPDATE prices SET unit_price = 1 WHERE unit_price IS NOT NULL").await;
    assert_eq!(store::orders::find(&mut world.read(&buyer).await, &number).await.unwrap(), before);
}

#[tokio::test]
async fn what_is_ordered_by_the_box_is_counted_in_the_articles_own_unit() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    let sku = Sku::parse("sku", "TP-48-CL").unwrap();
    let page = store::catalog::product(&mut world.read(&buyer).await, "TP-48-CL").await.unwrap();
    let carton = &page.larger[0];
    assert_eq!((carton.unit.as_str(), carton.holds), ("CT", quantity(36)));
    let at_36 = page.tiers.iter().rfind(|t| t.min_quantity <= quantity(36)).unwrap().unit_price;
    assert_eq!(carton.price, Some(at_36.line(quantity(36)).unwrap()), "a carton costs 36 at the price of 36");

    let mut tx = world.begin(&buyer).await;
    let (added, total) = store::cart::add_counted_in(&mut tx, &sku, quantity(2), "CT").await.unwrap();
    assert_eq!((added, total), (quantity(72), quantity(72)));
    assert_eq!(store::cart::add(&mut tx, &sku, quantity(6)).await.unwrap(), quantity(78));
    let wrong = store::cart::add_counted_in(&mut tx, &sku, quantity(1), "BX").await;
    assert!(matches!(wrong, Err(store::Error::Problem(Problem::Invalid(_)))), "no unit of this article");
    let vast = store::cart::add_counted_in(&mut tx, &sku, quantity(999_999), "PL").await;
    assert!(matches!(vast, Err(store::Error::Problem(Problem::Invalid(_)))), "more than a line holds");
    store::cart::set(&mut tx, &sku, Some(quantity(108))).await.unwrap();
    let cart = store::cart::cart(&mut tx).await.unwrap();
    assert_eq!(cart.lines[0].in_larger, Some((quantity(3), "CT".to_owned())));
    tx.rollback().await.unwrap();

    // An order from the former system that counts in cartons.
    let number = store::orders::history(&mut world.read(&buyer).await, query("q=PO+88207")).await.unwrap().rows[0]
        .number
        .clone();
    world
        .sql(&format!(
            "UPDATE order_lines SET sku = 'TP-48-CL', unit = 'CT', quantity = 2, quantity_shipped = 0, unit_price = 36
             WHERE line_no = 1 AND order_id = (SELECT id FROM orders WHERE number = '{number}')"
        ))
        .await;
    let diff = store::orders::diff(&mut world.read(&buyer).await, &number).await.unwrap();
    let line = &diff.lines[0];
    assert_eq!((line.quantity_then, line.quantity_now), (quantity(72), Some(quantity(72))));
    assert!(line.differences.contains(&Difference::Counted(quantity(2), "CT".to_owned())), "{line:?}");
    let mut tx = world.begin(&buyer).await;
    store::orders::reorder(&mut tx, &number, &Chosen::Lines(vec![1])).await.unwrap();
    assert_eq!(store::cart::cart(&mut tx).await.unwrap().lines[0].quantity, quantity(72));
}

#[tokio::test]
async fn what_is_bought_in_a_rhythm_is_due_and_ordered_in_one_click() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    // Gloves on five days, a fortnight apart, once ten times as many; and somebody else's, which are none of this buyer's.
    world
        .sql(
            "INSERT INTO orders (account_id, id, number, status, member_id, placed_by, placed_at, currency, net, tax, gross, line_count, source, ship_to)
             SELECT m.account_id, gen_random_uuid(), 'R-' || p.email || n, 'completed', m.id, 'x', timestamptz '2026-11-12 10:00Z' - n * interval '14 days', 'GBP', 1, 0, 1, 1, 'portal',
                    '{\"street\": \"Unit 4\", \"city\": \"Birmingham\", \"company\": \"Acme\", \"postcode\": \"B1\", \"country\": \"GB\"}'
             FROM members m JOIN people p ON p.id = m.person_id JOIN accounts a ON a.id = m.account_id, generate_series(0, 4) n
             WHERE a.number = '1001' AND p.email IN ('buyer@acme.example', 'both@acme.example');
             INSERT INTO order_lines (account_id, order_id, line_no, product_id, sku, name, unit, quantity, unit_price, net, tax_rate, price_source)
             SELECT o.account_id, o.id, 1, a.id, a.sku, a.name, a.unit, CASE WHEN o.number LIKE '%2' THEN 600 ELSE 55 END, 1, 1, 20, ''
             FROM orders o, products a WHERE o.number LIKE 'R-buyer%' AND a.sku = 'GL-CUT-D-9' OR o.number LIKE 'R-both%' AND a.sku = 'TM-5M'",
        )
        .await;
    let page = store::orders::again(&mut world.read(&buyer).await).await.unwrap();
    let gloves = page.rows.iter().find(|r| r.sku == "GL-CUT-D-9").unwrap();
    assert_eq!((gloves.rhythm.every, gloves.rhythm.times), (14, 5));
    assert_eq!((gloves.rhythm.quantity, gloves.quantity), (quantity(55), quantity(60)), "fitted to the pack");
    assert_eq!(gloves.rhythm.words(page.today), "due in 3 days");
    assert!(page.rows.iter().all(|r| r.sku != "TM-5M"), "a buyer’s own rhythm");
    let mut tx = world.begin(&buyer).await;
    let sku = |text| Sku::parse("sku", text).unwrap();
    let chosen = [(sku("GL-CUT-D-9"), quantity(55)), (sku("HM-YELLOW"), quantity(1)), (sku("NOPE"), quantity(1))];
    let report = store::orders::buy_again(&mut tx, &chosen).await.unwrap();
    assert_eq!((report.added, report.left_out), (1, 2));
    assert_eq!(store::cart::cart(&mut tx).await.unwrap().lines[0].quantity, quantity(60));
}
