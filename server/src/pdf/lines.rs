//! The table of lines: over as many pages as it takes, its head repeated, a subtotal carried from page to page.

use domain::invoices::InvoiceLine;
use domain::{Currency, Money};
use krilla::tagging::{ArtifactType, Tag};

use super::grid::{Cell, Grid, Row};
use super::paper::{Align, Column, Node, Paper, mm};
use super::tongue::Tongue;
use super::typeset::{Fonts, Ink, Line, Style};

/// One column: its head, which side its cells stand at, and how wide it may become, comfortably and at worst. It is as
/// wide as its widest cell, what is wider wraps, and the names get the rest.
struct Spec {
    head: [&'static str; 3],
    align: Align,
    widest: f32,
    at_worst: f32,
}

const fn spec(head: [&'static str; 3], align: Align, widest: f32, at_worst: f32) -> Spec {
    Spec { head, align, widest: mm(widest), at_worst: mm(at_worst) }
}

const SPECS: [Spec; 8] = [
    spec(["#", "Pos.", "N°"], Align::Right, 9.0, 7.0),
    spec(["Article", "Artikel", "Article"], Align::Left, 30.0, 15.0),
    spec(["Description", "Bezeichnung", "Désignation"], Align::Left, 0.0, 0.0),
    spec(["Quantity", "Menge", "Quantité"], Align::Right, 20.0, 16.0),
    spec(["Unit", "Einheit", "Unité"], Align::Left, 18.0, 10.0),
    spec(["Unit price", "Einzelpreis", "Prix unitaire"], Align::Right, 36.0, 30.0),
    spec(["Tax", "MwSt.", "TVA"], Align::Right, 14.0, 11.0),
    spec(["Amount", "Betrag", "Montant"], Align::Right, 36.0, 32.0),
];
const SUMMARY: [&str; 3] = [
    "One line a row: article, quantity, unit price, tax rate and amount",
    "Je Zeile eine Position: Artikel, Menge, Einzelpreis, Steuersatz und Betrag",
    "Une ligne par article : référence, quantité, prix unitaire, taux de TVA et montant",
];
const NAME: usize = 2;
const STYLES: [Style; 8] = [
    Style::CELL_QUIET,
    Style::CELL_QUIET,
    Style::CELL,
    Style::CELL,
    Style::CELL_QUIET,
    Style::CELL,
    Style::CELL_QUIET,
    Style::CELL,
];
/// Between columns.
const GAP: f32 = mm(3.2);
/// Names narrower than this would be slivers: then the others give way.
const NAME_WIDTH: f32 = mm(45.0);
/// Above and below the words of a row.
const PADDING: f32 = 3.6;
/// What the line with the carried amount takes at the foot of a page.
const CARRY: f32 = 16.0;
/// At most this much of what follows keeps the last row company.
const AFTER: f32 = mm(90.0);

/// One row: what stands in the columns (position, article, description, quantity, unit, unit price, tax, amount), and what it adds to
/// the sum that is carried.
pub struct Item {
    pub cells: [String; 8],
    pub net: Money,
}

/// Places the table. `after`: how much paper what follows takes; the last row goes with it to the next page.
pub fn lines(paper: &mut Paper, tongue: Tongue, currency: Currency, items: &[Item], after: f32) -> Node {
    let fonts = paper.fonts();
    let set: Vec<[Line; 8]> = items
        .iter()
        .map(|item| {
            let mut at = 0..;
            item.cells.each_ref().map(|words| fonts.line(STYLES[at.next().unwrap_or(NAME)], words))
        })
        .collect();
    let grid = grid(fonts, tongue, &set);
    let head = head(paper, tongue, &grid);
    let mut body = Vec::with_capacity(set.len());
    let mut carried = Money::zero(currency);
    for (i, (cells, line)) in set.into_iter().zip(items).enumerate() {
        let cells = cells.into_iter().zip(&grid.columns);
        let row = Row::new(cells.map(|(cell, (column, _))| (Cell::Data, cell.broken(column.width()))).collect());
        let below = if i + 1 == items.len() { after.clamp(CARRY, AFTER) } else { CARRY };
        if i > 0 && !paper.fits(row.height() + 2.0 * PADDING + below) {
            carry(paper, tongue, &grid, carried);
        }
        paper.down(PADDING);
        body.push(grid.place(paper, row, |paper| carry(paper, tongue, &grid, carried)));
        paper.down(PADDING);
        paper.rule(Column::FULL, 0.4, Ink::Hairline);
        carried = carried.plus(line.net).unwrap_or(carried);
    }
    let head = Node::group(Tag::THead, vec![head]);
    let table = Tag::Table.with_summary(Some(tongue.say(SUMMARY).to_owned()));
    Node::group(table, vec![head, Node::group(Tag::TBody, body)])
}

/// A line of an invoice.
pub fn item(tongue: Tongue, line: &InvoiceLine) -> Item {
    Item {
        cells: [
            line.line_no.to_string(),
            line.sku.clone(),
            if line.own_number.is_empty() { line.name.clone() } else { format!("{} ({})", line.name, line.own_number) },
            tongue.quantity(line.quantity),
            line.unit.clone(),
            tongue.money(line.unit_price),
            tongue.percent(line.tax_rate),
            tongue.money(line.net),
        ],
        net: line.net,
    }
}

/// How wide the columns are, from what is in them.
fn grid(fonts: &Fonts, tongue: Tongue, lines: &[[Line; 8]]) -> Grid {
    let mut natural: Vec<f32> = heads(fonts, tongue).map(|head| head.width()).collect();
    for cells in lines {
        for (width, cell) in natural.iter_mut().zip(cells) {
            *width = width.max(cell.width());
        }
    }
    let comfortable = widths(&natural, |spec| spec.widest);
    let widths = if comfortable[NAME] < NAME_WIDTH { widths(&natural, |spec| spec.at_worst) } else { comfortable };
    let mut left = Column::FULL.left;
    let columns = widths.into_iter().zip(&SPECS).map(|(width, spec)| {
        let column = Column { left, right: left + width };
        left = column.right + GAP;
        (column, spec.align)
    });
    Grid { columns: columns.collect() }
}

/// Natural widths up to their limits; the rest of the page for the names.
fn widths(natural: &[f32], limit: fn(&Spec) -> f32) -> Vec<f32> {
    // A hair more than measured, so that what fits exactly does not wrap. The limit of names is 0: all is theirs.
    let mut widths: Vec<f32> = natural.iter().zip(&SPECS).map(|(w, spec)| (w + 0.1).min(limit(spec))).collect();
    widths[NAME] = Column::FULL.width() - widths.iter().map(|w| w + GAP).sum::<f32>() + GAP;
    widths
}

fn heads(fonts: &Fonts, tongue: Tongue) -> impl Iterator<Item = Line> {
    SPECS.iter().map(move |spec| fonts.line(Style::HEAD, tongue.say(spec.head)))
}

/// The head on the first page; on the others it is repeated as decoration.
fn head(paper: &mut Paper, tongue: Tongue, grid: &Grid) -> Node {
    let cells = heads(paper.fonts(), tongue).map(|line| (Cell::ColumnHead, vec![line])).collect();
    let head = grid.place(paper, Row::new(cells), Paper::turn);
    rule_below_head(paper);
    head
}

fn rule_below_head(paper: &mut Paper) {
    paper.down(3.0);
    paper.rule(Column::FULL, 0.8, Ink::Black);
}

/// The foot of one page and the head of the next.
fn carry(paper: &mut Paper, tongue: Tongue, grid: &Grid, sum: Money) {
    paper.down(PADDING);
    subtotal(paper, tongue, ["Carried forward", "Übertrag", "À reporter"], sum);
    paper.turn();
    for (line, (column, align)) in heads(paper.fonts(), tongue).zip(&grid.columns) {
        paper.decorate(*column, *align, line, ArtifactType::PaginationOther);
    }
    paper.down(Style::HEAD.leading);
    rule_below_head(paper);
    paper.down(PADDING);
    subtotal(paper, tongue, ["Brought forward", "Übertrag", "Report"], sum);
    paper.down(PADDING);
    paper.rule(Column::FULL, 0.4, Ink::Hairline);
}

fn subtotal(paper: &mut Paper, tongue: Tongue, label: [&'static str; 3], sum: Money) {
    let words = format!("{}  {}", tongue.say(label), tongue.money(sum));
    let line = paper.fonts().line(Style::CELL_QUIET, &words);
    paper.decorate(Column::FULL, Align::Right, line, ArtifactType::PaginationOther);
    paper.down(Style::CELL.leading);
}
