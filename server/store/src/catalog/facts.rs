//! Everything a list, a cart line, a reorder or a submission asks about a product, in one shape from one view.

use chrono::NaiveDate;
use domain::cart::LineFacts;
use domain::catalog::{Availability, Packing, PriceBrief, ProductRow};
use domain::ids::ProductId;
use domain::orders::{OrderLine, ReorderLine, Then, compare};
use domain::pricing::{self, Candidate, Question, Resolved, Strategy};
use domain::units::Units;
use domain::{Actor, Currency, Quantity};
use rust_decimal::Decimal;
use serde::Deserialize;
use sqlx::types::Json;

use crate::{Result, Tx};

/// One row of the view `product_facts`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Facts {
    pub id: ProductId,
    pub sku: String,
    pub name: String,
    #[serde(flatten)]
    pub units: Units,
    minimum: Quantity,
    multiple: Quantity,
    maximum: Option<Quantity>,
    pieces: Option<i32>,
    pub tax_rate: Decimal,
    pub discontinued: bool,
    picture: String,
    icon: String,
    pub category: String,
    pub in_assortment: bool,
    now: Decimal,
    later: Decimal,
    later_on: Option<NaiveDate>,
    pub successor: Option<(String, String)>,
    candidates: Option<Vec<Candidate>>,
    /// What the asking account calls it; empty: nothing else.
    pub own_number: String,
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

impl Facts {
    pub fn packing(&self) -> Packing {
        Packing { minimum: self.minimum, multiple: self.multiple, maximum: self.maximum }
    }

    pub fn availability(&self) -> Availability {
        let later = self.later_on.filter(|_| self.later > Decimal::ZERO).map(|day| (self.later, day));
        Availability { now: self.now, incoming: later }
    }

    pub fn question(&self, quantity: Quantity, p: Pricing) -> Question<'_> {
        Question { quantity, unit: &self.units.own, currency: p.currency, on: p.on, strategy: p.strategy }
    }

    pub fn candidates(&self) -> &[Candidate] {
        self.candidates.as_deref().unwrap_or_default()
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

/// Facts of some products, in no particular order. One statement.
pub(crate) async fn facts_of(tx: &mut Tx, products: &[uuid::Uuid]) -> Result<Vec<Facts>> {
    if products.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_scalar!(
        r#"SELECT row_to_json(f) AS "facts!: Json<Facts>" FROM product_facts f WHERE f.id = ANY($1)"#,
        products
    )
    .fetch_all(tx.db())
    .await?;
    Ok(rows.into_iter().map(|Json(facts)| facts).collect())
}

/// Facts of the products with these numbers, in no particular order. One statement.
pub(crate) async fn facts_by_skus(tx: &mut Tx, skus: &[String]) -> Result<Vec<Facts>> {
    if skus.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_scalar!(
        r#"SELECT row_to_json(f) AS "facts!: Json<Facts>" FROM product_facts f WHERE f.sku = ANY($1)"#,
        skus
    )
    .fetch_all(tx.db())
    .await?;
    Ok(rows.into_iter().map(|Json(facts)| facts).collect())
}

/// Facts of one product, in the assortment or not. One statement.
pub(crate) async fn facts_by_sku(tx: &mut Tx, sku: &str) -> Result<Option<Facts>> {
    let row = sqlx::query_scalar!(
        r#"SELECT row_to_json(f) AS "facts!: Json<Facts>" FROM product_facts f WHERE f.sku = $1"#,
        sku
    )
    .fetch_optional(tx.db())
    .await?;
    Ok(row.map(|Json(facts)| facts))
}
