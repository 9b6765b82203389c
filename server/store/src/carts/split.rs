//! Splitting the cart in use by what keeps its lines from going now.

use domain::cart::check;
use domain::carts::{Part, PartLine, Reason, SplitPage};
use domain::ids::CartId;
use domain::{Actor, Cause, Money, Permission, Problem};
use uuid::Uuid;

use super::{lock, room, told};
use crate::cart::{self, Cart};
use crate::error::exactly;
use crate::{Result, Tx, approvals};

/// The lines of a cart by what keeps them from going now, in the order of the parts.
async fn reasons(tx: &mut Tx, actor: &Actor, cart: &Cart) -> Result<Vec<(Reason, Vec<(usize, String)>)>> {
    let asks = approvals::because_of(tx, actor, cart).await?;
    let mut parts: Vec<(Reason, Vec<(usize, String)>)> = Reason::ALL.into_iter().map(|r| (r.0, Vec::new())).collect();
    for (at, (line, asks)) in cart.lines.iter().zip(asks).enumerate() {
        let problems = check(&line.facts.line(line.quantity, line.price.as_ref()));
        let promise = line.facts.availability().promise(line.quantity);
        let (reason, why) = Reason::of(&problems, promise, asks.as_deref());
        if let Some(part) = parts.iter_mut().find(|p| p.0 == reason) {
            part.1.push((at, why));
        }
    }
    parts.retain(|p| !p.1.is_empty());
    Ok(parts)
}

/// How the cart in use could be split, and what that costs. Three statements.
pub async fn split_page(tx: &mut Tx) -> Result<SplitPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let whole = cart::load(tx, &actor).await?;
    let mut parts = Vec::new();
    let mut together = Money::zero(actor.currency());
    for (reason, lines) in reasons(tx, &actor, &whole).await? {
        let at: Vec<usize> = lines.iter().map(|l| l.0).collect();
        let alone = cart::part(tx, &actor, &whole, &at)?;
        together = together.plus(alone.totals.gross)?;
        let rows = alone.lines.iter().zip(lines).map(|(l, (_, why))| PartLine {
            sku: l.facts.sku.clone(),
            name: l.facts.name.clone(),
            quantity: l.quantity,
            unit: l.facts.units.own.clone(),
            net: l.net,
            why,
        });
        parts.push(Part { reason, lines: rows.collect(), totals: alone.totals.clone() });
    }
    Ok(SplitPage { parts, costs: together.minus(whole.totals.gross)? })
}

/// Takes the lines that have one of these reasons now out of the cart in use, each reason's into a cart of its own. Gives what was
/// made, with how many lines. Whatever stays, stays in use; a cart that would be emptied keeps its first part.
pub async fn split(tx: &mut Tx, out: &[Reason]) -> Result<Vec<(CartId, Reason, usize)>> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let used = lock(tx, &actor, None).await?.ok_or(Problem::Conflict(Cause::CartEmpty))?;
    let whole = cart::load(tx, &actor).await?;
    let parts = reasons(tx, &actor, &whole).await?;
    let all = parts.iter().all(|p| out.contains(&p.0));
    let parts: Vec<_> = parts.into_iter().skip(usize::from(all)).filter(|p| out.contains(&p.0)).collect();
    if parts.is_empty() {
        return Err(Problem::invalid("out", "There is nothing to take out: all lines have one reason.").into());
    }
    room(tx, &actor, i64::try_from(parts.len()).unwrap_or(i64::MAX)).await?;
    let (account, member, now) = (actor.account().0, actor.member()?.0, tx.now());
    let made: Vec<CartId> = parts.iter().map(|_| crate::new_id::<CartId>()).collect();
    let names: Vec<String> = parts.iter().map(|p| p.0.cart_name().to_owned()).collect();
    let ids: Vec<Uuid> = made.iter().map(|id| id.0).collect();
    let done = sqlx::query!(
        "INSERT INTO carts (account_id, id, member_id, name, in_use, created_at, changed_at)
         SELECT $1, t.id, $2, t.name, false, $5, $5 FROM unnest($3::uuid[], $4::text[]) AS t(id, name)",
        account,
        member,
        &ids,
        &names,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(parts.len() as u64, &done)?;
    let moved: Vec<(Uuid, Uuid)> = parts
        .iter()
        .zip(&made)
        .flat_map(|(part, id)| part.1.iter().map(|l| (id.0, whole.lines[l.0].facts.id.0)))
        .collect();
    let done = sqlx::query!(
        "UPDATE cart_lines l SET cart_id = t.cart FROM unnest($3::uuid[], $4::uuid[]) AS t(cart, product)
         WHERE l.account_id = $1 AND l.cart_id = $2 AND l.product_id = t.product",
        account,
        used.0,
        &moved.iter().map(|m| m.0).collect::<Vec<_>>(),
        &moved.iter().map(|m| m.1).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    exactly(moved.len() as u64, &done)?;
    told(tx, &actor, "cart.split", &names.join(", ")).await?;
    Ok(made.into_iter().zip(parts).map(|(id, part)| (id, part.0, part.1.len())).collect())
}
