//! Telling members: in the portal's bell and by mail, in the transaction of what happened.

use domain::ids::{AccountId, MemberId};
use domain::notices::{NoticeRow, NoticesPage};
use uuid::Uuid;

use crate::{Result, Tx};

/// What a member is told.
pub(crate) struct Note {
    pub member: MemberId,
    pub text: String,
    /// Path of the page that it is about.
    pub href: String,
    /// Further lines of the mail; its paths are written `{origin}/…`.
    pub mail: String,
}

/// Writes all notes: one row each for the bell, one mail each into the outbox. One statement.
pub(crate) async fn tell(tx: &mut Tx, account: AccountId, notes: &[Note]) -> Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let ids = || notes.iter().map(|_| crate::new_id::<Uuid>()).collect::<Vec<_>>();
    let column = |f: fn(&Note) -> String| notes.iter().map(f).collect::<Vec<_>>();
    sqlx::query!(
        "WITH t AS (SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
                             AS t(id, mail_id, member, text, href, mail)),
              bell AS (INSERT INTO notices (account_id, id, member_id, text, href, at)
                       SELECT $1, t.id, t.member, t.text, t.href, $8 FROM t)
         INSERT INTO outbox (account_id, id, topic, payload, created_at, available_at)
         SELECT $1, t.mail_id, 'mail',
                jsonb_build_object('Mail', jsonb_build_object('to', p.email, 'subject', s.name || ': ' || left(regexp_replace(t.text, '[[:space:]]+', ' ', 'g'), 120),
                    'body', t.text || E'.\n\n' || t.mail || E'\n{origin}' || t.href || E'\n')), $8, $8
         FROM t JOIN members m ON m.account_id = $1 AND m.id = t.member JOIN people p ON p.id = m.person_id CROSS JOIN seller s",
        account.0,
        &ids(),
        &ids(),
        &notes.iter().map(|n| n.member.0).collect::<Vec<_>>(),
        &column(|n| n.text.clone()),
        &column(|n| n.href.clone()),
        &column(|n| n.mail.clone()),
        now
    )
    .execute(tx.db())
    .await?;
    sqlx::query("NOTIFY outbox").execute(tx.db()).await?;
    Ok(())
}

/// What the asking member was told, the newest first.
pub async fn list(tx: &mut Tx) -> Result<NoticesPage> {
    let actor = tx.actor()?;
    let rows = sqlx::query!(
        "SELECT id, text, href, at, read_at FROM notices WHERE account_id = $1 AND member_id = $2 ORDER BY id DESC LIMIT 100",
        actor.account().0,
        actor.member()?.0
    )
    .fetch_all(tx.db())
    .await?;
    let notices = rows
        .into_iter()
        .map(|r| NoticeRow { text: r.text, href: r.href, at: tx.local(r.at), unread: r.read_at.is_none() })
        .collect();
    Ok(NoticesPage { notices })
}

/// Marks everything that the asking member was told as read.
pub async fn read_all(tx: &mut Tx) -> Result<()> {
    let actor = tx.actor()?;
    let now = tx.now();
    sqlx::query!(
        "UPDATE notices SET read_at = $3 WHERE account_id = $1 AND member_id = $2 AND read_at IS NULL",
        actor.account().0,
        actor.member()?.0,
        now
    )
    .execute(tx.db())
    .await?;
    Ok(())
}
