//! What is said, and what the customer does with a quote besides accepting it.

use domain::notices::Kind;
use domain::quotes::{Event, Side};
use domain::{Permission, Problem};
use serde_json::json;

use super::{Case, advance, lock, reach, side_code, words};
use crate::error::exactly;
use crate::notices::{self, Note};
use crate::outbox::{self, Message};
use crate::{Result, Tx, audit};

/// Tells the customer's member: bell and mail, which can be answered in the portal.
pub(super) async fn tell_buyer(tx: &mut Tx, case: &Case, text: String, mail: String) -> Result<()> {
    let note = Note { member: case.member, kind: Kind::Quote, text, href: format!("/quotes/{}", case.number), mail };
    notices::tell(tx, case.account, &[note]).await
}

/// Tells whoever answers at the seller, by mail; nobody yet: the seller's own address.
pub(super) async fn tell_seller(tx: &mut Tx, case: &Case, text: &str, mail: &str) -> Result<()> {
    let seller = sqlx::query!("SELECT name, email FROM seller").fetch_one(tx.db()).await?;
    let to = if case.owner_email.is_empty() { seller.email } else { case.owner_email.clone() };
    let subject: String = format!("{}: {text}", seller.name).chars().take(140).collect();
    let body = format!("{text}.\n\n{mail}\n\nAnswer here:\n{{origin}}/sales/quotes/{}\n", case.number);
    outbox::send(tx, case.account, &Message::Mail { to, subject, body }).await
}

/// Writes into the thread of a locked quote, without moving it. One statement.
pub(super) async fn say(
    tx: &mut Tx,
    case: &Case,
    side: Side,
    by: &str,
    what: &str,
    words: &str,
    internal: bool,
) -> Result<()> {
    let now = tx.now();
    let done = sqlx::query!(
        "WITH counted AS (UPDATE quotes SET said = said + 1 WHERE account_id = $1 AND id = $2 RETURNING said)
         INSERT INTO quote_thread (account_id, quote_id, seq, side, by_name, what, words, internal, at)
         SELECT $1, $2, counted.said, $3, $4, $5, $6, $7, $8 FROM counted",
        case.account.0,
        case.id.0,
        side_code(side),
        by,
        what,
        words,
        internal,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}

/// A message in the thread, from either side; `internal` stays among the seller's people.
pub async fn talk(tx: &mut Tx, number: &str, text: &str, internal: bool) -> Result<()> {
    let actor = tx.actor()?;
    let text = words(text);
    let staff = actor.is_staff();
    let own = if staff {
        actor.require(Permission::QuoteWrite)?;
        None
    } else {
        reach(&actor, Permission::QuoteRequest)?
    };
    if text.is_empty() {
        return Err(Problem::invalid("words", "Write your message.").into());
    }
    let case = lock(tx, number, own).await?;
    let side = if staff { Side::Seller } else { Side::Buyer };
    say(tx, &case, side, actor.name(), "", &text, staff && internal).await?;
    let headline = format!("{} wrote about {}", actor.name(), case.number);
    match (staff, internal) {
        (true, true) => {}
        (true, false) => tell_buyer(tx, &case, headline, format!("“{text}”\n\nAnswer here:")).await?,
        (false, _) => tell_seller(tx, &case, &headline, &format!("“{text}”")).await?,
    }
    audit::record_for(tx, case.account, "quote.message", number, json!({ "internal": staff && internal })).await
}

/// What a buyer does to a locked quote, with a reason, told to the seller.
async fn answer(
    tx: &mut Tx,
    number: &str,
    version: i32,
    event: Event,
    did: &str,
    text: &str,
    needs: Option<&str>,
) -> Result<()> {
    let actor = tx.actor()?;
    let permission = if event == Event::Decline { Permission::QuoteAccept } else { Permission::QuoteRequest };
    let own = reach(&actor, permission)?;
    let text = words(text);
    if let Some(complaint) = needs.filter(|_| text.is_empty()) {
        return Err(Problem::invalid("words", complaint).into());
    }
    let case = lock(tx, number, own).await?;
    case.now(tx).after(event, Side::Buyer)?;
    case.fresh(version)?;
    let before = case.status;
    let after = advance(tx, &case, event, Side::Buyer, actor.name(), did, &text).await?;
    tell_seller(tx, &case, &format!("{} {did}: {} “{}”", actor.name(), case.number, case.title), &text).await?;
    let detail = json!({ "before": before.code(), "after": after.code(), "words": text });
    audit::record(tx, &format!("quote.{}", after.code()), number, detail).await
}

/// Asks the seller to change what is in force, or to renew what is over.
pub async fn ask_changes(tx: &mut Tx, number: &str, version: i32, text: &str) -> Result<()> {
    let needs = "Say what should be different.";
    answer(tx, number, version, Event::AskChanges, "asked for changes", text, Some(needs)).await
}

/// Says no to what is in force, with a reason.
pub async fn decline(tx: &mut Tx, number: &str, version: i32, text: &str) -> Result<()> {
    answer(tx, number, version, Event::Decline, "declined", text, Some("Say why: it helps us to do better.")).await
}

/// Takes one's own question back.
pub async fn withdraw(tx: &mut Tx, number: &str, version: i32, text: &str) -> Result<()> {
    answer(tx, number, version, Event::Withdraw, "withdrew the request", text, None).await
}
