//! Everything a list, a cart line, a reorder or a submission asks about a product: what stays the same until somebody changes the catalog,
//! a contract or a price, which a server process keeps, and what may have changed since a moment ago.

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::cart::LineFacts;
use domain::catalog::{Availability, Packing, PriceBrief, ProductRow};
use domain::ids::ProductId;
use domain::orders::{OrderLine, ReorderLine, Then, compare};
use domain::pricing::{self, Agreement, Candidate, Question, Rate, Resolved, Strategy};
use domain::units::Units;
use domain::{Actor, Currency, Quantity};
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::contracts::{Contracts, under_contracts};
use crate::{Error, Result, Tx};

/// One row of the function `product_facts`, column by column.
#[derive(Debug, sqlx::Type)]
#[sqlx(type_name = "product_fact")]
struct Row {
    id: Uuid,
    sku: String,
    name: String,
    unit: String,
    larger_units: Json<BTreeMap<String, Quantity>>,
    minimum: Decimal,
    multiple: Decimal,
    maximum: Option<Decimal>,
    pieces: Option<i32>,
    tax_rate: Decimal,
    discontinued: bool,
    picture: String,
    icon: String,
    category: String,
    in_assortment: bool,
    successor: Option<Vec<String>>,
    prices: Option<Vec<PriceRow>>,
}

/// A row of a price list that the account's agreements open.
#[derive(Debug, sqlx::Type)]
#[sqlx(type_name = "price_row")]
struct PriceRow {
    price_list: Uuid,
    currency: String,
    unit: String,
    min_quantity: Decimal,
    unit_price: Option<Decimal>,
    percent_off: Option<Decimal>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
}

impl PriceRow {
    fn candidate(&self, agreement: &Arc<Agreement>) -> Result<Candidate> {
        let odd = |what: &str| Error::odd("prices", what);
        Ok(Candidate {
            agreement: agreement.clone(),
            currency: Currency::parse(&self.currency).ok_or_else(|| odd(&self.currency))?,
            unit: self.unit.clone(),
            min_quantity: Quantity::new(self.min_quantity).ok_or_else(|| odd("min_quantity"))?,
            rate: match (self.unit_price, self.percent_off) {
                (Some(price), _) => Rate::Fixed(price),
                (None, Some(percent)) => Rate::PercentOff(percent),
                (None, None) => return Err(odd("neither price nor percentage")),
            },
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        })
    }
}

/// One row of the function `products_now`.
#[derive(Debug, sqlx::Type)]
#[sqlx(type_name = "product_now")]
pub(crate) struct Now {
    id: Uuid,
    free: Decimal,
    later: Decimal,
    later_on: Option<NaiveDate>,
    own_number: String,
}

/// What stays the same about a product for the asking account, for one version of the catalog and of contracts and prices.
#[derive(Debug)]
pub(crate) struct Article {
    pub id: ProductId,
    pub sku: String,
    pub name: String,
    pub units: Units,
    packing: Packing,
    pieces: Option<i32>,
    pub tax_rate: Decimal,
    pub discontinued: bool,
    picture: String,
    icon: String,
    pub category: String,
    pub in_assortment: bool,
    pub successor: Option<(String, String)>,
    candidates: Vec<Candidate>,
}

/// What there is to know about a product for the asking account.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    article: Arc<Article>,
    availability: Availability,
    /// What the asking account calls it; empty: nothing else.
    pub own_number: String,
}

impl Deref for Facts {
    type Target = Article;

    fn deref(&self) -> &Article {
        &self.article
    }
}

/// What prices depend on besides the product.
#[derive(Clone, Copy)]
pub(crate) struct Pricing {
    pub currency: Currency,
    pub on: NaiveDate,
    pub strategy: Strategy,
}

impl Pricing {
    pub fn of(actor: &Actor, on: NaiveDate) -> Self {
        Self { currency: actor.currency(), on, strategy: actor.strategy() }
    }
}

impl Article {
    fn new(row: Row, contracts: &Contracts) -> Result<Self> {
        let quantity = |value: Decimal| Quantity::new(value).ok_or_else(|| Error::odd("product_facts", &row.sku));
        let mut candidates = Vec::new();
        for price in row.prices.unwrap_or_default() {
            // One list may be opened by several contracts.
            for (_, agreement) in contracts.agreements.iter().filter(|(list, _)| *list == price.price_list) {
                candidates.push(price.candidate(agreement)?);
            }
        }
        Ok(Self {
            id: ProductId(row.id),
            packing: Packing {
                minimum: quantity(row.minimum)?,
                multiple: quantity(row.multiple)?,
                maximum: row.maximum.map(quantity).transpose()?,
            },
            sku: row.sku,
            name: row.name,
            units: Units { own: row.unit, larger: row.larger_units.0 },
            pieces: row.pieces,
            tax_rate: row.tax_rate,
            discontinued: row.discontinued,
            picture: row.picture,
            icon: row.icon,
            category: row.category,
            in_assortment: row.in_assortment,
            successor: row.successor.and_then(|pair| <[String; 2]>::try_from(pair).ok()).map(|[sku, name]| (sku, name)),
            candidates,
        })
    }
}

impl Facts {
    fn new(article: Arc<Article>, now: Now) -> Self {
        let incoming = now.later_on.filter(|_| now.later > Decimal::ZERO).map(|day| (now.later, day));
        Self { article, availability: Availability { now: now.free, incoming }, own_number: now.own_number }
    }

    pub fn packing(&self) -> Packing {
        self.packing
    }

    pub const fn availability(&self) -> Availability {
        self.availability
    }

    pub fn question(&self, quantity: Quantity, p: Pricing) -> Question<'_> {
        Question { quantity, unit: &self.units.own, currency: p.currency, on: p.on, strategy: p.strategy }
    }

    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    pub fn price(&self, quantity: Quantity, p: Pricing) -> Option<Resolved> {
        pricing::resolve(self.candidates(), &self.question(quantity, p))
    }

    /// How many of its own unit a line of a document is; as it stands where its unit is none of the product's.
    pub fn counted(&self, line: &OrderLine) -> Quantity {
        self.units.to_own(line.quantity, &line.unit).unwrap_or(line.quantity)
    }

    /// A line of before, then and now.
    pub fn compared(&self, line: &OrderLine, p: Pricing) -> ReorderLine {
        let price = self.price(self.packing().fit(self.counted(line)), p);
        compare(&Then { line, now: Some((self.line(line.quantity, price.as_ref()), &self.units)) })
    }

    /// How many of its own unit so many `unit` are; as it stands where that is none of the product's. `None`: more than a line holds.
    pub fn own(&self, quantity: Quantity, unit: &str) -> Option<Quantity> {
        if self.units.holds(unit).is_none() { Some(quantity) } else { self.units.to_own(quantity, unit) }
    }

    /// The file in the media folder, or the category's drawing.
    pub fn picture(&self) -> String {
        match (self.picture.as_str(), self.icon.as_str()) {
            ("", "") => "/demo/giftware.svg".to_owned(),
            ("", icon) => format!("/demo/{icon}.svg"),
            (file, _) if file.starts_with("demo/") => format!("/{file}"),
            (file, _) => format!("/media/{file}"),
        }
    }

    /// The row of a list, priced at the smallest orderable quantity.
    pub fn row(&self, p: Pricing) -> ProductRow {
        let first = self.packing().fit(Quantity::ONE);
        ProductRow {
            sku: self.sku.clone(),
            name: self.name.clone(),
            unit: self.units.own.clone(),
            pieces: self.pieces,
            picture: self.picture(),
            packing: self.packing(),
            availability: self.availability(),
            price: self.price(first, p).as_ref().map(PriceBrief::from),
            discontinued: self.discontinued,
        }
    }

    /// For the checks of a cart line or a reorder.
    pub fn line<'a>(&self, quantity: Quantity, price: Option<&'a Resolved>) -> LineFacts<'a> {
        LineFacts {
            quantity,
            packing: self.packing(),
            availability: self.availability(),
            in_assortment: self.in_assortment,
            discontinued: self.discontinued,
            successor: self.successor.clone(),
            price,
        }
    }
}

/// The facts of these rows, in their order, asked for under `contracts` at this version of the catalog. No statement for products that this
/// process knows; one for the others.
pub(crate) async fn facts(
    tx: &mut Tx,
    contracts: &Contracts,
    catalog_version: i64,
    rows: Vec<Now>,
) -> Result<Vec<Facts>> {
    let all: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut known = contracts.known(catalog_version, &all);
    let missing: Vec<Uuid> = all.iter().filter(|id| !known.contains_key(*id)).copied().collect();
    if !missing.is_empty() {
        let (mut current, mut version, mut articles) = read(tx, &missing).await?;
        if (current.version, version) != (contracts.version, catalog_version) && !known.is_empty() {
            // Changed in between: everything is of one moment.
            known = HashMap::new();
            (current, version, articles) = read(tx, &all).await?;
        }
        if let Some(kept) = tx.contracts() {
            kept.keep_articles(&current, version, &articles);
        }
        known.extend(articles.into_iter().map(|article| (article.id.0, article)));
    }
    Ok(rows.into_iter().filter_map(|row| Some(Facts::new(known.get(&row.id)?.clone(), row))).collect())
}

/// Some products from the database, with the contracts and the version of the catalog that they are true for. One statement.
async fn read(tx: &mut Tx, products: &[Uuid]) -> Result<(Arc<Contracts>, i64, Vec<Arc<Article>>)> {
    let (contracts, row) = under_contracts!(tx, contracts => sqlx::query!(
        r#"SELECT s.contracts_version, s.catalog_version,
                  ARRAY(SELECT f FROM product_facts($2, $3, $4) f WHERE f.id = ANY($1)) AS "rows!: Vec<Row>" FROM seller s"#,
        products,
        &contracts.lists,
        contracts.everything,
        &contracts.catalogs
    )
    .fetch_one(tx.db())
    .await?);
    let articles =
        row.rows.into_iter().map(|row| Article::new(row, &contracts).map(Arc::new)).collect::<Result<_>>()?;
    Ok((contracts, row.catalog_version, articles))
}

macro_rules! asked {
    ($tx:ident, $of:tt, $given:expr) => {
        under_contracts!($tx, contracts => sqlx::query!(
            // A function whose argument is a question itself is not made part of the statement, but planned anew each time.
            "SELECT s.contracts_version, s.catalog_version, ARRAY(SELECT n FROM (SELECT "
                + $of
                + " AS ids) asked, products_now(asked.ids) n) AS \"rows!: Vec<Now>\" FROM seller s",
            $given
        )
        .fetch_one($tx.db())
        .await?)
    };
}

/// Facts of some products, each once, in no particular order. One statement, and one for those that this process does not know.
pub(crate) async fn facts_of(tx: &mut Tx, products: &[Uuid]) -> Result<Vec<Facts>> {
    if products.is_empty() {
        return Ok(Vec::new());
    }
    let (contracts, row) = asked!(tx, "ARRAY(SELECT DISTINCT u.id FROM unnest($1::uuid[]) u (id))", products);
    facts(tx, &contracts, row.catalog_version, row.rows).await
}

/// Facts of the products with these numbers, in no particular order. Like [`facts_of`].
pub(crate) async fn facts_by_skus(tx: &mut Tx, skus: &[String]) -> Result<Vec<Facts>> {
    if skus.is_empty() {
        return Ok(Vec::new());
    }
    let (contracts, row) = asked!(tx, "ARRAY(SELECT p.id FROM products p WHERE p.sku = ANY($1))", skus);
    facts(tx, &contracts, row.catalog_version, row.rows).await
}

/// Facts of one product, in the assortment or not. Like [`facts_of`].
pub(crate) async fn facts_by_sku(tx: &mut Tx, sku: &str) -> Result<Option<Facts>> {
    Ok(facts_by_skus(tx, &[sku.to_owned()]).await?.pop())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::contracts::KnownContracts;

    fn article(id: u128) -> Arc<Article> {
        Arc::new(Article {
            id: ProductId(Uuid::from_u128(id)),
            sku: String::new(),
            name: String::new(),
            units: Units { own: "EA".to_owned(), larger: BTreeMap::new() },
            packing: Packing { minimum: Quantity::ONE, multiple: Quantity::ONE, maximum: None },
            pieces: None,
            tax_rate: Decimal::ZERO,
            discontinued: false,
            picture: String::new(),
            icon: String::new(),
            category: String::new(),
            in_assortment: true,
            successor: None,
            candidates: Vec::new(),
        })
    }

    #[test]
    fn articles_are_known_for_their_version_of_the_catalog_and_no_more_of_them_than_fit() {
        let (kept, day) = (KnownContracts::default(), NaiveDate::default());
        let account = [domain::ids::AccountId::SELLER];
        let contracts = Arc::new(Contracts::default());
        kept.keep(day, account.to_vec(), contracts.clone());
        let ids: Vec<Uuid> = (0..3).map(Uuid::from_u128).collect();
        let known = |version| contracts.known(version, &ids).len();
        kept.keep_articles(&contracts, 7, &[article(0), article(1)]);
        assert_eq!((known(6), known(7), known(8)), (0, 2, 0));
        kept.keep_articles(&contracts, 6, &[article(2)]);
        assert_eq!((known(6), known(7)), (0, 2), "an older version adds nothing");
        kept.keep_articles(&contracts, 8, &[article(2)]);
        assert_eq!((known(7), known(8)), (0, 1), "a newer one begins anew");

        assert!(kept.of(day, &account).is_some());
        assert!(kept.of(day.succ_opt().expect("a day"), &account).is_none(), "contracts are kept for a day");
        let many: Vec<_> = (0..20_000).map(article).collect();
        kept.keep_articles(&contracts, 8, &many);
        assert_eq!(known(8), 1, "too many at once are not kept");
        many[100..].chunks(2_000).for_each(|some| kept.keep_articles(&contracts, 8, some));
        assert_eq!(known(8), 0, "too many in all: articles are read again");
        assert!(kept.of(day, &account).is_some_and(|kept| Arc::ptr_eq(&kept, &contracts)), "contracts are not");
    }
}
