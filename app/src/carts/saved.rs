//! A cart that is not in use, or a colleague's: what is in it now, and what can be done with it.

use domain::cart::CartLine;
use domain::carts::{SavedCart, Share};
use domain::ids::CartId;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{CopyCart, DeleteCart, OpenCart, ReadSaved, RenameCart, ShareCart, TakeCart};
use crate::act::{Act, Form};
use crate::cart::totals_list;
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, Choice, Confirm, EmptyState, Field, Item, PageHeader, Select};

/// A cart's page.
#[component]
pub fn Saved() -> impl IntoView {
    let params = use_params_map();
    let acts = [
        Act::of::<OpenCart>(),
        Act::of::<CopyCart>(),
        Act::of::<TakeCart>(),
        Act::of::<RenameCart>(),
        Act::of::<ShareCart>(),
        Act::of::<DeleteCart>(),
    ];
    let version = move || acts.iter().map(|a| a.version()).sum::<usize>();
    let question = move || ReadSaved { id: params.read().get("id").unwrap_or_default() };
    view! {
        {acts.map(Act::complaint).collect_view()}
        {reloaded(version, question, move |page| show(page, acts))}
    }
}

/// A form of one button about this cart.
fn press(act: Act, id: CartId, label: &'static str, kind: ButtonKind) -> AnyView {
    view! {
        <Form act=act class="acts">
            <input type="hidden" name="id" value=id.to_string()/>
            <Button kind=kind>{label}</Button>
        </Form>
    }
    .into_any()
}

fn show(page: SavedCart, [open, copy, take, rename, share, delete]: [Act; 6]) -> AnyView {
    let row = page.row.clone();
    let id = row.id;
    let mine = row.owner.is_none();
    let empty = page.cart.lines.is_empty();
    let opening = (mine && !row.in_use).then(|| press(open, id, "Use this cart", ButtonKind::Primary));
    let taking = (!mine && row.may == Share::Take).then(|| {
        let words = format!("It is {}’s now: they see it on, but you order it.", row.owner.clone().unwrap_or_default());
        view! {
            <Confirm id="take" label="Take over…" title="Take this cart over">
                <p>{words}</p>
                {press(take, id, "Take over", ButtonKind::Primary)}
            </Confirm>
        }
    });
    let copying = (!row.in_use && !empty).then(|| press(copy, id, "Add all to cart", ButtonKind::Secondary));
    let count = text::counted(i64::try_from(page.cart.lines.len()).unwrap_or_default(), "line", "lines");
    let by = match &row.owner {
        Some(owner) => format!("{owner}’s · {count}"),
        None => count,
    };
    let body = if empty {
        view! { <EmptyState title="Nothing in it" text="This cart is empty."/> }.into_any()
    } else {
        let totals = totals_list(&page.cart.totals);
        let lines = page.cart.lines.iter().cloned().map(line).collect_view();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Product"</th>
                            <th scope="col" class="num">"Quantity"</th>
                            <th scope="col" class="num">"Each"</th>
                            <th scope="col" class="num">"Amount"</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </Card>
            <Card title="Total">{totals}</Card>
        }
        .into_any()
    };
    let manage = mine.then(|| manage(&page, rename, share, delete));
    view! {
        <Title text=row.name.clone()/>
        <PageHeader title=row.name back=("Carts", "/carts") note=by>
            {copying}
            {taking}
            {opening}
        </PageHeader>
        <div class="cols">
            <div class="stack">{body}</div>
            {manage}
        </div>
    }
    .into_any()
}

fn line(l: CartLine) -> AnyView {
    let href = format!("/products/{}", l.sku);
    let problems = l.problems.iter().map(|p| view! { <p class="bad-ink small">{p.words()}</p> }).collect_view();
    let each = l.price.map_or_else(|| "on request".to_owned(), |p| text::money(p.unit_price));
    view! {
        <tr>
            <td class="full">
                <Item thumb=l.picture title=l.name href=href note=l.sku/>
                {problems}
            </td>
            <td class="num">{format!("{} {}", l.quantity, l.unit)}</td>
            <td class="num">{each}</td>
            <td class="num strong">{l.net.map_or_else(|| "–".to_owned(), text::money)}</td>
        </tr>
    }
    .into_any()
}

/// The owner's part: name, colleagues, deleting.
fn manage(page: &SavedCart, rename: Act, share: Act, delete: Act) -> AnyView {
    let row = &page.row;
    let id = row.id;
    let rights: Vec<Choice> = Share::ALL.iter().map(|s| Choice::new(s.1, s.2)).collect();
    let shared = row
        .shared
        .iter()
        .map(|s| {
            let words = Share::ALL.iter().find(|a| a.0 == s.may).map_or("", |a| a.2);
            let (with, says, name) = (s.member.to_string(), format!("Stop sharing with {}", s.name), s.name.clone());
            view! {
                <p><strong>{name}</strong> " " <span class="dim small">{words}</span></p>
                <Form act=share class="acts">
                    <input type="hidden" name="id" value=id.to_string()/>
                    <input type="hidden" name="with" value=with/>
                    <Button kind=ButtonKind::Plain says=says>"Stop sharing"</Button>
                </Form>
            }
        })
        .collect_view();
    let colleagues: Vec<Choice> = page.colleagues.iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
    let sharing = if colleagues.is_empty() {
        view! { <p class="dim small">"No colleague of yours buys."</p> }.into_any()
    } else {
        view! {
            <Form act=share class="form">
                <input type="hidden" name="id" value=id.to_string()/>
                <Select label="Colleague" name="with" options=colleagues/>
                <Select label="Right" name="may" options=rights/>
                <div class="acts">
                    <Button>"Share"</Button>
                </div>
            </Form>
        }
        .into_any()
    };
    let deleting = (!row.in_use).then(|| {
        let title = format!("Delete {}", row.name);
        view! {
            <Confirm id="delete" label="Delete cart…" title=title kind=ButtonKind::Danger>
                <p>"With everything in it, for everybody with whom it is shared."</p>
                {press(delete, id, "Delete cart", ButtonKind::Danger)}
            </Confirm>
        }
    });
    let named = row.name.clone();
    view! {
        <div class="stack">
            <Card title="Shared with">
                {shared}
                {sharing}
            </Card>
            <Card title="This cart">
                <Form act=rename class="form">
                    <input type="hidden" name="id" value=id.to_string()/>
                    <Field label="Name" name="name" value=named required=true maxlength=80/>
                    <div class="acts">
                        <Button>"Save"</Button>
                    </div>
                </Form>
                {deleting}
            </Card>
        </div>
    }
    .into_any()
}
