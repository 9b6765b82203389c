//! Requisition lists. Whoever sees the catalog sees those that are shared with them; buyers make them and order from them.

pub mod actions;
mod list;
mod overview;

pub use list::List;
pub use overview::Lists;
