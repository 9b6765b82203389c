//! How pages get what they show: one question a page, asked on the server while it renders, by the browser when it
//! navigates. All of it but the last step is the same code for every page, so that the browser's module has it once.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::Problem;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos::server_fn::ServerFn;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ActionError;
use crate::packed;
use crate::problem::problem_page;
use crate::ui::{Skeleton, later};

/// A server function that answers a page's question.
pub trait Question: ServerFn<Output = Self::Page, Error = ActionError> + Serialize + 'static {
    /// What the page shows.
    type Page: Clone + Send + Sync + Serialize + DeserializeOwned + 'static;
}

impl<Q, P> Question for Q
where
    Q: ServerFn<Output = P, Error = ActionError> + Serialize + 'static,
    P: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
{
    type Page = P;
}

/// A page's view of the answer to `question`: a skeleton while it loads, the problem when it fails. Asked again when
/// the question changes.
pub fn loaded<Q: Question>(
    question: impl Fn() -> Q + Clone + Send + Sync + 'static,
    show: impl Fn(Q::Page) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    reloaded(|| "", question, show)
}

/// Like [`loaded`], and asked and shown again when `version` changes: after an action, or when something else in the
/// address steers the view.
pub fn reloaded<Q: Question, V: std::fmt::Display>(
    version: impl Fn() -> V + Send + Sync + 'static,
    question: impl Fn() -> Q + Clone + Send + Sync + 'static,
    show: impl Fn(Q::Page) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    asked(version, question, show, later)
}

/// Like [`reloaded`], for a view that asks for more itself: it is taken over at once, only what it asks for a moment [`later`].
pub fn gathered<Q: Question, V: std::fmt::Display>(
    version: impl Fn() -> V + Send + Sync + 'static,
    question: impl Fn() -> Q + Clone + Send + Sync + 'static,
    show: impl Fn(Q::Page) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    asked(version, question, show, |view| view())
}

fn asked<Q: Question, V: std::fmt::Display>(
    version: impl Fn() -> V + Send + Sync + 'static,
    question: impl Fn() -> Q + Clone + Send + Sync + 'static,
    show: impl Fn(Q::Page) -> AnyView + Send + Sync + 'static,
    when: fn(Made) -> AnyView,
) -> AnyView {
    let asks = question.clone();
    page(
        Box::new(move || (version().to_string(), address(Q::PATH, serde_qs::to_string(&asks()).ok()))),
        Box::new(move |address| ask(&question, address)),
        Arc::new(move |answer: Answer| answer.read::<Q::Page>().map(&show)),
        when,
    )
}

/// Asks once, outside of a page's view.
pub async fn once<Q: Question>(question: impl Fn() -> Q) -> Result<Q::Page, Problem> {
    let address = address(Q::PATH, serde_qs::to_string(&question()).ok());
    ask(&question, address).await?.read()
}

fn address(path: &str, query: Option<String>) -> String {
    let query = query.unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// An answer, as it travels; on the server also as it is.
#[derive(Clone)]
struct Answer {
    text: Arc<str>,
    #[cfg(feature = "ssr")]
    value: Option<Arc<dyn std::any::Any + Send + Sync>>,
}

impl Answer {
    fn received(text: &str) -> Self {
        Self {
            text: text.into(),
            #[cfg(feature = "ssr")]
            value: None,
        }
    }

    fn read<T: Clone + DeserializeOwned + 'static>(&self) -> Result<T, Problem> {
        #[cfg(feature = "ssr")]
        if let Some(value) = self.value.as_ref().and_then(|v| v.downcast_ref::<T>()) {
            return Ok(value.clone());
        }
        packed::read(&self.text).map_err(|unread| {
            #[cfg(not(feature = "ssr"))]
            renew(unread);
            #[cfg(feature = "ssr")]
            let _ = unread;
            Problem::Unavailable
        })
    }
}

/// The server hands out another bundle now: the page comes anew, with it.
#[cfg(not(feature = "ssr"))]
fn renew(unread: packed::Unread) {
    if unread == packed::Unread::OtherBuild {
        // A browser that does not reload shows the problem.
        let _ = window().location().reload();
    }
}

type Asked = Result<Answer, Problem>;
type Coming<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Source = Box<dyn Fn() -> (String, String) + Send + Sync>;
type Ask = Box<dyn Fn(String) -> Coming<Asked> + Send + Sync>;
type Show = Arc<dyn Fn(Answer) -> Result<AnyView, Problem> + Send + Sync>;
type Made = Box<dyn FnOnce() -> AnyView + Send>;

fn page(source: Source, ask: Ask, show: Show, when: fn(Made) -> AnyView) -> AnyView {
    let resource: Resource<Asked, Wire> = Resource::new_with_options(source, move |(_, address)| ask(address), false);
    let view = move || {
        let show = show.clone();
        Suspend::new(async move {
            let asked = resource.await;
            when(Box::new(move || {
                asked.and_then(|answer| show(answer)).unwrap_or_else(|problem| problem_page(&problem))
            }))
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton rows=6/> }>{view}</Transition> }.into_any()
}

/// How an answer stands in the page: as it travels, or an exclamation mark and the problem.
struct Wire;

impl Encoder<Asked> for Wire {
    type Error = postcard::Error;
    type Encoded = String;

    fn encode(asked: &Asked) -> Result<String, postcard::Error> {
        match asked {
            Ok(answer) => Ok(answer.text.as_ref().to_owned()),
            Err(problem) => packed::write(problem).map(|text| format!("!{text}")),
        }
    }
}

impl Decoder<Asked> for Wire {
    type Error = Infallible;
    type Encoded = str;

    fn decode(text: &str) -> Result<Asked, Infallible> {
        Ok(match text.strip_prefix('!') {
            None => Ok(Answer::received(text)),
            Some(problem) => Err(packed::read(problem).unwrap_or(Problem::Unavailable)),
        })
    }
}

#[cfg(feature = "ssr")]
fn ask<Q: Question>(question: &impl Fn() -> Q, _address: String) -> Coming<Asked> {
    let question = question();
    Box::pin(async move {
        let page = question.run_body().await.map_err(|e| e.0)?;
        let text = packed::write(&page).map_err(|error| {
            tracing::error!(%error, "an answer could not be written");
            Problem::Unavailable
        })?;
        Ok(Answer { text: text.into(), value: Some(Arc::new(page)) })
    })
}

#[cfg(not(feature = "ssr"))]
fn ask<Q: Question>(_question: &impl Fn() -> Q, address: String) -> Coming<Asked> {
    Box::pin(fetch(address))
}

#[cfg(not(feature = "ssr"))]
async fn fetch(address: String) -> Asked {
    use leptos::server_fn::client::{Client, browser::BrowserClient};
    use leptos::server_fn::error::FromServerFnError as _;
    use leptos::server_fn::request::{ClientReq, browser::BrowserRequest};
    use leptos::server_fn::response::ClientRes;

    const ANY: &str = "*/*";
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    let answer = async {
        let request = <BrowserRequest as ClientReq<ActionError>>::try_new_get(path, ANY, ANY, query)?;
        let response = <BrowserClient as Client<ActionError>>::send(request).await?;
        let good = ClientRes::<ActionError>::status(&response) < 400;
        let text = ClientRes::<ActionError>::try_into_string(response).await?;
        if good { Ok(Answer::received(&text)) } else { Err(ActionError::de(text.into())) }
    };
    answer.await.map_err(|e: ActionError| e.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_problems_come_back_from_the_page_as_they_went_in() {
        let good: Asked = Ok(Answer::received(&packed::write(&("!", 1_u8)).expect("written")));
        let text = Wire::encode(&good).expect("written");
        assert_eq!(Wire::decode(&text).expect("any").expect("good").read::<(String, u8)>(), Ok(("!".to_owned(), 1)));
        let bad: Asked = Err(Problem::NotFound);
        let text = Wire::encode(&bad).expect("written");
        assert_eq!(Wire::decode(&text).expect("any").err(), Some(Problem::NotFound));
    }
}
