//! Making the index of a catalog, product by product.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;
use uuid::Uuid;

use super::super::words::{stem, words};
use super::{Category, Coded, Field, Index, Posting, Rank, Row, Spare, Spelling, Texts, Value, leading};

/// An index that is being made. Holds nothing of a product that the index does not need.
pub struct Builder {
    index: Index,
    place: HashMap<Uuid, u16>,
    category_words: Vec<Vec<String>>,
    vocabulary: Vocabulary,
    /// Which words a product has and where, in the order of products.
    mentions: Vec<Posting>,
    /// Where the mentions of a product end.
    ends: Vec<u32>,
    attributes: HashMap<String, u16>,
    values: HashMap<(u16, String), u32>,
    /// In the order of products.
    codes: Texts,
    coded: Vec<Coded>,
}

/// The words, by the order in which they came.
#[derive(Default)]
struct Vocabulary {
    words: Texts,
    numbers: HashTable<u32>,
    hasher: RandomState,
}

impl Vocabulary {
    fn number(&mut self, word: &str) -> u32 {
        let Self { words, numbers, hasher } = self;
        let new = place(words.len());
        let number = *numbers
            .entry(
                hasher.hash_one(word),
                |known| words.get(*known as usize) == word,
                |known| hasher.hash_one(words.get(*known as usize)),
            )
            .or_insert(new)
            .get();
        if number == new {
            words.push(word);
        }
        number
    }
}

impl Builder {
    /// Begins. `synonyms` are groups of phrases that mean the same.
    pub fn new(version: i64, categories: Vec<Category>, synonyms: &[Vec<String>]) -> Self {
        let phrases = |group: &Vec<String>| -> Vec<Vec<String>> {
            group.iter().map(|phrase| words(phrase)).filter(|words| !words.is_empty()).collect()
        };
        Self {
            place: categories.iter().zip(0..).map(|(category, at)| (category.id, at)).collect(),
            category_words: categories.iter().map(|c| words(&c.name)).collect(),
            vocabulary: Vocabulary::default(),
            attributes: HashMap::new(),
            values: HashMap::new(),
            mentions: Vec::new(),
            ends: Vec::new(),
            codes: Texts::default(),
            coded: Vec::new(),
            index: Index {
                version,
                ids: Vec::new(),
                skus: Texts::default(),
                names: Texts::default(),
                category_of: Vec::new(),
                ranks: Vec::new(),
                by_id: HashMap::new(),
                by_sku: Vec::new(),
                terms: Texts::default(),
                spellings: Vec::new(),
                begins: Vec::new(),
                postings: Vec::new(),
                stems: HashMap::new(),
                codes: Texts::default(),
                coded: Vec::new(),
                categories,
                attributes: Vec::new(),
                values: Vec::new(),
                values_begin: vec![0],
                values_of: Vec::new(),
                synonyms: synonyms.iter().map(phrases).collect(),
                scores: Spare::default(),
                rounds: Spare::default(),
            },
        }
    }

    /// The next product. They must come in the order of their names and ids, by their bytes.
    pub fn add(&mut self, row: Row) {
        let doc = place(self.index.len());
        let category = self.place.get(&row.category).copied().unwrap_or(u16::MAX);
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
        for word in self.category_words.get(usize::from(category)).into_iter().flatten() {
            see(word.clone(), Field::Category);
        }
        for word in words(&row.description) {
            see(word, Field::Description);
        }
        let index = &mut self.index;
        for (name, value) in row.attributes {
            for word in words(&value) {
                see(word, Field::Attribute);
            }
            let name = *self.attributes.entry(name).or_insert_with_key(|name| {
                index.attributes.push(name.as_str().into());
                u16::try_from(index.attributes.len() - 1).unwrap_or(u16::MAX)
            });
            let value = *self.values.entry((name, value)).or_insert_with_key(|(name, value)| {
                index.values.push(Value { name: *name, text: value.as_str().into(), number: leading(value) });
                place(index.values.len() - 1)
            });
            index.values_of.push(value);
        }
        index.values_begin.push(place(index.values_of.len()));
        for (word, field) in seen {
            self.mentions.push(Posting::new(self.vocabulary.number(&word), field));
        }
        self.ends.push(place(self.mentions.len()));
        let mut coded = |code: &str, whole: bool| {
            self.codes.push(code);
            self.coded.push(Coded { doc, whole });
        };
        let parts: Vec<&str> = row.sku.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).collect();
        for from in 0..parts.len() {
            coded(&parts[from..].concat(), from == 0);
        }
        if let Some(gtin) = row.gtin {
            coded(&gtin, true);
        }
        index.by_id.insert(row.id, doc);
        index.ids.push(row.id);
        index.skus.push(&row.sku);
        index.names.push(&row.name);
        index.category_of.push(category);
        index.ranks.push(Rank { active: row.active, shorter: (u8::MAX - length) / 8 });
    }

    /// The index of all that was added.
    pub fn finish(self) -> Index {
        let Self { mut index, vocabulary, mentions, ends, codes, coded, .. } = self;
        let words = vocabulary.words;
        let mut sorted: Vec<u32> = (0..).take(words.len()).collect();
        sorted.sort_unstable_by_key(|came| words.get(*came as usize));
        let mut terms = vec![0; words.len()];
        for (came, term) in sorted.into_iter().zip(0..) {
            let word = words.get(came as usize);
            terms[came as usize] = term;
            let stem = stem(word);
            if stem != word {
                index.stems.entry(stem.into()).or_default().push(term);
            }
            index.spellings.extend(Spelling::of(term, word));
            index.terms.push(word);
        }
        drop(words);
        // Each term's postings behind those of the terms before it, in the order of products.
        index.begins = vec![0; terms.len() + 1];
        for mention in &mentions {
            index.begins[terms[mention.of() as usize] as usize + 1] += 1;
        }
        for term in 0..terms.len() {
            index.begins[term + 1] += index.begins[term];
        }
        let mut next = index.begins.clone();
        index.postings = vec![Posting::default(); mentions.len()];
        let mut begin = 0;
        for (end, doc) in ends.into_iter().zip(0..) {
            for mention in &mentions[begin..end as usize] {
                let next = &mut next[terms[mention.of() as usize] as usize];
                index.postings[*next as usize] = Posting::new(doc, mention.field());
                *next += 1;
            }
            begin = end as usize;
        }
        drop((mentions, next, terms));
        let mut sorted: Vec<u32> = (0..).take(coded.len()).collect();
        sorted.sort_by_key(|at| codes.get(*at as usize));
        for at in sorted {
            index.codes.push(codes.get(at as usize));
            index.coded.push(coded[at as usize]);
        }
        drop((codes, coded));
        index.by_sku = (0..).take(index.len()).collect();
        let skus = &index.skus;
        index.by_sku.sort_by_key(|doc| skus.get(*doc as usize));
        for texts in [&mut index.skus, &mut index.names, &mut index.terms, &mut index.codes] {
            texts.shrink();
        }
        index.spellings.shrink_to_fit();
        index.ids.shrink_to_fit();
        index.ranks.shrink_to_fit();
        index.category_of.shrink_to_fit();
        index.values_begin.shrink_to_fit();
        index.values_of.shrink_to_fit();
        index.coded.shrink_to_fit();
        index
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
