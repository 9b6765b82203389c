//! The clock: read once per request, job or command, and handed on as `now`.

use chrono::{DateTime, Utc};

/// This instant.
#[expect(clippy::disallowed_methods, reason = "the one place where the server reads the clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
