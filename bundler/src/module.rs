//! The WASM and its JavaScript: split into rooms, then wasm-bindgen, then wasm-opt.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::site::{Manifest, Module, Site, sha256};

/// Named one by one: with `--all-features` wasm-opt writes modules that browsers refuse.
const OPTIONS: [&str; 11] = [
    // What can never be called with such values goes, what is nearly the same becomes one, until nothing gets smaller.
    "--gufa-optimizing",
    "--merge-similar-functions",
    "-Oz",
    "--converge",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The JavaScript that starts the module; also how the rooms find it.
const LOADER: &str = "buyerdesk.js";
/// The JavaScript that loads rooms.
const ROOMS: &str = "rooms.js";
/// What wasm-bindgen calls the module beside it.
const MODULE: &str = "buyerdesk_bg.wasm";

/// Makes the folder with the module, its rooms and the JavaScript, and gives the addresses. Nothing is done if the input
/// and the way to treat it are those of the last run and its results are still there.
pub fn bundle(
    site: &Site,
    work: &Path,
    input: &Path,
    wasm_opt: Option<&Path>,
    before: Option<Manifest>,
) -> Result<Module> {
    fs::create_dir_all(work).with_context(|| format!("making {}", work.display()))?;
    let key_file = work.join("key");
    let whole = fs::read(input).with_context(|| format!("reading {}", input.display()))?;
    let key = key(&whole, wasm_opt)?;
    if let Some(Manifest { module, .. }) = before
        && fs::read_to_string(&key_file).is_ok_and(|last| last == key)
        && site.has(&module)
    {
        println!("the module has not changed");
        return Ok(module);
    }

    let generated = work.join("generated");
    if generated.exists() {
        fs::remove_dir_all(&generated)?;
    }
    let rooms = split(&whole, &work.join("first.wasm"), &generated)?;
    Bindgen::new()
        .input_path(work.join("first.wasm"))
        .out_name("buyerdesk")
        .web(true)?
        .typescript(false)
        // Rooms share the table of functions, which the linker exports.
        .keep_lld_exports(true)
        .generate(&generated)
        .context("wasm-bindgen failed")?;
    if let Some(program) = wasm_opt {
        for entry in fs::read_dir(&generated)? {
            let file = entry?.path();
            match file.extension().and_then(|extension| extension.to_str()) {
                Some("wasm") => optimise(program, &file)?,
                Some("js") => fs::write(&file, terse(&fs::read_to_string(&file)?))?,
                _ => {}
            }
        }
    }

    let folder = site.hashed_folder(&generated)?;
    let address = |name: &str| format!("{folder}/{name}");
    fs::write(key_file, key)?;
    Ok(Module {
        js: address(LOADER),
        rooms_js: address(ROOMS),
        wasm: address(MODULE),
        rooms: rooms
            .into_iter()
            .map(|(room, parts)| (room, parts.iter().map(|part| address(&format!("{part}.wasm"))).collect()))
            .collect(),
    })
}

/// Cuts the module into what every page needs and the rooms (`app::rooms`), each with the names of the parts it needs:
/// its own, and what it shares with other rooms only.
fn split(whole: &[u8], first: &Path, others: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let mut options = wasm_split_cli_support::Options::new(whole);
    options.main_out_path = first;
    options.output_dir = others;
    let main = format!("./{LOADER}");
    options.main_module = &main;
    let link = format!("./{ROOMS}");
    options.link_name = &link;
    let split = wasm_split_cli_support::transform(options).map_err(|e| anyhow!("splitting failed: {e:#}"))?;
    Ok(split.prefetch_map.into_iter().collect())
}

/// What the result depends on: the input, this program, wasm-opt's version (npm notes it beside the programs).
fn key(whole: &[u8], wasm_opt: Option<&Path>) -> Result<String> {
    let mut all = whole.to_vec();
    all.extend(fs::read(env::current_exe()?)?);
    if let Some(modules) = wasm_opt.and_then(Path::parent).and_then(Path::parent) {
        all.extend(fs::read(modules.join(".package-lock.json")).unwrap_or_default());
    }
    all.push(u8::from(wasm_opt.is_some()));
    Ok(sha256(&all))
}

/// JavaScript without its indentation and its blocks of documentation: all that wasm-bindgen writes for people.
fn terse(code: &str) -> String {
    let mut documents = false;
    let mut out = String::with_capacity(code.len());
    for line in code.lines().map(str::trim).filter(|line| !line.is_empty()) {
        documents |= line.starts_with("/**");
        if !documents {
            out.push_str(line);
            out.push('\n');
        }
        documents &= !line.ends_with("*/");
    }
    out
}

/// Makes a file smaller where it is.
fn optimise(program: &Path, file: &Path) -> Result<()> {
    let status = Command::new(program)
        .args(OPTIONS)
        .arg(file)
        .arg("-o")
        .arg(file)
        .status()
        .with_context(|| format!("starting {}", program.display()))?;
    ensure!(status.success(), "wasm-opt failed: {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::terse;

    #[test]
    fn javascript_loses_what_is_for_people_alone() {
        let code = "/**\n * Says it.\n * @returns {string}\n */\nexport function a() {\n    /** one */\n    return `${1} /* no */`;\n}\n\n";
        assert_eq!(terse(code), "export function a() {\nreturn `${1} /* no */`;\n}\n");
    }
}
