//! What waits for whom, and one order that waits with all that a decision needs.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::approvals::{ApprovalPage, ApprovalRow, AskedLine, DelegationRow, Flow, FlowRule, InboxPage, Mark, Said};
use domain::cart::Totals;
use domain::orders::Status;
use domain::{Actor, Currency, Money, Permission, Problem, Quantity};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::decide::said;
use super::flow::{People, odd, people};
use crate::limits::{self, Lock};
use crate::orders::order_lines;
use crate::{Error, Result, Tx};

/// What waits, the oldest first: for the person, and for others where they may see the account's orders. Two statements.
pub async fn inbox(tx: &mut Tx) -> Result<InboxPage> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderApprove)?;
    let (member, today) = (actor.member()?, tx.today());
    let sees_all = matches!(actor.only_own(Permission::OrderRead), Ok(None));
    let people = people(tx, actor.account()).await?;
    let rows = sqlx::query!(
        r#"SELECT o.number, o.gross, o.currency, o.line_count, o.cost_centre, o.placed_by, f.requester, f.version, f.rules, f.started_at, f.escalated_at,
                  (SELECT jsonb_agg(m) FROM approval_log l, jsonb_array_elements(l.marks) m
                   WHERE (l.account_id, l.order_id) = (f.account_id, f.order_id)) AS marks
           FROM approval_flows f JOIN orders o ON (o.account_id, o.id) = (f.account_id, f.order_id)
           WHERE f.account_id = $1 AND f.status = 'open' ORDER BY f.started_at, f.order_id LIMIT 2000"#,
        actor.account().0
    )
    .fetch_all(tx.db())
    .await?;
    let mut page =
        InboxPage { waiting: Vec::new(), others: Vec::new(), delegations: Vec::new(), colleagues: Vec::new(), today };
    for r in rows {
        let currency = Currency::parse(&r.currency).ok_or_else(|| Error::odd("orders.currency", &r.currency))?;
        let total = Money::new(r.gross, currency);
        let flow = Flow {
            requester: r.requester.into(),
            rules: serde_json::from_value(r.rules).map_err(|e| odd(&e))?,
            marks: r.marks.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?,
        };
        let stand_ins = people.stand_ins(&flow, r.escalated_at.is_some(), today);
        let says = flow.says(member, &people.seats, &stand_ins, today, total);
        let row = ApprovalRow {
            number: r.number,
            requester: r.placed_by,
            since: tx.local(r.started_at),
            total,
            lines: r.line_count,
            cost_centre: r.cost_centre,
            rules: flow.rules.iter().map(|r| r.name.clone()).collect(),
            version: r.version,
            for_name: says.first().filter(|s| s.name_of != member).map(|s| people.name(s.name_of).to_owned()),
        };
        if !says.is_empty() {
            page.waiting.push(row);
        } else if sees_all || flow.requester == member {
            page.others.push(row);
        }
    }
    page.delegations = people
        .delegated
        .iter()
        .filter(|(_, d)| d.last >= today && (d.from == member || d.to == member))
        .map(|(id, d)| DelegationRow {
            id: *id,
            from: people.name(d.from).to_owned(),
            to: people.name(d.to).to_owned(),
            first: d.first,
            last: d.last,
            cap: d.cap,
            mine: d.from == member,
        })
        .collect();
    if sees_all || !page.waiting.is_empty() {
        page.colleagues =
            people.seats.iter().filter(|s| s.active && s.id != member).map(|s| (s.id, s.name.clone())).collect();
    }
    Ok(page)
}

/// An entry of the log: member, verdict, who in words, words, when, what a yes marked.
type Entry = (Uuid, String, String, String, DateTime<Utc>, Vec<Mark>);

/// One order with a flow: for those who decide in it (now or earlier), who sent it, and who may see the account's orders.
pub async fn page(tx: &mut Tx, number: &str) -> Result<ApprovalPage> {
    let actor = tx.actor()?;
    actor.require(Permission::OrderApprove)?;
    let (account, member, today) = (actor.account().0, actor.member()?, tx.today());
    let o = sqlx::query!(
        r#"SELECT o.id, o.status, o.po_number, o.cost_centre, o.ship_to, o.note, o.currency, o.net, o.delivery, o.tax, o.gross, o.line_count, o.placed_by,
                  f.requester, f.version, f.rules, f.started_at, f.status AS flow_status, f.budget_left, f.reminded_at, f.escalated_at,
                  (SELECT jsonb_agg(jsonb_build_array(l.member_id, l.verdict, l.by_words, l.words, l.at, l.marks) ORDER BY l.seq) FROM approval_log l
                   WHERE l.account_id = $1 AND l.order_id = o.id) AS log,
                  p.seats, p.delegations
           FROM orders o JOIN approval_flows f ON (f.account_id, f.order_id) = (o.account_id, o.id) JOIN flow_people p ON p.account_id = o.account_id
           WHERE o.account_id = $1 AND o.number = $2"#,
        account,
        number
    )
    .fetch_one(tx.db())
    .await?;
    let currency = Currency::parse(&o.currency).ok_or_else(|| Error::odd("orders.currency", &o.currency))?;
    let money = |amount| Money::new(amount, currency);
    let total = money(o.gross);
    let log: Vec<Entry> = o.log.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
    let rules: Vec<FlowRule> = serde_json::from_value(o.rules).map_err(|e| odd(&e))?;
    let flow =
        Flow { requester: o.requester.into(), marks: log.iter().flat_map(|l| l.5.iter().copied()).collect(), rules };
    let people = People::of(o.seats, o.delegations)?;
    let stand_ins = people.stand_ins(&flow, o.escalated_at.is_some(), today);
    let open = o.flow_status == "open";
    let says = if open { flow.says(member, &people.seats, &stand_ins, today, total) } else { Vec::new() };
    let sees_all = matches!(actor.only_own(Permission::OrderRead), Ok(None));
    let spoke = log.iter().any(|l| l.0 == member.0);
    if says.is_empty() && !sees_all && !spoke && flow.requester != member {
        return Err(Problem::NotFound.into());
    }
    let order = o.id.into();
    let lines = order_lines(tx, account, o.id, currency).await?.0;
    let last = last_time(tx, &actor, o.id, currency).await?;
    let limits = limits::read(tx, &actor, &o.cost_centre, total, Some(order), Lock::No).await?;
    let status = Status::parse(&o.status).ok_or_else(|| Error::odd("orders.status", &o.status))?;
    let said = log
        .into_iter()
        .map(|(_, verdict, who, words, at, _)| Said { who, what: said(&verdict).to_owned(), at: tx.local(at), words })
        .collect();
    let left_now = limits.budget.as_ref().map(|b| b.1.left()).transpose()?;
    let budget_then =
        o.budget_left.map(money).filter(|then| open && left_now.is_some_and(|now| now.amount() < then.amount()));
    let credit_left = match limits.credit.free()? {
        Some(free) if actor.may(Permission::CreditRead) => Some(free.minus(total)?),
        _ => None,
    };
    Ok(ApprovalPage {
        row: ApprovalRow {
            number: number.to_owned(),
            requester: o.placed_by,
            since: tx.local(o.started_at),
            total,
            lines: o.line_count,
            cost_centre: o.cost_centre,
            rules: flow.rules.iter().map(|r| r.name.clone()).collect(),
            version: o.version,
            for_name: says.first().filter(|s| s.name_of != member).map(|s| people.name(s.name_of).to_owned()),
        },
        status,
        lines: lines.into_iter().map(|line| AskedLine { last: last.get(&line.sku).copied(), line }).collect(),
        totals: Totals {
            net: money(o.net),
            delivery: money(o.delivery),
            taxes: Vec::new(),
            tax: money(o.tax),
            gross: total,
        },
        ship_to: serde_json::from_value(o.ship_to).map_err(|e| odd(&e))?,
        po_number: o.po_number,
        note: o.note,
        progress: flow.progress(&people.seats),
        reminded: o.reminded_at.filter(|_| open).map(|at| tx.local(at)),
        escalated: o.escalated_at.filter(|_| open).map(|at| tx.local(at)),
        budget: limits.budget.map(|b| b.1),
        budget_then,
        credit_left,
        said,
        may_decide: !says.is_empty(),
        mine: open && flow.requester == member,
    })
}

/// When the account last ordered each of an order's articles before it. One statement.
async fn last_time(
    tx: &mut Tx,
    actor: &Actor,
    order: Uuid,
    currency: Currency,
) -> Result<HashMap<String, (NaiveDate, Quantity, Money)>> {
    let rows = sqlx::query!(
        r#"SELECT l.sku, b.placed_at AS "placed_at!", b.quantity AS "quantity!", b.unit_price AS "unit_price!"
           FROM order_lines l
           CROSS JOIN LATERAL (
               SELECT o.placed_at, e.quantity, e.unit_price
               FROM order_lines e JOIN orders o ON (o.account_id, o.id) = (e.account_id, e.order_id)
               WHERE e.account_id = $1 AND e.product_id = l.product_id AND e.order_id <> $2 AND o.status NOT IN ('rejected', 'cancelled')
               ORDER BY o.placed_at DESC LIMIT 1) b
           WHERE l.account_id = $1 AND l.order_id = $2"#,
        actor.account().0,
        order
    )
    .fetch_all(tx.db())
    .await?;
    rows.into_iter()
        .map(|r| {
            let quantity: Decimal = r.quantity;
            let quantity = Quantity::new(quantity).ok_or_else(|| Error::odd("order_lines.quantity", &r.sku))?;
            Ok((r.sku, (tx.local(r.placed_at).date(), quantity, Money::new(r.unit_price, currency))))
        })
        .collect()
}
