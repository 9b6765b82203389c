//! Quick order's files: `POST /quick-order/files`, `/quick-order/open.csv`; and `/products/{sku}/barcode.svg` for lists on paper.

use app::request::Request;
use axum::Extension;
use axum::extract::{Multipart, Path};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use barcoders::generators::svg::SVG;
use barcoders::sym::code128::Code128;
use domain::{Permission, Problem};
use store::quick::MOST_CHARS;
use tokio::sync::Semaphore;

use crate::documents::{answered, attachment, cell, failed, record, sent_file};
use crate::protect::refuse;
use crate::sheet::{self, Unread};

/// Files that are read at once: each may need the memory of a workbook.
static READING: Semaphore = Semaphore::const_new(2);

/// Takes in a CSV or a workbook's first sheet, below what is there; the page says what it means.
pub async fn upload(Extension(request): Extension<Request>, form: Multipart) -> Response {
    let Some(who) = request.who.clone() else { return refuse(&Problem::Unauthenticated, true) };
    let work = async {
        who.actor.require(Permission::CartUse)?;
        let text = sent_lines(form).await?;
        let mut tx = request.store.begin(&who.actor, request.now).await?;
        store::quick::append(&mut tx, &text).await?;
        tx.commit().await
    };
    let told = |()| "The file is read. Look at what it was understood as.".to_owned();
    answered(&request, "/quick-order", work.await.map(told)).await
}

/// The form's file as pasted text; for every form that takes a CSV or a workbook, since they share the memory that is kept for that.
pub(crate) async fn sent_lines(form: Multipart) -> Result<String, store::Error> {
    let (_, bytes) = sent_file(form).await?;
    let permit = READING.acquire().await.map_err(|closed| store::Error::Inconsistent(closed.to_string()))?;
    let read = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        lines(&bytes)
    });
    read.await.map_err(|panic| store::Error::Inconsistent(panic.to_string()))?
}

/// A file as pasted text: a line a row, a tab between cells.
fn lines(bytes: &[u8]) -> Result<String, store::Error> {
    let wrong = |words: &str| store::Error::from(Problem::invalid("file", words));
    if bytes.is_empty() {
        return Err(wrong("Choose a CSV or XLSX file that has something in it."));
    }
    if bytes.starts_with(b"PK") {
        return sheet::first(bytes, MOST_CHARS).map_err(|why| match why {
            Unread::Broken => wrong("This workbook cannot be read. Save it as XLSX or CSV."),
            Unread::TooLong => wrong("This workbook is too large: 10,000 lines are read at once."),
        });
    }
    let text =
        String::from_utf8(bytes.to_vec()).unwrap_or_else(|e| e.into_bytes().iter().map(|b| char::from(*b)).collect());
    if text.contains('\0') {
        return Err(wrong("This is no text. Save it as CSV in UTF-8, or as XLSX."));
    }
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// What has to be mended, as CSV: line, as it was pasted, why.
pub async fn open(Extension(request): Extension<Request>) -> Response {
    let Some(who) = &request.who else { return refuse(&Problem::Unauthenticated, true) };
    let found = async {
        let mut tx = request.store.read(&who.actor, request.now).await?;
        store::quick::page(&mut tx).await
    };
    match found.await {
        Ok(page) => {
            let mut out = record(["line", "pasted", "why"].map(str::to_owned));
            for l in page.open {
                out.extend(record([l.no.to_string(), cell(&l.raw), l.why]));
            }
            attachment("text/csv; charset=utf-8", "to-mend.csv", out)
        }
        Err(error) => failed(error),
    }
}

/// An article's number as a barcode (Code 128), which scanners type. Not found for what the code cannot write.
pub async fn barcode(Path(sku): Path<String>) -> Response {
    match drawn(&sku) {
        Some(svg) => {
            let kept = "private, max-age=86400";
            ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, kept)], svg).into_response()
        }
        None => refuse(&Problem::NotFound, true),
    }
}

fn drawn(sku: &str) -> Option<String> {
    if sku.is_empty() || sku.len() > 40 || !sku.chars().all(|c| c.is_ascii_graphic()) {
        return None;
    }
    // Set B has every printable ASCII character.
    let bars = Code128::new(format!("\u{181}{sku}")).ok()?.encode();
    SVG::new(60).generate(&bars).ok()
}

#[cfg(test)]
mod tests {
    use super::{drawn, lines};

    #[test]
    fn a_sheet_becomes_lines_with_tabs() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "85123A").expect("a cell");
        sheet.write_number(0, 1, 12).expect("a cell");
        sheet.write_number(1, 0, 22197).expect("a cell");
        sheet.write_number(1, 1, 2.5).expect("a cell");
        let bytes = book.save_to_buffer().expect("a workbook");
        assert_eq!(lines(&bytes).expect("lines"), "85123A\t12\n22197\t2.5\n");
    }

    #[test]
    fn text_is_taken_as_it_is_and_what_is_none_is_refused() {
        assert_eq!(lines("\u{feff}85123A,12\n".as_bytes()).expect("lines"), "85123A,12\n");
        assert_eq!(lines(b"caf\xe9 1").expect("lines"), "café 1");
        for bad in [&b""[..], b"\0\x01", b"PK\x03\x04 no workbook"] {
            assert!(lines(bad).is_err());
        }
    }

    #[test]
    fn a_number_is_drawn_or_not_found() {
        assert!(drawn("GL-CUT-D-9").is_some_and(|svg| svg.starts_with("<svg") && svg.contains("rect")));
        for bad in ["", "Ä-1", "a b", &"x".repeat(41)] {
            assert!(drawn(bad).is_none(), "{bad}");
        }
    }
}
