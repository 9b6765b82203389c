//! How many products an assortment holds, by category and by attribute. Everybody who sees the same catalogs sees the
//! same numbers, so a server process counts once, and again when the catalog has changed: `seller.catalog_version` is
//! raised in the transaction that changes it, and read in the same statement as the page (docs/decisions, 013).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::catalog::{CategoryRow, Facet};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx};

/// Slug or name, what people read, how many.
pub(super) type Counted = Vec<(String, String, i64)>;

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

/// The numbers of the assortment that `catalogs` make up, as of `version` or later. One statement the first time, none
/// afterwards.
pub(super) async fn overview(tx: &mut Tx, version: i64, catalogs: Vec<Uuid>, category: &str) -> Result<Arc<Overview>> {
    let key = (catalogs, category.to_owned());
    if let Some(known) = tx.overviews().known(version, &key) {
        return Ok(known);
    }
    let row = sqlx::query!(
        r#"SELECT (SELECT json_agg(json_build_array(c.slug, c.name, n.n) ORDER BY c.position, c.name)
                   FROM (SELECT p.category_id, count(*) AS n FROM my_products p WHERE p.status = 'active' GROUP BY 1) n
                   JOIN categories c ON c.id = n.category_id) AS "categories: Json<Counted>",
                  (SELECT json_agg(json_build_array(f.key, f.value, f.n) ORDER BY f.key, f.n DESC, f.value)
                   FROM (SELECT a.key, a.value, count(*) AS n FROM my_products p, jsonb_each_text(p.attributes) a
                         WHERE p.status = 'active' AND p.category_id = (SELECT c.id FROM categories c WHERE c.slug = $1)
                         GROUP BY 1, 2) f) AS "facets: Json<Counted>""#,
        category
    )
    .fetch_one(tx.db())
    .await?;
    let overview = Arc::new(Overview { categories: categories(row.categories), facets: facets(row.facets) });
    tx.overviews().keep(version, key, overview.clone());
    Ok(overview)
}

pub(super) fn categories(counted: Option<Json<Counted>>) -> Vec<CategoryRow> {
    let counted = counted.map_or_else(Vec::new, |Json(c)| c);
    counted.into_iter().map(|(slug, name, count)| CategoryRow { slug, name, count }).collect()
}

pub(super) fn facets(counted: Option<Json<Counted>>) -> Vec<Facet> {
    let mut facets: Vec<Facet> = Vec::new();
    for (name, value, count) in counted.map_or_else(Vec::new, |Json(c)| c) {
        match facets.last_mut().filter(|f| f.name == name) {
            Some(facet) => facet.values.push((value, count)),
            None => facets.push(Facet { name, values: vec![(value, count)] }),
        }
    }
    for facet in &mut facets {
        facet.values.truncate(12);
    }
    facets.truncate(8);
    facets
}
