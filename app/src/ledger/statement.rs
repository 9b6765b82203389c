//! A statement of account: what was owed, what moved, what is owed.

use domain::ledger::{Movement, STATEMENT_PAGE, StatementPage, StatementRow};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::actions::ReadStatement;
use crate::layout::{pages, shown};
use crate::load::loaded;
use crate::ui::{Button, Card, EmptyState, Field, Kind, PageHeader, Pager};

/// The account's movements in a period.
#[component]
pub fn Statement() -> impl IntoView {
    let location = use_location();
    view! {
        <Title text="Statement"/>
        {loaded(move || ReadStatement { query: location.search.get() }, show)}
    }
}

fn show(page: StatementPage) -> AnyView {
    let q = page.query;
    let csv = q.href("/statement.csv", 1);
    let figure = |label: &'static str, amount| view! { <div><dt>{label}</dt><dd>{text::money(amount)}</dd></div> };
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="Nothing moved" text="No invoice, credit note or payment falls into this period."/> }
            .into_any()
    } else {
        let (now, count, summary) =
            (q.page, pages(page.total, STATEMENT_PAGE), shown(q.page, STATEMENT_PAGE, page.total));
        let rows = page.rows.into_iter().map(row).collect_view();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Date"</th>
                            <th scope="col">"Document"</th>
                            <th scope="col" class="between">"Your reference"</th>
                            <th scope="col" class="num">"Amount"</th>
                            <th scope="col" class="num">"Balance"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
            <Pager page=now pages=count summary=summary href=move |n: u32| q.href("/statement", n)/>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Statement of account" back=("Invoices", "/invoices")>
            <a class="btn" href=csv rel="external" download="statement.csv">"Export CSV"</a>
        </PageHeader>
        <form method="get" action="/statement" class="filters">
            <Field label="From" name="from" kind=Kind::Date value=q.from.to_string()/>
            <Field label="To" name="to" kind=Kind::Date value=q.to.to_string()/>
            <Button>"Show"</Button>
        </form>
        <Card>
            <dl class="figures">
                {figure("Opening balance", page.opening)} {figure("Charged", page.charged)}
                {figure("Paid and credited", page.credited)} {figure("Closing balance", page.closing)}
            </dl>
        </Card>
        {body}
    }
    .into_any()
}

fn row(r: StatementRow) -> AnyView {
    let folder = if matches!(r.movement, Movement::Payment | Movement::Refund) { "payments" } else { "invoices" };
    let href = format!("/{folder}/{}", r.number);
    view! {
        <tr>
            <td class="dim">{text::date(r.on)}</td>
            <td>
                <a class="link strong" href=href>{r.number}</a>
                " "
                <span class="dim small">{r.movement.label()}</span>
            </td>
            <td class="dim hide between">{r.reference}</td>
            <td class="num">{text::money(r.amount)}</td>
            <td class="num strong" data-label="Balance">{text::money(r.balance)}</td>
        </tr>
    }
    .into_any()
}
