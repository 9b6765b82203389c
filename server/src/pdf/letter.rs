//! The upper part of the first page: who writes, to whom, what, and the facts to file it by.

use std::num::NonZeroU16;

use domain::accounts::Address;
use domain::invoices::Letterhead;
use krilla::tagging::{ArtifactType, Tag};

use super::grid::Facts;
use super::paper::{Align, Column, Node, Paper, mm};
use super::printable::plain;
use super::tongue::Tongue;
use super::typeset::Style;

/// Where the window of an envelope shows the address: DIN 5008 form B, and C5 and DL in Britain. 22 mm from the left,
/// from 45 mm down, 85 mm wide.
const WINDOW: Column = Column { left: mm(22.0), right: mm(107.0) };
const WINDOW_TOP: f32 = mm(47.0);
/// Beside it: the seller above, the facts below.
const SIDE: Column = Column { left: mm(122.0), right: mm(192.0) };
const HEAD_TOP: f32 = mm(15.0);
/// The title stands at least this far down, below the fold.
const TITLE_TOP: f32 = mm(97.0);

/// What the number of a VAT registration is called.
pub const VAT_NO: [&str; 3] = ["VAT no.", "USt-IdNr.", "N° TVA"];

/// A heading of the structure tree, with its words and where it stands.
pub fn heading(paper: &mut Paper, level: NonZeroU16, style: Style, words: &str) -> Node {
    let leaves = paper.paragraph(Column::FULL, style, words);
    Node::group(Tag::Hn(level, Some(plain(words))), leaves)
}

/// The seller: the name as a mark, and how to reach them in a quiet column.
pub fn seller(paper: &mut Paper, tongue: Tongue, seller: &Letterhead) -> Node {
    let fonts = paper.fonts();
    let name = if seller.name.trim().is_empty() { &seller.legal_name } else { &seller.name };
    paper.go_to(HEAD_TOP - 5.0);
    let mark = paper.write(WINDOW, fonts.at_most(2, Style::MARK, name, WINDOW.width()));
    paper.go_to(HEAD_TOP);
    let mut lines = vec![seller.legal_name.clone()];
    lines.extend(tongue.address(&seller.address).into_iter().filter(|l| *l != seller.legal_name));
    for (label, value) in [(tongue.say(VAT_NO), &seller.vat_number), ("", &seller.email), ("", &seller.phone)] {
        if !value.trim().is_empty() {
            lines.push(format!("{label} {value}"));
        }
    }
    let lines = lines.iter().flat_map(|l| fonts.at_most(2, Style::SMALL, l, SIDE.width())).take(10).collect();
    let lines = paper.write(SIDE, lines);
    Node::group(Tag::Div, vec![Node::group(Tag::P, mark), Node::group(Tag::P, lines)])
}

/// Whom it is addressed to, below the sender in one line: both show in the window.
pub fn addressed(paper: &mut Paper, tongue: Tongue, seller: &Letterhead, to: &Address) -> Node {
    let fonts = paper.fonts();
    let mut sender = vec![seller.legal_name.clone()];
    let mut from = seller.address.clone();
    if from.country == to.country {
        // Needless within a country, and the line has little room.
        from.country.clear();
    }
    sender.extend(tongue.address(&from).into_iter().filter(|l| *l != seller.legal_name));
    sender.retain(|l| !l.trim().is_empty());
    paper.go_to(WINDOW_TOP);
    // Said already in the letterhead: a repetition, so no part of the document.
    for line in fonts.at_most(1, Style { size: 6.5, ..Style::SMALL }, &sender.join(" · "), WINDOW.width()) {
        paper.decorate(WINDOW, Align::Left, line, ArtifactType::Other);
    }
    paper.down(mm(5.5));
    let address = Style { size: 10.0, leading: 14.0, ..Style::BODY };
    let lines = tongue.address(to);
    let lines = lines.iter().flat_map(|l| fonts.at_most(3, address, l, WINDOW.width())).collect();
    Node::group(Tag::P, paper.write(WINDOW, lines))
}

/// The facts to file it by, beside the address; those that are empty are left out.
pub fn facts(paper: &mut Paper, pairs: &[(&str, &str)]) -> Node {
    let mut facts = Facts::new(SIDE, mm(27.0), Align::Left);
    for (label, value) in pairs {
        facts.add(paper.fonts(), (Style::LABEL, label), (Style::BODY, value));
    }
    paper.go_to(WINDOW_TOP);
    facts.place(paper, |_, _| {})
}

/// What it is, and in one sentence what follows from it.
pub fn title(paper: &mut Paper, words: &str, lead: &str) -> Vec<Node> {
    let (_, top) = paper.here();
    paper.go_to(TITLE_TOP.max(top + mm(10.0)));
    let title = heading(paper, NonZeroU16::MIN, Style::TITLE, words);
    let lead = paper.paragraph(Column::FULL, Style::LEAD, lead);
    paper.down(mm(6.0));
    vec![title, Node::group(Tag::P, lead)]
}
