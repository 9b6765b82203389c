//! The lower part of the last page: totals, what was settled, and how to pay. And what the two kinds of document say.

use std::num::NonZeroU16;

use domain::cart::Totals;
use domain::invoices::{InvoicePage, Kind, Letterhead};
use domain::{Money, text};
use krilla::tagging::Tag;

use super::grid::Facts;
use super::letter::heading;
use super::paper::{Align, Column, Node, Paper, mm};
use super::typeset::{Fonts, Ink, Style};

/// The figures stand below the amounts of the lines.
const TOTALS: Column = Column { left: mm(88.0), right: Column::FULL.right };
/// Between totals and payment.
const GAP: f32 = mm(9.0);
const SECTION: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);

/// The words in which an invoice and a credit note differ.
pub struct Words {
    /// What its number is called.
    pub number: &'static str,
    /// Heads the last section.
    pub settling: &'static str,
    settled: &'static str,
    left: &'static str,
}

impl Words {
    /// Of a kind of document.
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Invoice => Self { number: "Invoice no.", settling: "Payment", settled: "Paid", left: "Open amount" },
            Kind::CreditNote => {
                Self { number: "Credit note no.", settling: "Your credit", settled: "Used", left: "Credit left" }
            }
        }
    }

    /// The sentence below the title.
    pub fn lead(page: &InvoicePage) -> String {
        let row = &page.row;
        match row.kind {
            Kind::Invoice if owed(page) => format!("{} due by {}", text::money(row.open), text::date(row.due_on)),
            Kind::Invoice => "Paid in full".to_owned(),
            Kind::CreditNote => format!("{} credited to your account", text::money(row.gross)),
        }
    }

    /// What follows for the reader. A credit note's amounts are positive like an invoice's (EN 16931, type 381), so it
    /// says which way they count.
    fn settle(page: &InvoicePage) -> String {
        let row = &page.row;
        match row.kind {
            Kind::Invoice if owed(page) => {
                format!("Please pay {} by {}, quoting {}.", text::money(row.open), text::date(row.due_on), row.number)
            }
            Kind::Invoice => "This invoice is paid in full. Nothing is left to pay.".to_owned(),
            Kind::CreditNote => format!(
                "This credit note lowers what you owe us by {}. Its amounts are positive and are credited to you: \
                 nothing is to be paid.",
                text::money(row.gross)
            ),
        }
    }
}

fn owed(page: &InvoicePage) -> bool {
    page.row.kind == Kind::Invoice && page.row.open.amount() > rust_decimal::Decimal::ZERO
}

/// Goods, delivery, tax by rate, and as the last the total.
pub fn total_rows(t: &Totals) -> Vec<(Style, String, Money)> {
    let mut rows = vec![(Style::BODY, "Goods".to_owned(), t.net)];
    if !t.delivery.amount().is_zero() {
        rows.push((Style::BODY, "Delivery".to_owned(), t.delivery));
    }
    for tax in &t.taxes {
        let label = format!("Tax {} on {}", text::percent(tax.rate), text::money(tax.base));
        rows.push((Style::BODY, label, tax.tax));
    }
    if t.taxes.is_empty() {
        rows.push((Style::BODY, "Tax".to_owned(), t.tax));
    }
    rows.push((Style::SUM, "Total".to_owned(), t.gross));
    rows
}

/// Rows with their figures below the amounts of the lines.
pub fn figures(fonts: &Fonts, rows: &[(Style, String, Money)]) -> Facts {
    let mut totals = Facts::new(TOTALS, mm(68.0), Align::Right);
    for (style, label, amount) in rows {
        let label_style = if *style == Style::SUM { *style } else { Style::LABEL };
        totals.add(fonts, (label_style, label), (*style, &text::money(*amount)));
    }
    totals
}

/// Places figures; above the rows in `sums` a rule.
pub fn place_figures(paper: &mut Paper, totals: Facts, sums: &[usize]) -> Node {
    totals.place(paper, |paper, row| {
        if sums.contains(&row) {
            paper.down(2.5);
            paper.rule(TOTALS, 0.8, Ink::Black);
            paper.down(2.5);
        }
    })
}

/// Set before the lines are placed, so that the last of them can keep it company.
pub struct Closing<'a> {
    page: &'a InvoicePage,
    totals: Facts,
    /// Rows of the totals that have a rule above them.
    sums: Vec<usize>,
    bank: Facts,
}

impl<'a> Closing<'a> {
    /// Sets the totals (goods, delivery, tax per rate, total, what was settled, what is left) and where to pay.
    pub fn new(fonts: &Fonts, page: &'a InvoicePage) -> Self {
        let words = Words::of(page.row.kind);
        let mut rows = total_rows(&page.totals);
        let mut sums = vec![rows.len() - 1];
        let mut add = |style: Style, label: &str, amount: Money| {
            rows.push((style, label.to_owned(), amount));
            rows.len() - 1
        };
        for settled in &page.settlements {
            let label = format!("{} {}, {}", words.settled, text::date(settled.on), settled.number);
            let amount = Money::new(-settled.amount.amount(), settled.amount.currency());
            add(Style::BODY, label.trim_end_matches([',', ' ']), amount);
        }
        if !page.settlements.is_empty() || page.row.open != page.row.gross {
            sums.push(add(Style::SUM, words.left, page.row.open));
        }
        let totals = figures(fonts, &rows);
        Self { page, totals, sums, bank: bank(fonts, page) }
    }

    /// How much paper it takes, about.
    pub fn height(&self) -> f32 {
        mm(6.0) + self.totals.height() + GAP + self.settling_height()
    }

    fn settling_height(&self) -> f32 {
        Style::HEADING.leading + 4.0 * Style::BODY.leading + self.bank.height()
    }

    /// Places totals and payment; also says where the last section begins.
    pub fn place(self, paper: &mut Paper) -> (Vec<Node>, (usize, f32)) {
        let settling_height = self.settling_height();
        let Self { page, totals, sums, bank } = self;
        paper.down(mm(3.5));
        let totals = place_figures(paper, totals, &sums);
        paper.down(GAP);
        paper.keep(settling_height);
        let here = paper.here();
        let heading = heading(paper, SECTION, Style::HEADING, Words::of(page.row.kind).settling);
        let words = paper.paragraph(Column::FULL, Style::BODY, &Words::settle(page));
        let mut nodes = vec![totals, heading, Node::group(Tag::P, words)];
        if bank.height() > 0.0 {
            paper.down(4.0);
            nodes.push(bank.place(paper, |_, _| {}));
        }
        if !page.settlements.is_empty() {
            paper.down(4.0);
            let as_of = format!("Shows what was booked up to {}.", text::date(page.today));
            nodes.push(Node::group(Tag::P, paper.paragraph(Column::FULL, Style::LABEL, &as_of)));
        }
        (nodes, here)
    }
}

/// Where to pay, if something is to be paid.
fn bank(fonts: &Fonts, page: &InvoicePage) -> Facts {
    let mut facts = Facts::new(Column { right: mm(140.0), ..Column::FULL }, mm(27.0), Align::Left);
    if owed(page) && !page.seller.iban.trim().is_empty() {
        let Letterhead { legal_name, name, iban, bic, .. } = &page.seller;
        let holder = if legal_name.trim().is_empty() { name } else { legal_name };
        let reference = &page.row.number;
        for (label, value) in
            [("Account holder", holder.as_str()), ("IBAN", &in_fours(iban)), ("BIC", bic), ("Reference", reference)]
        {
            facts.add(fonts, (Style::LABEL, label), (Style::BODY, value));
        }
    }
    facts
}

/// An IBAN as it is written on paper (ISO 13616).
fn in_fours(iban: &str) -> String {
    let characters: Vec<char> = iban.chars().filter(|c| !c.is_whitespace()).collect();
    let groups: Vec<String> = characters.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join(" ")
}
