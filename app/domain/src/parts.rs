//! Customers' own part numbers: what they call our articles.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::quick::key;
use crate::text::{self, counted};

/// Rows on one page.
pub const PAGE: u32 = 50;
/// Lines that are taken in at once.
pub const MOST_LINES: usize = 10_000;

/// One of the account's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartNumber {
    /// As it is compared: upper case.
    pub key: String,
    /// Our article.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: NaiveDateTime,
    /// How many articles the number names: with more than one, each order asks which.
    pub articles: i64,
}

/// A page of them, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartsPage {
    /// The page's rows.
    pub rows: Vec<PartNumber>,
    /// All that match.
    pub total: i64,
    /// What is searched for.
    pub words: String,
    /// From 1.
    pub page: u32,
}

/// What came of lines that were taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// New numbers.
    pub added: u64,
    /// Numbers that were known.
    pub known: u64,
    /// Numbers that name several articles now.
    pub ambiguous: Vec<String>,
    /// Lines that are not understood, as `line 3: no such article`.
    pub refused: Vec<String>,
}

/// Reads lines of a number and our article number, kept apart by a tab, a semicolon or a comma. Gives pairs with their line, and
/// what is wrong with the others. A heading is passed over: a first line whose second cell is `SKU`.
pub fn read(text: &str) -> (Vec<(usize, String, String)>, Vec<String>) {
    let mut pairs = Vec::new();
    let mut refused = Vec::new();
    for (line, no) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        if no > MOST_LINES {
            refused.push(format!("line {no} and those after it: at most {MOST_LINES} lines at once"));
            break;
        }
        let mark = ['\t', ';', ','].into_iter().find(|mark| line.contains(*mark));
        let Some((own, sku)) = mark.and_then(|mark| line.split_once(mark)) else {
            refused.push(format!("line {no}: your number, then our SKU, with a comma between them"));
            continue;
        };
        let sku = sku.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\t' | ';' | ',')).to_uppercase();
        let own = key(own.trim());
        if no == 1 && sku == "SKU" {
            continue;
        }
        match (own.chars().count(), sku.is_empty()) {
            (0, _) => refused.push(format!("line {no}: there is no number of yours")),
            (61.., _) => refused.push(format!("line {no}: a number has at most 60 characters")),
            (_, true) => refused.push(format!("line {no}: there is no SKU")),
            _ => pairs.push((no, own, sku)),
        }
    }
    (pairs, refused)
}

/// What came of it, in words.
pub fn told(taken: &Taken) -> String {
    let n = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let mut said =
        vec![format!("{} taken in.", counted(i64::try_from(taken.added).unwrap_or(i64::MAX), "number", "numbers"))];
    if taken.known > 0 {
        said.push(format!("{} known already.", text::count(i64::try_from(taken.known).unwrap_or(i64::MAX))));
    }
    if !taken.ambiguous.is_empty() {
        said.push(format!("Several articles are called {}: you will be asked which.", taken.ambiguous.join(", ")));
    }
    if let Some(first) = taken.refused.first() {
        said.push(format!("{} not: {first}.", counted(n(taken.refused.len()), "line was", "lines were")));
    }
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn lines_are_read_in_the_ways_people_write_them() {
        let (pairs, refused) =
            read("Part no,SKU\nacme-7, tp-48-cl\n\nB 12\tGL-CUT-D-9\t\n\"x1\";\"TM-5M\"\nalone\n,TM-5M\nq,\n");
        let pairs: Vec<_> = pairs.iter().map(|(no, own, sku)| (*no, own.as_str(), sku.as_str())).collect();
        assert_eq!(pairs, [(2, "ACME-7", "TP-48-CL"), (4, "B 12", "GL-CUT-D-9"), (5, "X1", "TM-5M")]);
        assert_eq!(refused.len(), 3, "{refused:?}");
        assert_eq!(read(&"a,b\n".repeat(10_001)).0.len(), 10_000);
    }
}
