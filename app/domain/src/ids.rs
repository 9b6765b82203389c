//! Identities. Born in `store` (UUIDv7); people see numbers instead.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::Problem;
            /// Anything that is not a UUID names nothing: not found.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self).map_err(|_| crate::Problem::NotFound)
            }
        }
    )*};
}

ids! {
    /// A customer company or a unit of one.
    AccountId;
    /// A human being, across accounts.
    PersonId;
    /// A person's seat in one account.
    MemberId;
    /// A product of the seller.
    ProductId;
    /// A member's cart.
    CartId;
    /// An order; also the idempotency key of its submission.
    OrderId;
    /// An invoice or credit note.
    InvoiceId;
    /// A line of an invoice that is disputed.
    DisputeId;
    /// A finance pack.
    PackId;
    /// A requisition list.
    ListId;
    /// A recurring order.
    ScheduleId;
    /// Words that mean the same.
    SynonymId;
    /// An approval rule.
    RuleId;
    /// A budget of a cost centre.
    BudgetId;
    /// A line of the address book.
    AddressId;
    /// A quote, from the request on.
    QuoteId;
    /// A company's question for an account.
    RegistrationId;
    /// A session in which somebody of the seller's acts for a member.
    AssistanceId;
    /// A cart that somebody of the seller's proposes to a member.
    ProposalId;
    /// An entry of a bank's statement.
    BankLineId;
}

impl AccountId {
    /// The seller itself: the root of every account's lineage, holder of the default contract.
    pub const SELLER: Self = Self(Uuid::nil());
}
