//! What is on its way: the promise board of buyers, own lines or the account's by permission, and one's calendar of it.

pub mod actions;
mod board;

pub use board::Board;
