//! The worker behind the outbox, and the demo's mailbox page.

use std::fmt::Write as _;
use std::time::Duration;

use axum::Extension;
use axum::response::{Html, IntoResponse, Response};
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use store::Store;
use store::outbox::{self, Leased, Message};

use crate::config::Mailer;

/// Works the outbox off until the process ends: woken by the database, and every half minute anyway.
pub async fn work(store: Store, mailer: Mailer, origin: String) {
    if mailer == Mailer::None {
        tracing::warn!("no mail server is configured: mails wait in the outbox");
        return;
    }
    let mut listener = None;
    loop {
        if listener.is_none() {
            listener = store
                .listener("outbox")
                .await
                .inspect_err(|error| tracing::warn!(%error, "not listening for new messages"))
                .ok();
        }
        if let Err(error) = drain(&store, &mailer, &origin).await {
            tracing::error!(%error, "the outbox could not be worked off");
        }
        if let Some(waiting) = &mut listener {
            let lost = tokio::time::timeout(Duration::from_secs(30), waiting.recv()).await.is_ok_and(|r| r.is_err());
            if lost {
                listener = None;
            }
        } else {
            tokio::time::sleep(Duration::from_secs(5)).await;
        }
    }
}

/// Sends what is due now; gives how many messages were handled. `origin` is where the portal is reached: mails name
/// its pages as `{origin}/…`.
pub async fn drain(store: &Store, mailer: &Mailer, origin: &str) -> Result<usize, store::Error> {
    let mut handled = 0;
    loop {
        let batch = outbox::lease(store, crate::clock::now(), 20).await?;
        if batch.is_empty() {
            return Ok(handled);
        }
        for leased in batch {
            match send(store, mailer, origin, &leased).await {
                Ok(()) => outbox::done(store, &leased, crate::clock::now()).await?,
                Err(why) => {
                    tracing::warn!(%why, id = %leased.id, "a message could not be sent");
                    outbox::failed(store, &leased, &why, crate::clock::now()).await?;
                }
            }
            handled += 1;
        }
    }
}

async fn send(store: &Store, mailer: &Mailer, origin: &str, leased: &Leased) -> Result<(), String> {
    let Message::Mail { to, subject, body } = &leased.message;
    let body = &body.replace("{origin}", origin);
    match mailer {
        Mailer::None => Err("no mail server is configured".to_owned()),
        Mailer::DemoMailbox => {
            outbox::keep_demo_mail(store, to, subject, body, crate::clock::now()).await.map_err(|e| e.to_string())
        }
        Mailer::Smtp { url, from } => {
            let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                .map_err(|e| e.to_string())?
                .timeout(Some(Duration::from_secs(20)))
                .build();
            let mail = lettre::Message::builder()
                .from(from.parse().map_err(|e| format!("sender: {e}"))?)
                .to(to.parse().map_err(|e| format!("recipient: {e}"))?)
                .subject(subject)
                // The outbox id: a mail server that sees a repetition can drop it.
                .message_id(Some(format!("<{}@buyerdesk>", leased.id)))
                .header(ContentType::TEXT_PLAIN)
                .body(body.clone())
                .map_err(|e| e.to_string())?;
            transport.send(mail).await.map(|_| ()).map_err(|e| e.to_string())
        }
    }
}

/// `/demo/mail`: what would have been sent. Routed in the demo alone.
pub async fn mailbox(Extension(request): Extension<app::request::Request>) -> Response {
    let mails = outbox::demo_mails(&request.store, request.now).await.unwrap_or_default();
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Demo mailbox</title><link rel=\"icon\" href=\"/favicon.svg\">\
         <link rel=\"stylesheet\" href=\"{}\"></head><body><div class=\"bare wide\"><header><a class=\"mark\" href=\"/\">Demo mailbox</a></header><main id=\"main\"><h1>Demo mailbox</h1>\
         <p class=\"dim\">Nothing leaves this machine: these mails would have been sent.</p>",
        request.assets.css
    );
    if mails.is_empty() {
        page.push_str("<p>No mail yet. Ask for a new password, invite a colleague or place an order.</p>");
    }
    for mail in mails {
        let _ = write!(
            page,
            "<article class=\"card\"><header><h2>{}</h2><span class=\"dim small\">{} · to {}</span></header><div class=\"pad\"><p class=\"pre\">{}</p></div></article>",
            escape(&mail.subject),
            domain::text::date_time(mail.at),
            escape(&mail.to),
            linked(&escape(&mail.body)),
        );
    }
    page.push_str("</main></div></body></html>");
    Html(page).into_response()
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Makes addresses on lines of their own clickable. Takes escaped text.
fn linked(escaped: &str) -> String {
    escaped
        .lines()
        .map(|line| {
            if line.starts_with("http://") || line.starts_with("https://") {
                format!("<a href=\"{line}\">{line}</a>")
            } else {
                line.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_cannot_write_html() {
        assert_eq!(
            linked(&escape("<b>\nhttp://x/\"onclick")),
            "&lt;b&gt;\n<a href=\"http://x/&quot;onclick\">http://x/&quot;onclick</a>"
        );
    }
}
