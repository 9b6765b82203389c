//! How Acme buys: two rules, two budgets with what they were used for, a delegation, and an order that waits.

use chrono::{DateTime, Days, Utc};
use domain::accounts::Email;
use domain::approvals::{Condition, Rule, Tier, Who};
use domain::cart::CheckoutForm;
use domain::catalog::Sku;
use domain::{Currency, Money, Quantity, Role};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::member;
use crate::{Error, Result, Store, Tx};

pub(super) async fn seed(tx: &mut Tx, acme: Uuid) -> Result<()> {
    let over = |pounds: i64| vec![Condition::TotalOver(Money::new(Decimal::from(pounds), Currency::GBP))];
    let one_of = |role: Role| vec![Tier { all: false, who: vec![Who::Role(role)] }];
    let rule = |name: &str, pounds: i64, role: Role| Rule {
        name: name.to_owned(),
        about: vec![Who::Role(Role::Buyer)],
        conditions: over(pounds),
        tiers: one_of(role),
        requester_may: false,
    };
    let rules = [rule("Over £500", 500, Role::Approver), rule("Over £5,000", 5000, Role::Finance)];
    for (position, rule) in (1..).zip(rules) {
        let rule = serde_json::to_value(rule).map_err(|e| Error::odd("demo rule", &e.to_string()))?;
        sqlx::query!(
            "INSERT INTO approval_rules (account_id, id, rule, position) VALUES ($1, $2, $3, $4)",
            acme,
            crate::new_id::<Uuid>(),
            rule,
            position
        )
        .execute(tx.db())
        .await?;
    }
    for (centre, period, amount, beyond) in [("MAINT", "month", 4000, "approve"), ("PACK", "quarter", 9000, "block")] {
        sqlx::query!(
            "INSERT INTO budgets (account_id, id, cost_centre, period, amount, currency, beyond) VALUES ($1, $2, $3, $4, $5, 'GBP', $6)",
            acme,
            crate::new_id::<Uuid>(),
            centre,
            period,
            Decimal::from(amount),
            beyond
        )
        .execute(tx.db())
        .await?;
    }
    sqlx::query!(
        "INSERT INTO budget_entries (account_id, id, budget_id, order_id, period_start, amount, at)
         SELECT o.account_id, gen_random_uuid(), b.id, o.id, date_trunc(b.period, o.placed_at AT TIME ZONE 'Europe/London')::date, o.gross, o.placed_at
         FROM orders o JOIN budgets b ON (b.account_id, b.cost_centre) = (o.account_id, o.cost_centre)
         WHERE o.account_id = $1 AND o.status IN ('confirmed', 'partially_shipped', 'shipped', 'completed')",
        acme
    )
    .execute(tx.db())
    .await?;
    let (manager, ..) = member(tx, acme, "manager@acme.example").await?;
    let (junior, ..) = member(tx, acme, "junior@acme.example").await?;
    let (admin, ..) = member(tx, acme, "admin@acme.example").await?;
    sqlx::query!("UPDATE members SET manager_id = $3 WHERE account_id = $1 AND id = $2", acme, junior, manager)
        .execute(tx.db())
        .await?;
    sqlx::query!(
        "UPDATE members SET cost_centres = '{SHIFT}' WHERE person_id = (SELECT id FROM people WHERE email = 'north@acme.example')"
    )
    .execute(tx.db())
    .await?;
    let first = tx.today() + Days::new(7);
    sqlx::query!(
        "INSERT INTO delegations (account_id, id, from_member, to_member, first_day, last_day, cap, currency) VALUES ($1, $2, $3, $4, $5, $6, 2000, 'GBP')",
        acme,
        crate::new_id::<Uuid>(),
        manager,
        admin,
        first,
        first + Days::new(11)
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

/// A company that asked for an account, has confirmed its address, and waits for the seller.
pub(super) async fn ask_for_an_account(tx: &mut Tx) -> Result<()> {
    let asked = tx.now() - chrono::Duration::hours(3);
    let message = "We pack about 400 parcels a day and look for tape, cartons and gloves.";
    sqlx::query!(
        "INSERT INTO registrations (id, company, tax_number, street, postcode, city, country, name, email, message, asked_at, token_hash, status)
         VALUES ($1, 'Initech Packaging', 'GB987654321', '27 Canal Street', 'LS1 4AB', 'Leeds', 'GB', 'Bill Lumley', 'bill@initech.example', $2,
                 $3, sha256('used'), 'confirmed')",
        crate::new_id::<Uuid>(),
        message,
        asked
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Ollie sends an order that needs Dana's approval, and Nora one that goes straight through and uses the limit that her unit
/// shares; through the same use cases as the pages.
pub(in crate::demo) async fn send_orders(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let note = "For the December shutdown on line 4. We are down to the last box.";
    let lines = [("GL-CUT-D-9", 140), ("TP-48-CL", 36), ("CL-DEG-5", 4)];
    send(store, now, "junior@acme.example", &lines, ("PO-88190", "MAINT", note)).await?;
    send(store, now, "north@acme.example", &[("TP-48-CL", 36)], ("N-114", "SHIFT", "")).await
}

async fn send(
    store: &Store,
    now: DateTime<Utc>,
    email: &str,
    lines: &[(&str, i64)],
    (po_number, cost_centre, note): (&str, &str, &str),
) -> Result<()> {
    let person = crate::demo::person(store, &Email::parse("email", email)?, now).await?;
    let actor = crate::accounts::who(store, person, None, "127.0.0.1").await?.actor;
    let mut tx = store.begin(&actor, now).await?;
    for (sku, n) in lines {
        let quantity = Quantity::new(Decimal::from(*n)).ok_or_else(|| Error::odd("demo quantity", sku))?;
        crate::cart::add(&mut tx, &Sku::parse("sku", sku)?, quantity).await?;
    }
    let page = crate::cart::checkout(&mut tx).await?;
    let form = CheckoutForm {
        order_id: page.order_id,
        total: page.cart.totals.gross.amount(),
        po_number: po_number.to_owned(),
        cost_centre: cost_centre.to_owned(),
        ship_to: page.addresses.first().map(|a| a.id.to_string()).unwrap_or_default(),
        requested_on: None,
        partial_delivery: true,
        note: note.to_owned(),
    };
    crate::orders::submit(&mut tx, &form).await?;
    tx.commit().await
}
