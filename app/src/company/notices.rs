//! The bell: what the person was told.

use domain::notices::{NoticeRow, NoticesPage};
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{NoticesRead, ReadNotices};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, Card, EmptyState, PageHeader, Pill, Tone};

/// Told lately, the newest first.
#[component]
pub fn Notices() -> impl IntoView {
    let read = Act::of::<NoticesRead>();
    view! {
        <Title text="Notifications"/>
        {reloaded(move || read.version(), || ReadNotices {}, move |page| show(page, read))}
    }
}

fn show(page: NoticesPage, read: Act) -> AnyView {
    if page.notices.is_empty() {
        return view! {
            <PageHeader title="Notifications"/>
            <EmptyState title="Nothing yet" text="What concerns you appears here, and comes by mail."/>
        }
        .into_any();
    }
    let unread = page.notices.iter().any(|n| n.unread);
    let rows = page.notices.into_iter().map(row).collect_view();
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
        <Card flush=true>
            <table class="rows">
                <tbody>{rows}</tbody>
            </table>
        </Card>
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
