//! Catalog, category and search: one page, steered by its URL.

use domain::catalog::{CatalogPage, CatalogQuery, MOST_PRICED, PAGE, Sort};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};
use rust_decimal::Decimal;

use super::actions::ReadCatalog;
use super::row::product_row;
use crate::act::Act;
use crate::cart::actions::Add;
use crate::layout::{pages, shown};
use crate::load::loaded;
use crate::ui::{ButtonLink, Card, EmptyState, FilterChip, Filters, Notice, PageHeader, Pager, Tone, each_later};

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
    let guessed = page.guessed.as_ref().map(|words| {
        let words = format!("These are for “{words}”.");
        view! { <Notice tone=Tone::Info title="Nothing has exactly these words.">{words}</Notice> }
    });
    let many = page.too_many.then(|| {
        let most = text::count(i64::try_from(MOST_PRICED).unwrap_or_default());
        let title = format!("More than {most} articles cannot be sorted by price.");
        view! { <Notice tone=Tone::Info title=title>"Choose a category or a filter. Until then they stand by name."</Notice> }
    });
    let body = if page.rows.is_empty() { nothing(&page) } else { table(&page, action) };
    view! {
        <Title text=title.clone()/>
        <PageHeader title=title note=note/>
        {guessed}
        {many}
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

/// What to do when nothing is found: filters off, or somebody asked.
fn nothing(page: &CatalogPage) -> AnyView {
    let q = &page.query;
    let unfiltered = CatalogQuery { words: q.words.clone(), page: 1, ..CatalogQuery::default() };
    let filtered = *q != CatalogQuery { sort: q.sort, page: q.page, ..unfiltered.clone() };
    let off = filtered.then(|| view! { <ButtonLink href=unfiltered.href()>"Without filters"</ButtonLink> });
    let ask = page.can_ask.then(|| view! { <ButtonLink href="/quotes/new">"Ask us for it"</ButtonLink> });
    view! {
        <EmptyState title="Nothing found" text="Try fewer words, or a part of the SKU or of your own part number. Only products of your assortment are shown.">
            {off}
            {ask}
            <ButtonLink href="/catalog">"All products"</ButtonLink>
        </EmptyState>
    }
    .into_any()
}

fn filters(q: &CatalogQuery) -> AnyView {
    let (stock, in_stock) = (CatalogQuery { in_stock: !q.in_stock, ..q.at_page(1) }.href(), q.in_stock);
    let on = q.attributes.iter().map(|(name, value)| view! { <FilterChip label=format!("{name}: {value}") href=q.toggled(name, value).href() on=true/> }).collect_view();
    let spans = q
        .spans
        .iter()
        .map(|span| view! { <FilterChip label=span.to_string() href=q.without_span(&span.name).href() on=true/> })
        .collect_view();
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
            {spans}
            <nav class="sorts" aria-label="Sort by">{sorts}</nav>
        </Filters>
    }
    .into_any()
}

fn sidebar(page: &CatalogPage) -> AnyView {
    let q = &page.query;
    let here = q.category.clone();
    let all = q.in_category("");
    let everything =
        view! { <li><a href=all.href() aria-current=here.is_empty().then_some("true")>"All categories"</a></li> };
    let categories = page
        .categories
        .iter()
        .map(|c| {
            let href = q.in_category(&c.slug).href();
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
            let span = f.span.map(|ends| span_form(q, &f.name, ends));
            view! {
                <h2>{f.name.clone()}</h2>
                <ul>{values}</ul>
                {span}
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

/// From and to, for an attribute that is a number.
fn span_form(q: &CatalogQuery, name: &str, (least, most): (Decimal, Decimal)) -> AnyView {
    let (action, fields) = q.without_span(name).parts();
    let known = q.spans.iter().find(|span| span.name == name);
    let kept =
        fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    let end = |word: &str, hint: Decimal, value: Option<Decimal>| {
        let label = format!("{name}, {word}");
        let (field, value) = (format!("{word}:{name}"), value.map(|n| n.to_string()).unwrap_or_default());
        view! { <input inputmode="decimal" aria-label=label name=field value=value placeholder=hint.to_string()/> }
    };
    view! {
        <form class="span" method="get" action=action>
            {kept}
            {end("from", least, known.and_then(|s| s.from))}
            "–"
            {end("to", most, known.and_then(|s| s.to))}
            <button class="btn" type="submit" aria-label=format!("Narrow by {name}")>"Go"</button>
        </form>
    }
    .into_any()
}

fn table(page: &CatalogPage, action: Act) -> AnyView {
    let q = page.query.clone();
    let (number, count, summary) = (q.page, pages(page.total, PAGE), shown(q.page, PAGE, page.total));
    let (back, can_add) = (q.href(), page.can_add);
    let row = move |row| product_row(row, action, back.clone(), can_add);
    let rows = each_later(page.rows.clone(), row);
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
