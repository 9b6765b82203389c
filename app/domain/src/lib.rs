//! The types and rules of Buyerdesk: no clock, no randomness, no I/O, no framework. Compiles for the server and the browser.
//!
//! Nouns may name only those to their left: accounts < catalog < pricing < credit < cart < orders < invoices < ledger < payments < bank, budgets < approvals <
//! quotes; deliveries, proposals and sales look at all of them.

pub mod accounts;
pub mod actor;
pub mod alerts;
pub mod approvals;
pub mod assistance;
pub mod bank;
pub mod budgets;
pub mod calendar;
pub mod cart;
pub mod carts;
pub mod catalog;
pub mod company;
pub mod credit;
pub mod deliveries;
pub mod disputes;
pub mod ids;
pub mod invoices;
pub mod ledger;
pub mod lists;
pub mod money;
pub mod notices;
pub mod orders;
pub mod packs;
pub mod paging;
pub mod parts;
pub mod payments;
pub mod pricing;
pub mod problem;
pub mod proposals;
pub mod quantity;
pub mod quick;
pub mod quotes;
pub mod registration;
pub mod reminders;
pub mod rhythm;
pub mod sales;
pub mod schedules;
pub mod search;
pub mod tax;
pub mod text;
pub mod units;
pub mod working;

pub use actor::{Actor, Permission, Reach, Role};
pub use money::{Currency, Money};
pub use problem::{Cause, FieldError, Problem};
pub use quantity::Quantity;
