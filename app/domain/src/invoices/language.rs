//! In which language a customer's documents are.

use serde::{Deserialize, Serialize};

/// The languages that documents have fixed words for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French.
    Fr,
}

impl Language {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 3] = [Self::En, Self::De, Self::Fr];

    /// ISO 639-1, as stored and as a PDF says it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
        }
    }

    /// In the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "German",
            Self::Fr => "French",
        }
    }

    /// Reads [`Language::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }
}
