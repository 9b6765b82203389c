//! Past orders, invoices and payments.

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime};
use domain::cart::{TaxedAmount, totals};
use domain::ids::{InvoiceId, OrderId};
use domain::invoices::{ChargeFor, Kind};
use domain::ledger::Source;
use domain::tax::Category;
use domain::{Currency, Money, Quantity};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::member;
use crate::invoices::{self, NewCharge, NewDocument, NewLine};
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

const VIREO_ORDERS: &[Past] = &[
    (28, "4500018812", "PACK", "completed", &[("HB-M8-40-A2", 40, 1180), ("WA-M8-A2", 40, 520)]),
    (5, "4500018907", "PACK", "shipped", &[("CL-DEG-5", 8, 1690)]),
];

pub(super) async fn seed(tx: &mut Tx, acme: Uuid, globex: Uuid, vireo: Uuid) -> Result<()> {
    series(tx).await?;
    for (i, past) in ACME_ORDERS.iter().enumerate() {
        // The two oldest are paid, the third in part.
        let paid = match i {
            0 | 1 => Some(100),
            2 => Some(40),
            _ => None,
        };
        let invoice = order(tx, acme, "buyer@acme.example", past, paid).await?;
        if i == 2 {
            credit_note(tx, acme, invoice, past.1).await?;
        }
    }
    for (i, past) in GLOBEX_ORDERS.iter().enumerate() {
        order(tx, globex, "buyer@globex.example", past, (i == 0).then_some(100)).await?;
    }
    services(tx, globex).await?;
    for past in VIREO_ORDERS {
        order(tx, vireo, "einkauf@vireo.example", past, None).await?;
    }
    Ok(())
}

async fn order(tx: &mut Tx, account: Uuid, buyer: &str, past: &Past, paid: Option<i64>) -> Result<InvoiceId> {
    let (ago, po, centre, status, goods) = *past;
    let (member, person, name) = member(tx, account, buyer).await?;
    let day = tx.today() - Days::new(ago);
    let placed = tx.instant(day.and_time(NaiveTime::from_hms_opt(9, 12, 0).unwrap_or_default()));
    let rate = sqlx::query_scalar!("SELECT tax_rate FROM accounts WHERE id = $1", account).fetch_one(tx.db()).await?;
    let rate = rate.unwrap_or(Decimal::from(20));
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
    let lines =
        (1..).zip(&lines).map(|(no, (sku, quantity, each, net))| line(Some(no), sku, *quantity, *each, *net, rate));
    let mut document = new(Kind::Invoice, day + Days::new(2), lines.collect());
    document.order = Some(OrderId(id));
    issue_paid(tx, account, document, paid).await
}

fn line(
    order_line: Option<i32>,
    sku: &str,
    quantity: Quantity,
    unit_price: Money,
    net: Money,
    tax_rate: Decimal,
) -> NewLine {
    // What it is called is filled in from the catalog.
    let (sku, name, unit) = (sku.to_owned(), String::new(), String::new());
    NewLine {
        sku,
        name,
        unit,
        quantity,
        unit_price,
        net,
        tax_rate,
        category: None,
        order_line,
        corrects_line: None,
        price_only: false,
    }
}

fn new(kind: Kind, issued_on: NaiveDate, lines: Vec<NewLine>) -> NewDocument<'static> {
    NewDocument {
        id: invoices::new_id(),
        kind,
        currency: Currency::GBP,
        order: None,
        corrects: None,
        reason: "",
        issued_on,
        delivered_on: issued_on.pred_opt(),
        lines,
        charges: Vec::new(),
    }
}

/// Issues a document, and settles so many per cent of it.
async fn issue_paid(tx: &mut Tx, account: Uuid, mut document: NewDocument<'_>, paid: Option<i64>) -> Result<InvoiceId> {
    for l in &mut document.lines {
        let known =
            sqlx::query!("SELECT name, unit FROM products WHERE sku = $1", l.sku).fetch_optional(tx.db()).await?;
        if let Some(product) = known {
            (l.name, l.unit) = (product.name, product.unit);
        }
    }
    let issued = invoices::issue(tx, account.into(), &document).await?;
    let Some(percent) = paid else { return Ok(document.id) };
    let settled = issued.gross.percent(Decimal::from(percent))?;
    let (payment, on) = (crate::new_id::<Uuid>(), document.issued_on + Days::new(27));
    let number = format!("P-{}", issued.number);
    receive(tx, &[Received { account, id: payment, number, refund: false, on, amount: settled, method: "transfer" }])
        .await?;
    let allocation = Allocation {
        account,
        with: Source::Money(payment),
        document: document.id.0,
        kind: document.kind,
        amount: settled,
        on,
        by: String::new(),
        reverses: None,
    };
    allocate(tx, &[allocation]).await?;
    Ok(document.id)
}

/// Two of the helmets of an order came back.
async fn credit_note(tx: &mut Tx, account: Uuid, invoice: InvoiceId, po: &str) -> Result<()> {
    let each = Money::new(Decimal::new(1190, 2), Currency::GBP);
    let two = Quantity::new(Decimal::TWO).ok_or_else(|| Error::odd("demo quantity", "2"))?;
    let order = sqlx::query_scalar!("SELECT id FROM orders WHERE account_id = $1 AND po_number = $2", account, po)
        .fetch_one(tx.db())
        .await?;
    // The helmets are the order's and the invoice's second line.
    let mut line = line(Some(2), "HM-YELLOW", two, each, each.line(two)?, Decimal::from(20));
    line.corrects_line = Some(2);
    let mut document = new(Kind::CreditNote, tx.today() - Days::new(20), vec![line]);
    (document.order, document.corrects) = (Some(OrderId(order)), Some(invoice));
    document.reason = "Two helmets came back: wrong size";
    sqlx::query!("UPDATE invoices SET credits = 1 WHERE account_id = $1 AND id = $2", account, invoice.0)
        .execute(tx.db())
        .await?;
    issue_paid(tx, account, document, None).await.map(|_| ())
}

/// An invoice of no order, with a line of every category that a customer in the country can meet.
async fn services(tx: &mut Tx, account: Uuid) -> Result<()> {
    const LINES: [(&str, &str, &str, i64, i64, i64, Category); 4] = [
        ("SV-RACK", "Inspection of pallet racking, half a day", "hour", 4, 6200, 20, Category::Standard),
        ("IN-MAT-60", "Loft insulation, energy-saving, installed", "m2", 36, 1475, 5, Category::Reduced),
        ("BK-LIFT", "Safe lifting, handbook, printed", "EA", 12, 950, 0, Category::Zero),
        ("TR-FIRST-AID", "First aid at work, certified course", "day", 2, 24500, 0, Category::Exempt),
    ];
    let lines = LINES
        .into_iter()
        .map(|(sku, name, unit, quantity, pence, rate, category)| {
            let quantity = Quantity::new(Decimal::from(quantity)).ok_or_else(|| Error::odd("demo quantity", sku))?;
            let each = Money::new(Decimal::new(pence, 2), Currency::GBP);
            let line = line(None, sku, quantity, each, each.line(quantity)?, Decimal::from(rate));
            Ok(NewLine { name: name.to_owned(), unit: unit.to_owned(), category: Some(category), ..line })
        })
        .collect::<Result<Vec<_>>>()?;
    let mut document = new(Kind::Invoice, tx.today() - Days::new(3), lines);
    let delivery = Money::new(Decimal::new(750, 2), Currency::GBP);
    document.charges =
        vec![NewCharge { what: ChargeFor::Delivery, net: delivery, tax_rate: Decimal::from(20), category: None }];
    issue_paid(tx, account, document, None).await.map(|_| ())
}

/// The numbers go on where those of the years before ended.
async fn series(tx: &mut Tx) -> Result<()> {
    for years_ago in [0, 1] {
        for series in ["INV", "CN"] {
            sqlx::query!(
                "INSERT INTO document_series (series, first, last) VALUES ($1, 1877, 1876)",
                format!("{series}-{}", tx.today().year() - years_ago)
            )
            .execute(tx.db())
            .await?;
        }
    }
    Ok(())
}
