//! Invoices and credit notes: derived status, ageing, lists; the documents themselves, and what may be credited of them.

mod credit;
mod document;
mod language;
mod settings;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::paging::Place;
pub use credit::{CreditForm, Creditable, Credited, part};
pub use document::{
    Charge, ChargeFor, ChargeKind, DeskInvoice, InvoiceLine, InvoicePage, Letterhead, Party, Settlement,
    document_totals, totals,
};
pub use language::Language;
pub use settings::{Early, Invoicing, Mode};

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The customer owes it.
    Invoice,
    /// The seller owes it.
    CreditNote,
}

impl Kind {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    /// For headings.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditNote => "Credit note",
        }
    }

    /// Reads [`Kind::code`].
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Invoice, Self::CreditNote].into_iter().find(|k| k.code() == code)
    }

    /// `amount` as it moves the balance: a credit note's counts against what is owed.
    pub fn signed(self, amount: Money) -> Money {
        match self {
            Self::Invoice => amount,
            Self::CreditNote => Money::new(-amount.amount(), amount.currency()),
        }
    }
}

/// Derived from the document and its allocations; never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Nothing settled, not due yet.
    Open,
    /// Some of it settled, not due yet.
    PartlyPaid,
    /// Nothing left.
    Paid,
    /// All that is left is being paid.
    InPayment,
    /// Something left past the due day.
    Overdue,
    /// A line of it is disputed, and something is left.
    Disputed,
    /// A credit note with something left to use.
    CreditToUse,
}

/// The status of a document on a day, of which `settled` is settled, `in_payment` on its way, and a line disputed or none.
pub fn status(
    kind: Kind,
    gross: Money,
    settled: Money,
    in_payment: Money,
    disputed: bool,
    due_on: NaiveDate,
    today: NaiveDate,
) -> Status {
    match (kind, settled.amount() >= gross.amount()) {
        (_, true) => Status::Paid,
        (Kind::CreditNote, false) => Status::CreditToUse,
        (Kind::Invoice, false) if settled.amount() + in_payment.amount() >= gross.amount() => Status::InPayment,
        (Kind::Invoice, false) if disputed => Status::Disputed,
        (Kind::Invoice, false) if due_on < today => Status::Overdue,
        (Kind::Invoice, false) if settled.amount().is_zero() => Status::Open,
        (Kind::Invoice, false) => Status::PartlyPaid,
    }
}

impl Status {
    /// In words; overdue ones say since when, open ones until when.
    pub fn words(self, kind: Kind, due_on: NaiveDate, today: NaiveDate) -> String {
        let days = (due_on - today).num_days();
        match self {
            Self::Paid if kind == Kind::CreditNote => "Used".to_owned(),
            Self::Paid => "Paid".to_owned(),
            Self::InPayment => "Being paid".to_owned(),
            Self::Disputed => "Disputed".to_owned(),
            Self::CreditToUse => "Credit to use".to_owned(),
            Self::Overdue if days == -1 => "1 day overdue".to_owned(),
            Self::Overdue => format!("{} days overdue", -days),
            Self::Open | Self::PartlyPaid if days == 0 => "Due today".to_owned(),
            Self::Open if days <= 7 => {
                format!("Due in {}", if days == 1 { "1 day".to_owned() } else { format!("{days} days") })
            }
            Self::Open => "Open".to_owned(),
            Self::PartlyPaid => "Partly paid".to_owned(),
        }
    }
}

/// The five ageing buckets: not due, 1–30, 31–60, 61–90, over 90 days past due.
pub const BUCKETS: [&str; 5] = ["Not due", "1–30 days", "31–60 days", "61–90 days", "Over 90 days"];

/// The bucket of an open invoice.
pub fn bucket(due_on: NaiveDate, today: NaiveDate) -> usize {
    match (today - due_on).num_days() {
        ..=0 => 0,
        1..=30 => 1,
        31..=60 => 2,
        61..=90 => 3,
        _ => 4,
    }
}

/// Which documents a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tab {
    /// Invoices and credit notes with something left.
    #[default]
    Open,
    /// Past due.
    Overdue,
    /// A line of it is disputed.
    Disputed,
    /// Nothing left.
    Paid,
    /// Credit notes.
    CreditNotes,
    /// Everything.
    All,
}

impl Tab {
    /// Every tab with its word in the URL and its label.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Open, "open", "Open"),
        (Self::Overdue, "overdue", "Overdue"),
        (Self::Disputed, "disputed", "Disputed"),
        (Self::Paid, "paid", "Paid"),
        (Self::CreditNotes, "credit-notes", "Credit notes"),
        (Self::All, "all", "All"),
    ];

    /// The word in the URL.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|t| t.0 == self).map_or("open", |t| t.1)
    }
}

/// What an invoice list URL asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceQuery {
    /// Which documents.
    pub tab: Tab,
    /// Number, order or PO number.
    pub words: String,
    /// Issued from.
    pub from: Option<NaiveDate>,
    /// Issued to.
    pub to: Option<NaiveDate>,
    /// Which page.
    pub at: Place,
}

/// Rows on one page.
pub const PAGE: u32 = 25;

impl InvoiceQuery {
    /// Reads `show=overdue&q=…&from=…&to=…&page=…`; nonsense is left out.
    pub fn parse(query: &str) -> Self {
        let mut wanted = Self::default();
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "show" => wanted.tab = Tab::ALL.iter().find(|t| t.1 == value).map_or(Tab::Open, |t| t.0),
                "q" => wanted.words = value.trim().chars().filter(|c| !c.is_control()).take(100).collect(),
                "from" => wanted.from = value.parse().ok(),
                "to" => wanted.to = value.parse().ok(),
                _ => wanted.at.read(&key, &value),
            }
        }
        wanted
    }

    /// The query string, without a leading `?`.
    pub fn query_string(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.tab != Tab::Open {
            query.append_pair("show", self.tab.code());
        }
        if !self.words.is_empty() {
            query.append_pair("q", &self.words);
        }
        for (key, day) in [("from", self.from), ("to", self.to)] {
            if let Some(day) = day {
                query.append_pair(key, &day.to_string());
            }
        }
        self.at.write(&mut query);
        query.finish()
    }

    /// The link to this list below `path`: `/invoices` or `/invoices.csv`.
    pub fn href(&self, path: &str) -> String {
        let query = self.query_string();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The same list at another page.
    #[must_use]
    pub fn at(&self, at: Place) -> Self {
        Self { at, ..self.clone() }
    }
}

/// One document in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceRow {
    /// Number.
    pub number: String,
    /// Which document.
    pub kind: Kind,
    /// Issued.
    pub issued_on: NaiveDate,
    /// Due.
    pub due_on: NaiveDate,
    /// Of which order.
    pub order_number: String,
    /// The buyer's reference.
    pub po_number: String,
    /// Total, always positive.
    pub gross: Money,
    /// What is left of it, always positive.
    pub open: Money,
    /// Derived.
    pub status: Status,
}

/// What is owed, by age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ageing {
    /// Open invoices less open credit notes.
    pub balance: Money,
    /// Open invoices by bucket (see [`BUCKETS`]).
    pub buckets: [Money; 5],
    /// Credit notes and payments not yet used.
    pub credit: Money,
    /// The next due day of what is not overdue.
    pub next_due: Option<NaiveDate>,
}

/// The invoice list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicesPage {
    /// What was asked.
    pub query: InvoiceQuery,
    /// The page's rows, the newest first.
    pub rows: Vec<InvoiceRow>,
    /// All matches, at most [`COUNTED`](crate::paging::COUNTED).
    pub total: i64,
    /// What is owed.
    pub ageing: Ageing,
    /// Whether the reader may settle.
    pub can_pay: bool,
    /// The seller's today.
    pub today: NaiveDate,
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::Currency;

    fn day(offset: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 15).expect("a date") + chrono::Duration::days(offset)
    }

    fn gbp(n: i64) -> Money {
        Money::new(Decimal::from(n), Currency::GBP)
    }

    #[test]
    fn the_status_follows_from_what_is_left_and_the_day() {
        let paid = |settled, on_its_way, due| {
            status(Kind::Invoice, gbp(100), gbp(settled), gbp(on_its_way), false, day(due), day(0))
        };
        let of = |settled, due| paid(settled, 0, due);
        assert_eq!(of(0, 5), Status::Open);
        assert_eq!(of(0, 0), Status::Open, "the due day itself is not overdue");
        assert_eq!(of(0, -1), Status::Overdue);
        assert_eq!(of(40, 5), Status::PartlyPaid);
        assert_eq!(of(40, -1), Status::Overdue);
        assert_eq!(of(100, -9), Status::Paid);
        assert_eq!(paid(40, 60, -9), Status::InPayment);
        assert_eq!(paid(40, 59, -9), Status::Overdue, "a penny nobody is paying");
        assert_eq!(status(Kind::CreditNote, gbp(100), gbp(40), gbp(0), false, day(-9), day(0)), Status::CreditToUse);
        let nothing = status(Kind::Invoice, gbp(0), gbp(0), gbp(0), false, day(-9), day(0));
        assert_eq!(nothing, Status::Paid, "nothing was ever owed");
        let disputed =
            |settled, on_its_way| status(Kind::Invoice, gbp(100), gbp(settled), gbp(on_its_way), true, day(-9), day(0));
        assert_eq!(disputed(40, 0), Status::Disputed, "rather than overdue");
        assert_eq!(disputed(0, 100), Status::InPayment);
        assert_eq!(disputed(100, 0), Status::Paid);
    }

    #[test]
    fn buckets_change_on_the_31st_61st_and_91st_day() {
        for (days_past, expected) in
            [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (4000, 4)]
        {
            assert_eq!(bucket(day(-days_past), day(0)), expected, "{days_past}");
        }
    }

    #[test]
    fn a_list_link_reads_back_the_same() {
        let url = "/invoices?show=credit-notes&q=5720&from=2026-11-01&page=2";
        assert_eq!(InvoiceQuery::parse(&url[10..]).href("/invoices"), url);
        assert_eq!(InvoiceQuery::parse("show=odd&from=x").href("/invoices.csv"), "/invoices.csv");
    }

    #[test]
    fn credit_notes_lower_the_balance() {
        assert_eq!(Kind::CreditNote.signed(gbp(5)), gbp(-5));
        assert_eq!(Kind::Invoice.signed(gbp(5)), gbp(5));
    }
}
