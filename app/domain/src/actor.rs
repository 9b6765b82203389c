//! Who asks, and what they may do. One const table says which role holds which permission, and how far it reaches.

use crate::accounts::PriceStrategy;
use crate::ids::{AccountId, MemberId, PersonId};
use crate::{Currency, Problem};
use serde::{Deserialize, Serialize};

/// What a person is, in an account or for the seller. A member may hold several; the union counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Carts, orders, own orders.
    Buyer,
    /// Purchasing manager: decides, sees the account's orders.
    Approver,
    /// Invoices, credit notes, payments of the account.
    Finance,
    /// Members, addresses, cost centres, rules, audit.
    AccountAdmin,
    /// Looks, and changes nothing.
    Viewer,
    /// Seller: assigned accounts only.
    SalesRep,
    /// Seller: all accounts and orders.
    CustomerService,
    /// Seller: everything that the seller keeps.
    SellerAdmin,
}

/// One permission per verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// See products, stock, and what is in the contract's assortment.
    CatalogRead,
    /// See the account's own prices.
    PriceRead,
    /// Fill a cart of one's own.
    CartUse,
    /// Submit one's own cart as an order.
    OrderSubmit,
    /// See orders.
    OrderRead,
    /// Cancel an order while that is possible.
    OrderCancel,
    /// Decide over orders that wait for approval: those in whose flow one is asked.
    OrderApprove,
    /// See what cost centres may spend, and have.
    BudgetRead,
    /// See and change how the company buys: rules, budgets, cost centres, addresses, units.
    CompanyManage,
    /// See the account's credit and what uses it.
    CreditRead,
    /// Ask the seller for a quote, and talk about it.
    QuoteRequest,
    /// See requests and quotes.
    QuoteRead,
    /// Accept or decline a quote.
    QuoteAccept,
    /// See and end what the seller's people do on behalf of members.
    AssistanceRead,
    /// See invoices, credit notes and balances.
    InvoiceRead,
    /// Settle invoices.
    InvoicePay,
    /// See and change who sits in the account.
    MemberManage,
    /// Read the account's audit trail.
    AuditRead,
    /// The seller's side: see customers' accounts.
    CustomerRead,
    /// The seller's side: let an order go on that waits beyond the credit limit.
    HoldRelease,
    /// The seller's side: open accounts for companies that ask.
    RegistrationDecide,
    /// The seller's side: draft and send quotes; see cost and margin.
    QuoteWrite,
    /// The seller's side: let a colleague's quote go out below the floor margin.
    MarginRelease,
    /// The seller's side: work as a member, openly and for a while.
    ActOnBehalf,
    /// The seller's side: ship orders, change their state.
    OrderFulfil,
}

/// How far a permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reach {
    /// What the member made.
    Own,
    /// The whole account.
    Account,
    /// The account and the units below it.
    AccountAndUnits,
    /// Seller: the accounts assigned to the person.
    Assigned,
    /// Seller: every account.
    Everywhere,
}

use Permission as P;
use Reach as R;

/// The one table: role → permissions with their reach.
pub const GRANTS: &[(Role, &[(Permission, Reach)])] = &[
    (
        Role::Buyer,
        &[
            (P::CatalogRead, R::Account),
            (P::PriceRead, R::Account),
            (P::CartUse, R::Own),
            (P::OrderSubmit, R::Own),
            (P::OrderRead, R::Own),
            (P::OrderCancel, R::Own),
            (P::OrderApprove, R::Own),
            (P::QuoteRequest, R::Own),
            (P::QuoteRead, R::Own),
            (P::QuoteAccept, R::Own),
        ],
    ),
    (
        Role::Approver,
        &[
            (P::CatalogRead, R::Account),
            (P::PriceRead, R::Account),
            (P::OrderRead, R::Account),
            (P::OrderApprove, R::Account),
            (P::BudgetRead, R::Account),
            (P::CreditRead, R::Account),
            (P::QuoteRead, R::Account),
        ],
    ),
    (
        Role::Finance,
        &[
            (P::InvoiceRead, R::Account),
            (P::InvoicePay, R::Account),
            (P::OrderApprove, R::Own),
            (P::BudgetRead, R::Account),
            (P::CreditRead, R::Account),
        ],
    ),
    (
        Role::AccountAdmin,
        &[
            (P::CatalogRead, R::Account),
            (P::PriceRead, R::Account),
            (P::OrderRead, R::Account),
            (P::OrderCancel, R::Account),
            (P::OrderApprove, R::Own),
            (P::BudgetRead, R::Account),
            (P::CreditRead, R::Account),
            (P::MemberManage, R::AccountAndUnits),
            (P::CompanyManage, R::AccountAndUnits),
            (P::AuditRead, R::AccountAndUnits),
            (P::QuoteRead, R::Account),
            (P::AssistanceRead, R::Account),
        ],
    ),
    (
        Role::Viewer,
        &[
            (P::CatalogRead, R::Account),
            (P::PriceRead, R::Account),
            (P::OrderRead, R::Account),
            (P::OrderApprove, R::Own),
            (P::QuoteRead, R::Account),
        ],
    ),
    (Role::SalesRep, &[(P::CustomerRead, R::Assigned), (P::QuoteWrite, R::Assigned), (P::ActOnBehalf, R::Assigned)]),
    (
        Role::CustomerService,
        &[
            (P::CustomerRead, R::Everywhere),
            (P::HoldRelease, R::Everywhere),
            (P::RegistrationDecide, R::Everywhere),
            (P::QuoteWrite, R::Everywhere),
            (P::ActOnBehalf, R::Everywhere),
            (P::OrderFulfil, R::Everywhere),
        ],
    ),
    (
        Role::SellerAdmin,
        &[
            (P::CustomerRead, R::Everywhere),
            (P::HoldRelease, R::Everywhere),
            (P::RegistrationDecide, R::Everywhere),
            (P::QuoteWrite, R::Everywhere),
            (P::MarginRelease, R::Everywhere),
            (P::ActOnBehalf, R::Everywhere),
            (P::OrderFulfil, R::Everywhere),
        ],
    ),
];

impl Role {
    /// Every role there is.
    pub const ALL: [Self; 8] = [
        Self::Buyer,
        Self::Approver,
        Self::Finance,
        Self::AccountAdmin,
        Self::Viewer,
        Self::SalesRep,
        Self::CustomerService,
        Self::SellerAdmin,
    ];

    /// Those of the buying side.
    pub const BUYING: [Self; 5] = [Self::Buyer, Self::Approver, Self::Finance, Self::AccountAdmin, Self::Viewer];

    /// As stored and as written in import files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Approver => "approver",
            Self::Finance => "finance",
            Self::AccountAdmin => "account_admin",
            Self::Viewer => "viewer",
            Self::SalesRep => "sales_rep",
            Self::CustomerService => "customer_service",
            Self::SellerAdmin => "seller_admin",
        }
    }

    /// In people's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Buyer => "Buyer",
            Self::Approver => "Approver",
            Self::Finance => "Finance",
            Self::AccountAdmin => "Account admin",
            Self::Viewer => "Viewer",
            Self::SalesRep => "Sales rep",
            Self::CustomerService => "Customer service",
            Self::SellerAdmin => "Seller admin",
        }
    }

    /// Reads [`Role::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// Whether this is a role of the selling side.
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::SalesRep | Self::CustomerService | Self::SellerAdmin)
    }

    fn grants(self) -> &'static [(Permission, Reach)] {
        GRANTS.iter().find(|(role, _)| *role == self).map_or(&[], |(_, grants)| grants)
    }
}

/// What is known of the asker, as `store` read it in one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The human being.
    pub person: PersonId,
    /// Their name, for trails and timelines.
    pub name: String,
    /// Their seat; none for the seller's staff.
    pub member: Option<MemberId>,
    /// The account they act in; the seller's own for staff.
    pub account: AccountId,
    /// The account, its parent, …, the seller: nearest first.
    pub lineage: Vec<AccountId>,
    /// The account's currency.
    pub currency: Currency,
    /// How the account's prices compete.
    pub strategy: PriceStrategy,
    /// Whether the seller holds the account: read everything, submit nothing.
    pub on_hold: bool,
    /// All roles.
    pub roles: Vec<Role>,
    /// Network address that the request came from, for the trail.
    pub address: String,
}

/// Who asks. Nothing touches data without one; only `store::accounts` builds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(Facts);

impl Actor {
    /// For `store::accounts::actor` and tests alone.
    pub const fn from_facts(facts: Facts) -> Self {
        Self(facts)
    }

    /// The human being.
    pub const fn person(&self) -> PersonId {
        self.0.person
    }

    /// Their name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Their seat in the account: what carts and own orders belong to. Staff have none: forbidden.
    pub fn member(&self) -> Result<MemberId, Problem> {
        self.0.member.ok_or(Problem::Forbidden)
    }

    /// The account they act in.
    pub const fn account(&self) -> AccountId {
        self.0.account
    }

    /// The account and all above it, nearest first.
    pub fn lineage(&self) -> &[AccountId] {
        &self.0.lineage
    }

    /// The account's currency.
    pub const fn currency(&self) -> Currency {
        self.0.currency
    }

    /// Network address that the request came from.
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// How the account's prices compete.
    pub const fn strategy(&self) -> PriceStrategy {
        self.0.strategy
    }

    /// Whether the account may not submit.
    pub const fn on_hold(&self) -> bool {
        self.0.on_hold
    }

    /// All roles.
    pub fn roles(&self) -> &[Role] {
        &self.0.roles
    }

    /// Whether this person works for the seller.
    pub fn is_staff(&self) -> bool {
        self.0.roles.iter().any(|r| r.is_staff())
    }

    /// The widest reach at which the person holds `permission`, if at all.
    pub fn reach(&self, permission: Permission) -> Option<Reach> {
        self.0.roles.iter().flat_map(|r| r.grants()).filter(|(p, _)| *p == permission).map(|(_, reach)| *reach).max()
    }

    /// Whether the person may do this at all: for offering it, never for guarding it.
    pub fn may(&self, permission: Permission) -> bool {
        self.reach(permission).is_some()
    }

    /// The guard at the start of every use case: the reach, or forbidden.
    pub fn require(&self, permission: Permission) -> Result<Reach, Problem> {
        self.reach(permission).ok_or(Problem::Forbidden)
    }

    /// For lists that may be narrowed to one's own: the member to narrow to, or none for the whole account.
    pub fn only_own(&self, permission: Permission) -> Result<Option<MemberId>, Problem> {
        match self.require(permission)? {
            Reach::Own => self.member().map(Some),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(roles: &[Role]) -> Actor {
        Actor::from_facts(Facts {
            person: PersonId(uuid::Uuid::from_u128(1)),
            name: "Dana Reyes".into(),
            member: Some(MemberId(uuid::Uuid::from_u128(2))),
            account: AccountId(uuid::Uuid::from_u128(3)),
            lineage: vec![AccountId(uuid::Uuid::from_u128(3)), AccountId::SELLER],
            currency: Currency::GBP,
            strategy: PriceStrategy::ContractWins,
            on_hold: false,
            roles: roles.to_vec(),
            address: String::new(),
        })
    }

    #[test]
    fn every_role_has_a_row_and_staff_never_buy() {
        for role in Role::ALL {
            assert!(!role.grants().is_empty(), "{role:?}");
            assert_eq!(Role::parse(role.code()), Some(role));
            if role.is_staff() {
                assert!(!actor(&[role]).may(P::OrderSubmit) && !actor(&[role]).may(P::OrderApprove));
            }
        }
    }

    #[test]
    fn the_union_of_roles_counts_and_the_widest_reach_wins() {
        assert_eq!(actor(&[Role::Buyer]).require(P::OrderRead), Ok(Reach::Own));
        assert_eq!(actor(&[Role::Buyer, Role::Approver]).require(P::OrderRead), Ok(Reach::Account));
        assert_eq!(actor(&[Role::Buyer, Role::Approver]).only_own(P::OrderRead), Ok(None));
        assert_eq!(actor(&[Role::Buyer]).require(P::InvoiceRead), Err(Problem::Forbidden));
        assert_eq!(actor(&[]).require(P::CatalogRead), Err(Problem::Forbidden));
    }

    #[test]
    fn only_finance_sees_invoices_and_only_buyers_submit() {
        for role in Role::ALL {
            assert_eq!(actor(&[role]).may(P::InvoiceRead), role == Role::Finance, "{role:?}");
            assert_eq!(actor(&[role]).may(P::OrderSubmit), role == Role::Buyer, "{role:?}");
        }
    }
}
