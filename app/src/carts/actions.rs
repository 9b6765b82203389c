//! Keeping, changing, sharing and splitting carts. For buyers.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::carts::{CartsPage, SavedCart, SplitPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{flash, go, reading, writing},
    domain::carts::{Reason, Share},
    domain::ids::CartId,
    domain::text,
};

/// One's own carts and those that colleagues share.
#[server(ReadCarts, endpoint = "carts/list", input = GetUrl, output = Answered)]
pub async fn carts() -> Result<CartsPage, ActionError> {
    Ok(store::carts::list(&mut reading().await?).await?)
}

/// One cart, priced now.
#[server(ReadSaved, endpoint = "carts/find", input = GetUrl, output = Answered)]
pub async fn saved(id: String) -> Result<SavedCart, ActionError> {
    Ok(store::carts::page(&mut reading().await?, id.parse()?).await?)
}

/// How the cart in use could be split.
#[server(ReadSplit, endpoint = "carts/parts", input = GetUrl, output = Answered)]
pub async fn parts() -> Result<SplitPage, ActionError> {
    Ok(store::carts::split_page(&mut reading().await?).await?)
}

/// Keeps the cart in use under a name and begins an empty one.
#[server(endpoint = "carts/keep")]
pub async fn keep_cart(name: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::carts::keep(&mut tx, &name).await?;
    tx.commit().await?;
    flash(format!("“{}” is saved. Your cart is empty.", name.trim())).await?;
    go("/carts");
    Ok(())
}

/// Uses another cart of one's own; the one in use is kept.
#[server(endpoint = "carts/open")]
pub async fn open_cart(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::carts::open(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    go("/cart");
    Ok(())
}

/// Names a cart of one's own.
#[server(endpoint = "carts/rename")]
pub async fn rename_cart(id: String, name: String) -> Result<(), ActionError> {
    let id: CartId = id.parse()?;
    let mut tx = writing().await?;
    store::carts::rename(&mut tx, id, &name).await?;
    tx.commit().await?;
    flash("Saved.").await?;
    go(&format!("/carts/{id}"));
    Ok(())
}

/// Deletes a cart of one's own that is not in use.
#[server(endpoint = "carts/delete")]
pub async fn delete_cart(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::carts::delete(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    flash("The cart is deleted.").await?;
    go("/carts");
    Ok(())
}

/// Shares a cart with a colleague; `may` empty stops it.
#[server(endpoint = "carts/share")]
pub async fn share_cart(
    id: String,
    #[server(default)] with: String,
    #[server(default)] may: String,
) -> Result<(), ActionError> {
    let id: CartId = id.parse()?;
    let with = with.parse().map_err(|_| domain::Problem::invalid("with", "Choose a colleague."))?;
    let mut tx = writing().await?;
    store::carts::share(&mut tx, id, with, Share::parse(&may)).await?;
    tx.commit().await?;
    flash("Saved.").await?;
    go(&format!("/carts/{id}"));
    Ok(())
}

/// Copies what can be ordered of a cart into the one in use.
#[server(endpoint = "carts/copy")]
pub async fn copy_cart(id: String) -> Result<(), ActionError> {
    let id: CartId = id.parse()?;
    let mut tx = writing().await?;
    let report = store::carts::copy(&mut tx, id).await?;
    tx.commit().await?;
    let added = text::counted(report.added, "line", "lines");
    let (left, to) = match report.left_out {
        0 => (String::new(), "/cart".to_owned()),
        n => {
            let lines = text::counted(n, "line", "lines");
            (format!(" {lines} could not be ordered; the cart says why."), format!("/carts/{id}"))
        }
    };
    flash(format!("{added} added to your cart.{left}")).await?;
    go(&to);
    Ok(())
}

/// Makes a colleague's cart one's own and uses it.
#[server(endpoint = "carts/take")]
pub async fn take_cart(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::carts::take_over(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    flash("The cart is yours. The one that you used is kept among your carts.").await?;
    go("/cart");
    Ok(())
}

/// Takes the lines with one of the reasons `out` into carts of their own.
#[server(endpoint = "carts/split")]
pub async fn split_cart(#[server(default)] out: Vec<String>) -> Result<(), ActionError> {
    let reasons: Vec<Reason> = out.iter().filter_map(|code| Reason::parse(code)).collect();
    let mut tx = writing().await?;
    let made = store::carts::split(&mut tx, &reasons).await?;
    tx.commit().await?;
    let lines = |n: usize| text::counted(i64::try_from(n).unwrap_or_default(), "line", "lines");
    let made: Vec<String> =
        made.into_iter().map(|(_, reason, n)| format!("“{}” with {}", reason.cart_name(), lines(n))).collect();
    flash(format!("Saved as {}. The rest is in your cart.", made.join(", "))).await?;
    go("/cart");
    Ok(())
}
