//! One's own cart and its submission. For buyers.
#![allow(clippy::too_many_arguments, reason = "the fields of the checkout form, by name")]
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::cart::{CartPage, CheckoutPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{command, flash, go, keep, plain_form, reading, request, take, writing},
    domain::cart::Typed,
    domain::catalog::Sku,
    domain::ids::MemberId,
    domain::{Problem, Quantity},
};

/// One's cart, priced now.
#[server(ReadCart, endpoint = "cart/page", input = GetUrl, output = Answered)]
pub async fn cart() -> Result<CartPage, ActionError> {
    Ok(store::cart::cart(&mut reading().await?).await?)
}

/// The checkout, with the id of the order to be, and what was typed into it when it was refused.
#[server(ReadCheckout, endpoint = "cart/checkout", input = GetUrl, output = Answered)]
pub async fn checkout() -> Result<CheckoutPage, ActionError> {
    let mut page = store::cart::checkout(&mut reading().await?).await?;
    if page.cart.orderable() {
        page.typed = typed().await?;
    }
    Ok(page)
}

/// A quantity of a product; a complaint links to this product's field, of the many on the page.
#[cfg(feature = "ssr")]
fn asked(sku: &Sku, quantity: &str) -> Result<Quantity, domain::FieldError> {
    Quantity::parse(&crate::catalog::quantity_field(sku.as_str()), quantity)
}

/// Puts a product into the cart, counted in one of its units (none: its own), and comes back to `back`.
#[server(endpoint = "cart/add")]
pub async fn add(
    sku: String,
    quantity: String,
    #[server(default)] unit: String,
    back: String,
) -> Result<(), ActionError> {
    let sku = Sku::parse("sku", &sku)?;
    let quantity = asked(&sku, &quantity)?;
    let mut tx = writing().await?;
    let (quantity, total) = store::cart::add_counted_in(&mut tx, &sku, quantity, &unit).await?;
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
    let sku = Sku::parse("sku", &sku)?;
    let quantity = asked(&sku, &quantity)?;
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
    let typed =
        Typed { po_number, cost_centre, ship_to, requested_on, partial_delivery: !partial_delivery.is_empty(), note };
    take::<Kept>(TYPED).await?;
    match place(&order_id, &total, &typed).await {
        Ok(number) => {
            go(&format!("/orders/{number}?placed=1"));
            Ok(())
        }
        Err(problem) => {
            if plain_form() {
                keep(TYPED, &(request()?.who()?.actor.member()?, typed)).await?;
            }
            Err(problem)
        }
    }
}

#[cfg(feature = "ssr")]
async fn place(order_id: &str, total: &str, typed: &Typed) -> Result<String, ActionError> {
    let day = typed.requested_on.trim();
    let requested_on = match day.parse() {
        Ok(day) => Some(day),
        Err(_) if day.is_empty() => None,
        Err(_) => return Err(Problem::invalid("requested_on", "Enter a date, such as 2026-12-24.").into()),
    };
    let form = domain::cart::CheckoutForm {
        order_id: order_id.parse()?,
        total: total.parse().map_err(|_| Problem::Conflict(domain::Cause::CartChanged))?,
        po_number: typed.po_number.clone(),
        cost_centre: typed.cost_centre.clone(),
        ship_to: typed.ship_to.clone(),
        requested_on,
        partial_delivery: typed.partial_delivery,
        note: typed.note.clone(),
    };
    let mut tx = writing().await?;
    command(async move {
        let number = store::orders::submit(&mut tx, &form).await?;
        tx.commit().await?;
        Ok(number)
    })
    .await
}

/// Where the session keeps a refused form, with the seat whose it is: an address or a reference is nobody else's.
#[cfg(feature = "ssr")]
const TYPED: &str = "checkout";
#[cfg(feature = "ssr")]
type Kept = (MemberId, Typed);

/// What this member typed before; shown once.
#[cfg(feature = "ssr")]
async fn typed() -> Result<Option<Typed>, ActionError> {
    let member = request()?.who()?.actor.member()?;
    Ok(take::<Kept>(TYPED).await?.filter(|kept| kept.0 == member).map(|kept| kept.1))
}
