//! The bank's statements: customer service and seller admins upload them, and say what is not certain.

pub mod actions;
mod page;

pub use page::Bank;
