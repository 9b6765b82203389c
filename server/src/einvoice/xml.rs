//! XML, written element by element: what is empty is left out (PEPPOL-EN16931-R008), what XML cannot carry too.

use domain::{Money, text};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use rust_decimal::Decimal;

/// A document that is being written, into memory.
pub struct Xml {
    out: Writer<Vec<u8>>,
}

impl Xml {
    /// Begins with the declaration.
    pub fn new() -> Self {
        let mut xml = Self { out: Writer::new(Vec::new()) };
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// The bytes.
    pub fn finish(self) -> Vec<u8> {
        self.out.into_inner()
    }

    /// An element with others in it; `attributes` as they are.
    pub fn group_with(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.event(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element with others in it.
    pub fn group(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.group_with(name, &[], inside);
    }

    /// An element with words, unless there are none.
    pub fn text_with(&mut self, name: &str, attributes: &[(&str, &str)], words: &str) {
        let words: String = words.chars().filter(|c| carried(*c)).collect();
        if !words.trim().is_empty() {
            self.group_with(name, attributes, |xml| xml.event(Event::Text(BytesText::new(words.trim()))));
        }
    }

    /// An element with words, unless there are none.
    pub fn text(&mut self, name: &str, words: &str) {
        self.text_with(name, &[], words);
    }

    /// An amount in its currency's minor unit, with the currency.
    pub fn amount(&mut self, name: &str, amount: Money) {
        self.text_with(name, &[("currencyID", amount.currency().code())], &text::plain(amount));
    }

    /// A number without zeros that say nothing.
    pub fn number(&mut self, name: &str, number: Decimal) {
        self.text(name, &number.normalize().to_string());
    }

    /// Writing into memory does not fail.
    fn event(&mut self, event: Event<'_>) {
        let _ = self.out.write_event(event);
    }
}

/// Char of XML 1.0, without the control characters that it allows but no invoice needs.
fn carried(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')
}
