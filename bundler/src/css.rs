//! One stylesheet out of many. The order never matters to a rule (cascade layers decide), only that `reset.css` comes
//! first, since it names the layers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What comes first, in this order; then `components/` and then the rest, each by name.
const FIRST: [&str; 3] = ["reset.css", "tokens.css", "base.css"];

/// The text of all stylesheets of a folder in their order. A missing folder gives an empty sheet.
pub fn join(folder: &Path) -> Result<String> {
    let mut files: Vec<PathBuf> = FIRST.iter().map(|name| folder.join(name)).filter(|file| file.is_file()).collect();
    files.extend(sheets(&folder.join("components"))?);
    files.extend(sheets(folder)?.into_iter().filter(|file| !FIRST.iter().any(|first| file.ends_with(first))));
    if files.is_empty() {
        println!("no stylesheets in {}", folder.display());
    }
    let mut joined = String::new();
    for file in files {
        joined += &fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        joined.push('\n');
    }
    Ok(joined)
}

/// The `*.css` files directly in a folder, by name.
fn sheets(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "css") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
