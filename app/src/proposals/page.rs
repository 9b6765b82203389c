//! A proposed cart: every line then and now, to take over or to decline.

use domain::proposals::ProposalPage;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{Accept, Decline, ReadProposal};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::orders::then_and_now;
use crate::ui::{Button, ButtonKind, Card, Notice, PageHeader, Tone};

/// One proposal.
#[component]
pub fn Proposal() -> impl IntoView {
    let params = use_params_map();
    let (accept, decline) = (Act::of::<Accept>(), Act::of::<Decline>());
    let question = move || ReadProposal { id: params.read().get("id").unwrap_or_default() };
    view! {
        <Title text="Proposed cart"/>
        {reloaded(move || accept.version() + decline.version(), question, move |page| show(page, accept, decline))}
    }
}

fn show(page: ProposalPage, accept: Act, decline: Act) -> AnyView {
    let row = page.row;
    let id = row.id.to_string();
    let count = text::counted(row.lines, "line", "lines");
    let rows = page.lines.into_iter().map(|l| then_and_now(l, ().into_any())).collect_view();
    let said = (!row.note.is_empty())
        .then(|| view! { <Notice tone=Tone::Info title=format!("{}:", row.by)>{row.note}</Notice> });
    let answered =
        (!page.answer.is_empty()).then(|| view! { <Notice tone=Tone::Neutral title=format!("{}.", page.answer)/> });
    let acts = page.can_answer.then(|| {
        let again = id.clone();
        view! {
            <div class="acts">
                <Form act=accept>
                    <input type="hidden" name="id" value=id/>
                    <Button kind=ButtonKind::Primary>"Add to my cart"</Button>
                </Form>
                <Form act=decline>
                    <input type="hidden" name="id" value=again/>
                    <Button>"Decline"</Button>
                </Form>
            </div>
            <p class="dim small">"Lines are added to what is in your cart already; nothing is replaced, nothing is ordered yet."</p>
        }
    });
    view! {
        <PageHeader title=format!("Proposed by {}", row.by) note=text::date_time(row.at) back=("Cart", "/cart")/>
        {accept.complaint()}
        {decline.complaint()}
        {answered}
        {said}
        <Card title="Then and now" note=count flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Product"</th>
                        <th scope="col" class="num">"Proposed"</th>
                        <th scope="col" class="num">"Now"</th>
                        <th scope="col">"What has changed"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
        <p>"What can be ordered now: " <strong class="money">{text::money(page.total)}</strong> " before tax and delivery."</p>
        {acts}
    }
    .into_any()
}
