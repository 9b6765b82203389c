//! Configuration by environment: typed, and every mistake is reported at once.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Where mails go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mailer {
    /// Kept in the demo's mailbox.
    DemoMailbox,
    /// Sent by SMTP: a URL such as `smtps://user:password@mail.example.com`, and the sender.
    Smtp {
        /// Server with credentials.
        url: String,
        /// Sender's address.
        from: String,
    },
    /// Not configured: mails wait in the outbox, `doctor` says so.
    None,
}

/// Who takes cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cards {
    /// Nobody: people pay by bank transfer.
    None,
    /// The demo's own provider, with the secret that its messages are signed with.
    Sandbox(String),
    /// Stripe.
    Stripe {
        /// Where it is.
        api: String,
        /// The secret API key.
        key: String,
        /// The secret of the webhook endpoint.
        secret: String,
    },
}

/// Everything that `serve` needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The runtime role's database.
    pub database_url: String,
    /// Where to listen.
    pub addr: SocketAddr,
    /// Scheme and host under which people reach the portal; https makes the session cookie `__Host-…`.
    pub public_origin: String,
    /// The built files (`target/site`).
    pub site: PathBuf,
    /// Product pictures and other files of the seller.
    pub media: PathBuf,
    /// Where mails go.
    pub mailer: Mailer,
    /// Connections to the database.
    pub connections: u32,
    /// Addresses of proxies whose `X-Forwarded-For` is believed; empty: nobody's.
    pub trust_proxy: bool,
    /// Who takes cards.
    pub cards: Cards,
    /// One-click sign-in and the mailbox page.
    pub demo: bool,
}

impl Config {
    /// Reads the environment through `get`. All errors at once, one a line.
    pub fn read(get: impl Fn(&str) -> Option<String>, demo: bool) -> Result<Self, Vec<String>> {
        let mut errors = Vec::new();
        let database_url = get("DATABASE_URL").unwrap_or_default();
        if database_url.is_empty() {
            errors.push("DATABASE_URL is not set. Set it to the runtime role's database, such as postgres://buyerdesk@localhost/buyerdesk.".to_owned());
        }
        let read =
            |name: &str, default: &str| get(name).filter(|v| !v.is_empty()).unwrap_or_else(|| default.to_owned());
        let (addr, origin) = (read("BUYERDESK_ADDR", "127.0.0.1:3000"), read("BUYERDESK_PUBLIC_ORIGIN", ""));
        let (site, media) = (read("BUYERDESK_SITE", "target/site"), read("BUYERDESK_MEDIA", "media"));
        let connections = read("BUYERDESK_DB_CONNECTIONS", &usual_connections().to_string());
        let proxy = read("BUYERDESK_TRUST_PROXY", "0");
        let (smtp, from) = (read("BUYERDESK_SMTP_URL", ""), read("BUYERDESK_MAIL_FROM", ""));
        let parsed_addr = addr.parse::<SocketAddr>();
        if parsed_addr.is_err() {
            errors.push(format!("BUYERDESK_ADDR is {addr:?}. Use an address and a port, such as 127.0.0.1:3000."));
        }
        let origin = if origin.is_empty() { format!("http://{addr}") } else { origin };
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if host.is_none_or(|h| h.is_empty() || h.contains(['/', ' ', '?', '#'])) {
            errors.push(format!("BUYERDESK_PUBLIC_ORIGIN is {origin:?}. Use a scheme and a host, such as https://orders.example.com, without a path."));
        }
        let parsed_connections = connections.parse::<u32>().ok().filter(|n| (2..=500).contains(n));
        if parsed_connections.is_none() {
            errors.push(format!("BUYERDESK_DB_CONNECTIONS is {connections:?}. Use a number from 2 to 500."));
        }
        if !matches!(proxy.as_str(), "0" | "1") {
            errors.push(format!(
                "BUYERDESK_TRUST_PROXY is {proxy:?}. Use 1 behind a reverse proxy that sets X-Forwarded-For, else 0."
            ));
        }
        let mailer = match (demo, smtp.is_empty(), from.is_empty()) {
            (true, true, _) => Mailer::DemoMailbox,
            (_, false, false) => Mailer::Smtp { url: smtp, from },
            (_, false, true) => {
                errors.push(
                    "BUYERDESK_MAIL_FROM is not set. Set it to the sender of mails, such as orders@example.com."
                        .to_owned(),
                );
                Mailer::None
            }
            (false, true, _) => Mailer::None,
        };
        let (key, secret) = (read("BUYERDESK_STRIPE_KEY", ""), read("BUYERDESK_STRIPE_WEBHOOK_SECRET", ""));
        if key.is_empty() != secret.is_empty() {
            errors.push(
                "BUYERDESK_STRIPE_KEY and BUYERDESK_STRIPE_WEBHOOK_SECRET belong together: set both, or neither."
                    .to_owned(),
            );
        }
        let cards = match (demo, key.is_empty()) {
            (_, false) => Cards::Stripe { api: crate::payments::stripe::API.to_owned(), key, secret },
            (true, true) => Cards::Sandbox(store::secret()),
            (false, true) => Cards::None,
        };
        match (parsed_addr, parsed_connections) {
            (Ok(addr), Some(connections)) if errors.is_empty() => Ok(Self {
                database_url,
                addr,
                public_origin: origin,
                site: site.into(),
                media: media.into(),
                mailer,
                connections,
                trust_proxy: proxy == "1",
                cards,
                demo,
            }),
            _ => Err(errors),
        }
    }

    /// Whether people reach the portal over https: secure cookies.
    pub fn secure(&self) -> bool {
        self.public_origin.starts_with("https://")
    }
}

/// Two for each processor: statements that run beside more others than there are processors take a third more of them
/// (docs/decisions/031-in-parts.md). Those that only listen come on top.
fn usual_connections() -> usize {
    let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    (processors * 2).clamp(4, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_reported_at_once_and_say_what_to_set() {
        let get = |name: &str| match name {
            "BUYERDESK_ADDR" => Some("localhost".to_owned()),
            "BUYERDESK_PUBLIC_ORIGIN" => Some("orders.example.com".to_owned()),
            "BUYERDESK_DB_CONNECTIONS" => Some("many".to_owned()),
            "BUYERDESK_SMTP_URL" => Some("smtps://mail.example.com".to_owned()),
            _ => None,
        };
        let errors = Config::read(get, false).expect_err("five mistakes");
        assert_eq!(errors.len(), 5, "{errors:?}");
        for name in [
            "DATABASE_URL",
            "BUYERDESK_ADDR",
            "BUYERDESK_PUBLIC_ORIGIN",
            "BUYERDESK_DB_CONNECTIONS",
            "BUYERDESK_MAIL_FROM",
        ] {
            assert!(errors.iter().any(|e| e.starts_with(name)), "{name}");
        }
    }

    #[test]
    fn the_defaults_need_only_a_database() {
        let config = Config::read(|n| (n == "DATABASE_URL").then(|| "postgres://x".to_owned()), false).expect("valid");
        assert_eq!(
            (config.public_origin.as_str(), config.secure(), config.mailer),
            ("http://127.0.0.1:3000", false, Mailer::None)
        );
    }
}
