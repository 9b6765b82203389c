//! Quick order: anything that is pasted becomes lines, or says why not.
//!
//! Reading has two steps. [`Pasted::read`] cuts a line into cells and words, without knowing any article. The store looks all of them
//! up in one go, and [`Pasted::understand`] decides with what was found: an article and a quantity, several articles to choose
//! from, or nothing. Nothing is guessed: where two readings are possible, a person chooses.

use std::collections::BTreeMap;

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
/// Words of one line that are looked up.
const MOST_WORDS: usize = 24;

/// What may stand for an article or its quantity in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pasted {
    /// Where it stands, from 1.
    pub no: usize,
    /// As it was pasted, trimmed.
    pub raw: String,
    /// Every cell and every word, as an article's number would be written; longest first, without repetition.
    pub keys: Vec<String>,
    /// Numbers with how they were written.
    numbers: Vec<Number>,
    /// Words that could be units, upper case.
    units: Vec<String>,
}

/// A number in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Number {
    /// As it was written, upper case: it may be an article's number itself.
    key: String,
    value: Quantity,
    /// Written as a quantity: `12 x`, `x12`, `qty 12`, `12 pcs`.
    marked: bool,
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

/// What a line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// This many of that article's own unit.
    Line(Article, Quantity),
    /// One of these: the person chooses.
    Which(Vec<Article>, Quantity),
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

/// A number as people write quantities: `1 200`, `1,200`, `12`, `2.5`.
fn number(text: &str) -> Option<Quantity> {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    if !plain || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let thousands = text.split(',').skip(1).all(|part| part.split('.').next().is_some_and(|p| p.len() == 3));
    if text.contains(',') && !thousands {
        return None;
    }
    text.replace(',', "").parse::<Decimal>().ok().and_then(Quantity::new)
}

/// Words that say that a number next to them is a quantity.
fn marks(word: &str) -> bool {
    matches!(
        word.trim_matches([':', '.', '=']).to_lowercase().as_str(),
        "x" | "×" | "*" | "qty" | "quantity" | "pcs" | "pc" | "pieces" | "st" | "stk" | "stck" | "off" | "no"
    )
}

/// A unit as people write it, by its code.
fn unit(word: &str) -> Option<&'static str> {
    Some(match word.trim_matches(['.', ',', '(', ')']).to_lowercase().as_str() {
        "ea" | "each" => "EA",
        "bx" | "box" | "boxes" => "BX",
        "ct" | "ctn" | "carton" | "cartons" => "CT",
        "pl" | "plt" | "pallet" | "pallets" => "PL",
        "pk" | "pack" | "packs" => "PK",
        "pr" | "pair" | "pairs" => "PR",
        "rl" | "roll" | "rolls" => "RL",
        "bg" | "bag" | "bags" => "BG",
        _ => return None,
    })
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
        let raw: String = line.trim().chars().take(LONGEST).collect();
        let cells: Vec<&str> =
            raw.split(['\t', ';', '|']).map(|c| c.trim().trim_matches('"').trim()).filter(|c| !c.is_empty()).collect();
        let mut keys: Vec<String> = cells.iter().map(|c| key(c)).collect();
        let (mut numbers, mut units) = (Vec::new(), Vec::new());
        for cell in &cells {
            let words: Vec<&str> = cell.split_whitespace().flat_map(apart).collect();
            let mut at = 0;
            while at < words.len().min(MOST_WORDS) {
                let word = words[at];
                // A comma at the end belongs to the sentence; `85123A,12` is two cells of CSV.
                for part in comma_parts(word) {
                    keys.push(key(part));
                    units.extend(unit(part).map(str::to_owned));
                }
                // `1 200` is one number; `12 200` could be two, and so it is.
                let joined = words.get(at + 1).filter(|next| thousands(word, next)).map(|next| format!("{word}{next}"));
                let near = |i: usize| words.get(i).is_some_and(|w| marks(w) || unit(w).is_some());
                let before = at > 0 && words.get(at - 1).is_some_and(|w| marks(w));
                if let Some(joined) = joined {
                    numbers.extend(number(&joined).map(|value| Number { key: joined.clone(), value, marked: true }));
                    at += 2;
                    continue;
                }
                for part in comma_parts(word) {
                    if let Some(value) = number(part.trim_end_matches(['.', ','])) {
                        numbers.push(Number { key: key(part), value, marked: before || near(at + 1) });
                    }
                }
                at += 1;
            }
        }
        keys.retain(|k| !k.is_empty() && k.chars().count() <= 60);
        keys.sort_by_key(|k| std::cmp::Reverse(k.chars().count()));
        let mut once = Vec::with_capacity(keys.len());
        for k in keys {
            if !once.contains(&k) {
                once.push(k);
            }
        }
        Self { no, raw, keys: once, numbers, units }
    }

    /// Something stands in it that is neither a number nor a unit nor a word that marks a quantity.
    fn has_words(&self) -> bool {
        let number = |k: &String| self.numbers.iter().any(|n| n.key == *k);
        self.keys.iter().any(|k| !k.contains(' ') && !number(k) && unit(k).is_none() && !marks(k))
    }

    /// What the line means, `known` being every article by every key that it may be written as (number, GTIN, the customer's own).
    pub fn understand(&self, known: &BTreeMap<String, Vec<Article>>) -> Meaning {
        let is_number = |k: &String| self.numbers.iter().any(|n| n.key == *k);
        let found: Vec<&String> = self.keys.iter().filter(|k| known.contains_key(*k)).collect();
        // A word that is an article's number comes before a number that could be a quantity as well.
        let words: Vec<&&String> = found.iter().filter(|k| !is_number(k)).collect();
        let chosen: Vec<&String> = if words.is_empty() { found.clone() } else { words.into_iter().copied().collect() };
        let mut articles: Vec<Article> = Vec::new();
        for article in chosen.iter().filter_map(|k| known.get(*k)).flatten() {
            if !articles.iter().any(|a| a.sku == article.sku) {
                articles.push(article.clone());
            }
        }
        if articles.is_empty() {
            return Meaning::Unknown("No such article in your assortment.");
        }
        // What names the article is no quantity.
        let left: Vec<&Number> = self.numbers.iter().filter(|n| !chosen.iter().any(|k| **k == n.key)).collect();
        let marked: Vec<&&Number> = left.iter().filter(|n| n.marked).collect();
        let numeric_articles = chosen.len() > 1 && chosen.iter().all(|k| is_number(k));
        let quantity = match (&marked[..], &left[..]) {
            ([one], _) => one.value,
            ([], [one]) => one.value,
            // A number that is an article, beside words that are none, is rather the quantity of something unknown; and of two
            // numbers that are both articles either may be the quantity.
            ([], []) if numeric_articles || self.has_words() && chosen.iter().all(|k| is_number(k)) => {
                return Meaning::Which(articles, Quantity::ONE);
            }
            ([], []) => Quantity::ONE,
            _ if left.iter().all(|n| n.value == left[0].value) => left[0].value,
            _ => return Meaning::Unknown("Which of the numbers is the quantity? Write it as “12 x”."),
        };
        if articles.len() > 1 {
            return Meaning::Which(articles, quantity);
        }
        let article = articles.swap_remove(0);
        let unit = self.units.iter().find(|u| article.units.larger.contains_key(*u)).unwrap_or(&article.units.own);
        match article.units.to_own(quantity, unit) {
            Some(own) => Meaning::Line(article, own),
            None => Meaning::Unknown("This is more than one line can order."),
        }
    }
}

/// `12x` and `x12` are a number and a mark, written as one word; `85123A,12` has a comma for a reason of its own.
fn apart(word: &str) -> Vec<&str> {
    let digits = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_ascii_digit());
    for mark in ["x", "X", "×", "*"] {
        if let Some(n) = word.strip_suffix(mark).filter(|n| digits(n)) {
            return vec![n, mark];
        }
        if let Some(n) = word.strip_prefix(mark).filter(|n| digits(n)) {
            return vec![mark, n];
        }
    }
    vec![word]
}

/// The parts of a word that commas keep apart, unless it is a number with thousands.
fn comma_parts(word: &str) -> Vec<&str> {
    if number(word.trim_end_matches([',', '.'])).is_some() {
        vec![word]
    } else {
        word.split(',').filter(|p| !p.is_empty()).collect()
    }
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
    /// Of which so many.
    pub quantity: Option<Quantity>,
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
