//! What only the server knows: configuration, router, sessions, protective layers, documents, mail, imports, command line.

mod bank;
mod bell;
pub mod camt;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod documents;
pub mod einvoice;
pub mod import;
pub mod mail;
pub mod packs;
mod parts;
pub mod payments;
mod pdf;
pub mod protect;
mod quick;
pub mod serve;
pub mod sessions;
mod sheet;
mod workbook;
