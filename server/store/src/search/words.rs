//! What people write, as the index knows it.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Units and what else is written for them; the first is what the index keeps.
const UNITS: [&[&str]; 14] = [
    &["mm", "millimetre", "millimeter", "millimetres", "millimeters"],
    &["cm", "centimetre", "centimeter", "centimetres", "centimeters"],
    &["m", "metre", "meter", "metres", "meters"],
    &["in", "inch", "inches"],
    &["l", "litre", "liter", "litres", "liters", "ltr"],
    &["ml", "millilitre", "milliliter", "millilitres", "milliliters"],
    &["g", "gram", "grams", "gramme", "grammes", "gr"],
    &["kg", "kilo", "kilos", "kilogram", "kilograms"],
    &["pcs", "pc", "pieces", "piece"],
    &["v", "volt", "volts"],
    &["w", "watt", "watts"],
    &["db"],
    &["oz", "ounce", "ounces"],
    &["lb", "lbs", "pound", "pounds"],
];

/// The words of a text: small letters without accents; numbers apart from the units behind them (`40mm` is `40 mm`), whose
/// names are one (`litres` is `l`); the `x` between two numbers is no word (`M8x40`, `M8 × 40` and `m8 x 40` are the same).
pub fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let mut words: Vec<String> = Vec::new();
    for piece in plain.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | ','))) {
        for piece in decimals(piece) {
            for side in by_x(&piece) {
                match unit_apart(side) {
                    Some((number, unit)) => words.extend([number.to_owned(), unit.to_owned()]),
                    None => words.push(unit(side).unwrap_or(side).to_owned()),
                }
            }
        }
    }
    let measures = |word: Option<&String>| word.is_some_and(|w| w.chars().any(|c| c.is_ascii_digit()));
    let between = |at: usize| at > 0 && measures(words.get(at - 1)) && measures(words.get(at + 1));
    let noise: Vec<usize> = (0..words.len()).filter(|at| words[*at] == "x" && between(*at)).collect();
    for at in noise.into_iter().rev() {
        words.remove(at);
    }
    words
}

/// Points and commas belong to a word only inside of a number: `2.5` and `2,5` are `2.5`.
fn decimals(piece: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in piece.match_indices(['.', ',']) {
        if !between_digits(piece, at) {
            parts.push(&piece[start..at]);
            start = at + 1;
        }
    }
    parts.push(&piece[start..]);
    parts.into_iter().filter(|p| !p.is_empty()).map(|p| p.replace(',', ".")).collect()
}

/// Whether the ASCII character at this place has a digit on either side.
fn between_digits(text: &str, at: usize) -> bool {
    text[..at].ends_with(|c: char| c.is_ascii_digit()) && text[at + 1..].starts_with(|c: char| c.is_ascii_digit())
}

/// `m8x40` as `m8` and `40`, `20x30x5` as three; anything else as it stands.
fn by_x(word: &str) -> Vec<&str> {
    let mut sides = Vec::new();
    let mut rest = word;
    while let Some((at, _)) = rest.match_indices('x').find(|(at, _)| between_digits(rest, *at)) {
        sides.push(&rest[..at]);
        rest = &rest[at + 1..];
    }
    sides.push(rest);
    sides
}

/// `40mm` as `40` and `mm`.
fn unit_apart(word: &str) -> Option<(&str, &'static str)> {
    let end = word.find(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|at| *at > 0)?;
    Some((&word[..end], unit(&word[end..])?))
}

/// How the index calls a unit, if it is one.
fn unit(word: &str) -> Option<&'static str> {
    UNITS.iter().find(|names| names.contains(&word)).map(|names| names[0])
}

/// What a word's forms have in common: `batteries` and `battery` are the same, numbers and codes are themselves.
pub fn stem(word: &str) -> String {
    if word.len() < 4 || word.chars().any(|c| c.is_ascii_digit()) {
        return word
            .strip_suffix('s')
            .filter(|w| w.len() == 2 && w.chars().all(char::is_alphabetic))
            .unwrap_or(word)
            .to_owned();
    }
    Stemmer::create(Algorithm::English).stem(word).into_owned()
}

/// Article numbers without what people leave out or put in between: `hb-m8-40` and `HB M8 40` are `HBM840`.
pub fn code(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_in_many_ways_is_the_same() {
        for (text, same) in [
            ("M8x40", "m8 40"),
            ("m8 x 40", "m8 40"),
            ("M8 × 40 mm", "m8 40 mm"),
            ("m8x40mm", "m8 40 mm"),
            ("20x30x5cm", "20 30 5 cm"),
            ("2,5 Litres", "2.5 l"),
            ("2.5l", "2.5 l"),
            ("Café-Crème, gross.", "cafe creme gross"),
            ("85123A", "85123a"),
            ("box x", "box x"),
            ("xmas 3x", "xmas 3x"),
            ("1,200 pieces", "1.200 pcs"),
            ("...,", ""),
            ("", ""),
        ] {
            assert_eq!(words(text).join(" "), same, "{text}");
        }
        assert_eq!(stem("batteries"), stem("battery"));
        assert_eq!(stem("glasses"), stem("glass"));
        assert_eq!(stem("m8"), "m8");
        assert_eq!(code("hb-m8 40/a2"), "HBM840A2");
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_words(text in ".{0,60}") {
            for word in words(&text) {
                proptest::prop_assert!(!word.is_empty() && !word.contains(char::is_whitespace));
            }
        }
    }
}
