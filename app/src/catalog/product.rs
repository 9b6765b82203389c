//! One product: price with breaks, stock by warehouse, attributes.

use domain::catalog::ProductPage;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::ReadProduct;
use super::row::{add_form, add_larger_form, availability, unit_words};
use crate::act::Act;
use crate::cart::actions::Add;
use crate::load::loaded;
use crate::ui::{ButtonKind, ButtonLink, Card, DescriptionList, Fact, Notice, PageHeader, Pill, Thumb, Tone, WhyLink};

/// A product's page.
#[component]
pub fn Product() -> impl IntoView {
    let params = use_params_map();
    let action = Act::of::<Add>();
    view! {
        {action.complaint()}
        {loaded(move || ReadProduct { sku: params.read().get("sku").unwrap_or_default() }, move |page| show(page, action))}
    }
}

fn show(page: ProductPage, action: Act) -> AnyView {
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
                    <DescriptionList items=warehouses/>
                </Card>
            </div>
        </div>
    }
    .into_any()
}
