//! Products as the asking account may see them. Lists go through the view `my_products`, facts through `product_facts`.

mod facts;
mod list;
mod overview;
mod product;

pub(crate) use facts::{Facts, Pricing, Row, facts, facts_by_sku, facts_by_skus, facts_of};
pub use list::page;
pub(crate) use overview::Overviews;
pub use product::{explain, product};
