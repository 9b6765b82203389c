//! One product: price with breaks, stock by warehouse, attributes.

use domain::catalog::ProductPage;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::ReadProduct;
use super::row::{add_form, add_larger_form, availability, unit_words};
use crate::act::{Act, Form};
use crate::alerts::actions::{Unwatch, Watch};
use crate::cart::actions::Add;
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, DescriptionList, Fact, Notice, PageHeader, Pill, Thumb, Tone, WhyLink,
};

/// A product's page.
#[component]
pub fn Product() -> impl IntoView {
    let params = use_params_map();
    let acts = [Act::of::<Add>(), Act::of::<Watch>(), Act::of::<Unwatch>()];
    let question = move || ReadProduct { sku: params.read().get("sku").unwrap_or_default() };
    let version = move || acts[1].version() + acts[2].version();
    view! {
        {acts.map(Act::complaint).collect_view()}
        {reloaded(version, question, move |page| show(page, acts))}
    }
}

fn show(page: ProductPage, [action, watch, unwatch]: [Act; 3]) -> AnyView {
    let row = &page.row;
    let (tone, stock) = availability(&row.availability);
    let mut facts = vec![Fact::new("SKU", row.sku.clone()), Fact::new("Unit", unit_words(&row.unit, row.pieces))];
    if !page.own_number.is_empty() {
        facts.push(Fact::new("Your number", page.own_number.clone()));
    }
    if !page.gtin.is_empty() {
        facts.push(Fact::new("GTIN", page.gtin.clone()));
    }
    facts.push(Fact::new("Minimum", row.packing.minimum.to_string()));
    facts.push(Fact::new("In steps of", row.packing.multiple.to_string()));
    if let Some(max) = row.packing.maximum {
        facts.push(Fact::new("At most, a line", max.to_string()));
    }
    facts.extend(page.attributes.iter().map(|(name, value)| Fact::new(name.clone(), value.clone())));
    let warehouses: Vec<Fact> = page
        .stock
        .iter()
        .map(|w| {
            let later = w
                .availability
                .incoming
                .map(|(n, day)| format!(" + {} on {}", text::number(n), text::date(day)))
                .unwrap_or_default();
            Fact::new(w.name.clone(), format!("{}{later}", text::number(w.availability.now)))
        })
        .collect();
    let gone = row.discontinued.then(|| {
        let instead = page.successor.clone().map(
            |(sku, name)| view! { "Its successor is " <a class="link" href=format!("/products/{sku}")>{name}</a> "." },
        );
        view! { <Notice tone=Tone::Warn title="No longer sold.">{instead}</Notice> }
    });
    let ask = format!("/quotes/new?from=product:{}", row.sku);
    let quote = (page.can_add && !row.discontinued).then_some(ask);
    let price = match row.price {
        None => {
            let ask = quote
                .map(|href| view! { <ButtonLink href=href kind=ButtonKind::Primary>"Request a quote"</ButtonLink> });
            view! {
                <div class="stack">
                    <p><strong>"Price on request"</strong></p>
                    <p class="dim">"It can be quoted, but not ordered."</p>
                    {ask}
                </div>
            }
            .into_any()
        }
        Some(p) => {
            let source = page.source.clone().unwrap_or_default();
            let tone = if p.is_list_price { Tone::Neutral } else { Tone::Good };
            let breaks = page
                .tiers
                .iter()
                .map(|t| view! { <tr><td>{format!("from {}", t.min_quantity)}</td><td class="num strong">{text::money(t.unit_price)}</td></tr> })
                .collect_view();
            let table = (page.tiers.len() > 1).then(|| {
                view! {
                    <table class="rows compact steady">
                        <thead>
                            <tr>
                                <th scope="col">"Quantity"</th>
                                <th scope="col" class="num">"Each"</th>
                            </tr>
                        </thead>
                        <tbody>{breaks}</tbody>
                    </table>
                }
            });
            let add = (page.can_add && !row.discontinued)
                .then(|| add_form(row, action, format!("/products/{}", row.sku), ButtonKind::Primary));
            let larger = (page.can_add && !row.discontinued).then(|| {
                page.larger
                    .iter()
                    .filter_map(|l| {
                        let costs = text::money(l.price?);
                        let word = unit_words(&l.unit, None);
                        let form = add_larger_form(row, l, action);
                        Some(view! {
                            <div class="stack">
                                <p>{format!("1 {word} = {} {} · ", l.holds, unit_words(&row.unit, None))}<strong>{costs}</strong></p>
                                {form}
                            </div>
                        })
                    })
                    .collect_view()
            });
            view! {
                <div class="stack buy">
                    <div class="split">
                        <p class="big">{text::money(p.unit_price)}</p>
                        <Pill tone=tone text=source/>
                    </div>
                    <WhyLink href=format!("/products/{}/price", row.sku)/>
                    {table}
                    {add}
                    {larger}
                    {quote.map(|href| view! { <a class="link small" href=href>"Need many? Request a quote"</a> })}
                </div>
            }
            .into_any()
        }
    };
    let short = page.can_add && !row.discontinued && row.availability.now < row.packing.minimum.value();
    let waiting = (short || page.watched).then(|| {
        let sku = row.sku.clone();
        if page.watched {
            view! {
                <p class="dim small">"You are told as soon as it can be had again."</p>
                <Form act=unwatch class="acts">
                    <input type="hidden" name="sku" value=sku.clone()/>
                    <input type="hidden" name="back" value=format!("/products/{sku}")/>
                    <Button>"Do not tell me"</Button>
                </Form>
            }
            .into_any()
        } else {
            view! {
                <Form act=watch class="acts">
                    <input type="hidden" name="sku" value=sku/>
                    <Button>"Tell me when it is back"</Button>
                </Form>
            }
            .into_any()
        }
    });
    let name = row.name.clone();
    let (category, slug) = page.category.clone();
    let picture = row.picture.clone();
    view! {
        <Title text=name.clone()/>
        <PageHeader title=name back=(category, format!("/catalog/{slug}")) status=(tone, stock)/>
        {gone}
        <div class="cols">
            <Card>
                <div class="with-picture">
                    <Thumb src=picture large=true/>
                    <div class="stack">
                        <p>{page.description.clone()}</p>
                        <DescriptionList items=facts left=true/>
                    </div>
                </div>
            </Card>
            <div class="stack">
                <Card title="Your price, each">{price}</Card>
                <Card title="Stock by warehouse">
                    <div class="stack">
                        <DescriptionList items=warehouses/>
                        {waiting}
                    </div>
                </Card>
            </div>
        </div>
    }
    .into_any()
}
