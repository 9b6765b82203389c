//! Choosing what is settled, with which credits, and how much money that leaves. The sum follows every key; without scripts a
//! button asks for it.

use chrono::NaiveDate;
use domain::payments::{Credit, CreditKind, Due, Method, Plan, SettlePage, Wanted, plan};
use domain::{Problem, text};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::actions::{ReadSettling, Settle as Send};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, DescriptionList, EmptyState, Fact, Field, Kind, PageHeader, Radio};

/// The page on which invoices are paid.
#[component]
pub fn Settle() -> impl IntoView {
    let location = use_location();
    let send = Act::of::<Send>();
    view! {
        <Title text="Pay invoices"/>
        {send.complaint()}
        {reloaded(move || send.version(), move || ReadSettling { query: location.search.get() }, move |page| show(page, send))}
    }
}

/// What is ticked and typed, by number.
#[derive(Clone, Default)]
struct Typed {
    invoices: Vec<(String, String)>,
    credits: Vec<String>,
}

fn show(page: SettlePage, send: Act) -> AnyView {
    if page.dues.is_empty() {
        return view! {
            <PageHeader title="Pay invoices" back=("Invoices", "/invoices")/>
            <EmptyState title="Nothing to pay" text="Every invoice is paid, or a payment for it is under way."/>
        }
        .into_any();
    }
    let first = Typed { invoices: page.wanted.invoices.clone(), credits: page.wanted.credits.clone() };
    let typed = RwSignal::new(first);
    let chosen = page.wanted;
    let invoices =
        page.dues.iter().enumerate().map(|(at, due)| invoice(at, due, &chosen, typed, page.today)).collect_view();
    let credits = (!page.credits.is_empty()).then(|| {
        let rows = page.credits.iter().map(|c| credit(c, &chosen, typed)).collect_view();
        view! {
            <Card title="Use your credits" flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col" class="pick"><span class="unseen">"Chosen"</span></th>
                            <th scope="col">"Credit"</th>
                            <th scope="col" class="num">"Left"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
    });
    let (currency, today) = (page.currency, page.today);
    let (dues, notes) = (page.dues, page.credits);
    let worked_out = Memo::new(move |_| {
        let typed = typed.get();
        let wanted = Wanted { invoices: typed.invoices, credits: typed.credits };
        plan(currency, &dues, &notes, &wanted, today)
    });
    let methods = page.cards.then(|| {
        view! {
            <fieldset class="choices">
                <legend>"How"</legend>
                <Radio label=Method::Transfer.label() name="method" value=Method::Transfer.code() checked=true/>
                <Radio label=Method::Card.label() name="method" value=Method::Card.code()/>
            </fieldset>
        }
    });
    // Made with the page: the same form twice settles once.
    let id = page.form.to_string();
    let credit = move || {
        worked_out.with(|p| p.as_ref().map(|p| p.credited.amount().normalize().to_string()).unwrap_or_default())
    };
    let expected =
        move || worked_out.with(|p| p.as_ref().map(|p| p.pay.amount().normalize().to_string()).unwrap_or_default());
    view! {
        <PageHeader title="Pay invoices" back=("Invoices", "/invoices")/>
        <form method="get" action="/payments/new" class="filters">
            <Field label=format!("Spread a sum ({})", currency.code()) name="sum" kind=Kind::Decimal chars=10/>
            <Button name="spread" value="1">"Oldest first"</Button>
        </form>
        <Form act=send class="cols">
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="expected" value=expected/>
            <input type="hidden" name="expected_credit" value=credit/>
            <div class="stack">
                <Card title="Open invoices" flush=true>
                    <table class="rows">
                        <thead>
                            <tr>
                                <th scope="col" class="pick"><span class="unseen">"Chosen"</span></th>
                                <th scope="col">"Invoice"</th>
                                <th scope="col">"Due"</th>
                                <th scope="col" class="num">"Open"</th>
                                <th scope="col" class="num">"Pay"</th>
                            </tr>
                        </thead>
                        <tbody>{invoices}</tbody>
                    </table>
                </Card>
                {credits}
            </div>
            <Card title="Together">
                <div class="stack">
                    {move || worked_out.with(summary)}
                    {methods}
                    <noscript>
                        <button class="btn" formaction="/payments/new" formmethod="get">"Work out the sum"</button>
                    </noscript>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Pay selected"</Button>
                    </div>
                </div>
            </Card>
        </Form>
    }
    .into_any()
}

fn summary(plan: &Result<Plan, Problem>) -> AnyView {
    match plan {
        Err(Problem::Invalid(faults)) => {
            let faults =
                faults.iter().map(|f| view! { <li>{format!("{}: {}", f.field, f.message)}</li> }).collect_view();
            view! { <ul class="error" role="alert">{faults}</ul> }.into_any()
        }
        Err(problem) => view! { <p class="error" role="alert">{problem.to_string()}</p> }.into_any(),
        Ok(plan) => {
            let minus = |m: domain::Money| text::money(domain::Money::new(-m.amount(), m.currency()));
            let count = i64::try_from(plan.shares.len()).unwrap_or_default();
            let cleared = plan.shares.iter().map(|s| s.cleared.amount()).sum();
            let cleared = domain::Money::new(cleared, plan.pay.currency());
            let mut facts = vec![Fact::new(text::counted(count, "invoice", "invoices"), text::money(cleared))];
            if !plan.discount.amount().is_zero() {
                facts.push(Fact::new("Early-payment discount", minus(plan.discount)));
            }
            if !plan.credited.amount().is_zero() {
                facts.push(Fact::new("Your credits", minus(plan.credited)));
            }
            facts.push(Fact::sum("To pay", text::money(plan.pay)));
            view! { <div aria-live="polite"><DescriptionList items=facts/></div> }.into_any()
        }
    }
}

fn invoice(at: usize, due: &Due, chosen: &Wanted, typed: RwSignal<Typed>, today: NaiveDate) -> AnyView {
    let number = due.number.clone();
    let amount = chosen.invoices.iter().find(|(n, _)| *n == number).map(|(_, amount)| amount.clone());
    let name = |part: &str| format!("lines[{at}][{part}]");
    let set = {
        let number = number.clone();
        // An amount that is typed ticks its invoice; none takes it out.
        move |amount: Option<String>| {
            typed.update(|t| {
                t.invoices.retain(|(n, _)| *n != number);
                t.invoices.extend(amount.map(|amount| (number.clone(), amount)));
            });
        }
    };
    let tick = {
        let set = set.clone();
        move |on: bool| set(on.then(String::new))
    };
    let write = {
        let number = number.clone();
        move |amount: String| {
            let ticked = typed.with_untracked(|t| t.invoices.iter().any(|(n, _)| *n == number));
            set((ticked || !amount.is_empty()).then_some(amount));
        }
    };
    let ticked = {
        let number = number.clone();
        move || typed.with(|t| t.invoices.iter().any(|(n, _)| *n == number))
    };
    // Said where it would be given: in time, and to the whole of what is left.
    let off = due.discount_on(due.open, today).ok().filter(|off| !off.amount().is_zero());
    let discount = due.discount.zip(off).map(|(d, off)| {
        let words = format!("{} off when paid in full by {}", text::money(off), text::date(d.until));
        view! { <br/> <span class="dim small">{words}</span> }
    });
    let paying = (!due.in_payment.amount().is_zero()).then(
        || view! { <br/> <span class="dim small">{format!("{} is being paid", text::money(due.in_payment))}</span> },
    );
    let po =
        (!due.po_number.is_empty()).then(|| view! { <br/> <span class="dim small">{due.po_number.clone()}</span> });
    let says = format!("Pay {number}");
    let href = format!("/invoices/{number}");
    let how_much = format!("Amount for {number}");
    view! {
        <tr>
            <td class="pick">
                <input type="hidden" name=name("number") value=number.clone()/>
                <input
                    type="checkbox"
                    name=name("pick")
                    value="1"
                    aria-label=says
                    checked=amount.is_some()
                    prop:checked=ticked
                    on:change=move |event| tick(event_target_checked(&event))
                />
            </td>
            <td>
                <a class="link strong" href=href>{number.clone()}</a>
                {po} {discount} {paying}
            </td>
            <td data-label="Due">{text::date(due.due_on)}</td>
            <td class="num" data-label="Open">{text::money(due.open)}</td>
            <td class="num" data-label="Pay">
                <input
                    class="amount"
                    type="text"
                    inputmode="decimal"
                    size="9"
                    autocomplete="off"
                    id=number.clone()
                    name=name("amount")
                    aria-label=how_much
                    placeholder=text::plain(due.open)
                    value=amount
                    on:input=move |event| write(event_target_value(&event))
                />
            </td>
        </tr>
    }
    .into_any()
}

fn credit(c: &Credit, chosen: &Wanted, typed: RwSignal<Typed>) -> AnyView {
    let what = match c.kind {
        CreditKind::Note => "credit note",
        CreditKind::Cash => "cash on account",
    };
    let at_first = chosen.credits.contains(&c.number);
    let number = c.number.clone();
    let tick = move |on: bool| {
        typed.update(|t| {
            t.credits.retain(|n| *n != number);
            if on {
                t.credits.push(number.clone());
            }
        });
    };
    let says = format!("Use {}", c.number);
    view! {
        <tr>
            <td class="pick">
                <input
                    type="checkbox"
                    name="credits[]"
                    value=c.number.clone()
                    aria-label=says
                    checked=at_first
                    on:change=move |event| tick(event_target_checked(&event))
                />
            </td>
            <td>
                <strong>{c.number.clone()}</strong>
                " "
                <span class="dim small">{format!("{what}, {}", text::date(c.on))}</span>
            </td>
            <td class="num strong">{text::money(c.open)}</td>
        </tr>
    }
    .into_any()
}
