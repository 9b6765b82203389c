//! The demo's world: one seller, three customers, one with units, one abroad, their people, contracts, orders and invoices. Tests and journeys share it.

mod world;

use chrono::{DateTime, Utc};
use domain::Problem;
use domain::accounts::Email;
use domain::ids::PersonId;

use crate::{Result, Store};

/// Somebody to be in the demo.
pub struct Persona {
    /// Sign-in.
    pub email: &'static str,
    /// Name.
    pub name: &'static str,
    /// What they do.
    pub what: &'static str,
    /// Seats: account number and roles.
    seats: &'static [(&'static str, &'static [&'static str])],
    /// Role of the seller's staff.
    staff: Option<&'static str>,
}

/// Everybody's password in the demo.
pub const PASSWORD: &str = "buyerdesk-demo-2026";

/// The demo's people.
pub const PEOPLE: &[Persona] = &[
    Persona {
        email: "buyer@acme.example",
        name: "Jon Bell",
        what: "buyer at Acme",
        seats: &[("1001", &["buyer"])],
        staff: None,
    },
    Persona {
        email: "manager@acme.example",
        name: "Dana Reyes",
        what: "purchasing manager at Acme",
        seats: &[("1001", &["approver"])],
        staff: None,
    },
    Persona {
        email: "finance@acme.example",
        name: "Priya Nair",
        what: "finance at Acme",
        seats: &[("1001", &["finance"])],
        staff: None,
    },
    Persona {
        email: "admin@acme.example",
        name: "Marta Kowalski",
        what: "account admin at Acme and its unit Acme North",
        seats: &[("1001", &["account_admin"]), ("1001-1", &["account_admin"])],
        staff: None,
    },
    Persona {
        email: "junior@acme.example",
        name: "Ollie Grant",
        what: "junior buyer at Acme, reports to Dana",
        seats: &[("1001", &["buyer"])],
        staff: None,
    },
    Persona {
        email: "director@acme.example",
        name: "Helen Osei",
        what: "finance director at Acme",
        seats: &[("1001", &["finance", "viewer"])],
        staff: None,
    },
    Persona {
        email: "north@acme.example",
        name: "Nora Lindqvist",
        what: "buyer at the unit Acme North, books on SHIFT",
        seats: &[("1001-1", &["buyer"])],
        staff: None,
    },
    Persona {
        email: "buyer@globex.example",
        name: "Tom Adeyemi",
        what: "buyer at Globex",
        seats: &[("1002", &["buyer"])],
        staff: None,
    },
    Persona {
        email: "einkauf@vireo.example",
        name: "Anke Vogt",
        what: "buyer and finance at Vireo in Germany",
        seats: &[("1003", &["buyer", "finance"])],
        staff: None,
    },
    Persona {
        email: "both@acme.example",
        name: "Lena Fischer",
        what: "buyer at Acme, buyer and finance at Globex",
        seats: &[("1001", &["buyer"]), ("1002", &["buyer", "finance"])],
        staff: None,
    },
    Persona {
        email: "rep@seller.example",
        name: "Ruth Ito",
        what: "sales rep of the seller, for Acme",
        seats: &[],
        staff: Some("sales_rep"),
    },
    Persona {
        email: "service@seller.example",
        name: "Kim Larsen",
        what: "customer service of the seller",
        seats: &[],
        staff: Some("customer_service"),
    },
    Persona {
        email: "admin@seller.example",
        name: "Sam Okafor",
        what: "seller admin",
        seats: &[],
        staff: Some("seller_admin"),
    },
];

/// Fills an empty database with the demo's world; `false` when there is a seller already. The orders of these days are
/// sent as a buyer sends them.
pub async fn seed(store: &Store, now: DateTime<Utc>) -> Result<bool> {
    let mut tx = store.job(now).await?;
    if sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM seller"#).fetch_one(tx.db()).await? > 0 {
        return Ok(false);
    }
    world::seed(&mut tx).await?;
    tx.commit().await?;
    world::send_orders(store, now).await?;
    world::negotiate(store, now).await?;
    world::work(store, now).await?;
    Ok(true)
}

/// One of the demo's people by address.
pub async fn person(store: &Store, email: &Email, now: DateTime<Utc>) -> Result<PersonId> {
    let mut tx = store.job(now).await?;
    let id =
        sqlx::query_scalar!("SELECT id FROM people WHERE email = $1", email.as_str()).fetch_optional(tx.db()).await?;
    id.map(PersonId).ok_or_else(|| Problem::NotFound.into())
}
