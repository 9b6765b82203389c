//! Makes the folder that browsers load from: the WASM module with its JavaScript glue, one stylesheet, public files.
//!
//! Names carry a hash of the contents, so they may be cached for ever; `manifest.json` tells the server the names of
//! the day. Beside each file lie its `.br` and `.gz`, so that the server compresses nothing while it answers.
//! Called by `scripts/bundle`, which builds the WASM first.

mod css;
mod module;
mod site;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;

use site::{Effort, Manifest, Site};

/// What a page outside of all rooms may weigh: scripts, module and styles, as brotli.
const FIRST: u64 = 305_000;
/// The same for a page in a room.
const ANY: u64 = 475_000;

/// Joins what `cargo build` made for the browser into a folder ready to be served.
#[derive(Parser)]
struct Args {
    /// The module that cargo built for wasm32-unknown-unknown
    #[arg(long, required_unless_present = "css_only")]
    wasm: Option<PathBuf>,
    /// The program wasm-opt
    #[arg(long, required_unless_present_any = ["css_only", "dev"])]
    wasm_opt: Option<PathBuf>,
    /// The folder to write; made if missing
    #[arg(long)]
    site: PathBuf,
    /// A folder for intermediate files
    #[arg(long)]
    work: PathBuf,
    /// The stylesheets
    #[arg(long, default_value = "style")]
    style: PathBuf,
    /// Files to be served as they are
    #[arg(long, default_value = "public")]
    public: PathBuf,
    /// Fast instead of small: no wasm-opt, readable CSS, little compression
    #[arg(long)]
    dev: bool,
    /// Only the stylesheet and the public files; the module stays as it is
    #[arg(long)]
    css_only: bool,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let effort = if args.dev { Effort::Dev } else { Effort::Release };
    let site = Site::open(&args.site, effort)?;
    let before = site.manifest()?;

    let module = if args.css_only {
        before.context("--css-only needs an earlier full run: there is no manifest.json yet")?.module
    } else {
        let input = args.wasm.context("--wasm is needed")?;
        let wasm_opt = if args.dev { None } else { args.wasm_opt.as_deref() };
        module::bundle(&site, &args.work, &input, wasm_opt, before)?
    };
    let sheet = css::join(&args.style)?;
    let sheet = if args.dev { sheet } else { css::squeeze(&sheet) };
    let css = site.hashed("buyerdesk", "css", sheet.as_bytes())?;

    site.copy_public(&args.public)?;
    let manifest = Manifest { css, module };
    site.finish(&manifest)?;
    if args.dev { Ok(()) } else { weigh(&site, &manifest) }
}

/// Tells what the first page weighs, and a page in each room. Too much is an error: a page more belongs into a room.
fn weigh(site: &Site, Manifest { css, module }: &Manifest) -> Result<()> {
    let first = site.weight(module.first())? + site.weight([css.as_str()])?;
    println!("the first page: {} kB", first / 1000);
    let mut most = first;
    for (room, parts) in &module.rooms {
        let whole = first + site.weight(parts.iter().map(String::as_str))?;
        println!("a page in {room}: {} kB", whole / 1000);
        most = most.max(whole);
    }
    ensure!(first <= FIRST, "the first page may weigh {} kB", FIRST / 1000);
    ensure!(most <= ANY, "no page may weigh more than {} kB", ANY / 1000);
    Ok(())
}
