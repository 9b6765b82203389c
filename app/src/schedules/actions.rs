//! Making schedules, answering for their next date, changing, pausing and ending them.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use std::collections::BTreeMap;

use domain::schedules::{NewPage, SchedulePage, SchedulesPage, Typed};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{command, flash, go, keep, plain_form, reading, request, take, writing},
    domain::catalog::Sku,
    domain::ids::{MemberId, ScheduleId},
    domain::schedules::Scope,
    domain::{Cause, FieldError, Problem, Quantity},
    rust_decimal::Decimal,
};

/// Every schedule that one may see.
#[server(ReadSchedules, endpoint = "schedules/list", input = GetUrl, output = Answered)]
pub async fn schedules() -> Result<SchedulesPage, ActionError> {
    Ok(store::schedules::list(&mut reading().await?).await?)
}

/// One schedule with its next date and its history.
#[server(ReadSchedule, endpoint = "schedules/find", input = GetUrl, output = Answered)]
pub async fn schedule(id: String) -> Result<SchedulePage, ActionError> {
    Ok(store::schedules::page(&mut reading().await?, id.parse()?).await?)
}

/// The form for a new schedule: `query` names what it is made `from`, and may hold what stands in the form.
#[server(ReadNew, endpoint = "schedules/new", input = GetUrl, output = Answered)]
pub async fn new_schedule(query: String, from: String) -> Result<NewPage, ActionError> {
    let typed = match typed(&from).await? {
        Some(refused) => Some(refused),
        None => Typed::parse(&query),
    };
    Ok(store::schedules::new_page(&mut reading().await?, &from, typed).await?)
}

/// Where the session keeps a refused form, with the seat whose it is and what it was made from.
#[cfg(feature = "ssr")]
const TYPED: &str = "schedule";
#[cfg(feature = "ssr")]
type Kept = (MemberId, String, Typed);

/// What this member typed before; shown once.
#[cfg(feature = "ssr")]
async fn typed(from: &str) -> Result<Option<Typed>, ActionError> {
    let kept = take::<Kept>(TYPED).await?;
    let member = request()?.who()?.actor.member().ok();
    Ok(kept.filter(|kept| Some(kept.0) == member && kept.1 == from).map(|kept| kept.2))
}

/// The total that the page showed.
#[cfg(feature = "ssr")]
fn seen(total: &str) -> Result<Decimal, Problem> {
    total.parse().map_err(|_| Problem::Conflict(Cause::Stale))
}

/// Makes a schedule `from` an order or a list, at the prices that the page showed.
#[server(endpoint = "schedules/make")]
pub async fn make_schedule(from: String, seen: String, form: Typed) -> Result<(), ActionError> {
    let total = self::seen(&seen)?;
    let mut tx = writing().await?;
    match store::schedules::make(&mut tx, &from, total, &form).await {
        Ok(id) => {
            tx.commit().await?;
            flash("The schedule is made. You are told before each order.").await?;
            go(&format!("/schedules/{id}"));
            Ok(())
        }
        Err(problem) => {
            if plain_form() {
                keep(TYPED, &(request()?.who()?.actor.member()?, from, form)).await?;
            }
            Err(problem.into())
        }
    }
}

/// Changes what a schedule does, apart from its lines.
#[server(endpoint = "schedules/save")]
pub async fn save_schedule(id: String, form: Typed) -> Result<(), ActionError> {
    let id: ScheduleId = id.parse()?;
    let mut tx = writing().await?;
    store::schedules::save(&mut tx, id, &form).await?;
    tx.commit().await?;
    flash("Saved.").await?;
    go(&format!("/schedules/{id}"));
    Ok(())
}

/// Quantities by article; nothing, or 0, is none of it.
#[cfg(feature = "ssr")]
fn chosen(field: &str, quantities: &BTreeMap<String, String>) -> Result<Vec<(Sku, Option<Quantity>)>, FieldError> {
    quantities
        .iter()
        .map(|(sku, typed)| {
            let quantity = match typed.trim() {
                "" | "0" => None,
                typed => Some(Quantity::parse(&format!("{field}-{sku}"), typed)?),
            };
            Ok((Sku::parse("sku", sku)?, quantity))
        })
        .collect()
}

/// Changes the standing lines; `sku`, where there is one, comes to them.
#[server(endpoint = "schedules/lines")]
pub async fn set_standing(
    id: String,
    #[server(default)] quantities: BTreeMap<String, String>,
    #[server(default)] sku: String,
    #[server(default)] quantity: String,
) -> Result<(), ActionError> {
    let id: ScheduleId = id.parse()?;
    let chosen = chosen("standing", &quantities)?;
    let more = match (sku.trim(), quantity.trim()) {
        ("", _) => None,
        (sku, "") => Some((Sku::parse("sku", sku)?, Quantity::ONE)),
        (sku, quantity) => Some((Sku::parse("sku", sku)?, Quantity::parse("quantity", quantity)?)),
    };
    let mut tx = writing().await?;
    store::schedules::set_lines(&mut tx, id, &chosen, more).await?;
    tx.commit().await?;
    flash("The lines are saved.").await?;
    go(&format!("/schedules/{id}"));
    Ok(())
}

/// Answers for the next date, `scope` being `once` or `standing`; orders it when it is due.
#[server(endpoint = "schedules/answer")]
pub async fn answer_next(
    id: String,
    due_on: String,
    seen: String,
    scope: String,
    #[server(default)] quantities: BTreeMap<String, String>,
) -> Result<(), ActionError> {
    let id: ScheduleId = id.parse()?;
    let (chosen, total) = (chosen("quantity", &quantities)?, self::seen(&seen)?);
    let due_on = due_on.parse().map_err(|_| Problem::NotFound)?;
    let scope = if scope == "standing" { Scope::Standing } else { Scope::Once };
    let mut tx = writing().await?;
    let ordered = command(async move {
        let ordered = store::schedules::answer(&mut tx, id, due_on, total, scope, &chosen).await?;
        tx.commit().await?;
        Ok(ordered)
    })
    .await?;
    flash(match ordered {
        Some(number) => format!("Order {number} is placed."),
        None => "Saved. It is ordered on its day.".to_owned(),
    })
    .await?;
    go(&format!("/schedules/{id}"));
    Ok(())
}

/// Leaves the next date out.
#[server(endpoint = "schedules/skip")]
pub async fn skip_next(id: String, due_on: String) -> Result<(), ActionError> {
    let id: ScheduleId = id.parse()?;
    let due_on = due_on.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = writing().await?;
    store::schedules::skip(&mut tx, id, due_on).await?;
    tx.commit().await?;
    flash(format!("{} is skipped.", domain::text::date(due_on))).await?;
    go(&format!("/schedules/{id}"));
    Ok(())
}

/// Pauses, resumes or ends a schedule.
#[server(endpoint = "schedules/change")]
pub async fn change_state(id: String, change: String) -> Result<(), ActionError> {
    let id: ScheduleId = id.parse()?;
    let mut tx = writing().await?;
    let told = match change.as_str() {
        "pause" => {
            store::schedules::pause(&mut tx, id).await.map(|()| "Paused. Nothing is ordered until it is resumed.")?
        }
        "resume" => store::schedules::resume(&mut tx, id).await.map(|()| "Resumed.")?,
        "end" => store::schedules::end(&mut tx, id).await.map(|()| "Ended. What it has ordered stays ordered.")?,
        _ => return Err(Problem::NotFound.into()),
    };
    tx.commit().await?;
    flash(told).await?;
    go(&format!("/schedules/{id}"));
    Ok(())
}
