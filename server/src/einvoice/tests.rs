//! Documents of every kind, held to the published rules by the package `mock-einvoice` (scripts/setup puts it below .data).

use std::io::Write as _;
use std::process::{Command, Stdio};

use domain::invoices::{Charge, ChargeFor, InvoiceLine, InvoicePage, Kind, Party, totals};
use domain::tax::{Category, Taxed, highest};
use domain::{Currency, Money, Quantity};
use rust_decimal::Decimal;

use super::ubl;
use crate::pdf::sample;

/// What is wrong with each of these documents.
fn judged(documents: &[Vec<u8>]) -> Vec<Vec<String>> {
    const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.data/einvoice/bin/python");
    let mut judge = Command::new(PYTHON)
        .args(["-c", include_str!("judge.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the rules are not installed: run scripts/setup");
    let texts: Vec<&str> = documents.iter().map(|d| std::str::from_utf8(d).expect("UTF-8")).collect();
    let mut stdin = judge.stdin.take().expect("piped");
    stdin.write_all(serde_json::to_string(&texts).expect("JSON").as_bytes()).expect("the judge listens");
    drop(stdin);
    let answer = judge.wait_with_output().expect("the judge answers");
    assert!(answer.status.success(), "the judge failed");
    serde_json::from_slice(&answer.stdout).expect("JSON")
}

/// Numbers that look random and are the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // Knuth's MMIX generator; its upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.roll(of.len() as u64)).expect("small")]
    }

    fn chance(&mut self) -> bool {
        self.roll(2) == 0
    }
}

fn rate(category: Category) -> Decimal {
    match category {
        Category::Standard => Decimal::from(20),
        Category::Reduced => Decimal::new(55, 1),
        _ => Decimal::ZERO,
    }
}

fn line(dice: &mut Dice, no: i32, currency: Currency, category: Category) -> InvoiceLine {
    const NAMES: [&str; 4] = ["Hex bolt M8 × 40", "Gloves <L> & \"friends\"", "Ölfilter 25 µm", "  Tape\u{0}\n"];
    let quantity = i64::try_from(dice.roll(99_999) + 1).expect("small");
    let quantity = Quantity::new(Decimal::new(quantity, dice.pick(&[0, 0, 1, 3]))).expect("positive");
    let price = i64::try_from(dice.roll(99_999)).expect("small");
    let unit_price = Money::new(Decimal::new(price, dice.pick(&[0, 2, 2, 4])), currency);
    let mut net = unit_price.line(quantity).expect("in range");
    // As the last part of a line may come out, or a line of a former system.
    if dice.roll(10) == 0 {
        net = net.plus(Money::new(Decimal::from(3), currency)).expect("in range");
    }
    InvoiceLine {
        line_no: no,
        sku: dice.pick(&["BD-00001", "A&B", ""]).to_owned(),
        own_number: dice.pick(&["", "4711-B", "Ä & <1>"]).to_owned(),
        name: dice.pick(&NAMES).to_owned(),
        unit: dice.pick(&["EA", "box", "100 pcs", "kg", "m²", "furlong"]).to_owned(),
        quantity,
        unit_price,
        net,
        tax_rate: rate(category),
        category,
        order_line: dice.chance().then_some(no),
    }
}

/// A document with anything that a document may have.
fn random(seed: u64) -> InvoicePage {
    let dice = &mut Dice(seed);
    let kind = dice.pick(&[Kind::Invoice, Kind::Invoice, Kind::CreditNote]);
    let currency = Currency::parse(dice.pick(&["GBP", "EUR", "JPY", "USD"])).expect("a currency");
    let mut page = sample::page(kind, currency, 1);
    let categories: Vec<Category> = (0..=dice.roll(3)).map(|_| dice.pick(&Category::ALL)).collect();
    let lines: i32 = dice.pick(&[1, 2, 3, 7, 40]);
    page.lines = (1..=lines)
        .map(|no| {
            let category = dice.pick(&categories);
            line(dice, no, currency, category)
        })
        .collect();
    let taxed: Vec<Taxed> = page.lines.iter().map(InvoiceLine::taxed).collect();
    let (top, category) = highest(&taxed).expect("lines");
    let beside = |what, amount: Money| Charge { what, taxed: Taxed { net: amount.rounded(), rate: top, category } };
    if dice.chance() {
        page.charges.push(beside(ChargeFor::Delivery, Money::new(Decimal::new(750, 2), currency)));
    }
    if kind == Kind::CreditNote && dice.chance() {
        let most =
            taxed.iter().filter(|t| t.rate == top && t.category == category).map(|t| t.net.amount()).sum::<Decimal>();
        page.charges.push(beside(ChargeFor::Restocking, Money::new(most / Decimal::from(4), currency)));
    }
    page.totals = totals(currency, &taxed, &page.charges).expect("in range");
    (page.row.gross, page.row.open) = (page.totals.gross, page.totals.gross);
    if kind == Kind::CreditNote {
        page.corrects = dice.chance().then(|| ("INV-2026-00007".to_owned(), sample::day(10, 1)));
        page.reason = "Two came back: wrong size".to_owned();
    }
    if dice.chance() {
        page.row.po_number = String::new();
    }
    if dice.chance() {
        page.row.order_number = String::new();
    }
    if dice.chance() {
        page.ship_to = Some(page.bill_to.clone());
    }
    if dice.chance() {
        page.delivered_on = None;
    }
    if dice.chance() {
        page.discount = Some(domain::payments::Discount { percent: Decimal::TWO, until: sample::day(11, 30) });
    }
    if dice.chance() {
        page.cost_centre = String::new();
    }
    // Both in Germany, which has rules of its own; across borders; at home.
    match dice.roll(4) {
        0 => {
            (page.seller.address.country, page.seller.vat_number) = ("DE".to_owned(), "DE 123 456 789".to_owned());
            buyer(&mut page, "DE", "987654321", "");
        }
        1 => buyer(&mut page, "FR", "FR40303265045", ""),
        2 => buyer(&mut page, "DE", "DE987654321", "0088:4098765000003"),
        _ => {}
    }
    if !page.lines.iter().any(|l| l.category.needs_vat_numbers()) && dice.roll(5) == 0 {
        page.buyer.vat_number = String::new();
        page.buyer.endpoint = dice.pick(&["", "0204:991-12345-07"]).to_owned();
    }
    if dice.chance() {
        page.seller.iban = String::new();
    }
    page
}

fn buyer(page: &mut InvoicePage, country: &str, vat_number: &str, endpoint: &str) {
    page.bill_to.country = country.to_owned();
    page.buyer = Party {
        name: page.buyer.name.clone(),
        vat_number: vat_number.to_owned(),
        endpoint: endpoint.to_owned(),
        country: country.to_owned(),
    };
}

#[test]
fn hundreds_of_documents_keep_every_published_rule() {
    let pages: Vec<InvoicePage> = (1..=300).map(random).collect();
    assert!(pages.iter().all(InvoicePage::einvoice));
    let documents: Vec<Vec<u8>> = pages.iter().map(ubl).collect();
    for (seed, (found, document)) in (1..).zip(judged(&documents).into_iter().zip(&documents)) {
        assert!(found.is_empty(), "document {seed}: {found:#?}\n{}", String::from_utf8_lossy(document));
    }
    for category in Category::ALL {
        assert!(pages.iter().any(|p| p.lines.iter().any(|l| l.category == category)), "{category:?} was never meant");
    }
}

#[test]
fn the_judge_is_awake() {
    let mut page = sample::page(Kind::Invoice, Currency::GBP, 3);
    page.totals.gross = page.totals.net;
    let found = judged(&[ubl(&page)]).remove(0);
    assert!(found.iter().any(|f| f.starts_with("BR-CO-15")), "{found:#?}");
}

#[test]
fn what_the_standard_cannot_say_is_not_offered() {
    let good = sample::page(Kind::Invoice, Currency::GBP, 3);
    assert!(good.einvoice());
    assert!(!sample::page(Kind::Invoice, Currency::parse("KWD").expect("dinars"), 3).einvoice(), "three decimals");
    let mut page = good.clone();
    page.seller.vat_number = String::new();
    assert!(!page.einvoice());
    page = good.clone();
    page.lines[0].category = Category::ReverseCharge;
    page.buyer.vat_number = String::new();
    assert!(!page.einvoice());
    page = good;
    page.row.gross = page.row.gross.plus(Money::new(Decimal::ONE, Currency::GBP)).expect("in range");
    assert!(!page.einvoice(), "a former system rounded otherwise");
}

#[test]
fn whoever_has_no_electronic_address_gets_the_standard_without_the_network() {
    let mut page = sample::page(Kind::Invoice, Currency::GBP, 1);
    page.buyer = Party { name: "Walk-in".to_owned(), country: "GB".to_owned(), ..Party::default() };
    let text = String::from_utf8(ubl(&page)).expect("UTF-8");
    assert!(text.contains(">urn:cen.eu:en16931:2017</cbc:CustomizationID>") && !text.contains("ProfileID"), "{text}");
}
