//! A file of the import set: its header, and its rows by column name.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use super::lexer::{Lexer, Record};

/// A column that a file may have.
pub struct Column {
    /// As in the header.
    pub name: &'static str,
    /// Without it the file cannot be read at all.
    pub required: bool,
}

/// A column that must be there; its cells may still be empty where a row allows it.
pub const fn needed(name: &'static str) -> Column {
    Column { name, required: true }
}

/// A column that may be missing.
pub const fn optional(name: &'static str) -> Column {
    Column { name, required: false }
}

/// What rejected rows carry: they may be mended and imported from where they are.
pub const ADDED: [&str; 2] = ["line", "reason"];

/// Where the known columns stand in a file.
pub struct Layout {
    /// The header as it is.
    pub header: Vec<String>,
    places: Vec<(&'static str, Option<usize>)>,
    /// Columns that mean nothing here.
    pub unknown: Vec<String>,
}

impl Layout {
    fn read(header: &Record, columns: &[Column]) -> Result<Self, String> {
        let names: Vec<String> = header.cells().map(|c| c.trim().to_lowercase()).collect();
        if let Some(twice) = names.iter().enumerate().find_map(|(i, n)| names[..i].contains(n).then_some(n)) {
            return Err(format!("the column {twice} is there twice"));
        }
        let places: Vec<_> = columns.iter().map(|c| (c.name, names.iter().position(|n| n == c.name))).collect();
        let missing: Vec<&str> = columns
            .iter()
            .zip(&places)
            .filter(|(column, place)| column.required && place.1.is_none())
            .map(|(column, _)| column.name)
            .collect();
        if !missing.is_empty() {
            let hint = match header.get(0).unwrap_or_default() {
                first if header.len() == 1 && first.contains([';', '\t']) => "; the cells must be separated by commas",
                _ => "",
            };
            return Err(format!("missing column: {}{hint}", missing.join(", ")));
        }
        let known = |n: &String| n.is_empty() || ADDED.contains(&n.as_str()) || columns.iter().any(|c| c.name == n);
        let unknown = names.iter().filter(|n| !known(n)).cloned().collect();
        Ok(Self { header: header.cells().map(str::to_owned).collect(), places, unknown })
    }

    /// The trimmed cell of a column; empty when the column is missing.
    pub fn cell<'a>(&self, record: &'a Record, column: &str) -> &'a str {
        let place = self.places.iter().find(|p| p.0 == column).and_then(|p| p.1);
        place.and_then(|i| record.get(i)).unwrap_or_default().trim()
    }
}

/// A file being read.
pub struct Source {
    lexer: Lexer<BufReader<File>>,
    /// Its columns.
    pub layout: Layout,
    /// In bytes.
    pub size: u64,
}

impl Source {
    /// Opens a file and reads its header; the error says what is wrong with it as a whole.
    pub fn open(path: &Path, columns: &[Column]) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("it cannot be read: {e}");
        let mut file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        let mut start = [0; 64];
        let read = file.read(&mut start).map_err(failed)?;
        let start = &start[..read];
        if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") || start.contains(&0) {
            return Err("it is not UTF-8 but UTF-16 or no text at all; save it as CSV in UTF-8".to_owned());
        }
        let file = File::open(path).map_err(failed)?;
        let mut lexer = Lexer::new(BufReader::with_capacity(1 << 16, file)).map_err(failed)?;
        let header = lexer.read().map_err(failed)?.ok_or("it is empty, without even a header")?;
        if let Some(fault) = &header.fault {
            return Err(format!("its header cannot be read: {fault}"));
        }
        Ok(Self { lexer, layout: Layout::read(&header, columns)?, size })
    }

    /// The next row; one that does not fit the header has a fault.
    pub fn read(&mut self) -> std::io::Result<Option<Record>> {
        let Some(mut record) = self.lexer.read()? else { return Ok(None) };
        let (has, wants) = (record.len(), self.layout.header.len());
        if has != wants && record.fault.is_none() {
            record.fault = Some(format!("wrong number of cells: {has} instead of {wants}"));
        }
        Ok(Some(record))
    }

    /// Bytes read so far.
    pub const fn bytes_read(&self) -> u64 {
        self.lexer.bytes_read()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    fn header(text: &str) -> Record {
        Lexer::new(text.as_bytes()).expect("memory").read().expect("memory").expect("a line")
    }

    fn layout(text: &str) -> Result<Layout, String> {
        Layout::read(&header(text), &[needed("sku"), needed("name"), optional("unit")])
    }

    /// Columns `value` and `other`, in the order of a header.
    pub fn layout_of(text: &str) -> Layout {
        Layout::read(&header(text), &[needed("value"), needed("other")]).expect("a header")
    }

    #[test]
    fn a_header_may_have_any_order_and_case_but_not_miss_a_column() {
        let found = layout("Name, SKU ,colour,line,reason").expect("a header");
        assert_eq!(found.unknown, ["colour"]);
        for (text, message) in [
            ("sku", "missing column: name"),
            ("sku;name", "missing column: sku, name; the cells must be separated by commas"),
            ("sku,name,SKU", "the column sku is there twice"),
        ] {
            assert_eq!(layout(text).err().as_deref(), Some(message));
        }
    }
}
