//! Asking for a quote.

use chrono::Datelike as _;
use domain::catalog::Sku;
use domain::ids::{ListId, QuoteId};
use domain::lists::Right;
use domain::quotes::{AskPage, Request, Wish};
use domain::{Actor, Cause, Money, Permission, Problem, Quantity, text};
use rust_decimal::Decimal;
use serde_json::json;

use super::{Case, odd, talk};
use crate::catalog::{Facts, Pricing, facts_by_skus, facts_of};
use crate::error::exactly;
use crate::{Result, Tx, audit, cart, lists, new_id};

/// Where the form's lines come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nothing: free-form lines.
    Blank,
    /// The asking member's cart.
    Cart,
    /// An article.
    Product(String),
    /// An earlier order.
    Order(String),
    /// An earlier quote or request.
    Quote(String),
    /// A requisition list.
    List(ListId),
}

impl Source {
    /// Reads `from=cart`, `from=product:TP-48`, `from=order:SO-1`, `from=quote:Q-1`, `from=list:` and its id; anything else is blank.
    pub fn parse(text: &str) -> Self {
        match text.split_once(':') {
            None if text == "cart" => Self::Cart,
            Some(("product", sku)) => Self::Product(sku.trim().to_uppercase()),
            Some(("order", number)) => Self::Order(number.to_owned()),
            Some(("quote", number)) => Self::Quote(number.to_owned()),
            Some(("list", id)) => id.parse().map_or(Self::Blank, Self::List),
            _ => Self::Blank,
        }
    }
}

fn wish(facts: &Facts, quantity: Quantity) -> Wish {
    Wish {
        sku: Some(facts.sku.clone()),
        name: facts.name.clone(),
        unit: facts.units.own.clone(),
        quantity,
        target: None,
        note: String::new(),
    }
}

/// What the form begins with. Two statements.
pub async fn ask_page(tx: &mut Tx, source: &Source) -> Result<AskPage> {
    let actor = tx.actor()?;
    actor.require(Permission::QuoteRequest)?;
    let (lines, from) = match source {
        Source::Blank => (Vec::new(), None),
        Source::Cart => {
            let cart = cart::load(tx, &actor).await?;
            let lines: Vec<Wish> = cart.lines.iter().map(|l| wish(&l.facts, l.quantity)).collect();
            (lines, Some("Lines of your cart. The cart stays as it is.".to_owned()))
        }
        Source::Product(sku) => {
            let found = facts_by_skus(tx, std::slice::from_ref(sku)).await?;
            let facts = found.into_iter().find(|f| f.in_assortment).ok_or(Problem::NotFound)?;
            (vec![wish(&facts, facts.packing().fit(Quantity::ONE))], None)
        }
        Source::Order(number) => {
            let order = crate::orders::find(tx, number).await?;
            let lines = order.lines.into_iter().map(|l| Wish {
                sku: Some(l.sku),
                name: l.name,
                unit: l.unit,
                quantity: l.quantity,
                target: None,
                note: String::new(),
            });
            let (lines, left) = known(tx, lines.collect()).await?;
            (lines, Some(format!("Lines of your order {number}.{}", left_out(&left))))
        }
        Source::List(id) => {
            let (name, wanted) = lists::wanted(tx, *id, Right::Read).await?;
            let lines: Vec<Wish> = wanted.iter().map(|(facts, quantity)| wish(facts, *quantity)).collect();
            (known(tx, lines).await?.0, Some(format!("Lines of your list “{name}”.")))
        }
        Source::Quote(number) => {
            let page = super::page(tx, number).await?;
            let asked = page.request.map(|r| r.lines).unwrap_or_default();
            let (lines, left) = known(tx, asked).await?;
            (lines, Some(format!("Lines of {number}.{}", left_out(&left))))
        }
    };
    let contact = sqlx::query!(r#"SELECT name AS "name!", email AS "email!" FROM my_contact()"#)
        .fetch_optional(tx.db())
        .await?
        .map(|c| (c.name, c.email));
    Ok(AskPage { id: new_id(), lines, from, contact, currency: actor.currency(), today: tx.today(), typed: None })
}

/// What is said of lines that could not be taken over.
fn left_out(left: &[usize]) -> String {
    match i64::try_from(left.len()).unwrap_or(i64::MAX) {
        0 => String::new(),
        n => format!(
            " {} left out: the quantity or price cannot be converted exactly.",
            text::counted(n, "line is", "lines are")
        ),
    }
}

/// A wish for an article, counted in the article's own unit, with the price of one of those; false when that is not exact. As it stands
/// where its unit is none of the article's.
fn in_own_unit(line: &mut Wish, facts: &Facts) -> bool {
    let Some(quantity) = facts.own(line.quantity, &line.unit) else { return false };
    if let Some(target) = line.target.filter(|_| quantity != line.quantity) {
        let Some(one) = facts.units.price_of_own(target.amount(), &line.unit) else { return false };
        line.target = Some(Money::new(one, target.currency()));
    }
    line.quantity = quantity;
    line.unit.clone_from(&facts.units.own);
    true
}

/// Article numbers that are not in the assortment become words; words that are an article's number become that article. Articles are
/// counted in their own units; where that is not exact, the line is left out and its position given.
async fn known(tx: &mut Tx, mut lines: Vec<Wish>) -> Result<(Vec<Wish>, Vec<usize>)> {
    let number = |words: &str| Sku::parse("name", words).ok().map(|sku| sku.as_str().to_owned());
    let typed: Vec<String> = lines.iter().filter(|l| l.sku.is_none()).filter_map(|l| number(&l.name)).collect();
    for facts in facts_by_skus(tx, &typed).await?.into_iter().filter(|f| f.in_assortment) {
        for line in lines.iter_mut().filter(|l| l.sku.is_none() && number(&l.name).as_ref() == Some(&facts.sku)) {
            line.sku = Some(facts.sku.clone());
        }
    }
    let skus: Vec<String> = lines.iter().filter_map(|l| l.sku.clone()).collect();
    let found = facts_by_skus(tx, &skus).await?;
    let mut left = Vec::new();
    for (at, line) in lines.iter_mut().enumerate() {
        let facts = line.sku.as_ref().and_then(|sku| found.iter().find(|f| f.sku == *sku && f.in_assortment));
        match (facts, line.sku.take()) {
            (Some(facts), _) => {
                line.sku = Some(facts.sku.clone());
                line.name.clone_from(&facts.name);
                if !in_own_unit(line, facts) {
                    left.push(at);
                }
            }
            (None, Some(sku)) if line.name.is_empty() => line.name = sku,
            (None, Some(sku)) => line.name = format!("{} ({sku})", line.name),
            (None, None) => {}
        }
    }
    let kept = lines.into_iter().enumerate().filter(|(at, _)| !left.contains(at)).map(|(_, line)| line).collect();
    Ok((kept, left))
}

/// What is asked for at the account's usual prices, or at what the buyer would like to pay; before tax.
async fn estimate(tx: &mut Tx, actor: &Actor, lines: &[Wish]) -> Result<Option<Decimal>> {
    let skus: Vec<String> = lines.iter().filter_map(|l| l.sku.clone()).collect();
    let facts = facts_by_skus(tx, &skus).await?;
    let pricing = Pricing::of(actor, tx.today());
    let mut sum = None;
    for line in lines {
        let known = line.sku.as_ref().and_then(|sku| facts.iter().find(|f| f.sku == *sku));
        let usual = known.and_then(|f| f.price(line.quantity, pricing)).map(|p| p.unit_price);
        if let Some(price) = line.target.or(usual) {
            let net = price.line(line.quantity)?;
            sum = Some(sum.unwrap_or_default() + net.amount());
        }
    }
    Ok(sum)
}

/// Sends a request. Gives its number; the same form twice gives the same number. The first assigned sales rep answers it.
pub async fn ask(tx: &mut Tx, id: QuoteId, request: &Request) -> Result<String> {
    let actor = tx.actor()?;
    actor.require(Permission::QuoteRequest)?;
    let member = actor.member()?;
    request.check(tx.today())?;
    let off = |m: &Money| m.currency() != actor.currency();
    if request.lines.iter().any(|l| l.target.as_ref().is_some_and(off)) {
        return Err(Problem::invalid("lines[0][target]", "Name prices in your account’s currency.").into());
    }
    let mut request = request.clone();
    let (lines, left) = known(tx, request.lines).await?;
    if let Some(at) = left.first() {
        let words = "This cannot be converted exactly into the article’s own unit: ask for it in that.";
        return Err(Problem::invalid(&format!("lines[{at}][quantity]"), words).into());
    }
    request.lines = lines;
    if request.title.is_empty() {
        let first = request.lines.first().map(|l| l.name.clone()).unwrap_or_default();
        let more = request.lines.len().saturating_sub(1);
        let title = if more == 0 { first } else { format!("{first} and {more} more") };
        request.title = title.chars().take(120).collect();
    }
    let value = estimate(tx, &actor, &request.lines).await?;
    let (now, year) = (tx.now(), tx.today().year().to_string());
    let row = sqlx::query!(
        r#"WITH contact AS (SELECT c.person, c.name, c.email FROM my_contact() c),
                fresh AS (INSERT INTO quotes (account_id, id, number, title, status, member_id, asked_by, request, needed_by, currency, line_count, value,
                                              owner_id, owner_name, owner_email, said, created_at, since)
                          SELECT $1, $2, 'Q-' || $3 || '-' || lpad(nextval('quote_numbers')::text, 6, '0'), $4, 'requested', $5, $6, $7, $8, $9, $10, $11,
                                 (SELECT person FROM contact), COALESCE((SELECT name FROM contact), ''), COALESCE((SELECT email FROM contact), ''), 1, $12, $12
                          ON CONFLICT (account_id, id) DO NOTHING RETURNING number, owner_email)
           SELECT number AS "number!", owner_email AS "owner_email!" FROM fresh"#,
        actor.account().0,
        id.0,
        year,
        request.title,
        member.0,
        actor.name(),
        serde_json::to_value(&request).map_err(|e| odd(&e))?,
        request.needed_by,
        actor.currency().code(),
        i32::try_from(request.lines.len()).unwrap_or(i32::MAX),
        value,
        now
    )
    .fetch_optional(tx.db())
    .await?;
    let Some(row) = row else { return earlier(tx, &actor, id).await };
    let done = sqlx::query!(
        "INSERT INTO quote_thread (account_id, quote_id, seq, side, by_name, what, words, at) VALUES ($1, $2, 1, 'buyer', $3, 'asked for a quote', $4, $5)",
        actor.account().0,
        id.0,
        actor.name(),
        request.note,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let case = fresh_case(&actor, id, row.number.clone(), &request.title, row.owner_email)?;
    let lines: Vec<String> = request.lines.iter().map(|l| format!("{} × {}", l.quantity, l.name)).collect();
    let headline = format!("{} asks for a quote: {} “{}”", actor.name(), row.number, request.title);
    talk::tell_seller(tx, &case, &headline, &lines.join("\n")).await?;
    audit::record(tx, "quote.requested", &row.number, json!({ "title": request.title, "lines": lines.len() })).await?;
    Ok(row.number)
}

fn fresh_case(actor: &Actor, id: QuoteId, number: String, title: &str, owner_email: String) -> Result<Case> {
    Ok(Case {
        account: actor.account(),
        id,
        number,
        title: title.to_owned(),
        status: domain::quotes::Status::Requested,
        version: 1,
        member: actor.member()?,
        currency: actor.currency(),
        in_force: 0,
        valid_until: None,
        owner_email,
    })
}

/// The number of the request that this form already made.
async fn earlier(tx: &mut Tx, actor: &Actor, id: QuoteId) -> Result<String> {
    let found = sqlx::query_scalar!(
        "SELECT number FROM quotes WHERE account_id = $1 AND id = $2 AND member_id = $3",
        actor.account().0,
        id.0,
        actor.member()?.0
    )
    .fetch_optional(tx.db())
    .await?;
    found.ok_or_else(|| Problem::Conflict(Cause::KeyReused).into())
}

/// Facts of articles by their ids, for whoever quotes them.
pub(super) async fn facts_by_id(tx: &mut Tx, ids: &[uuid::Uuid]) -> Result<Vec<Facts>> {
    facts_of(tx, ids).await
}
