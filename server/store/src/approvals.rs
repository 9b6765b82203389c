//! Approvals: the account's rules, the flow of an order that waits, deciding in it, and handing decisions on.
//!
//! Locks, after an order's own row: see `orders::submit`.

mod change;
mod chase;
mod decide;
mod delegations;
mod finish;
mod flow;
mod inbox;
mod links;
mod rules;

pub use change::Quantities;
pub use chase::{chase, save_patience};
pub use decide::{Answer, answer, decide};
pub use delegations::{delegate, end_delegation};
pub use inbox::{inbox, page};
pub use links::{by_link, decide_by_link};
pub use rules::{delete_rule, enable_rule, rules, save_rule, simulate};

pub(crate) use flow::{Preview, because_of, matching, preview, progress_of, start, withdraw};
