//! Taking in a statement.

use domain::bank::{Entry, Statement, Verdict};
use domain::ids::BankLineId;
use domain::{Permission, Problem};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::books::books;
use super::settle::{Chosen, settle};
use crate::{Result, Tx, audit};

/// The largest statement.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// The most money coming in that one statement may tell of.
pub const MOST_ENTRIES: usize = 5_000;

/// What became of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The file was taken in before: nothing was done.
    pub again: bool,
    /// Entries that no statement had told of.
    pub fresh: usize,
    /// Those of them that were certain, and are booked.
    pub booked: usize,
    /// Entries that an earlier statement told of.
    pub known: usize,
    /// Entries that are no money coming in.
    pub passed_over: usize,
}

/// Takes in a statement and books what is certain; the rest waits for a person. The same file twice is taken once, an entry of two
/// statements booked once. `file` is what was read.
pub async fn take(tx: &mut Tx, name: &str, file: &[u8], statement: &Statement) -> Result<Taken> {
    let actor = tx.actor()?;
    actor.require(Permission::BankBook)?;
    if statement.entries.len() > MOST_ENTRIES {
        return Err(Problem::invalid("file", format!("A statement may hold {MOST_ENTRIES} credits at most.")).into());
    }
    let (id, now) = (crate::new_id::<Uuid>(), tx.now());
    let count = i32::try_from(statement.entries.len()).unwrap_or(i32::MAX);
    let hash = Sha256::digest(file);
    let first = sqlx::query!(
        "INSERT INTO bank_statements (id, hash, name, entries, by_name, taken_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING",
        id,
        hash.as_slice(),
        name,
        count,
        actor.name(),
        now
    )
    .execute(tx.db())
    .await?;
    if first.rows_affected() == 0 {
        return Ok(Taken { again: true, ..Taken::default() });
    }
    let fresh = lines(tx, id, &statement.entries).await?;
    let entries: Vec<&Entry> = fresh.iter().map(|(_, entry)| *entry).collect();
    let mut books = books(tx, entries.iter().copied()).await?;
    let verdicts = books.read_all(entries.iter().copied())?;
    let certain = fresh.iter().zip(verdicts).filter_map(|((line, entry), verdict)| match verdict {
        Verdict::Certain(reading) => Some(Chosen { line: *line, entry: (*entry).clone(), reading, by: String::new() }),
        Verdict::Offered(_) | Verdict::Unknown => None,
    });
    let certain: Vec<Chosen> = certain.collect();
    let taken = Taken {
        again: false,
        fresh: fresh.len(),
        booked: 0,
        known: statement.entries.len() - fresh.len(),
        passed_over: statement.passed_over,
    };
    // In the seller's own trail, whose head comes before all others.
    let detail = json!({ "entries": count, "known": taken.known, "certain": certain.len() });
    audit::record(tx, "bank.statement_taken_in", name, detail).await?;
    let booked = settle(tx, certain).await?;
    Ok(Taken { booked, ..taken })
}

/// Writes the entries that are not there yet, and gives them as they stood in the file. In the order of their key, so that two
/// statements with the same entries wait for each other one way round.
async fn lines<'a>(
    tx: &mut Tx,
    statement: Uuid,
    entries: &'a [(String, Entry)],
) -> Result<Vec<(BankLineId, &'a Entry)>> {
    let ids: Vec<Uuid> = entries.iter().map(|_| crate::new_id()).collect();
    let column = |f: fn(&Entry) -> &str| entries.iter().map(|(_, e)| f(e).to_owned()).collect::<Vec<_>>();
    let written = sqlx::query_scalar!(
        "INSERT INTO bank_lines (id, statement_id, line_no, bank_account, bank_id, booked_on, amount, currency, payer, text, reference, end_to_end)
         SELECT t.id, $1, t.line_no, t.bank_account, t.bank_id, t.booked_on, t.amount, t.currency, t.payer, t.text, t.reference, t.end_to_end
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::numeric[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
              WITH ORDINALITY AS t(id, bank_account, bank_id, booked_on, amount, currency, payer, text, reference, end_to_end, line_no)
         ORDER BY t.bank_account, t.bank_id, t.booked_on, t.amount, t.currency
         ON CONFLICT ON CONSTRAINT bank_entry_once DO NOTHING RETURNING id",
        statement,
        &ids,
        &entries.iter().map(|(account, _)| account.clone()).collect::<Vec<_>>(),
        &column(|e| &e.bank_id),
        &entries.iter().map(|(_, e)| e.on).collect::<Vec<_>>(),
        &entries.iter().map(|(_, e)| e.amount.amount()).collect::<Vec<_>>(),
        &column(|e| e.amount.currency().code()),
        &column(|e| &e.payer),
        &column(|e| &e.text),
        &column(|e| &e.reference),
        &column(|e| &e.end_to_end)
    )
    .fetch_all(tx.db())
    .await?;
    let written: std::collections::HashSet<Uuid> = written.into_iter().collect();
    let all = ids.into_iter().zip(entries);
    Ok(all.filter(|(id, _)| written.contains(id)).map(|(id, (_, entry))| (id.into(), entry)).collect())
}
