//! One file on the desk: its rows in, its refusals out, its counts kept, its progress shown.

use std::borrow::Cow;
use std::io::IsTerminal as _;
use std::ops::Range;
use std::path::Path;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use store::{Error, Store};

use super::lexer::Record;
use super::rejects::Rejects;
use super::report::{FileReport, number};
use super::source::{Column, Layout, Source};

/// A deadlock with the portal's own work is tried again this often.
const TRIES: u32 = 4;

/// Rows between two looks at the progress bar.
const SHOWN_EVERY: u64 = 1000;

/// A file being imported.
pub struct Desk {
    source: Source,
    rejects: Rejects,
    report: FileReport,
    bar: ProgressBar,
    /// Bytes of the passes before this one.
    before: u64,
    began: Instant,
}

/// The progress of one file: by bytes, with the rows in numbers. Draws nothing where there is no terminal.
fn bar(name: &str, bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes).with_prefix(name.to_owned());
    let style = "{prefix:12} {bar:20} {percent:>3} %  {msg}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}

impl Desk {
    /// Opens DIR/`name`. A file that cannot be read as a whole gives its report at once.
    pub fn open(dir: &Path, name: &str, columns: &[Column], passes: u64) -> Result<Self, Box<FileReport>> {
        let report = FileReport { name: name.to_owned(), ..FileReport::default() };
        match Source::open(&dir.join(name), columns) {
            Ok(source) => {
                let rejects = Rejects::new(dir.join("rejected").join(name), &source.layout.header);
                let bar = bar(name, source.size * passes);
                if passes > 1 {
                    bar.set_message("first pass");
                }
                Ok(Self { source, rejects, report, bar, before: 0, began: Instant::now() })
            }
            Err(trouble) => Err(Box::new(FileReport { trouble: Some(trouble), ..report })),
        }
    }

    /// Where the columns stand.
    pub const fn layout(&self) -> &Layout {
        &self.source.layout
    }

    /// The next row, counted.
    pub fn read(&mut self) -> std::io::Result<Option<Record>> {
        let record = self.source.read()?;
        self.report.read += u64::from(record.is_some());
        if self.report.read.is_multiple_of(SHOWN_EVERY) {
            self.show();
        }
        Ok(record)
    }

    /// The row was refused.
    pub fn reject(&mut self, record: &Record, reason: &str) -> anyhow::Result<()> {
        self.rejects.add(record, reason)
    }

    /// So many rows are in; `changed` of them were not before.
    pub fn accept(&mut self, rows: u64, changed: u64) {
        self.report.accepted += rows;
        self.report.unchanged += rows - changed;
    }

    /// What the person should know, with how many rows it concerns.
    pub fn note(&mut self, text: String) {
        self.report.notes.push(text);
    }

    /// How far an earlier pass over the same file has come.
    pub fn passed(&mut self, bytes: u64) {
        self.before = bytes;
        self.bar.set_position(bytes);
    }

    fn show(&self) {
        self.bar.set_position(self.before + self.source.bytes_read());
        self.bar.set_message(format!("{} rows, {} rejected", number(self.report.read), number(self.rejects.count)));
    }

    /// The end of the file.
    pub fn close(mut self) -> anyhow::Result<FileReport> {
        self.rejects.finish()?;
        self.show();
        self.bar.finish();
        let unknown = &self.source.layout.unknown;
        if !unknown.is_empty() {
            self.report.notes.push(format!("columns without a meaning here: {}", unknown.join(", ")));
        }
        self.report.rejected = self.rejects.count;
        self.report.reasons = self.rejects.reasons;
        self.report.seconds = self.began.elapsed().as_secs_f64();
        Ok(self.report)
    }
}

/// Says that a file is done, where no progress bar did.
pub fn announce(report: &FileReport) {
    if !std::io::stderr().is_terminal() || report.trouble.is_some() {
        eprintln!("{}", report.line());
    }
}

/// What a part of a batch came to: `Err` is why the one row in it was refused by the database.
pub type Part<O> = (Range<usize>, Result<O, String>);

/// Writes a batch in one transaction. If the database refuses it for its data, it is halved until the culprit stands
/// alone: one row that no check foresaw must not take a thousand others with it.
pub async fn in_parts<R, O>(rows: &[R], write: impl AsyncFn(&[R]) -> store::Result<O>) -> anyhow::Result<Vec<Part<O>>> {
    let mut todo: Vec<Range<usize>> = std::iter::once(0..rows.len()).collect();
    let (mut done, mut tries) = (Vec::new(), 0);
    while let Some(range) = todo.pop() {
        match write(&rows[range.clone()]).await {
            Ok(outcome) => done.push((range, Ok(outcome))),
            Err(error) if tries < TRIES && sqlstate(&error).is_some_and(|c| c == "40P01" || c == "40001") => {
                tries += 1;
                todo.push(range);
            }
            Err(error) => match refusal(&error) {
                None => return Err(error.into()),
                Some(reason) if range.len() == 1 => done.push((range, Err(reason))),
                Some(_) => {
                    let middle = range.start + range.len() / 2;
                    todo.extend([middle..range.end, range.start..middle]);
                }
            },
        }
    }
    Ok(done)
}

fn sqlstate(error: &Error) -> Option<String> {
    let Error::Database(sqlx::Error::Database(error)) = error else { return None };
    error.code().map(Cow::into_owned)
}

/// Why the database refused data; nothing when the fault lies elsewhere and trying on makes no sense.
fn refusal(error: &Error) -> Option<String> {
    match error {
        Error::Problem(problem) if *problem != domain::Problem::Unavailable => {
            Some(format!("refused by the database: {problem}"))
        }
        Error::Database(sqlx::Error::Database(fault)) => {
            let code = fault.code().unwrap_or_default();
            (code.starts_with("22") || code.starts_with("23"))
                .then(|| format!("refused by the database: {}", fault.constraint().unwrap_or(fault.message())))
        }
        _ => None,
    }
}

/// The store and the clock, for every file.
pub struct Office<'a> {
    /// Where it goes.
    pub store: &'a Store,
    /// The folder.
    pub dir: &'a Path,
    /// The run's instant.
    pub now: chrono::DateTime<chrono::Utc>,
    /// Whose portal it is.
    pub seller: store::import::Seller,
}
