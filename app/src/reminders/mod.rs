//! Reminders: what is overdue, on the seller's desk; and what an account sets for itself.

pub mod actions;
mod overdue;
mod settings;

pub use overdue::Overdue;
pub use settings::Reminders;
