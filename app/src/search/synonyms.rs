//! Words that customers search by and the catalog does not have.

use domain::search::Synonym;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;

use super::actions::{AddSynonyms, ReadSynonyms, RemoveSynonyms};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{Button, ButtonKind, Card, EmptyState, Field, PageHeader};

/// The seller's sets of words that mean the same.
#[component]
pub fn Synonyms() -> impl IntoView {
    let (add, remove) = (Act::of::<AddSynonyms>(), Act::of::<RemoveSynonyms>());
    view! {
        <Title text="Synonyms"/>
        {add.complaint()}
        {remove.complaint()}
        <PageHeader title="Synonyms"/>
        {reloaded(move || add.version() + remove.version(), || ReadSynonyms {}, move |sets| show(sets, add, remove))}
    }
}

fn show(sets: Vec<Synonym>, add: Act, remove: Act) -> AnyView {
    let list = if sets.is_empty() {
        view! {
            <EmptyState title="No synonyms yet" text="Customers who search for a word that no product has find nothing close to it. Say here what they mean."/>
        }
        .into_any()
    } else {
        let rows = sets.into_iter().map(|set| row(set, remove)).collect_view();
        view! {
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Mean the same"</th>
                            <th scope="col">"Since"</th>
                            <th scope="col"><span class="unseen">"Take away"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </Card>
        }
        .into_any()
    };
    view! {
        <div class="cols">
            <div class="stack">{list}</div>
            <Card title="Add words">
                <Form act=add class="form">
                    <Field label="Phrases" name="phrases" hint="With commas between them: “cling film, stretch wrap”. Each finds what any of the others finds." required=true/>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Add"</Button>
                    </div>
                </Form>
            </Card>
        </div>
    }
    .into_any()
}

fn row(set: Synonym, remove: Act) -> AnyView {
    let phrases = set.phrases.join(", ");
    let says = format!("Take away {phrases}");
    view! {
        <tr>
            <td class="full">{phrases}</td>
            <td class="dim small">{format!("{}, {}", text::date(set.at.date()), set.by)}</td>
            <td class="num">
                <Form act=remove>
                    <input type="hidden" name="id" value=set.id.to_string()/>
                    <Button says=says>"Take away"</Button>
                </Form>
            </td>
        </tr>
    }
    .into_any()
}
