//! A field for anything, and what it was understood as.

use domain::quick::{MOST_LINES, OpenLine, QuickLine, QuickPage};
use domain::search::ProductHit;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{AddLine, ChooseLine, KeepQuick, OrderQuick, ReadQuick};
use super::camera::Scanner;
use crate::act::{Act, Form};
use crate::load::{once, reloaded};
use crate::search::actions::Suggest;
use crate::ui::attach::upload_form;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Checkbox, Choice, Field, Notice, Offer, PageHeader, Select, TextArea, Tone,
    each_later, input, offers,
};

/// The quick order.
#[component]
pub fn Quick() -> impl IntoView {
    let acts = [Act::of::<KeepQuick>(), Act::of::<ChooseLine>(), Act::of::<OrderQuick>(), Act::of::<AddLine>()];
    let version = move || acts.iter().map(|a| a.version()).sum::<usize>();
    view! {
        <Title text="Quick order"/>
        {acts.map(Act::complaint).collect_view()}
        <Scanner line=acts[3]/>
        {reloaded(version, || ReadQuick {}, move |page| show(page, acts))}
    }
}

fn show(page: QuickPage, [keep, choose, order, line]: [Act; 4]) -> AnyView {
    let most = text::count(i64::try_from(MOST_LINES).unwrap_or_default());
    let more = (page.more > 0).then(|| {
        let words = format!(
            "{} more lines were not read: {most} are read at once. Order these first.",
            text::count(i64::try_from(page.more).unwrap_or_default())
        );
        view! { <Notice tone=Tone::Warn title="Too many lines at once.">{words}</Notice> }
    });
    let count = page.lines.len();
    let understood = (count > 0).then(|| {
        let rows = each_later(page.lines, understood_line);
        let label = format!("Add all {} to cart", text::count(i64::try_from(count).unwrap_or_default()));
        view! {
            <Card title="Understood" note=text::money(page.total) flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Product"</th>
                            <th scope="col" class="num">"Quantity"</th>
                            <th scope="col" class="num">"Each"</th>
                            <th scope="col" class="num">"Amount"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                <div class="pad acts">
                    <Form act=order class="acts">
                        <Button kind=ButtonKind::Primary>{label}</Button>
                    </Form>
                    <ButtonLink href="/lists?from=quick">"Save as list"</ButtonLink>
                </div>
            </Card>
        }
    });
    let open = (!page.open.is_empty()).then(|| {
        let rows = each_later(page.open, move |l| open_line(l, choose));
        view! {
            <Card title="To mend">
                <ul class="plain stack">{rows}</ul>
                <p><a class="link small" href="/quick-order/open.csv" rel="external" download>"Download these as CSV"</a></p>
            </Card>
        }
    });
    let hint = format!(
        "One article a line, as you have it: “12 x 85123A”, a range of a spreadsheet, a mail, GTINs, your own part numbers. A scanner types here too. At most {most} lines."
    );
    let typed = offers("article", "Articles", Box::new(articles), Box::new(take));
    // Another text is another field: a browser keeps what was typed into the old one.
    let field = view! {
        <For
            each=move || [page.text.clone()]
            key=|text| text.clone()
            children=move |text| view! { <TextArea label="Articles and quantities" name="lines" value=text hint=hint.clone() rows=12/> }
        />
    }
    .into_any();
    view! {
        <PageHeader title="Quick order">
            <ButtonLink href="/part-numbers">"Your part numbers"</ButtonLink>
        </PageHeader>
        {more}
        <div class="cols">
            <div class="stack">{understood} {open}</div>
            <div class="stack">
                <Card title="Article by article">
                    <Form act=line class="filters">
                        <div class="offered">
                            <Field label="SKU or words" name="article" id="article" chars=22/>
                            {typed}
                        </div>
                        <Field label="Quantity" name="quantity" value="1" chars=6/>
                        <Button>"Add line"</Button>
                    </Form>
                </Card>
                <Card title="Paste">
                    <Form act=keep class="form">
                        {field}
                        <div class="acts">
                            <Button kind=ButtonKind::Primary>"Check"</Button>
                        </div>
                    </Form>
                </Card>
                <Card title="From a file">
                    {upload_form("/quick-order/files", "The first sheet, a line a row; put below what is there")}
                </Card>
            </div>
        </div>
    }
    .into_any()
}

/// Products for words that somebody types.
fn articles(words: String) -> std::pin::Pin<Box<dyn Future<Output = Vec<Offer>>>> {
    Box::pin(async move {
        let found = once(|| Suggest { words: words.clone() }).await.unwrap_or_default();
        let offer = |p: ProductHit| Offer { kind: "Articles".to_owned(), note: p.note(), label: p.name, value: p.sku };
        found.products.into_iter().map(offer).collect()
    })
}

/// The article goes into its field, and the person on to the quantity.
fn take(offer: Offer) {
    if let (Some(article), Some(quantity)) = (input("article"), input("quantity")) {
        article.set_value(&offer.value);
        quantity.select();
        let _ = quantity.focus();
    }
}

fn understood_line(l: QuickLine) -> AnyView {
    let href = format!("/products/{}", l.sku);
    let problems = l.problems.iter().map(|p| view! { <p class="bad-ink small">{p.words()}</p> }).collect_view();
    let each = l.price.map_or_else(|| "on request".to_owned(), |p| text::money(p.unit_price));
    view! {
        <tr>
            <td class="full">
                <a class="link strong" href=href>{l.name}</a>
                <br/>
                <span class="dim small">{format!("{} · line {}", l.sku, l.no)}</span>
                {problems}
            </td>
            <td class="num" data-label="Quantity">{format!("{} {}", l.quantity, l.unit)}</td>
            <td class="num hide">{each}</td>
            <td class="num strong">{l.net.map_or_else(|| "–".to_owned(), text::money)}</td>
        </tr>
    }
    .into_any()
}

fn open_line(l: OpenLine, choose: Act) -> AnyView {
    let no = l.no.to_string();
    let learn = format!("learn-{no}");
    let which = if l.choices.is_empty() {
        view! { <Field label="SKU" name="sku" id=format!("sku-{no}") chars=14/> }.into_any()
    } else {
        let choices = l.choices.iter().map(|a| Choice::new(a.sku.clone(), format!("{} · {}", a.sku, a.name))).collect();
        view! { <Select label="Article" name="sku" id=format!("sku-{no}") options=choices/> }.into_any()
    };
    let says = format!("Take this for line {no}");
    view! {
        <li class="stack">
            <p>
                <strong class="mono">{l.raw.clone()}</strong>
                <br/>
                <span class="dim small">{format!("Line {no}: {}", l.why)}</span>
            </p>
            <Form act=choose class="filters">
                <input type="hidden" name="no" value=no/>
                <input type="hidden" name="raw" value=l.raw/>
                {which}
                <Checkbox label="We call it so" name="learn" id=learn/>
                <Button says=says>"Take this"</Button>
            </Form>
        </li>
    }
    .into_any()
}
