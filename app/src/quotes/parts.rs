//! What the pages of both sides are made of: what was asked for, what is offered, the thread, the files, the versions.

use domain::quotes::{FileRow, Line, QuotePage, Request, Said, Side, Version, VersionRow, Wish};
use domain::text;
use leptos::prelude::*;

use super::actions::Talk;
use crate::act::{Act, Form};
use crate::cart::totals_list;
use crate::ui::attach::{Attachment, attach_form, attachments};
use crate::ui::{Button, Card, Checkbox, DescriptionList, Fact, Step, StepState, TextArea, Timeline};

/// What was asked for.
pub(super) fn asked(request: &Request) -> AnyView {
    let rows = request.lines.iter().map(wish).collect_view();
    let note = (!request.note.is_empty()).then(|| view! { <p class="pre">{request.note.clone()}</p> });
    view! {
        <Card title="Asked for" note=text::counted(i64::try_from(request.lines.len()).unwrap_or_default(), "line", "lines")>
            <div class="stack">
                {note}
                <table class="rows compact">
                    <thead>
                        <tr>
                            <th scope="col">"What"</th>
                            <th scope="col" class="num">"Quantity"</th>
                            <th scope="col" class="num">"Target price"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
    .into_any()
}

fn wish(w: &Wish) -> AnyView {
    let under = [w.sku.as_deref(), Some(w.note.as_str())];
    let under: Vec<&str> = under.into_iter().flatten().filter(|t| !t.is_empty()).collect();
    let under = (!under.is_empty()).then(|| view! { <br/><span class="dim small">{under.join(" · ")}</span> });
    view! {
        <tr>
            <td>{w.name.clone()} {under}</td>
            <td class="num">{format!("{} {}", w.quantity, w.unit)}</td>
            <td class="num" data-label="Target">{w.target.map_or_else(|| "–".to_owned(), text::money)}</td>
        </tr>
    }
    .into_any()
}

/// The small print below a line's name.
pub(super) fn line_notes(l: &Line) -> String {
    let mut notes: Vec<String> = l.sku.clone().into_iter().collect();
    if let Some(no) = l.alternative_to {
        notes.push(format!("instead of line {no}"));
    }
    if let Some(days) = l.lead_days {
        notes.push(format!("delivered in {}", text::counted(days.into(), "day", "days")));
    }
    if let Some(most) = l.at_most {
        notes.push(format!("at most {most}"));
    }
    if !l.note.is_empty() {
        notes.push(l.note.clone());
    }
    notes.join(" · ")
}

/// A version to read, without choices: one that is over, or a preview.
pub(super) fn offered(version: &Version, title: String) -> AnyView {
    let rows = version.document.lines.iter().map(offered_line).collect_view();
    view! {
        <Card title=title flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"What"</th>
                        <th scope="col">"Prices"</th>
                        <th scope="col" class="num">"Quantity"</th>
                        <th scope="col" class="num">"Amount"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

fn offered_line(l: &Line) -> AnyView {
    let offers = l.offers.iter().map(|o| view! { <span class="line">{o.words()}</span> }).collect_view();
    let usual = l.usual_offer();
    let quantity = l.usual_quantity(usual);
    let net = l.offers.get(usual).and_then(|o| o.unit_price.line(quantity).ok());
    let amount = if l.alternative_to.is_some() { None } else { net };
    view! {
        <tr>
            <td class="full">
                <strong>{format!("{}. {}", l.no, l.name)}</strong>
                <br/>
                <span class="dim small">{line_notes(l)}</span>
            </td>
            <td>{offers}</td>
            <td class="num">{format!("{quantity} {}", l.unit)}</td>
            <td class="num strong">{amount.map_or_else(|| "–".to_owned(), text::money)}</td>
        </tr>
    }
    .into_any()
}

/// Totals of a version; its terms and words.
pub(super) fn closing(version: &Version) -> (AnyView, AnyView) {
    let document = &version.document;
    let words = [("Terms", document.terms.clone()), ("Note", document.note.clone())]
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(title, words)| view! { <Card title=title><p class="pre">{words}</p></Card> })
        .collect_view();
    let totals = totals_list(&version.totals);
    (view! { <Card title="If you take all of it">{totals}</Card> }.into_any(), words.into_any())
}

/// What was said and done, and the box to say something; `colleagues`: it can be said among the seller's people alone.
pub(super) fn thread(said: Vec<Said>, number: &str, talk: Option<Act>, colleagues: bool) -> AnyView {
    let steps: Vec<Step> = said.into_iter().map(step).collect();
    let form = talk.map(|talk| {
        let number = number.to_owned();
        let inside = colleagues
            .then(|| view! { <Checkbox label="Among colleagues: the customer does not see it" name="internal"/> });
        view! {
            <Form act=talk class="form stack">
                <input type="hidden" name="number" value=number/>
                <TextArea label="Message" name="words" id="message" rows=2/>
                {inside}
                <div class="acts">
                    <Button>"Send message"</Button>
                </div>
            </Form>
        }
    });
    view! {
        <section id="talk">
            <Card title="Conversation">
                <div class="stack">
                    <Timeline items=steps/>
                    {form}
                </div>
            </Card>
        </section>
    }
    .into_any()
}

fn step(s: Said) -> Step {
    let state = match s.side {
        Side::Buyer | Side::Seller if s.internal => StepState::Next,
        Side::Buyer | Side::Seller => StepState::Done,
        Side::Clock => StepState::Stopped,
    };
    let what = match (s.what.is_empty(), s.internal) {
        (true, false) => "wrote".to_owned(),
        (true, true) => "noted, among colleagues".to_owned(),
        (false, true) => format!("{}, among colleagues", s.what),
        (false, false) => s.what,
    };
    let step = Step::new(format!("{} {what}", s.by), state).at(text::date_time(s.at));
    if s.words.is_empty() { step } else { step.detail(s.words) }
}

/// Attached files, and a form to attach one.
pub(super) fn files(files: Vec<FileRow>, number: &str, may: bool) -> AnyView {
    let none = files.is_empty().then(|| view! { <p class="dim">"No file yet."</p> });
    let rows = files
        .into_iter()
        .map(|f| Attachment {
            href: format!("/quotes/{number}/files/{}", f.id),
            size: f.size,
            note: format!("{} · {}", f.by, text::date(f.at.date())),
            name: f.name,
        })
        .collect();
    let form = may.then(|| attach_form(format!("/quotes/{number}/files"), "file".to_owned()));
    view! {
        <Card title="Files">
            <div class="stack">
                {none}
                {attachments(rows)}
                {form}
            </div>
        </Card>
    }
    .into_any()
}

/// All versions, with their documents and what differs from the one before; `base`: `/quotes` or `/sales/quotes`.
pub(super) fn versions(rows: Vec<VersionRow>, number: &str, base: &'static str) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let newest = rows.first().map_or(0, |r| r.no);
    let number = number.to_owned();
    let rows = rows
        .into_iter()
        .map(|v| {
            let pdf = format!("/quotes/{number}.pdf?version={}", v.no);
            let says = format!("Download PDF of version {}", v.no);
            let compare = (v.no > 1).then(|| {
                let href = format!("{base}/{number}/compare?from={}&to={}", v.no - 1, v.no);
                view! { <br/><a class="link small" href=href>{format!("What changed since version {}", v.no - 1)}</a> }
            });
            let state = if v.no == newest { "" } else { " · superseded" };
            view! {
                <li class="split">
                    <span>
                        <strong>{format!("Version {}", v.no)}</strong>
                        <br/>
                        <span class="dim small">{format!("{} · {}{state}", text::money(v.gross), text::date_time(v.sent_at))}</span>
                        {compare}
                    </span>
                    <a class="btn" href=pdf rel="external" download aria-label=says>"Download PDF"</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <Card title="Versions">
            <ul class="plain stack">{rows}</ul>
        </Card>
    }
    .into_any()
}

/// Facts of a quote, beside it.
pub(super) fn details(page: &QuotePage) -> AnyView {
    let row = &page.row;
    let mut facts = vec![Fact::new("Asked by", row.asked_by.clone())];
    if let Some((number, name)) = &row.customer {
        facts.insert(0, Fact::new("Customer", format!("{name} ({number})")));
    }
    if let Some(day) = row.needed_by {
        facts.push(Fact::new("Needed by", text::date(day)));
    }
    if let Some(day) = row.valid_until {
        facts.push(Fact::new("Open until", format!("{}, {}", text::date(day), text::relative(day, page.today))));
    }
    if let Some((name, email)) = &page.contact {
        facts.push(Fact::new("Our contact", format!("{name}, {email}")));
    }
    let orders = page
        .orders
        .iter()
        .map(|(number, status)| {
            let href = match &row.customer {
                Some((customer, _)) => format!("/sales/orders/{number}?customer={customer}"),
                None => format!("/orders/{number}"),
            };
            view! { <li><a class="link" href=href>{number.clone()}</a> {format!(" · {}", status.label().to_lowercase())}</li> }
        })
        .collect_view();
    let orders =
        (!page.orders.is_empty()).then(|| view! { <Card title="Orders"><ul class="plain">{orders}</ul></Card> });
    view! {
        <Card title="Details">
            <DescriptionList items=facts left=true/>
        </Card>
        {orders}
    }
    .into_any()
}

/// The act that a conversation needs.
pub(super) fn talking() -> Act {
    Act::of::<Talk>()
}
