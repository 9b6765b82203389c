//! Where refused rows go: the same columns, and why.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use anyhow::Context as _;

use super::lexer::Record;
use super::source::ADDED;

/// The rejected rows of one file. Nothing is made before the first one.
pub struct Rejects {
    path: PathBuf,
    header: Vec<String>,
    /// Which of the file's columns are ours from an earlier run, and are written anew.
    kept: Vec<bool>,
    writer: Option<csv::Writer<File>>,
    /// How many so far.
    pub count: u64,
    /// How many for which reason, the particulars left out.
    pub reasons: BTreeMap<String, u64>,
}

impl Rejects {
    /// For rows below `header`.
    pub fn new(path: PathBuf, header: &[String]) -> Self {
        let kept: Vec<bool> = header.iter().map(|h| !ADDED.contains(&h.trim().to_lowercase().as_str())).collect();
        Self { path, header: header.to_vec(), kept, writer: None, count: 0, reasons: BTreeMap::new() }
    }

    /// Writes a row down. Missing cells stay empty; surplus ones are kept in the last column.
    pub fn add(&mut self, record: &Record, reason: &str) -> anyhow::Result<()> {
        self.count += 1;
        let kind = reason.split(':').next().unwrap_or(reason);
        match self.reasons.get_mut(kind) {
            Some(n) => *n += 1,
            None => drop(self.reasons.insert(kind.to_owned(), 1)),
        }
        let mut cells: Vec<String> = record.cells().map(str::to_owned).collect();
        if cells.len() > self.header.len() {
            let surplus = cells.split_off(self.header.len()).join(",");
            if let Some(last) = cells.last_mut() {
                *last = format!("{last},{surplus}");
            }
        }
        cells.resize(self.header.len(), String::new());
        let row = self.kept_only(cells).chain([record.line.to_string(), reason.to_owned()]).collect::<Vec<_>>();
        let place = self.path.display().to_string();
        self.writer()?.write_record(row).with_context(|| format!("writing {place}"))
    }

    /// Everything is on its way to the disk.
    pub fn finish(&mut self) -> anyhow::Result<()> {
        if let Some(writer) = &mut self.writer {
            writer.flush().with_context(|| format!("writing {}", self.path.display()))?;
        }
        Ok(())
    }

    fn kept_only(&self, cells: Vec<String>) -> impl Iterator<Item = String> {
        cells.into_iter().zip(self.kept.clone()).filter_map(|(cell, kept)| kept.then_some(cell))
    }

    fn writer(&mut self) -> anyhow::Result<&mut csv::Writer<File>> {
        if self.writer.is_none() {
            let place = || format!("writing {}", self.path.display());
            if let Some(folder) = self.path.parent() {
                std::fs::create_dir_all(folder).with_context(place)?;
            }
            let mut writer = csv::Writer::from_path(&self.path).with_context(place)?;
            let header: Vec<String> = self.kept_only(self.header.clone()).chain(ADDED.map(str::to_owned)).collect();
            writer.write_record(header).with_context(place)?;
            self.writer = Some(writer);
        }
        self.writer.as_mut().context("there is a writer now")
    }
}
