//! Two accounts never meet, whatever a query forgets.

use domain::{Actor, Problem};
use sqlx::AssertSqlSafe;

use crate::world::{World, now};

const GLOBEX: &str = "(SELECT id FROM accounts WHERE number = '1002')";

/// Tables that hold one account's rows, by their key.
async fn tenant_tables(world: &World) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
         WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1",
    )
    .fetch_all(&world.superuser)
    .await
    .unwrap()
}

#[tokio::test]
async fn every_table_with_an_account_is_secured_and_keyed_by_it() {
    let world = World::new().await;
    let tables = tenant_tables(&world).await;
    assert!(tables.len() >= 18, "{tables:?}");
    for table in tables {
        let (enabled, forced, first_key): (bool, bool, String) = sqlx::query_as(
            "SELECT c.relrowsecurity, c.relforcerowsecurity, a.attname::text FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE c.oid = $1::text::regclass",
        )
        .bind(&table)
        .fetch_one(&world.superuser)
        .await
        .unwrap();
        assert!(enabled && forced, "{table}: row-level security must be enabled and forced");
        assert_eq!(first_key, "account_id", "{table}: the key must start with account_id");
        let policies: Vec<(String, bool, bool)> = sqlx::query_as(
            "SELECT p.polcmd::text, p.polqual IS NOT NULL, p.polwithcheck IS NOT NULL FROM pg_policy p
             JOIN pg_roles r ON r.oid = ANY (p.polroles) WHERE p.polrelid = $1::text::regclass AND r.rolname = 'buyerdesk_app' AND p.polpermissive",
        )
        .bind(&table)
        .fetch_all(&world.superuser)
        .await
        .unwrap();
        // Units read the rules and addresses of those above them: a second policy, for reading alone.
        let (reading, all): (Vec<_>, Vec<_>) = policies.iter().partition(|p| p.0 == "r" && policies.len() > 1);
        assert_eq!(all.len(), 1, "{table}: one policy for members of customers");
        let inherited = ["approval_rules", "addresses", "lists", "list_lines"].contains(&table.as_str());
        assert!(reading.is_empty() || inherited, "{table}: who may read more than their own?");
        let (command, using, check) = all[0];
        assert!(*using && (*check || command == "r"), "{table}: USING and WITH CHECK");
        let foreign: Vec<String> = sqlx::query_scalar(
            "SELECT k.conname::text FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attname = 'account_id'
             WHERE k.contype = 'f' AND k.conrelid = $1::text::regclass
               AND NOT (SELECT bool_or(f.attname IN ('account_id', 'price_list_owner')) FROM unnest(k.conkey) n JOIN pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = n)",
        )
        .bind(&table)
        .fetch_all(&world.superuser)
        .await
        .unwrap();
        assert!(foreign.is_empty(), "{table}: keys that could point into another account: {foreign:?}");
    }
}

#[tokio::test]
async fn an_account_sees_no_row_of_another_in_any_table() {
    let world = World::new().await;
    let acme = world.buyer().await;
    for table in tenant_tables(&world).await {
        let all = world.number(&format!("SELECT count(*) FROM {table} WHERE account_id = {GLOBEX}")).await;
        let mut tx = world.begin(&acme).await;
        let seen =
            tx.raw_count(&format!("SELECT count(*) FROM {table} WHERE account_id = '{}'", globex(&world).await)).await;
        match seen {
            Ok(seen) => assert_eq!(seen, 0, "{table} shows {seen} of {all} rows of another account"),
            Err(error) => assert!(error.contains("permission denied"), "{table}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_rep_sees_no_row_of_a_customer_that_is_not_theirs_in_any_table() {
    let world = World::new().await;
    let (rep, globex) = (world.actor("rep@seller.example").await, globex(&world).await);
    for table in tenant_tables(&world).await {
        let mut tx = world.begin(&rep).await;
        let seen = tx.raw_count(&format!("SELECT count(*) FROM {table} WHERE account_id = '{globex}'")).await;
        match seen {
            Ok(seen) => assert_eq!(seen, 0, "{table} shows {seen} rows of another rep's customer"),
            Err(error) => assert!(error.contains("permission denied"), "{table}: {error}"),
        }
    }
    // What staff may write at all, they write for their customers alone.
    let person = rep.person();
    for sql in [
        format!(
            "INSERT INTO staff_notes (account_id, id, at, person_id, by_name, text) VALUES ('{globex}', gen_random_uuid(), now(), '{person}', 'x', 'x')"
        ),
        format!(
            "INSERT INTO order_events (account_id, order_id, version, status, at, by_name) SELECT '{globex}', gen_random_uuid(), 9, 'shipped', now(), 'x'"
        ),
        format!(
            "INSERT INTO shipments (account_id, id, order_id, carrier, shipped_on, by_name, at) SELECT '{globex}', gen_random_uuid(), gen_random_uuid(), 'x', now(), 'x', now()"
        ),
        format!(
            "INSERT INTO invoices (account_id, id, number, kind, issued_on, due_on, currency, net, tax, gross, line_count) SELECT '{globex}', gen_random_uuid(), 'X', 'invoice', now(), now(), 'GBP', 1, 0, 1, 1"
        ),
        format!(
            "INSERT INTO payments (account_id, id, number, kind, received_on, amount, currency) SELECT '{globex}', gen_random_uuid(), 'X', 'payment', now(), 1, 'GBP'"
        ),
        "INSERT INTO bank_statements (id, hash, name, entries, by_name, taken_at) VALUES (gen_random_uuid(), 'x', 'x', 0, 'x', now())".to_owned(),
        format!(
            "INSERT INTO notices (account_id, id, member_id, kind, text, href, at) SELECT '{globex}', gen_random_uuid(), gen_random_uuid(), 'talk', 'x', '/', now()"
        ),
    ] {
        let error = world.begin(&rep).await.raw_execute(&sql).await.unwrap_err();
        assert!(error.contains("row-level security"), "{sql}: {error}");
    }
    for sql in [
        format!("UPDATE orders SET status = 'completed' WHERE account_id = '{globex}'"),
        format!("UPDATE accounts SET tax_treatment = 'export' WHERE id = '{globex}'"),
        format!("UPDATE invoices SET credits = 9 WHERE account_id = '{globex}'"),
        format!("UPDATE invoices SET settled = 1 WHERE account_id = '{globex}'"),
    ] {
        assert_eq!(world.begin(&rep).await.raw_execute(&sql).await, Ok(0), "{sql}");
    }
}

async fn globex(world: &World) -> uuid::Uuid {
    sqlx::query_scalar("SELECT id FROM accounts WHERE number = '1002'").fetch_one(&world.superuser).await.unwrap()
}

#[tokio::test]
async fn an_account_cannot_write_into_another() {
    let world = World::new().await;
    let acme = world.buyer().await;
    let globex = globex(&world).await;
    let mut tx = world.begin(&acme).await;
    let member = "(SELECT id FROM members LIMIT 1)";
    let error = tx
        .raw_execute(&format!("INSERT INTO carts (account_id, id, member_id, created_at) VALUES ('{globex}', gen_random_uuid(), {member}, now())"))
        .await
        .unwrap_err();
    assert!(error.contains("row-level security"), "{error}");
}

#[tokio::test]
async fn without_its_context_a_query_fails_and_does_not_come_back_empty() {
    let world = World::new().await;
    let mut connection = world.superuser.acquire().await.unwrap();
    sqlx::query("BEGIN").execute(&mut *connection).await.unwrap();
    sqlx::query("SET LOCAL ROLE buyerdesk_app").execute(&mut *connection).await.unwrap();
    let error = sqlx::query("SELECT * FROM orders").fetch_all(&mut *connection).await.unwrap_err().to_string();
    assert!(error.contains("app.account_id"), "{error}");
}

#[tokio::test]
async fn a_read_transaction_cannot_write() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    let mut tx = world.read(&buyer).await;
    let sku = domain::catalog::Sku::parse("sku", "TM-5M").unwrap();
    let error = store::cart::add(&mut tx, &sku, domain::Quantity::ONE).await.unwrap_err();
    assert!(matches!(error, store::Error::Database(ref e) if e.to_string().contains("read-only")), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_begin_that_is_cancelled_leaves_no_connection_behind_without_its_context() {
    let world = World::with_connections(2).await;
    let buyer = world.buyer().await;
    for round in 0..60_u64 {
        let (store, actor) = (world.store.clone(), buyer.clone());
        let begin = tokio::spawn(async move { store.begin(&actor, now()).await.map(|_| ()) });
        tokio::time::sleep(std::time::Duration::from_micros(round * 20)).await;
        begin.abort();
        let _ = begin.await;
        // Whoever comes next has the job's own context or none: never a transaction of the one that went away.
        let mut tx = world.store.job(now()).await.unwrap();
        assert_eq!(tx.raw_text("SELECT current_user::text").await, Ok("buyerdesk_job".to_owned()), "round {round}");
        assert_eq!(
            tx.raw_text("SELECT COALESCE(nullif(current_setting('app.account_id', true), ''), 'none')").await,
            Ok("none".to_owned())
        );
    }
}

#[tokio::test]
async fn the_runtime_role_can_do_nothing_dangerous_and_stronger_ones_are_found_out() {
    let world = World::new().await;
    assert_eq!(world.store.dangerous_rights().await.unwrap(), Vec::<String>::new());
    world.sql("GRANT UPDATE ON audit_log TO buyerdesk_app").await;
    assert_eq!(world.store.dangerous_rights().await.unwrap(), ["role buyerdesk_app may update audit_log"]);
}

/// Everything that a person of an account can read through the store, as text.
async fn everything(world: &World, actor: &Actor) -> String {
    let mut text = String::new();
    let mut keep = |what: String| text.push_str(&what);
    let mut tx = world.read(actor).await;
    for query in ["", "q=tape", "q=canary", "sort=price"] {
        if let Ok(page) = store::catalog::page(&mut tx, domain::catalog::CatalogQuery::parse("", query)).await {
            for row in &page.rows {
                keep(format!("{:?}", store::catalog::product(&mut tx, &row.sku).await));
                keep(format!("{:?}", store::catalog::explain(&mut tx, &row.sku, None).await));
            }
            keep(format!("{page:?}"));
        }
    }
    keep(format!("{:?}", store::cart::cart(&mut tx).await));
    keep(format!("{:?}", store::cart::checkout(&mut tx).await));
    let history = store::orders::history(&mut tx, domain::orders::HistoryQuery::default()).await;
    for row in history.iter().flat_map(|h| &h.rows) {
        keep(format!("{:?}", store::orders::find(&mut tx, &row.number).await));
        keep(format!("{:?}", store::orders::diff(&mut tx, &row.number).await));
    }
    keep(format!("{history:?}"));
    let all = domain::invoices::InvoiceQuery { tab: domain::invoices::Tab::All, ..Default::default() };
    let invoices = store::invoices::list(&mut tx, all).await;
    for row in invoices.iter().flat_map(|i| &i.rows) {
        keep(format!("{:?}", store::invoices::find(&mut tx, &row.number).await));
    }
    keep(format!("{invoices:?}"));
    keep(format!("{:?}", store::accounts::members(&mut tx).await));
    keep(format!("{:?}", store::accounts::audit_trail(&mut tx).await));
    let board = domain::deliveries::BoardQuery::parse("");
    keep(format!("{:?}", store::deliveries::board(&mut tx, board).await));
    keep(format!("{:?}", store::proposals::waiting(&mut tx).await));
    keep(format!("{:?}", store::assistance::list(&mut tx).await));
    text
}

#[tokio::test]
async fn canaries_of_one_account_never_appear_in_the_other() {
    let world = World::new().await;
    for sql in [
        format!(
            "UPDATE orders SET note = 'CANARY', po_number = 'CANARY', placed_by = 'CANARY' WHERE account_id = {GLOBEX}"
        ),
        format!("UPDATE order_lines SET name = 'CANARY' WHERE account_id = {GLOBEX}"),
        format!("UPDATE invoices SET po_number = 'CANARY' WHERE account_id = {GLOBEX}"),
        format!("UPDATE addresses SET label = 'CANARY', street = 'CANARY' WHERE account_id = {GLOBEX}"),
        format!("UPDATE cost_centres SET name = 'CANARY' WHERE account_id = {GLOBEX}"),
        format!("UPDATE contracts SET number = 'CANARY', name = 'CANARY' WHERE account_id = {GLOBEX}"),
        format!("UPDATE price_lists SET code = 'CANARY' WHERE account_id = {GLOBEX}"),
        "UPDATE people SET name = 'CANARY' WHERE email = 'buyer@globex.example'".to_owned(),
    ] {
        world.sql(&sql).await;
    }
    for email in ["buyer@acme.example", "manager@acme.example", "finance@acme.example", "admin@acme.example"] {
        let actor = world.actor(email).await;
        assert!(!everything(&world, &actor).await.contains("CANARY"), "{email} sees the other account");
    }
    let globex = world.actor("buyer@globex.example").await;
    assert!(everything(&world, &globex).await.contains("CANARY"), "the canary sings where it lives");
}

#[tokio::test]
async fn another_accounts_numbers_do_not_exist() {
    let world = World::new().await;
    let number: String =
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT number FROM orders WHERE account_id = {GLOBEX} LIMIT 1")))
            .fetch_one(&world.superuser)
            .await
            .unwrap();
    let invoice: String =
        sqlx::query_scalar(AssertSqlSafe(format!("SELECT number FROM invoices WHERE account_id = {GLOBEX} LIMIT 1")))
            .fetch_one(&world.superuser)
            .await
            .unwrap();
    let (buyer, finance) = (world.buyer().await, world.actor("finance@acme.example").await);
    let not_found = |r: store::Result<()>| assert!(matches!(r, Err(store::Error::Problem(Problem::NotFound))), "{r:?}");
    not_found(store::orders::find(&mut world.read(&buyer).await, &number).await.map(|_| ()));
    not_found(store::orders::diff(&mut world.read(&buyer).await, &number).await.map(|_| ()));
    not_found(store::orders::cancel(&mut world.begin(&buyer).await, &number, 1, "").await);
    not_found(store::invoices::find(&mut world.read(&finance).await, &invoice).await.map(|_| ()));
}

#[tokio::test]
async fn a_rep_sees_assigned_customers_and_the_seller_admin_all() {
    let world = World::new().await;
    let names = async |email: &str| -> Vec<String> {
        let actor = world.actor(email).await;
        let all = domain::sales::CustomersQuery::parse("");
        let page = store::customers::list(&mut world.read(&actor).await, all).await.unwrap();
        page.rows.into_iter().map(|c| c.name).collect()
    };
    assert_eq!(names("rep@seller.example").await, ["Acme Manufacturing"]);
    assert_eq!(
        names("admin@seller.example").await,
        ["Acme Manufacturing", "Acme North", "Acme South", "Globex Logistics", "Vireo Maschinenbau GmbH"]
    );
}
