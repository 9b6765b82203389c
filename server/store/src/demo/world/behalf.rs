//! The seller's people at work, through the same use cases as the pages: a session in which Ruth leaves Jon a proposed cart, a
//! part of Nora's order on its way, and the rest of it promised for another day; the dispute of an invoice, Jon's lists, schedules and a cart that he keeps.

use chrono::{DateTime, Datelike as _, Days, Duration, NaiveDate, Utc};
use domain::accounts::Email;
use domain::carts::Share;
use domain::catalog::Sku;
use domain::deliveries::ShipForm;
use domain::disputes::{DisputeForm, Reason};
use domain::ids::{AccountId, ListId, ScheduleId};
use domain::lists::{ListForm, Right};
use domain::schedules::Typed;
use domain::{Actor, Quantity};
use rust_decimal::Decimal;

use crate::assistance::Asked;
use crate::lists::Source;
use crate::{Error, Result, Store};

async fn actor(store: &Store, email: &str, now: DateTime<Utc>) -> Result<Actor> {
    let person = crate::demo::person(store, &Email::parse("email", email)?, now).await?;
    Ok(crate::accounts::who(store, person, None, "127.0.0.1").await?.actor)
}

fn quantity(n: i64) -> Result<Quantity> {
    Quantity::new(Decimal::from(n)).ok_or_else(|| Error::odd("demo quantity", &n.to_string()))
}

pub(in crate::demo) async fn work(store: &Store, now: DateTime<Utc>) -> Result<()> {
    propose(store, now - Duration::minutes(95)).await?;
    dispute(store, now - Duration::minutes(50)).await?;
    let (weekly, line4) = list(store, now - Duration::minutes(40)).await?;
    schedule(store, now, weekly, line4).await?;
    keep_cart(store, now - Duration::minutes(30)).await?;
    deliver(store, now).await
}

/// Jon's lists: one that everybody at Acme and its units orders from, one of his own.
async fn list(store: &Store, now: DateTime<Utc>) -> Result<(ListId, ListId)> {
    let jon = actor(store, "buyer@acme.example", now).await?;
    let mut tx = store.begin(&jon, now).await?;
    let lines = |lines: &[(&str, i64)]| {
        lines.iter().map(|(sku, n)| Ok((Sku::parse("sku", sku)?, quantity(*n)?))).collect::<Result<Vec<_>>>()
    };
    let weekly = [("GL-CUT-D-9", 60), ("TP-48-CL", 36), ("PW-500-17", 12), ("TW-BLUE-6", 2), ("EP-FOAM-200", 1)];
    let form = ListForm { name: "Weekly consumables".to_owned(), account: Right::Use, units: Right::Use };
    let weekly = crate::lists::make(&mut tx, &form, &Source::Lines(lines(&weekly)?)).await?.id;
    for (sku, n, par) in [("GL-CUT-D-9", 60, 120), ("TP-48-CL", 36, 72)] {
        crate::lists::set(&mut tx, weekly, &Sku::parse("sku", sku)?, Some(quantity(n)?), Some(quantity(par)?)).await?;
    }
    let form = ListForm { name: "Line 4, next stop".to_owned(), ..ListForm::default() };
    let line4 =
        crate::lists::make(&mut tx, &form, &Source::Lines(lines(&[("HB-M8-40-A2", 4), ("WA-M8-A2", 4)])?)).await?.id;
    tx.commit().await?;
    Ok((weekly, line4))
}

/// Jon's schedules: the weekly list, and one for line 4 that has stopped, because there are fewer helmets than he added.
async fn schedule(store: &Store, now: DateTime<Utc>, weekly: ListId, line4: ListId) -> Result<()> {
    let jon = actor(store, "buyer@acme.example", now).await?;
    make_schedule(store, &jon, now, weekly, |typed, today| {
        let first = today + Days::new(8);
        (typed.unit, typed.starts_on) = ("week".to_owned(), first.to_string());
        typed.weekday = first.weekday().number_from_monday().to_string();
    })
    .await?;
    let begun = now - Duration::days(2);
    let stopped = make_schedule(store, &jon, begun, line4, |typed, _| "1".clone_into(&mut typed.notice_days)).await?;
    let mut tx = store.begin(&jon, begun).await?;
    crate::schedules::set_lines(&mut tx, stopped, &[], Some((Sku::parse("sku", "HM-BLUE")?, quantity(16)?))).await?;
    tx.commit().await?;
    for at in [begun, now - Duration::days(1)] {
        crate::schedules::run(store, at).await?;
    }
    Ok(())
}

async fn make_schedule(
    store: &Store,
    jon: &Actor,
    now: DateTime<Utc>,
    list: ListId,
    change: impl FnOnce(&mut Typed, NaiveDate),
) -> Result<ScheduleId> {
    let mut tx = store.begin(jon, now).await?;
    let from = format!("list:{list}");
    let page = crate::schedules::new_page(&mut tx, &from, None).await?;
    let mut typed = page.typed;
    typed.ship_to = page.places.addresses.first().map(|a| a.id.to_string()).unwrap_or_default();
    "SAFETY".clone_into(&mut typed.cost_centre);
    "REC-{year}-{month}".clone_into(&mut typed.po_number);
    change(&mut typed, tx.today());
    let id = crate::schedules::make(&mut tx, &from, page.cart.totals.gross.amount(), &typed).await?;
    tx.commit().await?;
    Ok(id)
}

/// Lena disputes what Globex's inspection of the racking cost.
async fn dispute(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let person = crate::demo::person(store, &Email::parse("email", "both@acme.example")?, now).await?;
    let globex = sqlx::query_scalar!("SELECT id FROM accounts WHERE number = $1", super::GLOBEX)
        .fetch_one(store.job(now).await?.db())
        .await?;
    let bo = crate::accounts::who(store, person, Some(AccountId(globex)), "127.0.0.1").await?.actor;
    let mut tx = store.begin(&bo, now).await?;
    let number = sqlx::query_scalar!(
        "SELECT i.number FROM invoices i JOIN invoice_lines l ON (l.account_id, l.invoice_id) = (i.account_id, i.id) WHERE l.sku = 'SV-RACK' AND l.line_no = 1"
    )
    .fetch_one(tx.db())
    .await?;
    let form = DisputeForm {
        reason: Reason::Price,
        quantity: None,
        words: "Your offer of September said £58.00 an hour.".to_owned(),
    };
    crate::disputes::raise(&mut tx, &number, 1, &form).await?;
    tx.commit().await
}

/// A cart that Jon keeps for December and shares with Lena, and bolts for which he waits.
async fn keep_cart(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let jon = actor(store, "buyer@acme.example", now).await?;
    let lena = actor(store, "both@acme.example", now).await?.member()?;
    let mut tx = store.begin(&jon, now).await?;
    for (sku, n) in [("HB-M8-40-A2", 24), ("HB-M8-50-A2", 12), ("CL-DEG-5", 6), ("WA-M8-A2", 24)] {
        crate::cart::add(&mut tx, &Sku::parse("sku", sku)?, quantity(n)?).await?;
    }
    let id = crate::carts::keep(&mut tx, "Shutdown in December").await?;
    crate::carts::share(&mut tx, id, lena, Some(Share::Take)).await?;
    crate::alerts::watch(&mut tx, &Sku::parse("sku", "HB-M8-50-A2")?).await?;
    tx.commit().await
}

async fn propose(store: &Store, began: DateTime<Utc>) -> Result<()> {
    let (rep, jon) =
        (actor(store, "rep@seller.example", began).await?, actor(store, "buyer@acme.example", began).await?);
    let mut tx = store.begin(&rep, began).await?;
    let why = "Asked by phone for gloves and tape for the new shift";
    let asked = crate::assistance::ask(&mut tx, super::ACME, jon.member()?, why).await?;
    tx.commit().await?;
    let Asked::Begun(account, id) = asked else {
        return Err(Error::Inconsistent("the demo's company asks".to_owned()));
    };
    let (filled, left) = (began + Duration::minutes(9), began + Duration::minutes(14));
    let acting =
        crate::accounts::asks(store, rep.person(), None, Some((account, id)), filled, "127.0.0.1").await?.actor;
    let mut tx = store.begin(&acting, filled).await?;
    for (sku, n) in [("GL-CUT-D-9", 60), ("TP-48-CL", 36)] {
        crate::cart::add(&mut tx, &Sku::parse("sku", sku)?, quantity(n)?).await?;
    }
    tx.commit().await?;
    let mut tx = store.begin(&acting, left).await?;
    let note = "As we said on the phone. With 60 pairs you reach the next price step.";
    crate::proposals::propose(&mut tx, note).await?;
    crate::assistance::stop(&mut tx).await?;
    tx.commit().await
}

async fn deliver(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let service = actor(store, "service@seller.example", now).await?;
    let mut tx = store.begin(&service, now).await?;
    let order = sqlx::query!(
        "SELECT o.number, a.number AS account FROM orders o JOIN accounts a ON a.id = o.account_id WHERE a.number = '1001-1' AND o.status = 'confirmed'"
    )
    .fetch_one(tx.db())
    .await?;
    let form = ShipForm {
        carrier: "DPD".to_owned(),
        tracking: "1550 1234 5678 90".to_owned(),
        shipped_on: tx.today(),
        lines: vec![(1, quantity(12)?)],
    };
    crate::deliveries::ship(&mut tx, &order.account, &order.number, 1, &form).await?;
    tx.commit().await?;
    let mut tx = store.begin(&service, now).await?;
    let day = tx.today() + Days::new(9);
    let why = "The carton with the rest was damaged; a new one is on its way to us";
    crate::deliveries::promise(&mut tx, &order.account, &order.number, 1, None, day, why).await?;
    tx.commit().await?;
    let mut tx = store.begin(&service, now).await?;
    let words = "Prefers deliveries before 10 in the morning; gate C is closed on Fridays.";
    crate::customers::note(&mut tx, super::ACME, "", words).await?;
    tx.commit().await
}
