//! Every product that is sold, by the words that lead to it. Pure: built from rows, asked without a database.
//!
//! A question is answered by going through postings with one dense array of scores. Whatever very many products begin with (one
//! letter, mostly) is answered from the first of them, which are kept once somebody has asked ([`Firsts`]): the rest of the
//! question is then about the few that the account has bought.

mod build;
mod dense;
mod texts;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use domain::catalog::{CategoryRow, Facet, Span};
use rapidfuzz::distance::osa;
use rust_decimal::Decimal;
use uuid::Uuid;

use self::dense::{Dense, Spare};
use self::texts::Texts;
use super::words::{code, stem, words};

pub use build::Builder;

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
    /// How much memory the bits of so many products need at most.
    pub const fn bytes(docs: usize) -> usize {
        docs / 8 + 8
    }

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

/// What is looked at when products are weighed: kept apart so that it stays close together.
#[derive(Clone, Copy)]
struct Rank {
    active: bool,
    /// Of two products with the same words the shorter name is meant: 31 for the shortest.
    shorter: u8,
}

/// A product that has a word, and where: 29 bits and 3. While an index is made also a word that a product has.
#[derive(Clone, Copy, Default)]
struct Posting(u32);

impl Posting {
    const fn new(of: u32, field: Field) -> Self {
        Self(of << 3 | field as u32)
    }

    const fn of(self) -> u32 {
        self.0 >> 3
    }

    const fn field(self) -> Field {
        match self.0 & 7 {
            0 => Field::Description,
            1 => Field::Category,
            2 => Field::Attribute,
            3 => Field::Name,
            _ => Field::Beginning,
        }
    }
}

/// A product that is called so by a number of its own, or has it as a part of one.
#[derive(Clone, Copy)]
struct Coded {
    doc: u32,
    /// The whole article number, or a GTIN.
    whole: bool,
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

/// The index of one version of the catalog. Products are known by their places in the order of their names.
pub struct Index {
    pub version: i64,
    ids: Vec<Uuid>,
    skus: Texts,
    names: Texts,
    category_of: Vec<u16>,
    ranks: Vec<Rank>,
    by_id: HashMap<Uuid, u32>,
    /// The order of SKUs.
    by_sku: Vec<u32>,
    terms: Texts,
    /// The terms that somebody may misspell.
    spellings: Vec<Spelling>,
    /// Where the postings of a term begin; one more than there are terms.
    begins: Vec<u32>,
    postings: Vec<Posting>,
    /// The terms that are not their own stem, by it.
    stems: HashMap<Box<str>, Vec<u32>>,
    /// SKUs, their parts from the second on, and GTINs, without what stands between; sorted.
    codes: Texts,
    coded: Vec<Coded>,
    categories: Vec<Category>,
    attributes: Vec<Box<str>>,
    values: Vec<Value>,
    /// Where the values of a product begin; one more than there are products.
    values_begin: Vec<u32>,
    values_of: Vec<u32>,
    synonyms: Vec<Vec<Vec<String>>>,
    scores: Spare<u32>,
    rounds: Spare<Seen>,
}

/// The first products for what very many begin with. One for each assortment of an index, which everybody shares who sees the same,
/// and one for what each account has bought.
#[derive(Default)]
pub struct Firsts(Mutex<HashMap<String, Best>>);

/// Products with their scores, the best first.
type Best = Arc<[(u32, u32)]>;

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

impl Ask<'_> {
    fn sees(&self, doc: u32) -> bool {
        self.visible.is_none_or(|bits| bits.has(doc))
    }

    fn bought(&self, doc: u32) -> bool {
        self.bought.is_some_and(|bits| bits.has(doc))
    }
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
    /// How many products it holds.
    pub fn len(&self) -> usize {
        self.ids.len()
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
        docs.unwrap_or_default().iter().map(|doc| self.ids[*doc as usize]).collect()
    }

    /// What the index knows of the first of what was found.
    pub fn hits<'a>(&'a self, found: &Found, most: usize, bought: Option<&Bits>) -> Vec<Hit<'a>> {
        let hit = |doc: &u32| Hit {
            sku: self.skus.get(*doc as usize),
            name: self.names.get(*doc as usize),
            bought: bought.is_some_and(|b| b.has(*doc)),
        };
        found.docs.iter().take(most).map(hit).collect()
    }

    /// The first `first` of all that fits, in their order; the rest follows in none. Never fails: a question without words
    /// finds what is for sale, in the order of names.
    pub fn find(&self, ask: &Ask, first: usize) -> Found {
        let mut found = Found::default();
        let mut scored = self.matching(ask, &mut found);
        let here = self.categories.iter().position(|c| c.slug == ask.category);
        let narrowed = !ask.category.is_empty();
        let wanted = self.wanted(ask);
        if !ask.uncounted || narrowed || !wanted.is_empty() {
            let browsing = ask.words.trim().is_empty();
            let mut in_category = vec![0_i64; self.categories.len()];
            let mut counted = vec![0_u32; self.values.len()];
            scored.retain(|(doc, _)| {
                let category = usize::from(self.category_of[*doc as usize]);
                if let Some(count) = in_category.get_mut(category) {
                    *count += 1;
                }
                if narrowed && here != Some(category) {
                    return false;
                }
                let values = self.values_of(*doc);
                if narrowed || !browsing {
                    for value in values {
                        counted[*value as usize] += 1;
                    }
                }
                wanted.iter().all(|w| values.iter().any(|value| w.takes(*value, &self.values[*value as usize])))
            });
            if !ask.uncounted {
                let counts = self.categories.iter().zip(&in_category).filter(|(_, count)| **count > 0);
                let row = |(c, count): (&Category, &i64)| CategoryRow {
                    slug: c.slug.clone(),
                    name: c.name.clone(),
                    count: *count,
                };
                found.categories = counts.map(row).collect();
                found.facets = self.facets(&counted);
            }
        }

        if ask.by_sku {
            let mut wanted = Bits::default();
            for (doc, _) in &scored {
                wanted.add(*doc);
            }
            found.docs = self.by_sku.iter().copied().filter(|doc| wanted.has(*doc)).collect();
        } else {
            order(&mut scored, first);
            found.docs = scored.into_iter().map(|(doc, _)| doc).collect();
        }
        found
    }

    /// The first `first` for words alone, without anything counted. What very many begin with is gone through once and then remembered:
    /// in `firsts`, which must belong to this index and to what may be seen, and in `bought`, which must belong to what was bought.
    pub fn suggest(&self, ask: &Ask, first: usize, firsts: &Firsts, bought: &Firsts) -> Found {
        let asked = words(ask.words);
        let plainly = Ask { uncounted: true, ..*ask };
        match &asked[..] {
            [word] if self.mentions(word) >= MANY => {}
            _ => return self.find(&plainly, first),
        }
        let key = ask.words.to_uppercase();
        let best = |bits: Option<&Bits>, of: &Ask| {
            let mut best = self.weighed(of, self.exactly(&asked, of, bits));
            order(&mut best, FIRST_KEPT);
            best.truncate(FIRST_KEPT);
            best
        };
        let anybody = Ask { bought: None, own: &[], ..*ask };
        let known = firsts.get_or(&key, || best(ask.visible, &anybody));
        let before = ask.bought.map(|bits| bought.get_or(&key, || best(Some(bits), &Ask { own: &[], ..*ask })));
        let own: Vec<u32> =
            ask.own.iter().filter_map(|id| self.by_id.get(id).copied()).filter(|doc| ask.sees(*doc)).collect();

        let mut found: Vec<(u32, u32)> = own.iter().map(|doc| (*doc, self.weight(ask, *doc, OWN))).collect();
        found.extend(before.iter().flat_map(|b| b.iter()).filter(|(doc, _)| !own.contains(doc) && ask.sees(*doc)));
        found.extend(known.iter().filter(|(doc, _)| !own.contains(doc) && !ask.bought(*doc)));
        order(&mut found, first);
        // What a full list has left out comes behind its last.
        let last = first.checked_sub(1).and_then(|at| found.get(at));
        let mut ends =
            [Some(&known), before.as_ref()].into_iter().flatten().filter_map(|list| list.get(FIRST_KEPT - 1));
        if ends.any(|end| last.is_none_or(|last| rank(*last) > rank(*end))) {
            return self.find(&plainly, first);
        }
        Found { docs: found.into_iter().map(|(doc, _)| doc).collect(), ..Found::default() }
    }

    /// How many postings a word leads to, as a beginning.
    fn mentions(&self, word: &str) -> usize {
        let terms = self.prefixed(word);
        (self.begins[terms.end as usize] - self.begins[terms.start as usize]) as usize
    }

    /// Everything with the words that may be seen, with how well it fits.
    fn matching(&self, ask: &Ask, found: &mut Found) -> Vec<(u32, u32)> {
        if ask.words.trim().is_empty() {
            let shown = |doc: &u32| self.ranks[*doc as usize].active && ask.sees(*doc);
            return (0..).take(self.len()).filter(shown).map(|doc| (doc, 0)).collect();
        }
        let mut asked = words(ask.words);
        if asked.iter().any(|word| !SMALL.contains(&word.as_str())) {
            asked.retain(|word| !SMALL.contains(&word.as_str()));
        }
        let mut scores = self.exactly(&asked, ask, ask.visible);
        if scores.is_empty() {
            for (sentence, nearness) in self.guesses(&asked) {
                self.all_of(&sentence, nearness, &mut scores);
                if !scores.is_empty() {
                    found.guessed = Some(sentence.join(" "));
                    break;
                }
            }
        }
        if scores.is_empty() {
            let kept = self.most_of(&asked, &mut scores);
            if !scores.is_empty() {
                found.guessed = Some(kept.join(" "));
            }
        }
        self.weighed(ask, scores)
    }

    /// What has the words as they were asked for, or others that mean the same, among `within`.
    fn exactly<'a>(&'a self, asked: &[String], ask: &Ask, within: Option<&'a Bits>) -> Scores<'a> {
        let mut scores = Scores { of: self.scores.take(self.len()), within };
        for doc in ask.own.iter().filter_map(|id| self.by_id.get(id)) {
            scores.raise(*doc, OWN);
        }
        self.codes_like(&code(ask.words), &mut scores);
        self.all_of(asked, Nearness::None, &mut scores);
        for sentence in self.said_otherwise(asked) {
            self.all_of(&sentence, Nearness::None, &mut scores);
        }
        scores
    }

    fn weighed(&self, ask: &Ask, scores: Scores) -> Vec<(u32, u32)> {
        scores.of.touched().map(|(doc, score)| (doc, self.weight(ask, doc, score))).collect()
    }

    /// How well a product fits that has a score: short names, what was bought and what is still sold come first in their class.
    fn weight(&self, ask: &Ask, doc: u32, score: u32) -> u32 {
        let rank = self.ranks[doc as usize];
        let bought = if ask.bought(doc) { BOUGHT } else { 0 };
        score + u32::from(rank.shorter) + bought - if rank.active { 0 } else { score % CLASS / 2 }
    }

    fn values_of(&self, doc: u32) -> &[u32] {
        let at = doc as usize;
        &self.values_of[self.values_begin[at] as usize..self.values_begin[at + 1] as usize]
    }

    /// SKUs, from the first or a later part on, and GTINs that are the code or begin with it.
    fn codes_like(&self, code: &str, scores: &mut Scores) {
        if code.is_empty() {
            return;
        }
        let like = self.codes.beginning_with(code);
        let same = self.codes.same_as(code, like.clone());
        for (at, known) in like.clone().zip(&self.coded[like]) {
            let score = match (same.contains(&at), known.whole) {
                (true, true) => OWN,
                (_, true) if code.len() > 2 => CODE,
                (_, true) => 3 * CLASS,
                (_, false) if code.len() > 2 => 2 * CLASS + 1,
                _ => continue,
            };
            scores.raise(known.doc, score);
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
        let known = |word: &str| !self.forms(word).is_empty();
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
        let near = self.near(word, nearness).first().map(|term| self.terms.get(*term as usize).to_owned());
        near.unwrap_or_else(|| word.to_owned())
    }

    /// Raises what has every word of a sentence.
    fn all_of(&self, sentence: &[String], nearness: Nearness, scores: &mut Scores) {
        let sentence = &sentence[..sentence.len().min(MOST_WORDS)];
        if let [word] = sentence {
            self.each_with(word, nearness, |doc, weight| scores.raise(doc, weight.score()));
            return;
        }
        // From the word that the fewest have: the others are looked at in those alone.
        let mut sentence: Vec<&String> = sentence.iter().collect();
        sentence.sort_by_cached_key(|word| self.mentions(word));
        let mut round = Round(self.rounds.take(self.len()));
        for (at, word) in sentence.iter().enumerate() {
            self.each_with(word, nearness, |doc, weight| {
                if at > 0 || scores.takes(doc) {
                    round.see(doc, at, weight);
                }
            });
        }
        round.whole(sentence.len(), |doc, score| scores.raise(doc, score));
    }

    /// Raises what has as many of the words as anything that may be seen has, at least half of them; gives those words that anything has.
    fn most_of(&self, asked: &[String], scores: &mut Scores) -> Vec<String> {
        let asked = &asked[..asked.len().min(MOST_WORDS)];
        let mut counts: HashMap<u32, (usize, u32)> = HashMap::new();
        let mut kept = Vec::new();
        for word in asked {
            let mut here: HashMap<u32, u32> = HashMap::new();
            self.each_with(word, Nearness::None, |doc, weight| {
                if scores.takes(doc) {
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
                found(posting.of(), Weight { kind, field: posting.field() });
            }
        };
        let same = self.forms(word);
        for term in &same {
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

    /// The terms that are forms of a word, itself among them.
    fn forms(&self, word: &str) -> Vec<u32> {
        let root = stem(word);
        let terms = self.prefixed(&root);
        let itself = terms.start < terms.end && self.terms.get(terms.start as usize) == root && stem(&root) == root;
        let others = self.stems.get(root.as_str()).into_iter().flatten().copied();
        itself.then_some(terms.start).into_iter().chain(others).collect()
    }

    /// The terms that begin with a word.
    fn prefixed(&self, word: &str) -> Range<u32> {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let terms = self.terms.beginning_with(word);
        place(terms.start)..place(terms.end)
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
        let has = letters_of(word);
        // Each letter off can make up for one that the term does not have.
        let likely = |known: &&Spelling| (has & !known.letters).count_ones() as usize <= most;
        for Spelling { term: at, .. } in self.spellings.iter().filter(likely).copied() {
            let term = self.terms.get(at as usize);
            if term.len() + most < letters {
                continue;
            }
            let whole = compared.distance_with_args(term.chars(), &within);
            let beginning = term.char_indices().nth(letters).map_or(term, |(end, _)| &term[..end]);
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
        let name =
            |name: &str| self.attributes.iter().zip(0_u16..).find(|(known, _)| ***known == *name).map(|(_, at)| at);
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
            by_name.entry(&self.attributes[usize::from(value.name)]).or_default().push((value, i64::from(*count)));
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
/// Beginnings that lead to so many postings are answered from their first products.
const MANY: usize = if cfg!(test) { 4 } else { 20_000 };
/// So many of them are kept, for so many beginnings.
const FIRST_KEPT: usize = if cfg!(test) { 4 } else { 64 };
const MOST_FIRSTS: usize = 32;
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

    /// What a product has that is found by this word alone.
    fn score(self) -> u32 {
        self.class() * CLASS + self.points()
    }

    /// How much it counts within the class: at most 1,200.
    fn points(self) -> u32 {
        let place = [10, 30, 50, 100, 120][self.field as usize];
        place * [3, 6, 10][self.kind as usize]
    }
}

/// One sentence's way through the postings: what has its first word, and how far it has come.
struct Round<'a>(Dense<'a, Seen>);

/// How far a product has come.
#[derive(Clone, Copy, Default)]
struct Seen {
    words: u8,
    /// How much worse than the best class the worst of the words before the last one is.
    worse: u8,
    /// The points of the words before the last one.
    points: u16,
    /// The best that the last word has said so far.
    last: u32,
}

impl Round<'_> {
    /// The word at a place was found in a product. Only what has all words before counts, and only the best of each word.
    fn see(&mut self, doc: u32, at: usize, weight: Weight) {
        if at == 0 {
            self.0.touch(doc, |seen| seen.words == 0);
        }
        let seen = self.0.at(doc);
        let words = usize::from(seen.words);
        if words == at {
            seen.settle();
            seen.words += 1;
            seen.last = weight.score();
        } else if words == at + 1 {
            seen.last = seen.last.max(weight.score());
        }
    }

    fn whole(&self, words: usize, mut found: impl FnMut(u32, u32)) {
        for (doc, mut seen) in self.0.touched() {
            if usize::from(seen.words) == words {
                seen.settle();
                let points = u32::from(seen.points) / u32::try_from(words.max(1)).unwrap_or(1);
                found(doc, u32::from(BEST - seen.worse) * CLASS + points.min(BOUGHT - 1));
            }
        }
    }
}

/// The best class that a word alone can give.
const BEST: u8 = 4;

impl Seen {
    fn settle(&mut self) {
        if self.words > 0 {
            self.worse = self.worse.max(BEST - u8::try_from(self.last / CLASS).unwrap_or(BEST));
            self.points = self.points.saturating_add(u16::try_from(self.last % CLASS).unwrap_or_default());
        }
    }
}

/// The best score of each product that may be found; zero: none.
struct Scores<'a> {
    of: Dense<'a, u32>,
    within: Option<&'a Bits>,
}

impl Scores<'_> {
    fn takes(&self, doc: u32) -> bool {
        self.within.is_none_or(|bits| bits.has(doc))
    }

    fn raise(&mut self, doc: u32, score: u32) {
        if !self.takes(doc) {
            return;
        }
        self.of.touch(doc, |known| *known == 0);
        let known = self.of.at(doc);
        *known = (*known).max(score);
    }

    fn is_empty(&self) -> bool {
        self.of.is_blank()
    }
}

impl Firsts {
    fn get_or(&self, key: &str, find: impl FnOnce() -> Vec<(u32, u32)>) -> Best {
        if let Some(known) = self.kept().get(key) {
            return known.clone();
        }
        let best: Best = find().into();
        let mut kept = self.kept();
        if kept.len() < MOST_FIRSTS {
            kept.insert(key.to_owned(), best.clone());
        }
        best
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<String, Best>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The better, the less: by score, and by name among equals.
const fn rank((doc, score): (u32, u32)) -> (std::cmp::Reverse<u32>, u32) {
    (std::cmp::Reverse(score), doc)
}

/// Brings the best `first` to the front, in their order.
fn order(scored: &mut [(u32, u32)], first: usize) {
    if scored.len() > first && first > 0 {
        scored.select_nth_unstable_by_key(first - 1, |one| rank(*one));
        scored[..first].sort_unstable_by_key(|one| rank(*one));
    } else {
        scored.sort_unstable_by_key(|one| rank(*one));
    }
}

/// A term that consists of letters, and which: a bit for each.
#[derive(Clone, Copy)]
struct Spelling {
    term: u32,
    letters: u32,
}

impl Spelling {
    /// None for what has a digit: numbers are never meant by others.
    fn of(term: u32, word: &str) -> Option<Self> {
        (!word.bytes().any(|b| b.is_ascii_digit())).then(|| Self { term, letters: letters_of(word) })
    }
}

/// Which letters a word has; those beyond `a` to `z` share six bits.
fn letters_of(word: &str) -> u32 {
    word.chars().fold(0, |bits, c| {
        bits | match c {
            'a'..='z' => 1 << (c as u32 - 'a' as u32),
            _ => 1 << (26 + c as u32 % 6),
        }
    })
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
