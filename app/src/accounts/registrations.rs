//! Companies that ask for an account. For customer service and seller admins.

use domain::registration::{RegistrationRow, RegistrationsPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{ApproveRegistration, ReadRegistrations, RejectRegistration};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, Card, Confirm, DescriptionList, EmptyState, Fact, Field, Notice, PageHeader, TextArea, Tone,
};

/// All that wait, the oldest first: each opened with its terms, or refused with a reason.
#[component]
pub fn Registrations() -> impl IntoView {
    let (approve, reject) = (Act::of::<ApproveRegistration>(), Act::of::<RejectRegistration>());
    let version = move || approve.version() + reject.version();
    view! {
        <Title text="Registrations"/>
        {reloaded(version, || ReadRegistrations {}, move |page| show(page, approve, reject))}
    }
}

fn show(page: RegistrationsPage, approve: Act, reject: Act) -> AnyView {
    let (number, currency) = (page.next_number, page.currency.code());
    let list = if page.rows.is_empty() {
        view! { <EmptyState title="Nobody waits" text="Companies that ask for an account appear here once they have confirmed their address."/> }
            .into_any()
    } else {
        let cards = page.rows.into_iter().enumerate().map(|(i, r)| card(i, r, &number, currency, approve, reject));
        view! { <div class="stack">{cards.collect_view()}</div> }.into_any()
    };
    view! {
        <PageHeader title="Registrations"/>
        {approve.complaint()}
        {reject.complaint()}
        {list}
    }
    .into_any()
}

fn card(i: usize, r: RegistrationRow, number: &str, currency: &'static str, approve: Act, reject: Act) -> AnyView {
    let company = r.address.company.clone();
    let known = (!r.known.is_empty()).then(|| {
        let known = r.known.iter().map(|words| view! { <li>{words.clone()}</li> }).collect_view();
        view! {
            <Notice tone=Tone::Warn title="Perhaps known already.">
                <ul>{known}</ul>
            </Notice>
        }
    });
    let mut facts = vec![
        Fact::new("Address", r.address.lines().split_off(1).join(", ")),
        Fact::new("VAT or registration number", r.tax_number),
        Fact::new("First account admin", format!("{}, {}", r.name, r.email)),
    ];
    if !r.message.is_empty() {
        facts.push(Fact::new("Message", r.message));
    }
    let id = r.id.to_string();
    let refuse = view! {
        <Confirm id=format!("reject-{i}") label="Reject…" title=format!("Reject {company}?") kind=ButtonKind::Plain>
            <Form act=reject class="form stack">
                <input type="hidden" name="id" value=id.clone()/>
                <TextArea label="Reason" name="reason" id=format!("reason-{i}") rows=3 maxlength=1000 hint="It is mailed to them"/>
                <div class="acts">
                    <Button kind=ButtonKind::Danger>"Reject"</Button>
                </div>
            </Form>
        </Confirm>
    };
    let (id, number, says) = (r.id.to_string(), number.to_owned(), format!("Open account for {company}"));
    view! {
        <Card title=company note=text::date_time(r.asked_at)>
            <div class="stack">
                {known}
                <DescriptionList items=facts left=true/>
                <Form act=approve class="form stack">
                    <input type="hidden" name="id" value=id/>
                    <div class="pair">
                        <Field label="Account number" name="number" id=format!("number-{i}") value=number required=true maxlength=20/>
                        <Field label="Currency" name="currency" id=format!("currency-{i}") value=currency required=true maxlength=3/>
                    </div>
                    <Field label="Credit limit (optional)" name="credit_limit" id=format!("limit-{i}") hint="Without one every order waits for your release"/>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary says=says>"Open account"</Button>
                    </div>
                </Form>
                <div class="acts">{refuse}</div>
            </div>
        </Card>
    }
    .into_any()
}
