//! A finance pack from the form to the archive: every file is what the manifest says.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use crate::app::App;

fn files(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut file = zip.by_index(i).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn is(name: &str, ending: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|e| e == ending)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_pack_holds_every_document_and_its_manifest_verifies() {
    let app = App::start().await;
    let finance = app.sign_in("finance@acme.example").await;
    let form = [("from", "2026-01-01"), ("to", "2026-12-31"), ("documents", "all"), ("cost_centre", "")];
    let asked = finance.post_from("/packs", "/api/packs/ask", &form).await;
    assert_eq!(asked.status(), 302);
    assert_eq!(server::packs::drain(&app.world.store).await.unwrap(), 1);
    assert_eq!(server::packs::drain(&app.world.store).await.unwrap(), 0);

    let page = finance.get("/packs").await.text().await.unwrap();
    let href = page.split("href=\"").find(|h| h.starts_with("/packs/") && h.contains("/download")).unwrap();
    let answer = finance.get(href.split('"').next().unwrap()).await;
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let archive = answer.bytes().await.unwrap();
    let whole = hex::encode(Sha256::digest(&archive));
    assert!(page.contains(&whole), "the page names the archive's hash");

    let files = files(&archive);
    let listed = text(&files["manifest.csv"]).lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let listed: Vec<_> = listed.collect();
    assert_eq!(listed.len(), files.len() - 1, "all but the manifest itself");
    for line in &listed {
        let bytes = &files[line[0]];
        assert_eq!((line[1], line[2]), (bytes.len().to_string().as_str(), hex::encode(Sha256::digest(bytes)).as_str()));
    }
    let count = "SELECT count(*) FROM invoices i JOIN accounts a ON a.id = i.account_id WHERE a.number = '1001'";
    let documents = usize::try_from(app.world.number(count).await).unwrap();
    let ending = |ending: &str| files.keys().filter(|name| is(name, ending)).count();
    assert_eq!((ending("pdf"), ending("xml")), (documents, documents));
    assert!(files.iter().filter(|f| is(f.0, "pdf")).all(|f| f.1.starts_with(b"%PDF-")));
    let ledger = text(&files["ledger.csv"]);
    assert_eq!(ledger.lines().count(), documents + 1);
    assert!(
        ledger.contains("PO 88207") && ledger.starts_with("date,kind,number,order_number,po_number,cost_centre,"),
        "{ledger}"
    );
    assert!(text(&files["statement.csv"]).lines().count() > documents, "payments as well");

    // A document in it is the one that the portal gives out.
    let (name, bytes) = files.iter().find(|f| is(f.0, "pdf")).unwrap();
    let number = name.trim_start_matches("documents/").trim_end_matches(".pdf");
    let own = finance.get(&format!("/invoices/{number}.pdf")).await.bytes().await.unwrap();
    assert!(own == *bytes, "{number} in the pack is another document");
}

#[tokio::test]
async fn who_may_not_see_invoices_any_more_gets_no_pack() {
    let app = App::start().await;
    let finance = app.sign_in("finance@acme.example").await;
    let form = [("from", "2026-01-01"), ("to", "2026-12-31")];
    assert_eq!(finance.post_from("/packs", "/api/packs/ask", &form).await.status(), 302);
    app.world.sql("UPDATE members SET roles = '{viewer}' WHERE person_id = (SELECT id FROM people WHERE email = 'finance@acme.example')").await;
    server::packs::drain(&app.world.store).await.unwrap();
    let failed =
        "SELECT count(*) FROM finance_packs WHERE status = 'failed' AND NOT EXISTS (SELECT 1 FROM finance_pack_parts)";
    assert_eq!(app.world.number(failed).await, 1);
}
