//! The lower part of the last page: totals, what was settled, and how to pay. And what the two kinds of document say.

use std::num::NonZeroU16;

use domain::cart::Totals;
use domain::invoices::{Charge, ChargeKind, InvoicePage, Kind, Language, Letterhead};
use domain::tax::Subtotal;
use domain::{Money, text};
use krilla::tagging::Tag;

use super::grid::Facts;
use super::letter::heading;
use super::paper::{Align, Column, Node, Paper, mm};
use super::tongue::Tongue;
use super::typeset::{Fonts, Ink, Style};

/// The figures stand below the amounts of the lines.
const TOTALS: Column = Column { left: mm(88.0), right: Column::FULL.right };
/// Between totals and payment.
const GAP: f32 = mm(9.0);
const SECTION: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);

/// The sentences and words in which an invoice and a credit note differ, in the customer's language.
pub struct Words<'a> {
    page: &'a InvoicePage,
    tongue: Tongue,
}

impl<'a> Words<'a> {
    /// Of a document.
    pub const fn of(page: &'a InvoicePage) -> Self {
        Self { page, tongue: Tongue(page.language) }
    }

    const fn differ(&self, invoice: [&'static str; 3], credit_note: [&'static str; 3]) -> &'static str {
        self.tongue.say(match self.page.row.kind {
            Kind::Invoice => invoice,
            Kind::CreditNote => credit_note,
        })
    }

    /// Heads the last section.
    pub const fn settling(&self) -> &'static str {
        self.differ(["Payment", "Zahlung", "Règlement"], ["Your credit", "Ihr Guthaben", "Votre crédit"])
    }

    const fn settled(&self) -> &'static str {
        self.differ(["Paid", "Bezahlt", "Réglé"], ["Used", "Verrechnet", "Utilisé"])
    }

    const fn left(&self) -> &'static str {
        self.differ(
            ["Open amount", "Offener Betrag", "Reste à payer"],
            ["Credit left", "Restguthaben", "Crédit restant"],
        )
    }

    /// The sentence below the title.
    pub fn lead(&self) -> String {
        let (t, row) = (self.tongue, &self.page.row);
        match row.kind {
            Kind::Invoice if owed(self.page) => {
                let by = t.say(["due by", "fällig am", "à régler avant le"]);
                format!("{} {by} {}", t.money(row.open), t.date(row.due_on))
            }
            Kind::Invoice => t.say(["Paid in full", "Vollständig bezahlt", "Entièrement réglée"]).to_owned(),
            Kind::CreditNote => {
                let credited = t.say([
                    "credited to your account",
                    "Ihrem Konto gutgeschrieben",
                    "portés au crédit de votre compte",
                ]);
                format!("{} {credited}", t.money(row.gross))
            }
        }
    }

    /// What follows for the reader. A credit note's amounts are positive like an invoice's (EN 16931, type 381), so it
    /// says which way they count.
    fn settle(&self) -> String {
        let (t, row) = (self.tongue, &self.page.row);
        let (open, due, gross, number) = (t.money(row.open), t.date(row.due_on), t.money(row.gross), &row.number);
        match (row.kind, t.0) {
            (Kind::Invoice, language) if owed(self.page) => match language {
                Language::En => format!("Please pay {open} by {due}, quoting {number}."),
                Language::De => format!("Bitte zahlen Sie {open} bis zum {due} mit dem Verwendungszweck {number}."),
                Language::Fr => format!("Merci de régler {open} avant le {due} en rappelant la référence {number}."),
            },
            (Kind::Invoice, _) => t
                .say([
                    "This invoice is paid in full. Nothing is left to pay.",
                    "Diese Rechnung ist vollständig bezahlt. Es ist nichts mehr zu zahlen.",
                    "Cette facture est entièrement réglée. Il ne reste rien à payer.",
                ])
                .to_owned(),
            (Kind::CreditNote, Language::En) => format!(
                "This credit note lowers what you owe us by {gross}. Its amounts are positive and are credited to you: \
                 nothing is to be paid."
            ),
            (Kind::CreditNote, Language::De) => format!(
                "Diese Rechnungskorrektur mindert unsere Forderung um {gross}. Die Beträge sind positiv und werden Ihnen \
                 gutgeschrieben: Es ist nichts zu zahlen."
            ),
            (Kind::CreditNote, Language::Fr) => format!(
                "Cet avoir diminue de {gross} ce que vous nous devez. Ses montants sont positifs et vous sont crédités : \
                 il n’y a rien à payer."
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

/// Of an invoice: goods, what stands beside them, tax by category and rate, and as the last the total.
fn invoice_rows(tongue: Tongue, page: &InvoicePage) -> Vec<(Style, String, Money)> {
    let t = &page.totals;
    let mut rows = vec![(Style::BODY, tongue.say(["Goods", "Waren", "Marchandises"]).to_owned(), t.lines)];
    for Charge { what, taxed } in &page.charges {
        let amount = match what.kind() {
            ChargeKind::Charge => taxed.net,
            ChargeKind::Allowance => Money::new(-taxed.net.amount(), taxed.net.currency()),
        };
        rows.push((Style::BODY, tongue.charge(*what).to_owned(), amount));
    }
    let (name, on) = (tongue.say(["Tax", "MwSt.", "TVA"]), tongue.say(["on", "auf", "sur"]));
    for tax in &t.taxes {
        let label = format!("{name} {} {on} {}", tongue.percent(tax.rate), tongue.money(tax.base));
        rows.push((Style::BODY, label, tax.tax));
    }
    rows.push((Style::SUM, tongue.say(["Total", "Gesamtbetrag", "Total"]).to_owned(), t.gross));
    rows
}

/// What the law wants to read where nothing is charged, with the base when there are several.
fn reasons(tongue: Tongue, page: &InvoicePage) -> Vec<String> {
    let taxes = &page.totals.taxes;
    let said = |tax: &Subtotal| {
        let reason = tongue.reason(tax.category)?;
        Some(if taxes.len() == 1 { reason.to_owned() } else { format!("{}: {reason}", tongue.money(tax.base)) })
    };
    let early = page.discount.map(|d| {
        let (percent, until) = (tongue.percent(d.percent), tongue.date(d.until));
        let words = tongue.say([
            "discount when paid in full by",
            "Skonto bei vollständiger Zahlung bis zum",
            "d’escompte pour paiement intégral au plus tard le",
        ]);
        format!("{percent} {words} {until}.")
    });
    taxes.iter().filter_map(said).chain(early).collect()
}

/// Rows with their figures below the amounts of the lines.
pub fn figures(fonts: &Fonts, tongue: Tongue, rows: &[(Style, String, Money)]) -> Facts {
    let mut totals = Facts::new(TOTALS, mm(68.0), Align::Right);
    for (style, label, amount) in rows {
        let label_style = if *style == Style::SUM { *style } else { Style::LABEL };
        totals.add(fonts, (label_style, label), (*style, &tongue.money(*amount)));
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
    /// Why nothing is charged.
    reasons: Vec<String>,
    bank: Facts,
}

impl<'a> Closing<'a> {
    /// Sets the totals (goods, delivery, tax per rate, total, what was settled, what is left) and where to pay.
    pub fn new(fonts: &Fonts, page: &'a InvoicePage) -> Self {
        let words = Words::of(page);
        let tongue = words.tongue;
        let mut rows = invoice_rows(tongue, page);
        let mut sums = vec![rows.len() - 1];
        let mut add = |style: Style, label: &str, amount: Money| {
            rows.push((style, label.to_owned(), amount));
            rows.len() - 1
        };
        for settled in &page.settlements {
            let what = if settled.number.is_empty() {
                tongue.say(["Discount", "Skonto", "Escompte"])
            } else {
                words.settled()
            };
            let label = format!("{what} {}, {}", tongue.date(settled.on), settled.number);
            let amount = Money::new(-settled.amount.amount(), settled.amount.currency());
            add(Style::BODY, label.trim_end_matches([',', ' ']), amount);
        }
        if !page.settlements.is_empty() || page.row.open != page.row.gross {
            sums.push(add(Style::SUM, words.left(), page.row.open));
        }
        let totals = figures(fonts, tongue, &rows);
        Self { page, totals, sums, reasons: reasons(tongue, page), bank: bank(fonts, page) }
    }

    /// How much paper it takes, about.
    pub fn height(&self) -> f32 {
        mm(6.0) + self.totals.height() + self.reasons_height() + GAP + self.settling_height()
    }

    fn reasons_height(&self) -> f32 {
        self.reasons.iter().map(|_| Style::BODY.leading).sum()
    }

    fn settling_height(&self) -> f32 {
        Style::HEADING.leading + 4.0 * Style::BODY.leading + self.bank.height()
    }

    /// Places totals and payment; also says where the last section begins.
    pub fn place(self, paper: &mut Paper) -> (Vec<Node>, (usize, f32)) {
        let settling_height = self.settling_height();
        let Self { page, totals, sums, reasons, bank } = self;
        let words = Words::of(page);
        paper.down(mm(3.5));
        let totals = place_figures(paper, totals, &sums);
        let mut nodes = vec![totals];
        for reason in &reasons {
            paper.down(if nodes.len() == 1 { 4.0 } else { 0.0 });
            nodes.push(Node::group(Tag::P, paper.paragraph(Column::FULL, Style::BODY, reason)));
        }
        paper.down(GAP);
        paper.keep(settling_height);
        let here = paper.here();
        nodes.push(heading(paper, SECTION, Style::HEADING, words.settling()));
        nodes.push(Node::group(Tag::P, paper.paragraph(Column::FULL, Style::BODY, &words.settle())));
        if bank.height() > 0.0 {
            paper.down(4.0);
            nodes.push(bank.place(paper, |_, _| {}));
        }
        if !page.settlements.is_empty() {
            paper.down(4.0);
            let as_of =
                words.tongue.say(["Shows what was booked up to", "Stand der Buchungen:", "Situation des paiements au"]);
            let as_of = format!("{as_of} {}.", words.tongue.date(page.today));
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
        let labels = [
            ["Account holder", "Kontoinhaber", "Titulaire"],
            ["IBAN"; 3],
            ["BIC"; 3],
            ["Reference", "Zweck", "Référence"],
        ];
        for (label, value) in labels.into_iter().zip([holder.as_str(), &in_fours(iban), bic, reference]) {
            facts.add(fonts, (Style::LABEL, Tongue(page.language).say(label)), (Style::BODY, value));
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
