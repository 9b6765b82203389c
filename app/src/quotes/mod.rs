//! Quotes. Buyers ask, talk and accept their own; approvers, viewers and account admins see the account's. The seller's people
//! draft, release and send for the accounts that they serve.

pub mod actions;
mod ask;
mod begin;
mod compare;
mod desk;
mod editor;
mod list;
mod parts;
mod quote;

pub use ask::Ask;
pub use begin::Begin;
pub use compare::Compare;
pub use desk::{Desk, Preview};
pub use list::{Queue, Quotes};
pub use quote::Quote;

use domain::quotes::Status;

use crate::ui::Tone;

/// How a state looks; the word beside it says the same.
pub const fn tone(status: Status) -> Tone {
    match status {
        Status::Draft | Status::Withdrawn => Tone::Neutral,
        Status::Requested | Status::ChangesAsked => Tone::Info,
        Status::Sent | Status::PartlyAccepted | Status::Expired => Tone::Warn,
        Status::Accepted => Tone::Good,
        Status::Declined | Status::Refused => Tone::Bad,
    }
}
