//! Reading bank statements: ISO 20022 camt.053, versions .02 to .08 and whatever differs from them in its namespace alone.
//!
//! Entries that are money coming in (`CRDT`, `BOOK`) become one line each, those of a batch one line a transaction. What a program
//! must not guess is asked for by name. No document type, no entities but XML's own; depth and size are bounded.

mod tree;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::bank::{Entry, Statement};
use domain::{Currency, Money, Problem};
use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};

use tree::Node;

/// The longest text that is kept of an entry; `Ustrd` has 140 characters a line.
const TEXT: usize = 2_000;

fn wrong(words: impl Into<String>) -> Problem {
    Problem::invalid("file", words)
}

/// Reads a statement. Invalid when it is none, or when something that counts is missing: the message says what.
pub fn read(file: &[u8]) -> Result<Statement, Problem> {
    let text = std::str::from_utf8(file).map_err(|_| wrong("This file is not in UTF-8."))?;
    let document = tree::parse(text.trim_start_matches('\u{feff}')).map_err(wrong)?;
    let root = document.child("BkToCstmrStmt");
    let root = root.ok_or_else(|| wrong("This is no camt.053 statement: BkToCstmrStmt is missing."))?;
    let mut statement = Statement::default();
    let mut found = false;
    for stmt in root.all("Stmt") {
        found = true;
        let id = stmt.at("Acct/Id");
        let account = id.and_then(|id| id.word("IBAN").or_else(|| id.word("Othr/Id")));
        let account = account.ok_or_else(|| wrong("A statement (Stmt) has no account: Acct/Id/IBAN is missing."))?;
        // Some banks give one id to several entries: within one statement they are told apart by their order.
        let mut ids: HashMap<String, u32> = HashMap::new();
        for (no, ntry) in stmt.all("Ntry").enumerate() {
            let entries = entries(ntry).map_err(|what| wrong(format!("Entry {} of {account}: {what}.", no + 1)))?;
            if entries.is_empty() {
                statement.passed_over += 1;
            }
            for mut entry in entries {
                let times = ids.entry(entry.bank_id.clone()).or_default();
                *times += 1;
                if *times > 1 {
                    entry.bank_id = format!("{}#{times}", entry.bank_id);
                }
                statement.entries.push((account.to_owned(), entry));
            }
        }
    }
    if found { Ok(statement) } else { Err(wrong("This camt.053 document holds no statement (Stmt).")) }
}

/// The money coming in of an entry; nothing of debits, of what is not booked yet, and of what comes back to the seller.
fn entries(ntry: &Node) -> Result<Vec<Entry>, String> {
    let missing = |what: &str| format!("{what} is missing");
    let direction = ntry.word("CdtDbtInd").ok_or_else(|| missing("CdtDbtInd"))?;
    // .02 writes the status as text, later versions as a code below it.
    let status = ntry.word("Sts/Cd").or_else(|| ntry.word("Sts")).ok_or_else(|| missing("Sts"))?;
    let details: Vec<&Node> = ntry.all("NtryDtls").flat_map(|d| d.all("TxDtls")).collect();
    let back = ntry.word("RvslInd") == Some("true") || details.iter().any(|d| d.child("RtrInf").is_some());
    if direction != "CRDT" || status != "BOOK" || back {
        return Ok(Vec::new());
    }
    let amount = money(ntry.child("Amt").ok_or_else(|| missing("Amt"))?)?;
    if amount.amount().is_zero() {
        return Ok(Vec::new());
    }
    let on = ntry.word("BookgDt/Dt").or_else(|| ntry.word("BookgDt/DtTm")).ok_or_else(|| missing("BookgDt"))?;
    let on: NaiveDate =
        on.get(..10).and_then(|day| day.parse().ok()).ok_or_else(|| format!("BookgDt is no date: {on}"))?;
    let own = id(ntry.word("AcctSvcrRef"));
    let parts: Option<Vec<Money>> = details.iter().map(|d| part(d, amount.currency())).collect();
    let sum = parts.as_ref().and_then(|p| Money::sum(amount.currency(), p.iter().copied()).ok());
    // A batch is taken apart when its parts are the whole; charges or another currency within it are left to a person.
    if let (Some(parts), true) = (parts, details.len() > 1 && sum == Some(amount)) {
        let lines = details.iter().zip(parts).enumerate().map(|(i, (d, amount))| {
            let said = id(d.word("Refs/AcctSvcrRef"));
            let bank_id = match (&own, said) {
                (Some(own), Some(said)) if *own != said => format!("{own}/{said}"),
                (Some(own), _) => format!("{own}/{}", i + 1),
                (None, said) => said.unwrap_or_default(),
            };
            entry(bank_id, on, amount, &[d], ntry)
        });
        return Ok(lines.collect());
    }
    let said = || details.first().and_then(|d| id(d.word("Refs/AcctSvcrRef")));
    Ok(vec![entry(own.or_else(said).unwrap_or_default(), on, amount, &details, ntry)])
}

/// A bank's id, unless it says that there is none.
fn id(said: Option<&str>) -> Option<String> {
    said.filter(|id| !matches!(*id, "NONREF" | "NOTPROVIDED")).map(str::to_owned)
}

/// What a transaction of a batch brings in, in the batch's currency.
fn part(details: &Node, currency: Currency) -> Option<Money> {
    let credit = details.word("CdtDbtInd").is_none_or(|d| d == "CRDT");
    let amount = details.child("Amt").or_else(|| details.at("AmtDtls/TxAmt/Amt"))?;
    money(amount).ok().filter(|m| credit && m.currency() == currency && !m.amount().is_zero())
}

fn money(amount: &Node) -> Result<Money, String> {
    let code = amount.currency.as_deref().ok_or("the currency (Ccy) of Amt is missing")?;
    let currency = Currency::parse(code).ok_or_else(|| format!("{code} is no currency"))?;
    let value: Decimal = amount.text.trim().parse().map_err(|_| format!("Amt is no amount: {}", amount.text.trim()))?;
    let money = Money::new(value, currency);
    if value.is_sign_negative() && !value.is_zero()
        || money.rounded() != money
        || value >= Decimal::from(10_i64.pow(15))
    {
        return Err(format!("Amt is no amount in {code}: {value}"));
    }
    Ok(money)
}

fn entry(bank_id: String, on: NaiveDate, amount: Money, details: &[&Node], ntry: &Node) -> Entry {
    let first = |paths: &[&str]| {
        let found = details.iter().find_map(|d| paths.iter().find_map(|path| d.word(path)));
        found.unwrap_or_default().chars().take(140).collect::<String>()
    };
    let mut lines: Vec<&str> = details.iter().flat_map(|d| d.words("RmtInf/Ustrd")).collect();
    lines.extend(details.iter().flat_map(|d| d.words("RmtInf/Strd/RfrdDocInf/Nb")));
    lines.extend(details.iter().flat_map(|d| d.words("RmtInf/Strd/AddtlRmtInf")));
    if lines.is_empty() {
        lines.extend(ntry.word("AddtlNtryInf"));
    }
    let end_to_end = first(&["Refs/EndToEndId"]);
    let mut entry = Entry {
        bank_id,
        on,
        amount,
        // Later versions put a party below `Pty`. The debtor pays; the ultimate one is who they pay for.
        payer: first(&[
            "RltdPties/Dbtr/Pty/Nm",
            "RltdPties/Dbtr/Nm",
            "RltdPties/UltmtDbtr/Pty/Nm",
            "RltdPties/UltmtDbtr/Nm",
        ]),
        text: lines.join("\n").chars().take(TEXT).collect(),
        reference: details.iter().flat_map(|d| d.words("RmtInf/Strd/CdtrRefInf/Ref")).collect::<Vec<_>>().join(" "),
        end_to_end: if end_to_end == "NOTPROVIDED" { String::new() } else { end_to_end },
    };
    if entry.bank_id.is_empty() {
        // A bank without ids: the entry's own words, which are the same in every statement that tells of it.
        let words = [&entry.payer, &entry.text, &entry.reference, &entry.end_to_end].map(String::as_str).join("\u{1f}");
        entry.bank_id = format!("~{}", &hex::encode(Sha256::digest(words))[..32]);
    }
    entry
}
