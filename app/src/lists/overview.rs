//! The lists that one may see, and the form for one more.

use domain::lists::{ListRow, ListsPage, Right};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::{MakeList, ReadLists};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, Choice, EmptyState, Field, PageHeader, Pill, Select, Tone};

/// Requisition lists.
#[component]
pub fn Lists() -> impl IntoView {
    let query = use_query_map();
    let make = Act::of::<MakeList>();
    let from = move || query.read().get("from").unwrap_or_default();
    view! {
        <Title text="Lists"/>
        {reloaded(move || make.version(), || ReadLists {}, move |page| show(page, from(), make))}
    }
}

/// The choices of a right, `most` and less.
pub(super) fn rights(most: Right) -> Vec<Choice> {
    Right::ALL.iter().filter(|r| r.0 <= most).map(|r| Choice::new(r.1, r.2)).collect()
}

fn show(page: ListsPage, from: String, make: Act) -> AnyView {
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="No list yet" text="A list keeps what you order again and again: from your cart, an order, or typed in."/> }.into_any()
    } else {
        let rows = page.rows.into_iter().map(row).collect_view();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"List"</th>
                            <th scope="col" class="num">"Lines"</th>
                            <th scope="col">"Shared"</th>
                            <th scope="col">"Changed"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any()
    };
    let about = match (from.as_str(), from.strip_prefix("order:")) {
        ("cart", _) => "With the lines of your cart, which stays as it is.".to_owned(),
        ("quick", _) => "With what was understood of your quick order.".to_owned(),
        (_, Some(number)) => format!("With the lines of order {number}."),
        _ => "Empty at first.".to_owned(),
    };
    let form = page.may_make.then(|| {
        view! {
            <Card title="New list">
                {make.complaint()}
                <Form act=make class="form">
                    <input type="hidden" name="from" value=from/>
                    <p class="dim small">{about}</p>
                    <Field label="Name" name="name" required=true maxlength=80/>
                    <Select label="Colleagues" name="account" options=rights(Right::Edit)/>
                    <Select label="Units below" name="units" options=rights(Right::Use)/>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Save as list"</Button>
                    </div>
                </Form>
            </Card>
        }
    });
    view! {
        <PageHeader title="Lists"/>
        <div class="cols">
            <div class="stack">{body}</div>
            {form}
        </div>
    }
    .into_any()
}

fn row(r: ListRow) -> AnyView {
    let href = format!("/lists/{}", r.id);
    let by = match (r.mine, &r.of) {
        (true, _) => "yours".to_owned(),
        (false, None) => r.owner.clone(),
        (false, Some(of)) => format!("{}, {of}", r.owner),
    };
    let shared = r.form.account > Right::None || r.form.units > Right::None;
    let shared = if shared { (Tone::Info, "Shared") } else { (Tone::Neutral, "Private") };
    view! {
        <tr>
            <td>
                <a class="link strong" href=href>{r.form.name}</a>
                <br/>
                <span class="dim small">{by}</span>
            </td>
            <td class="num" data-label="Lines">{text::count(r.lines)}</td>
            <td><Pill tone=shared.0 text=shared.1/></td>
            <td class="dim hide">{text::date_time(r.changed)}</td>
        </tr>
    }
    .into_any()
}
