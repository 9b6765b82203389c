//! What a draft begins with, and what the editor's form makes of it.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::catalog::Sku;
use domain::ids::AccountId;
use domain::quotes::{Document, Draft, DraftInput, Internals, Line, MOST_LINES, Offer, Request, parse_price};
use domain::{Currency, FieldError, Money, Problem, Quantity};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::catalog::{Facts, Pricing, facts_by_skus};
use crate::{Error, Result, Tx};

/// So many days a quote is open unless the seller says otherwise.
const USUAL_DAYS: u64 = 30;

/// What prices for one customer depend on.
pub(super) struct Customer {
    pub pricing: Pricing,
    pub tax_rate: Option<Decimal>,
    pub default_tax_rate: Decimal,
    pub floor: Decimal,
    pub fee: Money,
    pub free_from: Option<Money>,
}

/// Looks at the catalog as a customer does: from here on this transaction resolves their prices. One statement.
pub(super) async fn look_as(tx: &mut Tx, account: AccountId) -> Result<Customer> {
    let row = sqlx::query!(
        r#"WITH RECURSIVE up AS (
               SELECT a.id, a.parent_id, 0 AS depth FROM accounts a WHERE a.id = $1
               UNION ALL
               SELECT a.id, a.parent_id, u.depth + 1 FROM accounts a JOIN up u ON a.id = u.parent_id WHERE u.depth < 8)
           SELECT set_config('app.lineage', ((SELECT array_agg(u.id ORDER BY u.depth) FROM up u WHERE u.id <> $2) || $2)::text, true),
                  a.currency, a.price_strategy, a.tax_rate, s.default_tax_rate, s.floor_margin, s.delivery_fee, s.free_delivery_from
           FROM accounts a CROSS JOIN seller s WHERE a.id = $1"#,
        account.0,
        AccountId::SELLER.0
    )
    .fetch_one(tx.db())
    .await?;
    let currency = Currency::parse(&row.currency).ok_or_else(|| Error::odd("accounts.currency", &row.currency))?;
    let money = |amount| Money::new(amount, currency);
    Ok(Customer {
        pricing: Pricing {
            currency,
            on: tx.today(),
            strategy: domain::accounts::PriceStrategy::parse(&row.price_strategy),
        },
        tax_rate: row.tax_rate,
        default_tax_rate: row.default_tax_rate,
        floor: row.floor_margin,
        fee: money(row.delivery_fee),
        free_from: row.free_delivery_from.map(money),
    })
}

/// What pieces cost the seller, in the customer's currency. One statement.
async fn costs(tx: &mut Tx, products: &[Uuid], currency: Currency) -> Result<BTreeMap<Uuid, Money>> {
    let rows = sqlx::query!(
        "SELECT product_id, cost FROM product_costs WHERE product_id = ANY($1) AND currency = $2",
        products,
        currency.code()
    )
    .fetch_all(tx.db())
    .await?;
    Ok(rows.into_iter().map(|r| (r.product_id, Money::new(r.cost, currency))).collect())
}

/// A line to be: an article, or somebody's words.
struct Wanted {
    sku: Option<String>,
    words: String,
    unit: String,
    quantity: Quantity,
    note: String,
}

/// Lines with the customer's usual prices as first offers, and what they cost the seller. Two statements.
async fn lines(
    tx: &mut Tx,
    customer: &Customer,
    first: u32,
    wanted: Vec<Wanted>,
) -> Result<(Vec<Line>, BTreeMap<u32, Money>)> {
    let skus: Vec<String> = wanted.iter().filter_map(|w| w.sku.clone()).collect();
    let facts = facts_by_skus(tx, &skus).await?;
    let ids: Vec<Uuid> = facts.iter().map(|f| f.id.0).collect();
    let known = costs(tx, &ids, customer.pricing.currency).await?;
    let mut costs = BTreeMap::new();
    let lines = (first..)
        .zip(wanted)
        .map(|(no, w)| {
            let facts: Option<&Facts> = w.sku.as_ref().and_then(|sku| facts.iter().find(|f| f.sku == *sku));
            let usual = facts.and_then(|f| f.price(w.quantity, customer.pricing)).map(|p| p.unit_price);
            if let Some(cost) = facts.and_then(|f| known.get(&f.id.0)) {
                costs.insert(no, *cost);
            }
            let rate = facts.map_or(customer.default_tax_rate, |f| f.tax_rate);
            Line {
                no,
                product: facts.map(|f| f.id),
                sku: facts.map(|f| f.sku.clone()),
                name: facts.map_or(w.words, |f| f.name.clone()),
                unit: facts.map_or(w.unit, |f| f.units.own.clone()),
                quantity: w.quantity,
                at_most: None,
                offers: usual
                    .map(|unit_price| Offer { quantity: w.quantity, or_more: true, unit_price })
                    .into_iter()
                    .collect(),
                alternative_to: None,
                tax_rate: customer.tax_rate.unwrap_or(rate),
                lead_days: None,
                usual_price: usual,
                note: w.note,
            }
        })
        .collect();
    Ok((lines, costs))
}

/// What the seller begins with: what was asked for at usual prices, or what is in force.
pub(super) async fn begin(
    tx: &mut Tx,
    customer: &Customer,
    title: &str,
    request: Option<&Request>,
    in_force: Option<&Document>,
) -> Result<Draft> {
    let usual_day = tx.today() + Days::new(USUAL_DAYS);
    if let Some(document) = in_force {
        let mut document = document.clone();
        document.valid_until = document.valid_until.max(usual_day);
        let products: Vec<Uuid> = document.lines.iter().filter_map(|l| l.product).map(|p| p.0).collect();
        let known = costs(tx, &products, customer.pricing.currency).await?;
        let of = |l: &Line| l.product.and_then(|p| known.get(&p.0)).map(|c| (l.no, *c));
        let costs = document.lines.iter().filter_map(of).collect();
        return Ok(Draft { document, internals: Internals { costs, note: String::new() } });
    }
    let wanted = request.map(|r| &r.lines).into_iter().flatten().map(|w| Wanted {
        sku: w.sku.clone(),
        words: w.name.clone(),
        unit: w.unit.clone(),
        quantity: w.quantity,
        note: String::new(),
    });
    let (lines, costs) = lines(tx, customer, 1, wanted.collect()).await?;
    Ok(Draft {
        document: Document {
            title: title.to_owned(),
            lines,
            delivery: None,
            terms: String::new(),
            note: String::new(),
            valid_until: usual_day,
        },
        internals: Internals { costs, note: String::new() },
    })
}

/// Rows of the "add" box: a quantity, then an article number or words.
fn added(text: &str) -> Result<Vec<(Quantity, String)>> {
    let mut rows = Vec::new();
    for (i, row) in text.lines().map(str::trim).filter(|r| !r.is_empty()).enumerate() {
        let (number, rest) = row.split_once(char::is_whitespace).unwrap_or((row, ""));
        let rest = rest.trim_start_matches(['x', '×']).trim();
        let complain = || {
            FieldError::new(
                "add",
                format!("Row {} of the lines to add: write a quantity and what, such as “12 TP-48-CL”.", i + 1),
            )
        };
        let quantity = Quantity::parse("add", number).map_err(|_| complain())?;
        if rest.is_empty() {
            return Err(complain().into());
        }
        rows.push((quantity, rest.to_owned()));
    }
    Ok(rows)
}

/// Makes of a draft what the form says. All complaints of the form at once; nothing is half done.
pub(super) async fn change(tx: &mut Tx, customer: &Customer, was: Draft, form: &DraftInput) -> Result<Draft> {
    let currency = customer.pricing.currency;
    let mut errors: Vec<FieldError> = Vec::new();
    let mut kept = Vec::new();
    let products: Vec<Uuid> = was.document.lines.iter().filter_map(|l| l.product).map(|p| p.0).collect();
    // What an article costs is not for the person who quotes it to say: the floor margin would be what they like.
    let known = costs(tx, &products, currency).await?;
    let mut costs = BTreeMap::new();
    for (i, input) in form.lines.iter().enumerate() {
        let Some(line) = was.document.lines.iter().find(|l| l.no == input.no) else { continue };
        if !input.drop.is_empty() {
            continue;
        }
        match input.read(i, line, currency) {
            Ok((line, typed)) => {
                let cost = line.product.and_then(|p| known.get(&p.0)).copied().or(typed);
                costs.extend(cost.map(|c| (line.no, c)));
                kept.push(line);
            }
            Err(mut found) => errors.append(&mut found),
        }
    }
    let delivery = match form.delivery.trim() {
        "" => None,
        text => parse_price("delivery", text, None, currency).map_err(|e| errors.push(e)).ok(),
    };
    let valid_until: NaiveDate = form.valid_until.trim().parse().unwrap_or_else(|_| {
        errors.push(FieldError::new("valid_until", "Enter a date, such as 2026-12-24."));
        was.document.valid_until
    });
    let discount = match form.discount.trim().trim_end_matches('%').trim() {
        "" => None,
        text => match text.parse::<Decimal>() {
            Ok(d) if d > Decimal::ZERO && d < Decimal::ONE_HUNDRED => Some(d),
            _ => {
                errors.push(FieldError::new("discount", "Enter a percentage between 0 and 100, such as 5."));
                None
            }
        },
    };
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors).into());
    }
    let added = added(&form.add)?;
    if kept.len() + added.len() > MOST_LINES {
        return Err(Problem::invalid("add", format!("A quote has at most {MOST_LINES} lines.")).into());
    }
    if !added.is_empty() {
        let first = was.document.lines.iter().map(|l| l.no).max().unwrap_or_default() + 1;
        let wanted = added.into_iter().map(|(quantity, words)| Wanted {
            sku: Sku::parse("add", &words).ok().map(|sku| sku.as_str().to_owned()),
            words: words.chars().take(300).collect(),
            unit: "EA".to_owned(),
            quantity,
            note: String::new(),
        });
        let (mut fresh, fresh_costs) = lines(tx, customer, first, wanted.collect()).await?;
        kept.append(&mut fresh);
        costs.extend(fresh_costs);
    }
    if let Some(discount) = discount {
        for line in &mut kept {
            let Some(usual) = line.usual_price else { continue };
            let price = parse_price("discount", &format!("-{discount}%"), Some(usual), currency)?;
            for offer in &mut line.offers {
                offer.unit_price = price;
            }
        }
    }
    let document = Document {
        title: form.title.trim().to_owned(),
        lines: kept,
        delivery,
        terms: form.terms.trim().to_owned(),
        note: form.note.trim().to_owned(),
        valid_until,
    };
    Ok(Draft { document, internals: Internals { costs, note: form.internal.trim().to_owned() } })
}
