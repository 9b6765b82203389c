//! Past orders.

use chrono::NaiveDateTime;
use domain::orders::Status;
use domain::{Currency, Money};
use uuid::Uuid;

use super::documents::{Columns, count, fates, fresh, sorted};
use super::{Document, Fate, Named, column, named_accounts};
use crate::{Result, Tx};

/// An order of orders.csv. Its tax is unknown: gross is net.
#[derive(Clone, Debug)]
pub struct Order {
    /// Whose, and its lines.
    pub document: Document,
    /// Where it stands.
    pub status: Status,
    /// On the seller's clock.
    pub placed_at: NaiveDateTime,
    /// The buyer's reference.
    pub po_number: String,
    /// Of all its lines.
    pub currency: Currency,
    /// Sum of its lines.
    pub net: Money,
}

/// Writes orders that are not there yet.
pub async fn orders(tx: &mut Tx, rows: &[Order]) -> Result<Vec<Fate>> {
    let documents = column(rows, |r| &r.document);
    let accounts = named_accounts(tx, &column(rows, |r| r.document.account.clone())).await?;
    let stored = sqlx::query!(
        "SELECT o.account_id, o.number, o.import_hash
         FROM unnest($1::uuid[], $2::text[]) AS t(account_id, number) JOIN orders o ON o.account_id = t.account_id AND o.number = t.number",
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

async fn write(tx: &mut Tx, fresh: &[(Uuid, Uuid, &Order, &Named)]) -> Result<()> {
    sqlx::query!(
        "INSERT INTO orders (account_id, id, number, status, placed_by, placed_at, po_number, currency, net, tax, gross, line_count, source, import_hash)
         SELECT t.account_id, t.id, t.number, t.status, t.placed_by, t.placed_at AT TIME ZONE (SELECT time_zone FROM seller), t.po_number,
                t.currency, t.net, 0, t.net, t.line_count, 'import', t.hash
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamp[], $7::text[], $8::text[], $9::numeric[], $10::int[], $11::bytea[])
              AS t(account_id, id, number, status, placed_by, placed_at, po_number, currency, net, line_count, hash)",
        &column(fresh, |f| f.0),
        &column(fresh, |f| f.1),
        &column(fresh, |f| f.2.document.number.clone()),
        &column(fresh, |f| f.2.status.code().to_owned()),
        &column(fresh, |f| f.3.name.clone()),
        &column(fresh, |f| f.2.placed_at),
        &column(fresh, |f| f.2.po_number.clone()),
        &column(fresh, |f| f.2.currency.code().to_owned()),
        &column(fresh, |f| f.2.net.amount()),
        &column(fresh, |f| count(&f.2.document)),
        &column(fresh, |f| f.2.document.hash.clone())
    )
    .execute(tx.db())
    .await?;
    let lines = Columns::of(&column(fresh, |f| (f.0, f.1, &f.2.document)));
    let sent = |status| matches!(status, Status::Shipped | Status::Completed);
    let shipped: Vec<bool> =
        fresh.iter().flat_map(|f| std::iter::repeat_n(sent(f.2.status), f.2.document.lines.len())).collect();
    sqlx::query!(
        "INSERT INTO order_lines (account_id, order_id, line_no, product_id, sku, name, unit, quantity, unit_price, net, tax_rate, quantity_shipped)
         SELECT t.account_id, t.order_id, t.line_no, p.id, t.sku, COALESCE(NULLIF(t.name, ''), p.name, t.sku), t.unit, t.quantity, t.unit_price, t.net,
                t.tax_rate, CASE WHEN t.shipped THEN t.quantity ELSE 0 END
         FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::numeric[], $8::numeric[], $9::numeric[], $10::numeric[], $11::bool[])
              AS t(account_id, order_id, line_no, sku, name, unit, quantity, unit_price, net, tax_rate, shipped)
         LEFT JOIN products p ON p.sku = t.sku",
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
        &shipped
    )
    .execute(tx.db())
    .await?;
    Ok(())
}
