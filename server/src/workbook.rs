//! Lists as workbooks: figures are numbers and days are days, so that whoever gets them can go on calculating.

use chrono::NaiveDate;
use domain::Money;
use domain::invoices::InvoiceRow;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// The list of documents. Credit notes are negative, as in the CSV.
pub fn invoices(rows: &[InvoiceRow]) -> Result<Vec<u8>, XlsxError> {
    const HEAD: [(&str, f64); 10] = [
        ("Number", 18.0),
        ("Document", 12.0),
        ("Issued", 12.0),
        ("Due", 12.0),
        ("Order", 18.0),
        ("Your reference", 20.0),
        ("Currency", 9.0),
        ("Total", 14.0),
        ("Open", 14.0),
        ("Status", 14.0),
    ];
    let mut book = Workbook::new();
    // The day on which it was written is nobody's business, and the same list is the same bytes.
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?));
    let (bold, day) = (Format::new().set_bold(), Format::new().set_num_format("yyyy-mm-dd"));
    let sheet = book.add_worksheet();
    sheet.set_name("Invoices")?;
    for ((name, width), column) in HEAD.into_iter().zip(0..) {
        sheet.write_string_with_format(0, column, name, &bold)?.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (r, row) in rows.iter().zip(1..) {
        let amount = Format::new().set_num_format(digits(r.gross));
        // Text is written as text: no spreadsheet takes it for a formula.
        for (column, words) in [(0, r.number.as_str()), (1, r.kind.label()), (4, &r.order_number), (5, &r.po_number)] {
            sheet.write_string(row, column, words)?;
        }
        for (column, on) in [(2, r.issued_on), (3, r.due_on)] {
            sheet.write_datetime_with_format(row, column, date(on)?, &day)?;
        }
        sheet.write_string(row, 6, r.gross.currency().code())?;
        for (column, money) in [(7, r.gross), (8, r.open)] {
            let figure = r.kind.signed(money).amount().to_f64().unwrap_or_default();
            sheet.write_number_with_format(row, column, figure, &amount)?;
        }
        sheet.write_string(row, 9, format!("{:?}", r.status))?;
    }
    book.save_to_buffer()
}

/// As many decimals as the currency has.
fn digits(of: Money) -> &'static str {
    match of.currency().minor_digits() {
        0 => "#,##0",
        2 => "#,##0.00",
        _ => "#,##0.000",
    }
}

fn date(on: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    use chrono::Datelike as _;
    let part = |n: u32| u8::try_from(n).unwrap_or(1);
    ExcelDateTime::from_ymd(u16::try_from(on.year()).unwrap_or(1900), part(on.month()), part(on.day()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use domain::Currency;
    use domain::invoices::{InvoiceRow, Kind};

    use super::invoices;
    use crate::pdf::sample;

    /// A part of the workbook, taken out by a program that did not write it.
    fn part(book: &[u8], name: &str) -> String {
        const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.data/einvoice/bin/python");
        const READ: &str = "import io, sys, zipfile; print(zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())).read(sys.argv[1]).decode())";
        let mut python = Command::new(PYTHON)
            .args(["-c", READ, name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python is not set up: run scripts/setup");
        let mut stdin = python.stdin.take().expect("piped");
        stdin.write_all(book).expect("it listens");
        drop(stdin);
        String::from_utf8(python.wait_with_output().expect("it answers").stdout).expect("UTF-8")
    }

    #[test]
    fn figures_are_numbers_days_are_days_and_formulas_are_text() {
        let row = |kind, code| sample::page(kind, Currency::parse(code).expect("a currency"), 1).row;
        let invoice = InvoiceRow { po_number: "=cmd()".to_owned(), ..row(Kind::Invoice, "GBP") };
        let rows = [invoice, row(Kind::CreditNote, "JPY")];
        let book = invoices(&rows).expect("a workbook");
        assert_eq!(book, invoices(&rows).expect("a workbook"), "the same list is the same bytes");
        let sheet = part(&book, "xl/worksheets/sheet1.xml");
        let total = |r: &InvoiceRow| format!("<v>{}</v>", r.kind.signed(r.gross).amount().normalize());
        assert!(sheet.contains(&total(&rows[0])) && sheet.contains(&total(&rows[1])), "{sheet}");
        // 20 November 2026, counted as spreadsheets count.
        assert!(sheet.contains("<v>46346</v>") && !sheet.contains("<f>"), "{sheet}");
        assert!(part(&book, "xl/sharedStrings.xml").contains("<t>=cmd()</t>"));
    }
}
