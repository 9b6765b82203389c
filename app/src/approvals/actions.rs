//! Deciding and what leads to it. For members who are asked; rules for account admins.
#![allow(clippy::too_many_arguments, reason = "the fields of the forms, by name")]
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use std::collections::BTreeMap;

use domain::approvals::{ApprovalPage, InboxPage, LinkPage, RulesPage};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use {
    crate::request::{command, flash, go, reading, request, writing},
    domain::approvals::{Condition, Patience, Rule, Tier, Verdict, Who},
    domain::ids::RuleId,
    domain::{Money, Problem},
    store::approvals::{Answer as Outcome, Quantities},
};

/// What waits for the person.
#[server(ReadInbox, endpoint = "approvals/inbox", input = GetUrl, output = Answered)]
pub async fn inbox() -> Result<InboxPage, ActionError> {
    Ok(store::approvals::inbox(&mut reading().await?).await?)
}

/// One order that waits, or waited.
#[server(ReadApproval, endpoint = "approvals/find", input = GetUrl, output = Answered)]
pub async fn approval(number: String) -> Result<ApprovalPage, ActionError> {
    Ok(store::approvals::page(&mut reading().await?, &number).await?)
}

#[cfg(feature = "ssr")]
fn verdict(code: &str) -> Result<Verdict, Problem> {
    Verdict::parse(code).ok_or_else(|| Problem::invalid("verdict", "Choose what to do."))
}

/// What became of a decision, in a sentence.
#[cfg(feature = "ssr")]
fn told(number: &str, answer: &Outcome) -> String {
    match answer {
        Outcome::Waits => format!("You approved {number}. Others decide next."),
        Outcome::Approved => format!("You approved {number}. It is confirmed, and the buyer knows."),
        Outcome::Returned(changes) => {
            format!("{number} went back to the buyer, because it changed meanwhile. {}", changes.join(" "))
        }
        Outcome::Rejected => format!("You rejected {number}. Its lines are back in the buyer’s cart."),
        Outcome::Asked => format!("Your question about {number} is with the buyer."),
    }
}

/// Decides over one order. `version` is what the person saw.
#[server(endpoint = "approvals/decide")]
pub async fn decide(
    number: String,
    version: i32,
    verdict: String,
    #[server(default)] words: String,
    #[server(default)] quantities: BTreeMap<i32, String>,
) -> Result<(), ActionError> {
    let wanted = self::verdict(&verdict)?;
    let quantities = quantities
        .iter()
        .map(|(line, text)| {
            let quantity = text.trim().replace(',', "").parse();
            let invalid =
                |_| Problem::invalid(&format!("quantities[{line}]"), "Enter a quantity, such as 12; 0 drops the line.");
            Ok((*line, quantity.map_err(invalid)?))
        })
        .collect::<Result<_, Problem>>()?;
    let mut tx = writing().await?;
    let order = number.clone();
    let answer = command(async move {
        let answer = store::approvals::decide(&mut tx, &order, version, wanted, &words, &quantities).await?;
        tx.commit().await?;
        Ok(answer)
    })
    .await?;
    flash(told(&number, &answer)).await?;
    go(&if wanted == Verdict::Question { format!("/approvals/{number}") } else { "/approvals".to_owned() });
    Ok(())
}

/// Approves several orders; each on its own, so that one that changed does not stop the others. `orders` are
/// `number@version`.
#[server(endpoint = "approvals/approve-all")]
pub async fn approve_all(#[server(default)] orders: Vec<String>) -> Result<(), ActionError> {
    request()?.who()?.actor.require(domain::Permission::OrderApprove)?;
    if orders.is_empty() {
        return Err(Problem::invalid("orders", "Choose at least one order.").into());
    }
    let (mut done, mut left) = (0, Vec::new());
    for order in orders.iter().take(200) {
        let (number, version) = order.split_once('@').ok_or(Problem::NotFound)?;
        let version = version.parse().map_err(|_| Problem::NotFound)?;
        let mut tx = writing().await?;
        // Each stands for itself: what cannot be approved now is named, not an answer to the whole.
        let answer =
            match store::approvals::decide(&mut tx, number, version, Verdict::Approve, "", &Quantities::new()).await {
                Ok(answer) => tx.commit().await.map(|()| answer),
                Err(error) => Err(error),
            };
        match answer {
            Ok(Outcome::Waits | Outcome::Approved) => done += 1,
            Ok(_) | Err(_) => left.push(number.to_owned()),
        }
    }
    let approved = domain::text::counted(done, "order", "orders");
    flash(if left.is_empty() {
        format!("You approved {approved}.")
    } else {
        format!("You approved {approved}. Please look at the others again: {}.", left.join(", "))
    })
    .await?;
    go("/approvals");
    Ok(())
}

/// The buyer's answer to a question.
#[server(endpoint = "approvals/answer")]
pub async fn answer(number: String, #[server(default)] words: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::approvals::answer(&mut tx, &number, &words).await?;
    tx.commit().await?;
    flash("Your answer is on its way.").await?;
    go(&format!("/approvals/{number}"));
    Ok(())
}

/// Hands one's decisions to a colleague.
#[server(endpoint = "approvals/delegate")]
pub async fn delegate(
    to: String,
    first: String,
    last: String,
    #[server(default)] cap: String,
) -> Result<(), ActionError> {
    let day = |field: &str, text: &str| {
        text.parse().map_err(|_| Problem::invalid(field, "Enter a date, such as 2026-12-24."))
    };
    let (first, last) = (day("first", &first)?, day("last", &last)?);
    let cap = match cap.trim().replace(',', "") {
        text if text.is_empty() => None,
        text => Some(text.parse().map_err(|_| Problem::invalid("cap", "Enter an amount, such as 2000."))?),
    };
    let mut tx = writing().await?;
    store::approvals::delegate(&mut tx, to.parse()?, first, last, cap).await?;
    tx.commit().await?;
    flash("Your decisions are handed over for that time. You can still decide yourself.").await?;
    go("/approvals");
    Ok(())
}

/// Ends one of one's own delegations.
#[server(endpoint = "approvals/end-delegation")]
pub async fn end_delegation(id: String) -> Result<(), ActionError> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let mut tx = writing().await?;
    store::approvals::end_delegation(&mut tx, id).await?;
    tx.commit().await?;
    flash("The delegation has ended.").await?;
    go("/approvals");
    Ok(())
}

/// What a mailed link is about. Decides nothing.
#[server(ReadLinkedApproval, endpoint = "approvals/by-link", input = GetUrl, output = Answered)]
pub async fn by_link(token: String) -> Result<LinkPage, ActionError> {
    let request = request()?;
    Ok(store::approvals::by_link(&request.store, &token, &request.address, request.now).await?)
}

/// Decides by a mailed link, once.
#[server(endpoint = "approvals/decide-by-link")]
pub async fn decide_by_link(
    token: String,
    version: i32,
    verdict: String,
    #[server(default)] words: String,
) -> Result<(), ActionError> {
    let (request, verdict) = (request()?, self::verdict(&verdict)?);
    let done = command(async move {
        store::approvals::decide_by_link(
            &request.store,
            &token,
            version,
            verdict,
            &words,
            &request.address,
            request.now,
        )
        .await
    })
    .await?;
    go(match done {
        Outcome::Rejected => "/approve/done?did=rejected",
        Outcome::Returned(_) => "/approve/done?did=returned",
        Outcome::Asked => "/approve/done?did=asked",
        Outcome::Waits | Outcome::Approved => "/approve/done?did=approved",
    });
    Ok(())
}

/// The account's rules, with who would go through what.
#[server(ReadRules, endpoint = "approvals/rules", input = GetUrl, output = Answered)]
pub async fn rules() -> Result<RulesPage, ActionError> {
    Ok(store::approvals::rules(&mut reading().await?).await?)
}

/// The conditions of the editor's form: what is filled in, and which boxes are ticked.
#[cfg(feature = "ssr")]
fn conditions(
    over: &str,
    lines: &str,
    category: String,
    product: &str,
    ticked: [(&str, Condition); 3],
    currency: domain::Currency,
) -> Result<Vec<Condition>, Problem> {
    let mut conditions = Vec::new();
    if !over.trim().is_empty() {
        let amount: rust_decimal::Decimal = over
            .trim()
            .replace(',', "")
            .parse()
            .map_err(|_| Problem::invalid("over", "Enter an amount, such as 500."))?;
        conditions.push(Condition::TotalOver(Money::new(amount, currency)));
    }
    if !lines.trim().is_empty() {
        let n = lines.trim().parse().map_err(|_| Problem::invalid("lines", "Enter a number of lines, such as 20."))?;
        conditions.push(Condition::LinesOver(n));
    }
    if !category.is_empty() {
        conditions.push(Condition::Category(category));
    }
    if !product.trim().is_empty() {
        conditions.push(Condition::Product(product.trim().to_uppercase()));
    }
    conditions.extend(ticked.into_iter().filter(|(box_, _)| !box_.is_empty()).map(|(_, condition)| condition));
    Ok(conditions)
}

#[cfg(feature = "ssr")]
fn people(codes: &[String]) -> Vec<Who> {
    codes.iter().filter_map(|c| Who::parse(c)).collect()
}

/// Saves a rule: a new one, or over the one with this id as it was at `version`. With `try` set, only tells what it
/// would have done to the last 90 days.
#[server(endpoint = "approvals/save-rule")]
pub async fn save_rule(
    #[server(default)] id: String,
    #[server(default)] version: i32,
    name: String,
    #[server(default)] about: Vec<String>,
    #[server(default)] over: String,
    #[server(default)] lines: String,
    #[server(default)] category: String,
    #[server(default)] product: String,
    #[server(default)] over_budget: String,
    #[server(default)] new_address: String,
    #[server(default)] on_request: String,
    #[server(default)] first: Vec<String>,
    #[server(default)] first_all: String,
    #[server(default)] second: Vec<String>,
    #[server(default)] second_all: String,
    #[server(default)] requester_may: String,
    #[server(default)] only: String,
) -> Result<(), ActionError> {
    let request = request()?;
    let currency = request.who()?.actor.currency();
    let ticked = [
        (over_budget.as_str(), Condition::OverBudget),
        (new_address.as_str(), Condition::NewAddress),
        (on_request.as_str(), Condition::PriceOnRequest),
    ];
    let rule = Rule {
        name: name.trim().to_owned(),
        about: people(&about),
        conditions: conditions(&over, &lines, category, &product, ticked, currency)?,
        tiers: [(people(&first), first_all), (people(&second), second_all)]
            .into_iter()
            .filter(|(who, _)| !who.is_empty())
            .map(|(who, all)| Tier { all: !all.is_empty(), who })
            .collect(),
        requester_may: !requester_may.is_empty(),
    };
    if only == "try" {
        let outcome = store::approvals::simulate(&mut reading().await?, &rule, 90).await?;
        flash(format!(
            "“{}” would have stopped {} of {} of the last 90 days.",
            rule.name,
            domain::text::count(outcome.matching),
            domain::text::counted(outcome.orders, "order", "orders")
        ))
        .await?;
        return Ok(());
    }
    let id: Option<(RuleId, i32)> = if id.is_empty() { None } else { Some((id.parse()?, version)) };
    let mut tx = writing().await?;
    store::approvals::save_rule(&mut tx, id, &rule).await?;
    tx.commit().await?;
    flash(format!("“{}” is saved.", rule.name)).await?;
    go("/company/rules");
    Ok(())
}

/// After how many working hours people are reminded, and others may decide; empty: never.
#[server(endpoint = "approvals/save-patience")]
pub async fn save_patience(
    #[server(default)] remind: String,
    #[server(default)] escalate: String,
) -> Result<(), ActionError> {
    let hours = |field: &str, text: &str| match text.trim() {
        "" => Ok(None),
        n => n.parse().map(Some).map_err(|_| Problem::invalid(field, "Enter a number of hours, such as 8.")),
    };
    let patience = Patience { remind: hours("remind", &remind)?, escalate: hours("escalate", &escalate)? };
    let mut tx = writing().await?;
    store::approvals::save_patience(&mut tx, patience).await?;
    tx.commit().await?;
    flash("Saved.").await?;
    go("/company/rules");
    Ok(())
}

/// Switches a rule on or off, or deletes it: `change` is `on`, `off` or `delete`.
#[server(endpoint = "approvals/change-rule")]
pub async fn change_rule(id: String, version: i32, change: String) -> Result<(), ActionError> {
    let id: RuleId = id.parse()?;
    let mut tx = writing().await?;
    match change.as_str() {
        "on" => store::approvals::enable_rule(&mut tx, id, version, true).await?,
        "off" => store::approvals::enable_rule(&mut tx, id, version, false).await?,
        "delete" => store::approvals::delete_rule(&mut tx, id, version).await?,
        _ => return Err(Problem::NotFound.into()),
    }
    tx.commit().await?;
    flash(match change.as_str() {
        "on" => "The rule is in force.",
        "off" => "The rule is switched off.",
        _ => "The rule is deleted. Orders that wait because of it go on waiting.",
    })
    .await?;
    go("/company/rules");
    Ok(())
}
