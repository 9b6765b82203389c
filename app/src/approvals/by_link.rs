//! Deciding from a mail, without signing in: the GET shows, the POST decides.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::actions::{DecideByLink, ReadLinkedApproval};
use crate::act::Act;
use crate::load::loaded;
use crate::ui::{Bare, Button, ButtonKind, TextArea};
use domain::text;

/// The order behind a link, with the buttons; or what has become of it.
#[component]
pub fn ByLink() -> impl IntoView {
    let act = Act::of::<DecideByLink>();
    let (params, query) = (use_params_map(), use_query_map());
    let token = move || params.read().get("token").unwrap_or_default();
    let did = query.read_untracked().get("did");
    let body = match did.as_deref() {
        Some(did) => {
            let words = match did {
                "rejected" => "You rejected the order. Its lines are back in the buyer’s cart.",
                "returned" => "The order changed meanwhile and went back to the buyer.",
                "asked" => "Your question is with the buyer.",
                _ => "You approved the order.",
            };
            view! { <h1>"Thank you"</h1><p>{words}</p><p><a class="link" href="/approvals">"To your approvals"</a></p> }
                .into_any()
        }
        None => loaded(
            move || ReadLinkedApproval { token: token() },
            move |linked| {
                let page = linked.page;
                let lines = page
                    .lines
                    .iter()
                    .map(|l| {
                        view! {
                            <tr>
                                <td>{l.line.name.clone()}</td>
                                <td class="num">{l.line.quantity.to_string()}</td>
                                <td class="num strong">{text::money(l.line.net)}</td>
                            </tr>
                        }
                    })
                    .collect_view();
                let budget = page.budget.as_ref().map(super::approval::budget_card);
                let note = (!page.note.is_empty()).then(|| view! { <blockquote>{page.note.clone()}</blockquote> });
                view! {
                    <h1>{format!("{} for {}", page.row.number, text::money(page.row.total))}</h1>
                    <p>{format!("Hello {}. {} asks for your approval: {}.", linked.name, page.row.requester, page.row.rules.join(", "))}</p>
                    {note}
                    <table class="rows"><tbody>{lines}</tbody></table>
                    {budget}
                    <form method="post" action=DecideByLink::url() class="form stack">
                        <input type="hidden" name="token" value=token()/>
                        <input type="hidden" name="version" value=page.row.version/>
                        <TextArea label="Reason or question" name="words" rows=2 hint="Needed to reject or to ask"/>
                        <div class="acts thumbs">
                            <Button kind=ButtonKind::Primary name="verdict" value="approve">"Approve"</Button>
                            <Button kind=ButtonKind::Danger name="verdict" value="reject">"Reject"</Button>
                            <Button name="verdict" value="question">"Ask"</Button>
                        </div>
                    </form>
                }
                .into_any()
            },
        ),
    };
    view! {
        <Title text="Approve an order"/>
        <Bare brand="Buyerdesk">
            {act.complaint()}
            {body}
        </Bare>
    }
}
