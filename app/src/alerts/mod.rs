//! What concerns the reader: prices that change, articles that they wait for, budgets that are nearly used.

pub mod actions;
mod page;

pub use page::Alerts;
