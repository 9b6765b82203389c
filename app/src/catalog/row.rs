//! One product in a list: what it is, what there is of it, what it costs, and the way into the cart.

use domain::Quantity;
use domain::catalog::{Availability, LargerUnit, ProductRow};
use domain::text;
use leptos::prelude::*;
use rust_decimal::prelude::ToPrimitive as _;

use crate::act::{Act, Form};
use crate::ui::{Button, ButtonKind, Item, Pill, QuantityStepper, Tone, WhyLink};

/// `1,920 in stock`, `400 due 4 Dec 2026`, `Out of stock`.
pub fn availability(a: &Availability) -> (Tone, String) {
    match a.incoming {
        _ if a.now > rust_decimal::Decimal::ZERO => (Tone::Good, format!("{} in stock", text::number(a.now))),
        Some((n, day)) => (Tone::Warn, format!("{} due {}", text::number(n), text::date(day))),
        None => (Tone::Bad, "Out of stock".to_owned()),
    }
}

/// `box of 100`, `roll`: the unit in words.
pub(super) fn unit_words(unit: &str, pieces: Option<i32>) -> String {
    let unit = match unit {
        "EA" => "each",
        "BX" => "box",
        "PR" => "pair",
        "RL" => "roll",
        "BD" => "bundle",
        "BG" => "bag",
        "CN" => "canister",
        "BT" => "bottle",
        "PK" => "pack",
        "CT" => "carton",
        "PL" => "pallet",
        other => other,
    };
    match pieces {
        Some(n) if unit == "each" => format!("set of {n}"),
        Some(n) => format!("{unit} of {n}"),
        None => unit.to_owned(),
    }
}

/// `2 boxes`, `1 pallet`: a number of units in words.
pub fn so_many(quantity: Quantity, unit: &str) -> String {
    let word = unit_words(unit, None);
    let one = quantity == Quantity::ONE;
    match word.as_str() {
        "box" if !one => format!("{quantity} boxes"),
        _ if one || word == unit => format!("{quantity} {word}"),
        _ => format!("{quantity} {word}s"),
    }
}

/// A quantity as the steppers count it.
pub fn whole(q: Quantity) -> u32 {
    q.value().ceil().to_u32().unwrap_or(1)
}

/// The id of the field in which a product's quantity is typed: complaints about it link there.
pub fn quantity_field(sku: &str) -> String {
    format!("q-{sku}")
}

/// The form that puts so many of a larger unit into the cart. Complaints link to the field of the product's own unit.
pub(super) fn add_larger_form(row: &ProductRow, larger: &LargerUnit, action: Act) -> AnyView {
    let (sku, unit) = (row.sku.clone(), larger.unit.clone());
    let word = unit_words(&unit, None);
    let label = format!("How many {word} of {}", larger.holds);
    let says = format!("Add {word}: {}", row.name);
    view! {
        <Form act=action class="acts">
            <input type="hidden" name="sku" value=sku.clone()/>
            <input type="hidden" name="unit" value=unit.clone()/>
            <input type="hidden" name="back" value=format!("/products/{sku}")/>
            <QuantityStepper
                name="quantity"
                id=format!("{}-{unit}", quantity_field(&sku))
                label=label
                value="1"
            />
            <Button says=says>"Add "{word}</Button>
        </Form>
    }
    .into_any()
}

/// The form that puts a product into the cart and comes back to `back`.
pub(super) fn add_form(row: &ProductRow, action: Act, back: String, kind: ButtonKind) -> AnyView {
    let first = row.packing.fit(Quantity::ONE);
    let (sku, name, step) = (row.sku.clone(), row.name.clone(), whole(row.packing.multiple));
    view! {
        <Form act=action class="acts">
            <input type="hidden" name="sku" value=sku.clone()/>
            <input type="hidden" name="back" value=back/>
            <QuantityStepper
                name="quantity"
                id=quantity_field(&sku)
                label=format!("Quantity of {name}")
                value=first.value().normalize().to_string()
                min=whole(first)
                step=step
            />
            <Button kind=kind says=format!("Add to cart: {name}")>"Add to cart"</Button>
        </Form>
    }
    .into_any()
}

/// The row.
pub(super) fn product_row(row: ProductRow, action: Act, back: String, can_add: bool) -> AnyView {
    let href = format!("/products/{}", row.sku);
    let (tone, stock) = availability(&row.availability);
    let note = format!("{} · {}", row.sku, unit_words(&row.unit, row.pieces));
    let price = match row.price {
        Some(p) => {
            let next = p.next_tier.map(|t| view! { <span class="small dim">{format!("{} from {}", text::money(t.unit_price), t.min_quantity)}</span><br/> });
            let source = if p.is_list_price { "List price" } else { "Contract price" };
            view! {
                <strong>{text::money(p.unit_price)}</strong>
                <br/>
                {next}
                <span class="small dim desk">{source} " "</span>
                <WhyLink href=format!("/products/{}/price", row.sku)/>
            }
            .into_any()
        }
        None => view! { <span class="dim">"Price on request"</span> }.into_any(),
    };
    let add = can_add.then(|| {
        let form =
            (row.price.is_some() && !row.discontinued).then(|| add_form(&row, action, back, ButtonKind::Secondary));
        view! { <td class="num full">{form}</td> }
    });
    let gone = row.discontinued.then(|| view! { " " <Pill tone=Tone::Neutral text="Discontinued"/> });
    view! {
        <tr>
            <td class="full">
                <Item thumb=row.picture title=row.name href=href note=note/>
            </td>
            <td>
                <Pill tone=tone text=stock/>
                {gone}
            </td>
            <td class="num">{price}</td>
            {add}
        </tr>
    }
    .into_any()
}
