//! Finding anything from anywhere: what the box in the top bar suggests, and the words that mean the same.

pub mod actions;
mod finder;
mod synonyms;

pub use finder::finder;
pub use synonyms::Synonyms;
