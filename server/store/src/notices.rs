//! Telling members: in the portal's bell and by mail, in the transaction of what happened.

use domain::ids::{AccountId, MemberId};
use domain::notices::{Kind, NoticeRow, NoticesPage};
use uuid::Uuid;

use crate::error::exactly;
use crate::{Result, Tx};

/// What a member is told.
pub(crate) struct Note {
    pub member: MemberId,
    pub kind: Kind,
    pub text: String,
    /// Path of the page that it is about.
    pub href: String,
    /// Further lines of the mail; its paths are written `{origin}/…`.
    pub mail: String,
}

/// Writes all notes: one row each for the bell, one mail each into the outbox unless the member wants none of the kind.
/// Wakes the bells that are open in browsers. One statement.
pub(crate) async fn tell(tx: &mut Tx, account: AccountId, notes: &[Note]) -> Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let ids = || notes.iter().map(|_| crate::new_id::<Uuid>()).collect::<Vec<_>>();
    let column = |f: fn(&Note) -> String| notes.iter().map(f).collect::<Vec<_>>();
    sqlx::query!(
        "WITH t AS (SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $9::text[])
                             AS t(id, mail_id, member, text, href, mail, kind)),
              bell AS (INSERT INTO notices (account_id, id, member_id, kind, text, href, at)
                       SELECT $1, t.id, t.member, t.kind, t.text, t.href, $8 FROM t),
              ring AS MATERIALIZED (SELECT pg_notify('notices', t.member::text) FROM t UNION ALL SELECT pg_notify('outbox', ''))
         INSERT INTO outbox (account_id, id, topic, payload, created_at, available_at)
         SELECT $1, t.mail_id, 'mail',
                jsonb_build_object('Mail', jsonb_build_object('to', p.email, 'subject', s.name || ': ' || left(regexp_replace(t.text, '[[:space:]]+', ' ', 'g'), 120),
                    'body', t.text || E'.\n\n' || t.mail || E'\n{origin}' || t.href || E'\n')), $8, $8
         FROM t JOIN members m ON m.account_id = $1 AND m.id = t.member JOIN people p ON p.id = m.person_id CROSS JOIN seller s
         WHERE (SELECT count(*) FROM ring) > 0 AND t.kind <> ALL (m.no_mail)",
        account.0,
        &ids(),
        &ids(),
        &notes.iter().map(|n| n.member.0).collect::<Vec<_>>(),
        &column(|n| n.text.clone()),
        &column(|n| n.href.clone()),
        &column(|n| n.mail.clone()),
        now,
        &column(|n| n.kind.code().to_owned())
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

/// What the asking member was told, the newest first.
pub async fn list(tx: &mut Tx) -> Result<NoticesPage> {
    let actor = tx.actor()?;
    actor.in_person()?;
    let rows = sqlx::query!(
        r#"SELECT m.no_mail, n.text AS "text?", n.href AS "href?", n.at AS "at?", n.read_at
           FROM members m LEFT JOIN notices n ON (n.account_id, n.member_id) = (m.account_id, m.id)
           WHERE m.account_id = $1 AND m.id = $2 ORDER BY n.id DESC LIMIT 100"#,
        actor.account().0,
        actor.member()?.0
    )
    .fetch_all(tx.db())
    .await?;
    let no_mail = rows.first().map(|r| r.no_mail.clone()).unwrap_or_default();
    let notices = rows
        .into_iter()
        .filter_map(|r| {
            let at = tx.local(r.at?);
            Some(NoticeRow { text: r.text?, href: r.href?, at, unread: r.read_at.is_none() })
        })
        .collect();
    let mailed = Kind::ALL.into_iter().filter(|k| !no_mail.iter().any(|code| code == k.code())).collect();
    Ok(NoticesPage { notices, mailed })
}

/// Marks everything that the asking member was told as read.
pub async fn read_all(tx: &mut Tx) -> Result<()> {
    let actor = tx.actor()?;
    actor.in_person()?;
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

/// Chooses which kinds of notices come by mail as well; the bell has them all.
pub async fn choose(tx: &mut Tx, mailed: &[Kind]) -> Result<()> {
    let actor = tx.actor()?;
    actor.in_person()?;
    let no_mail: Vec<String> =
        Kind::ALL.into_iter().filter(|k| !mailed.contains(k)).map(|k| k.code().to_owned()).collect();
    let done = sqlx::query!(
        "UPDATE members SET no_mail = $3 WHERE account_id = $1 AND id = $2",
        actor.account().0,
        actor.member()?.0,
        &no_mail
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}
