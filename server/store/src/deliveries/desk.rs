//! The seller's desk: orders of all one's customers, and one of them with everything that can be done.

use chrono::{Days, NaiveTime};
use domain::accounts::Address;
use domain::cart::Totals;
use domain::deliveries::{DeskAction, DeskOrder, DeskPage, DeskQuery, DeskRow};
use domain::orders::{Event, OrderStep, PAGE, Status};
use domain::paging::COUNTED;
use domain::{Currency, Money, Permission};

use crate::orders::order_lines;
use crate::{Error, Result, Tx, customers, invoices};

fn status(code: &str) -> Result<Status> {
    Status::parse(code).ok_or_else(|| Error::odd("orders.status", code))
}

fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code).ok_or_else(|| Error::odd("orders.currency", code))
}

/// A page of orders, the newest first: of one's customers for a sales rep, of all for the others. One statement.
pub async fn list(tx: &mut Tx, query: DeskQuery) -> Result<DeskPage> {
    tx.actor()?.require(Permission::CustomerRead)?;
    let start = query.from.map(|d| tx.instant(d.and_time(NaiveTime::MIN)));
    let end = query.to.and_then(|d| d.checked_add_days(Days::new(1))).map(|d| tx.instant(d.and_time(NaiveTime::MIN)));
    let clean = |words: &str| words.replace(['%', '_', '\\'], "");
    let (words, customer) = (clean(&query.words), clean(&query.customer));
    let rows = sqlx::query!(
        r#"WITH matched AS NOT MATERIALIZED (
               SELECT o.account_id, o.id, o.placed_at FROM orders o
               WHERE ($1::text IS NULL OR o.status = $1)
                 AND ($2::timestamptz IS NULL OR o.placed_at >= $2) AND ($3::timestamptz IS NULL OR o.placed_at < $3)
                 AND ($4 = '' OR o.account_id IN (SELECT a.id FROM accounts a WHERE a.number ILIKE $4 OR a.name ILIKE '%' || $4 || '%'))
                 AND ($5 = '' OR o.number ILIKE '%' || $5 || '%' OR o.po_number ILIKE '%' || $5 || '%'
                      OR EXISTS (SELECT 1 FROM order_lines l WHERE (l.account_id, l.order_id) = (o.account_id, o.id)
                                 AND (l.sku = upper($5) OR l.name ILIKE '%' || $5 || '%'))))
           SELECT a.number AS account, a.name, o.number, o.placed_at, o.placed_by, o.po_number, o.status, o.gross, o.currency,
                  (SELECT count(*) FROM (SELECT 1 FROM matched LIMIT $8) counted) AS "total!"
           FROM (SELECT * FROM matched ORDER BY placed_at DESC, id DESC LIMIT $6 OFFSET $7) page
           JOIN orders o ON (o.account_id, o.id) = (page.account_id, page.id) JOIN accounts a ON a.id = o.account_id
           ORDER BY o.placed_at DESC, o.id DESC"#,
        query.status.map(Status::code),
        start,
        end,
        customer,
        words,
        i64::from(PAGE),
        i64::from(query.page - 1) * i64::from(PAGE),
        COUNTED
    )
    .fetch_all(tx.db())
    .await?;
    let total = rows.first().map_or(0, |r| r.total);
    let rows = rows
        .into_iter()
        .map(|r| {
            Ok(DeskRow {
                account: r.account,
                customer: r.name,
                number: r.number,
                placed_at: tx.local(r.placed_at),
                placed_by: r.placed_by,
                po_number: r.po_number,
                status: status(&r.status)?,
                gross: Money::new(r.gross, currency(&r.currency)?),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(DeskPage { query, rows, total })
}

/// One order of a customer; without the customer's number the newest of that number. Not found when the customer is not the
/// person's. Three statements.
pub async fn find(tx: &mut Tx, customer: &str, number: &str) -> Result<DeskOrder> {
    let actor = tx.actor()?;
    actor.require(Permission::CustomerRead)?;
    let o = sqlx::query!(
        "SELECT o.id, o.account_id, a.number AS account, a.name, o.number, o.status, o.version, o.placed_by, o.placed_at, o.po_number, o.cost_centre,
                o.ship_to, o.requested_on, o.partial_delivery, o.note, o.currency, o.net, o.delivery, o.tax, o.gross, o.source
         FROM orders o JOIN accounts a ON a.id = o.account_id WHERE o.number = $2 AND ($1 = '' OR a.number = $1) ORDER BY o.placed_at DESC LIMIT 1",
        customer,
        number
    )
    .fetch_one(tx.db())
    .await?;
    let cur = currency(&o.currency)?;
    let money = |amount| Money::new(amount, cur);
    let (lines, _) = order_lines(tx, o.account_id, o.id, cur).await?;
    let more = sqlx::query!(
        r#"SELECT (SELECT jsonb_agg(jsonb_build_array(e.status, e.at, e.by_name, e.reason) ORDER BY e.version)
                   FROM order_events e WHERE e.account_id = $1 AND e.order_id = $2) AS steps,
                  shipments_json($1, $2) AS shipments, invoices_json($1, $2) AS invoices,
                  (SELECT jsonb_agg(jsonb_build_array(n.at, n.by_name, n.text, '') ORDER BY n.at DESC)
                   FROM staff_notes n WHERE n.account_id = $1 AND n.order_id = $2) AS notes"#,
        o.account_id,
        o.id
    )
    .fetch_one(tx.db())
    .await?;
    let odd = |e: serde_json::Error| Error::odd("order", &e.to_string());
    let steps: Vec<(String, chrono::DateTime<chrono::Utc>, String, String)> =
        more.steps.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    let steps = steps
        .into_iter()
        .map(|(code, at, by, reason)| Ok(OrderStep { status: status(&code)?, at: tx.local(at), by, reason }))
        .collect::<Result<Vec<_>>>()?;
    let (present, imported) = (status(&o.status)?, o.source == "import");
    let fulfils = actor.may(Permission::OrderFulfil) && !imported;
    let allowed = |event: Event, may: bool| may && present.after(event).is_ok();
    let can = [
        (DeskAction::Confirm, allowed(Event::Confirm, fulfils)),
        (DeskAction::Release, allowed(Event::Release, actor.may(Permission::HoldRelease) && !imported)),
        (DeskAction::Ship, allowed(Event::ShipRest, fulfils)),
        (DeskAction::Promise, fulfils && present.is_open()),
        (DeskAction::Complete, allowed(Event::Complete, fulfils)),
        (DeskAction::Cancel, allowed(Event::Cancel, fulfils)),
    ];
    Ok(DeskOrder {
        row: DeskRow {
            account: o.account,
            customer: o.name,
            number: o.number,
            placed_at: tx.local(o.placed_at),
            placed_by: o.placed_by,
            po_number: o.po_number,
            status: present,
            gross: money(o.gross),
        },
        version: o.version,
        lines,
        totals: Totals {
            net: money(o.net),
            delivery: money(o.delivery),
            taxes: Vec::new(),
            tax: money(o.tax),
            gross: money(o.gross),
        },
        cost_centre: o.cost_centre,
        ship_to: serde_json::from_value::<Address>(o.ship_to).map_err(odd)?,
        requested_on: o.requested_on,
        partial_delivery: o.partial_delivery,
        note: o.note,
        steps,
        shipments: super::shipments(more.shipments)?,
        invoices: invoices::desk(more.invoices, actor.may(Permission::InvoiceIssue))?,
        credit: invoices::new_id(),
        notes: customers::notes(tx, more.notes)?,
        can: can.into_iter().filter(|c| c.1).map(|c| c.0).collect(),
        imported,
        today: tx.today(),
    })
}
