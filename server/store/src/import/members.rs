//! Seats of people in accounts.

use domain::Role;
use domain::accounts::Email;
use uuid::Uuid;

use super::{Outcome, column, ids, named_accounts, unknown_account};
use crate::{Result, Tx};

/// A row of members.csv.
#[derive(Clone, Debug)]
pub struct Member {
    /// The account's number.
    pub account: String,
    /// Who.
    pub email: Email,
    /// Their name, if they are new.
    pub name: String,
    /// At least one, of the buying side.
    pub roles: Vec<Role>,
}

/// Rows whose seat has other roles by now.
const OWN_ROLES: &str = "seats keep the roles that their account's administrator has given them since";

/// Makes seats that are missing. A seat that exists is its account's business: the import neither changes its roles nor
/// brings a deactivated member back.
pub async fn members(tx: &mut Tx, rows: &[Member]) -> Result<Outcome> {
    let accounts = named_accounts(tx, &column(rows, |r| r.account.clone())).await?;
    let mut outcome = Outcome::default();
    let mut seats: Vec<(Uuid, &Member, String)> = Vec::with_capacity(rows.len());
    for (i, row) in rows.iter().enumerate() {
        match accounts.get(&row.account) {
            None => outcome.refused.push((i, unknown_account(&row.account))),
            Some(account) => {
                let mut roles: Vec<&str> = row.roles.iter().map(|r| r.code()).collect();
                roles.sort_unstable();
                roles.dedup();
                seats.push((account.id, row, roles.join(" ")));
            }
        }
    }
    let emails = column(&seats, |s| s.1.email.as_str().to_owned());
    sqlx::query!(
        "INSERT INTO people (id, email, name) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) ON CONFLICT (email) DO NOTHING",
        &ids(&seats),
        &emails,
        &column(&seats, |s| s.1.name.clone())
    )
    .execute(tx.db())
    .await?;
    let (of, roles) = (column(&seats, |s| s.0), column(&seats, |s| s.2.clone()));
    let others = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM unnest($1::uuid[], $2::text[], $3::text[]) AS t(account_id, email, roles)
           JOIN people p USING (email) JOIN members m ON m.account_id = t.account_id AND m.person_id = p.id
           WHERE NOT (m.roles <@ string_to_array(t.roles, ' ') AND m.roles @> string_to_array(t.roles, ' '))"#,
        &of,
        &emails,
        &roles
    )
    .fetch_one(tx.db())
    .await?;
    if others > 0 {
        outcome.notes.insert(OWN_ROLES, others.unsigned_abs());
    }
    let done = sqlx::query!(
        "INSERT INTO members (account_id, id, person_id, roles)
         SELECT t.account_id, t.id, p.id, string_to_array(t.roles, ' ')
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS t(account_id, id, email, roles) JOIN people p USING (email)
         ON CONFLICT (account_id, person_id) DO NOTHING",
        &of,
        &ids(&seats),
        &emails,
        &roles
    )
    .execute(tx.db())
    .await?;
    outcome.changed = done.rows_affected();
    Ok(outcome)
}
