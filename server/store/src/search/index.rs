//! Every product that is sold, by the words that lead to it. Pure: built from rows, asked without a database.
//!
//! A question is answered by going through postings with one dense array of scores; at 200,000 products the worst
//! question (one letter) costs a fraction of a millisecond, so nothing is precomputed.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use domain::catalog::{CategoryRow, Facet, Span};
use rapidfuzz::distance::osa;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::words::{code, stem, words};

/// A product as the database knows it.
pub struct Row {
    pub id: Uuid,
    pub sku: String,
    pub gtin: Option<String>,
    pub name: String,
    pub description: String,
    /// Which of the categories.
    pub category: Uuid,
    pub active: bool,
    pub attributes: BTreeMap<String, String>,
}

/// A category as the database knows it, in their order.
pub struct Category {
    pub id: Uuid,
    pub slug: String,
    pub name: String,
}

/// Products by their place in the index.
#[derive(Clone, Default)]
pub struct Bits(Vec<u64>);

impl Bits {
    fn has(&self, doc: u32) -> bool {
        self.0.get(doc as usize / 64).is_some_and(|word| word >> (doc % 64) & 1 == 1)
    }

    fn add(&mut self, doc: u32) {
        let at = doc as usize / 64;
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (doc % 64);
    }
}

struct Doc {
    id: Uuid,
    sku: Box<str>,
    name: Box<str>,
    category: u16,
    active: bool,
    /// Words of the name: of two products with the same words the shorter name is meant.
    length: u8,
    values: Range<u32>,
}

#[derive(Clone, Copy)]
struct Posting {
    doc: u32,
    field: Field,
}

/// Where a word stands; the better, the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Description = 0,
    Category = 1,
    Attribute = 2,
    Name = 3,
    Beginning = 4,
}

/// How a word of the question became a word of the index; the better, the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Near = 0,
    Prefix = 1,
    Same = 2,
}

/// An attribute's value.
struct Value {
    name: u16,
    text: Box<str>,
    /// The number in front, where there is one: `40 mm` is 40.
    number: Option<Decimal>,
}

/// The index of one version of the catalog.
pub struct Index {
    pub version: i64,
    /// In the order of their names.
    docs: Vec<Doc>,
    by_id: HashMap<Uuid, u32>,
    /// The order of SKUs: places in `docs`.
    by_sku: Vec<u32>,
    terms: Vec<Box<str>>,
    /// Where the postings of a term begin; one more than there are terms.
    begins: Vec<u32>,
    postings: Vec<Posting>,
    stems: HashMap<Box<str>, Vec<u32>>,
    /// SKUs, their parts from the second on, and GTINs, without what stands between; sorted.
    codes: Vec<(Box<str>, u32)>,
    categories: Vec<Category>,
    names: Vec<Box<str>>,
    values: Vec<Value>,
    values_of: Vec<u32>,
    synonyms: Vec<Vec<Vec<String>>>,
}

/// What is looked for, by whom.
#[derive(Default)]
pub struct Ask<'a> {
    pub words: &'a str,
    /// Slug; empty: all.
    pub category: &'a str,
    /// Name and value; several of one name widen.
    pub attributes: &'a [(String, String)],
    /// From and to, of attributes that are numbers.
    pub spans: &'a [Span],
    /// What the account may see; nothing: everything.
    pub visible: Option<&'a Bits>,
    /// What the account has bought.
    pub bought: Option<&'a Bits>,
    /// What the account itself calls so.
    pub own: &'a [Uuid],
    /// In the order of SKUs, not of relevance or name.
    pub by_sku: bool,
    /// Nobody looks at categories and facets: they are not counted.
    pub uncounted: bool,
}

/// What was found for it.
#[derive(Default)]
pub struct Found {
    /// In their order: places in the index.
    docs: Vec<u32>,
    /// The question as it was understood, if not as it was written.
    pub guessed: Option<String>,
    /// Categories of what has the words, with how many of each.
    pub categories: Vec<CategoryRow>,
    /// Attributes of what has the words and is in the category.
    pub facets: Vec<Facet>,
}

impl Found {
    pub fn len(&self) -> usize {
        self.docs.len()
    }
}

/// A product found, as far as the index knows it.
pub struct Hit<'a> {
    pub sku: &'a str,
    pub name: &'a str,
    pub bought: bool,
}

impl Index {
    /// Builds it. `synonyms` are groups of phrases that mean the same.
    pub fn new(version: i64, mut rows: Vec<Row>, categories: Vec<Category>, synonyms: &[Vec<String>]) -> Self {
        rows.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
        let place: HashMap<Uuid, u16> =
            categories.iter().zip(0..).map(|(category, at): (&Category, u16)| (category.id, at)).collect();
        let category_words: Vec<Vec<String>> = categories.iter().map(|c| words(&c.name)).collect();
        let mut index = Self {
            version,
            docs: Vec::with_capacity(rows.len()),
            by_id: HashMap::with_capacity(rows.len()),
            by_sku: Vec::new(),
            terms: Vec::new(),
            begins: Vec::new(),
            postings: Vec::new(),
            stems: HashMap::new(),
            codes: Vec::with_capacity(rows.len() * 2),
            categories,
            names: Vec::new(),
            values: Vec::new(),
            values_of: Vec::new(),
            synonyms: Vec::new(),
        };
        let mut vocabulary: HashMap<String, Vec<Posting>> = HashMap::new();
        let mut names: HashMap<String, u16> = HashMap::new();
        let mut values: HashMap<(u16, String), u32> = HashMap::new();
        for (row, doc) in rows.into_iter().zip(0_u32..) {
            let category = place.get(&row.category).copied().unwrap_or(u16::MAX);
            let mut seen: HashMap<String, Field> = HashMap::new();
            let mut see = |word: String, field: Field| {
                let known = seen.entry(word).or_insert(field);
                *known = (*known).max(field);
            };
            let name = words(&row.name);
            let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
            for (at, word) in name.into_iter().enumerate() {
                see(word, if at == 0 { Field::Beginning } else { Field::Name });
            }
            for word in words(&row.sku) {
                see(word, Field::Attribute);
            }
            for word in category_words.get(usize::from(category)).into_iter().flatten() {
                see(word.clone(), Field::Category);
            }
            for word in words(&row.description) {
                see(word, Field::Description);
            }
            let first = u32::try_from(index.values_of.len()).unwrap_or(u32::MAX);
            for (name, value) in row.attributes {
                for word in words(&value) {
                    see(word, Field::Attribute);
                }
                let name = *names.entry(name).or_insert_with_key(|name| {
                    index.names.push(name.as_str().into());
                    u16::try_from(index.names.len() - 1).unwrap_or(u16::MAX)
                });
                let value = *values.entry((name, value)).or_insert_with_key(|(name, value)| {
                    index.values.push(Value { name: *name, text: value.as_str().into(), number: leading(value) });
                    u32::try_from(index.values.len() - 1).unwrap_or(u32::MAX)
                });
                index.values_of.push(value);
            }
            for (word, field) in seen {
                vocabulary.entry(word).or_default().push(Posting { doc, field });
            }
            let parts: Vec<&str> = row.sku.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).collect();
            index.codes.extend((0..parts.len()).map(|from| (parts[from..].concat().into_boxed_str(), doc)));
            index.codes.extend(row.gtin.map(|gtin| (gtin.into_boxed_str(), doc)));
            index.by_id.insert(row.id, doc);
            index.docs.push(Doc {
                id: row.id,
                sku: row.sku.into(),
                name: row.name.into(),
                category,
                active: row.active,
                length,
                values: first..u32::try_from(index.values_of.len()).unwrap_or(u32::MAX),
            });
        }
        let mut vocabulary: Vec<(String, Vec<Posting>)> = vocabulary.into_iter().collect();
        vocabulary.sort_by(|a, b| a.0.cmp(&b.0));
        for ((word, postings), term) in vocabulary.into_iter().zip(0..) {
            index.begins.push(u32::try_from(index.postings.len()).unwrap_or(u32::MAX));
            index.postings.extend(postings);
            index.stems.entry(stem(&word).into()).or_default().push(term);
            index.terms.push(word.into());
        }
        index.begins.push(u32::try_from(index.postings.len()).unwrap_or(u32::MAX));
        index.codes.sort();
        index.by_sku = (0..).take(index.docs.len()).collect();
        index.by_sku.sort_by(|a, b| index.docs[*a as usize].sku.cmp(&index.docs[*b as usize].sku));
        index.synonyms = synonyms
            .iter()
            .map(|group| group.iter().map(|phrase| words(phrase)).filter(|words| !words.is_empty()).collect())
            .collect();
        index
    }

    /// How many products it holds.
    pub fn len(&self) -> usize {
        self.docs.len()
    }

    /// The category's name.
    pub fn category(&self, slug: &str) -> Option<&str> {
        self.categories.iter().find(|c| c.slug == slug).map(|c| c.name.as_str())
    }

    /// The products with these ids, for [`Ask::visible`] and [`Ask::bought`].
    pub fn bits(&self, ids: impl IntoIterator<Item = Uuid>) -> Bits {
        let mut bits = Bits::default();
        for doc in ids.into_iter().filter_map(|id| self.by_id.get(&id)) {
            bits.add(*doc);
        }
        bits
    }

    /// The ids of a part of what was found.
    pub fn ids(&self, found: &Found, part: Range<usize>) -> Vec<Uuid> {
        let docs = found.docs.get(part.start.min(found.docs.len())..part.end.min(found.docs.len()));
        docs.unwrap_or_default().iter().map(|doc| self.docs[*doc as usize].id).collect()
    }

    /// What the index knows of the first of what was found.
    pub fn hits<'a>(&'a self, found: &Found, most: usize, bought: Option<&Bits>) -> Vec<Hit<'a>> {
        let hit = |doc: &u32| {
            let known = &self.docs[*doc as usize];
            Hit { sku: &known.sku, name: &known.name, bought: bought.is_some_and(|b| b.has(*doc)) }
        };
        found.docs.iter().take(most).map(hit).collect()
    }

    /// The first `first` of all that fits, in their order; the rest follows in none. Never fails: a question without words
    /// finds what is for sale, in the order of names.
    pub fn find(&self, ask: &Ask, first: usize) -> Found {
        let mut found = Found::default();
        let mut scored = self.matching(ask, &mut found);
        let browsing = ask.words.trim().is_empty();
        let visible = |doc: u32| ask.visible.is_none_or(|bits| bits.has(doc));

        let here = self.categories.iter().position(|c| c.slug == ask.category);
        let narrowed = !ask.category.is_empty();
        let mut in_category = vec![0_i64; self.categories.len()];
        let mut counted = vec![0_u32; if ask.uncounted { 0 } else { self.values.len() }];
        let wanted = self.wanted(ask);
        scored.retain(|(doc, _)| {
            let known = &self.docs[*doc as usize];
            if !visible(*doc) || browsing && !known.active {
                return false;
            }
            if let Some(count) = in_category.get_mut(usize::from(known.category)) {
                *count += 1;
            }
            if narrowed && here != Some(usize::from(known.category)) {
                return false;
            }
            let values = &self.values_of[known.values.start as usize..known.values.end as usize];
            if !ask.uncounted && (narrowed || !browsing) {
                for value in values {
                    counted[*value as usize] += 1;
                }
            }
            wanted.iter().all(|wanted| values.iter().any(|value| wanted.takes(*value, &self.values[*value as usize])))
        });
        found.categories = self
            .categories
            .iter()
            .zip(&in_category)
            .filter(|(_, count)| **count > 0)
            .map(|(c, count)| CategoryRow { slug: c.slug.clone(), name: c.name.clone(), count: *count })
            .collect();
        found.facets = self.facets(&counted);

        if ask.by_sku {
            let mut wanted = Bits::default();
            for (doc, _) in &scored {
                wanted.add(*doc);
            }
            found.docs = self.by_sku.iter().copied().filter(|doc| wanted.has(*doc)).collect();
        } else {
            let best = |(doc, score): &(u32, u32)| (std::cmp::Reverse(*score), *doc);
            if scored.len() > first && first > 0 {
                scored.select_nth_unstable_by_key(first - 1, best);
                scored[..first].sort_unstable_by_key(best);
            } else {
                scored.sort_unstable_by_key(best);
            }
            found.docs = scored.into_iter().map(|(doc, _)| doc).collect();
        }
        found
    }

    /// Everything with the words, with how well it fits.
    fn matching(&self, ask: &Ask, found: &mut Found) -> Vec<(u32, u32)> {
        let mut asked = words(ask.words);
        if asked.iter().any(|word| !SMALL.contains(&word.as_str())) {
            asked.retain(|word| !SMALL.contains(&word.as_str()));
        }
        if ask.words.trim().is_empty() {
            return (0..).take(self.docs.len()).map(|doc| (doc, 0)).collect();
        }
        let mut scores = Scores::new(self.docs.len());
        for doc in ask.own.iter().filter_map(|id| self.by_id.get(id)) {
            scores.raise(*doc, OWN);
        }
        self.codes_like(&code(ask.words), &mut scores);
        let seen = |doc: u32| ask.visible.is_none_or(|bits| bits.has(doc));
        let mut sentences = vec![asked.clone()];
        sentences.extend(self.said_otherwise(&asked));
        for sentence in &sentences {
            self.all_of(sentence, Nearness::None, &mut scores);
        }
        if !scores.any(seen) {
            for (sentence, nearness) in self.guesses(&asked) {
                self.all_of(&sentence, nearness, &mut scores);
                if scores.any(seen) {
                    found.guessed = Some(sentence.join(" "));
                    break;
                }
            }
        }
        if !scores.any(seen) {
            let kept = self.most_of(&asked, &mut scores, seen);
            if scores.any(seen) {
                found.guessed = Some(kept.join(" "));
            }
        }
        scores.into_list(|doc, score| {
            let known = &self.docs[doc as usize];
            let shorter = u32::from(u8::MAX - known.length) / 8;
            let bought = if ask.bought.is_some_and(|bits| bits.has(doc)) { BOUGHT } else { 0 };
            score + shorter + bought - if known.active { 0 } else { score % CLASS / 2 }
        })
    }

    /// SKUs, from the first or a later part on, and GTINs that are the code or begin with it.
    fn codes_like(&self, code: &str, scores: &mut Scores) {
        if code.is_empty() {
            return;
        }
        let from = self.codes.partition_point(|(known, _)| known.as_ref() < code);
        for (known, doc) in self.codes[from..].iter().take_while(|(known, _)| known.starts_with(code)) {
            let whole = self.docs[*doc as usize].sku.chars().filter(|c| c.is_alphanumeric()).count() == known.len();
            let gtin = known.len() >= 8 && known.bytes().all(|b| b.is_ascii_digit());
            let score = match (known.len() == code.len(), whole || gtin) {
                (true, true) => OWN,
                (_, true) if code.len() > 2 => CODE,
                (_, true) => 3 * CLASS,
                (_, false) if code.len() > 2 => 2 * CLASS + 1,
                _ => continue,
            };
            scores.raise(*doc, score);
        }
    }

    /// The sentence with phrases that mean the same in the place of its own.
    fn said_otherwise(&self, asked: &[String]) -> Vec<Vec<String>> {
        let mut sentences = Vec::new();
        let same = |a: &[String], b: &[String]| a.iter().zip(b).all(|(a, b)| a == b || stem(a) == stem(b));
        for group in &self.synonyms {
            for phrase in group {
                let Some(at) = asked.windows(phrase.len()).position(|part| same(part, phrase)) else { continue };
                for other in group.iter().filter(|other| *other != phrase) {
                    sentences.push([&asked[..at], other, &asked[at + phrase.len()..]].concat());
                }
                break;
            }
        }
        sentences.truncate(8);
        sentences
    }

    /// Other ways to read it, the likeliest first: words written apart or together, letters off, both.
    fn guesses(&self, asked: &[String]) -> Vec<(Vec<String>, Nearness)> {
        let mut guesses: Vec<_> = self.rearranged(asked).into_iter().map(|s| (s, Nearness::None)).collect();
        for nearness in [Nearness::One, Nearness::Two] {
            let corrected: Vec<String> = asked.iter().map(|word| self.corrected(word, nearness)).collect();
            if corrected != asked {
                let rearranged = self.rearranged(&corrected);
                guesses.push((corrected, nearness));
                guesses.extend(rearranged.into_iter().map(|s| (s, Nearness::None)));
            }
        }
        guesses
    }

    /// The sentence with one word written apart, or two together.
    fn rearranged(&self, sentence: &[String]) -> Vec<Vec<String>> {
        let known = |word: &str| self.stems.contains_key(stem(word).as_str());
        let mut others = Vec::new();
        for (at, word) in sentence.iter().enumerate() {
            let parts = word.char_indices().skip(3).map(|(cut, _)| word.split_at(cut));
            if let Some((a, b)) = parts.filter(|(_, b)| b.len() > 2).find(|(a, b)| known(a) && known(b)) {
                others.push([&sentence[..at], &[a.to_owned(), b.to_owned()], &sentence[at + 1..]].concat());
            }
            if let Some(next) = sentence.get(at + 1) {
                let together = format!("{word}{next}");
                if !self.prefixed(&together).is_empty() {
                    others.push([&sentence[..at], &[together], &sentence[at + 2..]].concat());
                }
            }
        }
        others
    }

    /// The word that was meant. One that something begins with is left alone at first.
    fn corrected(&self, word: &str, nearness: Nearness) -> String {
        if nearness == Nearness::One && !self.prefixed(word).is_empty() {
            return word.to_owned();
        }
        let near = self.near(word, nearness).first().map(|term| self.terms[*term as usize].to_string());
        near.unwrap_or_else(|| word.to_owned())
    }

    /// Raises what has every word of a sentence.
    fn all_of(&self, sentence: &[String], nearness: Nearness, scores: &mut Scores) {
        let sentence = &sentence[..sentence.len().min(MOST_WORDS)];
        let mut round = Round::new(self.docs.len());
        for (at, word) in sentence.iter().enumerate() {
            self.each_with(word, nearness, |doc, weight| round.see(doc, at, weight));
        }
        round.whole(sentence.len(), |doc, score| scores.raise(doc, score));
    }

    /// Raises what has as many of the words as anything that may be seen has, at least half of them; gives those words that anything has.
    fn most_of(&self, asked: &[String], scores: &mut Scores, seen: impl Fn(u32) -> bool) -> Vec<String> {
        let asked = &asked[..asked.len().min(MOST_WORDS)];
        let mut counts: HashMap<u32, (usize, u32)> = HashMap::new();
        let mut kept = Vec::new();
        for word in asked {
            let mut here: HashMap<u32, u32> = HashMap::new();
            self.each_with(word, Nearness::None, |doc, weight| {
                if seen(doc) {
                    here.entry(doc).and_modify(|w| *w = (*w).max(weight.points())).or_insert(weight.points());
                }
            });
            if !here.is_empty() {
                kept.push(word.clone());
            }
            for (doc, points) in here {
                let count = counts.entry(doc).or_default();
                *count = (count.0 + 1, count.1 + points);
            }
        }
        let most = counts.values().map(|(n, _)| *n).max().unwrap_or_default();
        if most > 0 && most * 2 >= asked.len() {
            for (doc, (_, points)) in counts.into_iter().filter(|(_, (n, _))| *n == most) {
                scores.raise(doc, points.min(CLASS - 1));
            }
        }
        kept
    }

    /// Every product that has a word: itself, another form of it, one that begins with it, or (asked for) one that is near it. The
    /// better come first.
    fn each_with(&self, word: &str, nearness: Nearness, mut found: impl FnMut(u32, Weight)) {
        let mut visit = |term: u32, kind: Kind| {
            let part = self.begins[term as usize] as usize..self.begins[term as usize + 1] as usize;
            for posting in &self.postings[part] {
                found(posting.doc, Weight { kind, field: posting.field });
            }
        };
        let root = stem(word);
        let same = self.stems.get(root.as_str()).map_or(&[][..], Vec::as_slice);
        for term in same {
            visit(*term, Kind::Same);
        }
        // One digit is no beginning of a number: `m8 4` must not find every 40.
        if word.len() > 1 || word.chars().all(char::is_alphabetic) {
            for term in self.prefixed(word).filter(|term| !same.contains(term)) {
                visit(term, Kind::Prefix);
            }
        }
        if nearness != Nearness::None {
            for term in self.near(word, nearness) {
                visit(term, Kind::Near);
            }
        }
    }

    /// The terms that begin with a word.
    fn prefixed(&self, word: &str) -> Range<u32> {
        let from = self.terms.partition_point(|term| term.as_ref() < word);
        let many = self.terms[from..].partition_point(|term| term.starts_with(word));
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        place(from)..place(from + many)
    }

    /// The terms that a word with a letter or two off may have meant, the nearest and among them the most frequent first. Swapped
    /// neighbours are one letter off; a longer word may go on.
    fn near(&self, word: &str, nearness: Nearness) -> Vec<u32> {
        let letters = word.chars().count();
        let most = match (nearness, letters) {
            (Nearness::None, _) | (_, ..=3) => return Vec::new(),
            (Nearness::One, _) | (_, 4..=7) => 1,
            (Nearness::Two, _) => 2,
        };
        let compared = osa::BatchComparator::new(word.chars());
        let within = osa::Args::default().score_cutoff(most);
        let mut near: Vec<(usize, std::cmp::Reverse<u32>, u32)> = Vec::new();
        for (term, at) in self.terms.iter().zip(0_u32..) {
            // Numbers are never meant by others.
            if term.len() + most < letters || term.bytes().any(|b| b.is_ascii_digit()) {
                continue;
            }
            let whole = compared.distance_with_args(term.chars(), &within);
            let beginning = term.char_indices().nth(letters).map_or(&**term, |(end, _)| &term[..end]);
            let begun = || compared.distance_with_args(beginning.chars(), &within).map(|d| d + 1);
            if let Some(distance) = whole.or_else(|| if letters > 4 { begun() } else { None }) {
                let many = self.begins[at as usize + 1] - self.begins[at as usize];
                near.push((distance, std::cmp::Reverse(many), at));
            }
        }
        near.sort_unstable();
        near.truncate(20);
        near.into_iter().map(|(_, _, at)| at).collect()
    }

    fn wanted(&self, ask: &Ask) -> Vec<Wanted> {
        let name = |name: &str| self.names.iter().zip(0_u16..).find(|(known, _)| ***known == *name).map(|(_, at)| at);
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in ask.attributes {
            by_name.entry(name).or_default().push(value);
        }
        let one_of = by_name.into_iter().map(|(attribute, texts)| {
            let name = name(attribute);
            let value = |(value, _): &(&Value, u32)| Some(value.name) == name && texts.contains(&value.text.as_ref());
            Wanted::OneOf(self.values.iter().zip(0_u32..).filter(value).map(|(_, at)| at).collect())
        });
        let between = ask.spans.iter().map(|span| Wanted::Between(name(&span.name), span.from, span.to));
        one_of.chain(between).collect()
    }

    /// The attributes of what was counted, by name, the most frequent value first; numbers with their least and their greatest.
    fn facets(&self, counted: &[u32]) -> Vec<Facet> {
        let mut by_name: BTreeMap<&str, Vec<(&Value, i64)>> = BTreeMap::new();
        for (value, count) in self.values.iter().zip(counted).filter(|(_, count)| **count > 0) {
            by_name.entry(&self.names[usize::from(value.name)]).or_default().push((value, i64::from(*count)));
        }
        let facet = |(name, mut values): (&str, Vec<(&Value, i64)>)| {
            values.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.text.cmp(&b.0.text)));
            let numbers: Option<Vec<Decimal>> = values.iter().map(|(value, _)| value.number).collect();
            let ends = |numbers: Vec<Decimal>| Some((numbers.iter().min().copied()?, numbers.iter().max().copied()?));
            let span = numbers.filter(|numbers| numbers.len() > 2).and_then(ends);
            let values = values.into_iter().map(|(value, count)| (value.text.to_string(), count)).collect();
            Facet { name: name.to_owned(), values, span }
        };
        by_name.into_iter().map(facet).collect()
    }
}

/// Words that say nothing beside others.
const SMALL: [&str; 9] = ["a", "an", "and", "for", "of", "or", "the", "to", "with"];
/// Words of a question that are looked at.
const MOST_WORDS: usize = 12;
/// What has every word in a better place comes before all that has one in a worse.
const CLASS: u32 = 1 << 16;
/// What was bought before comes first among its class.
const BOUGHT: u32 = 1 << 15;
/// A SKU or GTIN that begins like the question.
const CODE: u32 = 6 * CLASS;
/// A SKU, a GTIN or a part number that is the question.
const OWN: u32 = 7 * CLASS;

/// How far from what was written a word may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nearness {
    None,
    One,
    Two,
}

/// What a word found says for a product.
#[derive(Clone, Copy)]
struct Weight {
    kind: Kind,
    field: Field,
}

impl Weight {
    /// Which class a product with nothing worse is in: 1 to 4.
    fn class(self) -> u32 {
        match (self.kind, self.field) {
            (Kind::Same, Field::Name | Field::Beginning) => 4,
            (Kind::Prefix, Field::Name | Field::Beginning) | (Kind::Same, Field::Attribute) => 3,
            (Kind::Near, Field::Name | Field::Beginning) | (_, Field::Category | Field::Attribute) => 2,
            (_, Field::Description) => 1,
        }
    }

    /// How much it counts within the class.
    fn points(self) -> u32 {
        let place = [10, 30, 50, 100, 120][self.field as usize];
        place * [3, 6, 10][self.kind as usize]
    }
}

/// One sentence's way through the postings.
struct Round {
    /// How many words each product has so far, the class, the points.
    seen: Vec<(u8, u8, u16)>,
    /// Those that have the first word.
    first: Vec<u32>,
}

impl Round {
    fn new(docs: usize) -> Self {
        Self { seen: vec![(0, u8::MAX, 0); docs], first: Vec::new() }
    }

    /// The word at a place was found in a product. Only what has all words before counts, and only the best of each word.
    fn see(&mut self, doc: u32, at: usize, weight: Weight) {
        let seen = &mut self.seen[doc as usize];
        if usize::from(seen.0) == at {
            seen.0 += 1;
            seen.1 = seen.1.min(u8::try_from(weight.class()).unwrap_or_default());
            seen.2 = seen.2.saturating_add(u16::try_from(weight.points()).unwrap_or_default());
            if at == 0 {
                self.first.push(doc);
            }
        }
    }

    fn whole(self, words: usize, mut found: impl FnMut(u32, u32)) {
        let points = |sum: u16| u32::from(sum) / u32::try_from(words.max(1)).unwrap_or(1);
        for doc in self.first {
            let (have, class, sum) = self.seen[doc as usize];
            if usize::from(have) == words {
                found(doc, u32::from(class) * CLASS + points(sum).min(BOUGHT - 1));
            }
        }
    }
}

/// The best score of each product; zero: none.
struct Scores {
    of: Vec<u32>,
    raised: Vec<u32>,
}

impl Scores {
    fn new(docs: usize) -> Self {
        Self { of: vec![0; docs], raised: Vec::new() }
    }

    fn raise(&mut self, doc: u32, score: u32) {
        let known = &mut self.of[doc as usize];
        if *known == 0 {
            self.raised.push(doc);
        }
        *known = (*known).max(score);
    }

    fn any(&self, seen: impl Fn(u32) -> bool) -> bool {
        self.raised.iter().any(|doc| seen(*doc))
    }

    fn into_list(self, weigh: impl Fn(u32, u32) -> u32) -> Vec<(u32, u32)> {
        self.raised.iter().map(|doc| (*doc, weigh(*doc, self.of[*doc as usize]))).collect()
    }
}

enum Wanted {
    OneOf(Vec<u32>),
    Between(Option<u16>, Option<Decimal>, Option<Decimal>),
}

impl Wanted {
    fn takes(&self, at: u32, value: &Value) -> bool {
        match self {
            Self::OneOf(values) => values.contains(&at),
            Self::Between(name, from, to) => {
                Some(value.name) == *name
                    && value.number.is_some_and(|n| from.is_none_or(|from| n >= from) && to.is_none_or(|to| n <= to))
            }
        }
    }
}

/// The number that a text begins with.
fn leading(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-'))).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod relevance;
#[cfg(test)]
mod tests;
