//! Quick order: buyers paste or type what they want.

pub mod actions;
mod camera;
mod page;

pub use page::Quick;
