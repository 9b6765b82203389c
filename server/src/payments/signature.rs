//! How messages are signed: `t=<seconds>,v1=<hex>` over `<seconds>.<body>` with HMAC-SHA256, Stripe's scheme
//! (docs.stripe.com/webhooks, "Verify webhook signatures manually").

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The header that carries the signature.
pub const HEADER: &str = "stripe-signature";
/// Older or younger than this many seconds is not believed: a message that somebody recorded cannot be sent again later.
const TOLERANCE: i64 = 300;

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// No signature, or not in its form.
    #[error("it has no signature")]
    Unsigned,
    /// Not this secret, or not this body.
    #[error("its signature is wrong")]
    Wrong,
    /// Signed too long ago, or in the future.
    #[error("it was not signed just now")]
    Old,
    /// Signed, but not what the provider sends.
    #[error("it cannot be read")]
    Unreadable,
}

fn mac(secret: &str, seconds: i64, body: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of any length.
    let mut mac = <Hmac<Sha256>>::new_from_slice(secret.as_bytes()).unwrap_or_else(|_| unreachable!("any length"));
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    mac
}

/// The header's value for a body that is sent at `now`.
pub fn sign(secret: &str, body: &[u8], now: DateTime<Utc>) -> String {
    let seconds = now.timestamp();
    format!("t={seconds},v1={}", hex::encode(mac(secret, seconds, body).finalize().into_bytes()))
}

/// Whether a message was signed with `secret`, just now. Of several signatures (while a secret is being changed) one is enough.
pub fn verify(secret: &str, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<(), Forged> {
    let header = headers.get(HEADER).and_then(|v| v.to_str().ok()).ok_or(Forged::Unsigned)?;
    let part = |name: &'static str| header.split(',').filter_map(move |p| p.trim().strip_prefix(name));
    let seconds: i64 = part("t=").next().and_then(|t| t.parse().ok()).ok_or(Forged::Unsigned)?;
    let right =
        part("v1=").filter_map(|v| hex::decode(v).ok()).any(|v| mac(secret, seconds, body).verify_slice(&v).is_ok());
    if !right {
        Err(Forged::Wrong)
    } else if now.timestamp().abs_diff(seconds) > TOLERANCE.unsigned_abs() {
        Err(Forged::Old)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(HEADER.parse().expect("a name"), value.parse().expect("a value"))])
    }

    #[test]
    fn only_what_is_signed_with_the_secret_just_now_is_believed() {
        let now = DateTime::from_timestamp(1_795_600_000, 0).expect("an instant");
        let signed = sign("secret", b"{}", now);
        assert_eq!(verify("secret", &headers(&signed), b"{}", now), Ok(()));
        let several = format!("{signed},v1=00ff");
        assert_eq!(verify("secret", &headers(&several), b"{}", now), Ok(()));
        assert_eq!(verify("other", &headers(&signed), b"{}", now), Err(Forged::Wrong));
        assert_eq!(verify("secret", &headers(&signed), b"{ }", now), Err(Forged::Wrong));
        let later = now + chrono::Duration::seconds(301);
        assert_eq!(verify("secret", &headers(&signed), b"{}", later), Err(Forged::Old));
        assert_eq!(verify("secret", &HeaderMap::new(), b"{}", now), Err(Forged::Unsigned));
        assert_eq!(verify("secret", &headers("v1=00"), b"{}", now), Err(Forged::Unsigned));
        // The time is signed, too.
        let moved = signed.replace("t=1795600000", "t=1795600301");
        assert_eq!(verify("secret", &headers(&moved), b"{}", later), Err(Forged::Wrong));
    }
}
