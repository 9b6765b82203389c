//! Where goods and invoices go, and how the company orders.

use domain::company::{AddressesPage, BookAddress};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::{DeleteAddress, ReadAddresses, SaveAddress, SaveSettings};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Checkbox, Choice, Confirm, Field, PageHeader, Pill, Select, Tone,
};

/// The address book. `?edit=` names the one in the form.
#[component]
pub fn Addresses() -> impl IntoView {
    let query = use_query_map();
    let acts = [Act::of::<SaveAddress>(), Act::of::<DeleteAddress>(), Act::of::<SaveSettings>()];
    let edit = move || query.read().get("edit").unwrap_or_default();
    let version = move || format!("{} {}", acts.iter().map(|a| a.version()).sum::<usize>(), edit());
    view! {
        <Title text="Addresses"/>
        {reloaded(version, || ReadAddresses {}, move |page| show(page, &edit(), acts))}
    }
}

fn show(page: AddressesPage, edit: &str, [save, delete, settings]: [Act; 3]) -> AnyView {
    let edited = page.addresses.iter().find(|a| a.of.is_none() && a.id.to_string() == edit).cloned();
    let form = editor(edited, save);
    let rows = page.addresses.into_iter().enumerate().map(|(i, a)| row(i, a, delete)).collect_view();
    let minimum = page.minimum.map(|m| m.amount().normalize().to_string());
    view! {
        <PageHeader title="Addresses and settings"/>
        {delete.complaint()}
        <div class="cols">
            <div class="stack">
                <Card title="Addresses" flush=true>
                    <table class="rows">
                        <tbody>{rows}</tbody>
                    </table>
                </Card>
                <Card title="How your company orders">
                    {settings.complaint()}
                    <Form act=settings class="form stack">
                        <Checkbox label="Every order needs a PO number" name="po_required" checked=page.po_required/>
                        <Field label="Smallest order, before tax (optional)" name="minimum" value=minimum/>
                        <Checkbox label="Approvers may decide from the mail, without signing in" name="by_mail" checked=page.decide_by_mail hint="By a link that works once, for a week"/>
                        <div class="acts">
                            <Button kind=ButtonKind::Primary>"Save settings"</Button>
                        </div>
                    </Form>
                    <div class="acts">
                        <ButtonLink href="/company/assistance">"Acting on your behalf"</ButtonLink>
                    </div>
                </Card>
            </div>
            {form}
        </div>
    }
    .into_any()
}

fn row(i: usize, a: BookAddress, delete: Act) -> AnyView {
    let kind = if a.kind == "ship_to" { "Ship to" } else { "Bill to" };
    let standard = a.is_default.then(|| view! { " " <Pill tone=Tone::Info text="Default"/> });
    let id = a.id.to_string();
    let label = a.label.clone();
    let (inherited, own) = (a.of.clone(), a.of.is_none());
    let acts = own.then(|| {
        view! {
            <div class="acts end">
                <ButtonLink external=true href=format!("/company/addresses?edit={id}") says=format!("Edit {label}")>"Edit"</ButtonLink>
                <Confirm id=format!("delete-{i}") label="Delete…" title=format!("Delete {label}?") kind=ButtonKind::Plain>
                    <p>"Nobody can choose it any more. Orders and invoices keep their copy."</p>
                    <Form act=delete>
                        <input type="hidden" name="id" value=id.clone()/>
                        <div class="acts">
                            <Button kind=ButtonKind::Danger>"Delete"</Button>
                        </div>
                    </Form>
                </Confirm>
            </div>
        }
    });
    view! {
        <tr>
            <td>
                <strong>{a.label.clone()}</strong>
                {standard}
                <br/>
                <span class="dim small">{format!("{kind} · {}", a.address.lines().join(", "))}</span>
            </td>
            <td class="num full">
                {acts}
                {inherited.map(|of| view! { <span class="dim small">{format!("Kept by {of}")}</span> })}
            </td>
        </tr>
    }
    .into_any()
}

fn editor(edited: Option<BookAddress>, save: Act) -> AnyView {
    let title = edited.as_ref().map_or_else(|| "New address".to_owned(), |a| format!("Edit {}", a.label));
    let (id, kind, label, is_default) = edited.as_ref().map_or_else(
        || (String::new(), "ship_to".to_owned(), String::new(), false),
        |a| (a.id.to_string(), a.kind.clone(), a.label.clone(), a.is_default),
    );
    let address = edited.map(|a| a.address).unwrap_or_default();
    let country = if address.country.is_empty() { "GB".to_owned() } else { address.country };
    let kinds = vec![Choice::new("ship_to", "Ship to"), Choice::new("bill_to", "Bill to")];
    view! {
        <Card title=title>
            {save.complaint()}
            <Form act=save class="form stack">
                <input type="hidden" name="id" value=id/>
                <Select label="For" name="kind" options=kinds selected=kind/>
                <Field label="Short name" name="label" value=label required=true/>
                <Field label="Company" name="company" value=address.company required=true/>
                <Field label="Street and number" name="street" value=address.street required=true/>
                <div class="pair">
                    <Field label="Postcode" name="postcode" value=address.postcode required=true/>
                    <Field label="Town" name="city" value=address.city required=true/>
                </div>
                <Field label="Country (two letters)" name="country" value=country required=true maxlength=2/>
                <Checkbox label="Choose it first" name="is_default" checked=is_default/>
                <div class="acts">
                    <Button kind=ButtonKind::Primary>"Save address"</Button>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}
