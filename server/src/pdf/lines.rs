//! The table of lines: over as many pages as it takes, its head repeated, a subtotal carried from page to page.

use domain::invoices::InvoiceLine;
use domain::{Currency, Money, text};
use krilla::tagging::{ArtifactType, Tag};

use super::grid::{Cell, Grid, Row};
use super::paper::{Align, Column, Node, Paper, mm};
use super::typeset::{Fonts, Ink, Line, Style};

/// One column: its head, which side its cells stand at, and how wide it may become, comfortably and at worst. It is as
/// wide as its widest cell, what is wider wraps, and the names get the rest.
struct Spec {
    head: &'static str,
    align: Align,
    widest: f32,
    at_worst: f32,
}

const fn spec(head: &'static str, align: Align, widest: f32, at_worst: f32) -> Spec {
    Spec { head, align, widest: mm(widest), at_worst: mm(at_worst) }
}

const SPECS: [Spec; 8] = [
    spec("#", Align::Right, 9.0, 7.0),
    spec("Article", Align::Left, 30.0, 15.0),
    spec("Description", Align::Left, 0.0, 0.0),
    spec("Quantity", Align::Right, 20.0, 16.0),
    spec("Unit", Align::Left, 18.0, 10.0),
    spec("Unit price", Align::Right, 36.0, 30.0),
    spec("Tax", Align::Right, 14.0, 11.0),
    spec("Amount", Align::Right, 36.0, 32.0),
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
pub fn lines(paper: &mut Paper, currency: Currency, items: &[Item], after: f32) -> Node {
    let fonts = paper.fonts();
    let set: Vec<[Line; 8]> = items
        .iter()
        .map(|item| {
            let mut at = 0..;
            item.cells.each_ref().map(|words| fonts.line(STYLES[at.next().unwrap_or(NAME)], words))
        })
        .collect();
    let grid = grid(fonts, &set);
    let head = head(paper, &grid);
    let mut body = Vec::with_capacity(set.len());
    let mut carried = Money::zero(currency);
    for (i, (cells, line)) in set.into_iter().zip(items).enumerate() {
        let cells = cells.into_iter().zip(&grid.columns);
        let row = Row::new(cells.map(|(cell, (column, _))| (Cell::Data, cell.broken(column.width()))).collect());
        let below = if i + 1 == items.len() { after.clamp(CARRY, AFTER) } else { CARRY };
        if i > 0 && !paper.fits(row.height() + 2.0 * PADDING + below) {
            carry(paper, &grid, carried);
        }
        paper.down(PADDING);
        body.push(grid.place(paper, row, |paper| carry(paper, &grid, carried)));
        paper.down(PADDING);
        paper.rule(Column::FULL, 0.4, Ink::Hairline);
        carried = carried.plus(line.net).unwrap_or(carried);
    }
    let head = Node::group(Tag::THead, vec![head]);
    let table =
        Tag::Table.with_summary(Some("One line a row: article, quantity, unit price, tax rate and amount".to_owned()));
    Node::group(table, vec![head, Node::group(Tag::TBody, body)])
}

/// A line of an invoice.
pub fn item(line: &InvoiceLine) -> Item {
    Item {
        cells: [
            line.line_no.to_string(),
            line.sku.clone(),
            line.name.clone(),
            line.quantity.to_string(),
            line.unit.clone(),
            text::money(line.unit_price),
            text::percent(line.tax_rate),
            text::money(line.net),
        ],
        net: line.net,
    }
}

/// How wide the columns are, from what is in them.
fn grid(fonts: &Fonts, lines: &[[Line; 8]]) -> Grid {
    let mut natural: Vec<f32> = heads(fonts).map(|head| head.width()).collect();
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

fn heads(fonts: &Fonts) -> impl Iterator<Item = Line> {
    SPECS.iter().map(|spec| fonts.line(Style::HEAD, spec.head))
}

/// The head on the first page; on the others it is repeated as decoration.
fn head(paper: &mut Paper, grid: &Grid) -> Node {
    let cells = heads(paper.fonts()).map(|line| (Cell::ColumnHead, vec![line])).collect();
    let head = grid.place(paper, Row::new(cells), Paper::turn);
    rule_below_head(paper);
    head
}

fn rule_below_head(paper: &mut Paper) {
    paper.down(3.0);
    paper.rule(Column::FULL, 0.8, Ink::Black);
}

/// The foot of one page and the head of the next.
fn carry(paper: &mut Paper, grid: &Grid, sum: Money) {
    paper.down(PADDING);
    subtotal(paper, "Carried forward", sum);
    paper.turn();
    for (line, (column, align)) in heads(paper.fonts()).zip(&grid.columns) {
        paper.decorate(*column, *align, line, ArtifactType::PaginationOther);
    }
    paper.down(Style::HEAD.leading);
    rule_below_head(paper);
    paper.down(PADDING);
    subtotal(paper, "Brought forward", sum);
    paper.down(PADDING);
    paper.rule(Column::FULL, 0.4, Ink::Hairline);
}

fn subtotal(paper: &mut Paper, label: &str, sum: Money) {
    let words = format!("{label}  {}", text::money(sum));
    let line = paper.fonts().line(Style::CELL_QUIET, &words);
    paper.decorate(Column::FULL, Align::Right, line, ArtifactType::PaginationOther);
    paper.down(Style::CELL.leading);
}
