//! One price everywhere at one instant: the pure function behind catalog, search, cart, order and the explanation.
//!
//! Rules: docs/pricing.md. Prices come from levels (own account, parent, …, the seller's default list = farthest). The nearest
//! level that prices the product wins, even if a farther one is cheaper; below a contract's lowest tier the contract does not price it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use crate::accounts::PriceStrategy as Strategy;
use crate::{Currency, Money, Quantity};

/// What a price row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// A unit price.
    Fixed(Decimal),
    /// Percent off the base price (never off another tier).
    PercentOff(Decimal),
}

/// A contract with the price list that it opens, as it reaches the account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Agreement {
    /// Distance: 0 the account's own contract, 1 its parent's, … the largest is the seller's default.
    pub level: u8,
    /// The default list of the seller, as opposed to an agreement.
    pub is_default: bool,
    /// The contract's priority, for [`Strategy::Priority`].
    pub priority: i32,
    /// Contract number, such as `K-2041`.
    pub contract: String,
    /// Price list's code.
    pub list: String,
    /// Whether the contract is in force by its status.
    pub active: bool,
    /// The contract's first and last day.
    pub from: NaiveDate,
    /// `None`: open-ended.
    pub to: Option<NaiveDate>,
}

/// One row of one price list, reached through one contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The contract and its list; all rows that it opens share it.
    pub agreement: Arc<Agreement>,
    /// Currency of the row.
    pub currency: Currency,
    /// Unit of measure of the row.
    pub unit: String,
    /// The tier's lowest quantity.
    pub min_quantity: Quantity,
    /// What it says.
    pub rate: Rate,
    /// First day of the row; `None`: always was.
    pub valid_from: Option<NaiveDate>,
    /// Last day of the row; `None`: open-ended.
    pub valid_to: Option<NaiveDate>,
}

/// Why a candidate did or did not win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// This is the price.
    Won,
    /// The contract is a draft or ended.
    ContractNotActive,
    /// Starts later.
    NotYetValid,
    /// Ended before.
    Expired,
    /// Prices never cross currencies.
    OtherCurrency,
    /// Another unit of measure.
    OtherUnit,
    /// A tier that needs more.
    NeedsMore,
    /// A higher tier of the same list applies.
    BetterTier,
    /// A nearer agreement prices the product.
    NearerAgreement,
    /// An agreement with a higher priority prices it.
    HigherPriority,
    /// Another price at the same level is lower.
    LowerPrice,
    /// A percentage without a price to take it off.
    NoBase,
}

impl Outcome {
    /// For the "Why this price?" page.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Won => "your price",
            Self::ContractNotActive => "agreement not in force",
            Self::NotYetValid => "not valid yet",
            Self::Expired => "no longer valid",
            Self::OtherCurrency => "another currency",
            Self::OtherUnit => "another unit",
            Self::NeedsMore => "needs a larger quantity",
            Self::BetterTier => "a larger quantity's price applies",
            Self::NearerAgreement => "your own agreement comes first",
            Self::HigherPriority => "another agreement has priority",
            Self::LowerPrice => "a lower price applies",
            Self::NoBase => "no base price",
        }
    }
}

/// One candidate with its fate: the trace that "Why this price?" shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// Contract number.
    pub contract: String,
    /// Whether it is the seller's list price.
    pub is_default: bool,
    /// From which quantity.
    pub min_quantity: Quantity,
    /// The unit price it would have given, when that can be said.
    pub unit_price: Option<Money>,
    /// What became of it.
    pub outcome: Outcome,
}

/// A next volume break worth knowing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextTier {
    /// From this quantity.
    pub min_quantity: Quantity,
    /// Each, from then on.
    pub unit_price: Money,
}

/// The price, where it comes from, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Each, in the account's currency; up to four decimals.
    pub unit_price: Money,
    /// The contract's number; the default list's for list prices.
    pub contract: String,
    /// Whether it is merely the list price.
    pub is_list_price: bool,
    /// The tier that applies.
    pub tier: Quantity,
    /// The last day on which this price holds, as far as is known.
    pub valid_until: Option<NaiveDate>,
    /// The next lower price at a larger quantity, on the same list.
    pub next_tier: Option<NextTier>,
    /// The seller's list price at the same quantity, for comparison.
    pub list_price: Option<Money>,
}

impl Resolved {
    /// `Contract K-2041` or `List price`: what a document's line keeps as its price source.
    pub fn source(&self) -> String {
        if self.is_list_price { "List price".to_owned() } else { format!("Contract {}", self.contract) }
    }
}

/// What is asked: how many, in which unit and currency, on which day, under which strategy.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// How many.
    pub quantity: Quantity,
    /// Unit of measure.
    pub unit: &'a str,
    /// The account's currency.
    pub currency: Currency,
    /// The seller's today, one for the whole request.
    pub on: NaiveDate,
    /// The account's strategy.
    pub strategy: Strategy,
}

/// The first day within `days` after the day that is asked about on which the price is another one, with that price.
pub fn next_change(candidates: &[Candidate], q: &Question<'_>, days: u64) -> Option<(NaiveDate, Option<Resolved>)> {
    let last = q.on.checked_add_days(Days::new(days))?;
    let after = |day: Option<NaiveDate>| day.and_then(|d| d.succ_opt());
    let turns: BTreeSet<NaiveDate> = candidates
        .iter()
        .flat_map(|c| [c.valid_from, Some(c.agreement.from), after(c.valid_to), after(c.agreement.to)])
        .flatten()
        .filter(|day| (q.on < *day) && *day <= last)
        .collect();
    let price = |found: &Option<Resolved>| found.as_ref().map(|r| r.unit_price);
    let now = price(&resolve(candidates, q));
    turns.into_iter().find_map(|on| {
        let then = resolve(candidates, &Question { on, ..q.clone() });
        (price(&then) != now).then_some((on, then))
    })
}

/// The price of one product among its candidates. `None`: price on request. It can be quoted, not ordered.
pub fn resolve(candidates: &[Candidate], q: &Question<'_>) -> Option<Resolved> {
    let (fates, winner) = decided(candidates, q);
    let winner = winner?;
    let (won, price) = (&candidates[winner], fates[winner].ok()?);
    let money = |amount| Money::new(amount, q.currency);
    Some(Resolved {
        unit_price: money(price),
        contract: won.agreement.contract.clone(),
        is_list_price: won.agreement.is_default,
        tier: won.min_quantity,
        valid_until: [won.valid_to, won.agreement.to].into_iter().flatten().min(),
        next_tier: next_tier(candidates, won, price, q),
        list_price: list_price(candidates, q).map(money),
    })
}

/// Every candidate and its fate, the winner (where there is one) first: why the price is what [`resolve`] says.
pub fn considered(candidates: &[Candidate], q: &Question<'_>) -> Vec<Considered> {
    let (fates, _) = decided(candidates, q);
    let mut considered: Vec<Considered> = candidates
        .iter()
        .zip(fates)
        .map(|(c, fate)| Considered {
            contract: c.agreement.contract.clone(),
            is_default: c.agreement.is_default,
            min_quantity: c.min_quantity,
            unit_price: unit_price(candidates, c, q).map(|amount| Money::new(amount, q.currency)),
            outcome: fate.err().unwrap_or(Outcome::Won),
        })
        .collect();
    considered.sort_by_key(|c| c.outcome != Outcome::Won);
    considered
}

/// What each candidate comes to: a price for the one that wins, whose place is given too, and for all others why not.
fn decided(candidates: &[Candidate], q: &Question<'_>) -> (Vec<Result<Decimal, Outcome>>, Option<usize>) {
    let mut fates: Vec<Result<Decimal, Outcome>> = candidates.iter().map(|c| applies(candidates, c, q)).collect();
    keep_best_tier(candidates, &mut fates, |c, o| c.min_quantity > o.min_quantity);

    let level = |i: usize| candidates[i].agreement.level;
    let priority = |i: usize| candidates[i].agreement.priority;
    let live = |fates: &[Result<Decimal, Outcome>], i: usize| fates[i].is_ok();
    if q.strategy == Strategy::Priority {
        let top = (0..candidates.len()).filter(|i| live(&fates, *i)).map(priority).max();
        drop_where(&mut fates, Outcome::HigherPriority, |i| Some(priority(i)) != top);
    }
    if q.strategy != Strategy::Lowest {
        let nearest = (0..candidates.len()).filter(|i| live(&fates, *i)).map(level).min();
        drop_where(&mut fates, Outcome::NearerAgreement, |i| Some(level(i)) != nearest);
    }
    let winner = (0..candidates.len()).filter_map(|i| fates[i].ok().map(|p| (p, level(i), i))).min().map(|best| best.2);
    drop_where(&mut fates, Outcome::LowerPrice, |i| Some(i) != winner);
    (fates, winner)
}

/// The quantities at which the price of the winning list changes, with their prices: the product page's table.
pub fn tiers(candidates: &[Candidate], q: &Question<'_>) -> Vec<NextTier> {
    let mut breaks: Vec<Quantity> =
        candidates.iter().filter(|c| in_force(c, q).is_ok()).map(|c| c.min_quantity.max(q.quantity)).collect();
    breaks.sort();
    breaks.dedup();
    let mut rows: Vec<NextTier> = Vec::new();
    for quantity in breaks {
        if let Some(r) = resolve(candidates, &Question { quantity, ..q.clone() })
            && rows.last().is_none_or(|last| last.unit_price != r.unit_price)
        {
            rows.push(NextTier { min_quantity: quantity, unit_price: r.unit_price });
        }
    }
    rows
}

fn in_force(c: &Candidate, q: &Question<'_>) -> Result<(), Outcome> {
    if !c.agreement.active {
        return Err(Outcome::ContractNotActive);
    }
    if c.currency != q.currency {
        return Err(Outcome::OtherCurrency);
    }
    if c.unit != q.unit {
        return Err(Outcome::OtherUnit);
    }
    if c.agreement.from > q.on || c.valid_from.is_some_and(|d| d > q.on) {
        return Err(Outcome::NotYetValid);
    }
    if [c.agreement.to, c.valid_to].into_iter().flatten().any(|d| d < q.on) {
        return Err(Outcome::Expired);
    }
    Ok(())
}

fn applies(all: &[Candidate], c: &Candidate, q: &Question<'_>) -> Result<Decimal, Outcome> {
    in_force(c, q)?;
    if c.min_quantity > q.quantity {
        return Err(Outcome::NeedsMore);
    }
    unit_price(all, c, q).ok_or(Outcome::NoBase)
}

/// Within one list of one contract only the highest reached tier counts; a dated row beats nothing but its own tier.
fn keep_best_tier(
    all: &[Candidate],
    fates: &mut [Result<Decimal, Outcome>],
    higher: fn(&Candidate, &Candidate) -> bool,
) {
    let beaten: Vec<usize> = (0..all.len())
        .filter(|i| {
            (0..all.len()).any(|j| {
                fates[j].is_ok() && fates[*i].is_ok() && same_list(&all[*i], &all[j]) && higher(&all[j], &all[*i])
            })
        })
        .collect();
    for i in beaten {
        fates[i] = Err(Outcome::BetterTier);
    }
}

fn same_list(a: &Candidate, b: &Candidate) -> bool {
    let (a, b) = (&a.agreement, &b.agreement);
    Arc::ptr_eq(a, b) || a.contract == b.contract && a.list == b.list
}

fn drop_where(fates: &mut [Result<Decimal, Outcome>], why: Outcome, lost: impl Fn(usize) -> bool) {
    for (i, fate) in fates.iter_mut().enumerate() {
        if fate.is_ok() && lost(i) {
            *fate = Err(why);
        }
    }
}

/// A fixed price as it is; a percentage off the base: the list's own lowest fixed tier, else the seller's list price.
fn unit_price(all: &[Candidate], c: &Candidate, q: &Question<'_>) -> Option<Decimal> {
    match c.rate {
        Rate::Fixed(p) => Some(p),
        Rate::PercentOff(percent) => {
            let base = |of: &dyn Fn(&Candidate) -> bool| {
                all.iter()
                    .filter(|b| of(b) && in_force(b, q).is_ok())
                    .filter_map(|b| if let Rate::Fixed(p) = b.rate { Some((b.min_quantity, p)) } else { None })
                    .min()
                    .map(|(_, p)| p)
            };
            let base = base(&|b| same_list(b, c)).or_else(|| base(&|b| b.agreement.is_default))?;
            let price = base * (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED;
            let price = price.round_dp_with_strategy(4, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
            (price > Decimal::ZERO).then_some(price)
        }
    }
}

fn next_tier(all: &[Candidate], won: &Candidate, price: Decimal, q: &Question<'_>) -> Option<NextTier> {
    all.iter()
        .filter(|c| same_list(c, won) && in_force(c, q).is_ok() && c.min_quantity > q.quantity)
        .filter_map(|c| unit_price(all, c, q).map(|p| (c.min_quantity, p)))
        .filter(|(_, p)| *p < price)
        .min()
        .map(|(min_quantity, p)| NextTier { min_quantity, unit_price: Money::new(p, q.currency) })
}

fn list_price(all: &[Candidate], q: &Question<'_>) -> Option<Decimal> {
    all.iter()
        .filter(|c| c.agreement.is_default && in_force(c, q).is_ok() && c.min_quantity <= q.quantity)
        .filter_map(|c| unit_price(all, c, q).map(|p| (c.min_quantity, std::cmp::Reverse(p))))
        .max()
        .map(|(_, std::cmp::Reverse(p))| p)
}

#[cfg(test)]
mod tests;
