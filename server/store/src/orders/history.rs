//! What was ordered, by whom, and where it stands.

use chrono::{Days, NaiveTime};
use domain::accounts::Address;
use domain::cart::{TaxLine, Totals};
use domain::orders::{Action, HistoryPage, HistoryQuery, OrderLine, OrderPage, OrderRow, OrderStep, PAGE, Status};
use domain::paging::COUNTED;
use domain::{Currency, Money, Permission, Quantity};

use crate::{Error, Result, Tx};

fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code).ok_or_else(|| Error::odd("orders.currency", code))
}

fn status(code: &str) -> Result<Status> {
    Status::parse(code).ok_or_else(|| Error::odd("orders.status", code))
}

/// A page of the history, the newest first. Orders of the former system have no member: whoever may order sees them, and
/// can order them again. One statement. Words find order numbers, PO numbers, SKUs and product names.
pub async fn history(tx: &mut Tx, query: HistoryQuery) -> Result<HistoryPage> {
    let actor = tx.actor()?;
    let own = actor.only_own(Permission::OrderRead)?;
    let narrowed = if query.mine { actor.member().ok() } else { own };
    let start = query.from.map(|d| tx.instant(d.and_time(NaiveTime::MIN)));
    let end = query.to.and_then(|d| d.checked_add_days(Days::new(1))).map(|d| tx.instant(d.and_time(NaiveTime::MIN)));
    let words = query.words.replace(['%', '_', '\\'], "");
    let walk = query.at.walk(PAGE);
    let rows = sqlx::query!(
        r#"WITH matched AS NOT MATERIALIZED (
               SELECT o.id, o.placed_at FROM orders o
               WHERE o.account_id = $1
                 AND ($2::uuid IS NULL OR o.member_id = $2 OR ($12 AND o.member_id IS NULL AND o.source = 'import'))
                 AND ($3::text IS NULL OR o.status = $3)
                 AND ($4::timestamptz IS NULL OR o.placed_at >= $4)
                 AND ($5::timestamptz IS NULL OR o.placed_at < $5)
                 AND ($6 = '' OR o.number ILIKE '%' || $6 || '%' OR o.po_number ILIKE '%' || $6 || '%'
                      OR EXISTS (SELECT 1 FROM order_lines l WHERE (l.account_id, l.order_id) = (o.account_id, o.id)
                                 AND (l.sku = upper($6) OR l.name ILIKE '%' || $6 || '%'))))
           SELECT o.number, o.placed_at, o.po_number, o.cost_centre, o.placed_by, o.status, o.line_count, o.gross, o.currency,
                  (SELECT count(*) FROM (SELECT 1 FROM matched LIMIT $13) counted) AS "total!"
           FROM ((SELECT m.id FROM matched m
                  WHERE (m.placed_at, m.id) < ((SELECT COALESCE((SELECT a.placed_at FROM orders a WHERE a.account_id = $1 AND a.number = $7), 'infinity'::timestamptz)),
                                         (SELECT COALESCE((SELECT a.id FROM orders a WHERE a.account_id = $1 AND a.number = $7), 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)))
                  ORDER BY m.placed_at DESC, m.id DESC LIMIT $8 OFFSET $9)
                 UNION ALL
                 (SELECT m.id FROM matched m
                  WHERE (m.placed_at, m.id) > ((SELECT b.placed_at FROM orders b WHERE b.account_id = $1 AND b.number = $10),
                                               (SELECT b.id FROM orders b WHERE b.account_id = $1 AND b.number = $10))
                  ORDER BY m.placed_at, m.id LIMIT $11)) page
           JOIN orders o ON (o.account_id, o.id) = ($1, page.id)
           ORDER BY o.placed_at DESC, o.id DESC"#,
        actor.account().0,
        narrowed.map(|m| m.0),
        query.status.map(Status::code),
        start,
        end,
        words,
        walk.after,
        walk.forward,
        walk.skip,
        walk.before,
        walk.back,
        !query.mine,
        COUNTED
    )
    .fetch_all(tx.db())
    .await?;
    let total = rows.first().map_or(0, |r| r.total);
    let rows = rows
        .into_iter()
        .map(|r| {
            Ok(OrderRow {
                number: r.number,
                placed_at: tx.local(r.placed_at),
                po_number: r.po_number,
                cost_centre: r.cost_centre,
                placed_by: r.placed_by,
                status: status(&r.status)?,
                lines: r.line_count.into(),
                gross: Money::new(r.gross, currency(&r.currency)?),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(HistoryPage { query, rows, total, sees_all: own.is_none(), can_order: actor.may(Permission::CartUse) })
}

/// One order with lines, steps and invoices. Three statements. Not found when it is not the asker's to see.
pub async fn find(tx: &mut Tx, number: &str) -> Result<OrderPage> {
    let actor = tx.actor()?;
    let own = actor.only_own(Permission::OrderRead)?;
    let o = sqlx::query!(
        r#"SELECT id, number, status, version, member_id, placed_by, placed_at, po_number, cost_centre, ship_to, requested_on, partial_delivery, note,
                  currency, net, delivery, tax, gross, line_count, source
           FROM orders WHERE account_id = $1 AND number = $2
             AND ($3::uuid IS NULL OR member_id = $3 OR (member_id IS NULL AND source = 'import'))"#,
        actor.account().0,
        number,
        own.map(|m| m.0)
    )
    .fetch_one(tx.db())
    .await?;
    let cur = currency(&o.currency)?;
    let money = |amount| Money::new(amount, cur);
    let lines = order_lines(tx, actor.account().0, o.id, cur).await?;
    let more = sqlx::query!(
        r#"SELECT (SELECT jsonb_agg(jsonb_build_array(e.status, e.at, e.by_name, e.reason) ORDER BY e.version)
                   FROM order_events e WHERE e.account_id = $1 AND e.order_id = $2) AS steps,
                  shipments_json($1, $2) AS shipments,
                  (SELECT jsonb_agg(i.number ORDER BY i.issued_on) FROM invoices i WHERE i.account_id = $1 AND i.order_id = $2) AS invoices,
                  (SELECT q.number FROM orders o JOIN quotes q ON (q.account_id, q.id) = (o.account_id, o.quote_id)
                   WHERE o.account_id = $1 AND o.id = $2) AS quote,
                  (SELECT jsonb_build_array(s.id, s.name) FROM schedule_dates d JOIN schedules s ON (s.account_id, s.id) = (d.account_id, d.schedule_id)
                   WHERE d.account_id = $1 AND d.order_id = $2) AS schedule"#,
        actor.account().0,
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
    let invoices: Vec<String> = more.invoices.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    let taxes = if lines.1.is_empty() { Vec::new() } else { taxes(cur, &lines.1, money(o.delivery), money(o.tax))? };
    let present = status(&o.status)?;
    let is_own = o.member_id.is_some() && o.member_id == actor.member().ok().map(|m| m.0);
    let mut can = Vec::new();
    if actor.may(Permission::CartUse) {
        can.push(Action::Reorder);
    }
    if actor.may(Permission::OrderSchedule) {
        can.push(Action::Schedule);
    }
    let reach = actor.reach(Permission::OrderCancel);
    if present.cancellable() && o.source == "portal" && reach.is_some_and(|r| r > domain::Reach::Own || is_own) {
        can.push(Action::Cancel);
    }
    if present == Status::PendingApproval && actor.may(Permission::OrderApprove) {
        can.push(Action::WhoDecides);
    }
    Ok(OrderPage {
        row: OrderRow {
            number: o.number,
            placed_at: tx.local(o.placed_at),
            po_number: o.po_number,
            cost_centre: o.cost_centre,
            placed_by: o.placed_by,
            status: present,
            lines: o.line_count.into(),
            gross: money(o.gross),
        },
        version: o.version,
        lines: lines.0,
        totals: Totals {
            net: money(o.net),
            delivery: money(o.delivery),
            taxes,
            tax: money(o.tax),
            gross: money(o.gross),
        },
        ship_to: serde_json::from_value::<Address>(o.ship_to).map_err(odd)?,
        requested_on: o.requested_on,
        partial_delivery: o.partial_delivery,
        note: o.note,
        steps,
        shipments: crate::deliveries::shipments(more.shipments)?,
        invoices: if actor.may(Permission::InvoiceRead) { invoices } else { Vec::new() },
        can,
        imported: o.source == "import",
        quote: more.quote,
        schedule: more.schedule.map(serde_json::from_value).transpose().map_err(odd)?,
    })
}

/// An order's lines, and their amounts with tax rates.
pub(crate) async fn order_lines(
    tx: &mut Tx,
    account: uuid::Uuid,
    order: uuid::Uuid,
    cur: Currency,
) -> Result<(Vec<OrderLine>, Vec<(Money, rust_decimal::Decimal)>)> {
    let rows = sqlx::query!(
        "SELECT line_no, sku, own_number, name, unit, quantity, unit_price, net, tax_rate, price_source, promised_on, quantity_shipped
         FROM order_lines WHERE account_id = $1 AND order_id = $2 ORDER BY line_no",
        account,
        order
    )
    .fetch_all(tx.db())
    .await?;
    let mut amounts = Vec::with_capacity(rows.len());
    let lines = rows
        .into_iter()
        .map(|r| {
            let net = Money::new(r.net, cur);
            amounts.push((net, r.tax_rate));
            Ok(OrderLine {
                line_no: r.line_no,
                sku: r.sku,
                own_number: r.own_number,
                name: r.name,
                unit: r.unit,
                quantity: Quantity::new(r.quantity)
                    .ok_or_else(|| Error::odd("order_lines.quantity", &r.quantity.to_string()))?,
                unit_price: Money::new(r.unit_price, cur),
                net,
                price_source: r.price_source,
                promised_on: r.promised_on,
                shipped: r.quantity_shipped,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok((lines, amounts))
}

/// Tax by rate as it was charged; imported orders carry their tax as one sum.
fn taxes(
    cur: Currency,
    amounts: &[(Money, rust_decimal::Decimal)],
    delivery: Money,
    tax: Money,
) -> Result<Vec<TaxLine>> {
    let amounts: Vec<domain::cart::TaxedAmount> =
        amounts.iter().map(|(net, rate)| domain::cart::TaxedAmount { net: *net, rate: *rate }).collect();
    let totals = domain::cart::totals(cur, &amounts, delivery)?;
    Ok(if totals.tax == tax { totals.taxes } else { Vec::new() })
}
