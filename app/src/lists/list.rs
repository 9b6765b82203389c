//! One list: what is on it, ordering from it, changing and sharing it; on paper with barcodes.

use domain::lists::{ListLine, ListPage, Right};
use domain::{Quantity, text};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{AddLine, DeleteList, OrderList, ReadList, SaveList, SetLine};
use super::overview::rights;
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Confirm, EmptyState, Field, Item, Kind, PageHeader, Select, each_later,
};

/// A list's page.
#[component]
pub fn List() -> impl IntoView {
    let params = use_params_map();
    let acts = [
        Act::of::<OrderList>(),
        Act::of::<SetLine>(),
        Act::of::<AddLine>(),
        Act::of::<SaveList>(),
        Act::of::<DeleteList>(),
    ];
    let version = move || acts.iter().map(|a| a.version()).sum::<usize>();
    let question = move || ReadList { id: params.read().get("id").unwrap_or_default() };
    view! {
        {acts.map(Act::complaint).collect_view()}
        {reloaded(version, question, move |page| show(page, acts))}
    }
}

fn show(page: ListPage, [order, set, add, save, delete]: [Act; 5]) -> AnyView {
    let (id, name) = (page.row.id.to_string(), page.row.form.name.clone());
    let orderable = i64::try_from(page.lines.iter().filter(|l| l.orderable()).count()).unwrap_or_default();
    let whole = i64::try_from(page.lines.len()).unwrap_or_default();
    let all = (page.may_use && orderable > 0).then(|| {
        let id = id.clone();
        let label = if orderable == whole {
            format!("Add all {} to cart", text::count(whole))
        } else {
            format!("Add {} of {} to cart", text::count(orderable), text::count(whole))
        };
        view! {
            <Form act=order class="acts">
                <input type="hidden" name="id" value=id.clone()/>
                <Button kind=ButtonKind::Primary>{label}</Button>
            </Form>
        }
    });
    let quote = (page.may_use && !page.lines.is_empty())
        .then(|| view! { <ButtonLink href=format!("/quotes/new?from=list:{id}")>"Request a quote"</ButtonLink> });
    let schedule = (page.may_schedule && orderable > 0)
        .then(|| view! { <ButtonLink href=format!("/schedules/new?from=list:{id}")>"Schedule"</ButtonLink> });
    let counting = page.may_use && page.lines.iter().any(|l| l.par.is_some());
    let count = counting.then(|| {
        let id = id.clone();
        let rows = page.lines.iter().filter_map(|l| Some((l, l.par?))).enumerate();
        let rows = rows.map(|(at, (l, par))| shelf(at, l, par)).collect_view();
        view! {
            <Card title="Count the shelf" note="Orders what is missing to the par level">
                <Form act=order class="stack">
                    <input type="hidden" name="id" value=id.clone()/>
                    <input type="hidden" name="counted" value="1"/>
                    {rows}
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Add what is missing"</Button>
                    </div>
                </Form>
            </Card>
        }
    });
    let edits = page.may_edit;
    let of = id.clone();
    let rows = each_later(page.lines, move |l| line(l, &of, edits.then_some(set)));
    let body = if whole == 0 {
        view! { <EmptyState title="Nothing on it yet" text="Put articles on it by their number, or save a cart or an order as a list."/> }.into_any()
    } else {
        view! {
            <Card title="Lines" note=text::money(page.total) flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Product"</th>
                            <th scope="col">"Quantity and par level"</th>
                            <th scope="col" class="num">"Each"</th>
                            <th scope="col" class="num">"Amount"</th>
                            <th scope="col" class="only-print">"Barcode"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any()
    };
    let add_form = edits.then(|| {
        let id = id.clone();
        view! {
            <Card title="Put an article on it">
                <Form act=add class="form">
                    <input type="hidden" name="id" value=id.clone()/>
                    <div class="pair">
                        <Field label="SKU" name="sku" required=true maxlength=40/>
                        <Field label="Quantity" name="quantity" kind=Kind::Decimal chars=8/>
                    </div>
                    <div class="acts">
                        <Button>"Put on the list"</Button>
                    </div>
                </Form>
            </Card>
        }
    });
    let manage = page.may_manage.then(|| {
        let (form, same, title) = (page.row.form.clone(), id.clone(), format!("Delete “{name}”?"));
        view! {
            <Card title="Name and sharing">
                <Form act=save class="form">
                    <input type="hidden" name="id" value=id.clone()/>
                    <Field label="Name" name="name" value=form.name required=true maxlength=80/>
                    <Select label="Colleagues" name="account" options=rights(Right::Edit) selected=form.account.code()/>
                    <Select label="Units below" name="units" options=rights(Right::Use) selected=form.units.code()/>
                    <div class="acts">
                        <Button>"Save"</Button>
                    </div>
                </Form>
                <Confirm id="delete" label="Delete list…" title=title kind=ButtonKind::Danger>
                    <p>"For everybody with whom it is shared. What was ordered from it stays ordered."</p>
                    <Form act=delete class="acts">
                        <input type="hidden" name="id" value=same.clone()/>
                        <Button kind=ButtonKind::Danger>"Delete list"</Button>
                    </Form>
                </Confirm>
            </Card>
        }
    });
    let by = match &page.row.of {
        Some(of) => format!("{}, {of}", page.row.owner),
        None if page.row.mine => "yours".to_owned(),
        None => page.row.owner.clone(),
    };
    view! {
        <Title text=name.clone()/>
        <PageHeader title=name back=("Lists", "/lists") note=by>
            {quote}
            {schedule}
            {all}
        </PageHeader>
        <div class="cols">
            <div class="stack">{body} {count}</div>
            <div class="stack">{add_form} {manage}</div>
        </div>
    }
    .into_any()
}

/// The field for what is on the shelf. Rows go by their position: an article's number may look like anything.
fn shelf(at: usize, l: &ListLine, par: Quantity) -> AnyView {
    let hint = format!("Par level {par} {}", l.unit);
    let name = |part: &str| format!("rows[{at}][{part}]");
    view! {
        <input type="hidden" name=name("sku") value=l.sku.clone()/>
        <Field label=l.name.clone() name=name("there") id=format!("there-{at}") hint=hint kind=Kind::Decimal chars=8/>
    }
    .into_any()
}

fn line(l: ListLine, id: &str, set: Option<Act>) -> AnyView {
    let href = format!("/products/{}", l.sku);
    let note = format!("{} · {}", l.sku, l.unit);
    let problems = l.problems.iter().map(|p| view! { <p class="bad-ink small">{p.words()}</p> }).collect_view();
    let each = l.price.map_or_else(|| "on request".to_owned(), |p| text::money(p.unit_price));
    let plain = |q: Quantity| q.value().normalize().to_string();
    let (quantity, par) = (plain(l.quantity), l.par.map(plain).unwrap_or_default());
    let held = match set {
        Some(set) => {
            let (list, sku) = (id.to_owned(), l.sku.clone());
            let (update, remove) = (format!("Update {}", l.name), format!("Take {} off the list", l.name));
            view! {
                <Form act=set class="acts">
                    <input type="hidden" name="id" value=list/>
                    <input type="hidden" name="sku" value=sku.clone()/>
                    <Field label="Quantity" name="quantity" id=format!("quantity-{sku}") value=quantity kind=Kind::Decimal chars=6/>
                    <Field label="Par" name="par" id=format!("par-{sku}") value=par kind=Kind::Decimal chars=6/>
                    <Button kind=ButtonKind::Plain says=update>"Update"</Button>
                    <Button kind=ButtonKind::Plain says=remove name="remove" value="1">"Remove"</Button>
                </Form>
            }
            .into_any()
        }
        None if par.is_empty() => quantity.into_any(),
        None => format!("{quantity}, par level {par}").into_any(),
    };
    let code = format!("/products/{}/barcode.svg", l.sku);
    view! {
        <tr>
            <td class="full">
                <Item thumb=l.picture title=l.name href=href note=note/>
                {problems}
            </td>
            <td>{held}</td>
            <td class="num">{each}</td>
            <td class="num strong">{l.net.map_or_else(|| "–".to_owned(), text::money)}</td>
            <td class="only-print"><img src=code alt="" loading="lazy" width="200" height="50"/></td>
        </tr>
    }
    .into_any()
}
