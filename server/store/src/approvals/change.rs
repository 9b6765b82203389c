//! Approving less than was asked: quantities lowered, lines dropped.

use std::collections::BTreeMap;

use domain::approvals::{LineChange, line_change};
use domain::cart::{LineProblem, TaxedAmount, check, totals};
use domain::ids::QuoteId;
use domain::{Actor, Money, Problem, Quantity, text};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::flow::Open;
use crate::catalog::{Facts, Pricing, facts_of};
use crate::error::exactly;
use crate::limits::{self, Lock};
use crate::{Error, Result, Tx, quotes};

/// What an approver typed: position of a line → how many; zero drops it.
pub type Quantities = BTreeMap<i32, Decimal>;

struct Line {
    no: i32,
    product: Option<Uuid>,
    sku: String,
    quantity: Quantity,
    unit_price: Money,
    net: Money,
    tax_rate: Decimal,
    source: String,
    /// Of the quote.
    offered_as: Option<u32>,
    change: LineChange,
}

/// An order's lines with what is to become of them.
pub(super) struct Changes {
    lines: Vec<Line>,
    delivery: Money,
    minimum: Option<Money>,
}

impl Changes {
    /// Whether anything differs from the order as it stands.
    pub fn any(&self) -> bool {
        self.lines.iter().any(|l| l.change != LineChange::Kept)
    }

    /// For the trail and the buyer: `GL-CUT-D-9: 130 → 60; TAPE-48 dropped`.
    fn words(&self) -> String {
        let words = self.lines.iter().filter_map(|l| match l.change {
            LineChange::Kept => None,
            LineChange::Lowered(q) => Some(format!("{}: {} → {q}", l.sku, l.quantity)),
            LineChange::Dropped => Some(format!("{} dropped", l.sku)),
        });
        words.collect::<Vec<_>>().join("; ")
    }
}

fn field(line_no: i32) -> String {
    format!("quantities[{line_no}]")
}

/// Reads what is wanted of a locked order's lines. Invalid where a line is not there, or more is wanted than was asked.
/// One statement.
pub(super) async fn read(tx: &mut Tx, actor: &Actor, open: &Open, wanted: &Quantities) -> Result<Changes> {
    let money = |amount| Money::new(amount, open.total.currency());
    let rows = sqlx::query!(
        "SELECT l.line_no, l.product_id, l.sku, l.quantity, l.unit_price, l.net, l.tax_rate, l.price_source, l.quote_line, o.delivery, a.order_minimum
         FROM order_lines l JOIN orders o ON (o.account_id, o.id) = (l.account_id, l.order_id) JOIN accounts a ON a.id = o.account_id
         WHERE l.account_id = $1 AND l.order_id = $2 ORDER BY l.line_no",
        actor.account().0,
        open.order.0
    )
    .fetch_all(tx.db())
    .await?;
    if let Some(unknown) = wanted.keys().find(|no| !rows.iter().any(|r| r.line_no == **no)) {
        return Err(Problem::invalid(&field(*unknown), "This line is not in the order any more.").into());
    }
    let (delivery, minimum) =
        rows.first().map_or((money(Decimal::ZERO), None), |r| (money(r.delivery), r.order_minimum.map(money)));
    let lines = rows
        .into_iter()
        .map(|r| {
            let quantity = Quantity::new(r.quantity).ok_or_else(|| Error::odd("order_lines.quantity", &r.sku))?;
            let change = match wanted.get(&r.line_no) {
                None => LineChange::Kept,
                Some(wanted) => line_change(quantity, *wanted).ok_or_else(|| {
                    Problem::invalid(&field(r.line_no), format!("{quantity} were asked for: enter as many or fewer."))
                })?,
            };
            Ok(Line {
                no: r.line_no,
                product: r.product_id,
                sku: r.sku,
                quantity,
                unit_price: money(r.unit_price),
                net: money(r.net),
                tax_rate: r.tax_rate,
                source: r.price_source,
                offered_as: r.quote_line.and_then(|no| u32::try_from(no).ok()),
                change,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Changes { lines, delivery, minimum })
}

/// Makes a locked order smaller: lines, totals, stock. What is left is priced for its quantity, delivery stays as the
/// buyer saw it. Refused when nothing would be left, or when it would cost more, since that would need a new flow.
/// Gives what changed, in words.
pub(super) async fn apply(tx: &mut Tx, actor: &Actor, open: &mut Open, mut changes: Changes) -> Result<String> {
    if !changes.any() {
        return Err(Problem::invalid("words", "Lower a quantity first, or choose “Approve”.").into());
    }
    let words = changes.words();
    match open.quote {
        Some(quote) => reprice_quoted(tx, actor, quote, &mut changes).await?,
        None => reprice(tx, actor, &mut changes).await?,
    }
    let kept: Vec<&Line> = changes.lines.iter().filter(|l| l.change != LineChange::Dropped).collect();
    if kept.is_empty() {
        return Err(Problem::invalid("words", "Nothing would be left: choose “Reject” and say why.").into());
    }
    let amounts: Vec<TaxedAmount> = kept.iter().map(|l| TaxedAmount { net: l.net, rate: l.tax_rate }).collect();
    let after = totals(open.total.currency(), &amounts, changes.delivery)?;
    if after.gross.amount() > open.total.amount() {
        let words = format!(
            "That would cost {} instead of {}: the price for the smaller quantity is higher.",
            text::money(after.gross),
            text::money(open.total)
        );
        return Err(Problem::invalid("words", words).into());
    }
    if let Some(minimum) = changes.minimum.filter(|m| after.net.amount() < m.amount()) {
        let words = format!("The smallest order is {} before tax: choose “Reject” instead.", text::money(minimum));
        return Err(Problem::invalid("words", words).into());
    }
    // Credit and budget are locked before the stock, here as everywhere: the same decision may confirm the order.
    limits::read(tx, actor, &open.cost_centre, after.gross, Some(open.order), Lock::Yes).await?;
    free(tx, actor, open, &changes).await?;
    let lowered: Vec<&&Line> = kept.iter().filter(|l| matches!(l.change, LineChange::Lowered(_))).collect();
    let (account, order) = (actor.account().0, open.order.0);
    let done = sqlx::query!(
        "WITH gone AS (DELETE FROM order_lines WHERE account_id = $1 AND order_id = $2 AND line_no = ANY($3)),
              less AS (UPDATE order_lines l SET quantity = n.quantity, unit_price = n.price, net = n.net, price_source = n.source
                       FROM unnest($4::int[], $5::numeric[], $6::numeric[], $7::numeric[], $8::text[]) AS n(line_no, quantity, price, net, source)
                       WHERE l.account_id = $1 AND l.order_id = $2 AND l.line_no = n.line_no)
         UPDATE orders SET net = $9, tax = $10, gross = $11, line_count = $12 WHERE account_id = $1 AND id = $2",
        account,
        order,
        &changes.lines.iter().filter(|l| l.change == LineChange::Dropped).map(|l| l.no).collect::<Vec<_>>(),
        &lowered.iter().map(|l| l.no).collect::<Vec<_>>(),
        &lowered.iter().map(|l| l.quantity.value()).collect::<Vec<_>>(),
        &lowered.iter().map(|l| l.unit_price.amount()).collect::<Vec<_>>(),
        &lowered.iter().map(|l| l.net.amount()).collect::<Vec<_>>(),
        &lowered.iter().map(|l| l.source.clone()).collect::<Vec<_>>(),
        after.net.amount(),
        after.tax.amount(),
        after.gross.amount(),
        i32::try_from(kept.len()).unwrap_or(i32::MAX)
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    open.total = after.gross;
    Ok(words)
}

/// Gives lowered lines their quantity and today's price for it. Invalid where the quantity cannot be ordered.
async fn reprice(tx: &mut Tx, actor: &Actor, changes: &mut Changes) -> Result<()> {
    let products: Vec<Uuid> =
        changes.lines.iter().filter(|l| matches!(l.change, LineChange::Lowered(_))).filter_map(|l| l.product).collect();
    let facts: Vec<Facts> = facts_of(tx, &products).await?;
    let pricing = Pricing::of(actor, tx.today());
    for line in &mut changes.lines {
        let LineChange::Lowered(quantity) = line.change else { continue };
        if let Some(facts) = facts.iter().find(|f| Some(f.id.0) == line.product) {
            let price = facts.price(quantity, pricing);
            // What it takes from the stock is reserved already.
            let problem =
                check(&facts.line(quantity, price.as_ref())).into_iter().find(|p| !matches!(p, LineProblem::Short(_)));
            if let Some(problem) = problem {
                return Err(Problem::invalid(&field(line.no), problem.words()).into());
            }
            if let Some(price) = price {
                line.unit_price = price.unit_price;
                line.source = price.source();
            }
        }
        line.quantity = quantity;
        line.net = Money::line(line.unit_price, quantity)?;
    }
    Ok(())
}

/// The same for what a quote offered: its price for the smaller quantity. Invalid where it has none.
async fn reprice_quoted(
    tx: &mut Tx,
    actor: &Actor,
    (quote, version): (QuoteId, i32),
    changes: &mut Changes,
) -> Result<()> {
    let lowered = |l: &Line| match l.change {
        LineChange::Lowered(quantity) => Some((l.offered_as.unwrap_or_default(), quantity)),
        LineChange::Kept | LineChange::Dropped => None,
    };
    let wanted: Vec<(u32, Quantity)> = changes.lines.iter().filter_map(lowered).collect();
    let prices = quotes::price_of(tx, actor, quote, version, &wanted).await?;
    let lines = changes.lines.iter_mut().filter(|l| matches!(l.change, LineChange::Lowered(_)));
    for ((line, (_, quantity)), price) in lines.zip(wanted).zip(prices) {
        let none = || {
            Problem::invalid(&field(line.no), "The quote has no price for so few: keep the line, or drop it with 0.")
        };
        let price = price.ok_or_else(none)?;
        line.unit_price = price;
        line.quantity = quantity;
        line.net = price.line(quantity)?;
    }
    Ok(())
}

/// Gives back the stock that the order does not need any more; deliveries before shelves where it holds both.
async fn free(tx: &mut Tx, actor: &Actor, open: &Open, changes: &Changes) -> Result<()> {
    let changed = changes.lines.iter().filter(|l| l.change != LineChange::Kept);
    let (numbers, keeps): (Vec<i32>, Vec<Decimal>) = changed
        .map(|l| (l.no, if l.change == LineChange::Dropped { Decimal::ZERO } else { l.quantity.value() }))
        .unzip();
    let (account, order) = (actor.account().0, open.order.0);
    sqlx::query!(
        "SELECT k.product_id FROM stock k WHERE (k.product_id, k.warehouse) IN
             (SELECT r.product_id, r.warehouse FROM reservations r WHERE r.account_id = $1 AND r.order_id = $2 AND r.line_no = ANY($3))
         ORDER BY k.product_id, k.warehouse FOR UPDATE",
        account,
        order,
        &numbers
    )
    .fetch_all(tx.db())
    .await?;
    // Each reservation keeps what is left of the line's quantity after those before it.
    sqlx::query!(
        "WITH held AS (
             SELECT r.line_no, r.warehouse, r.product_id, r.quantity,
                    least(r.quantity, greatest(n.keep - COALESCE(sum(r.quantity) OVER (PARTITION BY r.line_no ORDER BY k.on_hand = 0, r.warehouse
                                                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0)) AS keep
             FROM reservations r JOIN unnest($3::int[], $4::numeric[]) AS n(line_no, keep) ON n.line_no = r.line_no
             JOIN stock k ON (k.product_id, k.warehouse) = (r.product_id, r.warehouse)
             WHERE r.account_id = $1 AND r.order_id = $2
         ), gone AS (DELETE FROM reservations r USING held h
                     WHERE r.account_id = $1 AND r.order_id = $2 AND (r.line_no, r.warehouse) = (h.line_no, h.warehouse) AND h.keep = 0),
         less AS (UPDATE reservations r SET quantity = h.keep FROM held h
                  WHERE r.account_id = $1 AND r.order_id = $2 AND (r.line_no, r.warehouse) = (h.line_no, h.warehouse) AND h.keep > 0),
         sums AS (SELECT product_id, warehouse, sum(quantity - keep) AS freed FROM held GROUP BY 1, 2)
         UPDATE stock k SET reserved = k.reserved - s.freed FROM sums s WHERE (k.product_id, k.warehouse) = (s.product_id, s.warehouse)",
        account,
        order,
        &numbers,
        &keeps
    )
    .execute(tx.db())
    .await?;
    Ok(())
}
