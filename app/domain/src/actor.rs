//! Who asks, and what they may do. One const table says which role holds which permission, and how far it reaches.

use chrono::{DateTime, Utc};

use crate::accounts::PriceStrategy;
use crate::ids::{AccountId, AssistanceId, MemberId, PersonId};
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
    /// Have orders placed in one's own name on the days of a schedule.
    OrderSchedule,
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
    /// Dispute lines of invoices.
    InvoiceDispute,
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
    /// The seller's side: credit what was invoiced, answer disputes; say how customers are invoiced.
    InvoiceIssue,
    /// The seller's side: take in the bank's statements, and say what was paid.
    BankBook,
    /// The seller's side: keep the words that customers find products by.
    CatalogManage,
    /// The seller's side: see who is overdue, remind them, note what they promise.
    ReminderSend,
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
            (P::OrderSchedule, R::Own),
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
            (P::InvoiceDispute, R::Account),
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
            (P::InvoiceIssue, R::Everywhere),
            (P::BankBook, R::Everywhere),
            (P::ReminderSend, R::Everywhere),
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
            (P::InvoiceIssue, R::Everywhere),
            (P::BankBook, R::Everywhere),
            (P::CatalogManage, R::Everywhere),
            (P::ReminderSend, R::Everywhere),
        ],
    ),
];

/// What somebody of the seller's who acts for a member never does, whatever the member may: decide, accept, pay, order beyond
/// the hour in which they act, touch members, rules and settings, read the trail of what they did themself. Held where every use case asks, in [`Actor::reach`]. What is
/// the member's alone without being a permission (profile, passwords, sessions, bell) asks [`Actor::in_person`].
pub const NEVER_ON_BEHALF: &[Permission] = &[
    P::OrderApprove,
    P::OrderSchedule,
    P::QuoteAccept,
    P::InvoicePay,
    P::InvoiceDispute,
    P::MemberManage,
    P::CompanyManage,
    P::AuditRead,
    P::AssistanceRead,
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

    /// How far this role alone reaches with `permission`.
    pub fn reach(self, permission: Permission) -> Option<Reach> {
        self.grants().iter().find(|(p, _)| *p == permission).map(|(_, reach)| *reach)
    }

    fn grants(self) -> &'static [(Permission, Reach)] {
        GRANTS.iter().find(|(role, _)| *role == self).map_or(&[], |(_, grants)| grants)
    }
}

/// Somebody of the seller's who types for the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behalf {
    /// The session of assistance, which every write names.
    pub id: AssistanceId,
    /// Who types.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The member's name.
    pub member: String,
    /// Why, in the words of who types.
    pub reason: String,
    /// When it is over.
    pub until: DateTime<Utc>,
}

impl Behalf {
    /// Both names, as trails and timelines say it.
    pub fn names(&self) -> String {
        format!("{} for {}", self.name, self.member)
    }

    /// Whole minutes that are left, at least one.
    pub fn minutes(&self, now: DateTime<Utc>) -> i64 {
        ((self.until - now).num_seconds() + 59).div_euclid(60).max(1)
    }
}

/// What is known of the asker, as `store` read it in one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The human being whose seat it is.
    pub person: PersonId,
    /// Their name, for trails and timelines; on behalf both names.
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
    /// Who types, when that is not the member.
    pub behalf: Option<Behalf>,
}

/// Who asks. Nothing touches data without one; only `store::accounts` builds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(Facts);

impl Actor {
    /// For `store::accounts::actor` and tests alone.
    pub const fn from_facts(facts: Facts) -> Self {
        Self(facts)
    }

    /// The human being whose seat it is: who gets the mails.
    pub const fn person(&self) -> PersonId {
        self.0.person
    }

    /// The human being who types: who did it.
    pub fn acting_person(&self) -> PersonId {
        self.0.behalf.as_ref().map_or(self.0.person, |b| b.person)
    }

    /// Their name, for trails, timelines and messages; on behalf "Ruth Ito for Jon Bell".
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Who types, when that is not the member.
    pub const fn behalf(&self) -> Option<&Behalf> {
        self.0.behalf.as_ref()
    }

    /// The guard of what is the person's alone: profile, sessions, bell, consent. Forbidden to whoever acts for them.
    pub fn in_person(&self) -> Result<(), Problem> {
        if self.0.behalf.is_some() { Err(Problem::Forbidden) } else { Ok(()) }
    }

    /// The same person of the seller's, at work in a customer's account: what is written from here on is written there.
    /// Which accounts that may be is the database's to say (row-level security of staff). Forbidden to anybody else.
    pub fn at_work_in(&self, account: AccountId) -> Result<Self, Problem> {
        if self.is_staff() { Ok(Self(Facts { account, ..self.0.clone() })) } else { Err(Problem::Forbidden) }
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
        if self.0.behalf.is_some() && NEVER_ON_BEHALF.contains(&permission) {
            return None;
        }
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
            behalf: None,
        })
    }

    fn acting(roles: &[Role]) -> Actor {
        let Actor(mut facts) = actor(roles);
        let until = DateTime::from_timestamp(3600, 0).expect("an instant");
        let behalf = Behalf {
            id: AssistanceId(uuid::Uuid::from_u128(8)),
            person: PersonId(uuid::Uuid::from_u128(9)),
            name: "Ruth Ito".into(),
            email: "rep@seller.example".into(),
            member: facts.name.clone(),
            reason: "by phone".into(),
            until,
        };
        facts.name = behalf.names();
        facts.behalf = Some(behalf);
        Actor(facts)
    }

    #[test]
    fn whoever_acts_for_a_member_never_decides_pays_or_rules_whatever_the_member_may() {
        let all = acting(&Role::BUYING);
        for permission in NEVER_ON_BEHALF {
            assert!(actor(&Role::BUYING).may(*permission), "{permission:?} is the member's");
            assert_eq!(all.require(*permission), Err(Problem::Forbidden), "{permission:?}");
        }
        for permission in [P::CartUse, P::OrderSubmit, P::OrderRead, P::QuoteRequest, P::InvoiceRead] {
            assert!(all.may(permission), "{permission:?}");
        }
        assert!(!acting(&[Role::Viewer]).may(P::OrderSubmit), "never more than the member");
        assert!(!all.may(P::ActOnBehalf) && !all.is_staff(), "nor for another one at the same time");
        assert_eq!(all.in_person(), Err(Problem::Forbidden));
    }

    #[test]
    fn both_names_stand_in_the_trail_and_mails_go_to_the_member() {
        let acting = acting(&[Role::Buyer]);
        assert_eq!(acting.name(), "Ruth Ito for Dana Reyes");
        assert_eq!(
            (acting.person(), acting.acting_person()),
            (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(9)))
        );
        let behalf = acting.behalf().expect("acting");
        let at = |s| DateTime::from_timestamp(s, 0).expect("an instant");
        assert_eq!([0, 1, 3541, 3599].map(|s| behalf.minutes(at(s))), [60, 60, 1, 1]);
    }

    #[test]
    fn only_the_sellers_people_work_in_a_customers_account() {
        let account = AccountId(uuid::Uuid::from_u128(7));
        assert_eq!(actor(&[Role::CustomerService]).at_work_in(account).map(|a| a.account()), Ok(account));
        assert_eq!(actor(&Role::BUYING).at_work_in(account), Err(Problem::Forbidden));
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
            assert_eq!(
                actor(&[role]).may(P::OrderSchedule),
                role == Role::Buyer,
                "who may order may schedule: {role:?}"
            );
        }
    }
}
