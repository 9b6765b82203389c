//! The cart that a member uses. Every function works on the asking member's own; the others that they keep are in `carts`.

use std::collections::{HashMap, HashSet};

use domain::accounts::{Address, AddressRow, CostCentreRow};
use domain::cart::{self, CartLine, CartPage, CheckoutPage, Places, TaxedAmount};
use domain::catalog::{PriceBrief, Sku};
use domain::credit::{Policy, Verdict};
use domain::ids::{CartId, MemberId};
use domain::pricing::Resolved;
use domain::{Actor, Money, Permission, Problem, Quantity, text};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::catalog::{Facts, Now, Pricing, facts, facts_by_sku, under_contracts};
use crate::limits::{self, Lock};
use crate::{Error, Result, Tx, approvals, audit, budgets, new_id};

/// A line with all that is known of its product: what the cart shows and submit stores.
pub(crate) struct Line {
    pub facts: Facts,
    pub quantity: Quantity,
    pub price: Option<Resolved>,
    pub net: Option<Money>,
    pub tax_rate: Decimal,
    seen_price: Option<Decimal>,
}

/// The cart with the account's rules, for the pages and for submit.
pub(crate) struct Cart {
    pub id: Option<Uuid>,
    name: String,
    pub lines: Vec<Line>,
    pub totals: cart::Totals,
    pub po_required: bool,
    free_delivery_from: Option<Money>,
    pub below_minimum: Option<Money>,
    terms: Terms,
}

/// What the account and the seller say of every order.
#[derive(Clone)]
struct Terms {
    tax_rate: Option<Decimal>,
    po_required: bool,
    order_minimum: Option<Decimal>,
    delivery_fee: Decimal,
    free_delivery_from: Option<Decimal>,
}

/// Reads the asking member's cart, priced now. One statement, and one for articles that this process does not know.
pub(crate) async fn load(tx: &mut Tx, actor: &Actor) -> Result<Cart> {
    read(tx, actor, None).await
}

/// [`load`], or a cart of the account that is named: whether they may see it is the caller's to know.
pub(crate) async fn read(tx: &mut Tx, actor: &Actor, named: Option<CartId>) -> Result<Cart> {
    let member = actor.member()?;
    let (contracts, row) = under_contracts!(tx, contracts => sqlx::query!(
        r#"WITH c AS MATERIALIZED (
               SELECT c.account_id, c.id, c.name FROM carts c
               WHERE c.account_id = $1
                 AND c.id = COALESCE($3, (SELECT k.id FROM carts k WHERE k.account_id = $1 AND k.member_id = $2 AND k.in_use))
           )
           SELECT s.contracts_version, s.catalog_version, a.tax_rate, a.po_required, a.order_minimum, s.delivery_fee, s.free_delivery_from, c.id AS "cart?", c.name AS "name?",
                  (SELECT jsonb_agg(jsonb_build_array(l.product_id, l.quantity::text, l.seen_price::text) ORDER BY l.added_at, l.product_id)
                   FROM cart_lines l WHERE (l.account_id, l.cart_id) = (c.account_id, c.id)) AS lines,
                  ARRAY(SELECT n FROM (SELECT ARRAY(
                      SELECT l.product_id FROM c JOIN cart_lines l ON (l.account_id, l.cart_id) = (c.account_id, c.id)) AS ids) asked,
                      products_now(asked.ids) n) AS "products!: Vec<Now>"
           FROM accounts a CROSS JOIN seller s LEFT JOIN c ON true
           WHERE a.id = $1"#,
        actor.account().0,
        member.0,
        named.map(|id| id.0)
    )
    .fetch_one(tx.db())
    .await?);
    let wanted: Vec<(Uuid, Quantity, Option<Decimal>)> = row
        .lines
        .map_or(Ok(Vec::new()), serde_json::from_value)
        .map_err(|e| Error::odd("cart_lines", &e.to_string()))?;
    let known = facts(tx, &contracts, row.catalog_version, row.products).await?;
    let mut known: HashMap<Uuid, Facts> = known.into_iter().map(|f| (f.id.0, f)).collect();
    let mut lines = Vec::with_capacity(wanted.len());
    for (id, quantity, seen_price) in wanted {
        let facts = known.remove(&id).ok_or_else(|| Error::odd("cart line without product", &id.to_string()))?;
        lines.push((facts, quantity, seen_price));
    }
    let terms = Terms {
        tax_rate: row.tax_rate,
        po_required: row.po_required,
        order_minimum: row.order_minimum,
        delivery_fee: row.delivery_fee,
        free_delivery_from: row.free_delivery_from,
    };
    Ok(Cart { id: row.cart, name: row.name.unwrap_or_default(), ..priced(tx, actor, &terms, lines)? })
}

/// Some of a cart's lines as if they were ordered alone.
pub(crate) fn part(tx: &Tx, actor: &Actor, cart: &Cart, lines: &[usize]) -> Result<Cart> {
    let wanted = lines.iter().filter_map(|at| cart.lines.get(*at)).map(|l| (l.facts.clone(), l.quantity, None));
    priced(tx, actor, &cart.terms, wanted.collect())
}

/// A cart of these lines, priced now, which lies nowhere: what a schedule orders. One statement.
pub(crate) async fn of_lines(tx: &mut Tx, actor: &Actor, lines: Vec<(Facts, Quantity)>) -> Result<Cart> {
    let terms = sqlx::query_as!(
        Terms,
        "SELECT a.tax_rate, a.po_required, a.order_minimum, s.delivery_fee, s.free_delivery_from FROM accounts a CROSS JOIN seller s WHERE a.id = $1",
        actor.account().0
    )
    .fetch_one(tx.db())
    .await?;
    priced(tx, actor, &terms, lines.into_iter().map(|(facts, quantity)| (facts, quantity, None)).collect())
}

fn priced(tx: &Tx, actor: &Actor, terms: &Terms, wanted: Vec<(Facts, Quantity, Option<Decimal>)>) -> Result<Cart> {
    let pricing = Pricing::of(actor, tx.today());
    let mut lines = Vec::with_capacity(wanted.len());
    for (facts, quantity, seen_price) in wanted {
        let price = facts.price(quantity, pricing);
        let net = price.as_ref().map(|p| p.unit_price.line(quantity)).transpose()?;
        let tax_rate = terms.tax_rate.unwrap_or(facts.tax_rate);
        lines.push(Line { facts, quantity, price, net, tax_rate, seen_price });
    }
    let currency = actor.currency();
    let amounts: Vec<TaxedAmount> =
        lines.iter().filter_map(|l| l.net.map(|net| TaxedAmount { net, rate: l.tax_rate })).collect();
    let net = Money::sum(currency, amounts.iter().map(|a| a.net))?;
    let money = |amount| Money::new(amount, currency);
    let free_from = terms.free_delivery_from.map(money);
    let delivery = cart::delivery_charge(net, money(terms.delivery_fee), free_from);
    Ok(Cart {
        id: None,
        name: String::new(),
        terms: terms.clone(),
        totals: cart::totals(currency, &amounts, delivery)?,
        lines,
        po_required: terms.po_required,
        free_delivery_from: free_from.filter(|from| net.amount() < from.amount() && !terms.delivery_fee.is_zero()),
        below_minimum: terms.order_minimum.map(money).filter(|min| net.amount() < min.amount()),
    })
}

impl Cart {
    /// What the pages show.
    pub(crate) fn view(&self, tx: &Tx, actor: &Actor) -> CartPage {
        let lines = self
            .lines
            .iter()
            .map(|l| CartLine {
                sku: l.facts.sku.clone(),
                own_number: l.facts.own_number.clone(),
                name: l.facts.name.clone(),
                unit: l.facts.units.own.clone(),
                picture: l.facts.picture(),
                quantity: l.quantity,
                in_larger: l.facts.units.in_larger(l.quantity).map(|(n, unit)| (n, unit.to_owned())),
                packing: l.facts.packing(),
                availability: l.facts.availability(),
                price: l.price.as_ref().map(PriceBrief::from),
                source: l.price.as_ref().map(Resolved::source).unwrap_or_default(),
                price_before: l
                    .seen_price
                    .filter(|seen| l.price.as_ref().is_none_or(|p| p.unit_price.amount() != *seen))
                    .map(|seen| Money::new(seen, actor.currency())),
                net: l.net,
                tax_rate: l.tax_rate,
                problems: cart::check(&l.facts.line(l.quantity, l.price.as_ref())),
            })
            .collect();
        CartPage {
            name: self.name.clone(),
            lines,
            totals: self.totals.clone(),
            free_delivery_from: self.free_delivery_from,
            below_minimum: self.below_minimum.filter(|_| !self.lines.is_empty()),
            on_hold: actor.on_hold(),
            today: tx.today(),
        }
    }
}

/// The cart's page.
pub async fn cart(tx: &mut Tx) -> Result<CartPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    Ok(load(tx, &actor).await?.view(tx, &actor))
}

/// The checkout's page, with a fresh order id.
pub async fn checkout(tx: &mut Tx) -> Result<CheckoutPage> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderSubmit)?;
    let cart = load(tx, &actor).await?;
    let gross = cart.totals.gross;
    let credit = limits::read(tx, &actor, "", gross, None, Lock::No).await?.credit;
    let approval = approvals::preview(tx, &actor, &cart).await?;
    let mut budgets = budgets::tight(tx, &actor, gross).await?;
    let Places { addresses, cost_centres, must_book } = places(tx, &actor).await?;
    budgets.retain(|(budget, ..)| cost_centres.iter().any(|c| c.code == *budget));
    let credit_note = match credit.judge(cart.totals.gross)? {
        Verdict::Fits => None,
        Verdict::Exceeds(policy, free) => Some(match policy {
            Policy::Warn => format!("This order goes beyond your credit limit; {} of it is left.", text::money(free)),
            Policy::Hold => format!(
                "Beyond your credit limit ({} left): we will hold this order until we have released it.",
                text::money(free)
            ),
            Policy::Block => format!(
                "Beyond your credit limit: {} is left. Settle an open invoice or make the order smaller.",
                text::money(free)
            ),
        }),
    };
    Ok(CheckoutPage {
        order_id: new_id(),
        po_required: cart.po_required,
        cart: cart.view(tx, &actor),
        addresses,
        must_book,
        cost_centres,
        credit_note,
        approval,
        budgets,
        typed: None,
    })
}

/// Where the asking member's orders may go and be booked. One statement.
pub(crate) async fn places(tx: &mut Tx, actor: &Actor) -> Result<Places> {
    let row = sqlx::query!(
        r#"SELECT (SELECT jsonb_agg(jsonb_build_array(a.id, a.label, to_jsonb(a), a.of) ORDER BY a.level, a.is_default DESC, a.label)
                   FROM my_addresses a WHERE a.kind = 'ship_to') AS addresses,
                  (SELECT jsonb_agg(jsonb_build_array(c.code, c.name) ORDER BY c.code) FROM cost_centres c
                   WHERE c.active AND (m.cost_centres = '{}' OR c.code = ANY (m.cost_centres))) AS centres,
                  m.cost_centres <> '{}' AS "must_book!"
           FROM members m WHERE m.account_id = $1 AND m.id = $2"#,
        actor.account().0,
        actor.member()?.0
    )
    .fetch_one(tx.db())
    .await?;
    let odd = |e: serde_json::Error| Error::odd("checkout", &e.to_string());
    let addresses: Vec<(domain::ids::AddressId, String, Address, Option<String>)> =
        row.addresses.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    let centres: Vec<(String, String)> = row.centres.map_or(Ok(Vec::new()), serde_json::from_value).map_err(odd)?;
    Ok(Places {
        addresses: addresses
            .into_iter()
            .map(|(id, label, address, of)| AddressRow { id, label, address, of })
            .collect(),
        cost_centres: centres.into_iter().map(|(code, name)| CostCentreRow { code, name }).collect(),
        must_book: row.must_book,
    })
}

/// Lines a cart can hold.
const MOST_LINES: i64 = 500;

/// Puts a product of the assortment into the cart, on top of what is there. Gives the new quantity of the line.
pub async fn add(tx: &mut Tx, sku: &Sku, quantity: Quantity) -> Result<Quantity> {
    Ok(add_counted_in(tx, sku, quantity, "").await?.1)
}

/// [`add`], with a quantity in one of the product's units; empty: its own. Gives what was added and the new quantity of the
/// line, both in its own unit.
pub async fn add_counted_in(tx: &mut Tx, sku: &Sku, quantity: Quantity, unit: &str) -> Result<(Quantity, Quantity)> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let facts = facts_by_sku(tx, sku.as_str()).await?.filter(|f| f.in_assortment).ok_or(Problem::NotFound)?;
    let units = &facts.units;
    let unit = if unit.is_empty() { &units.own } else { unit };
    if units.holds(unit).is_none() {
        return Err(Problem::invalid("unit", format!("{sku} is not sold in this unit.")).into());
    }
    let quantity = units.to_own(quantity, unit).ok_or_else(too_many)?;
    let sums = add_all(tx, &actor, &[(&facts, quantity)]).await?;
    Ok((quantity, sums.first().copied().unwrap_or(quantity)))
}

/// Adds several products to the asking member's cart in one go. Gives the new quantities, in the same order.
pub(crate) async fn add_all(tx: &mut Tx, actor: &Actor, lines: &[(&Facts, Quantity)]) -> Result<Vec<Quantity>> {
    put(tx, actor, actor.member()?, lines, Most::Refuse).await
}

/// What is in the asking member's cart, and how many more products it holds; nobody else changes it until the end of the transaction.
pub(crate) async fn room(tx: &mut Tx, actor: &Actor) -> Result<(HashSet<Uuid>, usize)> {
    let present = sqlx::query_scalar!(
        "WITH c AS (SELECT account_id, id FROM carts WHERE account_id = $1 AND member_id = $2 AND in_use FOR UPDATE)
         SELECT l.product_id FROM c JOIN cart_lines l ON (l.account_id, l.cart_id) = (c.account_id, c.id)",
        actor.account().0,
        actor.member()?.0
    )
    .fetch_all(tx.db())
    .await?;
    let room = usize::try_from(MOST_LINES).unwrap_or_default().saturating_sub(present.len());
    Ok((present.into_iter().collect(), room))
}

/// Hands lines back into a member's cart. Never fails for being too much: nothing that was ordered is lost.
pub(crate) async fn put_back(tx: &mut Tx, actor: &Actor, member: MemberId, lines: &[(&Facts, Quantity)]) -> Result<()> {
    put(tx, actor, member, lines, Most::Allow).await.map(|_| ())
}

fn too_many() -> Problem {
    Problem::invalid("quantity", format!("Order at most {} a line.", Quantity::MAX))
}

/// What happens beyond [`MOST_LINES`] or the largest quantity.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Most {
    Refuse,
    Allow,
}

/// Adds lines on top of what is in a member's cart; the cart row is locked first. A line stays that of whoever acts for the
/// member until the member changes it.
async fn put(
    tx: &mut Tx,
    actor: &Actor,
    member: MemberId,
    lines: &[(&Facts, Quantity)],
    most: Most,
) -> Result<Vec<Quantity>> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"WITH c AS (INSERT INTO carts (account_id, id, member_id, created_at, changed_at) VALUES ($1, $2, $3, $4, $4)
                      ON CONFLICT (account_id, member_id) WHERE in_use DO UPDATE SET changed_at = excluded.changed_at RETURNING id)
           SELECT c.id, (SELECT jsonb_object_agg(l.product_id, l.quantity::text) FROM cart_lines l
                         WHERE l.account_id = $1 AND l.cart_id = c.id) AS lines FROM c"#,
        actor.account().0,
        crate::new_id::<Uuid>(),
        member.0,
        now
    )
    .fetch_one(tx.db())
    .await?;
    let present: HashMap<Uuid, Quantity> =
        row.lines.map_or(Ok(HashMap::new()), serde_json::from_value).map_err(|e| Error::odd("cart", &e.to_string()))?;
    let mut wanted: Vec<(Uuid, Quantity, &Facts)> = Vec::with_capacity(lines.len());
    for (facts, quantity) in lines {
        let before =
            wanted.iter().rev().find(|w| w.0 == facts.id.0).map(|w| w.1).or_else(|| present.get(&facts.id.0).copied());
        let sum = before.map_or(quantity.value(), |b| b.value() + quantity.value());
        let sum = Quantity::new(sum).or_else(|| before.filter(|_| most == Most::Allow)).ok_or_else(too_many)?;
        wanted.push((facts.id.0, sum, facts));
    }
    let quantities = wanted.iter().map(|w| w.1).collect();
    let mut last: HashMap<Uuid, (Quantity, &Facts)> = HashMap::new();
    for (id, quantity, facts) in wanted {
        last.insert(id, (quantity, facts));
    }
    let fresh = last.keys().filter(|id| !present.contains_key(id)).count();
    if most == Most::Refuse && i64::try_from(present.len() + fresh).unwrap_or(i64::MAX) > MOST_LINES {
        return Err(Problem::invalid(
            "quantity",
            format!("A cart holds at most {MOST_LINES} lines. Submit this one first."),
        )
        .into());
    }
    let pricing = Pricing::of(actor, tx.today());
    // In a fixed order, so that two tabs of one person cannot lock each other out.
    let mut rows: Vec<(Uuid, (Quantity, &Facts))> = last.into_iter().collect();
    rows.sort_by_key(|r| r.0);
    let ids: Vec<Uuid> = rows.iter().map(|r| r.0).collect();
    let sums: Vec<Decimal> = rows.iter().map(|r| r.1.0.value()).collect();
    let seen: Vec<Option<Decimal>> =
        rows.iter().map(|r| r.1.1.price(r.1.0, pricing).map(|p| p.unit_price.amount())).collect();
    sqlx::query!(
        "INSERT INTO cart_lines (account_id, cart_id, product_id, quantity, seen_price, added_at, assistance_id)
         SELECT $1, $2, t.id, t.quantity, t.seen, $6, $7 FROM unnest($3::uuid[], $4::numeric[], $5::numeric[]) AS t(id, quantity, seen)
         ON CONFLICT (account_id, cart_id, product_id) DO UPDATE SET quantity = excluded.quantity, seen_price = excluded.seen_price,
             assistance_id = CASE WHEN excluded.assistance_id IS NOT NULL THEN cart_lines.assistance_id END",
        actor.account().0,
        row.id,
        &ids,
        &sums,
        &seen as &[Option<Decimal>],
        now,
        actor.behalf().map(|b| b.id.0)
    )
    .execute(tx.db())
    .await?;
    if actor.behalf().is_some() {
        let skus: Vec<String> = lines.iter().map(|(f, q)| format!("{q} × {}", f.sku)).collect();
        audit::record(tx, "cart.added", &skus.join(", "), json!({})).await?;
    }
    Ok(quantities)
}

/// Sets a line's quantity; `None` removes it. Not found when the cart has no such line.
pub async fn set(tx: &mut Tx, sku: &Sku, quantity: Option<Quantity>) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let (account, member) = (actor.account().0, actor.member()?.0);
    let now = tx.now();
    let cart = sqlx::query_scalar!(
        "UPDATE carts SET changed_at = $3 WHERE account_id = $1 AND member_id = $2 AND in_use RETURNING id",
        account,
        member,
        now
    )
    .fetch_one(tx.db())
    .await?;
    let done = if let Some(quantity) = quantity {
        let facts = facts_by_sku(tx, sku.as_str()).await?.ok_or(Problem::NotFound)?;
        let seen = facts.price(quantity, Pricing::of(&actor, tx.today())).map(|p| p.unit_price.amount());
        sqlx::query!(
            "UPDATE cart_lines SET quantity = $4, seen_price = $5, assistance_id = CASE WHEN $6 THEN assistance_id END WHERE account_id = $1 AND cart_id = $2 AND product_id = $3",
            account,
            cart,
            facts.id.0,
            quantity.value(),
            seen,
            actor.behalf().is_some()
        )
        .execute(tx.db())
        .await?
    } else {
        sqlx::query!(
            "DELETE FROM cart_lines WHERE account_id = $1 AND cart_id = $2 AND product_id = (SELECT id FROM products WHERE sku = $3)",
            account,
            cart,
            sku.as_str()
        )
        .execute(tx.db())
        .await?
    };
    crate::error::exactly(1, &done).map_err(|_| Problem::NotFound)?;
    // Members are alone with their carts; what somebody else does there is told.
    if actor.behalf().is_some() {
        let (action, what) = match quantity {
            Some(quantity) => ("cart.changed", format!("{quantity} × {sku}")),
            None => ("cart.removed", sku.to_string()),
        };
        audit::record(tx, action, &what, json!({})).await?;
    }
    Ok(())
}
