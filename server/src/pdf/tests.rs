//! What a reader gets: the words back out of the file, its pages and its structure.

use domain::accounts::Address;
use domain::invoices::{Charge, ChargeFor, InvoiceLine, InvoicePage, Kind, Language, Letterhead, Settlement, totals};
use domain::tax::{Category, Taxed};
use domain::{Currency, Money, Quantity, text};
use lopdf::{Document, Object};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::invoice;
use super::sample::{day, page};
use super::tongue::Tongue;

fn read(page: &InvoicePage) -> Document {
    Document::load_mem(&invoice(page).expect("a document")).expect("a PDF")
}

/// The words of each page, a space between them whatever the line breaks.
fn pages(pdf: &Document) -> Vec<String> {
    let page = |n: &u32| pdf.extract_text(&[*n]).expect("text").split_whitespace().collect::<Vec<_>>().join(" ");
    pdf.get_pages().keys().map(page).collect()
}

fn words(page: &InvoicePage) -> String {
    pages(&read(page)).join(" ")
}

fn says(words: &str, wanted: &str) {
    let wanted = wanted.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&wanted), "no {wanted:?} in {words}");
}

#[test]
fn everything_in_the_page_can_be_read_in_the_document() {
    let page = page(Kind::Invoice, Currency::GBP, 9);
    let words = words(&page);
    for line in &page.lines {
        let figures = [text::money(line.unit_price), text::percent(line.tax_rate), text::money(line.net)];
        for wanted in [&line.sku, &line.name, &line.unit, &line.quantity.to_string()].into_iter().chain(&figures) {
            says(&words, wanted);
        }
    }
    for wanted in
        ["Invoice INV-2026-000123", "20 Nov 2026", "20 Dec 2026", "SO-2026-000412", "4500057201", "MAINT", "C-10042"]
    {
        says(&words, wanted);
    }
    for wanted in page.bill_to.lines().into_iter().chain(page.seller.address.lines()) {
        says(&words, &wanted);
    }
    for wanted in
        ["GB123456789", "accounts@northgate.example", "+44 161 496 0000", "GB33 BUKB 2020 1555 5555 55", "BUKBGB22"]
    {
        says(&words, wanted);
    }
    says(&words, &format!("Please pay {} by 20 Dec 2026, quoting INV-2026-000123.", text::money(page.row.open)));
    says(&words, "Page 1 of 1");
}

#[test]
fn tax_is_shown_per_rate_with_its_base() {
    let page = page(Kind::Invoice, Currency::GBP, 30);
    let words = words(&page);
    assert_eq!(page.totals.taxes.len(), 2);
    for tax in &page.totals.taxes {
        says(&words, &format!("Tax {} on {} {}", text::percent(tax.rate), text::money(tax.base), text::money(tax.tax)));
    }
    says(&words, &format!("Total {}", text::money(page.totals.gross)));
}

#[test]
fn a_long_invoice_repeats_the_head_and_carries_the_sum() {
    let page = page(Kind::Invoice, Currency::GBP, 125);
    let pages = pages(&read(&page));
    assert!(pages.len() >= 4, "{} pages", pages.len());
    for (i, words) in pages.iter().enumerate() {
        says(words, "Description Quantity Unit Unit price Tax Amount");
        says(words, &format!("Page {} of {}", i + 1, pages.len()));
        assert_eq!(words.contains("Brought forward"), i > 0);
        assert_eq!(words.contains("Carried forward"), i + 1 < pages.len());
    }
    for line in &page.lines {
        assert_eq!(
            pages.iter().filter(|words| words.contains(&line.sku)).count(),
            1,
            "{} stands on one page",
            line.sku
        );
    }
    let on_first = page.lines.iter().filter(|l| pages[0].contains(&l.sku)).map(|l| l.net);
    let carried = Money::sum(Currency::GBP, on_first).expect("in range");
    says(&pages[0], &format!("Carried forward {}", text::money(carried)));
    says(&pages[1], &format!("Brought forward {}", text::money(carried)));
}

#[test]
fn the_last_page_never_holds_totals_alone() {
    for lines in (10..40).step_by(2) {
        let page = page(Kind::Invoice, Currency::GBP, lines);
        let pages = pages(&read(&page));
        let last = pages.last().expect("a page");
        says(last, &page.lines.last().expect("a line").sku);
        says(last, "Goods");
    }
}

#[test]
fn what_was_paid_is_taken_off() {
    let mut paid = page(Kind::Invoice, Currency::GBP, 3);
    let part = Money::new(Decimal::new(10_050, 2), Currency::GBP);
    paid.settlements.push(Settlement {
        number: "PAY-2026-000009".to_owned(),
        on: day(11, 25),
        amount: part,
        undo: None,
    });
    paid.row.open = paid.row.gross.minus(part).expect("in range");
    let some_left = words(&paid);
    says(&some_left, "Paid 25 Nov 2026, PAY-2026-000009 −£100.50");
    says(&some_left, &format!("Open amount {}", text::money(paid.row.open)));
    says(&some_left, &format!("Please pay {} by", text::money(paid.row.open)));
    paid.row.open = Money::zero(Currency::GBP);
    let all_paid = words(&paid);
    says(&all_paid, "Nothing is left to pay.");
    assert!(!all_paid.contains("Please pay") && !all_paid.contains("IBAN"));
}

#[test]
fn a_credit_note_asks_for_no_money() {
    let page = page(Kind::CreditNote, Currency::GBP, 2);
    let words = words(&page);
    says(&words, "Credit note CN-2026-000017");
    says(&words, &format!("{} credited to your account", text::money(page.row.gross)));
    says(&words, "Its amounts are positive and are credited to you: nothing is to be paid.");
    for unwanted in ["Please pay", "IBAN", "Due", "due by", "−"] {
        assert!(!words.contains(unwanted), "{unwanted}");
    }
}

#[test]
fn currencies_keep_their_digits() {
    for (code, wanted) in [("JPY", "¥"), ("KWD", "KWD ")] {
        let currency = Currency::parse(code).expect("known");
        let page = page(Kind::Invoice, currency, 40);
        let words = words(&page);
        says(&words, &format!("Total {}", text::money(page.totals.gross)));
        says(&words, wanted);
    }
}

#[test]
fn an_empty_page_is_still_a_document() {
    let mut page = page(Kind::Invoice, Currency::GBP, 1);
    page.bill_to = Address::default();
    page.seller = Letterhead::default();
    page.lines[0].name = String::new();
    page.lines[0].sku = String::new();
    page.row.order_number = String::new();
    page.row.po_number = String::new();
    page.cost_centre = String::new();
    let some = words(&page);
    assert!(!some.contains("IBAN") && !some.contains("VAT no.") && !some.contains("Your reference"));
    page.row.number = String::new();
    page.account_number = String::new();
    page.lines.clear();
    says(&words(&page), "Page 1 of 1");
}

#[test]
fn a_name_longer_than_a_page_goes_on_over_the_next() {
    let mut page = page(Kind::Invoice, Currency::GBP, 3);
    page.lines[1].name = "rather long ".repeat(2_000);
    page.lines[2].name = "x".repeat(3_000);
    page.bill_to.company = "Very Long Company Name & Sons ".repeat(40);
    page.seller.name = "Long".repeat(200);
    page.row.po_number = "PO".repeat(300);
    let pages = pages(&read(&page));
    assert!(pages.len() > 2);
    assert_eq!(pages.join(" ").matches("rather").count(), 2_000);
}

#[test]
fn characters_without_a_glyph_are_marked_and_kept_for_listeners() {
    let mut page = page(Kind::Invoice, Currency::GBP, 1);
    page.lines[0].name = "Ω µ é £ € − × Привет".to_owned();
    page.bill_to.company = "中文\u{feff}\u{0}GmbH\u{e000}".to_owned();
    let pdf = read(&page);
    let words = pages(&pdf).join(" ");
    says(&words, "Ω µ é £ € − × Привет");
    says(&words, "?? GmbH?");
    let meant: Vec<u8> = [0xfe, 0xff].into_iter().chain("中文".encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let actual = |o: &Object| Some(o.as_dict().ok()?.get(b"ActualText").ok()?.as_str().ok()?.to_vec());
    let actual: Vec<Vec<u8>> = pdf.objects.values().filter_map(actual).collect();
    assert_eq!(actual, [meant]);
}

#[test]
fn the_document_is_tagged_and_carries_its_fonts() {
    let pdf = read(&page(Kind::Invoice, Currency::GBP, 40));
    let catalog = pdf.catalog().expect("a catalog");
    assert_eq!(catalog.get(b"Lang").and_then(Object::as_str).ok(), Some(&b"en"[..]));
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"Outlines") && catalog.has(b"OutputIntents"));
    let kind = |name: &[u8]| {
        let is =
            |o: &&Object| o.as_dict().is_ok_and(|d| d.get(b"S").and_then(Object::as_name).is_ok_and(|s| s == name));
        pdf.objects.values().filter(is).count()
    };
    // Facts, lines, totals, bank; the head once, however often it is printed.
    assert_eq!((kind(b"Document"), kind(b"H1"), kind(b"H2"), kind(b"Table"), kind(b"THead")), (1, 1, 1, 4, 1));
    assert_eq!(kind(b"TR"), 8 + 1 + 40 + 4 + 4);
    let fonts =
        pdf.objects.values().filter_map(|o| o.as_dict().ok()).filter(|d| d.has(b"FontFile3") || d.has(b"FontFile2"));
    let names: Vec<String> = fonts
        .filter_map(|d| Some(String::from_utf8_lossy(d.get(b"FontName").ok()?.as_name().ok()?).into_owned()))
        .collect();
    assert_eq!(names.len(), 2);
    for name in names {
        let (subset, font) = name.split_once('+').expect("a subset");
        assert!(subset.len() == 6 && font.starts_with("Inter"), "{name}");
    }
}

#[test]
fn the_same_page_gives_the_same_bytes() {
    let page = page(Kind::Invoice, Currency::GBP, 20);
    assert_eq!(invoice(&page).expect("a document"), invoice(&page).expect("a document"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_stands_in_the_page_can_be_printed(
        texts in proptest::collection::vec(any::<String>(), 8),
        number in "\\PC{0,80}",
        quantity in 1_i64..999_999_999,
        price in 0_i64..99_999_999_999,
        lines in 0_u32..40,
    ) {
        let mut page = page(Kind::Invoice, Currency::GBP, lines);
        page.row.number = number;
        page.bill_to.company.clone_from(&texts[0]);
        page.bill_to.city.clone_from(&texts[1]);
        page.seller.name.clone_from(&texts[2]);
        page.seller.legal_name.clone_from(&texts[3]);
        page.cost_centre.clone_from(&texts[4]);
        page.seller.iban.clone_from(&texts[5]);
        for line in &mut page.lines {
            line.name = texts[6].repeat(usize::try_from(line.line_no).unwrap_or(1));
            line.sku.clone_from(&texts[7]);
            line.quantity = Quantity::new(Decimal::new(quantity, 3)).unwrap_or(Quantity::ONE);
            line.unit_price = Money::new(Decimal::new(price, 4), Currency::GBP);
        }
        let made = invoice(&page);
        prop_assert!(made.is_ok(), "{:?}", made.err());
    }
}

/// The words of a document in each language: title, head of a column, total, heading of the last section, a reason.
#[test]
fn the_fixed_words_are_in_the_customers_language() {
    for (language, wanted) in [
        (
            Language::De,
            [
                "Rechnung INV-2026-000123",
                "Bezeichnung",
                "Gesamtbetrag",
                "Zahlung",
                "Steuerschuldnerschaft des Leistungsempfängers",
            ],
        ),
        (
            Language::Fr,
            [
                "Facture INV-2026-000123",
                "Désignation",
                "Total",
                "Règlement",
                "Autoliquidation : TVA due par le preneur",
            ],
        ),
    ] {
        let mut page = page(Kind::Invoice, Currency::GBP, 30);
        page.language = language;
        for line in &mut page.lines {
            (line.tax_rate, line.category) = (Decimal::ZERO, Category::ReverseCharge);
        }
        let taxed: Vec<_> = page.lines.iter().map(InvoiceLine::taxed).collect();
        page.totals = totals(Currency::GBP, &taxed, &[]).expect("in range");
        (page.row.gross, page.row.open) = (page.totals.gross, page.totals.gross);
        let pdf = read(&page);
        let words = pages(&pdf).join(" ");
        let tongue = Tongue(language);
        for wanted in wanted {
            says(&words, wanted);
        }
        for line in &page.lines {
            says(&words, &tongue.money(line.net));
            says(&words, &tongue.money(line.unit_price));
            says(&words, &tongue.quantity(line.quantity));
        }
        says(&words, &tongue.date(page.row.due_on));
        says(&words, &tongue.money(page.totals.gross));
        says(&words, "GB987654321");
        assert_eq!(
            pdf.catalog().expect("a catalog").get(b"Lang").and_then(Object::as_str).ok(),
            Some(language.code().as_bytes())
        );
        for english in ["Unit price", "due by", "Issued", "Page 1 of", "Carried forward", "Account holder"] {
            assert!(!words.contains(english), "{language:?} says {english}");
        }
    }
}

#[test]
fn charges_and_what_is_corrected_are_on_paper() {
    let mut page = page(Kind::CreditNote, Currency::GBP, 4);
    let beside = |what, pence| Charge {
        what,
        taxed: Taxed { net: Money::new(Decimal::new(pence, 2), Currency::GBP), ..page.lines[0].taxed() },
    };
    page.charges = vec![beside(ChargeFor::Delivery, 750), beside(ChargeFor::Restocking, 500)];
    let taxed: Vec<_> = page.lines.iter().map(InvoiceLine::taxed).collect();
    page.totals = totals(Currency::GBP, &taxed, &page.charges).expect("in range");
    (page.corrects, page.reason) = (Some(("INV-2026-00007".to_owned(), day(10, 1))), "Two came back".to_owned());
    let words = words(&page);
    for wanted in ["Delivery £7.50", "Restocking fee −£5.00", "INV-2026-00007", "Two came back"] {
        says(&words, wanted);
    }
}

#[test]
fn the_document_carries_its_data() {
    let page = page(Kind::Invoice, Currency::GBP, 9);
    let pdf = read(&page);
    let files: Vec<&lopdf::Stream> = pdf
        .objects
        .values()
        .filter_map(|o| o.as_stream().ok())
        .filter(|s| s.dict.get(b"Type").and_then(Object::as_name).is_ok_and(|t| t == b"EmbeddedFile"))
        .collect();
    let xml = files[0].decompressed_content().unwrap_or_else(|_| files[0].content.clone());
    assert_eq!((files.len(), xml), (1, crate::einvoice::cii(&page)));
    let catalog = pdf.catalog().expect("a catalog");
    assert!(catalog.has(b"AF"), "the file belongs to the document");
    let xmp = catalog.get(b"Metadata").and_then(Object::as_reference).expect("metadata");
    let xmp = String::from_utf8(pdf.get_object(xmp).and_then(Object::as_stream).expect("a stream").content.clone())
        .expect("UTF-8");
    assert!(xmp.contains("<fx:ConformanceLevel>EN 16931<") && xmp.trim_end().ends_with("?>"), "{xmp}");
    let dinars = self::page(Kind::Invoice, Currency::parse("KWD").expect("dinars"), 3);
    assert!(!read(&dinars).catalog().expect("a catalog").has(b"AF"));
}
