//! Documents to test with.

use chrono::NaiveDate;
use domain::accounts::Address;
use domain::invoices::{InvoiceLine, InvoicePage, InvoiceRow, Kind, Language, Letterhead, Party, Status, totals};
use domain::tax::Category;
use domain::{Currency, Money, Quantity};
use rust_decimal::Decimal;

/// A day of the year that the samples live in.
pub fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
}

/// A document of so many lines at two tax rates, some names long enough to wrap, some prices with four decimals.
pub fn page(kind: Kind, currency: Currency, lines: u32) -> InvoicePage {
    const NAMES: [&str; 5] = [
        "Hex bolt M8 × 40, zinc plated, DIN 933, full thread",
        "Nitrile gloves, powder free, size L",
        "Cable gland M20, IP68, for 6–12 mm cable, brass nickel-plated, with locknut and sealing ring",
        "Screwdriver set, insulated 1000 V",
        "Filter mat 25 µm",
    ];
    let digits = currency.minor_digits();
    let line = |n: u32| {
        let quantity = Quantity::new(Decimal::from(n * 7 % 240 + 1)).expect("positive");
        let unit_price = if n.is_multiple_of(4) {
            Decimal::new(i64::from(n) * 13 + 425, 4)
        } else {
            Decimal::new(i64::from(n) * 37 + 1990, digits)
        };
        let unit_price = Money::new(unit_price, currency);
        InvoiceLine {
            line_no: i32::try_from(n).expect("small"),
            sku: format!("BD-{:05}", n * 37 % 100_000),
            own_number: String::new(),
            name: NAMES[n as usize % 5].to_owned(),
            unit: ["EA", "box", "100 pcs"][n as usize % 3].to_owned(),
            quantity,
            unit_price,
            net: unit_price.line(quantity).expect("in range"),
            tax_rate: if n.is_multiple_of(5) { Decimal::from(5) } else { Decimal::from(20) },
            category: if n.is_multiple_of(5) { Category::Reduced } else { Category::Standard },
            order_line: i32::try_from(n).ok(),
        }
    };
    let lines: Vec<InvoiceLine> = (1..=lines).map(line).collect();
    let amounts: Vec<_> = lines.iter().map(InvoiceLine::taxed).collect();
    let totals = totals(currency, &amounts, &[]).expect("in range");
    let number = if kind == Kind::Invoice { "INV-2026-000123" } else { "CN-2026-000017" };
    InvoicePage {
        row: InvoiceRow {
            number: number.to_owned(),
            kind,
            issued_on: day(11, 20),
            due_on: day(12, 20),
            order_number: "SO-2026-000412".to_owned(),
            po_number: "4500057201".to_owned(),
            gross: totals.gross,
            open: totals.gross,
            status: Status::Open,
        },
        account_number: "C-10042".to_owned(),
        bill_to: Address {
            company: "Aldgate Precision Engineering Ltd".to_owned(),
            street: "Unit 7, Foundry Lane".to_owned(),
            postcode: "S9 3QS".to_owned(),
            city: "Sheffield".to_owned(),
            country: "GB".to_owned(),
        },
        ship_to: None,
        delivered_on: Some(day(11, 19)),
        buyer: Party {
            name: "Aldgate Precision Engineering Ltd".to_owned(),
            vat_number: "GB987654321".to_owned(),
            endpoint: String::new(),
            country: "GB".to_owned(),
        },
        cost_centre: "MAINT".to_owned(),
        language: Language::En,
        lines,
        charges: Vec::new(),
        totals,
        corrects: None,
        corrected_by: Vec::new(),
        reason: String::new(),
        settlements: Vec::new(),
        can_pay: false,
        discount: None,
        seller: Letterhead {
            name: "Northgate Supply".to_owned(),
            legal_name: "Northgate Industrial Supply Ltd".to_owned(),
            address: Address {
                company: "Northgate Industrial Supply Ltd".to_owned(),
                street: "14 Canal Street".to_owned(),
                postcode: "M1 3HE".to_owned(),
                city: "Manchester".to_owned(),
                country: "GB".to_owned(),
            },
            vat_number: "GB123456789".to_owned(),
            email: "accounts@northgate.example".to_owned(),
            phone: "+44 161 496 0000".to_owned(),
            iban: "GB33BUKB20201555555555".to_owned(),
            bic: "BUKBGB22".to_owned(),
            endpoint: String::new(),
        },
        today: day(11, 28),
    }
}
