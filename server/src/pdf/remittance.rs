//! The remittance advice of a bank transfer: what a customer tells the seller that they pay with it. From the payer, to the seller.

use std::num::NonZeroU16;

use domain::accounts::Address;
use domain::invoices::Letterhead;
use domain::payments::PaymentPage;
use domain::text;
use krilla::tagging::Tag;

use super::grid::Facts;
use super::paper::{Align, Column, Node, Paper, mm};
use super::printable::plain;
use super::tongue::Tongue;
use super::typeset::{Fonts, Ink, Style};
use super::{export, head, letter, metadata, running};

const SECTION: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);
/// Between sections.
const GAP: f32 = mm(9.0);

/// The advice of one payment. Errors as for an invoice: only where the fonts or the PDF itself are broken.
pub fn remittance(page: &PaymentPage) -> anyhow::Result<Vec<u8>> {
    let (tongue, row) = (Tongue::EN, &page.row);
    let title = format!("Remittance advice {}", row.number);
    let fonts = Fonts::get()?;
    let mut paper = Paper::new(fonts);
    let payer = payer(&page.payer.1);
    let to = Address { company: page.seller.legal_name.clone(), ..page.seller.address.clone() };
    let on = text::date(row.on);
    let facts = [
        ("Payment", row.number.as_str()),
        ("Date", &on),
        ("Reference", &page.reference),
        ("Our account", &page.payer.0),
    ];
    let lead = format!("We pay {} by bank transfer, for these documents.", text::money(row.amount));
    let mut tree = head(&mut paper, tongue, &payer, &to, &facts, &title, &lead);

    let mut settles = Facts::new(Column::FULL, mm(120.0), Align::Right);
    for s in &page.settles {
        let discount = if s.discount.amount().is_zero() {
            String::new()
        } else {
            format!(", less {} for paying early", text::money(s.discount))
        };
        settles.add(fonts, (Style::BODY, &format!("{}{discount}", s.number)), (Style::BODY, &text::money(s.amount)));
    }
    settles.add(fonts, (Style::SUM, "Total"), (Style::SUM, &text::money(row.amount)));
    let last = page.settles.len();
    tree.push(settles.place(&mut paper, |paper, row| {
        if row == last {
            paper.down(2.5);
            paper.rule(Column::FULL, 0.8, Ink::Black);
            paper.down(2.5);
        }
    }));

    paper.down(GAP);
    paper.keep(Style::HEADING.leading + 4.0 * Style::BODY.leading);
    let here = paper.here();
    tree.push(letter::heading(&mut paper, SECTION, Style::HEADING, "Where it goes"));
    let mut account = Facts::new(Column::FULL, mm(35.0), Align::Left);
    for (label, value) in [
        ("To", &page.seller.legal_name),
        ("IBAN", &page.seller.iban),
        ("BIC", &page.seller.bic),
        ("Reference", &page.reference),
    ] {
        account.add(fonts, (Style::LABEL, label), (Style::BODY, value));
    }
    tree.push(account.place(&mut paper, |_, _| {}));
    paper.down(mm(4.0));
    let words = "With exactly this reference the payment is matched to these documents.";
    tree.push(Node::group(Tag::P, paper.paragraph(Column::FULL, Style::LABEL, words)));

    paper.on_each_page(|paper, number, of| running(paper, tongue, &payer, &title, number, of));
    let bookmarks = vec![(plain(&title), (0, 0.0)), ("Where it goes".to_owned(), here)];
    export::export(paper, tongue, tree, bookmarks, metadata(&payer, &title, row.on), None)
}

/// The payer's letterhead: all that is known of them is what their invoices say.
fn payer(address: &Address) -> Letterhead {
    Letterhead {
        name: address.company.clone(),
        legal_name: address.company.clone(),
        address: address.clone(),
        vat_number: String::new(),
        email: String::new(),
        phone: String::new(),
        iban: String::new(),
        bic: String::new(),
        endpoint: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use domain::payments::{IntentStatus, Method, PaymentRow, Settled};
    use domain::{Currency, Money};
    use rust_decimal::Decimal;

    use super::*;
    use crate::pdf::sample;

    fn gbp(pence: i64) -> Money {
        Money::new(Decimal::new(pence, 2), Currency::GBP)
    }

    fn page(documents: i64) -> PaymentPage {
        let seller = sample::page(domain::invoices::Kind::Invoice, Currency::GBP, 1).seller;
        PaymentPage {
            row: PaymentRow {
                number: "PAY-2026-00007".into(),
                on: NaiveDate::from_ymd_opt(2026, 11, 26).expect("a date"),
                method: Some(Method::Transfer),
                status: IntentStatus::Waiting,
                refund: false,
                amount: gbp(1250 * documents),
                left: gbp(0),
            },
            by: "Fay Finance".into(),
            settles: (1..=documents)
                .map(|n| Settled {
                    number: format!("INV-2026-{n:05}"),
                    amount: gbp(1250),
                    discount: gbp(if n == 1 { 25 } else { 0 }),
                })
                .collect(),
            reference: "RF18539007547034".into(),
            until: None,
            seller,
            payer: (
                "1001".into(),
                Address { company: "Acme Engineering".into(), street: "1 Acme Way".into(), ..Address::default() },
            ),
            code: None,
            pay_by_card: false,
            refused: String::new(),
            can_withdraw: false,
        }
    }

    /// All its words, a space between them.
    fn words(pdf: &[u8]) -> String {
        let pdf = lopdf::Document::load_mem(pdf).expect("a PDF");
        let pages: Vec<u32> = pdf.get_pages().into_keys().collect();
        pdf.extract_text(&pages).expect("text").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_advice_says_what_is_paid_with_which_reference() {
        let bytes = remittance(&page(3)).expect("a PDF");
        let text = words(&bytes);
        for words in [
            "Remittance advice PAY-2026-00007",
            "INV-2026-00003",
            "£12.50",
            "less £0.25 for paying early",
            "£37.50",
            "RF18539007547034",
            "Acme Engineering",
            "1001",
        ] {
            assert!(text.contains(words), "{words} is not in: {text}");
        }
        assert_eq!(remittance(&page(3)).expect("a PDF"), bytes, "the same page gives the same bytes");
    }

    #[test]
    fn two_hundred_documents_go_over_several_pages() {
        let text = words(&remittance(&page(200)).expect("a PDF"));
        assert!(text.contains("INV-2026-00200") && text.contains("Page 4 of"), "{text}");
    }
}
