//! The account's rules as sentences, an editor, and who would go through what.

use domain::Role;
use domain::approvals::{Condition, Matrix, Patience, Rule, RuleChange, RuleRow, RulesPage, Tier, Who};
use domain::ids::MemberId;
use domain::text;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::actions::{ChangeRule, ReadRules, SavePatience, SaveRule};
use crate::act::{Act, Form};
use crate::load::reloaded;
use crate::ui::{
    Button, ButtonKind, ButtonLink, Card, Checkbox, Choice, EmptyState, Field, Notice, PageHeader, Pill, Select, Step,
    StepState, Timeline, Tone,
};

/// Rules. `?edit=` names the one in the editor.
#[component]
pub fn Rules() -> impl IntoView {
    let query = use_query_map();
    let (save, change, patience) = (Act::of::<SaveRule>(), Act::of::<ChangeRule>(), Act::of::<SavePatience>());
    let edit = move || query.read().get("edit").unwrap_or_default();
    let version = move || format!("{} {}", save.version() + change.version() + patience.version(), edit());
    view! {
        <Title text="Approval rules"/>
        {reloaded(version, || ReadRules {}, move |page| show(page, &edit(), [save, change, patience]))}
    }
}

fn show(page: RulesPage, edit: &str, [save, change, patience]: [Act; 3]) -> AnyView {
    let edited = page.rules.iter().find(|r| r.inherited_from.is_none() && r.id.to_string() == edit).cloned();
    let form = editor(edited.as_ref(), &page, save);
    let units = page.units.into_iter().map(|(unit, m)| matrix(Some(unit), m)).collect_view();
    let history = (!page.history.is_empty()).then(|| {
        let steps = page.history.into_iter().map(changed).collect::<Vec<_>>();
        view! { <Card title="History"><Timeline items=steps/></Card> }
    });
    let list = if page.rules.is_empty() {
        view! { <EmptyState title="No rule yet" text="Every order goes straight through. Write the first rule below."/> }.into_any()
    } else {
        let rows = page.rules.into_iter().map(|r| rule(r, change)).collect_view();
        view! { <div class="stack">{rows}</div> }.into_any()
    };
    view! {
        <PageHeader title="Approval rules" note="Every rule that an order matches must say yes"/>
        {change.complaint()}
        <div class="stack">
            {list}
            {matrix(None, page.matrix)}
            {units}
            {form}
            {reminders(page.patience, patience)}
            {history}
        </div>
    }
    .into_any()
}

fn changed(c: RuleChange) -> Step {
    let step = Step::new(format!("{} by {}", c.what, c.by), StepState::Done).at(text::date_time(c.at));
    match (c.before, c.after) {
        (Some(before), Some(after)) if before != after => step.detail(format!("Was: {before} Now: {after}")),
        (Some(one), _) | (None, Some(one)) => step.detail(one),
        (None, None) => step,
    }
}

/// When people are reminded, and when others may decide.
fn reminders(patience: Patience, save: Act) -> AnyView {
    let hours = |h: Option<i32>| h.map(|h| h.to_string());
    view! {
        <Card title="When nobody decides">
            {save.complaint()}
            <Form act=save class="form stack">
                <div class="pair">
                    <Field label="Remind after (working hours)" name="remind" value=hours(patience.remind) hint="Monday to Friday, 9 to 17; empty: never"/>
                    <Field label="Let others decide after (working hours)" name="escalate" value=hours(patience.escalate) hint="The approver’s manager, or else the account admins; empty: never"/>
                </div>
                <div class="acts">
                    <Button>"Save"</Button>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

fn rule(r: RuleRow, change: Act) -> AnyView {
    let (tone, state) = if r.enabled { (Tone::Good, "In force") } else { (Tone::Neutral, "Switched off") };
    let name = r.rule.name.clone();
    let acts = if let Some(parent) = r.inherited_from {
        view! { <span class="dim small">{format!("Rule of {parent}; it holds for you too")}</span> }.into_any()
    } else {
        let (id, version) = (r.id.to_string(), r.version);
        let (switch, label) = if r.enabled { ("off", "Switch off") } else { ("on", "Switch on") };
        view! {
                <Form act=change class="acts">
                    <input type="hidden" name="id" value=id.clone()/>
                    <input type="hidden" name="version" value=version/>
                    <ButtonLink external=true href=format!("/company/rules?edit={id}#editor") says=format!("Edit {name}")>"Edit"</ButtonLink>
                    <Button name="change" value=switch says=format!("{label} {name}")>{label}</Button>
                    <Button name="change" value="delete" kind=ButtonKind::Danger says=format!("Delete {name}")>"Delete"</Button>
                </Form>
            }
            .into_any()
    };
    view! {
        <Card title=r.rule.name end=move || view! { <Pill tone=tone text=state/> }.into_any()>
            <div class="stack">
                <p class="strong">{r.words}</p>
                {acts}
            </div>
        </Card>
    }
    .into_any()
}

fn matrix(unit: Option<String>, m: Matrix) -> AnyView {
    let nobody = m.rows.iter().any(|(_, cells)| cells.iter().any(|c| c.unreachable));
    let twice = m.rows.iter().any(|(_, cells)| cells.iter().any(|c| c.doubled));
    let heads =
        m.amounts.iter().map(|a| view! { <th scope="col">{format!("from {}", text::money(*a))}</th> }).collect_view();
    let rows = m
        .rows
        .into_iter()
        .map(|(role, cells)| {
            let label = if role == Role::Buyer {
                "Buyer".to_owned()
            } else {
                format!("Buyer who is also {}", role.label().to_lowercase())
            };
            let cells = cells
                .into_iter()
                .map(|c| {
                    let words = if c.rules.is_empty() { "straight through".to_owned() } else { c.rules.join(", ") };
                    let marks = [(c.unreachable, Tone::Bad, "nobody can"), (c.doubled, Tone::Warn, "asked twice")]
                        .into_iter()
                        .filter(|m| m.0)
                        .map(|(_, tone, text)| view! { " " <Pill tone=tone text=text/> })
                        .collect_view();
                    view! { <td>{words} {marks}</td> }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{label}</th>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    // Said once, for the company; the units have their marks.
    let whole = unit.is_none();
    let warn = (nobody && whole).then(|| {
        view! {
            <Notice tone=Tone::Warn title="Some orders have nobody to approve them.">
                "A tier names a role or person that nobody holds. Such orders fall to the account admins."
            </Notice>
        }
    });
    let double = (twice && whole).then(|| {
        view! { <Notice tone=Tone::Info title="Some orders are asked for twice.">"Two rules with the same tier match them; one yes counts for both."</Notice> }
    });
    let title = unit.map_or_else(|| "Who goes through what".to_owned(), |unit| format!("In {unit}"));
    view! {
        {warn}
        {double}
        <Card title=title flush=true>
            <div class="wide-table">
                <table class="rows">
                    <thead>
                        <tr>
                            <th scope="col">"Sent by"</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
    .into_any()
}

/// Tick boxes for roles, members and the manager.
fn who(name: &'static str, chosen: &[Who], people: &[(MemberId, String)], manager: bool) -> AnyView {
    let roles = Role::BUYING.into_iter().map(|r| (Who::Role(r), r.label().to_owned()));
    let boss = manager.then(|| (Who::Manager, "The buyer’s manager".to_owned()));
    let members = people.iter().map(|(id, name)| (Who::Member(*id), name.clone()));
    roles
        .chain(boss)
        .chain(members)
        .map(|(who, label)| {
            view! { <Checkbox label=label name=name value=who.code() checked=chosen.contains(&who)/> }
        })
        .collect_view()
        .into_any()
}

fn editor(edited: Option<&RuleRow>, page: &RulesPage, save: Act) -> AnyView {
    let empty = Rule {
        name: String::new(),
        about: Vec::new(),
        conditions: Vec::new(),
        tiers: Vec::new(),
        requester_may: false,
    };
    let rule = edited.map_or(empty, |r| r.rule.clone());
    let find = |f: fn(&Condition) -> Option<String>| rule.conditions.iter().find_map(f);
    let over = find(|c| if let Condition::TotalOver(m) = c { Some(m.amount().normalize().to_string()) } else { None });
    let lines = find(|c| if let Condition::LinesOver(n) = c { Some(n.to_string()) } else { None });
    let category = find(|c| if let Condition::Category(slug) = c { Some(slug.clone()) } else { None });
    let product = find(|c| if let Condition::Product(sku) = c { Some(sku.clone()) } else { None });
    let none = Tier { all: false, who: Vec::new() };
    let tier = |n: usize| rule.tiers.get(n).unwrap_or(&none).clone();
    let (first, second) = (tier(0), tier(1));
    let about = who("about[]", &rule.about, &page.people, false);
    let deciders = |name: &'static str, tier: &Tier| who(name, &tier.who, &page.people, true);
    let (first_who, second_who) = (deciders("first[]", &first), deciders("second[]", &second));
    let has = |c: &Condition| rule.conditions.contains(c);
    let (over_budget, new_address) = (has(&Condition::OverBudget), has(&Condition::NewAddress));
    let on_request = has(&Condition::PriceOnRequest);
    let categories: Vec<Choice> = std::iter::once(Choice::new("", "Any"))
        .chain(page.categories.iter().map(|(slug, name)| Choice::new(slug.clone(), name.clone())))
        .collect();
    let (id, version) = edited.map_or((String::new(), 0), |r| (r.id.to_string(), r.version));
    let title = edited.map_or_else(|| "New rule".to_owned(), |r| format!("Edit “{}”", r.rule.name));
    let code = page.currency.code();
    let (name, requester_may) = (rule.name, rule.requester_may);
    view! {
        <section id="editor">
            <Card title=title>
                {save.complaint()}
                <Form act=save class="form wide stack">
                    <input type="hidden" name="id" value=id/>
                    <input type="hidden" name="version" value=version/>
                    <div class="panels">
                        <div class="stack">
                            <Field label="Name" name="name" value=name required=true maxlength=80 hint="As your people call it: “Over £500”"/>
                            <fieldset class="choices many">
                                <legend>"Whose orders (none chosen: everyone’s)"</legend>
                                {about}
                            </fieldset>
                            <div class="pair">
                                <Field label=format!("Total incl. tax over ({code})") name="over" value=over/>
                                <Field label="More lines than" name="lines" value=lines/>
                            </div>
                            <div class="pair">
                                <Select label="Something of the category" name="category" options=categories selected=category.unwrap_or_default()/>
                                <Field label="The product (SKU)" name="product" value=product/>
                            </div>
                            <Checkbox label="Beyond the cost centre’s budget" name="over_budget" checked=over_budget/>
                            <Checkbox label="To an address that no order went to before" name="new_address" checked=new_address/>
                            <Checkbox label="With something priced on request" name="on_request" checked=on_request/>
                        </div>
                        <div class="stack">
                            <fieldset class="choices many" id="tier">
                                <legend>"First, one of these decides"</legend>
                                {first_who}
                                <Checkbox label="All of them must say yes" name="first_all" checked=first.all/>
                            </fieldset>
                            <fieldset class="choices many">
                                <legend>"Then, one of these (optional)"</legend>
                                {second_who}
                                <Checkbox label="All of them must say yes" name="second_all" checked=second.all/>
                            </fieldset>
                            <Checkbox label="Whoever sent the order may decide too" name="requester_may" checked=requester_may hint="Otherwise only if nobody else could"/>
                        </div>
                    </div>
                    <div class="acts">
                        <Button kind=ButtonKind::Primary>"Save rule"</Button>
                        <Button name="only" value="try">"What would it have done?"</Button>
                    </div>
                </Form>
            </Card>
        </section>
    }
    .into_any()
}
