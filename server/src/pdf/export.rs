//! From paper to PDF: an archivable (PDF/A-3a) and accessible (PDF/UA-1) file, checked by krilla while it writes. A
//! document that breaks a rule of either is an error here and never a file.

use anyhow::{Context as _, anyhow};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::EmbeddedFile;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::KrillaGlyph;
use krilla::{Document, SerializeSettings, tagging};

use super::paper::{HEIGHT, Mark, Node, Paper, Role, WIDTH};
use super::tongue::Tongue;
use super::typeset::{Fonts, Ink, Line};

/// A bookmark: what it says, the page from 0, and points from its upper edge.
pub type Bookmark = (String, (usize, f32));

/// Writes the document; `tongue` is the language of every word that is not data, `file` what it carries.
pub fn export(
    paper: Paper,
    tongue: Tongue,
    tree: Vec<Node>,
    bookmarks: Vec<Bookmark>,
    metadata: Metadata,
    file: Option<EmbeddedFile>,
) -> anyhow::Result<Vec<u8>> {
    let language = tongue.0.code().to_owned();
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|e| anyhow!("PDF/A-3a and PDF/UA-1 exclude each other: {e:?}"))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let fonts = paper.fonts();
    let mut words = Vec::new();
    for marks in paper.into_pages() {
        let mut page = document.start_page_with(PageSettings::from_wh(WIDTH, HEIGHT).context("A4 has a size")?);
        let mut surface = page.surface();
        for mark in &marks {
            draw(&mut surface, fonts, mark, &mut words);
        }
        surface.finish();
        page.finish();
    }
    document.set_tag_tree(TagTree::from(tagged(tree, &words)).with_lang(Some(language.clone())));
    document.set_outline(outline(bookmarks));
    document.set_metadata(metadata.language(language));
    if let Some(file) = file {
        document.embed_file(file).context("a file of that name is embedded already")?;
    }
    document.finish().map_err(|e| anyhow!("the PDF is not valid: {e:?}"))
}

/// A run of glyphs on the page and what was meant by it, where that is not what it prints.
type Said = (Identifier, Option<String>);

/// Draws a mark; words that are content are added to what the structure tree names.
fn draw(surface: &mut Surface<'_>, fonts: &Fonts, mark: &Mark, words: &mut Vec<Vec<Said>>) {
    match mark {
        Mark::Words(line, Role::Content, x, baseline) => {
            let runs = line.runs().into_iter().map(|(offset, glyphs, meant)| {
                let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                set(surface, fonts, line, glyphs, Point::from_xy(x + offset, *baseline));
                surface.end_tagged();
                (identifier, meant)
            });
            words.push(runs.collect());
        }
        Mark::Words(line, Role::Artifact(kind), x, baseline) => {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(*kind)));
            set(surface, fonts, line, &line.glyphs, Point::from_xy(*x, *baseline));
            surface.end_tagged();
        }
        Mark::Rule(column, y, thickness, ink) => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(column.left, *y - thickness / 2.0, column.width(), *thickness) {
                path.push_rect(rect);
            }
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            surface.set_fill(Some(fill(*ink)));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
            surface.end_tagged();
        }
    }
}

fn set(surface: &mut Surface<'_>, fonts: &Fonts, line: &Line, glyphs: &[KrillaGlyph], start: Point) {
    surface.set_fill(Some(fill(line.style.ink)));
    surface.draw_glyphs(start, glyphs, fonts.font(line.style.weight), &line.text, line.style.size, false);
}

fn fill(ink: Ink) -> Fill {
    let (red, green, blue) = ink.rgb();
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

fn tagged(nodes: Vec<Node>, words: &[Vec<Said>]) -> Vec<tagging::Node> {
    let tag = |node| match node {
        Node::Leaf(n) => words.get(n).into_iter().flatten().map(said).collect(),
        Node::Group(tag, children) => vec![TagGroup::with_children(tag, tagged(children, words)).into()],
    };
    nodes.into_iter().flat_map(tag).collect()
}

/// What was meant goes into the tree and not beside the glyphs: there some readers (poppler) lose its place.
fn said((identifier, meant): &Said) -> tagging::Node {
    match meant {
        None => tagging::Node::Leaf(*identifier),
        Some(_) => {
            TagGroup::with_children(Tag::Span.with_actual_text(meant.clone()), vec![(*identifier).into()]).into()
        }
    }
}

fn outline(bookmarks: Vec<Bookmark>) -> Outline {
    let mut outline = Outline::new();
    for (words, (page, top)) in bookmarks {
        outline.push_child(OutlineNode::new(words, XyzDestination::new(page, Point::from_xy(0.0, top))));
    }
    outline
}
