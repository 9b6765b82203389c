//! Customers' own part numbers: seen, taken in, forgotten.

use std::collections::HashMap;

use domain::Permission;
use domain::Problem;
use domain::parts::{MOST_LINES, PAGE, PartNumber, PartsPage, Taken, read};
use domain::quick::key;
use serde_json::json;
use uuid::Uuid;

use crate::{Result, Tx, audit};

/// Characters that are taken in at once.
const MOST_CHARS: usize = MOST_LINES * 110;
/// Numbers of an account.
const MOST: i64 = 100_000;

/// A page of the account's numbers whose number, article or name has the words. One statement.
pub async fn page(tx: &mut Tx, words: &str, page: u32) -> Result<PartsPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let page = page.clamp(1, 10_000);
    let words: String = words.trim().chars().take(60).collect();
    let rows = sqlx::query!(
        r#"SELECT n.key, p.sku, p.name, n.by_name, n.at, count(*) OVER () AS "total!",
                  (SELECT count(*) FROM part_numbers o WHERE (o.account_id, o.key) = (n.account_id, n.key)) AS "articles!"
           FROM part_numbers n JOIN products p ON p.id = n.product_id
           WHERE n.account_id = $1 AND ($2 = '' OR n.key ILIKE '%' || $2 || '%' OR p.sku ILIKE $2 || '%' OR p.name ILIKE '%' || $2 || '%')
           ORDER BY n.key, p.sku LIMIT $3 OFFSET $4"#,
        actor.account().0,
        words.replace(['%', '_', '\\'], ""),
        i64::from(PAGE),
        i64::from(page - 1) * i64::from(PAGE)
    )
    .fetch_all(tx.db())
    .await?;
    let total = rows.first().map_or(0, |r| r.total);
    let row = |r| -> PartNumber {
        let r: Row = r;
        PartNumber { key: r.0, sku: r.1, name: r.2, by: r.3, at: tx.local(r.4), articles: r.5 }
    };
    let rows = rows.into_iter().map(|r| row((r.key, r.sku, r.name, r.by_name, r.at, r.articles))).collect();
    Ok(PartsPage { rows, total, words, page })
}

type Row = (String, String, String, String, chrono::DateTime<chrono::Utc>, i64);

/// Takes in lines of a number and an article number. What is wrong with a line is said, the others are kept. Invalid when nothing can be
/// taken in. Three statements however many lines.
pub async fn take(tx: &mut Tx, text: &str) -> Result<Taken> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let account = actor.account().0;
    if text.len() > MOST_CHARS {
        return Err(Problem::invalid("numbers", "This is too much at once: at most 10,000 lines.").into());
    }
    let (pairs, refused) = read(&text.replace('\0', ""));
    let skus: Vec<String> = pairs.iter().map(|(_, _, sku)| sku.clone()).collect();
    let products: HashMap<String, Uuid> =
        sqlx::query!(r#"SELECT p.sku AS "sku!", p.id AS "id!" FROM my_products p WHERE p.sku = ANY($1)"#, &skus)
            .fetch_all(tx.db())
            .await?
            .into_iter()
            .map(|p| (p.sku, p.id))
            .collect();
    let mut taken = Taken { refused, ..Taken::default() };
    let mut numbers: Vec<(String, Uuid)> = Vec::new();
    for (no, own, sku) in pairs {
        match products.get(&sku) {
            Some(id) => numbers.push((own, *id)),
            None => taken.refused.push(format!("line {no}: {sku} is no article of your assortment")),
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() {
        let why = taken.refused.first().cloned().unwrap_or_else(|| "Enter your number and our SKU.".to_owned());
        return Err(Problem::invalid("numbers", why).into());
    }
    let now = tx.now();
    let keys: Vec<String> = numbers.iter().map(|n| n.0.clone()).collect();
    let done = sqlx::query!(
        "INSERT INTO part_numbers (account_id, key, product_id, by_name, at)
         SELECT $1, t.key, t.product, $4, $5 FROM unnest($2::text[], $3::uuid[]) AS t(key, product)
         WHERE (SELECT count(*) FROM part_numbers n WHERE n.account_id = $1) + cardinality($2) <= $6
         ON CONFLICT DO NOTHING",
        account,
        &keys,
        &numbers.iter().map(|n| n.1).collect::<Vec<_>>(),
        actor.name(),
        now,
        MOST
    )
    .execute(tx.db())
    .await?;
    taken.added = done.rows_affected();
    taken.known = numbers.len() as u64 - taken.added;
    taken.ambiguous = sqlx::query_scalar!(
        "SELECT key FROM part_numbers WHERE account_id = $1 AND key = ANY($2) GROUP BY key HAVING count(*) > 1 ORDER BY key LIMIT 20",
        account,
        &keys
    )
    .fetch_all(tx.db())
    .await?;
    if taken.added > 0 {
        let what = domain::text::counted(i64::try_from(taken.added).unwrap_or(i64::MAX), "number", "numbers");
        audit::record(tx, "part_number.taken_in", &what, json!({ "first": keys.first() })).await?;
    }
    Ok(taken)
}

/// Forgets that a number names an article; documents that say so keep it. Not found when it does not.
pub async fn forget(tx: &mut Tx, own: &str, sku: &str) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let key = key(own);
    let done = sqlx::query!(
        "DELETE FROM part_numbers n USING products p WHERE n.account_id = $1 AND n.key = $2 AND p.id = n.product_id AND p.sku = $3",
        actor.account().0,
        key,
        sku
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Problem::NotFound.into());
    }
    audit::record(tx, "part_number.forgotten", &format!("{key} = {sku}"), json!({})).await
}
