//! Signing in, asking for an account, one's profile, and (for the account admin) members and audit; for the seller's staff
//! their customers and those who want to be.

pub mod actions;
mod audit;
mod forgot;
mod login;
mod members;
mod profile;
mod redeem;
mod register;
mod registrations;

pub use audit::{Audit, said};
pub use forgot::Forgot;
pub use login::Login;
pub use members::Members;
pub use profile::Profile;
pub use redeem::Redeem;
pub use register::{Confirmed, Register};
pub use registrations::Registrations;
