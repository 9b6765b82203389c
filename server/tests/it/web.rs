//! Cookies, cross-site posts, headers, and a whole day's work without scripts.

use reqwest::Method;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, SET_COOKIE};

use crate::app::{App, Person};

#[tokio::test]
async fn a_post_from_another_site_does_nothing() {
    let app = App::start().await;
    let buyer = app.sign_in("buyer@acme.example").await;
    for (header, value, allowed) in [
        ("sec-fetch-site", "cross-site", false),
        ("sec-fetch-site", "same-site", false),
        ("origin", "https://evil.example", false),
        ("origin", "null", false),
        ("x-nothing", "said", false),
        ("origin", app.base.as_str(), true),
        ("sec-fetch-site", "same-origin", true),
    ] {
        let form = [("sku", "TM-5M"), ("quantity", "1"), ("back", "/cart")];
        let answer = buyer
            .request(Method::POST, "/api/cart/add")
            .header(header, value)
            .header(ACCEPT, "application/json")
            .form(&form)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status() != 403, allowed, "{header}: {value}");
    }
    assert_eq!(app.world.number("SELECT COALESCE(sum(l.quantity), 0)::bigint FROM cart_lines l JOIN carts c ON c.id = l.cart_id WHERE c.in_use").await, 2);
}

#[tokio::test]
async fn the_cookie_is_host_bound_and_secure_over_https_and_its_id_changes_at_sign_in() {
    let plain = App::start().await;
    let answer = plain
        .nobody()
        .post(
            "/api/accounts/sign-in",
            &[("email", "buyer@acme.example"), ("password", store::demo::PASSWORD), ("next", "//evil.example")],
        )
        .await;
    assert_eq!(answer.headers()["location"], "/", "next never leads elsewhere");
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("buyerdesk=")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && !cookie.contains("Secure"),
        "{cookie}"
    );

    let secure = App::start_with(|c| c.public_origin = "https://orders.example".to_owned()).await;
    let answer = secure
        .nobody()
        .post(
            "/api/accounts/sign-in",
            &[("email", "buyer@acme.example"), ("password", store::demo::PASSWORD), ("next", "/")],
        )
        .await;
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("__Host-buyerdesk=")
            && cookie.contains("Secure")
            && cookie.contains("Path=/")
            && !cookie.contains("Domain"),
        "{cookie}"
    );
    assert!(answer.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn pages_are_packed_for_whoever_can_unpack_them_and_streams_and_documents_are_not() {
    let app = App::start().await;
    let buyer = app.sign_in("finance@acme.example").await;
    let number = app
        .world
        .text("SELECT min(i.number) FROM invoices i JOIN accounts a ON a.id = i.account_id WHERE a.number = '1001'")
        .await;
    let plain = buyer.request(Method::GET, "/invoices").header(ACCEPT, "text/html").send().await.unwrap();
    assert!(!plain.headers().contains_key(CONTENT_ENCODING), "nobody said that they could unpack it");
    let plain = plain.bytes().await.unwrap();
    assert!(plain.starts_with(b"<!DOCTYPE html>"));
    for (path, packed) in [
        ("/invoices", true),
        (&format!("/invoices/{number}.pdf"), false),
        ("/invoices.xlsx", false),
        ("/api/notices/live", false),
    ] {
        let answer = buyer
            .request(Method::GET, path)
            .header(ACCEPT, "text/html")
            .header(ACCEPT_ENCODING, "gzip, deflate")
            .send();
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers().contains_key(CONTENT_ENCODING), packed, "{path}");
        if packed {
            let bytes = answer.bytes().await.unwrap();
            assert!(
                bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() * 2 < plain.len(),
                "{} of {}",
                bytes.len(),
                plain.len()
            );
        }
    }
}

#[tokio::test]
async fn the_session_id_changes_with_the_account_and_the_old_one_is_worth_nothing() {
    let app = App::start().await;
    let mut both = app.sign_in("both@acme.example").await;
    let old = both.cookie().unwrap().to_owned();
    let globex: String = sqlx::query_scalar("SELECT id::text FROM accounts WHERE number = '1002'")
        .fetch_one(&app.world.superuser)
        .await
        .unwrap();
    let answer = both.post("/api/accounts/switch", &[("account", &globex)]).await;
    both.keep_cookie(&answer);
    assert_ne!(both.cookie().unwrap(), old);
    assert!(both.text("/").await.contains("Globex Logistics"));
    assert!(both.text("/").await.contains("Invoices"), "finance there");
    let stale =
        app.nobody().request(Method::GET, "/").header("cookie", &old).header(ACCEPT, "text/html").send().await.unwrap();
    assert_eq!(stale.status(), 303);
    both.post("/api/accounts/sign-out", &[]).await;
    assert_eq!(both.get("/").await.status(), 303);
}

#[tokio::test]
async fn every_page_carries_its_policy_and_no_inline_style() {
    let app = App::start().await;
    let buyer = app.sign_in("buyer@acme.example").await;
    for path in ["/", "/catalog", "/products/TP-48-CL", "/orders", "/profile", "/cart"] {
        let answer = buyer.get(path).await;
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.contains("default-src 'none'")
                && policy.contains("script-src 'nonce-")
                && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers()["cache-control"], "private, no-store");
        assert_eq!(answer.headers()["referrer-policy"], "same-origin");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert!(answer.headers().contains_key("x-request-id"));
        assert!(!answer.text().await.unwrap().contains(" style=\""), "{path}");
    }
}

#[tokio::test]
async fn the_demos_door_is_not_there_outside_of_the_demo() {
    let real = App::start().await;
    assert_eq!(
        real.nobody().post("/demo/sign-in", &[("email", "buyer@acme.example")]).await.status(),
        405,
        "no such route: only files are served there"
    );
    assert!(!real.nobody().text("/login").await.contains("buyer@acme.example"));
    let demo = App::start_with(|c| c.demo = true).await;
    assert!(demo.nobody().text("/login").await.contains("buyer@acme.example"));
    let mut person = demo.nobody();
    let answer = person.post("/demo/sign-in", &[("email", "finance@acme.example")]).await;
    person.keep_cookie(&answer);
    assert_eq!(person.get("/invoices").await.status(), 200);
    demo.world.sql("INSERT INTO people (id, email, name) VALUES (gen_random_uuid(), 'real@acme.example', 'R')").await;
    assert_eq!(demo.nobody().post("/demo/sign-in", &[("email", "real@acme.example")]).await.status(), 404);
}

#[tokio::test]
async fn a_refused_quantity_leads_to_its_own_field() {
    let app = App::start().await;
    let buyer = app.sign_in("buyer@acme.example").await;
    for (sku, back) in [("GL-CUT-D-9", "/catalog"), ("TM-5M", "/catalog")] {
        buyer.post("/api/cart/add", &[("sku", sku), ("quantity", "20"), ("back", back)]).await;
    }
    let refused = buyer.post_from("/cart", "/api/cart/set", &[("sku", "gl-cut-d-9"), ("quantity", "many")]).await;
    let page = buyer.follow(&refused).await;
    assert!(page.contains("href=\"#q-GL-CUT-D-9\"") && page.contains("id=\"q-GL-CUT-D-9\""), "{page}");
    let form = [("sku", "TM-5M"), ("quantity", "0"), ("back", "/products/TM-5M")];
    let refused = buyer.post_from("/products/TM-5M", "/api/cart/add", &form).await;
    let page = buyer.follow(&refused).await;
    assert!(page.contains("href=\"#q-TM-5M\"") && page.contains("id=\"q-TM-5M\""), "{page}");
}

#[tokio::test]
async fn the_icon_that_browsers_ask_for_themselves_is_the_one_of_the_pages() {
    let app = App::start_with(|c| c.site = concat!(env!("CARGO_MANIFEST_DIR"), "/../public").into()).await;
    let answer = app.nobody().get("/favicon.ico").await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"image/svg+xml".parse().unwrap()));
    assert_eq!(answer.headers()["cache-control"], "public, max-age=86400");
}

#[tokio::test]
async fn everybody_is_offered_a_search_of_what_they_may_see() {
    let app = App::start().await;
    for (email, action) in [
        ("buyer@acme.example", "/search"),
        ("finance@acme.example", "/invoices"),
        ("rep@seller.example", "/sales/customers"),
    ] {
        let page = app.sign_in(email).await.text("/profile").await;
        let form = page.split("role=\"search\"").nth(1).unwrap_or_default();
        assert!(form.split('>').next().unwrap_or_default().contains(&format!("action=\"{action}\"")), "{email}");
    }
}

/// The value of the first field with this name.
fn value(html: &str, name: &str) -> String {
    let at = html.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}"));
    html[at..].split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_day_without_scripts_from_the_cart_to_the_mail() {
    let app = App::start().await;
    let buyer = app.sign_in("buyer@acme.example").await;
    let added = buyer.post("/api/cart/add", &[("sku", "GL-CUT-D-9"), ("quantity", "180"), ("back", "/catalog")]).await;
    assert_eq!((added.status().as_u16(), added.headers()["location"].to_str().unwrap()), (302, "/catalog"));
    assert!(buyer.text("/catalog").await.contains("added to your cart"), "the flash");
    assert!(!buyer.text("/catalog").await.contains("added to your cart"), "once");
    let refused = buyer.post("/api/cart/set", &[("sku", "GL-CUT-D-9"), ("quantity", "many")]).await;
    let back = refused.headers()["location"].to_str().unwrap().to_owned();
    assert!(back.contains("__err="), "{back}");
    let page = buyer.text("/checkout").await;
    let (id, total, ship_to) = checkout(&page);
    let form = [
        ("order_id", id.as_str()),
        ("total", &total),
        ("po_number", "<script>PO</script>"),
        ("ship_to", &ship_to),
        ("partial_delivery", "true"),
    ];
    let placed = buyer.post("/api/cart/submit", &form).await;
    let order = placed.headers()["location"].to_str().unwrap().to_owned();
    assert!(order.starts_with("/orders/SO-2026-"), "{order}");
    assert_eq!(
        buyer.post("/api/cart/submit", &form).await.headers()["location"],
        order.as_str(),
        "a double click is one order"
    );
    let page = buyer.text(&order).await;
    assert!(page.contains("Confirmed") && page.contains("£4.60") && !page.contains("<script>PO"));
    let sent = server::mail::drain(&app.world.store, &server::config::Mailer::DemoMailbox, "http://portal.example")
        .await
        .unwrap();
    assert_eq!((sent, store::outbox::waiting(&app.world.store, server::clock::now()).await.unwrap()), (1, 0));
    app.world.assert_sound().await;
}

/// The values of `order_id`, `total` and the first address on a checkout page.
fn checkout(page: &str) -> (String, String, String) {
    let addresses = &page[page.find("name=\"ship_to\"").unwrap()..];
    let first = addresses.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    (value(page, "order_id"), value(page, "total"), first.to_owned())
}

#[tokio::test]
async fn without_scripts_a_refused_checkout_keeps_what_was_typed_for_who_typed_it_and_once() {
    let app = App::start().await;
    let mut buyer = app.sign_in("buyer@acme.example").await;
    let fill = [("sku", "GL-CUT-D-9"), ("quantity", "180"), ("back", "/cart")];
    buyer.post("/api/cart/add", &fill).await;
    let page = buyer.text("/checkout").await;
    let (id, total, _) = checkout(&page);
    let other = page.split("Line 4 store").next().unwrap().rsplit("value=\"").next().unwrap();
    let other = other.split('"').next().unwrap();
    let long = format!("PO {}", "7".repeat(40));
    let form = [
        ("order_id", id.as_str()),
        ("total", &total),
        ("po_number", &long),
        ("cost_centre", "PACK"),
        ("ship_to", other),
        ("requested_on", "2099-12-24"),
        ("note", "Ring the bell\n</textarea><b>twice"),
    ];
    let refused = buyer.post_from("/checkout", "/api/cart/submit", &form).await;
    let page = buyer.follow(&refused).await;
    assert!(page.contains("Shorten the PO number to 40 characters."), "{page}");
    assert_eq!((value(&page, "po_number"), value(&page, "requested_on")), (long.clone(), "2099-12-24".to_owned()));
    assert!(page.contains("\nRing the bell\n&lt;/textarea>&lt;b>twice</textarea>"), "{page}");
    for chosen in ["PACK", other] {
        let option = page.split(&format!("<option value=\"{chosen}\"")).nth(1).unwrap();
        assert!(option.split('>').next().unwrap().contains("selected"), "{chosen}: {page}");
    }
    let partial = page.split("name=\"partial_delivery\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(!partial.contains("checked"), "{partial}");
    assert_ne!(value(&page, "order_id"), id, "every page has an order of its own");
    assert!(!buyer.text("/checkout").await.contains("Ring the bell"), "once");

    // Somebody else at the same browser finds nothing; and it is gone after that.
    buyer.post_from("/checkout", "/api/cart/submit", &form).await;
    let sign_in = [("email", "both@acme.example"), ("password", store::demo::PASSWORD), ("next", "/")];
    let answer = buyer.post("/api/accounts/sign-in", &sign_in).await;
    buyer.keep_cookie(&answer);
    buyer.post("/api/cart/add", &fill).await;
    let page = buyer.text("/checkout").await;
    assert!(page.contains("name=\"po_number\"") && !page.contains("Ring the bell") && !page.contains(&long), "{page}");

    // Refused, not looked at, and sent in another tab: nothing is left for the next order.
    let (id, total, ship_to) = checkout(&page);
    let mut form = form;
    (form[0].1, form[1].1, form[4].1) = (&id, &total, &ship_to);
    buyer.post_from("/checkout", "/api/cart/submit", &form).await;
    form[2].1 = "PO 7";
    let placed = buyer.post_from("/checkout", "/api/cart/submit", &form).await;
    assert!(placed.headers()["location"].to_str().unwrap().starts_with("/orders/SO-"), "{:?}", placed.headers());
    buyer.post("/api/cart/add", &fill).await;
    let page = buyer.text("/checkout").await;
    assert!(page.contains("name=\"po_number\"") && !page.contains("Ring the bell") && !page.contains(&long), "{page}");
}

#[tokio::test]
async fn finance_downloads_the_document_and_the_filtered_list() {
    let app = App::start().await;
    let finance = app.sign_in("finance@acme.example").await;
    let number: String = sqlx::query_scalar("SELECT number FROM invoices WHERE po_number = 'PO 88350'")
        .fetch_one(&app.world.superuser)
        .await
        .unwrap();
    let pdf = finance.get(&format!("/invoices/{number}.pdf")).await;
    assert_eq!(pdf.headers()["content-type"], "application/pdf");
    assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF-"));
    let xml = finance.get(&format!("/invoices/{number}.xml")).await;
    assert_eq!(xml.headers()["content-type"], "application/xml");
    assert!(xml.headers()["content-disposition"].to_str().unwrap().ends_with(&format!("\"{number}.xml\"")));
    let xml = xml.text().await.unwrap();
    assert!(xml.contains(&format!("<cbc:ID>{number}</cbc:ID>")) && xml.contains("billing:3.0"), "{xml}");
    let page = finance.text(&format!("/invoices/{number}")).await;
    assert!(page.contains("Download XML") && page.contains("Standard rate, 20 % on"), "{page}");
    let xlsx = finance.get("/invoices.xlsx?show=all").await;
    assert!(xlsx.headers()["content-type"].to_str().unwrap().contains("spreadsheetml"));
    assert!(xlsx.bytes().await.unwrap().starts_with(b"PK"));
    app.world.sql("UPDATE invoices SET po_number = '=cmd()' WHERE po_number = 'PO 88350'").await;
    let csv = finance.text("/invoices.csv?show=all").await;
    assert_eq!(csv.lines().count(), 8, "{csv}");
    assert!(csv.contains("'=cmd()"), "a formula is text: {csv}");
    assert!(csv.contains("credit_note") && csv.contains(",-28.56,"), "a credit note counts against: {csv}");
    assert_eq!(finance.text("/invoices.csv?show=paid").await.lines().count(), 3);
}

#[tokio::test]
async fn customer_service_credits_lines_on_the_orders_page_and_finance_reads_why() {
    let app = App::start().await;
    let service = app.sign_in("service@seller.example").await;
    let row: (String, String) =
        sqlx::query_as("SELECT number, order_number FROM invoices WHERE po_number = 'PO 88350'")
            .fetch_one(&app.world.superuser)
            .await
            .unwrap();
    let (number, order) = row;
    let desk = format!("/sales/orders/{order}?customer=1001");
    let page = service.text(&desk).await;
    let id = page.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let form = [
        ("customer", "1001"),
        ("number", &number),
        ("order", &order),
        ("id", &id),
        ("quantities[1]", "2"),
        ("quantities[2]", ""),
        ("reason", "Two boxes were damaged"),
    ];
    for _ in 0..2 {
        let answer = service.post_from(&desk, "/api/sales/credit", &form).await;
        assert_eq!(answer.headers()["location"], desk.as_str());
    }
    let page = service.text(&desk).await;
    assert_eq!(page.matches(&format!("corrects {number}")).count(), 1, "two clicks are one: {page}");
    let finance = app.sign_in("finance@acme.example").await;
    let page = finance.text(&format!("/invoices/{number}")).await;
    assert!(page.contains("Corrected by"), "{page}");
    let note = page.split("/invoices/CN-").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let page = finance.text(&format!("/invoices/CN-{note}")).await;
    assert!(page.contains("Two boxes were damaged") && page.contains(&number), "{page}");
}

#[tokio::test]
async fn the_bell_rings_in_the_open_page_of_whoever_is_told_and_in_no_other() {
    let app = App::start().await;
    let (manager, finance) = (app.sign_in("manager@acme.example").await, app.sign_in("finance@acme.example").await);
    let live = async |person: &Person<'_>| {
        let answer = person.request(Method::GET, "/api/notices/live").send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        answer
    };
    let (mut told, mut other) = (live(&manager).await, live(&finance).await);
    let (admin, boss) = (app.world.actor("admin@acme.example").await, app.world.actor("manager@acme.example").await);
    let mut heard = None;
    // The server may begin to listen a moment after it begins to answer.
    for _ in 0..100 {
        let mut tx = app.world.begin(&admin).await;
        let today = tx.today();
        store::approvals::delegate(&mut tx, boss.member().unwrap(), today, today, None).await.unwrap();
        tx.commit().await.unwrap();
        if let Ok(chunk) = tokio::time::timeout(std::time::Duration::from_millis(100), told.chunk()).await {
            heard = chunk.unwrap();
            break;
        }
    }
    assert!(heard.is_some_and(|chunk| chunk.starts_with(b"data")), "an event");
    assert!(tokio::time::timeout(std::time::Duration::from_millis(200), other.chunk()).await.is_err(), "silence");
}
