//! Acting for a member over HTTP: the session, the band, what an old page can still do, and the calendar.

use crate::app::{App, Person};

const REP: &str = "rep@seller.example";

async fn text(app: &App, sql: &str) -> String {
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&app.world.superuser).await.unwrap()
}

async fn jon(app: &App) -> String {
    text(
        app,
        "SELECT m.id::text FROM members m JOIN people p ON p.id = m.person_id WHERE p.email = 'buyer@acme.example'",
    )
    .await
}

/// Starts through the form; the cookie changes with it.
async fn act(app: &App, rep: &mut Person<'_>) {
    let member = jon(app).await;
    let form = [("customer", "1001"), ("member", member.as_str()), ("reason", "asked by phone")];
    let answer = rep.post_from("/sales/customers/1001", "/api/sales/act", &form).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (302, "/"));
    rep.keep_cookie(&answer);
}

#[tokio::test]
async fn the_sessions_id_changes_when_acting_begins_and_ends_and_the_band_says_so() {
    let app = App::start().await;
    let mut rep = app.sign_in(REP).await;
    let before = rep.cookie().unwrap().to_owned();
    act(&app, &mut rep).await;
    let during = rep.cookie().unwrap().to_owned();
    assert_ne!(before, during);
    let mut old = app.nobody();
    old.set_cookie(&before);
    assert_eq!(old.get("/sales").await.status(), 303, "the id of before is worth nothing");

    let page = rep.text("/catalog").await;
    for words in ["You act for Jon Bell, Acme Manufacturing.", "asked by phone", "60 minutes", "Stop"] {
        assert!(page.contains(words), "{words}");
    }
    // Nothing that is the member's alone, nothing of the rep's own.
    for path in [
        "/profile",
        "/notices",
        "/approvals",
        "/company/assistance",
        "/company/rules",
        "/sales",
        "/sales/customers/1001",
    ] {
        assert_eq!(rep.get(path).await.status(), 403, "{path}");
    }
    let other = rep.call("/api/accounts/switch", &[("account", "00000000-0000-0000-0000-000000000000")]).await;
    assert_eq!(other.status(), 404);

    let answer = rep.post("/api/assistance/stop", &[]).await;
    assert_eq!(answer.headers()["location"], "/sales/customers/1001");
    rep.keep_cookie(&answer);
    assert_ne!(rep.cookie().unwrap(), during);
    let mut old = app.nobody();
    old.set_cookie(&during);
    assert_eq!(old.get("/catalog").await.status(), 303, "the id of acting is worth nothing");
    let page = rep.text("/sales/customers/1001").await;
    assert!(page.contains("You no longer act for Jon Bell.") && !page.contains("You act for"));
    assert_eq!(rep.get("/catalog").await.status(), 403);
}

#[tokio::test]
async fn an_old_page_does_nothing_in_anybodys_name_when_the_time_is_over_and_the_rep_is_told() {
    let app = App::start().await;
    let mut rep = app.sign_in(REP).await;
    act(&app, &mut rep).await;
    let add = [("sku", "TM-5M"), ("quantity", "4"), ("back", "/cart")];
    assert_eq!(rep.call("/api/cart/add", &add).await.status(), 200);
    app.world
        .sql("UPDATE assistance SET started_at = now() - interval '61 minutes', expires_at = now() - interval '1 minute' WHERE state = 'running'")
        .await;
    let late = rep.call("/api/cart/add", &add).await;
    assert_eq!(late.status(), 409);
    let told = ::app::packed::read::<::app::ActionError>(&late.text().await.unwrap());
    assert_eq!(told.unwrap().0, domain::Problem::Conflict(domain::Cause::OnBehalfOver));
    let plain = rep.post("/api/cart/add", &add).await;
    assert_eq!(plain.headers()["location"], "/");
    let page = rep.text("/sales").await;
    assert!(page.contains("Your time on behalf of this customer is over."), "told on the next page");
    assert!(!page.contains("You act for"));
    let lines =
        app.world.number("SELECT sum(l.quantity)::bigint FROM cart_lines l WHERE l.assistance_id IS NOT NULL").await;
    assert_eq!(lines, 4, "once, while it was allowed");
    app.world.assert_sound().await;
}

#[tokio::test]
async fn what_the_account_ends_is_over_with_the_next_click() {
    let app = App::start().await;
    let mut rep = app.sign_in(REP).await;
    act(&app, &mut rep).await;
    let admin = app.sign_in("admin@acme.example").await;
    let page = admin.text("/company/assistance").await;
    assert!(page.contains("Ruth Ito for Jon Bell") && page.contains("asked by phone"));
    let id = text(&app, "SELECT id::text FROM assistance WHERE state = 'running'").await;
    assert_eq!(admin.call("/api/assistance/end", &[("id", &id)]).await.status(), 200);
    assert_eq!(rep.get("/catalog").await.status(), 403);
}

#[tokio::test]
async fn a_calendar_reads_its_address_without_a_session() {
    let app = App::start().await;
    let manager = app.sign_in("manager@acme.example").await;
    manager.post("/api/deliveries/renew-feed", &[]).await;
    let page = manager.text("/orders/open-lines").await;
    let url = page.split('"').find(|part| part.contains("/calendar/")).unwrap().to_owned();
    let path = url.strip_prefix(&app.base).unwrap();
    let calendar = app.nobody().get(path).await;
    assert_eq!(calendar.headers()["content-type"], "text/calendar; charset=utf-8");
    assert!(calendar.headers()["cache-control"].to_str().unwrap().contains("no-store"));
    assert!(calendar.text().await.unwrap().starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    manager.post("/api/deliveries/end-feed", &[]).await;
    assert_eq!(app.nobody().get(path).await.status(), 404);
    assert!(!manager.text("/orders/open-lines").await.contains("/calendar/"), "shown once");
}
