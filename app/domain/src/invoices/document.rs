//! A document with everything that its page, its PDF and its XML say.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Creditable, InvoiceRow, Kind, Language};
use crate::accounts::Address;
use crate::cart::{TaxedAmount, Totals};
use crate::money::MoneyError;
use crate::payments::Discount;
use crate::tax::{self, Category, Taxed};
use crate::{Currency, Money, Quantity};

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// Position.
    pub line_no: i32,
    /// Article number.
    pub sku: String,
    /// What the customer calls it; empty: nothing else.
    pub own_number: String,
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// How many.
    pub quantity: Quantity,
    /// Each.
    pub unit_price: Money,
    /// Quantity × price.
    pub net: Money,
    /// Percent.
    pub tax_rate: Decimal,
    /// Why that rate.
    pub category: Category,
    /// Position in the order; none: of no order, or from the former system.
    pub order_line: Option<i32>,
}

impl InvoiceLine {
    /// As it goes into the totals.
    pub const fn taxed(&self) -> Taxed {
        Taxed { net: self.net, rate: self.tax_rate, category: self.category }
    }
}

/// Which way an amount beside the lines goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChargeKind {
    /// Taken off (EN 16931 BG-20).
    Allowance,
    /// Put on (EN 16931 BG-21).
    Charge,
}

/// What a charge or an allowance is for: words that documents have in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChargeFor {
    /// Delivery, a charge.
    Delivery,
    /// What taking goods back costs, an allowance on a credit note.
    Restocking,
}

impl ChargeFor {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Restocking => "restocking",
        }
    }

    /// Reads [`ChargeFor::code`].
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Delivery, Self::Restocking].into_iter().find(|k| k.code() == code)
    }

    /// On the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Delivery => "Delivery",
            Self::Restocking => "Restocking fee",
        }
    }

    /// Which way it goes.
    pub const fn kind(self) -> ChargeKind {
        match self {
            Self::Delivery => ChargeKind::Charge,
            Self::Restocking => ChargeKind::Allowance,
        }
    }
}

/// A charge or an allowance on the whole document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// For what.
    pub what: ChargeFor,
    /// Positive, and how it is taxed.
    pub taxed: Taxed,
}

/// What settled (part of) a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The number of the payment or credit note; of the invoice that this credit note settled; empty: an early-payment discount.
    pub number: String,
    /// The day it counts from.
    pub on: NaiveDate,
    /// How much; negative: an earlier one undone.
    pub amount: Money,
    /// What the reader may undo.
    pub undo: Option<uuid::Uuid>,
}

/// The seller's letterhead and bank details.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letterhead {
    /// Trading name.
    pub name: String,
    /// Registered name.
    pub legal_name: String,
    /// Registered address.
    pub address: Address,
    /// VAT registration.
    pub vat_number: String,
    /// For questions.
    pub email: String,
    /// For questions.
    pub phone: String,
    /// Where to pay.
    pub iban: String,
    /// Where to pay.
    pub bic: String,
    /// Electronic address as `scheme:id` (ISO 6523 EAS); empty: from the VAT number.
    pub endpoint: String,
}

/// What a document's XML says of the customer beyond the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name of the account.
    pub name: String,
    /// VAT registration, as written; empty: none known.
    pub vat_number: String,
    /// Electronic address as `scheme:id`; empty: from the VAT number.
    pub endpoint: String,
    /// ISO 3166 code of the account.
    pub country: String,
}

/// A document's page and everything its PDF and its XML say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicePage {
    /// The row of the list.
    pub row: InvoiceRow,
    /// Whose: account number.
    pub account_number: String,
    /// To whom.
    pub bill_to: Address,
    /// Where the goods went; none: not known.
    pub ship_to: Option<Address>,
    /// When they left (BT-72); none: not known.
    pub delivered_on: Option<NaiveDate>,
    /// The customer's numbers.
    pub buyer: Party,
    /// Where it was booked.
    pub cost_centre: String,
    /// Of the PDF's words.
    pub language: Language,
    /// Lines.
    pub lines: Vec<InvoiceLine>,
    /// Beside the lines.
    pub charges: Vec<Charge>,
    /// From lines and charges.
    pub totals: tax::Totals,
    /// The invoice that a credit note corrects: number, day of issue.
    pub corrects: Option<(String, NaiveDate)>,
    /// Credit notes that correct this invoice.
    pub corrected_by: Vec<String>,
    /// Why it was credited.
    pub reason: String,
    /// What settled it.
    pub settlements: Vec<Settlement>,
    /// Whether the reader may settle what is left.
    pub can_pay: bool,
    /// What is let off for paying early.
    pub discount: Option<Discount>,
    /// The seller.
    pub seller: Letterhead,
    /// The seller's today.
    pub today: NaiveDate,
}

impl InvoicePage {
    /// Whether it can be written as EN 16931. Amounts have two decimals at most there (BR-DEC), which leaves out dinars; who sells
    /// has a VAT number (BR-S-02 and its like), and where the customer accounts for the tax, so has who buys (BR-AE-02, BR-IC-02);
    /// and the totals are the standard's own, which those of a former system need not be.
    pub fn einvoice(&self) -> bool {
        let gross = self.row.gross;
        let buyer_known =
            !self.buyer.vat_number.is_empty() || !self.lines.iter().any(|l| l.category.needs_vat_numbers());
        gross.currency().minor_digits() <= 2
            && self.totals.gross == gross
            && buyer_known
            && !self.seller.vat_number.trim().is_empty()
            && self.seller.address.country.len() == 2
            && self.buyer_country().len() == 2
    }

    /// Where the customer is: as the address says, or else the account.
    pub fn buyer_country(&self) -> &str {
        if self.bill_to.country.is_empty() { &self.buyer.country } else { &self.bill_to.country }
    }
}

/// Totals of a document from its lines and charges.
pub fn totals(currency: Currency, lines: &[Taxed], charges: &[Charge]) -> Result<tax::Totals, MoneyError> {
    let of = |kind| charges.iter().filter(|c| c.what.kind() == kind).map(|c| c.taxed).collect::<Vec<_>>();
    tax::totals(currency, lines, &of(ChargeKind::Allowance), &of(ChargeKind::Charge))
}

/// Totals of an imported document from its lines, tax per rate on their sum.
pub fn document_totals(currency: Currency, lines: &[(Money, Decimal)]) -> Result<Totals, MoneyError> {
    let lines: Vec<TaxedAmount> = lines.iter().map(|(net, rate)| TaxedAmount { net: *net, rate: *rate }).collect();
    crate::cart::totals(currency, &lines, Money::zero(currency))
}

/// A document as the seller's desk shows it at its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskInvoice {
    /// Number.
    pub number: String,
    /// Which document.
    pub kind: Kind,
    /// Issued.
    pub issued_on: NaiveDate,
    /// Total, always positive.
    pub gross: Money,
    /// The invoice that it corrects; empty: none.
    pub corrects: String,
    /// What of it may still be credited; nothing where the asker may not.
    pub lines: Vec<Creditable>,
    /// The delivery charge that may still be credited.
    pub delivery: Option<Money>,
}
