//! Accounts with their credit limits and sales reps.

use std::collections::{HashMap, HashSet};

use domain::Currency;
use domain::accounts::Email;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Outcome, column, ids, levels};
use crate::{Result, Tx};

/// A row of accounts.csv.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its number: the key.
    pub number: String,
    /// Its name.
    pub name: String,
    /// The number of the account it is a unit of.
    pub parent: Option<String>,
    /// What it is invoiced in.
    pub currency: Currency,
    /// ISO 3166.
    pub country: String,
    /// Days.
    pub terms: i32,
    /// In its currency; none: no limit.
    pub credit_limit: Option<Decimal>,
    /// As stored.
    pub status: &'static str,
    /// Becomes its only sales rep; none leaves the reps alone.
    pub sales_rep: Option<Email>,
}

/// In how many steps these accounts, all with a parent, must be written; or why one cannot be.
pub async fn account_levels(
    tx: &mut Tx,
    waiting: &[(String, String)],
) -> Result<Vec<std::result::Result<usize, String>>> {
    let rows = sqlx::query!(
        r#"SELECT a.number, p.number AS "parent?" FROM accounts a LEFT JOIN accounts p ON p.id = a.parent_id
           WHERE a.id <> '00000000-0000-0000-0000-000000000000'"#
    )
    .fetch_all(tx.db())
    .await?;
    let known: HashMap<String, Option<String>> = rows.into_iter().map(|r| (r.number, r.parent)).collect();
    Ok(levels::levels("parent_number", waiting, &known))
}

/// Writes accounts whose parents exist. Tax follows the country (0 outside the seller's) when the account is new or has
/// moved; a credit policy, once set, is kept.
pub async fn accounts(tx: &mut Tx, seller_country: &str, rows: &[Account]) -> Result<Outcome> {
    let numbers = column(rows, |r| r.number.clone());
    let changed = sqlx::query_scalar!(
        "INSERT INTO accounts AS a (id, number, name, parent_id, currency, country, payment_terms_days, status, tax_rate)
         SELECT t.id, t.number, t.name, p.id, t.currency, t.country, t.terms, t.status, CASE WHEN t.country <> $9 THEN 0 END
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[])
              AS t(id, number, name, parent, currency, country, terms, status)
         LEFT JOIN accounts p ON p.number = t.parent
         ON CONFLICT (number) DO UPDATE
         SET name = EXCLUDED.name, parent_id = EXCLUDED.parent_id, currency = EXCLUDED.currency, country = EXCLUDED.country,
             payment_terms_days = EXCLUDED.payment_terms_days, status = EXCLUDED.status, closed_above = false,
             credit_shared = a.credit_shared AND a.parent_id = EXCLUDED.parent_id AND a.currency = EXCLUDED.currency,
             tax_rate = CASE WHEN a.country = EXCLUDED.country THEN a.tax_rate ELSE EXCLUDED.tax_rate END,
             tax_treatment = CASE WHEN a.country = EXCLUDED.country THEN a.tax_treatment END
         WHERE (a.name, a.parent_id, a.currency, a.country, a.payment_terms_days, a.status) IS DISTINCT FROM
               (EXCLUDED.name, EXCLUDED.parent_id, EXCLUDED.currency, EXCLUDED.country, EXCLUDED.payment_terms_days, EXCLUDED.status)
         RETURNING a.id",
        &ids(rows),
        &numbers,
        &column(rows, |r| r.name.clone()),
        &column(rows, |r| r.parent.clone()) as &[Option<String>],
        &column(rows, |r| r.currency.code().to_owned()),
        &column(rows, |r| r.country.clone()),
        &column(rows, |r| r.terms),
        &column(rows, |r| r.status.to_owned()),
        seller_country
    )
    .fetch_all(tx.db())
    .await?;
    let mut changed: HashSet<Uuid> = changed.into_iter().collect();
    changed.extend(
        sqlx::query_scalar!(
            "INSERT INTO credit_limits AS c (account_id, credit_limit, policy)
             SELECT a.id, t.credit_limit, 'hold' FROM unnest($1::text[], $2::numeric[]) AS t(number, credit_limit) JOIN accounts a USING (number)
             ON CONFLICT (account_id) DO UPDATE SET credit_limit = EXCLUDED.credit_limit
             WHERE c.credit_limit IS DISTINCT FROM EXCLUDED.credit_limit
             RETURNING c.account_id",
            &numbers,
            &column(rows, |r| r.credit_limit) as &[Option<Decimal>]
        )
        .fetch_all(tx.db())
        .await?,
    );
    changed.extend(sales_reps(tx, rows).await?);
    Ok(Outcome { changed: changed.len() as u64, ..Outcome::default() })
}

/// The named rep becomes staff if they are nobody yet, and takes the place of other sales reps of the account: who is
/// no longer its rep must not go on reading it.
async fn sales_reps(tx: &mut Tx, rows: &[Account]) -> Result<Vec<Uuid>> {
    let assigned: Vec<(&str, &str)> =
        rows.iter().filter_map(|r| Some((r.number.as_str(), r.sales_rep.as_ref()?.as_str()))).collect();
    if assigned.is_empty() {
        return Ok(Vec::new());
    }
    let numbers = column(&assigned, |a| a.0.to_owned());
    let emails = column(&assigned, |a| a.1.to_owned());
    let mut people: Vec<&str> = assigned.iter().map(|a| a.1).collect();
    people.sort_unstable();
    people.dedup();
    let names = column(&people, |e| e.split('@').next().unwrap_or(e).to_owned());
    let people = column(&people, |e| (*e).to_owned());
    sqlx::query!(
        "INSERT INTO people (id, email, name) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) ON CONFLICT (email) DO NOTHING",
        &ids(&people),
        &people,
        &names
    )
    .execute(tx.db())
    .await?;
    sqlx::query!(
        "INSERT INTO staff (person_id, role) SELECT id, 'sales_rep' FROM people WHERE email = ANY($1) ON CONFLICT (person_id) DO NOTHING",
        &people
    )
    .execute(tx.db())
    .await?;
    let mut changed = sqlx::query_scalar!(
        "DELETE FROM staff_assignments s
         USING unnest($1::text[], $2::text[]) AS t(number, email), accounts a, people p, staff f
         WHERE a.number = t.number AND s.account_id = a.id AND p.id = s.person_id AND p.email <> t.email
           AND f.person_id = p.id AND f.role = 'sales_rep'
         RETURNING s.account_id",
        &numbers,
        &emails
    )
    .fetch_all(tx.db())
    .await?;
    changed.extend(
        sqlx::query_scalar!(
            "INSERT INTO staff_assignments (account_id, person_id)
             SELECT a.id, p.id FROM unnest($1::text[], $2::text[]) AS t(number, email) JOIN accounts a USING (number) JOIN people p USING (email)
             ON CONFLICT DO NOTHING RETURNING account_id",
            &numbers,
            &emails
        )
        .fetch_all(tx.db())
        .await?,
    );
    Ok(changed)
}
