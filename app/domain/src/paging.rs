//! Pages of lists that grow for ever. Walking from one to the next begins at a row that is known, so the thousandth page costs what
//! the first does; jumping to a number skips what lies before it.

use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};

/// Matches are counted as far as this: counting a million takes longer than reading a page of them.
pub const COUNTED: i64 = 2_500;

/// How many pages of `size` rows `total` rows fill; at least one.
pub fn pages(total: i64, size: u32) -> u32 {
    u32::try_from((total.max(1) + i64::from(size) - 1) / i64::from(size)).unwrap_or(u32::MAX)
}

/// A row that the reader has just seen, by its number in the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Beside {
    /// The page begins behind it.
    After(String),
    /// The page ends before it.
    Before(String),
}

/// Which page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    page: u32,
    beside: Option<Beside>,
}

impl Default for Place {
    fn default() -> Self {
        Self::page(1)
    }
}

/// What a statement reads for a page: forward from a row (or the list's beginning) or back from one, never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk<'a> {
    /// Forward from behind this row.
    pub after: Option<&'a str>,
    /// How many rows forward.
    pub forward: i64,
    /// How many to skip first.
    pub skip: i64,
    /// Back from this row.
    pub before: Option<&'a str>,
    /// How many rows back.
    pub back: i64,
}

impl Walk<'_> {
    /// The first `rows` of a list.
    pub const fn first(rows: i64) -> Self {
        Self { after: None, forward: rows, skip: 0, before: None, back: 0 }
    }
}

impl Place {
    /// A page by its number, from 1.
    pub fn page(number: u32) -> Self {
        Self { page: number.clamp(1, 99_999), beside: None }
    }

    /// Its number, from 1.
    pub const fn number(&self) -> u32 {
        self.page
    }

    /// Reads one pair of a query string: `page`, `after` or `before`; others and nonsense are left out.
    pub fn read(&mut self, key: &str, value: &str) {
        let row = || value.chars().filter(|c| !c.is_control()).take(60).collect();
        match key {
            "page" => self.page = Self::page(value.parse().unwrap_or(1)).page,
            "after" => self.beside = Some(Beside::After(row())),
            "before" => self.beside = Some(Beside::Before(row())),
            _ => {}
        }
    }

    /// Writes what [`Place::read`] reads; nothing for the first page.
    pub fn write(&self, query: &mut Serializer<'_, String>) {
        if self.page == 1 {
            return;
        }
        query.append_pair("page", &self.page.to_string());
        match &self.beside {
            Some(Beside::After(row)) => query.append_pair("after", row),
            Some(Beside::Before(row)) => query.append_pair("before", row),
            None => query,
        };
    }

    /// Another page, for a reader who sees these rows first and last now.
    #[must_use]
    pub fn to(&self, page: u32, ends: &Option<(String, String)>) -> Self {
        let beside = match ends {
            Some((_, last)) if page == self.page + 1 => Some(Beside::After(last.clone())),
            Some((first, _)) if page + 1 == self.page => Some(Beside::Before(first.clone())),
            _ => None,
        };
        Self { beside, ..Self::page(page) }
    }

    /// What to read of it, at `size` rows a page. The first page is the list's beginning, wherever the reader comes from.
    pub fn walk(&self, size: u32) -> Walk<'_> {
        let size = i64::from(size);
        match &self.beside {
            Some(Beside::After(row)) if self.page > 1 => Walk { after: Some(row), ..Walk::first(size) },
            Some(Beside::Before(row)) if self.page > 1 => Walk { before: Some(row), back: size, ..Walk::first(0) },
            _ => Walk { skip: (i64::from(self.page) - 1) * size, ..Walk::first(size) },
        }
    }

    /// How many pages to offer, where `shown` rows of `total` (at most [`COUNTED`]) are on this one: beyond what is counted, the
    /// next one, as long as this one is full.
    pub fn pages(&self, size: u32, shown: usize, total: i64) -> u32 {
        let counted = pages(total, size);
        let full = total >= COUNTED && u32::try_from(shown).is_ok_and(|n| n >= size);
        counted.max(self.page + u32::from(full)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Place {
        let mut place = Place::default();
        form_urlencoded::parse(query.as_bytes()).for_each(|(key, value)| place.read(&key, &value));
        place
    }

    fn written(place: &Place) -> String {
        let mut query = Serializer::new(String::new());
        place.write(&mut query);
        query.finish()
    }

    #[test]
    fn neighbours_are_walked_to_and_others_jumped_to() {
        let here = Place::page(1000);
        let ends = Some(("INV-9".to_owned(), "INV-1".to_owned()));
        let beside = |page| here.to(page, &ends);
        assert_eq!(beside(1001).walk(25), Walk { after: Some("INV-1"), ..Walk::first(25) });
        assert_eq!(beside(999).walk(25), Walk { before: Some("INV-9"), back: 25, ..Walk::first(0) });
        assert_eq!(beside(3).walk(25), Walk { skip: 50, ..Walk::first(25) });
        assert_eq!(Place::page(2).to(1, &ends).walk(25), Walk::first(25));
    }

    #[test]
    fn the_address_says_where_and_nonsense_is_the_beginning() {
        let ends = Some(("INV-9".to_owned(), "A & B/7".to_owned()));
        for place in [Place::default(), Place::page(7), Place::page(7).to(8, &ends)] {
            assert_eq!(read(&written(&place)), place);
        }
        assert_eq!(written(&Place::default()), "");
        assert_eq!(read("page=-3"), Place::default());
        assert_eq!(read("after=INV-1").walk(25), Walk::first(25));
    }

    #[test]
    fn beyond_what_is_counted_there_is_one_more_page_after_a_full_one() {
        assert_eq!(Place::page(1).pages(25, 0, 0), 1);
        assert_eq!(Place::page(2).pages(25, 25, 51), 3);
        assert_eq!(Place::page(3).pages(25, 25, COUNTED), 100);
        assert_eq!(Place::page(100).pages(25, 25, COUNTED), 101);
        assert_eq!(Place::page(101).pages(25, 24, COUNTED), 101);
    }
}
