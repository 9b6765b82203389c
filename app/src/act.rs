//! How forms act: a plain form post to a server function, which works without scripts; in the running app the same post
//! without leaving the page. One code for all forms: they know their function's address, not its type.

use domain::Problem;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;

use crate::ActionError;
use crate::layout::Refresh;
use crate::problem::complaint;

/// What a page's forms do when they are sent, and what came of it.
#[derive(Clone, Copy)]
pub struct Act {
    url: &'static str,
    version: RwSignal<usize>,
    problem: RwSignal<Option<Problem>>,
    busy: RwSignal<bool>,
    refresh: Option<Refresh>,
}

impl Act {
    /// Sends to the server function `S`.
    pub fn of<S: ServerFn>() -> Self {
        Self::to(S::PATH)
    }

    fn to(url: &'static str) -> Self {
        // After a post without scripts the answer is a redirect back, with the problem in the address.
        let told = use_context::<ServerActionError>().filter(|told| told.path() == url);
        let problem = told.map(|told| ServerFnUrlError::<ActionError>::decode_err(told.err()).0);
        Self {
            url,
            version: RwSignal::new(0),
            problem: RwSignal::new(problem),
            busy: RwSignal::new(false),
            refresh: use_context(),
        }
    }

    /// Counts the answers: what depends on them asks again.
    pub fn version(self) -> usize {
        self.version.get()
    }

    /// What the last answer complained about. Nothing once the page is gone: on the server a reader may leave while
    /// their page is being written.
    pub fn problem(self) -> Option<Problem> {
        self.problem.try_get().flatten()
    }

    /// The complaint, for above the form.
    pub fn complaint(self) -> AnyView {
        (move || complaint(self.problem())).into_any()
    }

    /// Whether a form is under way.
    #[cfg(not(feature = "ssr"))]
    pub fn is_busy(self) -> bool {
        self.busy.try_get_untracked().unwrap_or_default()
    }

    /// Sends a form in the running app. A second click while the first is under way does nothing.
    #[cfg(not(feature = "ssr"))]
    fn send(self, event: &SubmitEvent) {
        use leptos::wasm_bindgen::JsCast as _;

        let button = event.submitter().and_then(|b| b.dyn_into::<web_sys::HtmlButtonElement>().ok());
        // A button with an address of its own goes there, as it does without scripts.
        if event.default_prevented() || button.as_ref().is_some_and(|b| b.has_attribute("formaction")) {
            return;
        }
        event.prevent_default();
        let form = event.target().and_then(|t| t.dyn_into::<web_sys::HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let Ok(data) = web_sys::FormData::new_with_form(&form) else { return };
        if self.busy.get_untracked() {
            return;
        }
        if let Some(button) = button.filter(|b| !b.name().is_empty()) {
            let _ = data.append_with_str(&button.name(), &button.value());
        }
        let Ok(body) = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data) else { return };
        let body: String = body.to_string().into();
        self.busy.set(true);
        leptos::task::spawn_local(async move {
            let answer = post(self.url, body).await;
            if let Ok(Done::Moved) = answer {
                // Done with: what was typed must not wait there to be sent again.
                form.reset();
            }
            let mend = matches!(&answer, Err(ActionError(Problem::Invalid(_))));
            self.problem.try_set(answer.err().map(|e| e.0));
            self.busy.try_set(false);
            if mend {
                // What was typed stays as it is, to be mended.
                return;
            }
            self.version.try_update(|n| *n += 1);
            if let Some(refresh) = self.refresh {
                refresh.again();
            }
        });
    }

    #[cfg(feature = "ssr")]
    fn send(self, _event: &SubmitEvent) {
        let _ = (self.busy, self.refresh);
    }
}

/// How a server function answered.
#[cfg(not(feature = "ssr"))]
enum Done {
    /// It sends the person on.
    Moved,
    /// It told something; the form stays as it is.
    Stays,
}

/// Posts a form; follows the redirect that the server function asks for.
#[cfg(not(feature = "ssr"))]
async fn post(url: &str, body: String) -> Result<Done, ActionError> {
    use leptos::server_fn::client::{Client, browser::BrowserClient};
    use leptos::server_fn::error::FromServerFnError as _;
    use leptos::server_fn::redirect::call_redirect_hook;
    use leptos::server_fn::request::{ClientReq, browser::BrowserRequest};
    use leptos::server_fn::response::ClientRes;

    let request = <BrowserRequest as ClientReq<ActionError>>::try_new_post(
        url,
        "application/x-www-form-urlencoded",
        "application/json",
        body,
    )?;
    let response = <BrowserClient as Client<ActionError>>::send(request).await?;
    if ClientRes::<ActionError>::status(&response) >= 400 {
        let text = ClientRes::<ActionError>::try_into_string(response).await?;
        return Err(ActionError::de(text.into()));
    }
    if ClientRes::<ActionError>::has_redirect(&response) {
        call_redirect_hook(&ClientRes::<ActionError>::location(&response));
        return Ok(Done::Moved);
    }
    Ok(Done::Stays)
}

/// A form that acts.
#[component]
pub fn Form(
    /// What it does.
    act: Act,
    /// Its id, for fields that stand elsewhere on the page.
    #[prop(optional)]
    id: Option<&'static str>,
    /// Its class.
    #[prop(optional)]
    class: &'static str,
    /// Fields and buttons.
    children: Children,
) -> AnyView {
    view! {
        <form method="post" action=act.url id=id class=class on:submit=move |event| act.send(&event)>
            {children()}
        </form>
    }
    .into_any()
}
