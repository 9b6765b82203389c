//! The cart in use by what keeps its lines from going now, each part with what it would cost ordered alone.

use domain::carts::{Part, PartLine, Reason, SplitPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{ReadSplit, SplitCart};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, ButtonLink, Card, Checkbox, EmptyState, Notice, PageHeader, Tone};

/// Split the cart.
#[component]
pub fn Split() -> impl IntoView {
    let split = Act::of::<SplitCart>();
    view! {
        <Title text="Split cart"/>
        {split.complaint()}
        {reloaded(move || split.version(), || ReadSplit {}, move |page| show(page, split))}
    }
}

fn show(page: SplitPage, split: Act) -> AnyView {
    if page.parts.len() < 2 {
        let text = match page.parts.first().map(|p| p.reason) {
            None => "Your cart is empty.",
            Some(Reason::Now) => "Everything in it can go now.",
            Some(Reason::Approval) => "All of it needs approval: the rule looks at the whole cart.",
            Some(Reason::Late) => "All of it comes later.",
            Some(Reason::Quote) => "All of it must be quoted.",
            Some(Reason::Mend) => "All of it has to be changed first.",
        };
        return view! {
            <PageHeader title="Split cart" back=("Cart", "/cart")/>
            <EmptyState title="Nothing to split" text=text>
                <ButtonLink href="/cart">"Back to the cart"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let costs = if page.costs.amount().is_zero() {
        "Split into all of them, it costs the same.".to_owned()
    } else {
        format!(
            "Split into all of them, it costs {} more incl. tax: delivery is charged for each order.",
            text::money(page.costs)
        )
    };
    let parts = page.parts.into_iter().enumerate().map(|(at, p)| part(at == 0, p)).collect_view();
    view! {
        <PageHeader title="Split cart" back=("Cart", "/cart")/>
        <Form act=split class="stack">
            <Notice tone=Tone::Info title=costs>
                "Approval rules have looked at the whole cart: splitting it lets nothing through below a limit."
            </Notice>
            {parts}
            <div class="acts">
                <Button kind=ButtonKind::Primary>"Split cart"</Button>
            </div>
        </Form>
    }
    .into_any()
}

fn part(first: bool, p: Part) -> AnyView {
    let count = text::counted(i64::try_from(p.lines.len()).unwrap_or_default(), "line", "lines");
    let alone = format!("{count} · {} incl. tax and delivery", text::money(p.totals.gross));
    let what = format!("Take out, as “{}”", p.reason.cart_name());
    let choice = if first {
        view! { <p class="dim small">"Stays in your cart."</p> }.into_any()
    } else {
        view! { <Checkbox label=what name="out[]" value=p.reason.code() checked=true/> }.into_any()
    };
    view! {
        <Card title=p.reason.label() note=alone>
            {choice}
            <ul class="plain">{p.lines.into_iter().map(line).collect_view()}</ul>
        </Card>
    }
    .into_any()
}

fn line(l: PartLine) -> AnyView {
    let href = format!("/products/{}", l.sku);
    let amount = l.net.map(|net| format!(" · {}", text::money(net))).unwrap_or_default();
    let why = (!l.why.is_empty()).then(|| view! { <span class="dim small">" " {l.why}</span> });
    view! {
        <li>
            <a class="link" href=href>{l.name}</a>
            {format!(" · {} {}{amount}", l.quantity, l.unit)}
            {why}
        </li>
    }
    .into_any()
}
