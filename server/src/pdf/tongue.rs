//! The fixed words of documents in the languages that customers may have, and how figures and days read in each. What is data stays
//! as it was written.

use chrono::NaiveDate;
use domain::accounts::Address;
use domain::invoices::{ChargeFor, Kind, Language};
use domain::tax::Category;
use domain::{Currency, Money, Quantity, text};
use rust_decimal::Decimal;

/// A language, as documents speak it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tongue(pub Language);

/// A word in English, German and French.
type Word = [&'static str; 3];

/// Countries whose names differ from the English one: code, German, French.
const COUNTRIES: &[(&str, &str, &str)] = &[
    ("AT", "Österreich", "Autriche"),
    ("BE", "Belgien", "Belgique"),
    ("BG", "Bulgarien", "Bulgarie"),
    ("CH", "Schweiz", "Suisse"),
    ("CY", "Zypern", "Chypre"),
    ("CZ", "Tschechien", "Tchéquie"),
    ("DE", "Deutschland", "Allemagne"),
    ("DK", "Dänemark", "Danemark"),
    ("EE", "Estland", "Estonie"),
    ("ES", "Spanien", "Espagne"),
    ("FI", "Finnland", "Finlande"),
    ("FR", "Frankreich", "France"),
    ("GB", "Vereinigtes Königreich", "Royaume-Uni"),
    ("GR", "Griechenland", "Grèce"),
    ("HR", "Kroatien", "Croatie"),
    ("HU", "Ungarn", "Hongrie"),
    ("IE", "Irland", "Irlande"),
    ("IT", "Italien", "Italie"),
    ("LI", "Liechtenstein", "Liechtenstein"),
    ("LT", "Litauen", "Lituanie"),
    ("LU", "Luxemburg", "Luxembourg"),
    ("LV", "Lettland", "Lettonie"),
    ("MT", "Malta", "Malte"),
    ("NL", "Niederlande", "Pays-Bas"),
    ("NO", "Norwegen", "Norvège"),
    ("PL", "Polen", "Pologne"),
    ("PT", "Portugal", "Portugal"),
    ("RO", "Rumänien", "Roumanie"),
    ("SE", "Schweden", "Suède"),
    ("SI", "Slowenien", "Slovénie"),
    ("SK", "Slowakei", "Slovaquie"),
    ("US", "Vereinigte Staaten", "États-Unis"),
];

impl Tongue {
    /// For what has no customer's language.
    pub const EN: Self = Self(Language::En);

    /// The word in this language.
    pub const fn say(self, word: Word) -> &'static str {
        match self.0 {
            Language::En => word[0],
            Language::De => word[1],
            Language::Fr => word[2],
        }
    }

    /// `£1,284.60`, `1.284,60 £`, `1 284,60 £`.
    pub fn money(self, m: Money) -> String {
        if self.0 == Language::En {
            return text::money(m);
        }
        let digits = m.currency().minor_digits().max(m.amount().normalize().scale());
        format!("{}\u{a0}{}", self.figure(m.amount(), digits), sign(m.currency()))
    }

    /// A quantity, without zeros that say nothing.
    pub fn quantity(self, quantity: Quantity) -> String {
        let n = quantity.value().normalize();
        if self.0 == Language::En { quantity.to_string() } else { self.figure(n, n.scale()) }
    }

    /// `5.5 %`, `5,5 %`.
    pub fn percent(self, rate: Decimal) -> String {
        let n = rate.normalize();
        if self.0 == Language::En { text::percent(rate) } else { format!("{}\u{a0}%", self.figure(n, n.scale())) }
    }

    /// `20 Nov 2026`, `20.11.2026`, `20/11/2026`.
    pub fn date(self, day: NaiveDate) -> String {
        match self.0 {
            Language::En => text::date(day),
            Language::De => day.format("%d.%m.%Y").to_string(),
            Language::Fr => day.format("%d/%m/%Y").to_string(),
        }
    }

    /// The lines of an address, the country by its name in this language.
    pub fn address(self, address: &Address) -> Vec<String> {
        let mut lines = address.lines();
        let name = COUNTRIES.iter().find(|c| c.0 == address.country).map(|c| self.say([text::country(c.0), c.1, c.2]));
        if let Some((last, name)) = lines.last_mut().zip(name) {
            name.clone_into(last);
        }
        lines
    }

    /// Digits in threes, the decimals behind a comma.
    fn figure(self, n: Decimal, digits: u32) -> String {
        let plain = format!("{:.*}", digits as usize, n.abs());
        let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
        let gap = if self.0 == Language::De { '.' } else { '\u{a0}' };
        let mut out = String::new();
        if n.is_sign_negative() && !n.is_zero() {
            out.push('−');
        }
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                out.push(gap);
            }
            out.push(digit);
        }
        if !rest.is_empty() {
            out.push(',');
            out.push_str(rest);
        }
        out
    }

    /// What a document is. A German “Gutschrift” is something else by law (§ 14 Umsatzsteuergesetz): what the customer writes.
    pub const fn kind(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Invoice => self.say(["Invoice", "Rechnung", "Facture"]),
            Kind::CreditNote => self.say(["Credit note", "Rechnungskorrektur", "Avoir"]),
        }
    }

    /// What its number is called.
    pub const fn number(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Invoice => self.say(["Invoice no.", "Rechnungsnr.", "N° de facture"]),
            Kind::CreditNote => self.say(["Credit note no.", "Korrekturnr.", "N° d’avoir"]),
        }
    }

    /// What stands beside the lines.
    pub const fn charge(self, what: ChargeFor) -> &'static str {
        match what {
            ChargeFor::Delivery => self.say(["Delivery", "Lieferung", "Livraison"]),
            ChargeFor::Restocking => self.say(["Restocking fee", "Rücknahmegebühr", "Frais de reprise"]),
        }
    }

    /// Why nothing is charged, as the laws of the languages' countries word it (§ 14a Umsatzsteuergesetz; art. 242 nonies A, annexe II au CGI).
    pub fn reason(self, category: Category) -> Option<&'static str> {
        let english = category.reason()?;
        Some(match category {
            Category::ReverseCharge => self.say([
                english,
                "Steuerschuldnerschaft des Leistungsempfängers",
                "Autoliquidation : TVA due par le preneur",
            ]),
            Category::IntraCommunity => self.say([
                english,
                "Steuerfreie innergemeinschaftliche Lieferung",
                "Livraison intracommunautaire exonérée de TVA",
            ]),
            Category::Export => self.say([english, "Steuerfreie Ausfuhrlieferung", "Exportation exonérée de TVA"]),
            _ => self.say([english, "Von der Umsatzsteuer befreit", "Exonéré de TVA"]),
        })
    }
}

fn sign(currency: Currency) -> &'static str {
    match currency.code() {
        "GBP" => "£",
        "EUR" => "€",
        "USD" => "$",
        "JPY" => "¥",
        code => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_days_read_as_in_each_country() {
        let money =
            |n: i64, digits, code| Money::new(Decimal::new(n, digits), Currency::parse(code).expect("a currency"));
        let day = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a day");
        let all = |f: &dyn Fn(Tongue) -> String| Language::ALL.map(|l| f(Tongue(l)).replace('\u{a0}', "_"));
        for (amount, expected) in [
            (money(128_460, 2, "GBP"), ["£1,284.60", "1.284,60_£", "1_284,60_£"]),
            (money(-50, 2, "EUR"), ["−€0.50", "−0,50_€", "−0,50_€"]),
            (money(1_234_567, 0, "JPY"), ["¥1,234,567", "1.234.567_¥", "1_234_567_¥"]),
            (money(12_345, 4, "CHF"), ["CHF 1.2345", "1,2345_CHF", "1,2345_CHF"]),
        ] {
            assert_eq!(all(&|t| t.money(amount)), expected);
        }
        assert_eq!(all(&|t| t.percent(Decimal::new(550, 2))), ["5.5 %", "5,5_%", "5,5_%"]);
        assert_eq!(all(&|t| t.date(day)), ["2 Nov 2026", "02.11.2026", "02/11/2026"]);
        assert_eq!(
            all(&|t| t.quantity(Quantity::new(Decimal::new(1_234_500, 3)).expect("positive")))[1..],
            ["1.234,5", "1_234,5"]
        );
    }
}
