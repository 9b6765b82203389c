//! What cost centres may spend, and have.

use domain::budgets::{Beyond, BudgetRow, BudgetsPage, Period};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{EndBudget, ReadBudgets, SetBudget};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, Choice, EmptyState, Field, Kind, Meter, PageHeader, Select, Tone, share};

/// Budgets with their use in this period and the ones before.
#[component]
pub fn Budgets() -> impl IntoView {
    let (set, end) = (Act::of::<SetBudget>(), Act::of::<EndBudget>());
    let version = move || set.version() + end.version();
    view! {
        <Title text="Budgets"/>
        {reloaded(version, || ReadBudgets {}, move |page| show(page, set, end))}
    }
}

fn show(page: BudgetsPage, set: Act, end: Act) -> AnyView {
    let may = page.may_change;
    let code = page.currency.code();
    let list = if page.budgets.is_empty() {
        view! { <EmptyState title="No budget yet" text="Without a budget a cost centre may spend what the rules allow."/> }.into_any()
    } else {
        page.budgets.iter().map(|b| budget(b, may, end)).collect_view().into_any()
    };
    let form = may.then(|| {
        let centres: Vec<Choice> = page
            .without
            .iter()
            .map(|(code, name)| Choice::new(code.clone(), format!("{name} ({code})")))
            .chain(page.budgets.iter().map(|b| Choice::new(b.code.clone(), format!("{}: change", b.now.cost_centre))))
            .collect();
        let periods = Period::ALL.map(|p| Choice::new(p.code(), p.words())).to_vec();
        let beyond = Beyond::ALL.map(|b| Choice::new(b.code(), b.words())).to_vec();
        view! {
            <Card title="Set a budget">
                {set.complaint()}
                <Form act=set class="form stack">
                    <Select label="Cost centre" name="cost_centre" options=centres/>
                    <div class="pair">
                        <Field label=format!("Amount ({code}, incl. tax and delivery)") name="total" id="amount" required=true/>
                        <Select label="Every" name="period" options=periods/>
                    </div>
                    <div class="pair">
                        <Select label="Beyond it" name="beyond" options=beyond selected="approve"/>
                        <Field label="Tell us at, percent" name="warn_at" id="warn_at" kind=Kind::Digits value="80"/>
                    </div>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Set budget"</Button>
                    </div>
                </Form>
            </Card>
        }
    });
    view! {
        <PageHeader title="Budgets" note="Used when an order is confirmed, with tax and delivery"/>
        {end.complaint()}
        {match form {
            Some(form) => view! { <div class="cols"><div class="stack">{list}</div> {form}</div> }.into_any(),
            None => view! { <div class="panels">{list}</div> }.into_any(),
        }}
    }
    .into_any()
}

fn budget(b: &BudgetRow, may: bool, end: Act) -> AnyView {
    let now = &b.now;
    let whole = now.amount.amount();
    let used = share(now.used, now.amount);
    let over = now.used.amount() > whole;
    let waiting = (!now.waiting.amount().is_zero()).then(
        || view! { <p class="dim small">{format!("{} waits for approval or release.", text::money(now.waiting))}</p> },
    );
    let past = b
        .before
        .iter()
        .map(|(start, used)| {
            let percent = if whole.is_zero() {
                String::new()
            } else {
                format!("{} %", (used.amount() / whole * rust_decimal::Decimal::ONE_HUNDRED).round())
            };
            let parts = vec![(share(*used, now.amount), if used.amount() > whole { Tone::Bad } else { Tone::Info })];
            view! {
                <tr>
                    <td class="dim">{text::date(*start)}</td>
                    <td><Meter label=text::money(*used) parts=parts/></td>
                    <td class="num">{text::money(*used)}</td>
                    <td class="num dim">{percent}</td>
                </tr>
            }
        })
        .collect_view();
    let stop = may.then(|| {
        let id = b.id.to_string();
        let says = format!("End the budget of {}", now.cost_centre);
        view! {
            <Form act=end class="acts">
                <input type="hidden" name="id" value=id/>
                <Button says=says>"End"</Button>
            </Form>
        }
    });
    let tone = if over { Tone::Bad } else { Tone::Info };
    let words = now.words();
    let parts = vec![(used, tone), (share(now.waiting, now.amount).min(1.0 - used), Tone::Warn)];
    view! {
        <Card title=now.cost_centre.clone() note=format!("told at {} % · beyond: {}", b.warn_at, now.beyond.words())>
            <div class="stack">
                <p class="strong">{words.clone()}</p>
                <Meter label=words parts=parts/>
                {waiting}
                <details>
                    <summary class="link">"The periods before"</summary>
                    <table class="rows">
                        <tbody>{past}</tbody>
                    </table>
                </details>
                {stop}
            </div>
        </Card>
    }
    .into_any()
}
