//! UN/CEFACT Cross Industry Invoice (D16B) with the profile EN 16931, as Factur-X and `ZUGFeRD` carry it inside a PDF. Elements stand
//! in the order of the schema; each names its business term in EN 16931.

use chrono::NaiveDate;
use domain::accounts::Address;
use domain::invoices::{Charge, ChargeKind, InvoiceLine, InvoicePage, Kind, Letterhead};
use domain::tax::{Category, vat_number};
use domain::{Money, text};
use rust_decimal::Decimal;

use super::ubl::{means, or, price, terms};
use super::xml::Xml;
use super::{Endpoint, buyer_endpoint, reference, seller_endpoint, units};

/// Writes the document; valid where [`InvoicePage::einvoice`] says yes. What was paid since is not in it, as in the UBL.
pub fn cii(page: &InvoicePage) -> Vec<u8> {
    const SPACES: [(&str, &str); 4] = [
        ("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
        ("xmlns:ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"),
        ("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
        ("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
    ];
    let mut xml = Xml::new();
    xml.group_with("rsm:CrossIndustryInvoice", &SPACES, |xml| {
        xml.group("rsm:ExchangedDocumentContext", |xml| {
            xml.group("ram:GuidelineSpecifiedDocumentContextParameter", |xml| {
                xml.text("ram:ID", "urn:cen.eu:en16931:2017"); // BT-24
            });
        });
        xml.group("rsm:ExchangedDocument", |xml| {
            xml.text("ram:ID", &page.row.number); // BT-1
            xml.text("ram:TypeCode", if page.row.kind == Kind::Invoice { "380" } else { "381" }); // BT-3
            date(xml, "ram:IssueDateTime", page.row.issued_on); // BT-2
            if !page.reason.trim().is_empty() {
                xml.group("ram:IncludedNote", |xml| xml.text("ram:Content", &page.reason)); // BT-22
            }
        });
        xml.group("rsm:SupplyChainTradeTransaction", |xml| {
            for line in &page.lines {
                item(xml, line);
            }
            agreement(xml, page);
            delivery(xml, page);
            settlement(xml, page);
        });
    });
    xml.finish()
}

fn item(xml: &mut Xml, line: &InvoiceLine) {
    xml.group("ram:IncludedSupplyChainTradeLineItem", |xml| {
        xml.group("ram:AssociatedDocumentLineDocument", |xml| xml.text("ram:LineID", &line.line_no.to_string())); // BT-126
        xml.group("ram:SpecifiedTradeProduct", |xml| {
            xml.text("ram:SellerAssignedID", &line.sku); // BT-155
            xml.text("ram:Name", or(&line.name, &line.sku)); // BT-153
        });
        xml.group("ram:SpecifiedLineTradeAgreement", |xml| {
            if let Some(no) = line.order_line {
                xml.group("ram:BuyerOrderReferencedDocument", |xml| xml.text("ram:LineID", &no.to_string())); // BT-132
            }
            xml.group("ram:NetPriceProductTradePrice", |xml| xml.number("ram:ChargeAmount", price(line))); // BT-146
        });
        xml.group("ram:SpecifiedLineTradeDelivery", |xml| {
            let quantity = line.quantity.value().normalize().to_string();
            xml.text_with("ram:BilledQuantity", &[("unitCode", units::code(&line.unit))], &quantity); // BT-129
        });
        xml.group("ram:SpecifiedLineTradeSettlement", |xml| {
            xml.group("ram:ApplicableTradeTax", |xml| tax(xml, line.category, line.tax_rate)); // BT-151
            xml.group("ram:SpecifiedTradeSettlementLineMonetarySummation", |xml| {
                amount(xml, "ram:LineTotalAmount", line.net); // BT-131
            });
        });
    });
}

fn agreement(xml: &mut Xml, page: &InvoicePage) {
    let row = &page.row;
    xml.group("ram:ApplicableHeaderTradeAgreement", |xml| {
        xml.text("ram:BuyerReference", reference(page)); // BT-10
        xml.group("ram:SellerTradeParty", |xml| seller(xml, &page.seller));
        xml.group("ram:BuyerTradeParty", |xml| {
            let (buyer, to) = (&page.buyer, &page.bill_to);
            xml.text("ram:Name", or(or(&buyer.name, &to.company), &page.account_number)); // BT-44
            if !to.company.trim().is_empty() {
                xml.group("ram:SpecifiedLegalOrganization", |xml| xml.text("ram:TradingBusinessName", &to.company)); // BT-45
            }
            address(xml, to, page.buyer_country());
            endpoint(xml, buyer_endpoint(buyer)); // BT-49
            registered(xml, &vat_number(&buyer.vat_number, &buyer.country)); // BT-48
        });
        referenced(xml, "ram:SellerOrderReferencedDocument", &row.order_number); // BT-14
        referenced(xml, "ram:BuyerOrderReferencedDocument", &row.po_number); // BT-13
    });
}

fn seller(xml: &mut Xml, seller: &Letterhead) {
    let name = or(&seller.legal_name, &seller.name);
    xml.text("ram:Name", name); // BT-27
    if !seller.name.trim().is_empty() {
        xml.group("ram:SpecifiedLegalOrganization", |xml| xml.text("ram:TradingBusinessName", &seller.name)); // BT-28
    }
    xml.group("ram:DefinedTradeContact", |xml| {
        xml.text("ram:PersonName", or(&seller.name, name)); // BT-41
        if !seller.phone.trim().is_empty() {
            xml.group("ram:TelephoneUniversalCommunication", |xml| xml.text("ram:CompleteNumber", &seller.phone)); // BT-42
        }
        if !seller.email.trim().is_empty() {
            xml.group("ram:EmailURIUniversalCommunication", |xml| xml.text("ram:URIID", &seller.email)); // BT-43
        }
    });
    address(xml, &seller.address, &seller.address.country);
    endpoint(xml, seller_endpoint(seller)); // BT-34
    registered(xml, &vat_number(&seller.vat_number, &seller.address.country)); // BT-31
}

fn delivery(xml: &mut Xml, page: &InvoicePage) {
    // Goods to another member state need a day and a country (BR-IC-11, BR-IC-12).
    let needed = page.lines.iter().any(|l| l.category == Category::IntraCommunity);
    let to = page.ship_to.as_ref().or(needed.then_some(&page.bill_to));
    xml.group("ram:ApplicableHeaderTradeDelivery", |xml| {
        if let Some(to) = to {
            xml.group("ram:ShipToTradeParty", |xml| {
                xml.text("ram:Name", &to.company); // BT-70
                address(xml, to, or(&to.country, page.buyer_country())); // BG-15
            });
        }
        if let Some(on) = page.delivered_on.or(needed.then_some(page.row.issued_on)) {
            xml.group("ram:ActualDeliverySupplyChainEvent", |xml| date(xml, "ram:OccurrenceDateTime", on)); // BT-72
        }
    });
}

fn settlement(xml: &mut Xml, page: &InvoicePage) {
    let (row, t) = (&page.row, &page.totals);
    xml.group("ram:ApplicableHeaderTradeSettlement", |xml| {
        let (means, iban) = means(page);
        if !iban.is_empty() {
            xml.text("ram:PaymentReference", &row.number); // BT-83
        }
        xml.text("ram:InvoiceCurrencyCode", row.gross.currency().code()); // BT-5
        xml.group("ram:SpecifiedTradeSettlementPaymentMeans", |xml| {
            xml.text("ram:TypeCode", means); // BT-81
            if !iban.is_empty() {
                xml.group("ram:PayeePartyCreditorFinancialAccount", |xml| {
                    xml.text("ram:IBANID", &iban); // BT-84
                    xml.text("ram:AccountName", or(&page.seller.legal_name, &page.seller.name)); // BT-85
                });
                if !page.seller.bic.trim().is_empty() {
                    xml.group("ram:PayeeSpecifiedCreditorFinancialInstitution", |xml| {
                        xml.text("ram:BICID", &page.seller.bic); // BT-86
                    });
                }
            }
        });
        for s in &t.taxes {
            xml.group("ram:ApplicableTradeTax", |xml| {
                amount(xml, "ram:CalculatedAmount", s.tax); // BT-117
                xml.text("ram:TypeCode", "VAT");
                xml.text("ram:ExemptionReason", s.category.reason().unwrap_or_default()); // BT-120
                amount(xml, "ram:BasisAmount", s.base); // BT-116
                xml.text("ram:CategoryCode", s.category.uncl5305()); // BT-118
                xml.text("ram:ExemptionReasonCode", s.category.vatex().unwrap_or_default()); // BT-121
                xml.number("ram:RateApplicablePercent", s.rate); // BT-119
            });
        }
        for charge in &page.charges {
            beside(xml, charge);
        }
        xml.group("ram:SpecifiedTradePaymentTerms", |xml| {
            xml.text("ram:Description", terms(page).as_deref().unwrap_or_default()); // BT-20
            if row.kind == Kind::Invoice {
                date(xml, "ram:DueDateDateTime", row.due_on); // BT-9
            }
        });
        xml.group("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |xml| {
            amount(xml, "ram:LineTotalAmount", t.lines); // BT-106
            amount(xml, "ram:ChargeTotalAmount", t.charges); // BT-108
            amount(xml, "ram:AllowanceTotalAmount", t.allowances); // BT-107
            amount(xml, "ram:TaxBasisTotalAmount", t.net); // BT-109
            xml.amount("ram:TaxTotalAmount", t.tax); // BT-110
            amount(xml, "ram:GrandTotalAmount", t.gross); // BT-112
            amount(xml, "ram:DuePayableAmount", t.gross); // BT-115
        });
        if let Some((number, on)) = &page.corrects {
            xml.group("ram:InvoiceReferencedDocument", |xml| {
                xml.text("ram:IssuerAssignedID", number); // BT-25
                xml.group("ram:FormattedIssueDateTime", |xml| {
                    xml.text_with("qdt:DateTimeString", &[("format", "102")], &plain(*on)); // BT-26
                });
            });
        }
        if !page.cost_centre.trim().is_empty() {
            xml.group("ram:ReceivableSpecifiedTradeAccountingAccount", |xml| xml.text("ram:ID", &page.cost_centre)); // BT-19
        }
    });
}

/// A charge or an allowance (BG-20, BG-21).
fn beside(xml: &mut Xml, charge: &Charge) {
    let on = charge.what.kind() == ChargeKind::Charge;
    xml.group("ram:SpecifiedTradeAllowanceCharge", |xml| {
        xml.group("ram:ChargeIndicator", |xml| xml.text("udt:Indicator", if on { "true" } else { "false" }));
        amount(xml, "ram:ActualAmount", charge.taxed.net);
        if on {
            xml.text("ram:ReasonCode", "DL"); // UNCL 7161: delivery
        }
        xml.text("ram:Reason", charge.what.label());
        xml.group("ram:CategoryTradeTax", |xml| tax(xml, charge.taxed.category, charge.taxed.rate));
    });
}

fn tax(xml: &mut Xml, category: Category, rate: Decimal) {
    xml.text("ram:TypeCode", "VAT");
    xml.text("ram:CategoryCode", category.uncl5305());
    xml.number("ram:RateApplicablePercent", rate);
}

fn address(xml: &mut Xml, address: &Address, country: &str) {
    xml.group("ram:PostalTradeAddress", |xml| {
        xml.text("ram:PostcodeCode", &address.postcode);
        xml.text("ram:LineOne", &address.street);
        xml.text("ram:CityName", &address.city);
        xml.text("ram:CountryID", country);
    });
}

fn endpoint(xml: &mut Xml, endpoint: Option<Endpoint>) {
    if let Some((scheme, id)) = endpoint {
        xml.group("ram:URIUniversalCommunication", |xml| xml.text_with("ram:URIID", &[("schemeID", &scheme)], &id));
    }
}

fn registered(xml: &mut Xml, number: &str) {
    if !number.is_empty() {
        xml.group("ram:SpecifiedTaxRegistration", |xml| xml.text_with("ram:ID", &[("schemeID", "VA")], number));
    }
}

fn referenced(xml: &mut Xml, name: &str, number: &str) {
    if !number.trim().is_empty() {
        xml.group(name, |xml| xml.text("ram:IssuerAssignedID", number));
    }
}

/// An amount without its currency, which CII says once.
fn amount(xml: &mut Xml, name: &str, amount: Money) {
    xml.text(name, &text::plain(amount));
}

fn date(xml: &mut Xml, name: &str, on: NaiveDate) {
    xml.group(name, |xml| xml.text_with("udt:DateTimeString", &[("format", "102")], &plain(on)));
}

/// UNCL 2379, format 102.
fn plain(on: NaiveDate) -> String {
    on.format("%Y%m%d").to_string()
}
