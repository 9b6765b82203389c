//! Which characters can be printed. The fonts know Latin, Greek and Cyrillic; names may hold anything.

/// Stands for a character that the font does not have.
const MISSING: char = '?';

/// What was meant where something else is printed: at which byte of the printed text, and what.
pub type Meant = Vec<(usize, String)>;

/// What is printed of `text`, and what was meant where that differs: then the PDF carries it in the structure
/// tree (`ActualText`), so that those who listen, and programs that read tagged PDF, get the name that somebody entered.
///
/// Control characters and line breaks become spaces, invisible formatting goes, and each character that the font does
/// not have becomes `?`.
pub fn printable(text: &str, has_glyph: impl Fn(char) -> bool) -> (String, Meant) {
    let mut shown = String::with_capacity(text.len());
    let mut meant = Meant::new();
    for c in text.chars().filter(|c| !invisible(*c)) {
        if c.is_control() || (c.is_whitespace() && c != '\u{a0}') {
            shown.push(' ');
        } else if private(c) {
            shown.push(MISSING);
        } else if c.is_ascii() || has_glyph(c) {
            shown.push(c);
        } else {
            meant.push((shown.len(), c.to_string()));
            shown.push(MISSING);
        }
    }
    (shown, meant)
}

/// For metadata, where there are no glyphs: without what XML does not allow, and not without end.
pub fn plain(text: &str) -> String {
    let (text, _) = printable(text, |_| true);
    text.trim().chars().take(300).collect()
}

/// Formatting that has no width: joiners, direction marks, soft hyphens, variation selectors, tags.
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Private use and noncharacters mean nothing outside of the system they come from; PDF/A-3a forbids them.
fn private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..) || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_printed_is_marked_and_kept() {
        let latin = |c: char| c < '\u{500}';
        for (given, shown, meant) in [
            ("Ünïcode £ −", "Ünïcode £ ?", &[(13, "−")][..]),
            ("plain", "plain", &[]),
            ("中a文", "?a?", &[(0, "中"), (2, "文")]),
            ("a\u{feff}\u{200d}b\tc\nd\u{0}e", "ab c d e", &[]),
            ("\u{e000}x", "?x", &[]),
            ("", "", &[]),
        ] {
            let meant: Meant = meant.iter().map(|(at, c)| (*at, (*c).to_owned())).collect();
            assert_eq!(printable(given, latin), (shown.to_owned(), meant), "{given:?}");
        }
    }
}
