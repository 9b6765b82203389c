//! `buyerdesk`: one binary for serving, migrating, the demo, imports and examinations.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    server::cli::run(server::cli::Cli::parse())
}
