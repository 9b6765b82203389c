//! The cart: what would be ordered, what it costs now, and what keeps it from being ordered.

use domain::Quantity;
use domain::cart::{CartLine, CartPage};
use domain::catalog::Promise;
use domain::quick::both_numbers;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{ReadCart, Remove, SetQuantity};
use super::totals_list;
use crate::act::{Act, Form};
use crate::carts::actions::KeepCart;
use crate::catalog::{quantity_field, so_many, whole};
use crate::load::gathered;
use crate::problem::complaint;
use crate::proposals::beside_the_cart;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Confirm, EmptyState, Field, Item, Notice, PageHeader, QuantityStepper, Tone,
    WhyLink, each_later,
};

/// One's own cart.
#[component]
pub fn Cart() -> impl IntoView {
    let (set, remove, keep) = (Act::of::<SetQuantity>(), Act::of::<Remove>(), Act::of::<KeepCart>());
    let version = move || set.version() + remove.version() + keep.version();
    view! {
        <Title text="Cart"/>
        {gathered(version, || ReadCart {}, move |page| show(page, set, remove, keep))}
    }
}

/// Saving the cart, and begin an empty one.
fn keeping(name: String, keep: Act) -> AnyView {
    view! {
        <Confirm id="keep" label="Save cart…" title="Save this cart and begin an empty one">
            <Form act=keep class="form">
                <Field label="Name" name="name" value=name required=true maxlength=80/>
                <div class="acts">
                    <Button kind=ButtonKind::Primary>"Save cart"</Button>
                </div>
            </Form>
        </Confirm>
    }
    .into_any()
}

fn show(page: CartPage, set: Act, remove: Act, keep: Act) -> AnyView {
    let title = if page.name.is_empty() { "Cart".to_owned() } else { page.name.clone() };
    if page.lines.is_empty() {
        return view! {
            <PageHeader title=title>
                <ButtonLink href="/carts">"Your carts"</ButtonLink>
            </PageHeader>
            {beside_the_cart()}
            <EmptyState title="Your cart is empty" text="Add products from the catalog, or reorder from your history.">
                <ButtonLink href="/catalog" kind=ButtonKind::Primary>"Open the catalog"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let count = text::counted(i64::try_from(page.lines.len()).unwrap_or_default(), "line", "lines");
    let orderable = page.orderable();
    let blocked = page.lines.iter().filter(|l| !l.problems.is_empty()).count();
    let hint = notices(&page, blocked);
    let totals = totals_list(&page.totals);
    let split = (page.lines.len() > 1).then(|| view! { <ButtonLink href="/cart/split">"Split"</ButtonLink> });
    let keeping = keeping(page.name.clone(), keep);
    let lines = each_later(page.lines, move |l| line(l, set, remove));
    let go = if orderable {
        view! { <ButtonLink href="/checkout" kind=ButtonKind::Primary>"Checkout"</ButtonLink> }.into_any()
    } else {
        ().into_any()
    };
    view! {
        <PageHeader title=title note=count>
            <ButtonLink href="/carts">"Your carts"</ButtonLink>
            {keeping}
            {split}
            <ButtonLink href="/lists?from=cart">"Save as list"</ButtonLink>
            <ButtonLink href="/quotes/new?from=cart">"Request a quote"</ButtonLink>
            {go}
        </PageHeader>
        {beside_the_cart()}
        {hint}
        {move || complaint(set.problem().or_else(|| remove.problem()).or_else(|| keep.problem()))}
        <div class="cols">
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Product"</th>
                            <th scope="col">"Quantity"</th>
                            <th scope="col" class="num">"Each"</th>
                            <th scope="col" class="num">"Amount"</th>
                            <th scope="col" class="num">"Remove"</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </Card>
            <Card title="Total">{totals}</Card>
        </div>
    }
    .into_any()
}

/// What keeps the cart from being ordered, or what it takes for free delivery.
pub(super) fn notices(page: &CartPage, blocked: usize) -> AnyView {
    let mut notices = Vec::new();
    if page.on_hold {
        notices.push((
            Tone::Bad,
            "Your account is on hold.".to_owned(),
            "Nothing can be ordered until we have released it.".to_owned(),
        ));
    }
    if blocked > 0 {
        let lines = text::counted(i64::try_from(blocked).unwrap_or_default(), "line needs", "lines need");
        notices.push((
            Tone::Bad,
            format!("{lines} your attention before you can order."),
            "What to do is said at each of them.".to_owned(),
        ));
    }
    if let Some(min) = page.below_minimum {
        notices.push((
            Tone::Warn,
            format!("Your smallest order is {}.", text::money(min)),
            "Add something to reach it.".to_owned(),
        ));
    }
    if page.lines.iter().any(|l| l.price_before.is_some()) {
        notices.push((
            Tone::Warn,
            "Prices have changed.".to_owned(),
            "The new ones are shown beside those that you saw when you added the line.".to_owned(),
        ));
    }
    if let Some(from) = page.free_delivery_from.filter(|_| !page.lines.is_empty()) {
        notices.push((Tone::Info, format!("Delivery is free from {}.", text::money(from)), String::new()));
    }
    notices
        .into_iter()
        .map(|(tone, title, words)| view! { <Notice tone=tone title=title>{words}</Notice> })
        .collect_view()
        .into_any()
}

fn line(l: CartLine, set: Act, remove: Act) -> AnyView {
    let href = format!("/products/{}", l.sku);
    let when = match l.availability.promise(l.quantity) {
        Promise::On(day) => format!(" · complete on {}", text::date(day)),
        Promise::Now | Promise::Short(_) => String::new(),
    };
    let larger = l.in_larger.as_ref().map(|(n, unit)| format!(" · {}", so_many(*n, unit))).unwrap_or_default();
    let note = format!(
        "{} · {}{larger}{when}",
        both_numbers(&l.sku, &l.own_number),
        if l.source.is_empty() { "price on request" } else { &l.source }
    );
    let before = l.price_before.map(|p| view! { <br/><s class="dim small">{text::money(p)}</s> });
    let each = l.price.map_or_else(|| "on request".to_owned(), |p| text::money(p.unit_price));
    let next = l.price.and_then(|p| p.next_tier).map(|t| view! { <br/><span class="small dim">{format!("{} from {}", text::money(t.unit_price), t.min_quantity)}</span> });
    let problems = l.problems.iter().map(|p| view! { <p class="bad-ink small">{p.words()}</p> }).collect_view();
    let says = format!("Remove {}", l.name);
    let why = format!("/products/{}/price?quantity={}", l.sku, l.quantity.value().normalize());
    let (sku, packing, quantity) = (l.sku.clone(), l.packing, l.quantity);
    let name = l.name.clone();
    view! {
        <tr>
            <td class="full">
                <Item thumb=l.picture title=l.name.clone() href=href note=note/>
                {problems}
            </td>
            <td>
                <Form act=set class="acts">
                    <input type="hidden" name="sku" value=sku.clone()/>
                    <QuantityStepper
                        name="quantity"
                        id=quantity_field(&sku)
                        label=format!("Quantity of {name}")
                        value=quantity.value().normalize().to_string()
                        min=whole(packing.fit(Quantity::ONE))
                        step=whole(packing.multiple)
                    />
                    <Button kind=ButtonKind::Plain says=format!("Update quantity of {name}")>"Update"</Button>
                </Form>
            </td>
            <td class="num">
                {each}
                {before}
                {next}
                <br/>
                <WhyLink href=why/>
            </td>
            <td class="num strong">{l.net.map_or_else(|| "–".to_owned(), text::money)}</td>
            <td class="num">
                <Form act=remove>
                    <input type="hidden" name="sku" value=l.sku/>
                    <Button kind=ButtonKind::Plain says=says>"Remove"</Button>
                </Form>
            </td>
        </tr>
    }
    .into_any()
}
