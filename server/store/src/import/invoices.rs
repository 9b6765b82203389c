//! Invoices and credit notes.

use chrono::{Days, NaiveDate};
use domain::Currency;
use domain::accounts::Address;
use domain::cart::Totals;
use domain::invoices::Kind;
use domain::ledger::Booking;
use domain::tax::Category;
use serde_json::{Value, json};
use uuid::Uuid;

use super::documents::{Columns, count, fates, fresh, sorted};
use super::{Document, Fate, Named, column, named_accounts};
use crate::ledger::{Booked, book};
use crate::{Result, Tx};

/// A document of invoices.csv.
#[derive(Clone, Debug)]
pub struct Invoice {
    /// Whose, and its lines.
    pub document: Document,
    /// Which document.
    pub kind: Kind,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// Due day; none: the account's terms after issue.
    pub due_on: Option<NaiveDate>,
    /// The order it is of, in the same account; empty: of none. Linked when it exists.
    pub order_number: String,
    /// Of all its lines.
    pub currency: Currency,
    /// From its lines, tax per rate on their sum.
    pub totals: Totals,
}

/// Writes invoices that are not there yet. Where the order exists they take over its PO number and cost centre.
pub async fn invoices(tx: &mut Tx, rows: &[Invoice]) -> Result<Vec<Fate>> {
    let documents = column(rows, |r| &r.document);
    let accounts = named_accounts(tx, &column(rows, |r| r.document.account.clone())).await?;
    let stored = sqlx::query!(
        "SELECT i.account_id, i.number, i.import_hash
         FROM unnest($1::uuid[], $2::text[]) AS t(account_id, number) JOIN invoices i ON i.account_id = t.account_id AND i.number = t.number",
        &column(&documents, |d| accounts.get(&d.account).map_or(Uuid::nil(), |a| a.id)),
        &column(&documents, |d| d.number.clone())
    )
    .fetch_all(tx.db())
    .await?;
    let stored = stored.into_iter().map(|r| ((r.account_id, r.number), r.import_hash)).collect();
    let sorted = sorted(&documents, &accounts, &stored);
    let fresh = fresh(rows, &sorted);
    if !fresh.is_empty() {
        write(tx, &fresh).await?;
    }
    Ok(fates(sorted))
}

fn due_on(invoice: &Invoice, account: &Named) -> NaiveDate {
    let terms = Days::new(u64::try_from(account.terms).unwrap_or_default());
    invoice.due_on.or_else(|| invoice.issued_on.checked_add_days(terms)).unwrap_or(invoice.issued_on)
}

fn bill_to(account: &Named) -> Value {
    json!(Address { company: account.name.clone(), country: account.country.clone(), ..Address::default() })
}

async fn write(tx: &mut Tx, fresh: &[(Uuid, Uuid, &Invoice, &Named)]) -> Result<()> {
    sqlx::query!(
        "INSERT INTO invoices (account_id, id, number, kind, issued_on, due_on, order_id, order_number, po_number, cost_centre, bill_to,
                               currency, net, tax, gross, line_count, source, import_hash, language)
         SELECT t.account_id, t.id, t.number, t.kind, t.issued_on, t.due_on, o.id, t.order_number, COALESCE(o.po_number, ''), COALESCE(o.cost_centre, ''),
                t.bill_to, t.currency, t.net, t.tax, t.net + t.tax, t.line_count, 'import', t.hash, t.language
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::date[], $7::text[], $8::jsonb[], $9::text[], $10::numeric[],
                     $11::numeric[], $12::int[], $13::bytea[], $14::text[])
              AS t(account_id, id, number, kind, issued_on, due_on, order_number, bill_to, currency, net, tax, line_count, hash, language)
         LEFT JOIN orders o ON o.account_id = t.account_id AND o.number = t.order_number AND t.order_number <> ''",
        &column(fresh, |f| f.0),
        &column(fresh, |f| f.1),
        &column(fresh, |f| f.2.document.number.clone()),
        &column(fresh, |f| f.2.kind.code().to_owned()),
        &column(fresh, |f| f.2.issued_on),
        &column(fresh, |f| due_on(f.2, f.3)),
        &column(fresh, |f| f.2.order_number.clone()),
        &column(fresh, |f| bill_to(f.3)),
        &column(fresh, |f| f.2.currency.code().to_owned()),
        &column(fresh, |f| f.2.totals.net.amount()),
        &column(fresh, |f| f.2.totals.tax.amount()),
        &column(fresh, |f| count(&f.2.document)),
        &column(fresh, |f| f.2.document.hash.clone()),
        &column(fresh, |f| f.3.language.clone())
    )
    .execute(tx.db())
    .await?;
    let category = |rate, account: &Named| Category::of(rate, account.treatment, account.usual).code().to_owned();
    let categories: Vec<String> =
        fresh.iter().flat_map(|f| f.2.document.lines.iter().map(|l| category(l.tax_rate, f.3))).collect();
    let lines = Columns::of(&column(fresh, |f| (f.0, f.1, &f.2.document)));
    sqlx::query!(
        "INSERT INTO invoice_lines (account_id, invoice_id, line_no, sku, name, unit, quantity, unit_price, net, tax_rate, tax_category)
         SELECT t.account_id, t.invoice_id, t.line_no, t.sku, COALESCE(NULLIF(t.name, ''), p.name, t.sku), t.unit, t.quantity, t.unit_price, t.net, t.tax_rate, t.tax_category
         FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[],
                     $11::text[])
              AS t(account_id, invoice_id, line_no, sku, name, unit, quantity, unit_price, net, tax_rate, tax_category)
         LEFT JOIN products p ON p.sku = t.sku AND t.name = ''",
        &lines.account,
        &lines.document,
        &lines.line_no,
        &lines.sku,
        &lines.name,
        &lines.unit,
        &lines.quantity,
        &lines.unit_price,
        &lines.net,
        &lines.tax_rate,
        &categories
    )
    .execute(tx.db())
    .await?;
    let booked: Vec<Booked> = fresh
        .iter()
        .map(|f| Booked {
            account: f.0,
            source: f.1,
            on: f.2.issued_on,
            booking: Booking::Issued { document: f.1, kind: f.2.kind, net: f.2.totals.net, tax: f.2.totals.tax },
        })
        .collect();
    book(tx, &booked).await
}
