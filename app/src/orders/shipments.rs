//! What was sent of an order: who carries it, how to follow it, what is in it. The same for the buyer and for the seller.

use domain::deliveries::Shipment;
use domain::text;
use leptos::prelude::*;

use crate::ui::Card;

/// Shipments, the oldest first.
pub fn shipments(shipments: Vec<Shipment>) -> AnyView {
    let note = text::count(i64::try_from(shipments.len()).unwrap_or_default());
    let rows = shipments.into_iter().map(row).collect_view();
    view! {
        <Card title="Shipments" note=note flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Sent"</th>
                        <th scope="col">"With"</th>
                        <th scope="col">"What"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

fn row(s: Shipment) -> AnyView {
    let lines = s
        .lines
        .into_iter()
        .map(|l| view! { <li>{format!("{} × {} ", text::number(l.quantity), l.name)} <span class="dim">{l.sku}</span></li> })
        .collect_view();
    let tracking = (!s.tracking.is_empty()).then(|| view! { <br/><span class="small">{s.tracking}</span> });
    view! {
        <tr>
            <td class="nowrap">{text::date(s.shipped_on)}</td>
            <td>
                <strong>{s.carrier}</strong>
                {tracking}
            </td>
            <td class="full">
                <ul class="small">{lines}</ul>
            </td>
        </tr>
    }
    .into_any()
}
