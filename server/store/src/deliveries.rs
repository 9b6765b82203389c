//! Getting goods to people. Buyers see what is promised and sent of their own orders, or the account's, by permission; the
//! seller's people see the orders of their customers, and those who fulfil them move them on. What came from the seller's former
//! system is moved on there, not here.
//!
//! The seller's people write by their own role, so that row-level security holds them to their customers. Locks are taken in the
//! order of `orders::submit`: order → budget → stock by (product, warehouse) → audit head; and behind all of them the counter of the
//! invoices' numbers.

mod board;
mod change;
mod desk;
mod feed;
mod promise;
mod ship;

use chrono::NaiveDate;
use domain::deliveries::{Shipment, ShippedLine};
use domain::ids::{MemberId, OrderId};
use domain::notices::Kind;
use domain::orders::Status;
use domain::{Cause, Permission, Problem};
use rust_decimal::Decimal;

pub use board::board;
pub use change::{Change, change};
pub use desk::{find, list};
pub use feed::{end_feed, feed, renew_feed};
pub use promise::promise;
pub use ship::ship;

use crate::notices::{self, Note};
use crate::{Error, Result, Tx};

/// An order that is worked on: locked, the transaction at work in its account.
struct Locked {
    id: OrderId,
    number: String,
    status: Status,
    version: i32,
    member: Option<MemberId>,
    cost_centre: String,
    partial_delivery: bool,
}

/// Locks a customer's order for whoever fulfils orders. Not found when the customer is not theirs; a conflict for orders of the
/// former system.
async fn lock(tx: &mut Tx, customer: &str, number: &str) -> Result<Locked> {
    tx.actor()?.require(Permission::OrderFulfil)?;
    let o = sqlx::query!(
        "SELECT o.id, o.account_id, o.number, o.status, o.version, o.member_id, o.cost_centre, o.partial_delivery, o.source
         FROM orders o JOIN accounts a ON a.id = o.account_id WHERE a.number = $1 AND o.number = $2 FOR UPDATE OF o",
        customer,
        number
    )
    .fetch_one(tx.db())
    .await?;
    if o.source != "portal" {
        return Err(Problem::Conflict(Cause::OrderState { state: "from before this portal".to_owned() }).into());
    }
    tx.work_in(o.account_id.into())?;
    Ok(Locked {
        id: OrderId(o.id),
        status: Status::parse(&o.status).ok_or_else(|| Error::odd("orders.status", &o.status))?,
        number: o.number,
        version: o.version,
        member: o.member_id.map(MemberId),
        cost_centre: o.cost_centre,
        partial_delivery: o.partial_delivery,
    })
}

/// Tells whoever sent the order.
async fn tell(tx: &mut Tx, order: &Locked, text: String, mail: String) -> Result<()> {
    let Some(member) = order.member else { return Ok(()) };
    let account = tx.actor()?.account();
    let note = Note { member, kind: Kind::Decision, text, href: format!("/orders/{}", order.number), mail };
    notices::tell(tx, account, &[note]).await
}

/// One shipment, as JSON has it: carrier, tracking, day, lines with position, SKU, name, quantity.
type Sent = (String, String, NaiveDate, Vec<(i32, String, String, Decimal)>);

/// Shipments as the statement of an order's page read them (`shipments_json` in `migrations/0017_shipments.sql`).
pub(crate) fn shipments(json: Option<serde_json::Value>) -> Result<Vec<Shipment>> {
    let sent: Vec<Sent> =
        json.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| Error::odd("shipments", &e.to_string()))?;
    Ok(sent
        .into_iter()
        .map(|(carrier, tracking, shipped_on, lines)| Shipment {
            carrier,
            tracking,
            shipped_on,
            lines: lines
                .into_iter()
                .map(|(line_no, sku, name, quantity)| ShippedLine { line_no, sku, name, quantity })
                .collect(),
        })
        .collect())
}
