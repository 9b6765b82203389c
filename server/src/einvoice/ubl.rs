//! UBL 2.1 `Invoice` and `CreditNote`: EN 16931, and Peppol BIS Billing 3.0 where both parties have an electronic address. Elements
//! stand in the order of the schema; each names its business term in EN 16931.

use domain::accounts::Address;
use domain::invoices::{Charge, ChargeKind, InvoiceLine, InvoicePage, Kind, Letterhead};
use domain::tax::{Category, Subtotal, vat_number};
use rust_decimal::Decimal;

use super::xml::Xml;
use super::{Endpoint, buyer_endpoint, reference, seller_endpoint, units};

const EN16931: &str = "urn:cen.eu:en16931:2017";
const PEPPOL: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";
const PROFILE: &str = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";

/// The words in which the two documents differ.
struct Names {
    root: &'static str,
    namespace: &'static str,
    type_code: &'static str,
    /// UNCL 1001.
    code: &'static str,
    line: &'static str,
    quantity: &'static str,
}

const fn names(kind: Kind) -> Names {
    match kind {
        Kind::Invoice => Names {
            root: "Invoice",
            namespace: "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
            type_code: "cbc:InvoiceTypeCode",
            code: "380",
            line: "cac:InvoiceLine",
            quantity: "cbc:InvoicedQuantity",
        },
        Kind::CreditNote => Names {
            root: "CreditNote",
            namespace: "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
            type_code: "cbc:CreditNoteTypeCode",
            code: "381",
            line: "cac:CreditNoteLine",
            quantity: "cbc:CreditedQuantity",
        },
    }
}

/// Writes the document. The page must be one that [`InvoicePage::einvoice`] says yes to; then what is written is valid. What was
/// paid since is not in it: the same document is the same bytes for ever.
pub fn ubl(page: &InvoicePage) -> Vec<u8> {
    let names = names(page.row.kind);
    let mut xml = Xml::new();
    let spaces = [
        ("xmlns", names.namespace),
        ("xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"),
        ("xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"),
    ];
    xml.group_with(names.root, &spaces, |xml| {
        head(xml, page, &names);
        supplier(xml, &page.seller);
        customer(xml, page);
        delivery(xml, page);
        payment(xml, page);
        for charge in &page.charges {
            beside(xml, charge);
        }
        totals(xml, page);
        for line in &page.lines {
            item(xml, line, &names);
        }
    });
    xml.finish()
}

fn head(xml: &mut Xml, page: &InvoicePage, names: &Names) {
    let row = &page.row;
    let peppol = seller_endpoint(&page.seller).is_some() && buyer_endpoint(&page.buyer).is_some();
    xml.text("cbc:CustomizationID", if peppol { PEPPOL } else { EN16931 }); // BT-24
    if peppol {
        xml.text("cbc:ProfileID", PROFILE); // BT-23
    }
    xml.text("cbc:ID", &row.number); // BT-1
    xml.text("cbc:IssueDate", &row.issued_on.to_string()); // BT-2
    if row.kind == Kind::Invoice {
        xml.text("cbc:DueDate", &row.due_on.to_string()); // BT-9
    }
    xml.text(names.type_code, names.code); // BT-3
    xml.text("cbc:Note", &page.reason); // BT-22
    xml.text("cbc:DocumentCurrencyCode", row.gross.currency().code()); // BT-5
    xml.text("cbc:AccountingCost", &page.cost_centre); // BT-19
    xml.text("cbc:BuyerReference", reference(page)); // BT-10
    if !row.po_number.trim().is_empty() {
        xml.group("cac:OrderReference", |xml| {
            xml.text("cbc:ID", &row.po_number); // BT-13
            xml.text("cbc:SalesOrderID", &row.order_number); // BT-14
        });
    }
    if let Some((number, on)) = &page.corrects {
        xml.group("cac:BillingReference", |xml| {
            xml.group("cac:InvoiceDocumentReference", |xml| {
                xml.text("cbc:ID", number); // BT-25
                xml.text("cbc:IssueDate", &on.to_string()); // BT-26
            });
        });
    }
}

fn supplier(xml: &mut Xml, seller: &Letterhead) {
    let name = or(&seller.legal_name, &seller.name);
    xml.group("cac:AccountingSupplierParty", |xml| {
        xml.group("cac:Party", |xml| {
            endpoint(xml, seller_endpoint(seller)); // BT-34
            named(xml, &seller.name); // BT-28
            address(xml, "cac:PostalAddress", &seller.address, &seller.address.country); // BG-5
            registered(xml, &vat_number(&seller.vat_number, &seller.address.country)); // BT-31
            xml.group("cac:PartyLegalEntity", |xml| xml.text("cbc:RegistrationName", name)); // BT-27
            xml.group("cac:Contact", |xml| {
                xml.text("cbc:Name", or(&seller.name, name)); // BT-41
                xml.text("cbc:Telephone", &seller.phone); // BT-42
                xml.text("cbc:ElectronicMail", &seller.email); // BT-43
            });
        });
    });
}

fn customer(xml: &mut Xml, page: &InvoicePage) {
    let (buyer, to) = (&page.buyer, &page.bill_to);
    let name = or(&buyer.name, &to.company);
    xml.group("cac:AccountingCustomerParty", |xml| {
        xml.group("cac:Party", |xml| {
            endpoint(xml, buyer_endpoint(buyer)); // BT-49
            named(xml, &to.company); // BT-45
            address(xml, "cac:PostalAddress", to, page.buyer_country()); // BG-8
            registered(xml, &vat_number(&buyer.vat_number, &buyer.country)); // BT-48
            xml.group("cac:PartyLegalEntity", |xml| xml.text("cbc:RegistrationName", or(name, &page.account_number))); // BT-44
        });
    });
}

fn delivery(xml: &mut Xml, page: &InvoicePage) {
    // Goods to another member state need a day and a country (BR-IC-11, BR-IC-12).
    let needed = page.lines.iter().any(|l| l.category == Category::IntraCommunity);
    let on = page.delivered_on.or(needed.then_some(page.row.issued_on));
    let to = page.ship_to.as_ref().or(needed.then_some(&page.bill_to));
    if on.is_none() && to.is_none() {
        return;
    }
    xml.group("cac:Delivery", |xml| {
        if let Some(on) = on {
            xml.text("cbc:ActualDeliveryDate", &on.to_string()); // BT-72
        }
        if let Some(to) = to {
            xml.group("cac:DeliveryLocation", |xml| {
                address(xml, "cac:Address", to, or(&to.country, page.buyer_country())); // BG-15
            });
            if !to.company.trim().is_empty() {
                xml.group("cac:DeliveryParty", |xml| named(xml, &to.company)); // BT-70
            }
        }
    });
}

/// How to pay, which German documents say even where nothing is to be paid (DE-R-001), and what happens to what was credited
/// (BR-CO-25).
fn payment(xml: &mut Xml, page: &InvoicePage) {
    let (means, iban) = means(page);
    xml.group("cac:PaymentMeans", |xml| {
        xml.text("cbc:PaymentMeansCode", means); // BT-81
        if !iban.is_empty() {
            xml.text("cbc:PaymentID", &page.row.number); // BT-83
            xml.group("cac:PayeeFinancialAccount", |xml| {
                xml.text("cbc:ID", &iban); // BT-84
                xml.text("cbc:Name", or(&page.seller.legal_name, &page.seller.name)); // BT-85
                if !page.seller.bic.trim().is_empty() {
                    xml.group("cac:FinancialInstitutionBranch", |xml| xml.text("cbc:ID", &page.seller.bic)); // BT-86
                }
            });
        }
    });
    if let Some(terms) = terms(page) {
        xml.group("cac:PaymentTerms", |xml| xml.text("cbc:Note", &terms)); // BT-20
    }
}

/// What is to be known of paying beside the due day (BT-20): what happens to what was credited, what is let off for paying early.
pub fn terms(page: &InvoicePage) -> Option<String> {
    match (page.row.kind, page.discount) {
        (Kind::CreditNote, _) => Some(CREDITED.to_owned()),
        (Kind::Invoice, Some(d)) => {
            Some(format!("{} % discount when paid in full by {}", d.percent.normalize(), d.until))
        }
        (Kind::Invoice, None) => None,
    }
}

/// What happens to what was credited.
const CREDITED: &str = "Credited to your account";

/// UNCL 4461: a credit transfer, with the account that it goes to; cleared between the parties; not said.
pub fn means(page: &InvoicePage) -> (&'static str, String) {
    let iban: String = page.seller.iban.chars().filter(|c| !c.is_whitespace()).collect();
    match page.row.kind {
        Kind::CreditNote => ("97", String::new()),
        Kind::Invoice if iban.is_empty() => ("1", iban),
        Kind::Invoice => ("30", iban),
    }
}

/// A charge or an allowance (BG-20, BG-21).
fn beside(xml: &mut Xml, charge: &Charge) {
    xml.group("cac:AllowanceCharge", |xml| {
        xml.text("cbc:ChargeIndicator", if charge.what.kind() == ChargeKind::Charge { "true" } else { "false" });
        if charge.what.kind() == ChargeKind::Charge {
            xml.text("cbc:AllowanceChargeReasonCode", "DL"); // UNCL 7161: delivery
        }
        xml.text("cbc:AllowanceChargeReason", charge.what.label());
        xml.amount("cbc:Amount", charge.taxed.net);
        category(xml, "cac:TaxCategory", charge.taxed.category, charge.taxed.rate, false);
    });
}

fn totals(xml: &mut Xml, page: &InvoicePage) {
    let t = &page.totals;
    xml.group("cac:TaxTotal", |xml| {
        xml.amount("cbc:TaxAmount", t.tax); // BT-110
        for Subtotal { category: why, rate, base, tax } in &t.taxes {
            xml.group("cac:TaxSubtotal", |xml| {
                xml.amount("cbc:TaxableAmount", *base); // BT-116
                xml.amount("cbc:TaxAmount", *tax); // BT-117
                category(xml, "cac:TaxCategory", *why, *rate, true);
            });
        }
    });
    xml.group("cac:LegalMonetaryTotal", |xml| {
        xml.amount("cbc:LineExtensionAmount", t.lines); // BT-106
        xml.amount("cbc:TaxExclusiveAmount", t.net); // BT-109
        xml.amount("cbc:TaxInclusiveAmount", t.gross); // BT-112
        if !t.allowances.amount().is_zero() {
            xml.amount("cbc:AllowanceTotalAmount", t.allowances); // BT-107
        }
        if !t.charges.amount().is_zero() {
            xml.amount("cbc:ChargeTotalAmount", t.charges); // BT-108
        }
        xml.amount("cbc:PayableAmount", t.gross); // BT-115
    });
}

fn item(xml: &mut Xml, line: &InvoiceLine, names: &Names) {
    xml.group(names.line, |xml| {
        xml.text("cbc:ID", &line.line_no.to_string()); // BT-126
        let quantity = line.quantity.value().normalize().to_string();
        xml.text_with(names.quantity, &[("unitCode", units::code(&line.unit))], &quantity); // BT-129
        xml.amount("cbc:LineExtensionAmount", line.net); // BT-131
        if let Some(no) = line.order_line {
            xml.group("cac:OrderLineReference", |xml| xml.text("cbc:LineID", &no.to_string())); // BT-132
        }
        xml.group("cac:Item", |xml| {
            xml.text("cbc:Name", or(&line.name, &line.sku)); // BT-153
            if !line.own_number.trim().is_empty() {
                xml.group("cac:BuyersItemIdentification", |xml| xml.text("cbc:ID", &line.own_number)); // BT-156
            }
            if !line.sku.trim().is_empty() {
                xml.group("cac:SellersItemIdentification", |xml| xml.text("cbc:ID", &line.sku)); // BT-155
            }
            category(xml, "cac:ClassifiedTaxCategory", line.category, line.tax_rate, false); // BT-151
        });
        xml.group("cac:Price", |xml| {
            let currency = [("currencyID", line.net.currency().code())];
            xml.text_with("cbc:PriceAmount", &currency, &price(line).normalize().to_string()); // BT-146
        });
    });
}

/// The price that the line's amount follows from: the one on the page, unless rounding (to a whole yen, or by a former system)
/// moved the amount by more than the rules bear (PEPPOL-EN16931-R120).
pub fn price(line: &InvoiceLine) -> Decimal {
    let (price, quantity) = (line.unit_price.amount(), line.quantity.value());
    let (net, slack) = (line.net.amount(), Decimal::new(2, 2));
    match price.checked_mul(quantity) {
        Some(exact) if (exact - net).abs() <= slack => price,
        _ => net.checked_div(quantity).unwrap_or(price).round_dp(10),
    }
}

/// A tax category (BG-23, BG-30); the reason only in the breakdown.
fn category(xml: &mut Xml, name: &str, category: Category, rate: Decimal, reasoned: bool) {
    xml.group(name, |xml| {
        xml.text("cbc:ID", category.uncl5305());
        xml.number("cbc:Percent", rate);
        if let Some(reason) = category.reason().filter(|_| reasoned) {
            xml.text("cbc:TaxExemptionReasonCode", category.vatex().unwrap_or_default());
            xml.text("cbc:TaxExemptionReason", reason);
        }
        xml.group("cac:TaxScheme", |xml| xml.text("cbc:ID", "VAT"));
    });
}

fn endpoint(xml: &mut Xml, endpoint: Option<Endpoint>) {
    if let Some((scheme, id)) = endpoint {
        xml.text_with("cbc:EndpointID", &[("schemeID", &scheme)], &id);
    }
}

fn named(xml: &mut Xml, name: &str) {
    if !name.trim().is_empty() {
        xml.group("cac:PartyName", |xml| xml.text("cbc:Name", name));
    }
}

fn registered(xml: &mut Xml, number: &str) {
    if !number.is_empty() {
        xml.group("cac:PartyTaxScheme", |xml| {
            xml.text("cbc:CompanyID", number);
            xml.group("cac:TaxScheme", |xml| xml.text("cbc:ID", "VAT"));
        });
    }
}

fn address(xml: &mut Xml, name: &str, address: &Address, country: &str) {
    xml.group(name, |xml| {
        xml.text("cbc:StreetName", &address.street);
        xml.text("cbc:CityName", &address.city);
        xml.text("cbc:PostalZone", &address.postcode);
        xml.group("cac:Country", |xml| xml.text("cbc:IdentificationCode", country));
    });
}

/// The first of two that says something.
pub fn or<'a>(first: &'a str, second: &'a str) -> &'a str {
    if first.trim().is_empty() { second } else { first }
}
