//! The store against a real PostgreSQL, each test in a database of its own with the demo's world in it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod accounts;
mod alerts;
mod approvals;
mod assistance;
mod bank;
mod carts;
mod catalog;
mod deliveries;
mod disputes;
mod documents;
mod invoices;
mod isolation;
mod lists;
mod orders;
mod packs;
mod payments;
mod quotes;
mod registrations;
mod reminders;
mod schedules;
mod search;
mod submit;
mod units;
mod world;
