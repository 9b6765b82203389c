//! One payment: what to do now, what it settles.

use domain::payments::{Method, PaymentPage, Settled};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{ReadPayment, Withdraw};
use super::list::tone;
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, Confirm, DescriptionList, EmptyState, Fact, Notice, PageHeader, Tone};

/// A payment's page.
#[component]
pub fn Payment() -> impl IntoView {
    let params = use_params_map();
    let withdraw = Act::of::<Withdraw>();
    let question = move || ReadPayment { number: params.read().get("number").unwrap_or_default() };
    view! { {reloaded(move || withdraw.version(), question, move |page| show(page, withdraw))} }
}

fn show(page: PaymentPage, withdraw: Act) -> AnyView {
    let advised = page.advised();
    let row = page.row;
    let title = format!("Payment {}", row.number);
    let words = if row.refund { "Refunded to you" } else { row.status.label() };
    let status = (tone(row.status), words.to_owned());
    let mut facts = vec![Fact::new("Date", text::date(row.on))];
    if let Some(method) = row.method {
        facts.push(Fact::new("How", method.label()));
    }
    if !page.by.is_empty() {
        facts.push(Fact::new("Begun by", page.by));
    }
    if let Some(until) = page.until {
        facts.push(Fact::new("Its invoices are kept until", text::date_time(until)));
    }
    if !row.left.amount().is_zero() {
        facts.push(Fact::new("Not used yet", text::money(row.left)));
    }
    facts.push(Fact::sum("Amount", text::money(row.amount)));
    let refused = (!page.refused.is_empty())
        .then(|| view! { <Notice tone=Tone::Bad title="The payment was refused.">{page.refused}</Notice> });
    let next = if page.pay_by_card {
        let href = format!("/payments/{}/card", row.number);
        Some(view! {
            <Notice tone=Tone::Info title="One step is left.">
                <p>"The payment provider takes your card on a page of its own. Your invoices are kept for you meanwhile."</p>
                <p>"Paid already? Then it is being confirmed: this page says so in a moment, when you load it again."</p>
                <p><a class="btn go" href=href rel="external">{format!("Pay {} by card", text::money(row.amount))}</a></p>
            </Notice>
        }.into_any())
    } else if page.until.is_some() && row.method == Some(Method::Transfer) {
        let advice = vec![
            Fact::new("To", page.seller.legal_name),
            Fact::new("IBAN", page.seller.iban),
            Fact::new("BIC", page.seller.bic),
            Fact::new("Reference", page.reference),
            Fact::sum("Amount", text::money(row.amount)),
        ];
        let code = page.code.map(|_| {
            let src = format!("/payments/{}/code.svg", row.number);
            view! { <p><img src=src width="180" height="180" alt="The same for your banking app, as a QR code"/></p> }
        });
        Some(
            view! {
                <Card title="Send this by bank transfer">
                    <DescriptionList items=advice/>
                    {code}
                    <p class="dim small">"With exactly this reference we know which invoices you pay."</p>
                </Card>
            }
            .into_any(),
        )
    } else {
        None
    };
    let settles = if page.settles.is_empty() {
        view! { <EmptyState title="Nothing yet" text="It is cash on account, for invoices to come."/> }.into_any()
    } else {
        let rows = page.settles.into_iter().map(settled).collect_view();
        view! {
            <table class="rows">
                <thead>
                    <tr>
                        <th scope="col">"Document"</th>
                        <th scope="col" class="num">"Discount"</th>
                        <th scope="col" class="num">"Amount"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    let advice = advised.then(|| {
        let href = format!("/payments/{}.pdf", row.number);
        view! { <a class="btn" href=href rel="external">"Remittance advice"</a> }
    });
    let stop = page.can_withdraw.then(|| {
        let number = row.number.clone();
        view! {
            <Confirm id="withdraw" label="Withdraw…" title=format!("Withdraw {number}?") kind=ButtonKind::Danger>
                <p>"Its invoices can then be paid otherwise. Money that arrives all the same is not lost: it is credited to you."</p>
                <Form act=withdraw>
                    <input type="hidden" name="number" value=number.clone()/>
                    <Button kind=ButtonKind::Danger>"Withdraw"</Button>
                </Form>
            </Confirm>
        }
    });
    view! {
        <Title text=title.clone()/>
        <PageHeader title=title back=("Payments", "/payments") status=status>{advice}{stop}</PageHeader>
        {withdraw.complaint()}
        {refused}
        <div class="cols">
            <div class="stack">
                {next}
                <Card title="Settles" flush=true>{settles}</Card>
            </div>
            <Card title="Details">
                <DescriptionList items=facts/>
            </Card>
        </div>
    }
    .into_any()
}

fn settled(s: Settled) -> AnyView {
    let discount = (!s.discount.amount().is_zero()).then(|| text::money(s.discount));
    let label = discount.as_ref().map(|_| "Discount");
    view! {
        <tr>
            <td>
                <a class="link strong" href=format!("/invoices/{}", s.number)>{s.number.clone()}</a>
            </td>
            <td class="num dim" data-label=label>{discount}</td>
            <td class="num strong">{text::money(s.amount)}</td>
        </tr>
    }
    .into_any()
}
