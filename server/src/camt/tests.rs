//! Statements as banks write them: a hand-written one of version .02, and those of the package `mock-bank` (.08), which
//! scripts/setup puts below .data.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use chrono::NaiveDate;
use domain::bank::{Books, Customer, Invoice, Settles, Verdict};
use domain::ids::AccountId;
use domain::payments::Due;
use domain::{Currency, Money, Problem, text};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use super::read;

const SAMPLE: &str = include_str!("sample.xml");

fn complaint(file: &str) -> String {
    match read(file.as_bytes()) {
        Err(Problem::Invalid(fields)) => fields[0].message.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn credits_are_read_and_batches_taken_apart() {
    let statement = read(SAMPLE.as_bytes()).expect("a statement");
    assert_eq!(statement.passed_over, 2, "a debit, and what is not booked yet");
    assert!(statement.entries.iter().all(|(account, _)| account == "GB33BUKB20201555555555"));
    let entries: Vec<_> = statement.entries.iter().map(|(_, e)| e).collect();
    let first = entries[0];
    assert_eq!(
        (first.bank_id.as_str(), first.payer.as_str(), first.text.as_str(), first.end_to_end.as_str()),
        ("B-1", "Acme & Sons Ltd", "INV-2026-000\n01 thanks", "")
    );
    assert_eq!((first.reference.as_str(), text::plain(first.amount).as_str()), ("RF18539007547034", "120.50"));
    let batch: Vec<_> =
        entries[1..3].iter().map(|e| (e.bank_id.as_str(), text::plain(e.amount), e.text.as_str())).collect();
    assert_eq!(batch, [("B-2/1", "10.00".to_owned(), "one"), ("B-2/2", "20.00".to_owned(), "two")]);
    // Two entries without an id that say the same are two, whenever they are read.
    assert_ne!(entries[3].bank_id, entries[4].bank_id);
    assert_eq!(read(SAMPLE.as_bytes()).expect("a statement"), statement);
    // Charges within a batch: it stays whole.
    let charged = read(SAMPLE.replace(">20.00<", ">19.00<").as_bytes()).expect("a statement");
    assert_eq!(charged.entries[1].1.text, "one\ntwo");
}

#[test]
fn what_is_missing_is_named() {
    for (from, to, says) in [
        (SAMPLE, "", "This file is empty, or not XML."),
        (SAMPLE, "hello", "This file is empty, or not XML."),
        ("</Stmt>", "", "This file is not well-formed XML"),
        ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn", "This is no camt.053 statement: BkToCstmrStmt is missing."),
        ("<IBAN>GB33BUKB20201555555555</IBAN>", "", "A statement (Stmt) has no account: Acct/Id/IBAN is missing."),
        ("<BookgDt><Dt>2026-11-20</Dt></BookgDt>", "", "Entry 1 of GB33BUKB20201555555555: BookgDt is missing."),
        ("120.50", "12,50", "Entry 1 of GB33BUKB20201555555555: Amt is no amount: 12,50."),
        (" Ccy=\"GBP\"", "", "Entry 1 of GB33BUKB20201555555555: the currency (Ccy) of Amt is missing."),
        (
            "<Document",
            "<!DOCTYPE d [<!ENTITY a \"b\">]><Document",
            "This file has a document type; a statement has none.",
        ),
        ("&amp;", "&a;", "This file uses an entity that XML does not know: a."),
    ] {
        let told = complaint(&SAMPLE.replace(from, to));
        assert!(told.starts_with(says), "{told}");
    }
    assert_eq!(complaint(&"<a>".repeat(40)), "This file is larger than a statement is.");
}

/// The statements that the package writes of these credits.
fn statements(credits: &[Value]) -> Vec<String> {
    const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.data/bank/bin/python");
    let mut bank = Command::new(PYTHON)
        .args(["-c", include_str!("bank.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the bank is not installed: run scripts/setup");
    let mut stdin = bank.stdin.take().expect("piped");
    stdin.write_all(json!(credits).to_string().as_bytes()).expect("the bank listens");
    drop(stdin);
    let answer = bank.wait_with_output().expect("the bank answers");
    assert!(answer.status.success(), "the bank failed");
    serde_json::from_slice(&answer.stdout).expect("JSON")
}

/// Three hundred transfers as people make them: some name their invoice in whole, some shortly, some another one's, some nothing; some
/// pay less. What is certain is always what was meant.
#[test]
fn of_realistic_statements_nothing_certain_is_wrong() {
    let names: Vec<String> =
        ["Acme", "Globex Trading", "Initech", "Umbrella Supplies", "Stark Works"].map(|n| format!("{n} Ltd")).to_vec();
    let euros = Currency::parse("EUR").expect("euros");
    let day = NaiveDate::from_ymd_opt(2026, 12, 31).expect("a date");
    let account = |n: usize| AccountId(Uuid::from_u128(n as u128 + 1));
    // Every seventh amount is another's too.
    let open = |n: usize| 10_000 + 137 * i64::try_from(n - n % 7 / 6).expect("small");
    let number = |n: usize| format!("INV-2026-{:05}", n + 1);
    let credits: Vec<Value> = (0..300)
        .map(|n| {
            let (whole, serial) = (number(n), n + 1);
            let (note, wrap) = match n % 10 {
                0 | 1 => (format!("Invoice {whole} with thanks"), 140),
                2 => (whole.to_lowercase().replace('-', " "), 140),
                3 => (format!("Payment for our order of last month, your {whole}"), 35),
                4 => (format!("INV {serial}"), 140),
                5 => (format!("{serial}"), 140),
                6 => ("PAYMENT".to_owned(), 140),
                7 => (format!("Invoice {whole} less 5.00 for damaged goods"), 70),
                8 => (format!("PO 2026-{:05}", 400 + n), 140),
                _ => (format!("{whole} {}", number((n + 1) % 300)), 140),
            };
            let paid = if n % 10 == 7 { open(n) - 500 } else { open(n) };
            let payer = if n % 4 == 3 { "J. Bell".to_owned() } else { names[n % 5].to_uppercase() };
            json!({ "amount": paid, "note": note, "wrap": wrap, "debtor": { "name": payer }, "end_to_end_id": format!("E{n}") })
        })
        .collect();
    let files = statements(&credits);
    let mut entries = Vec::new();
    for file in &files {
        entries.extend(read(file.as_bytes()).expect("a statement").entries.into_iter().map(|(_, e)| e));
    }
    assert_eq!(entries.len(), 300);
    let customers =
        names.into_iter().enumerate().map(|(i, name)| Customer { id: account(i), number: i.to_string(), name });
    let invoices = (0..300).map(|n| Invoice {
        account: account(n % 5),
        due: Due {
            number: number(n),
            due_on: day,
            po_number: String::new(),
            open: Money::new(Decimal::new(open(n), 2), euros),
            in_payment: Money::zero(euros),
            discount: None,
        },
    });
    let mut books = Books::new(customers.collect(), invoices.collect(), Vec::new());
    let mut tally: HashMap<&str, usize> = HashMap::new();
    for (entry, verdict) in entries.iter().zip(books.read_all(&entries).expect("in range")) {
        let n: usize = entry.end_to_end[1..].parse().expect("ours");
        match verdict {
            Verdict::Certain(reading) => {
                *tally.entry("certain").or_default() += 1;
                let Settles::Invoices(parts) = &reading.settles else { panic!("{reading:?}") };
                assert_eq!(parts.iter().map(|p| p.number.clone()).collect::<Vec<_>>(), [number(n)], "{entry:?}");
                assert!(!matches!(n % 10, 6..=8), "{entry:?}");
            }
            Verdict::Offered(_) => *tally.entry("offered").or_default() += 1,
            Verdict::Unknown => *tally.entry("unknown").or_default() += 1,
        }
    }
    println!("of 300: {tally:?}");
    assert!(tally["certain"] >= 120, "{tally:?}");
}
