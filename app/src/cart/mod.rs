//! One's own cart and its checkout. Buyers only.

pub mod actions;
mod checkout;
mod page;
mod totals;

pub use checkout::{Checkout, address_choices, centre_choices};
pub use page::Cart;
pub use totals::totals_list;
