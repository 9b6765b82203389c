//! Making finance packs: one document at a time into an archive that goes to the database in pieces, so that a pack of any size
//! needs the memory of one document. And `/packs/{id}/download`.

use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::request::Request;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::ledger::StatementQuery;
use domain::{Actor, Permission, Problem, text};
use futures::{StreamExt as _, TryStreamExt as _};
use sha2::{Digest as _, Sha256};
use store::Store;
use store::packs::{self, Leased, Listed};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::documents::{cell, failed, movement, record};
use crate::protect::refuse;

/// Bytes of one piece in the database.
const PIECE: usize = 512 * 1024;
/// Documents between two signs of life.
const SHOWN_EVERY: usize = 10;
/// Documents that are drawn at once: one processor, so that pages are answered meanwhile.
const AT_ONCE: usize = 2;

/// Makes packs until the process ends: woken by the database, and every half minute anyway.
pub async fn work(store: Store) {
    let mut listener = None;
    loop {
        if listener.is_none() {
            listener = store
                .listener("packs")
                .await
                .inspect_err(|error| tracing::warn!(%error, "not listening for new packs"))
                .ok();
        }
        if let Err(error) = drain(&store).await {
            tracing::error!(%error, "finance packs could not be made");
        }
        if let Some(waiting) = &mut listener {
            let lost = tokio::time::timeout(Duration::from_secs(30), waiting.recv()).await.is_ok_and(|r| r.is_err());
            if lost {
                listener = None;
            }
        } else {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }
}

/// Makes what waits, those of the new month too; gives how many were made.
pub async fn drain(store: &Store) -> Result<usize, store::Error> {
    let mut made = 0;
    packs::schedule(store, crate::clock::now()).await?;
    while let Some(pack) = packs::lease(store, crate::clock::now()).await? {
        match make(store, &pack).await {
            Ok(()) => made += 1,
            // The lease runs out, and the pack is begun anew, here or elsewhere, until it has failed too often.
            Err(error) => tracing::warn!(%error, id = %pack.id, "a finance pack was not made"),
        }
    }
    Ok(made)
}

/// What was put into an archive and is not in the database yet.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The pieces of an archive on their way into the database.
struct Pieces<'a> {
    store: &'a Store,
    pack: &'a Leased,
    buffer: Buffer,
    whole: Sha256,
    count: i32,
    size: i64,
}

impl Pieces<'_> {
    /// Keeps what has been written so far.
    async fn keep(&mut self) -> anyhow::Result<()> {
        let bytes = self.buffer.take();
        self.whole.update(&bytes);
        self.size += i64::try_from(bytes.len())?;
        self.count += 1;
        packs::keep(self.store, self.pack, self.count, &bytes, crate::clock::now()).await?;
        Ok(())
    }
}

/// An archive with the manifest of its files.
struct Archive<'a> {
    zip: Box<ZipWriter<StreamWriter<Buffer>>>,
    pieces: Pieces<'a>,
    manifest: Vec<u8>,
    used: HashSet<String>,
}

impl<'a> Archive<'a> {
    fn new(store: &'a Store, pack: &'a Leased) -> Self {
        let buffer = Buffer::default();
        Self {
            zip: Box::new(ZipWriter::new_stream(buffer.clone())),
            pieces: Pieces { store, pack, buffer, whole: Sha256::new(), count: 0, size: 0 },
            manifest: record(["file", "bytes", "sha256"].map(str::to_owned)),
            used: HashSet::new(),
        }
    }

    /// A name that no other file has: `2024/1` and `2024 1` are written alike, and some systems take upper case for lower.
    fn unused(&mut self, name: &str) -> String {
        let mut found = name.to_owned();
        for no in 2.. {
            if self.used.insert(found.to_lowercase()) {
                break;
            }
            found = format!("{name}-{no}");
        }
        found
    }

    /// Puts the files of a document in, under one name.
    async fn document(&mut self, papers: Papers) -> anyhow::Result<()> {
        let name = format!("documents/{}", self.unused(&file_name(&papers.number)));
        match papers.pdf {
            Some(pdf) => self.add(&format!("{name}.pdf"), &pdf).await?,
            // The others are not kept from who waits for them.
            None => {
                self.manifest.extend(record([format!("{name}.pdf"), "could not be drawn".to_owned(), String::new()]));
            }
        }
        if let Some(xml) = papers.xml {
            self.add(&format!("{name}.xml"), &xml).await?;
        }
        Ok(())
    }

    /// Puts a file in, and lists it in the manifest.
    async fn add(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let line = [name.to_owned(), bytes.len().to_string(), hex::encode(Sha256::digest(bytes))];
        self.manifest.extend(record(line));
        self.write(name, bytes)?;
        if self.pieces.buffer.len() >= PIECE {
            self.pieces.keep().await?;
        }
        Ok(())
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        // A PDF is compressed already.
        let packed = if bytes.starts_with(b"%PDF-") { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        self.zip.start_file(name, SimpleFileOptions::default().compression_method(packed))?;
        self.zip.write_all(bytes)?;
        Ok(())
    }

    /// The manifest, the archive's own end, and the news that it is ready.
    async fn finish(mut self) -> anyhow::Result<()> {
        let manifest = std::mem::take(&mut self.manifest);
        self.write("manifest.csv", &manifest)?;
        let Self { zip, mut pieces, .. } = self;
        (*zip).finish()?;
        pieces.keep().await?;
        let Pieces { store, pack, whole, size, .. } = pieces;
        packs::ready(store, pack, size, &whole.finalize(), crate::clock::now()).await?;
        Ok(())
    }
}

/// Makes one pack, as its member may see the documents now.
async fn make(store: &Store, pack: &Leased) -> anyhow::Result<()> {
    let who = store::accounts::seated(store, pack.person, pack.account).await?.map(|who| who.actor);
    let Some(actor) = who.filter(|a| a.may(Permission::InvoiceRead)) else {
        packs::failed(store, pack, crate::clock::now()).await?;
        return Ok(());
    };
    let listed = match packs::contents(&mut store.read(&actor, crate::clock::now()).await?, &pack.form).await {
        Ok(listed) => listed,
        // More were written since it was asked for: a part of them would look like all.
        Err(store::Error::Problem(_)) => return Ok(packs::failed(store, pack, crate::clock::now()).await?),
        Err(error) => return Err(error.into()),
    };
    let mut archive = Archive::new(store, pack);
    let numbers: Vec<String> = listed.iter().map(|l| l.number.clone()).collect();
    let mut drawn = futures::stream::iter(numbers).map(|number| papers(store, &actor, number)).buffered(AT_ONCE);
    let mut done = 0;
    while let Some(papers) = drawn.try_next().await? {
        archive.document(papers).await?;
        done += 1;
        if done % SHOWN_EVERY == 0 {
            packs::progress(store, pack, done, crate::clock::now()).await?;
        }
    }
    drop(drawn);
    archive.add("ledger.csv", &ledger(&listed)).await?;
    let statement = statement(store, &actor, pack).await?;
    archive.add("statement.csv", &statement).await?;
    archive.finish().await
}

/// A document's files: the PDF where it can be drawn, and the XML where the standard can say it.
struct Papers {
    number: String,
    pdf: Option<Vec<u8>>,
    xml: Option<Vec<u8>>,
}

async fn papers(store: &Store, actor: &Actor, number: String) -> anyhow::Result<Papers> {
    let page = {
        let mut tx = store.read(actor, crate::clock::now()).await?;
        store::invoices::find(&mut tx, &number).await?
    };
    let drawn = tokio::task::spawn_blocking(move || {
        let xml = page.einvoice().then(|| crate::einvoice::ubl(&page));
        (crate::pdf::invoice(&page), xml)
    });
    // A panic while drawing is that document's as well.
    let (pdf, xml) = match drawn.await {
        Ok((pdf, xml)) => {
            (pdf.map_err(|error| tracing::error!(%error, number, "a document could not be drawn")).ok(), xml)
        }
        Err(panic) => {
            tracing::error!(%panic, number, "a document could not be drawn");
            (None, None)
        }
    };
    Ok(Papers { number, pdf, xml })
}

/// A number as a file may be called: former systems have had slashes in theirs.
fn file_name(number: &str) -> String {
    number.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect()
}

/// Every document of the pack with the customer's own references.
fn ledger(listed: &[Listed]) -> Vec<u8> {
    let mut out = record(
        [
            "date",
            "kind",
            "number",
            "order_number",
            "po_number",
            "cost_centre",
            "due_on",
            "currency",
            "net",
            "tax",
            "total",
            "open",
        ]
        .map(str::to_owned),
    );
    for l in listed {
        out.extend(record([
            l.issued_on.to_string(),
            l.kind.code().to_owned(),
            cell(&l.number),
            cell(&l.order_number),
            cell(&l.po_number),
            cell(&l.cost_centre),
            l.due_on.to_string(),
            l.gross.currency().code().to_owned(),
            text::plain(l.net),
            text::plain(l.tax),
            text::plain(l.gross),
            text::plain(l.open),
        ]));
    }
    out
}

/// The account's statement of the period, payments included.
async fn statement(store: &Store, actor: &Actor, pack: &Leased) -> anyhow::Result<Vec<u8>> {
    let mut tx = store.read(actor, crate::clock::now()).await?;
    let query = StatementQuery { from: pack.form.from, to: pack.form.to, page: 1 };
    let lines = Mutex::new(crate::documents::movements_head());
    let _whole = store::ledger::every_movement(&mut tx, query, |row| {
        lines.lock().unwrap_or_else(PoisonError::into_inner).extend(movement(&row));
        async { ControlFlow::Continue(()) }
    })
    .await?;
    Ok(lines.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// `/packs/{id}/download`: the archive, piece by piece as the reader takes them.
pub async fn download(Extension(request): Extension<Request>, Path(id): Path<String>) -> Response {
    let Some(who) = request.who.clone() else { return refuse(&Problem::Unauthenticated, true) };
    let begun = async {
        let id = id.parse()?;
        let mut tx = request.store.read(&who.actor, request.now).await?;
        Ok((id, packs::download(&mut tx, id).await?))
    };
    let (id, found) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return failed(error),
    };
    let size = found.size;
    let parts = futures::stream::try_unfold((1, 0), move |(no, sent)| {
        let (store, actor) = (request.store.clone(), who.actor.clone());
        async move {
            let part = async { packs::part(&mut store.read(&actor, request.now).await?, id, no).await };
            match part.await {
                Ok(Some(bytes)) => {
                    let sent = sent + i64::try_from(bytes.len()).unwrap_or_default();
                    Ok(Some((bytes, (no + 1, sent))))
                }
                Ok(None) if sent == size => Ok(None),
                ended => {
                    tracing::error!(error = ?ended.err(), "an archive ended early");
                    // The reader sees a broken answer, not a shorter archive.
                    Err(io::Error::other("the archive ended early"))
                }
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, found.size.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", found.name)),
    ];
    (headers, Body::from_stream(parts)).into_response()
}
