//! Value added tax as EN 16931 has it: categories with their reasons, and the arithmetic of a document. Pure; the same
//! everywhere a document is made, shown or written.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::MoneyError;
use crate::{Currency, Money};

/// Why a line is taxed as it is (EN 16931 BT-151). The standard and a reduced rate are one category there, `S`, told apart by
/// their rate; people want them named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Category {
    /// The seller's usual rate.
    Standard,
    /// A lower rate of the seller's country.
    Reduced,
    /// Taxed at nothing.
    Zero,
    /// Not taxed by law.
    Exempt,
    /// The customer accounts for the tax.
    ReverseCharge,
    /// Goods to a business in another member state of the EU.
    IntraCommunity,
    /// Goods that leave the country, or the EU.
    Export,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Standard,
        Self::Reduced,
        Self::Zero,
        Self::Exempt,
        Self::ReverseCharge,
        Self::IntraCommunity,
        Self::Export,
    ];

    /// Those that a customer has, whatever the products: nothing is charged, and the document says why.
    pub const TREATMENTS: [Self; 4] = [Self::Exempt, Self::ReverseCharge, Self::IntraCommunity, Self::Export];

    /// As stored and as forms send it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reduced => "reduced",
            Self::Zero => "zero",
            Self::Exempt => "exempt",
            Self::ReverseCharge => "reverse_charge",
            Self::IntraCommunity => "intra_community",
            Self::Export => "export",
        }
    }

    /// Reads [`Category::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    /// In UNCL 5305, the subset that EN 16931 allows (BR-CL-17, BR-CL-18).
    pub const fn uncl5305(self) -> &'static str {
        match self {
            Self::Standard | Self::Reduced => "S",
            Self::Zero => "Z",
            Self::Exempt => "E",
            Self::ReverseCharge => "AE",
            Self::IntraCommunity => "K",
            Self::Export => "G",
        }
    }

    /// The reason's code in the VATEX list (BT-121), where there is one for the whole category.
    pub const fn vatex(self) -> Option<&'static str> {
        match self {
            Self::Standard | Self::Reduced | Self::Zero | Self::Exempt => None,
            Self::ReverseCharge => Some("VATEX-EU-AE"),
            Self::IntraCommunity => Some("VATEX-EU-IC"),
            Self::Export => Some("VATEX-EU-G"),
        }
    }

    /// On the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Standard => "Standard rate",
            Self::Reduced => "Reduced rate",
            Self::Zero => "Zero rate",
            Self::Exempt => "Exempt",
            Self::ReverseCharge => "Reverse charge",
            Self::IntraCommunity => "Intra-Community supply",
            Self::Export => "Export",
        }
    }

    /// What the law wants to read on a document without tax (BT-120; BR-E-10, BR-AE-10, BR-IC-10, BR-G-10).
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Standard | Self::Reduced | Self::Zero => None,
            Self::Exempt => Some("Exempt from VAT"),
            Self::ReverseCharge => Some("Reverse charge: the customer accounts for the VAT"),
            Self::IntraCommunity => Some("VAT-free intra-Community supply"),
            Self::Export => Some("VAT-free export"),
        }
    }

    /// Both parties must be known to the tax office by number (BR-AE-02, BR-IC-02).
    pub const fn needs_vat_numbers(self) -> bool {
        matches!(self, Self::ReverseCharge | Self::IntraCommunity)
    }

    /// The category of a line at `rate`, for a customer with `treatment`, of a seller with a `usual` rate. What is taxed is
    /// taxed: a treatment speaks only where nothing is charged.
    pub fn of(rate: Decimal, treatment: Option<Self>, usual: Decimal) -> Self {
        match treatment {
            Some(treatment) if rate.is_zero() => treatment,
            _ if rate.is_zero() => Self::Zero,
            _ if rate < usual => Self::Reduced,
            _ => Self::Standard,
        }
    }
}

/// An amount with how it is taxed: a line, an allowance or a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taxed {
    /// Rounded, without tax.
    pub net: Money,
    /// Percent.
    pub rate: Decimal,
    /// Why that rate.
    pub category: Category,
}

/// One row of the tax breakdown (EN 16931 BG-23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subtotal {
    /// Why that rate.
    pub category: Category,
    /// Percent.
    pub rate: Decimal,
    /// Lines − allowances + charges (BT-116).
    pub base: Money,
    /// Rounded once, on the base (BT-117, BR-CO-17).
    pub tax: Money,
}

/// A document's totals (EN 16931 BG-22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Sum of the lines (BT-106, BR-CO-10).
    pub lines: Money,
    /// Sum of the allowances (BT-107, BR-CO-11).
    pub allowances: Money,
    /// Sum of the charges (BT-108, BR-CO-12).
    pub charges: Money,
    /// Lines − allowances + charges (BT-109, BR-CO-13).
    pub net: Money,
    /// By category, then rate, the highest first.
    pub taxes: Vec<Subtotal>,
    /// Sum of the subtotals' tax (BT-110, BR-CO-14).
    pub tax: Money,
    /// Net + tax (BT-112, BR-CO-15).
    pub gross: Money,
}

/// Adds up a document: tax per (category, rate) on the rounded sum of the group, never per line.
pub fn totals(
    currency: Currency,
    lines: &[Taxed],
    allowances: &[Taxed],
    charges: &[Taxed],
) -> Result<Totals, MoneyError> {
    let sum = |amounts: &[Taxed]| Money::sum(currency, amounts.iter().map(|a| a.net));
    let (all, allowed, charged) = (sum(lines)?, sum(allowances)?, sum(charges)?);
    // The standard and a reduced rate are one category, so that they share a group should they ever share a rate.
    let key = |a: &Taxed| (a.category.max(Category::Reduced), std::cmp::Reverse(a.rate.normalize()));
    let mut amounts: Vec<&Taxed> = lines.iter().chain(allowances).chain(charges).collect();
    amounts.sort_by_key(|a| (key(a), a.category));
    amounts.dedup_by_key(|a| key(a));
    let of = |group, amounts: &[Taxed]| Money::sum(currency, amounts.iter().filter(|a| key(a) == group).map(|a| a.net));
    let taxes = amounts
        .into_iter()
        .map(|first| {
            let group = key(first);
            let base = of(group, lines)?.minus(of(group, allowances)?)?.plus(of(group, charges)?)?;
            Ok(Subtotal { category: first.category, rate: group.1.0, base, tax: base.percent(group.1.0)? })
        })
        .collect::<Result<Vec<_>, MoneyError>>()?;
    let net = all.minus(allowed)?.plus(charged)?;
    let tax = Money::sum(currency, taxes.iter().map(|t| t.tax))?;
    Ok(Totals { lines: all, allowances: allowed, charges: charged, net, tax, gross: net.plus(tax)?, taxes })
}

/// How what goes with all lines (delivery, a fee) is taxed: as the line with the highest rate. None without lines.
pub fn highest(lines: &[Taxed]) -> Option<(Decimal, Category)> {
    lines.iter().max_by_key(|l| (l.rate, std::cmp::Reverse(l.category))).map(|l| (l.rate, l.category))
}

/// A VAT number as documents carry it: capitals and digits behind the country's prefix (BR-CO-09; Greece writes EL). Empty: none.
pub fn vat_number(number: &str, country: &str) -> String {
    let plain: String = number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let prefix = if country == "GR" { "EL" } else { country };
    if plain.is_empty() || plain.starts_with(prefix) { plain } else { format!("{prefix}{plain}") }
}

/// The Peppol scheme of VAT numbers (ISO 6523 EAS) by their prefix, for parties that gave no electronic address of their own.
pub fn vat_scheme(number: &str) -> Option<&'static str> {
    Some(match number.get(..2)? {
        "HU" => "9910",
        "AD" => "9922",
        "AL" => "9923",
        "BA" => "9924",
        "BE" => "9925",
        "BG" => "9926",
        "CH" => "9927",
        "CY" => "9928",
        "CZ" => "9929",
        "DE" => "9930",
        "EE" => "9931",
        "GB" => "9932",
        "EL" => "9933",
        "HR" => "9934",
        "IE" => "9935",
        "LI" => "9936",
        "LT" => "9937",
        "LU" => "9938",
        "LV" => "9939",
        "MC" => "9940",
        "ME" => "9941",
        "MK" => "9942",
        "MT" => "9943",
        "NL" => "9944",
        "PL" => "9945",
        "PT" => "9946",
        "RO" => "9947",
        "RS" => "9948",
        "SI" => "9949",
        "SK" => "9950",
        "SM" => "9951",
        "TR" => "9952",
        "VA" => "9953",
        "FR" => "9957",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
