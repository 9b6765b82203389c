//! Files in which every row stands for itself.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest as _, Sha256};
use store::import::Outcome;
use store::{Result, Tx};

use super::cells::Cells;
use super::desk::{Desk, Office, in_parts};
use super::lexer::Record;
use super::report::FileReport;
use super::source::Column;

/// Rows written at once.
const BATCH: usize = 1000;

/// One kind of file.
pub trait Sheet {
    /// A row, checked by itself.
    type Row;
    /// The file's name.
    const FILE: &'static str;
    /// Its columns.
    const COLUMNS: &'static [Column];

    /// Reads a row; the error is the reason for refusing it.
    fn parse(&self, cells: &Cells<'_>) -> std::result::Result<Self::Row, String>;

    /// What may be there once in a file.
    fn key(row: &Self::Row) -> Vec<String>;

    /// Another row of the same kind that must be there first: the row's own key, the key it names.
    fn names(_row: &Self::Row) -> Option<(String, String)> {
        None
    }

    /// For rows that name others: how many steps each must wait, or why it is refused.
    async fn levels(
        &self,
        _tx: &mut Tx,
        waiting: &[(String, String)],
    ) -> Result<Vec<std::result::Result<usize, String>>> {
        Ok(waiting.iter().map(|_| Ok(0)).collect())
    }

    /// Writes a batch.
    async fn write(&self, tx: &mut Tx, rows: &[Self::Row]) -> Result<Outcome>;
}

/// Rows with what they looked like, in case they are refused.
struct Batch<R> {
    rows: Vec<R>,
    records: Vec<Record>,
}

impl<R> Batch<R> {
    const fn new() -> Self {
        Self { rows: Vec::new(), records: Vec::new() }
    }

    fn push(&mut self, row: R, record: Record) {
        self.rows.push(row);
        self.records.push(record);
    }
}

/// Imports one file, if it is there.
pub async fn import<S: Sheet>(office: &Office<'_>, sheet: &S) -> anyhow::Result<FileReport> {
    let mut desk = match Desk::open(office.dir, S::FILE, S::COLUMNS, 1) {
        Ok(desk) => desk,
        Err(report) => return Ok(*report),
    };
    let mut seen: HashMap<[u8; 16], u64> = HashMap::new();
    let mut notes = BTreeMap::new();
    let (mut batch, mut waiting) = (Batch::new(), Batch::new());
    while let Some(record) = desk.read()? {
        let parsed = match &record.fault {
            Some(fault) => Err(fault.clone()),
            None => sheet.parse(&Cells { layout: desk.layout(), record: &record }),
        };
        let parsed = parsed.and_then(|row| match seen.insert(fingerprint(&S::key(&row)), record.line) {
            None => Ok(row),
            Some(first) => {
                seen.insert(fingerprint(&S::key(&row)), first);
                Err(format!("a second row for the same thing: the first is on line {first}"))
            }
        });
        match parsed {
            Err(reason) => desk.reject(&record, &reason)?,
            Ok(row) if S::names(&row).is_some() => waiting.push(row, record),
            Ok(row) => batch.push(row, record),
        }
        if batch.rows.len() == BATCH {
            flush(office, sheet, &mut desk, std::mem::replace(&mut batch, Batch::new()), &mut notes).await?;
        }
    }
    flush(office, sheet, &mut desk, batch, &mut notes).await?;
    for level in in_levels(office, sheet, &mut desk, waiting).await? {
        let (mut rows, mut records) = (level.rows.into_iter(), level.records.into_iter());
        loop {
            let part =
                Batch { rows: rows.by_ref().take(BATCH).collect(), records: records.by_ref().take(BATCH).collect() };
            if part.rows.is_empty() {
                break;
            }
            flush(office, sheet, &mut desk, part, &mut notes).await?;
        }
    }
    for (note, rows) in notes {
        desk.note(format!("{rows} {note}"));
    }
    desk.close()
}

fn fingerprint(key: &[String]) -> [u8; 16] {
    let mut hash = [0; 16];
    hash.copy_from_slice(&Sha256::digest(key.join("\u{1f}"))[..16]);
    hash
}

async fn flush<S: Sheet>(
    office: &Office<'_>,
    sheet: &S,
    desk: &mut Desk,
    batch: Batch<S::Row>,
    notes: &mut BTreeMap<&'static str, u64>,
) -> anyhow::Result<()> {
    if batch.rows.is_empty() {
        return Ok(());
    }
    let parts = in_parts(&batch.rows, async |rows| {
        let mut tx = store::import::begin(office.store, office.now).await?;
        let outcome = sheet.write(&mut tx, rows).await?;
        tx.commit().await?;
        Ok(outcome)
    })
    .await?;
    for (range, outcome) in parts {
        match outcome {
            Err(reason) => desk.reject(&batch.records[range.start], &reason)?,
            Ok(mut outcome) => {
                outcome.refused.sort();
                for (i, reason) in &outcome.refused {
                    desk.reject(&batch.records[range.start + i], reason)?;
                }
                desk.accept((range.len() - outcome.refused.len()) as u64, outcome.changed);
                outcome.notes.into_iter().for_each(|(note, rows)| *notes.entry(note).or_default() += rows);
            }
        }
    }
    Ok(())
}

/// Sorts waiting rows into steps, each of which only needs what the steps before it wrote.
async fn in_levels<S: Sheet>(
    office: &Office<'_>,
    sheet: &S,
    desk: &mut Desk,
    waiting: Batch<S::Row>,
) -> anyhow::Result<Vec<Batch<S::Row>>> {
    let mut levels: Vec<Batch<S::Row>> = Vec::new();
    if waiting.rows.is_empty() {
        return Ok(levels);
    }
    let names: Vec<(String, String)> = waiting.rows.iter().filter_map(S::names).collect();
    let mut tx = store::import::begin(office.store, office.now).await?;
    let found = sheet.levels(&mut tx, &names).await?;
    drop(tx);
    for ((row, record), level) in waiting.rows.into_iter().zip(waiting.records).zip(found) {
        match level {
            Err(reason) => desk.reject(&record, &reason)?,
            Ok(level) => {
                levels.resize_with(levels.len().max(level + 1), Batch::new);
                levels[level].push(row, record);
            }
        }
    }
    Ok(levels)
}
