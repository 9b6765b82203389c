//! Past orders, invoices and payments.

use chrono::{Datelike as _, Days, NaiveTime};
use domain::cart::{TaxedAmount, totals};
use domain::invoices::Kind;
use domain::ledger::{Booking, Source};
use domain::{Currency, Money, Quantity};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::member;
use crate::ledger::{Booked, book};
use crate::payments::{Allocation, Received, allocate, receive};
use crate::{Error, Result, Tx};

/// Days ago, PO number, cost centre, state, lines (SKU, quantity, pence each).
type Past = (u64, &'static str, &'static str, &'static str, &'static [(&'static str, i64, i64)]);

const ACME_ORDERS: &[Past] = &[
    (96, "PO 88166", "PACK", "completed", &[("TP-48-CL", 72, 118), ("CT-4030-D", 4, 2450), ("LB-100-150", 6, 740)]),
    (75, "PO 88190", "MAINT", "completed", &[("HB-M8-40-A2", 60, 920), ("WA-M8-A2", 20, 470), ("DR-HSS-8", 10, 345)]),
    (
        58,
        "PO 88207",
        "SAFETY",
        "completed",
        &[("GL-CUT-D-9", 240, 415), ("HM-YELLOW", 6, 1190), ("SG-CLEAR", 24, 415), ("EP-FOAM-200", 2, 2190)],
    ),
    (41, "PO 88251", "MAINT", "completed", &[("LD-6", 2, 8900), ("LA-HAL-500", 1, 2890), ("CB-200-BK", 20, 265)]),
    (24, "PO 88288", "PACK", "shipped", &[("PW-500-17", 36, 765), ("TP-48-CL", 144, 112), ("CT-2020-S", 10, 1190)]),
    (
        9,
        "PO 88350",
        "MAINT",
        "shipped",
        &[("HB-M8-40-A2", 12, 984), ("WA-M8-A2", 10, 470), ("CL-DEG-5", 4, 1575), ("TW-BLUE-6", 3, 1760)],
    ),
];

const GLOBEX_ORDERS: &[Past] = &[
    (50, "G-5510", "PACK", "completed", &[("TP-48-CL", 360, 129), ("PW-500-17", 72, 798)]),
    (33, "G-5533", "PACK", "completed", &[("LB-100-150", 48, 684), ("CT-4030-D", 12, 2465)]),
    (6, "G-5561", "PACK", "shipped", &[("PW-500-17", 36, 798), ("TP-48-CL", 72, 129)]),
];

pub(super) async fn seed(tx: &mut Tx, acme: Uuid, globex: Uuid) -> Result<()> {
    for (i, past) in ACME_ORDERS.iter().enumerate() {
        // The two oldest are paid, the third in part.
        let paid = match i {
            0 | 1 => Some(100),
            2 => Some(40),
            _ => None,
        };
        order(tx, acme, "buyer@acme.example", past, paid).await?;
    }
    credit_note(tx, acme, ACME_ORDERS[2].1).await?;
    for (i, past) in GLOBEX_ORDERS.iter().enumerate() {
        order(tx, globex, "buyer@globex.example", past, (i == 0).then_some(100)).await?;
    }
    Ok(())
}

async fn order(tx: &mut Tx, account: Uuid, buyer: &str, past: &Past, paid: Option<i64>) -> Result<()> {
    let (ago, po, centre, status, goods) = *past;
    let (member, person, name) = member(tx, account, buyer).await?;
    let day = tx.today() - Days::new(ago);
    let placed = tx.instant(day.and_time(NaiveTime::from_hms_opt(9, 12, 0).unwrap_or_default()));
    let rate = Decimal::from(20);
    let mut lines = Vec::new();
    for (sku, quantity, pence) in goods {
        let quantity = Quantity::new(Decimal::from(*quantity)).ok_or_else(|| Error::odd("demo quantity", sku))?;
        let each = Money::new(Decimal::new(*pence, 2), Currency::GBP);
        lines.push((*sku, quantity, each, each.line(quantity)?));
    }
    let amounts: Vec<TaxedAmount> = lines.iter().map(|l| TaxedAmount { net: l.3, rate }).collect();
    let sum = totals(Currency::GBP, &amounts, Money::zero(Currency::GBP))?;
    let id = crate::new_id::<Uuid>();
    let count = i32::try_from(lines.len()).unwrap_or_default();
    let versions: &[&str] =
        if status == "completed" { &["confirmed", "shipped", "completed"] } else { &["confirmed", "shipped"] };
    let number = sqlx::query_scalar!(
        "INSERT INTO orders (account_id, id, number, status, version, member_id, acting_person, placed_by, placed_at, po_number, cost_centre, ship_to,
                             currency, net, delivery, tax, gross, line_count)
         SELECT $1, $2, 'SO-' || $3 || '-' || lpad(nextval('order_numbers')::text, 6, '0'), $4, $5, $6, $7, $8, $9, $10, $11,
                (SELECT to_jsonb(a) - 'account_id' FROM addresses a WHERE a.account_id = $1 AND a.kind = 'ship_to' AND a.is_default),
                'GBP', $12, 0, $13, $14, $15
         RETURNING number",
        account,
        id,
        day.year().to_string(),
        status,
        i32::try_from(versions.len()).unwrap_or_default(),
        member,
        person,
        name,
        placed,
        po,
        centre,
        sum.net.amount(),
        sum.tax.amount(),
        sum.gross.amount(),
        count
    )
    .fetch_one(tx.db())
    .await?;
    for (no, (sku, quantity, each, net)) in (1..).zip(&lines) {
        sqlx::query!(
            "INSERT INTO order_lines (account_id, order_id, line_no, product_id, sku, name, unit, quantity, unit_price, net, tax_rate, price_source, quantity_shipped)
             SELECT $1, $2, $3, p.id, p.sku, p.name, p.unit, $5, $6, $7, $8, 'Contract', $5 FROM products p WHERE p.sku = $4",
            account,
            id,
            no,
            sku,
            quantity.value(),
            each.amount(),
            net.amount(),
            rate
        )
        .execute(tx.db())
        .await?;
    }
    // It left the day after, in one go.
    sqlx::query!(
        "WITH sent AS (INSERT INTO shipments (account_id, id, order_id, carrier, tracking, shipped_on, by_name, at)
                       VALUES ($1, $3, $2, 'DPD', '1550 ' || right($4, 6) || ' 01', $5, 'Halden Supply', $6))
         INSERT INTO shipment_lines (account_id, shipment_id, order_id, line_no, quantity)
         SELECT $1, $3, $2, l.line_no, l.quantity FROM order_lines l WHERE l.account_id = $1 AND l.order_id = $2",
        account,
        id,
        crate::new_id::<Uuid>(),
        number,
        day + Days::new(1),
        placed + chrono::Duration::hours(26)
    )
    .execute(tx.db())
    .await?;
    for (version, step) in (1..).zip(versions) {
        let at = placed + chrono::Duration::days(i64::from(version) - 1) + chrono::Duration::hours(i64::from(version));
        let by = if version == 1 { name.as_str() } else { "Halden Supply" };
        sqlx::query!(
            "INSERT INTO order_events (account_id, order_id, version, status, at, by_name) VALUES ($1, $2, $3, $4, $5, $6)",
            account,
            id,
            version,
            step,
            if version == 1 { placed } else { at },
            by
        )
        .execute(tx.db())
        .await?;
    }
    let issued = day + Days::new(2);
    invoice(tx, account, Some((id, &number)), "invoice", issued, po, centre, &lines, paid).await
}

#[expect(clippy::too_many_arguments, reason = "the parts of one document")]
async fn invoice(
    tx: &mut Tx,
    account: Uuid,
    order: Option<(Uuid, &str)>,
    kind: &str,
    issued: chrono::NaiveDate,
    po: &str,
    centre: &str,
    lines: &[(&str, Quantity, Money, Money)],
    paid: Option<i64>,
) -> Result<()> {
    let rate = Decimal::from(20);
    let amounts: Vec<TaxedAmount> = lines.iter().map(|l| TaxedAmount { net: l.3, rate }).collect();
    let sum = totals(Currency::GBP, &amounts, Money::zero(Currency::GBP))?;
    let settled = match paid {
        Some(percent) => sum.gross.percent(Decimal::from(percent))?,
        None => Money::zero(Currency::GBP),
    };
    let id = crate::new_id::<Uuid>();
    let prefix = if kind == "invoice" { "INV" } else { "CN" };
    let existing = sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM invoices WHERE kind = $1"#, kind)
        .fetch_one(tx.db())
        .await?;
    let number = format!("{prefix}-{}-{:05}", issued.year(), 1877 + existing);
    sqlx::query!(
        "INSERT INTO invoices (account_id, id, number, kind, issued_on, due_on, order_id, order_number, po_number, cost_centre, bill_to, currency, net, tax, gross, line_count)
         SELECT $1, $2, $3, $4, $5::date, $5::date + 30, $6, $7, $8, $9,
                (SELECT to_jsonb(a) - 'account_id' FROM addresses a WHERE a.account_id = $1 AND a.kind = 'bill_to' AND a.is_default),
                'GBP', $10, $11, $12, $13",
        account,
        id,
        number,
        kind,
        issued,
        order.map(|o| o.0),
        order.map(|o| o.1).unwrap_or_default(),
        po,
        centre,
        sum.net.amount(),
        sum.tax.amount(),
        sum.gross.amount(),
        i32::try_from(lines.len()).unwrap_or_default()
    )
    .execute(tx.db())
    .await?;
    for (no, (sku, quantity, each, net)) in (1..).zip(lines) {
        sqlx::query!(
            "INSERT INTO invoice_lines (account_id, invoice_id, line_no, sku, name, unit, quantity, unit_price, net, tax_rate)
             SELECT $1, $2, $3, p.sku, p.name, p.unit, $5, $6, $7, $8 FROM products p WHERE p.sku = $4",
            account,
            id,
            no,
            sku,
            quantity.value(),
            each.amount(),
            net.amount(),
            rate
        )
        .execute(tx.db())
        .await?;
    }
    let (of, to) = (if kind == "invoice" { Kind::Invoice } else { Kind::CreditNote }, id);
    let booking = Booking::Issued { document: id, kind: of, net: sum.net, tax: sum.tax };
    book(tx, &[Booked { account, source: id, on: issued, booking }]).await?;
    if settled.amount().is_zero() {
        return Ok(());
    }
    let (payment, on) = (crate::new_id::<Uuid>(), issued + Days::new(27));
    let number = format!("P-{number}");
    receive(tx, &[Received { account, id: payment, number, refund: false, on, amount: settled, method: "transfer" }])
        .await?;
    let with = Source::Money(payment);
    let allocation =
        Allocation { account, with, document: to, kind: of, amount: settled, on, by: String::new(), reverses: None };
    allocate(tx, &[allocation]).await
}

async fn credit_note(tx: &mut Tx, account: Uuid, po: &str) -> Result<()> {
    let each = Money::new(Decimal::new(1190, 2), Currency::GBP);
    let two = Quantity::new(Decimal::TWO).ok_or_else(|| Error::odd("demo quantity", "2"))?;
    let issued = tx.today() - Days::new(20);
    invoice(tx, account, None, "credit_note", issued, po, "SAFETY", &[("HM-YELLOW", two, each, each.line(two)?)], None)
        .await
}
