//! orders.csv

use chrono::NaiveDateTime;
use domain::Currency;
use domain::orders::Status;
use rust_decimal::Decimal;
use store::import::{Document, Fate, Order, Seller};
use store::{Result, Tx};

use super::cells::Cells;
use super::papers::{Paper, net};
use super::source::{Column, needed, optional};

/// Past orders.
pub struct Orders<'a>(pub &'a Seller);

/// What an order's rows say alike; of the times the earliest counts.
pub struct Head {
    placed_at: NaiveDateTime,
    po_number: String,
    status: Status,
    currency: Currency,
}

/// How other systems call the states.
const WORDS: &[(&str, Status)] = &[
    ("completed", Status::Completed),
    ("complete", Status::Completed),
    ("closed", Status::Completed),
    ("delivered", Status::Completed),
    ("invoiced", Status::Completed),
    ("done", Status::Completed),
    ("shipped", Status::Shipped),
    ("sent", Status::Shipped),
    ("dispatched", Status::Shipped),
    ("partially_shipped", Status::PartiallyShipped),
    ("partly_shipped", Status::PartiallyShipped),
    ("partial", Status::PartiallyShipped),
    ("backorder", Status::PartiallyShipped),
    ("confirmed", Status::Confirmed),
    ("accepted", Status::Confirmed),
    ("released", Status::Confirmed),
    ("processing", Status::Confirmed),
    ("in_progress", Status::Confirmed),
    ("open", Status::Confirmed),
    ("approved", Status::Approved),
    ("on_hold", Status::OnHold),
    ("hold", Status::OnHold),
    ("blocked", Status::OnHold),
    ("cancelled", Status::Cancelled),
    ("canceled", Status::Cancelled),
    ("void", Status::Cancelled),
    ("rejected", Status::Rejected),
    ("declined", Status::Rejected),
    ("pending_approval", Status::PendingApproval),
    ("awaiting_approval", Status::PendingApproval),
    ("waiting_for_approval", Status::PendingApproval),
];

impl Paper for Orders<'_> {
    type Head = Head;
    type Whole = Order;
    const FILE: &'static str = "orders.csv";
    const COLUMNS: &'static [Column] = &[
        needed("account_number"),
        needed("order_number"),
        needed("placed_at"),
        optional("po_number"),
        needed("status"),
        needed("sku"),
        optional("description"),
        optional("unit"),
        needed("quantity"),
        needed("unit_price"),
        needed("currency"),
    ];
    const NUMBER: &'static str = "order_number";

    fn head(&self, cells: &Cells<'_>) -> std::result::Result<Head, String> {
        let placed_at = cells.moment("placed_at", |t| t.with_timezone(&self.0.time_zone).naive_local())?;
        if placed_at > self.0.local_now {
            return Err(format!("placed_at is in the future: {placed_at}"));
        }
        Ok(Head {
            placed_at,
            po_number: cells.maybe("po_number", |c, _| c.key("po_number"))?.unwrap_or_default(),
            status: cells.word("status", WORDS)?,
            currency: cells.currency("currency")?,
        })
    }

    fn currency(head: &Head) -> Currency {
        head.currency
    }

    fn tax_rate(&self, _: &Cells<'_>) -> std::result::Result<Decimal, String> {
        Ok(Decimal::ZERO)
    }

    fn merge(head: &mut Head, other: &Head) -> std::result::Result<(), &'static str> {
        head.placed_at = head.placed_at.min(other.placed_at);
        match () {
            () if head.currency != other.currency => Err("currency"),
            () if head.status != other.status => Err("status"),
            () if head.po_number != other.po_number => Err("po_number"),
            () => Ok(()),
        }
    }

    fn words(head: &Head) -> String {
        format!("{}\u{1f}{}\u{1f}{}\u{1f}{}", head.placed_at, head.po_number, head.status.code(), head.currency.code())
    }

    fn whole(&self, head: Head, document: Document) -> std::result::Result<Order, String> {
        let Head { placed_at, po_number, status, currency } = head;
        Ok(Order { net: net(currency, &document.lines)?, document, status, placed_at, po_number, currency })
    }

    async fn write(&self, tx: &mut Tx, documents: &[Order]) -> Result<Vec<Fate>> {
        store::import::orders(tx, documents).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_ours_can_be_imported() {
        for status in Status::ALL {
            assert!(WORDS.contains(&(status.code(), status)), "{status:?}");
        }
    }
}
