//! Orders: history, one order, submit, cancel, reorder. Buyers reach their own, others the account's, by permission.

mod advance;
mod again;
mod cancel;
mod held;
mod history;
mod place;
mod reorder;
mod submit;

pub(crate) use advance::{advance, free_stock};
pub use again::{again, buy_again};
pub use cancel::cancel;
pub use held::{held, release};
pub(crate) use history::order_lines;
pub use history::{find, history};
pub(crate) use place::{Choices, NewLine, NewOrder, place};
pub use reorder::{Chosen, diff, reorder};
pub(crate) use submit::order;
pub use submit::submit;
