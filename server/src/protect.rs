//! The layers around every request: cross-site posts, who asks, headers.

use std::net::SocketAddr;
use std::sync::Arc;

use app::ActionError;
use app::request::{ASSISTANCE, Assets, Request};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::{AccountId, AssistanceId, PersonId};
use domain::{Cause, Problem};
use store::Store;
use tower_sessions::Session;

use crate::config::{Cards, Config};

/// What the layers know.
#[derive(Clone)]
pub struct Gate {
    /// The database.
    pub store: Store,
    /// Configuration.
    pub config: Arc<Config>,
    /// The browser's bundle.
    pub assets: Arc<Assets>,
}

/// Pages and calls that need no session. Everything else does: a new route is closed until it is named here.
const OPEN: &[&str] = &[
    "/login",
    "/forgot",
    "/register",
    "/api/accounts/sign-in",
    "/api/accounts/forgot",
    "/api/accounts/link",
    "/api/accounts/redeem",
    "/api/accounts/register",
    "/api/accounts/registration",
    "/api/accounts/confirm-registration",
    "/api/approvals/by-link",
    "/api/approvals/decide-by-link",
    "/healthz",
    "/readyz",
    "/favicon.svg",
    "/favicon.ico",
];
/// The same by prefix.
const OPEN_BELOW: &[&str] =
    &["/pkg/", "/demo/", "/register/", "/reset/", "/invite/", "/approve/", "/calendar/", "/webhooks/"];
/// Calls that are the person's own, whoever they act for: they work when that is over, too.
const OWN: &[&str] = &["/api/accounts/frame", "/api/accounts/sign-out", "/api/assistance/stop"];

/// Whether nobody needs to be signed in for this path.
pub fn is_open(path: &str) -> bool {
    OPEN.contains(&path) || OPEN_BELOW.iter().any(|prefix| path.starts_with(prefix))
}

/// Refuses writes that another site made the browser send: `Sec-Fetch-Site`, else `Origin`, must say that it was ours.
/// A request that says neither is refused unless it carries no cookie (and so can do nothing in anyone's name).
pub async fn same_site(State(gate): State<Gate>, request: axum::extract::Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD)
        || came_from_us(request.headers(), &gate.config.public_origin)
    {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This form was sent from another site. Nothing was done.\n").into_response()
}

fn came_from_us(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("invalid"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(from)) => from == origin,
        (None, None) => !headers.contains_key(header::COOKIE),
    }
}

/// Finds out who asks, in the one place; turns strangers away; hands the request on with its [`Request`].
pub async fn who_asks(
    State(gate): State<Gate>,
    session: Session,
    mut request: axum::extract::Request,
    next: Next,
) -> Response {
    let now = crate::clock::now();
    let path = request.uri().path().to_owned();
    let html =
        request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"));
    let address = address(&request, gate.config.trust_proxy);
    let (who, over) = match who(&session, &address, now).await {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(%error, "who asks could not be found out");
            return refuse(&Problem::Unavailable, html);
        }
    };
    if who.is_none() && !is_open(&path) {
        if html && *request.method() == Method::GET && !path.starts_with("/api/") {
            let wanted = request.uri().path_and_query().map_or("/", |p| p.as_str());
            let next: String = form_urlencode(wanted);
            return Redirect::to(&if wanted == "/" { "/login".to_owned() } else { format!("/login?next={next}") })
                .into_response();
        }
        return refuse(&Problem::Unauthenticated, html);
    }
    let page = html && !path.starts_with("/api/") || path == "/api/accounts/frame";
    if over && path.starts_with("/api/") && !OWN.contains(&path.as_str()) {
        // What was meant for the member is not done as somebody else.
        return acted_too_long(&session, html).await;
    }
    if over && page && session.remove_value(ASSISTANCE).await.is_ok() {
        let told = session.insert("flash", Cause::OnBehalfOver.to_string()).await;
        told.unwrap_or_else(|error| tracing::warn!(%error, "nobody is told that acting is over"));
    }
    // Looked at first: taking out what is not there would still write the session.
    let waiting = who.is_some() && page && matches!(session.get::<String>("flash").await, Ok(Some(_)));
    let flash = if waiting { session.remove::<String>("flash").await.unwrap_or_default() } else { None };
    let device = device(request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default());
    request.extensions_mut().insert(Request {
        store: gate.store,
        now,
        who,
        flash,
        origin: gate.config.public_origin.clone(),
        session,
        address,
        device,
        demo: gate.config.demo,
        cards: gate.config.cards != Cards::None,
        assets: gate.assets,
    });
    next.run(request).await
}

/// Who asks; and whether they acted for a member until now, and do not any more.
async fn who(
    session: &Session,
    address: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(Option<store::accounts::Who>, bool), String> {
    let (person, asking) = crate::sessions::asking(session.get::<PersonId>("person")).await;
    if person.map_err(|e| e.to_string())?.is_none() {
        return Ok((None, false));
    }
    let asking = asking.ok_or("the session was loaded before who asks was asked")?;
    let helps: Option<(AccountId, AssistanceId)> = session.get(ASSISTANCE).await.map_err(|e| e.to_string())?;
    match asking.who(now, address) {
        Ok(who) => {
            let over = helps.is_some() && who.actor.behalf().is_none();
            Ok((Some(who), over))
        }
        Err(store::Error::Problem(Problem::Unauthenticated)) => Ok((None, false)),
        Err(error) => Err(error.to_string()),
    }
}

/// The answer to a call of a page that is older than the end of acting for somebody.
async fn acted_too_long(session: &Session, html: bool) -> Response {
    let problem = Problem::Conflict(Cause::OnBehalfOver);
    if html {
        let done = async {
            session.remove_value(ASSISTANCE).await?;
            session.insert("flash", problem.to_string()).await
        };
        if let Err(error) = done.await {
            tracing::error!(%error, "the session could not be kept");
        }
        return Redirect::to("/").into_response();
    }
    let status = StatusCode::from_u16(app::problem::status(&problem)).unwrap_or(StatusCode::CONFLICT);
    (status, app::packed::write(&ActionError(problem)).unwrap_or_default()).into_response()
}

/// The answer to somebody who may not: a status and one sentence, whatever it was about.
pub fn refuse(problem: &Problem, html: bool) -> Response {
    let status = StatusCode::from_u16(app::problem::status(problem)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if html {
        return (status, format!("{problem}\n")).into_response();
    }
    let body = serde_json::json!({ "type": "about:blank", "title": problem.to_string(), "status": status.as_u16() });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

fn address(request: &axum::extract::Request, trust_proxy: bool) -> String {
    let forwarded =
        request.headers().get("x-forwarded-for").and_then(|v| v.to_str().ok()).and_then(|v| v.rsplit(',').next());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_string());
    let claimed = forwarded
        .and_then(|f| f.trim().parse::<std::net::IpAddr>().ok())
        .map(|ip| ip.to_string())
        .filter(|_| trust_proxy);
    claimed.or(peer).unwrap_or_default()
}

/// `Firefox on Windows`: enough to recognise one's own sessions.
fn device(agent: &str) -> String {
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(b), Some(s)) => format!("{b} on {s}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

fn form_urlencode(text: &str) -> String {
    text.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.') {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

/// Headers for every answer. Pages bring their own policy with their nonce; anything else may load nothing at all.
pub async fn headers(State(gate): State<Gate>, request: axum::extract::Request, next: Next) -> Response {
    let path = request.uri().path();
    let hashed = path.starts_with("/pkg/");
    let told = path == "/demo/mail" || path.starts_with("/demo/pay/");
    let drawn = path.starts_with("/demo/") && !told || path.starts_with("/favicon.");
    let mut response = next.run(request).await;
    let ok = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    );
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(header::HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=()");
    set(
        header::CACHE_CONTROL,
        match (ok && hashed, ok && drawn) {
            (true, _) => "public, max-age=31536000, immutable",
            (_, true) => "public, max-age=86400",
            _ => "private, no-store",
        },
    );
    if gate.config.secure() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (header::HeaderName::from_static(k), v.parse().expect("a header value"))).collect()
    }

    #[test]
    fn only_our_own_pages_may_write() {
        let ours = "https://orders.example";
        for (headers, allowed) in [
            (from(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]), true),
            (from(&[("sec-fetch-site", "none"), ("cookie", "a=b")]), true),
            (from(&[("sec-fetch-site", "same-site"), ("cookie", "a=b")]), false),
            (from(&[("sec-fetch-site", "cross-site"), ("origin", ours)]), false),
            (from(&[("origin", ours), ("cookie", "a=b")]), true),
            (from(&[("origin", "https://evil.example"), ("cookie", "a=b")]), false),
            (from(&[("origin", "null"), ("cookie", "a=b")]), false),
            (from(&[("cookie", "a=b")]), false),
            (from(&[]), true),
        ] {
            assert_eq!(came_from_us(&headers, ours), allowed, "{headers:?}");
        }
    }

    #[test]
    fn a_new_route_is_closed_until_it_is_named() {
        for path in [
            "/",
            "/catalog",
            "/orders",
            "/invoices/1.pdf",
            "/api/cart/add",
            "/media/a.jpg",
            "/loginx",
            "/sales/registrations",
            "/api/accounts/registrations",
            "/api/accounts/profile",
            "/ui",
        ] {
            assert!(!is_open(path), "{path}");
        }
    }

    #[test]
    fn devices_are_named_for_people() {
        assert_eq!(
            device("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"),
            "Chrome on Windows"
        );
        assert_eq!(device("curl/8"), "Unknown device");
    }
}
