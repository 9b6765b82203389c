//! Submitting: one transaction, idempotent by the order's id.
//!
//! Locks, always in this order, here and wherever orders change: order and cart → credit → budget → stock by (product,
//! warehouse) → audit head. The cart's lock makes two
//! tabs of one person queue; the second finds the order of the first.

use chrono::Datelike as _;
use domain::accounts::Address;
use domain::budgets::Beyond;
use domain::cart::{CheckoutForm, check};
use domain::catalog::Promise;
use domain::credit::{Policy, Verdict};
use domain::orders::Status;
use domain::{Actor, Cause, Permission, Problem, text};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::approvals::{self, Preview};
use crate::cart::{Cart, Line, load};
use crate::error::exactly;
use crate::limits::{self, Lock};
use crate::outbox::{self, Message};
use crate::{Error, Result, Tx, audit, budgets};

/// Submits the asking member's cart. Gives the order's number; the same form twice gives the same number.
///
/// Conflict when anything differs from what the buyer saw (price, stock, assortment): nothing is done, the cart is kept.
pub async fn submit(tx: &mut Tx, form: &CheckoutForm) -> Result<String> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSubmit)?;
    let member = actor.member()?;
    let cart_row = sqlx::query_scalar!(
        "SELECT id FROM carts WHERE account_id = $1 AND member_id = $2 FOR UPDATE",
        actor.account().0,
        member.0
    )
    .fetch_optional(tx.db())
    .await?;
    // Asked after the lock: the snapshot of the statement that waited for it may be older.
    let chosen = choices(tx, &actor, form).await?;
    if let Some((number, by)) = chosen.earlier {
        let own = by == Some(member.0);
        return if own { Ok(number) } else { Err(Problem::Conflict(Cause::KeyReused).into()) };
    }
    if actor.on_hold() {
        return Err(Problem::Conflict(Cause::AccountOnHold).into());
    }
    let cart = load(tx, &actor).await?;
    if cart.lines.is_empty() || cart_row.is_none() {
        return Err(Problem::Conflict(Cause::CartEmpty).into());
    }
    form.check(cart.po_required, tx.today())?;
    let changed = cart.totals.gross.amount() != form.total;
    let blocked = cart.lines.iter().any(|l| !check(&l.facts.line(l.quantity, l.price.as_ref())).is_empty());
    if changed || blocked || !cart.view(tx, &actor).orderable() {
        return Err(Problem::Conflict(Cause::CartChanged).into());
    }
    if chosen.must_choose && chosen.address.is_none() {
        return Err(Problem::invalid("ship_to", "Choose where the order goes.").into());
    }
    match (form.cost_centre.is_empty(), &chosen.centre) {
        (true, _) if chosen.must_book => {
            return Err(Problem::invalid("cost_centre", "Choose one of your cost centres.").into());
        }
        (false, None) => {
            let words = "This cost centre is closed, or not one of yours. Choose another one.";
            return Err(Problem::invalid("cost_centre", words).into());
        }
        _ => {}
    }
    let (ship_to, centre) = (json!(chosen.address.unwrap_or_default()), chosen.centre.unwrap_or_default());

    let gross = cart.totals.gross;
    let limits = limits::read(tx, &actor, &centre, gross, None, Lock::Yes).await?;
    let over_budget = limits.budget.as_ref().map_or(Ok(false), |(_, b)| b.exceeded())?;
    let beyond = limits.budget.as_ref().filter(|_| over_budget).map(|(_, b)| b);
    if let Some(budget) = beyond.filter(|b| b.beyond == Beyond::Block) {
        let left = budget.amount.minus(budget.used)?;
        return Err(Problem::Conflict(Cause::OverBudget { cost_centre: centre, left: text::money(left) }).into());
    }
    let held = match limits.credit.judge(gross)? {
        Verdict::Fits | Verdict::Exceeds(Policy::Warn, _) => false,
        Verdict::Exceeds(Policy::Hold, _) => true,
        Verdict::Exceeds(Policy::Block, free) => {
            return Err(Problem::Conflict(Cause::CreditLimit { free: text::money(free) }).into());
        }
    };
    let question = Preview {
        cart: &cart,
        over_budget,
        budget_asks: beyond.is_some_and(|b| b.beyond == Beyond::Approve),
        new_address: chosen.new_address,
    };
    let rules = approvals::matching(chosen.rules, &actor, &question)?;
    // What waits for approval is looked at again, credit and budget too, when the last approver says yes.
    let status = match (rules.is_empty(), held) {
        (false, _) => Status::PendingApproval,
        (true, true) => Status::OnHold,
        (true, false) => Status::Confirmed,
    };
    let reserved = reserve(tx, &cart.lines).await?;
    let number = write(tx, &actor, form, &cart, status, &ship_to, &centre, &reserved).await?;
    tell(tx, &actor, form, &cart, status, &number).await?;
    let budget = limits.budget.as_ref();
    if status == Status::PendingApproval {
        approvals::start(tx, &actor, form.order_id, &number, gross, rules, budget.map(|(_, b)| b)).await?;
    } else if let Some((id, budget)) = budget.filter(|_| status == Status::Confirmed) {
        budgets::consume(tx, *id, budget, form.order_id).await?;
    }
    Ok(number)
}

/// What the form names, as snapshots, and what else the account says of such an order.
struct Choices {
    /// The order that this form already made: its number and member.
    earlier: Option<(String, Option<Uuid>)>,
    /// The chosen address; must be the account's own or that of an account above.
    address: Option<Address>,
    must_choose: bool,
    /// The chosen cost centre, if it is open and the member may book on it.
    centre: Option<String>,
    /// The member has named cost centres: one of them it must be.
    must_book: bool,
    /// Enabled rules of the account and those above it.
    rules: Option<Value>,
    /// No order of the account went to the address before; only looked up when a rule asks.
    new_address: bool,
}

async fn choices(tx: &mut Tx, actor: &Actor, form: &CheckoutForm) -> Result<Choices> {
    let address: Option<Uuid> = form.ship_to.parse().ok();
    let row = sqlx::query!(
        r#"WITH rules AS (SELECT r.rule, r.account_id, r.position, r.id FROM approval_rules r WHERE r.enabled)
           SELECT (SELECT jsonb_build_array(o.number, o.member_id) FROM orders o WHERE o.account_id = $1 AND o.id = $2) AS earlier,
                  (SELECT to_jsonb(a) FROM my_addresses a WHERE a.id = $3 AND a.kind = 'ship_to') AS address,
                  EXISTS (SELECT 1 FROM my_addresses a WHERE a.kind = 'ship_to') AS "must_choose!",
                  (SELECT c.code FROM cost_centres c WHERE c.account_id = $1 AND c.code = $4 AND c.active
                   AND (m.cost_centres = '{}' OR c.code = ANY (m.cost_centres))) AS centre,
                  m.cost_centres <> '{}' AS "must_book!",
                  (SELECT jsonb_agg(r.rule ORDER BY r.account_id = $1, r.position, r.id) FROM rules r) AS rules,
                  EXISTS (SELECT 1 FROM rules r WHERE r.rule @> '{"conditions": ["NewAddress"]}')
                  AND NOT EXISTS (SELECT 1 FROM orders o JOIN my_addresses a ON a.id = $3
                                  WHERE o.account_id = $1 AND o.ship_to ->> 'street' = a.street
                                    AND o.ship_to ->> 'postcode' = a.postcode AND o.ship_to ->> 'city' = a.city) AS "new_address!"
           FROM members m WHERE m.account_id = $1 AND m.id = $5"#,
        actor.account().0,
        form.order_id.0,
        address,
        form.cost_centre,
        actor.member()?.0
    )
    .fetch_one(tx.db())
    .await?;
    Ok(Choices {
        earlier: row
            .earlier
            .map(serde_json::from_value)
            .transpose()
            .map_err(|e| Error::odd("orders", &e.to_string()))?,
        address: row
            .address
            .map(serde_json::from_value)
            .transpose()
            .map_err(|e| Error::odd("addresses", &e.to_string()))?,
        must_choose: row.must_choose,
        centre: row.centre,
        must_book: row.must_book,
        rules: row.rules,
        new_address: row.new_address,
    })
}

/// What one line takes from one warehouse.
struct Taken {
    line: usize,
    product: Uuid,
    warehouse: String,
    quantity: Decimal,
}

/// Locks the stock rows in one global order, takes from the shelves first and then from deliveries, all or nothing.
async fn reserve(tx: &mut Tx, lines: &[Line]) -> Result<Vec<Taken>> {
    let products: Vec<Uuid> = lines.iter().map(|l| l.facts.id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT product_id, warehouse, greatest(on_hand - reserved, 0) AS "now!", on_hand + incoming - reserved AS "all!"
           FROM stock WHERE product_id = ANY($1) ORDER BY product_id, warehouse FOR UPDATE"#,
        &products
    )
    .fetch_all(tx.db())
    .await?;
    let mut taken: Vec<Taken> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let mut missing = line.quantity.value();
        let mine = || rows.iter().filter(|r| r.product_id == line.facts.id.0);
        let shelves = mine().map(|r| (r, r.now));
        let deliveries = mine().map(|r| (r, r.all - r.now));
        for (row, free) in shelves.chain(deliveries) {
            let part = missing.min(free);
            if part > Decimal::ZERO {
                missing -= part;
                match taken.iter_mut().find(|t| t.line == i && t.warehouse == row.warehouse) {
                    Some(t) => t.quantity += part,
                    None => taken.push(Taken {
                        line: i,
                        product: row.product_id,
                        warehouse: row.warehouse.clone(),
                        quantity: part,
                    }),
                }
            }
        }
        if missing > Decimal::ZERO {
            return Err(Problem::Conflict(Cause::CartChanged).into());
        }
    }
    let done = sqlx::query!(
        "UPDATE stock k SET reserved = k.reserved + t.quantity
         FROM unnest($1::uuid[], $2::text[], $3::numeric[]) AS t(product, warehouse, quantity)
         WHERE k.product_id = t.product AND k.warehouse = t.warehouse",
        &taken.iter().map(|t| t.product).collect::<Vec<_>>(),
        &taken.iter().map(|t| t.warehouse.clone()).collect::<Vec<_>>(),
        &taken.iter().map(|t| t.quantity).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    exactly(taken.len() as u64, &done)?;
    Ok(taken)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one order, once, in this private function")]
async fn write(
    tx: &mut Tx,
    actor: &Actor,
    form: &CheckoutForm,
    cart: &Cart,
    status: Status,
    ship_to: &Value,
    centre: &str,
    reserved: &[Taken],
) -> Result<String> {
    let (account, order, now) = (actor.account().0, form.order_id.0, tx.now());
    let totals = &cart.totals;
    let number = sqlx::query_scalar!(
        "INSERT INTO orders (account_id, id, number, status, member_id, acting_person, placed_by, placed_at, po_number, cost_centre, ship_to,
                             requested_on, partial_delivery, note, currency, net, delivery, tax, gross, line_count)
         VALUES ($1, $2, 'SO-' || $3 || '-' || lpad(nextval('order_numbers')::text, 6, '0'), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                 $15, $16, $17, $18, $19, $20)
         RETURNING number",
        account,
        order,
        tx.today().year().to_string(),
        status.code(),
        actor.member()?.0,
        actor.acting_person().0,
        actor.name(),
        now,
        form.po_number.trim(),
        centre,
        ship_to,
        form.requested_on,
        form.partial_delivery,
        form.note.trim(),
        actor.currency().code(),
        totals.net.amount(),
        totals.delivery.amount(),
        totals.tax.amount(),
        totals.gross.amount(),
        i32::try_from(cart.lines.len()).unwrap_or(i32::MAX)
    )
    .fetch_one(tx.db())
    .await?;

    let numbers: Vec<i32> = (1..).take(cart.lines.len()).collect();
    let column = |f: fn(&Line) -> String| cart.lines.iter().map(f).collect::<Vec<_>>();
    let decimals = |f: fn(&Line) -> Decimal| cart.lines.iter().map(f).collect::<Vec<_>>();
    let promised: Vec<Option<chrono::NaiveDate>> = cart
        .lines
        .iter()
        .map(|l| match l.facts.availability().promise(l.quantity) {
            Promise::On(day) => Some(day),
            _ => None,
        })
        .collect();
    let done = sqlx::query!(
        "INSERT INTO order_lines (account_id, order_id, line_no, product_id, sku, name, unit, quantity, unit_price, net, tax_rate, price_source, promised_on)
         SELECT $1, $2, t.* FROM unnest($3::int[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::numeric[], $10::numeric[],
                                        $11::numeric[], $12::text[], $13::date[]) AS t",
        account,
        order,
        &numbers,
        &cart.lines.iter().map(|l| l.facts.id.0).collect::<Vec<_>>(),
        &column(|l| l.facts.sku.clone()),
        &column(|l| l.facts.name.clone()),
        &column(|l| l.facts.unit.clone()),
        &decimals(|l| l.quantity.value()),
        &decimals(|l| l.price.as_ref().map_or(Decimal::ZERO, |p| p.unit_price.amount())),
        &decimals(|l| l.net.map_or(Decimal::ZERO, domain::Money::amount)),
        &decimals(|l| l.tax_rate),
        &column(|l| l.price.as_ref().map(domain::pricing::Resolved::source).unwrap_or_default()),
        &promised as &[Option<chrono::NaiveDate>]
    )
    .execute(tx.db())
    .await?;
    exactly(cart.lines.len() as u64, &done)?;

    let done = sqlx::query!(
        "INSERT INTO reservations (account_id, order_id, line_no, warehouse, product_id, quantity)
         SELECT $1, $2, t.* FROM unnest($3::int[], $4::text[], $5::uuid[], $6::numeric[]) AS t",
        account,
        order,
        &reserved.iter().map(|t| numbers[t.line]).collect::<Vec<_>>(),
        &reserved.iter().map(|t| t.warehouse.clone()).collect::<Vec<_>>(),
        &reserved.iter().map(|t| t.product).collect::<Vec<_>>(),
        &reserved.iter().map(|t| t.quantity).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    exactly(reserved.len() as u64, &done)?;
    Ok(number)
}

/// History, cart, mail and audit: all with the order or not at all.
async fn tell(
    tx: &mut Tx,
    actor: &Actor,
    form: &CheckoutForm,
    cart: &Cart,
    status: Status,
    number: &str,
) -> Result<()> {
    let (account, now) = (actor.account().0, tx.now());
    let row = sqlx::query!(
        r#"WITH gone AS (DELETE FROM cart_lines WHERE account_id = $1 AND cart_id = $3),
                step AS (INSERT INTO order_events (account_id, order_id, version, status, at, by_name) VALUES ($1, $2, 1, $4, $5, $6))
           SELECT p.email, s.name AS seller FROM people p, seller s WHERE p.id = $7"#,
        account,
        form.order_id.0,
        cart.id,
        status.code(),
        now,
        actor.name(),
        actor.person().0
    )
    .fetch_one(tx.db())
    .await?;
    let lines: Vec<String> =
        cart.lines.iter().map(|l| format!("{} × {}  {}", l.quantity, l.facts.sku, l.facts.name)).collect();
    let body = format!(
        "Your order {number} is {}.\n\n{}\n\nTotal incl. tax: {}\nYour reference: {}\n",
        status.label().to_lowercase(),
        lines.join("\n"),
        text::money(cart.totals.gross),
        if form.po_number.trim().is_empty() { "none" } else { form.po_number.trim() },
    );
    let mail = Message::Mail { to: row.email, subject: format!("{}: order {number}", row.seller), body };
    outbox::send(tx, actor.account(), &mail).await?;
    let detail = json!({ "gross": cart.totals.gross.amount(), "currency": actor.currency().code(), "lines": cart.lines.len(), "status": status.code() });
    audit::record(tx, "order.submitted", number, detail).await
}
