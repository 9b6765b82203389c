//! Budgets: how much a cost centre may spend in a period, and what happens beyond.
//!
//! Consumed when an order is confirmed, with delivery and tax; given back by exactly what is cancelled or credited, to
//! the period that it was taken from.

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};

use crate::ids::BudgetId;
use crate::money::MoneyError;
use crate::{Money, text};

/// How long a budget lasts before it starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Period {
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// Calendar year.
    Year,
}

impl Period {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// "a month".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Month => "a month",
            Self::Quarter => "a quarter",
            Self::Year => "a year",
        }
    }

    /// Reads [`Period::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }

    /// The first day of the period in which `day` lies.
    pub fn start(self, day: NaiveDate) -> NaiveDate {
        let month = match self {
            Self::Month => day.month(),
            Self::Quarter => day.month0() / 3 * 3 + 1,
            Self::Year => 1,
        };
        NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
    }
}

/// What happens to an order beyond the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Beyond {
    /// It goes through; everybody sees it.
    Warn,
    /// Somebody must approve it.
    Approve,
    /// It is refused.
    Block,
}

impl Beyond {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Warn, Self::Approve, Self::Block];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Approve => "approve",
            Self::Block => "block",
        }
    }

    /// In people's words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Approve => "require approval",
            Self::Block => "refuse",
        }
    }

    /// Reads [`Beyond::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|b| b.code() == code)
    }
}

/// A budget in its present period, and one order against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetUse {
    /// Cost centre, name and code.
    pub cost_centre: String,
    /// How long.
    pub period: Period,
    /// How much.
    pub amount: Money,
    /// Used before the order.
    pub used: Money,
    /// Of other orders that wait for approval: not used yet.
    pub waiting: Money,
    /// What the order adds.
    pub order: Money,
    /// What happens beyond.
    pub beyond: Beyond,
}

impl BudgetUse {
    /// Whether the order goes beyond. Reaching the amount exactly does not.
    pub fn exceeded(&self) -> Result<bool, MoneyError> {
        Ok(self.used.plus(self.order)?.amount() > self.amount.amount())
    }

    /// What is left after the order; below zero when it goes beyond.
    pub fn left(&self) -> Result<Money, MoneyError> {
        self.amount.minus(self.used)?.minus(self.order)
    }

    /// "£320.00 of £2,000.00 a month used".
    pub fn words(&self) -> String {
        format!("{} of {} {} used", text::money(self.used), text::money(self.amount), self.period.words())
    }
}

/// A budget in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetRow {
    /// Names it in forms.
    pub id: BudgetId,
    /// The cost centre's code.
    pub code: String,
    /// Its present use, with no order against it.
    pub now: BudgetUse,
    /// Percent used at which those who look after budgets are told; at 100 they are told again.
    pub warn_at: i32,
    /// Use in the periods before, the oldest first: first day and amount.
    pub before: Vec<(NaiveDate, Money)>,
}

impl BudgetRow {
    /// Whole percent used; none of an amount of nothing.
    pub fn percent(&self) -> Option<i64> {
        let whole = self.now.amount.amount();
        if whole.is_zero() {
            return None;
        }
        (self.now.used.amount() * Decimal::ONE_HUNDRED / whole).floor().to_i64()
    }

    /// Whether it is used as far as its owner wants to be told.
    pub fn is_nearly_used(&self) -> bool {
        !self.now.used.amount().is_zero() && self.percent().is_none_or(|p| p >= i64::from(self.warn_at))
    }
}

/// Budgets of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetsPage {
    /// By cost centre.
    pub budgets: Vec<BudgetRow>,
    /// Cost centres without one: code and name.
    pub without: Vec<(String, String)>,
    /// Whether the person may change them.
    pub may_change: bool,
    /// The account's currency.
    pub currency: crate::Currency,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;
    use rust_decimal::Decimal;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_period_starts_on_its_first_day() {
        for (period, start) in
            [(Period::Month, "2026-11-01"), (Period::Quarter, "2026-10-01"), (Period::Year, "2026-01-01")]
        {
            assert_eq!(period.start(day("2026-11-23")), day(start));
            assert_eq!(period.start(day(start)), day(start));
            assert_eq!(Period::parse(period.code()), Some(period));
        }
        assert_eq!(Period::Quarter.start(day("2026-03-31")), day("2026-01-01"));
    }

    #[test]
    fn reaching_the_amount_is_allowed_and_a_penny_more_is_not() {
        let gbp = |pence: i64| Money::new(Decimal::new(pence, 2), Currency::GBP);
        let mut budget = BudgetUse {
            cost_centre: "MAINT".into(),
            period: Period::Month,
            amount: gbp(10_000),
            used: gbp(4_000),
            waiting: gbp(0),
            order: gbp(6_000),
            beyond: Beyond::Block,
        };
        assert_eq!((budget.exceeded(), budget.left()), (Ok(false), Ok(gbp(0))));
        budget.order = gbp(6_001);
        assert_eq!((budget.exceeded(), budget.left()), (Ok(true), Ok(gbp(-1))));
    }
}
