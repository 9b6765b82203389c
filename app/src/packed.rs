//! How answers travel: postcard, which writes a type's fields in their order and without their names, so that the browser's module
//! needs half the code to read them (decision 029). As text, because it stands in pages too.

use std::sync::OnceLock;

use leptos::server::codee::{Decoder, Encoder};
use leptos::server_fn::codec::Post;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The bundle that the server hands out. What one bundle's module reads, another's would misread.
static BUILD: OnceLock<String> = OnceLock::new();

/// Says once which bundle this is: the server when it starts, the browser when it takes the page over.
pub fn set_build(build: &str) {
    BUILD.get_or_init(|| build.to_owned());
}

fn build() -> &'static str {
    BUILD.get().map_or("", String::as_str)
}

/// Why an answer cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// It is another bundle's: the page is older or newer than the server.
    #[error("another version answered")]
    OtherBuild,
    /// It is no answer.
    #[error("this is not an answer")]
    Malformed,
}

/// A value as text: the bundle, a space, and its bytes. Letters stay letters, so that what a page says twice is packed once; other
/// bytes become letters beyond Latin-1, which no page escapes, and so does `<`: the framework escapes that for a reader of JSON
/// (`hydration_context` 0.3).
pub fn write<T: Serialize + ?Sized>(value: &T) -> Result<String, postcard::Error> {
    let bytes = postcard::to_allocvec(value)?;
    let letter = |b: u8| if (0x20..0x7f).contains(&b) && b != b'<' { char::from(b) } else { wide(b) };
    Ok(build().chars().chain([' ']).chain(bytes.into_iter().map(letter)).collect())
}

/// U+0100 to U+01FF are letters all.
fn wide(byte: u8) -> char {
    char::from_u32(0x100 + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Reads what [`write`] wrote.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unread> {
    let (from, packed) = text.split_once(' ').ok_or(Unread::Malformed)?;
    if from != build() {
        return Err(Unread::OtherBuild);
    }
    let bytes: Option<Vec<u8>> = packed.chars().map(|c| u8::try_from(u32::from(c) & !0x100).ok()).collect();
    postcard::from_bytes(&bytes.ok_or(Unread::Malformed)?).map_err(|_| Unread::Malformed)
}

/// The codec of server functions that answer a page's question, of every problem, and of what stands in pages beside them.
#[derive(Clone, Copy, Debug)]
pub struct Packed;

/// What stands at a server function: `output = Answered`.
pub type Answered = Post<Packed>;

impl ContentType for Packed {
    const CONTENT_TYPE: &'static str = "text/plain; charset=utf-8";
}

impl FormatType for Packed {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Packed {
    type Error = postcard::Error;

    fn encode(value: &T) -> Result<Bytes, postcard::Error> {
        write(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Packed {
    type Error = Unread;

    fn decode(bytes: Bytes) -> Result<T, Unread> {
        read(std::str::from_utf8(&bytes).map_err(|_| Unread::Malformed)?)
    }
}

impl<T: Serialize> Encoder<T> for Packed {
    type Error = postcard::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, postcard::Error> {
        write(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Packed {
    type Error = Unread;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Unread> {
        read(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_letters_stay_letters() {
        let value = ("Hex bolt M8 × 40 <b>", -1_i64, vec![0_u8, 31, 32, 126, 127, 128, 255], Some(()), None::<()>);
        let text = write(&value).expect("written");
        assert!(text.contains("Hex bolt M8 "), "{text:?}");
        assert!(text.chars().all(|c| !c.is_control() && c != '<'), "{text:?}");
        let value = (value.0.to_owned(), value.1, value.2, value.3, value.4);
        assert_eq!(read(&text), Ok(value));
    }

    #[test]
    fn what_is_another_bundles_or_no_answer_is_not_read() {
        let text = write("x").expect("written");
        assert_eq!(read::<String>(&format!("f00{text}")), Err(Unread::OtherBuild));
        assert_eq!(read::<String>(""), Err(Unread::Malformed));
        assert_eq!(read::<String>(" "), Err(Unread::Malformed));
        assert_eq!(read::<String>(" \u{101}€"), Err(Unread::Malformed));
    }
}
