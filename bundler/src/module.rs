//! The WASM module and its JavaScript: wasm-bindgen, then wasm-opt.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::site::{Manifest, Site, sha256};

/// Named one by one: with `--all-features` wasm-opt writes modules that browsers refuse.
const OPTIONS: [&str; 8] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The name by which the generated JavaScript looks for its module.
const NAME: &str = "buyerdesk_bg.wasm";

/// Makes the JavaScript and the module and gives their addresses. Nothing is done if the input and the way to treat it
/// are those of the last run and its results are still there.
pub fn bundle(
    site: &Site,
    work: &Path,
    input: &Path,
    wasm_opt: Option<&Path>,
    before: Option<&Manifest>,
) -> Result<(String, String)> {
    fs::create_dir_all(work).with_context(|| format!("making {}", work.display()))?;
    let key_file = work.join("key");
    let key = key(input, wasm_opt)?;
    if let Some(before) = before
        && fs::read_to_string(&key_file).is_ok_and(|last| last == key)
        && site.has(&before.js)
        && site.has(&before.wasm)
    {
        println!("the module has not changed");
        return Ok((before.js.clone(), before.wasm.clone()));
    }

    let generated = work.join("generated");
    if generated.exists() {
        fs::remove_dir_all(&generated)?;
    }
    Bindgen::new()
        .input_path(input)
        .out_name("buyerdesk")
        .web(true)?
        .typescript(false)
        .generate(&generated)
        .context("wasm-bindgen failed")?;
    let raw = generated.join(NAME);
    let finished = if let Some(program) = wasm_opt {
        let smaller = generated.join("smaller.wasm");
        optimise(program, &raw, &smaller)?;
        smaller
    } else {
        raw
    };

    let wasm = site.hashed("buyerdesk_bg", "wasm", &fs::read(finished)?)?;
    let script = fs::read_to_string(generated.join("buyerdesk.js"))?;
    let name = wasm.rsplit('/').next().unwrap_or(NAME);
    let js = site.hashed("buyerdesk", "js", script.replace(NAME, name).as_bytes())?;
    site.copy_snippets(&generated.join("snippets"))?;
    fs::write(key_file, key)?;
    Ok((js, wasm))
}

/// What the result depends on: the input, the options, the version of wasm-opt (npm notes it beside the programs).
fn key(input: &Path, wasm_opt: Option<&Path>) -> Result<String> {
    let mut all = fs::read(input).with_context(|| format!("reading {}", input.display()))?;
    all.extend(env!("CARGO_PKG_VERSION").bytes());
    if let Some(program) = wasm_opt {
        all.extend(OPTIONS.concat().bytes());
        if let Some(modules) = program.parent().and_then(Path::parent) {
            all.extend(fs::read(modules.join(".package-lock.json")).unwrap_or_default());
        }
    }
    Ok(sha256(&all))
}

fn optimise(program: &Path, from: &Path, to: &Path) -> Result<()> {
    let status = Command::new(program)
        .args(OPTIONS)
        .arg(from)
        .arg("-o")
        .arg(to)
        .status()
        .with_context(|| format!("starting {}", program.display()))?;
    ensure!(status.success(), "wasm-opt failed: {status}");
    Ok(())
}
