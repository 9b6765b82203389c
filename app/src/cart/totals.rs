//! Net, delivery, tax per rate, total: the same list wherever money is added up.

use domain::cart::Totals;
use domain::text;
use leptos::prelude::*;

use crate::ui::{DescriptionList, Fact};

/// The totals of a cart, order or invoice.
pub fn totals_list(t: &Totals) -> AnyView {
    let mut facts = vec![Fact::new("Goods", text::money(t.net))];
    if !t.delivery.amount().is_zero() {
        facts.push(Fact::new("Delivery", text::money(t.delivery)));
    }
    if t.taxes.is_empty() {
        facts.push(Fact::new("Tax", text::money(t.tax)));
    }
    for tax in &t.taxes {
        facts.push(Fact::new(
            format!("Tax {} on {}", text::percent(tax.rate), text::money(tax.base)),
            text::money(tax.tax),
        ));
    }
    facts.push(Fact::sum("Total", text::money(t.gross)));
    view! { <DescriptionList items=facts/> }.into_any()
}
