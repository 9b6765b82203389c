//! Catalog, category and search: one page, steered by its URL.

use domain::catalog::{CatalogPage, CatalogQuery, PAGE, Sort};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};

use super::actions::ReadCatalog;
use super::row::product_row;
use crate::act::Act;
use crate::cart::actions::Add;
use crate::layout::{pages, shown};
use crate::load::loaded;
use crate::ui::{ButtonLink, Card, EmptyState, FilterChip, Filters, Notice, PageHeader, Pager, Tone};

/// The account's assortment: all of it, a category, or what a search finds.
#[component]
pub fn Browse() -> impl IntoView {
    let params = use_params_map();
    let location = use_location();
    let action = Act::of::<Add>();
    let question = move || ReadCatalog {
        category: params.read().get("category").unwrap_or_default(),
        query: location.search.get(),
    };
    view! {
        {action.complaint()}
        {loaded(question, move |page| show(page, action))}
    }
}

fn show(page: CatalogPage, action: Act) -> AnyView {
    let q = page.query.clone();
    let title = match (&page.category, q.words.is_empty()) {
        (_, false) => format!("Search: {}", q.words),
        (Some(name), true) => name.clone(),
        (None, true) => "Catalog".to_owned(),
    };
    let note = text::counted(page.total, "product", "products");
    let guessed = page.guessed.then(|| {
        view! { <Notice tone=Tone::Info title="Nothing is spelled exactly like that.">"These are the nearest."</Notice> }
    });
    let body = if page.rows.is_empty() {
        view! {
            <EmptyState title="Nothing found" text="Try fewer words, a part of the SKU, or take a filter off. Only products of your assortment are shown.">
                <ButtonLink href="/catalog">"All products"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        table(&page, action)
    };
    view! {
        <Title text=title.clone()/>
        <PageHeader title=title note=note/>
        {guessed}
        <div class="with-facets">
            {sidebar(&page)}
            <div class="stack">
                {filters(&q)}
                {body}
            </div>
        </div>
    }
    .into_any()
}

fn filters(q: &CatalogQuery) -> AnyView {
    let (stock, in_stock) = (CatalogQuery { in_stock: !q.in_stock, ..q.at_page(1) }.href(), q.in_stock);
    let on = q.attributes.iter().map(|(name, value)| view! { <FilterChip label=format!("{name}: {value}") href=q.toggled(name, value).href() on=true/> }).collect_view();
    let sorts = Sort::ALL
        .into_iter()
        .map(|(sort, _, label)| {
            let label = if sort == Sort::Natural && !q.words.is_empty() { "Best match" } else { label };
            let href = CatalogQuery { sort, ..q.at_page(1) }.href();
            view! { <a href=href aria-current=(sort == q.sort).then_some("true")>{label}</a> }
        })
        .collect_view();
    view! {
        <Filters>
            <FilterChip label="In stock" href=stock on=in_stock/>
            {on}
            <nav class="sorts" aria-label="Sort by">{sorts}</nav>
        </Filters>
    }
    .into_any()
}

fn sidebar(page: &CatalogPage) -> AnyView {
    let q = &page.query;
    let here = q.category.clone();
    let all = CatalogQuery { category: String::new(), attributes: Vec::new(), ..q.at_page(1) };
    let everything =
        view! { <li><a href=all.href() aria-current=here.is_empty().then_some("true")>"All categories"</a></li> };
    let categories = page
        .categories
        .iter()
        .map(|c| {
            let href = CatalogQuery { category: c.slug.clone(), attributes: Vec::new(), ..q.at_page(1) }.href();
            view! {
                <li>
                    <a href=href aria-current=(c.slug == here).then_some("true")>
                        <span>{c.name.clone()}</span>
                        <span class="badge">{text::count(c.count)}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    let facets = page
        .facets
        .iter()
        .map(|f| {
            let values = f
                .values
                .iter()
                .map(|(value, n)| {
                    let on = q.attributes.contains(&(f.name.clone(), value.clone()));
                    view! {
                        <li>
                            <a href=q.toggled(&f.name, value).href() aria-current=on.then_some("true")>
                                <span>{value.clone()}</span>
                                <span class="badge">{text::count(*n)}</span>
                            </a>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <h2>{f.name.clone()}</h2>
                <ul>{values}</ul>
            }
        })
        .collect_view();
    view! {
        <details class="facets">
            <summary class="btn">"Categories and filters"</summary>
            <nav aria-label="Categories and filters">
                <h2>"Categories"</h2>
                <ul>{everything} {categories}</ul>
                {facets}
            </nav>
        </details>
    }
    .into_any()
}

fn table(page: &CatalogPage, action: Act) -> AnyView {
    let q = page.query.clone();
    let (number, count, summary) = (q.page, pages(page.total, PAGE), shown(q.page, PAGE, page.total));
    let (back, can_add) = (q.href(), page.can_add);
    let rows = page.rows.iter().cloned().map(|r| product_row(r, action, back.clone(), can_add)).collect_view();
    view! {
        <Card flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Product"</th>
                        <th scope="col">"Available"</th>
                        <th scope="col" class="num">"Your price, each"</th>
                        {can_add.then(|| view! { <th scope="col" class="num">"Quantity to order"</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
        <Pager page=number pages=count summary=summary href=move |n: u32| q.at_page(n).href()/>
    }
    .into_any()
}
