//! The three-way check, and disputes from the first word to the credit note.

use domain::disputes::{DisputeForm, Mismatch, Reason, State};
use domain::ids::{DisputeId, InvoiceId};
use domain::invoices::{InvoicePage, InvoiceQuery, Status};
use domain::{Actor, Cause, Money, Problem};
use rust_decimal::Decimal;
use store::Error;
use store::disputes::Verdict;

use crate::documents::{order, ship};
use crate::world::{World, quantity};

const SERVICE: &str = "service@seller.example";

fn form(n: Option<i64>) -> DisputeForm {
    DisputeForm { reason: Reason::Price, quantity: n.map(quantity), words: "We agreed on less.".into() }
}

fn problem<T: std::fmt::Debug>(result: store::Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("a problem was expected: {other:?}"),
    }
}

/// An invoice of Jon's order (36 tape, 20 gloves), all of it sent; and who may dispute it.
async fn invoiced(world: &World) -> (String, Actor) {
    let number = order(world, "PO 9").await;
    ship(world, &number, 1, &[(1, 36), (2, 20)]).await.unwrap();
    let finance = world.actor("finance@acme.example").await;
    let query = InvoiceQuery::parse(&format!("show=all&q={number}"));
    let found = store::invoices::list(&mut world.read(&finance).await, query).await.unwrap();
    (found.rows[0].number.clone(), finance)
}

async fn page(world: &World, who: &Actor, number: &str) -> InvoicePage {
    store::invoices::find(&mut world.read(who).await, number).await.unwrap()
}

async fn mismatches(world: &World, who: &Actor, number: &str, line: i32) -> Vec<Mismatch> {
    let page = page(world, who, number).await;
    let checked = store::disputes::check(&mut world.read(who).await, &page).await.unwrap();
    checked.lines.into_iter().find(|(no, _)| *no == line).unwrap().1
}

async fn raise(world: &World, who: &Actor, number: &str, line: i32, form: &DisputeForm) -> store::Result<DisputeId> {
    let mut tx = world.begin(who).await;
    let id = store::disputes::raise(&mut tx, number, line, form).await?;
    tx.commit().await?;
    Ok(id)
}

async fn answer(world: &World, id: DisputeId, credit: InvoiceId, verdict: &Verdict) -> store::Result<Option<String>> {
    let service = world.actor(SERVICE).await;
    let mut tx = world.begin(&service).await;
    let note = store::disputes::answer(&mut tx, id, credit, verdict, "You are right.").await?;
    tx.commit().await?;
    Ok(note)
}

#[tokio::test]
async fn an_invoice_is_checked_against_order_contract_and_delivery() {
    let world = World::new().await;
    let (number, finance) = invoiced(&world).await;
    for line in [1, 2] {
        assert_eq!(mismatches(&world, &finance, &number, line).await, [], "what was made from the order matches it");
    }
    // What no use case can do, a former system or a mistake can: a price and a quantity beyond the order.
    let line = format!("(SELECT id FROM invoices WHERE number = '{number}')");
    world.sql(&format!("UPDATE invoice_lines SET unit_price = unit_price + 1, net = net + 36 WHERE invoice_id = {line} AND line_no = 1")).await;
    let found = mismatches(&world, &finance, &number, 1).await;
    assert!(matches!(found[..], [Mismatch::AboveOrder(_), Mismatch::AboveAgreed(..)]), "{found:?}");
    world.sql(&format!("UPDATE invoice_lines SET quantity = 25 WHERE invoice_id = {line} AND line_no = 2")).await;
    let (invoiced, ordered) = (Decimal::from(25), Decimal::from(20));
    assert_eq!(mismatches(&world, &finance, &number, 2).await, [Mismatch::MoreThanOrdered { invoiced, ordered }]);
    world.sql("UPDATE order_lines SET quantity_shipped = 18 WHERE order_id = (SELECT id FROM orders WHERE po_number = 'PO 9') AND line_no = 2").await;
    world.sql(&format!("UPDATE invoice_lines SET quantity = 20 WHERE invoice_id = {line} AND line_no = 2")).await;
    let (invoiced, delivered) = (Decimal::from(20), Decimal::from(18));
    assert_eq!(mismatches(&world, &finance, &number, 2).await, [Mismatch::MoreThanDelivered { invoiced, delivered }]);
    world
        .sql(&format!(
            "UPDATE invoice_lines SET order_line = NULL, sku = 'NOT-ORDERED' WHERE invoice_id = {line} AND line_no = 2"
        ))
        .await;
    assert_eq!(mismatches(&world, &finance, &number, 2).await, [Mismatch::NotOrdered]);
}

#[tokio::test]
async fn only_the_accounts_finance_users_dispute_and_only_once_at_a_time() {
    let world = World::new().await;
    let (number, finance) = invoiced(&world).await;
    let jon = world.buyer().await;
    assert_eq!(problem(raise(&world, &jon, &number, 1, &form(None)).await), Problem::Forbidden);
    world
        .sql("UPDATE members SET roles = roles || ARRAY['finance'] WHERE person_id = (SELECT id FROM people WHERE email = 'buyer@globex.example')")
        .await;
    let globex = world.actor("buyer@globex.example").await;
    assert_eq!(problem(raise(&world, &globex, &number, 1, &form(None)).await), Problem::NotFound);
    assert_eq!(problem(raise(&world, &finance, &number, 9, &form(None)).await), Problem::NotFound);
    assert!(matches!(problem(raise(&world, &finance, &number, 1, &form(Some(37))).await), Problem::Invalid(_)));
    let unprintable = DisputeForm { words: "a\0b".into(), ..form(None) };
    assert!(matches!(problem(raise(&world, &finance, &number, 1, &unprintable).await), Problem::Invalid(_)));

    let id = raise(&world, &finance, &number, 1, &form(Some(36))).await.unwrap();
    assert!(matches!(problem(raise(&world, &finance, &number, 1, &form(None)).await), Problem::Invalid(_)));
    assert_eq!(page(&world, &finance, &number).await.row.status, Status::Disputed);
    let query = InvoiceQuery::parse("show=disputed");
    let listed = store::invoices::list(&mut world.read(&finance).await, query).await.unwrap();
    assert!(listed.rows.iter().any(|r| r.number == number && r.status == Status::Disputed));
    assert_eq!(listed.total, i64::try_from(listed.rows.len()).unwrap());

    let mut tx = world.begin(&finance).await;
    store::disputes::attach(&mut tx, id, "agreed.txt", b"1.29 each").await.unwrap();
    assert!(matches!(
        problem(store::disputes::attach(&mut tx, id, "again.txt", b"1.29 each").await),
        Problem::Invalid(_)
    ));
    tx.commit().await.unwrap();
    let page = page(&world, &finance, &number).await;
    let checked = store::disputes::check(&mut world.read(&finance).await, &page).await.unwrap();
    let file = checked.disputes[0].evidence[0].id;
    let service = world.actor(SERVICE).await;
    let read = store::disputes::file(&mut world.read(&service).await, id, file).await.unwrap();
    assert_eq!(read.bytes, b"1.29 each");
    for (other, expected) in [(&globex, Problem::NotFound), (&jon, Problem::Forbidden)] {
        assert_eq!(problem(store::disputes::file(&mut world.read(other).await, id, file).await), expected);
    }
    assert_eq!(problem(store::disputes::withdraw(&mut world.begin(&globex).await, id).await), Problem::NotFound);

    let mut tx = world.begin(&finance).await;
    store::disputes::withdraw(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    let twice = problem(store::disputes::withdraw(&mut world.begin(&finance).await, id).await);
    assert!(matches!(twice, Problem::Conflict(Cause::DisputeState { .. })), "{twice}");
    let late = problem(answer(&world, id, store::new_id(), &Verdict::Decline).await);
    assert!(matches!(late, Problem::Conflict(Cause::DisputeState { .. })), "{late}");
    raise(&world, &finance, &number, 1, &form(None)).await.unwrap();
    world.assert_sound().await;
}

#[tokio::test]
async fn a_customer_cannot_answer_their_own_dispute() {
    let world = World::new().await;
    let (number, finance) = invoiced(&world).await;
    let id = raise(&world, &finance, &number, 1, &form(None)).await.unwrap();
    let refused = store::disputes::answer(
        &mut world.begin(&finance).await,
        id,
        store::new_id(),
        &Verdict::Quantity(quantity(1)),
        "yes",
    )
    .await;
    assert_eq!(problem(refused), Problem::Forbidden);
    // Nor past the use case: the database lets a customer take back, and nothing else.
    let mut tx = world.begin(&finance).await;
    let sql = format!(
        "WITH x AS (UPDATE disputes SET status = 'accepted', ended_at = now() WHERE id = '{id}' RETURNING 1) SELECT count(*) FROM x"
    );
    assert!(tx.raw_count(&sql).await.unwrap_err().contains("row-level security"));
}

#[tokio::test]
async fn a_price_is_corrected_once_and_the_goods_can_still_come_back() {
    let world = World::new().await;
    let (number, finance) = invoiced(&world).await;
    let before = page(&world, &finance, &number).await;
    let price = before.lines[0].unit_price;
    let id = raise(&world, &finance, &number, 1, &form(None)).await.unwrap();
    let right = price.amount() - Decimal::new(20, 2);
    assert!(matches!(
        problem(answer(&world, id, store::new_id(), &Verdict::Price(price.amount())).await),
        Problem::Invalid(_)
    ));
    let credit = store::new_id::<InvoiceId>();
    let note = answer(&world, id, credit, &Verdict::Price(right)).await.unwrap().unwrap();
    assert_eq!(answer(&world, id, credit, &Verdict::Price(right)).await.unwrap(), Some(note.clone()), "one answer");
    let credited = page(&world, &finance, &note).await;
    let net = Money::new(Decimal::new(20 * 36, 2), price.currency());
    assert_eq!((credited.totals.lines, credited.lines[0].quantity), (net, quantity(36)));
    assert!(credited.einvoice());
    let after = page(&world, &finance, &number).await;
    let checked = store::disputes::check(&mut world.read(&finance).await, &after).await.unwrap();
    assert_eq!((checked.disputes[0].state, checked.disputes[0].credit_note.as_str()), (State::Accepted, note.as_str()));
    // What it costs by now is less than what was ordered: that is no mismatch, and neither is what was one before.
    world.sql("UPDATE order_lines SET unit_price = unit_price - 0.20 WHERE order_id = (SELECT id FROM orders WHERE po_number = 'PO 9') AND line_no = 1").await;
    let found = mismatches(&world, &finance, &number, 1).await;
    assert!(!found.iter().any(|m| matches!(m, Mismatch::AboveOrder(_))), "{found:?}");
    world.sql("UPDATE order_lines SET unit_price = unit_price + 0.20 WHERE order_id = (SELECT id FROM orders WHERE po_number = 'PO 9') AND line_no = 1").await;
    let told = store::notices::list(&mut world.read(&finance).await).await.unwrap().notices;
    assert!(told.iter().any(|n| n.text == format!("Your dispute of {number} was accepted")), "{told:?}");
    world.assert_sound().await;

    // All 36 come back later, at what they cost by now: nothing is left of the line, to the penny.
    let second = raise(&world, &finance, &number, 1, &form(None)).await.unwrap();
    let service = world.actor(SERVICE).await;
    let desk = store::disputes::list(&mut world.read(&service).await).await.unwrap();
    let waiting = desk.open.iter().find(|d| d.of.id == second).unwrap();
    assert_eq!(waiting.left, Some(Decimal::from(36)), "a corrected price takes no goods back");
    assert_eq!(desk.ended[0].of.id, id);
    let note = answer(&world, second, store::new_id(), &Verdict::Quantity(quantity(36))).await.unwrap().unwrap();
    let rest = page(&world, &finance, &note).await.totals.lines;
    assert_eq!(rest.plus(net).unwrap(), before.lines[0].net);
    world.assert_sound().await;
}

#[tokio::test]
async fn an_answer_sent_twice_at_once_is_one_and_tells_both_its_credit_note() {
    let world = World::new().await;
    let (number, finance) = invoiced(&world).await;
    let id = raise(&world, &finance, &number, 1, &form(None)).await.unwrap();
    let credit = store::new_id::<InvoiceId>();
    let verdict = Verdict::Quantity(quantity(1));
    let (one, two) = tokio::join!(answer(&world, id, credit, &verdict), answer(&world, id, credit, &verdict));
    let note = one.unwrap();
    assert!(note.is_some());
    assert_eq!(two.unwrap(), note);
}

#[tokio::test]
async fn taking_back_what_is_being_answered_is_a_conflict() {
    let world = World::new().await;
    let (number, finance) = invoiced(&world).await;
    let id = raise(&world, &finance, &number, 1, &form(None)).await.unwrap();
    let service = world.actor(SERVICE).await;
    let mut answering = world.begin(&service).await;
    store::disputes::answer(&mut answering, id, store::new_id(), &Verdict::Decline, "No.").await.unwrap();
    let withdraw = async { store::disputes::withdraw(&mut world.begin(&finance).await, id).await };
    let commit = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        answering.commit().await.unwrap();
    };
    let (late, ()) = tokio::join!(withdraw, commit);
    let late = problem(late);
    assert!(matches!(late, Problem::Conflict(Cause::DisputeState { .. })), "{late}");
}

#[tokio::test]
async fn the_seller_is_told_where_to_answer_and_the_rep_that_it_is_so() {
    let world = World::new().await;
    let (number, finance) = invoiced(&world).await;
    raise(&world, &finance, &number, 1, &form(None)).await.unwrap();
    let mails = async |which: &str| {
        let about = format!("payload::text LIKE '%disputes {number}%'");
        world.number(&format!("SELECT count(*) FROM outbox WHERE {about} AND {which}")).await
    };
    let seller = "payload::text LIKE '%' || (SELECT s.email FROM seller s) || '%'";
    let rep = "payload::text LIKE '%rep@seller.example%'";
    let link = "payload::text LIKE '%/finance/disputes%'";
    assert_eq!((mails(&format!("{seller} AND {link}")).await, mails(&format!("{rep} AND NOT {link}")).await), (1, 1));
    assert_eq!(mails("true").await, 2);
}
