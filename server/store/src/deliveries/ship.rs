//! Sending goods: stock and what is reserved of it shrink together by what leaves, the order moves on, the buyer is told, and what
//! left is invoiced.

use std::collections::HashMap;

use domain::deliveries::{Left, ShipForm};
use domain::{Cause, FieldError, Problem, text};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{lock, tell};
use crate::error::exactly;
use crate::orders::advance;
use crate::{Result, Tx, audit, invoices};

/// What one line takes from one warehouse.
struct Taken {
    line: i32,
    warehouse: String,
    product: Uuid,
    quantity: Decimal,
}

/// Sends some or all of an order. `version` is what the person saw: two clicks are one shipment.
///
/// Goods leave from where they are reserved. What is not on the shelf there (it was promised from a delivery that has not come)
/// cannot leave: the form says how many can.
pub async fn ship(tx: &mut Tx, customer: &str, number: &str, version: i32, form: &ShipForm) -> Result<()> {
    let order = lock(tx, customer, number).await?;
    let actor = tx.actor()?;
    let (account, now) = (actor.account().0, tx.now());
    let lines = sqlx::query!(
        r#"SELECT line_no, sku, quantity - quantity_shipped AS "left!", to_order FROM order_lines WHERE account_id = $1 AND order_id = $2 ORDER BY line_no"#,
        account,
        order.id.0
    )
    .fetch_all(tx.db())
    .await?;
    // Made or bought for the order: nothing of it was ever on a shelf.
    let to_order: Vec<i32> = lines.iter().filter(|l| l.to_order).map(|l| l.line_no).collect();
    let left: Vec<Left> = lines.into_iter().map(|l| (l.line_no, l.sku, l.left)).filter(|l| !l.2.is_zero()).collect();
    // What can be sent at all comes before what is wrong with the form.
    order.status.after(domain::orders::Event::ShipRest)?;
    if order.version != version {
        return Err(Problem::Conflict(Cause::Stale).into());
    }
    let event = form.check(&left, !order.partial_delivery, tx.today())?;
    let after = order.status.after(event)?;
    take(tx, account, order.id.0, form, &left, &to_order).await?;
    let numbers: Vec<i32> = form.lines.iter().map(|l| l.0).collect();
    let quantities: Vec<Decimal> = form.lines.iter().map(|l| l.1.value()).collect();
    let (carrier, tracking) = (form.carrier.trim(), form.tracking.trim());
    let shipment = crate::new_id::<Uuid>();
    let done = sqlx::query!(
        "INSERT INTO shipments (account_id, id, order_id, carrier, tracking, shipped_on, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        account,
        shipment,
        order.id.0,
        carrier,
        tracking,
        form.shipped_on,
        actor.name(),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let done = sqlx::query!(
        "WITH sent AS (SELECT * FROM unnest($4::int[], $5::numeric[]) AS t(line_no, quantity)),
              listed AS (INSERT INTO shipment_lines (account_id, shipment_id, order_id, line_no, quantity) SELECT $1, $3, $2, s.line_no, s.quantity FROM sent s)
         UPDATE order_lines l SET quantity_shipped = l.quantity_shipped + s.quantity FROM sent s
         WHERE l.account_id = $1 AND l.order_id = $2 AND l.line_no = s.line_no",
        account,
        order.id.0,
        shipment,
        &numbers,
        &quantities
    )
    .execute(tx.db())
    .await?;
    exactly(numbers.len() as u64, &done)?;
    let by = if tracking.is_empty() { carrier.to_owned() } else { format!("{carrier} {tracking}") };
    let reason =
        format!("{by}, {} sent", text::counted(i64::try_from(numbers.len()).unwrap_or_default(), "line", "lines"));
    advance(tx, order.id, version, &[(after, &reason)], actor.name()).await?;
    let listed: Vec<String> = form
        .lines
        .iter()
        .filter_map(|(no, n)| left.iter().find(|l| l.0 == *no).map(|l| format!("{n} × {}", l.1)))
        .collect();
    let all_sent = after == domain::orders::Status::Shipped;
    let whole = if all_sent { "Your order" } else { "A part of your order" };
    let mail = format!("Sent on {} with {by}:\n\n{}\n", text::date(form.shipped_on), listed.join("\n"));
    tell(tx, &order, format!("{whole} {number} is on its way: {by}"), mail).await?;
    let invoice = invoices::of_shipment(tx, order.id, all_sent, form.shipped_on).await?;
    let detail = json!({ "invoice": invoice.map(|i| i.number), "before": order.status.code(), "after": after.code(), "carrier": carrier, "tracking": tracking,
                         "lines": numbers.iter().zip(&quantities).collect::<Vec<_>>() });
    audit::record(tx, "order.shipped", number, detail).await
}

/// Takes what is sent off the shelves where it is reserved. Stock rows are locked in the global order before they change.
async fn take(tx: &mut Tx, account: Uuid, order: Uuid, form: &ShipForm, left: &[Left], to_order: &[i32]) -> Result<()> {
    let rows = sqlx::query!(
        "SELECT r.line_no, r.warehouse, r.product_id, r.quantity, k.on_hand FROM reservations r
         JOIN stock k ON (k.product_id, k.warehouse) = (r.product_id, r.warehouse)
         WHERE r.account_id = $1 AND r.order_id = $2 ORDER BY k.product_id, k.warehouse, r.line_no FOR UPDATE OF k",
        account,
        order
    )
    .fetch_all(tx.db())
    .await?;
    let mut shelves: HashMap<(Uuid, &str), Decimal> =
        rows.iter().map(|r| ((r.product_id, r.warehouse.as_str()), r.on_hand)).collect();
    let (mut taken, mut errors) = (Vec::new(), Vec::new());
    for (line, quantity) in form.lines.iter().filter(|l| !to_order.contains(&l.0)) {
        let mut missing = quantity.value();
        for r in rows.iter().filter(|r| r.line_no == *line) {
            let Some(shelf) = shelves.get_mut(&(r.product_id, r.warehouse.as_str())) else { continue };
            let part = missing.min(r.quantity).min(*shelf);
            if part > Decimal::ZERO {
                *shelf -= part;
                missing -= part;
                let (warehouse, product) = (r.warehouse.clone(), r.product_id);
                taken.push(Taken { line: *line, warehouse, product, quantity: part });
            }
        }
        if missing > Decimal::ZERO {
            let sku = left.iter().find(|l| l.0 == *line).map_or("", |l| l.1.as_str());
            let there = (quantity.value() - missing).normalize();
            let words = format!("{sku}: only {there} of what is reserved for this order are on the shelf.");
            errors.push(FieldError::new(format!("quantity-{line}"), words));
        }
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    let columns = (
        taken.iter().map(|t| t.line).collect::<Vec<_>>(),
        taken.iter().map(|t| t.warehouse.clone()).collect::<Vec<_>>(),
        taken.iter().map(|t| t.quantity).collect::<Vec<_>>(),
    );
    // A reservation of nothing is none.
    let done = sqlx::query!(
        "WITH t AS (SELECT * FROM unnest($3::int[], $4::text[], $5::numeric[]) AS t(line_no, warehouse, quantity)),
              used AS (DELETE FROM reservations r USING t WHERE r.account_id = $1 AND r.order_id = $2
                       AND (r.line_no, r.warehouse) = (t.line_no, t.warehouse) AND r.quantity = t.quantity RETURNING r.line_no),
              less AS (UPDATE reservations r SET quantity = r.quantity - t.quantity FROM t WHERE r.account_id = $1 AND r.order_id = $2
                       AND (r.line_no, r.warehouse) = (t.line_no, t.warehouse) AND r.quantity > t.quantity RETURNING r.line_no)
         SELECT (SELECT count(*) FROM used) + (SELECT count(*) FROM less) AS \"n!\"",
        account,
        order,
        &columns.0,
        &columns.1,
        &columns.2
    )
    .fetch_one(tx.db())
    .await?;
    if done.n != i64::try_from(taken.len()).unwrap_or_default() {
        return Err(crate::Error::Inconsistent(format!("{} reservations used instead of {}", done.n, taken.len())));
    }
    let mut sums: HashMap<(Uuid, &str), Decimal> = HashMap::new();
    for t in &taken {
        *sums.entry((t.product, t.warehouse.as_str())).or_default() += t.quantity;
    }
    let done = sqlx::query!(
        "UPDATE stock k SET on_hand = k.on_hand - t.quantity, reserved = k.reserved - t.quantity
         FROM unnest($1::uuid[], $2::text[], $3::numeric[]) AS t(product, warehouse, quantity)
         WHERE k.product_id = t.product AND k.warehouse = t.warehouse",
        &sums.keys().map(|k| k.0).collect::<Vec<_>>(),
        &sums.keys().map(|k| k.1.to_owned()).collect::<Vec<_>>(),
        &sums.values().copied().collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    exactly(sums.len() as u64, &done)
}
