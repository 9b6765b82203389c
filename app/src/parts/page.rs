//! The list, with a field for more.

use domain::parts::{PAGE, PartNumber, PartsPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::{ForgetPart, ReadParts, TakeParts};
use crate::act::{Act, Form};
use crate::layout::{pages, shown};
use crate::load::reloaded;
use crate::ui::attach::upload_form;
use crate::ui::{Button, ButtonKind, Card, EmptyState, PageHeader, Pager, Pill, TextArea, Tone};

/// The account's own part numbers.
#[component]
pub fn Parts() -> impl IntoView {
    let (take, forget) = (Act::of::<TakeParts>(), Act::of::<ForgetPart>());
    let query = use_query_map();
    let question = move || {
        let query = query.read();
        let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
        ReadParts { words: query.get("q").unwrap_or_default(), page }
    };
    view! {
        <Title text="Part numbers"/>
        {take.complaint()}
        {forget.complaint()}
        {reloaded(move || take.version() + forget.version(), question, move |page| show(page, take, forget))}
    }
}

fn show(page: PartsPage, take: Act, forget: Act) -> AnyView {
    let (words, number, total) = (page.words.clone(), page.page, page.total);
    let body = if page.rows.is_empty() {
        let title = if words.is_empty() { "No part numbers yet" } else { "Nothing found" };
        view! { <EmptyState title=title text="With your own numbers here, you search and order by them, and find them on orders and invoices."/> }
            .into_any()
    } else {
        let rows = page.rows.into_iter().map(|part| row(part, forget)).collect_view();
        let back = words.clone();
        let href = move |n: u32| format!("/part-numbers?q={back}&page={n}");
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Your number"</th>
                            <th scope="col">"Article"</th>
                            <th scope="col">"Since"</th>
                            <th scope="col"><span class="unseen">"Forget"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <Pager page=number pages=pages(total, PAGE) summary=shown(number, PAGE, total) href=href/>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Part numbers" note=text::counted(total, "number", "numbers")/>
        <div class="cols">
            <div class="stack">
                <form class="filters" method="get" action="/part-numbers" role="search" aria-label="Part numbers">
                    <input type="search" name="q" value=words aria-label="Number, SKU or name" placeholder="Number, SKU or name"/>
                    <Button>"Find"</Button>
                </form>
                {body}
            </div>
            <div class="stack">
                <Card title="Add numbers">
                    <Form act=take class="form">
                        <TextArea label="Your number and our SKU" name="numbers" hint="A line for each, with a comma, a semicolon or a tab between: “4711, TP-48-CL”. At most 10,000 lines." rows=8/>
                        <div class="acts">
                            <Button kind=ButtonKind::Primary>"Add"</Button>
                        </div>
                    </Form>
                </Card>
                <Card title="From a file">
                    {upload_form("/part-numbers/files", "The first column is your number, the second our SKU")}
                </Card>
            </div>
        </div>
    }
    .into_any()
}

fn row(part: PartNumber, forget: Act) -> AnyView {
    let href = format!("/products/{}", part.sku);
    let several = (part.articles > 1).then(|| {
        let words = format!("Names {} articles: you are asked which", part.articles);
        view! { <br/><Pill tone=Tone::Warn text=words/> }
    });
    let says = format!("Forget {} for {}", part.key, part.sku);
    view! {
        <tr>
            <td class="mono strong">{part.key.clone()} {several}</td>
            <td class="full">
                <a class="link" href=href>{part.name}</a>
                <br/>
                <span class="dim small">{part.sku.clone()}</span>
            </td>
            <td class="dim small hide">{format!("{}, {}", text::date(part.at.date()), part.by)}</td>
            <td class="num">
                <Form act=forget>
                    <input type="hidden" name="key" value=part.key/>
                    <input type="hidden" name="sku" value=part.sku/>
                    <Button says=says>"Forget"</Button>
                </Form>
            </td>
        </tr>
    }
    .into_any()
}
