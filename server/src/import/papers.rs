//! Files in which several rows make one document. A document is imported whole or not at all, and its rows need not stand
//! together: a first pass counts the rows of each, the second hands a document on as soon as its last row has come.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use domain::{Currency, Money};
use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};
use store::import::{Document, Fate, Line};
use store::{Result, Tx};

use super::cells::Cells;
use super::desk::{Desk, Office, in_parts};
use super::lexer::Record;
use super::report::FileReport;
use super::source::{Column, Layout, Source};

/// Rows written at once, about.
const BATCH: usize = 5000;

/// One kind of document.
pub trait Paper {
    /// What all rows of a document say alike.
    type Head;
    /// The document, ready to be written.
    type Whole;
    /// The file's name.
    const FILE: &'static str;
    /// Its columns.
    const COLUMNS: &'static [Column];
    /// The column with the document's number; `account_number` says whose it is.
    const NUMBER: &'static str;

    /// Reads what a row says of its document; the error is the reason for refusing it.
    fn head(&self, cells: &Cells<'_>) -> std::result::Result<Self::Head, String>;

    /// What its rows are priced in.
    fn currency(head: &Self::Head) -> Currency;

    /// The tax rate of a row.
    fn tax_rate(&self, cells: &Cells<'_>) -> std::result::Result<Decimal, String>;

    /// Takes another row's head in; the error names the column in which the two differ.
    fn merge(head: &mut Self::Head, other: &Self::Head) -> std::result::Result<(), &'static str>;

    /// The head in words that stay the same when the same document comes again.
    fn words(head: &Self::Head) -> String;

    /// Puts a document together.
    fn whole(&self, head: Self::Head, document: Document) -> std::result::Result<Self::Whole, String>;

    /// Writes a batch.
    async fn write(&self, tx: &mut Tx, documents: &[Self::Whole]) -> Result<Vec<Fate>>;
}

/// Documents ready to be written, with the rows they came from.
struct Ready<P: Paper> {
    wholes: Vec<P::Whole>,
    records: Vec<Vec<Record>>,
    lines: usize,
}

impl<P: Paper> Ready<P> {
    const fn new() -> Self {
        Self { wholes: Vec::new(), records: Vec::new(), lines: 0 }
    }
}

/// Whose document, and its number: what groups rows. `None` when the row does not say; a broken row says it if it can.
fn key<P: Paper>(layout: &Layout, record: &Record) -> Option<String> {
    let number = layout.cell(record, P::NUMBER);
    (!number.is_empty()).then(|| format!("{}\u{1f}{number}", layout.cell(record, "account_number")))
}

/// Imports one file, if it is there.
pub async fn import<P: Paper>(office: &Office<'_>, paper: &P) -> anyhow::Result<FileReport> {
    let mut desk = match Desk::open(office.dir, P::FILE, P::COLUMNS, 2) {
        Ok(desk) => desk,
        Err(report) => return Ok(*report),
    };
    // Counted by hash: should two documents share one, both wait for the end of the file, and nothing else.
    let hasher = RandomState::new();
    let mut expected: HashMap<u64, u32> = HashMap::new();
    let mut first = Source::open(&office.dir.join(P::FILE), P::COLUMNS).map_err(anyhow::Error::msg)?;
    while let Some(record) = first.read()? {
        desk.passed(first.bytes_read());
        if let Some(key) = key::<P>(&first.layout, &record) {
            *expected.entry(hasher.hash_one(&key)).or_default() += 1;
        }
    }
    drop(first);
    // As they stand in the file: a document's rows are read when the last has come, for a file may be all pending.
    let mut pending: HashMap<String, Vec<Record>> = HashMap::new();
    let mut ready = Ready::new();
    while let Some(record) = desk.read()? {
        let Some(key) = key::<P>(desk.layout(), &record) else {
            let reason = record.fault.clone().unwrap_or_else(|| format!("{} is empty", P::NUMBER));
            desk.reject(&record, &reason)?;
            continue;
        };
        let wanted = expected.get(&hasher.hash_one(&key)).copied().unwrap_or_default() as usize;
        let records = pending.entry(key.clone()).or_default();
        records.push(record);
        if records.len() == wanted
            && let Some(records) = pending.remove(&key)
        {
            settle(paper, &mut desk, &key, records, &mut ready)?;
        }
        if ready.lines >= BATCH {
            flush(office, paper, &mut desk, std::mem::replace(&mut ready, Ready::new())).await?;
        }
    }
    for (key, records) in pending {
        settle(paper, &mut desk, &key, records, &mut ready)?;
    }
    flush(office, paper, &mut desk, ready).await?;
    desk.close()
}

fn parse<P: Paper>(paper: &P, cells: &Cells<'_>) -> std::result::Result<(P::Head, Line), String> {
    if let Some(fault) = &cells.record.fault {
        return Err(fault.clone());
    }
    if cells.text("account_number")?.is_empty() {
        return Err("no customer".to_owned());
    }
    cells.key("account_number")?;
    cells.key(P::NUMBER)?;
    let head = paper.head(cells)?;
    let (sku, name) = (cells.maybe("sku", |c, _| c.sku("sku"))?.unwrap_or_default(), cells.text("description")?);
    if sku.is_empty() && name.is_empty() {
        return Err("neither sku nor description".to_owned());
    }
    let (quantity, unit_price) = (cells.quantity("quantity")?, cells.price("unit_price", P::currency(&head))?);
    let net = unit_price
        .line(quantity)
        .map_err(|_| format!("the line's amount is too large: {} × {}", quantity.value(), unit_price.amount()))?;
    let unit = cells.maybe("unit", |c, _| c.key("unit"))?.unwrap_or_else(|| "EA".to_owned());
    let tax_rate = paper.tax_rate(cells)?;
    Ok((head, Line { sku, name: name.to_owned(), unit, quantity, unit_price, net, tax_rate }))
}

/// All rows of a document are there: it is put together, or all of them are refused.
fn settle<P: Paper>(
    paper: &P,
    desk: &mut Desk,
    key: &str,
    records: Vec<Record>,
    ready: &mut Ready<P>,
) -> anyhow::Result<()> {
    let rows: Vec<_> = records.iter().map(|record| parse(paper, &Cells { layout: desk.layout(), record })).collect();
    let bad = rows
        .iter()
        .zip(&records)
        .find_map(|(row, record)| row.as_ref().err().map(|reason| (record.line, reason.clone())));
    if let Some((line, reason)) = bad {
        let other = format!("another line of this document was refused: line {line}: {reason}");
        return records
            .iter()
            .zip(&rows)
            .try_for_each(|(record, row)| desk.reject(record, row.as_ref().err().unwrap_or(&other)));
    }
    let (account, number) = key.split_once('\u{1f}').unwrap_or_default();
    match assemble(paper, account, number, &records, rows.into_iter().flatten()) {
        Err(reason) => records.iter().try_for_each(|record| desk.reject(record, &reason)),
        Ok(whole) => {
            ready.lines += records.len();
            ready.wholes.push(whole);
            ready.records.push(records);
            Ok(())
        }
    }
}

fn assemble<P: Paper>(
    paper: &P,
    account: &str,
    number: &str,
    records: &[Record],
    rows: impl Iterator<Item = (P::Head, Line)>,
) -> std::result::Result<P::Whole, String> {
    let mut head = None;
    let mut lines = Vec::with_capacity(records.len());
    for ((row_head, line), record) in rows.zip(records) {
        match &mut head {
            None => head = Some(row_head),
            Some(head) => P::merge(head, &row_head)
                .map_err(|column| format!("the document's lines differ in {column}: line {}", record.line))?,
        }
        lines.push(line);
    }
    let head = head.ok_or("no lines")?;
    let hash = hash(&P::words(&head), &lines);
    paper.whole(head, Document { account: account.to_owned(), number: number.to_owned(), hash, lines })
}

/// Of the contents, whatever the order of the lines and however the numbers were written.
fn hash(head: &str, lines: &[Line]) -> Vec<u8> {
    let words = |l: &Line| {
        format!(
            "{}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}\u{1f}{}",
            l.sku,
            l.name,
            l.unit,
            l.quantity.value(),
            l.unit_price.amount(),
            l.tax_rate
        )
    };
    let mut lines: Vec<String> = lines.iter().map(words).collect();
    lines.sort_unstable();
    Sha256::digest(format!("{head}\n{}", lines.join("\n"))).to_vec()
}

async fn flush<P: Paper>(office: &Office<'_>, paper: &P, desk: &mut Desk, ready: Ready<P>) -> anyhow::Result<()> {
    let parts = if ready.wholes.is_empty() {
        Vec::new()
    } else {
        in_parts(&ready.wholes, async |documents| {
            let mut tx = store::import::begin(office.store, office.now).await?;
            let fates = paper.write(&mut tx, documents).await?;
            tx.commit().await?;
            Ok(fates)
        })
        .await?
    };
    for (range, fates) in parts {
        let fates = fates.unwrap_or_else(|reason| vec![Fate::Refused(reason)]);
        for (records, fate) in ready.records[range].iter().zip(fates) {
            let rows = records.len() as u64;
            match fate {
                Fate::Written => desk.accept(rows, rows),
                Fate::Unchanged => desk.accept(rows, 0),
                Fate::Refused(reason) => records.iter().try_for_each(|record| desk.reject(record, &reason))?,
            }
        }
    }
    Ok(())
}

/// The sum of a document's lines.
pub fn net(currency: Currency, lines: &[Line]) -> std::result::Result<Money, String> {
    Money::sum(currency, lines.iter().map(|l| l.net)).map_err(|_| TOO_LARGE.to_owned())
}

/// No honest document holds that much.
pub const TOO_LARGE: &str = "the document's total is too large";
