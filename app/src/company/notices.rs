//! The bell: what the person was told.

use domain::notices::{Kind, NoticeRow, NoticesPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{ChooseMails, NoticesRead, ReadNotices};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, Card, Checkbox, EmptyState, PageHeader, Pill, Tone};

/// Told lately, the newest first.
#[component]
pub fn Notices() -> impl IntoView {
    let (read, choose) = (Act::of::<NoticesRead>(), Act::of::<ChooseMails>());
    view! {
        <Title text="Notifications"/>
        {reloaded(move || read.version() + choose.version(), || ReadNotices {}, move |page| show(page, read, choose))}
    }
}

fn show(page: NoticesPage, read: Act, choose: Act) -> AnyView {
    let kinds = Kind::ALL
        .into_iter()
        .map(|k| view! { <Checkbox label=k.label() name="kinds[]" value=k.code() checked=page.mailed.contains(&k)/> })
        .collect_view();
    let list = if page.notices.is_empty() {
        view! { <EmptyState title="Nothing yet" text="What concerns you appears here."/> }.into_any()
    } else {
        let rows = page.notices.iter().cloned().map(row).collect_view();
        view! {
            <Card flush=true>
                <table class="rows">
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any()
    };
    let unread = page.notices.iter().any(|n| n.unread);
    let button = unread.then(|| {
        view! {
            <Form act=read>
                <Button>"Mark all as read"</Button>
            </Form>
        }
    });
    view! {
        <PageHeader title="Notifications">{button}</PageHeader>
        {read.complaint()}
        <div class="cols">
            {list}
            <Card title="Also by mail">
                {choose.complaint()}
                <Form act=choose class="form stack">
                    <fieldset class="choices">
                        <legend>"Send me a mail when"</legend>
                        {kinds}
                    </fieldset>
                    <div class="acts">
                        <Button>"Save"</Button>
                    </div>
                </Form>
            </Card>
        </div>
    }
    .into_any()
}

fn row(n: NoticeRow) -> AnyView {
    let fresh = n.unread.then(|| view! { <Pill tone=Tone::Info text="New"/> });
    view! {
        <tr>
            <td>
                <a class="link" href=n.href>{n.text}</a>
                " "
                {fresh}
            </td>
            <td class="num dim small">{text::date_time(n.at)}</td>
        </tr>
    }
    .into_any()
}
