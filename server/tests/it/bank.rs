//! Statements by the form: taken in for those who may, refused with a reason when they are none.

use domain::payments::Wanted;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::app::{App, Person};

async fn upload(person: &Person<'_>, file: &str) -> u16 {
    let form = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"statement.xml\"\r\n\r\n{file}\r\n--edge--\r\n"
    );
    let request = person.request(Method::POST, "/finance/bank/files").header("sec-fetch-site", "same-origin");
    let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=edge").body(form);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_statement_is_taken_in_by_those_who_may() {
    let app = App::start().await;
    let finance = app.world.actor("finance@acme.example").await;
    let mut tx = app.world.read(&finance).await;
    let page = store::payments::settling(&mut tx, Wanted::default(), None, false).await.unwrap();
    drop(tx);
    let due = &page.dues[0];
    let sample = include_str!("../../src/camt/sample.xml");
    let file = sample
        .replace("120.50", &domain::text::plain(due.open))
        .replace("<Ustrd>INV-2026-000</Ustrd><Ustrd>01 thanks</Ustrd>", &format!("<Ustrd>{}</Ustrd>", due.number));
    for (email, expected) in [("finance@acme.example", 403), ("rep@seller.example", 403)] {
        assert_eq!(upload(&app.sign_in(email).await, &file).await, expected, "{email}");
    }
    let service = app.sign_in("service@seller.example").await;
    for (file, says) in [
        ("no XML", "This file is empty, or not XML."),
        ("<a/>", "This is no camt.053 statement: BkToCstmrStmt is missing."),
        (&file, "5 payments: 1 booked, 4 to look at. 2 other entries were passed over."),
        (&file, "This file was taken in before. Nothing was done."),
    ] {
        assert_eq!(upload(&service, file).await, 303);
        let page = service.get("/finance/bank").await.text().await.unwrap();
        assert!(page.contains(says), "{says}: {page}");
    }
    let page = service.get("/finance/bank").await.text().await.unwrap();
    assert!(page.contains("Acme") && page.contains("names ") && page.contains("Set aside"), "{page}");
    app.world.assert_sound().await;
}
