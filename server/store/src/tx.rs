//! The only door to the data.

use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::actor::Reach;
use domain::{Actor, Permission, Problem};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool, Postgres, Transaction};

use crate::catalog::{KnownContracts, Overviews};
use crate::search::Searches;
use crate::{Error, Result};

/// The database, as the server knows it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: PgPool,
    gate: PgPool,
    listening: PgPool,
    overviews: Arc<Overviews>,
    contracts: Arc<KnownContracts>,
    searches: Arc<Searches>,
    time_zone: Tz,
    hashing: Arc<tokio::sync::Semaphore>,
}

/// A transaction with the context of who asks. Rolls back unless committed.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    actor: Option<Arc<Actor>>,
    now: DateTime<Utc>,
    time_zone: Tz,
    overviews: Arc<Overviews>,
    contracts: Arc<KnownContracts>,
    searches: Arc<Searches>,
}

/// Every statement is prepared once a connection and asks by key: planning it again for each set of values costs more
/// than it could win, and compiling it even more (docs/decisions/008).
const SETTINGS: [(&str, &str); 2] = [("plan_cache_mode", "force_generic_plan"), ("jit", "off")];

/// Beyond the limit a password check answers "unavailable" rather than queueing: hashing is the costliest thing we do.
const HASHING_AT_ONCE: usize = 2;

/// So long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// So long a connection may have been idle and is still taken for alive.
const UNTESTED: Duration = Duration::from_secs(2);

/// Connections that wait for what is told: mail, bell, packs.
const LISTENERS: u32 = 3;

impl Store {
    /// Connects as the runtime role with at most `connections` that work, and a few that listen.
    pub async fn connect(url: &str, connections: u32) -> Result<Self> {
        Self::connect_with(PgConnectOptions::from_str(url).map_err(Error::Database)?, connections).await
    }

    /// Like [`Store::connect`], from options: for tests with a database of their own.
    #[expect(clippy::disallowed_methods, reason = "no request yet whose instant could be meant")]
    pub async fn connect_with(options: PgConnectOptions, connections: u32) -> Result<Self> {
        let options = options.application_name("buyerdesk").options(SETTINGS);
        let at_the_gate = (connections / 4).max(1);
        let pool = |connections: u32| {
            let options = PgPoolOptions::new().max_connections(connections.max(1)).acquire_timeout(PATIENCE);
            // Asked whether it still lives only where it might not: a round trip less for whoever comes next.
            options.test_before_acquire(false).before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > UNTESTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
        };
        let gate = pool(at_the_gate).connect_lazy_with(options.clone().options([("role", "buyerdesk_job")]));
        let listening = pool(LISTENERS).connect_lazy_with(options.clone());
        let pool =
            pool(connections - at_the_gate.min(connections)).connect_with(options).await.map_err(Error::Database)?;
        let mut store = Self {
            pool,
            gate,
            listening,
            overviews: Arc::default(),
            contracts: Arc::default(),
            searches: Arc::default(),
            time_zone: Tz::UTC,
            hashing: Arc::new(tokio::sync::Semaphore::new(HASHING_AT_ONCE)),
        };
        let mut tx = store.job(Utc::now()).await?;
        let zone = sqlx::query_scalar!("SELECT time_zone FROM seller").fetch_optional(tx.db()).await;
        if let Ok(Some(zone)) = zone {
            store.time_zone = zone.parse().map_err(|_| Error::odd("seller.time_zone", &zone))?;
        }
        Ok(store)
    }

    /// A transaction that may write, for a person.
    pub async fn begin(&self, actor: &Actor, now: DateTime<Utc>) -> Result<Tx> {
        self.open("READ WRITE", Some(actor), now).await
    }

    /// A transaction in which Postgres refuses every write, for a person.
    pub async fn read(&self, actor: &Actor, now: DateTime<Utc>) -> Result<Tx> {
        self.open("READ ONLY", Some(actor), now).await
    }

    /// A transaction over all accounts: sign-in, jobs, imports. Never for what a request names.
    pub async fn job(&self, now: DateTime<Utc>) -> Result<Tx> {
        self.open("READ WRITE", None, now).await
    }

    /// Begins in a task of its own: a caller that goes away half-way must not leave a connection behind that has begun
    /// without its context (sqlx 0.9.0, #4393; docs/decisions/0003). Only UUIDs and dates are formatted in.
    async fn open(&self, mode: &str, actor: Option<&Actor>, now: DateTime<Utc>) -> Result<Tx> {
        let today = self.time_zone.from_utc_datetime(&now.naive_utc()).date_naive();
        let mut sql = format!("BEGIN {mode}; SET LOCAL app.today = '{today}';");
        match actor {
            None => sql.push_str("SET LOCAL ROLE buyerdesk_job"),
            Some(actor) if actor.is_staff() => {
                let all = actor.reach(Permission::CustomerRead) == Some(Reach::Everywhere);
                let _ = write!(
                    sql,
                    "SET LOCAL ROLE buyerdesk_staff; SET LOCAL app.person_id = '{}'; SET LOCAL app.staff_all = '{all}'; SET LOCAL app.lineage = '{{{}}}'",
                    actor.person(),
                    domain::ids::AccountId::SELLER
                );
            }
            Some(actor) => {
                let lineage: Vec<String> = actor.lineage().iter().map(ToString::to_string).collect();
                let _ = write!(
                    sql,
                    "SET LOCAL ROLE buyerdesk_app; SET LOCAL app.account_id = '{}'; SET LOCAL app.person_id = '{}'; SET LOCAL app.lineage = '{{{}}}'",
                    actor.account(),
                    actor.person(),
                    lineage.join(",")
                );
            }
        }
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with(AssertSqlSafe(sql)).await }).await;
        let inner = begun.map_err(|e| Error::Inconsistent(e.to_string()))?.map_err(|e| match e {
            sqlx::Error::PoolTimedOut => Error::Problem(Problem::Unavailable),
            other => Error::Database(other),
        })?;
        Ok(Tx {
            inner,
            actor: actor.cloned().map(Arc::new),
            now,
            time_zone: self.time_zone,
            overviews: self.overviews.clone(),
            contracts: self.contracts.clone(),
            searches: self.searches.clone(),
        })
    }

    /// Single statements over all accounts, each for itself: the session and who asks, which every request begins with.
    /// A transaction around them would triple their round trips (docs/decisions, 013).
    pub(crate) const fn gate(&self) -> &PgPool {
        &self.gate
    }

    /// What this process knows for searching.
    pub(crate) fn searches(&self) -> &Searches {
        &self.searches
    }

    /// A permit to hash or verify one password; unavailable when too many are under way.
    pub(crate) fn hashing(&self) -> Result<tokio::sync::OwnedSemaphorePermit> {
        self.hashing.clone().try_acquire_owned().map_err(|_| Problem::Unavailable.into())
    }

    /// Whether the database answers and its schema is this program's.
    pub async fn ready(&self) -> Result<bool> {
        let applied = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM _sqlx_migrations WHERE success")
            .fetch_one(&self.pool)
            .await?;
        Ok(usize::try_from(applied).is_ok_and(|n| n >= crate::MIGRATIONS.iter().count()))
    }

    /// Closes every connection; for tests that clone the database afterwards.
    pub async fn close(&self) {
        self.gate.close().await;
        self.listening.close().await;
        self.pool.close().await;
    }

    /// A listener on a wake-up channel: `outbox`, or `notices` with the member's id.
    pub async fn listener(&self, channel: &str) -> Result<sqlx::postgres::PgListener> {
        let mut listener = sqlx::postgres::PgListener::connect_with(&self.listening).await?;
        listener.listen(channel).await?;
        Ok(listener)
    }

    /// What the login role could do that it must not be able to do; empty when all is well.
    pub async fn dangerous_rights(&self) -> Result<Vec<String>> {
        let rows = sqlx::query_scalar::<_, String>(include_str!("dangerous_rights.sql")).fetch_all(&self.pool).await?;
        Ok(rows)
    }
}

impl Tx {
    /// Makes it so.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    /// Undoes it now. Dropping undoes as well, but only when the connection is next looked at: until then its locks stand.
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }

    /// The connection, for statements of this crate.
    pub(crate) fn db(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// What this process has counted.
    pub(crate) fn overviews(&self) -> &Overviews {
        &self.overviews
    }

    /// What this process knows of accounts' contracts; for buyers only: what staff see of a customer's contracts is for row-level
    /// security to say, and differs from one to the other.
    pub(crate) fn contracts(&self) -> Option<&KnownContracts> {
        self.actor.as_ref().filter(|actor| !actor.is_staff()).map(|_| self.contracts.as_ref())
    }

    /// What this process knows for searching.
    pub(crate) fn searches(&self) -> Arc<Searches> {
        self.searches.clone()
    }

    /// Who asks; a job is nobody, and forbidden whatever needs somebody.
    pub fn actor(&self) -> Result<Arc<Actor>> {
        self.actor.clone().ok_or_else(|| Problem::Forbidden.into())
    }

    /// The seller's people work in one customer's account from here on: what is written goes there, into its history and its
    /// audit trail. Row-level security goes on deciding which accounts that may be. Forbidden to anybody else.
    pub(crate) fn work_in(&mut self, account: domain::ids::AccountId) -> Result<()> {
        self.actor = Some(Arc::new(self.actor()?.at_work_in(account)?));
        Ok(())
    }

    /// The instant of the request, one for everything in it.
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The seller's today.
    pub fn today(&self) -> NaiveDate {
        self.local(self.now).date()
    }

    /// An instant on the seller's clock.
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        self.time_zone.from_utc_datetime(&at.naive_utc()).naive_local()
    }

    /// The instant of a time on the seller's clock; the earlier one when clocks go back, the next hour when they leap.
    pub fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let shifted = || self.time_zone.from_local_datetime(&(local + chrono::Duration::hours(1))).earliest();
        self.time_zone
            .from_local_datetime(&local)
            .earliest()
            .or_else(shifted)
            .map_or_else(|| local.and_utc(), |t| t.with_timezone(&Utc))
    }

    /// When the day began that lies so many days before today, on the seller's clock.
    pub fn days_ago(&self, days: u64) -> DateTime<Utc> {
        let today = self.today();
        self.instant(today.checked_sub_days(Days::new(days)).unwrap_or(today).and_time(NaiveTime::MIN))
    }
}

/// For the tests of the isolation itself: SQL with this transaction's role and context. Nothing else may call these.
impl Tx {
    /// A count, or the database's complaint.
    #[doc(hidden)]
    pub async fn raw_count(&mut self, sql: &str) -> std::result::Result<i64, String> {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(self.db()).await.map_err(|e| e.to_string())
    }

    /// A text, or the database's complaint.
    #[doc(hidden)]
    pub async fn raw_text(&mut self, sql: &str) -> std::result::Result<String, String> {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(self.db()).await.map_err(|e| e.to_string())
    }

    /// The number of rows written, or the database's complaint.
    #[doc(hidden)]
    pub async fn raw_execute(&mut self, sql: &str) -> std::result::Result<u64, String> {
        sqlx::query(AssertSqlSafe(sql.to_owned()))
            .execute(self.db())
            .await
            .map(|r| r.rows_affected())
            .map_err(|e| e.to_string())
    }
}
