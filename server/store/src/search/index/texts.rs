//! Many short texts, kept in one.

use std::ops::Range;

/// Texts by their place.
pub(super) struct Texts {
    text: String,
    begins: Vec<u32>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { text: String::new(), begins: vec![0] }
    }
}

impl Texts {
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.begins.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    pub fn len(&self) -> usize {
        self.begins.len() - 1
    }

    pub fn get(&self, at: usize) -> &str {
        &self.text[self.begins[at] as usize..self.begins[at + 1] as usize]
    }

    pub fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.begins.shrink_to_fit();
    }

    /// Of texts in their order: the places of those that begin so.
    pub fn beginning_with(&self, beginning: &str) -> Range<usize> {
        let from = self.first(0..self.len(), |text| text >= beginning);
        from..self.first(from..self.len(), |text| !text.starts_with(beginning))
    }

    /// Of texts in their order, among some that begin so: the places of those that are no longer.
    pub fn same_as(&self, text: &str, among: Range<usize>) -> Range<usize> {
        among.start..self.first(among, |known| known.len() > text.len())
    }

    /// The first place of some from which on something holds.
    fn first(&self, among: Range<usize>, holds: impl Fn(&str) -> bool) -> usize {
        let (mut from, mut to) = (among.start, among.end);
        while from < to {
            let middle = from.midpoint(to);
            if holds(self.get(middle)) { to = middle } else { from = middle + 1 }
        }
        from
    }
}
