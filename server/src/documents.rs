//! Plain routes beside the app: PDFs, XML, CSV and XLSX, attached files, a member's calendar.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, RawQuery};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Problem;
use domain::invoices::{InvoicePage, InvoiceQuery, InvoiceRow};
use domain::ledger::{StatementQuery, StatementRow};
use domain::text;
use qrcode::{EcLevel, QrCode};
use tokio::time::Instant;

use crate::protect::refuse;

pub(crate) fn failed(error: store::Error) -> Response {
    match error {
        store::Error::Problem(problem) => refuse(&problem, true),
        fault => {
            tracing::error!(%fault, "a document failed");
            refuse(&Problem::Unavailable, true)
        }
    }
}

pub(crate) fn attachment(content_type: &'static str, name: &str, body: Vec<u8>) -> Response {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' }).collect();
    (
        [
            (header::CONTENT_TYPE, content_type.to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{safe}\"")),
        ],
        body,
    )
        .into_response()
}

/// `/invoices/{number}.pdf`, `/invoices/{number}.xml`, `/payments/{number}.pdf` and `/quotes/{number}.pdf?version=`: a layer, because a route cannot end in the
/// middle of a segment; anything else passes.
pub async fn files(request: axum::extract::Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let (invoice, quote) = (below(&uri, "/invoices/", ".pdf"), below(&uri, "/quotes/", ".pdf"));
    let xml = below(&uri, "/invoices/", ".xml");
    let payment = below(&uri, "/payments/", ".pdf");
    let version = request.uri().query().and_then(|q| q.split('&').find_map(|pair| pair.strip_prefix("version=")));
    let version = version.and_then(|n| n.parse().ok());
    let Some(asked) = request.extensions().get::<Request>().cloned() else { return next.run(request).await };
    match (invoice, xml, quote, payment) {
        (Some(number), ..) => invoice_pdf(asked, number).await,
        (_, Some(number), ..) => invoice_xml(asked, number).await,
        (_, _, Some(number), _) => quote_pdf(asked, number, version).await,
        (.., Some(number)) => remittance_pdf(asked, number).await,
        _ => next.run(request).await,
    }
}

/// The number in `/folder/{number}.ending`.
fn below(uri: &axum::http::Uri, folder: &str, ending: &str) -> Option<String> {
    let number = uri.path().strip_prefix(folder).and_then(|file| file.strip_suffix(ending));
    number.filter(|n| !n.contains('/')).map(str::to_owned)
}

async fn quote_pdf(request: Request, number: String, version: Option<i32>) -> Response {
    let Some(who) = &request.who else { return refuse(&Problem::Unauthenticated, true) };
    let found = async {
        let mut tx = request.store.read(&who.actor, request.now).await?;
        store::quotes::version(&mut tx, &number, version).await
    };
    match found.await {
        Ok(paper) => {
            let name = format!("{}-{}.pdf", paper.number, paper.version.no);
            drawn(name, move || crate::pdf::quote(&paper)).await
        }
        Err(error) => failed(error),
    }
}

/// The remittance advice; not found for what is no transfer to be sent or sent.
async fn remittance_pdf(request: Request, number: String) -> Response {
    let Some(who) = &request.who else { return refuse(&Problem::Unauthenticated, true) };
    let found = async {
        let mut tx = request.store.read(&who.actor, request.now).await?;
        store::payments::find(&mut tx, &number).await
    };
    match found.await {
        Ok(page) if page.advised() => {
            drawn(format!("remittance-{}.pdf", page.row.number), move || crate::pdf::remittance(&page)).await
        }
        Ok(_) => refuse(&Problem::NotFound, true),
        Err(error) => failed(error),
    }
}

/// Draws a document where it does not hold up others.
async fn drawn(name: String, draw: impl FnOnce() -> anyhow::Result<Vec<u8>> + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(draw).await {
        Ok(Ok(bytes)) => attachment("application/pdf", &name, bytes),
        Ok(Err(error)) => {
            tracing::error!(%error, "a PDF could not be drawn");
            refuse(&Problem::Unavailable, true)
        }
        Err(panic) => {
            tracing::error!(%panic, "a PDF could not be drawn");
            refuse(&Problem::Unavailable, true)
        }
    }
}

/// `POST /quotes/{number}/files`: attaches the form's file. A plain form, so the answer is a page or a redirect back to one.
pub async fn attach(Extension(request): Extension<Request>, Path(number): Path<String>, form: Multipart) -> Response {
    let Some(who) = request.who.clone() else { return refuse(&Problem::Unauthenticated, true) };
    let work = async {
        let (name, bytes) = sent_file(form).await?;
        let mut tx = request.store.begin(&who.actor, request.now).await?;
        store::quotes::attach(&mut tx, &number, &name, &bytes).await?;
        tx.commit().await
    };
    let back = format!("{}/quotes/{number}", if who.actor.is_staff() { "/sales" } else { "" });
    answered(&request, &back, work.await.map(|()| "The file is attached.".to_owned())).await
}

/// The form's file: its name and its bytes.
pub(crate) async fn sent_file(mut form: Multipart) -> Result<(String, Vec<u8>), store::Error> {
    let (mut name, mut bytes) = (String::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(|e| too_large(&e))? {
        if field.name() == Some("file") {
            name = field.file_name().unwrap_or_default().to_owned();
            bytes = field.bytes().await.map_err(|e| too_large(&e))?.to_vec();
        }
    }
    Ok((name, bytes))
}

/// Back to a page, which says what became of it.
pub(crate) async fn back_to(request: &Request, page: &str, told: String) -> Response {
    if let Err(error) = request.session.insert("flash", told).await {
        tracing::error!(%error, "the session could not be kept");
    }
    Redirect::to(app::request::local(page)).into_response()
}

/// The answer to a plain form: back to its page with what came of it. What a person can mend is said there too.
pub(crate) async fn answered(request: &Request, page: &str, came: Result<String, store::Error>) -> Response {
    match came {
        Ok(told) => back_to(request, page, told).await,
        Err(store::Error::Problem(problem @ Problem::Invalid(_))) => back_to(request, page, problem.to_string()).await,
        Err(error) => failed(error),
    }
}

/// A form that ends too early or goes on for too long.
fn too_large(error: &MultipartError) -> store::Error {
    tracing::debug!(%error, "a form with a file could not be read");
    Problem::invalid("file", "Choose a file of at most 5 MB.").into()
}

/// `/quotes/{number}/files/{id}`: a file, to be kept and never to be run in the browser.
pub async fn attached(Extension(request): Extension<Request>, Path((number, id)): Path<(String, String)>) -> Response {
    let Some(who) = &request.who else { return refuse(&Problem::Unauthenticated, true) };
    let found = async {
        let id = id.parse().map_err(|_| Problem::NotFound)?;
        let mut tx = request.store.read(&who.actor, request.now).await?;
        store::quotes::file(&mut tx, &number, id).await
    };
    match found.await {
        Ok(file) => attachment("application/octet-stream", &file.name, file.bytes),
        Err(error) => failed(error),
    }
}

/// `POST /disputes/{id}/files`: a piece of evidence, as a plain form.
pub async fn show_evidence(
    Extension(request): Extension<Request>,
    Path(id): Path<String>,
    form: Multipart,
) -> Response {
    let Some(who) = request.who.clone() else { return refuse(&Problem::Unauthenticated, true) };
    let work = async {
        let id = id.parse()?;
        who.actor.require(domain::Permission::InvoiceDispute)?;
        // However long the file takes, nothing of the database is held meanwhile.
        let (name, bytes) = sent_file(form).await?;
        let mut tx = request.store.begin(&who.actor, request.now).await?;
        let number = store::disputes::invoice_of(&mut tx, id).await?;
        let told = match store::disputes::attach(&mut tx, id, &name, &bytes).await {
            Ok(()) => "The file is attached.".to_owned(),
            // What a person can mend is said on the page that they came from.
            Err(store::Error::Problem(problem @ Problem::Invalid(_))) => problem.to_string(),
            Err(error) => return Err(error),
        };
        tx.commit().await?;
        Ok((format!("/invoices/{number}"), told))
    };
    match work.await {
        Ok((back, told)) => back_to(&request, &back, told).await,
        Err(error) => failed(error),
    }
}

/// `/disputes/{id}/files/{file}`: a piece of evidence, to be kept and never to be run in the browser.
pub async fn evidence(Extension(request): Extension<Request>, Path((id, file)): Path<(String, String)>) -> Response {
    let Some(who) = &request.who else { return refuse(&Problem::Unauthenticated, true) };
    let found = async {
        let (id, file) = (id.parse()?, file.parse().map_err(|_| Problem::NotFound)?);
        let mut tx = request.store.read(&who.actor, request.now).await?;
        store::disputes::file(&mut tx, id, file).await
    };
    match found.await {
        Ok(file) => attachment("application/octet-stream", &file.name, file.bytes),
        Err(error) => failed(error),
    }
}

async fn found(request: &Request, number: &str) -> Result<InvoicePage, store::Error> {
    let who = request.who.as_ref().ok_or(Problem::Unauthenticated)?;
    let mut tx = request.store.read(&who.actor, request.now).await?;
    store::invoices::find(&mut tx, number).await
}

async fn invoice_pdf(request: Request, number: String) -> Response {
    match found(&request, &number).await {
        Ok(page) => drawn(format!("{}.pdf", page.row.number), move || crate::pdf::invoice(&page)).await,
        Err(error) => failed(error),
    }
}

/// Not found for what the standard cannot say (`InvoicePage::einvoice`), which is not offered.
async fn invoice_xml(request: Request, number: String) -> Response {
    match found(&request, &number).await {
        Ok(page) if page.einvoice() => {
            attachment("application/xml", &format!("{}.xml", page.row.number), crate::einvoice::ubl(&page))
        }
        Ok(_) => refuse(&Problem::NotFound, true),
        Err(error) => failed(error),
    }
}

async fn listed(request: &Request, query: Option<String>) -> Result<Vec<InvoiceRow>, store::Error> {
    let who = request.who.as_ref().ok_or(Problem::Unauthenticated)?;
    let query = InvoiceQuery::parse(query.as_deref().unwrap_or_default());
    let mut tx = request.store.read(&who.actor, request.now).await?;
    store::invoices::export(&mut tx, &query).await
}

/// `/invoices.csv`: every document that the filter matches.
pub async fn csv(Extension(request): Extension<Request>, RawQuery(query): RawQuery) -> Response {
    match listed(&request, query).await {
        Ok(rows) => attachment("text/csv; charset=utf-8", "invoices.csv", table(&rows)),
        Err(error) => failed(error),
    }
}

/// `/payments/{number}/code.svg`: a euro transfer as a QR code for banking apps.
pub async fn code(Extension(request): Extension<Request>, Path(number): Path<String>) -> Response {
    let Some(who) = &request.who else { return refuse(&Problem::Unauthenticated, true) };
    let found = async {
        let mut tx = request.store.read(&who.actor, request.now).await?;
        store::payments::find(&mut tx, &number).await
    };
    // EPC069-12 asks for error correction M.
    let code = match found.await {
        Ok(page) => page.code.and_then(|text| QrCode::with_error_correction_level(text, EcLevel::M).ok()),
        Err(error) => return failed(error),
    };
    match code {
        Some(code) => {
            let image = code.render::<qrcode::render::svg::Color>().min_dimensions(180, 180).build();
            ([(header::CONTENT_TYPE, "image/svg+xml")], image).into_response()
        }
        None => refuse(&Problem::NotFound, true),
    }
}

/// How long a reader of a statement may take for a line, and for all of it.
const LINE_TAKES: Duration = Duration::from_secs(30);
const STATEMENT_TAKES: Duration = Duration::from_mins(5);

/// `/statement.csv`: every movement of a period, written as the database tells them: any length in little memory.
pub async fn statement(Extension(request): Extension<Request>, RawQuery(query): RawQuery) -> Response {
    let Some(who) = request.who.clone() else { return refuse(&Problem::Unauthenticated, true) };
    let mut tx = match request.store.read(&who.actor, request.now).await {
        Ok(tx) => tx,
        Err(error) => return failed(error),
    };
    if let Err(problem) = who.actor.require(domain::Permission::InvoiceRead) {
        return refuse(&problem, true);
    }
    let query = StatementQuery::parse(query.as_deref().unwrap_or_default(), tx.today());
    let (send, lines) = tokio::sync::mpsc::channel::<Vec<u8>>(64);
    let whole = Arc::new(AtomicBool::new(false));
    let ended = whole.clone();
    tokio::spawn(async move {
        // The transaction is held as long as the reader reads: not for ever.
        let last = Instant::now() + STATEMENT_TAKES;
        let send = |line| {
            let send = send.clone();
            async move {
                let until = last.min(Instant::now() + LINE_TAKES);
                let sent = tokio::time::timeout_at(until, send.send(line)).await.is_ok_and(|sent| sent.is_ok());
                if sent { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            }
        };
        if send(movements_head()).await.is_break() {
            return;
        }
        match store::ledger::every_movement(&mut tx, query, |row| send(movement(&row))).await {
            Ok(ControlFlow::Continue(())) => ended.store(true, Ordering::Release),
            Ok(ControlFlow::Break(())) => tracing::info!("a statement was not read to its end"),
            Err(error) => tracing::error!(%error, "a statement ended early"),
        }
    });
    let lines = futures::stream::try_unfold(lines, move |mut lines| {
        let whole = whole.clone();
        async move {
            match lines.recv().await {
                Some(line) => Ok(Some((line, lines))),
                None if whole.load(Ordering::Acquire) => Ok(None),
                // The reader sees a broken answer, not a shorter statement.
                None => Err(std::io::Error::other("the statement ended early")),
            }
        }
    });
    (
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment; filename=\"statement.csv\""),
        ],
        Body::from_stream(lines),
    )
        .into_response()
}

/// The columns of a statement's CSV.
pub(crate) fn movements_head() -> Vec<u8> {
    record(["date", "what", "number", "reference", "currency", "amount", "balance"].map(str::to_owned))
}

/// A line of a statement's CSV.
pub(crate) fn movement(row: &StatementRow) -> Vec<u8> {
    record([
        row.on.to_string(),
        row.movement.label().to_owned(),
        cell(&row.number),
        cell(&row.reference),
        row.amount.currency().code().to_owned(),
        text::plain(row.amount),
        text::plain(row.balance),
    ])
}

/// A line of CSV.
pub(crate) fn record<const N: usize>(cells: [String; N]) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    // Writing into memory does not fail.
    let _ = out.write_record(cells);
    out.into_inner().unwrap_or_default()
}

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `/invoices.xlsx`: the same as a workbook.
pub async fn xlsx(Extension(request): Extension<Request>, RawQuery(query): RawQuery) -> Response {
    let rows = match listed(&request, query).await {
        Ok(rows) => rows,
        Err(error) => return failed(error),
    };
    match tokio::task::spawn_blocking(move || crate::workbook::invoices(&rows)).await {
        Ok(Ok(bytes)) => attachment(XLSX, "invoices.xlsx", bytes),
        Ok(Err(error)) => {
            tracing::error!(%error, "a workbook could not be written");
            refuse(&Problem::Unavailable, true)
        }
        Err(panic) => {
            tracing::error!(%panic, "a workbook could not be written");
            refuse(&Problem::Unavailable, true)
        }
    }
}

/// `/calendar/{token}/deliveries.ics`: a member's deliveries, for calendars, which cannot sign in. Any other token is not found.
pub async fn calendar(Extension(request): Extension<Request>, Path(token): Path<String>) -> Response {
    let (store, origin, address) = (&request.store, &request.origin, &request.address);
    match store::deliveries::feed(store, &token, origin, address, request.now).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response(),
        Err(error) => failed(error),
    }
}

/// A cell that a spreadsheet must not take for a formula.
pub(crate) fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn table(rows: &[InvoiceRow]) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let header =
        ["number", "kind", "issued_on", "due_on", "order_number", "po_number", "currency", "total", "open", "status"];
    // Writing into memory does not fail.
    let _ = out.write_record(header);
    for r in rows {
        let _ = out.write_record([
            cell(&r.number),
            r.kind.code().to_owned(),
            r.issued_on.to_string(),
            r.due_on.to_string(),
            cell(&r.order_number),
            cell(&r.po_number),
            r.gross.currency().code().to_owned(),
            text::plain(r.kind.signed(r.gross)),
            text::plain(r.kind.signed(r.open)),
            format!("{:?}", r.status),
        ]);
    }
    out.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn formulas_become_text() {
        for (given, expected) in
            [("=1+1", "'=1+1"), ("@x", "'@x"), ("-5", "'-5"), ("\tx", "'\tx"), ("PO 1-2", "PO 1-2"), ("", "")]
        {
            assert_eq!(cell(given), expected);
        }
    }
}
