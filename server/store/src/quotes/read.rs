//! Lists, one quote, one version, two versions compared.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::accounts::{Address, AddressRow, CostCentreRow};
use domain::ids::{AddressId, MemberId};
use domain::quotes::{
    self, AcceptForm, Action, ComparePage, Document, Event, FileRow, Ordered, PAGE, QuotePage, QuoteRow, QuotesPage,
    QuotesQuery, Request, Said, Side, Status, Tab, Version, VersionRow,
};
use domain::{Actor, Currency, Money, Permission, Problem, cart::Totals};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::{currency, odd, reach, status};
use crate::approvals::{self, Preview};
use crate::{Error, Result, Tx, new_id};

type VersionFacts = (i32, String, DateTime<Utc>, NaiveDate, Decimal);
type SaidFacts = (String, String, String, String, DateTime<Utc>, bool);
type FileFacts = (Uuid, String, i64, String, DateTime<Utc>, String);

/// A row of the view `quote_cases`.
#[derive(Debug, Deserialize)]
pub(super) struct CaseRow {
    pub account_id: Uuid,
    pub number: String,
    title: String,
    status: String,
    pub version: i32,
    member_id: Uuid,
    asked_by: String,
    request: Option<Request>,
    needed_by: Option<NaiveDate>,
    currency: String,
    valid_until: Option<NaiveDate>,
    line_count: i64,
    value: Option<Decimal>,
    owner_name: String,
    owner_email: String,
    since: DateTime<Utc>,
    customer_number: String,
    customer: String,
    shown: Option<Shown>,
    versions: Option<Vec<VersionFacts>>,
    thread: Option<Vec<SaidFacts>>,
    files: Option<Vec<FileFacts>>,
    orders: Option<Vec<(String, String)>>,
    ordered: Option<Ordered>,
}

#[derive(Debug, Deserialize)]
struct Shown {
    no: i32,
    document: Document,
    totals: Totals,
    sent_by: String,
    sent_at: DateTime<Utc>,
}

fn side(code: &str) -> Side {
    match code {
        "buyer" => Side::Buyer,
        "seller" => Side::Seller,
        _ => Side::Clock,
    }
}

fn version_rows(tx: &Tx, rows: Vec<VersionFacts>, currency: Currency) -> Vec<VersionRow> {
    rows.into_iter()
        .map(|(no, sent_by, at, valid_until, gross)| VersionRow {
            no,
            sent_by,
            sent_at: tx.local(at),
            valid_until,
            gross: Money::new(gross, currency),
        })
        .collect()
}

impl CaseRow {
    /// Where it stands today.
    pub fn state(&self, tx: &Tx) -> Result<Status> {
        Ok(status(&self.status)?.on(tx.today(), self.valid_until))
    }

    /// The currency of all its amounts.
    pub fn currency(&self) -> Result<Currency> {
        currency(&self.currency)
    }

    /// What is in force, with how much of it is ordered.
    pub fn in_force(&self) -> Option<(&Document, Ordered)> {
        self.shown.as_ref().map(|s| (&s.document, self.ordered.clone().unwrap_or_default()))
    }

    /// What was asked for.
    pub const fn request(&self) -> Option<&Request> {
        self.request.as_ref()
    }

    /// The page, without what may be done.
    pub fn page(self, tx: &Tx, staff: bool) -> Result<QuotePage> {
        let state = self.state(tx)?;
        let currency = self.currency()?;
        let shown = self.shown.map(|s| Version {
            no: s.no,
            document: s.document,
            totals: s.totals,
            sent_by: s.sent_by,
            sent_at: tx.local(s.sent_at),
        });
        let orders = self.orders.unwrap_or_default().into_iter().map(|(number, code)| {
            let state = domain::orders::Status::parse(&code).ok_or_else(|| Error::odd("orders.status", &code))?;
            Ok((number, state))
        });
        let said = self.thread.unwrap_or_default().into_iter().map(|(of, by, what, words, at, internal)| Said {
            side: side(&of),
            by,
            what,
            words,
            at: tx.local(at),
            internal,
        });
        let files = self.files.unwrap_or_default().into_iter().map(|(id, name, size, by, at, of)| FileRow {
            id,
            name,
            size,
            by,
            at: tx.local(at),
            side: side(&of),
        });
        Ok(QuotePage {
            row: QuoteRow {
                number: self.number,
                title: self.title,
                status: state,
                asked_by: self.asked_by,
                customer: staff.then_some((self.customer_number, self.customer)),
                owner: self.owner_name.clone(),
                since: tx.local(self.since),
                needed_by: self.needed_by,
                valid_until: self.valid_until,
                lines: self.line_count,
                value: self.value.map(|v| Money::new(v, currency)),
            },
            version: self.version,
            request: self.request,
            shown,
            versions: version_rows(tx, self.versions.unwrap_or_default(), currency),
            ordered: self.ordered.unwrap_or_default(),
            orders: orders.collect::<Result<_>>()?,
            thread: said.collect(),
            files: files.collect(),
            contact: (!self.owner_name.is_empty()).then_some((self.owner_name, self.owner_email)),
            can: Vec::new(),
            accept: None,
            today: tx.today(),
        })
    }
}

/// One quote with all that belongs to it, and what accepting it takes. One statement, however many lines. Not found when it is
/// not the asker's to see.
pub async fn page(tx: &mut Tx, number: &str) -> Result<QuotePage> {
    let actor = tx.actor()?;
    let own = reach(&actor, Permission::QuoteRead)?;
    let asker = actor.member()?;
    let row = sqlx::query!(
        r#"SELECT row_to_json(c) AS "case!: Json<CaseRow>", a.po_required,
                  (SELECT jsonb_agg(jsonb_build_array(d.id, d.label, to_jsonb(d), d.of) ORDER BY d.level, d.is_default DESC, d.label)
                   FROM my_addresses d WHERE d.kind = 'ship_to') AS addresses,
                  (SELECT jsonb_agg(jsonb_build_array(s.code, s.name) ORDER BY s.code) FROM cost_centres s
                   WHERE s.account_id = $1 AND s.active AND (m.cost_centres = '{}' OR s.code = ANY (m.cost_centres))) AS centres,
                  m.cost_centres <> '{}' AS "must_book!",
                  (SELECT jsonb_agg(r.rule ORDER BY r.account_id = $1, r.position, r.id) FROM approval_rules r WHERE r.enabled) AS rules,
                  (SELECT p.seats FROM flow_people p WHERE p.account_id = $1) AS seats,
                  ARRAY(SELECT DISTINCT k.slug FROM quote_versions v, jsonb_array_elements(v.document -> 'lines') l
                        JOIN products p ON p.id = (l ->> 'product')::uuid JOIN categories k ON k.id = p.category_id
                        WHERE (v.account_id, v.quote_id, v.no) = (c.account_id, c.id, c.in_force)) AS "categories!"
           FROM quote_cases c JOIN accounts a ON a.id = c.account_id JOIN members m ON m.account_id = $1 AND m.id = $4
           WHERE c.account_id = $1 AND c.number = $2 AND ($3::uuid IS NULL OR c.member_id = $3)"#,
        actor.account().0,
        number,
        own.map(|m| m.0),
        asker.0
    )
    .fetch_one(tx.db())
    .await?;
    let Json(case) = row.case;
    let mine = case.member_id == asker.0;
    let reaches = |permission| actor.reach(permission).is_some_and(|r| r > domain::Reach::Own || mine);
    let (asks, accepts) = (reaches(Permission::QuoteRequest), reaches(Permission::QuoteAccept));
    let mut page = case.page(tx, false)?;
    let state = page.row.status;
    for (action, event, may) in [
        (Action::Accept, Event::AcceptPart, accepts && !actor.on_hold()),
        (Action::AskChanges, Event::AskChanges, asks),
        (Action::Decline, Event::Decline, accepts),
        (Action::Withdraw, Event::Withdraw, asks),
    ] {
        if may && state.allows(event, Side::Buyer) {
            page.can.push(action);
        }
    }
    if asks {
        page.can.push(Action::Talk);
    }
    if page.can.contains(&Action::Accept)
        && let Some(shown) = &page.shown
    {
        let facts = AcceptFacts {
            po_required: row.po_required,
            must_book: row.must_book,
            addresses: row.addresses,
            centres: row.centres,
            rules: row.rules,
            seats: row.seats,
            categories: row.categories,
        };
        page.accept = Some(facts.form(&actor, shown)?);
    }
    Ok(page)
}

struct AcceptFacts {
    po_required: bool,
    must_book: bool,
    addresses: Option<Value>,
    centres: Option<Value>,
    rules: Option<Value>,
    seats: Option<Value>,
    categories: Vec<String>,
}

impl AcceptFacts {
    fn form(self, actor: &Actor, shown: &Version) -> Result<AcceptForm> {
        type Place = (AddressId, String, Address, Option<String>);
        let addresses: Vec<Place> =
            self.addresses.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
        let centres: Vec<(String, String)> =
            self.centres.map_or(Ok(Vec::new()), serde_json::from_value).map_err(|e| odd(&e))?;
        // As if all of it were accepted and its budget sufficed; the order itself is asked again.
        let question = Preview {
            total: shown.totals.gross,
            categories: self.categories,
            skus: shown.document.lines.iter().map(|l| l.sku.clone().unwrap_or_default()).collect(),
            over_budget: false,
            budget_asks: false,
            new_address: false,
            price_on_request: shown.document.lines.iter().any(|l| l.usual_price.is_none()),
        };
        Ok(AcceptForm {
            order_id: new_id(),
            addresses: addresses
                .into_iter()
                .map(|(id, label, address, of)| AddressRow { id, label, address, of })
                .collect(),
            cost_centres: centres.into_iter().map(|(code, name)| CostCentreRow { code, name }).collect(),
            must_book: self.must_book,
            po_required: self.po_required,
            approval: approvals::progress_of(actor, self.rules, self.seats, &question)?,
        })
    }
}

/// The customer's list. Two statements.
pub async fn list(tx: &mut Tx, query: QuotesQuery) -> Result<QuotesPage> {
    let actor = tx.actor()?;
    let own = reach(&actor, Permission::QuoteRead)?;
    let may_ask = actor.may(Permission::QuoteRequest);
    listed(tx, query, Side::Buyer, own, may_ask).await
}

/// The states in a tab, for one side.
fn states(tab: Tab, side: Side) -> Vec<String> {
    let turn = |s: &Status| match (tab, s.turn()) {
        (Tab::Mine, turn) => turn == Some(side),
        (Tab::Theirs, Some(turn)) => turn != side,
        (Tab::Release, turn) => turn == Some(Side::Seller),
        (Tab::Over, turn) => turn.is_none(),
        (Tab::Theirs, None) => false,
    };
    Status::ALL.iter().filter(|s| turn(s)).map(|s| s.code().to_owned()).collect()
}

/// A list for one side; `own` narrows it to a member. What is over by date counts as expired. Two statements.
pub(super) async fn listed(
    tx: &mut Tx,
    query: QuotesQuery,
    of: Side,
    own: Option<MemberId>,
    may_ask: bool,
) -> Result<QuotesPage> {
    let staff = of == Side::Seller;
    let account = (!staff).then(|| tx.actor().map(|a| a.account().0)).transpose()?;
    let today = tx.today();
    let like = format!("%{}%", query.words.replace(['\\', '%', '_'], " ").to_lowercase());
    let releasing = query.tab == Tab::Release;
    let rows = sqlx::query!(
        r#"SELECT q.number, q.title, q.status, q.asked_by, q.needed_by, q.currency, q.valid_until, q.line_count, q.value, q.owner_name, q.since,
                  a.number AS customer_number, a.name AS customer, count(*) OVER () AS "total!"
           FROM quotes q JOIN accounts a ON a.id = q.account_id
           WHERE ($1::uuid IS NULL OR q.account_id = $1) AND ($2::uuid IS NULL OR q.member_id = $2)
             AND CASE WHEN q.status IN ('sent', 'partly_accepted') AND q.valid_until < $3 THEN 'expired' ELSE q.status END = ANY($4)
             AND (NOT $5 OR q.release_asked)
             AND ($6 = '%%' OR lower(q.number || ' ' || q.title || ' ' || a.number || ' ' || a.name || ' ' || q.asked_by) LIKE $6)
           ORDER BY CASE WHEN $9 THEN q.since END DESC, q.since, q.id LIMIT $7 OFFSET $8"#,
        account,
        own.map(|m| m.0),
        today,
        &states(query.tab, of),
        releasing,
        like,
        i64::from(PAGE),
        i64::from(query.page.max(1) - 1) * i64::from(PAGE),
        query.tab == Tab::Over
    )
    .fetch_all(tx.db())
    .await?;
    let counts = sqlx::query!(
        r#"SELECT CASE WHEN q.status IN ('sent', 'partly_accepted') AND q.valid_until < $3 THEN 'expired' ELSE q.status END AS "status!",
                  count(*) AS "n!", count(*) FILTER (WHERE q.release_asked) AS "asked!"
           FROM quotes q WHERE ($1::uuid IS NULL OR q.account_id = $1) AND ($2::uuid IS NULL OR q.member_id = $2) GROUP BY 1"#,
        account,
        own.map(|m| m.0),
        today
    )
    .fetch_all(tx.db())
    .await?;
    let counts: BTreeMap<String, i64> = Tab::ALL
        .into_iter()
        .map(|tab| {
            let states = states(tab, of);
            let of_tab = counts.iter().filter(|c| states.contains(&c.status));
            let n = of_tab.map(|c| if tab == Tab::Release { c.asked } else { c.n }).sum();
            (tab.code().to_owned(), n)
        })
        .collect();
    let total = rows.first().map_or(0, |r| r.total);
    let rows = rows
        .into_iter()
        .map(|r| {
            let currency = currency(&r.currency)?;
            Ok(QuoteRow {
                number: r.number,
                title: r.title,
                status: status(&r.status)?.on(today, r.valid_until),
                asked_by: r.asked_by,
                customer: staff.then_some((r.customer_number, r.customer)),
                owner: r.owner_name,
                since: tx.local(r.since),
                needed_by: r.needed_by,
                valid_until: r.valid_until,
                lines: r.line_count.into(),
                value: r.value.map(|v| Money::new(v, currency)),
            })
        })
        .collect::<Result<_>>()?;
    Ok(QuotesPage { query, rows, total, counts, may_ask, today })
}

/// What a PDF of a version needs besides it: who it is from and for.
pub struct Paper {
    /// The quote's number.
    pub number: String,
    /// The version.
    pub version: Version,
    /// For whom at the customer.
    pub asked_by: String,
    /// The customer's number.
    pub account_number: String,
    /// Where letters to the customer go.
    pub bill_to: Address,
    /// Who it is from.
    pub seller: domain::invoices::Letterhead,
    /// Who answers at the seller: name and mail address.
    pub contact: Option<(String, String)>,
}

/// One version that was sent, for its document; `no`: the one in force. For customers who may see the quote and for the
/// seller's people who serve them. One statement.
pub async fn version(tx: &mut Tx, number: &str, no: Option<i32>) -> Result<Paper> {
    let actor = tx.actor()?;
    let (account, own) = if actor.is_staff() {
        actor.require(Permission::QuoteWrite)?;
        (None, None)
    } else {
        (Some(actor.account().0), reach(&actor, Permission::QuoteRead)?)
    };
    let row = sqlx::query!(
        r#"SELECT q.number, q.asked_by, q.owner_name, q.owner_email, a.number AS account_number, a.name AS customer,
                  v.no, v.document AS "document!: Json<Document>", v.totals AS "totals!: Json<Totals>", v.sent_by, v.sent_at,
                  (SELECT to_jsonb(d) FROM addresses d WHERE d.account_id = q.account_id AND d.kind = 'bill_to' ORDER BY d.is_default DESC, d.id LIMIT 1) AS bill_to,
                  to_jsonb(s) AS "seller!"
           FROM quotes q JOIN accounts a ON a.id = q.account_id CROSS JOIN seller s
           JOIN quote_versions v ON (v.account_id, v.quote_id, v.no) = (q.account_id, q.id, COALESCE($4, q.in_force))
           WHERE q.number = $1 AND ($2::uuid IS NULL OR q.account_id = $2) AND ($3::uuid IS NULL OR q.member_id = $3)"#,
        number,
        account,
        own.map(|m| m.0),
        no
    )
    .fetch_one(tx.db())
    .await?;
    let bill_to: Address = row.bill_to.map_or_else(
        || Ok(Address { company: row.customer.clone(), ..Address::default() }),
        |json| serde_json::from_value(json).map_err(|e| odd(&e)),
    )?;
    Ok(Paper {
        number: row.number,
        version: Version {
            no: row.no,
            document: row.document.0,
            totals: row.totals.0,
            sent_by: row.sent_by,
            sent_at: tx.local(row.sent_at),
        },
        asked_by: row.asked_by,
        account_number: row.account_number,
        bill_to,
        seller: crate::invoices::letterhead(row.seller)?,
        contact: (!row.owner_name.is_empty()).then_some((row.owner_name, row.owner_email)),
    })
}

/// What differs between two versions; the earlier first. For whoever may see the quote. One statement.
pub async fn compare(tx: &mut Tx, number: &str, between: (i32, i32)) -> Result<ComparePage> {
    let actor = tx.actor()?;
    let (account, own) = if actor.is_staff() {
        actor.require(Permission::QuoteWrite)?;
        (None, None)
    } else {
        (Some(actor.account().0), reach(&actor, Permission::QuoteRead)?)
    };
    let (first, last) = (between.0.min(between.1), between.0.max(between.1));
    let row = sqlx::query!(
        r#"SELECT q.currency,
                  (SELECT json_agg(json_build_array(v.no, v.sent_by, v.sent_at, v.valid_until, v.gross::text) ORDER BY v.no DESC)
                   FROM quote_versions v WHERE (v.account_id, v.quote_id) = (q.account_id, q.id)) AS "versions: Json<Vec<VersionFacts>>",
                  (SELECT json_agg(json_build_array(v.document, v.gross::text) ORDER BY v.no)
                   FROM quote_versions v WHERE (v.account_id, v.quote_id) = (q.account_id, q.id) AND v.no IN ($4, $5)) AS "two: Json<Vec<(Document, Decimal)>>"
           FROM quotes q WHERE q.number = $1 AND ($2::uuid IS NULL OR q.account_id = $2) AND ($3::uuid IS NULL OR q.member_id = $3)"#,
        number,
        account,
        own.map(|m| m.0),
        first,
        last
    )
    .fetch_one(tx.db())
    .await?;
    let currency = currency(&row.currency)?;
    let two = row.two.map(|t| t.0).unwrap_or_default();
    let [(before, gross_before), (after, gross_after)] = two.as_slice() else { return Err(Problem::NotFound.into()) };
    Ok(ComparePage {
        number: number.to_owned(),
        between: (first, last),
        versions: version_rows(tx, row.versions.map(|v| v.0).unwrap_or_default(), currency),
        changes: quotes::compare(before, after),
        gross: (Money::new(*gross_before, currency), Money::new(*gross_after, currency)),
    })
}
