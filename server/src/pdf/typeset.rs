//! Type: two fonts, read once, and words set in them as measured lines of glyphs.

use std::ops::Range;
use std::sync::LazyLock;

use anyhow::Context as _;
use krilla::text::{Font, Glyph as _, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Face, Feature, ShapePlan, UnicodeBuffer};

use super::printable::{Meant, printable};

/// The colours of the portal's light theme (style/tokens.css), as print needs them: sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// What is said.
    Black,
    /// What is said quietly.
    Grey,
    /// The seller's own.
    Brand,
    /// Rules between rows.
    Hairline,
}

impl Ink {
    /// Red, green, blue.
    pub const fn rgb(self) -> (u8, u8, u8) {
        match self {
            Self::Black => (28, 31, 37),
            Self::Grey => (78, 83, 90),
            Self::Brand => (0, 82, 180),
            Self::Hairline => (203, 206, 211),
        }
    }
}

/// Which of the two fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// For reading.
    Regular,
    /// For heads and sums.
    SemiBold,
}

/// How words look. Sizes in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Which font.
    pub weight: Weight,
    /// Size of the font.
    pub size: f32,
    /// From one line to the next.
    pub leading: f32,
    /// Colour.
    pub ink: Ink,
}

impl Style {
    /// The seller's name at the top of the first page.
    pub const MARK: Self = Self { weight: Weight::SemiBold, size: 19.0, leading: 23.0, ink: Ink::Brand };
    /// What the document is.
    pub const TITLE: Self = Self { weight: Weight::SemiBold, size: 17.0, leading: 22.0, ink: Ink::Black };
    /// The one sentence below the title.
    pub const LEAD: Self = Self { weight: Weight::Regular, size: 10.5, leading: 15.0, ink: Ink::Grey };
    /// A section's heading.
    pub const HEADING: Self = Self { weight: Weight::SemiBold, size: 11.0, leading: 17.0, ink: Ink::Black };
    /// Sentences, addresses and facts.
    pub const BODY: Self = Self { weight: Weight::Regular, size: 9.5, leading: 13.5, ink: Ink::Black };
    /// The figure that counts.
    pub const SUM: Self = Self { weight: Weight::SemiBold, ..Self::BODY };
    /// What a fact is called.
    pub const LABEL: Self = Self { ink: Ink::Grey, ..Self::BODY };
    /// Cells of the table of lines.
    pub const CELL: Self = Self { weight: Weight::Regular, size: 8.5, leading: 12.0, ink: Ink::Black };
    /// Cells that are looked at last.
    pub const CELL_QUIET: Self = Self { ink: Ink::Grey, ..Self::CELL };
    /// Heads of columns.
    pub const HEAD: Self = Self { weight: Weight::SemiBold, size: 8.0, leading: 11.0, ink: Ink::Grey };
    /// Small print: the letterhead, running heads and feet.
    pub const SMALL: Self = Self { weight: Weight::Regular, size: 7.5, leading: 11.0, ink: Ink::Grey };
}

/// A line of set type.
#[derive(Clone, Debug)]
pub struct Line {
    /// How it looks.
    pub style: Style,
    /// The characters that are printed.
    pub text: String,
    /// What was meant where that could not be printed.
    pub meant: Meant,
    /// The glyphs; their ranges are in `text`.
    pub glyphs: Vec<KrillaGlyph>,
}

impl Line {
    /// Width in points, without the space at the end that a broken line keeps for those who listen.
    pub fn width(&self) -> f32 {
        let visible = self.text.trim_end().len();
        self.glyphs.iter().filter(|g| g.text_range.start < visible).map(|g| g.x_advance(self.style.size)).sum()
    }

    /// Breaks at spaces, hyphens and slashes where that fits into `width`, else anywhere.
    pub fn broken(&self, width: f32) -> Vec<Self> {
        let mut lines = Vec::new();
        let mut start = 0;
        while start < self.glyphs.len() {
            let end = self.line_end(start, width);
            lines.push(self.part(start..end));
            start = end;
        }
        lines
    }

    /// The glyph before which the line that begins at `start` ends: always beyond `start`.
    fn line_end(&self, start: usize, width: f32) -> usize {
        let (mut used, mut last_break) = (0.0, None);
        for (i, glyph) in self.glyphs.iter().enumerate().skip(start) {
            let new_character = i > start && self.glyphs[i - 1].text_range.start != glyph.text_range.start;
            if new_character && self.text[..glyph.text_range.start].ends_with([' ', '-', '–', '/']) {
                last_break = Some(i);
            }
            used += glyph.x_advance(self.style.size);
            let space = self.text[glyph.text_range.clone()].trim().is_empty();
            if used > width && new_character && !space {
                return last_break.unwrap_or(i);
            }
        }
        self.glyphs.len()
    }

    fn part(&self, range: Range<usize>) -> Self {
        let mut glyphs = self.glyphs[range].to_vec();
        let start = glyphs.first().map_or(0, |g| g.text_range.start);
        let end = glyphs.last().map_or(0, |g| g.text_range.end);
        for glyph in &mut glyphs {
            glyph.text_range = glyph.text_range.start - start..glyph.text_range.end - start;
        }
        let meant = self.meant.iter().filter(|(at, _)| (start..end).contains(at));
        let meant = meant.map(|(at, what)| (at - start, what.clone())).collect();
        Self { style: self.style, text: self.text[start..end].to_owned(), meant, glyphs }
    }

    /// The glyphs in turn with how far from the beginning they stand: those that print what was meant, and those that
    /// stand for something else, with what that is.
    pub fn runs(&self) -> Vec<(f32, &[KrillaGlyph], Option<String>)> {
        let meant = |glyph: &KrillaGlyph| {
            self.meant.iter().find(|(at, _)| *at == glyph.text_range.start).map(|(_, w)| w.as_str())
        };
        let mut x = 0.0;
        let runs = self.glyphs.chunk_by(|a, b| meant(a).is_some() == meant(b).is_some()).map(|glyphs| {
            let said: String = glyphs.iter().filter_map(meant).collect();
            let start = x;
            x += glyphs.iter().map(|g| g.x_advance(self.style.size)).sum::<f32>();
            (start, glyphs, Some(said).filter(|s| !s.is_empty()))
        });
        runs.collect()
    }

    /// What was meant, whatever could be printed.
    fn said(&self) -> String {
        let mut said = self.text.clone();
        for (at, what) in self.meant.iter().rev() {
            said.replace_range(*at..=*at, what);
        }
        said
    }
}

/// The fonts of a document.
pub struct Fonts {
    regular: Typeface,
    semi_bold: Typeface,
}

impl Fonts {
    /// The fonts that are part of the program; an error only if they were broken when it was built.
    pub fn get() -> anyhow::Result<&'static Self> {
        static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(|| {
            Some(Fonts {
                regular: Typeface::read(include_bytes!("../../assets/fonts/Inter-Regular.otf"))?,
                semi_bold: Typeface::read(include_bytes!("../../assets/fonts/Inter-SemiBold.otf"))?,
            })
        });
        FONTS.as_ref().context("the fonts for documents cannot be read")
    }

    /// What a PDF embeds (the used glyphs of).
    pub fn font(&self, weight: Weight) -> Font {
        self.typeface(weight).font.clone()
    }

    /// One line, however long.
    pub fn line(&self, style: Style, text: &str) -> Line {
        let typeface = self.typeface(style.weight);
        let (text, meant) = printable(text, |c| typeface.face.glyph_index(c).is_some());
        Line { style, glyphs: typeface.shape(&text), text, meant }
    }

    /// As many lines of `width` as it takes; none for nothing.
    pub fn lines(&self, style: Style, text: &str, width: f32) -> Vec<Line> {
        self.line(style, text.trim()).broken(width)
    }

    /// At most `most` lines. What is left out is marked with an ellipsis, and still there for those who listen.
    pub fn at_most(&self, most: usize, style: Style, text: &str, width: f32) -> Vec<Line> {
        let mut lines = self.lines(style, text, width);
        if lines.len() > most {
            let rest: String = lines.drain(most..).map(|l| l.said()).collect();
            if let Some(last) = lines.last_mut() {
                let kept = last.part(0..last.line_end(0, width - self.line(style, "…").width()));
                let ellipsis = kept.text.trim_end().len();
                let rest = format!("{}{rest}", last.part(kept.glyphs.len()..last.glyphs.len()).said());
                let mut meant = kept.meant;
                meant.push((ellipsis, rest));
                *last = Line { meant, ..self.line(style, &format!("{}…", &kept.text[..ellipsis])) };
            }
        }
        lines
    }

    fn typeface(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        }
    }
}

struct Typeface {
    font: Font,
    face: Face<'static>,
    plan: ShapePlan,
    per_em: f32,
}

impl Typeface {
    fn read(data: &'static [u8]) -> Option<Self> {
        let font = Font::new(data.into(), 0)?;
        let face = Face::from_slice(data, 0)?;
        // Figures of one width, so that columns line up; no contextual forms: Inter's turn `2x4` into `2×4`.
        let features = [Feature::new(Tag::from_bytes(b"tnum"), 1, ..), Feature::new(Tag::from_bytes(b"calt"), 0, ..)];
        let plan = ShapePlan::new(&face, Direction::LeftToRight, Some(rustybuzz::script::LATIN), None, &features);
        Some(Self { per_em: font.units_per_em(), font, face, plan })
    }

    fn shape(&self, text: &str) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(rustybuzz::script::LATIN);
        let shaped = rustybuzz::shape_with_plan(&self.face, &self.plan, buffer);
        let mut glyphs = Vec::with_capacity(shaped.len());
        let mut end = text.len();
        let mut start = end;
        // Backwards, because a cluster of characters ends where the next one begins.
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()).rev() {
            let cluster = info.cluster as usize;
            if cluster != start {
                (start, end) = (cluster, start);
            }
            glyphs.push(KrillaGlyph {
                glyph_id: GlyphId::new(info.glyph_id),
                text_range: start..end,
                x_advance: self.em(position.x_advance),
                x_offset: self.em(position.x_offset),
                y_offset: self.em(position.y_offset),
                y_advance: self.em(position.y_advance),
                location: None,
            });
        }
        glyphs.reverse();
        glyphs
    }

    #[expect(clippy::cast_precision_loss, reason = "font units are small")]
    fn em(&self, units: i32) -> f32 {
        units as f32 / self.per_em
    }
}
