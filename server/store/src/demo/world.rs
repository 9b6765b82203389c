//! What is in the demo's world. Written once, in one transaction.

mod behalf;
mod company;
mod documents;
mod goods;
mod quotes;

use domain::ids::AccountId;
use serde_json::json;
use uuid::Uuid;

use super::{PASSWORD, PEOPLE};
use crate::{Error, Result, Tx, audit};

pub(super) use behalf::work;
pub(super) use company::send_orders;
pub(super) use quotes::negotiate;

pub(super) const ACME: &str = "1001";
pub(super) const GLOBEX: &str = "1002";
/// In Germany: the tax is theirs to account for, and their documents are in German.
pub(super) const VIREO: &str = "1003";

pub(super) async fn seed(tx: &mut Tx) -> Result<()> {
    sqlx::query!(
        "INSERT INTO seller (name, legal_name, street, postcode, city, country, vat_number, email, phone, iban, bic, delivery_fee, free_delivery_from)
         VALUES ('Halden Supply', 'Halden Supply Ltd', '14 Foundry Lane', 'LS10 1DL', 'Leeds', 'GB', 'GB 123 4567 89', 'orders@halden.example',
                 '+44 113 496 0000', 'GB29 NWBK 6016 1331 9268 19', 'NWBKGB2L', 7.50, 250)"
    )
    .execute(tx.db())
    .await?;
    sqlx::query!(
        "INSERT INTO accounts (id, number, name, currency, country) VALUES ($1, 'SELLER', 'Halden Supply', 'GBP', 'GB')",
        AccountId::SELLER.0
    )
    .execute(tx.db())
    .await?;
    let acme = account(tx, ACME, "Acme Manufacturing", false).await?;
    let globex = account(tx, GLOBEX, "Globex Logistics", true).await?;
    let vireo = account(tx, VIREO, "Vireo Maschinenbau GmbH", true).await?;
    sqlx::query!(
        "UPDATE accounts SET country = 'DE', language = 'de', invoicing = 'per_order', tax_number = 'DE123456789', tax_rate = 0,
                             tax_treatment = 'reverse_charge', endpoint = '0204:991-12345-07' WHERE id = $1",
        vireo
    )
    .execute(tx.db())
    .await?;
    sqlx::query!(
        "UPDATE accounts SET tax_number = CASE id WHEN $1 THEN 'GB246813579' ELSE 'GB135792468' END WHERE id IN ($1, $2)",
        acme,
        globex
    )
    .execute(tx.db())
    .await?;
    unit(tx, acme, "Acme North", ("Kiln Lane works", "Kiln Lane 3", "NE6 2HL", "Newcastle")).await?;
    unit(tx, acme, "Acme South", ("South works", "Quay Road 40", "BS1 4RN", "Bristol")).await?;
    people(tx, acme).await?;
    goods::seed(tx, acme, globex).await?;
    documents::seed(tx, acme, globex, vireo).await?;
    company::seed(tx, acme).await?;
    company::ask_for_an_account(tx).await?;
    for account in [AccountId::SELLER.0, acme, globex, vireo] {
        audit::record_job(tx, account.into(), "Halden Supply", "account.opened", "demo", json!({})).await?;
    }
    Ok(())
}

async fn account(tx: &mut Tx, number: &str, name: &str, po_required: bool) -> Result<Uuid> {
    let id = crate::new_id::<Uuid>();
    sqlx::query!(
        "INSERT INTO accounts (id, number, name, currency, country, po_required, order_minimum) VALUES ($1, $2, $3, 'GBP', 'GB', $4, 20)",
        id,
        number,
        name,
        po_required
    )
    .execute(tx.db())
    .await?;
    sqlx::query!("INSERT INTO credit_limits (account_id, credit_limit, policy) VALUES ($1, 25000, 'hold')", id)
        .execute(tx.db())
        .await?;
    let (acme, globex) = (
        [
            ("ship_to", "Main works", "Unit 4, Harrow Road", "B24 8BU", "Birmingham", true),
            ("ship_to", "Line 4 store", "Gate C, Harrow Road", "B24 8BW", "Birmingham", false),
            ("bill_to", "Accounts payable", "1 Acme Way", "B24 8AA", "Birmingham", true),
        ],
        [
            ("ship_to", "Depot North", "Trafford Park 88", "M17 1AB", "Manchester", true),
            ("ship_to", "Depot South", "Dock Road 12", "SO15 1GA", "Southampton", false),
            ("bill_to", "Head office", "200 Quay Street", "M3 4LX", "Manchester", true),
        ],
    );
    let vireo = [
        ("ship_to", "Werk 1", "Am Hafen 7", "28217", "Bremen", true),
        ("ship_to", "Werk 2", "Industriestraße 40", "28876", "Oyten", false),
        ("bill_to", "Buchhaltung", "Am Hafen 5", "28217", "Bremen", true),
    ];
    let (places, country) = match number {
        ACME => (acme, "GB"),
        VIREO => (vireo, "DE"),
        _ => (globex, "GB"),
    };
    for (kind, label, street, postcode, city, is_default) in places {
        sqlx::query!(
            "INSERT INTO addresses (account_id, id, kind, label, company, street, postcode, city, country, is_default)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            id,
            crate::new_id::<Uuid>(),
            kind,
            label,
            name,
            street,
            postcode,
            city,
            country,
            is_default
        )
        .execute(tx.db())
        .await?;
    }
    for (code, name) in [("MAINT", "Maintenance"), ("PACK", "Packaging"), ("SAFETY", "Safety")] {
        sqlx::query!(
            "INSERT INTO cost_centres (account_id, id, code, name) VALUES ($1, $2, $3, $4)",
            id,
            crate::new_id::<Uuid>(),
            code,
            name
        )
        .execute(tx.db())
        .await?;
    }
    Ok(id)
}

/// A unit that shares the limit of the account above, with a place and a cost centre of its own.
async fn unit(
    tx: &mut Tx,
    above: Uuid,
    name: &str,
    (label, street, postcode, city): (&str, &str, &str, &str),
) -> Result<()> {
    let id = sqlx::query_scalar!(
        "INSERT INTO accounts (id, number, name, parent_id, currency, country, order_minimum, credit_shared)
         SELECT $2, a.number || '-' || (SELECT 1 + count(*) FROM accounts u WHERE u.parent_id = a.id), $3, a.id, a.currency, a.country, a.order_minimum, true
         FROM accounts a WHERE a.id = $1 RETURNING id",
        above,
        crate::new_id::<Uuid>(),
        name
    )
    .fetch_one(tx.db())
    .await?;
    sqlx::query!(
        "WITH place AS (INSERT INTO addresses (account_id, id, kind, label, company, street, postcode, city, country, is_default)
                        VALUES ($1, gen_random_uuid(), 'ship_to', $3, $2, $4, $5, $6, 'GB', true))
         INSERT INTO cost_centres (account_id, id, code, name)
         VALUES ($1, gen_random_uuid(), 'SHIFT', 'Shift supplies'), ($1, gen_random_uuid(), 'TOOLS', 'Tools')",
        id,
        name,
        label,
        street,
        postcode,
        city
    )
    .execute(tx.db())
    .await?;
    audit::record_job(tx, id.into(), "Halden Supply", "account.opened", "demo", json!({})).await
}

async fn people(tx: &mut Tx, acme: Uuid) -> Result<()> {
    let password = domain::accounts::NewPassword::parse("password", PASSWORD)?;
    let hash = crate::accounts::hash_password(&password).await?;
    let now = tx.now();
    for p in PEOPLE {
        let person = crate::new_id::<Uuid>();
        sqlx::query!("INSERT INTO people (id, email, name) VALUES ($1, $2, $3)", person, p.email, p.name)
            .execute(tx.db())
            .await?;
        sqlx::query!(
            "INSERT INTO credentials (person_id, password_hash, changed_at) VALUES ($1, $2, $3)",
            person,
            hash,
            now
        )
        .execute(tx.db())
        .await?;
        for (number, roles) in p.seats {
            let roles: Vec<String> = roles.iter().map(|r| (*r).to_owned()).collect();
            sqlx::query!(
                "INSERT INTO members (account_id, id, person_id, roles) SELECT id, $2, $3, $4 FROM accounts WHERE number = $1",
                *number,
                crate::new_id::<Uuid>(),
                person,
                &roles
            )
            .execute(tx.db())
            .await?;
        }
        if let Some(role) = p.staff {
            sqlx::query!("INSERT INTO staff (person_id, role) VALUES ($1, $2)", person, role).execute(tx.db()).await?;
            if role == "sales_rep" {
                sqlx::query!("INSERT INTO staff_assignments (account_id, person_id) VALUES ($1, $2)", acme, person)
                    .execute(tx.db())
                    .await?;
            }
        }
    }
    Ok(())
}

/// A member of an account by address, with their name.
async fn member(tx: &mut Tx, account: Uuid, email: &str) -> Result<(Uuid, Uuid, String)> {
    let row = sqlx::query!(
        "SELECT m.id, p.id AS person, p.name FROM members m JOIN people p ON p.id = m.person_id WHERE m.account_id = $1 AND p.email = $2",
        account,
        email
    )
    .fetch_optional(tx.db())
    .await?
    .ok_or_else(|| Error::odd("demo person", email))?;
    Ok((row.id, row.person, row.name))
}
