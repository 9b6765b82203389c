//! A quote as the customer sees it: what is offered, accepting it, and the talk about it.

use domain::quotes::{Action, Line, Offer, Ordered, QuotePage, Status, Version, left};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{Accept, Answer, ReadQuote};
use super::parts::{asked, closing, details, files, line_notes, offered, talking, thread, versions};
use super::tone;
use crate::act::{Act, Form};
use crate::approvals::progress;
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Checkbox, Choice, Field, Kind, Notice, PageHeader, Select, TextArea, Tone,
};

/// One quote.
#[component]
pub fn Quote() -> impl IntoView {
    let params = use_params_map();
    let (accept, answer, talk) = (Act::of::<Accept>(), Act::of::<Answer>(), talking());
    let version = move || accept.version() + answer.version() + talk.version();
    let question = move || ReadQuote { number: params.read().get("number").unwrap_or_default() };
    view! {
        {accept.complaint()}
        {answer.complaint()}
        {talk.complaint()}
        {reloaded(version, question, move |page| show(page, accept, answer, talk))}
    }
}

fn show(mut page: QuotePage, accept: Act, answer: Act, talk: Act) -> AnyView {
    let number = page.row.number.clone();
    let may_talk = page.can.contains(&Action::Talk);
    let aside = details(&page);
    let (request, shown, said) = (page.request.take(), page.shown.take(), std::mem::take(&mut page.thread));
    let (attached, all) = (std::mem::take(&mut page.files), std::mem::take(&mut page.versions));
    let form = page.accept.take();
    let hint = hint(&page);
    let answers = answers(&page, answer);
    let again = matches!(page.row.status, Status::Withdrawn | Status::Refused).then(|| {
        view! { <ButtonLink href=format!("/quotes/new?from=quote:{number}")>"Ask again"</ButtonLink> }
    });
    let (offer, side) = match (&shown, form) {
        (Some(version), Some(form)) => (choices(version, &page.ordered), acceptance(form, version, &number, accept)),
        (Some(version), None) => (offered(version, format!("Version {}", version.no)), ().into_any()),
        (None, _) => (().into_any(), ().into_any()),
    };
    let (totals, words) = shown.as_ref().map(closing).unzip();
    view! {
        <Title text=format!("Quote {number}")/>
        <PageHeader title=page.row.title.clone() back=("Quotes", "/quotes") status=(tone(page.row.status), page.row.status.label()) note=number.clone()>
            {again}
        </PageHeader>
        {hint}
        <div class="cols">
            <div class="stack">
                {offer}
                {words}
                {request.as_ref().map(asked)}
                {thread(said, &number, may_talk.then_some(talk), false)}
                {files(attached, &number, may_talk)}
            </div>
            <div class="stack">
                {side}
                {totals}
                {answers}
                {aside}
                {versions(all, &number, "/quotes")}
            </div>
        </div>
    }
    .into_any()
}

/// What follows from where it stands.
fn hint(page: &QuotePage) -> AnyView {
    let contact = page.contact.as_ref().map_or("We", |(name, _)| name.as_str());
    let (tone, title, words) = match page.row.status {
        Status::Requested => {
            (Tone::Info, format!("{contact} will answer."), "You hear by mail. Add files or a message at any time.")
        }
        Status::ChangesAsked => (
            Tone::Info,
            format!("{contact} will answer with a new version."),
            "What was offered before cannot be accepted any more.",
        ),
        Status::PartlyAccepted => {
            (Tone::Info, "A part is ordered.".to_owned(), "The rest can be ordered at the same prices.")
        }
        Status::Expired => (
            Tone::Warn,
            "This quote is over.".to_owned(),
            "Ask for changes below, and it is renewed or answered with another offer.",
        ),
        _ => return ().into_any(),
    };
    view! { <Notice tone=tone title=title>{words}</Notice> }.into_any()
}

/// Asking for changes, saying no, taking the request back.
fn answers(page: &QuotePage, answer: Act) -> AnyView {
    let has = |action| page.can.contains(&action);
    let (changes, declines, withdraws) = (has(Action::AskChanges), has(Action::Decline), has(Action::Withdraw));
    if !changes && !declines && !withdraws {
        return ().into_any();
    }
    let (number, version) = (page.row.number.clone(), page.version);
    let title = if declines {
        "Not quite right?"
    } else if changes {
        "Still interested?"
    } else {
        "No longer needed?"
    };
    let hint = if withdraws { "Optional" } else { "We read it, and answer" };
    view! {
        <Card title=title>
            <Form act=answer class="form stack">
                <input type="hidden" name="number" value=number/>
                <input type="hidden" name="version" value=version/>
                <TextArea label=if withdraws { "Reason" } else { "What should be different, or why not" } name="words" rows=2 hint=hint/>
                <div class="acts">
                    {changes.then(|| view! { <Button name="what" value="changes">"Ask for changes"</Button> })}
                    {declines.then(|| view! { <Button kind=ButtonKind::Danger name="what" value="decline">"Decline"</Button> })}
                    {withdraws.then(|| view! { <Button name="what" value="withdraw">"Withdraw request"</Button> })}
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

/// The lines with what can be chosen of each; the form stands beside them.
fn choices(version: &Version, ordered: &Ordered) -> AnyView {
    let open = domain::quotes::open_lines(&version.document, ordered);
    let rows = version.document.lines.iter().map(|l| choice(l, open.contains(&l.no), ordered)).collect_view();
    view! {
        <Card title=format!("Version {}", version.no) note="Untick what you do not want" flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col" class="pick"><span class="unseen">"Take"</span></th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Price"</th>
                        <th scope="col" class="num">"Quantity"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

fn choice(l: &Line, open: bool, ordered: &Ordered) -> AnyView {
    let no = l.no;
    let usual = l.usual_offer();
    let so_far = ordered.get(&no).copied().filter(|n| !n.is_zero());
    let ordered_words = so_far.map(|n| {
        let rest = left(l, ordered).map(|n| format!(", {} left", text::number(n))).unwrap_or_default();
        format!("{} ordered{rest}", text::number(n))
    });
    let what = view! {
        <td class="full">
            <strong>{format!("{no}. {}", l.name)}</strong>
            <br/>
            <span class="dim small">{line_notes(l)}</span>
            {ordered_words.map(|words| view! { <br/><span class="good-ink small">{words}</span> })}
        </td>
    };
    if !open {
        let offers = l.offers.iter().map(|o| view! { <span class="line">{o.words()}</span> }).collect_view();
        return view! { <tr class="gone"><td class="pick"></td>{what}<td>{offers}</td><td class="num">"–"</td></tr> }
            .into_any();
    }
    let several = l.offers.len() > 1;
    let saves = |o: &Offer| {
        let usual = l.usual_price.filter(|u| u.amount() > o.unit_price.amount());
        usual.map(|u| view! { <span class="dim small">{format!(" instead of {}", text::money(u))}</span> })
    };
    let offers = l
        .offers
        .iter()
        .enumerate()
        .map(|(i, o)| {
            if !several {
                return view! { <span class="line">{o.words()} {saves(o)}</span> }.into_any();
            }
            let id = format!("offer-{no}-{i}");
            view! {
                <span class="check">
                    <input type="radio" form="accept" id=id.clone() name=format!("lines[{no}][offer]") value=i.to_string() checked=i == usual/>
                    <label for=id>{o.words()} {saves(o)}</label>
                </span>
            }
            .into_any()
        })
        .collect_view();
    let take = l.alternative_to.is_none() && so_far.is_none();
    let quantity = l.usual_quantity(usual).value().normalize().to_string();
    view! {
        <tr>
            <td class="pick">
                <input type="checkbox" form="accept" name=format!("lines[{no}][take]") value="1" checked=take aria-label=format!("Take {}", l.name)/>
            </td>
            {what}
            <td>{offers}</td>
            <td class="num">
                <input type="text" inputmode="decimal" size="7" class="num" form="accept" id=format!("quantities[{no}]") name=format!("lines[{no}][quantity]")
                    autocomplete="off" aria-label=format!("Quantity of {}", l.name) value=quantity/>
                " "
                <span class="dim small">{l.unit.clone()}</span>
            </td>
        </tr>
    }
    .into_any()
}

/// Reference, cost centre, address, and the button that orders.
fn acceptance(form: domain::quotes::AcceptForm, version: &Version, number: &str, accept: Act) -> AnyView {
    let addresses: Vec<Choice> = form
        .addresses
        .iter()
        .map(|a| {
            let of = a.of.as_ref().map(|of| format!(" (of {of})")).unwrap_or_default();
            Choice::new(a.id.to_string(), format!("{}{of}: {}", a.label, a.address.lines().join(", ")))
        })
        .collect();
    let centres: Vec<Choice> = (!form.must_book)
        .then(|| Choice::new("", "None"))
        .into_iter()
        .chain(form.cost_centres.iter().map(|c| Choice::new(c.code.clone(), format!("{} ({})", c.name, c.code))))
        .collect();
    let ship_to = (!addresses.is_empty()).then(|| view! { <Select label="Ship to" name="ship_to" options=addresses/> });
    let centre = (form.must_book || centres.len() > 1)
        .then(|| view! { <Select label="Cost centre" name="cost_centre" options=centres/> });
    let asks = (!form.approval.is_empty()).then(|| {
        view! {
            <div class="stack">
                <p class="strong">"Who will approve the order"</p>
                {progress(&form.approval, false)}
            </div>
        }
    });
    let po = if form.po_required { "PO number" } else { "PO number (optional)" };
    let gross = text::money(version.totals.gross);
    let until = text::date(version.document.valid_until);
    let (number, version_no, order_id) = (number.to_owned(), version.no, form.order_id.to_string());
    let po_required = form.po_required;
    view! {
        <Card title="Accept">
            <Form act=accept id="accept" class="form stack">
                <input type="hidden" name="number" value=number/>
                <input type="hidden" name="version" value=version_no/>
                <input type="hidden" name="order_id" value=order_id/>
                <Field label=po name="po_number" required=po_required maxlength=40/>
                {centre}
                {ship_to}
                <Field label="Requested delivery date (optional)" name="requested_on" kind=Kind::Date/>
                <Checkbox label="Partial delivery is fine" name="partial_delivery" checked=true/>
                <TextArea label="Note to the warehouse (optional)" name="note" id="accept-note" rows=2/>
                {asks}
                <div class="acts">
                    <Button kind=ButtonKind::Primary>"Accept quote"</Button>
                </div>
                <p class="dim small">{format!("All of it comes to {gross} incl. tax and delivery. Open until {until}. Accepting is binding.")}</p>
            </Form>
        </Card>
    }
    .into_any()
}
