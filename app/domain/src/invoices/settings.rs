//! How a customer is invoiced: when, in which language, to which address, with which tax.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Language;
use crate::tax::{self, Category};
use crate::{FieldError, Problem};

/// When a customer's orders are invoiced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// With each shipment, for what is in it.
    #[default]
    PerShipment,
    /// Once, when the last of the order is sent.
    PerOrder,
    /// Never here: another system makes the invoices, and they are imported.
    Elsewhere,
}

impl Mode {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 3] = [Self::PerShipment, Self::PerOrder, Self::Elsewhere];

    /// As stored and as the form sends it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PerShipment => "per_shipment",
            Self::PerOrder => "per_order",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// In the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PerShipment => "One a shipment",
            Self::PerOrder => "One an order, when all of it is sent",
            Self::Elsewhere => "By another system, imported here",
        }
    }

    /// Reads [`Mode::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.code() == code)
    }

    /// Whether a shipment is invoiced; `whole`: nothing of the order is left to send.
    pub const fn invoices(self, whole: bool) -> bool {
        match self {
            Self::PerShipment => true,
            Self::PerOrder => whole,
            Self::Elsewhere => false,
        }
    }
}

/// Terms for paying early: so much off when paid within so many days of the invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Early {
    /// Percent, above 0 and below 100, at most two decimals.
    pub percent: Decimal,
    /// Days, 1 to 365.
    pub days: i32,
}

impl Early {
    /// Reads both fields; both empty: no such terms.
    pub fn parse(percent: &str, days: &str) -> Result<Option<Self>, Problem> {
        let (percent, days) = (percent.trim(), days.trim());
        if percent.is_empty() && days.is_empty() {
            return Ok(None);
        }
        let percent = percent
            .trim_end_matches('%')
            .trim_end()
            .parse()
            .ok()
            .filter(|p: &Decimal| *p > Decimal::ZERO && *p < Decimal::ONE_HUNDRED && p.normalize().scale() <= 2);
        let days = days.parse().ok().filter(|d| (1..=365).contains(d));
        let missing = |field, message| Problem::invalid(field, message);
        let percent =
            percent.ok_or_else(|| missing("discount", "Enter a percentage such as 2, or leave both empty."))?;
        let days = days.ok_or_else(|| missing("discount_days", "Enter days from 1 to 365, or leave both empty."))?;
        Ok(Some(Self { percent, days }))
    }
}

/// How a customer is invoiced: settings of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoicing {
    /// Of documents.
    pub language: Language,
    /// When there is an invoice.
    pub mode: Mode,
    /// VAT registration; empty: none.
    pub vat_number: String,
    /// Electronic address as `scheme:id`; empty: from the VAT number.
    pub endpoint: String,
    /// Why nothing is charged, whatever the products; none: their own rates.
    pub treatment: Option<Category>,
    /// What is let off for paying early.
    pub early: Option<Early>,
}

/// Schemes of electronic addresses that Peppol knows (EAS; PEPPOL-EN16931-CL008).
const SCHEMES: &str = "0002 0007 0009 0060 0088 0096 0097 0106 0130 0135 0142 0151 0158 0183 0184 0188 0190 0191 0192 0195 0196 0198 0199 0200 \
    0201 0204 0208 0209 0210 0211 0216 0218 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 9919 \
    9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 \
    9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959";

impl Invoicing {
    /// Checks what was typed; `country`: the customer's.
    pub fn check(&self, country: &str) -> Result<(), Problem> {
        let mut errors = Vec::new();
        let number = tax::vat_number(&self.vat_number, country);
        if number.len() > 20 {
            errors.push(FieldError::new("vat_number", "Enter a VAT number of at most 20 characters."));
        }
        if number.is_empty() && self.treatment.is_some_and(Category::needs_vat_numbers) {
            errors.push(FieldError::new("vat_number", "Enter the VAT number: without it the tax cannot be left out."));
        }
        if !self.endpoint.is_empty() && !endpoint_ok(&self.endpoint) {
            errors.push(FieldError::new("endpoint", "Enter an address such as 0088:4098765000003, its scheme first."));
        }
        if self.treatment.is_some_and(|t| !Category::TREATMENTS.contains(&t)) {
            errors.push(FieldError::new("treatment", "Choose how this customer is taxed."));
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors)) }
    }
}

fn endpoint_ok(endpoint: &str) -> bool {
    let Some((scheme, id)) = endpoint.split_once(':') else { return false };
    let plain = (1..=50).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '@' | '+' | ':'));
    let known = SCHEMES.split_whitespace().any(|s| s == scheme);
    plain && known && (scheme != "0088" || gln_ok(id))
}

/// A Global Location Number proves itself by its last digit (GS1; PEPPOL-COMMON-R040).
fn gln_ok(id: &str) -> bool {
    let digits: Option<Vec<u32>> = id.chars().map(|c| c.to_digit(10)).collect();
    digits.is_some_and(|d| {
        let weigh = |(i, n): (usize, &u32)| if i % 2 == 0 { *n } else { 3 * n };
        d.len() == 13 && d.iter().rev().enumerate().map(|(i, n)| weigh((i, n))).sum::<u32>() % 10 == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_for_paying_early_are_whole_or_none() {
        let read = |percent, days| Early::parse(percent, days);
        assert_eq!(read(" ", ""), Ok(None));
        assert_eq!(read("2.5 %", "10"), Ok(Some(Early { percent: Decimal::new(25, 1), days: 10 })));
        for (percent, days, field) in [
            ("2", "", "discount_days"),
            ("", "10", "discount"),
            ("0", "10", "discount"),
            ("100", "10", "discount"),
            ("1.234", "10", "discount"),
            ("2", "0", "discount_days"),
            ("2", "366", "discount_days"),
        ] {
            assert!(matches!(read(percent, days), Err(Problem::Invalid(e)) if e[0].field == field), "{percent} {days}");
        }
    }

    #[test]
    fn settings_that_would_make_invalid_documents_are_refused() {
        let good = Invoicing { endpoint: "0088:4098765000003".into(), ..Invoicing::default() };
        assert_eq!(good.check("DE"), Ok(()));
        for (change, field) in [
            (Invoicing { endpoint: "0088:4098765000004".into(), ..good.clone() }, "endpoint"),
            (Invoicing { endpoint: "1234:5".into(), ..good.clone() }, "endpoint"),
            (Invoicing { endpoint: "0204:".into(), ..good.clone() }, "endpoint"),
            (Invoicing { treatment: Some(Category::ReverseCharge), ..good.clone() }, "vat_number"),
            (Invoicing { treatment: Some(Category::Standard), ..good.clone() }, "treatment"),
            (Invoicing { vat_number: "1".repeat(30), ..good.clone() }, "vat_number"),
        ] {
            assert!(matches!(change.check("DE"), Err(Problem::Invalid(e)) if e[0].field == field), "{change:?}");
        }
        let exempt = Invoicing { treatment: Some(Category::Export), endpoint: "0204:991-12345-07".into(), ..good };
        assert_eq!(exempt.check("CH"), Ok(()));
    }
}
