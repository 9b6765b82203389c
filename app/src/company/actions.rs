//! The company's own matters. Reading for those whose role needs it; changing for account admins.
#![allow(clippy::too_many_arguments, reason = "the fields of the forms, by name")]
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::budgets::BudgetsPage;
use domain::company::{AddressesPage, CostCentresPage, CreditView, UnitsPage};
use domain::notices::NoticesPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{command, flash, go, reading, request, writing},
    domain::Problem,
    domain::budgets::{Beyond, Period},
    domain::company::AddressForm,
    rust_decimal::Decimal,
};

#[cfg(feature = "ssr")]
fn amount(field: &str, text: &str) -> Result<Decimal, Problem> {
    text.trim().replace(',', "").parse().map_err(|_| Problem::invalid(field, "Enter an amount, such as 2000."))
}

/// Budgets with their use.
#[server(ReadBudgets, endpoint = "company/budgets", input = GetUrl, output = Answered)]
pub async fn budgets() -> Result<BudgetsPage, ActionError> {
    Ok(store::budgets::list(&mut reading().await?).await?)
}

/// Sets a cost centre's budget.
#[server(endpoint = "company/set-budget")]
pub async fn set_budget(
    cost_centre: String,
    period: String,
    total: String,
    beyond: String,
    #[server(default)] warn_at: String,
) -> Result<(), ActionError> {
    let period = Period::parse(&period).ok_or_else(|| Problem::invalid("period", "Choose a period."))?;
    let beyond = Beyond::parse(&beyond).ok_or_else(|| Problem::invalid("beyond", "Choose what happens beyond."))?;
    let total = amount("amount", &total)?;
    let warn_at = match warn_at.trim() {
        "" => 80,
        percent => percent.parse().map_err(|_| Problem::invalid("warn_at", "Enter a percentage from 1 to 100."))?,
    };
    let mut tx = writing().await?;
    store::budgets::set(&mut tx, &cost_centre, period, total, beyond, warn_at).await?;
    tx.commit().await?;
    flash(format!("The budget of {cost_centre} is set.")).await?;
    go("/company/budgets");
    Ok(())
}

/// Ends a budget.
#[server(endpoint = "company/end-budget")]
pub async fn end_budget(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::budgets::end(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    flash("The budget has ended. What it was used for stays.").await?;
    go("/company/budgets");
    Ok(())
}

/// The units below the account.
#[server(ReadUnits, endpoint = "company/units", input = GetUrl, output = Answered)]
pub async fn units() -> Result<UnitsPage, ActionError> {
    Ok(store::units::units(&mut reading().await?).await?)
}

/// Opens a unit, or gives the one with this id another name.
#[server(endpoint = "company/save-unit")]
pub async fn save_unit(#[server(default)] id: String, name: String) -> Result<(), ActionError> {
    let request = request()?;
    let actor = request.who()?.actor.clone();
    let unit = if id.is_empty() { None } else { Some(id.parse()?) };
    let words = if unit.is_some() {
        format!("{name} is saved.")
    } else {
        format!("{name} is open. You are its account admin.")
    };
    command(async move {
        match unit {
            Some(unit) => store::units::rename(&request.store, &actor, unit, &name, request.now).await,
            None => store::units::create(&request.store, &actor, &name, request.now).await.map(|_| ()),
        }
    })
    .await?;
    flash(words).await?;
    go("/company/units");
    Ok(())
}

/// Closes a unit (`open` empty) or opens it again.
#[server(endpoint = "company/close-unit")]
pub async fn close_unit(id: String, #[server(default)] open: String) -> Result<(), ActionError> {
    let request = request()?;
    let (actor, unit, open) = (request.who()?.actor.clone(), id.parse()?, !open.is_empty());
    command(async move { store::units::close(&request.store, &actor, unit, open, request.now).await }).await?;
    flash(if open { "The unit is open again." } else { "The unit is closed: nobody acts in it any more." }).await?;
    go("/company/units");
    Ok(())
}

/// Takes a seat as account admin in a unit.
#[server(endpoint = "company/join-unit")]
pub async fn join_unit(id: String) -> Result<(), ActionError> {
    let request = request()?;
    let (actor, unit) = (request.who()?.actor.clone(), id.parse()?);
    command(async move { store::units::join(&request.store, &actor, unit, request.now).await }).await?;
    flash("You have a seat there now, as account admin.").await?;
    go("/company/units");
    Ok(())
}

/// Cost centres, open and closed.
#[server(ReadCostCentres, endpoint = "company/cost-centres", input = GetUrl, output = Answered)]
pub async fn cost_centres() -> Result<CostCentresPage, ActionError> {
    Ok(store::company::cost_centres(&mut reading().await?).await?)
}

/// Opens a cost centre, or renames it.
#[server(endpoint = "company/save-cost-centre")]
pub async fn save_cost_centre(code: String, name: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::company::save_cost_centre(&mut tx, &code, &name).await?;
    tx.commit().await?;
    flash(format!("{name} is saved.")).await?;
    go("/company/cost-centres");
    Ok(())
}

/// Closes a cost centre (`open` empty) or opens it again.
#[server(endpoint = "company/close-cost-centre")]
pub async fn close_cost_centre(code: String, #[server(default)] open: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::company::open_cost_centre(&mut tx, &code, !open.is_empty()).await?;
    tx.commit().await?;
    flash(if open.is_empty() { "Closed: nobody can choose it any more." } else { "Open again." }).await?;
    go("/company/cost-centres");
    Ok(())
}

/// The address book, and how the company orders.
#[server(ReadAddresses, endpoint = "company/addresses", input = GetUrl, output = Answered)]
pub async fn addresses() -> Result<AddressesPage, ActionError> {
    Ok(store::company::addresses(&mut reading().await?).await?)
}

/// Writes an address: a new one, or over the one with this id.
#[server(endpoint = "company/save-address")]
pub async fn save_address(
    #[server(default)] id: String,
    kind: String,
    label: String,
    company: String,
    street: String,
    postcode: String,
    city: String,
    country: String,
    #[server(default)] is_default: String,
) -> Result<(), ActionError> {
    let id = if id.is_empty() { None } else { Some(id.parse()?) };
    let is_default = !is_default.is_empty();
    let form = AddressForm { id, kind, label, company, street, postcode, city, country, is_default };
    let mut tx = writing().await?;
    store::company::save_address(&mut tx, &form).await?;
    tx.commit().await?;
    flash(format!("{} is saved.", form.label)).await?;
    go("/company/addresses");
    Ok(())
}

/// Takes an address out of the book. Orders keep theirs.
#[server(endpoint = "company/delete-address")]
pub async fn delete_address(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::company::delete_address(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    flash("The address is gone from the book. Orders keep theirs.").await?;
    go("/company/addresses");
    Ok(())
}

/// How the company orders: PO number, order minimum, deciding by mail.
#[server(endpoint = "company/settings")]
pub async fn save_settings(
    #[server(default)] po_required: String,
    #[server(default)] minimum: String,
    #[server(default)] by_mail: String,
) -> Result<(), ActionError> {
    let least = if minimum.trim().is_empty() { None } else { Some(amount("minimum", &minimum)?) };
    let mut tx = writing().await?;
    store::company::save_settings(&mut tx, !po_required.is_empty(), least, !by_mail.is_empty()).await?;
    tx.commit().await?;
    flash("Your settings are saved.").await?;
    go("/company/addresses");
    Ok(())
}

/// The credit limit and what uses it.
#[server(ReadCredit, endpoint = "company/credit", input = GetUrl, output = Answered)]
pub async fn credit() -> Result<CreditView, ActionError> {
    Ok(store::company::credit(&mut reading().await?).await?)
}

/// What the person was told.
#[server(ReadNotices, endpoint = "company/notices", input = GetUrl, output = Answered)]
pub async fn notices() -> Result<NoticesPage, ActionError> {
    Ok(store::notices::list(&mut reading().await?).await?)
}

/// Chooses what comes by mail as well: the codes of the kinds.
#[server(endpoint = "company/choose-mails")]
pub async fn choose_mails(#[server(default)] kinds: Vec<String>) -> Result<(), ActionError> {
    let mailed: Vec<_> = kinds.iter().filter_map(|code| domain::notices::Kind::parse(code)).collect();
    let mut tx = writing().await?;
    store::notices::choose(&mut tx, &mailed).await?;
    tx.commit().await?;
    flash("Saved. The bell has everything.").await?;
    go("/notices");
    Ok(())
}

/// Marks all of it as read.
#[server(endpoint = "company/notices-read")]
pub async fn notices_read() -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::notices::read_all(&mut tx).await?;
    tx.commit().await?;
    go("/notices");
    Ok(())
}
