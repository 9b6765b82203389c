//! The folder that is served: hashed names, compressed copies, the manifest, and nothing left over from earlier runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The addresses of the day, absolute paths on the site; `manifest.json`.
#[derive(Serialize, Deserialize)]
pub struct Manifest {
    pub css: String,
    #[serde(flatten)]
    pub module: Module,
}

/// What the browser runs: all in one folder, since the files name each other.
#[derive(Serialize, Deserialize)]
pub struct Module {
    pub js: String,
    /// Loads rooms; the first script imports it.
    pub rooms_js: String,
    pub wasm: String,
    /// The file that a page in a room needs beside these.
    pub rooms: BTreeMap<String, String>,
}

impl Module {
    /// What every page needs.
    pub fn first(&self) -> [&str; 3] {
        [&self.js, &self.rooms_js, &self.wasm]
    }
}

/// How hard to compress.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    Dev,
    Release,
}

/// A folder with `pkg/` in it.
pub struct Site {
    folder: PathBuf,
    effort: Effort,
}

impl Site {
    pub fn open(folder: &Path, effort: Effort) -> Result<Self> {
        let pkg = folder.join("pkg");
        fs::create_dir_all(&pkg).with_context(|| format!("making {}", pkg.display()))?;
        Ok(Self { folder: folder.to_owned(), effort })
    }

    /// The manifest of the last run, if there was one that can still be read.
    pub fn manifest(&self) -> Result<Option<Manifest>> {
        match fs::read(self.folder.join("manifest.json")) {
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context("reading manifest.json"),
        }
    }

    /// Is all that a manifest names there?
    pub fn has(&self, module: &Module) -> bool {
        module
            .first()
            .into_iter()
            .chain(module.rooms.values().map(String::as_str))
            .all(|address| self.file(address).is_file())
    }

    /// What files weigh on the wire.
    pub fn weight<'a>(&self, addresses: impl IntoIterator<Item = &'a str>) -> Result<u64> {
        addresses.into_iter().map(|address| Ok(fs::metadata(beside(&self.file(address), "br"))?.len())).sum()
    }

    fn file(&self, address: &str) -> PathBuf {
        self.folder.join(address.trim_start_matches('/'))
    }

    /// Stores contents under a name made of their hash, with compressed copies; gives the address.
    pub fn hashed(&self, stem: &str, extension: &str, contents: &[u8]) -> Result<String> {
        let hash = &sha256(contents)[..16];
        let address = format!("/pkg/{stem}.{hash}.{extension}");
        self.write_and_tell(&address, contents)?;
        Ok(address)
    }

    fn write_and_tell(&self, address: &str, contents: &[u8]) -> Result<()> {
        let brotli = self.write_compressed(&self.file(address), contents)?;
        println!("{:<44} {:>9} raw {:>9} brotli", address, thousands(contents.len()), thousands(brotli));
        Ok(())
    }

    /// Stores the files of a folder, as they are called, in one whose name is made of the hash of them all.
    pub fn hashed_folder(&self, from: &Path) -> Result<String> {
        let mut files = BTreeMap::new();
        collect(from, from, &mut files)?;
        let mut all = Vec::new();
        for (name, contents) in &files {
            all.extend(name.bytes().chain(sha256(contents).bytes()));
        }
        let folder = format!("/pkg/{}", &sha256(&all)[..16]);
        for (name, contents) in &files {
            let address = format!("{folder}/{name}");
            let file = self.file(&address);
            fs::create_dir_all(file.parent().context("a file has a folder")?)?;
            self.write_and_tell(&address, contents)?;
        }
        Ok(folder)
    }

    /// Copies the public files into the root of the site and takes out those that are no longer public.
    pub fn copy_public(&self, from: &Path) -> Result<()> {
        let mut wanted = self.copy(from, &self.folder)?;
        wanted.extend([self.folder.join("pkg"), self.folder.join("manifest.json")]);
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if !wanted.contains(&path) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// Copies a folder, if it is there, and gives what lies directly in the copy.
    fn copy(&self, from: &Path, to: &Path) -> Result<BTreeSet<PathBuf>> {
        let mut written = BTreeSet::new();
        if !from.is_dir() {
            return Ok(written);
        }
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
            let entry = entry?;
            let (source, copy) = (entry.path(), to.join(entry.file_name()));
            if source.is_dir() {
                if copy.exists() {
                    fs::remove_dir_all(&copy)?;
                }
                self.copy(&source, &copy)?;
            } else {
                let contents = fs::read(&source)?;
                if is_text(&source) {
                    self.write_compressed(&copy, &contents)?;
                    written.extend([beside(&copy, "br"), beside(&copy, "gz")]);
                } else {
                    fs::write(&copy, contents)?;
                }
            }
            written.insert(copy);
        }
        Ok(written)
    }

    /// Writes a file and its `.br` and `.gz`; gives the size of the `.br`.
    fn write_compressed(&self, file: &Path, contents: &[u8]) -> Result<usize> {
        let (quality, level) = match self.effort {
            Effort::Dev => (2, flate2::Compression::fast()),
            Effort::Release => (11, flate2::Compression::best()),
        };
        let mut brotli = Vec::new();
        brotli::CompressorWriter::new(&mut brotli, 1 << 16, quality, 22).write_all(contents)?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
        gzip.write_all(contents)?;
        fs::write(file, contents).with_context(|| format!("writing {}", file.display()))?;
        fs::write(beside(file, "br"), &brotli)?;
        fs::write(beside(file, "gz"), gzip.finish()?)?;
        Ok(brotli.len())
    }

    /// Writes the manifest and takes out the files of earlier runs. In this order: a server that reads the manifest
    /// in between finds what it names.
    pub fn finish(&self, manifest: &Manifest) -> Result<()> {
        let fresh = self.folder.join("pkg/manifest.json.new");
        fs::write(&fresh, serde_json::to_vec_pretty(manifest)?)?;
        fs::rename(fresh, self.folder.join("manifest.json"))?;

        let css = self.file(&manifest.css);
        let mut wanted = BTreeSet::from([beside(&css, "br"), beside(&css, "gz"), css]);
        wanted.extend(self.file(&manifest.module.js).parent().map(Path::to_owned));
        for entry in fs::read_dir(self.folder.join("pkg"))? {
            let path = entry?.path();
            if !wanted.contains(&path) {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

fn remove(path: &Path) -> Result<()> {
    Ok(if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }?)
}

/// The files below a folder by their names seen from `root`.
fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let name = path.strip_prefix(root)?.to_str().context("a name that is no text")?.to_owned();
            files.insert(name, fs::read(&path)?);
        }
    }
    Ok(())
}

/// `site.css` and `br` make `site.css.br`.
fn beside(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// Pictures and fonts are compressed already.
fn is_text(file: &Path) -> bool {
    let extension = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["css", "html", "js", "json", "svg", "txt", "webmanifest", "xml"].contains(&extension)
}

/// In hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// 1234567 as `1 234 567`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{beside, thousands};
    use std::path::Path;

    #[test]
    fn sizes_are_readable() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(123), "123");
        assert_eq!(thousands(1_234_567), "1 234 567");
    }

    #[test]
    fn a_compressed_copy_lies_beside_its_file() {
        assert_eq!(beside(Path::new("pkg/a.b.css"), "br"), Path::new("pkg/a.b.css.br"));
    }
}
