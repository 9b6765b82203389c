//! The last day of a quote is over: said once, to both sides.

use chrono::{DateTime, Utc};
use domain::quotes::{Event, Side};
use domain::text;
use serde_json::json;

use super::{Case, advance, currency, status, talk};
use crate::{Result, Store, audit};

/// Expires what was open until yesterday; gives how many. Several servers may do this at once. Everything that reads or accepts
/// a quote looks at its last day by itself: this tells people, and puts the state where lists find it.
pub async fn expire(store: &Store, now: DateTime<Utc>) -> Result<usize> {
    let mut tx = store.job(now).await?;
    let today = tx.today();
    let rows = sqlx::query!(
        "SELECT account_id, id, number, title, status, version, member_id, currency, in_force, valid_until, owner_email FROM quotes
         WHERE status IN ('sent', 'partly_accepted') AND valid_until < $1 ORDER BY valid_until LIMIT 200 FOR UPDATE SKIP LOCKED",
        today
    )
    .fetch_all(tx.db())
    .await?;
    let count = rows.len();
    for q in rows {
        // The state before the day was over: that is what expires.
        let case = Case {
            account: q.account_id.into(),
            id: q.id.into(),
            number: q.number,
            title: q.title,
            status: status(&q.status)?,
            version: q.version,
            member: q.member_id.into(),
            currency: currency(&q.currency)?,
            in_force: q.in_force,
            valid_until: None,
            owner_email: q.owner_email,
        };
        let last = q.valid_until.map(text::date).unwrap_or_default();
        advance(
            &mut tx,
            &case,
            Event::Expire,
            Side::Clock,
            "Buyerdesk",
            "expired",
            &format!("It was open until {last}."),
        )
        .await?;
        let headline = format!("Quote {} “{}” has expired", case.number, case.title);
        talk::tell_buyer(
            &mut tx,
            &case,
            headline.clone(),
            format!("It was open until {last}. Ask for a renewal here:"),
        )
        .await?;
        talk::tell_seller(&mut tx, &case, &headline, &format!("It was open until {last}.")).await?;
        let detail = json!({ "before": case.status.code(), "version": case.in_force });
        audit::record_job(&mut tx, case.account, "Buyerdesk", "quote.expired", &case.number, detail).await?;
    }
    tx.commit().await?;
    Ok(count)
}
