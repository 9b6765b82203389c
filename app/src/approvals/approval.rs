//! One order that waits: what a decision needs on one page, comfortable with one thumb.

use domain::approvals::{ApprovalPage, AskedLine, Said};
use domain::budgets::BudgetUse;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{Answer, Decide, ReadApproval};
use super::progress;
use crate::act::{Act, Form};
use crate::cart::totals_list;
use crate::load::reloaded;
use crate::orders::tone;
use crate::ui::{
    Button, ButtonKind, Card, DescriptionList, Fact, Meter, Notice, PageHeader, Step, StepState, TextArea, Timeline,
    Tone, share,
};

/// An order with its flow.
#[component]
pub fn Approval() -> impl IntoView {
    let params = use_params_map();
    let (decide, answer) = (Act::of::<Decide>(), Act::of::<Answer>());
    let version = move || decide.version() + answer.version();
    let question = move || ReadApproval { number: params.read().get("number").unwrap_or_default() };
    view! {
        {decide.complaint()}
        {answer.complaint()}
        {reloaded(version, question, move |page| {
            let number = page.row.number.clone();
            let hidden = view! { <input type="hidden" name="number" value=number.clone()/> }.into_any();
            show(page, decide, hidden, Some(answer))
        })}
    }
}

/// The page; also behind a mailed link, where `hidden` names the link instead of the order.
pub(super) fn show(page: ApprovalPage, decide: Act, hidden: AnyView, answer: Option<Act>) -> AnyView {
    let row = page.row;
    let number = row.number.clone();
    let for_name = row.for_name.as_ref().filter(|_| page.may_decide).map(|name| {
        view! { <Notice tone=Tone::Info title=format!("You decide for {name}.")>"The trail names both of you."</Notice> }
    });
    let budget = page.budget.as_ref().map(budget_card);
    let shrank = page.budget_then.map(|then| {
        let words = format!("{} was left after this order when it was sent.", text::money(then));
        view! { <Notice tone=Tone::Warn title="The budget has shrunk since.">{words}</Notice> }
    });
    let credit = page.credit_left.map(|left| {
        let short = left.amount().is_sign_negative();
        let words = if short { "beyond the limit after this order" } else { "of the credit limit left after this order" };
        let amount = text::money(if short { domain::Money::new(-left.amount(), left.currency()) } else { left });
        view! { <Notice tone=if short { Tone::Warn } else { Tone::Info } title=format!("{amount} {words}.")>""</Notice> }
    });
    // A mailed link decides over the order as it is.
    let may_change = page.may_decide && answer.is_some();
    let change = may_change.then(|| {
        view! { <Button name="verdict" value="change" key="c">"Approve with changes"</Button> }
    });
    let how = may_change.then(
        || view! { <p class="dim small">"To approve less, lower a quantity beside its line; 0 drops the line."</p> },
    );
    let decision = page.may_decide.then(|| {
        view! {
            <Card title="Your decision">
                <Form act=decide id="decision" class="form stack">
                    {hidden}
                    <input type="hidden" name="version" value=row.version/>
                    {how}
                    <TextArea label="Reason or question" name="words" rows=2 hint="Needed to reject or to ask; the buyer reads it"/>
                    <div class="acts thumbs">
                        <Button kind=ButtonKind::Primary name="verdict" value="approve" key="a">"Approve"</Button>
                        {change}
                        <Button kind=ButtonKind::Danger name="verdict" value="reject" key="r" needs="words">"Reject"</Button>
                        <Button name="verdict" value="question" key="q" needs="words">"Ask"</Button>
                    </div>
                </Form>
            </Card>
        }
    });
    let mine = page.mine && page.said.iter().any(|s| s.what == "asked");
    let reply = answer.filter(|_| mine).map(|answer| {
        let number = number.clone();
        view! {
            <Card title="Your answer">
                <Form act=answer class="form stack">
                    <input type="hidden" name="number" value=number/>
                    <TextArea label="Answer" name="words" rows=2/>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Send answer"</Button>
                    </div>
                </Form>
            </Card>
        }
    });
    let chased = [("Reminded", page.reminded), ("Others may decide since", page.escalated)];
    let mut facts = vec![Fact::new("From", row.requester.clone()), Fact::new("Sent", text::date_time(row.since))];
    for (label, value) in [("Reference", &page.po_number), ("Cost centre", &row.cost_centre)] {
        if !value.is_empty() {
            facts.push(Fact::new(label, value.clone()));
        }
    }
    facts.extend(chased.into_iter().filter_map(|(label, at)| Some(Fact::new(label, text::date_time(at?)))));
    let address = page.ship_to.lines();
    let ship_to = (!address.is_empty()).then(|| {
        let lines = address.into_iter().map(|l| view! { <span>{l}</span><br/> }).collect_view();
        view! { <Card title="Ship to"><p>{lines}</p></Card> }
    });
    let note = (!page.note.is_empty())
        .then(|| view! { <Card title=format!("{} says", row.requester)><p class="pre">{page.note}</p></Card> });
    let said = (!page.said.is_empty()).then(|| {
        let steps = page.said.into_iter().map(said).collect::<Vec<_>>();
        view! {
            <Card title="What was said">
                <Timeline items=steps/>
            </Card>
        }
    });
    let lines = page.lines.into_iter().map(|l| line(l, may_change)).collect_view();
    let ended = (!page.may_decide && page.status != domain::orders::Status::PendingApproval).then(|| {
        view! { <Notice tone=Tone::Info title=format!("This order is {}.", page.status.label().to_lowercase())>"There is nothing to decide any more."</Notice> }
    });
    view! {
        <Title text=format!("Approve {number}")/>
        <PageHeader title=number.clone() back=("Approvals", "/approvals") status=(tone(page.status), page.status.label()) note=text::money(row.total)/>
        {for_name}
        {ended}
        <div class="cols">
            <div class="stack">
                {note}
                {budget}
                {shrank}
                {credit}
                <Card title="Lines" note=text::count(row.lines.into()) flush=true>
                    <table class="rows">
                        <thead>
                            <tr>
                                <th scope="col">"Product"</th>
                                <th scope="col">"Last time"</th>
                                <th scope="col" class="num">"Quantity"</th>
                                <th scope="col" class="num">"Amount"</th>
                            </tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </Card>
                {said}
            </div>
            <div class="stack">
                {decision}
                {reply}
                <Card title="Total">{totals_list(&page.totals)}</Card>
                <Card title="Details">
                    <DescriptionList items=facts/>
                </Card>
                {ship_to}
                <Card title="Who approves">{progress(&page.progress, true)}</Card>
            </div>
        </div>
    }
    .into_any()
}

fn said(s: Said) -> Step {
    let step = Step::new(format!("{} {}", s.who, s.what), StepState::Done).at(text::date_time(s.at));
    if s.words.is_empty() { step } else { step.detail(s.words) }
}

/// The budget before and after, as a bar with its figures.
pub(crate) fn budget_card(b: &BudgetUse) -> AnyView {
    let used = share(b.used, b.amount);
    let left = b.left().unwrap_or(b.amount);
    let over = left.amount().is_sign_negative();
    let tone = if over { Tone::Bad } else { Tone::Warn };
    let after = if over {
        format!(
            "{} beyond the budget with this order",
            text::money(domain::Money::new(-left.amount(), left.currency()))
        )
    } else {
        format!("{} left after this order", text::money(left))
    };
    let waiting = (!b.waiting.amount().is_zero()).then(
        || view! { <p class="dim small">{format!("{} more waits for approval on it.", text::money(b.waiting))}</p> },
    );
    let words = b.words();
    let label = format!("{words}; {after}");
    let parts = vec![(used, Tone::Info), (share(b.order, b.amount).min(1.0 - used), tone)];
    view! {
        <Card title=format!("Budget {}", b.cost_centre)>
            <div class="stack">
                <p>{format!("{words}; ")}<strong>{after}</strong></p>
                <Meter label=label parts=parts/>
                {waiting}
            </div>
        </Card>
    }
    .into_any()
}

fn line(l: AskedLine, may_change: bool) -> AnyView {
    let last = l.last.map_or_else(
        || "first time".to_owned(),
        |(day, n, price)| format!("{}: {n} × {}", text::date(day), text::money(price)),
    );
    let l = l.line;
    let quantity = if may_change {
        let name = format!("quantities[{}]", l.line_no);
        view! {
            <input type="text" inputmode="decimal" size="6" class="num" form="decision" id=name.clone() name=name autocomplete="off"
                aria-label=format!("Quantity of {}", l.name) value=l.quantity.to_string()/>
        }
        .into_any()
    } else {
        l.quantity.to_string().into_any()
    };
    view! {
        <tr>
            <td>
                <strong>{l.name}</strong>
                <br/>
                <span class="dim small">{format!("{} · {} · {}", l.sku, text::money(l.unit_price), l.price_source)}</span>
            </td>
            <td class="dim small hide">{last}</td>
            <td class="num">{quantity}</td>
            <td class="num strong">{text::money(l.net)}</td>
        </tr>
    }
    .into_any()
}
