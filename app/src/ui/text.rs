//! What components are told in words: tones, optional texts, a status.

/// What a colour and a shape stand for. Always shown together with a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to do about it (dot).
    #[default]
    Neutral,
    /// As it should be (dot, green).
    Good,
    /// Needs an eye (diamond, amber).
    Warn,
    /// Wrong or stopped (square, red).
    Bad,
    /// In progress, or good to know (ring, brand).
    Info,
}

impl Tone {
    /// The class name used in the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
        }
    }
}

/// A text that may be missing; made from `&str`, `String` or an `Option` of either.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Option<String>);

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl From<Option<String>> for Text {
    fn from(text: Option<String>) -> Self {
        Self(text)
    }
}

impl From<Option<&str>> for Text {
    fn from(text: Option<&str>) -> Self {
        Self(text.map(str::to_owned))
    }
}

/// A tone and its word, or nothing; made from `(Tone, text)` or an `Option` of that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status(pub Option<(Tone, String)>);

impl<T: Into<String>> From<(Tone, T)> for Status {
    fn from((tone, text): (Tone, T)) -> Self {
        Self(Some((tone, text.into())))
    }
}

impl<T: Into<String>> From<Option<(Tone, T)>> for Status {
    fn from(status: Option<(Tone, T)>) -> Self {
        Self(status.map(|(tone, text)| (tone, text.into())))
    }
}

/// A link back, or none; made from `(text, address)` or an `Option` of that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Back(pub Option<(String, String)>);

impl<T: Into<String>, H: Into<String>> From<(T, H)> for Back {
    fn from((text, href): (T, H)) -> Self {
        Self(Some((text.into(), href.into())))
    }
}

impl<T: Into<String>, H: Into<String>> From<Option<(T, H)>> for Back {
    fn from(link: Option<(T, H)>) -> Self {
        Self(link.map(|(text, href)| (text.into(), href.into())))
    }
}
