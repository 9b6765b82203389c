//! Finance packs. For finance users; the archive is a plain route of the server.

pub mod actions;
mod page;

pub use page::Packs;
