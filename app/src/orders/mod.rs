//! Orders. Buyers see their own, approvers, viewers and account admins the account's; reordering is for buyers.

pub mod actions;
mod held;
mod history;
mod order;
mod reorder;
mod shipments;

pub use held::Held;
pub use history::{History, sheet};
pub use order::{Order, step};
pub use reorder::{Reorder, then_and_now};
pub use shipments::shipments;

use domain::orders::Status;

use crate::ui::Tone;

/// How a state looks; the word beside it says the same.
pub const fn tone(status: Status) -> Tone {
    match status {
        Status::PendingApproval | Status::Approved | Status::Confirmed => Tone::Info,
        Status::PartiallyShipped | Status::OnHold => Tone::Warn,
        Status::Shipped => Tone::Good,
        Status::Completed | Status::Cancelled => Tone::Neutral,
        Status::Rejected => Tone::Bad,
    }
}
