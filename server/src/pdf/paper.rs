//! Paper: A4 pages, a cursor that goes down them, and what is put where. Nothing here knows what an invoice is.
//!
//! Whoever puts words on paper gets a [`Node`] for the structure tree and must place it there: the tree is what people
//! who do not see the page read.

use krilla::tagging::{ArtifactType, TagKind};

use super::typeset::{Fonts, Ink, Line, Style};

/// Millimetres in points, the unit of everything here.
pub const fn mm(millimetres: f32) -> f32 {
    millimetres * 72.0 / 25.4
}

/// A4, upright.
pub const WIDTH: f32 = mm(210.0);
/// A4, upright.
pub const HEIGHT: f32 = mm(297.0);
/// Where the text begins on every page but the first.
const TOP: f32 = mm(27.0);
/// Where the text ends on every page.
const BOTTOM: f32 = mm(274.0);

/// From where to where across the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Points from the left edge of the page.
    pub left: f32,
    /// Points from the left edge of the page.
    pub right: f32,
}

impl Column {
    /// Everything between the margins.
    pub const FULL: Self = Self { left: mm(22.0), right: mm(192.0) };

    /// In points.
    pub const fn width(self) -> f32 {
        self.right - self.left
    }
}

/// At which side of its column a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// A part of the structure tree.
#[must_use = "what is on paper must be in the structure tree, once"]
pub enum Node {
    /// Words on paper, numbered from 0 as they were put there.
    Leaf(usize),
    /// A heading, a paragraph, a table and its parts.
    Group(TagKind, Vec<Node>),
}

impl Node {
    /// Children under a tag.
    pub fn group(tag: impl Into<TagKind>, children: Vec<Self>) -> Self {
        Self::Group(tag.into(), children)
    }
}

/// What words on paper are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    /// Part of the document.
    Content,
    /// Repeated or decorative: heads and feet of pages.
    Artifact(ArtifactType),
}

/// Something on a page.
pub enum Mark {
    /// Words: the baseline begins at (x, y).
    Words(Line, Role, f32, f32),
    /// A horizontal rule at a height, so many points thick.
    Rule(Column, f32, f32, Ink),
}

/// The pages written so far and where the next words go.
pub struct Paper {
    fonts: &'static Fonts,
    pages: Vec<Vec<Mark>>,
    leaves: usize,
    top: f32,
}

impl Paper {
    /// One empty page.
    pub fn new(fonts: &'static Fonts) -> Self {
        Self { fonts, pages: vec![Vec::new()], leaves: 0, top: TOP }
    }

    /// What type is set in.
    pub const fn fonts(&self) -> &'static Fonts {
        self.fonts
    }

    /// The cursor: page from 0, and points from its upper edge.
    pub const fn here(&self) -> (usize, f32) {
        (self.pages.len() - 1, self.top)
    }

    /// Sets the cursor on this page.
    pub const fn go_to(&mut self, top: f32) {
        self.top = top;
    }

    /// Leaves a gap.
    pub const fn down(&mut self, gap: f32) {
        self.top += gap;
    }

    /// Whether this much more fits on the page.
    pub fn fits(&self, height: f32) -> bool {
        self.top + height <= BOTTOM
    }

    /// Goes on at the top of a new page.
    pub fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.top = TOP;
    }

    /// Turns the page unless this much fits: what belongs together stays together.
    pub fn keep(&mut self, height: f32) {
        if !self.fits(height) {
            self.turn();
        }
    }

    /// Lines below each other, over to the next page if need be.
    pub fn write(&mut self, column: Column, lines: Vec<Line>) -> Vec<Node> {
        let mut leaves = Vec::with_capacity(lines.len());
        for line in lines {
            let leading = line.style.leading;
            self.keep(leading);
            leaves.push(self.put(column, Align::Left, line));
            self.down(leading);
        }
        leaves
    }

    /// A sentence or more, wrapped.
    pub fn paragraph(&mut self, column: Column, style: Style, text: &str) -> Vec<Node> {
        let lines = self.fonts.lines(style, text, column.width());
        self.write(column, lines)
    }

    /// A line at the cursor, which stays.
    pub fn put(&mut self, column: Column, align: Align, line: Line) -> Node {
        self.words(column, align, line, Role::Content);
        self.leaves += 1;
        Node::Leaf(self.leaves - 1)
    }

    /// A line at the cursor that is no part of the document: repeated or decorative.
    pub fn decorate(&mut self, column: Column, align: Align, line: Line, kind: ArtifactType) {
        self.words(column, align, line, Role::Artifact(kind));
    }

    /// A rule at the cursor.
    pub fn rule(&mut self, column: Column, thickness: f32, ink: Ink) {
        let mark = Mark::Rule(column, self.top, thickness, ink);
        self.add(mark);
    }

    /// Goes to each page once more, with its number from 1 and how many there are: for running heads and feet.
    pub fn on_each_page(&mut self, mut draw: impl FnMut(&mut Self, usize, usize)) {
        let pages = std::mem::take(&mut self.pages);
        let count = pages.len();
        let mut done = Vec::with_capacity(count);
        for (i, page) in pages.into_iter().enumerate() {
            self.pages.push(page);
            draw(self, i + 1, count);
            done.append(&mut self.pages);
        }
        self.pages = done;
    }

    /// What is on each page.
    pub fn into_pages(self) -> Vec<Vec<Mark>> {
        self.pages
    }

    fn words(&mut self, column: Column, align: Align, line: Line, role: Role) {
        // In the middle of its leading by the height of capitals, 0.73 of the size in Inter.
        let baseline = self.top + f32::midpoint(line.style.leading, 0.73 * line.style.size);
        let x = match align {
            Align::Left => column.left,
            Align::Right => column.right - line.width(),
        };
        self.add(Mark::Words(line, role, x, baseline));
    }

    fn add(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }
}
