//! invoices.csv

use chrono::NaiveDate;
use domain::Currency;
use domain::invoices::{Kind, document_totals};
use rust_decimal::Decimal;
use store::import::{Document, Fate, Invoice, Seller};
use store::{Result, Tx};

use super::cells::Cells;
use super::papers::{Paper, TOO_LARGE};
use super::source::{Column, needed, optional};

/// Invoices and credit notes.
pub struct Invoices<'a>(pub &'a Seller);

/// What a document's rows say alike.
pub struct Head {
    kind: Kind,
    issued_on: NaiveDate,
    due_on: Option<NaiveDate>,
    order_number: String,
    currency: Currency,
}

const KINDS: &[(&str, Kind)] = &[
    ("invoice", Kind::Invoice),
    ("credit_note", Kind::CreditNote),
    ("creditnote", Kind::CreditNote),
    ("credit", Kind::CreditNote),
];

impl Paper for Invoices<'_> {
    type Head = Head;
    type Whole = Invoice;
    const FILE: &'static str = "invoices.csv";
    const COLUMNS: &'static [Column] = &[
        needed("account_number"),
        needed("number"),
        needed("kind"),
        needed("issued_on"),
        optional("due_on"),
        optional("order_number"),
        needed("sku"),
        optional("description"),
        optional("unit"),
        needed("quantity"),
        needed("unit_price"),
        needed("tax_rate"),
        needed("currency"),
    ];
    const NUMBER: &'static str = "number";

    fn head(&self, cells: &Cells<'_>) -> std::result::Result<Head, String> {
        let issued_on = cells.past_date("issued_on", self.0.local_now.date())?;
        let due_on = cells.maybe("due_on", |c, _| c.date("due_on"))?;
        if due_on.is_some_and(|due| due < issued_on) {
            return Err(format!("due_on is before issued_on: {issued_on}"));
        }
        Ok(Head {
            kind: cells.word("kind", KINDS)?,
            issued_on,
            due_on,
            order_number: cells.maybe("order_number", |c, _| c.key("order_number"))?.unwrap_or_default(),
            currency: cells.currency("currency")?,
        })
    }

    fn currency(head: &Head) -> Currency {
        head.currency
    }

    fn tax_rate(&self, cells: &Cells<'_>) -> std::result::Result<Decimal, String> {
        let rate = cells.amount("tax_rate", 3, 2)?;
        if rate > Decimal::ONE_HUNDRED { Err(format!("tax_rate is too large: {rate}")) } else { Ok(rate) }
    }

    fn merge(head: &mut Head, other: &Head) -> std::result::Result<(), &'static str> {
        match () {
            () if head.kind != other.kind => Err("kind"),
            () if head.currency != other.currency => Err("currency"),
            () if head.issued_on != other.issued_on => Err("issued_on"),
            () if head.due_on != other.due_on => Err("due_on"),
            () if head.order_number != other.order_number => Err("order_number"),
            () => Ok(()),
        }
    }

    fn words(head: &Head) -> String {
        let due = head.due_on.map(|d| d.to_string()).unwrap_or_default();
        format!(
            "{}\u{1f}{}\u{1f}{due}\u{1f}{}\u{1f}{}",
            head.kind.code(),
            head.issued_on,
            head.order_number,
            head.currency.code()
        )
    }

    fn whole(&self, head: Head, document: Document) -> std::result::Result<Invoice, String> {
        let Head { kind, issued_on, due_on, order_number, currency } = head;
        let lines: Vec<_> = document.lines.iter().map(|l| (l.net, l.tax_rate)).collect();
        let totals = document_totals(currency, &lines).map_err(|_| TOO_LARGE.to_owned())?;
        Ok(Invoice { document, kind, issued_on, due_on, order_number, currency, totals })
    }

    async fn write(&self, tx: &mut Tx, documents: &[Invoice]) -> Result<Vec<Fate>> {
        store::import::invoices(tx, documents).await
    }
}
