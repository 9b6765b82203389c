//! The real router on a real port, and clients that speak as people.

use std::sync::Arc;

use reqwest::header::{ACCEPT, COOKIE, SET_COOKIE};
use reqwest::{Client, Method, Response, redirect};
use server::config::{Cards, Config, Mailer};

use crate::world::World;

/// A running portal.
pub struct App {
    pub world: World,
    pub base: String,
}

/// Somebody's browser: their cookie and nothing else.
pub struct Person<'a> {
    app: &'a App,
    cookie: Option<String>,
    client: Client,
}

impl App {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let world = World::new().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let mut config = Config {
            database_url: String::new(),
            addr,
            public_origin: format!("http://{addr}"),
            site: "no-such-folder".into(),
            media: "no-such-folder".into(),
            mailer: Mailer::DemoMailbox,
            connections: 8,
            trust_proxy: false,
            cards: Cards::Sandbox("a secret of the tests".to_owned()),
            demo: false,
        };
        change(&mut config);
        let router = server::serve::router(world.store.clone(), Arc::new(config));
        let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { world, base: format!("http://{addr}") }
    }

    pub fn nobody(&self) -> Person<'_> {
        server::payments::stripe::tls();
        let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Person { app: self, cookie: None, client }
    }

    /// Signs in through the form, as a browser without scripts does.
    pub async fn sign_in(&self, email: &str) -> Person<'_> {
        let mut person = self.nobody();
        let form = [("email", email), ("password", store::demo::PASSWORD), ("next", "/")];
        let answer = person.post("/api/accounts/sign-in", &form).await;
        assert_eq!(answer.status(), 302, "{email} signs in");
        person.keep_cookie(&answer);
        person
    }
}

impl Person<'_> {
    pub fn keep_cookie(&mut self, answer: &Response) {
        if let Some(cookie) = answer.headers().get(SET_COOKIE) {
            self.cookie = Some(cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        }
    }

    /// Somebody who has got hold of a cookie.
    pub fn set_cookie(&mut self, cookie: &str) {
        self.cookie = Some(cookie.to_owned());
    }

    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.app.base));
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    /// A page, as a browser asks for it.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).header(ACCEPT, "text/html").send().await.unwrap()
    }

    /// A form, sent by one of our own pages, without scripts.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.post_from("/", path, form).await
    }

    /// The same from a certain page, to which a refusal leads back.
    pub async fn post_from(&self, page: &str, path: &str, form: &[(&str, &str)]) -> Response {
        let request =
            self.request(Method::POST, path).header(ACCEPT, "text/html").header("sec-fetch-site", "same-origin");
        request.header("referer", format!("{}{page}", self.app.base)).form(form).send().await.unwrap()
    }

    /// A call of the running app: the answer's status speaks.
    pub async fn call(&self, path: &str, form: &[(&str, &str)]) -> Response {
        let request =
            self.request(Method::POST, path).header(ACCEPT, "application/json").header("sec-fetch-site", "same-origin");
        request.form(form).send().await.unwrap()
    }

    /// A read of the running app.
    pub async fn read(&self, path: &str) -> Response {
        self.request(Method::GET, path).header(ACCEPT, "application/json").send().await.unwrap()
    }

    /// The page to which an answer sends the browser on.
    pub async fn follow(&self, answer: &Response) -> String {
        let to = answer.headers()["location"].to_str().unwrap();
        self.text(to.strip_prefix(&self.app.base).unwrap_or(to)).await
    }

    /// The page's text.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }
}
