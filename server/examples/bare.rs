//! The least that axum can do, for `make bench` to compare with: one route, one word.

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let router = axum::Router::new().route("/", axum::routing::get(|| async { "ok" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3301").await?;
    axum::serve(listener, router).await
}
