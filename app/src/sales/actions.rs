//! The seller's side. Looking for whoever sees customers, acting for a member for reps, moving orders on for customer service.
#![allow(clippy::too_many_arguments, reason = "the fields of the forms, by name")]
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use std::collections::BTreeMap;

use domain::deliveries::{DeskOrder, DeskPage};
use domain::sales::{CustomerPage, CustomersPage, SalesHome};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{command, flash, go, reading, start_acting, writing},
    domain::deliveries::{DeskQuery, ShipForm, desk_href},
    domain::invoices::{CreditForm, Early, Invoicing, Language, Mode},
    domain::tax::Category,
    domain::{FieldError, Problem, Quantity},
    store::assistance::Asked,
    store::deliveries::Change,
};

/// Where a rep begins.
#[server(ReadHome, endpoint = "sales/home", input = GetUrl, output = Answered)]
pub async fn home() -> Result<SalesHome, ActionError> {
    Ok(store::customers::home(&mut reading().await?).await?)
}

/// The customers that the URL asks for.
#[server(ReadCustomers, endpoint = "sales/customers", input = GetUrl, output = Answered)]
pub async fn customers(query: String) -> Result<CustomersPage, ActionError> {
    let query = domain::sales::CustomersQuery::parse(&query);
    Ok(store::customers::list(&mut reading().await?, query).await?)
}

/// One customer.
#[server(ReadCustomer, endpoint = "sales/customer", input = GetUrl, output = Answered)]
pub async fn customer(number: String) -> Result<CustomerPage, ActionError> {
    Ok(store::customers::find(&mut reading().await?, &number).await?)
}

/// The orders that the URL asks for.
#[server(ReadOrders, endpoint = "sales/orders", input = GetUrl, output = Answered)]
pub async fn orders(query: String) -> Result<DeskPage, ActionError> {
    Ok(store::deliveries::list(&mut reading().await?, DeskQuery::parse(&query)).await?)
}

/// One order of a customer.
#[server(ReadOrder, endpoint = "sales/order", input = GetUrl, output = Answered)]
pub async fn order(customer: String, number: String) -> Result<DeskOrder, ActionError> {
    Ok(store::deliveries::find(&mut reading().await?, &customer, &number).await?)
}

/// Acts for a member, or asks them whether one may.
#[server(endpoint = "sales/act")]
pub async fn act_for(customer: String, member: String, #[server(default)] reason: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let asked = store::assistance::ask(&mut tx, &customer, member.parse()?, &reason).await?;
    tx.commit().await?;
    match asked {
        Asked::Begun(account, id) => {
            start_acting((account, id)).await?;
            go("/");
        }
        Asked::Waits(customer) => {
            flash("The member is asked. You get a mail with the answer.").await?;
            go(&format!("/sales/customers/{customer}"));
        }
    }
    Ok(())
}

/// Begins to act for a member who has agreed.
#[server(endpoint = "sales/begin")]
pub async fn begin(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let begun = store::assistance::begin(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    start_acting(begun).await?;
    go("/");
    Ok(())
}

/// Notes something for colleagues: about a customer, or about one of its orders.
#[server(endpoint = "sales/note")]
pub async fn note(
    customer: String,
    #[server(default)] number: String,
    #[server(default)] text: String,
) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::customers::note(&mut tx, &customer, &number, &text).await?;
    tx.commit().await?;
    flash("Noted. Only your colleagues see it.").await?;
    let page = if number.is_empty() { format!("/sales/customers/{customer}") } else { desk_href(&customer, &number) };
    go(&page);
    Ok(())
}

/// Sends goods. `quantities` by position; an empty one or 0 is not sent. `version` is what the person saw.
#[server(endpoint = "sales/ship")]
pub async fn ship(
    customer: String,
    number: String,
    version: i32,
    #[server(default)] carrier: String,
    #[server(default)] tracking: String,
    #[server(default)] shipped_on: String,
    #[server(default)] quantities: BTreeMap<i32, String>,
) -> Result<(), ActionError> {
    let day =
        shipped_on.trim().parse().map_err(|_| Problem::invalid("shipped_on", "Enter a day, such as 2026-12-24."))?;
    let lines = quantities
        .iter()
        .filter(|(_, text)| !matches!(text.trim(), "" | "0"))
        .map(|(line, text)| Ok((*line, Quantity::parse(&format!("quantity-{line}"), text)?)))
        .collect::<Result<Vec<_>, FieldError>>()?;
    let form = ShipForm { carrier, tracking, shipped_on: day, lines };
    let mut tx = writing().await?;
    let page = desk_href(&customer, &number);
    let told = format!("Sent. The customer is told that {number} is on its way.");
    command(async move {
        store::deliveries::ship(&mut tx, &customer, &number, version, &form).await?;
        tx.commit().await
    })
    .await?;
    flash(told).await?;
    go(&page);
    Ok(())
}

/// Credits lines of an invoice. `id` is the credit note's, made with the page: two clicks are one. `quantities` by position in the
/// invoice; an empty one or 0 is not credited.
#[server(endpoint = "sales/credit")]
pub async fn credit(
    customer: String,
    number: String,
    order: String,
    id: String,
    #[server(default)] reason: String,
    #[server(default)] quantities: BTreeMap<i32, String>,
    #[server(default)] delivery: Option<String>,
    #[server(default)] fee: String,
) -> Result<(), ActionError> {
    let lines = quantities
        .iter()
        .filter(|(_, text)| !matches!(text.trim(), "" | "0"))
        .map(|(line, text)| Ok((*line, Quantity::parse(&format!("credit-{line}"), text)?)))
        .collect::<Result<Vec<_>, FieldError>>()?;
    let amount = if fee.trim().is_empty() { "0" } else { fee.trim() };
    let fee = amount.parse().map_err(|_| Problem::invalid("fee", "Enter an amount, such as 12.50."))?;
    let form = CreditForm { reason, lines, delivery: delivery.is_some(), fee, ..CreditForm::default() };
    let id = id.parse()?;
    let mut tx = writing().await?;
    let page = desk_href(&customer, &order);
    let note = command(async move {
        let note = store::invoices::credit(&mut tx, &customer, &number, id, &form).await?;
        tx.commit().await?;
        Ok(note)
    })
    .await?;
    flash(format!("Credit note {note} is issued. The customer is told.")).await?;
    go(&page);
    Ok(())
}

/// Says how a customer is invoiced.
#[server(endpoint = "sales/invoicing")]
pub async fn set_invoicing(
    customer: String,
    language: String,
    mode: String,
    #[server(default)] vat_number: String,
    #[server(default)] endpoint: String,
    #[server(default)] treatment: String,
    #[server(default)] discount: String,
    #[server(default)] discount_days: String,
) -> Result<(), ActionError> {
    let odd = |field: &str| Problem::invalid(field, "Choose one of these.");
    let form = Invoicing {
        language: Language::parse(&language).ok_or_else(|| odd("language"))?,
        mode: Mode::parse(&mode).ok_or_else(|| odd("mode"))?,
        vat_number,
        endpoint: endpoint.trim().to_owned(),
        treatment: match treatment.as_str() {
            "" => None,
            code => Some(Category::parse(code).ok_or_else(|| odd("treatment"))?),
        },
        early: Early::parse(&discount, &discount_days)?,
    };
    let mut tx = writing().await?;
    store::invoices::set_invoicing(&mut tx, &customer, &form).await?;
    tx.commit().await?;
    flash("Saved. It holds for what is issued from now on.").await?;
    go(&format!("/sales/customers/{customer}"));
    Ok(())
}

/// Takes an order over, completes it or calls it off. `version` is what the person saw.
#[server(endpoint = "sales/change-order")]
pub async fn change_order(
    customer: String,
    number: String,
    version: i32,
    change: String,
    #[server(default)] reason: String,
) -> Result<(), ActionError> {
    let change =
        Change::parse(&change).ok_or_else(|| Problem::invalid("change", "Choose what happens to the order."))?;
    let mut tx = writing().await?;
    let (page, order) = (desk_href(&customer, &number), number.clone());
    let after = command(async move {
        let after = store::deliveries::change(&mut tx, &customer, &order, version, change, &reason).await?;
        tx.commit().await?;
        Ok(after)
    })
    .await?;
    flash(format!("{number} is {}. The customer is told.", after.label().to_lowercase())).await?;
    go(&page);
    Ok(())
}

/// Promises another day for a line. `before` is what the person saw; empty: from the shelf.
#[server(endpoint = "sales/promise")]
pub async fn promise(
    customer: String,
    number: String,
    line: i32,
    #[server(default)] before: String,
    #[server(default)] day: String,
    #[server(default)] reason: String,
) -> Result<(), ActionError> {
    let field = format!("day-{line}");
    let day = day.trim().parse().map_err(|_| Problem::invalid(&field, "Enter a day, such as 2026-12-24."))?;
    let before = before.parse().ok();
    let mut tx = writing().await?;
    store::deliveries::promise(&mut tx, &customer, &number, line, before, day, &reason).await?;
    tx.commit().await?;
    flash(format!("Promised for {}. The customer is told.", domain::text::date(day))).await?;
    go(&desk_href(&customer, &number));
    Ok(())
}
