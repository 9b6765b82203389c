//! Makes the folder that browsers load from: the WASM module with its JavaScript glue, one stylesheet, public files.
//!
//! Names carry a hash of the contents, so they may be cached for ever; `manifest.json` tells the server the names of
//! the day. Beside each file lie its `.br` and `.gz`, so that the server compresses nothing while it answers.
//! Called by `scripts/bundle`, which builds the WASM first.

mod css;
mod module;
mod rooms;
mod site;
mod tools;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Parser;

use site::{Effort, Manifest, Site};
use tools::Tools;

/// What a page outside of all rooms may weigh: scripts, module and styles, as brotli.
const FIRST: u64 = 290_000;
/// The same for a page in a room.
const ANY: u64 = 415_000;

/// Joins what `cargo build` made for the browser into a folder ready to be served.
#[derive(Parser)]
struct Args {
    /// The module that cargo built for wasm32-unknown-unknown
    #[arg(long, required_unless_present = "css_only")]
    wasm: Option<PathBuf>,
    /// The folder of wasm-opt and esbuild
    #[arg(long, required_unless_present = "dev")]
    tools: Option<PathBuf>,
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
    /// Fast instead of small: nothing is minified, little compression
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

    let tools = args.tools.filter(|_| !args.dev).map(Tools::new);
    let module = if args.css_only {
        before.context("--css-only needs an earlier full run: there is no manifest.json yet")?.module
    } else {
        let input = args.wasm.context("--wasm is needed")?;
        module::bundle(&site, &args.work, &input, tools.as_ref(), before)?
    };
    let sheet = args.work.join("buyerdesk.css");
    fs::create_dir_all(&args.work)?;
    fs::write(&sheet, css::join(&args.style)?)?;
    if let Some(tools) = &tools {
        tools.minify(&sheet)?;
    }
    let css = site.hashed("buyerdesk", "css", &fs::read(&sheet)?)?;

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
    for (room, file) in &module.rooms {
        let whole = first + site.weight([file.as_str()])?;
        println!("a page in {room}: {} kB", whole / 1000);
        most = most.max(whole);
    }
    ensure!(first <= FIRST, "the first page may weigh {} kB", FIRST / 1000);
    ensure!(most <= ANY, "no page may weigh more than {} kB", ANY / 1000);
    Ok(())
}
