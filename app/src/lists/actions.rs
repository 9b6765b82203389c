//! Making, changing, sharing lists, and ordering from them.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::lists::{ListPage, ListsPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{flash, go, reading, writing},
    domain::catalog::Sku,
    domain::ids::ListId,
    domain::lists::{ListForm, Right, to_order},
    domain::{Quantity, text},
    rust_decimal::Decimal,
    store::lists::Source,
};

/// A row of the form for counting: an article, and how many are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    sku: String,
    #[serde(default)]
    there: String,
}

/// Every list that one may see.
#[server(ReadLists, endpoint = "lists/list", input = GetUrl, output = Answered)]
pub async fn lists() -> Result<ListsPage, ActionError> {
    Ok(store::lists::list(&mut reading().await?).await?)
}

/// One list with its lines.
#[server(ReadList, endpoint = "lists/find", input = GetUrl, output = Answered)]
pub async fn list(id: String) -> Result<ListPage, ActionError> {
    Ok(store::lists::page(&mut reading().await?, id.parse()?).await?)
}

#[cfg(feature = "ssr")]
fn form(name: String, account: &str, units: &str) -> ListForm {
    ListForm {
        name,
        account: Right::parse(account).unwrap_or_default(),
        units: Right::parse(units).unwrap_or_default(),
    }
}

/// Makes a list; `from` is empty, `cart`, `order:` and its number, or `quick` (what was understood of the quick order).
#[server(endpoint = "lists/make")]
pub async fn make_list(
    name: String,
    #[server(default)] from: String,
    #[server(default)] account: String,
    #[server(default)] units: String,
) -> Result<(), ActionError> {
    let form = form(name, &account, &units);
    let mut tx = writing().await?;
    let made = match (from.as_str(), from.strip_prefix("order:")) {
        ("quick", _) => store::quick::save_as_list(&mut tx, &form).await?,
        ("cart", _) => store::lists::make(&mut tx, &form, &Source::Cart).await?,
        (_, Some(number)) => store::lists::make(&mut tx, &form, &Source::Order(number.to_owned())).await?,
        _ => store::lists::make(&mut tx, &form, &Source::Blank).await?,
    };
    tx.commit().await?;
    let left_out = i64::try_from(made.left_out).unwrap_or(i64::MAX);
    flash(match left_out {
        0 => "The list is saved.".to_owned(),
        n => format!("The list is saved; {} could not be put on it.", text::counted(n, "line", "lines")),
    })
    .await?;
    go(&format!("/lists/{}", made.id));
    Ok(())
}

/// Renames and shares a list.
#[server(endpoint = "lists/save")]
pub async fn save_list(
    id: String,
    name: String,
    #[server(default)] account: String,
    #[server(default)] units: String,
) -> Result<(), ActionError> {
    let list: ListId = id.parse()?;
    let mut tx = writing().await?;
    store::lists::save(&mut tx, list, &form(name, &account, &units)).await?;
    tx.commit().await?;
    flash("Saved.").await?;
    go(&format!("/lists/{list}"));
    Ok(())
}

/// Deletes a list.
#[server(endpoint = "lists/delete")]
pub async fn delete_list(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::lists::delete(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    flash("The list is deleted.").await?;
    go("/lists");
    Ok(())
}

/// Puts an article on a list.
#[server(endpoint = "lists/add")]
pub async fn add_line(id: String, sku: String, #[server(default)] quantity: String) -> Result<(), ActionError> {
    let (list, sku): (ListId, _) = (id.parse()?, Sku::parse("sku", &sku)?);
    let quantity = if quantity.trim().is_empty() { Quantity::ONE } else { Quantity::parse("quantity", &quantity)? };
    let mut tx = writing().await?;
    store::lists::add(&mut tx, list, &sku, quantity).await?;
    tx.commit().await?;
    go(&format!("/lists/{list}"));
    Ok(())
}

/// Sets a line's quantity and par level, or takes it off.
#[server(endpoint = "lists/set")]
pub async fn set_line(
    id: String,
    sku: String,
    #[server(default)] quantity: String,
    #[server(default)] par: String,
    #[server(default)] remove: Option<String>,
) -> Result<(), ActionError> {
    let (list, sku): (ListId, _) = (id.parse()?, Sku::parse("sku", &sku)?);
    let field = |name: &str| format!("{name}-{sku}");
    let maybe = |name: &str, text: &str| match text.trim() {
        "" => Ok(None),
        text => Quantity::parse(&field(name), text).map(Some),
    };
    let (quantity, par) = match remove {
        Some(_) => (None, None),
        None => (Some(Quantity::parse(&field("quantity"), &quantity)?), maybe("par", &par)?),
    };
    let mut tx = writing().await?;
    store::lists::set(&mut tx, list, &sku, quantity, par).await?;
    tx.commit().await?;
    go(&format!("/lists/{list}"));
    Ok(())
}

/// Fills the cart from a list: all of it; or, with what is on the shelf, what is missing to the par level.
#[server(endpoint = "lists/order")]
pub async fn order_list(
    id: String,
    #[server(default)] counted: Option<String>,
    #[server(default)] rows: Vec<Counted>,
) -> Result<(), ActionError> {
    let list: ListId = id.parse()?;
    let mut tx = writing().await?;
    let report = if counted.is_some() {
        let page = store::lists::page(&mut tx, list).await?;
        let mut chosen = Vec::new();
        for (at, row) in rows.iter().enumerate().filter(|(_, row)| !row.there.trim().is_empty()) {
            let Some(par) = page.lines.iter().find(|l| l.sku == row.sku).and_then(|l| l.par) else { continue };
            let there: Decimal = row.there.trim().parse().map_err(|_| {
                domain::Problem::invalid(&format!("there-{at}"), "Enter how many are there, such as 12.")
            })?;
            if let Some(quantity) = to_order(par, there) {
                chosen.push((Sku::parse("sku", &row.sku)?, quantity));
            }
        }
        store::lists::order(&mut tx, list, Some(&chosen)).await?
    } else {
        store::lists::order(&mut tx, list, None).await?
    };
    tx.commit().await?;
    let added = text::counted(report.added, "line", "lines");
    let left = if report.left_out == 0 {
        String::new()
    } else {
        format!(" {} could not be ordered; the list says why.", text::counted(report.left_out, "line", "lines"))
    };
    flash(format!("{added} added to your cart.{left}")).await?;
    go(if report.added > 0 && report.left_out == 0 { "/cart".to_owned() } else { format!("/lists/{list}") }.as_str());
    Ok(())
}
