//! Products as an account may see them: what is shown, what is asked for in the URL, and what can be promised.

use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::pricing::{Considered, NextTier, Resolved};
use crate::{FieldError, Money, Quantity};

/// A stock keeping unit: the seller's article number, upper case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sku(String);

impl Sku {
    /// Trims and upper-cases; 1 to 40 characters, no control characters.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldError> {
        let sku = text.trim().to_uppercase();
        if sku.is_empty() || sku.chars().count() > 40 || sku.chars().any(char::is_control) {
            return Err(FieldError::new(field, "Enter a SKU of 1 to 40 characters."));
        }
        Ok(Self(sku))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What can be promised of a product: over all warehouses, reservations taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// On the shelf and free.
    pub now: Decimal,
    /// On its way and free, with the day on which the last of it is due.
    pub incoming: Option<(Decimal, NaiveDate)>,
}

/// The answer to "can I have this many, and when?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// From the shelf.
    Now,
    /// Complete on this day.
    On(NaiveDate),
    /// Never: this many is all there is.
    Short(Decimal),
}

impl Availability {
    /// Whether `quantity` can be promised, and when.
    pub fn promise(&self, quantity: Quantity) -> Promise {
        let later = self.incoming.map_or(Decimal::ZERO, |(n, _)| n);
        match self.incoming {
            _ if self.now >= quantity.value() => Promise::Now,
            Some((_, day)) if self.now + later >= quantity.value() => Promise::On(day),
            _ => Promise::Short((self.now + later).max(Decimal::ZERO)),
        }
    }
}

/// How a product may be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packing {
    /// At least.
    pub minimum: Quantity,
    /// In steps of.
    pub multiple: Quantity,
    /// At most, per line.
    pub maximum: Option<Quantity>,
}

impl Packing {
    /// The smallest quantity that may be ordered and is not below `wanted`; the maximum when `wanted` is beyond it.
    pub fn fit(&self, wanted: Quantity) -> Quantity {
        let steps = (wanted.max(self.minimum).value() / self.multiple.value()).ceil();
        let fitted = Quantity::new(steps * self.multiple.value()).unwrap_or(wanted);
        match self.maximum {
            Some(max) if fitted > max => {
                Quantity::new((max.value() / self.multiple.value()).floor() * self.multiple.value()).unwrap_or(max)
            }
            _ => fitted,
        }
    }
}

/// How a list is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// By name; for a search: the best match first.
    #[default]
    Natural,
    /// By SKU.
    Sku,
    /// By the account's own price, low to high.
    PriceUp,
    /// By the account's own price, high to low.
    PriceDown,
}

impl Sort {
    /// Every sort, with the word in the URL and the label.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Natural, "", "Name"),
        (Self::Sku, "sku", "SKU"),
        (Self::PriceUp, "price", "Your price, low to high"),
        (Self::PriceDown, "-price", "Your price, high to low"),
    ];

    /// The word in the URL.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|s| s.0 == self).map_or("", |s| s.1)
    }
}

/// What a catalog URL asks for. Everything is in the URL; nothing else steers the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogQuery {
    /// Category slug; empty: all.
    pub category: String,
    /// Search words; empty: browse.
    pub words: String,
    /// Attribute filters, such as (`Thread`, `M8`).
    pub attributes: Vec<(String, String)>,
    /// From and to, of attributes that are numbers; one of a name.
    pub spans: Vec<Span>,
    /// Only what is on the shelf.
    pub in_stock: bool,
    /// Order of the list.
    pub sort: Sort,
    /// Page, from 1.
    pub page: u32,
}

/// Rows on one page of the catalog.
pub const PAGE: u32 = 24;
/// The farthest page that can be asked for.
const LAST_PAGE: u32 = 9_999;

impl CatalogQuery {
    /// Reads the category of the path and a query string such as `q=bolt&f=Thread:M8&stock=1&sort=price&page=2`. Never fails:
    /// what makes no sense is left out, as with any URL that a person cut short.
    pub fn parse(category: &str, query: &str) -> Self {
        let mut wanted = Self { category: category.trim().to_lowercase(), page: 1, ..Self::default() };
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "q" => wanted.words = value.trim().chars().filter(|c| !c.is_control()).take(100).collect(),
                "f" if wanted.attributes.len() < 10 => {
                    if let Some((name, v)) = value.split_once(':') {
                        wanted.attributes.push((name.chars().take(60).collect(), v.chars().take(60).collect()));
                    }
                }
                _ if key.starts_with("from:") || key.starts_with("to:") => wanted.span(&key, &value),
                "category" => wanted.category = value.trim().to_lowercase(),
                "stock" => wanted.in_stock = value == "1",
                "sort" => wanted.sort = Sort::ALL.iter().find(|s| s.1 == value).map_or(Sort::Natural, |s| s.0),
                "page" => wanted.page = value.parse().unwrap_or(1).clamp(1, LAST_PAGE),
                _ => {}
            }
        }
        wanted
    }

    /// Takes one end of a span, such as `from:Length` and `20`. What is no number is left out.
    fn span(&mut self, key: &str, value: &str) {
        let Some((end, name)) = key.split_once(':') else { return };
        let name: String = name.chars().take(60).collect();
        let Ok(number) = value.trim().replace(',', ".").parse::<Decimal>() else { return };
        let at = self.spans.iter().position(|s| s.name == name).unwrap_or_else(|| {
            self.spans.push(Span { name, from: None, to: None });
            self.spans.len() - 1
        });
        if end == "from" {
            self.spans[at].from = Some(number);
        } else {
            self.spans[at].to = Some(number);
        }
        self.spans.truncate(10);
    }

    /// The same words in a category (empty: in all), without this one's filters by attribute; on page 1.
    #[must_use]
    pub fn in_category(&self, slug: &str) -> Self {
        Self { category: slug.to_owned(), attributes: Vec::new(), spans: Vec::new(), ..self.at_page(1) }
    }

    /// The same list without a span, back on page 1.
    #[must_use]
    pub fn without_span(&self, name: &str) -> Self {
        let mut other = self.at_page(1);
        other.spans.retain(|s| s.name != name);
        other
    }

    /// The path and the fields of its address, for a form that adds more.
    pub fn parts(&self) -> (String, Vec<(String, String)>) {
        let href = self.href();
        let (path, query) = href.split_once('?').unwrap_or((&href, ""));
        (path.to_owned(), form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The link to this list.
    pub fn href(&self) -> String {
        let searching = !self.words.is_empty();
        let mut query = form_urlencoded::Serializer::new(String::new());
        if searching {
            query.append_pair("q", &self.words);
            if !self.category.is_empty() {
                query.append_pair("category", &self.category);
            }
        }
        for (name, value) in &self.attributes {
            query.append_pair("f", &format!("{name}:{value}"));
        }
        for span in &self.spans {
            for (end, number) in [("from", span.from), ("to", span.to)] {
                if let Some(number) = number {
                    query.append_pair(&format!("{end}:{}", span.name), &number.to_string());
                }
            }
        }
        if self.in_stock {
            query.append_pair("stock", "1");
        }
        if self.sort != Sort::Natural {
            query.append_pair("sort", self.sort.code());
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        let path = match (searching, self.category.is_empty()) {
            (true, _) => "/search".to_owned(),
            (false, true) => "/catalog".to_owned(),
            (false, false) => format!("/catalog/{}", self.category),
        };
        let query = query.finish();
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// The same list at another page.
    #[must_use]
    pub fn at_page(&self, page: u32) -> Self {
        Self { page, ..self.clone() }
    }

    /// The same list with one attribute filter put on or taken off, back on page 1.
    #[must_use]
    pub fn toggled(&self, name: &str, value: &str) -> Self {
        let mut other = self.at_page(1);
        let pair = (name.to_owned(), value.to_owned());
        if let Some(at) = other.attributes.iter().position(|a| *a == pair) {
            other.attributes.remove(at);
        } else {
            other.attributes.push(pair);
        }
        other
    }
}

/// A price as lists show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBrief {
    /// Each.
    pub unit_price: Money,
    /// Whether it is merely the list price.
    pub is_list_price: bool,
    /// The next volume break.
    pub next_tier: Option<NextTier>,
}

impl From<&Resolved> for PriceBrief {
    fn from(r: &Resolved) -> Self {
        Self { unit_price: r.unit_price, is_list_price: r.is_list_price, next_tier: r.next_tier }
    }
}

/// One product in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRow {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Unit of measure.
    pub unit: String,
    /// Pieces in one unit, where that is worth saying.
    pub pieces: Option<i32>,
    /// Picture address.
    pub picture: String,
    /// How it may be ordered.
    pub packing: Packing,
    /// What can be promised.
    pub availability: Availability,
    /// `None`: price on request.
    pub price: Option<PriceBrief>,
    /// No longer made.
    pub discontinued: bool,
}

/// A filter with its values and how many products each leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// Attribute name, such as `Thread`.
    pub name: String,
    /// Values with counts, most frequent first.
    pub values: Vec<(String, i64)>,
    /// The least and the greatest, where every value begins with a number and there are more than two.
    pub span: Option<(Decimal, Decimal)>,
}

/// A filter for an attribute that is a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Attribute name, such as `Length`.
    pub name: String,
    /// At least.
    pub from: Option<Decimal>,
    /// At most.
    pub to: Option<Decimal>,
}

impl fmt::Display for Span {
    /// `Length: 20 to 40`, `Length: from 20`, `Length: to 40`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match (self.from, self.to) {
            (Some(from), Some(to)) => write!(f, "{name}: {from} to {to}"),
            (Some(from), None) => write!(f, "{name}: from {from}"),
            (None, Some(to)) => write!(f, "{name}: to {to}"),
            (None, None) => f.write_str(name),
        }
    }
}

/// A category with the number of products the account sees in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryRow {
    /// For the URL.
    pub slug: String,
    /// For people.
    pub name: String,
    /// Products in the account's assortment.
    pub count: i64,
}

/// The catalog, a category or a search result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogPage {
    /// What was asked, tidied.
    pub query: CatalogQuery,
    /// The category's name; none for the whole catalog and for searches.
    pub category: Option<String>,
    /// The page's rows.
    pub rows: Vec<ProductRow>,
    /// All matches.
    pub total: i64,
    /// Categories with counts.
    pub categories: Vec<CategoryRow>,
    /// Attribute filters.
    pub facets: Vec<Facet>,
    /// The words that were searched instead, when nothing has those asked for.
    pub guessed: Option<String>,
    /// There are more than [`MOST_PRICED`], so they are not sorted by price though that was asked for.
    pub too_many: bool,
    /// Whether the person has a cart to add to.
    pub can_add: bool,
    /// Whether the person may ask for what is not found.
    pub can_ask: bool,
    /// The seller's today.
    pub today: NaiveDate,
}

/// Products that are sorted by the account's own prices at once: each price is found out for that.
pub const MOST_PRICED: usize = 5_000;

/// Stock in one warehouse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarehouseStock {
    /// The warehouse's name.
    pub name: String,
    /// What it can promise.
    pub availability: Availability,
}

/// A product's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductPage {
    /// The row of the lists.
    pub row: ProductRow,
    /// Longer text.
    pub description: String,
    /// GTIN, or empty.
    pub gtin: String,
    /// What the asking account calls it; empty: nothing else.
    pub own_number: String,
    /// Its category's name and slug.
    pub category: (String, String),
    /// Attributes by name.
    pub attributes: Vec<(String, String)>,
    /// Stock by warehouse.
    pub stock: Vec<WarehouseStock>,
    /// Volume prices: from quantity, each.
    pub tiers: Vec<NextTier>,
    /// Larger units in which it can be ordered too, the smallest first.
    pub larger: Vec<LargerUnit>,
    /// Where the price comes from.
    pub source: Option<String>,
    /// What replaces it: SKU and name.
    pub successor: Option<(String, String)>,
    /// Whether the person has a cart to add to.
    pub can_add: bool,
    /// Whether they are told when it can be had again.
    pub watched: bool,
    /// The seller's today.
    pub today: NaiveDate,
}

/// A larger unit of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LargerUnit {
    /// Such as `BX`.
    pub unit: String,
    /// How many of the product's own unit it holds.
    pub holds: Quantity,
    /// What one of it costs; none where so many cannot be ordered or have no price.
    pub price: Option<Money>,
}

/// The explanation of a price at a quantity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceExplanation {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Unit of measure.
    pub unit: String,
    /// At this quantity.
    pub quantity: Quantity,
    /// The account's price; `None`: price on request.
    pub price: Option<PriceBrief>,
    /// `Contract K-2041` or `List price`.
    pub source: String,
    /// The seller's list price at the same quantity.
    pub list_price: Option<Money>,
    /// Last day.
    pub valid_until: Option<NaiveDate>,
    /// Every price that was considered, and what became of it.
    pub considered: Vec<Considered>,
    /// The day for which this holds.
    pub today: NaiveDate,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(n: &str) -> Quantity {
        Quantity::parse("q", n).expect("a quantity")
    }

    #[test]
    fn a_catalog_link_says_everything_and_reads_back_the_same() {
        for url in [
            "/catalog",
            "/catalog/fixings?f=Thread%3AM8&f=Finish%3AA2&stock=1&sort=-price&page=3",
            "/search?q=hex+bolt&category=fixings&sort=sku",
            "/catalog/fixings?f=Thread%3AM8&from%3ALength=20&to%3ALength=60.5&stock=1",
        ] {
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            let parsed = CatalogQuery::parse(path.strip_prefix("/catalog/").unwrap_or(""), query);
            assert_eq!(parsed.href(), url);
        }
    }

    #[test]
    fn nonsense_in_the_url_is_left_out() {
        let parsed =
            CatalogQuery::parse("Fixings ", "page=-4&sort=colour&f=broken&stock=yes&q=%00%0a&from:Length=long&to=3");
        assert_eq!(parsed, CatalogQuery { category: "fixings".into(), page: 1, ..CatalogQuery::default() });
    }

    #[test]
    fn filters_toggle_and_go_back_to_page_one() {
        let on = CatalogQuery::parse("", "page=7").toggled("Thread", "M8");
        assert_eq!((on.page, on.attributes.len()), (1, 1));
        assert_eq!(on.toggled("Thread", "M8").attributes.len(), 0);
    }

    #[test]
    fn a_quantity_is_raised_to_what_can_be_ordered() {
        let packing = Packing { minimum: q("10"), multiple: q("6"), maximum: Some(q("100")) };
        for (wanted, fitted) in [("1", "12"), ("12", "12"), ("13", "18"), ("99", "96"), ("500", "96")] {
            assert_eq!(packing.fit(q(wanted)), q(fitted), "{wanted}");
        }
    }

    #[test]
    fn promises_the_shelf_then_the_delivery_then_nothing() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 4).expect("a date");
        let stock = Availability { now: Decimal::from(5), incoming: Some((Decimal::from(10), day)) };
        assert_eq!(stock.promise(q("5")), Promise::Now);
        assert_eq!(stock.promise(q("6")), Promise::On(day));
        assert_eq!(stock.promise(q("16")), Promise::Short(Decimal::from(15)));
        assert_eq!(Availability::default().promise(q("1")), Promise::Short(Decimal::ZERO));
    }

    #[test]
    fn skus_are_trimmed_and_upper_case() {
        assert_eq!(Sku::parse("sku", " 85123a ").expect("a SKU").as_str(), "85123A");
        for bad in ["", "  ", "a\u{0}b", &"x".repeat(41)] {
            assert!(Sku::parse("sku", bad).is_err());
        }
    }
}
