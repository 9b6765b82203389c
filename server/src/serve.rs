//! The router and the server.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use anyhow::Context as _;
use app::request::{Assets, Request};
use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::Problem;
use http_body_util::Limited;
use leptos::config::LeptosOptions;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list};
use store::Store;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::services::{ServeDir, ServeFile};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::bank;
use crate::bell::{self, Bell};
use crate::config::Config;
use crate::protect::{Gate, headers, refuse, same_site, who_asks};
use crate::{demo, documents, mail, packs, parts, payments, quick, sessions};

/// Requests under way at once; beyond that the answer is "unavailable", at once.
const IN_FLIGHT: usize = 512;
/// The longest a request may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The largest form.
const BODY: usize = 256 * 1024;
/// The largest file, with the form around it.
const FILE: usize = store::files::MOST_BYTES + 64 * 1024;

/// Reads the addresses of the browser's bundle; without a bundle pages work as plain HTML.
pub fn assets(config: &Config) -> Assets {
    let manifest =
        std::fs::read(config.site.join("manifest.json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    manifest.unwrap_or_else(|| {
        tracing::warn!(site = %config.site.display(), "no bundle found: pages have no style and no scripts");
        Assets::default()
    })
}

/// The pages there are. Listed once: while the framework lists them, no resource in the whole process begins to load,
/// and a page that is rendered meanwhile waits for ever (`leptos_server` 0.8.8, one flag for all).
pub fn pages() -> Vec<AxumRouteListing> {
    static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));
    PAGES.clone()
}

/// Every route there is, with all layers.
pub fn router(store: Store, config: Arc<Config>) -> Router {
    let assets = Arc::new(assets(&config));
    app::packed::set_build(assets.build());
    let gate = Gate { store: store.clone(), config: config.clone(), assets };
    let provider = payments::of(&config.cards);
    let options =
        LeptosOptions::builder().output_name("buyerdesk").site_root(config.site.to_string_lossy().into_owned()).build();
    let unknown = leptos_axum::render_app_async(app::shell);

    let mut routes = Router::new()
        .route("/invoices.csv", get(documents::csv))
        .route("/statement.csv", get(documents::statement))
        .route("/payments/{number}/code.svg", get(documents::code))
        .route("/payments/{number}/card", get(payments::card))
        .route("/webhooks/payments/{provider}", post(payments::message))
        .route("/invoices.xlsx", get(documents::xlsx))
        .route("/quotes/{number}/files", post(documents::attach))
        .route("/quotes/{number}/files/{id}", get(documents::attached))
        .route("/disputes/{id}/files", post(documents::show_evidence))
        .route("/disputes/{id}/files/{file}", get(documents::evidence))
        .route("/quick-order/files", post(quick::upload))
        .route("/part-numbers/files", post(parts::upload))
        .route("/quick-order/open.csv", get(quick::open))
        .route("/products/{sku}/barcode.svg", get(quick::barcode))
        .route("/packs/{id}/download", get(packs::download))
        .route("/finance/bank/files", post(bank::statement))
        .route("/api/notices/live", get(bell::live).layer(Extension(Bell::new(store.clone()))))
        .route("/calendar/{token}/deliveries.ics", get(documents::calendar))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        // Asked for by browsers themselves, beside a document without a head of its own.
        .route_service("/favicon.ico", ServeFile::new(config.site.join("favicon.svg")))
        .leptos_routes(&options, pages(), app::shell)
        .nest_service("/media", ServeDir::new(&config.media).append_index_html_on_directories(false));
    if config.demo {
        routes = routes
            .route("/demo/mail", get(mail::mailbox))
            .route("/demo/sign-in", post(demo::sign_in))
            .route("/demo/pay/{id}", get(payments::sandbox::page).post(payments::sandbox::pay))
            .route("/ui", get(leptos_axum::render_app_async(app::gallery_shell)));
    }
    let site =
        ServeDir::new(&config.site).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
    let routes = routes.fallback_service(site.fallback(get(unknown))).with_state(options);

    // From the innermost to the outermost.
    routes
        .layer(from_fn(documents::files))
        .layer(Extension(provider))
        .layer(from_fn_with_state(gate.clone(), who_asks))
        .layer(sessions::layer(store, config.secure()))
        .layer(from_fn_with_state(gate.clone(), same_site))
        .layer(from_fn(sized))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(
            ServiceBuilder::new()
                .layer(HandleErrorLayer::new(|_: tower::BoxError| async { refuse(&Problem::Unavailable, true) }))
                .load_shed()
                .layer(GlobalConcurrencyLimitLayer::new(IN_FLIGHT)),
        )
        .layer(TraceLayer::new_for_http())
        .layer(CatchPanicLayer::new())
        .layer(compression())
        .layer(from_fn_with_state(gate, headers))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// Pages and answers are packed as they go out, lightly: a page of the catalog becomes a sixth. The built files are packed already, and
/// documents and pictures are of formats that are. No page holds both a secret and what somebody else could have put there to find it out.
fn compression() -> CompressionLayer<impl Predicate> {
    let [pdf, zip, xlsx] = ["application/pdf", "application/zip", documents::XLSX].map(NotForContentType::const_new);
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(pdf).and(zip).and(xlsx))
}

/// Refuses what is larger than it may be: forms, and more for an attached file. Said by the request's length where it has one, else
/// where reading it goes beyond.
async fn sized(request: axum::extract::Request, next: Next) -> Response {
    let file = *request.method() == Method::POST && request.uri().path().ends_with("/files");
    let most = if file { FILE } else { BODY };
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    if length.is_some_and(|n: usize| n > most) {
        return (StatusCode::PAYLOAD_TOO_LARGE, "This is too large. Nothing was done.\n").into_response();
    }
    next.run(request.map(|body| Body::new(Limited::new(body, most)))).await
}

/// `/readyz`: the database answers and its schema is this program's.
async fn ready(Extension(request): Extension<Request>) -> Response {
    match request.store.ready().await {
        Ok(true) => "ready\n".into_response(),
        Ok(false) => {
            (StatusCode::SERVICE_UNAVAILABLE, "the schema is older than this program: run `buyerdesk migrate`\n")
                .into_response()
        }
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// Serves until told to stop. Refuses to run as a role that could see past row-level security.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let store = Store::connect(&config.database_url, config.connections).await.context("connecting to DATABASE_URL")?;
    anyhow::ensure!(
        store.ready().await.unwrap_or(false),
        "the schema is not this program's: run `buyerdesk migrate` first"
    );
    let dangerous = store.dangerous_rights().await?;
    anyhow::ensure!(
        dangerous.is_empty(),
        "DATABASE_URL must not be such a powerful role:\n  {}",
        dangerous.join("\n  ")
    );
    let config = Arc::new(config);
    tokio::spawn(mail::work(store.clone(), config.mailer.clone(), config.public_origin.clone()));
    tokio::spawn(packs::work(store.clone()));
    let seeker = store.clone();
    tokio::spawn(async move {
        loop {
            if let Err(error) = store::search::refresh(&seeker, crate::clock::now()).await {
                tracing::warn!(%error, "the search index is not as new as the catalog");
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    });
    let housekeeper = store.clone();
    tokio::spawn(async move {
        loop {
            if let Err(error) = store::accounts::sessions::sweep(&housekeeper, crate::clock::now()).await {
                tracing::warn!(%error, "expired sessions could not be swept");
            }
            if let Err(error) = store::quotes::expire(&housekeeper, crate::clock::now()).await {
                tracing::warn!(%error, "quotes whose last day is over were not closed");
            }
            if let Err(error) = store::payments::expire(&housekeeper, crate::clock::now()).await {
                tracing::warn!(%error, "payments that never came still keep their invoices");
            }
            if let Err(error) = store::reminders::remind_all(&housekeeper, crate::clock::now()).await {
                tracing::warn!(%error, "accounts were not told what they want to be told");
            }
            if let Err(error) = store::packs::expire(&housekeeper, crate::clock::now()).await {
                tracing::warn!(%error, "finance packs are kept for too long");
            }
            if let Err(error) = store::schedules::run(&housekeeper, crate::clock::now()).await {
                tracing::warn!(%error, "a recurring order was neither placed nor asked about");
            }
            if let Err(error) = store::alerts::run(&housekeeper, crate::clock::now()).await {
                tracing::warn!(%error, "not everybody was told of prices, stock and budgets");
            }
            if let Err(error) = store::approvals::chase(&housekeeper, crate::clock::now()).await {
                tracing::warn!(%error, "nobody was reminded of what waits");
            }
            tokio::time::sleep(Duration::from_mins(10)).await;
        }
    });
    let listener =
        tokio::net::TcpListener::bind(config.addr).await.with_context(|| format!("listening on {}", config.addr))?;
    tracing::info!(addr = %config.addr, origin = %config.public_origin, "serving");
    let router = router(store, config).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, router).with_graceful_shutdown(stop()).await?;
    Ok(())
}

async fn stop() {
    let interrupt = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    #[cfg(unix)]
    let terminate = async {
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
