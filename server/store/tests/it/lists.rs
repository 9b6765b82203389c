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
    let id = lists::make(&mut tx, form, source).await?;
    tx.commit().await?;
    Ok(id)
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
    assert_eq!(left.text, "nonsense 12\n2 x HM-YELLOW", "to be mended");
    let mut tx = world.begin(&jon).await;
    let again = store::quick::order(&mut tx).await.unwrap();
    assert_eq!(again.added, 0, "twice adds nothing twice");
}

#[tokio::test]
async fn a_choice_is_learnt_for_the_account_and_for_no_other() {
    let world = World::new().await;
    let (jon, both) = (world.buyer().await, world.actor("both@acme.example").await);
    assert_eq!(keep(&world, &jon, "ACME-4711 12").await.open.len(), 1);
    let choose = async |no: usize, article: &str| {
        let mut tx = world.begin(&jon).await;
        store::quick::choose(&mut tx, no, &sku(article), true).await?;
        tx.commit().await
    };
    assert!(matches!(problem(choose(1, "NOPE").await), Problem::Invalid(_)));
    choose(1, "TM-5M").await.unwrap();
    let page = store::quick::page(&mut world.read(&jon).await).await.unwrap();
    assert_eq!((page.text.as_str(), page.lines[0].quantity), ("12 x TM-5M", quantity(12)));
    assert_eq!(keep(&world, &both, "acme-4711 3").await.lines[0].sku, "TM-5M", "a colleague’s as well");
    let globex = world.actor("buyer@globex.example").await;
    assert_eq!(keep(&world, &globex, "ACME-4711 3").await.open.len(), 1, "another company calls nothing so");
    choose(5, "TM-5M").await.unwrap();
    let mut tx = world.begin(&jon).await;
    assert!(matches!(problem(store::quick::keep(&mut tx, &"x".repeat(240_001)).await), Problem::Invalid(_)));
    let manager = world.actor("manager@acme.example").await;
    assert_eq!(problem(store::quick::page(&mut world.read(&manager).await).await), Problem::Forbidden);
}
