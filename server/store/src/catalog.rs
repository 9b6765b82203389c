//! Products as the asking account may see them. Lists go through the view `my_products`, facts through `product_facts`.

mod facts;
mod list;
mod product;

pub(crate) use facts::{Facts, Pricing, facts_of};
pub use list::page;
pub use product::{explain, product};
