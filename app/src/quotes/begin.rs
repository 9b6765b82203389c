//! A quote that nobody asked for: for which customer, for whom there.

use domain::quotes::BeginPage;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::{Begin as Start, ReadBegin};
use crate::act::{Act, Form};
use crate::load::loaded;
use crate::ui::{Button, ButtonKind, Card, Choice, EmptyState, Field, PageHeader, Select};

/// First the customer (`?customer=`), then who there.
#[component]
pub fn Begin() -> impl IntoView {
    let query = use_query_map();
    let start = Act::of::<Start>();
    let question = move || ReadBegin { customer: query.read().get("customer").unwrap_or_default() };
    view! {
        <Title text="New quote"/>
        {start.complaint()}
        {loaded(question, move |page| show(page, start))}
    }
}

fn show(page: BeginPage, start: Act) -> AnyView {
    let body = match page.customer {
        None => {
            let customers = page.customers.into_iter();
            let options: Vec<Choice> =
                customers.map(|(number, name)| Choice::new(number.clone(), format!("{name} ({number})"))).collect();
            view! {
                <Card>
                    <form method="get" action="/sales/quotes/new" class="form">
                        <Select label="Customer" name="customer" options=options/>
                        <div class="acts">
                            <Button kind=ButtonKind::Primary>"Go on"</Button>
                        </div>
                    </form>
                </Card>
            }
            .into_any()
        }
        Some((_, name)) if page.members.is_empty() => {
            let title = format!("Nobody at {name} has a seat");
            view! { <EmptyState title=title text="A quote is for a person. The company’s account admin invites people."/> }
                .into_any()
        }
        Some((number, name)) => {
            let members = page.members.into_iter();
            let options: Vec<Choice> = members.map(|(id, name)| Choice::new(id.to_string(), name)).collect();
            view! {
                <Card title=name>
                    <Form act=start class="form">
                        <input type="hidden" name="customer" value=number/>
                        <Select label="For" name="member" options=options/>
                        <Field label="What it is for" name="title" required=true maxlength=120/>
                        <div class="acts">
                            <Button kind=ButtonKind::Primary>"Begin"</Button>
                        </div>
                    </Form>
                </Card>
            }
            .into_any()
        }
    };
    view! {
        <PageHeader title="New quote" back=("Quotes", "/sales/quotes")/>
        {body}
    }
    .into_any()
}
