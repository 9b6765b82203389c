//! On the invoice's page: where a line does not match, what is disputed, and the form to dispute it.

use domain::disputes::{Dispute, Mismatch, Reason, State};
use domain::text;
use leptos::prelude::*;

use crate::act::{Act, Form};
use crate::ui::attach::{Attachment, attach_form, attachments};
use crate::ui::{Button, ButtonKind, Card, Choice, Confirm, Field, Pill, Select, TextArea, Tone};

/// How a state looks; the word says the same.
pub(super) const fn tone(state: State) -> Tone {
    match state {
        State::Open => Tone::Warn,
        State::Accepted => Tone::Good,
        State::Declined | State::Withdrawn => Tone::Neutral,
    }
}

/// Where a line does not match order, contract or delivery.
pub fn mismatches(found: &[Mismatch]) -> AnyView {
    found.iter().map(|m| view! { <br/><span class="warn-ink small">{m.words()}</span> }).collect_view().into_any()
}

/// The form that disputes a line; its reason is the first mismatch's.
pub fn form(number: &str, line: i32, name: &str, found: &[Mismatch], act: Act) -> AnyView {
    let reasons = Reason::ALL.iter().map(|(_, code, label)| Choice::new(*code, *label)).collect::<Vec<_>>();
    let likely = found.first().map_or(Reason::Price, Mismatch::reason).code();
    let number = number.to_owned();
    let title = format!("Dispute “{name}”");
    view! {
        <Confirm id=format!("dispute-{line}") label="Dispute line…" title=title kind=ButtonKind::Plain>
            <p>"We are told at once, look into it and answer here. Until then it is not reminded of."</p>
            <Form act=act class="stack">
                <input type="hidden" name="number" value=number.clone()/>
                <input type="hidden" name="line" value=line/>
                <Select label="What is wrong" name="reason" id=format!("dispute-reason-{line}") options=reasons.clone() selected=likely/>
                <Field label="How many" name="quantity" id=format!("dispute-quantity-{line}") hint="Empty: all of them" chars=8/>
                <TextArea label="In your words" name="words" id=format!("dispute-words-{line}") required=true maxlength=1000/>
                <div class="acts">
                    <Button kind=ButtonKind::Primary>"Dispute line"</Button>
                </div>
            </Form>
        </Confirm>
    }
    .into_any()
}

/// Evidence as the page links it.
pub(super) fn evidence(d: &Dispute) -> AnyView {
    if d.evidence.is_empty() {
        return ().into_any();
    }
    let files = d.evidence.iter().map(|e| Attachment {
        name: e.name.clone(),
        href: format!("/disputes/{}/files/{}", d.id, e.id),
        size: e.size,
        note: String::new(),
    });
    attachments(files.collect())
}

/// What is and was disputed of an invoice; nothing when nothing was.
pub fn card(disputes: Vec<Dispute>, number: &str, may: bool, withdraw: Act) -> Option<AnyView> {
    if disputes.is_empty() {
        return None;
    }
    let shown = disputes.into_iter().map(|d| one(d, number, may, withdraw)).collect_view();
    Some(
        view! {
            <Card title="Disputes">
                {withdraw.complaint()}
                <ul class="plain stack">{shown}</ul>
            </Card>
        }
        .into_any(),
    )
}

fn one(d: Dispute, number: &str, may: bool, withdraw: Act) -> AnyView {
    let files = evidence(&d);
    let acts = (may && d.state == State::Open).then(|| {
        let (id, number) = (d.id.to_string(), number.to_owned());
        let attach = attach_form(format!("/disputes/{id}/files"), format!("file-{id}"));
        let says = format!("Take back the dispute of {}", d.name);
        view! {
            {attach}
            <Form act=withdraw class="acts">
                <input type="hidden" name="number" value=number/>
                <input type="hidden" name="id" value=id/>
                <Button says=says>"Take back"</Button>
            </Form>
        }
    });
    let credit = (!d.credit_note.is_empty()).then(|| {
        let href = format!("/invoices/{}", d.credit_note);
        view! { " " <a class="link" href=href>{d.credit_note.clone()}</a> }
    });
    let answer =
        (!d.answer.is_empty()).then(|| view! { <p>{format!("{}: “{}”", d.answered_by, d.answer)}{credit}</p> });
    view! {
        <li class="stack">
            <p>
                <strong>{d.name.clone()}</strong>
                " "
                <Pill tone=tone(d.state) text=d.state.label()/>
                <br/>
                <span class="dim small">
                    {format!("{} of it · {} · {}, {}", d.quantity, d.reason.label(), d.by, text::date_time(d.at))}
                </span>
            </p>
            <p class="pre">{d.words}</p>
            {files}
            {answer}
            {acts}
        </li>
    }
    .into_any()
}
