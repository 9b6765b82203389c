//! Catalog, product and price pages. Whoever may see the account's assortment; adding to the cart is for buyers.

pub mod actions;
mod browse;
mod price;
mod product;
mod row;

pub use browse::Browse;
pub use price::WhyThisPrice;
pub use product::Product;
pub use row::{availability, quantity_field, so_many, whole};
