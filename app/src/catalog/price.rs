//! Why this price? Every price that was considered, and what became of it.

use domain::catalog::PriceExplanation;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::actions::ReadPrice;
use crate::load::loaded;
use crate::ui::{Button, Card, Fact, Field, Kind, PageHeader, PricePanel, Tone};

/// The explanation of a price at a quantity.
#[component]
pub fn WhyThisPrice() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let question = move || ReadPrice {
        sku: params.read().get("sku").unwrap_or_default(),
        quantity: query.read().get("quantity").unwrap_or_default(),
    };
    view! {
        <Title text="Why this price?"/>
        {loaded(question, show)}
    }
}

fn show(e: PriceExplanation) -> AnyView {
    let back = (e.name.clone(), format!("/products/{}", e.sku));
    let panel = match e.price {
        None => {
            view! { <p>"No price applies: it is a price on request. It can be quoted, but not ordered."</p> }.into_any()
        }
        Some(p) => {
            let each = text::money(p.unit_price);
            let mut rows = Vec::new();
            if let Some(list) = e.list_price {
                rows.push(Fact::new("List price", text::money(list)));
            }
            if !p.is_list_price {
                rows.push(Fact::new(e.source.clone(), each.clone()));
            }
            rows.push(Fact::sum("Your price today", each.clone()));
            rows.push(Fact::new("Valid until", e.valid_until.map_or_else(|| "further notice".to_owned(), text::date)));
            let note =
                p.next_tier.map(|t| format!("From {} you pay {} each.", t.min_quantity, text::money(t.unit_price)));
            let status = if p.is_list_price { (Tone::Neutral, "List price") } else { (Tone::Good, "Contract price") };
            view! { <PricePanel title=format!("Why {each}?") status=status rows=rows note=note/> }.into_any()
        }
    };
    let rows = e
        .considered
        .iter()
        .map(|c| {
            let name = if c.is_default { "List price".to_owned() } else { format!("Contract {}", c.contract) };
            view! {
                <tr>
                    <td>{name}</td>
                    <td class="num">{format!("from {}", c.min_quantity)}</td>
                    <td class="num strong">{c.unit_price.map_or_else(|| "–".to_owned(), text::money)}</td>
                    <td>{c.outcome.words()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <PageHeader title="Why this price?" note=e.name.clone() back=back/>
        <form method="get" action=format!("/products/{}/price", e.sku) class="filters">
            <Field label="At a quantity of" name="quantity" kind=Kind::Decimal value=e.quantity.value().normalize().to_string() chars=8/>
            <Button>"Show"</Button>
        </form>
        <div class="cols">
            <Card title="Every price that was considered" flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Source"</th>
                            <th scope="col" class="num">"Quantity"</th>
                            <th scope="col" class="num">"Each"</th>
                            <th scope="col">"Outcome"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <Card>{panel}</Card>
        </div>
    }
    .into_any()
}
