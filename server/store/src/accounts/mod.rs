//! People and their seats. Anyone may sign in and change what is theirs; members are managed by the account admin. Anyone may ask for an
//! account; the seller opens it.

mod links;
mod members;
mod registrations;
pub mod sessions;
mod sign_in;
mod who;

pub use links::{Purpose, link_owner, redeem, request_reset};
pub use members::{audit_trail, change_member, deactivate, invite, members, profile, reactivate};
pub use registrations::{
    approve_registration, confirm_registration, register, registration, registrations, reject_registration,
};
pub use sign_in::{hash_password, set_password, sign_in};
pub use who::{Asking, Who, asks, seated, who};
