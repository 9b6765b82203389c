//! CSV records with the line they begin on, from a file that may be broken anywhere.
//!
//! A quote that is never closed would swallow the rest of the file. Here it costs the one line that opens it: a record
//! that does not come out right is given up at its first line, and reading goes on with the next.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read as _};

/// A longer physical line is no line of a table.
const LONGEST_LINE: usize = 1 << 20;
/// How far a quoted field may reach.
const LONGEST_RECORD: usize = 32 << 10;
const MOST_LINES: usize = 100;

/// One record: its cells, and what is wrong with it as CSV.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The physical line it begins on, from 1.
    pub line: u64,
    text: String,
    ends: Box<[u32]>,
    /// Broken quotes, an unreadable character; the cells are then what could be made out.
    pub fault: Option<String>,
}

impl Record {
    /// How many cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell, as it stands in the file without its quotes.
    pub fn get(&self, i: usize) -> Option<&str> {
        let end = *self.ends.get(i)?;
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        self.text.get(start as usize..end as usize)
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|i| self.get(i).unwrap_or_default())
    }

    fn new(line: u64, split: Split, fault: Option<String>) -> Self {
        let Split { text, ends, .. } = split;
        match String::from_utf8(text) {
            Ok(text) => {
                let fault = fault.or_else(|| text.contains('\0').then(|| "a NUL character in the line".to_owned()));
                Self { line, text, ends: ends.into(), fault }
            }
            Err(broken) => {
                let bytes = broken.as_bytes();
                let (mut text, mut start) = (String::new(), 0);
                let replaced = |end: u32| {
                    text.push_str(&String::from_utf8_lossy(&bytes[start..end as usize]));
                    start = end as usize;
                    length(text.len())
                };
                let ends = ends.into_iter().map(replaced).collect();
                Self { line, text, ends, fault: fault.or_else(|| Some("not UTF-8".to_owned())) }
            }
        }
    }
}

/// Within a record, whose lines are bounded far below this.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The cells of a record as far as its lines have been fed.
#[derive(Default)]
struct Split {
    text: Vec<u8>,
    ends: Vec<u32>,
    state: State,
    broken: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    CellBegins,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: its end, or half of a doubled one.
    QuoteInQuoted,
}

impl Split {
    fn feed(&mut self, line: &[u8]) {
        use State::{CellBegins, Plain, QuoteInQuoted, Quoted};
        for &byte in line {
            self.state = match (self.state, byte) {
                (CellBegins, b'"') => Quoted,
                (CellBegins | Plain | QuoteInQuoted, b',') => {
                    self.ends.push(length(self.text.len()));
                    CellBegins
                }
                (Quoted, b'"') | (QuoteInQuoted, b' ' | b'\t') => QuoteInQuoted,
                (state, byte) => {
                    self.broken |= state == QuoteInQuoted && byte != b'"';
                    self.text.push(byte);
                    match state {
                        Quoted => Quoted,
                        QuoteInQuoted if byte == b'"' => Quoted,
                        _ => Plain,
                    }
                }
            };
        }
    }

    const fn open(&self) -> bool {
        matches!(self.state, State::Quoted)
    }

    fn end(mut self) -> Self {
        self.ends.push(length(self.text.len()));
        self
    }
}

/// Reads records one by one.
pub struct Lexer<R> {
    input: R,
    lines_read: u64,
    bytes_read: u64,
    ahead: VecDeque<(u64, Vec<u8>)>,
}

impl<R: BufRead> Lexer<R> {
    /// From the beginning; a byte order mark is skipped.
    pub fn new(mut input: R) -> io::Result<Self> {
        let mark = input.fill_buf()?.starts_with(b"\xEF\xBB\xBF");
        if mark {
            input.consume(3);
        }
        Ok(Self { input, lines_read: 0, bytes_read: if mark { 3 } else { 0 }, ahead: VecDeque::new() })
    }

    /// Bytes taken from the file so far.
    pub const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next record; blank lines are none.
    pub fn read(&mut self) -> io::Result<Option<Record>> {
        while let Some((line, bytes)) = self.line()? {
            if bytes.len() >= LONGEST_LINE {
                let mut split = Split::default();
                split.feed(&bytes[..1000]);
                return Ok(Some(Record::new(line, split.end(), Some("a line of more than 1 MB".to_owned()))));
            }
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                return self.record(line, &bytes).map(Some);
            }
        }
        Ok(None)
    }

    fn record(&mut self, line: u64, first: &[u8]) -> io::Result<Record> {
        let mut split = Split::default();
        split.feed(first);
        let mut more: Vec<(u64, Vec<u8>)> = Vec::new();
        while split.open() && !split.broken && more.len() < MOST_LINES && split.text.len() < LONGEST_RECORD {
            let Some((number, bytes)) = self.line()? else { break };
            split.text.push(b'\n');
            split.feed(&bytes);
            more.push((number, bytes));
        }
        if !split.open() && !split.broken {
            return Ok(Record::new(line, split.end(), None));
        }
        let fault = if split.broken {
            "broken quotes: text after a closing quote"
        } else {
            "broken quotes: one is never closed"
        };
        for later in more.into_iter().rev() {
            self.ahead.push_front(later);
        }
        let mut split = Split::default();
        split.feed(first);
        Ok(Record::new(line, split.end(), Some(fault.to_owned())))
    }

    /// The next physical line with its number, without its end; an overlong one is cut.
    fn line(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::with_capacity(128);
        let read = self.input.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.lines_read += 1;
        self.bytes_read += read as u64;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
        } else if read == LONGEST_LINE {
            self.skip_line()?;
        }
        Ok(Some((self.lines_read, bytes)))
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let (used, ended) = match buffer.iter().position(|b| *b == b'\n') {
                Some(i) => (i + 1, true),
                None => (buffer.len(), buffer.is_empty()),
            };
            self.input.consume(used);
            self.bytes_read += used as u64;
            if ended {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(bytes: &[u8]) -> Vec<Record> {
        let mut lexer = Lexer::new(bytes).expect("memory");
        std::iter::from_fn(|| lexer.read().expect("memory")).collect()
    }

    fn cells(record: &Record) -> Vec<&str> {
        record.cells().collect()
    }

    #[test]
    fn quoted_cells_may_hold_commas_quotes_and_lines_and_numbers_stay_physical() {
        let found = all(b"\xEF\xBB\xBFa,b\r\n\"x, \"\"y\"\"\",\"one\r\ntwo\"\r\n\r\n5\" pipe,\"z\" \r\nlast,");
        assert_eq!(cells(&found[0]), ["a", "b"]);
        assert_eq!(cells(&found[1]), ["x, \"y\"", "one\ntwo"]);
        assert_eq!(cells(&found[2]), ["5\" pipe", "z"]);
        assert_eq!(cells(&found[3]), ["last", ""]);
        assert_eq!(found.iter().map(|r| r.line).collect::<Vec<_>>(), [1, 2, 5, 6]);
        assert!(found.iter().all(|r| r.fault.is_none()));
    }

    #[test]
    fn broken_quotes_cost_the_line_that_has_them_and_no_other() {
        let found = all(b"1,\"open\n2,fine\n3,\"quoted\"\n4,\"x\"y\n5,fine\n6,\"never\n7,fine");
        let faults: Vec<(u64, bool)> = found.iter().map(|r| (r.line, r.fault.is_some())).collect();
        assert_eq!(faults, [(1, true), (2, false), (3, false), (4, true), (5, false), (6, true), (7, false)]);
        assert_eq!(found[0].get(0), Some("1"));
    }

    #[test]
    fn bytes_that_are_no_text_are_a_fault_of_their_record() {
        let found = all(b"1,caf\xE9,x\n2,caf\xC3\xA9,y\n3,\0,z\n");
        assert_eq!(found[0].fault.as_deref(), Some("not UTF-8"));
        assert_eq!(cells(&found[0]), ["1", "caf\u{FFFD}", "x"]);
        assert_eq!((found[1].fault.as_deref(), found[1].get(1)), (None, Some("café")));
        assert!(found[2].fault.is_some());
    }

    #[test]
    fn a_line_without_end_is_refused_and_not_kept() {
        let mut file = b"a,b\n".to_vec();
        file.extend(std::iter::repeat_n(b'x', 3 << 20));
        file.extend(b"\n1,2\n");
        let found = all(&file);
        assert_eq!(found.len(), 3);
        assert!(found[1].fault.is_some());
        assert_eq!((found[2].line, cells(&found[2])), (3, vec!["1", "2"]));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in proptest::collection::vec(proptest::collection::vec("[a-z,\" \n]{0,6}", 2..4), 0..8)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).expect("memory");
            }
            let bytes = writer.into_inner().expect("memory");
            let found: Vec<Vec<String>> = all(&bytes).iter().map(|r| r.cells().map(str::to_owned).collect()).collect();
            prop_assert_eq!(found, rows);
        }

        #[test]
        fn no_bytes_make_it_panic_or_lose_a_line(bytes in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), any::<u8>()], 0..200)) {
            let mut last = 0;
            for record in all(&bytes) {
                prop_assert!(record.line > last);
                last = record.line;
            }
        }
    }
}
