//! The editor of a draft: one form; whatever its buttons do, what stands in it is saved first.

use domain::quotes::{Action, DeskPage, Draft, DraftInput, Line, LineInput, Offer, OfferInput, Release, margin};
use domain::{Money, text};
use leptos::prelude::*;

use crate::act::{Act, Form};
use crate::cart::totals_list;
use crate::ui::{Button, ButtonKind, Card, Choice, Field, Kind, Select, TextArea};

fn plain(m: Money) -> String {
    m.amount().normalize().to_string()
}

/// What the form shows of a draft, unless something was typed that was refused.
fn input(draft: &Draft) -> DraftInput {
    let document = &draft.document;
    let offer = |o: &Offer| OfferInput {
        quantity: o.quantity.value().normalize().to_string(),
        kind: if o.or_more { "more" } else { "exactly" }.to_owned(),
        price: plain(o.unit_price),
    };
    let line = |l: &Line| LineInput {
        no: l.no,
        drop: String::new(),
        name: l.name.clone(),
        unit: l.unit.clone(),
        quantity: l.quantity.value().normalize().to_string(),
        at_most: l.at_most.map(|q| q.value().normalize().to_string()).unwrap_or_default(),
        alternative_to: l.alternative_to.map(|n| n.to_string()).unwrap_or_default(),
        lead_days: l.lead_days.map(|n| n.to_string()).unwrap_or_default(),
        note: l.note.clone(),
        cost: draft.internals.costs.get(&l.no).map(|c| plain(*c)).unwrap_or_default(),
        offers: l.offers.iter().map(offer).collect(),
    };
    DraftInput {
        title: document.title.clone(),
        lines: document.lines.iter().map(line).collect(),
        delivery: document.delivery.map(plain).unwrap_or_default(),
        valid_until: document.valid_until.to_string(),
        terms: document.terms.clone(),
        note: document.note.clone(),
        internal: draft.internals.note.clone(),
        ..DraftInput::default()
    }
}

/// The form, with totals and margins of what is saved.
pub(super) fn editor(page: &DeskPage, save: Act) -> AnyView {
    let Some(draft) = &page.draft else { return ().into_any() };
    let form = page.typed.clone().unwrap_or_else(|| input(draft));
    let number = page.page.row.number.clone();
    let lines = form
        .lines
        .iter()
        .enumerate()
        .filter_map(|(i, typed)| {
            let line = draft.document.lines.iter().find(|l| l.no == typed.no)?;
            Some(row(i, typed, line, page))
        })
        .collect_view();
    let has = |action| page.page.can.contains(&action);
    let send = has(Action::Send);
    let asks = has(Action::AskRelease).then(|| {
        view! {
            <TextArea label="Why these prices are worth it" name="words" id="ask-words" rows=2 hint="To the colleague who releases them"/>
            <div class="acts">
                <Button kind=ButtonKind::Primary name="then" value="ask">"Ask for release"</Button>
            </div>
        }
    });
    let saved = if page.saved_by.is_empty() {
        "Not saved yet: begun with what was asked for, at the customer’s usual prices.".to_owned()
    } else {
        format!("Saved by {}.", page.saved_by)
    };
    let totals = page.totals.as_ref().map(totals_list);
    let released = matches!(page.release, Release::Given(_) | Release::Asked(_))
        .then(|| view! { <p class="dim small">"A change takes the release back."</p> });
    let draft_version = page.draft_version;
    view! {
        <Form act=save id="draft" class="stack">
            <input type="hidden" name="number" value=number/>
            <input type="hidden" name="draft_version" value=draft_version/>
            <div class="cols">
                <Card title="Draft" note=saved>
                    <div class="stack">
                        {lines}
                        <TextArea label="Add lines" name="add" value=form.add rows=2 hint="One a row: a quantity, then an article number or words, such as “12 TP-48-CL”"/>
                    </div>
                </Card>
                <div class="stack">
                    <Card title="This version">
                        <div class="form">
                            <Field label="Title" name="title" value=form.title maxlength=120/>
                            <Field label="Open until" name="valid_until" kind=Kind::Date value=form.valid_until required=true/>
                            <div class="pair">
                                <Field label="Delivery charge" name="delivery" kind=Kind::Decimal value=form.delivery hint="Empty: as usual"/>
                                <Field label="Discount on all, %" name="discount" kind=Kind::Decimal value=form.discount hint="Off the usual prices"/>
                            </div>
                            <TextArea label="Note to the customer" name="note" id="draft-note" value=form.note rows=2/>
                            <TextArea label="Terms" name="terms" value=form.terms rows=2/>
                            <TextArea label="Note among colleagues" name="internal" value=form.internal rows=2/>
                        </div>
                    </Card>
                    <Card title="If all of it is taken">
                        <div class="stack">
                            {totals}
                            {released}
                            {asks}
                            <div class="acts">
                                {send.then(|| view! { <Button kind=ButtonKind::Primary name="then" value="send">"Send quote"</Button> })}
                                <Button name="then" value="save">"Save draft"</Button>
                                <Button kind=ButtonKind::Plain name="then" value="preview">"Preview"</Button>
                            </div>
                        </div>
                    </Card>
                </div>
            </div>
        </Form>
    }
    .into_any()
}

fn row(i: usize, typed: &LineInput, line: &Line, page: &DeskPage) -> AnyView {
    let name = |part: &str| format!("lines[{i}][{part}]");
    let article = line.product.is_some();
    let what = if article {
        let under = format!("{} · {}", line.sku.clone().unwrap_or_default(), line.unit);
        view! {
            <p class="what">
                <strong>{format!("{}. {}", line.no, line.name)}</strong>
                <br/>
                <span class="dim small">{under}</span>
            </p>
        }
        .into_any()
    } else {
        view! {
            <div class="pair what">
                <Field label=format!("{}. Description", line.no) name=name("name") value=typed.name.clone() maxlength=300/>
                <Field label="Unit" name=name("unit") value=typed.unit.clone() maxlength=20/>
            </div>
        }
        .into_any()
    };
    let asked = page.page.request.as_ref().and_then(|r| r.lines.get(usize::try_from(line.no).ok()?.checked_sub(1)?));
    let mut known: Vec<String> = Vec::new();
    if let Some(usual) = line.usual_price {
        known.push(format!("usually {}", text::money(usual)));
    }
    if let Some(target) = asked.and_then(|w| w.target) {
        known.push(format!("would like {}", text::money(target)));
    }
    if let Some(note) = asked.map(|w| w.note.as_str()).filter(|n| !n.is_empty()) {
        known.push(format!("“{note}”"));
    }
    let known = (!known.is_empty()).then(|| view! { <p class="dim small">{known.join(" · ")}</p> });
    let cost = page.draft.as_ref().and_then(|d| d.internals.costs.get(&line.no)).copied();
    let costs = if let Some(cost) = cost.filter(|_| article) {
        view! { <p class="small">{format!("Costs {} each", text::money(cost))}</p> }.into_any()
    } else {
        let typed = typed.cost.clone();
        view! { <Field label="Cost, each" name=name("cost") kind=Kind::Decimal value=typed hint="Never shown outside"/> }
            .into_any()
    };
    let mut offers: Vec<OfferInput> = typed.offers.clone();
    offers.retain(|o| !o.price.trim().is_empty());
    let priced = offers.len();
    offers.push(OfferInput { kind: "more".to_owned(), ..OfferInput::default() });
    let offers = offers
        .into_iter()
        .enumerate()
        .map(|(k, o)| {
            let stored = line.offers.get(k).filter(|_| k < priced);
            let earned = stored.zip(cost).and_then(|(o, cost)| margin(o.unit_price, cost));
            let below = page.below_floor.contains(&(line.no, k));
            offer(i, k, o, earned, below)
        })
        .collect_view();
    view! {
        <fieldset class="draft-line">
            <legend class="unseen">{format!("Line {}", line.no)}</legend>
            <input type="hidden" name=name("no") value=line.no/>
            {what}
            {known}
            <div class="offers">{offers}</div>
            <details>
                <summary>"Quantity, delivery, cost, note"</summary>
                <div class="few">
                    <Field label="Quantity" name=name("quantity") kind=Kind::Decimal value=typed.quantity.clone()/>
                    <Field label="At most" name=name("at_most") kind=Kind::Decimal value=typed.at_most.clone() hint="Over all orders"/>
                    <Field label="Days to deliver" name=name("lead_days") kind=Kind::Digits value=typed.lead_days.clone() hint="Empty: from stock"/>
                    <Field label="Instead of line" name=name("alternative_to") kind=Kind::Digits value=typed.alternative_to.clone()/>
                    {costs}
                    <Field label="Note to the customer" name=name("note") value=typed.note.clone() maxlength=500/>
                    <span class="check">
                        <input type="checkbox" id=name("drop") name=name("drop") value="1" checked=!typed.drop.is_empty()/>
                        <label for=name("drop")>"Drop this line"</label>
                    </span>
                </div>
            </details>
        </fieldset>
    }
    .into_any()
}

fn offer(i: usize, k: usize, o: OfferInput, earned: Option<rust_decimal::Decimal>, below: bool) -> AnyView {
    let name = |part: &str| format!("lines[{i}][offers][{k}][{part}]");
    let kinds = vec![Choice::new("more", "or more"), Choice::new("exactly", "exactly")];
    let fresh = o.price.is_empty();
    let margin = earned.map(|m| {
        let words = format!("{} margin", text::percent(m));
        if below {
            view! { <span class="bad-ink small">{format!("{words}, below the floor")}</span> }.into_any()
        } else {
            view! { <span class="dim small">{words}</span> }.into_any()
        }
    });
    view! {
        <div class="offer">
            <Field label=if fresh { "Another quantity" } else { "Quantity" } name=name("quantity") kind=Kind::Decimal value=o.quantity/>
            <Select label="Kind" name=name("kind") options=kinds selected=o.kind quiet=true/>
            <Field label="Price, each" name=name("price") kind=Kind::Text value=o.price inputmode="decimal"/>
            {margin}
        </div>
    }
    .into_any()
}
