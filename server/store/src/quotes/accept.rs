//! Accepting: an order at the quoted prices, once, at most what is left. And what happens to a quote when its order ends.

use std::collections::HashMap;

use domain::cart::{CheckoutForm, delivery_charge};
use domain::catalog::Promise;
use domain::ids::{OrderId, QuoteId};
use domain::quotes::{self, Chosen, Document, Event, Line, Ordered, Side, Status};
use domain::{Actor, Cause, Money, Permission, Problem, Quantity, text};
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Case, advance, ask, lock, reach, talk};
use crate::catalog::Facts;
use crate::orders::{Choices, NewLine, NewOrder, place};
use crate::{Result, Tx, audit};

/// What the form says.
#[derive(Clone, Debug)]
pub struct AcceptForm {
    /// Order id, reference, cost centre, address, day, note; its total is not looked at.
    pub order: CheckoutForm,
    /// The version that the person saw.
    pub version: i32,
    /// The chosen lines; empty: all of it, as offered.
    pub lines: Vec<Chosen>,
}

/// What is read under the quote's lock.
struct Terms {
    document: Document,
    ordered: Ordered,
    po_required: bool,
    fee: Money,
    free_from: Option<Money>,
}

async fn terms(tx: &mut Tx, case: &Case) -> Result<Terms> {
    let row = sqlx::query!(
        r#"SELECT v.document AS "document!: Json<Document>", a.po_required, s.delivery_fee, s.free_delivery_from,
                  (SELECT jsonb_object_agg(l.quote_line, l.quantity::text)
                   FROM (SELECT l.quote_line, sum(l.quantity) AS quantity FROM orders o JOIN order_lines l ON (l.account_id, l.order_id) = (o.account_id, o.id)
                         WHERE o.account_id = $1 AND o.quote_id = $2 AND o.quote_version = $3 AND o.status NOT IN ('rejected', 'cancelled')
                           AND l.quote_line IS NOT NULL GROUP BY 1) l) AS "ordered: Json<Ordered>"
           FROM quote_versions v JOIN accounts a ON a.id = v.account_id CROSS JOIN seller s
           WHERE v.account_id = $1 AND v.quote_id = $2 AND v.no = $3"#,
        case.account.0,
        case.id.0,
        case.in_force
    )
    .fetch_one(tx.db())
    .await?;
    Ok(Terms {
        document: row.document.0,
        ordered: row.ordered.map(|o| o.0).unwrap_or_default(),
        po_required: row.po_required,
        fee: Money::new(row.delivery_fee, case.currency),
        free_from: row.free_delivery_from.map(|f| Money::new(f, case.currency)),
    })
}

/// Orders what was chosen of the version in force, at its prices, whatever price lists say today; credit, budget and the
/// account's rules are asked about the negotiated total. Gives the order's number; the same form twice gives the same number.
///
/// Conflict when the quote is over, replaced or not in force; invalid, line by line, when a choice does not fit.
pub async fn accept(tx: &mut Tx, number: &str, form: &AcceptForm) -> Result<String> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSubmit)?;
    let own = reach(&actor, Permission::QuoteAccept)?;
    let case = lock(tx, number, own).await?;
    // Asked after the lock, as in a cart's submission.
    let chosen = Choices::read(tx, &actor, &form.order).await?;
    if let Some(number) = chosen.earlier(&actor)? {
        return Ok(number);
    }
    if actor.on_hold() {
        return Err(Problem::Conflict(Cause::AccountOnHold).into());
    }
    case.now(tx).after(Event::AcceptPart, Side::Buyer)?;
    if case.in_force != form.version {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let terms = terms(tx, &case).await?;
    form.order.check(terms.po_required, tx.today())?;
    let wanted = if form.lines.is_empty() { rest(&terms) } else { form.lines.clone() };
    let accepted = quotes::accept(&terms.document, &terms.ordered, &wanted)?;
    let totals = terms
        .document
        .totals(case.currency, &accepted.lines, |net| delivery_charge(net, terms.fee, terms.free_from))?;
    let facts = known(tx, &terms.document).await?;
    let source = format!("Quote {number}, version {}", case.in_force);
    let mut lines = Vec::with_capacity(accepted.lines.len());
    let mut short = Vec::new();
    for accepted in &accepted.lines {
        let Some(line) = terms.document.lines.iter().find(|l| l.no == accepted.no) else { continue };
        let new = new_line(tx, line, accepted, &facts, &source, &mut short);
        lines.push(new);
    }
    if !short.is_empty() {
        return Err(Problem::Invalid(short).into());
    }
    let order =
        NewOrder { form: &form.order, lines, totals: &totals, cart: None, quote: Some((case.id, case.in_force)) };
    let placed = place(tx, &actor, chosen, &order).await?;
    let event = if accepted.complete { Event::AcceptRest } else { Event::AcceptPart };
    let did = if accepted.complete { "accepted" } else { "accepted a part" };
    let told = format!("{placed}, {}", text::money(totals.gross));
    let after = advance(tx, &case, event, Side::Buyer, actor.name(), did, &told).await?;
    let headline = format!("{} {did}: {number} “{}” became {placed}", actor.name(), case.title);
    talk::tell_seller(tx, &case, &headline, &format!("{} incl. tax.", text::money(totals.gross))).await?;
    let detail =
        json!({ "order": placed, "version": case.in_force, "gross": totals.gross.amount(), "status": after.code() });
    audit::record(tx, "quote.accepted", number, detail).await?;
    Ok(placed)
}

/// Everything that is left, as offered.
fn rest(terms: &Terms) -> Vec<Chosen> {
    let open = quotes::open_lines(&terms.document, &terms.ordered);
    terms.document.whole().into_iter().filter(|c| open.contains(&c.no)).collect()
}

async fn known(tx: &mut Tx, document: &Document) -> Result<HashMap<Uuid, Facts>> {
    let products: Vec<Uuid> = document.lines.iter().filter_map(|l| l.product).map(|p| p.0).collect();
    Ok(ask::facts_by_id(tx, &products).await?.into_iter().map(|f| (f.id.0, f)).collect())
}

/// A line of the order. Where the seller named no lead time it comes from the stock, which must have it.
fn new_line<'a>(
    tx: &Tx,
    line: &'a Line,
    accepted: &quotes::AcceptedLine,
    facts: &'a HashMap<Uuid, Facts>,
    source: &str,
    short: &mut Vec<domain::FieldError>,
) -> NewLine<'a> {
    let facts = line.product.and_then(|p| facts.get(&p.0));
    let to_order = line.lead_days.is_some() || facts.is_none();
    let promised_on = match (line.lead_days, facts.map(|f| f.availability().promise(accepted.quantity))) {
        (Some(days), _) => Some(tx.today() + chrono::Days::new(days.into())),
        (None, Some(Promise::On(day))) => Some(day),
        (None, Some(Promise::Short(n))) => {
            let words = format!(
                "Only {} of {} can be delivered now. Order fewer, or write to us: we name a delivery time for the rest.",
                text::number(n),
                line.name
            );
            short.push(domain::FieldError::new(format!("quantities[{}]", line.no), words));
            None
        }
        (None, Some(Promise::Now) | None) => None,
    };
    NewLine {
        product: line.product.map(|p| p.0).filter(|_| facts.is_some()),
        sku: line.sku.as_deref().unwrap_or("–"),
        name: &line.name,
        unit: &line.unit,
        category: facts.map(|f| f.category.as_str()),
        quantity: accepted.quantity,
        unit_price: accepted.unit_price,
        net: accepted.net,
        tax_rate: accepted.tax_rate,
        source: source.to_owned(),
        promised_on,
        to_order,
        on_request: line.usual_price.is_none(),
        quote_line: i32::try_from(line.no).ok(),
    }
}

/// Whether an order came of a quote; if it did and has just ended without being delivered, what it took can be ordered again.
/// The order is locked; the quote's row is locked here, before any limit or stock.
pub(crate) async fn give_back(tx: &mut Tx, order: OrderId, number: &str, how: &str) -> Result<bool> {
    let actor = tx.actor()?;
    let account = actor.account().0;
    let row = sqlx::query!(
        "SELECT q.number, o.quote_version FROM orders o JOIN quotes q ON (q.account_id, q.id) = (o.account_id, o.quote_id)
         WHERE o.account_id = $1 AND o.id = $2",
        account,
        order.0
    )
    .fetch_optional(tx.db())
    .await?;
    let Some(row) = row else { return Ok(false) };
    let case = lock(tx, &row.number, None).await?;
    if row.quote_version != Some(case.in_force) || !matches!(case.status, Status::Accepted | Status::PartlyAccepted) {
        return Ok(true);
    }
    let terms = terms(tx, &case).await?;
    let ordered = without(tx, account, order, terms.ordered).await?;
    let event = if ordered.values().all(Decimal::is_zero) { Event::ReopenAll } else { Event::ReopenPart };
    if event == Event::ReopenPart && quotes::is_complete(&terms.document, &ordered) {
        return Ok(true);
    }
    // Not `advance`, which looks at the day: a quote whose last day is over goes back all the same, and is expired then.
    let past = Case { valid_until: None, ..case };
    advance(tx, &past, event, Side::Clock, actor.name(), "can be ordered again", &format!("{number} {how}")).await?;
    Ok(true)
}

/// What is ordered without one order.
async fn without(tx: &mut Tx, account: Uuid, order: OrderId, mut ordered: Ordered) -> Result<Ordered> {
    let lines = sqlx::query!(
        r#"SELECT l.quote_line AS "no!", l.quantity FROM order_lines l JOIN orders o ON (o.account_id, o.id) = (l.account_id, l.order_id)
           WHERE l.account_id = $1 AND l.order_id = $2 AND l.quote_line IS NOT NULL AND o.status NOT IN ('rejected', 'cancelled')"#,
        account,
        order.0
    )
    .fetch_all(tx.db())
    .await?;
    for line in lines {
        if let Some(n) = u32::try_from(line.no).ok().and_then(|no| ordered.get_mut(&no)) {
            *n -= line.quantity;
        }
    }
    Ok(ordered)
}

/// What so many of a quoted line cost: for an approver who lowers a quantity. None: the quote has no price for so few.
/// One statement.
pub(crate) async fn price_of(
    tx: &mut Tx,
    actor: &Actor,
    quote: QuoteId,
    version: i32,
    lines: &[(u32, Quantity)],
) -> Result<Vec<Option<Money>>> {
    let document = sqlx::query_scalar!(
        r#"SELECT document AS "document!: Json<Document>" FROM quote_versions WHERE account_id = $1 AND quote_id = $2 AND no = $3"#,
        actor.account().0,
        quote.0,
        version
    )
    .fetch_one(tx.db())
    .await?
    .0;
    let cheapest = |no: u32, quantity: Quantity| {
        let line = document.lines.iter().find(|l| l.no == no)?;
        let fits = line.offers.iter().filter(|o| o.takes(quantity));
        fits.map(|o| o.unit_price).min_by_key(|p| p.amount())
    };
    Ok(lines.iter().map(|(no, quantity)| cheapest(*no, *quantity)).collect())
}
