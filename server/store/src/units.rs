//! Units below an account, for its account admins. A unit is an account of its own: whoever runs it takes a seat there, and
//! switches to it like anybody (docs/decisions/012).

use chrono::{DateTime, Utc};
use domain::actor::Reach;
use domain::company::{UnitRow, UnitState, UnitsPage, unit_name};
use domain::ids::AccountId;
use domain::{Actor, Cause, Money, Permission, Problem};
use serde_json::json;
use uuid::Uuid;

use crate::error::exactly;
use crate::{Result, Store, Tx, audit};

/// Levels of units that lineages are read for.
const DEEPEST: usize = 6;

/// The units below the account, with what they use of a shared limit. One statement.
pub async fn units(tx: &mut Tx) -> Result<UnitsPage> {
    let actor = tx.actor()?;
    over_units(&actor, Permission::CompanyManage)?;
    let rows = sqlx::query!(
        r#"SELECT u.id AS "id!", u.number AS "number!", u.name AS "name!", u.status AS "status!", u.closed_above AS "closed_above!", u.above, u.credit_shared AS "credit_shared!",
                  u.people AS "people!", u.seated AS "seated!",
                  (SELECT e.invoices - e.unallocated + e.orders FROM my_exposure(NULL) e WHERE e.account = u.id) AS used
           FROM my_units() u"#
    )
    .fetch_all(tx.db())
    .await?;
    let units = rows
        .into_iter()
        .map(|r| UnitRow {
            id: r.id.into(),
            number: r.number,
            name: r.name,
            above: r.above,
            state: match r.status.as_str() {
                "active" => UnitState::Open,
                "on_hold" => UnitState::OnHold,
                _ if r.closed_above => UnitState::Closed,
                _ => UnitState::Ended,
            },
            people: r.people,
            seated: r.seated,
            credit_shared: r.credit_shared,
            used: r.used.map(|used| Money::new(used, actor.currency())),
        })
        .collect();
    Ok(UnitsPage { units })
}

/// Opens a unit directly below the account, with its terms, and with the creator as account admin. Its orders count against the
/// account's own limit: only the seller lends to a unit by itself.
///
/// Runs as a job after the permission check, like everything that changes units: members see and write one account alone.
pub async fn create(store: &Store, actor: &Actor, name: &str, now: DateTime<Utc>) -> Result<AccountId> {
    over_units(actor, Permission::CompanyManage)?;
    let name = unit_name(name)?;
    if actor.lineage().len() > DEEPEST {
        return Err(Problem::invalid("name", "There are too many levels of units. Open it further up.").into());
    }
    let mut tx = store.job(now).await?;
    // Two units at once draw two numbers.
    sqlx::query!("SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE", actor.account().0)
        .fetch_one(tx.db())
        .await?;
    let unit = sqlx::query!(
        "INSERT INTO accounts (id, number, name, parent_id, currency, country, payment_terms_days, status, price_strategy, po_required,
                               order_minimum, tax_rate, tax_treatment, language, invoicing, endpoint, decide_by_mail, credit_shared)
         SELECT $2, a.number || '-' || (SELECT 1 + count(*) FROM accounts u WHERE u.parent_id = a.id), $3, a.id, a.currency, a.country,
                a.payment_terms_days, a.status, a.price_strategy, a.po_required, a.order_minimum, a.tax_rate, a.tax_treatment, a.language, a.invoicing, a.endpoint,
                a.decide_by_mail, true
         FROM accounts a WHERE a.id = $1
         RETURNING id, number",
        actor.account().0,
        crate::new_id::<Uuid>(),
        name
    )
    .fetch_one(tx.db())
    .await?;
    seat(&mut tx, actor, unit.id.into()).await?;
    record(&mut tx, actor, unit.id.into(), "unit.opened", &format!("{} {name}", unit.number)).await?;
    tx.commit().await?;
    Ok(unit.id.into())
}

/// Gives a unit another name.
pub async fn rename(store: &Store, actor: &Actor, unit: AccountId, name: &str, now: DateTime<Utc>) -> Result<()> {
    over_units(actor, Permission::CompanyManage)?;
    let name = unit_name(name)?;
    let mut tx = store.job(now).await?;
    let done = sqlx::query!(
        "UPDATE accounts SET name = $3 WHERE id = $2 AND id IN (SELECT b.id FROM units_below($1) b)",
        actor.account().0,
        unit.0,
        name
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done).map_err(|_| Problem::NotFound)?;
    record(&mut tx, actor, unit, "unit.renamed", &name).await?;
    tx.commit().await
}

/// Closes a unit, so that nobody acts in it any more, or opens it again. Conflict while orders, invoices or units below it are
/// open. What the seller holds or has closed is the seller's to change: not found.
pub async fn close(store: &Store, actor: &Actor, unit: AccountId, open: bool, now: DateTime<Utc>) -> Result<()> {
    over_units(actor, Permission::CompanyManage)?;
    let mut tx = store.job(now).await?;
    let row = sqlx::query!(
        r#"SELECT a.name, CASE WHEN $3 THEN a.closed_above ELSE a.status = 'active' END AS "may!",
                  EXISTS (SELECT 1 FROM orders o WHERE o.account_id = a.id
                          AND o.status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold'))
                  OR EXISTS (SELECT 1 FROM invoices i WHERE i.account_id = a.id AND i.settled < i.gross)
                  OR EXISTS (SELECT 1 FROM accounts u WHERE u.parent_id = a.id AND u.status <> 'closed') AS "in_use!"
           FROM accounts a WHERE a.id = $2 AND a.id IN (SELECT b.id FROM units_below($1) b) FOR UPDATE"#,
        actor.account().0,
        unit.0,
        open
    )
    .fetch_one(tx.db())
    .await?;
    if !row.may {
        return Err(Problem::NotFound.into());
    }
    if row.in_use && !open {
        return Err(Problem::Conflict(Cause::UnitInUse).into());
    }
    let done = sqlx::query!(
        "UPDATE accounts SET status = CASE WHEN $2 THEN 'active' ELSE 'closed' END, closed_above = NOT $2 WHERE id = $1",
        unit.0,
        open
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    record(&mut tx, actor, unit, if open { "unit.reopened" } else { "unit.closed" }, &row.name).await?;
    tx.commit().await
}

/// Takes a seat as account admin in a unit below.
pub async fn join(store: &Store, actor: &Actor, unit: AccountId, now: DateTime<Utc>) -> Result<()> {
    over_units(actor, Permission::MemberManage)?;
    let mut tx = store.job(now).await?;
    let name = sqlx::query_scalar!(
        "SELECT a.name FROM accounts a JOIN units_below($1) b ON b.id = a.id WHERE a.id = $2 AND a.status <> 'closed'",
        actor.account().0,
        unit.0
    )
    .fetch_one(tx.db())
    .await?;
    seat(&mut tx, actor, unit).await?;
    record(&mut tx, actor, unit, "unit.joined", &name).await?;
    tx.commit().await
}

/// Permissions over units need that reach.
fn over_units(actor: &Actor, permission: Permission) -> Result<()> {
    if actor.require(permission)? < Reach::AccountAndUnits { Err(Problem::Forbidden.into()) } else { Ok(()) }
}

/// A seat as account admin, beside the roles that the person has there already.
async fn seat(tx: &mut Tx, actor: &Actor, unit: AccountId) -> Result<()> {
    let done = sqlx::query!(
        "INSERT INTO members AS m (account_id, id, person_id, roles) VALUES ($1, $2, $3, '{account_admin}')
         ON CONFLICT ON CONSTRAINT member_already_in_account
         DO UPDATE SET status = 'active', roles = array_append(array_remove(m.roles, 'account_admin'), 'account_admin')",
        unit.0,
        crate::new_id::<Uuid>(),
        actor.person().0
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}

/// In both trails: the account's, whose admin acted, and the unit's.
async fn record(tx: &mut Tx, actor: &Actor, unit: AccountId, action: &str, what: &str) -> Result<()> {
    for account in [actor.account(), unit] {
        audit::record_job(tx, account, actor.name(), action, what, json!({})).await?;
    }
    Ok(())
}
