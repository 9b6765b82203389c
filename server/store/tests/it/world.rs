//! A database per test, cloned from a template that is migrated and seeded once per run.

use std::str::FromStr as _;

use chrono::{DateTime, Utc};
use domain::accounts::Email;
use domain::{Actor, Quantity};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgPool};
use store::{Store, Tx};
use tokio::sync::OnceCell;

/// The instant at which all tests happen.
pub fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

pub fn quantity(n: i64) -> Quantity {
    Quantity::new(n.into()).unwrap()
}

/// A seeded world of one test.
pub struct World {
    pub store: Store,
    /// The schema's owner: bypasses nothing, but owns; for arranging what no use case may do.
    pub superuser: PgPool,
    name: String,
}

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

#[expect(clippy::disallowed_methods, reason = "the test cluster's address comes from make test")]
fn admin() -> PgConnectOptions {
    let url = std::env::var("TEST_DATABASE_ADMIN_URL").expect("TEST_DATABASE_ADMIN_URL is not set: run `make test`");
    PgConnectOptions::from_str(&url).unwrap().disable_statement_logging()
}

async fn execute(sql: String) {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(admin()).await.unwrap();
    // CREATE DATABASE … TEMPLATE needs the template for itself: one at a time, across threads and processes.
    sqlx::query("SELECT pg_advisory_lock(4711)").execute(&pool).await.unwrap();
    sqlx::query(AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    pool.close().await;
}

/// Whether the process that made a database (its number is in the name) is gone.
fn is_left_over(database: &str) -> bool {
    let process = database.split('_').nth(2).unwrap_or_default();
    !std::path::Path::new("/proc").join(process).exists()
}

async fn template() -> String {
    let name = format!("bd_template_{}", std::process::id());
    let pool = PgPoolOptions::new().max_connections(1).connect_with(admin()).await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(4711)").execute(&pool).await.unwrap();
    let old: Vec<String> = sqlx::query_scalar(
        "SELECT datname::text FROM pg_database d WHERE datname LIKE 'bd\\_t%' AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = d.datname)",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    for database in old.into_iter().filter(|name| is_left_over(name)) {
        sqlx::query(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {database}"))).execute(&pool).await.unwrap();
    }
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name} OWNER buyerdesk_owner"))).execute(&pool).await.unwrap();
    pool.close().await;
    let owner = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(admin().username("buyerdesk_owner").database(&name))
        .await
        .unwrap();
    store::migrate(&owner).await.unwrap();
    owner.close().await;
    let seeding = Store::connect_with(admin().username("buyerdesk").database(&name), 2).await.unwrap();
    assert!(store::demo::seed(&seeding, now()).await.unwrap());
    seeding.close().await;
    name
}

impl World {
    pub async fn new() -> Self {
        Self::with_connections(8).await
    }

    pub async fn with_connections(connections: u32) -> Self {
        let template = TEMPLATE.get_or_init(template).await;
        let name = format!("bd_test_{}_{}", std::process::id(), store::new_id::<uuid::Uuid>().simple());
        execute(format!("CREATE DATABASE {name} TEMPLATE {template} OWNER buyerdesk_owner")).await;
        let store = Store::connect_with(admin().username("buyerdesk").database(&name), connections).await.unwrap();
        let superuser = PgPoolOptions::new().max_connections(4).connect_with(admin().database(&name)).await.unwrap();
        let world = Self { store, superuser, name };
        // Acme's rules sleep, so that tests of other things go straight through; what the seeding told is told.
        world.sql("UPDATE approval_rules SET enabled = false").await;
        world.sql("UPDATE outbox SET done_at = created_at").await;
        world
    }

    /// One of the demo's people, in the first of their accounts.
    pub async fn actor(&self, email: &str) -> Actor {
        let person = store::demo::person(&self.store, &Email::parse("email", email).unwrap(), now()).await.unwrap();
        store::accounts::who(&self.store, person, None, "127.0.0.1").await.unwrap().actor
    }

    pub async fn buyer(&self) -> Actor {
        self.actor("buyer@acme.example").await
    }

    pub async fn read(&self, actor: &Actor) -> Tx {
        self.store.read(actor, now()).await.unwrap()
    }

    pub async fn begin(&self, actor: &Actor) -> Tx {
        self.store.begin(actor, now()).await.unwrap()
    }

    /// Runs SQL as a superuser.
    pub async fn sql(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&self.superuser).await.unwrap();
    }

    /// One number by SQL, as a superuser.
    pub async fn number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.superuser).await.unwrap()
    }

    /// One text by SQL, as a superuser.
    pub async fn text(&self, sql: &str) -> String {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&self.superuser).await.unwrap()
    }

    /// The store of another server process on the same database.
    pub async fn second_process(&self) -> Store {
        Store::connect_with(admin().username("buyerdesk").database(&self.name), 4).await.unwrap()
    }

    /// Every invariant holds.
    pub async fn assert_sound(&self) {
        let found = store::doctor::examine(&self.store, now()).await.unwrap();
        assert!(found.is_empty(), "{}: {found:#?}", self.name);
    }
}
