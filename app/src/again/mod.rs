//! Buy again: what is bought in a rhythm. For buyers.

pub mod actions;
mod page;

pub use page::Again;
