//! The promise board and its calendar. For whoever sees orders; the calendar is a member's own.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::deliveries::Board;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{flash, go, keep, reading, request, take, writing},
    chrono::{DateTime, Duration, Utc},
    domain::ids::MemberId,
};

/// Where the session keeps a new address for a few minutes, with the seat whose it is: it can be seen nowhere else.
#[cfg(feature = "ssr")]
const FEED: &str = "feed";
#[cfg(feature = "ssr")]
type Kept = (MemberId, String, DateTime<Utc>);

/// Lines that are not delivered.
#[server(ReadBoard, endpoint = "deliveries/board", input = GetUrl, output = Answered)]
pub async fn board(query: String) -> Result<Board, ActionError> {
    let query = domain::deliveries::BoardQuery::parse(&query);
    let mut board = store::deliveries::board(&mut reading().await?, query).await?;
    if board.can_feed {
        board.feed = address().await?;
    }
    Ok(board)
}

/// The address that was made a moment ago; later it is forgotten.
#[cfg(feature = "ssr")]
async fn address() -> Result<Option<String>, ActionError> {
    let request = request()?;
    let member = request.who()?.actor.member()?;
    let Ok(Some((of, url, at))) = request.session.get::<Kept>(FEED).await else { return Ok(None) };
    if of == member && request.now < at + Duration::minutes(5) {
        return Ok(Some(url));
    }
    take::<Kept>(FEED).await?;
    Ok(None)
}

/// Makes a new secret address for one's calendar; the one before is worth nothing any more.
#[server(endpoint = "deliveries/renew-feed")]
pub async fn renew_feed() -> Result<(), ActionError> {
    let request = request()?;
    let mut tx = writing().await?;
    let token = store::deliveries::renew_feed(&mut tx).await?;
    tx.commit().await?;
    let url = format!("{}/calendar/{token}/deliveries.ics", request.origin);
    keep::<Kept>(FEED, &(request.who()?.actor.member()?, url, request.now)).await?;
    flash("Here is the address of your calendar. It is shown for a few minutes.").await?;
    go("/orders/open-lines");
    Ok(())
}

/// Takes the address away.
#[server(endpoint = "deliveries/end-feed")]
pub async fn end_feed() -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::deliveries::end_feed(&mut tx).await?;
    tx.commit().await?;
    take::<Kept>(FEED).await?;
    flash("The address leads nowhere any more.").await?;
    go("/orders/open-lines");
    Ok(())
}
