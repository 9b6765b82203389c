//! What an import did, file by file. No row vanishes: read = accepted + rejected.

use std::collections::BTreeMap;
use std::fmt;

use domain::text::count;
use serde_json::{Value, json};

/// One file.
#[derive(Debug, Default, PartialEq)]
pub struct FileReport {
    /// Its name.
    pub name: String,
    /// Rows below the header.
    pub read: u64,
    /// Rows that are in the database now.
    pub accepted: u64,
    /// Of those: rows that were so before.
    pub unchanged: u64,
    /// Rows refused.
    pub rejected: u64,
    /// Time taken.
    pub seconds: f64,
    /// Why the file could not be read at all.
    pub trouble: Option<String>,
    /// How many rows were refused for which reason.
    pub reasons: BTreeMap<String, u64>,
    /// What the person should know.
    pub notes: Vec<String>,
}

/// All files of a run, in the order in which they were imported.
#[derive(Debug, Default, PartialEq)]
pub struct Report {
    /// The files that were there.
    pub files: Vec<FileReport>,
    /// What the person should know of the whole.
    pub notes: Vec<String>,
}

impl Report {
    /// What was refused: rows, and files that could not be read at all.
    pub fn rejected(&self) -> u64 {
        self.files.iter().map(|f| f.rejected + u64::from(f.trouble.is_some())).sum()
    }

    /// Rows that wrote something.
    pub fn changed(&self) -> u64 {
        self.files.iter().map(|f| f.accepted - f.unchanged).sum()
    }

    /// The counts, for the audit trail.
    pub fn counts(&self) -> Value {
        let counts = |f: &FileReport| json!({"read": f.read, "accepted": f.accepted, "unchanged": f.unchanged, "rejected": f.rejected});
        self.files.iter().map(|f| (f.name.clone(), counts(f))).collect::<serde_json::Map<_, _>>().into()
    }
}

/// A count with its thousands separated.
pub fn number(n: u64) -> String {
    count(i64::try_from(n).unwrap_or(i64::MAX))
}

impl FileReport {
    /// One line for a log.
    pub fn line(&self) -> String {
        match &self.trouble {
            Some(trouble) => format!("{}: not imported: {trouble}", self.name),
            None => format!(
                "{}: {} read, {} accepted ({} unchanged), {} rejected, {:.1} s",
                self.name,
                number(self.read),
                number(self.accepted),
                number(self.unchanged),
                number(self.rejected),
                self.seconds
            ),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<14} {:>11} {:>11} {:>11} {:>11} {:>8}",
            "file", "read", "accepted", "unchanged", "rejected", "seconds"
        )?;
        for file in &self.files {
            let [read, accepted, unchanged, rejected] =
                [file.read, file.accepted, file.unchanged, file.rejected].map(number);
            writeln!(
                f,
                "{:<14} {read:>11} {accepted:>11} {unchanged:>11} {rejected:>11} {:>8.1}",
                file.name, file.seconds
            )?;
        }
        for file in &self.files {
            if let Some(trouble) = &file.trouble {
                writeln!(f, "\n{} was not imported: {trouble}", file.name)?;
            }
            if !file.reasons.is_empty() {
                let mut reasons: Vec<_> = file.reasons.iter().collect();
                reasons.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
                writeln!(f, "\nrejected/{}: {} rows", file.name, number(file.rejected))?;
                for (reason, n) in reasons {
                    writeln!(f, "{:>11}  {reason}", number(*n))?;
                }
            }
        }
        let notes: Vec<String> = file_notes(&self.files).chain(self.notes.iter().cloned()).collect();
        if !notes.is_empty() {
            writeln!(f, "\nNote:")?;
            notes.iter().try_for_each(|note| writeln!(f, "  {note}"))?;
        }
        Ok(())
    }
}

fn file_notes(files: &[FileReport]) -> impl Iterator<Item = String> {
    files.iter().flat_map(|file| file.notes.iter().map(|note| format!("{}: {note}", file.name)))
}
