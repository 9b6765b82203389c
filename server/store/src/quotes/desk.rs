//! The seller's desk: the queue, drafting, releasing, sending, taking back.

use chrono::Datelike as _;
use domain::cart::{Totals, delivery_charge};
use domain::ids::{AccountId, MemberId, QuoteId};
use domain::quotes::{
    self, Action, BeginPage, DeskPage, Draft, DraftInput, Event, Line, Ordered, QuotesPage, QuotesQuery, Release, Side,
    Status, Version,
};
use domain::{Actor, Cause, Money, Permission, Problem, text};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::draft::{self, Customer};
use super::read::{CaseRow, listed};
use super::{Case, advance, lock, odd, talk, words};
use crate::error::exactly;
use crate::{Result, Tx, audit};

/// What waits for the seller, the oldest first; for the seller's people: a sales rep sees assigned accounts. Two statements.
pub async fn queue(tx: &mut Tx, query: QuotesQuery) -> Result<QuotesPage> {
    tx.actor()?.require(Permission::QuoteWrite)?;
    listed(tx, query, Side::Seller, None, true).await
}

/// A draft that is stored, with its guard and its release.
struct Stored {
    draft: Draft,
    version: i32,
    saved_person: Uuid,
    saved_by: String,
    asked: Option<(Uuid, String)>,
    released: Option<(Uuid, String)>,
}

async fn stored(tx: &mut Tx, account: AccountId, id: QuoteId) -> Result<Option<Stored>> {
    let row = sqlx::query!(
        r#"SELECT draft AS "draft!: Json<Draft>", version, saved_person, saved_by, release_asked_person, release_asked_by, released_person, released_by
           FROM quote_drafts WHERE account_id = $1 AND quote_id = $2"#,
        account.0,
        id.0
    )
    .fetch_optional(tx.db())
    .await?;
    Ok(row.map(|r| Stored {
        draft: r.draft.0,
        version: r.version,
        saved_person: r.saved_person,
        saved_by: r.saved_by,
        asked: r.release_asked_person.zip(r.release_asked_by),
        released: r.released_person.zip(r.released_by),
    }))
}

/// What all of a draft comes to; none while a line has no price.
fn totals(draft: &Draft, customer: &Customer) -> Result<Option<Totals>> {
    let document = &draft.document;
    let Ok(all) = quotes::accept(document, &Ordered::new(), &document.whole()) else { return Ok(None) };
    let usual = |net: Money| delivery_charge(net, customer.fee, customer.free_from);
    Ok(Some(document.totals(customer.pricing.currency, &all.lines, usual)?))
}

fn release_of(stored: Option<&Stored>) -> Release {
    match stored {
        Some(Stored { released: Some((_, by)), .. }) => Release::Given(by.clone()),
        Some(Stored { asked: Some((_, by)), .. }) => Release::Asked(by.clone()),
        _ => Release::None,
    }
}

/// Whether the draft may go out as it is: nothing below the floor, or a second person let it.
const fn may_go(below: &[(u32, usize)], release: &Release) -> bool {
    below.is_empty() || matches!(release, Release::Given(_))
}

fn actions(actor: &Actor, state: Status, stored: Option<&Stored>, below: &[(u32, usize)]) -> Vec<Action> {
    let release = release_of(stored);
    let mut can = vec![Action::Talk];
    if state.allows(Event::Send, Side::Seller) {
        can.push(Action::Edit);
        let asked_by = stored.and_then(|s| s.asked.as_ref()).map(|a| a.0);
        let saved_by = stored.map(|s| s.saved_person);
        let me = Some(actor.person().0);
        match &release {
            release if may_go(below, release) => can.push(Action::Send),
            Release::Asked(_) if actor.may(Permission::MarginRelease) && asked_by != me && saved_by != me => {
                can.push(Action::Release);
            }
            Release::Asked(_) => {}
            _ => can.push(Action::AskRelease),
        }
    }
    for (action, event) in [(Action::Refuse, Event::Refuse), (Action::TakeBack, Event::Withdraw)] {
        if state.allows(event, Side::Seller) {
            can.push(action);
        }
    }
    if matches!(state, Status::Sent | Status::PartlyAccepted | Status::Accepted) {
        can.push(Action::Agree);
    }
    can
}

/// A quote on the desk: what the customer sees, the draft (what is stored, or what one begins with), its margins, and what may
/// be done. Up to six statements, however many lines. Not found for accounts that the person does not serve.
pub async fn desk(tx: &mut Tx, number: &str) -> Result<DeskPage> {
    let actor = tx.actor()?;
    actor.require(Permission::QuoteWrite)?;
    let row = sqlx::query!(
        r#"SELECT row_to_json(c) AS "case!: Json<CaseRow>", c.id AS "id!", c.title AS "title!",
                  (SELECT json_agg(json_build_array(k.number, k.name) ORDER BY k.number) FROM contracts k
                   WHERE k.account_id = c.account_id AND k.status = 'active' AND k.price_list_owner = c.account_id) AS "contracts: Json<Vec<(String, String)>>"
           FROM quote_cases c WHERE c.number = $1"#,
        number
    )
    .fetch_one(tx.db())
    .await?;
    let Json(case) = row.case;
    let account = AccountId(case.account_id);
    let state = case.state(tx)?;
    let customer = draft::look_as(tx, account).await?;
    let stored = stored(tx, account, row.id.into()).await?;
    let draft = match &stored {
        Some(stored) => Some(stored.draft.clone()),
        None if state.allows(Event::Send, Side::Seller) => {
            let in_force = case.in_force().map(|(document, _)| document);
            Some(draft::begin(tx, &customer, &row.title, case.request(), in_force).await?)
        }
        None => None,
    };
    let below_floor = draft.as_ref().map(|d| quotes::below_floor(d, customer.floor)).unwrap_or_default();
    let totals = draft.as_ref().map(|d| totals(d, &customer)).transpose()?.flatten();
    let can = actions(&actor, state, stored.as_ref(), &below_floor);
    let mut page = case.page(tx, true)?;
    page.can = can;
    Ok(DeskPage {
        page,
        draft,
        draft_version: stored.as_ref().map_or(0, |s| s.version),
        saved_by: stored.as_ref().map(|s| s.saved_by.clone()).unwrap_or_default(),
        totals,
        below_floor,
        floor: customer.floor,
        release: release_of(stored.as_ref()),
        contracts: row.contracts.map(|c| c.0).unwrap_or_default(),
        preview: None,
        typed: None,
    })
}

/// The desk's page with the draft as the customer would read it.
pub async fn preview(tx: &mut Tx, number: &str) -> Result<DeskPage> {
    let mut page = desk(tx, number).await?;
    if let (Some(draft), Some(totals)) = (&page.draft, &page.totals) {
        page.preview = Some(Version {
            no: page.page.versions.first().map_or(0, |v| v.no) + 1,
            document: draft.document.clone(),
            totals: totals.clone(),
            sent_by: tx.actor()?.name().to_owned(),
            sent_at: tx.local(tx.now()),
        });
    }
    Ok(page)
}

/// What the form for a quote that nobody asked for begins with: the customers that the person serves, or one customer's people.
/// One statement.
pub async fn begin_page(tx: &mut Tx, account: &str) -> Result<BeginPage> {
    tx.actor()?.require(Permission::QuoteWrite)?;
    let rows = sqlx::query!(
        r#"SELECT a.number, a.name, (SELECT json_agg(json_build_array(m.id, p.name) ORDER BY p.name, m.id) FROM members m JOIN people p ON p.id = m.person_id
                                     WHERE m.account_id = a.id AND m.status = 'active' AND a.number = $1) AS "members: Json<Vec<(MemberId, String)>>"
           FROM accounts a WHERE a.status <> 'closed' AND a.id <> $2 AND ($1 = '' OR a.number = $1) ORDER BY a.name LIMIT 2000"#,
        account,
        AccountId::SELLER.0
    )
    .fetch_all(tx.db())
    .await?;
    if account.is_empty() {
        let customers = rows.into_iter().map(|r| (r.number, r.name)).collect();
        return Ok(BeginPage { customer: None, customers, members: Vec::new() });
    }
    let row = rows.into_iter().next().ok_or(Problem::NotFound)?;
    let members = row.members.map(|m| m.0).unwrap_or_default();
    Ok(BeginPage { customer: Some((row.number, row.name)), customers: Vec::new(), members })
}

/// Begins a quote that nobody asked for, for a member of an account that the person serves. Gives its number.
pub async fn begin(tx: &mut Tx, account: &str, member: MemberId, title: &str) -> Result<String> {
    let actor = tx.actor()?;
    actor.require(Permission::QuoteWrite)?;
    let title: String = title.trim().chars().take(120).collect();
    if title.is_empty() {
        return Err(Problem::invalid("title", "Say what the quote is for.").into());
    }
    let (now, year) = (tx.now(), tx.today().year().to_string());
    let row = sqlx::query!(
        "WITH seat AS (SELECT a.id AS account_id, a.currency, m.id AS member_id, p.name
                       FROM accounts a JOIN members m ON m.account_id = a.id JOIN people p ON p.id = m.person_id
                       WHERE a.number = $1 AND m.id = $2 AND m.status = 'active' AND a.status <> 'closed')
         INSERT INTO quotes (account_id, id, number, title, status, member_id, asked_by, currency, line_count, owner_id, owner_name, owner_email, created_at, since)
         SELECT s.account_id, $3, 'Q-' || $4 || '-' || lpad(nextval('quote_numbers')::text, 6, '0'), $5, 'draft', s.member_id, s.name, s.currency, 0,
                $6, $7, (SELECT p.email FROM people p WHERE p.id = $6), $8, $8
         FROM seat s RETURNING number, account_id",
        account,
        member.0,
        crate::new_id::<Uuid>(),
        year,
        title,
        actor.person().0,
        actor.name(),
        now
    )
    .fetch_one(tx.db())
    .await?;
    audit::record_for(tx, row.account_id.into(), "quote.begun", &row.number, json!({ "title": title })).await?;
    Ok(row.number)
}

/// What was wanted of a draft that somebody else has saved meanwhile is refused.
fn unchanged(stored: Option<&Stored>, version: i32) -> Result<()> {
    if stored.map_or(0, |s| s.version) == version { Ok(()) } else { Err(Problem::Conflict(Cause::Stale).into()) }
}

/// Saves the draft as the form says; a release that was asked for or given is over, unless nothing has changed. `draft_version`
/// is what the person saw. Gives the version now.
pub async fn save(tx: &mut Tx, number: &str, draft_version: i32, form: &DraftInput) -> Result<i32> {
    let actor = tx.actor()?;
    actor.require(Permission::QuoteWrite)?;
    let case = lock(tx, number, None).await?;
    case.now(tx).after(Event::Send, Side::Seller)?;
    let stored = stored(tx, case.account, case.id).await?;
    unchanged(stored.as_ref(), draft_version)?;
    let customer = draft::look_as(tx, case.account).await?;
    let was = match &stored {
        Some(stored) => stored.draft.clone(),
        None => first(tx, &case, &customer).await?,
    };
    let draft = draft::change(tx, &customer, was, form).await?;
    if stored.as_ref().is_some_and(|s| s.draft == draft) {
        return Ok(draft_version);
    }
    let now = tx.now();
    let done = sqlx::query!(
        "WITH asked AS (UPDATE quotes SET release_asked = false, owner_id = COALESCE(owner_id, $4), owner_name = CASE WHEN owner_id IS NULL THEN $5 ELSE owner_name END,
                               owner_email = CASE WHEN owner_id IS NULL THEN (SELECT p.email FROM people p WHERE p.id = $4) ELSE owner_email END,
                               line_count = CASE WHEN status = 'draft' THEN $7 ELSE line_count END
                        WHERE account_id = $1 AND id = $2)
         INSERT INTO quote_drafts (account_id, quote_id, draft, version, saved_person, saved_by, saved_at) VALUES ($1, $2, $3, 1, $4, $5, $6)
         ON CONFLICT (account_id, quote_id) DO UPDATE SET draft = excluded.draft, version = quote_drafts.version + 1, saved_person = excluded.saved_person,
             saved_by = excluded.saved_by, saved_at = excluded.saved_at, release_asked_person = NULL, release_asked_by = NULL, released_person = NULL, released_by = NULL",
        case.account.0,
        case.id.0,
        serde_json::to_value(&draft).map_err(|e| odd(&e))?,
        actor.person().0,
        actor.name(),
        now,
        i32::try_from(draft.document.lines.len()).unwrap_or(i32::MAX)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    Ok(draft_version + 1)
}

/// What a draft begins with, read under the lock.
async fn first(tx: &mut Tx, case: &Case, customer: &Customer) -> Result<Draft> {
    let row = sqlx::query!(
        r#"SELECT q.request AS "request: Json<quotes::Request>",
                  (SELECT v.document FROM quote_versions v WHERE (v.account_id, v.quote_id, v.no) = (q.account_id, q.id, q.in_force)) AS "document: Json<quotes::Document>"
           FROM quotes q WHERE q.account_id = $1 AND q.id = $2"#,
        case.account.0,
        case.id.0
    )
    .fetch_one(tx.db())
    .await?;
    let request = row.request.map(|r| r.0);
    let document = row.document.map(|d| d.0);
    draft::begin(tx, customer, &case.title, request.as_ref(), document.as_ref()).await
}

/// A locked quote with its stored draft, checked as it is to be sent.
async fn ready(tx: &mut Tx, number: &str, draft_version: i32) -> Result<(Case, Stored, Customer)> {
    tx.actor()?.require(Permission::QuoteWrite)?;
    let case = lock(tx, number, None).await?;
    case.now(tx).after(Event::Send, Side::Seller)?;
    let stored = stored(tx, case.account, case.id).await?;
    unchanged(stored.as_ref(), draft_version)?;
    let stored = stored.ok_or_else(|| Problem::invalid("add", "Save the draft first."))?;
    let customer = draft::look_as(tx, case.account).await?;
    stored.draft.document.check(case.currency, tx.today())?;
    Ok((case, stored, customer))
}

async fn mark(tx: &mut Tx, case: &Case, asked: Option<(Uuid, &str)>, released: Option<(Uuid, &str)>) -> Result<()> {
    let done = sqlx::query!(
        "WITH noted AS (UPDATE quotes SET release_asked = $7 WHERE account_id = $1 AND id = $2)
         UPDATE quote_drafts SET release_asked_person = COALESCE($3, release_asked_person), release_asked_by = COALESCE($4, release_asked_by),
                released_person = $5, released_by = $6
         WHERE account_id = $1 AND quote_id = $2",
        case.account.0,
        case.id.0,
        asked.map(|a| a.0),
        asked.map(|a| a.1),
        released.map(|r| r.0),
        released.map(|r| r.1),
        released.is_none()
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}

/// Asks a colleague to let prices below the floor margin go out, with words for them.
pub async fn ask_release(tx: &mut Tx, number: &str, draft_version: i32, text: &str) -> Result<()> {
    let (case, stored, customer) = ready(tx, number, draft_version).await?;
    let actor = tx.actor()?;
    let below = quotes::below_floor(&stored.draft, customer.floor).len();
    if below == 0 {
        return Err(Problem::invalid("words", "Nothing is below the floor margin: you can send it.").into());
    }
    let text = words(text);
    if text.is_empty() {
        return Err(Problem::invalid("words", "Say why these prices are worth it: your colleague reads it.").into());
    }
    mark(tx, &case, Some((actor.person().0, actor.name())), None).await?;
    talk::say(tx, &case, Side::Seller, actor.name(), "asked for a release", &text, true).await?;
    audit::record_for(tx, case.account, "quote.release_asked", number, json!({ "prices": below, "words": text })).await
}

/// Lets a colleague's draft go out below the floor margin. Whoever saved it or asked cannot.
pub async fn release(tx: &mut Tx, number: &str, draft_version: i32, text: &str) -> Result<()> {
    tx.actor()?.require(Permission::MarginRelease)?;
    let (case, stored, customer) = ready(tx, number, draft_version).await?;
    let actor = tx.actor()?;
    let me = actor.person().0;
    let Some((asked, asked_by)) = stored.asked.filter(|_| stored.released.is_none()) else {
        return Err(Problem::Conflict(Cause::Stale).into());
    };
    if asked == me || stored.saved_person == me {
        return Err(Problem::Forbidden.into());
    }
    let below = quotes::below_floor(&stored.draft, customer.floor).len();
    mark(tx, &case, None, Some((me, actor.name()))).await?;
    talk::say(tx, &case, Side::Seller, actor.name(), "released the prices", &words(text), true).await?;
    let detail = json!({ "prices": below, "asked_by": asked_by });
    audit::record_for(tx, case.account, "quote.released", number, detail).await
}

/// Sends the stored draft as the next version; one that was out is superseded. Gives the version's number.
///
/// Conflict below the floor margin without a colleague's release.
pub async fn send(tx: &mut Tx, number: &str, draft_version: i32) -> Result<i32> {
    let (case, stored, customer) = ready(tx, number, draft_version).await?;
    let actor = tx.actor()?;
    let below = quotes::below_floor(&stored.draft, customer.floor);
    let released_by = stored.released.as_ref().map(|r| r.1.clone());
    if !below.is_empty() && released_by.is_none() {
        return Err(Problem::Conflict(Cause::BelowFloor).into());
    }
    let document = &stored.draft.document;
    let all = totals(&stored.draft, &customer)?.ok_or_else(|| Problem::invalid("add", "Every line needs a price."))?;
    let (no, now) = (case.in_force + 1, tx.now());
    let done = sqlx::query!(
        "INSERT INTO quote_versions (account_id, quote_id, no, document, totals, gross, valid_until, sent_by, sent_at, internals, released_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        case.account.0,
        case.id.0,
        no,
        serde_json::to_value(document).map_err(|e| odd(&e))?,
        serde_json::to_value(&all).map_err(|e| odd(&e))?,
        all.gross.amount(),
        document.valid_until,
        actor.name(),
        now,
        serde_json::to_value(&stored.draft.internals).map_err(|e| odd(&e))?,
        released_by
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let done = sqlx::query!(
        "WITH gone AS (DELETE FROM quote_drafts WHERE account_id = $1 AND quote_id = $2)
         UPDATE quotes SET title = $3, in_force = $4, valid_until = $5, line_count = $6, value = $7, release_asked = false WHERE account_id = $1 AND id = $2",
        case.account.0,
        case.id.0,
        document.title,
        no,
        document.valid_until,
        i32::try_from(document.lines.len()).unwrap_or(i32::MAX),
        all.gross.amount()
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let what = if no == 1 { "sent a quote".to_owned() } else { format!("sent version {no}") };
    advance(tx, &case, Event::Send, Side::Seller, actor.name(), &what, &document.note).await?;
    let until = text::date(document.valid_until);
    let headline =
        format!("{} sent you a quote: {number} “{}”, {}", actor.name(), document.title, text::money(all.gross));
    talk::tell_buyer(
        tx,
        &case,
        headline,
        format!("It is open until {until}. Accept it, ask for changes or answer here:"),
    )
    .await?;
    let detail = json!({
        "version": no, "gross": all.gross.amount(), "valid_until": document.valid_until, "released_by": released_by,
        "lines": document.lines.iter().map(|l: &Line| l.no).collect::<Vec<_>>(),
    });
    audit::record_for(tx, case.account, "quote.sent", number, detail).await?;
    Ok(no)
}

/// What the seller does to a quote with words that the customer reads.
async fn end(
    tx: &mut Tx,
    number: &str,
    version: i32,
    event: Event,
    did: &str,
    text: &str,
    complaint: &str,
) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::QuoteWrite)?;
    let text = words(text);
    let case = lock(tx, number, None).await?;
    let before = case.now(tx);
    before.after(event, Side::Seller)?;
    case.fresh(version)?;
    let known = before != Status::Draft;
    if known && text.is_empty() {
        return Err(Problem::invalid("words", complaint).into());
    }
    let after = advance(tx, &case, event, Side::Seller, actor.name(), did, &text).await?;
    sqlx::query!("DELETE FROM quote_drafts WHERE account_id = $1 AND quote_id = $2", case.account.0, case.id.0)
        .execute(tx.db())
        .await?;
    if known {
        let headline = format!("{} {did}: {number} “{}”", actor.name(), case.title);
        talk::tell_buyer(tx, &case, headline, format!("“{text}”\n\nAnswer here:")).await?;
    }
    let detail = json!({ "before": before.code(), "after": after.code(), "words": text });
    audit::record_for(tx, case.account, &format!("quote.{}", after.code()), number, detail).await
}

/// Says that this is not offered, and why.
pub async fn refuse(tx: &mut Tx, number: &str, version: i32, text: &str) -> Result<()> {
    end(tx, number, version, Event::Refuse, "cannot offer this", text, "Say why: the customer reads it.").await
}

/// Takes back what was sent, and says why; or throws away what was never sent.
pub async fn take_back(tx: &mut Tx, number: &str, version: i32, text: &str) -> Result<()> {
    end(tx, number, version, Event::Withdraw, "took the quote back", text, "Say why: the customer reads it.").await
}
