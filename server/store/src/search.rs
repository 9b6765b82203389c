//! Finding products: an index in the memory of each server process that follows the database by `seller.catalog_version`.
//!
//! The index knows every product; what an account may see of it is a set of bits per assortment, so that everybody who sees
//! the same catalogs shares one. Whatever is shown of a product besides its name is read from the database under row-level
//! security as before (docs/decisions/026-search.md).

mod index;
mod words;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, Utc};
use domain::ids::{AccountId, SynonymId};
use domain::search::{Group, Hit, ProductHit, Suggestions, Synonym};
use domain::{Actor, Permission, Problem};
use futures::TryStreamExt;
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

pub(crate) use index::{Ask, Index};
use index::{Bits, Builder, Firsts, Found};

use crate::catalog::{Contracts, under_contracts};
use crate::{Result, Store, Tx, audit};

/// So much memory is for assortments, and as much for buyers; beyond it everything is asked anew.
const MOST_BYTES: usize = 16 << 20;
/// For so long what an account has bought is taken for what it has bought.
const BOUGHT_FOR: chrono::Duration = chrono::Duration::minutes(2);
/// An index that was built as quickly is built anew by whoever needs it; a greater one only in the background.
const QUICK: Duration = Duration::from_millis(150);
/// Products that are read before the index has taken them in.
const READ_AHEAD: usize = 256;
/// Suggestions of one kind.
const SUGGESTED: usize = 8;

/// What this process knows for searching.
#[derive(Default)]
pub(crate) struct Searches {
    kept: Mutex<Kept>,
    building: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Kept {
    index: Option<Arc<Index>>,
    took: Duration,
    /// For the index's version.
    assortments: HashMap<Option<Vec<Uuid>>, Arc<Assortment>>,
    bought: HashMap<Uuid, (DateTime<Utc>, Arc<Bought>)>,
}

/// What an account has bought, and what comes first in it.
#[derive(Default)]
pub(crate) struct Bought {
    bits: Bits,
    firsts: Firsts,
}

impl Kept {
    /// Whether the bits are places in this index.
    fn belongs_to(&self, index: &Arc<Index>) -> bool {
        self.index.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, index))
    }
}

impl Searches {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index to answer with, when it must be as new as `version` if that is no long work.
    fn current(&self, version: i64) -> Option<Arc<Index>> {
        let kept = self.kept();
        kept.index.clone().filter(|index| index.version >= version || kept.took > QUICK)
    }

    /// Takes an index for the newest, unless there is a newer one.
    fn keep(&self, index: Arc<Index>, took: Duration) {
        let mut kept = self.kept();
        if kept.index.as_ref().is_none_or(|known| known.version < index.version) {
            *kept = Kept { index: Some(index), took, assortments: HashMap::new(), bought: HashMap::new() };
        }
    }
}

/// What catalogs hold of an index.
pub(crate) struct Assortment {
    /// Nothing: everything.
    pub visible: Option<Bits>,
    firsts: Firsts,
}

/// The index, and what the asking account sees and has bought of it.
pub(crate) struct View {
    pub index: Arc<Index>,
    pub assortment: Arc<Assortment>,
    bought: Arc<Bought>,
    /// What the account itself calls by the words.
    pub own: Vec<Uuid>,
}

impl View {
    /// A question about `words` through this view.
    pub fn ask<'a>(&'a self, words: &'a str) -> Ask<'a> {
        Ask {
            words,
            visible: self.assortment.visible.as_ref(),
            bought: Some(&self.bought.bits),
            own: &self.own,
            ..Ask::default()
        }
    }

    /// The first products for words alone, and what is known of them.
    fn suggested(&self, words: &str, most: usize) -> (Found, Vec<index::Hit<'_>>) {
        let found = self.index.suggest(&self.ask(words), most, &self.assortment.firsts, &self.bought.firsts);
        let hits = self.index.hits(&found, most, Some(&self.bought.bits));
        (found, hits)
    }
}

/// So many assortments or buyers of an index are kept in mind.
fn most(index: &Index) -> usize {
    MOST_BYTES / (Bits::bytes(index.len()) + size_of::<Bought>())
}

/// The index as the asking account sees it. One statement, and one for each part that this process does not know yet.
pub(crate) async fn view(tx: &mut Tx, words: &str) -> Result<View> {
    let actor = tx.actor()?;
    let key = words.trim().to_uppercase();
    let (contracts, mine) = under_contracts!(tx, contracts => sqlx::query!(
        r#"SELECT s.catalog_version AS version, s.contracts_version,
                  ARRAY(SELECT n.product_id FROM part_numbers n
                        WHERE $1 <> '' AND n.account_id = $2 AND (n.key = $1 OR length($1) > 2 AND starts_with(n.key, $1))
                        ORDER BY n.key LIMIT 50) AS "own!"
           FROM seller s"#,
        key,
        actor.account().0
    )
    .fetch_one(tx.db())
    .await?);
    let index = of_version(tx, mine.version).await?;
    let assortment = assortment(tx, &index, &contracts).await?;
    let bought = bought(tx, &actor, &index).await?;
    Ok(View { index, assortment, bought, own: mine.own })
}

/// The index, of `version` or later unless building it would take long: then an older one, which the background renews.
pub(crate) async fn of_version(tx: &mut Tx, version: i64) -> Result<Arc<Index>> {
    let searches = tx.searches();
    if let Some(index) = searches.current(version) {
        return Ok(index);
    }
    let _one_at_a_time = searches.building.lock().await;
    if let Some(index) = searches.current(version) {
        return Ok(index);
    }
    build(tx, &searches).await
}

/// What the open catalogs hold, as far as the index knows it. No statement for everything, and for what this process knows already.
pub(crate) async fn assortment(tx: &mut Tx, index: &Arc<Index>, contracts: &Contracts) -> Result<Arc<Assortment>> {
    let searches = tx.searches();
    let key = if contracts.everything { None } else { Some(contracts.catalogs.clone()) };
    let known = {
        let kept = searches.kept();
        kept.assortments.get(&key).filter(|_| kept.belongs_to(index)).cloned()
    };
    if let Some(assortment) = known {
        return Ok(assortment);
    }
    let visible = match &key {
        None => None,
        Some(catalogs) => {
            let products =
                sqlx::query_scalar!("SELECT product_id FROM catalog_products WHERE catalog_id = ANY($1)", catalogs)
                    .fetch_all(tx.db())
                    .await?;
            Some(index.bits(products))
        }
    };
    let assortment = Arc::new(Assortment { visible, firsts: Firsts::default() });
    let mut kept = searches.kept();
    if kept.belongs_to(index) {
        if kept.assortments.len() >= most(index) {
            kept.assortments.clear();
        }
        kept.assortments.insert(key, assortment.clone());
    }
    Ok(assortment)
}

/// What the account has bought and not sent back for good.
async fn bought(tx: &mut Tx, actor: &Actor, index: &Arc<Index>) -> Result<Arc<Bought>> {
    let (searches, account, now) = (tx.searches(), actor.account().0, tx.now());
    let known = {
        let kept = searches.kept();
        let current = kept.belongs_to(index);
        kept.bought.get(&account).filter(|(at, _)| current && now - *at < BOUGHT_FOR).map(|(_, bought)| bought.clone())
    };
    if let Some(bought) = known {
        return Ok(bought);
    }
    let products = sqlx::query_scalar!(
        r#"SELECT DISTINCT l.product_id AS "product!" FROM order_lines l
           WHERE l.account_id = $1 AND l.product_id IS NOT NULL"#,
        account
    )
    .fetch_all(tx.db())
    .await?;
    let bought = Arc::new(Bought { bits: index.bits(products), firsts: Firsts::default() });
    let mut kept = searches.kept();
    if kept.belongs_to(index) {
        if kept.bought.len() >= most(index) {
            kept.bought.clear();
        }
        kept.bought.insert(account, (now, bought.clone()));
    }
    Ok(bought)
}

/// Reads everything and builds the index. The version is read first: what is changed in between is in both.
async fn build(tx: &mut Tx, searches: &Searches) -> Result<Arc<Index>> {
    let began = Instant::now();
    let version = sqlx::query_scalar!("SELECT catalog_version FROM seller").fetch_one(tx.db()).await?;
    let categories: Vec<index::Category> =
        sqlx::query_as!(index::Category, "SELECT id, slug, name FROM categories ORDER BY position, name")
            .fetch_all(tx.db())
            .await?;
    let synonyms: Vec<Vec<String>> =
        sqlx::query_scalar!("SELECT phrases FROM synonyms ORDER BY id").fetch_all(tx.db()).await?;
    // Read and built at once, so that the catalog is never in memory twice.
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<index::Row>(READ_AHEAD);
    let building = tokio::task::spawn_blocking(move || {
        let mut builder = Builder::new(version, categories, &synonyms);
        while let Some(row) = receiver.blocking_recv() {
            builder.add(row);
        }
        Arc::new(builder.finish())
    });
    let mut rows = sqlx::query!(
        r#"SELECT id, sku, gtin, name, description, category_id, status = 'active' AS "active!",
                  attributes AS "attributes: Json<BTreeMap<String, String>>" FROM products ORDER BY name COLLATE "C", id"#
    )
    .fetch(tx.db());
    while let Some(p) = rows.try_next().await? {
        let row = index::Row {
            id: p.id,
            sku: p.sku,
            gtin: p.gtin,
            name: p.name,
            description: p.description,
            category: p.category_id,
            active: p.active,
            attributes: p.attributes.0,
        };
        // Nobody receives any more: what has ended the builder is said below.
        if sender.send(row).await.is_err() {
            break;
        }
    }
    drop((sender, rows));
    let index = building.await.map_err(|e| crate::Error::Inconsistent(e.to_string()))?;
    let took = began.elapsed();
    tracing::debug!(version, products = index.len(), ?took, "the search index is built");
    searches.keep(index.clone(), took);
    Ok(index)
}

/// Builds the index anew if the catalog has changed: what each server process does every few seconds, so that several of
/// them stay fresh, and once before it answers.
pub async fn refresh(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let searches = store.searches();
    let mut tx = store.job(now).await?;
    let version = sqlx::query_scalar!("SELECT catalog_version FROM seller").fetch_optional(tx.db()).await?;
    let known = searches.kept().index.as_ref().map(|index| index.version);
    if version.is_none() || known >= version {
        return Ok(());
    }
    let _one_at_a_time = searches.building.lock().await;
    build(&mut tx, searches).await?;
    Ok(())
}

/// What somebody who is still typing may mean: products, what was bought before first, and with a number in it orders and
/// invoices; customers for the seller's people. At most three statements.
pub async fn suggest(tx: &mut Tx, words: &str) -> Result<Suggestions> {
    let actor = tx.actor()?;
    let mut suggestions = Suggestions::default();
    let words: String = words.trim().chars().take(100).collect();
    if words.is_empty() {
        return Ok(suggestions);
    }
    if actor.may(Permission::CatalogRead) {
        let view = view(tx, &words).await?;
        let (found, hits) = view.suggested(&words, SUGGESTED);
        suggestions.guessed.clone_from(&found.guessed);
        suggestions.products = hits
            .into_iter()
            .map(|hit| ProductHit { sku: hit.sku.to_owned(), name: hit.name.to_owned(), bought: hit.bought })
            .collect();
    }
    if actor.may(Permission::CustomerRead) {
        let customers = customers(tx, &words).await?;
        group(&mut suggestions, "Customers", customers);
    } else if words.chars().filter(char::is_ascii_digit).count() > 1 {
        documents(tx, &actor, &words, &mut suggestions).await?;
    }
    Ok(suggestions)
}

/// The article number of what words mean, if they mean one thing and nothing is guessed.
pub(crate) async fn only(tx: &mut Tx, words: &str) -> Result<Option<String>> {
    let view = view(tx, words).await?;
    let found = view.index.find(&Ask { uncounted: true, ..view.ask(words) }, 2);
    let exactly = found.len() == 1 && found.guessed.is_none();
    Ok(view.index.hits(&found, 1, None).first().filter(|_| exactly).map(|hit| hit.sku.to_owned()))
}

/// Orders and invoices whose number begins so, with or without its series and year. Two statements.
async fn documents(tx: &mut Tx, actor: &Actor, words: &str, suggestions: &mut Suggestions) -> Result<()> {
    let (account, typed) = (actor.account().0, words.to_uppercase());
    let last = format!("{typed}\u{10FFFF}");
    // A number alone is that of this year or the last.
    let year = tx.today().year();
    let numbered = |series: &str| -> Vec<String> {
        let digits = typed.chars().all(|c| c.is_ascii_digit()).then_some(&typed);
        digits.into_iter().flat_map(|n| [year, year - 1].map(|y| format!("{series}-{y}-{n:0>6}"))).collect()
    };
    if actor.reach(Permission::OrderRead).is_some() {
        let own = actor.only_own(Permission::OrderRead)?;
        let orders = sqlx::query_as!(
            Hit,
            r#"SELECT '/orders/' || o.number AS "href!", o.number AS label, CASE WHEN o.po_number = '' THEN to_char(o.placed_at, 'YYYY-MM-DD') ELSE 'PO ' || o.po_number END AS "note!"
               FROM orders o
               WHERE o.account_id = $1 AND (o.number ~>=~ $2 AND o.number ~<~ $3 OR o.number = ANY($4))
                 AND ($5::uuid IS NULL OR o.member_id = $5 OR o.member_id IS NULL AND o.source = 'import')
               ORDER BY o.placed_at DESC LIMIT 5"#,
            account,
            typed,
            last,
            &numbered("SO"),
            own.map(|m| m.0)
        )
        .fetch_all(tx.db())
        .await?;
        group(suggestions, "Orders", orders);
    }
    if actor.may(Permission::InvoiceRead) {
        let numbers = [numbered("INV"), numbered("CN")].concat();
        let invoices = sqlx::query_as!(
            Hit,
            r#"SELECT '/invoices/' || i.number AS "href!", i.number AS label, to_char(i.issued_on, 'YYYY-MM-DD') AS "note!" FROM invoices i
               WHERE i.account_id = $1 AND (i.number ~>=~ $2 AND i.number ~<~ $3 OR i.number = ANY($4))
               ORDER BY i.issued_on DESC LIMIT 5"#,
            account,
            typed,
            last,
            &numbers
        )
        .fetch_all(tx.db())
        .await?;
        group(suggestions, "Invoices", invoices);
    }
    Ok(())
}

/// Customers whose name or number begins so; for the seller's people, those whose customers they may see. One statement.
async fn customers(tx: &mut Tx, words: &str) -> Result<Vec<Hit>> {
    let pattern = words.replace(['%', '_', '\\'], "");
    Ok(sqlx::query_as!(
        Hit,
        r#"SELECT '/sales/customers/' || a.number AS "href!", a.name AS label, a.number AS note FROM accounts a
           WHERE $1 <> '' AND a.id <> $2 AND (a.name ILIKE $1 || '%' OR a.name ILIKE '% ' || $1 || '%' OR a.number ILIKE $1 || '%')
           ORDER BY a.name LIMIT 8"#,
        pattern,
        AccountId::SELLER.0
    )
    .fetch_all(tx.db())
    .await?)
}

fn group(suggestions: &mut Suggestions, title: &str, hits: Vec<Hit>) {
    if !hits.is_empty() {
        suggestions.groups.push(Group { title: title.to_owned(), hits });
    }
}

/// How many sets of words that mean the same there may be.
const MOST_SYNONYMS: i64 = 2000;

/// The seller's sets of words that mean the same. One statement.
pub async fn synonyms(tx: &mut Tx) -> Result<Vec<Synonym>> {
    tx.actor()?.require(Permission::CatalogManage)?;
    let rows =
        sqlx::query!("SELECT id, phrases, by_name, at FROM synonyms ORDER BY phrases").fetch_all(tx.db()).await?;
    Ok(rows
        .into_iter()
        .map(|r| Synonym { id: SynonymId(r.id), phrases: r.phrases, by: r.by_name, at: tx.local(r.at) })
        .collect())
}

/// Writes down that phrases mean the same. Invalid when there are too many sets already.
pub async fn add_synonyms(tx: &mut Tx, phrases: &[String]) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CatalogManage)?;
    let now = tx.now();
    let done = sqlx::query!(
        "INSERT INTO synonyms (id, phrases, by_name, at) SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM synonyms) < $5",
        crate::new_id::<SynonymId>().0,
        phrases,
        actor.name(),
        now,
        MOST_SYNONYMS
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Problem::invalid("phrases", "There are too many sets of words: take one away first.").into());
    }
    audit::record_for(tx, AccountId::SELLER, "synonyms.add", &phrases.join(", "), json!({ "phrases": phrases })).await
}

/// Takes a set away. Not found when it is gone.
pub async fn remove_synonyms(tx: &mut Tx, id: SynonymId) -> Result<()> {
    tx.actor()?.require(Permission::CatalogManage)?;
    let phrases = sqlx::query_scalar!("DELETE FROM synonyms WHERE id = $1 RETURNING phrases", id.0)
        .fetch_optional(tx.db())
        .await?
        .ok_or(Problem::NotFound)?;
    audit::record_for(tx, AccountId::SELLER, "synonyms.remove", &phrases.join(", "), json!({ "phrases": phrases }))
        .await
}
