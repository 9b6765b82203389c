//! Plain routes beside the app: invoice PDF and CSV, a member's calendar.

use app::request::Request;
use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Problem;
use domain::invoices::{InvoiceQuery, InvoiceRow};
use domain::text;

use crate::protect::refuse;

fn failed(error: store::Error) -> Response {
    match error {
        store::Error::Problem(problem) => refuse(&problem, true),
        fault => {
            tracing::error!(%fault, "a document failed");
            refuse(&Problem::Unavailable, true)
        }
    }
}

fn attachment(content_type: &'static str, name: &str, body: Vec<u8>) -> Response {
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

/// `/invoices/{number}.pdf`: a layer, because a route cannot end in the middle of a segment; anything else passes.
pub async fn pdf(request: axum::extract::Request, next: Next) -> Response {
    let number = request.uri().path().strip_prefix("/invoices/").and_then(|file| file.strip_suffix(".pdf"));
    match (number.filter(|n| !n.contains('/')), request.extensions().get::<Request>()) {
        (Some(number), Some(asked)) => invoice_pdf(asked.clone(), number.to_owned()).await,
        _ => next.run(request).await,
    }
}

async fn invoice_pdf(request: Request, number: String) -> Response {
    let Some(who) = &request.who else { return refuse(&Problem::Unauthenticated, true) };
    let found = async {
        let mut tx = request.store.read(&who.actor, request.now).await?;
        store::invoices::find(&mut tx, &number).await
    };
    let page = match found.await {
        Ok(page) => page,
        Err(error) => return failed(error),
    };
    let name = format!("{}.pdf", page.row.number);
    match tokio::task::spawn_blocking(move || crate::pdf::invoice(&page)).await {
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

/// `/invoices.csv`: every document that the filter matches.
pub async fn csv(Extension(request): Extension<Request>, RawQuery(query): RawQuery) -> Response {
    let Some(who) = &request.who else { return refuse(&Problem::Unauthenticated, true) };
    let query = InvoiceQuery::parse(query.as_deref().unwrap_or_default());
    let found = async {
        let mut tx = request.store.read(&who.actor, request.now).await?;
        store::invoices::export(&mut tx, &query).await
    };
    match found.await {
        Ok(rows) => attachment("text/csv; charset=utf-8", "invoices.csv", table(&rows)),
        Err(error) => failed(error),
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
fn cell(text: &str) -> String {
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
