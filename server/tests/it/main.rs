//! The server over HTTP, as people meet it, each test with a database of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod app;
mod bank;
mod behalf;
mod import;
mod packs;
mod payments;
mod permissions;
mod web;
#[expect(dead_code, reason = "shared with the store's tests")]
#[path = "../../store/tests/it/world.rs"]
mod world;
