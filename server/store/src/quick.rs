//! Quick order: what a member has pasted is kept as they pasted it, and understood anew whenever it is looked at.

use std::collections::{BTreeMap, HashMap};

use domain::cart::{LineProblem, check};
use domain::catalog::{PriceBrief, Sku};
use domain::lists::ListForm;
use domain::orders::ReorderReport;
use domain::quick::{Article, MOST_LINES, Meaning, OpenLine, Pasted, QuickLine, QuickPage, Wanted, written};
use domain::{Actor, Cause, Money, Permission, Problem, Quantity, text};
use serde_json::json;

use crate::catalog::{Facts, Pricing, facts_by_skus};
use crate::lists::{self, Made, Source};
use crate::{Result, Tx, audit, cart, search};

/// Characters that are kept of one member's quick order.
pub const MOST_CHARS: usize = 240_000;

/// Everything that is known of what was pasted.
struct Read {
    text: String,
    more: usize,
    /// In the order of first mention: where, what, how many.
    lines: Vec<(usize, Facts, Quantity)>,
    open: Vec<OpenLine>,
}

/// What the member has pasted.
async fn pasted(tx: &mut Tx, actor: &Actor) -> Result<String> {
    let text = sqlx::query_scalar!(
        "SELECT lines FROM quick_orders WHERE account_id = $1 AND member_id = $2",
        actor.account().0,
        actor.member()?.0
    )
    .fetch_optional(tx.db())
    .await?;
    Ok(text.unwrap_or_default())
}

/// [`pasted`], for whoever writes it anew: what two tabs do at once happens one after the other.
async fn locked(tx: &mut Tx, actor: &Actor) -> Result<String> {
    let now = tx.now();
    let text = sqlx::query_scalar!(
        "INSERT INTO quick_orders AS q (account_id, member_id, lines, changed_at) VALUES ($1, $2, '', $3)
         ON CONFLICT (account_id, member_id) DO UPDATE SET changed_at = q.changed_at RETURNING lines",
        actor.account().0,
        actor.member()?.0,
        now
    )
    .fetch_one(tx.db())
    .await?;
    Ok(text)
}

/// What a text means. Two statements however many lines.
async fn read(tx: &mut Tx, actor: &Actor, text: String) -> Result<Read> {
    let account = actor.account().0;
    let (pasted, more) = Pasted::read(&text);
    let mut keys: Vec<String> = pasted.iter().flat_map(|p| p.keys.iter().cloned()).collect();
    keys.sort_unstable();
    keys.dedup();
    let found = sqlx::query!(
        r#"SELECT k.key AS "key!", p.sku FROM (
               SELECT p.sku AS key, p.id FROM products p WHERE p.sku = ANY($1)
               UNION SELECT p.gtin, p.id FROM products p WHERE p.gtin = ANY($1)
               UNION SELECT n.key, n.product_id FROM part_numbers n WHERE n.account_id = $2 AND n.key = ANY($1)) k
           JOIN products p ON p.id = k.id ORDER BY p.sku"#,
        &keys,
        account
    )
    .fetch_all(tx.db())
    .await?;
    let skus: Vec<String> = found.iter().map(|f| f.sku.clone()).collect();
    let mut facts: HashMap<String, Facts> =
        facts_by_skus(tx, &skus).await?.into_iter().filter(|f| f.in_assortment).map(|f| (f.sku.clone(), f)).collect();
    let mut known: BTreeMap<String, Vec<Article>> = BTreeMap::new();
    for f in found {
        if let Some(facts) = facts.get(&f.sku) {
            let article = Article { sku: f.sku, name: facts.name.clone(), units: facts.units.clone() };
            known.entry(f.key).or_default().push(article);
        }
    }
    let mut lines: Vec<(usize, Facts, Quantity)> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut open = Vec::new();
    for p in pasted {
        let opened = |choices, wanted: Option<Wanted>, why: &str| OpenLine {
            no: p.no,
            raw: p.raw.clone(),
            choices,
            wanted,
            why: why.to_owned(),
        };
        match p.understand(&known) {
            Meaning::Line(article, quantity) => {
                let before = at.get(&article.sku).and_then(|i| lines.get_mut(*i));
                match (before, facts.remove(&article.sku)) {
                    (Some(line), _) => match Quantity::new(line.2.value() + quantity.value()) {
                        Some(sum) => line.2 = sum,
                        None => open.push(opened(
                            Vec::new(),
                            None,
                            "With the lines above this is more than one line can order.",
                        )),
                    },
                    (None, Some(facts)) => {
                        at.insert(article.sku.clone(), lines.len());
                        lines.push((p.no, facts, quantity));
                    }
                    (None, None) => open.push(opened(Vec::new(), None, "No such article in your assortment.")),
                }
            }
            Meaning::Which(choices, wanted) => open.push(opened(choices, Some(wanted), "Which one is meant?")),
            Meaning::Unknown(why) => open.push(opened(Vec::new(), p.wanted().ok(), why)),
        }
    }
    Ok(Read { text, more, lines, open })
}

/// What the member has pasted, as it is understood now. Three statements.
pub async fn page(tx: &mut Tx) -> Result<QuickPage> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let text = pasted(tx, &actor).await?;
    let read = read(tx, &actor, text).await?;
    let pricing = Pricing::of(&actor, tx.today());
    let mut total = Money::zero(actor.currency());
    let mut lines = Vec::with_capacity(read.lines.len());
    for (no, facts, quantity) in &read.lines {
        let price = facts.price(*quantity, pricing);
        let net = price.as_ref().map(|p| p.unit_price.line(*quantity)).transpose()?;
        if let Some(net) = net {
            total = total.plus(net)?;
        }
        lines.push(QuickLine {
            no: *no,
            sku: facts.sku.clone(),
            name: facts.name.clone(),
            unit: facts.units.own.clone(),
            quantity: *quantity,
            price: price.as_ref().map(PriceBrief::from),
            net,
            availability: facts.availability(),
            problems: check(&facts.line(*quantity, price.as_ref())),
        });
    }
    Ok(QuickPage { lines, open: read.open, more: read.more, total, text: read.text })
}

/// Keeps what was pasted, instead of what was there; nothing empties it. Invalid when it is too long to be kept.
pub async fn keep(tx: &mut Tx, text: &str) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    write(tx, &actor, text).await
}

/// Puts more lines below what is there: an uploaded file.
pub async fn append(tx: &mut Tx, more: &str) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let before = locked(tx, &actor).await?;
    let text = if before.trim().is_empty() { more.to_owned() } else { format!("{}\n{more}", before.trim_end()) };
    write(tx, &actor, &text).await
}

/// Puts one line below what is there: an article's number, or words. Words become the article that is found first, if only one is
/// found; what is not clear is kept to be chosen. Invalid without an article, and for what is no quantity.
pub async fn add(tx: &mut Tx, article: &str, quantity: &str) -> Result<()> {
    tx.actor()?.require(Permission::CartUse)?;
    let article: String = article.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect();
    if article.is_empty() {
        return Err(
            Problem::invalid("article", "Enter an article: its SKU, your part number, or words of its name.").into()
        );
    }
    let quantity = Quantity::parse("quantity", if quantity.trim().is_empty() { "1" } else { quantity })?;
    let found = search::only(tx, &article).await?;
    append(tx, &written(&found.unwrap_or(article), quantity)).await
}

async fn write(tx: &mut Tx, actor: &Actor, text: &str) -> Result<()> {
    let text = text.replace('\0', "").replace("\r\n", "\n");
    if text.len() > MOST_CHARS {
        let words = format!(
            "This is too much at once: paste at most {} lines.",
            text::count(i64::try_from(MOST_LINES).unwrap_or(i64::MAX))
        );
        return Err(Problem::invalid("lines", words).into());
    }
    let (account, member, now) = (actor.account().0, actor.member()?.0, tx.now());
    if text.trim().is_empty() {
        sqlx::query!("DELETE FROM quick_orders WHERE account_id = $1 AND member_id = $2", account, member)
            .execute(tx.db())
            .await?;
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO quick_orders (account_id, member_id, lines, changed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, member_id) DO UPDATE SET lines = excluded.lines, changed_at = excluded.changed_at",
        account,
        member,
        text,
        now
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

/// Says what the line `raw` means: it becomes that article and its quantity. With `learn`, what stood there is the account's own
/// number of that article from now on, if it is clear what that was. A conflict when the line reads otherwise by now, as another tab
/// has left it.
pub async fn choose(tx: &mut Tx, no: usize, raw: &str, sku: &Sku, learn: bool) -> Result<()> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let text = locked(tx, &actor).await?;
    let read = read(tx, &actor, text).await?;
    let Some(open) = read.open.iter().find(|o| o.no == no && o.raw == raw) else {
        return Err(Problem::Conflict(Cause::Stale).into());
    };
    let wrong = |words: &str| Problem::invalid(&format!("sku-{no}"), words);
    let found = facts_by_skus(tx, &[sku.as_str().to_owned()]).await?;
    let Some(facts) = found.into_iter().find(|f| f.in_assortment) else {
        return Err(wrong("There is no such article in your assortment.").into());
    };
    let wanted = open.wanted.as_ref().ok_or_else(|| wrong(&open.why))?;
    let chosen = written(&facts.sku, wanted.of(&facts.units).map_err(wrong)?);
    let lines: Vec<&str> =
        read.text.lines().enumerate().map(|(at, line)| if at + 1 == no { chosen.as_str() } else { line }).collect();
    write(tx, &actor, &lines.join("\n")).await?;
    let (line, _) = Pasted::read(raw);
    if learn && let Some(own) = line.first().and_then(Pasted::own_number) {
        remember(tx, &actor, &[(own.to_owned(), facts)]).await?;
    }
    Ok(())
}

async fn remember(tx: &mut Tx, actor: &Actor, numbers: &[(String, Facts)]) -> Result<()> {
    let now = tx.now();
    sqlx::query!(
        "INSERT INTO part_numbers (account_id, key, product_id, by_name, at)
         SELECT $1, t.key, t.product, $4, $5 FROM unnest($2::text[], $3::uuid[]) AS t(key, product) ON CONFLICT DO NOTHING",
        actor.account().0,
        &numbers.iter().map(|n| n.0.clone()).collect::<Vec<_>>(),
        &numbers.iter().map(|n| n.1.id.0).collect::<Vec<_>>(),
        actor.name(),
        now
    )
    .execute(tx.db())
    .await?;
    let said: Vec<String> = numbers.iter().map(|(own, facts)| format!("{own} = {}", facts.sku)).collect();
    audit::record(tx, "part_number.learned", &said.join(", "), json!({})).await
}

/// Puts what was understood and can be ordered into the cart, on top of what is there, as far as a cart holds. What is left, to mend or
/// for the next cart, is kept; the report counts both.
pub async fn order(tx: &mut Tx) -> Result<ReorderReport> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let text = locked(tx, &actor).await?;
    let read = read(tx, &actor, text).await?;
    let pricing = Pricing::of(&actor, tx.today());
    let (present, mut room) = cart::room(tx, &actor).await?;
    let mut put = Vec::new();
    let mut left: Vec<(usize, String)> = read.open.iter().map(|o| (o.no, o.raw.clone())).collect();
    for (no, facts, quantity) in &read.lines {
        let fitted = facts.packing().fit(*quantity);
        let price = facts.price(fitted, pricing);
        let problems = check(&facts.line(fitted, price.as_ref()));
        let fresh = !present.contains(&facts.id.0);
        if problems.iter().all(|p| matches!(p, LineProblem::Short(_))) && (!fresh || room > 0) {
            room -= usize::from(fresh);
            put.push((facts, fitted));
        } else {
            left.push((*no, written(&facts.sku, *quantity)));
        }
    }
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let report = ReorderReport { added: count(put.len()), left_out: count(left.len()) };
    if !put.is_empty() {
        cart::add_all(tx, &actor, &put).await?;
        left.sort_by_key(|l| l.0);
        // What was beyond the lines that are read at once comes next.
        let rest = read.text.lines().filter(|l| !l.trim().is_empty()).skip(MOST_LINES);
        let kept: Vec<&str> = left.iter().map(|l| l.1.as_str()).chain(rest).collect();
        write(tx, &actor, &kept.join("\n")).await?;
    }
    Ok(report)
}

/// Makes a list of what was understood; the quick order stays as it is.
pub async fn save_as_list(tx: &mut Tx, form: &ListForm) -> Result<Made> {
    let actor = tx.actor()?;
    actor.require(Permission::CartUse)?;
    let text = pasted(tx, &actor).await?;
    let read = read(tx, &actor, text).await?;
    let lines = read
        .lines
        .into_iter()
        .map(|(_, facts, quantity)| Ok((Sku::parse("sku", &facts.sku)?, quantity)))
        .collect::<Result<Vec<_>>>()?;
    lists::make(tx, form, &Source::Lines(lines)).await
}
