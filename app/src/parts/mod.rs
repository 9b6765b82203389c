//! What the account calls our articles.

pub mod actions;
mod page;

pub use page::Parts;
