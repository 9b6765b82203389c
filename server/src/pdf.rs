//! Invoices, credit notes and quotes as PDF: A4, tagged, with fonts embedded; PDF/A-3a (to be archived) and PDF/UA-1 (to be read
//! by everybody) at once, checked while it is written. See docs/decisions/010-documents.md.
//!
//! Who may see a document is decided before this: here is a page, and out comes a file. The same page gives the same
//! bytes: no clock, no randomness.

mod closing;
mod export;
mod facturx;
mod grid;
mod letter;
mod lines;
mod paper;
mod printable;
mod quote;
mod remittance;
mod tongue;
mod typeset;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use chrono::{Datelike as _, NaiveDate};
use domain::accounts::Address;
use domain::invoices::{InvoicePage, Kind, Letterhead};
use domain::tax::vat_number;
use krilla::metadata::{DateTime, Metadata};
use krilla::tagging::{ArtifactType, Tag};

use closing::{Closing, Words};
use paper::{Align, Column, Node, Paper, mm};
use printable::plain;
pub use quote::quote;
pub use remittance::remittance;
use tongue::Tongue;
use typeset::{Fonts, Ink, Style};

/// The document of an invoice or a credit note, with its XML inside where it has one (Factur-X). An error only where the fonts or the PDF itself are broken: whatever
/// stands in the page can be printed.
pub fn invoice(page: &InvoicePage) -> anyhow::Result<Vec<u8>> {
    let (tongue, words, row) = (Tongue(page.language), Words::of(page), &page.row);
    let title = format!("{} {}", tongue.kind(row.kind), row.number);
    let fonts = Fonts::get()?;
    let mut paper = Paper::new(fonts);

    let day = |day: Option<NaiveDate>| day.map(|day| tongue.date(day)).unwrap_or_default();
    let due = day((row.kind == Kind::Invoice).then_some(row.due_on));
    let corrects = page.corrects.as_ref().map(|c| c.0.as_str()).unwrap_or_default();
    let delivered = day(page.delivered_on.filter(|on| *on != row.issued_on));
    // Where the customer accounts for the tax, both numbers have to be there.
    let named = page.lines.iter().any(|l| l.category.needs_vat_numbers());
    let buyer_vat = if named { vat_number(&page.buyer.vat_number, &page.buyer.country) } else { String::new() };
    let facts = [
        (tongue.number(row.kind), row.number.as_str()),
        (tongue.say(["Issued", "Datum", "Date"]), &day(Some(row.issued_on))),
        (tongue.say(["Due", "Fällig am", "Échéance"]), &due),
        (tongue.say(["Corrects", "Zu Rechnung", "Corrige"]), corrects),
        (tongue.say(["Order", "Auftrag", "Commande"]), &row.order_number),
        (tongue.say(["Delivered", "Lieferdatum", "Livraison"]), &delivered),
        (tongue.say(["Your reference", "Ihre Referenz", "Votre réf."]), &row.po_number),
        (tongue.say(["Cost centre", "Kostenstelle", "Centre de coût"]), &page.cost_centre),
        (tongue.say(["Account", "Kundennr.", "N° client"]), &page.account_number),
        (tongue.say(["Your VAT no.", "Ihre USt-IdNr.", "Votre n° TVA"]), &buyer_vat),
    ];
    let mut tree = head(&mut paper, tongue, &page.seller, &page.bill_to, &facts, &title, &words.lead());
    if !page.reason.trim().is_empty() {
        tree.push(Node::group(Tag::P, paper.paragraph(Column::FULL, Style::BODY, &page.reason)));
        paper.down(mm(4.0));
    }
    let closing = Closing::new(fonts, page);
    let items: Vec<lines::Item> = page.lines.iter().map(|l| lines::item(tongue, l)).collect();
    tree.push(lines::lines(&mut paper, tongue, row.gross.currency(), &items, closing.height()));
    let (nodes, payment) = closing.place(&mut paper);
    tree.extend(nodes);
    paper.on_each_page(|paper, number, of| running(paper, tongue, &page.seller, &title, number, of));

    let bookmarks = vec![(plain(&title), (0, 0.0)), (words.settling().to_owned(), payment)];
    let metadata = metadata(&page.seller, &title, row.issued_on);
    if !page.einvoice() {
        return export::export(paper, tongue, tree, bookmarks, metadata, None);
    }
    let xml = facturx::embedded(crate::einvoice::cii(page), day_of(row.issued_on));
    facturx::announced(&export::export(paper, tongue, tree, bookmarks, metadata, Some(xml))?)
}

/// The upper part of the first page: who writes, to whom, what, and the facts to file it by.
fn head(
    paper: &mut Paper,
    tongue: Tongue,
    seller: &Letterhead,
    to: &Address,
    facts: &[(&str, &str)],
    title: &str,
    lead: &str,
) -> Vec<Node> {
    let mut tree = vec![letter::seller(paper, tongue, seller)];
    let below_seller = paper.here();
    tree.push(letter::addressed(paper, tongue, seller, to));
    let below_address = paper.here();
    let facts = letter::facts(paper, facts);
    let below_facts = paper.here();
    paper.go_to(below_seller.1.max(below_address.1).max(below_facts.1));
    tree.extend(letter::title(paper, title, lead));
    tree.push(facts);
    tree
}

/// What is repeated: the seller and the title above from the second page on, the seller and the page's number below.
fn running(paper: &mut Paper, tongue: Tongue, seller: &Letterhead, title: &str, number: usize, of: usize) {
    let (left, right) = (Column { right: mm(150.0), ..Column::FULL }, Column { left: mm(155.0), ..Column::FULL });
    let fonts = paper.fonts();
    let say = |paper: &mut Paper, top: f32, column: Column, align, style: Style, words: &str, kind| {
        paper.go_to(top);
        for line in fonts.at_most(1, style, words, column.width()) {
            paper.decorate(column, align, line, kind);
        }
    };
    if number > 1 {
        let mark = Style { ink: Ink::Brand, ..Style::HEAD };
        // Titles are longer than a page's number.
        let (left, right) = (Column { right: mm(105.0), ..left }, Column { left: mm(110.0), ..right });
        say(paper, mm(13.0), left, Align::Left, mark, &seller.name, ArtifactType::Header);
        say(paper, mm(13.0), right, Align::Right, Style::SMALL, title, ArtifactType::Header);
    }
    let vat = match seller.vat_number.trim() {
        "" => String::new(),
        number => format!("{} {number}", tongue.say(letter::VAT_NO)),
    };
    let parts: Vec<&str> =
        [seller.legal_name.as_str(), &vat, title].into_iter().filter(|p| !p.trim().is_empty()).collect();
    paper.go_to(mm(281.0));
    paper.rule(Column::FULL, 0.4, Ink::Hairline);
    say(paper, mm(282.5), left, Align::Left, Style::SMALL, &parts.join(" · "), ArtifactType::Footer);
    let (page, of_pages) = (tongue.say(["Page", "Seite", "Page"]), tongue.say(["of", "von", "sur"]));
    let numbered = format!("{page} {number} {of_pages} {of}");
    say(paper, mm(282.5), right, Align::Right, Style::SMALL, &numbered, ArtifactType::Footer);
}

fn metadata(seller: &Letterhead, title: &str, on: NaiveDate) -> Metadata {
    let Letterhead { name, legal_name, .. } = seller;
    let author = plain(if legal_name.trim().is_empty() { name } else { legal_name });
    Metadata::new()
        .title(plain(title))
        .authors(Some(author).filter(|a| !a.is_empty()).into_iter().collect())
        .creator("Buyerdesk".to_owned())
        .creation_date(day_of(on))
}

/// Midnight in UTC: a document knows its day and no more.
fn day_of(date: NaiveDate) -> DateTime {
    let part = |n: u32| u8::try_from(n).unwrap_or(1);
    DateTime::new(u16::try_from(date.year()).unwrap_or(0))
        .month(part(date.month()))
        .day(part(date.day()))
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
}
