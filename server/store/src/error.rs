//! What a statement can fail with. Named constraints speak to people; everything else is a fault of ours.

use domain::{Cause, FieldError, Problem};

/// A problem to show, or a fault to log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something the person should hear.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The database failed or refused; not for people's eyes.
    #[error("database: {0}")]
    Database(sqlx::Error),
    /// A row that cannot be true.
    #[error("inconsistent: {0}")]
    Inconsistent(String),
}

/// Results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Constraint → the field and sentence it stands for.
const CONSTRAINTS: &[(&str, &str, &str)] = &[
    ("people_email_taken", "email", "There is already a person with this e-mail address."),
    ("accounts_number_taken", "number", "There is already a customer with this number."),
    ("member_already_in_account", "email", "This person already sits in your account."),
];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::RowNotFound) {
            return Problem::NotFound.into();
        }
        let constraint = error.as_database_error().and_then(|e| e.constraint()).unwrap_or_default();
        if constraint == "stock_not_oversold" {
            return Problem::Conflict(Cause::CartChanged).into();
        }
        match CONSTRAINTS.iter().find(|c| c.0 == constraint) {
            Some((_, field, message)) => Problem::from(FieldError::new(*field, *message)).into(),
            None => Self::Database(error),
        }
    }
}

impl From<FieldError> for Error {
    fn from(e: FieldError) -> Self {
        Self::Problem(e.into())
    }
}

impl From<domain::money::MoneyError> for Error {
    fn from(e: domain::money::MoneyError) -> Self {
        Self::Problem(e.into())
    }
}

impl Error {
    /// A stored value that the domain does not know.
    pub(crate) fn odd(what: &str, value: &str) -> Self {
        Self::Inconsistent(format!("{what}: {value}"))
    }
}

/// A write that had to touch exactly `expected` rows.
pub(crate) fn exactly(expected: u64, result: &sqlx::postgres::PgQueryResult) -> Result<()> {
    match result.rows_affected() {
        n if n == expected => Ok(()),
        n => Err(Error::Inconsistent(format!("{n} rows written instead of {expected}"))),
    }
}
