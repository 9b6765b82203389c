//! How the company buys: units, budgets, cost centres, addresses, settings, credit; and what its members are told.

pub mod actions;
mod addresses;
mod budgets;
mod cost_centres;
mod credit;
mod notices;
mod units;

pub use addresses::Addresses;
pub use budgets::Budgets;
pub use cost_centres::CostCentres;
pub use credit::CreditPage;
pub use notices::Notices;
pub use units::Units;
