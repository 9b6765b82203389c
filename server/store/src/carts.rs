//! The carts that a member keeps beside the one in use: naming, changing to another, sharing with a colleague, taking over, splitting.
//! A cart has one owner, who submits it; what somebody may not see looks as if it did not exist.

mod split;

use chrono::{DateTime, Utc};
use domain::cart::check;
use domain::carts::{CartRow, CartsPage, MOST_CARTS, SavedCart, Share, Shared, called, name};
use domain::ids::{CartId, MemberId};
use domain::notices::Kind;
use domain::orders::ReorderReport;
use domain::{Actor, Cause, Permission, Problem, text};
use serde_json::json;
use uuid::Uuid;

use crate::cart;
use crate::error::exactly;
use crate::notices::{self, Note};
use crate::{Error, Result, Tx, audit};

pub use split::{split, split_page};

struct Row {
    id: Uuid,
    name: String,
    in_use: bool,
    member_id: Uuid,
    owner: String,
    may: Option<String>,
    lines: i64,
    changed_at: DateTime<Utc>,
    shared: Option<serde_json::Value>,
}

impl Row {
    fn view(self, tx: &Tx, actor: &Actor) -> Result<CartRow> {
        let mine = actor.member()?.0 == self.member_id;
        let changed = tx.local(self.changed_at);
        let share = |code: &str| Share::parse(code).ok_or_else(|| Error::odd("cart_shares.may", code));
        let shared: Vec<(MemberId, String, String)> = self
            .shared
            .map_or(Ok(Vec::new()), serde_json::from_value)
            .map_err(|e| Error::odd("cart_shares", &e.to_string()))?;
        Ok(CartRow {
            id: CartId(self.id),
            name: called(&self.name, self.in_use, changed.date()),
            owner: (!mine).then_some(self.owner),
            in_use: mine && self.in_use,
            lines: self.lines,
            changed,
            may: if mine { Share::Take } else { share(self.may.as_deref().unwrap_or_default())? },
            shared: shared
                .into_iter()
                .map(|(member, name, may)| Ok(Shared { member, name, may: share(&may)? }))
                .collect::<Result<_>>()?,
        })
    }
}

/// One's own carts, the one in use first, and those that colleagues share. One statement.
pub async fn list(tx: &mut Tx) -> Result<CartsPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let rows = rows(tx, &actor, None).await?;
    Ok(CartsPage { rows: rows.into_iter().map(|r| r.view(tx, &actor)).collect::<Result<_>>()? })
}

async fn rows(tx: &mut Tx, actor: &Actor, only: Option<CartId>) -> Result<Vec<Row>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT c.id, c.name, c.in_use, c.member_id, p.name AS owner, s.may AS "may?", c.changed_at,
                  (SELECT count(*) FROM cart_lines l WHERE (l.account_id, l.cart_id) = (c.account_id, c.id)) AS "lines!",
                  (SELECT jsonb_agg(jsonb_build_array(h.member_id, q.name, h.may) ORDER BY q.name, h.member_id)
                   FROM cart_shares h JOIN members n ON (n.account_id, n.id) = (h.account_id, h.member_id) JOIN people q ON q.id = n.person_id
                   WHERE (h.account_id, h.cart_id) = (c.account_id, c.id) AND c.member_id = $2) AS shared
           FROM carts c JOIN members m ON (m.account_id, m.id) = (c.account_id, c.member_id) JOIN people p ON p.id = m.person_id
           LEFT JOIN cart_shares s ON (s.account_id, s.cart_id, s.member_id) = (c.account_id, c.id, $2)
           WHERE c.account_id = $1 AND (c.member_id = $2 OR s.may IS NOT NULL) AND ($3::uuid IS NULL OR c.id = $3)
           ORDER BY c.member_id = $2 DESC, c.in_use AND c.member_id = $2 DESC, c.changed_at DESC, c.id LIMIT $4"#,
        actor.account().0,
        actor.member()?.0,
        only.map(|id| id.0),
        MOST_CARTS * 2
    )
    .fetch_all(tx.db())
    .await?;
    Ok(rows)
}

/// A cart that the asking member may see.
async fn find(tx: &mut Tx, actor: &Actor, id: CartId) -> Result<CartRow> {
    actor.require(Permission::CartUse)?;
    rows(tx, actor, Some(id)).await?.into_iter().next().ok_or(Problem::NotFound)?.view(tx, actor)
}

/// A cart of the asking member's own.
async fn own(tx: &mut Tx, actor: &Actor, id: CartId) -> Result<CartRow> {
    let row = find(tx, actor, id).await?;
    if row.owner.is_some() {
        return Err(Problem::Forbidden.into());
    }
    Ok(row)
}

/// A cart with its lines, priced now for the asking account, and the colleagues who could share it. Four statements.
pub async fn page(tx: &mut Tx, id: CartId) -> Result<SavedCart> {
    let actor = tx.actor()?;
    let row = find(tx, &actor, id).await?;
    let cart = cart::read(tx, &actor, Some(id)).await?.view(tx, &actor);
    let colleagues = if row.owner.is_none() { colleagues(tx, &actor).await? } else { Vec::new() };
    Ok(SavedCart { row, cart, colleagues })
}

/// Active colleagues who have a cart, by name.
async fn colleagues(tx: &mut Tx, actor: &Actor) -> Result<Vec<(MemberId, String)>> {
    let rows = sqlx::query!(
        "SELECT m.id, p.name FROM members m JOIN people p ON p.id = m.person_id
         WHERE m.account_id = $1 AND m.id <> $2 AND m.status = 'active' AND 'buyer' = ANY (m.roles) ORDER BY p.name, m.id LIMIT 1000",
        actor.account().0,
        actor.member()?.0
    )
    .fetch_all(tx.db())
    .await?;
    Ok(rows.into_iter().map(|r| (MemberId(r.id), r.name)).collect())
}

/// Refuses one cart more than a member may keep. The cart in use is locked already, so two tabs queue.
async fn room(tx: &mut Tx, actor: &Actor, more: i64) -> Result<()> {
    let kept = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM carts WHERE account_id = $1 AND member_id = $2"#,
        actor.account().0,
        actor.member()?.0
    )
    .fetch_one(tx.db())
    .await?;
    if kept + more > MOST_CARTS {
        let words = format!("You keep {} already. Delete one first.", text::counted(kept, "cart", "carts"));
        return Err(Problem::invalid("name", words).into());
    }
    Ok(())
}

/// Locks the cart in use and the one that is named, always in the same order.
async fn lock(tx: &mut Tx, actor: &Actor, named: Option<CartId>) -> Result<Option<CartId>> {
    let rows = sqlx::query!(
        r#"SELECT id, (member_id = $2 AND in_use) AS "mine!" FROM carts
           WHERE account_id = $1 AND (member_id = $2 AND in_use OR id = $3) ORDER BY id FOR UPDATE"#,
        actor.account().0,
        actor.member()?.0,
        named.map(|id| id.0)
    )
    .fetch_all(tx.db())
    .await?;
    Ok(rows.into_iter().find(|r| r.mine).map(|r| CartId(r.id)))
}

/// Puts the cart in use away: it is kept, unless there is nothing in it.
async fn put_away(tx: &mut Tx, actor: &Actor, id: CartId) -> Result<()> {
    sqlx::query!(
        "WITH gone AS (DELETE FROM carts c WHERE c.account_id = $1 AND c.id = $2
                       AND NOT EXISTS (SELECT 1 FROM cart_lines l WHERE (l.account_id, l.cart_id) = (c.account_id, c.id)) RETURNING c.id)
         UPDATE carts SET in_use = false WHERE account_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM gone)",
        actor.account().0,
        id.0
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Keeps the cart in use under a name and begins an empty one. Refused when there is nothing in it.
pub async fn keep(tx: &mut Tx, wanted: &str) -> Result<CartId> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let wanted = name(wanted)?;
    let id = lock(tx, &actor, None).await?.ok_or(Problem::Conflict(Cause::CartEmpty))?;
    room(tx, &actor, 0).await?;
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE carts c SET in_use = false, name = $3, changed_at = $4 WHERE c.account_id = $1 AND c.id = $2
         AND EXISTS (SELECT 1 FROM cart_lines l WHERE (l.account_id, l.cart_id) = (c.account_id, c.id))",
        actor.account().0,
        id.0,
        wanted,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done).map_err(|_| Problem::Conflict(Cause::CartEmpty))?;
    told(tx, &actor, "cart.kept", wanted).await?;
    Ok(id)
}

/// Members are alone with their carts; what somebody else does there is told.
async fn told(tx: &mut Tx, actor: &Actor, action: &str, what: &str) -> Result<()> {
    if actor.behalf().is_some() { audit::record(tx, action, what, json!({})).await } else { Ok(()) }
}

/// Uses another of one's carts; the one in use is kept.
pub async fn open(tx: &mut Tx, id: CartId) -> Result<()> {
    let actor = tx.actor()?;
    let row = own(tx, &actor, id).await?;
    let used = lock(tx, &actor, Some(id)).await?;
    if used == Some(id) {
        return Ok(());
    }
    if let Some(used) = used {
        put_away(tx, &actor, used).await?;
    }
    use_it(tx, &actor, id, actor.member()?).await?;
    told(tx, &actor, "cart.opened", &row.name).await
}

/// A cart of `owner`'s becomes the asking member's cart in use. Stale when it is not that owner's any more.
async fn use_it(tx: &mut Tx, actor: &Actor, id: CartId, owner: MemberId) -> Result<()> {
    let done = sqlx::query!(
        "UPDATE carts SET in_use = true, member_id = $4 WHERE account_id = $1 AND id = $2 AND member_id = $3",
        actor.account().0,
        id.0,
        owner.0,
        actor.member()?.0
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done).map_err(|_| Problem::Conflict(Cause::Stale).into())
}

/// Names a cart of one's own.
pub async fn rename(tx: &mut Tx, id: CartId, wanted: &str) -> Result<()> {
    let actor = tx.actor()?;
    own(tx, &actor, id).await?;
    let done = sqlx::query!(
        "UPDATE carts SET name = $4 WHERE account_id = $1 AND id = $2 AND member_id = $3",
        actor.account().0,
        id.0,
        actor.member()?.0,
        name(wanted)?
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done).map_err(|_| Problem::Conflict(Cause::Stale).into())
}

/// Deletes a cart of one's own with what is in it. The one in use is deleted by taking its lines out.
pub async fn delete(tx: &mut Tx, id: CartId) -> Result<()> {
    let actor = tx.actor()?;
    let row = own(tx, &actor, id).await?;
    let done = sqlx::query!(
        "DELETE FROM carts WHERE account_id = $1 AND id = $2 AND member_id = $3 AND NOT in_use",
        actor.account().0,
        id.0,
        actor.member()?.0
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done).map_err(|_| Problem::Conflict(Cause::Stale))?;
    told(tx, &actor, "cart.deleted", &row.name).await
}

/// Shares a cart of one's own with a colleague who has a cart, or stops it. The colleague is told when they may do more than before.
pub async fn share(tx: &mut Tx, id: CartId, with: MemberId, may: Option<Share>) -> Result<()> {
    let actor = tx.actor()?;
    actor.in_person()?;
    let row = own(tx, &actor, id).await?;
    let account = actor.account();
    let Some(may) = may else {
        sqlx::query!(
            "DELETE FROM cart_shares WHERE account_id = $1 AND cart_id = $2 AND member_id = $3",
            account.0,
            id.0,
            with.0
        )
        .execute(tx.db())
        .await?;
        return Ok(());
    };
    if !colleagues(tx, &actor).await?.iter().any(|c| c.0 == with) {
        return Err(Problem::invalid("with", "Choose a colleague who buys.").into());
    }
    sqlx::query!(
        "INSERT INTO cart_shares (account_id, cart_id, member_id, may) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, cart_id, member_id) DO UPDATE SET may = excluded.may",
        account.0,
        id.0,
        with.0,
        may.code()
    )
    .execute(tx.db())
    .await?;
    if row.shared.iter().any(|s| s.member == with && s.may >= may) {
        return Ok(());
    }
    let note = Note {
        member: with,
        kind: Kind::Company,
        text: format!("{} shares the cart “{}” with you", actor.name(), row.name),
        href: format!("/carts/{id}"),
        mail: match may {
            Share::See => "You can see it and copy its lines:".to_owned(),
            Share::Take => "You can copy its lines, or take it over and order it:".to_owned(),
        },
    };
    notices::tell(tx, account, &[note]).await?;
    audit::record(tx, "cart.shared", &row.name, json!({ "with": with, "may": may.code() })).await
}

/// Copies what can be ordered of a cart that one sees on top of what is in one's own cart. Every line is counted.
pub async fn copy(tx: &mut Tx, id: CartId) -> Result<ReorderReport> {
    let actor = tx.actor()?;
    let row = find(tx, &actor, id).await?;
    if row.in_use {
        return Err(Problem::invalid("id", "This is the cart that you use.").into());
    }
    let from = cart::read(tx, &actor, Some(id)).await?;
    let fits = |l: &&cart::Line| check(&l.facts.line(l.quantity, l.price.as_ref())).is_empty();
    let lines: Vec<_> = from.lines.iter().filter(fits).map(|l| (&l.facts, l.quantity)).collect();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    if !lines.is_empty() {
        cart::add_all(tx, &actor, &lines).await?;
    }
    Ok(ReorderReport { added: count(lines.len()), left_out: count(from.lines.len() - lines.len()) })
}

/// A colleague's cart becomes one's own and the one in use; one's own is kept. Its former owner is told, and sees it on; nobody else
/// does, until the new owner shares it.
pub async fn take_over(tx: &mut Tx, id: CartId) -> Result<()> {
    let actor = tx.actor()?;
    actor.in_person()?;
    let row = find(tx, &actor, id).await?;
    if row.owner.is_none() || row.may < Share::Take {
        return Err(Problem::Forbidden.into());
    }
    let used = lock(tx, &actor, Some(id)).await?;
    room(tx, &actor, 1).await?;
    // Asked after the lock: the owner may have stopped sharing it while this waited.
    let owner = sqlx::query_scalar!(
        "SELECT c.member_id FROM carts c JOIN cart_shares s ON (s.account_id, s.cart_id) = (c.account_id, c.id)
         WHERE c.account_id = $1 AND c.id = $2 AND s.member_id = $3 AND s.may = 'take'",
        actor.account().0,
        id.0,
        actor.member()?.0
    )
    .fetch_optional(tx.db())
    .await?
    .map(MemberId)
    .ok_or(Problem::Conflict(Cause::Stale))?;
    if let Some(used) = used {
        put_away(tx, &actor, used).await?;
    }
    use_it(tx, &actor, id, owner).await?;
    let done = sqlx::query!(
        "WITH others AS (DELETE FROM cart_shares WHERE account_id = $1 AND cart_id = $2 AND member_id <> $3)
         UPDATE cart_shares SET member_id = $4, may = 'see' WHERE account_id = $1 AND cart_id = $2 AND member_id = $3",
        actor.account().0,
        id.0,
        actor.member()?.0,
        owner.0
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let note = Note {
        member: owner,
        kind: Kind::Company,
        text: format!("{} has taken over your cart “{}”", actor.name(), row.name),
        href: format!("/carts/{id}"),
        mail: "You still see it:".to_owned(),
    };
    notices::tell(tx, actor.account(), &[note]).await?;
    audit::record(tx, "cart.taken_over", &row.name, json!({ "from": owner })).await
}
