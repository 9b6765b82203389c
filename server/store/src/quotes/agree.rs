//! "Make it our agreement": the prices of a quote become prices of a contract.

use chrono::NaiveDate;
use domain::quotes::{Document, Status};
use domain::{Cause, Permission, Problem};
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::lock;
use crate::{Result, Tx, audit};

/// Writes the article prices of the version in force into a contract of its account: an active one (`contract`, its number), or
/// a new one called after the quote. Each offer is a price from its quantity on; they hold from today until `until`. Prices for the
/// same quantity that the list already has end the day before. Gives the contract's number and how many prices it got.
pub async fn agree(
    tx: &mut Tx,
    number: &str,
    contract: Option<&str>,
    until: Option<NaiveDate>,
) -> Result<(String, usize)> {
    let actor = tx.actor()?;
    actor.require(Permission::QuoteWrite)?;
    let case = lock(tx, number, None).await?;
    if !matches!(case.now(tx), Status::Sent | Status::PartlyAccepted | Status::Accepted) {
        let state = case.now(tx).label().to_lowercase();
        return Err(Problem::Conflict(Cause::QuoteState { state }).into());
    }
    let today = tx.today();
    if until.is_some_and(|day| day < today) {
        return Err(Problem::invalid("until", "Choose a last day from today on, or none.").into());
    }
    let document = sqlx::query_scalar!(
        r#"SELECT document AS "document!: Json<Document>" FROM quote_versions WHERE account_id = $1 AND quote_id = $2 AND no = $3"#,
        case.account.0,
        case.id.0,
        case.in_force
    )
    .fetch_one(tx.db())
    .await?
    .0;
    let mut prices: Vec<(Uuid, String, Decimal, Decimal)> = Vec::new();
    for line in &document.lines {
        let Some(product) = line.product else { continue };
        for offer in &line.offers {
            let row = (product.0, line.unit.clone(), offer.quantity.value(), offer.unit_price.amount());
            // Two lines may offer the same article: the lower price for a quantity is what was agreed.
            match prices.iter_mut().find(|p| (p.0, p.2) == (row.0, row.2)) {
                Some(known) => known.3 = known.3.min(row.3),
                None => prices.push(row),
            }
        }
    }
    if prices.is_empty() {
        return Err(Problem::invalid("contract", "Nothing in this quote is an article of the catalog.").into());
    }
    let (contract, list) = match contract {
        Some(number) => {
            let row = sqlx::query!(
                r#"SELECT c.number, c.price_list_id AS "list!" FROM contracts c
                   WHERE c.account_id = $1 AND c.number = $2 AND c.status = 'active' AND c.price_list_owner = c.account_id"#,
                case.account.0,
                number
            )
            .fetch_one(tx.db())
            .await?;
            (row.number, row.list)
        }
        None => open(tx, &case, until).await?,
    };
    let first: Vec<NaiveDate> = prices.iter().map(|_| today).collect();
    let column = |f: fn(&(Uuid, String, Decimal, Decimal)) -> Decimal| prices.iter().map(f).collect::<Vec<_>>();
    sqlx::query!(
        "WITH t AS (SELECT * FROM unnest($3::uuid[], $4::text[], $5::numeric[], $6::numeric[], $7::date[]) AS t(product, unit, min, price, first)),
              ended AS (UPDATE prices p SET valid_to = t.first - 1 FROM t
                        WHERE p.account_id = $1 AND p.price_list_id = $2 AND p.product_id = t.product AND p.currency = $8 AND p.unit = t.unit
                          AND p.min_quantity = t.min AND p.valid_from < t.first AND COALESCE(p.valid_to, 'infinity') >= t.first)
         INSERT INTO prices (account_id, price_list_id, product_id, currency, unit, min_quantity, unit_price, valid_from, valid_to)
         SELECT $1, $2, t.product, $8, t.unit, t.min, t.price, t.first, $9 FROM t
         ON CONFLICT (account_id, price_list_id, product_id, currency, unit, min_quantity, valid_from)
             DO UPDATE SET unit_price = excluded.unit_price, percent_off = NULL, valid_to = excluded.valid_to",
        case.account.0,
        list,
        &prices.iter().map(|p| p.0).collect::<Vec<_>>(),
        &prices.iter().map(|p| p.1.clone()).collect::<Vec<_>>(),
        &column(|p| p.2),
        &column(|p| p.3),
        &first,
        case.currency.code(),
        until
    )
    .execute(tx.db())
    .await?;
    let told = format!("{} prices in {contract}", prices.len());
    super::talk::say(tx, &case, domain::quotes::Side::Seller, actor.name(), "made it an agreement", &told, false)
        .await?;
    super::talk::tell_buyer(
        tx,
        &case,
        format!("Prices of {number} are now in your contract {contract}"),
        "They are your prices in the catalog from today on:".to_owned(),
    )
    .await?;
    let detail = json!({ "contract": contract, "version": case.in_force, "prices": prices.len(), "until": until });
    audit::record_for(tx, case.account, "quote.agreed", number, detail).await?;
    Ok((contract, prices.len()))
}

/// A new contract with a price list of its own, in force from today. It opens no catalog: the assortment stays what it is.
async fn open(tx: &mut Tx, case: &super::Case, until: Option<NaiveDate>) -> Result<(String, Uuid)> {
    let (list, today) = (crate::new_id::<Uuid>(), tx.today());
    let number = sqlx::query_scalar!(
        "WITH list AS (INSERT INTO price_lists (account_id, id, code, name) VALUES ($1, $2, 'K-' || $3, $4))
         INSERT INTO contracts (account_id, id, number, name, status, valid_from, valid_to, price_list_owner, price_list_id)
         VALUES ($1, $5, 'K-' || $3, $4, 'active', $6, $7, $1, $2) RETURNING number",
        case.account.0,
        list,
        case.number,
        case.title,
        crate::new_id::<Uuid>(),
        today,
        until
    )
    .fetch_one(tx.db())
    .await?;
    Ok((number, list))
}
