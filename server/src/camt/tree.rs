//! XML as a tree, of what statements use: elements by their local name, their text, and the currency of an amount.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements within each other; camt.053 needs fourteen.
const DEPTH: usize = 32;
/// Elements in all.
const NODES: usize = 1_000_000;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Node {
    name: String,
    /// Its text.
    pub text: String,
    /// Its attribute `Ccy`.
    pub currency: Option<String>,
    children: Vec<Node>,
}

impl Node {
    fn new(start: &BytesStart) -> Result<Self, String> {
        let mut currency = None;
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| format!("This file is not well-formed XML: {e}."))?;
            if attribute.key.local_name().as_ref() == "Ccy" {
                currency = Some(attribute.value.trim().to_owned());
            }
        }
        Ok(Self { name: start.local_name().as_ref().to_owned(), currency, ..Self::default() })
    }

    /// The children of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|c| c.name == name)
    }

    /// The first element at `a/b/c` below this one.
    pub fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |node, name| node.child(name))
    }

    /// The text at `a/b/c`, if there is any.
    pub fn word(&self, path: &str) -> Option<&str> {
        self.at(path).map(|node| node.text.trim()).filter(|text| !text.is_empty())
    }

    /// All texts at `a/b/c`, as they stand: what a bank has cut begins or ends with the blank that was there.
    pub fn words(&self, path: &str) -> Vec<&str> {
        let mut nodes = vec![self];
        for name in path.split('/') {
            nodes = nodes.into_iter().flat_map(|node| node.children.iter().filter(|c| c.name == name)).collect();
        }
        nodes.into_iter().map(|node| node.text.as_str()).filter(|text| !text.trim().is_empty()).collect()
    }
}

/// Reads a document; gives its root. What is wrong is said in a sentence.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    let broken = |e: &dyn std::fmt::Display| format!("This file is not well-formed XML: {e}.");
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    let mut count = 0;
    loop {
        let event = reader.read_event().map_err(|e| broken(&e))?;
        let Some(node) = open.last_mut() else { return Err(broken(&"it ends too often")) };
        match event {
            Event::Start(start) => {
                open.push(Node::new(&start)?);
                count += 1;
            }
            Event::Empty(start) => {
                let empty = Node::new(&start)?;
                node.children.push(empty);
                count += 1;
            }
            Event::End(_) => {
                let done = open.pop().filter(|_| !open.is_empty());
                let parent = open.last_mut().zip(done);
                let Some((parent, done)) = parent else { return Err(broken(&"it ends too often")) };
                parent.children.push(done);
            }
            Event::Text(said) => node.text.push_str(&said.xml10_content()),
            Event::CData(said) => node.text.push_str(&said.xml10_content()),
            Event::GeneralRef(name) => match name.resolve_char_ref().map_err(|e| broken(&e))? {
                Some(char) => node.text.push(char),
                None => node.text.push(match name.as_ref() {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    "apos" => '\'',
                    other => return Err(format!("This file uses an entity that XML does not know: {other}.")),
                }),
            },
            Event::DocType(_) => return Err("This file has a document type; a statement has none.".to_owned()),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        if open.len() > DEPTH || count > NODES {
            return Err("This file is larger than a statement is.".to_owned());
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(document), true) => {
            document.children.into_iter().next().ok_or_else(|| "This file is empty, or not XML.".to_owned())
        }
        _ => Err(broken(&"it ends before it is complete")),
    }
}
