//! What people do with quotes. Customers: ask, talk, accept. The seller's people: draft, release, send.
#![allow(clippy::too_many_arguments, reason = "the fields of the forms, by name")]
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use std::collections::BTreeMap;

use domain::quotes::{AskPage, BeginPage, ComparePage, DeskPage, LineInput, QuotePage, QuotesPage, WishInput};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{command, flash, go, keep, plain_form, reading, request, take, writing},
    domain::cart::CheckoutForm,
    domain::quotes::{Chosen, DraftInput, QuotesQuery, RequestInput},
    domain::{Problem, Quantity},
    store::quotes::{AcceptForm, Source},
};

/// The customer's list that the URL asks for.
#[server(ReadQuotes, endpoint = "quotes/list", input = GetUrl, output = Answered)]
pub async fn quotes(query: String) -> Result<QuotesPage, ActionError> {
    Ok(store::quotes::list(&mut reading().await?, QuotesQuery::parse(&query)).await?)
}

/// One quote, for the customer.
#[server(ReadQuote, endpoint = "quotes/find", input = GetUrl, output = Answered)]
pub async fn quote(number: String) -> Result<QuotePage, ActionError> {
    Ok(store::quotes::page(&mut reading().await?, &number).await?)
}

/// Two versions compared, for both sides.
#[server(ReadComparison, endpoint = "quotes/compare", input = GetUrl, output = Answered)]
pub async fn comparison(number: String, from: i32, to: i32) -> Result<ComparePage, ActionError> {
    Ok(store::quotes::compare(&mut reading().await?, &number, (from, to)).await?)
}

/// What the request form begins with, and what was typed into it when it was refused.
#[server(ReadAsk, endpoint = "quotes/new", input = GetUrl, output = Answered)]
pub async fn asking(#[server(default)] from: String) -> Result<AskPage, ActionError> {
    let mut page = store::quotes::ask_page(&mut reading().await?, &Source::parse(&from)).await?;
    page.typed = typed(ASKED).await?;
    Ok(page)
}

/// Where the session keeps a refused form, with the person and account whose it is.
#[cfg(feature = "ssr")]
const ASKED: &str = "quote-asked";
#[cfg(feature = "ssr")]
const DRAFTED: &str = "quote-drafted";

#[cfg(feature = "ssr")]
type Whose = (domain::ids::PersonId, domain::ids::AccountId);

#[cfg(feature = "ssr")]
fn whose() -> Result<Whose, ActionError> {
    let request = request()?;
    let actor = &request.who()?.actor;
    Ok((actor.person(), actor.account()))
}

#[cfg(feature = "ssr")]
async fn typed<T: serde::de::DeserializeOwned>(key: &str) -> Result<Option<T>, ActionError> {
    let me = whose()?;
    Ok(take::<(Whose, T)>(key).await?.filter(|kept| kept.0 == me).map(|kept| kept.1))
}

/// Keeps a refused form for the page that answers, where no script keeps it on the screen.
#[cfg(feature = "ssr")]
async fn refused<T: Serialize + Send + Sync, A>(key: &str, form: T, problem: ActionError) -> Result<A, ActionError> {
    if plain_form() {
        keep(key, &(whose()?, form)).await?;
    }
    Err(problem)
}

/// Sends a request. The same form twice is one request. With `rows` it only comes back with so many rows.
#[server(endpoint = "quotes/ask")]
pub async fn ask(
    id: String,
    #[server(default)] title: String,
    #[server(default)] needed_by: String,
    #[server(default)] note: String,
    #[server(default)] lines: Vec<WishInput>,
    #[server(default)] rows: String,
) -> Result<(), ActionError> {
    let form = RequestInput { title, lines, needed_by, note };
    if let Ok(rows) = rows.parse::<u16>() {
        request()?.who()?.actor.require(domain::Permission::QuoteRequest)?;
        keep(ASKED, &(whose()?, form)).await?;
        go(&format!("/quotes/new?rows={rows}"));
        return Ok(());
    }
    match send_request(&id, &form).await {
        Ok(number) => {
            flash("Your request is with us. Add drawings or specifications below, if there are any.").await?;
            go(&format!("/quotes/{number}"));
            Ok(())
        }
        Err(problem) => refused(ASKED, form, problem).await,
    }
}

#[cfg(feature = "ssr")]
async fn send_request(id: &str, form: &RequestInput) -> Result<String, ActionError> {
    let wanted = form.read(request()?.who()?.actor.currency())?;
    let mut tx = writing().await?;
    let number = store::quotes::ask(&mut tx, id.parse()?, &wanted).await?;
    tx.commit().await?;
    Ok(number)
}

/// A line of the acceptance form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    /// Ticked: wanted.
    #[serde(default)]
    pub take: String,
    /// Which of its prices, from 0.
    #[serde(default)]
    pub offer: usize,
    /// How many.
    #[serde(default)]
    pub quantity: String,
}

/// Orders what is ticked at its quoted price. Idempotent by `order_id`.
#[server(endpoint = "quotes/accept")]
pub async fn accept(
    number: String,
    version: i32,
    order_id: String,
    #[server(default)] po_number: String,
    #[server(default)] cost_centre: String,
    #[server(default)] ship_to: String,
    #[server(default)] requested_on: String,
    #[server(default)] partial_delivery: String,
    #[server(default)] note: String,
    #[server(default)] lines: BTreeMap<u32, Take>,
) -> Result<(), ActionError> {
    let requested_on = match requested_on.trim() {
        "" => None,
        day => Some(day.parse().map_err(|_| Problem::invalid("requested_on", "Enter a date, such as 2026-12-24."))?),
    };
    let mut chosen = Vec::new();
    for (no, line) in lines.iter().filter(|(_, line)| !line.take.is_empty()) {
        let quantity = Quantity::parse(&format!("quantities[{no}]"), &line.quantity)?;
        chosen.push(Chosen { no: *no, offer: line.offer, quantity });
    }
    if chosen.is_empty() && !lines.is_empty() {
        return Err(Problem::invalid("quantities", "Tick at least one line.").into());
    }
    let order = CheckoutForm {
        order_id: order_id.parse()?,
        total: rust_decimal::Decimal::ZERO,
        po_number,
        cost_centre,
        ship_to,
        requested_on,
        partial_delivery: !partial_delivery.is_empty(),
        note,
    };
    let form = AcceptForm { order, version, lines: chosen };
    let mut tx = writing().await?;
    let placed = command(async move {
        let placed = store::quotes::accept(&mut tx, &number, &form).await?;
        tx.commit().await?;
        Ok(placed)
    })
    .await?;
    go(&format!("/orders/{placed}?placed=1"));
    Ok(())
}

/// The customer's answer: `what` is `changes`, `decline` or `withdraw`. `version` is what the person saw.
#[server(endpoint = "quotes/answer")]
pub async fn answer(
    number: String,
    version: i32,
    what: String,
    #[server(default)] words: String,
) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let told = match what.as_str() {
        "changes" => {
            store::quotes::ask_changes(&mut tx, &number, version, &words).await?;
            "We have your wish for changes, and answer with a new version."
        }
        "decline" => {
            store::quotes::decline(&mut tx, &number, version, &words).await?;
            "You declined the quote. You can still ask for changes."
        }
        "withdraw" => {
            store::quotes::withdraw(&mut tx, &number, version, &words).await?;
            "Your request is withdrawn."
        }
        _ => return Err(Problem::NotFound.into()),
    };
    tx.commit().await?;
    flash(told).await?;
    go(&format!("/quotes/{number}"));
    Ok(())
}

/// A message, from either side; `internal` stays among the seller's people.
#[server(endpoint = "quotes/talk")]
pub async fn talk(
    number: String,
    #[server(default)] words: String,
    #[server(default)] internal: String,
) -> Result<(), ActionError> {
    let staff = request()?.who()?.actor.is_staff();
    let mut tx = writing().await?;
    store::quotes::talk(&mut tx, &number, &words, !internal.is_empty()).await?;
    tx.commit().await?;
    flash(if internal.is_empty() { "Your message is on its way." } else { "Noted, among colleagues." }).await?;
    go(&format!("{}/quotes/{number}#talk", if staff { "/sales" } else { "" }));
    Ok(())
}

/// What waits for the seller.
#[server(ReadQueue, endpoint = "quotes/queue", input = GetUrl, output = Answered)]
pub async fn queue(query: String) -> Result<QuotesPage, ActionError> {
    Ok(store::quotes::queue(&mut reading().await?, QuotesQuery::parse(&query)).await?)
}

/// One quote on the seller's desk; with `preview`, its draft as the customer would read it.
#[server(ReadDesk, endpoint = "quotes/desk", input = GetUrl, output = Answered)]
pub async fn desk(number: String, #[server(default)] preview: bool) -> Result<DeskPage, ActionError> {
    // Prices are those of the customer for the rest of the transaction, which is set in it: it may write.
    let mut tx = writing().await?;
    if preview {
        return Ok(store::quotes::preview(&mut tx, &number).await?);
    }
    let mut page = store::quotes::desk(&mut tx, &number).await?;
    page.typed = typed(DRAFTED).await?;
    Ok(page)
}

/// Whom a quote that nobody asked for can be for.
#[server(ReadBegin, endpoint = "quotes/begin-for", input = GetUrl, output = Answered)]
pub async fn beginning(#[server(default)] customer: String) -> Result<BeginPage, ActionError> {
    Ok(store::quotes::begin_page(&mut reading().await?, &customer).await?)
}

/// Begins a quote that nobody asked for.
#[server(endpoint = "quotes/begin")]
pub async fn begin(customer: String, member: String, #[server(default)] title: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let number = store::quotes::begin(&mut tx, &customer, member.parse()?, &title).await?;
    tx.commit().await?;
    go(&format!("/sales/quotes/{number}"));
    Ok(())
}

/// Saves the draft, and does then what was asked: `then` is `save`, `preview`, `send` or `ask`.
#[server(endpoint = "quotes/save")]
pub async fn save_draft(
    number: String,
    draft_version: i32,
    #[server(default)] then: String,
    #[server(default)] title: String,
    #[server(default)] add: String,
    #[server(default)] discount: String,
    #[server(default)] delivery: String,
    #[server(default)] valid_until: String,
    #[server(default)] terms: String,
    #[server(default)] note: String,
    #[server(default)] internal: String,
    #[server(default)] words: String,
    #[server(default)] lines: Vec<LineInput>,
) -> Result<(), ActionError> {
    let form = DraftInput { title, lines, add, discount, delivery, valid_until, terms, note, internal };
    let mut tx = writing().await?;
    let saved = match store::quotes::save(&mut tx, &number, draft_version, &form).await {
        Ok(version) => version,
        Err(error) => return refused(DRAFTED, form, error.into()).await,
    };
    tx.commit().await?;
    // From here on the draft is saved, whatever becomes of the rest.
    let next = after_saving(&number, saved, &then, &words).await;
    let page = if then == "preview" { "/preview" } else { "" };
    match next {
        Ok(told) => flash(told).await?,
        Err(ActionError(problem)) => flash(format!("The draft is saved. {problem}")).await?,
    }
    go(&format!("/sales/quotes/{number}{page}"));
    Ok(())
}

#[cfg(feature = "ssr")]
async fn after_saving(number: &str, draft: i32, then: &str, words: &str) -> Result<String, ActionError> {
    let mut tx = writing().await?;
    let told = match then {
        "send" => {
            let version = store::quotes::send(&mut tx, number, draft).await?;
            format!("Version {version} of {number} is with the customer.")
        }
        "ask" => {
            store::quotes::ask_release(&mut tx, number, draft, words).await?;
            "Your colleagues find it under “To release”.".to_owned()
        }
        _ => "The draft is saved.".to_owned(),
    };
    tx.commit().await?;
    Ok(told)
}

/// Lets a colleague's draft go out below the floor margin.
#[server(endpoint = "quotes/release")]
pub async fn release(number: String, draft_version: i32, #[server(default)] words: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::quotes::release(&mut tx, &number, draft_version, &words).await?;
    tx.commit().await?;
    flash("Released: your colleague can send it.").await?;
    go(&format!("/sales/quotes/{number}"));
    Ok(())
}

/// What the seller does to a quote with words: `what` is `refuse` or `take-back`. `version` is what the person saw.
#[server(endpoint = "quotes/end")]
pub async fn end(
    number: String,
    version: i32,
    what: String,
    #[server(default)] words: String,
) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    match what.as_str() {
        "refuse" => store::quotes::refuse(&mut tx, &number, version, &words).await?,
        "take-back" => store::quotes::take_back(&mut tx, &number, version, &words).await?,
        _ => return Err(Problem::NotFound.into()),
    }
    tx.commit().await?;
    flash(format!("Done: {number} is closed.")).await?;
    go("/sales/quotes");
    Ok(())
}

/// Makes the prices in force an agreement: in a contract (its number), or in a new one.
#[server(endpoint = "quotes/agree")]
pub async fn agree(
    number: String,
    #[server(default)] contract: String,
    #[server(default)] until: String,
) -> Result<(), ActionError> {
    let until = match until.trim() {
        "" => None,
        day => Some(day.parse().map_err(|_| Problem::invalid("until", "Enter a date, such as 2026-12-24."))?),
    };
    let into = (!contract.is_empty()).then_some(contract.as_str());
    let mut tx = writing().await?;
    let (contract, prices) = store::quotes::agree(&mut tx, &number, into, until).await?;
    tx.commit().await?;
    let prices = domain::text::counted(i64::try_from(prices).unwrap_or_default(), "price", "prices");
    flash(format!("{prices} of {number} are in contract {contract}, from today on.")).await?;
    go(&format!("/sales/quotes/{number}"));
    Ok(())
}
