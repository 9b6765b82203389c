//! The packs that there are, and the form for one more.

use domain::packs::{Documents, KEPT_DAYS, PackForm, PackRow, PacksPage, State};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{Ask, Monthly, ReadPacks};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, Card, Checkbox, Choice, EmptyState, Field, Kind, PageHeader, Pill, Progress, Select, Tone,
};

/// Finance packs.
#[component]
pub fn Packs() -> impl IntoView {
    let (ask, monthly) = (Act::of::<Ask>(), Act::of::<Monthly>());
    // While a pack is being made, the page asks again.
    let again = RwSignal::new(0_usize);
    let version = move || ask.version() + monthly.version() + again.get();
    view! {
        <Title text="Finance packs"/>
        {reloaded(version, || ReadPacks {}, move |page| show(page, ask, monthly, again))}
    }
}

fn show(page: PacksPage, ask: Act, monthly: Act, again: RwSignal<usize>) -> AnyView {
    let busy = page.busy();
    Effect::new(move |_| {
        if busy {
            let soon = move || {
                again.try_update(|n| *n += 1);
            };
            if let Ok(timer) = set_timeout_with_handle(soon, std::time::Duration::from_millis(1500)) {
                on_cleanup(move || timer.clear());
            }
        }
    });
    let body = if page.rows.is_empty() {
        view! { <EmptyState title="No pack yet" text="Choose a period, and all its documents come in one archive."/> }
            .into_any()
    } else {
        let rows = page.rows.into_iter().map(row).collect_view();
        view! {
            <Card title="Packs" flush=true>
                <table class="rows">
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any()
    };
    let documents = Documents::ALL.map(|(_, code, label)| Choice::new(code, label)).to_vec();
    let mut centres = vec![Choice::new("", "All")];
    centres.extend(page.cost_centres.into_iter().map(|c| Choice::new(c.clone(), c)));
    let (from, to) = (page.form.from.to_string(), page.form.to.to_string());
    view! {
        <PageHeader title="Finance packs" back=("Invoices", "/invoices")/>
        <div class="cols">
            <div class="stack">{body}</div>
            <div class="stack">
                <Card title="New pack">
                    {ask.complaint()}
                    <Form act=ask class="form">
                        <p class="dim small">
                            "A ZIP with every document as PDF and XML, the ledger with your references and cost centres, the statement of account, and a manifest with hashes."
                        </p>
                        <div class="pair">
                            <Field label="Issued from" name="from" kind=Kind::Date value=from required=true/>
                            <Field label="To" name="to" kind=Kind::Date value=to required=true/>
                        </div>
                        <Select label="Documents" name="documents" options=documents/>
                        <Select label="Cost centre" name="cost_centre" options=centres/>
                        <div class="acts">
                            <Button kind=ButtonKind::Primary>"Make finance pack"</Button>
                        </div>
                    </Form>
                </Card>
                <Card title="Every month">
                    <Form act=monthly class="form">
                        <Checkbox label="Make last month’s pack at the beginning of every month, and mail me when it is ready" name="wanted" checked=page.monthly/>
                        <div class="acts">
                            <Button>"Save"</Button>
                        </div>
                    </Form>
                </Card>
            </div>
        </div>
    }
    .into_any()
}

fn period(form: &PackForm) -> String {
    format!("{} to {}", text::date(form.from), text::date(form.to))
}

fn size(bytes: i64) -> String {
    if bytes < 1024 * 1024 {
        format!("{} kB", (bytes + 1023) / 1024)
    } else {
        format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576)
    }
}

fn row(r: PackRow) -> AnyView {
    let mut about = vec![r.form.documents.label().to_owned()];
    if !r.form.cost_centre.is_empty() {
        about.push(r.form.cost_centre.clone());
    }
    about.push(format!("{}, {}", r.by, text::date_time(r.at)));
    let what = match r.state {
        State::Waiting | State::Working => {
            let (done, total) = (r.done, r.total);
            view! { <Progress value=Signal::derive(move || done) max=Signal::derive(move || total) label=r.state.label()/> }.into_any()
        }
        State::Failed => view! { <Pill tone=Tone::Bad text=r.state.label()/> }.into_any(),
        State::Ready => {
            let href = format!("/packs/{}/download", r.id);
            let kept = r.until.map(|t| format!("until {}", text::date_time(t))).unwrap_or_default();
            let says = format!("Download the finance pack of {}", period(&r.form));
            view! {
                <a class="btn" href=href rel="external" download aria-label=says>"Download"</a>
                <br/>
                <span class="dim small">{format!("{}, {kept}", size(r.size))}</span>
            }
            .into_any()
        }
    };
    let hash = (!r.sha256.is_empty()).then(|| {
        view! { <br/><span class="dim small hash" title=r.sha256.clone()>{format!("SHA-256 {}…", &r.sha256[..16])}</span> }
    });
    let kept = (r.state == State::Failed).then(|| format!(" Ask again; packs are kept for {KEPT_DAYS} days."));
    view! {
        <tr>
            <td>
                <strong>{period(&r.form)}</strong>
                <br/>
                <span class="dim small">{about.join(" · ")}</span>
                {hash}
            </td>
            <td class="dim hide">{text::counted(i64::from(r.total), "document", "documents")} {kept}</td>
            <td class="num">{what}</td>
        </tr>
    }
    .into_any()
}
