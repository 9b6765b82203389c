//! One's own carts, and those that colleagues share.

use domain::carts::{CartRow, CartsPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{OpenCart, ReadCarts};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, ButtonLink, Card, EmptyState, PageHeader, Pill, Tone};

/// Carts.
#[component]
pub fn Carts() -> impl IntoView {
    let open = Act::of::<OpenCart>();
    view! {
        <Title text="Carts"/>
        {open.complaint()}
        {reloaded(move || open.version(), || ReadCarts {}, move |page| show(page, open))}
    }
}

fn show(page: CartsPage, open: Act) -> AnyView {
    if page.rows.is_empty() {
        return view! {
            <PageHeader title="Carts"/>
            <EmptyState title="No cart yet" text="Save your cart under a name to keep it while you order something else.">
                <ButtonLink href="/catalog" kind=ButtonKind::Primary>"Open the catalog"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let rows = page.rows.into_iter().map(|r| row(r, open)).collect_view();
    view! {
        <PageHeader title="Carts"/>
        <Card flush=true>
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Cart"</th>
                        <th scope="col" class="num">"Lines"</th>
                        <th scope="col">"Changed"</th>
                        <th scope="col"><span class="unseen">"Use"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </Card>
    }
    .into_any()
}

fn row(r: CartRow, open: Act) -> AnyView {
    let href = if r.in_use { "/cart".to_owned() } else { format!("/carts/{}", r.id) };
    let with: Vec<&str> = r.shared.iter().map(|s| s.name.as_str()).collect();
    let by = match &r.owner {
        Some(owner) => format!("{owner}’s, shared with you"),
        None if with.is_empty() => String::new(),
        None => format!("shared with {}", with.join(", ")),
    };
    let act = if r.in_use {
        view! { <Pill tone=Tone::Info text="In use"/> }.into_any()
    } else if r.owner.is_none() {
        let (id, says) = (r.id.to_string(), format!("Use {}", r.name));
        view! {
            <Form act=open class="acts">
                <input type="hidden" name="id" value=id/>
                <Button kind=ButtonKind::Plain says=says>"Use"</Button>
            </Form>
        }
        .into_any()
    } else {
        ().into_any()
    };
    view! {
        <tr>
            <td>
                <a class="link strong" href=href>{r.name}</a>
                <br/>
                <span class="dim small">{by}</span>
            </td>
            <td class="num" data-label="Lines">{text::count(r.lines)}</td>
            <td class="dim hide">{text::date_time(r.changed)}</td>
            <td class="num">{act}</td>
        </tr>
    }
    .into_any()
}
