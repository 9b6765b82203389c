//! Requisition lists. One's own; colleagues' and those of the accounts above by the right that they give. Every function works on
//! what the asking member may see; what they may not looks as if it did not exist.

use std::collections::HashMap;

use domain::cart::check;
use domain::catalog::{PriceBrief, Sku};
use domain::ids::{AccountId, ListId};
use domain::lists::{ListForm, ListLine, ListPage, ListRow, ListsPage, MOST_LINES, MOST_LISTS, Right};
use domain::orders::ReorderReport;
use domain::{Actor, Money, Permission, Problem, Quantity, text};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::catalog::{Facts, Pricing, facts_by_sku, facts_by_skus, facts_of};
use crate::error::exactly;
use crate::{Error, Result, Tx, audit, cart};

struct Row {
    account_id: Uuid,
    id: Uuid,
    member_id: Uuid,
    made_by: String,
    name: String,
    account_right: String,
    units_right: String,
    changed_at: chrono::DateTime<chrono::Utc>,
    of: String,
    lines: i64,
}

fn right(code: &str) -> Result<Right> {
    Right::parse(code).ok_or_else(|| Error::odd("lists.right", code))
}

impl Row {
    /// As the asking member sees it; none when they may not.
    fn view(self, tx: &Tx, actor: &Actor) -> Result<Option<ListRow>> {
        let form = ListForm { name: self.name, account: right(&self.account_right)?, units: right(&self.units_right)? };
        let own_account = actor.account() == AccountId(self.account_id);
        let mine = own_account && actor.member()?.0 == self.member_id;
        let given = match (mine, own_account) {
            (true, _) => Right::Edit,
            // Whoever looks after the account can take over what somebody has left.
            (false, true) if actor.may(Permission::MemberManage) => form.account.max(Right::Read),
            (false, true) => form.account,
            (false, false) => form.units,
        };
        if given == Right::None {
            return Ok(None);
        }
        Ok(Some(ListRow {
            id: self.id.into(),
            owner: self.made_by,
            of: (!own_account).then_some(self.of),
            mine,
            right: given,
            lines: self.lines,
            changed: tx.local(self.changed_at),
            form,
        }))
    }
}

/// Every list that the asking member may see, their own first. One statement.
pub async fn list(tx: &mut Tx) -> Result<ListsPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CatalogRead)?;
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT l.account_id, l.id, l.member_id, l.made_by, l.name, l.account_right, l.units_right, l.changed_at, a.name AS of,
                  (SELECT count(*) FROM list_lines n WHERE (n.account_id, n.list_id) = (l.account_id, l.id)) AS "lines!"
           FROM lists l JOIN accounts a ON a.id = l.account_id
           ORDER BY l.account_id = $1 DESC, l.member_id = $2 DESC, l.name, l.id LIMIT $3"#,
        actor.account().0,
        actor.member()?.0,
        MOST_LISTS
    )
    .fetch_all(tx.db())
    .await?;
    let mut seen = Vec::with_capacity(rows.len());
    for row in rows {
        seen.extend(row.view(tx, &actor)?);
    }
    Ok(ListsPage { rows: seen, may_make: actor.may(Permission::CartUse) })
}

/// A list that the asking member may see, with the account it belongs to. One statement.
async fn find(tx: &mut Tx, actor: &Actor, id: ListId) -> Result<(AccountId, ListRow)> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT l.account_id, l.id, l.member_id, l.made_by, l.name, l.account_right, l.units_right, l.changed_at, a.name AS of,
                  (SELECT count(*) FROM list_lines n WHERE (n.account_id, n.list_id) = (l.account_id, l.id)) AS "lines!"
           FROM lists l JOIN accounts a ON a.id = l.account_id WHERE l.id = $1"#,
        id.0
    )
    .fetch_one(tx.db())
    .await?;
    let account = AccountId(row.account_id);
    Ok((account, row.view(tx, actor)?.ok_or(Problem::NotFound)?))
}

/// Who may rename, share and delete: its owner, and whoever looks after the account.
fn may_manage(actor: &Actor, row: &ListRow) -> bool {
    actor.may(Permission::CartUse) && row.mine || actor.may(Permission::MemberManage) && row.of.is_none()
}

/// A line as it is stored, with what is known of its product.
struct Stored {
    facts: Facts,
    quantity: Quantity,
    par: Option<Quantity>,
}

async fn stored(tx: &mut Tx, account: AccountId, id: ListId) -> Result<Vec<Stored>> {
    let lines = sqlx::query!(
        "SELECT product_id, quantity, par FROM list_lines WHERE account_id = $1 AND list_id = $2 ORDER BY position, product_id",
        account.0,
        id.0
    )
    .fetch_all(tx.db())
    .await?;
    let ids: Vec<Uuid> = lines.iter().map(|l| l.product_id).collect();
    let mut facts: HashMap<Uuid, Facts> = facts_of(tx, &ids).await?.into_iter().map(|f| (f.id.0, f)).collect();
    let quantity = |n: Decimal| Quantity::new(n).ok_or_else(|| Error::odd("list_lines.quantity", &n.to_string()));
    lines
        .into_iter()
        .filter_map(|l| Some((facts.remove(&l.product_id)?, l)))
        .map(|(facts, l)| Ok(Stored { facts, quantity: quantity(l.quantity)?, par: l.par.map(quantity).transpose()? }))
        .collect()
}

/// A list with its lines, priced now for the asking account. Three statements however many lines.
pub async fn page(tx: &mut Tx, id: ListId) -> Result<ListPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CatalogRead)?;
    let (account, row) = find(tx, &actor, id).await?;
    let pricing = Pricing::of(&actor, tx.today());
    let mut total = Money::zero(actor.currency());
    let mut lines = Vec::new();
    for l in stored(tx, account, id).await? {
        let price = l.facts.price(l.quantity, pricing);
        let net = price.as_ref().map(|p| p.unit_price.line(l.quantity)).transpose()?;
        let line = ListLine {
            sku: l.facts.sku.clone(),
            name: l.facts.name.clone(),
            unit: l.facts.units.own.clone(),
            picture: l.facts.picture(),
            quantity: l.quantity,
            par: l.par,
            packing: l.facts.packing(),
            availability: l.facts.availability(),
            price: price.as_ref().map(PriceBrief::from),
            net,
            problems: check(&l.facts.line(l.quantity, price.as_ref())),
        };
        if let Some(net) = net.filter(|_| line.orderable()) {
            total = total.plus(net)?;
        }
        lines.push(line);
    }
    Ok(ListPage {
        may_use: actor.may(Permission::CartUse) && row.right >= Right::Use,
        may_schedule: actor.may(Permission::OrderSchedule) && row.right >= Right::Use,
        may_edit: actor.may(Permission::CartUse) && row.right >= Right::Edit,
        may_manage: may_manage(&actor, &row),
        lines,
        total,
        row,
    })
}

/// The lines of a list of which the asking member has this right at least: to ask for a quote, to schedule. Three statements.
pub(crate) async fn wanted(tx: &mut Tx, id: ListId, least: Right) -> Result<(String, Vec<(Facts, Quantity)>)> {
    let actor = tx.actor()?;
    let (account, row) = find(tx, &actor, id).await?;
    if row.right < least {
        return Err(Problem::Forbidden.into());
    }
    let lines = stored(tx, account, id).await?;
    Ok((row.form.name, lines.into_iter().map(|l| (l.facts, l.quantity)).collect()))
}

/// What a new list begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nothing.
    Blank,
    /// The asking member's cart, which stays as it is.
    Cart,
    /// An order that they may see.
    Order(String),
    /// Articles and how many, as the quick order understands them.
    Lines(Vec<(Sku, Quantity)>),
}

/// A list that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub id: ListId,
    /// Lines of the source that are not on it: articles outside the assortment, and more of one than a line holds.
    pub left_out: usize,
}

/// Makes a list of one's own; what the source holds that cannot be on it is left out and counted.
pub async fn make(tx: &mut Tx, form: &ListForm, source: &Source) -> Result<Made> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let name = form.check()?.to_owned();
    let (account, member) = (actor.account().0, actor.member()?.0);
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM lists WHERE account_id = $1"#, account)
        .fetch_one(tx.db())
        .await?;
    if count >= MOST_LISTS {
        let words = format!("Your company has {} lists. Delete one first.", text::count(MOST_LISTS));
        return Err(Problem::invalid("name", words).into());
    }
    let own = |sku: String, quantity| Wanted { sku, quantity, unit: None };
    let wanted: Vec<Wanted> = match source {
        Source::Blank => Vec::new(),
        Source::Cart => {
            cart::load(tx, &actor).await?.lines.into_iter().map(|l| own(l.facts.sku.clone(), l.quantity)).collect()
        }
        Source::Order(number) => {
            let order = crate::orders::find(tx, number).await?;
            order.lines.into_iter().map(|l| Wanted { sku: l.sku, quantity: l.quantity, unit: Some(l.unit) }).collect()
        }
        Source::Lines(lines) => lines.iter().map(|(sku, n)| own(sku.as_str().to_owned(), *n)).collect(),
    };
    let (id, now) = (crate::new_id::<ListId>(), tx.now());
    let done = sqlx::query!(
        "INSERT INTO lists (account_id, id, member_id, made_by, name, account_right, units_right, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        account,
        id.0,
        member,
        actor.name(),
        name,
        form.account.code(),
        form.units.code(),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let (kept, left_out) = fill(tx, &actor, id, &wanted).await?;
    let detail =
        json!({ "lines": kept, "left_out": left_out, "account": form.account.code(), "units": form.units.code() });
    audit::record(tx, "list.made", &name, detail).await?;
    Ok(Made { id, left_out })
}

/// What is to be on a list.
struct Wanted {
    sku: String,
    quantity: Quantity,
    /// The unit of `quantity`; none: the article's own.
    unit: Option<String>,
}

/// Puts articles of the assortment on a list of the asking account, counted in their own units: those that are on it already get the
/// sum. Gives how many lines were put there, and how many of what was wanted were not. Two statements.
async fn fill(tx: &mut Tx, actor: &Actor, id: ListId, wanted: &[Wanted]) -> Result<(usize, usize)> {
    let skus: Vec<String> = wanted.iter().map(|w| w.sku.clone()).collect();
    let facts: HashMap<String, Facts> =
        facts_by_skus(tx, &skus).await?.into_iter().filter(|f| f.in_assortment).map(|f| (f.sku.clone(), f)).collect();
    let mut sums: Vec<(Uuid, Decimal)> = Vec::new();
    let mut left_out = 0;
    for w in wanted {
        let counted = |f: &Facts| w.unit.as_ref().map_or(Some(w.quantity), |unit| f.own(w.quantity, unit));
        let Some((facts, quantity)) = facts.get(&w.sku).and_then(|f| Some((f, counted(f)?))) else {
            left_out += 1;
            continue;
        };
        match sums.iter_mut().find(|s| s.0 == facts.id.0) {
            Some(sum) => sum.1 = (sum.1 + quantity.value()).min(Quantity::MAX.value()),
            None => sums.push((facts.id.0, quantity.value())),
        }
    }
    if sums.len() > MOST_LINES {
        return Err(Problem::invalid("name", format!("A list holds at most {MOST_LINES} lines.")).into());
    }
    if sums.is_empty() {
        return Ok((0, left_out));
    }
    sqlx::query!(
        "INSERT INTO list_lines AS l (account_id, list_id, product_id, position, quantity)
         SELECT $1, $2, t.product, (SELECT COALESCE(max(n.position), 0) FROM list_lines n WHERE n.account_id = $1 AND n.list_id = $2) + t.n, t.quantity
         FROM unnest($3::uuid[], $4::numeric[]) WITH ORDINALITY AS t(product, quantity, n)
         ON CONFLICT (account_id, list_id, product_id) DO UPDATE SET quantity = least(l.quantity + excluded.quantity, 999999)",
        actor.account().0,
        id.0,
        &sums.iter().map(|s| s.0).collect::<Vec<_>>(),
        &sums.iter().map(|s| s.1).collect::<Vec<_>>()
    )
    .execute(tx.db())
    .await?;
    Ok((sums.len(), left_out))
}

/// A list of the asking account that they may change.
async fn editable(tx: &mut Tx, actor: &Actor, id: ListId) -> Result<ListRow> {
    actor.require(Permission::CartUse)?;
    let (_, row) = find(tx, actor, id).await?;
    if row.right < Right::Edit {
        return Err(Problem::Forbidden.into());
    }
    Ok(row)
}

async fn touched(tx: &mut Tx, actor: &Actor, id: ListId) -> Result<()> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE lists SET changed_at = $3 WHERE account_id = $1 AND id = $2",
        actor.account().0,
        id.0,
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)
}

/// Puts an article on a list.
pub async fn add(tx: &mut Tx, id: ListId, sku: &Sku, quantity: Quantity) -> Result<()> {
    let actor = tx.actor()?;
    let row = editable(tx, &actor, id).await?;
    if row.lines >= i64::try_from(MOST_LINES).unwrap_or(i64::MAX) {
        return Err(Problem::invalid("sku", format!("A list holds at most {MOST_LINES} lines.")).into());
    }
    let known = facts_by_sku(tx, sku.as_str()).await?.filter(|f| f.in_assortment);
    if known.is_none() {
        return Err(Problem::invalid("sku", "There is no such article in your assortment.").into());
    }
    fill(tx, &actor, id, &[Wanted { sku: sku.as_str().to_owned(), quantity, unit: None }]).await?;
    touched(tx, &actor, id).await
}

/// Sets a line's quantity and par level; no quantity takes it off. Not found when the list has no such line.
pub async fn set(tx: &mut Tx, id: ListId, sku: &Sku, quantity: Option<Quantity>, par: Option<Quantity>) -> Result<()> {
    let actor = tx.actor()?;
    editable(tx, &actor, id).await?;
    let account = actor.account().0;
    let done = if let Some(quantity) = quantity {
        sqlx::query!(
            "UPDATE list_lines SET quantity = $4, par = $5 WHERE account_id = $1 AND list_id = $2 AND product_id = (SELECT p.id FROM products p WHERE p.sku = $3)",
            account,
            id.0,
            sku.as_str(),
            quantity.value(),
            par.map(Quantity::value)
        )
        .execute(tx.db())
        .await?
    } else {
        sqlx::query!(
            "DELETE FROM list_lines WHERE account_id = $1 AND list_id = $2 AND product_id = (SELECT p.id FROM products p WHERE p.sku = $3)",
            account,
            id.0,
            sku.as_str()
        )
        .execute(tx.db())
        .await?
    };
    exactly(1, &done).map_err(|_| Problem::NotFound)?;
    touched(tx, &actor, id).await
}

/// Renames and shares a list.
pub async fn save(tx: &mut Tx, id: ListId, form: &ListForm) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CatalogRead)?;
    let (_, row) = find(tx, &actor, id).await?;
    if !may_manage(&actor, &row) {
        return Err(Problem::Forbidden.into());
    }
    let name = form.check()?;
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE lists SET name = $3, account_right = $4, units_right = $5, changed_at = $6 WHERE account_id = $1 AND id = $2",
        actor.account().0,
        id.0,
        name,
        form.account.code(),
        form.units.code(),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    let detail = json!({ "before": row.form, "after": form });
    audit::record(tx, "list.changed", name, detail).await
}

/// Deletes a list.
pub async fn delete(tx: &mut Tx, id: ListId) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CatalogRead)?;
    let (_, row) = find(tx, &actor, id).await?;
    if !may_manage(&actor, &row) {
        return Err(Problem::Forbidden.into());
    }
    let done = sqlx::query!("DELETE FROM lists WHERE account_id = $1 AND id = $2", actor.account().0, id.0)
        .execute(tx.db())
        .await?;
    exactly(1, &done)?;
    audit::record(tx, "list.deleted", &row.form.name, json!({ "lines": row.lines })).await
}

/// Puts lines of a list into the asking member's cart: all that can be ordered, at the list's quantities, or those that are named,
/// at theirs. Fitted to the pack, on top of what is there; every line that was asked for is reported.
pub async fn order(tx: &mut Tx, id: ListId, chosen: Option<&[(Sku, Quantity)]>) -> Result<ReorderReport> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let (account, row) = find(tx, &actor, id).await?;
    if row.right < Right::Use {
        return Err(Problem::Forbidden.into());
    }
    let pricing = Pricing::of(&actor, tx.today());
    let lines = stored(tx, account, id).await?;
    let mut report = ReorderReport::default();
    let mut put = Vec::new();
    for l in &lines {
        let quantity = match chosen {
            None => l.quantity,
            Some(chosen) => match chosen.iter().find(|(sku, _)| sku.as_str() == l.facts.sku) {
                Some((_, quantity)) => *quantity,
                None => continue,
            },
        };
        let quantity = l.facts.packing().fit(quantity);
        let price = l.facts.price(quantity, pricing);
        let problems = check(&l.facts.line(quantity, price.as_ref()));
        if problems.iter().all(|p| matches!(p, domain::cart::LineProblem::Short(_))) {
            put.push((&l.facts, quantity));
            report.added += 1;
        } else {
            report.left_out += 1;
        }
    }
    if !put.is_empty() {
        cart::add_all(tx, &actor, &put).await?;
    }
    Ok(report)
}
