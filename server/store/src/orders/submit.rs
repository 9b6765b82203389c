//! Submitting a cart: one transaction, idempotent by the order's id. The cart's lock makes two tabs of one person queue; the
//! second finds the order of the first.

use domain::cart::{CheckoutForm, check};
use domain::catalog::Promise;
use domain::pricing::Resolved;
use domain::{Actor, Cause, Money, Permission, Problem};

use super::place::{Choices, NewLine, NewOrder, place};
use crate::cart::{Cart, load};
use crate::{Result, Tx};

/// Submits the asking member's cart. Gives the order's number; the same form twice gives the same number.
///
/// Conflict when anything differs from what the buyer saw (price, stock, assortment): nothing is done, the cart is kept.
pub async fn submit(tx: &mut Tx, form: &CheckoutForm) -> Result<String> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSubmit)?;
    let cart_row = sqlx::query_scalar!(
        "SELECT id FROM carts WHERE account_id = $1 AND member_id = $2 AND in_use FOR UPDATE",
        actor.account().0,
        actor.member()?.0
    )
    .fetch_optional(tx.db())
    .await?;
    // Asked after the lock: the snapshot of the statement that waited for it may be older.
    let chosen = Choices::read(tx, &actor, form).await?;
    if let Some(number) = chosen.earlier(&actor)? {
        return Ok(number);
    }
    let cart = load(tx, &actor).await?;
    if cart.lines.is_empty() || cart_row.is_none() {
        return Err(Problem::Conflict(Cause::CartEmpty).into());
    }
    order(tx, &actor, chosen, form, &cart).await
}

/// Orders what a cart holds, the member's own or one that was made of a schedule's lines, as its form says; `chosen` is what the
/// form names. Gives the order's number.
pub(crate) async fn order(
    tx: &mut Tx,
    actor: &Actor,
    chosen: Choices,
    form: &CheckoutForm,
    cart: &Cart,
) -> Result<String> {
    if actor.on_hold() {
        return Err(Problem::Conflict(Cause::AccountOnHold).into());
    }
    form.check(cart.po_required, tx.today())?;
    let changed = cart.totals.gross.amount() != form.total;
    let blocked = cart.lines.iter().any(|l| !check(&l.facts.line(l.quantity, l.price.as_ref())).is_empty());
    if changed || blocked || !cart.view(tx, actor).orderable() {
        return Err(Problem::Conflict(Cause::CartChanged).into());
    }
    let nothing = Money::zero(actor.currency());
    let lines = cart
        .lines
        .iter()
        .map(|l| NewLine {
            product: Some(l.facts.id.0),
            sku: &l.facts.sku,
            name: &l.facts.name,
            unit: &l.facts.units.own,
            category: Some(&l.facts.category),
            quantity: l.quantity,
            unit_price: l.price.as_ref().map_or(nothing, |p| p.unit_price),
            net: l.net.unwrap_or(nothing),
            tax_rate: l.tax_rate,
            source: l.price.as_ref().map(Resolved::source).unwrap_or_default(),
            promised_on: match l.facts.availability().promise(l.quantity) {
                Promise::On(day) => Some(day),
                Promise::Now | Promise::Short(_) => None,
            },
            to_order: false,
            on_request: l.price.is_none(),
            quote_line: None,
        })
        .collect();
    let order = NewOrder { form, lines, totals: &cart.totals, cart: cart.id, quote: None };
    place(tx, actor, chosen, &order).await
}
