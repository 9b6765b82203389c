//! The fields of a schedule's form, and the dates that they lead to: shown by the server, and while typing by the same code in the
//! browser.

use chrono::{Datelike as _, NaiveDate};
use domain::cart::Places;
use domain::schedules::{PREVIEW, Typed, WEEKDAYS};
use domain::text;
use leptos::prelude::*;
use leptos::web_sys::Event;

use crate::cart::{address_choices, centre_choices};
use crate::ui::{Checkbox, Choice, Field, Kind, Select, TextArea};

/// What stands in the form the event comes from.
#[cfg(not(feature = "ssr"))]
fn typed_in(event: &Event) -> Option<Typed> {
    use leptos::wasm_bindgen::JsCast as _;

    let field = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let form = field.closest("form").ok()??.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    let query: String = web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?.to_string().into();
    Typed::parse(&query)
}

#[cfg(feature = "ssr")]
fn typed_in(_event: &Event) -> Option<Typed> {
    None
}

/// Listens to the form in it.
pub fn listening(live: RwSignal<Typed>, form: impl IntoView + 'static) -> AnyView {
    let listen = move |event: Event| {
        if let Some(typed) = typed_in(&event) {
            live.set(typed);
        }
    };
    view! { <div on:input=listen>{form}</div> }.into_any()
}

/// Whether scripts run: without them nothing may hide that they would show again.
fn running() -> ReadSignal<bool> {
    let (ready, set_ready) = signal(false);
    Effect::new(move |_| set_ready.set(true));
    ready
}

/// Shown where `when` holds for what is typed; always without scripts.
fn where_typed(live: RwSignal<Typed>, when: fn(&Typed) -> bool, field: impl IntoView + 'static) -> AnyView {
    let ready = running();
    view! { <div hidden=move || ready.get() && !live.with(when)>{field}</div> }.into_any()
}

/// Name, rhythm, end, notice and tolerance.
pub fn rhythm(typed: &Typed, live: RwSignal<Typed>) -> AnyView {
    let units = vec![Choice::new("week", "weeks"), Choice::new("month", "months")];
    let days = (1..).zip(WEEKDAYS).map(|(n, (_, name)): (u32, _)| Choice::new(n.to_string(), name)).collect();
    let ends = vec![
        Choice::new("never", "When I end it"),
        Choice::new("day", "On a day"),
        Choice::new("times", "After a number of dates"),
    ];
    let of = |text: &String| text.clone();
    let weekday = where_typed(
        live,
        |t| t.unit == "week",
        view! { <Select label="Day of the week" name="form[weekday]" id="weekday" options=days selected=of(&typed.weekday) hint="For weeks"/> },
    );
    let day = where_typed(
        live,
        |t| t.unit != "week",
        view! { <Field label="Day of the month" name="form[day]" id="day" kind=Kind::Digits value=of(&typed.day) chars=4 hint="For months; 31 is the last day of each"/> },
    );
    let ends_on = where_typed(
        live,
        |t| t.ends == "day",
        view! { <Field label="Last day" name="form[ends_on]" id="ends_on" kind=Kind::Date value=of(&typed.ends_on) hint="Where it ends on a day"/> },
    );
    let times = where_typed(
        live,
        |t| t.ends == "times",
        view! { <Field label="Number of dates" name="form[times]" id="times" kind=Kind::Digits value=of(&typed.times) chars=4 hint="Where it ends after some"/> },
    );
    view! {
        <Field label="Name" name="form[name]" id="name" value=of(&typed.name) required=true maxlength=80/>
        <div class="pair">
            <Field label="Every" name="form[every]" id="every" kind=Kind::Digits value=of(&typed.every) required=true/>
            <Select label="Weeks or months" name="form[unit]" id="unit" options=units selected=of(&typed.unit)/>
        </div>
        {weekday}
        {day}
        <Field label="Not before" name="form[starts_on]" id="starts_on" kind=Kind::Date value=of(&typed.starts_on) required=true/>
        <Select label="Ends" name="form[ends]" id="ends" options=ends selected=of(&typed.ends)/>
        {ends_on}
        {times}
        <Field label="Tell me before" name="form[notice_days]" id="notice_days" kind=Kind::Digits value=of(&typed.notice_days) required=true chars=4 hint="Days, 1 to 14"/>
        <Field label="Price rise without asking" name="form[tolerance]" id="tolerance" kind=Kind::Decimal value=of(&typed.tolerance) required=true chars=6 hint="Percent of the price you accept; 0 asks about every rise"/>
    }
    .into_any()
}

/// The fields of the checkout.
pub fn delivery(typed: &Typed, places: &Places, po_required: bool) -> AnyView {
    let of = |text: &String| text.clone();
    let addresses = address_choices(&places.addresses);
    let ship_to = (!addresses.is_empty()).then(|| {
        view! { <Select label="Ship to" name="form[ship_to]" id="ship_to" options=addresses selected=of(&typed.ship_to)/> }
    });
    let centres = centre_choices(&places.cost_centres, places.must_book);
    let centre = (places.must_book || centres.len() > 1).then(|| {
        view! { <Select label="Cost centre" name="form[cost_centre]" id="cost_centre" options=centres selected=of(&typed.cost_centre)/> }
    });
    let po = if po_required { "PO number" } else { "PO number (optional)" };
    let partial = !typed.partial_delivery.is_empty();
    view! {
        <Field label=po name="form[po_number]" id="po_number" value=of(&typed.po_number) required=po_required maxlength=60 hint="{year}, {month} and {day} become those of each date"/>
        {centre}
        {ship_to}
        <Checkbox label="Partial delivery is fine" name="form[partial_delivery]" id="partial_delivery" checked=partial hint="What is in stock is sent first"/>
        <TextArea label="Note to the warehouse (optional)" name="form[note]" id="note" value=of(&typed.note) rows=3/>
    }
    .into_any()
}

/// The next dates of what is typed.
pub fn dates(live: RwSignal<Typed>, today: NaiveDate) -> AnyView {
    let shown = move || match live.with(Typed::rule) {
        Ok(rule) => {
            let dates: Vec<NaiveDate> = rule.dates().filter(|d| *d > today).take(PREVIEW).collect();
            let none = dates.is_empty().then(|| view! { <p class="bad-ink">"There is no date before it ends."</p> });
            let dates = dates
                .into_iter()
                .map(|d| {
                    let (_, weekday) = WEEKDAYS[d.weekday().num_days_from_monday() as usize];
                    view! { <li>{format!("{weekday}, {}", text::date(d))}</li> }
                })
                .collect_view();
            view! {
                <p class="dim small">{rule.words()}</p>
                <ol class="stack tight">{dates}</ol>
                {none}
            }
            .into_any()
        }
        Err(errors) => {
            let words = errors.first().map(|e| e.message.clone()).unwrap_or_default();
            view! { <p class="dim small">{words}</p> }.into_any()
        }
    };
    view! { <div class="stack tight" aria-live="polite">{shown}</div> }.into_any()
}
