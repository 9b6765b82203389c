//! A version of a quote: lines with all their prices, what all of it comes to, until when, and how to accept it.

use std::num::NonZeroU16;

use domain::quotes::Line;
use domain::{Money, text};
use krilla::tagging::Tag;
use store::quotes::Paper as Version;

use super::closing::{figures, place_figures, total_rows};
use super::lines::{Item, lines};
use super::paper::{Column, Node, Paper, mm};
use super::printable::plain;
use super::tongue::Tongue;
use super::typeset::{Fonts, Style};
use super::{export, head, letter, metadata, running};

const SECTION: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);
/// Between sections.
const GAP: f32 = mm(9.0);

/// The document of one version. Errors as for an invoice: only where the fonts or the PDF itself are broken.
pub fn quote(of: &Version) -> anyhow::Result<Vec<u8>> {
    let (version, document) = (&of.version, &of.version.document);
    let title = format!("Quote {}, version {}", of.number, version.no);
    let fonts = Fonts::get()?;
    let mut paper = Paper::new(fonts);
    let (sent, until) = (text::date(version.sent_at.date()), text::date(document.valid_until));
    let no = version.no.to_string();
    let contact = of.contact.as_ref().map(|(name, _)| name.as_str()).unwrap_or_default();
    let facts = [
        ("Quote no.", of.number.as_str()),
        ("Version", &no),
        ("Date", &sent),
        ("Open until", &until),
        ("For", &of.asked_by),
        ("Your contact", contact),
        ("Account", &of.account_number),
    ];
    let mut tree = head(&mut paper, Tongue::EN, &of.seller, &of.bill_to, &facts, &title, &document.title);

    let currency = version.totals.gross.currency();
    let items: Vec<Item> = document.lines.iter().flat_map(|l| items(l, currency)).collect();
    let rows = total_rows(&version.totals);
    let totals = figures(fonts, Tongue::EN, &rows);
    let below = mm(6.0) + totals.height() + GAP + Style::HEADING.leading + 3.0 * Style::BODY.leading;
    tree.push(lines(&mut paper, Tongue::EN, currency, &items, below));
    paper.down(mm(3.5));
    tree.push(place_figures(&mut paper, totals, &[rows.len() - 1]));

    let end = section(&mut paper, &mut tree, "How to accept", &how(of, &until));
    for (heading, words) in [("Terms", &document.terms), ("Note", &document.note)] {
        if !words.trim().is_empty() {
            section(&mut paper, &mut tree, heading, words);
        }
    }
    paper.on_each_page(|paper, number, of_pages| running(paper, Tongue::EN, &of.seller, &title, number, of_pages));
    let bookmarks = vec![(plain(&title), (0, 0.0)), ("How to accept".to_owned(), end)];
    export::export(paper, Tongue::EN, tree, bookmarks, metadata(&of.seller, &title, version.sent_at.date()), None)
}

fn how(of: &Version, until: &str) -> String {
    let alternatives = of.version.document.lines.iter().any(|l| l.alternative_to.is_some());
    let alternatives = if alternatives { " Alternatives are not in the total." } else { "" };
    format!(
        "Accept {} in the portal until {until}, all of it or a part. The total is for all lines at the first price that fits.{alternatives}",
        of.number
    )
}

/// A heading with a paragraph for each line of text; says where it begins.
fn section(paper: &mut Paper, tree: &mut Vec<Node>, heading: &str, words: &str) -> (usize, f32) {
    paper.down(GAP);
    paper.keep(Style::HEADING.leading + 2.0 * Style::BODY.leading);
    let here = paper.here();
    tree.push(letter::heading(paper, SECTION, Style::HEADING, heading));
    for line in words.lines().filter(|l| !l.trim().is_empty()) {
        let leaves = paper.paragraph(Column::FULL, Style::BODY, line);
        tree.push(Node::group(Tag::P, leaves));
    }
    here
}

/// A row for each price: the line's own figures stand on that of its usual offer, which counts.
fn items(line: &Line, currency: domain::Currency) -> Vec<Item> {
    let usual = line.usual_offer();
    let mut notes = vec![line.name.clone()];
    if let Some(no) = line.alternative_to {
        notes.push(format!("instead of line {no}"));
    }
    if let Some(days) = line.lead_days {
        notes.push(format!("delivered in {}", text::counted(days.into(), "day", "days")));
    }
    if !line.note.is_empty() {
        notes.push(line.note.clone());
    }
    let order = std::iter::once(usual).chain((0..line.offers.len()).filter(|i| *i != usual));
    order
        .filter_map(|i| Some((i, line.offers.get(i)?)))
        .map(|(i, offer)| {
            let (first, counts) = (i == usual, i == usual && line.alternative_to.is_none());
            let quantity = line.usual_quantity(i);
            let net = offer.unit_price.line(quantity).unwrap_or(offer.unit_price);
            let many = if first {
                quantity.to_string()
            } else if offer.or_more {
                format!("{} or more", offer.quantity)
            } else {
                offer.quantity.to_string()
            };
            let of_first = |words: String| if first { words } else { String::new() };
            Item {
                cells: [
                    of_first(line.no.to_string()),
                    of_first(line.sku.clone().unwrap_or_default()),
                    if first { notes.join(", ") } else { "or".to_owned() },
                    many,
                    line.unit.clone(),
                    text::money(offer.unit_price),
                    of_first(text::percent(line.tax_rate)),
                    if counts { text::money(net) } else { String::new() },
                ],
                net: if counts { net } else { Money::zero(currency) },
            }
        })
        .collect()
}
