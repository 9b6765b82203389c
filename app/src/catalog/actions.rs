//! Reading the catalog. Anyone who may see it; nothing here writes.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::catalog::{CatalogPage, PriceExplanation, ProductPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use crate::request::reading;

/// Catalog, category or search result: everything that steers it is in the URL.
#[server(ReadCatalog, endpoint = "catalog/page", input = GetUrl, output = Answered)]
pub async fn catalog_page(category: String, query: String) -> Result<CatalogPage, ActionError> {
    Ok(store::catalog::page(&mut reading().await?, domain::catalog::CatalogQuery::parse(&category, &query)).await?)
}

/// One product.
#[server(ReadProduct, endpoint = "catalog/product", input = GetUrl, output = Answered)]
pub async fn product(sku: String) -> Result<ProductPage, ActionError> {
    Ok(store::catalog::product(&mut reading().await?, &sku).await?)
}

/// Why it costs what it costs, at a quantity (empty: the smallest one).
#[server(ReadPrice, endpoint = "catalog/price", input = GetUrl, output = Answered)]
pub async fn explain(sku: String, quantity: String) -> Result<PriceExplanation, ActionError> {
    let quantity = domain::Quantity::parse("quantity", &quantity).ok();
    Ok(store::catalog::explain(&mut reading().await?, &sku, quantity).await?)
}
