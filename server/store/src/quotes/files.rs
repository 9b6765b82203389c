//! Attached files: drawings, specifications, lists. Kept in the database, given out only as attachments.

use domain::quotes::Side;
use domain::{Permission, Problem};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Case, lock, reach, side_code, talk};
use crate::{Result, Tx, audit};

/// The largest file.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// Files of one quote.
const MOST_FILES: i64 = 20;

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
fn media_type(name: &str, bytes: &[u8]) -> std::result::Result<&'static str, &'static str> {
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

async fn reached(tx: &mut Tx, number: &str) -> Result<(Case, Side)> {
    let actor = tx.actor()?;
    if actor.is_staff() {
        actor.require(Permission::QuoteWrite)?;
        return Ok((lock(tx, number, None).await?, Side::Seller));
    }
    let own = reach(&actor, Permission::QuoteRequest)?;
    Ok((lock(tx, number, own).await?, Side::Buyer))
}

/// Attaches a file to a quote. The same content twice is there once. Invalid when it is empty, too large or not of a kind that
/// may be attached.
pub async fn attach(tx: &mut Tx, number: &str, name: &str, bytes: &[u8]) -> Result<()> {
    let invalid = |words: &str| Err(Problem::invalid("file", words).into());
    let actor = tx.actor()?;
    let (case, side) = reached(tx, number).await?;
    let name = clean(name);
    if name.is_empty() || bytes.is_empty() {
        return invalid("Choose a file that has something in it.");
    }
    if bytes.len() > MOST_BYTES {
        return invalid("Choose a file of at most 5 MB.");
    }
    let media_type = match media_type(&name, bytes) {
        Ok(kind) => kind,
        Err(words) => return invalid(words),
    };
    let now = tx.now();
    let done = sqlx::query!(
        "INSERT INTO quote_files (account_id, id, quote_id, name, media_type, size, sha256, side, by_name, at, bytes)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
         WHERE (SELECT count(*) FROM quote_files f WHERE f.account_id = $1 AND f.quote_id = $3) < $12
         ON CONFLICT ON CONSTRAINT attached_once DO NOTHING",
        case.account.0,
        crate::new_id::<Uuid>(),
        case.id.0,
        name,
        media_type,
        i32::try_from(bytes.len()).unwrap_or(i32::MAX),
        &Sha256::digest(bytes)[..],
        side_code(side),
        actor.name(),
        now,
        bytes,
        MOST_FILES
    )
    .execute(tx.db())
    .await?;
    if done.rows_affected() == 0 {
        return invalid("This file is attached already, or there are 20 files.");
    }
    talk::say(tx, &case, side, actor.name(), "attached a file", &name, false).await?;
    audit::record_for(tx, case.account, "quote.file", number, json!({ "name": name, "bytes": bytes.len() })).await
}

/// A file to give out.
#[derive(Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A file of a quote, for whoever may see the quote. One statement.
pub async fn file(tx: &mut Tx, number: &str, id: Uuid) -> Result<File> {
    let actor = tx.actor()?;
    let (account, own) = if actor.is_staff() {
        actor.require(Permission::QuoteWrite)?;
        (None, None)
    } else {
        (Some(actor.account().0), reach(&actor, Permission::QuoteRead)?)
    };
    let row = sqlx::query!(
        "SELECT f.name, f.bytes FROM quote_files f JOIN quotes q ON (q.account_id, q.id) = (f.account_id, f.quote_id)
         WHERE q.number = $1 AND f.id = $2 AND ($3::uuid IS NULL OR q.account_id = $3) AND ($4::uuid IS NULL OR q.member_id = $4)",
        number,
        id,
        account,
        own.map(|m| m.0)
    )
    .fetch_one(tx.db())
    .await?;
    Ok(File { name: row.name, bytes: row.bytes })
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
