//! Payments: those under way, those that came in.

use chrono::{DateTime, NaiveDate, Utc};
use domain::accounts::Address;
use domain::payments::{IntentStatus, Method, PAGE, PaymentPage, PaymentRow, PaymentsPage, Settled, epc_code};
use domain::{Currency, Money, Permission};
use rust_decimal::Decimal;

use crate::invoices::letterhead;
use crate::{Error, Result, Tx};

struct Row {
    number: String,
    day: NaiveDate,
    method: String,
    status: String,
    refund: bool,
    amount: Decimal,
    left: Decimal,
    currency: String,
}

impl Row {
    fn view(self) -> Result<PaymentRow> {
        let currency =
            Currency::parse(&self.currency).ok_or_else(|| Error::odd("payments.currency", &self.currency))?;
        Ok(PaymentRow {
            number: self.number,
            on: self.day,
            method: Method::parse(&self.method),
            status: IntentStatus::parse(&self.status)
                .ok_or_else(|| Error::odd("payment_intents.status", &self.status))?,
            refund: self.refund,
            amount: Money::new(self.amount, currency),
            left: Money::new(self.left, currency),
        })
    }
}

/// A page of the account's payments, those under way first. One statement.
pub async fn list(tx: &mut Tx, page: u32) -> Result<PaymentsPage> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let rows = sqlx::query!(
        r#"SELECT number AS "number!", day AS "day!", method AS "method!", status AS "status!", refund AS "refund!", amount AS "amount!", left_over AS "left!",
                  currency AS "currency!", count(*) OVER () AS "total!"
           FROM (SELECT number, begun_on AS day, method, status, false AS refund, amount, 0::numeric AS left_over, currency
                 FROM payment_intents WHERE account_id = $1 AND status <> 'paid'
                 UNION ALL
                 SELECT number, received_on, method, 'paid', kind = 'refund', amount, amount - used, currency FROM payments WHERE account_id = $1) p
           ORDER BY status = 'waiting' DESC, day DESC, number DESC LIMIT $2 OFFSET $3"#,
        actor.account().0,
        i64::from(PAGE),
        i64::from(page.max(1) - 1) * i64::from(PAGE)
    )
    .fetch_all(tx.db())
    .await?;
    let total = rows.first().map_or(0, |r| r.total);
    let rows = rows
        .into_iter()
        .map(|r| {
            let row = Row {
                number: r.number,
                day: r.day,
                method: r.method,
                status: r.status,
                refund: r.refund,
                amount: r.amount,
                left: r.left,
                currency: r.currency,
            };
            row.view()
        })
        .collect::<Result<_>>()?;
    Ok(PaymentsPage { rows, total, page: page.max(1) })
}

/// One payment with what it settles, or is meant to. One statement.
pub async fn find(tx: &mut Tx, number: &str) -> Result<PaymentPage> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let r = sqlx::query!(
        r#"SELECT x.day AS "day!", x.method AS "method!", x.status AS "status!", x.refund AS "refund!", x.amount AS "amount!", x.left_over AS "left!",
                  x.currency AS "currency!", x.by_name AS "by_name!", x.reference AS "reference!", x.until, x.refused AS "refused!",
                  to_jsonb(s) AS "seller!", a.number AS account_number, a.name AS account_name, a.country AS account_country,
                  (SELECT to_jsonb(d) FROM addresses d WHERE d.account_id IN (a.id, a.parent_id) AND d.kind = 'bill_to'
                   ORDER BY d.account_id = a.id DESC, d.is_default DESC, d.label LIMIT 1) AS bill_to,
                  (SELECT jsonb_agg(jsonb_build_array(i.number, t.amount::text, t.discount::text) ORDER BY i.due_on, i.number)
                   FROM (SELECT t.invoice_id, t.amount, t.discount FROM payment_intent_items t WHERE x.payment IS NULL AND (t.account_id, t.intent_id) = ($1, x.intent)
                         UNION ALL
                         SELECT a.invoice_id, sum(CASE WHEN a.reverses IS NULL THEN a.amount ELSE -a.amount END), 0 FROM allocations a
                         WHERE (a.account_id, a.payment_id) = ($1, x.payment) GROUP BY 1
                         HAVING sum(CASE WHEN a.reverses IS NULL THEN a.amount ELSE -a.amount END) <> 0) t
                   JOIN invoices i ON (i.account_id, i.id) = ($1, t.invoice_id)) AS settles
           FROM (SELECT n.id AS intent, n.payment_id AS payment, n.begun_on AS day, n.method, n.status, false AS refund, n.amount,
                        COALESCE(p.amount - p.used, 0) AS left_over, n.currency, n.by_name, n.reference, CASE WHEN n.status = 'waiting' THEN n.expires_at END AS until,
                        n.refused
                 FROM payment_intents n LEFT JOIN payments p ON (p.account_id, p.id) = (n.account_id, n.payment_id)
                 WHERE n.account_id = $1 AND n.number = $2
                 UNION ALL
                 SELECT NULL, p.id, p.received_on, p.method, 'paid', p.kind = 'refund', p.amount, p.amount - p.used, p.currency, '', '', NULL, ''
                 FROM payments p WHERE p.account_id = $1 AND p.number = $2
                   AND NOT EXISTS (SELECT 1 FROM payment_intents n WHERE n.account_id = $1 AND n.number = $2)) x
           CROSS JOIN seller s JOIN accounts a ON a.id = $1"#,
        actor.account().0,
        number
    )
    .fetch_one(tx.db())
    .await?;
    let odd = |e: serde_json::Error| Error::odd("payment", &e.to_string());
    let bill_to = r.bill_to.map(serde_json::from_value::<Address>).transpose().map_err(odd)?;
    let nowhere = Address { company: r.account_name, country: r.account_country, ..Address::default() };
    let settles: Vec<(String, Decimal, Decimal)> = r
        .settles
        .map_or(Ok(Vec::new()), serde_json::from_value)
        .map_err(|e| Error::odd("payment_intent_items", &e.to_string()))?;
    let row = Row {
        number: number.to_owned(),
        day: r.day,
        method: r.method,
        status: r.status,
        refund: r.refund,
        amount: r.amount,
        left: r.left,
        currency: r.currency,
    }
    .view()?;
    let until: Option<DateTime<Utc>> = r.until;
    let waiting = row.status == IntentStatus::Waiting;
    let seller = letterhead(r.seller)?;
    let currency = row.amount.currency();
    let may = actor.may(Permission::InvoicePay);
    Ok(PaymentPage {
        by: r.by_name,
        settles: settles
            .into_iter()
            .map(|(number, amount, discount)| Settled {
                number,
                amount: Money::new(amount, currency),
                discount: Money::new(discount, currency),
            })
            .collect(),
        code: if waiting { epc_code(&seller, row.amount, &r.reference) } else { None },
        reference: r.reference,
        until: until.map(|at| tx.local(at)),
        seller,
        payer: (r.account_number, bill_to.unwrap_or(nowhere)),
        pay_by_card: waiting && may && row.method == Some(Method::Card),
        refused: r.refused,
        can_withdraw: waiting && may,
        row,
    })
}
