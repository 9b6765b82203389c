//! From order to invoice to credit note.

use chrono::NaiveDate;
use domain::cart::CheckoutForm;
use domain::catalog::Sku;
use domain::deliveries::ShipForm;
use domain::ids::InvoiceId;
use domain::invoices::{ChargeFor, CreditForm, Early, Invoicing, Kind, Language, Mode};
use domain::payments::{Method, Wanted};
use domain::tax::Category;
use domain::{Actor, Money, Problem};
use rust_decimal::Decimal;
use store::Error;

use crate::world::{World, now, quantity};

const SERVICE: &str = "service@seller.example";

fn problem<T: std::fmt::Debug>(result: store::Result<T>) -> Problem {
    match result {
        Err(Error::Problem(problem)) => problem,
        other => panic!("a problem was expected: {other:?}"),
    }
}

/// Jon's order of tape (36) and gloves (20), confirmed, with a budget of £5,000 a month.
pub async fn order(world: &World, po: &str) -> String {
    let jon = world.buyer().await;
    let mut tx = world.begin(&jon).await;
    for (sku, n) in [("TP-48-CL", 36), ("GL-CUT-D-9", 20)] {
        store::cart::add(&mut tx, &Sku::parse("sku", sku).unwrap(), quantity(n)).await.unwrap();
    }
    tx.commit().await.unwrap();
    // Tape is line 1.
    world.sql("UPDATE cart_lines SET added_at = added_at - interval '1 minute' WHERE product_id = (SELECT id FROM products WHERE sku = 'TP-48-CL')").await;
    let page = store::cart::checkout(&mut world.read(&jon).await).await.unwrap();
    let form = CheckoutForm {
        order_id: page.order_id,
        total: page.cart.totals.gross.amount(),
        po_number: po.into(),
        cost_centre: "MAINT".into(),
        ship_to: page.addresses[0].id.to_string(),
        requested_on: None,
        partial_delivery: true,
        note: String::new(),
    };
    let mut tx = world.begin(&jon).await;
    let number = store::orders::submit(&mut tx, &form).await.unwrap();
    tx.commit().await.unwrap();
    number
}

pub async fn ship(world: &World, number: &str, version: i32, lines: &[(i32, i64)]) -> store::Result<()> {
    let service = world.actor(SERVICE).await;
    let form = ShipForm {
        carrier: "DHL".into(),
        tracking: String::new(),
        shipped_on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        lines: lines.iter().map(|(no, n)| (*no, quantity(*n))).collect(),
    };
    let mut tx = world.begin(&service).await;
    store::deliveries::ship(&mut tx, "1001", number, version, &form).await?;
    tx.commit().await
}

async fn set(world: &World, mode: Mode) {
    let service = world.actor(SERVICE).await;
    let mut tx = world.begin(&service).await;
    let form = Invoicing { mode, language: Language::Fr, ..Invoicing::default() };
    store::invoices::set_invoicing(&mut tx, "1001", &form).await.unwrap();
    tx.commit().await.unwrap();
}

/// The numbers of an order's documents, as the desk shows them.
async fn documents(world: &World, order: &str) -> Vec<domain::invoices::DeskInvoice> {
    let service = world.actor(SERVICE).await;
    store::deliveries::find(&mut world.read(&service).await, "1001", order).await.unwrap().invoices
}

async fn find(world: &World, number: &str) -> domain::invoices::InvoicePage {
    let finance = world.actor("finance@acme.example").await;
    store::invoices::find(&mut world.read(&finance).await, number).await.unwrap()
}

async fn exposure(world: &World) -> Money {
    let finance = world.actor("finance@acme.example").await;
    let page = store::company::credit(&mut world.read(&finance).await).await.unwrap();
    page.credit.exposure().unwrap()
}

async fn credit(world: &World, by: &Actor, number: &str, id: InvoiceId, form: &CreditForm) -> store::Result<String> {
    let mut tx = world.begin(by).await;
    let note = store::invoices::credit(&mut tx, "1001", number, id, form).await?;
    tx.commit().await?;
    Ok(note)
}

fn back(lines: &[(i32, i64)]) -> CreditForm {
    let lines = lines.iter().map(|(no, n)| (*no, quantity(*n))).collect();
    CreditForm { reason: "wrong size".into(), lines, ..CreditForm::default() }
}

const PAID_BACK: &str = "SELECT COALESCE(round(sum(-amount) * 100), 0)::bigint FROM budget_entries WHERE amount < 0";

#[tokio::test]
async fn each_shipment_is_invoiced_and_the_parts_are_the_order() {
    let world = World::new().await;
    let number = order(&world, "PO 7").await;
    let before = exposure(&world).await;
    ship(&world, &number, 1, &[(1, 10)]).await.unwrap();
    let first = documents(&world, &number).await;
    assert_eq!(first.len(), 1);
    assert_eq!(exposure(&world).await, before, "what is invoiced is not counted as ordered as well");
    ship(&world, &number, 2, &[(1, 26), (2, 20)]).await.unwrap();
    let both = documents(&world, &number).await;
    let pages = [find(&world, &both[0].number).await, find(&world, &both[1].number).await];
    let jon = world.buyer().await;
    let order = store::orders::find(&mut world.read(&jon).await, &number).await.unwrap();
    let sum = |f: fn(&domain::invoices::InvoicePage) -> Money| f(&pages[0]).plus(f(&pages[1])).unwrap();
    assert_eq!(sum(|p| p.totals.lines), order.totals.net);
    assert_eq!(sum(|p| p.totals.charges), order.totals.delivery);
    assert_eq!(pages[0].charges[0].what, ChargeFor::Delivery, "on the first");
    let p = &pages[0];
    assert_eq!(
        (p.row.order_number.as_str(), p.row.po_number.as_str(), p.cost_centre.as_str()),
        (number.as_str(), "PO 7", "MAINT")
    );
    assert_eq!((p.bill_to.street.as_str(), p.delivered_on), ("1 Acme Way", NaiveDate::from_ymd_opt(2026, 11, 23)));
    assert_eq!((p.lines[0].category, p.lines[0].order_line), (Category::Standard, Some(1)));
    assert_eq!((p.row.due_on - p.row.issued_on).num_days(), 30);
    assert!(p.einvoice());
    let finance = world.actor("finance@acme.example").await;
    let told = store::notices::list(&mut world.read(&finance).await).await.unwrap().notices;
    assert!(told[0].text.starts_with(&format!("Invoice {} over £", both[1].number)), "{:?}", told[0]);
    world.assert_sound().await;
}

#[tokio::test]
async fn the_customers_setting_says_when_there_is_an_invoice() {
    let world = World::new().await;
    set(&world, Mode::PerOrder).await;
    let number = order(&world, "PO 8").await;
    ship(&world, &number, 1, &[(1, 10)]).await.unwrap();
    assert!(documents(&world, &number).await.is_empty(), "not all of it is sent");
    ship(&world, &number, 2, &[(1, 26), (2, 20)]).await.unwrap();
    let all = documents(&world, &number).await;
    let page = find(&world, &all[0].number).await;
    assert_eq!((all.len(), page.lines.len(), page.language), (1, 2, Language::Fr));
    assert_eq!(page.lines[0].quantity, quantity(36));

    set(&world, Mode::Elsewhere).await;
    let number = order(&world, "PO 9").await;
    ship(&world, &number, 1, &[(1, 36)]).await.unwrap();
    assert!(documents(&world, &number).await.is_empty());
    set(&world, Mode::PerShipment).await;
    ship(&world, &number, 2, &[(2, 20)]).await.unwrap();
    let all = documents(&world, &number).await;
    assert_eq!(find(&world, &all[0].number).await.lines.len(), 2, "what was not invoiced yet comes along");
    world.assert_sound().await;
}

#[tokio::test]
async fn what_comes_back_is_credited_once_and_never_beyond_the_invoice() {
    let world = World::new().await;
    let number = order(&world, "PO 7").await;
    ship(&world, &number, 1, &[(1, 36), (2, 20)]).await.unwrap();
    let invoice = documents(&world, &number).await.remove(0);
    let (service, id) = (world.actor(SERVICE).await, store::new_id::<InvoiceId>());
    let exposed = exposure(&world).await;
    let clicks = [
        credit(&world, &service, &invoice.number, id, &back(&[(1, 6)])).await.unwrap(),
        credit(&world, &service, &invoice.number, id, &back(&[(1, 6)])).await.unwrap(),
    ];
    assert_eq!(clicks[0], clicks[1], "two clicks are one credit note");
    let note = find(&world, &clicks[0]).await;
    assert_eq!((note.row.kind, note.reason.as_str()), (Kind::CreditNote, "wrong size"));
    assert_eq!(note.corrects.as_ref().unwrap().0, invoice.number);
    assert_eq!(find(&world, &invoice.number).await.corrected_by, [clicks[0].clone()]);
    assert!(note.einvoice());
    let credited = (note.totals.gross.amount() * Decimal::ONE_HUNDRED).to_string();
    assert_eq!(
        world.number(PAID_BACK).await.to_string(),
        credited.split('.').next().unwrap(),
        "the budget gets exactly this"
    );
    assert_eq!(exposed.minus(exposure(&world).await).unwrap(), note.totals.gross);

    let more = problem(credit(&world, &service, &invoice.number, store::new_id(), &back(&[(1, 31)])).await);
    assert!(matches!(more, Problem::Invalid(ref e) if e[0].field == "credit-1"), "{more:?}");
    let fee = CreditForm { fee: Decimal::new(500, 2), ..back(&[(1, 30), (2, 20)]) };
    let rest = credit(&world, &service, &invoice.number, store::new_id(), &fee).await.unwrap();
    let page = find(&world, &rest).await;
    assert_eq!((page.charges[0].what, page.totals.allowances.amount()), (ChargeFor::Restocking, Decimal::new(500, 2)));
    let left = documents(&world, &number).await.remove(0);
    assert!(left.lines.is_empty(), "nothing is left to credit: {left:?}");
    let none = problem(credit(&world, &service, &invoice.number, store::new_id(), &back(&[(1, 1)])).await);
    assert!(matches!(none, Problem::Invalid(_)), "{none:?}");
    world.assert_sound().await;
}

#[tokio::test]
async fn two_people_who_credit_at_once_credit_it_once() {
    let world = World::new().await;
    let number = order(&world, "PO 7").await;
    ship(&world, &number, 1, &[(1, 36), (2, 20)]).await.unwrap();
    let invoice = documents(&world, &number).await.remove(0).number;
    let service = world.actor(SERVICE).await;
    let clicks = (0..4).map(|_| {
        let (store, service, invoice) = (world.store.clone(), service.clone(), invoice.clone());
        tokio::spawn(async move {
            let mut tx = store.begin(&service, now()).await?;
            store::invoices::credit(&mut tx, "1001", &invoice, store::new_id(), &back(&[(1, 30)])).await?;
            tx.commit().await
        })
    });
    let mut done = 0;
    for click in clicks.collect::<Vec<_>>() {
        match click.await.unwrap() {
            Ok(()) => done += 1,
            Err(Error::Problem(Problem::Invalid(_))) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(done, 1);
    world.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_have_no_gap_however_many_ship_at_once_and_some_fail() {
    let world = World::with_connections(12).await;
    world.sql("UPDATE stock SET on_hand = 100000").await;
    world.sql("UPDATE credit_limits SET credit_limit = NULL").await;
    world.sql("UPDATE budgets SET active = false").await;
    let mut orders = Vec::new();
    for i in 0..8 {
        orders.push(order(&world, &format!("PO {i}")).await);
    }
    let service = world.actor(SERVICE).await;
    let mut at_once = Vec::new();
    for (i, number) in orders.iter().cloned().enumerate() {
        let (store, service) = (world.store.clone(), service.clone());
        at_once.push(tokio::spawn(async move {
            let form = ShipForm {
                carrier: "DHL".into(),
                tracking: String::new(),
                shipped_on: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
                lines: vec![(1, quantity(36)), (2, quantity(20))],
            };
            let mut tx = store.begin(&service, now()).await.unwrap();
            store::deliveries::ship(&mut tx, "1001", &number, 1, &form).await.unwrap();
            // Every third one thinks better of it, after it drew a number.
            if i % 3 == 0 { tx.rollback().await.unwrap() } else { tx.commit().await.unwrap() }
        }));
    }
    for task in at_once {
        task.await.unwrap();
    }
    assert_eq!(world.number("SELECT count(*) FROM invoices i JOIN orders o ON (o.account_id, o.id) = (i.account_id, i.order_id) WHERE o.po_number ~ '^PO [0-7]$'").await, 5);
    world.assert_sound().await;
}

#[tokio::test]
async fn only_customer_service_credits_and_says_how_customers_are_invoiced() {
    let world = World::new().await;
    let number = order(&world, "PO 7").await;
    ship(&world, &number, 1, &[(1, 36), (2, 20)]).await.unwrap();
    let invoice = documents(&world, &number).await.remove(0).number;
    for email in ["rep@seller.example", "buyer@acme.example", "finance@acme.example", "admin@acme.example"] {
        let actor = world.actor(email).await;
        let refused = problem(credit(&world, &actor, &invoice, store::new_id(), &back(&[(1, 1)])).await);
        assert_eq!(refused, Problem::Forbidden, "{email}");
        let mut tx = world.begin(&actor).await;
        let refused = problem(store::invoices::set_invoicing(&mut tx, "1001", &Invoicing::default()).await);
        assert_eq!(refused, Problem::Forbidden, "{email}");
    }
    let rep = world.actor("rep@seller.example").await;
    let page = store::deliveries::find(&mut world.read(&rep).await, "1001", &number).await.unwrap();
    assert!(page.invoices[0].lines.is_empty(), "a rep looks, and is offered nothing");
    let service = world.actor(SERVICE).await;
    let theirs: String = sqlx::query_scalar(
        "SELECT i.number FROM invoices i JOIN accounts a ON a.id = i.account_id WHERE a.number = '1002' LIMIT 1",
    )
    .fetch_one(&world.superuser)
    .await
    .unwrap();
    assert_eq!(problem(credit(&world, &service, &theirs, store::new_id(), &back(&[(1, 1)])).await), Problem::NotFound);
    world.sql(&format!("UPDATE invoices SET source = 'import' WHERE number = '{invoice}'")).await;
    let old = problem(credit(&world, &service, &invoice, store::new_id(), &back(&[(1, 1)])).await);
    assert!(matches!(old, Problem::Conflict(_)), "{old:?}");
}

#[tokio::test]
async fn a_treatment_takes_the_tax_off_what_is_ordered_from_now_on() {
    let world = World::new().await;
    let before = order(&world, "PO 7").await;
    let service = world.actor(SERVICE).await;
    let form = Invoicing {
        treatment: Some(Category::ReverseCharge),
        vat_number: "DE 123 456 789".into(),
        ..Invoicing::default()
    };
    let mut tx = world.begin(&service).await;
    let bare = Invoicing { vat_number: String::new(), ..form.clone() };
    let refused = problem(store::invoices::set_invoicing(&mut tx, "1001", &bare).await);
    assert!(matches!(refused, Problem::Invalid(ref e) if e[0].field == "vat_number"), "{refused:?}");
    drop(tx);
    let mut tx = world.begin(&service).await;
    store::invoices::set_invoicing(&mut tx, "1001", &form).await.unwrap();
    tx.commit().await.unwrap();
    let after = order(&world, "PO 8").await;
    for (number, category, taxed) in [(before, Category::Standard, true), (after, Category::ReverseCharge, false)] {
        ship(&world, &number, 1, &[(1, 36), (2, 20)]).await.unwrap();
        let page = find(&world, &documents(&world, &number).await.remove(0).number).await;
        assert_eq!((page.lines[0].category, page.totals.tax.amount() > Decimal::ZERO), (category, taxed));
        assert_eq!(page.buyer.vat_number, "DE123456789");
    }
    world.assert_sound().await;
}

#[tokio::test]
async fn the_demo_has_a_document_of_every_category_a_customer_can_meet() {
    let world = World::new().await;
    for category in ["standard", "reduced", "zero", "exempt", "reverse_charge"] {
        let n = world.number(&format!("SELECT count(*) FROM invoice_lines WHERE tax_category = '{category}'")).await;
        assert!(n > 0, "{category}");
    }
    assert_eq!(world.number("SELECT count(*) FROM invoices WHERE corrects IS NOT NULL").await, 1);
}

/// An invoice that was paid with an early payment discount: its number, and what was let off.
async fn paid_early(world: &World) -> (String, Money) {
    let service = world.actor(SERVICE).await;
    let mut tx = world.begin(&service).await;
    let early = Early::parse("2", "10").unwrap();
    let form = Invoicing { early, ..Invoicing::default() };
    store::invoices::set_invoicing(&mut tx, "1001", &form).await.unwrap();
    tx.commit().await.unwrap();
    let order = order(world, "PO early").await;
    ship(world, &order, 1, &[(1, 36), (2, 20)]).await.unwrap();
    let number = documents(world, &order).await[0].number.clone();
    let invoice = find(world, &number).await;
    let discount = invoice.discount.expect("the account's terms");
    assert_eq!((discount.percent, discount.until.to_string().as_str()), (Decimal::TWO, "2026-12-03"));

    let finance = world.actor("finance@acme.example").await;
    let gross = invoice.row.gross;
    let off = gross.percent(Decimal::TWO).unwrap();
    let settle = store::payments::Settle {
        id: store::new_id(),
        wanted: Wanted { invoices: vec![(number.clone(), String::new())], credits: Vec::new() },
        expected: gross.minus(off).unwrap().amount(),
        expected_credit: Decimal::ZERO,
        method: Method::Card,
    };
    let mut tx = world.begin(&finance).await;
    let payment = store::payments::settle(&mut tx, &settle).await.unwrap().expect("money");
    tx.commit().await.unwrap();
    let card = store::payments::card(&mut world.read(&finance).await, &payment).await.unwrap();
    store::payments::begun(&world.store, &card, "test", "r", "/", now()).await.unwrap();
    store::payments::arrived(&world.store, "test", "e", "r", now(), now()).await.unwrap();
    assert!(find(world, &number).await.row.open.amount().is_zero());
    (number, off)
}

#[tokio::test]
async fn what_was_let_off_for_paying_early_is_not_paid_back() {
    let world = World::new().await;
    let service = world.actor(SERVICE).await;
    let (number, off) = paid_early(&world).await;
    // All of it comes back: what was paid can be credited, and no more.
    let whole = back(&[(1, 36), (2, 20)]);
    let refused =
        problem(credit(&world, &service, &number, store::new_id(), &CreditForm { delivery: true, ..whole }).await);
    assert!(matches!(&refused, Problem::Invalid(e) if e[0].field == "fee"), "{refused:?}");
    assert!(refused.to_string().contains(&domain::text::money(off)), "{refused}");
    credit(&world, &service, &number, store::new_id(), &back(&[(1, 30)])).await.unwrap();
    world.assert_sound().await;
}

#[tokio::test]
async fn two_credits_at_once_do_not_pay_back_what_was_let_off() {
    let world = World::new().await;
    let service = world.actor(SERVICE).await;
    let (number, _) = paid_early(&world).await;
    let forms = [CreditForm { delivery: true, ..back(&[(1, 36)]) }, back(&[(2, 20)])];
    let credits = forms.map(|form| {
        let (store, service, number) = (world.store.clone(), service.clone(), number.clone());
        tokio::spawn(async move {
            let mut tx = store.begin(&service, now()).await?;
            store::invoices::credit(&mut tx, "1001", &number, store::new_id(), &form).await?;
            // The other one waits for the invoice by now.
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            tx.commit().await
        })
    });
    let mut done = 0;
    for credit in credits {
        match credit.await.unwrap() {
            Ok(()) => done += 1,
            Err(Error::Problem(Problem::Invalid(e))) => assert_eq!(e[0].field, "fee"),
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(done, 1, "both together are more than was paid");
    world.assert_sound().await;
}

#[tokio::test]
async fn documents_say_what_the_customer_called_it_when_they_were_made() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let call = async |own: &str| {
        let mut tx = world.begin(&jon).await;
        store::parts::take(&mut tx, &format!("{own},TP-48-CL")).await.unwrap();
        tx.commit().await.unwrap();
    };
    call("ACME-TAPE").await;
    let number = order(&world, "88901").await;
    world.sql("UPDATE part_numbers SET at = at - interval '1 day'").await;
    call("TAPE-NEW").await;
    ship(&world, &number, 1, &[(1, 36), (2, 20)]).await.unwrap();
    let ordered = store::orders::find(&mut world.read(&jon).await, &number).await.unwrap();
    let own: Vec<_> = ordered.lines.iter().map(|l| l.own_number.as_str()).collect();
    assert_eq!(own, ["ACME-TAPE", ""]);
    let invoice = find(&world, &documents(&world, &number).await[0].number).await;
    assert_eq!(invoice.lines.iter().map(|l| l.own_number.as_str()).collect::<Vec<_>>(), ["ACME-TAPE", ""]);
    let service = world.actor(SERVICE).await;
    let note = credit(&world, &service, &invoice.row.number, store::new_id(), &back(&[(1, 2)])).await.unwrap();
    assert_eq!(find(&world, &note).await.lines[0].own_number, "ACME-TAPE");
}
