//! Who acts for whom. Members see the sessions about themselves and answer questions for consent; account admins see the
//! company's, end one, and set the policy. Whoever acts stops with the band's button.

pub mod actions;
mod page;

pub use page::Assistance;
