//! The seller's own rows, made when the first import finds none.

use chrono::{NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;

use crate::{Error, Result, Tx};

/// What an import needs to know of the seller.
#[derive(Clone, Debug)]
pub struct Seller {
    /// ISO 3166: customers elsewhere are charged no tax.
    pub country: String,
    /// The seller's clock.
    pub time_zone: Tz,
    /// The present moment on it: documents cannot be later.
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
    let row = sqlx::query!("SELECT country, time_zone FROM seller").fetch_one(tx.db()).await?;
    let time_zone: Tz = row.time_zone.parse().map_err(|_| Error::odd("seller.time_zone", &row.time_zone))?;
    let local_now = time_zone.from_utc_datetime(&tx.now().naive_utc()).naive_local();
    Ok(Seller { country: row.country, time_zone, local_now, created: made.rows_affected() > 0 })
}
