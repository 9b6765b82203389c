//! Finance packs: asked for and downloaded by finance users, made by a job of any server.

mod make;

pub use make::{Leased, expire, failed, keep, lease, progress, ready, schedule};

use domain::ids::PackId;
use domain::invoices::Kind;
use domain::packs::{Documents, MOST, PackForm, PackRow, PacksPage, State};
use domain::{Currency, Money, Permission, Problem, text};
use serde_json::json;
use uuid::Uuid;

use crate::error::exactly;
use crate::{Error, Result, Tx, audit};

/// Packs in the list.
const SHOWN: i64 = 50;
/// Packs of one account that may wait at once: they are work for everybody's server.
const WAITING: i64 = 5;

struct Row {
    id: Uuid,
    by_name: String,
    from_day: chrono::NaiveDate,
    to_day: chrono::NaiveDate,
    documents: String,
    cost_centre: String,
    status: String,
    total: i32,
    done: i32,
    size: i64,
    sha256: Option<Vec<u8>>,
    asked_at: chrono::DateTime<chrono::Utc>,
    expires_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl Row {
    fn view(self, tx: &Tx) -> Result<PackRow> {
        let state = State::parse(&self.status).ok_or_else(|| Error::odd("finance_packs.status", &self.status))?;
        Ok(PackRow {
            id: self.id.into(),
            form: PackForm {
                from: self.from_day,
                to: self.to_day,
                documents: documents(&self.documents)?,
                cost_centre: self.cost_centre,
            },
            state,
            total: u32::try_from(self.total).unwrap_or_default(),
            done: u32::try_from(self.done).unwrap_or_default(),
            size: self.size,
            sha256: self.sha256.map(hex::encode).unwrap_or_default(),
            by: self.by_name,
            at: tx.local(self.asked_at),
            until: self.expires_at.filter(|_| state == State::Ready).map(|t| tx.local(t)),
        })
    }
}

fn documents(code: &str) -> Result<Documents> {
    Documents::parse(code).ok_or_else(|| Error::odd("finance_packs.documents", code))
}

/// The account's packs. Two statements.
pub async fn list(tx: &mut Tx) -> Result<PacksPage> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let (account, now) = (actor.account().0, tx.now());
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, by_name, from_day, to_day, documents, cost_centre, status, total, done, size, sha256, asked_at, expires_at
         FROM finance_packs WHERE account_id = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY asked_at DESC, id DESC LIMIT $3",
        account,
        now,
        SHOWN
    )
    .fetch_all(tx.db())
    .await?;
    let about = sqlx::query!(
        r#"SELECT EXISTS (SELECT 1 FROM monthly_packs p WHERE p.account_id = $1 AND p.member_id = $2) AS "monthly!",
                  ARRAY(SELECT c.code FROM cost_centres c WHERE c.account_id = $1 ORDER BY c.code) AS "centres!""#,
        account,
        actor.member()?.0
    )
    .fetch_one(tx.db())
    .await?;
    Ok(PacksPage {
        rows: rows.into_iter().map(|r| r.view(tx)).collect::<Result<_>>()?,
        monthly: about.monthly,
        cost_centres: about.centres,
        form: PackForm::month_before(tx.today()),
    })
}

/// Asks for a pack. Invalid when the period has no document, too many, or when some packs are waiting already.
pub async fn ask(tx: &mut Tx, form: &PackForm) -> Result<PackId> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    form.check(tx.today())?;
    let found = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM invoices i WHERE i.account_id = $1 AND i.issued_on BETWEEN $2 AND $3 AND ($4 = 'all' OR i.kind = $4)
                     AND ($5 = '' OR i.cost_centre = $5)) AS "documents!",
                  (SELECT count(*) FROM finance_packs p WHERE p.account_id = $1 AND p.status IN ('waiting', 'working')) AS "waiting!""#,
        actor.account().0,
        form.from,
        form.to,
        form.documents.code(),
        form.cost_centre
    )
    .fetch_one(tx.db())
    .await?;
    if found.documents == 0 {
        return Err(Problem::invalid("from", "There is no such document in this period.").into());
    }
    if found.documents > MOST {
        let words = format!(
            "These are {} documents; a pack holds {}. Choose a shorter period.",
            text::count(found.documents),
            text::count(MOST)
        );
        return Err(Problem::invalid("from", words).into());
    }
    if found.waiting >= WAITING {
        return Err(Problem::invalid("from", "Some packs are being made already. Please wait for them.").into());
    }
    let (id, now) = (crate::new_id::<PackId>(), tx.now());
    let done = sqlx::query!(
        "INSERT INTO finance_packs (account_id, id, member_id, by_name, from_day, to_day, documents, cost_centre, total, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        actor.account().0,
        id.0,
        actor.member()?.0,
        actor.name(),
        form.from,
        form.to,
        form.documents.code(),
        form.cost_centre,
        i32::try_from(found.documents).unwrap_or(i32::MAX),
        now
    )
    .execute(tx.db())
    .await?;
    exactly(1, &done)?;
    sqlx::query("NOTIFY packs").execute(tx.db()).await?;
    let detail = json!({ "from": form.from, "to": form.to, "documents": form.documents.code(), "cost_centre": form.cost_centre });
    audit::record(tx, "finance_pack.asked", &form.file_name(), detail).await?;
    Ok(id)
}

/// Says whether the asking member gets last month's pack at the beginning of every month.
pub async fn set_monthly(tx: &mut Tx, wanted: bool) -> Result<()> {
    let actor = tx.actor()?;
    actor.in_person()?;
    actor.require(Permission::InvoiceRead)?;
    let (account, member, now) = (actor.account().0, actor.member()?.0, tx.now());
    if wanted {
        sqlx::query!(
            "INSERT INTO monthly_packs (account_id, member_id, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            account,
            member,
            now
        )
        .execute(tx.db())
        .await?;
    } else {
        sqlx::query!("DELETE FROM monthly_packs WHERE account_id = $1 AND member_id = $2", account, member)
            .execute(tx.db())
            .await?;
    }
    Ok(())
}

/// A pack to download.
#[derive(Debug)]
pub struct Download {
    /// The archive's file name.
    pub name: String,
    /// Bytes.
    pub size: i64,
}

/// A pack that is ready. Not found when it is another account's, not ready, or no longer kept.
pub async fn download(tx: &mut Tx, id: PackId) -> Result<Download> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let now = tx.now();
    let row = sqlx::query!(
        "SELECT from_day, to_day, documents, cost_centre, size FROM finance_packs WHERE account_id = $1 AND id = $2 AND status = 'ready' AND expires_at > $3",
        actor.account().0,
        id.0,
        now
    )
    .fetch_one(tx.db())
    .await?;
    let form = PackForm {
        from: row.from_day,
        to: row.to_day,
        documents: documents(&row.documents)?,
        cost_centre: row.cost_centre,
    };
    Ok(Download { name: form.file_name(), size: row.size })
}

/// A piece of an archive, from 1; none beyond the last. A transaction each: whoever downloads slowly holds no connection meanwhile.
pub async fn part(tx: &mut Tx, id: PackId, no: i32) -> Result<Option<Vec<u8>>> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    Ok(sqlx::query_scalar!(
        "SELECT bytes FROM finance_pack_parts WHERE account_id = $1 AND pack_id = $2 AND no = $3",
        actor.account().0,
        id.0,
        no
    )
    .fetch_optional(tx.db())
    .await?)
}

/// A document as the pack's ledger lists it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Number.
    pub number: String,
    /// Which.
    pub kind: Kind,
    /// Issued.
    pub issued_on: chrono::NaiveDate,
    /// Due.
    pub due_on: chrono::NaiveDate,
    /// Of which order.
    pub order_number: String,
    /// The buyer's reference.
    pub po_number: String,
    /// Where it is booked.
    pub cost_centre: String,
    /// Without tax; as it moves the balance.
    pub net: Money,
    /// Tax; as it moves the balance.
    pub tax: Money,
    /// With tax; as it moves the balance.
    pub gross: Money,
    /// What is left of it; as it moves the balance.
    pub open: Money,
}

/// The documents of a pack, the oldest first. Invalid when there are more than it holds by now. One statement.
pub async fn contents(tx: &mut Tx, form: &PackForm) -> Result<Vec<Listed>> {
    let actor = tx.actor()?;
    actor.require(Permission::InvoiceRead)?;
    let rows = sqlx::query!(
        "SELECT i.number, i.kind, i.issued_on, i.due_on, i.order_number, i.po_number, i.cost_centre, i.currency, i.net, i.tax, i.gross, i.settled
         FROM invoices i WHERE i.account_id = $1 AND i.issued_on BETWEEN $2 AND $3 AND ($4 = 'all' OR i.kind = $4) AND ($5 = '' OR i.cost_centre = $5)
         ORDER BY i.issued_on, i.id LIMIT $6",
        actor.account().0,
        form.from,
        form.to,
        form.documents.code(),
        form.cost_centre,
        MOST + 1
    )
    .fetch_all(tx.db())
    .await?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > MOST {
        return Err(Problem::invalid("from", "These are more documents than a pack holds.").into());
    }
    rows.into_iter()
        .map(|r| {
            let currency = Currency::parse(&r.currency).ok_or_else(|| Error::odd("invoices.currency", &r.currency))?;
            let kind = Kind::parse(&r.kind).ok_or_else(|| Error::odd("invoices.kind", &r.kind))?;
            let money = |amount| kind.signed(Money::new(amount, currency));
            Ok(Listed {
                number: r.number,
                kind,
                issued_on: r.issued_on,
                due_on: r.due_on,
                order_number: r.order_number,
                po_number: r.po_number,
                cost_centre: r.cost_centre,
                net: money(r.net),
                tax: money(r.tax),
                gross: money(r.gross),
                open: money(r.gross - r.settled),
            })
        })
        .collect()
}
