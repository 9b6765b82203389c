//! How many products an assortment holds, by category and by attribute. Everybody who sees the same catalogs sees the
//! same numbers, so a server process counts once, and again when the catalog has changed: `seller.catalog_version` is
//! raised in the transaction that changes it, and read in the same statement as the page (docs/decisions, 013).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::catalog::{CategoryRow, Facet};
use uuid::Uuid;

use super::contracts::Contracts;
use crate::search::{self, Ask};
use crate::{Result, Tx};

/// What stands beside a list that nobody has searched or filtered.
#[derive(Default)]
pub(super) struct Overview {
    /// Every category with something in it.
    pub categories: Vec<CategoryRow>,
    /// The values of the category asked for.
    pub facets: Vec<Facet>,
}

impl Overview {
    /// How many products there are, in one category or (empty) in all.
    pub fn total(&self, category: &str) -> i64 {
        self.categories.iter().filter(|c| category.is_empty() || c.slug == category).map(|c| c.count).sum()
    }
}

/// Distinct assortments that are kept; beyond it everything is counted again.
const MOST: usize = 4096;

/// What this process has counted, for one version of the catalog.
#[derive(Default)]
pub(crate) struct Overviews(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    version: i64,
    known: HashMap<(Vec<Uuid>, String), Arc<Overview>>,
}

impl Overviews {
    fn known(&self, version: i64, key: &(Vec<Uuid>, String)) -> Option<Arc<Overview>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.known.get(key).filter(|_| kept.version == version).cloned()
    }

    fn keep(&self, version: i64, key: (Vec<Uuid>, String), overview: Arc<Overview>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.version < version || kept.known.len() >= MOST {
            *kept = Kept { version, known: HashMap::new() };
        }
        if kept.version == version {
            kept.known.insert(key, overview);
        }
    }
}

/// The numbers of the assortment that these contracts open, as of `version` or, while a large index is built anew, of a moment
/// before. No statement where this process knows what the catalogs hold.
pub(super) async fn overview(
    tx: &mut Tx,
    version: i64,
    contracts: &Contracts,
    category: &str,
) -> Result<Arc<Overview>> {
    let key = (contracts.catalogs.clone(), category.to_owned());
    if let Some(known) = tx.overviews().known(version, &key) {
        return Ok(known);
    }
    let index = search::of_version(tx, version).await?;
    let assortment = search::assortment(tx, &index, contracts).await?;
    let found = index.find(&Ask { category, visible: assortment.visible.as_ref(), ..Ask::default() }, 0);
    let overview = Arc::new(Overview { categories: found.categories, facets: found.facets });
    if index.version >= version {
        tx.overviews().keep(version, key, overview.clone());
    }
    Ok(overview)
}
