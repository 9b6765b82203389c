//! The company's own matters: cost centres, addresses, settings, and its credit as a page.

use domain::accounts::Address;
use domain::company::{
    AddressForm, AddressesPage, BookAddress, CostCentre, CostCentresPage, CreditView, OpenInvoice, cost_centre,
    smallest_step,
};
use domain::ids::AddressId;
use domain::{Money, Permission, Problem};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::error::exactly;
use crate::limits::{self, Limits, Lock};
use crate::{Result, Tx, audit};

/// Cost centres with how often they were used in the last year. One statement.
pub async fn cost_centres(tx: &mut Tx) -> Result<CostCentresPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let since = tx.now() - chrono::Duration::days(365);
    let rows = sqlx::query!(
        r#"SELECT c.code, c.name, c.active,
                  (SELECT count(*) FROM orders o WHERE o.account_id = $1 AND o.cost_centre = c.code AND o.placed_at >= $2) AS "orders!"
           FROM cost_centres c WHERE c.account_id = $1 ORDER BY c.active DESC, c.code"#,
        actor.account().0,
        since
    )
    .fetch_all(tx.db())
    .await?;
    let centres = rows
        .into_iter()
        .map(|r| CostCentre { code: r.code, name: r.name, active: r.active, orders: r.orders })
        .collect();
    Ok(CostCentresPage { centres })
}

/// Opens a cost centre, or gives the one with this code another name.
pub async fn save_cost_centre(tx: &mut Tx, code: &str, name: &str) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let (code, name) = cost_centre(code, name)?;
    let done = sqlx::query!(
        "INSERT INTO cost_centres (account_id, id, code, name) VALUES ($1, $2, $3, $4)
         ON CONFLICT ON CONSTRAINT cost_centre_code_taken DO UPDATE SET name = excluded.name, active = true",
        actor.account().0,
        crate::new_id::<Uuid>(),
        code,
        name
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    audit::record(tx, "cost_centre.saved", &code, json!({ "name": name })).await
}

/// Closes a cost centre for new orders, or opens it again.
pub async fn open_cost_centre(tx: &mut Tx, code: &str, open: bool) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let done = sqlx::query!(
        "UPDATE cost_centres SET active = $3 WHERE account_id = $1 AND code = $2",
        actor.account().0,
        code,
        open
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done).map_err(|_| Problem::NotFound)?;
    audit::record(tx, if open { "cost_centre.opened" } else { "cost_centre.closed" }, code, json!({})).await
}

/// The address book with what comes from the accounts above, and how the company orders. One statement.
pub async fn addresses(tx: &mut Tx) -> Result<AddressesPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let rows = sqlx::query!(
        r#"SELECT a.po_required, a.order_minimum, a.decide_by_mail, d.id AS "id?", d.kind AS "kind?", d.label AS "label?", d.company AS "company?",
                  d.street AS "street?", d.postcode AS "postcode?", d.city AS "city?", d.country AS "country?", d.is_default AS "is_default?", d.of AS "of?"
           FROM accounts a LEFT JOIN my_addresses d ON true WHERE a.id = $1
           ORDER BY d.level, d.kind DESC, d.is_default DESC, d.label"#,
        actor.account().0
    )
    .fetch_all(tx.db())
    .await?;
    let first = rows.first().ok_or(Problem::NotFound)?;
    let mut page = AddressesPage {
        addresses: Vec::new(),
        po_required: first.po_required,
        minimum: first.order_minimum.map(|m| Money::new(m, actor.currency())),
        decide_by_mail: first.decide_by_mail,
    };
    for r in rows {
        if let (Some(id), Some(kind), Some(label)) = (r.id, r.kind, r.label) {
            let address = Address {
                company: r.company.unwrap_or_default(),
                street: r.street.unwrap_or_default(),
                postcode: r.postcode.unwrap_or_default(),
                city: r.city.unwrap_or_default(),
                country: r.country.unwrap_or_default(),
            };
            let is_default = r.is_default.unwrap_or_default();
            page.addresses.push(BookAddress { id: AddressId(id), kind, label, address, is_default, of: r.of });
        }
    }
    Ok(page)
}

/// Writes an address. The default of its kind is one at most.
pub async fn save_address(tx: &mut Tx, form: &AddressForm) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    form.check()?;
    let account = actor.account().0;
    if form.is_default {
        sqlx::query!(
            "UPDATE addresses SET is_default = false WHERE account_id = $1 AND kind = $2 AND is_default",
            account,
            form.kind
        )
        .execute(tx.db())
        .await?;
    }
    let id = form.id.map_or_else(crate::new_id::<Uuid>, |id| id.0);
    let country = form.country.trim().to_uppercase();
    let done = if form.id.is_some() {
        sqlx::query!(
            "UPDATE addresses SET kind = $3, label = $4, company = $5, street = $6, postcode = $7, city = $8, country = $9, is_default = $10
             WHERE account_id = $1 AND id = $2",
            account,
            id,
            form.kind,
            form.label.trim(),
            form.company.trim(),
            form.street.trim(),
            form.postcode.trim(),
            form.city.trim(),
            country,
            form.is_default
        )
        .execute(tx.db())
        .await?
    } else {
        sqlx::query!(
            "INSERT INTO addresses (account_id, id, kind, label, company, street, postcode, city, country, is_default)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            account,
            id,
            form.kind,
            form.label.trim(),
            form.company.trim(),
            form.street.trim(),
            form.postcode.trim(),
            form.city.trim(),
            country,
            form.is_default
        )
        .execute(tx.db())
        .await?
    };
    exactly(1, &done).map_err(|_| Problem::NotFound)?;
    let detail = json!({ "kind": form.kind, "street": form.street, "postcode": form.postcode, "city": form.city, "country": country });
    audit::record(tx, "address.saved", form.label.trim(), detail).await
}

/// Takes an address out of the book; documents keep their copies.
pub async fn delete_address(tx: &mut Tx, id: AddressId) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let label = sqlx::query_scalar!(
        "DELETE FROM addresses WHERE account_id = $1 AND id = $2 RETURNING label",
        actor.account().0,
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    audit::record(tx, "address.deleted", &label, json!({})).await
}

/// PO number rule, order minimum before tax, and whether approvers may decide from a mail.
pub async fn save_settings(tx: &mut Tx, po_required: bool, minimum: Option<Decimal>, by_mail: bool) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CompanyManage)?;
    let minimum = minimum.map(|m| Money::new(m, actor.currency()));
    if minimum.is_some_and(|m| m.amount() <= Decimal::ZERO || m.rounded() != m) {
        return Err(Problem::invalid("minimum", "Enter an amount above 0, or leave it empty.").into());
    }
    let done = sqlx::query!(
        "UPDATE accounts SET po_required = $2, order_minimum = $3, decide_by_mail = $4 WHERE id = $1",
        actor.account().0,
        po_required,
        minimum.map(Money::amount),
        by_mail
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let detail =
        json!({ "po_required": po_required, "order_minimum": minimum.map(Money::amount), "decide_by_mail": by_mail });
    audit::record(tx, "settings.saved", "ordering", detail).await
}

/// The account's credit: what uses it, which orders are held, and what to pay to free the first of them.
pub async fn credit(tx: &mut Tx) -> Result<CreditView> {
    let actor = tx.actor()?;
    actor.require(Permission::CreditRead)?;
    let money = |amount| Money::new(amount, actor.currency());
    let Limits { credit, parts, .. } = limits::read(tx, &actor, "", money(Decimal::ZERO), None, Lock::No).await?;
    let held = sqlx::query!(
        "SELECT number, gross FROM orders WHERE account_id = $1 AND status = 'on_hold' AND currency = $2 ORDER BY placed_at, id LIMIT 50",
        actor.account().0,
        actor.currency().code()
    )
    .fetch_all(tx.db())
    .await?;
    let held: Vec<(String, Money)> = held.into_iter().map(|r| (r.number, money(r.gross))).collect();
    let over = match credit.limit {
        Some(limit) => credit.exposure()?.minus(limit)?,
        None => money(Decimal::ZERO),
    };
    let step = if !held.is_empty() && over.amount() > Decimal::ZERO {
        let open = sqlx::query!(
            r#"SELECT number, gross - settled AS "open!" FROM invoices
               WHERE account_id = $1 AND kind = 'invoice' AND settled < gross AND currency = $2 ORDER BY 2 LIMIT 1000"#,
            actor.account().0,
            actor.currency().code()
        )
        .fetch_all(tx.db())
        .await?;
        let open: Vec<OpenInvoice> =
            open.into_iter().map(|r| OpenInvoice { number: r.number, open: money(r.open) }).collect();
        smallest_step(over, &open)
    } else {
        None
    };
    Ok(CreditView { credit, parts, held, step })
}
