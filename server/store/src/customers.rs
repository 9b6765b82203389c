//! The seller's view of its customers: assigned ones for a sales rep, all for the others. Row-level security decides which.

use chrono::{Duration, NaiveDate};
use domain::accounts::{Address, PriceStrategy};
use domain::actor::Role;
use domain::assistance::Policy;
use domain::deliveries::{DeskRow, StaffNote, staff_note};
use domain::invoices::{Early, Invoicing, Language, Mode};
use domain::orders::Status;
use domain::sales::{
    Contact, ContractRow, Customer, CustomerPage, CustomersPage, CustomersQuery, PAGE, SalesHome, Show, quiet,
};
use domain::tax::Category;
use domain::{Currency, Money, Permission};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::exactly;
use crate::{Error, Result, Tx, assistance};

/// An order, as JSON has it: number, when, by whom, reference, state, total, currency.
type Order = (String, chrono::DateTime<chrono::Utc>, String, String, String, Decimal, String);

/// What reads customers finds: they, and the asking person's own questions for consent.
struct Read {
    customers: Vec<Customer>,
    help: Option<Value>,
}

/// Customers whose number or name matches, or the one with `number`, by name. One statement, however many there are.
async fn read(tx: &mut Tx, words: &str, number: Option<&str>) -> Result<Read> {
    let actor = tx.actor()?;
    actor.require(Permission::CustomerRead)?;
    let pattern = format!("%{}%", words.trim().replace(['%', '_', '\\'], ""));
    let (now, today) = (tx.now(), tx.today());
    let rows = sqlx::query!(
        r#"WITH mine AS (
               SELECT a.id, a.number, a.name, a.country, a.status, a.currency FROM accounts a
               WHERE a.id <> '00000000-0000-0000-0000-000000000000'
                 AND CASE WHEN $2::text IS NULL THEN a.number ILIKE $1 OR a.name ILIKE $1 ELSE a.number = $2 END
               ORDER BY a.name, a.id LIMIT 10000
           ), opened AS (
               SELECT o.account_id, count(*) AS n FROM orders o JOIN mine m ON m.id = o.account_id
               WHERE o.status IN ('pending_approval', 'approved', 'confirmed', 'partially_shipped', 'on_hold') GROUP BY 1
           ), due AS (
               SELECT i.account_id, sum(i.gross - i.settled) AS amount FROM invoices i JOIN mine m ON m.id = i.account_id AND m.currency = i.currency
               WHERE i.settled < i.gross AND i.kind = 'invoice' AND i.due_on < $5 GROUP BY 1
           ), carted AS (
               SELECT c.account_id, count(*) AS n FROM carts c JOIN mine m ON m.id = c.account_id
               WHERE EXISTS (SELECT 1 FROM cart_lines l WHERE (l.account_id, l.cart_id) = (c.account_id, c.id)) GROUP BY 1
           ), quoted AS (
               SELECT q.account_id, count(*) AS n, count(*) FILTER (WHERE q.status IN ('requested', 'changes_asked')) AS asked
               FROM quotes q JOIN mine m ON m.id = q.account_id
               WHERE q.status IN ('requested', 'changes_asked') OR q.status IN ('sent', 'partly_accepted') AND q.valid_until >= $5 GROUP BY 1
           )
           SELECT m.number AS "number?", m.name AS "name?", m.country AS "country?", m.status AS "status?", m.currency AS "currency?",
                  (SELECT max(o.placed_at) FROM orders o WHERE o.account_id = m.id) AS last_order,
                  COALESCE(r.orders, 0) AS "orders!", COALESCE(r.this_year, 0) AS "this_year!", COALESCE(r.last_year, 0) AS "last_year!",
                  COALESCE(p.n, 0) AS "open_orders!", COALESCE(d.amount, 0) AS "overdue!", COALESCE(c.n, 0) AS "open_carts!",
                  COALESCE(t.n, 0) AS "open_quotes!", COALESCE(t.asked, 0) AS "asked_quotes!",
                  h.rows AS help
           FROM (SELECT jsonb_agg(jsonb_build_array(h.id, a.number, a.name, h.member_name, h.reason, h.state, h.asked_at, h.answered_at, h.expires_at)
                                  ORDER BY h.asked_at DESC) AS rows
                 FROM assistance h JOIN accounts a ON a.id = h.account_id
                 WHERE h.person_id = $6 AND h.asked_at > $7 AND h.state <> 'ended' AND ($2 IS NULL OR a.number = $2)) h
           LEFT JOIN mine m ON true
           -- Along each customer's own orders: all of everybody's are many more.
           LEFT JOIN LATERAL (SELECT count(*) AS orders, sum(o.gross) FILTER (WHERE o.placed_at >= $3 AND o.currency = m.currency) AS this_year,
                                     sum(o.gross) FILTER (WHERE o.placed_at < $3 AND o.currency = m.currency) AS last_year
                              FROM orders o WHERE o.account_id = m.id AND o.placed_at >= $4 AND o.status NOT IN ('rejected', 'cancelled')) r ON true
           LEFT JOIN opened p ON p.account_id = m.id
           LEFT JOIN due d ON d.account_id = m.id LEFT JOIN carted c ON c.account_id = m.id
           LEFT JOIN quoted t ON t.account_id = m.id
           ORDER BY m.name, m.id"#,
        pattern,
        number,
        now - Duration::days(365),
        now - Duration::days(730),
        today,
        actor.person().0,
        now - Duration::days(3)
    )
    .fetch_all(tx.db())
    .await?;
    let help = rows.first().and_then(|r| r.help.clone());
    let customers = rows
        .into_iter()
        .filter_map(|r| Some((r.number.clone()?, r.currency.clone()?, r)))
        .map(|(number, code, r)| {
            let currency = Currency::parse(&code).ok_or_else(|| Error::odd("accounts.currency", &code))?;
            let money = |amount| Money::new(amount, currency);
            let last_order = r.last_order.map(|t| tx.local(t));
            Ok(Customer {
                number,
                name: r.name.unwrap_or_default(),
                country: r.country.unwrap_or_default(),
                status: r.status.unwrap_or_default(),
                last_order,
                open_orders: r.open_orders,
                open_carts: r.open_carts,
                open_quotes: r.open_quotes,
                asked_quotes: r.asked_quotes,
                overdue: money(r.overdue),
                this_year: money(r.this_year),
                last_year: money(r.last_year),
                orders: r.orders,
                quiet: quiet(last_order.map(|t| t.date()), r.orders, today),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Read { customers, help })
}

/// Where a rep begins. One statement.
pub async fn home(tx: &mut Tx) -> Result<SalesHome> {
    let read = read(tx, "", None).await?;
    let help = assistance::mine(tx, read.help)?;
    let quotes = tx.actor()?.may(Permission::QuoteWrite);
    Ok(SalesHome::of(read.customers, help, quotes, tx.today()))
}

/// A page of the customers. One statement.
pub async fn list(tx: &mut Tx, query: CustomersQuery) -> Result<CustomersPage> {
    let found = read(tx, &query.words, None).await?.customers;
    let count = |show: Show| i64::try_from(found.iter().filter(|c| show.takes(c)).count()).unwrap_or(i64::MAX);
    let counts = Show::ALL.into_iter().map(|show| (show, count(show))).collect();
    let rows = found
        .into_iter()
        .filter(|c| query.show.takes(c))
        .skip(((query.page - 1) * PAGE) as usize)
        .take(PAGE as usize)
        .collect();
    Ok(CustomersPage { query, rows, counts, today: tx.today() })
}

/// One customer. Not found for those that are not the person's. Two statements.
pub async fn find(tx: &mut Tx, number: &str) -> Result<CustomerPage> {
    let found = read(tx, "", Some(number)).await?;
    let row = found.customers.into_iter().next().ok_or(domain::Problem::NotFound)?;
    let help = assistance::mine(tx, found.help)?;
    let more = sqlx::query!(
        r#"SELECT a.on_behalf, a.price_strategy, a.language, a.invoicing, a.tax_number, a.endpoint, a.tax_treatment, a.discount_percent, a.discount_days, a.payment_terms_days, c.credit_limit AS "credit_limit?",
                  (SELECT COALESCE(sum(i.gross - i.settled), 0) FROM invoices i
                   WHERE i.account_id = a.id AND i.settled < i.gross AND i.kind = 'invoice' AND i.currency = a.currency) AS "open!",
                  (SELECT jsonb_agg(jsonb_build_array(m.id, p.name, p.email, m.roles,
                              (SELECT count(*) FROM carts k JOIN cart_lines l ON (l.account_id, l.cart_id) = (k.account_id, k.id)
                               WHERE k.account_id = m.account_id AND k.member_id = m.id AND k.in_use)) ORDER BY p.name, m.id)
                   FROM members m JOIN people p ON p.id = m.person_id WHERE m.account_id = a.id AND m.status = 'active') AS people,
                  (SELECT jsonb_agg(jsonb_build_array(d.kind, d.label, to_jsonb(d)) ORDER BY d.kind DESC, d.is_default DESC, d.label)
                   FROM addresses d WHERE d.account_id = a.id) AS addresses,
                  (SELECT jsonb_agg(jsonb_build_array(k.number, k.name, k.status, k.valid_from, k.valid_to) ORDER BY k.status, k.valid_from DESC)
                   FROM contracts k WHERE k.account_id = a.id) AS contracts,
                  (SELECT jsonb_agg(jsonb_build_array(o.number, o.placed_at, o.placed_by, o.po_number, o.status, o.gross::text, o.currency) ORDER BY o.placed_at DESC)
                   FROM (SELECT * FROM orders o WHERE o.account_id = a.id ORDER BY o.placed_at DESC, o.id DESC LIMIT 8) o) AS orders,
                  (SELECT jsonb_agg(jsonb_build_array(n.at, n.by_name, n.text, n.number) ORDER BY n.at DESC)
                   FROM (SELECT n.at, n.by_name, n.text, COALESCE(o.number, '') AS number FROM staff_notes n
                         LEFT JOIN orders o ON (o.account_id, o.id) = (n.account_id, n.order_id)
                         WHERE n.account_id = a.id ORDER BY n.at DESC LIMIT 50) n) AS notes
           FROM accounts a LEFT JOIN credit_limits c ON c.account_id = a.id WHERE a.number = $1"#,
        number
    )
    .fetch_one(tx.db())
    .await?;
    let odd = |e: serde_json::Error| Error::odd("customer", &e.to_string());
    let list = |json: Option<Value>| json.unwrap_or_else(|| json!([]));
    let people: Vec<(Uuid, String, String, Vec<String>, i64)> =
        serde_json::from_value(list(more.people)).map_err(odd)?;
    let addresses: Vec<(String, String, Address)> = serde_json::from_value(list(more.addresses)).map_err(odd)?;
    let contracts: Vec<(String, String, String, NaiveDate, Option<NaiveDate>)> =
        serde_json::from_value(list(more.contracts)).map_err(odd)?;
    let orders: Vec<Order> = serde_json::from_value(list(more.orders)).map_err(odd)?;
    let currency = row.overdue.currency();
    let orders = orders
        .into_iter()
        .map(|(order, at, by, po, status, gross, code)| {
            Ok(DeskRow {
                account: row.number.clone(),
                customer: row.name.clone(),
                number: order,
                placed_at: tx.local(at),
                placed_by: by,
                po_number: po,
                status: Status::parse(&status).ok_or_else(|| Error::odd("orders.status", &status))?,
                gross: Money::new(gross, Currency::parse(&code).ok_or_else(|| Error::odd("orders.currency", &code))?),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(CustomerPage {
        strategy: PriceStrategy::parse(&more.price_strategy),
        terms: more.payment_terms_days,
        open_invoices: Money::new(more.open, currency),
        limit: more.credit_limit.map(|limit| Money::new(limit, currency)),
        people: people
            .into_iter()
            .map(|(id, name, email, roles, cart_lines)| Contact {
                id: id.into(),
                name,
                email,
                roles: roles.iter().filter_map(|r| Role::parse(r)).collect(),
                cart_lines,
            })
            .collect(),
        addresses,
        contracts: contracts
            .into_iter()
            .map(|(number, name, status, valid_from, valid_to)| ContractRow {
                number,
                name,
                status,
                valid_from,
                valid_to,
            })
            .collect(),
        orders,
        notes: notes(tx, more.notes)?,
        policy: Policy::parse(&more.on_behalf).ok_or_else(|| Error::odd("accounts.on_behalf", &more.on_behalf))?,
        invoicing: Invoicing {
            language: Language::parse(&more.language).unwrap_or_default(),
            mode: Mode::parse(&more.invoicing).ok_or_else(|| Error::odd("accounts.invoicing", &more.invoicing))?,
            vat_number: more.tax_number,
            endpoint: more.endpoint,
            treatment: more.tax_treatment.as_deref().and_then(Category::parse),
            early: more.discount_percent.zip(more.discount_days).map(|(percent, days)| Early { percent, days }),
        },
        can_invoice: tx.actor()?.may(Permission::InvoiceIssue),
        can_act: tx.actor()?.may(Permission::ActOnBehalf) && row.status != "closed",
        help,
        today: tx.today(),
        row,
    })
}

/// Notes as a page's statement read them: when, who, what, about which order.
pub(crate) fn notes(tx: &Tx, json: Option<Value>) -> Result<Vec<StaffNote>> {
    let notes: Vec<(chrono::DateTime<chrono::Utc>, String, String, String)> =
        json.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| Error::odd("staff_notes", &e.to_string()))?;
    Ok(notes.into_iter().map(|(at, by, text, order)| StaffNote { at: tx.local(at), by, text, order }).collect())
}

/// Notes something about a customer, or about an order of theirs (`order` not empty), for the seller's people alone.
pub async fn note(tx: &mut Tx, customer: &str, order: &str, words: &str) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CustomerRead)?;
    let words = staff_note(words)?;
    let row = sqlx::query!(
        r#"SELECT a.id, (SELECT o.id FROM orders o WHERE o.account_id = a.id AND o.number = $2) AS order_id FROM accounts a WHERE a.number = $1"#,
        customer,
        order
    )
    .fetch_one(tx.db())
    .await?;
    if !order.is_empty() && row.order_id.is_none() {
        return Err(domain::Problem::NotFound.into());
    }
    let now = tx.now();
    let done = sqlx::query!(
        "INSERT INTO staff_notes (account_id, id, order_id, at, person_id, by_name, text) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.id,
        crate::new_id::<Uuid>(),
        row.order_id,
        now,
        actor.person().0,
        actor.name(),
        words
    )
    .execute(tx.db())
    .await?;
    // Its own record: it can be neither changed nor deleted. The audit trail is the customer's to read, so it is not told there.
    exactly(1, &done)
}
