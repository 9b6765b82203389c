//! A workbook's first sheet as text, of what quick order needs: what stands in the cells, a line a row, a tab between cells.
//!
//! Anybody who may fill a cart sends workbooks, so nothing here believes what a file says about itself: only the four parts that are
//! needed are inflated, to a bounded size together, and rows are written as they come, however far apart the cells say they stand.

use std::io::{Cursor, Read as _};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;

/// Bytes that the parts of a workbook may inflate to.
const INFLATED: u64 = 32 * 1024 * 1024;

/// Why a workbook is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is none, or broken.
    Broken,
    /// It holds more than is read at once.
    TooLong,
}

/// The first sheet as text of at most `most` bytes.
pub(crate) fn first(bytes: &[u8], most: usize) -> Result<String, Unread> {
    let mut book = Book { zip: ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unread::Broken)?, left: INFLATED };
    let (root, _) = targets(&book.part("_rels/.rels")?, "", |kind, _| kind.ends_with("/officeDocument"));
    let root = root.ok_or(Unread::Broken)?;
    let (folder, file) = root.rsplit_once('/').unwrap_or(("", &root));
    let id = first_sheet(&book.part(&root)?)?;
    let relations = book.part(&format!("{folder}/_rels/{file}.rels"))?;
    let (sheet, strings) = targets(&relations, folder, |_, this| this == id);
    let strings = match strings {
        Some(part) => Strings::read(&book.part(&part)?)?,
        None => Strings::default(),
    };
    rows(&book.part(&sheet.ok_or(Unread::Broken)?)?, &strings, most)
}

struct Book<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be inflated.
    left: u64,
}

impl Book<'_> {
    fn part(&mut self, name: &str) -> Result<String, Unread> {
        let file = self.zip.by_name(name.trim_start_matches('/')).map_err(|_| Unread::Broken)?;
        let mut bytes = Vec::new();
        let read = file.take(self.left + 1).read_to_end(&mut bytes).map_err(|_| Unread::Broken)?;
        self.left = self.left.checked_sub(read as u64).ok_or(Unread::TooLong)?;
        String::from_utf8(bytes).map_err(|_| Unread::Broken)
    }
}

/// A part of a workbook as a sequence of events; an empty element is one that begins and ends.
fn events(xml: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    reader.config_mut().expand_empty_elements = true;
    reader
}

fn next<'a>(reader: &mut Reader<&'a [u8]>) -> Result<Event<'a>, Unread> {
    reader.read_event().map_err(|_| Unread::Broken)
}

/// An attribute by its local name.
fn attribute(start: &BytesStart, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.value.trim().to_owned())
}

/// Where the relation that is `wanted` by its kind and id points to, and where the shared strings are.
fn targets(xml: &str, folder: &str, wanted: impl Fn(&str, &str) -> bool) -> (Option<String>, Option<String>) {
    let (mut found, mut strings) = (None, None);
    let mut reader = events(xml);
    while let Ok(event) = next(&mut reader) {
        match event {
            Event::Start(start) if start.local_name().as_ref() == "Relationship" => {
                let said = |name| attribute(&start, name).unwrap_or_default();
                let (kind, target) = (said("Type"), said("Target"));
                let path = if target.starts_with('/') { target } else { format!("{folder}/{target}") };
                if kind.ends_with("/sharedStrings") {
                    strings = Some(path);
                } else if wanted(&kind, &said("Id")) {
                    found = Some(path);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (found, strings)
}

/// The id of the first sheet's relation.
fn first_sheet(xml: &str) -> Result<String, Unread> {
    let mut reader = events(xml);
    loop {
        match next(&mut reader)? {
            // `sheetId` has another local name; the relation's `r:id` is the only `id`.
            Event::Start(start) if start.local_name().as_ref() == "sheet" => {
                return attribute(&start, "id").ok_or(Unread::Broken);
            }
            Event::Eof => return Err(Unread::Broken),
            _ => {}
        }
    }
}

/// A character or one of XML's own entities.
fn entity(name: &BytesRef) -> Result<char, Unread> {
    if let Some(char) = name.resolve_char_ref().map_err(|_| Unread::Broken)? {
        return Ok(char);
    }
    Ok(match name.as_ref() {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return Err(Unread::Broken),
    })
}

/// What is said between two tags, added to `text`.
fn said(event: &Event, text: &mut String) -> Result<(), Unread> {
    match event {
        Event::Text(words) => text.push_str(&words.xml10_content()),
        Event::CData(words) => text.push_str(&words.xml10_content()),
        Event::GeneralRef(name) => text.push(entity(name)?),
        _ => {}
    }
    Ok(())
}

/// Texts that cells name by their number: all of them in one, so that a million empty ones cost little.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    fn read(xml: &str) -> Result<Self, Unread> {
        let mut strings = Self::default();
        let mut reader = events(xml);
        // Readings of characters (`rPh`) are not part of the text.
        let (mut inside, mut reading) = (false, false);
        loop {
            match next(&mut reader)? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "rPh" => reading = true,
                    "t" => inside = !reading,
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "rPh" => reading = false,
                    "t" => inside = false,
                    "si" => strings.ends.push(strings.text.len()),
                    _ => {}
                },
                Event::Eof => return Ok(strings),
                event if inside => said(&event, &mut strings.text)?,
                _ => {}
            }
        }
    }

    fn get(&self, no: &str) -> Option<&str> {
        let no: usize = no.trim().parse().ok()?;
        let from = no.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(from..*self.ends.get(no)?)
    }
}

/// The rows that have something in them.
fn rows(xml: &str, strings: &Strings, most: usize) -> Result<String, Unread> {
    let (mut text, mut value, mut kind) = (String::new(), String::new(), String::new());
    let (mut inside, mut reading) = (false, false);
    let mut begun = 0;
    let mut reader = events(xml);
    loop {
        match next(&mut reader)? {
            Event::Start(start) => match start.local_name().as_ref() {
                "c" => {
                    value.clear();
                    kind = attribute(&start, "t").unwrap_or_default();
                }
                "rPh" => reading = true,
                "v" | "t" => inside = !reading,
                _ => {}
            },
            Event::End(end) => match end.local_name().as_ref() {
                "rPh" => reading = false,
                "v" | "t" => inside = false,
                "c" => {
                    let cell = match kind.as_str() {
                        "s" => strings.get(&value).unwrap_or_default().to_owned(),
                        "" | "n" => number(&value),
                        _ => std::mem::take(&mut value),
                    };
                    let cell = cell.trim();
                    if text.len() + cell.len() + 2 > most {
                        return Err(Unread::TooLong);
                    }
                    if !cell.is_empty() {
                        if text.len() > begun {
                            text.push('\t');
                        }
                        text.push_str(&cell.replace(['\t', '\n', '\r'], " "));
                    }
                }
                "row" if text.len() > begun => {
                    text.push('\n');
                    begun = text.len();
                }
                _ => {}
            },
            Event::Eof => return Ok(text),
            event if inside => said(&event, &mut value)?,
            _ => {}
        }
    }
}

/// A number as a person sees it; a whole one without a point.
fn number(value: &str) -> String {
    match value.trim().parse::<f64>() {
        Ok(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        Ok(n) => n.to_string(),
        Err(_) => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::SimpleFileOptions;

    use super::*;

    const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// A workbook of one sheet and shared strings, as they are given.
    fn book(sheet: &str, strings: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut part = |name: &str, text: &str| {
            zip.start_file(name, SimpleFileOptions::default()).expect("a part");
            zip.write_all(text.as_bytes()).expect("a part");
        };
        part(
            "_rels/.rels",
            &format!(
                r#"<Relationships><Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        );
        part(
            "xl/workbook.xml",
            &format!(
                r#"<workbook xmlns:r="{REL}"><sheets><sheet name="A" sheetId="1" r:id="rId7"/><sheet name="B" sheetId="2" r:id="rId8"/></sheets></workbook>"#
            ),
        );
        part(
            "xl/_rels/workbook.xml.rels",
            &format!(
                r#"<Relationships><Relationship Id="rId7" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId9" Type="{REL}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>"#
            ),
        );
        part("xl/worksheets/sheet1.xml", sheet);
        part("xl/sharedStrings.xml", strings);
        zip.finish().expect("a workbook").into_inner()
    }

    fn sheet(rows: &str) -> String {
        format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
    }

    #[test]
    fn cells_are_read_by_their_kind_and_empty_ones_passed_over() {
        let rows = r#"<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"/><c r="C1"><v>12.0</v></c></row><row r="2"/>
            <row r="3"><c t="inlineStr"><is><t>A &amp; B</t><rPh><t>no</t></rPh></is></c><c t="str"><f>1+1</f><v>two</v></c><c t="s"><v>9</v></c></row>"#;
        let strings = "<sst><si/><si><r><t>851</t></r><r><t>23A</t></r></si></sst>";
        assert_eq!(first(&book(&sheet(rows), strings), 1000), Ok("85123A\t12\nA & B\ttwo\n".to_owned()));
    }

    #[test]
    fn the_size_that_a_sheet_claims_costs_nothing() {
        let far = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#;
        let many = r#"<sst count="99999999999" uniqueCount="99999999999"><si><t>x</t></si></sst>"#;
        assert_eq!(first(&book(&sheet(far), many), 1000), Ok("1\n2\n".to_owned()));
    }

    #[test]
    fn what_inflates_without_end_is_refused() {
        let bomb = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(40 << 20));
        let small = book(&sheet(r#"<row><c t="s"><v>0</v></c></row>"#), &bomb);
        assert!(small.len() < 100_000, "{}", small.len());
        assert_eq!(first(&small, 1000), Err(Unread::TooLong));
        // One long text named often is as long as it is.
        let named = sheet(&r#"<row><c t="s"><v>0</v></c></row>"#.repeat(500));
        let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(100));
        assert_eq!(first(&book(&named, &long), 10_000), Err(Unread::TooLong));
    }

    #[test]
    fn what_is_no_workbook_is_broken() {
        for bytes in [&b"PK\x03\x04 no workbook"[..], b""] {
            assert_eq!(first(bytes, 1000), Err(Unread::Broken));
        }
        assert_eq!(first(&book("<worksheet><a>&nope;</b>", ""), 1000), Err(Unread::Broken));
    }
}
