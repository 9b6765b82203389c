//! Invoices and what is owed. For finance users; PDF and CSV are plain routes of the server.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::disputes::Checked;
use domain::invoices::{InvoicePage, InvoicesPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use crate::request::reading;

/// The documents that the URL asks for, with the ageing.
#[server(ReadInvoices, endpoint = "invoices/list", input = GetUrl, output = Answered)]
pub async fn invoices(query: String) -> Result<InvoicesPage, ActionError> {
    Ok(store::invoices::list(&mut reading().await?, domain::invoices::InvoiceQuery::parse(&query)).await?)
}

/// One document, checked against order, contract and delivery, with what is disputed of it.
#[server(ReadInvoice, endpoint = "invoices/find", input = GetUrl, output = Answered)]
pub async fn invoice(number: String) -> Result<(InvoicePage, Checked), ActionError> {
    let mut tx = reading().await?;
    let page = store::invoices::find(&mut tx, &number).await?;
    let checked = store::disputes::check(&mut tx, &page).await?;
    Ok((page, checked))
}
