//! Makes the folder that browsers load from: the WASM module with its JavaScript glue, one stylesheet, public files.
//!
//! Names carry a hash of the contents, so they may be cached for ever; `manifest.json` tells the server the names of
//! the day. Beside each file lie its `.br` and `.gz`, so that the server compresses nothing while it answers.
//! Called by `scripts/bundle`, which builds the WASM first.

mod css;
mod module;
mod site;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;

use site::{Effort, Manifest, Site};

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

    let (js, wasm) = if args.css_only {
        let before = before.context("--css-only needs an earlier full run: there is no manifest.json yet")?;
        (before.js, before.wasm)
    } else {
        let input = args.wasm.context("--wasm is needed")?;
        let wasm_opt = if args.dev { None } else { args.wasm_opt.as_deref() };
        module::bundle(&site, &args.work, &input, wasm_opt, before.as_ref())?
    };
    let sheet = css::join(&args.style)?;
    let sheet = if args.dev { sheet } else { css::squeeze(&sheet) };
    let css = site.hashed("buyerdesk", "css", sheet.as_bytes())?;

    site.copy_public(&args.public)?;
    site.finish(&Manifest { js, wasm, css })
}
