//! The birth of every document that is made here: one function, so that whatever must come with a document comes with each.

use chrono::{Datelike as _, Days, NaiveDate};
use domain::accounts::Address;
use domain::ids::{AccountId, InvoiceId, MemberId, OrderId};
use domain::invoices::{Charge, ChargeFor, Kind, Party, totals};
use domain::ledger::Booking;
use domain::notices;
use domain::payments::Discount;
use domain::tax::{Category, Taxed};
use domain::{Currency, Money, Quantity, text};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::exactly;
use crate::ledger::{Booked, book};
use crate::notices::{Note, tell};
use crate::{Error, Result, Tx, audit};

/// A line of a document to be.
pub(crate) struct NewLine {
    pub sku: String,
    pub name: String,
    pub unit: String,
    pub quantity: Quantity,
    pub unit_price: Money,
    pub net: Money,
    pub tax_rate: Decimal,
    /// None: as the customer is taxed now.
    pub category: Option<Category>,
    pub order_line: Option<i32>,
    /// Position in the invoice that is corrected.
    pub corrects_line: Option<i32>,
    /// Of that line the price is corrected, not how many there are.
    pub price_only: bool,
}

/// A charge or allowance of a document to be.
pub(crate) struct NewCharge {
    pub what: ChargeFor,
    pub net: Money,
    pub tax_rate: Decimal,
    /// None: as the customer is taxed now.
    pub category: Option<Category>,
}

/// A document to be. What it says of order and customer beside this is read when it is issued, and stays.
pub(crate) struct NewDocument<'a> {
    pub id: InvoiceId,
    pub kind: Kind,
    pub currency: Currency,
    pub order: Option<OrderId>,
    /// The invoice that a credit note corrects; address, numbers and references are that one's.
    pub corrects: Option<InvoiceId>,
    pub reason: &'a str,
    pub issued_on: NaiveDate,
    pub delivered_on: Option<NaiveDate>,
    pub lines: Vec<NewLine>,
    pub charges: Vec<NewCharge>,
}

/// A document that was issued.
pub(crate) struct Issued {
    pub number: String,
    pub gross: Money,
}

/// What is read for it.
struct Facts {
    order_number: String,
    po_number: String,
    cost_centre: String,
    bill_to: Value,
    buyer: Value,
    language: String,
    due_on: NaiveDate,
    series: String,
    treatment: Option<Category>,
    usual: Decimal,
    discount: Option<Discount>,
    payers: Vec<MemberId>,
}

/// Issues a document of an account: number, totals, rows, audit, and those who pay are told. The asking person works in the
/// account, or it is a job, which tells nobody. All rows that it takes locks on but the audit head and the counter are locked
/// before: those two come last, in this order (see `draw_number` in `migrations/0018_documents.sql`).
pub(crate) async fn issue(tx: &mut Tx, account: AccountId, new: &NewDocument<'_>) -> Result<Issued> {
    let facts = Facts::read(tx, account, new).await?;
    let category =
        |given: Option<Category>, rate| given.unwrap_or_else(|| Category::of(rate, facts.treatment, facts.usual));
    let lines: Vec<Taxed> = new
        .lines
        .iter()
        .map(|l| Taxed { net: l.net, rate: l.tax_rate, category: category(l.category, l.tax_rate) })
        .collect();
    let charges: Vec<Charge> = new
        .charges
        .iter()
        .map(|c| {
            let taxed = Taxed { net: c.net, rate: c.tax_rate, category: category(c.category, c.tax_rate) };
            Charge { what: c.what, taxed }
        })
        .collect();
    let sum = totals(new.currency, &lines, &charges)?;
    let number = sqlx::query_scalar!(
        r#"WITH head AS MATERIALIZED (SELECT h.seq FROM audit_heads h WHERE h.account_id = $1 FOR UPDATE)
           SELECT $2 || '-' || lpad(draw_number($2)::text, 5, '0') AS "number!" FROM (SELECT count(*) FROM head) locked"#,
        account.0,
        facts.series
    )
    .fetch_one(tx.db())
    .await?;
    let done = sqlx::query!(
        "INSERT INTO invoices (account_id, id, number, kind, issued_on, due_on, order_id, order_number, po_number, cost_centre, bill_to,
                               currency, net, tax, gross, line_count, delivered_on, corrects, reason, language, buyer,
                               discount_percent, discount_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
        account.0,
        new.id.0,
        number,
        new.kind.code(),
        new.issued_on,
        facts.due_on,
        new.order.map(|o| o.0),
        facts.order_number,
        facts.po_number,
        facts.cost_centre,
        facts.bill_to,
        new.currency.code(),
        sum.net.amount(),
        sum.tax.amount(),
        sum.gross.amount(),
        i32::try_from(new.lines.len()).unwrap_or(i32::MAX),
        new.delivered_on,
        new.corrects.map(|i| i.0),
        new.reason,
        facts.language,
        facts.buyer,
        facts.discount.map(|d| d.percent),
        facts.discount.map(|d| d.until)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let booking = Booking::Issued { document: new.id.0, kind: new.kind, net: sum.net, tax: sum.tax };
    book(tx, &[Booked { account: account.0, source: new.id.0, on: new.issued_on, booking }]).await?;
    write_lines(tx, account, new, &lines).await?;
    write_charges(tx, account, new.id, &charges).await?;
    record(tx, account, new, &facts, &number, sum.gross).await?;
    Ok(Issued { number, gross: sum.gross })
}

impl Facts {
    /// One statement.
    async fn read(tx: &mut Tx, account: AccountId, new: &NewDocument<'_>) -> Result<Self> {
        let r = sqlx::query!(
            r#"SELECT a.name, a.country, a.tax_number, a.endpoint, a.language, a.payment_terms_days, a.discount_percent, a.discount_days, s.default_tax_rate,
                      COALESCE(a.tax_treatment, CASE WHEN a.country <> s.country THEN 'export' END) AS treatment,
                      CASE $4 WHEN 'invoice' THEN s.invoice_series ELSE s.credit_series END AS "series!",
                      p.tax_number AS "above?",
                      (SELECT to_jsonb(d) FROM addresses d WHERE d.account_id IN (a.id, a.parent_id) AND d.kind = 'bill_to'
                       ORDER BY d.account_id = a.id DESC, d.is_default DESC, d.label LIMIT 1) AS bill_to,
                      o.number AS "order_number?", o.po_number AS "po_number?", o.cost_centre AS "cost_centre?",
                      c.order_number AS "its_order?", c.po_number AS "its_po?", c.cost_centre AS "its_centre?", c.bill_to AS "its_bill_to?",
                      c.buyer AS "its_buyer?", c.language AS "its_language?",
                      ARRAY(SELECT m.id FROM members m WHERE m.account_id = a.id AND m.status = 'active' AND 'finance' = ANY (m.roles)) AS "payers!"
               FROM accounts a CROSS JOIN seller s LEFT JOIN accounts p ON p.id = a.parent_id
               LEFT JOIN orders o ON o.account_id = a.id AND o.id = $2 LEFT JOIN invoices c ON c.account_id = a.id AND c.id = $3
               WHERE a.id = $1"#,
            account.0,
            new.order.map(|o| o.0),
            new.corrects.map(|i| i.0),
            new.kind.code()
        )
        .fetch_one(tx.db())
        .await?;
        let odd = |e: serde_json::Error| Error::odd("addresses", &e.to_string());
        let bill_to = match r.bill_to.map(serde_json::from_value::<Address>).transpose().map_err(odd)? {
            Some(address) => address,
            None => Address { company: r.name.clone(), country: r.country.clone(), ..Address::default() },
        };
        // A unit is registered with its company, unless it is by itself.
        let vat_number = if r.tax_number.is_empty() { r.above.unwrap_or_default() } else { r.tax_number };
        let buyer = Party { name: r.name, vat_number, endpoint: r.endpoint, country: r.country };
        let terms = match new.kind {
            Kind::Invoice => Days::new(u64::try_from(r.payment_terms_days).unwrap_or_default()),
            Kind::CreditNote => Days::new(0),
        };
        let last = |days| new.issued_on.checked_add_days(Days::new(u64::try_from(days).unwrap_or_default()));
        let discount = match (new.kind, r.discount_percent, r.discount_days.and_then(last)) {
            (Kind::Invoice, Some(percent), Some(until)) => Some(Discount { percent, until }),
            _ => None,
        };
        Ok(Self {
            order_number: r.its_order.or(r.order_number).unwrap_or_default(),
            po_number: r.its_po.or(r.po_number).unwrap_or_default(),
            cost_centre: r.its_centre.or(r.cost_centre).unwrap_or_default(),
            bill_to: r.its_bill_to.unwrap_or_else(|| json!(bill_to)),
            buyer: r.its_buyer.filter(|b| b.get("name").is_some()).unwrap_or_else(|| json!(buyer)),
            language: r.its_language.unwrap_or(r.language),
            due_on: new.issued_on.checked_add_days(terms).unwrap_or(new.issued_on),
            series: format!("{}-{}", r.series, new.issued_on.year()),
            treatment: r.treatment.as_deref().and_then(Category::parse),
            usual: r.default_tax_rate,
            discount,
            payers: r.payers.into_iter().map(MemberId).collect(),
        })
    }
}

async fn write_lines(tx: &mut Tx, account: AccountId, new: &NewDocument<'_>, taxed: &[Taxed]) -> Result<()> {
    let lines = &new.lines;
    let done = sqlx::query!(
        "INSERT INTO invoice_lines (account_id, invoice_id, line_no, sku, name, unit, quantity, unit_price, net, tax_rate, tax_category, order_line,
                                    corrects_line, price_only, own_number)
         SELECT $1, $2, t.*, COALESCE((SELECT o.own_number FROM order_lines o WHERE (o.account_id, o.order_id, o.line_no) = ($1, $15, t.order_line)),
                                      (SELECT c.own_number FROM invoice_lines c WHERE (c.account_id, c.invoice_id, c.line_no) = ($1, $16, t.corrects_line)), '')
         FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[],
                                        $11::text[], $12::int[], $13::int[], $14::boolean[])
              AS t(line_no, sku, name, unit, quantity, unit_price, net, tax_rate, category, order_line, corrects_line, price_only)",
        account.0,
        new.id.0,
        &(1..).take(lines.len()).collect::<Vec<i32>>(),
        &lines.iter().map(|l| l.sku.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.name.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.unit.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.quantity.value()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.unit_price.amount()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.net.amount()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.tax_rate).collect::<Vec<_>>(),
        &taxed.iter().map(|t| t.category.code().to_owned()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.order_line).collect::<Vec<_>>() as &[Option<i32>],
        &lines.iter().map(|l| l.corrects_line).collect::<Vec<_>>() as &[Option<i32>],
        &lines.iter().map(|l| l.price_only).collect::<Vec<_>>(),
        new.order.map(|o| o.0),
        new.corrects.map(|i| i.0)
    )
    .execute(tx.db())
    .await?;
    exactly(lines.len() as u64, &done)
}

async fn write_charges(tx: &mut Tx, account: AccountId, id: InvoiceId, charges: &[Charge]) -> Result<()> {
    if charges.is_empty() {
        return Ok(());
    }
    let done = sqlx::query!(
        "INSERT INTO invoice_charges (account_id, invoice_id, no, what, net, tax_rate, tax_category)
         SELECT $1, $2, t.* FROM unnest($3::int[], $4::text[], $5::numeric[], $6::numeric[], $7::text[]) AS t",
        account.0,
        id.0,
        &(1..).take(charges.len()).collect::<Vec<i32>>(),
        &charges.iter().map(|c| c.what.code().to_owned()).collect::<Vec<_>>(),
        &charges.iter().map(|c| c.taxed.net.amount()).collect::<Vec<_>>(),
        &charges.iter().map(|c| c.taxed.rate).collect::<Vec<_>>(),
        &charges.iter().map(|c| c.taxed.category.code().to_owned()).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    exactly(charges.len() as u64, &done)
}

/// The trail, and those who pay.
async fn record(
    tx: &mut Tx,
    account: AccountId,
    new: &NewDocument<'_>,
    facts: &Facts,
    number: &str,
    gross: Money,
) -> Result<()> {
    let action = match new.kind {
        Kind::Invoice => "invoice.issued",
        Kind::CreditNote => "credit_note.issued",
    };
    let detail = json!({ "order": facts.order_number, "gross": gross.amount(), "currency": gross.currency().code(),
                         "lines": new.lines.len(), "reason": new.reason });
    if tx.actor().is_err() {
        return audit::record_job(tx, account, "The seller", action, number, detail).await;
    }
    audit::record_for(tx, account, action, number, detail).await?;
    let (text, mail) = match new.kind {
        Kind::Invoice => (
            format!("Invoice {number} over {} is due on {}", text::money(gross), text::date(facts.due_on)),
            String::new(),
        ),
        Kind::CreditNote => {
            (format!("Credit note {number} over {}", text::money(gross)), format!("Why: {}\n", new.reason))
        }
    };
    let note = |member: &MemberId| Note {
        member: *member,
        kind: notices::Kind::Invoice,
        text: text.clone(),
        href: format!("/invoices/{number}"),
        mail: mail.clone(),
    };
    tell(tx, account, &facts.payers.iter().map(note).collect::<Vec<_>>()).await
}

/// A new document's id, for those who have none from a form.
pub(crate) fn new_id() -> InvoiceId {
    crate::new_id::<Uuid>().into()
}
