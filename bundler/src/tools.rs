//! The programs that make files small, as npm installed them (`bundler/package.json`).

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Named one by one: with `--all-features` wasm-opt writes modules that browsers refuse.
const WASM_OPT: [&str; 11] = [
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

/// Where they are.
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Those in a folder like `node_modules/.bin`.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Makes a module smaller, where it is.
    pub fn optimise(&self, file: &Path) -> Result<()> {
        let options = WASM_OPT.map(OsStr::new);
        self.run("wasm-opt", options.into_iter().chain([file.as_os_str(), OsStr::new("-o"), file.as_os_str()]))
    }

    /// Makes a script or a stylesheet smaller, where it is.
    pub fn minify(&self, file: &Path) -> Result<()> {
        let mut out = OsStr::new("--outfile=").to_owned();
        out.push(file);
        // The glue names its rooms once for each of them in one object: no harm, and nothing we could change.
        let options = ["--minify", "--allow-overwrite", "--log-level=error"].map(OsStr::new);
        self.run("esbuild", options.into_iter().chain([file.as_os_str(), &out]))
    }

    /// What npm noted beside them.
    pub fn versions(&self) -> Vec<u8> {
        self.folder.parent().and_then(|modules| fs::read(modules.join(".package-lock.json")).ok()).unwrap_or_default()
    }

    fn run<'a>(&self, program: &str, arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<()> {
        let status = Command::new(self.folder.join(program))
            .args(arguments)
            .status()
            .with_context(|| format!("starting {program}"))?;
        ensure!(status.success(), "{program} failed: {status}");
        Ok(())
    }
}
