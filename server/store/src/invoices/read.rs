//! Invoices, credit notes and what is owed. For finance users of the account.

use chrono::NaiveDate;
use domain::accounts::Address;
use domain::invoices::{
    Ageing, Charge, ChargeFor, InvoiceLine, InvoicePage, InvoiceQuery, InvoiceRow, InvoicesPage, Kind, Language,
    Letterhead, PAGE, Settlement, Tab, bucket, status, totals,
};
use domain::paging::{COUNTED, Walk};
use domain::payments::Discount;
use domain::tax::{Category, Taxed};
use domain::{Currency, Money, Permission, Quantity};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{Error, Result, Tx};

struct Row {
    number: String,
    kind: String,
    issued_on: NaiveDate,
    due_on: NaiveDate,
    order_number: String,
    po_number: String,
    currency: String,
    gross: Decimal,
    settled: Decimal,
    in_payment: Decimal,
    disputed: bool,
    total: i64,
}

impl Row {
    fn view(self, today: NaiveDate) -> Result<InvoiceRow> {
        let kind = Kind::parse(&self.kind).ok_or_else(|| Error::odd("invoices.kind", &self.kind))?;
        let currency =
            Currency::parse(&self.currency).ok_or_else(|| Error::odd("invoices.currency", &self.currency))?;
        let money = |amount| Money::new(amount, currency);
        let (gross, settled) = (money(self.gross), money(self.settled));
        Ok(InvoiceRow {
            number: self.number,
            kind,
            issued_on: self.issued_on,
            due_on: self.due_on,
            order_number: self.order_number,
            po_number: self.po_number,
            gross,
            open: gross.minus(settled)?,
            status: status(kind, gross, settled, money(self.in_payment), self.disputed, self.due_on, today),
        })
    }
}

/// The rows of a list whose documents match a condition on `i`. A statement for each condition, so that its index is used, forward or
/// back (the other way reads no row). The row that a page begins behind is found by a sub-select as a whole: COALESCE itself may leak, so
/// that under row-level security no index would be asked with it. The total is counted as far as [`COUNTED`].
macro_rules! listed {
    ($tx:ident, $query:ident, $walk:ident, $condition:literal $(, $words:expr)*) => {
        sqlx::query_as!(
            Row,
            r#"WITH matched AS NOT MATERIALIZED (
                   SELECT i.id, i.issued_on FROM invoices i
                   WHERE i.account_id = $1 AND ($2::date IS NULL OR i.issued_on >= $2) AND ($3::date IS NULL OR i.issued_on <= $3) AND "#
                + $condition
                + r#")
               SELECT i.number, i.kind, i.issued_on, i.due_on, i.order_number, i.po_number, i.currency, i.gross, i.settled, i.in_payment,
                      EXISTS (SELECT 1 FROM disputes d WHERE (d.account_id, d.invoice_id) = (i.account_id, i.id) AND d.status = 'open') AS "disputed!",
                      (SELECT count(*) FROM (SELECT 1 FROM matched LIMIT $9) counted) AS "total!"
               FROM ((SELECT m.id FROM matched m
                      WHERE (m.issued_on, m.id) < ((SELECT COALESCE((SELECT a.issued_on FROM invoices a WHERE a.account_id = $1 AND a.number = $4), 'infinity'::date)),
                                             (SELECT COALESCE((SELECT a.id FROM invoices a WHERE a.account_id = $1 AND a.number = $4), 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)))
                      ORDER BY m.issued_on DESC, m.id DESC LIMIT $5 OFFSET $6)
                     UNION ALL
                     (SELECT m.id FROM matched m
                      WHERE (m.issued_on, m.id) > ((SELECT b.issued_on FROM invoices b WHERE b.account_id = $1 AND b.number = $7),
                                                   (SELECT b.id FROM invoices b WHERE b.account_id = $1 AND b.number = $7))
                      ORDER BY m.issued_on, m.id LIMIT $8)) page
               JOIN invoices i ON (i.account_id, i.id) = ($1, page.id)
               ORDER BY i.issued_on DESC, i.id DESC"#,
            $tx.actor()?.account().0,
            $query.from,
            $query.to,
            $walk.after,
            $walk.forward,
            $walk.skip,
            $walk.before,
            $walk.back,
            COUNTED
            $(, $words)*
        )
        .fetch_all($tx.db())
        .await?
    };
}

async fn rows(tx: &mut Tx, query: &InvoiceQuery, walk: Walk<'_>) -> Result<(Vec<InvoiceRow>, i64)> {
    let today = tx.today();
    let words = query.words.replace(['%', '_', '\\'], "");
    let rows = match query.tab {
        _ if !words.is_empty() => listed!(
            tx,
            query,
            walk,
            "CASE $10 WHEN 'open' THEN i.settled < i.gross
                     WHEN 'overdue' THEN i.settled < i.gross AND i.kind = 'invoice' AND i.due_on < (SELECT current_setting('app.today')::date)
                     WHEN 'disputed' THEN i.settled < i.gross AND i.id IN (SELECT d.invoice_id FROM disputes d WHERE d.account_id = i.account_id AND d.status = 'open')
                     WHEN 'paid' THEN i.settled >= i.gross
                     WHEN 'credit-notes' THEN i.kind = 'credit_note'
                     ELSE true END
             AND (i.number ILIKE '%' || $11 || '%' OR i.order_number ILIKE '%' || $11 || '%' OR i.po_number ILIKE '%' || $11 || '%')",
            query.tab.code(),
            words
        ),
        Tab::Open => listed!(tx, query, walk, "i.settled < i.gross"),
        Tab::Overdue => listed!(
            tx,
            query,
            walk,
            "i.settled < i.gross AND i.kind = 'invoice' AND i.due_on < (SELECT current_setting('app.today')::date)"
        ),
        Tab::Disputed => listed!(
            tx,
            query,
            walk,
            "i.settled < i.gross AND i.id IN (SELECT d.invoice_id FROM disputes d WHERE d.account_id = i.account_id AND d.status = 'open')"
        ),
        Tab::Paid => listed!(tx, query, walk, "i.settled >= i.gross"),
        Tab::CreditNotes => listed!(tx, query, walk, "i.kind = 'credit_note'"),
        Tab::All => listed!(tx, query, walk, "true"),
    };
    let total = rows.first().map_or(0, |r| r.total);
    Ok((rows.into_iter().map(|r| r.view(today)).collect::<Result<_>>()?, total))
}

/// A page of the account's documents with what is owed. Two statements.
pub async fn list(tx: &mut Tx, query: InvoiceQuery) -> Result<InvoicesPage> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let can_pay = actor.may(Permission::InvoicePay);
    let (rows, total) = rows(tx, &query, query.at.walk(PAGE)).await?;
    Ok(InvoicesPage { rows, total, ageing: ageing(tx).await?, can_pay, today: tx.today(), query })
}

/// Documents in one CSV at most; more are exported by narrowing the dates.
pub const CSV_ROWS: i64 = 100_000;

/// Every document that the filter matches, for the CSV.
pub async fn export(tx: &mut Tx, query: &InvoiceQuery) -> Result<Vec<InvoiceRow>> {
    tx.actor()?.require(Permission::InvoiceRead)?;
    Ok(rows(tx, query, Walk::first(CSV_ROWS)).await?.0)
}

/// What the account owes, by age, in its own currency.
async fn ageing(tx: &mut Tx) -> Result<Ageing> {
    let actor = tx.actor()?;
    let (currency, today) = (actor.currency(), tx.today());
    let rows = sqlx::query!(
        r#"SELECT i.kind AS "kind!", i.due_on AS "due_on!", sum(i.gross - i.settled) AS "open!" FROM invoices i
           WHERE i.account_id = $1 AND i.settled < i.gross AND i.currency = $2 GROUP BY 1, 2
           UNION ALL
           SELECT 'credit_note', $3::date, CASE p.kind WHEN 'refund' THEN p.used - p.amount ELSE p.amount - p.used END FROM payments p
           WHERE p.account_id = $1 AND p.used < p.amount AND p.currency = $2"#,
        actor.account().0,
        currency.code(),
        today
    )
    .fetch_all(tx.db())
    .await?;
    let mut result = Ageing {
        balance: Money::zero(currency),
        buckets: [Money::zero(currency); 5],
        credit: Money::zero(currency),
        next_due: None,
    };
    for row in rows {
        let open = Money::new(row.open, currency);
        if row.kind == "credit_note" {
            result.credit = result.credit.plus(open)?;
            result.balance = result.balance.minus(open)?;
        } else {
            let slot = &mut result.buckets[bucket(row.due_on, today)];
            *slot = slot.plus(open)?;
            result.balance = result.balance.plus(open)?;
            if row.due_on >= today {
                result.next_due = Some(result.next_due.map_or(row.due_on, |d| d.min(row.due_on)));
            }
        }
    }
    Ok(result)
}

/// A document's charge as JSON has it: what for, amount, rate, category.
type Beside = (String, Decimal, Decimal, String);

/// One document with everything its PDF and its XML say. Two statements. Not found for another account's.
pub async fn find(tx: &mut Tx, number: &str) -> Result<InvoicePage> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let account = actor.account().0;
    let r = sqlx::query!(
        r#"SELECT i.id, i.number, i.kind, i.issued_on, i.due_on, i.order_number, i.po_number, i.cost_centre, i.bill_to, i.currency, i.gross, i.settled, i.in_payment,
                  EXISTS (SELECT 1 FROM disputes d WHERE (d.account_id, d.invoice_id) = (i.account_id, i.id) AND d.status = 'open') AS "disputed!",
                  i.discount_percent, i.discount_until, i.delivered_on, i.reason, i.language, i.buyer, a.number AS account_number, to_jsonb(s) AS "seller!",
                  jsonb_build_object('name', a.name, 'vat_number', a.tax_number, 'endpoint', a.endpoint, 'country', a.country) AS "account!",
                  o.ship_to AS "ship_to?", c.number AS "corrects?", c.issued_on AS "corrects_on?",
                  ARRAY(SELECT n.number FROM invoices n WHERE n.account_id = i.account_id AND n.corrects = i.id ORDER BY n.issued_on, n.id) AS "corrected_by!",
                  (SELECT jsonb_agg(jsonb_build_array(g.what, g.net::text, g.tax_rate::text, g.tax_category) ORDER BY g.no)
                   FROM invoice_charges g WHERE (g.account_id, g.invoice_id) = (i.account_id, i.id)) AS charges,
                  (SELECT jsonb_agg(jsonb_build_array(COALESCE(p.number, c.number, ''), x.at, CASE WHEN x.reverses IS NULL THEN x.amount ELSE -x.amount END::text,
                                                      CASE WHEN x.own AND NOT EXISTS (SELECT 1 FROM allocations r WHERE (r.account_id, r.reverses) = (i.account_id, x.id)) THEN x.id END)
                                    ORDER BY x.at, x.id)
                   FROM (SELECT l.id, l.at, l.amount, l.reverses, l.payment_id, l.credit_note_id AS other, l.by_name <> '' AND l.reverses IS NULL AND l.discount_tax IS NULL AS own
                         FROM allocations l WHERE (l.account_id, l.invoice_id) = (i.account_id, i.id)
                         UNION ALL
                         SELECT l.id, l.at, l.amount, l.reverses, NULL, l.invoice_id, false FROM allocations l
                         WHERE (l.account_id, l.credit_note_id) = (i.account_id, i.id)) x
                   LEFT JOIN payments p ON (p.account_id, p.id) = (i.account_id, x.payment_id)
                   LEFT JOIN invoices c ON (c.account_id, c.id) = (i.account_id, x.other)) AS settlements
           FROM invoices i JOIN accounts a ON a.id = i.account_id CROSS JOIN seller s
           LEFT JOIN orders o ON (o.account_id, o.id) = (i.account_id, i.order_id)
           LEFT JOIN invoices c ON (c.account_id, c.id) = (i.account_id, i.corrects)
           WHERE i.account_id = $1 AND i.number = $2"#,
        account,
        number
    )
    .fetch_one(tx.db())
    .await?;
    let currency = Currency::parse(&r.currency).ok_or_else(|| Error::odd("invoices.currency", &r.currency))?;
    let lines = lines(tx, account, r.id, currency).await?;
    let odd = |e: serde_json::Error| Error::odd("invoice", &e.to_string());
    let charges: Vec<Beside> = r.charges.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    let charges = charges
        .into_iter()
        .map(|(what, net, rate, code)| {
            let what = ChargeFor::parse(&what).ok_or_else(|| Error::odd("invoice_charges.what", &what))?;
            Ok(Charge { what, taxed: Taxed { net: Money::new(net, currency), rate, category: category(&code)? } })
        })
        .collect::<Result<Vec<_>>>()?;
    let totals = totals(currency, &lines.iter().map(InvoiceLine::taxed).collect::<Vec<_>>(), &charges)?;
    let can_pay = actor.may(Permission::InvoicePay) && currency == actor.currency();
    let settlements: Vec<(String, NaiveDate, Decimal, Option<Uuid>)> =
        r.settlements.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    // Imported documents did not keep whom they were for: they say what the account says now.
    let buyer = if r.buyer.get("name").is_some() { r.buyer } else { r.account };
    let row = Row {
        number: r.number,
        kind: r.kind,
        issued_on: r.issued_on,
        due_on: r.due_on,
        order_number: r.order_number,
        po_number: r.po_number,
        currency: r.currency,
        gross: r.gross,
        settled: r.settled,
        in_payment: r.in_payment,
        disputed: r.disputed,
        total: 1,
    };
    Ok(InvoicePage {
        row: row.view(tx.today())?,
        account_number: r.account_number,
        bill_to: serde_json::from_value::<Address>(r.bill_to).map_err(odd)?,
        ship_to: r.ship_to.map(serde_json::from_value::<Address>).transpose().map_err(odd)?,
        delivered_on: r.delivered_on,
        buyer: serde_json::from_value(buyer).map_err(odd)?,
        cost_centre: r.cost_centre,
        language: Language::parse(&r.language).ok_or_else(|| Error::odd("invoices.language", &r.language))?,
        lines,
        charges,
        totals,
        corrects: r.corrects.zip(r.corrects_on),
        corrected_by: r.corrected_by,
        reason: r.reason,
        settlements: settlements
            .into_iter()
            .map(|(number, on, amount, undo)| Settlement {
                number,
                on,
                amount: Money::new(amount, currency),
                undo: undo.filter(|_| can_pay),
            })
            .collect(),
        can_pay,
        discount: r.discount_percent.zip(r.discount_until).map(|(percent, until)| Discount { percent, until }),
        seller: letterhead(r.seller)?,
        today: tx.today(),
    })
}

fn category(code: &str) -> Result<Category> {
    Category::parse(code).ok_or_else(|| Error::odd("tax_category", code))
}

async fn lines(tx: &mut Tx, account: Uuid, invoice: Uuid, currency: Currency) -> Result<Vec<InvoiceLine>> {
    let lines = sqlx::query!(
        "SELECT line_no, sku, own_number, name, unit, quantity, unit_price, net, tax_rate, tax_category, order_line
         FROM invoice_lines WHERE account_id = $1 AND invoice_id = $2 ORDER BY line_no",
        account,
        invoice
    )
    .fetch_all(tx.db())
    .await?;
    lines
        .into_iter()
        .map(|l| {
            Ok(InvoiceLine {
                line_no: l.line_no,
                sku: l.sku,
                own_number: l.own_number,
                name: l.name,
                unit: l.unit,
                quantity: Quantity::new(l.quantity)
                    .ok_or_else(|| Error::odd("invoice_lines.quantity", &l.quantity.to_string()))?,
                unit_price: Money::new(l.unit_price, currency),
                net: Money::new(l.net, currency),
                tax_rate: l.tax_rate,
                category: category(&l.tax_category)?,
                order_line: l.order_line,
            })
        })
        .collect()
}

/// The seller's row as JSON, as the head of its letters.
pub(crate) fn letterhead(seller: serde_json::Value) -> Result<Letterhead> {
    let seller: Seller = serde_json::from_value(seller).map_err(|e| Error::odd("seller", &e.to_string()))?;
    Ok(seller.letterhead())
}

#[derive(serde::Deserialize)]
struct Seller {
    name: String,
    legal_name: String,
    street: String,
    postcode: String,
    city: String,
    country: String,
    vat_number: String,
    email: String,
    phone: String,
    iban: String,
    bic: String,
    endpoint: String,
}

impl Seller {
    fn letterhead(self) -> Letterhead {
        let address = Address {
            company: self.legal_name.clone(),
            street: self.street,
            postcode: self.postcode,
            city: self.city,
            country: self.country,
        };
        Letterhead {
            name: self.name,
            legal_name: self.legal_name,
            address,
            vat_number: self.vat_number,
            email: self.email,
            phone: self.phone,
            iban: self.iban,
            bic: self.bic,
            endpoint: self.endpoint,
        }
    }
}
