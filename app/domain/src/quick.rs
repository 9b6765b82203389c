//! Quick order: anything that is pasted becomes lines, or says why not.
//!
//! Reading has two steps. [`Pasted::read`] cuts a line into cells and words, without knowing any article. The store looks all of them
//! up in one go, and [`Pasted::understand`] decides with what was found: an article and a quantity, several articles to choose
//! from, or nothing. Nothing is guessed: where two readings are possible, a person chooses.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::cart::LineProblem;
use crate::catalog::{Availability, PriceBrief};
use crate::units::Units;
use crate::{Money, Quantity};

/// Lines that are read at once.
pub const MOST_LINES: usize = 10_000;
/// Characters of one line that are looked at.
const LONGEST: usize = 400;
/// Words of one cell that are looked up.
const MOST_WORDS: usize = 24;
/// Characters of what may be an article's number.
const LONGEST_KEY: usize = 60;

/// Several numbers that could be the quantity.
const WHICH_NUMBER: &str = "Which of the numbers is the quantity? Write only “12 x” and the article.";
/// Several units.
const WHICH_UNIT: &str = "Which unit is meant? Write only “12 x” and the article.";
/// A unit that the article does not have.
const NOT_SOLD_SO: &str = "It is not sold in this unit.";
/// Zero, less than nothing, or a fraction that is too fine.
const NO_QUANTITY: &str = "This is no quantity that can be ordered.";

/// What may stand for an article or its quantity in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// Where it stands, from 1.
    pub no: usize,
    /// As it was pasted, trimmed.
    pub raw: String,
    /// Every cell and every word, as an article's number would be written; longest first, without repetition.
    pub keys: Vec<String>,
    cells: Vec<Cell>,
    numbers: Vec<Number>,
    /// Cells of one word, upper case: a column of units.
    alone: Vec<String>,
    /// What may be the customer's own name of the article: the cells beside the quantity, or the words of a line without cells.
    names: Vec<String>,
    /// Something stands in it that is neither a number nor a unit nor a word that marks a quantity.
    has_words: bool,
    /// It is longer than what is looked at, so that its end may say something else.
    cut: bool,
}

/// A cell of a line, as the numbers of articles are written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cell {
    /// All of it: as it stands, without quotes, without what surrounds it.
    whole: Vec<String>,
    /// Its words.
    words: Vec<String>,
}

/// A number in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Number {
    /// As it was written, upper case: it may be an article's number itself.
    key: String,
    /// The word that it is in: `12PCS`.
    word: String,
    value: Decimal,
    /// In which cell.
    cell: usize,
    /// The cell says nothing else: `12`, `12 pcs`.
    whole_cell: bool,
    /// Written as a quantity: `12 x`, `x12`, `qty 12`, `12 pcs`.
    marked: bool,
    /// The word after it, upper case, which may be its unit.
    unit: Option<String>,
}

/// An article as a line may mean it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Its units.
    pub units: Units,
}

/// How many are wanted, in whatever unit was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// How many.
    pub quantity: Quantity,
    /// Words that are units, or may be an article's, upper case.
    units: Vec<String>,
}

impl Wanted {
    /// How many of the article's own unit: exactly, or why not.
    pub fn of(&self, units: &Units) -> Result<Quantity, &'static str> {
        let held = |code: &str| {
            std::iter::once(&units.own).chain(units.larger.keys()).find(|u| u.eq_ignore_ascii_case(code)).cloned()
        };
        let mut said = BTreeSet::new();
        for word in &self.units {
            match (held(word), unit(word)) {
                (Some(code), _) => _ = said.insert(code),
                (None, Some(codes)) => _ = said.insert(codes.iter().find_map(|c| held(c)).ok_or(NOT_SOLD_SO)?),
                (None, None) => {}
            }
        }
        if said.len() > 1 {
            return Err(WHICH_UNIT);
        }
        let unit = said.first().unwrap_or(&units.own);
        units.to_own(self.quantity, unit).ok_or("This is more than one line can order.")
    }
}

/// What a line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// This many of that article's own unit.
    Line(Article, Quantity),
    /// So many of one of these: the person chooses.
    Which(Vec<Article>, Wanted),
    /// Nothing that is known; why.
    Unknown(&'static str),
}

/// As numbers of articles are written: trimmed of what surrounds a word, upper case.
pub fn key(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_uppercase()
}

/// The article number, with what the customer calls it beside it: `TP-48-CL · yours: 4711`.
pub fn both_numbers(sku: &str, own: &str) -> String {
    if own.is_empty() { sku.to_owned() } else { format!("{sku} · yours: {own}") }
}

/// A line that is read back as this many of that article's own unit, whatever the article's number looks like.
pub fn written(sku: &str, quantity: Quantity) -> String {
    // Of two bare numbers either could be the article.
    let mark = if number(sku).is_some() { " x" } else { "" };
    format!("{sku}\t{}{mark}", quantity.value().normalize())
}

/// A number as people write quantities: `1,200`, `12`, `2.5`; and what is none that can be ordered, `0` and `-3`.
fn number(text: &str) -> Option<Decimal> {
    let text = text.trim_end_matches(['.', ',']);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    if !plain || !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if digits.contains(',') {
        let groups: Vec<&str> = digits.split('.').next().unwrap_or_default().split(',').collect();
        let full = groups.iter().skip(1).all(|group| group.len() == 3) && groups.first().is_some_and(|g| g.len() <= 3);
        if !full || digits.split('.').skip(1).any(|fraction| fraction.contains(',')) {
            return None;
        }
    }
    text.replace(',', "").parse().ok()
}

/// Words that say that a number next to them is a quantity.
fn marks(word: &str) -> bool {
    matches!(
        word.trim_matches([':', '.', '=']).to_lowercase().as_str(),
        "x" | "×" | "*" | "qty" | "quantity" | "pcs" | "pc" | "pieces" | "st" | "stk" | "stck" | "off" | "no"
    )
}

/// A unit as people write it: the codes that it may have.
fn unit(word: &str) -> Option<&'static [&'static str]> {
    Some(match word.trim_matches(['.', ',', ':', '(', ')']).to_lowercase().as_str() {
        "ea" | "each" | "pc" | "pcs" | "pce" | "piece" | "pieces" | "st" | "stk" | "stck" => {
            &["EA", "PCE", "PCS", "PC", "ST", "STK", "H87", "C62"]
        }
        "bx" | "box" | "boxes" => &["BX"],
        "ct" | "ctn" | "carton" | "cartons" => &["CT", "CTN"],
        "cs" | "case" | "cases" => &["CS"],
        "cr" | "crate" | "crates" => &["CR"],
        "pl" | "plt" | "pallet" | "pallets" => &["PL", "PF", "PX"],
        "pk" | "pack" | "packs" | "packet" | "packets" => &["PK"],
        "pr" | "pair" | "pairs" => &["PR"],
        "rl" | "roll" | "rolls" => &["RL", "RO"],
        "bg" | "bag" | "bags" => &["BG"],
        "set" | "sets" => &["SET"],
        "dz" | "dozen" => &["DZ", "DZN"],
        "kg" => &["KG", "KGM"],
        _ => return None,
    })
}

/// A word of a cell, and the word that it was cut out of.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    of: &'a str,
}

impl Pasted {
    /// Reads what was pasted: a line for each line that is not empty, and for a spreadsheet's range a line a row. At most
    /// [`MOST_LINES`]; the second value says how many more there were.
    pub fn read(text: &str) -> (Vec<Self>, usize) {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let mut read: Vec<Self> = Vec::new();
        let mut more = 0;
        for (at, line) in lines {
            if read.len() < MOST_LINES {
                read.push(Self::line(at + 1, line));
            } else {
                more += 1;
            }
        }
        (read, more)
    }

    fn line(no: usize, line: &str) -> Self {
        let line = line.trim();
        let raw: String = line.chars().take(LONGEST).collect();
        let cut = raw.len() < line.len();
        let texts = cells(&raw);
        let (mut found, mut numbers, mut alone, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut has_words = false;
        for (cell, text) in texts.iter().enumerate() {
            let bare = text.trim_matches('"').trim();
            let words: Vec<Word> =
                bare.split_whitespace().flat_map(comma_parts).flat_map(apart).take(MOST_WORDS).collect();
            let (here, others) = quantities(cell, &words);
            has_words |= !others.is_empty();
            let [said, unquoted] = [text.to_uppercase(), bare.to_uppercase()];
            if words.len() == 1 && here.is_empty() {
                alone.push(unquoted.clone());
            }
            if texts.len() == 1 {
                names.extend(others.iter().map(|w| key(w.of)));
            } else if !others.is_empty() {
                names.push(key(bare));
            }
            numbers.extend(here);
            found.push(Cell {
                whole: once(vec![said, unquoted, key(bare)]),
                words: once(words.iter().flat_map(|w| [key(w.of), key(w.text)]).collect()),
            });
        }
        let mut keys = once(found.iter().flat_map(|c| c.whole.iter().chain(&c.words)).cloned().collect());
        keys.sort_by_key(|k| std::cmp::Reverse(k.chars().count()));
        Self { no, raw, keys, cells: found, numbers, alone, names: once(names), has_words, cut }
    }

    fn is_number(&self, key: &String) -> bool {
        self.numbers.iter().any(|n| n.key == *key)
    }

    /// What names articles in this line. All of a cell comes before its words, and a word before a number that could be a quantity.
    fn named(&self, known: &BTreeMap<String, Vec<Article>>) -> Vec<&String> {
        let mut found: Vec<&String> = Vec::new();
        for cell in &self.cells {
            let is_known = |k: &&String| known.contains_key(*k);
            match cell.whole.iter().find(is_known) {
                Some(whole) => found.push(whole),
                None => found.extend(cell.words.iter().filter(is_known)),
            }
        }
        if found.iter().any(|k| !self.is_number(k)) {
            // A GTIN beside the article's own number names the same; any other number is a quantity.
            let skus = |k: &String| known.get(k).into_iter().flatten().map(|a| a.sku.as_str());
            let said: BTreeSet<&str> = found.iter().filter(|k| !self.is_number(k)).flat_map(|k| skus(k)).collect();
            found.retain(|k| !self.is_number(k) || skus(k).all(|sku| said.contains(sku)));
            return found;
        }
        let marked = |k: &String| self.numbers.iter().filter(|n| n.key == *k).all(|n| n.marked && n.whole_cell);
        let rest: Vec<&String> = found.iter().copied().filter(|k| !marked(k)).collect();
        if rest.is_empty() { found } else { rest }
    }

    /// The number that is the quantity, apart from what is `named`; none: there is no other number.
    fn quantity(&self, named: &[&String]) -> Result<Option<&Number>, &'static str> {
        let names =
            |n: &Number| named.iter().any(|k| **k == n.key || **k == n.word || self.cells[n.cell].whole.contains(k));
        let left: Vec<&Number> = self.numbers.iter().filter(|n| !names(n)).collect();
        let whole: Vec<&Number> = left.iter().copied().filter(|n| n.whole_cell).collect();
        // Beside the article; other cells describe it.
        let beside = |n: &Number| named.is_empty() || named.iter().any(|k| self.cells[n.cell].words.contains(k));
        let (mut from, against): (Vec<&Number>, Vec<&Number>) = if whole.is_empty() {
            (left.iter().copied().filter(|n| beside(n)).collect(), left)
        } else {
            let marked = left.iter().copied().filter(|n| n.whole_cell || n.marked && beside(n)).collect();
            (whole, marked)
        };
        // Where nothing else could be the article, it is the number that is not marked.
        if named.is_empty() && !self.has_words {
            let marked: Vec<&Number> = from.iter().copied().filter(|n| n.marked).collect();
            if let [one] = marked[..] {
                return Ok(Some(one));
            }
            if from.len() == 1 && self.cells.len() == 1 {
                return Ok(None);
            }
        }
        from.sort_by_key(|n| n.unit.is_none());
        match from.first() {
            Some(one) if against.iter().all(|n| n.value == one.value) => Ok(Some(one)),
            None if against.is_empty() => Ok(None),
            _ => Err(WHICH_NUMBER),
        }
    }

    fn wanted_of(&self, number: Option<&Number>, named: &[&String]) -> Result<Wanted, &'static str> {
        let quantity = match number {
            Some(number) => Quantity::new(number.value).ok_or(NO_QUANTITY)?,
            None => Quantity::ONE,
        };
        let words = number.and_then(|n| n.unit.as_ref()).into_iter().chain(&self.alone);
        let units = words.filter(|w| !named.iter().any(|k| *k == *w || **k == key(w))).cloned().collect();
        Ok(Wanted { quantity, units })
    }

    /// How many are wanted of an article that nobody knows yet; why not, when that is not clear.
    pub fn wanted(&self) -> Result<Wanted, &'static str> {
        self.wanted_of(self.quantity(&[])?, &[])
    }

    /// What the customer calls the article, where that is clear: the one cell or word beside the quantity.
    pub fn own_number(&self) -> Option<&str> {
        let own = match (&self.names[..], &self.numbers[..]) {
            ([one], _) => one,
            ([], [one]) if !one.marked => &one.key,
            ([], [one, two]) if one.marked != two.marked => {
                if one.marked {
                    &two.key
                } else {
                    &one.key
                }
            }
            _ => return None,
        };
        (own.chars().count() <= LONGEST_KEY).then_some(own)
    }

    /// What the line means, `known` being every article by every key that it may be written as (number, GTIN, the customer's own).
    pub fn understand(&self, known: &BTreeMap<String, Vec<Article>>) -> Meaning {
        if self.cut {
            return Meaning::Unknown("This line is too long to be understood.");
        }
        let named = self.named(known);
        let mut articles: Vec<Article> = Vec::new();
        for article in named.iter().filter_map(|k| known.get(*k)).flatten() {
            if !articles.iter().any(|a| a.sku == article.sku) {
                articles.push(article.clone());
            }
        }
        if articles.is_empty() {
            return Meaning::Unknown("No such article in your assortment.");
        }
        let number = match self.quantity(&named) {
            Ok(number) => number,
            Err(why) => return Meaning::Unknown(why),
        };
        let wanted = match self.wanted_of(number, &named) {
            Ok(wanted) => wanted,
            Err(why) => return Meaning::Unknown(why),
        };
        // A number that is an article, beside words that are none, is rather the quantity of something unknown; and of two numbers
        // that are both articles either may be the quantity.
        let numeric = named.iter().all(|k| self.is_number(k));
        let either = number.is_none() && numeric && (named.len() > 1 || self.has_words);
        if articles.len() > 1 || either {
            return Meaning::Which(articles, wanted);
        }
        let article = articles.swap_remove(0);
        match wanted.of(&article.units) {
            Ok(own) => Meaning::Line(article, own),
            Err(why) => Meaning::Unknown(why),
        }
    }
}

/// The numbers of a cell, and its words that are neither a number nor a unit nor mark a quantity.
fn quantities<'a>(cell: usize, words: &[Word<'a>]) -> (Vec<Number>, Vec<Word<'a>>) {
    let (mut numbers, mut others): (Vec<Number>, Vec<Word>) = (Vec::new(), Vec::new());
    let is_number = |at: usize| words.get(at).is_some_and(|w| number(w.text).is_some());
    let is_mark = |at: usize| words.get(at).is_some_and(|w| marks(w.text));
    let mut at = 0;
    while at < words.len() {
        let word = words[at];
        // `1 200` is one number; `12 200` could be two, and so it is.
        let joined = words.get(at + 1).filter(|next| thousands(word.text, next.text));
        let text = joined.map_or_else(|| word.text.to_owned(), |next| format!("{}{}", word.text, next.text));
        let next = at + if joined.is_some() { 2 } else { 1 };
        if let Some(value) = number(&text) {
            // `6 x 22197` marks the six.
            let before = at > 0 && is_mark(at - 1) && !(at > 1 && is_number(at - 2));
            let after =
                if is_mark(next) && words.get(next).is_some_and(|w| unit(w.text).is_none()) { next + 1 } else { next };
            let unit_word = words.get(after).map(|w| w.text).filter(|w| number(w).is_none());
            let marked = before || is_mark(next) || unit_word.is_some_and(|w| unit(w).is_some());
            numbers.push(Number {
                key: key(&text),
                word: key(word.of),
                value,
                cell,
                whole_cell: false,
                marked,
                unit: unit_word.map(key),
            });
        } else if !marks(word.text) && unit(word.text).is_none() && !key(word.text).is_empty() {
            others.push(word);
        }
        at = next;
    }
    if let ([one], true) = (&mut numbers[..], others.is_empty()) {
        one.whole_cell = true;
    }
    (numbers, others)
}

/// Without repetition, without what is empty or too long.
fn once(mut keys: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    keys.retain(|k| !k.is_empty() && k.chars().count() <= LONGEST_KEY && seen.insert(k.clone()));
    keys
}

/// The cells of a line: a spreadsheet's tabs before all else; CSV's commas where no other sign keeps cells apart and they are no
/// thousands.
fn cells(line: &str) -> Vec<&str> {
    let parts: Vec<&str> = if line.contains('\t') {
        line.split('\t').collect()
    } else if line.contains([';', '|']) {
        line.split([';', '|']).collect()
    } else {
        commas(line)
    };
    parts.into_iter().map(str::trim).filter(|p| !p.is_empty()).collect()
}

/// The parts between commas that keep cells apart: none that a blank follows, as in a sentence, and none before three digits.
fn commas(line: &str) -> Vec<&str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, _) in line.match_indices(',') {
        let (before, after) = (&line[..at], &line[at + 1..]);
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        let thousands = before.ends_with(|c: char| c.is_ascii_digit()) && digits == 3;
        if !thousands && !after.is_empty() && !after.starts_with(char::is_whitespace) {
            parts.push(&line[from..at]);
            from = at + 1;
        }
    }
    parts.push(&line[from..]);
    parts
}

/// `12x`, `x12` and `12pcs` are a number and what it is, written as one word.
fn apart(of: &str) -> Vec<Word<'_>> {
    let digits = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_digit());
    let both = |first, second| vec![Word { text: first, of }, Word { text: second, of }];
    for mark in ["x", "X", "×", "*"] {
        if let Some(n) = of.strip_suffix(mark).filter(|n| digits(n)) {
            return both(n, &of[n.len()..]);
        }
        if let Some(n) = of.strip_prefix(mark).filter(|n| digits(n)) {
            return both(&of[..mark.len()], n);
        }
    }
    let after = of.trim_start_matches(|c: char| c.is_ascii_digit());
    if after.len() < of.len() && after.starts_with(char::is_alphabetic) && unit(after).is_some() {
        return both(&of[..of.len() - after.len()], after);
    }
    vec![Word { text: of, of }]
}

/// The parts of a word that commas keep apart, unless it is a number with thousands.
fn comma_parts(word: &str) -> Vec<&str> {
    if number(word).is_some() { vec![word] } else { word.split(',').filter(|p| !p.is_empty()).collect() }
}

/// `1 200`: a group of one to three digits, followed by exactly three, where the first is no quantity by itself in a list of two.
fn thousands(word: &str, next: &str) -> bool {
    let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    word.len() == 1 && next.len() == 3 && digits(word) && digits(next) && word != "0"
}

/// A line as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickLine {
    /// Where it stood, from 1; of several that mean the same, the first.
    pub no: usize,
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Its own unit.
    pub unit: String,
    /// How many: the sum, where it was named more than once.
    pub quantity: Quantity,
    /// The price at that quantity.
    pub price: Option<PriceBrief>,
    /// Quantity × price.
    pub net: Option<Money>,
    /// What can be promised.
    pub availability: Availability,
    /// Why it cannot be ordered as it stands.
    pub problems: Vec<LineProblem>,
}

/// A line that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLine {
    /// Where it stood, from 1.
    pub no: usize,
    /// As it was pasted.
    pub raw: String,
    /// What it may mean; empty: nothing that is known.
    pub choices: Vec<Article>,
    /// Of which so many; none: it is not clear how many.
    pub wanted: Option<Wanted>,
    /// What is missing.
    pub why: String,
}

/// The quick order's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickPage {
    /// What was understood, in the order of first mention.
    pub lines: Vec<QuickLine>,
    /// What has to be chosen or mended.
    pub open: Vec<OpenLine>,
    /// Lines beyond [`MOST_LINES`], which were not read.
    pub more: usize,
    /// What the understood lines come to, before tax.
    pub total: Money,
    /// The text as it stands.
    pub text: String,
}

#[cfg(test)]
mod tests;
