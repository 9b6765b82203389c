//! What can go wrong, in the words of the person who asked. Nothing from below (SQL, paths) ever gets in here.

use serde::{Deserialize, Serialize};

/// Why something was not done. Each variant has one HTTP status (see `app::problem`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Problem {
    /// Nobody is signed in.
    #[error("Please sign in.")]
    Unauthenticated,
    /// Signed in, but not allowed to do this.
    #[error("Your role does not allow this.")]
    Forbidden,
    /// No such thing, or another account's: the two look the same.
    #[error("This does not exist, or is not yours to see.")]
    NotFound,
    /// The world has moved on; the cause says how.
    #[error("{0}")]
    Conflict(Cause),
    /// Input that a person can mend, field by field.
    #[error("{}", .0.first().map_or("Something is missing.", |e| e.message.as_str()))]
    Invalid(Vec<FieldError>),
    /// Not now: overload or an outage. Nothing was done.
    #[error("This is not available right now. Nothing was changed; please try again.")]
    Unavailable,
}

/// The ways in which an order or document can have moved on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Cause {
    /// The price, stock or assortment behind the cart changed since it was shown.
    #[error("Something in your cart has changed. Please look at it again before you submit.")]
    CartChanged,
    /// Nothing to submit.
    #[error("Your cart is empty.")]
    CartEmpty,
    /// The account cannot submit: held by the seller.
    #[error("Your account is on hold. You can look at everything, but not order. Please contact us.")]
    AccountOnHold,
    /// The credit limit blocks the order; free is what is left of it.
    #[error(
        "This order would exceed your credit limit: {free} is left. Settle an open invoice or make the order smaller."
    )]
    CreditLimit {
        /// What is left of the limit, formatted.
        free: String,
    },
    /// The cost centre's budget refuses the order; left is what it still has.
    #[error(
        "This goes beyond the budget of {cost_centre}: {left} is left. Choose another cost centre, or make the order smaller."
    )]
    OverBudget {
        /// The cost centre's code.
        cost_centre: String,
        /// What is left of the budget before this order, formatted.
        left: String,
    },
    /// The order is in a state in which this cannot be done any more.
    #[error("This order is {state}: it can no longer be changed this way.")]
    OrderState {
        /// The present state in words.
        state: String,
    },
    /// The schedule is in a state in which this cannot be done with it.
    #[error("This schedule is {state}: this cannot be done with it now.")]
    ScheduleState {
        /// The present state in words.
        state: String,
    },
    /// The quote is in a state in which this cannot be done any more, or it is the other side's turn.
    #[error("This quote is {state}: this cannot be done with it now.")]
    QuoteState {
        /// The present state in words.
        state: String,
    },
    /// The dispute has ended already.
    #[error("This dispute is {state}: it cannot be answered any more.")]
    DisputeState {
        /// The present state in words.
        state: String,
    },
    /// A price below the floor margin goes out only when a colleague lets it.
    #[error("Some prices are below the floor margin: ask a colleague to release them first.")]
    BelowFloor,
    /// A unit with open orders, open invoices or units of its own cannot be closed.
    #[error("This unit still has open orders, open invoices or units below it. Finish those first.")]
    UnitInUse,
    /// Someone else changed it first.
    #[error("Somebody has changed this in the meantime. Please look at it again.")]
    Stale,
    /// Somebody decided first.
    #[error("{by} {what} this on {at}, while you were looking. Please look at it again.")]
    Decided {
        /// Who.
        by: String,
        /// What, as a verb.
        what: String,
        /// When, in words.
        at: String,
    },
    /// The key of an order was used for another person's order.
    #[error("This form was already used. Please open the checkout again.")]
    KeyReused,
    /// A mailed link that is over.
    #[error("This link has been used or has expired. Ask for a new one.")]
    LinkOver,
    /// The customer wants nobody to act for them.
    #[error("This customer wants nobody to act on their behalf.")]
    OnBehalfNever,
    /// The time in which somebody acted for a member is over.
    #[error("Your time on behalf of this customer is over. Nothing was done; start again from the customer’s page.")]
    OnBehalfOver,
    /// A proposed cart was answered already.
    #[error("This proposal has been answered already.")]
    ProposalOver,
    /// Throttled.
    #[error("Too many attempts. Please wait a quarter of an hour and try again.")]
    TooMany,
}

/// One field's complaint: which, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The form field's name.
    pub field: String,
    /// A sentence that says how to mend it.
    pub message: String,
}

impl FieldError {
    /// A complaint about `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl From<FieldError> for Problem {
    fn from(e: FieldError) -> Self {
        Self::Invalid(vec![e])
    }
}

impl Problem {
    /// Input refused for one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        FieldError::new(field, message).into()
    }
}
