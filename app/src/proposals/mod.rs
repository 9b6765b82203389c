//! Carts that the seller's people propose: whoever acts for a member leaves one, the member takes it over or declines.

pub mod actions;
mod list;
mod page;

pub use list::beside_the_cart;
pub use page::Proposal;
