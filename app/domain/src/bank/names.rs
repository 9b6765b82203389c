//! What a payer's words name: numbers as people and banks leave them (spaced, cut, without zeros or letters), and names of companies.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// How clearly something is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clarity {
    /// By a part of its number, or next to digits that may belong to it.
    Short,
    /// By its whole number; zeros in front of a part, spaces and signs do not count.
    Clear,
}

/// Numbers to be found in texts.
#[derive(Default)]
pub(super) struct Numbers {
    spelled: HashMap<String, Vec<(usize, Clarity)>>,
    squashed: HashMap<String, Vec<usize>>,
    lengths: BTreeSet<usize>,
}

/// Letters or digits that stand together.
struct Run {
    text: String,
    at: Range<usize>,
}

/// Parts of a number that a text is searched for at most.
const RUNS: usize = 5;
/// Shorter numbers are looked for as they are spelled alone: letters run together say too little.
const SQUASHED: usize = 6;

impl Numbers {
    /// Adds what is called `number`.
    pub fn add(&mut self, what: usize, number: &str) {
        let runs = runs(&number.chars().collect::<Vec<_>>());
        let texts: Vec<&str> = runs.iter().map(|r| r.text.as_str()).collect();
        let lone = texts.len() == 1 && texts[0].len() < 5;
        self.spell(what, &texts, if lone { Clarity::Short } else { Clarity::Clear });
        let digits: Vec<&str> = texts.iter().copied().filter(|t| t.starts_with(|c: char| c.is_ascii_digit())).collect();
        if digits.len() < texts.len() {
            self.spell(what, &digits, Clarity::Short);
        }
        if let (Some(last), true) = (digits.last(), texts.len() > 1) {
            self.spell(what, &[last], Clarity::Short);
            self.spell(what, &[texts[0], last], Clarity::Short);
        }
        let squashed = squash(number);
        if squashed.len() >= SQUASHED {
            self.lengths.insert(squashed.len());
            self.squashed.entry(squashed).or_default().push(what);
        }
    }

    fn spell(&mut self, what: usize, runs: &[&str], clarity: Clarity) {
        let key = runs.join("-");
        let known = self.spelled.entry(key.clone()).or_default();
        // A single figure says nothing.
        if key.len() > 1 && !known.iter().any(|k| k.0 == what) {
            known.push((what, clarity));
        }
    }

    /// What a text names, and how clearly. What stands within a longer number is not named by it.
    pub fn find(&self, text: &str) -> BTreeMap<usize, Clarity> {
        let text: Vec<char> = text.chars().map(|c| c.to_ascii_uppercase()).collect();
        let mut found: Vec<(usize, Clarity, Range<usize>)> = Vec::new();
        let runs = runs(&text);
        for from in 0..runs.len() {
            let mut key = String::new();
            for (n, run) in runs.iter().enumerate().skip(from).take(RUNS) {
                if n > from {
                    key.push('-');
                }
                key.push_str(&run.text);
                for (what, clarity) in self.spelled.get(&key).into_iter().flatten() {
                    let at = runs[from].at.start..run.at.end;
                    found.push((*what, (*clarity).min(edges(&text, &at)), at));
                }
            }
        }
        let places: Vec<usize> = (0..text.len()).filter(|i| text[*i].is_ascii_alphanumeric()).collect();
        let squashed: String = places.iter().map(|i| text[*i]).collect();
        for length in &self.lengths {
            for from in 0..(squashed.len() + 1).saturating_sub(*length) {
                for what in self.squashed.get(&squashed[from..from + length]).into_iter().flatten() {
                    let at = places[from]..places[from + length - 1] + 1;
                    // Within a longer run of figures or letters it is no number.
                    if inside(&text, &at) {
                        continue;
                    }
                    let mut clarity = edges(&text, &at);
                    // A creditor reference carries check digits: when they are not the number's, it was mistyped.
                    let before = &squashed.as_bytes()[from.saturating_sub(4)..from];
                    if matches!(before, [b'R', b'F', a, b] if a.is_ascii_digit() && b.is_ascii_digit()) {
                        clarity = Clarity::Short;
                    }
                    found.push((*what, clarity, at));
                }
            }
        }
        let mut named = BTreeMap::new();
        for (what, clarity, at) in &found {
            let within =
                |other: &Range<usize>| other.start <= at.start && at.end <= other.end && other.len() > at.len();
            if found.iter().any(|(other, _, span)| other != what && within(span)) {
                continue;
            }
            let known = named.entry(*what).or_insert(*clarity);
            *known = (*known).max(*clarity);
        }
        named
    }
}

/// Whether the character before or after is of the same kind as the first or last one.
fn inside(text: &[char], at: &Range<usize>) -> bool {
    let alike = |one: usize, other: Option<&char>| other.is_some_and(|c| kind(*c) == kind(text[one]));
    at.start > 0 && alike(at.start, text.get(at.start - 1)) || alike(at.end - 1, text.get(at.end))
}

/// Whether a number ends where it seems to: no letter stands before its figures, no sign or line break of the bank's with more of them.
fn edges(text: &[char], at: &Range<usize>) -> Clarity {
    let digit = |i: Option<usize>| i.and_then(|i| text.get(i)).is_some_and(char::is_ascii_digit);
    let joins = |i: Option<usize>| i.and_then(|i| text.get(i)).is_some_and(|c| matches!(c, '-' | '/' | '.' | '\n'));
    let before = at.start.checked_sub(1);
    let letter = before.and_then(|i| text.get(i)).is_some_and(|c| c.is_alphabetic());
    let more_before = digit(Some(at.start)) && (letter || joins(before) && digit(at.start.checked_sub(2)));
    let more_after = digit(at.end.checked_sub(1)) && joins(Some(at.end)) && digit(Some(at.end + 1));
    if more_before || more_after { Clarity::Short } else { Clarity::Clear }
}

/// Figures, letters, anything else.
fn kind(c: char) -> u8 {
    if c.is_ascii_digit() { 2 } else { u8::from(c.is_alphabetic()) }
}

fn squash(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Letters and digits that stand together, in capitals and without zeros in front.
fn runs(text: &[char]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let this = kind(text[at]);
        let end = at + text[at..].iter().take_while(|c| kind(**c) == this).count();
        if this > 0 {
            let whole: String = text[at..end].iter().map(char::to_ascii_uppercase).collect();
            let short = whole.trim_start_matches('0');
            runs.push(Run { text: if short.is_empty() { whole } else { short.to_owned() }, at: at..end });
        }
        at = end;
    }
    runs
}

/// What companies are called by law, not by anybody.
const FORMS: [&str; 27] = [
    "ltd", "limited", "plc", "llp", "inc", "corp", "co", "company", "llc", "gmbh", "ag", "kg", "ohg", "ug", "se", "sa",
    "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "as", "oy", "the", "and",
];

/// The words of a company's name that tell it from others.
pub(super) fn words(name: &str) -> Vec<String> {
    let words = name.to_lowercase();
    let words: Vec<String> =
        words.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect();
    let telling: Vec<String> = words.iter().filter(|w| !FORMS.contains(&w.as_str())).cloned().collect();
    if telling.is_empty() { words } else { telling }
}

/// Whether two names, as [`words`], may be one company's: one holds all words of the other, or is the other cut short by a bank.
pub(super) fn same(one: &[String], other: &[String]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let says_something = short.iter().map(String::len).sum::<usize>() >= 4;
    let (a, b) = (short.concat(), long.concat());
    let cut = a.len().min(b.len()) >= 8 && (a.starts_with(&b) || b.starts_with(&a));
    says_something && (cut || short.iter().all(|w| long.contains(w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<(usize, Clarity)> {
        let mut numbers = Numbers::default();
        for (what, number) in
            ["INV-2026-000123", "INV-2026-000012", "90012345", "4711", "PAY-2026-000007"].into_iter().enumerate()
        {
            numbers.add(what, number);
        }
        numbers.add(4, &crate::payments::creditor_reference("PAY-2026-000007"));
        numbers.find(text).into_iter().collect()
    }

    #[test]
    fn numbers_are_found_however_they_are_written() {
        use Clarity::{Clear, Short};
        let reference = crate::payments::creditor_reference("PAY-2026-000007");
        let spaced: String = reference
            .chars()
            .enumerate()
            .flat_map(|(i, c)| (i % 4 == 0).then_some(' ').into_iter().chain([c]))
            .collect();
        let mistyped = reference.replacen(&reference[2..4], "00", 1);
        let table: &[(&str, &[(usize, Clarity)])] = &[
            ("Invoice INV-2026-000123, thank you", &[(0, Clear)]),
            ("inv 2026/123", &[(0, Clear)]),
            ("INV2026000123", &[(0, Clear)]),
            ("I N V 2026 000 123", &[(0, Clear)]),
            ("paying INV-2026-00\n0123 today", &[(0, Clear)]),
            // The bank has cut the number, and what is left of it is another one's.
            ("INV-2026-00012\n3", &[(0, Clear)]),
            ("INV-2026-000012\n3", &[(1, Short)]),
            ("INV-2026-0000123", &[(0, Clear)]),
            ("2026-123", &[(0, Short)]),
            ("PO-2026-123", &[(0, Short)]),
            ("our 123", &[(0, Short)]),
            ("INV 123 and 12", &[(0, Short), (1, Short)]),
            ("INV-2026-000123/12", &[(0, Short), (1, Short)]),
            ("INV-2026-000123 INV-2026-000012", &[(0, Clear), (1, Clear)]),
            ("90012345", &[(2, Clear)]),
            ("190012345", &[]),
            ("90012345-7", &[(2, Short)]),
            ("4711", &[(3, Short)]),
            ("pay-2026-7", &[(4, Clear)]),
            (&reference, &[(4, Clear)]),
            (&spaced, &[(4, Clear)]),
            (&mistyped, &[(4, Short)]),
            ("thanks", &[]),
            ("", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(named(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn names_are_compared_without_their_legal_form_and_as_banks_cut_them() {
        for (one, other, expected) in [
            ("Acme Ltd", "ACME LIMITED", true),
            ("Acme Industrial Supplies Ltd", "Acme", true),
            ("Mustermann Maschinenbau GmbH & Co. KG", "MUSTERMANN MASCHINENB", true),
            ("Acme Ltd", "Globex Ltd", false),
            ("The Co Ltd", "Acme Co", false),
            ("", "Acme", false),
            ("A B", "B A C", false),
        ] {
            assert_eq!(same(&words(one), &words(other)), expected, "{one} / {other}");
        }
    }
}
