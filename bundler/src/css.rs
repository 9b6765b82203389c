//! One stylesheet out of many. The order never matters to a rule (cascade layers decide), only that `reset.css` comes
//! first, since it names the layers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What comes first, in this order; then `components/` and then the rest, each by name.
const FIRST: [&str; 3] = ["reset.css", "tokens.css", "base.css"];

/// The text of all stylesheets of a folder in their order. A missing folder gives an empty sheet.
pub fn join(folder: &Path) -> Result<String> {
    let mut files: Vec<PathBuf> = FIRST.iter().map(|name| folder.join(name)).filter(|file| file.is_file()).collect();
    files.extend(sheets(&folder.join("components"))?);
    files.extend(sheets(folder)?.into_iter().filter(|file| !FIRST.iter().any(|first| file.ends_with(first))));
    if files.is_empty() {
        println!("no stylesheets in {}", folder.display());
    }
    let mut joined = String::new();
    for file in files {
        joined += &fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        joined.push('\n');
    }
    Ok(joined)
}

/// The `*.css` files directly in a folder, by name.
fn sheets(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "css") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Takes out comments, indentation and empty lines. What stands in quotes is left alone.
pub fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find(['"', '\'', '/', '\n', '\\']) {
        out += &rest[..at];
        rest = &rest[at..];
        let taken = match rest.as_bytes()[0] {
            b'/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            b'\n' => {
                out.truncate(out.trim_end().len());
                if !out.is_empty() {
                    out.push('\n');
                }
                rest.len() - rest.trim_start().len()
            }
            quote @ (b'"' | b'\'') => {
                let end = quoted(rest, quote);
                out += &rest[..end];
                end
            }
            b'\\' => {
                let end = rest.chars().take(2).map(char::len_utf8).sum();
                out += &rest[..end];
                end
            }
            _ => {
                out.push('/');
                1
            }
        };
        rest = &rest[taken..];
    }
    out += rest;
    out
}

/// The length of the quoted text that `css` begins with, quotes included.
fn quoted(css: &str, quote: u8) -> usize {
    let bytes = css.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::squeeze;

    #[test]
    fn comments_and_indentation_go() {
        let css = "/* what\n for */\n@layer reset;\n\n.a {\n    color: red; /* why */\n}\n";
        assert_eq!(squeeze(css), "@layer reset;\n.a {\ncolor: red;\n}\n");
    }

    #[test]
    fn what_stands_in_quotes_stays() {
        let css = ".a::before { content: \"/* \\\"  */\"; }\n.b { content: '\\'/*'; } .c\\/d { }";
        assert_eq!(squeeze(css), css);
    }

    #[test]
    fn a_slash_is_no_comment() {
        let css = ".a { grid-area: 1 / 2 / 3 / 4; background: url(/x.svg); }";
        assert_eq!(squeeze(css), css);
    }
}
