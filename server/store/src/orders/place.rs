//! Placing an order, from a cart or from a quote: limits, rules, stock, the rows, and who is told. All or nothing.
//!
//! Locks, always in this order, here and wherever orders change: quote, order and cart → credit → budget → stock by (product,
//! warehouse) → audit head.

use std::collections::HashSet;

use chrono::{Datelike as _, NaiveDate};
use domain::accounts::Address;
use domain::budgets::Beyond;
use domain::cart::{CheckoutForm, Totals};
use domain::credit::{Policy, Verdict};
use domain::ids::QuoteId;
use domain::orders::Status;
use domain::{Actor, Cause, Money, Problem, Quantity, text};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::approvals::{self, Preview};
use crate::limits::{self, Lock};
use crate::{Error, Result, Tx, audit, budgets};

/// A line of an order to be, as it will stand there.
pub(crate) struct NewLine<'a> {
    /// None: something in the customer's own words.
    pub product: Option<Uuid>,
    pub sku: &'a str,
    pub name: &'a str,
    pub unit: &'a str,
    /// The category's slug, for the rules.
    pub category: Option<&'a str>,
    pub quantity: Quantity,
    pub unit_price: Money,
    pub net: Money,
    pub tax_rate: Decimal,
    pub source: String,
    pub promised_on: Option<NaiveDate>,
    /// Made or bought for the order: nothing is taken from the stock.
    pub to_order: bool,
    /// It has no price of the account's: it was quoted.
    pub on_request: bool,
    /// The line of the quote.
    pub quote_line: Option<i32>,
}

/// An order to be.
pub(crate) struct NewOrder<'a> {
    /// The order's id and what the buyer says of it.
    pub form: &'a CheckoutForm,
    pub lines: Vec<NewLine<'a>>,
    pub totals: &'a Totals,
    /// The cart that is emptied.
    pub cart: Option<Uuid>,
    /// The quote that is accepted, and its version.
    pub quote: Option<(QuoteId, i32)>,
}

/// Places an order whose form and lines are checked; `chosen` is what its form names. Gives the order's number.
pub(crate) async fn place(tx: &mut Tx, actor: &Actor, chosen: Choices, order: &NewOrder<'_>) -> Result<String> {
    let form = order.form;
    chosen.check(form)?;
    let (ship_to, centre) = (json!(chosen.address.unwrap_or_default()), chosen.centre.unwrap_or_default());

    let gross = order.totals.gross;
    let limits = limits::read(tx, actor, &centre, gross, None, Lock::Yes).await?;
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
        total: gross,
        categories: order.lines.iter().filter_map(|l| l.category).map(str::to_owned).collect(),
        skus: order.lines.iter().map(|l| l.sku.to_owned()).collect(),
        over_budget,
        budget_asks: beyond.is_some_and(|b| b.beyond == Beyond::Approve),
        new_address: chosen.new_address,
        price_on_request: order.lines.iter().any(|l| l.on_request),
    };
    let rules = approvals::matching(chosen.rules, actor, &question)?;
    // What waits for approval is looked at again, credit and budget too, when the last approver says yes.
    let status = match (rules.is_empty(), held) {
        (false, _) => Status::PendingApproval,
        (true, true) => Status::OnHold,
        (true, false) => Status::Confirmed,
    };
    let taken = take(tx, &order.lines).await?;
    let number = write(tx, actor, order, status, &ship_to, &centre, &taken).await?;
    let detail = json!({ "gross": gross.amount(), "currency": actor.currency().code(), "lines": order.lines.len(), "status": status.code() });
    audit::record(tx, "order.submitted", &number, detail).await?;
    let budget = limits.budget.as_ref();
    if status == Status::PendingApproval {
        approvals::start(tx, actor, form.order_id, &number, gross, rules, budget.map(|(_, b)| b)).await?;
    } else if let Some((id, budget)) = budget.filter(|_| status == Status::Confirmed) {
        budgets::consume(tx, *id, budget, form.order_id).await?;
    }
    Ok(number)
}

/// What the form names, as snapshots, and what else the account says of such an order.
pub(crate) struct Choices {
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

impl Choices {
    /// Reads them. One statement.
    pub(crate) async fn read(tx: &mut Tx, actor: &Actor, form: &CheckoutForm) -> Result<Self> {
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
        Ok(Self {
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

    /// Checks that the form names an address and a cost centre where the account asks for them, and such as there are.
    pub(crate) fn check(&self, form: &CheckoutForm) -> Result<()> {
        if self.must_choose && self.address.is_none() {
            return Err(Problem::invalid("ship_to", "Choose where the order goes.").into());
        }
        match (form.cost_centre.is_empty(), &self.centre) {
            (true, _) if self.must_book => {
                Err(Problem::invalid("cost_centre", "Choose one of your cost centres.").into())
            }
            (false, None) => {
                let words = "This cost centre is closed, or not one of yours. Choose another one.";
                Err(Problem::invalid("cost_centre", words).into())
            }
            _ => Ok(()),
        }
    }

    /// The number of the order that this form already made; an error when it was another member's.
    pub(crate) fn earlier(&self, actor: &Actor) -> Result<Option<String>> {
        match &self.earlier {
            Some((number, by)) if *by == Some(actor.member()?.0) => Ok(Some(number.clone())),
            Some(_) => Err(Problem::Conflict(Cause::KeyReused).into()),
            None => Ok(None),
        }
    }
}

/// What one line takes from one warehouse.
struct Taken {
    line: usize,
    product: Uuid,
    warehouse: String,
    quantity: Decimal,
}

/// Locks the stock rows in one global order and says what is taken where: from the shelves first, then from deliveries, all or nothing.
async fn take(tx: &mut Tx, lines: &[NewLine<'_>]) -> Result<Vec<Taken>> {
    let from_stock = |line: &NewLine<'_>| line.product.filter(|_| !line.to_order);
    let products: Vec<Uuid> = lines.iter().filter_map(from_stock).collect();
    let rows = sqlx::query!(
        r#"SELECT product_id, warehouse, greatest(on_hand - reserved, 0) AS "now!", on_hand + incoming - reserved AS "all!"
           FROM stock WHERE product_id = ANY($1) ORDER BY product_id, warehouse FOR UPDATE"#,
        &products
    )
    .fetch_all(tx.db())
    .await?;
    let mut taken: Vec<Taken> = Vec::new();
    // Two lines may want the same article: the second finds what the first left.
    let mut free_of: Vec<(Decimal, Decimal)> = rows.iter().map(|r| (r.now, r.all - r.now)).collect();
    for (i, line) in lines.iter().enumerate() {
        let Some(product) = from_stock(line) else { continue };
        let mut missing = line.quantity.value();
        for delivery in [false, true] {
            for (row, free) in rows.iter().zip(&mut free_of).filter(|(r, _)| r.product_id == product) {
                let free = if delivery { &mut free.1 } else { &mut free.0 };
                let part = missing.min(*free);
                if part <= Decimal::ZERO {
                    continue;
                }
                missing -= part;
                *free -= part;
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
    Ok(taken)
}

/// The order with all that it does: lines, reservations and the stock they come from, history, the emptied cart, the buyer's mail. One
/// statement, all or nothing.
async fn write(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewOrder<'_>,
    status: Status,
    ship_to: &Value,
    centre: &str,
    taken: &[Taken],
) -> Result<String> {
    let (form, totals, lines) = (new.form, new.totals, &new.lines);
    let (account, order, now) = (actor.account().0, form.order_id.0, tx.now());
    let numbers: Vec<i32> = (1..).take(lines.len()).collect();
    let places: HashSet<(Uuid, &str)> = taken.iter().map(|t| (t.product, t.warehouse.as_str())).collect();
    let listed: Vec<String> = lines.iter().map(|l| format!("{} × {}  {}", l.quantity, l.sku, l.name)).collect();
    let mail = format!(
        " is {}.\n\n{}\n\nTotal incl. tax: {}\nYour reference: {}\n",
        status.label().to_lowercase(),
        listed.join("\n"),
        text::money(totals.gross),
        if form.po_number.trim().is_empty() { "none" } else { form.po_number.trim() },
    );
    let made = sqlx::query!(
        r#"WITH made AS (
             INSERT INTO orders (account_id, id, number, status, member_id, acting_person, placed_by, placed_at, po_number, cost_centre, ship_to,
                                 requested_on, partial_delivery, note, currency, net, delivery, tax, gross, line_count, quote_id, quote_version)
             VALUES ($1, $2, 'SO-' || $3 || '-' || lpad(nextval('order_numbers')::text, 6, '0'), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
                     $15, $16, $17, $18, $19, $20, $21, $22)
             RETURNING number
         ), lines AS (
             INSERT INTO order_lines (account_id, order_id, line_no, product_id, sku, name, unit, quantity, unit_price, net, tax_rate, price_source,
                                      promised_on, to_order, quote_line, own_number)
             SELECT $1, $2, t.*, COALESCE((SELECT n.key FROM part_numbers n WHERE n.account_id = $1 AND n.product_id = t.product
                                           ORDER BY n.at DESC, n.key LIMIT 1), '')
             FROM unnest($23::int[], $24::uuid[], $25::text[], $26::text[], $27::text[], $28::numeric[], $29::numeric[], $30::numeric[],
                         $31::numeric[], $32::text[], $33::date[], $34::bool[], $35::int[])
                  AS t(line_no, product, sku, name, unit, quantity, unit_price, net, tax_rate, source, promised_on, to_order, quote_line)
             RETURNING 1
         ), taken AS (
             INSERT INTO reservations (account_id, order_id, line_no, warehouse, product_id, quantity)
             SELECT $1, $2, t.* FROM unnest($36::int[], $37::text[], $38::uuid[], $39::numeric[]) AS t
             RETURNING 1
         ), left_over AS (
             UPDATE stock k SET reserved = k.reserved + t.quantity
             FROM (SELECT t.product, t.warehouse, sum(t.quantity) AS quantity
                   FROM unnest($38::uuid[], $37::text[], $39::numeric[]) AS t(product, warehouse, quantity) GROUP BY 1, 2) t
             WHERE k.product_id = t.product AND k.warehouse = t.warehouse
             RETURNING 1
         ), step AS (
             INSERT INTO order_events (account_id, order_id, version, status, at, by_name) VALUES ($1, $2, 1, $4, $8, $7)
         ), gone AS (DELETE FROM cart_lines WHERE account_id = $1 AND cart_id = $40
         ), unshared AS (DELETE FROM cart_shares WHERE account_id = $1 AND cart_id = $40
         ), unnamed AS (UPDATE carts SET name = '' WHERE account_id = $1 AND id = $40 AND name <> ''
         ), woken AS MATERIALIZED (SELECT pg_notify('outbox', '')
         ), told AS (
             INSERT INTO outbox (account_id, id, topic, payload, created_at, available_at)
             SELECT $1, $41, 'mail', jsonb_build_object('Mail', jsonb_build_object(
                 'to', p.email, 'subject', s.name || ': order ' || m.number, 'body', 'Your order ' || m.number || $42::text)), $8, $8
             FROM made m, woken, people p, seller s WHERE p.id = $43
             RETURNING 1
         )
         SELECT number, (SELECT count(*) FROM lines) AS "lines!", (SELECT count(*) FROM taken) AS "taken!",
                (SELECT count(*) FROM left_over) AS "places!", (SELECT count(*) FROM told) AS "told!" FROM made"#,
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
        i32::try_from(lines.len()).unwrap_or(i32::MAX),
        new.quote.map(|q| q.0.0),
        new.quote.map(|q| q.1),
        &numbers,
        &lines.iter().map(|l| l.product).collect::<Vec<_>>() as &[Option<Uuid>],
        &lines.iter().map(|l| l.sku.to_owned()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.name.to_owned()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.unit.to_owned()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.quantity.value()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.unit_price.amount()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.net.amount()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.tax_rate).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.source.clone()).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.promised_on).collect::<Vec<_>>() as &[Option<NaiveDate>],
        &lines.iter().map(|l| l.to_order).collect::<Vec<_>>(),
        &lines.iter().map(|l| l.quote_line).collect::<Vec<_>>() as &[Option<i32>],
        &taken.iter().map(|t| numbers[t.line]).collect::<Vec<_>>(),
        &taken.iter().map(|t| t.warehouse.clone()).collect::<Vec<_>>(),
        &taken.iter().map(|t| t.product).collect::<Vec<_>>(),
        &taken.iter().map(|t| t.quantity).collect::<Vec<_>>(),
        new.cart,
        crate::new_id::<Uuid>(),
        mail,
        actor.person().0
    )
    .fetch_one(tx.db())
    .await?;
    let wanted = [(made.lines, lines.len()), (made.taken, taken.len()), (made.places, places.len()), (made.told, 1)];
    if !wanted.iter().all(|(written, wanted)| usize::try_from(*written).is_ok_and(|n| n == *wanted)) {
        return Err(Error::Inconsistent(format!("an order of {} lines was written in part", lines.len())));
    }
    Ok(made.number)
}
