//! Requisition lists and the quick order.

use domain::catalog::Sku;
use domain::ids::ListId;
use domain::lists::{ListForm, Right};
use domain::{Actor, Problem};
use store::Error;
use store::lists::{self, Source};
use store::quotes::Source as Asking;

use crate::world::{World, quantity};

fn sku(text: &str) -> Sku {
    Sku::parse("sku", text).unwrap()
}

fn problem<T: std::fmt::Debug>(result: store::Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("a problem was expected: {other:?}"),
    }
}

fn form(name: &str, account: Right, units: Right) -> ListForm {
    ListForm { name: name.into(), account, units }
}

async fn make(world: &World, who: &Actor, form: &ListForm, source: &Source) -> store::Result<ListId> {
    let mut tx = world.begin(who).await;
    let made = lists::make(&mut tx, form, source).await?;
    tx.commit().await?;
    Ok(made.id)
}

fn lines() -> Source {
    Source::Lines(vec![
        (sku("GL-CUT-D-9"), quantity(60)),
        (sku("TP-48-CL"), quantity(36)),
        (sku("GL-CUT-D-9"), quantity(10)),
    ])
}

async fn cart(world: &World, who: &Actor) -> Vec<(String, domain::Quantity)> {
    let cart = store::cart::cart(&mut world.read(who).await).await.unwrap();
    let mut lines: Vec<_> = cart.lines.into_iter().map(|l| (l.sku, l.quantity)).collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn a_list_is_seen_used_and_changed_by_the_right_it_gives_and_no_further() {
    let world = World::new().await;
    let (jon, both, admin) =
        (world.buyer().await, world.actor("both@acme.example").await, world.actor("admin@acme.example").await);
    let (north, globex) = (world.actor("north@acme.example").await, world.actor("buyer@globex.example").await);
    let id = make(&world, &jon, &form("Mine", Right::None, Right::None), &lines()).await.unwrap();
    let page = lists::page(&mut world.read(&jon).await, id).await.unwrap();
    assert_eq!(
        page.lines.iter().map(|l| (l.sku.as_str(), l.quantity)).collect::<Vec<_>>(),
        [("GL-CUT-D-9", quantity(70)), ("TP-48-CL", quantity(36))]
    );
    let seen = async |who: &Actor| {
        lists::page(&mut world.read(who).await, id).await.map(|p| (p.may_use, p.may_edit, p.may_manage))
    };
    for stranger in [&both, &north, &globex] {
        assert_eq!(problem(seen(stranger).await), Problem::NotFound, "nobody else sees a private list");
    }
    assert_eq!(
        seen(&admin).await.unwrap(),
        (false, false, true),
        "whoever looks after the account can delete what somebody left"
    );

    let save = async |who: &Actor, account, units| {
        let mut tx = world.begin(who).await;
        lists::save(&mut tx, id, &form("Ours", account, units)).await?;
        tx.commit().await
    };
    save(&jon, Right::Read, Right::None).await.unwrap();
    assert_eq!(seen(&both).await.unwrap(), (false, false, false));
    assert_eq!(problem(lists::order(&mut world.begin(&both).await, id, None).await), Problem::Forbidden);
    save(&jon, Right::Use, Right::Read).await.unwrap();
    assert_eq!(seen(&both).await.unwrap(), (true, false, false));
    assert_eq!(
        problem(lists::add(&mut world.begin(&both).await, id, &sku("TM-5M"), quantity(4)).await),
        Problem::Forbidden
    );
    assert_eq!(problem(save(&both, Right::Edit, Right::None).await), Problem::Forbidden);
    assert_eq!(seen(&north).await.unwrap(), (false, false, false), "a unit sees it");
    assert_eq!(problem(seen(&globex).await), Problem::NotFound);
    save(&jon, Right::Edit, Right::Use).await.unwrap();
    let mut tx = world.begin(&both).await;
    lists::add(&mut tx, id, &sku("TM-5M"), quantity(4)).await.unwrap();
    lists::set(&mut tx, id, &sku("TP-48-CL"), None, None).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.begin(&north).await;
    assert_eq!(lists::order(&mut tx, id, None).await.unwrap().added, 2, "a unit orders from it, at its own prices");
    tx.commit().await.unwrap();
    assert_eq!(
        cart(&world, &north).await,
        [("GL-CUT-D-9".to_owned(), quantity(70)), ("TM-5M".to_owned(), quantity(4))]
    );
    // Not past the use case either: the row of the account above cannot be written.
    let mut tx = world.begin(&north).await;
    let sql =
        format!("WITH x AS (UPDATE lists SET name = 'Theirs' WHERE id = '{id}' RETURNING 1) SELECT count(*) FROM x");
    assert_eq!(tx.raw_count(&sql).await.unwrap(), 0);
    assert_eq!(problem(lists::delete(&mut world.begin(&north).await, id).await), Problem::Forbidden);
}

#[tokio::test]
async fn a_list_keeps_a_cart_or_an_order_fills_a_cart_and_is_asked_about() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let mut tx = world.begin(&jon).await;
    store::cart::add(&mut tx, &sku("TM-5M"), quantity(5)).await.unwrap();
    tx.commit().await.unwrap();
    let of_cart = make(&world, &jon, &form("Cart", Right::None, Right::None), &Source::Cart).await.unwrap();
    let page = lists::page(&mut world.read(&jon).await, of_cart).await.unwrap();
    assert_eq!((page.lines.len(), page.lines[0].quantity), (1, quantity(5)));
    let mut tx = world.begin(&jon).await;
    lists::order(&mut tx, of_cart, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(cart(&world, &jon).await, [("TM-5M".to_owned(), quantity(10))], "on top of what is there");

    let order = store::orders::history(&mut world.read(&jon).await, domain::orders::HistoryQuery::parse("q=PO+88207"))
        .await
        .unwrap();
    let number = order.rows[0].number.clone();
    let of_order = make(&world, &jon, &form("Order", Right::None, Right::None), &Source::Order(number)).await.unwrap();
    let page = lists::page(&mut world.read(&jon).await, of_order).await.unwrap();
    let gone = page.lines.iter().filter(|l| !l.orderable()).count();
    assert_eq!((page.lines.len(), gone), (4, 1), "what is no longer sold stays on it and says so");
    let mut tx = world.begin(&jon).await;
    let report = lists::order(&mut tx, of_order, None).await.unwrap();
    assert_eq!((report.added, report.left_out), (3, 1), "every line is reported");
    let chosen = [(sku("EP-FOAM-200"), quantity(3))];
    let report = lists::order(&mut tx, of_order, Some(&chosen)).await.unwrap();
    assert_eq!((report.added, report.left_out), (1, 0));
    tx.rollback().await.unwrap();

    let asked = store::quotes::ask_page(&mut world.read(&jon).await, &Asking::parse(&format!("list:{of_order}")))
        .await
        .unwrap();
    assert_eq!((asked.lines.len(), asked.from.unwrap()), (4, "Lines of your list “Order”.".to_owned()));

    let globex = world.actor("buyer@globex.example").await;
    let theirs = store::quotes::ask_page(&mut world.read(&globex).await, &Asking::List(of_order)).await;
    assert_eq!(problem(theirs), Problem::NotFound);
    assert_eq!(problem(lists::page(&mut world.read(&globex).await, of_order).await), Problem::NotFound);
    let mut tx = world.begin(&jon).await;
    assert!(matches!(problem(lists::add(&mut tx, of_order, &sku("NOPE"), quantity(1)).await), Problem::Invalid(_)));
    assert_eq!(problem(lists::set(&mut tx, of_order, &sku("TM-5M"), None, None).await), Problem::NotFound);
}

#[tokio::test]
async fn the_lists_of_who_leaves_are_handed_on() {
    let world = World::new().await;
    let (jon, admin, both) =
        (world.buyer().await, world.actor("admin@acme.example").await, world.actor("both@acme.example").await);
    let id = make(&world, &jon, &form("Left behind", Right::None, Right::None), &lines()).await.unwrap();
    let mut tx = world.begin(&admin).await;
    store::accounts::deactivate(&mut tx, "buyer@acme.example", Some(both.member().unwrap())).await.unwrap();
    tx.commit().await.unwrap();
    let page = lists::page(&mut world.read(&both).await, id).await.unwrap();
    assert!(page.row.mine && page.may_manage);
}

async fn keep(world: &World, who: &Actor, text: &str) -> domain::quick::QuickPage {
    let mut tx = world.begin(who).await;
    store::quick::keep(&mut tx, text).await.unwrap();
    tx.commit().await.unwrap();
    store::quick::page(&mut world.read(who).await).await.unwrap()
}

#[tokio::test]
async fn what_is_pasted_is_understood_ordered_and_what_is_not_is_kept() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let gtin: String =
        sqlx::query_scalar("SELECT gtin FROM products WHERE sku = 'TM-5M'").fetch_one(&world.superuser).await.unwrap();
    let text = format!("36 x TP-48-CL\nnonsense 12\nGL-CUT-D-9\t2\tBX\n{gtin} 4\n\ntp-48-cl 6\nHM-YELLOW 2");
    let page = keep(&world, &jon, &text).await;
    let got: Vec<_> = page.lines.iter().map(|l| (l.no, l.sku.as_str(), l.quantity)).collect();
    assert_eq!(
        got,
        [
            (1, "TP-48-CL", quantity(42)),
            (3, "GL-CUT-D-9", quantity(120)),
            (4, "TM-5M", quantity(4)),
            (7, "HM-YELLOW", quantity(2))
        ]
    );
    assert!(!page.lines[3].problems.is_empty(), "no longer sold");
    assert_eq!(page.open.iter().map(|o| (o.no, o.raw.as_str())).collect::<Vec<_>>(), [(2, "nonsense 12")]);
    let tape = page.lines[0].price.unwrap().unit_price;
    let mut tx = world.begin(&jon).await;
    store::cart::add(&mut tx, &sku("TP-48-CL"), quantity(42)).await.unwrap();
    let cart = store::cart::cart(&mut tx).await.unwrap();
    assert_eq!(cart.lines[0].price.unwrap().unit_price, tape, "one price everywhere");
    tx.rollback().await.unwrap();

    let mut tx = world.begin(&jon).await;
    let report = store::quick::order(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((report.added, report.left_out), (3, 2));
    assert_eq!(store::cart::cart(&mut world.read(&jon).await).await.unwrap().lines.len(), 3);
    let left = store::quick::page(&mut world.read(&jon).await).await.unwrap();
    assert_eq!(left.text, "nonsense 12\nHM-YELLOW\t2", "to be mended");
    let mut tx = world.begin(&jon).await;
    let again = store::quick::order(&mut tx).await.unwrap();
    assert_eq!(again.added, 0, "twice adds nothing twice");
}

#[tokio::test]
async fn a_choice_is_learnt_for_the_account_and_for_no_other() {
    let world = World::new().await;
    let (jon, both) = (world.buyer().await, world.actor("both@acme.example").await);
    assert_eq!(keep(&world, &jon, "ACME-4711 12").await.open.len(), 1);
    let choose = async |raw: &str, article: &str| {
        let mut tx = world.begin(&jon).await;
        store::quick::choose(&mut tx, 1, raw, &sku(article), true).await?;
        tx.commit().await
    };
    assert!(matches!(problem(choose("ACME-4711 12", "NOPE").await), Problem::Invalid(_)));
    let stale = Problem::Conflict(domain::Cause::Stale);
    assert_eq!(problem(choose("ACME-4712 12", "TM-5M").await), stale, "another tab has written something else there");
    choose("ACME-4711 12", "TM-5M").await.unwrap();
    assert_eq!(problem(choose("ACME-4711 12", "TM-5M").await), stale, "it is chosen already");
    let page = store::quick::page(&mut world.read(&jon).await).await.unwrap();
    assert_eq!((page.text.as_str(), page.lines[0].quantity), ("TM-5M\t12", quantity(12)));
    assert_eq!(keep(&world, &both, "acme-4711 3").await.lines[0].sku, "TM-5M", "a colleague’s as well");
    let globex = world.actor("buyer@globex.example").await;
    assert_eq!(keep(&world, &globex, "ACME-4711 3").await.open.len(), 1, "another company calls nothing so");

    keep(&world, &jon, "hex bolt M8 40").await;
    choose("hex bolt M8 40", "TM-5M").await.unwrap();
    assert_eq!(keep(&world, &jon, "M8 2").await.open.len(), 1, "a word of a description is nobody’s number");
    keep(&world, &jon, "ACME 40 50").await;
    let unclear = problem(choose("ACME 40 50", "TM-5M").await);
    assert!(matches!(unclear, Problem::Invalid(_)), "not one of it: {unclear:?}");
    keep(&world, &jon, "ACME 2 boxes").await;
    assert!(matches!(problem(choose("ACME 2 boxes", "TM-5M").await), Problem::Invalid(_)), "it has no boxes");
    choose("ACME 2 boxes", "GL-CUT-D-9").await.unwrap();
    let page = store::quick::page(&mut world.read(&jon).await).await.unwrap();
    assert_eq!(page.lines[0].quantity, quantity(120));

    let mut tx = world.begin(&globex).await;
    let theirs = store::parts::forget(&mut tx, "acme-4711", "TM-5M").await;
    assert_eq!(problem(theirs), Problem::NotFound);
    let mut tx = world.begin(&jon).await;
    store::parts::forget(&mut tx, "acme-4711", "TM-5M").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(keep(&world, &jon, "ACME-4711 12").await.open.len(), 1, "forgotten");
    let mut tx = world.begin(&jon).await;
    assert!(matches!(problem(store::quick::keep(&mut tx, &"x".repeat(240_001)).await), Problem::Invalid(_)));
    let manager = world.actor("manager@acme.example").await;
    assert_eq!(problem(store::quick::page(&mut world.read(&manager).await).await), Problem::Forbidden);
}

#[tokio::test]
async fn what_two_tabs_do_with_a_quick_order_at_once_happens_one_after_the_other() {
    let world = World::new().await;
    let jon = world.buyer().await;
    keep(&world, &jon, "TM-5M\t4").await;
    let order = async || {
        let mut tx = world.begin(&jon).await;
        let report = store::quick::order(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        report.added
    };
    let (one, two) = tokio::join!(order(), order());
    assert_eq!((one + two, cart(&world, &jon).await), (1, vec![("TM-5M".to_owned(), quantity(4))]));

    let add = async |n: usize| {
        let mut tx = world.begin(&jon).await;
        store::quick::add(&mut tx, "GL-CUT-D-9", &n.to_string()).await.unwrap();
        tx.commit().await.unwrap();
    };
    tokio::join!(add(1), add(2), add(3));
    let page = store::quick::page(&mut world.read(&jon).await).await.unwrap();
    assert_eq!(page.lines[0].quantity, quantity(6), "nothing that was added is lost: {}", page.text);
}

#[tokio::test]
async fn a_cart_takes_what_it_holds_and_the_quick_order_keeps_the_rest() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let sql = "WITH many AS (INSERT INTO products (id, sku, name, category_id)
                    SELECT gen_random_uuid(), 'MANY-' || n, 'One of many', p.category_id
                    FROM generate_series(1, 510) n, products p WHERE p.sku = 'TM-5M' RETURNING id)
               INSERT INTO prices (account_id, price_list_id, product_id, currency, unit, min_quantity, unit_price)
               SELECT r.account_id, r.price_list_id, m.id, r.currency, 'EA', 1, 2
               FROM many m, prices r JOIN products p ON p.id = r.product_id WHERE p.sku = 'TM-5M' AND r.min_quantity = 1";
    sqlx::query(sql).execute(&world.superuser).await.unwrap();
    let lines: Vec<String> = (1..=510).map(|n| format!("MANY-{n}\t2")).collect();
    let mut tx = world.begin(&jon).await;
    store::cart::add(&mut tx, &sku("MANY-509"), quantity(1)).await.unwrap();
    tx.commit().await.unwrap();
    keep(&world, &jon, &lines.join("\n")).await;
    let mut tx = world.begin(&jon).await;
    let report = store::quick::order(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((report.added, report.left_out), (500, 10), "what is there already takes no more room");
    assert_eq!(cart(&world, &jon).await.len(), 500);
    let left = store::quick::page(&mut world.read(&jon).await).await.unwrap();
    let kept: Vec<_> = left.lines.iter().map(|l| (l.sku.as_str(), l.quantity)).collect();
    assert_eq!((kept.len(), kept[0]), (10, ("MANY-500", quantity(2))), "in their order, to be ordered next");
}

#[tokio::test]
async fn an_order_in_boxes_becomes_a_list_and_a_question_of_as_many_pieces() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let arrange = async |sql: &'static str| sqlx::raw_sql(sql).execute(&world.superuser).await.unwrap();
    // As an order of a former system has it: two cartons of 36 rolls; and drums, which tape does not come in.
    arrange(
        "UPDATE order_lines l SET quantity = 2, quantity_shipped = 0, unit = CASE l.sku WHEN 'TP-48-CL' THEN 'CT' ELSE 'DR' END
         FROM orders o WHERE o.id = l.order_id AND o.po_number = 'PO 88166'",
    )
    .await;
    let number: String = sqlx::query_scalar("SELECT number FROM orders WHERE po_number = 'PO 88166'")
        .fetch_one(&world.superuser)
        .await
        .unwrap();
    let named = form("Old", Right::None, Right::None);
    let id = make(&world, &jon, &named, &Source::Order(number.clone())).await.unwrap();
    let page = lists::page(&mut world.read(&jon).await, id).await.unwrap();
    let got = |sku: &str| page.lines.iter().find(|l| l.sku == sku).map(|l| (l.quantity, l.unit.clone()));
    assert_eq!(got("TP-48-CL"), Some((quantity(72), "RL".to_owned())));
    assert_eq!(got("LB-100-150").map(|l| l.0), Some(quantity(2)), "a unit that it does not have is taken as it stands");
    let asked = store::quotes::ask_page(&mut world.read(&jon).await, &Asking::Order(number.clone())).await.unwrap();
    let tape = asked.lines.iter().find(|l| l.sku.as_deref() == Some("TP-48-CL")).unwrap();
    assert_eq!((tape.quantity, tape.unit.as_str()), (quantity(72), "RL"));

    // More of its own unit than a line holds: left out, and said.
    arrange(
        "UPDATE order_lines l SET quantity = 500000 FROM orders o WHERE o.id = l.order_id AND o.po_number = 'PO 88166' AND l.sku = 'TP-48-CL'",
    )
    .await;
    let mut tx = world.begin(&jon).await;
    let made = lists::make(&mut tx, &named, &Source::Order(number.clone())).await.unwrap();
    assert_eq!((made.left_out, lists::page(&mut tx, made.id).await.unwrap().lines.len()), (1, 2));
    let asked = store::quotes::ask_page(&mut tx, &Asking::Order(number.clone())).await.unwrap();
    assert_eq!(asked.lines.len(), 2);
    assert!(asked.from.unwrap().ends_with(" 1 line is left out: the quantity or price cannot be converted exactly."));
}
