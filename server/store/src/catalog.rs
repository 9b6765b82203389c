//! Products as the asking account may see them. Lists go through the view `my_products`, facts through the function `product_facts`.

mod contracts;
mod facts;
mod list;
mod overview;
mod product;

pub(crate) use contracts::{Contracts, KnownContracts, contracts, contracts_anew, under_contracts};
pub(crate) use facts::{Facts, Now, Pricing, facts, facts_by_sku, facts_by_skus, facts_of};
pub use list::page;
pub(crate) use overview::Overviews;
pub use product::{explain, product};
