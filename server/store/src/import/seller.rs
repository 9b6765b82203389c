//! The seller's own rows, made when the first import finds none.

use chrono::NaiveDateTime;

use crate::{Error, Result, Tx};

/// What an import needs to know of the seller.
#[derive(Clone, Debug)]
pub struct Seller {
    /// ISO 3166: customers elsewhere are charged no tax.
    pub country: String,
    /// The present moment on the seller's clock: documents cannot be later.
    pub local_now: NaiveDateTime,
    /// It was made now, with placeholders that somebody has to replace.
    pub created: bool,
}

/// Makes sure of the seller, its account, the default catalog, price list and contract; tells what an import must know.
pub async fn prepare(tx: &mut Tx) -> Result<Seller> {
    let made = sqlx::query!(
        "INSERT INTO seller (name, legal_name, street, postcode, city, country, email)
         VALUES ('The seller', 'The seller', '', '', '', 'GB', 'orders@seller.example') ON CONFLICT DO NOTHING"
    )
    .execute(tx.db())
    .await?;
    sqlx::query!(
        "INSERT INTO accounts (id, number, name, currency, country)
         SELECT '00000000-0000-0000-0000-000000000000', 'SELLER', name, 'GBP', country FROM seller ON CONFLICT DO NOTHING"
    )
    .execute(tx.db())
    .await?;
    sqlx::query!("INSERT INTO catalogs (id, code, name, everything) VALUES ($1, 'DEFAULT', 'Everything', true) ON CONFLICT DO NOTHING", crate::new_id::<uuid::Uuid>())
        .execute(tx.db())
        .await?;
    sqlx::query!(
        "INSERT INTO price_lists (account_id, id, code, name)
         SELECT id, $1, 'STANDARD', 'List prices' FROM accounts WHERE id = '00000000-0000-0000-0000-000000000000' ON CONFLICT DO NOTHING",
        crate::new_id::<uuid::Uuid>()
    )
    .execute(tx.db())
    .await?;
    sqlx::query!(
        "INSERT INTO contracts (account_id, id, number, name, status, valid_from, price_list_owner, price_list_id, catalog_id)
         SELECT l.account_id, $1, 'STANDARD', 'List prices', 'active', '2000-01-01', l.account_id, l.id, g.id
         FROM price_lists l, catalogs g
         WHERE l.code = 'STANDARD' AND g.code = 'DEFAULT' AND l.account_id = '00000000-0000-0000-0000-000000000000'
         ON CONFLICT DO NOTHING",
        crate::new_id::<uuid::Uuid>()
    )
    .execute(tx.db())
    .await?;
    let now = tx.now();
    let row = sqlx::query!(r#"SELECT country, $1::timestamptz AT TIME ZONE time_zone AS local_now FROM seller"#, now).fetch_one(tx.db()).await?;
    let local_now = row.local_now.ok_or_else(|| Error::Inconsistent("the seller's time zone is unknown".to_owned()))?;
    Ok(Seller { country: row.country, local_now, created: made.rows_affected() > 0 })
}
