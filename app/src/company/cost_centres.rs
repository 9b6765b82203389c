//! Where spending is booked.

use domain::company::{CostCentre, CostCentresPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{CloseCostCentre, ReadCostCentres, SaveCostCentre};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, Field, PageHeader, Pill, Tone};

/// Cost centres: open, rename, close.
#[component]
pub fn CostCentres() -> impl IntoView {
    let (save, close) = (Act::of::<SaveCostCentre>(), Act::of::<CloseCostCentre>());
    let version = move || save.version() + close.version();
    view! {
        <Title text="Cost centres"/>
        {reloaded(version, || ReadCostCentres {}, move |page| show(page, save, close))}
    }
}

fn show(page: CostCentresPage, save: Act, close: Act) -> AnyView {
    let rows = page.centres.into_iter().map(|c| row(c, close)).collect_view();
    view! {
        <PageHeader title="Cost centres"/>
        {close.complaint()}
        <div class="cols">
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Cost centre"</th>
                            <th scope="col" class="num">"Orders in a year"</th>
                            <th scope="col" class="num">"State"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <Card title="Open or rename">
                {save.complaint()}
                <Form act=save class="form stack">
                    <Field label="Code" name="code" required=true maxlength=20 hint="As on orders and invoices; a code you have already gets the new name"/>
                    <Field label="Name" name="name" required=true maxlength=80/>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Save cost centre"</Button>
                    </div>
                </Form>
            </Card>
        </div>
    }
    .into_any()
}

fn row(c: CostCentre, close: Act) -> AnyView {
    let label = if c.active { "Close" } else { "Open again" };
    let says = format!("{label}: {}", c.name);
    let reopen = (!c.active).then(|| view! { <input type="hidden" name="open" value="1"/> });
    let state = (!c.active).then(|| view! { <Pill tone=Tone::Neutral text="Closed"/> });
    view! {
        <tr>
            <td>
                <strong>{c.name}</strong>
                " "
                {state}
                <br/>
                <span class="dim small">{c.code.clone()}</span>
            </td>
            <td class="num">{text::count(c.orders)}</td>
            <td class="num">
                <Form act=close>
                    <input type="hidden" name="code" value=c.code/>
                    {reopen}
                    <Button says=says>{label}</Button>
                </Form>
            </td>
        </tr>
    }
    .into_any()
}
