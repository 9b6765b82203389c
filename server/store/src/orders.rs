//! Orders: history, one order, submit, cancel, reorder. Buyers reach their own, others the account's, by permission.

mod cancel;
mod history;
mod reorder;
mod submit;

pub use cancel::cancel;
pub use history::{find, history};
pub use reorder::{Chosen, diff, reorder};
pub use submit::submit;
