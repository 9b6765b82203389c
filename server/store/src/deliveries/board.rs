//! The promise board: every line that is not delivered, over all orders that the asker sees.

use domain::Permission;
use domain::deliveries::{Board, BoardQuery, Moved, OpenLine, PAGE};
use domain::orders::Status;

use crate::{Error, Result, Tx};

/// A page of the board: one's own lines, or the account's, by permission. One statement.
pub async fn board(tx: &mut Tx, query: BoardQuery) -> Result<Board> {
    let actor = tx.actor()?;
    let own = actor.only_own(Permission::OrderRead)?;
    let words = query.words.replace(['%', '_', '\\'], "");
    let today = tx.today();
    let rows = sqlx::query!(
        r#"WITH open AS (
               SELECT o.number, o.po_number, o.placed_by, o.status, o.requested_on, l.line_no, l.sku, l.name, l.unit, l.quantity, l.promised_on,
                      l.quantity - l.quantity_shipped AS open, c.before_day, c.at, c.reason, o.placed_at
               FROM orders o JOIN order_lines l ON (l.account_id, l.order_id) = (o.account_id, o.id) AND l.quantity_shipped < l.quantity
               LEFT JOIN LATERAL (SELECT c.before_day, c.at, c.reason FROM promise_changes c
                                  WHERE (c.account_id, c.order_id, c.line_no) = (l.account_id, l.order_id, l.line_no) ORDER BY c.seq DESC LIMIT 1) c ON true
               WHERE o.account_id = $1 AND o.status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold')
                 AND ($2::uuid IS NULL OR o.member_id = $2 OR (o.member_id IS NULL AND o.source = 'import'))
                 AND ($3 = '' OR o.number ILIKE '%' || $3 || '%' OR o.po_number ILIKE '%' || $3 || '%' OR l.sku = upper($3) OR l.name ILIKE '%' || $3 || '%')
                 AND (NOT $4 OR c.at IS NOT NULL OR l.promised_on < $5 OR l.promised_on > o.requested_on)
           ), page AS (
               SELECT * FROM open ORDER BY promised_on NULLS FIRST, placed_at, number, line_no LIMIT $6 OFFSET $7
           )
           SELECT p.number AS "number?", p.po_number AS "po_number?", p.placed_by AS "placed_by?", p.status AS "status?", p.requested_on,
                  p.line_no AS "line_no?", p.sku AS "sku?", p.name AS "name?", p.unit AS "unit?", p.quantity AS "quantity?", p.promised_on,
                  p.open AS "open?", p.before_day, p.at AS "at?", p.reason AS "reason?",
                  (SELECT count(*) FROM open) AS "total!",
                  (SELECT f.created_at FROM calendar_feeds f WHERE f.account_id = $1 AND f.member_id = $8) AS feed_since
           FROM (SELECT 1) one LEFT JOIN page p ON true
           ORDER BY p.promised_on NULLS FIRST, p.placed_at, p.number, p.line_no"#,
        actor.account().0,
        own.map(|m| m.0),
        words,
        query.changed,
        today,
        i64::from(PAGE),
        i64::from(query.page - 1) * i64::from(PAGE),
        actor.member().ok().map(|m| m.0)
    )
    .fetch_all(tx.db())
    .await?;
    let (total, feed_since) = rows.first().map_or((0, None), |r| (r.total, r.feed_since));
    let lines = rows
        .into_iter()
        .filter_map(|r| Some((r.number.clone()?, r.status.clone()?, r.line_no?, r.quantity?, r.open?, r)))
        .map(|(order, status, line_no, quantity, open, r)| {
            Ok(OpenLine {
                order,
                po_number: r.po_number.unwrap_or_default(),
                placed_by: r.placed_by.unwrap_or_default(),
                status: Status::parse(&status).ok_or_else(|| Error::odd("orders.status", &status))?,
                line_no,
                sku: r.sku.unwrap_or_default(),
                name: r.name.unwrap_or_default(),
                unit: r.unit.unwrap_or_default(),
                open,
                quantity,
                promised_on: r.promised_on,
                requested_on: r.requested_on,
                moved: r.at.map(|at| Moved {
                    from: r.before_day,
                    at: tx.local(at),
                    reason: r.reason.unwrap_or_default(),
                }),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Board {
        query,
        lines,
        total,
        sees_all: own.is_none(),
        today,
        can_feed: actor.in_person().is_ok(),
        feed_since: feed_since.map(|t| tx.local(t)),
        feed: None,
    })
}
