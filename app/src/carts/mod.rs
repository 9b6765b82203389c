//! The carts that a buyer keeps beside the one in use; sharing, taking over, splitting.

pub mod actions;
mod list;
mod saved;
mod split;

pub use list::Carts;
pub use saved::Saved;
pub use split::Split;
