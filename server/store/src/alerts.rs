//! Alerts: what changes on what an account buys, what a member waits for, budgets that are nearly used; told by the clock.

mod budgets;
mod digest;
mod prices;
mod stock;

use chrono::{DateTime, Utc};
use domain::alerts::AlertsPage;
use domain::{Permission, working};

use crate::{Error, Result, Store, Tx};

pub use stock::{unwatch, watch};

/// Accounts, or members, that are looked at in one round of the housekeeping loop: it comes every ten minutes, so that a working day sees
/// ten thousand, and nobody waits for a page meanwhile.
const AT_ONCE: i64 = 250;

/// What concerns the asking member. Six statements at most.
pub async fn page(tx: &mut Tx) -> Result<AlertsPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CatalogRead)?;
    let (ahead, since) = prices::changes(tx, &actor).await?;
    let watched = if actor.may(Permission::CartUse) { stock::watched(tx, &actor).await? } else { Vec::new() };
    let budgets = if actor.may(Permission::BudgetRead) { budgets::nearly_used(tx).await? } else { Vec::new() };
    Ok(AlertsPage { ahead, since, watched, budgets, today: tx.today() })
}

/// Tells whoever wants to know; gives how many were told. What can be had again and budgets at any time, the rest in working hours.
/// Several servers may do this at once. One part that fails does not keep the others: the first failure is told in the end.
pub async fn run(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let open = working::is_open(store.job(now).await?.local(now));
    let mut round = Round::default();
    round.add(stock::tell(store, now).await);
    round.add(budgets::tell(store, now).await);
    if open {
        round.add(prices::tell(store, now).await);
        round.add(digest::tell(store, now).await);
    }
    round.done()
}

/// What came of a round: how many were told, and the first failure. One that fails does not keep the others.
#[derive(Default)]
struct Round {
    told: usize,
    failed: Option<Error>,
}

impl Round {
    fn add(&mut self, one: Result<usize>) {
        match one {
            Ok(told) => self.told += told,
            Err(error) => self.failed = self.failed.take().or(Some(error)),
        }
    }

    fn done(self) -> Result<usize> {
        self.failed.map_or(Ok(self.told), Err)
    }
}
