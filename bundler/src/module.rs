//! The WASM and its JavaScript: split into rooms, then wasm-bindgen, then made small.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::rooms;
use crate::site::{Manifest, Module, Site, sha256};
use crate::tools::Tools;

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
    tools: Option<&Tools>,
    before: Option<Manifest>,
) -> Result<Module> {
    fs::create_dir_all(work).with_context(|| format!("making {}", work.display()))?;
    let key_file = work.join("key");
    let whole = fs::read(input).with_context(|| format!("reading {}", input.display()))?;
    let key = key(&whole, tools)?;
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
    let parts = split(&whole, &work.join("first.wasm"), &generated)?;
    Bindgen::new()
        .input_path(work.join("first.wasm"))
        .out_name("buyerdesk")
        .web(true)?
        .typescript(false)
        // Rooms share the table of functions, which the linker exports.
        .keep_lld_exports(true)
        .generate(&generated)
        .context("wasm-bindgen failed")?;
    let loader = generated.join(ROOMS);
    fs::write(&loader, rooms::read_from_rooms(&fs::read_to_string(&loader)?)?)?;
    if let Some(tools) = tools {
        for entry in fs::read_dir(&generated)? {
            let file = entry?.path();
            match file.extension().and_then(|extension| extension.to_str()) {
                Some("wasm") => tools.optimise(&file)?,
                Some("js") => tools.minify(&file)?,
                _ => {}
            }
        }
    }
    rooms::pack(&generated, &parts)?;

    let folder = site.hashed_folder(&generated)?;
    let address = |name: &str| format!("{folder}/{name}");
    fs::write(key_file, key)?;
    Ok(Module {
        js: address(LOADER),
        rooms_js: address(ROOMS),
        wasm: address(MODULE),
        rooms: parts.into_keys().map(|room| (room.clone(), address(&rooms::file(&room)))).collect(),
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

/// What the result depends on: the input, this program, and the versions of the tools.
fn key(whole: &[u8], tools: Option<&Tools>) -> Result<String> {
    let mut all = whole.to_vec();
    all.extend(fs::read(env::current_exe()?)?);
    all.extend(tools.map(Tools::versions).unwrap_or_default());
    Ok(sha256(&all))
}
