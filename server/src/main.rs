//! `buyerdesk`: one binary for serving, migrating, the demo, imports and examinations.

use clap::Parser as _;

/// Rendering makes many small pieces of text: with the system’s allocator that is a third of a page’s cost (docs/decisions/031-in-parts.md).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    server::cli::run(server::cli::Cli::parse())
}
