//! Proposals that wait, above the cart; and the form that leaves one.

use domain::proposals::{ProposalRow, Proposals};
use domain::text;
use leptos::prelude::*;

use super::actions::{Propose, ReadProposals};
use crate::act::{Act, Form};
use crate::load::loaded;
use crate::ui::{Button, ButtonKind, Confirm, Notice, TextArea, Tone};

/// What waits for the member, and for whoever acts for the member the form that leaves a proposal.
pub fn beside_the_cart() -> AnyView {
    let propose = Act::of::<Propose>();
    loaded(|| ReadProposals {}, move |page| show(page, propose))
}

fn show(page: Proposals, propose: Act) -> AnyView {
    let form = page.mine.filter(|n| *n > 0).map(|n| {
        let (member, lines) = (page.member.clone(), text::counted(n, "line", "lines"));
        view! {
            {propose.complaint()}
            <Confirm id="propose" label="Propose this cart…" title="Leave it as a proposed cart">
                <Form act=propose class="stack">
                    <p>{format!("The {lines} that you added leave this cart. {member} sees them as a proposal and decides. What {member} added stays.")}</p>
                    <TextArea label="Note" name="note" hint="Optional" rows=2 maxlength=500/>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Propose this cart"</Button>
                    </div>
                </Form>
            </Confirm>
        }
    });
    view! {
        {page.waiting.into_iter().map(notice).collect_view()}
        {form}
    }
    .into_any()
}

fn notice(r: ProposalRow) -> AnyView {
    let lines = text::counted(r.lines, "line", "lines");
    let note = if r.note.is_empty() { String::new() } else { format!("“{}” ", r.note) };
    view! {
        <Notice tone=Tone::Info title=format!("{} proposes a cart with {lines}.", r.by)>
            {note}
            <a href=format!("/cart/proposals/{}", r.id)>"Look at the proposal"</a>
        </Notice>
    }
    .into_any()
}
