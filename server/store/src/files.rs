//! Files that people attach: drawings, evidence, lists. Kept in the database, given out only as attachments.

use domain::Problem;

/// The largest file.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

/// A file to give out.
#[derive(Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What may be attached: endings, and how the content shows that it is what the ending says. Others could be run.
const KINDS: &[(&[&str], &str)] = &[
    (&["pdf"], "application/pdf"),
    (&["png"], "image/png"),
    (&["jpg", "jpeg"], "image/jpeg"),
    (&["webp"], "image/webp"),
    (&["xlsx"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (&["docx"], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
];
/// Plain text: told by its bytes alone.
const TEXTS: &[&str] = &["txt", "csv", "dxf", "step", "stp"];

/// The media type of a file by its name and its content, or what is wrong with it.
fn media_type(name: &str, bytes: &[u8]) -> Result<&'static str, &'static str> {
    let wrong =
        "Attach a PDF, a picture (PNG, JPEG, WebP), a sheet or text (XLSX, DOCX, CSV, TXT) or a drawing (DXF, STEP).";
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    if TEXTS.contains(&ending.as_str()) {
        let plain = std::str::from_utf8(bytes).is_ok_and(|t| !t.contains('\0'));
        return if plain { Ok("text/plain") } else { Err("This file is not the plain text that its name says.") };
    }
    let Some((_, expected)) = KINDS.iter().find(|(endings, _)| endings.contains(&ending.as_str())) else {
        return Err(wrong);
    };
    match infer::get(bytes) {
        Some(kind) if kind.mime_type() == *expected => Ok(expected),
        _ => Err("This file is not what its name says."),
    }
}

/// A file's name without folders and control characters.
fn clean(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control() && *c != '"').collect();
    let name = name.trim().trim_start_matches('.');
    // The ending is at the end: what is too long loses its beginning.
    let skip = name.chars().count().saturating_sub(120);
    name.chars().skip(skip).collect()
}

/// A file's name without folders, and its media type. Invalid when it is empty, too large or not of a kind that may be attached.
pub(crate) fn checked(name: &str, bytes: &[u8]) -> Result<(String, &'static str), Problem> {
    let name = clean(name);
    if name.is_empty() || bytes.is_empty() {
        return Err(Problem::invalid("file", "Choose a file that has something in it."));
    }
    if bytes.len() > MOST_BYTES {
        return Err(Problem::invalid("file", "Choose a file of at most 5 MB."));
    }
    let media_type = media_type(&name, bytes).map_err(|words| Problem::invalid("file", words))?;
    Ok((name, media_type))
}

#[cfg(test)]
mod tests {
    use super::{clean, media_type};

    #[test]
    fn a_file_is_what_its_name_says_or_is_refused() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(media_type("a.png", png), Ok("image/png"));
        assert_eq!(media_type("list.CSV", b"sku;n\n"), Ok("text/plain"));
        for (name, bytes) in [
            ("a.pdf", png.as_slice()),
            ("page.html", b"<script>"),
            ("a.svg", b"<svg onload='x'/>"),
            ("run.exe", b"MZ\x90\0"),
            ("notes.txt", b"\0\x01binary"),
            ("none", b"text"),
        ] {
            assert!(media_type(name, bytes).is_err(), "{name}");
        }
    }

    #[test]
    fn names_lose_folders_and_what_a_header_could_not_carry() {
        for (given, cleaned) in [
            ("C:\\temp\\plan.pdf", "plan.pdf"),
            ("../../etc/passwd", "passwd"),
            ("a\r\nb\".pdf", "ab.pdf"),
            (".hidden", "hidden"),
        ] {
            assert_eq!(clean(given), cleaned);
        }
        assert!(clean(&format!("{}.pdf", "x".repeat(500))).ends_with("x.pdf"));
    }
}
