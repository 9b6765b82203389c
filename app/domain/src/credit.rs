//! What a customer owes and is about to owe, against what the seller lends.
//!
//! exposure = open invoices − unallocated payments and credits + shipped not invoiced + open orders + orders awaiting approval.

use serde::{Deserialize, Serialize};

use crate::ids::AccountId;
use crate::money::MoneyError;
use crate::{Currency, Money};

/// What happens to an order beyond the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Policy {
    /// It goes through with a warning.
    Warn,
    /// It waits for the seller's release.
    Hold,
    /// It is refused.
    Block,
}

impl Policy {
    /// Reads the stored code; anything unknown is the cautious `Hold`.
    pub fn parse(code: &str) -> Self {
        match code {
            "warn" => Self::Warn,
            "block" => Self::Block,
            _ => Self::Hold,
        }
    }
}

/// An account's limit and what uses it, all in the account's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// `None`: no limit.
    pub limit: Option<Money>,
    /// What happens beyond it.
    pub policy: Policy,
    /// Unsettled parts of invoices.
    pub open_invoices: Money,
    /// Unsettled credit notes and payments not yet allocated.
    pub unallocated: Money,
    /// Orders confirmed, held, awaiting approval, or shipped without an invoice.
    pub open_orders: Money,
}

/// What one account uses of a limit. Units may share the limit of the account above them: then there are several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The asking account or a unit below it; `None`: all others who share the limit, together.
    pub account: Option<AccountId>,
    /// Its name.
    pub unit: Option<String>,
    /// Unsettled parts of invoices.
    pub open_invoices: Money,
    /// Unsettled credit notes and payments not yet allocated.
    pub unallocated: Money,
    /// Orders confirmed, held, awaiting approval, or shipped without an invoice.
    pub open_orders: Money,
}

impl Part {
    /// What it uses.
    pub fn used(&self) -> Result<Money, MoneyError> {
        self.open_invoices.minus(self.unallocated)?.plus(self.open_orders)
    }
}

/// What the limit says to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It fits, or there is no limit.
    Fits,
    /// Beyond the limit: the policy decides; this much is left.
    Exceeds(Policy, Money),
}

impl Credit {
    /// All that the customer owes or is about to owe.
    pub fn exposure(&self) -> Result<Money, MoneyError> {
        self.open_invoices.minus(self.unallocated)?.plus(self.open_orders)
    }

    /// What is left of the limit, never below zero; `None` without a limit.
    pub fn free(&self) -> Result<Option<Money>, MoneyError> {
        let Some(limit) = self.limit else { return Ok(None) };
        let free = limit.minus(self.exposure()?)?;
        Ok(Some(if free.amount().is_sign_negative() { Money::zero(limit.currency()) } else { free }))
    }

    /// Judges an order of `gross`. Exactly reaching the limit still fits.
    pub fn judge(&self, gross: Money) -> Result<Verdict, MoneyError> {
        Ok(match self.limit {
            Some(limit) if self.exposure()?.plus(gross)?.amount() > limit.amount() => {
                Verdict::Exceeds(self.policy, self.free()?.unwrap_or(Money::zero(limit.currency())))
            }
            _ => Verdict::Fits,
        })
    }

    /// A limit and what those who share it use of it.
    pub fn of(limit: Money, policy: Policy, parts: &[Part]) -> Result<Self, MoneyError> {
        let mut credit = Self { limit: Some(limit), policy, ..Self::unlimited(limit.currency()) };
        for part in parts {
            credit.open_invoices = credit.open_invoices.plus(part.open_invoices)?;
            credit.unallocated = credit.unallocated.plus(part.unallocated)?;
            credit.open_orders = credit.open_orders.plus(part.open_orders)?;
        }
        Ok(credit)
    }

    /// Nothing used, no limit.
    pub const fn unlimited(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { limit: None, policy: Policy::Warn, open_invoices: zero, unallocated: zero, open_orders: zero }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    fn gbp(n: i64) -> Money {
        Money::new(Decimal::from(n), Currency::GBP)
    }

    fn credit(limit: Option<i64>, invoices: i64, credits: i64, orders: i64) -> Credit {
        Credit {
            limit: limit.map(gbp),
            policy: Policy::Hold,
            open_invoices: gbp(invoices),
            unallocated: gbp(credits),
            open_orders: gbp(orders),
        }
    }

    #[test]
    fn the_limit_counts_invoices_and_orders_and_credits_give_room() {
        let c = credit(Some(1000), 500, 100, 300);
        assert_eq!(c.exposure(), Ok(gbp(700)));
        assert_eq!(c.judge(gbp(300)), Ok(Verdict::Fits), "reaching the limit exactly fits");
        assert_eq!(c.judge(gbp(301)), Ok(Verdict::Exceeds(Policy::Hold, gbp(300))));
    }

    #[test]
    fn no_limit_always_fits_and_a_limit_of_zero_never_does() {
        assert_eq!(credit(None, 9_999_999, 0, 0).judge(gbp(1)), Ok(Verdict::Fits));
        assert_eq!(credit(Some(0), 0, 0, 0).judge(gbp(1)), Ok(Verdict::Exceeds(Policy::Hold, gbp(0))));
    }

    #[test]
    fn all_who_share_a_limit_count_against_it() {
        let part = |invoices: i64, orders: i64| Part {
            account: None,
            unit: None,
            open_invoices: gbp(invoices),
            unallocated: gbp(50),
            open_orders: gbp(orders),
        };
        let shared = Credit::of(gbp(1000), Policy::Hold, &[part(500, 100), part(0, 350)]).expect("one currency");
        assert_eq!(shared, credit(Some(1000), 500, 100, 450));
        assert_eq!(part(0, 350).used(), Ok(gbp(300)));
    }

    #[test]
    fn what_is_left_is_never_negative() {
        assert_eq!(credit(Some(100), 500, 0, 0).free(), Ok(Some(gbp(0))));
    }
}
