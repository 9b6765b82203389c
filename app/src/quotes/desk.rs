//! A quote on the seller's desk: what was asked, the draft, what is in force, and what can be done with it. And the preview.

use domain::quotes::{Action, DeskPage, QuotePage, Release, Status};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::actions::{Agree, End, ReadDesk, Release as LetGo, SaveDraft};
use super::editor::editor;
use super::parts::{asked, closing, details, files, offered, talking, thread, versions};
use super::tone;
use crate::act::{Act, Form};
use crate::load::{loaded, reloaded};
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Choice, Confirm, Field, Kind, Notice, PageHeader, Select, TextArea, Tone,
};

/// One quote, for whoever answers it.
#[component]
pub fn Desk() -> impl IntoView {
    let params = use_params_map();
    let (save, release, end, agree, talk) =
        (Act::of::<SaveDraft>(), Act::of::<LetGo>(), Act::of::<End>(), Act::of::<Agree>(), talking());
    let version = move || save.version() + release.version() + end.version() + agree.version() + talk.version();
    let question = move || ReadDesk { number: params.read().get("number").unwrap_or_default(), preview: false };
    view! {
        {save.complaint()}
        {release.complaint()}
        {end.complaint()}
        {agree.complaint()}
        {talk.complaint()}
        {reloaded(version, question, move |page| show(page, [save, release, end, agree, talk]))}
    }
}

fn show(mut page: DeskPage, [save, release, end, agree, talk]: [Act; 5]) -> AnyView {
    let number = page.page.row.number.clone();
    let has = |action| page.page.can.contains(&action);
    let released = release_card(&page, release);
    let draft = page.draft.is_some().then(|| editor(&page, save));
    let ends = [(Action::Refuse, "refuse"), (Action::TakeBack, "take-back")]
        .into_iter()
        .filter(|(action, _)| has(*action))
        .map(|(_, what)| ending(&page.page, what, end))
        .collect_view();
    let agreement = has(Action::Agree).then(|| agreement(&page, agree));
    let aside = details(&page.page);
    let (said, attached) = (std::mem::take(&mut page.page.thread), std::mem::take(&mut page.page.files));
    let all = std::mem::take(&mut page.page.versions);
    let request = page.page.request.take();
    let in_force = page.page.shown.take().map(|version| {
        let title = format!("Version {}, sent {}", version.no, text::date_time(version.sent_at));
        offered(&version, title)
    });
    let (title, row_status) = (page.page.row.title.clone(), page.page.row.status);
    view! {
        <Title text=format!("Quote {number}")/>
        <PageHeader title=title back=("Quotes", "/sales/quotes") status=(tone(row_status), row_status.label()) note=number.clone()>
            {ends}
        </PageHeader>
        {released}
        {draft}
        <div class="cols">
            <div class="stack">
                {in_force}
                {request.as_ref().map(asked)}
                {thread(said, &number, Some(talk), true)}
            </div>
            <div class="stack">
                {aside}
                {agreement}
                {versions(all, &number, "/sales/quotes")}
                {files(attached, &number, true)}
            </div>
        </div>
    }
    .into_any()
}

/// What a draft below the floor margin waits for, and letting it go.
fn release_card(page: &DeskPage, release: Act) -> AnyView {
    let lines =
        text::counted(i64::try_from(page.below_floor.len()).unwrap_or_default(), "price is below", "prices are below");
    if page.below_floor.is_empty() {
        return ().into_any();
    }
    let title = format!("{lines} the floor margin of {}.", text::percent(page.floor));
    match &page.release {
        Release::None => {
            view! { <Notice tone=Tone::Warn title=title>"A colleague must release the draft before it can be sent."</Notice> }
                .into_any()
        }
        Release::Given(by) => {
            view! { <Notice tone=Tone::Good title=format!("{by} released these prices.")>{title}</Notice> }.into_any()
        }
        Release::Asked(by) if page.page.can.contains(&Action::Release) => {
            let (number, version) = (page.page.row.number.clone(), page.draft_version);
            view! {
                <Card title=format!("{by} asks you to release this draft")>
                    <Form act=release class="form stack">
                        <p>{title}</p>
                        <input type="hidden" name="number" value=number/>
                        <input type="hidden" name="draft_version" value=version/>
                        <TextArea label="Words to your colleague (optional)" name="words" id="release-words" rows=2/>
                        <div class="acts">
                            <Button kind=ButtonKind::Primary>"Release"</Button>
                        </div>
                    </Form>
                </Card>
            }
            .into_any()
        }
        Release::Asked(by) => {
            let words = format!("{by} has asked for a release; a seller admin decides. Saving a change takes the question back.");
            view! { <Notice tone=Tone::Info title=title>{words}</Notice> }.into_any()
        }
    }
}

/// Saying no, or taking back.
fn ending(page: &QuotePage, what: &'static str, end: Act) -> AnyView {
    let (number, version) = (page.row.number.clone(), page.version);
    let unseen = page.row.status == Status::Draft;
    let (label, title, button) = match what {
        "refuse" => ("Do not offer…", "You cannot offer this?", "Do not offer"),
        _ if unseen => ("Discard…", "Throw this draft away?", "Discard"),
        _ => ("Take back…", "Take the quote back?", "Take back"),
    };
    let words = (!unseen).then(|| {
        view! { <TextArea label="Why" name="words" id=format!("{what}-words") rows=2 hint="The customer reads it"/> }
    });
    view! {
        <Confirm id=what label=label title=title kind=ButtonKind::Danger>
            <Form act=end class="stack">
                <input type="hidden" name="number" value=number.clone()/>
                <input type="hidden" name="version" value=version/>
                <input type="hidden" name="what" value=what/>
                {words}
                <div class="acts">
                    <Button kind=ButtonKind::Danger>{button}</Button>
                </div>
            </Form>
        </Confirm>
    }
    .into_any()
}

/// "Make it our agreement".
fn agreement(page: &DeskPage, agree: Act) -> AnyView {
    let options: Vec<Choice> = std::iter::once(Choice::new("", "A new contract"))
        .chain(page.contracts.iter().map(|(number, name)| Choice::new(number.clone(), format!("{name} ({number})"))))
        .collect();
    let number = page.page.row.number.clone();
    view! {
        <Card title="Make it our agreement">
            <Form act=agree class="form stack">
                <p class="dim small">"The prices of its articles become contract prices from today on; what is not an article is left out."</p>
                <input type="hidden" name="number" value=number/>
                <Select label="Contract" name="contract" options=options/>
                <Field label="Until (optional)" name="until" kind=Kind::Date/>
                <div class="acts">
                    <Button>"Copy prices"</Button>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

/// The draft as the customer would read it.
#[component]
pub fn Preview() -> impl IntoView {
    let params = use_params_map();
    let question = move || ReadDesk { number: params.read().get("number").unwrap_or_default(), preview: true };
    view! { {loaded(question, preview)} }
}

fn preview(page: DeskPage) -> AnyView {
    let number = page.page.row.number.clone();
    let back = format!("/sales/quotes/{number}");
    let body = match page.preview {
        Some(version) => {
            let until = format!("Open until {}", text::date(version.document.valid_until));
            let title = version.document.title.clone();
            let (totals, words) = closing(&version);
            view! {
                <p class="dim">{format!("{title} · {until} · sent by {}", version.sent_by)}</p>
                <div class="cols">
                    {offered(&version, format!("Version {}", version.no))}
                    <div class="stack">{totals} {words}</div>
                </div>
            }
            .into_any()
        }
        None => view! { <Notice tone=Tone::Warn title="Every line needs a price first.">""</Notice> }.into_any(),
    };
    view! {
        <Title text=format!("Preview of {number}")/>
        <PageHeader title=format!("{number} as the customer will see it") back=(number.clone(), back.clone())>
            <ButtonLink href=back>"Back to the draft"</ButtonLink>
        </PageHeader>
        {body}
    }
    .into_any()
}
