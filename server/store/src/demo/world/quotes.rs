//! Quotes of the demo: one that is asked for and waits for the seller, one in its second version; through the same use cases
//! as the pages.

use chrono::{DateTime, Days, Duration, Utc};
use domain::accounts::Email;
use domain::quotes::{DraftInput, LineInput, OfferInput, Request, Wish};
use domain::{Actor, Currency, Money, Quantity};
use rust_decimal::Decimal;

use crate::quotes;
use crate::{Error, Result, Store, new_id};

async fn actor(store: &Store, email: &str, now: DateTime<Utc>) -> Result<Actor> {
    let person = crate::demo::person(store, &Email::parse("email", email)?, now).await?;
    Ok(crate::accounts::who(store, person, None, "127.0.0.1").await?.actor)
}

fn wish(sku: Option<&str>, name: &str, unit: &str, quantity: i64, target: Option<i64>) -> Result<Wish> {
    Ok(Wish {
        sku: sku.map(str::to_owned),
        name: name.to_owned(),
        unit: unit.to_owned(),
        quantity: Quantity::new(Decimal::from(quantity)).ok_or_else(|| Error::odd("demo quantity", name))?,
        target: target.map(|pence| Money::new(Decimal::new(pence, 2), Currency::GBP)),
        note: String::new(),
    })
}

async fn ask(store: &Store, who: &Actor, request: &Request, now: DateTime<Utc>) -> Result<String> {
    let mut tx = store.begin(who, now).await?;
    let number = quotes::ask(&mut tx, new_id(), request).await?;
    tx.commit().await?;
    Ok(number)
}

fn line(no: u32, name: &str, quantity: &str, lead_days: &str, offers: &[(&str, &str, &str)]) -> LineInput {
    LineInput {
        no,
        name: name.to_owned(),
        unit: "EA".to_owned(),
        quantity: quantity.to_owned(),
        lead_days: lead_days.to_owned(),
        offers: offers
            .iter()
            .map(|(quantity, kind, price)| OfferInput {
                quantity: (*quantity).to_owned(),
                kind: (*kind).to_owned(),
                price: (*price).to_owned(),
            })
            .collect(),
        ..LineInput::default()
    }
}

async fn offer(store: &Store, who: &Actor, number: &str, form: &DraftInput, now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.begin(who, now).await?;
    quotes::save(&mut tx, number, 0, form).await?;
    quotes::send(&mut tx, number, 1).await?;
    tx.commit().await
}

/// Jon asks for gloves and printed cartons, Ruth quotes, Jon asks for a better price from 500, Ruth sends a second version. Ollie
/// asks for lamps and something that is no article.
pub(in crate::demo) async fn negotiate(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let (jon, ollie, ruth) = (
        actor(store, "buyer@acme.example", now).await?,
        actor(store, "junior@acme.example", now).await?,
        actor(store, "rep@seller.example", now).await?,
    );
    let ago = |hours: i64| now - Duration::hours(hours);
    let today = now.date_naive();
    let gloves = Request {
        title: "Gloves and cartons for the new line".to_owned(),
        lines: vec![
            wish(Some("GL-CUT-D-9"), "", "", 500, Some(380))?,
            wish(None, "Printed cartons 600 × 400, our logo, one colour", "EA", 200, None)?,
        ],
        needed_by: today.checked_add_days(Days::new(28)),
        note: "We open line 7 in January and would buy the gloves in three lots.".to_owned(),
    };
    let number = ask(store, &jon, &gloves, ago(75)).await?;
    let mut form = DraftInput {
        title: gloves.title.clone(),
        lines: vec![
            line(1, "", "500", "", &[("200", "more", "4.05")]),
            line(2, &gloves.lines[1].name, "200", "15", &[("200", "exactly", "2.35"), ("400", "more", "2.10")]),
        ],
        valid_until: (today + Days::new(21)).to_string(),
        terms: "Delivery in up to three lots within six months. Printing plate included.".to_owned(),
        note: "Thank you for asking, Jon. The cartons are printed in Leeds.".to_owned(),
        internal: "New line: worth a thin margin on the gloves.".to_owned(),
        ..DraftInput::default()
    };
    offer(store, &ruth, &number, &form, ago(51)).await?;
    let mut tx = store.begin(&jon, ago(27)).await?;
    let words = "Can you do 3.95 for the gloves if we take all 500 at once?";
    quotes::ask_changes(&mut tx, &number, 2, words).await?;
    tx.commit().await?;
    form.lines[0].offers.push(OfferInput { quantity: "500".into(), kind: "more".into(), price: "3.95".into() });
    "Agreed: 3.95 from 500 pairs at once, 4.05 in lots.".clone_into(&mut form.note);
    offer(store, &ruth, &number, &form, ago(5)).await?;

    let lamps = Request {
        title: "Lamps for the loading bay".to_owned(),
        lines: vec![
            wish(Some("LA-LED-12"), "", "", 24, Some(2900))?,
            wish(None, "Wall bracket for the lamps, hot-dip galvanised", "EA", 24, None)?,
        ],
        needed_by: today.checked_add_days(Days::new(14)),
        note: String::new(),
    };
    ask(store, &ollie, &lamps, ago(22)).await?;
    Ok(())
}
