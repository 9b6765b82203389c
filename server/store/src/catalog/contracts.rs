//! What its contracts open to an account, catalogs and price lists, and what is known of articles under them. It stays the same until
//! somebody changes a contract, a price or the catalog, so a server process keeps it: `seller.contracts_version` and `catalog_version` are
//! raised in the transaction that changes something, and read in the same statement as what is asked (docs/decisions, 032).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use domain::ids::AccountId;
use domain::pricing::Agreement;
use uuid::Uuid;

use super::facts::Article;
use crate::{Error, Result, Tx};

/// The contracts of one account on one day.
#[derive(Debug, Default)]
pub(crate) struct Contracts {
    /// The `seller.contracts_version` that they are true for.
    pub version: i64,
    /// A catalog of everything is among those that are open.
    pub everything: bool,
    /// The open catalogs, each once, in order.
    pub catalogs: Vec<Uuid>,
    /// The price lists, each once.
    pub lists: Vec<Uuid>,
    /// Each contract with the list that it opens, in force or not: the explanation of a price names them all.
    pub agreements: Vec<(Uuid, Arc<Agreement>)>,
    articles: Mutex<Articles>,
}

/// What is known of articles, for one version of the catalog.
#[derive(Debug, Default)]
struct Articles {
    catalog_version: i64,
    known: HashMap<Uuid, Arc<Article>>,
}

impl Contracts {
    /// Those of the articles that are known at this version of the catalog.
    pub fn known(&self, catalog_version: i64, ids: &[Uuid]) -> HashMap<Uuid, Arc<Article>> {
        let articles = self.articles();
        if articles.catalog_version != catalog_version {
            return HashMap::new();
        }
        ids.iter().filter_map(|id| Some((*id, articles.known.get(id)?.clone()))).collect()
    }

    /// Where [`KnownContracts`] is locked too, that comes first.
    fn articles(&self) -> MutexGuard<'_, Articles> {
        self.articles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Distinct accounts whose contracts are kept, of about a kilobyte each; beyond it all are read again.
const MOST: usize = 16_384;

/// Articles that are kept, over all accounts, of about a kilobyte each; beyond it all are read again.
const MOST_ARTICLES: usize = 16_384;

/// More than so many at once, such as a long paste, are not worth the others' places.
const MOST_AT_ONCE: usize = MOST_ARTICLES / 8;

/// What this process knows, for one version and one day.
#[derive(Default)]
pub(crate) struct KnownContracts(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    version: i64,
    day: NaiveDate,
    known: HashMap<Vec<AccountId>, Arc<Contracts>>,
    /// Articles under all of them, or more: some may have been forgotten with an older version of the catalog.
    articles: usize,
}

impl KnownContracts {
    /// An account's contracts of a day, if they are known: true for some version, which whoever asks compares.
    pub fn of(&self, day: NaiveDate, lineage: &[AccountId]) -> Option<Arc<Contracts>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.known.get(lineage).filter(|_| kept.day == day).cloned()
    }

    /// Keeps an account's contracts of a day; what is kept is of one version and one day.
    pub fn keep(&self, day: NaiveDate, lineage: Vec<AccountId>, contracts: Arc<Contracts>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.version < contracts.version || kept.day != day || kept.known.len() >= MOST {
            *kept = Kept { version: contracts.version, day, ..Kept::default() };
        }
        if kept.version == contracts.version {
            kept.known.insert(lineage, contracts);
        }
    }

    /// Keeps articles that were read under these contracts at this version of the catalog.
    pub fn keep_articles(&self, contracts: &Contracts, catalog_version: i64, read: &[Arc<Article>]) {
        if read.len() > MOST_AT_ONCE {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.articles += read.len();
        if kept.articles > MOST_ARTICLES {
            kept.known.values().for_each(|contracts| *contracts.articles() = Articles::default());
            kept.articles = read.len();
        }
        let mut articles = contracts.articles();
        if articles.catalog_version < catalog_version {
            *articles = Articles { catalog_version, known: HashMap::new() };
        }
        if articles.catalog_version == catalog_version {
            articles.known.extend(read.iter().map(|article| (article.id.0, article.clone())));
        }
    }
}

/// Asks something under the contracts of whoever asks, once more when they turn out to have changed, and gives the contracts with the answer:
/// a row with the `contracts_version` of the moment in which it was asked.
macro_rules! under_contracts {
    ($tx:ident, $contracts:ident => $ask:expr) => {{
        let mut $contracts = $crate::catalog::contracts($tx).await?;
        loop {
            let row = $ask;
            if row.contracts_version == $contracts.version {
                break ($contracts, row);
            }
            $contracts = $crate::catalog::contracts_anew($tx).await?;
        }
    }};
}
pub(crate) use under_contracts;

/// The contracts of whoever asks, as far as this process knows them; else one statement. For [`under_contracts`], which sees to it that they
/// are not old.
pub(crate) async fn contracts(tx: &mut Tx) -> Result<Arc<Contracts>> {
    let actor = tx.actor()?;
    match tx.contracts().and_then(|known| known.of(tx.today(), actor.lineage())) {
        Some(contracts) => Ok(contracts),
        None => contracts_anew(tx).await,
    }
}

/// The contracts of whoever asks, from the database. One statement.
pub(crate) async fn contracts_anew(tx: &mut Tx) -> Result<Arc<Contracts>> {
    let row = sqlx::query!(
        r#"SELECT s.contracts_version AS version, COALESCE(g.everything, false) AS "everything!", COALESCE(g.ids, '{}') AS "catalogs!",
                  COALESCE(l.ids, '{}') AS "lists!", COALESCE(l.agreements, '[]') AS "agreements!"
           FROM seller s
           CROSS JOIN (SELECT bool_or(everything) AS everything, array_agg(DISTINCT id) AS ids FROM my_catalogs) g
           CROSS JOIN (SELECT array_agg(DISTINCT id) AS ids,
                              json_agg(json_build_array(id, json_build_object(
                                  'level', level, 'is_default', is_default, 'priority', priority, 'contract', contract, 'list', list,
                                  'active', contract_active, 'from', contract_from, 'to', contract_to)) ORDER BY level, contract)::text AS agreements
                       FROM my_price_lists) l"#
    )
    .fetch_one(tx.db())
    .await?;
    let agreements: Vec<(Uuid, Agreement)> =
        serde_json::from_str(&row.agreements).map_err(|e| Error::odd("my_price_lists", &e.to_string()))?;
    let contracts = Arc::new(Contracts {
        version: row.version,
        everything: row.everything,
        catalogs: row.catalogs,
        lists: row.lists,
        agreements: agreements.into_iter().map(|(list, agreement)| (list, Arc::new(agreement))).collect(),
        articles: Mutex::default(),
    });
    let actor = tx.actor()?;
    if let Some(known) = tx.contracts() {
        known.keep(tx.today(), actor.lineage().to_vec(), contracts.clone());
    }
    Ok(contracts)
}
