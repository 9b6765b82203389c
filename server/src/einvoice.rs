//! Invoices and credit notes for other people's systems: UBL 2.1 as Peppol BIS Billing 3.0 wants it, and CII for Factur-X. Both say
//! what the page says, in the terms of EN 16931. Who may read a document is decided before this.

mod cii;
mod ubl;
mod units;
mod xml;

#[cfg(test)]
mod tests;

use domain::invoices::{InvoicePage, Letterhead, Party};
use domain::tax::{vat_number, vat_scheme};

pub use cii::cii;
pub use ubl::ubl;

/// An electronic address: scheme (EAS), identifier.
type Endpoint = (String, String);

/// The seller's: as set, else from the VAT number.
fn seller_endpoint(seller: &Letterhead) -> Option<Endpoint> {
    given(&seller.endpoint).or_else(|| of_vat(&seller.vat_number, &seller.address.country))
}

/// The customer's: as set, else from the VAT number.
fn buyer_endpoint(buyer: &Party) -> Option<Endpoint> {
    given(&buyer.endpoint).or_else(|| of_vat(&buyer.vat_number, &buyer.country))
}

fn given(endpoint: &str) -> Option<Endpoint> {
    endpoint.split_once(':').map(|(scheme, id)| (scheme.to_owned(), id.to_owned()))
}

fn of_vat(number: &str, country: &str) -> Option<Endpoint> {
    let number = vat_number(number, country);
    vat_scheme(&number).map(|scheme| (scheme.to_owned(), number.clone()))
}

/// Whom the customer can name it by: their own reference, or else the number that we know them by (PEPPOL-EN16931-R003).
fn reference(page: &InvoicePage) -> &str {
    let po = page.row.po_number.trim();
    if po.is_empty() { &page.account_number } else { po }
}
