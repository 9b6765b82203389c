#![expect(clippy::inconsistent_digit_grouping, reason = "pence stand apart from pounds")]

use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::Currency;
use crate::payments::{Discount, creditor_reference};

fn gbp(pence: i64) -> Money {
    Money::new(Decimal::new(pence, 2), Currency::GBP)
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).expect("a date")
}

fn customer(n: u128, name: &str) -> Customer {
    Customer { id: AccountId(Uuid::from_u128(n)), number: format!("100{n}"), name: name.to_owned() }
}

fn invoice(n: u128, number: &str, pence: i64) -> Invoice {
    let due = Due {
        number: number.to_owned(),
        due_on: day(20),
        po_number: String::new(),
        open: gbp(pence),
        in_payment: gbp(0),
        discount: None,
    };
    Invoice { account: AccountId(Uuid::from_u128(n)), due }
}

fn books() -> Books {
    let mut early = invoice(1, "INV-2026-00004", 100_00);
    early.due.discount = Some(Discount { percent: Decimal::TWO, until: day(10) });
    let awaited = Awaited {
        account: AccountId(Uuid::from_u128(2)),
        number: "PAY-2026-000007".to_owned(),
        reference: creditor_reference("PAY-2026-000007"),
        amount: gbp(80_00),
        invoices: vec!["INV-2026-00021".to_owned(), "INV-2026-00022".to_owned()],
    };
    Books::new(
        vec![customer(1, "Acme Ltd"), customer(2, "Globex Trading Ltd"), customer(3, "Initech GmbH")],
        vec![
            invoice(1, "INV-2026-00011", 120_00),
            invoice(1, "INV-2026-00012", 30_50),
            invoice(1, "INV-2026-00013", 30_50),
            early,
            invoice(2, "INV-2026-00023", 45_00),
            // Two customers whose former systems gave the same number, and one in another currency.
            invoice(2, "90012345", 77_00),
            invoice(3, "90012345", 77_00),
            invoice(3, "90012346", 55_00),
            invoice(2, "90012346", 56_00),
        ],
        vec![awaited],
    )
}

fn entry(payer: &str, text: &str, pence: i64) -> Entry {
    Entry {
        bank_id: "B1".to_owned(),
        on: day(9),
        amount: gbp(pence),
        payer: payer.to_owned(),
        text: text.to_owned(),
        reference: String::new(),
        end_to_end: "NOTPROVIDED".to_owned(),
    }
}

/// `!` certain, `?` offered with the first reading, and what it settles.
fn read(entry: &Entry) -> String {
    let words = |r: &Reading| format!("{} {}", r.customer.name, r.words());
    match books().read(entry).expect("in range") {
        Verdict::Certain(reading) => format!("! {}", words(&reading)),
        Verdict::Offered(readings) => format!("? {}", words(&readings[0])),
        Verdict::Unknown => "unknown".to_owned(),
    }
}

#[test]
fn certain_is_one_reading_in_which_reference_and_amount_agree() {
    for (payer, text, pence, expected) in [
        // Named in whole and paid in whole, whoever pays.
        ("Acme Ltd", "INV-2026-00011", 120_00, "! Acme Ltd INV-2026-00011"),
        ("J. Bell", "inv 2026/11", 120_00, "! Acme Ltd INV-2026-00011"),
        ("", "INV-2026-000\n11", 120_00, "! Acme Ltd INV-2026-00011"),
        ("ACME", "INV-2026-00011 + INV-2026-00012", 150_50, "! Acme Ltd INV-2026-00011, INV-2026-00012"),
        ("ACME", "INV-2026-00011/12", 150_50, "! Acme Ltd INV-2026-00011, INV-2026-00012"),
        // A part of the number is enough from the customer alone.
        ("Acme Limited", "invoice 11", 120_00, "! Acme Ltd INV-2026-00011"),
        ("Globex", "invoice 11", 120_00, "? Acme Ltd INV-2026-00011"),
        // The amount, or part of what is named, does not agree.
        ("Acme Ltd", "INV-2026-00011", 119_99, "? Acme Ltd INV-2026-00011"),
        ("Acme Ltd", "INV-2026-00011", 130_00, "? Acme Ltd INV-2026-00011"),
        ("Acme Ltd", "INV-2026-00011 and INV-2026-00012", 120_00, "? Acme Ltd INV-2026-00011"),
        ("Acme Ltd", "INV-2026-00011 INV-2026-00023", 120_00, "? Acme Ltd INV-2026-00011"),
        // In time, less the discount.
        ("Acme Ltd", "INV-2026-00004", 98_00, "! Acme Ltd INV-2026-00004"),
        ("Acme Ltd", "INV-2026-00004", 100_00, "! Acme Ltd INV-2026-00004"),
        ("Acme Ltd", "INV-2026-00004, INV-2026-00011", 218_00, "! Acme Ltd INV-2026-00004, INV-2026-00011"),
        // Announced, by its number or by all that it pays.
        ("", "PAY-2026-000007", 80_00, "! Globex Trading Ltd PAY-2026-000007"),
        ("", "INV-2026-00021 INV-2026-00022", 80_00, "! Globex Trading Ltd PAY-2026-000007"),
        ("Globex", "thanks", 80_00, "? Globex Trading Ltd PAY-2026-000007"),
        ("", "PAY-2026-000007", 80_01, "? Globex Trading Ltd on account"),
        // The same number twice: the amount is the same, or tells them apart.
        ("Initech", "90012345", 77_00, "? Initech GmbH 90012345"),
        ("Initech", "90012346", 55_00, "! Initech GmbH 90012346"),
        // Without a number.
        ("Acme Ltd", "thank you", 30_50, "? Acme Ltd INV-2026-00012"),
        ("Acme Ltd", "PAYMENT", 7_00, "? Acme Ltd on account"),
        ("Somebody", "", 45_00, "? Globex Trading Ltd INV-2026-00023"),
        ("Somebody", "see 11", 7_00, "unknown"),
    ] {
        assert_eq!(read(&entry(payer, text, pence)), expected, "{payer}: {text} {pence}");
    }
}

#[test]
fn the_reference_in_its_own_field_counts_and_a_mistyped_one_does_not() {
    let mut given = entry("", "", 80_00);
    given.reference = creditor_reference("PAY-2026-000007");
    assert_eq!(read(&given), "! Globex Trading Ltd PAY-2026-000007");
    given.reference = format!("RF00{}", &given.reference[4..]);
    assert_eq!(read(&given), "? Globex Trading Ltd PAY-2026-000007");
}

#[test]
fn another_currency_or_a_late_discount_is_not_certain() {
    let mut given = entry("Acme Ltd", "INV-2026-00011", 120_00);
    given.amount = Money::new(Decimal::from(120), Currency::parse("EUR").expect("euros"));
    assert_eq!(read(&given), "? Acme Ltd on account");
    let mut late = entry("Acme Ltd", "INV-2026-00004", 98_00);
    late.on = day(11);
    let Verdict::Offered(readings) = books().read(&late).expect("in range") else { panic!("not certain") };
    assert_eq!(readings[0].why[1], "£2.00 less than is open");
}

#[test]
fn the_second_of_two_equal_transfers_is_cash_on_account() {
    let twice = [entry("Acme Ltd", "INV-2026-00011", 120_00), entry("Acme Ltd", "INV-2026-00011", 120_00)];
    let verdicts = books().read_all(&twice).expect("in range");
    assert!(matches!(&verdicts[0], Verdict::Certain(_)));
    let Verdict::Offered(readings) = &verdicts[1] else { panic!("{:?}", verdicts[1]) };
    assert_eq!(readings.iter().map(Reading::words).collect::<Vec<_>>(), ["on account"]);
}

proptest! {
    /// Whatever is written and paid: what is certain is paid once, by exactly its amount, never more than is open, and was named.
    #[test]
    fn never_certain_about_two_and_never_more_than_open(
        payments in prop::collection::vec(
            (0_usize..4, prop::collection::vec(0_usize..14, 0..3), prop::sample::select(vec![" ", ", ", "/", "\n", ""]), 0_usize..12),
            1..12,
        ),
    ) {
        const SAID: [&str; 14] = [
            "INV-2026-00011", "INV-2026-00012", "2026-13", "INV 4", "INV-2026-00023", "90012345", "90012346", "PAY-2026-000007",
            "INV-2026-00021", "INV-2026-00022", "11", "12", "thank you", "PO 4711",
        ];
        const PAID: [i64; 12] = [120_00, 30_50, 150_50, 61_00, 98_00, 100_00, 45_00, 77_00, 55_00, 80_00, 1, 181_00];
        const PAYERS: [&str; 4] = ["Acme", "Globex Trading", "Initech", "Nobody"];
        let entries: Vec<Entry> = payments
            .iter()
            .map(|(payer, said, by, paid)| {
                entry(PAYERS[*payer], &said.iter().map(|s| SAID[*s]).collect::<Vec<_>>().join(by), PAID[*paid])
            })
            .collect();
        let mut books = books();
        let verdicts = books.read_all(&entries).expect("in range");
        let mut paid = std::collections::BTreeSet::new();
        for (entry, verdict) in entries.iter().zip(&verdicts) {
            let readings = match verdict {
                Verdict::Certain(reading) => std::slice::from_ref(reading),
                Verdict::Offered(readings) => readings,
                Verdict::Unknown => &[],
            };
            for reading in readings {
                let sum = match &reading.settles {
                    Settles::Payment(_) => { prop_assert_eq!(entry.amount, gbp(80_00)); entry.amount }
                    Settles::Invoices(parts) => {
                        for part in parts {
                            let open = self::books();
                            let open = open.open_of(reading.customer.id, &part.number).expect("an open invoice");
                            prop_assert!(part.money.plus(part.discount).expect("in range").amount() <= open.amount());
                        }
                        Money::sum(Currency::GBP, parts.iter().map(|p| p.money)).expect("in range")
                    }
                    Settles::OnAccount => gbp(0),
                };
                prop_assert!(sum.amount() <= entry.amount.amount());
                if matches!(verdict, Verdict::Certain(_)) {
                    prop_assert_eq!(sum, entry.amount);
                    for number in reading.words().split(", ") {
                        prop_assert!(paid.insert((reading.customer.id, number.to_owned())), "{} is paid twice", number);
                    }
                }
            }
        }
    }
}
