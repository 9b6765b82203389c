//! One's own cart and its submission. For buyers.
#![allow(clippy::too_many_arguments, reason = "the fields of the checkout form, by name")]
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::cart::{CartPage, CheckoutPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
#[cfg(feature = "ssr")]
use {
    crate::request::{command, flash, go, reading, writing},
    domain::Quantity,
    domain::catalog::Sku,
};

/// One's cart, priced now.
#[server(ReadCart, endpoint = "cart/page", input = GetUrl)]
pub async fn cart() -> Result<CartPage, ActionError> {
    Ok(store::cart::cart(&mut reading().await?).await?)
}

/// The checkout, with the id of the order to be.
#[server(ReadCheckout, endpoint = "cart/checkout", input = GetUrl)]
pub async fn checkout() -> Result<CheckoutPage, ActionError> {
    Ok(store::cart::checkout(&mut reading().await?).await?)
}

/// Puts a product into the cart and comes back to `back`.
#[server(endpoint = "cart/add")]
pub async fn add(sku: String, quantity: String, back: String) -> Result<(), ActionError> {
    let (sku, quantity) = (Sku::parse("sku", &sku)?, Quantity::parse("quantity", &quantity)?);
    let mut tx = writing().await?;
    let total = store::cart::add(&mut tx, &sku, quantity).await?;
    tx.commit().await?;
    flash(if total == quantity {
        format!("{quantity} × {sku} added to your cart.")
    } else {
        format!("{quantity} × {sku} added: {total} in your cart.")
    })
    .await?;
    go(&back);
    Ok(())
}

/// Sets a line's quantity.
#[server(endpoint = "cart/set")]
pub async fn set_quantity(sku: String, quantity: String) -> Result<(), ActionError> {
    let (sku, quantity) = (Sku::parse("sku", &sku)?, Quantity::parse("quantity", &quantity)?);
    let mut tx = writing().await?;
    store::cart::set(&mut tx, &sku, Some(quantity)).await?;
    tx.commit().await?;
    go("/cart");
    Ok(())
}

/// Takes a line out.
#[server(endpoint = "cart/remove")]
pub async fn remove(sku: String) -> Result<(), ActionError> {
    let sku = Sku::parse("sku", &sku)?;
    let mut tx = writing().await?;
    store::cart::set(&mut tx, &sku, None).await?;
    tx.commit().await?;
    flash(format!("{sku} removed from your cart.")).await?;
    go("/cart");
    Ok(())
}

/// Submits the cart as an order. Idempotent by `order_id`.
#[server(endpoint = "cart/submit")]
pub async fn submit(
    order_id: String,
    total: String,
    #[server(default)] po_number: String,
    #[server(default)] cost_centre: String,
    #[server(default)] ship_to: String,
    #[server(default)] requested_on: String,
    #[server(default)] partial_delivery: String,
    #[server(default)] note: String,
) -> Result<(), ActionError> {
    let day = requested_on.trim();
    let requested_on = match day.parse() {
        Ok(day) => Some(day),
        Err(_) if day.is_empty() => None,
        Err(_) => return Err(domain::Problem::invalid("requested_on", "Enter a date, such as 2026-12-24.").into()),
    };
    let form = domain::cart::CheckoutForm {
        order_id: order_id.parse()?,
        total: total.parse().map_err(|_| domain::Problem::Conflict(domain::Cause::CartChanged))?,
        po_number,
        cost_centre,
        ship_to,
        requested_on,
        partial_delivery: !partial_delivery.is_empty(),
        note,
    };
    let mut tx = writing().await?;
    let number = command(async move {
        let number = store::orders::submit(&mut tx, &form).await?;
        tx.commit().await?;
        Ok(number)
    })
    .await?;
    go(&format!("/orders/{number}?placed=1"));
    Ok(())
}
