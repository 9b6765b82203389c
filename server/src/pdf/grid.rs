//! Tables: cells side by side in columns, a row at a time.

use krilla::tagging::{TableHeaderScope, Tag, TagKind};

use super::paper::{Align, Column, Node, Paper};
use super::typeset::{Fonts, Line, Style};

/// What a cell is to those who listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Names its column.
    ColumnHead,
    /// Names its row.
    RowHead,
    /// Everything else.
    Data,
}

impl Cell {
    fn tag(self) -> TagKind {
        match self {
            Self::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
            Self::RowHead => Tag::TH(TableHeaderScope::Row).into(),
            Self::Data => Tag::TD.into(),
        }
    }
}

/// A row's cells, set but not placed.
pub struct Row {
    cells: Vec<(Cell, Vec<Line>)>,
}

impl Row {
    /// From left to right.
    pub fn new(cells: Vec<(Cell, Vec<Line>)>) -> Self {
        Self { cells }
    }

    /// How much paper it takes, without the space around it.
    pub fn height(&self) -> f32 {
        let heights = self.cells.iter().map(|(_, lines)| lines.iter().map(|l| l.style.leading).sum());
        heights.fold(0.0, f32::max)
    }
}

/// Where cells stand.
pub struct Grid {
    /// From left to right.
    pub columns: Vec<(Column, Align)>,
}

impl Grid {
    /// Places a row at the cursor and moves below it, cell after cell as it is read. Whoever calls has made room; what
    /// is taller than a page goes on after `turn`.
    pub fn place(&self, paper: &mut Paper, row: Row, mut turn: impl FnMut(&mut Paper)) -> Node {
        let (kinds, cells): (Vec<_>, Vec<_>) = row.cells.into_iter().unzip();
        let mut cells: Vec<_> = cells.into_iter().map(|lines| lines.into_iter().peekable()).collect();
        let mut leaves: Vec<Vec<Node>> = kinds.iter().map(|_| Vec::new()).collect();
        loop {
            let (_, top) = paper.here();
            let mut bottom = top;
            for ((lines, (column, align)), leaves) in cells.iter_mut().zip(&self.columns).zip(&mut leaves) {
                paper.go_to(top);
                while let Some(line) = lines.next_if(|line| paper.fits(line.style.leading)) {
                    let leading = line.style.leading;
                    leaves.push(paper.put(*column, *align, line));
                    paper.down(leading);
                }
                bottom = paper.here().1.max(bottom);
            }
            paper.go_to(bottom);
            if cells.iter_mut().all(|lines| lines.peek().is_none()) {
                break;
            }
            turn(paper);
        }
        let cells = kinds.into_iter().zip(leaves).map(|(kind, leaves)| Node::group(kind.tag(), leaves));
        Node::group(Tag::TR, cells.collect())
    }
}

/// A table of two columns: what it is called, and what it is.
pub struct Facts {
    columns: [(Column, Align); 2],
    rows: Vec<Row>,
}

impl Facts {
    /// `second`: where the second column begins, in points from the left edge of `column`.
    pub fn new(column: Column, second: f32, align: Align) -> Self {
        let (left, right) = (column.left + second - 8.0, column.left + second);
        let columns = [(Column { right: left, ..column }, Align::Left), (Column { left: right, ..column }, align)];
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row; a value that is empty is left out.
    pub fn add(&mut self, fonts: &Fonts, label: (Style, &str), value: (Style, &str)) {
        if value.1.trim().is_empty() {
            return;
        }
        let [(left, _), (right, _)] = self.columns;
        let set = |column: Column, (style, words): (Style, &str)| fonts.at_most(4, style, words, column.width());
        self.rows.push(Row::new(vec![(Cell::RowHead, set(left, label)), (Cell::Data, set(right, value))]));
    }

    /// How much paper the whole table takes.
    pub fn height(&self) -> f32 {
        self.rows.iter().map(Row::height).sum()
    }

    /// Places the table at the cursor. `before` may draw a rule above the row of that number.
    pub fn place(self, paper: &mut Paper, mut before: impl FnMut(&mut Paper, usize)) -> Node {
        let grid = Grid { columns: self.columns.to_vec() };
        let mut rows = Vec::with_capacity(self.rows.len());
        for (i, row) in self.rows.into_iter().enumerate() {
            paper.keep(row.height());
            before(paper, i);
            rows.push(grid.place(paper, row, Paper::turn));
        }
        Node::group(Tag::Table, rows)
    }
}
