//! Contracts, and the price lists and catalogs that they name.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use domain::ids::AccountId;
use uuid::Uuid;

use super::{Outcome, column, ids, unknown_account};
use crate::{Result, Tx};

/// A row of contracts.csv.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Its number: the key, across accounts.
    pub number: String,
    /// The account's number.
    pub account: String,
    /// Its name.
    pub name: String,
    /// As stored.
    pub status: &'static str,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// The code of its price list.
    pub list: Option<String>,
    /// The code of its catalog.
    pub catalog: Option<String>,
}

/// A price list: its owner and its id.
type List = (Uuid, Uuid);

/// Writes contracts. `named` says which accounts' contracts name a price list in the whole import: a new list belongs to
/// the one account that does, and to the seller when several do. Prices are the seller's secret between customers.
pub async fn contracts(tx: &mut Tx, named: &BTreeMap<String, BTreeSet<String>>, rows: &[Contract]) -> Result<Outcome> {
    let mut numbers: HashSet<String> =
        rows.iter().filter_map(|r| named.get(r.list.as_deref()?)).flatten().cloned().collect();
    numbers.extend(rows.iter().map(|r| r.account.clone()));
    let numbers: Vec<String> = numbers.into_iter().collect();
    let accounts =
        sqlx::query!("SELECT number, id FROM accounts WHERE number = ANY($1)", &numbers).fetch_all(tx.db()).await?;
    let accounts: HashMap<String, Uuid> = accounts.into_iter().map(|r| (r.number, r.id)).collect();
    let owners = sqlx::query!(
        "SELECT number, account_id FROM contracts WHERE number = ANY($1)",
        &column(rows, |r| r.number.clone())
    )
    .fetch_all(tx.db())
    .await?;
    let owners: HashMap<String, Uuid> = owners.into_iter().map(|r| (r.number, r.account_id)).collect();
    let catalogs = catalogs(tx, rows).await?;
    let lists = lists(tx, named, &accounts, rows).await?;

    let mut outcome = Outcome::default();
    let mut good: Vec<(Uuid, &Contract, Option<List>)> = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        let Some(account) = accounts.get(&row.account).copied() else {
            outcome.refused.push((i, unknown_account(&row.account)));
            continue;
        };
        if owners.get(&row.number).is_some_and(|owner| *owner != account) {
            outcome.refused.push((i, format!("contract of another account: {}", row.number)));
            continue;
        }
        let list = row.list.as_ref().and_then(|code| lists.get(code)).copied();
        match list {
            Some((owner, _)) if owner != account && owner != AccountId::SELLER.0 => {
                let code = row.list.as_deref().unwrap_or_default();
                outcome
                    .refused
                    .push((i, format!("price list of another account, a shared one needs its own code: {code}")));
            }
            _ => good.push((account, row, list)),
        }
    }
    let done = sqlx::query!(
        "INSERT INTO contracts AS c (account_id, id, number, name, status, valid_from, valid_to, price_list_owner, price_list_id, catalog_id)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::uuid[], $9::uuid[], $10::uuid[])
         ON CONFLICT (number) DO UPDATE
         SET name = EXCLUDED.name, status = EXCLUDED.status, valid_from = EXCLUDED.valid_from, valid_to = EXCLUDED.valid_to,
             price_list_owner = EXCLUDED.price_list_owner, price_list_id = EXCLUDED.price_list_id, catalog_id = EXCLUDED.catalog_id
         WHERE (c.name, c.status, c.valid_from, c.valid_to, c.price_list_owner, c.price_list_id, c.catalog_id) IS DISTINCT FROM
               (EXCLUDED.name, EXCLUDED.status, EXCLUDED.valid_from, EXCLUDED.valid_to, EXCLUDED.price_list_owner, EXCLUDED.price_list_id, EXCLUDED.catalog_id)",
        &column(&good, |g| g.0),
        &ids(&good),
        &column(&good, |g| g.1.number.clone()),
        &column(&good, |g| g.1.name.clone()),
        &column(&good, |g| g.1.status.to_owned()),
        &column(&good, |g| g.1.from),
        &column(&good, |g| g.1.to) as &[Option<NaiveDate>],
        &column(&good, |g| g.2.map(|l| l.0)) as &[Option<Uuid>],
        &column(&good, |g| g.2.map(|l| l.1)) as &[Option<Uuid>],
        &column(&good, |g| g.1.catalog.as_ref().and_then(|c| catalogs.get(c)).copied()) as &[Option<Uuid>]
    )
    .execute(tx.db())
    .await?;
    outcome.changed = done.rows_affected();
    Ok(outcome)
}

/// Catalogs by code; unknown ones are made empty, for the seller to fill (DEFAULT, with everything, is there).
async fn catalogs(tx: &mut Tx, rows: &[Contract]) -> Result<HashMap<String, Uuid>> {
    let codes: Vec<String> =
        rows.iter().filter_map(|r| r.catalog.clone()).collect::<HashSet<_>>().into_iter().collect();
    sqlx::query!("INSERT INTO catalogs (id, code, name) SELECT id, code, code FROM unnest($1::uuid[], $2::text[]) AS t(id, code) ON CONFLICT DO NOTHING", &ids(&codes), &codes)
        .execute(tx.db())
        .await?;
    let found = sqlx::query!("SELECT code, id FROM catalogs WHERE code = ANY($1)", &codes).fetch_all(tx.db()).await?;
    Ok(found.into_iter().map(|r| (r.code, r.id)).collect())
}

/// Price lists by code, with their owners; unknown ones are made, without prices yet.
async fn lists(
    tx: &mut Tx,
    named: &BTreeMap<String, BTreeSet<String>>,
    accounts: &HashMap<String, Uuid>,
    rows: &[Contract],
) -> Result<HashMap<String, List>> {
    let shared =
        |code: &String| named.get(code).is_some_and(|by| by.iter().filter(|n| accounts.contains_key(*n)).count() > 1);
    let mut wanted: HashMap<&str, (Uuid, &str)> = HashMap::new();
    for row in rows {
        if let (Some(code), Some(account)) = (&row.list, accounts.get(&row.account)) {
            let owner = if shared(code) { AccountId::SELLER.0 } else { *account };
            wanted.entry(code).or_insert((owner, &row.name));
        }
    }
    let wanted: Vec<(&str, (Uuid, &str))> = wanted.into_iter().collect();
    let codes = column(&wanted, |w| w.0.to_owned());
    sqlx::query!(
        "INSERT INTO price_lists (account_id, id, code, name) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) ON CONFLICT (code) DO NOTHING",
        &column(&wanted, |w| w.1.0),
        &ids(&wanted),
        &codes,
        &column(&wanted, |w| w.1.1.to_owned())
    )
    .execute(tx.db())
    .await?;
    let found = sqlx::query!("SELECT code, account_id, id FROM price_lists WHERE code = ANY($1)", &codes)
        .fetch_all(tx.db())
        .await?;
    Ok(found.into_iter().map(|r| (r.code, (r.account_id, r.id))).collect())
}
