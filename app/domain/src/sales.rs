//! The seller's people and their customers: who orders, who owes, who has gone quiet.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::accounts::{Address, PriceStrategy};
use crate::actor::Role;
use crate::assistance::{OwnRow, Policy};
use crate::deliveries::{DeskRow, StaffNote, href, words};
use crate::ids::MemberId;
use crate::invoices::Invoicing;

/// A customer with what a rep wants to know first. Years are the last 365 days and the 365 before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Account number.
    pub number: String,
    /// Name.
    pub name: String,
    /// ISO code.
    pub country: String,
    /// `active`, `on_hold`, `closed`.
    pub status: String,
    /// Their last order, the seller's local time.
    pub last_order: Option<NaiveDateTime>,
    /// Orders that are not done.
    pub open_orders: i64,
    /// Carts with something in them.
    pub open_carts: i64,
    /// Quotes under way: asked for, or waiting for the customer.
    pub open_quotes: i64,
    /// Those of them that wait for the seller.
    pub asked_quotes: i64,
    /// Due and not paid.
    pub overdue: Money,
    /// Ordered in the last 365 days.
    pub this_year: Money,
    /// Ordered in the 365 days before.
    pub last_year: Money,
    /// Orders in those two years.
    pub orders: i64,
    /// Has gone quiet: see [`quiet`].
    pub quiet: bool,
}

/// Whether a customer has gone quiet: no order for twice as long as is usual for them, and at least 30 days. What is usual is
/// the mean over two years of `orders`; somebody who never ordered is not quiet but new.
pub fn quiet(last: Option<NaiveDate>, orders: i64, today: NaiveDate) -> bool {
    let Some(last) = last else { return false };
    let usual = 730 / orders.max(1);
    (today - last).num_days() > (2 * usual).max(30)
}

/// Which customers a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Show {
    /// All of them.
    #[default]
    All,
    /// Who has gone quiet.
    Quiet,
    /// Who owes what is due.
    Overdue,
    /// Who has something in a cart.
    Carts,
}

impl Show {
    /// All of them, in the order of the tabs.
    pub const ALL: [Self; 4] = [Self::All, Self::Quiet, Self::Overdue, Self::Carts];

    /// As in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Quiet => "quiet",
            Self::Overdue => "overdue",
            Self::Carts => "carts",
        }
    }

    /// On the tab.
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Quiet => "Gone quiet",
            Self::Overdue => "Overdue",
            Self::Carts => "Open carts",
        }
    }

    /// Whether a customer belongs there.
    pub fn takes(self, c: &Customer) -> bool {
        match self {
            Self::All => true,
            Self::Quiet => c.quiet,
            Self::Overdue => !c.overdue.amount().is_zero(),
            Self::Carts => c.open_carts > 0,
        }
    }
}

/// Customers on one page.
pub const PAGE: u32 = 50;

/// What the address of the customers asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersQuery {
    /// Number or name.
    pub words: String,
    /// Which.
    pub show: Show,
    /// Page, from 1.
    pub page: u32,
}

impl CustomersQuery {
    /// Reads a query string; nonsense is left out.
    pub fn parse(query: &str) -> Self {
        let mut wanted = Self { page: 1, ..Self::default() };
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "q" => wanted.words = words(&value),
                "show" => wanted.show = Show::ALL.into_iter().find(|s| s.code() == value).unwrap_or_default(),
                "page" => wanted.page = value.parse().unwrap_or(1).clamp(1, 9_999),
                _ => {}
            }
        }
        wanted
    }

    /// The link to this list.
    pub fn href(&self) -> String {
        href("/sales/customers", &[("q", &self.words), ("show", self.show.code())], self.page)
    }
}

/// The customers' page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersPage {
    /// What was asked.
    pub query: CustomersQuery,
    /// The page's rows, by name.
    pub rows: Vec<Customer>,
    /// How many match the words, by tab.
    pub counts: Vec<(Show, i64)>,
    /// The seller's today.
    pub today: NaiveDate,
}

/// Where a rep begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesHome {
    /// Customers that the person sees.
    pub customers: i64,
    /// Orders of theirs that are not done.
    pub open_orders: i64,
    /// How many have gone quiet.
    pub quiet_count: i64,
    /// How many owe what is due.
    pub overdue_count: i64,
    /// Who has gone quiet, those who bought the most first.
    pub quiet: Vec<Customer>,
    /// Who owes what is due, the most first.
    pub overdue: Vec<Customer>,
    /// Questions of one's own for consent, and what came of them; what is under way.
    pub help: Vec<OwnRow>,
    /// Quotes that wait for the seller; none where the person drafts none.
    pub quotes: Option<i64>,
    /// The seller's today.
    pub today: NaiveDate,
}

/// How many customers the home page names at most, in each list.
pub const FIRST: usize = 8;

impl SalesHome {
    /// Sorts customers into the lists.
    pub fn of(customers: Vec<Customer>, help: Vec<OwnRow>, quotes: bool, today: NaiveDate) -> Self {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let mut home = Self {
            quotes: quotes.then(|| customers.iter().map(|c| c.asked_quotes).sum()),
            customers: count(customers.len()),
            open_orders: customers.iter().map(|c| c.open_orders).sum(),
            quiet_count: count(customers.iter().filter(|c| Show::Quiet.takes(c)).count()),
            overdue_count: count(customers.iter().filter(|c| Show::Overdue.takes(c)).count()),
            quiet: customers.iter().filter(|c| Show::Quiet.takes(c)).cloned().collect(),
            overdue: customers.into_iter().filter(|c| Show::Overdue.takes(c)).collect(),
            help,
            today,
        };
        // Amounts of different currencies are not added up, only lined up.
        home.quiet.sort_by_key(|c| std::cmp::Reverse(c.this_year.amount() + c.last_year.amount()));
        home.overdue.sort_by_key(|c| std::cmp::Reverse(c.overdue.amount()));
        home.quiet.truncate(FIRST);
        home.overdue.truncate(FIRST);
        home
    }
}

/// A member as the seller's people see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Names them in forms.
    pub id: MemberId,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Lines in their cart.
    pub cart_lines: i64,
}

/// A contract of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRow {
    /// Number.
    pub number: String,
    /// Name.
    pub name: String,
    /// `draft`, `active`, `ended`.
    pub status: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day; none: until further notice.
    pub valid_to: Option<NaiveDate>,
}

/// A customer's page on the seller's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerPage {
    /// The row of the list.
    pub row: Customer,
    /// How its prices compete.
    pub strategy: PriceStrategy,
    /// Days until an invoice is due.
    pub terms: i32,
    /// Invoices that are not paid, without credit notes.
    pub open_invoices: Money,
    /// The limit; none: no limit, or that of the account above.
    pub limit: Option<Money>,
    /// Its people who have a seat.
    pub people: Vec<Contact>,
    /// Its address book: what for, short name, address.
    pub addresses: Vec<(String, String, Address)>,
    /// Its own contracts.
    pub contracts: Vec<ContractRow>,
    /// Its last orders.
    pub orders: Vec<DeskRow>,
    /// The seller's own notes, the newest first.
    pub notes: Vec<StaffNote>,
    /// What it lets the seller's people do for its members.
    pub policy: Policy,
    /// How it is invoiced.
    pub invoicing: Invoicing,
    /// Whether the asking person may change that.
    pub can_invoice: bool,
    /// Whether the asking person may act for them.
    pub can_act: bool,
    /// What the asking person asked for here.
    pub help: Vec<OwnRow>,
    /// The seller's today.
    pub today: NaiveDate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_orders_often_is_quiet_sooner() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        let ago = |days| today.checked_sub_days(chrono::Days::new(days));
        for (last, orders, expected) in [
            (None, 0, false),
            (ago(31), 104, true),
            (ago(30), 104, false),
            (ago(31), 24, false),
            (ago(60), 24, false),
            (ago(61), 24, true),
            (ago(400), 1, false),
            (ago(2000), 0, true),
        ] {
            assert_eq!(quiet(last, orders, today), expected, "{last:?} {orders}");
        }
    }

    #[test]
    fn a_list_link_reads_back_the_same() {
        let url = "/sales/customers?q=acme&show=quiet&page=2";
        assert_eq!(CustomersQuery::parse(&url[17..]).href(), url);
        assert_eq!(CustomersQuery::parse("show=odd").href(), "/sales/customers");
    }
}
