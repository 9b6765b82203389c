//! What is suggested to somebody who is still typing, and the words that mean the same.

use crate::FieldError;
use crate::ids::SynonymId;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// A product that the words may mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductHit {
    /// Article number.
    pub sku: String,
    /// Name.
    pub name: String,
    /// Whether the account has ordered it before.
    pub bought: bool,
}

impl ProductHit {
    /// What tells it from others: `TP-48-CL · bought before`.
    pub fn note(&self) -> String {
        if self.bought { format!("{} · bought before", self.sku) } else { self.sku.clone() }
    }
}

/// Something else that the words may mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Where it is.
    pub href: String,
    /// What people call it.
    pub label: String,
    /// What tells it from others.
    pub note: String,
}

/// Hits of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Which kind: "Orders".
    pub title: String,
    /// The likeliest first.
    pub hits: Vec<Hit>,
}

/// Everything the words may mean, the likeliest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestions {
    /// Products of the account's assortment, those bought before first.
    pub products: Vec<ProductHit>,
    /// Orders, invoices, customers that the asker may see; no empty group.
    pub groups: Vec<Group>,
    /// The words as they were understood, if nothing is written exactly so.
    pub guessed: Option<String>,
}

/// Phrases of which each finds what any other finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synonym {
    /// Which.
    pub id: SynonymId,
    /// Two to twenty.
    pub phrases: Vec<String>,
    /// Who wrote it down.
    pub by: String,
    /// When.
    pub at: NaiveDateTime,
}

/// Reads phrases kept apart by commas or lines, without doubles. A field error for fewer than two, more than twenty, or one of more
/// than 60 characters.
pub fn phrases(text: &str) -> Result<Vec<String>, FieldError> {
    let mut phrases: Vec<String> = Vec::new();
    for phrase in text.split([',', '\n']) {
        let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if phrase.chars().count() > 60 {
            return Err(FieldError::new("phrases", "A phrase has at most 60 characters."));
        }
        if phrase.chars().any(char::is_alphanumeric) && !phrases.contains(&phrase) {
            phrases.push(phrase);
        }
    }
    match phrases.len() {
        2..=20 => Ok(phrases),
        0 | 1 => Err(FieldError::new("phrases", "Enter at least two phrases, with commas between them.")),
        _ => Err(FieldError::new("phrases", "These are too many: at most twenty mean the same.")),
    }
}

#[cfg(test)]
mod tests {
    use super::phrases;

    #[test]
    fn phrases_are_read_once_each() {
        assert_eq!(
            phrases("Cling film, stretch  wrap,\npallet wrap, cling film, -").unwrap(),
            ["cling film", "stretch wrap", "pallet wrap"]
        );
        for bad in
            ["", "one", "one, One", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u", &format!("a, {}", "x".repeat(61))]
        {
            assert!(phrases(bad).is_err(), "{bad}");
        }
    }
}
