//! Every component in every state, on one page. Served in development only.

use leptos::prelude::*;

use super::{
    AgeingBar, Avatar, Bucket, Button, ButtonKind, ButtonLink, Card, Checkbox, Choice, Confirm, DescriptionList,
    EmptyState, ErrorSummary, Fact, Field, FilterChip, FilterMenu, Filters, Glyph, Icon, Item, Kind, Meter, Notice,
    PageHeader, Pager, PickAll, Pill, Popover, PricePanel, Progress, QuantityStepper, Radio, Select, Skeleton, Step,
    StepState, Tab, Tabs, TextArea, Thumb, Timeline, Tone, WhyLink,
};

/// One component: its name and its states.
fn shelf(name: &'static str, states: AnyView) -> AnyView {
    view! {
        <section class="shelf">
            <h2>{name}</h2>
            <div class="stack">{states}</div>
        </section>
    }
    .into_any()
}

const TONES: [(Tone, &str, &str); 5] = [
    (Tone::Neutral, "Completed", "Prices are without VAT."),
    (Tone::Good, "Shipped", "Everything arrived."),
    (Tone::Warn, "2 of 5 shipped", "The rule asks a purchasing manager to decide."),
    (Tone::Bad, "Rejected", "The order was not sent. Nothing was charged."),
    (Tone::Info, "Waiting for approval", "20 more reach the next price."),
];

fn marks() -> AnyView {
    let pills = TONES.map(|(tone, text, _)| view! { <Pill tone=tone text=text/> }).collect_view();
    view! {
        <div class="cluster">{pills} <span class="badge">"12"</span> <Avatar initials="DR"/></div>
        <div class="cluster">
            <Thumb src="/demo/glove.svg"/>
            <Thumb/>
            <Item title="Hex bolt M8 × 40, A2-70" href="#" note="HB-M8-40-A2 · box of 100" thumb="/demo/bolt.svg"/>
        </div>
    }
    .into_any()
}

fn buttons() -> AnyView {
    view! {
        <div class="cluster">
            <Button kind=ButtonKind::Primary>"Send for approval"</Button>
            <Button>"Save list"</Button>
            <Button kind=ButtonKind::Danger>"Reject…"</Button>
            <Button kind=ButtonKind::Plain>"Clear"</Button>
            <Button disabled=true>"Sending"</Button>
            <ButtonLink href="#">
                <Icon glyph=Glyph::Download/>
                "Export CSV"
            </ButtonLink>
            <Popover id="g-more" label="More">
                <div class="menu">
                    <a href="#">"Reorder"</a>
                    <a href="#">"Save as list"</a>
                </div>
            </Popover>
            <Confirm id="g-cancel" label="Cancel order…" title="Cancel SO-2026-004311?" kind=ButtonKind::Danger>
                <p>"Nothing has been shipped yet. The supplier is told at once; this cannot be undone."</p>
                <div class="acts">
                    <Button kind=ButtonKind::Danger>"Cancel order"</Button>
                </div>
            </Confirm>
        </div>
    }
    .into_any()
}

fn notices() -> AnyView {
    TONES
        .map(|(tone, title, text)| view! { <Notice tone=tone title=format!("{title}.")>{text}</Notice> })
        .collect_view()
        .into_any()
}

fn narrowing() -> AnyView {
    view! {
        <Tabs
            label="Orders"
            items=vec![
                Tab::new("All", "#").current(true),
                Tab::new("Mine", "#"),
                Tab::new("Waiting", "#").count(3),
                Tab::new("Open lines", "#").count(11),
            ]
        />
        <Filters end="£23,505.40 shown">
            <FilterChip label="Placed: last 30 days" href="#" on=true/>
            <FilterChip label="In stock" href="#"/>
            <FilterMenu id="g-status" label="Status">
                <form class="stack tight" method="get">
                    <Checkbox label="Waiting" name="status" id="g-s1" value="waiting"/>
                    <Checkbox label="Shipped" name="status" id="g-s2" value="shipped" checked=true/>
                    <Button>"Apply"</Button>
                </form>
            </FilterMenu>
        </Filters>
        <Pager page=3 pages=9 summary="101–150 of 421" href=|n: u32| format!("?page={n}")/>
        <Pager page=1 pages=1 summary="7 orders" href=|n: u32| format!("?page={n}")/>
    }
    .into_any()
}

fn forms() -> AnyView {
    let wrong = Some("Enter a reference of at most 20 characters".to_owned());
    view! {
        <form class="form" novalidate>
            <ErrorSummary errors=vec![
                ("g-po".to_owned(), "Enter a reference of at most 20 characters".to_owned()),
                (String::new(), "The price of one line changed since you looked".to_owned()),
            ]/>
            <Field label="Your reference" name="po" id="g-po" value="PO 88412 for the December audit" hint="As on your own order" error=wrong/>
            <Field label="E-mail" name="email" id="g-email" kind=Kind::Email autocomplete="off"/>
            <div class="pair">
                <Field label="Deliver on" name="on" id="g-on" kind=Kind::Date/>
                <Field label="Amount" name="amount" id="g-amount" kind=Kind::Decimal value="1,284.60"/>
            </div>
            <Field label="Code" name="code" id="g-code" kind=Kind::Digits chars=6/>
            <Select
                label="Cost centre"
                name="cc"
                id="g-cc"
                options=vec![Choice::new("1", "Maintenance"), Choice::new("2", "Safety")]
                selected="2"
            />
            <TextArea label="Note to the approver" name="note" id="g-note" hint="Why it is needed, in a sentence"/>
            <fieldset class="choices">
                <legend>"Delivery"</legend>
                <Radio label="Together, when all is there" name="g-ship" value="together" checked=true/>
                <Radio label="As it becomes available" name="g-ship" value="partly" hint="May cost more than one delivery"/>
            </fieldset>
            <Checkbox label="Keep as a list" name="keep" id="g-keep"/>
            <QuantityStepper name="quantity" id="g-q" label="Quantity of Hex bolt M8 × 40" value="12" min=12 step=12/>
            <div class="acts">
                <Button kind=ButtonKind::Primary>"Send for approval"</Button>
                <Button>"Save for later"</Button>
            </div>
        </form>
    }
    .into_any()
}

fn facts() -> AnyView {
    view! {
        <div class="panels">
            <Card title="Total" note="4 lines">
                <DescriptionList items=vec![
                    Fact::new("Goods", "£1,924.08"),
                    Fact::new("Delivery", "£1.25"),
                    Fact::new("VAT 20 %", "£385.07"),
                    Fact::sum("Total", "£2,310.40"),
                ]/>
            </Card>
            <Card title="Delivery" end=|| view! { <a href="#">"Change"</a> }>
                <DescriptionList
                    left=true
                    items=vec![Fact::new("To", "Acme Manufacturing, 4 Mill Lane, Leeds LS1 4AP"), Fact::new("Expected", "2 December 2026")]
                />
            </Card>
            <Card title="What happened">
                <Timeline items=vec![
                    Step::new("Jon Bell sent it", StepState::Done).at("19 Nov 2026, 09:12"),
                    Step::new("Dana Reyes or Mina Okafor decides", StepState::Now).detail("Over budget by £410.40").at("reminder at 14:00"),
                    Step::new("Supplier confirms", StepState::Next),
                ]/>
            </Card>
            <Card title="What stopped">
                <Timeline items=vec![
                    Step::new("Jon Bell sent it", StepState::Done).at("19 Nov 2026, 09:12"),
                    Step::new("Dana Reyes rejected it", StepState::Stopped).detail("Ordered twice").at("19 Nov 2026, 11:40"),
                ]/>
            </Card>
            <Card>
                <PricePanel
                    title="Why £4.60?"
                    status=(Tone::Good, "Contract price")
                    rows=vec![
                        Fact::new("List price", "£5.90"),
                        Fact::new("Contract K-2041", "£4.60"),
                        Fact::sum("Your price today", "£4.60"),
                    ]
                    note="20 more reach the next price: £4.15 each, £90.00 saved on 200."
                />
            </Card>
        </div>
    }
    .into_any()
}

fn charts() -> AnyView {
    view! {
        <Card>
            <AgeingBar buckets=vec![
                Bucket::new("Not due", "£8,745.80", 0.86, Tone::Neutral),
                Bucket::new("1–30 days", "£1,002.80", 0.10, Tone::Warn),
                Bucket::new("31–60", "£0.00", 0.0, Tone::Warn),
                Bucket::new("61–90", "£400.00", 0.04, Tone::Bad),
                Bucket::new("Over 90", "£0.00", 0.0, Tone::Bad),
            ]/>
        </Card>
        <Meter label="Used 8,100 of 10,000; this order 2,310" parts=vec![(0.78, Tone::Info), (0.22, Tone::Warn)]/>
        <Meter label="Used 2,000 of 10,000" parts=vec![(0.2, Tone::Info)]/>
        <Progress value=1204u32 max=5000u32 label="Reading rows"/>
        <Card flush=true><Skeleton rows=4/></Card>
    }
    .into_any()
}

fn table() -> AnyView {
    let row = |number: &'static str, tone: Tone, state: &'static str, total: &'static str| {
        view! {
            <tr>
                <td class="pick"><input type="checkbox" aria-label=number/></td>
                <td><a class="strong" href="#">{number}</a></td>
                <td class="hide dim">"19 Nov 2026"</td>
                <td class="wide">"Maintenance"</td>
                <td><Pill tone=tone text=state/></td>
                <td class="num then-now hide"><s>"£9.84"</s>" "<b class="up">"£10.20"</b></td>
                <td class="num strong">{total}</td>
            </tr>
        }
    };
    view! {
        <form class="bulky">
            <Card flush=true>
                <table class="rows">
                    <thead>
                        <tr>
                            <th class="pick"><PickAll label="All on this page"/></th>
                            <th>"Invoice"</th>
                            <th class="hide">"Issued"</th>
                            <th class="wide">"Cost centre"</th>
                            <th>"Status"</th>
                            <th class="num hide">"Each"</th>
                            <th class="num">"Open"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {row("INV-2026-01877", Tone::Bad, "4 days overdue", "£1,402.80")}
                        {row("INV-2026-01903", Tone::Warn, "Due in 4 days", "£860.00")}
                        {row("CN-2026-00112", Tone::Good, "Credit to use", "−£118.20")}
                    </tbody>
                </table>
            </Card>
            <div class="bulk">
                <Button>"Download PDF"</Button>
                <Button kind=ButtonKind::Primary>"Pay selected"</Button>
            </div>
        </form>
    }
    .into_any()
}

fn empty() -> AnyView {
    view! {
        <Card flush=true>
            <EmptyState title="No orders yet" text="Orders you and your colleagues place appear here." glyph=Glyph::Orders>
                <ButtonLink href="#" kind=ButtonKind::Primary>"Browse the catalog"</ButtonLink>
            </EmptyState>
        </Card>
    }
    .into_any()
}

fn prices() -> AnyView {
    view! {
        <div class="cluster">
            <WhyLink href="#"/>
            <WhyLink href="#" label="4.15 from 200">
                <PricePanel title="Why £4.60?" rows=vec![Fact::new("List price", "£5.90"), Fact::sum("Your price", "£4.60")]/>
            </WhyLink>
        </div>
    }
    .into_any()
}

fn icons() -> AnyView {
    let icons = Glyph::ALL
        .map(|glyph| {
            view! {
                <span class="badge">
                    <Icon glyph=glyph/>
                    {format!("{glyph:?}")}
                </span>
            }
        })
        .collect_view();
    view! { <div class="cluster">{icons}</div> }.into_any()
}

/// The gallery: put it into a [`Frame`](super::Frame), as any page.
#[component]
pub fn Gallery() -> impl IntoView {
    view! {
        <PageHeader title="Gallery" back=("Home", "/") status=(Tone::Info, "Development") note="every component, every state">
            <ButtonLink href="#">"Secondary"</ButtonLink>
            <ButtonLink href="#" kind=ButtonKind::Primary>"Primary"</ButtonLink>
        </PageHeader>
        {shelf("Pill, badge, avatar, thumb, item", marks())}
        {shelf("Button, popover, confirm", buttons())}
        {shelf("Notice", notices())}
        {shelf("Tabs, filters, pager", narrowing())}
        {shelf("Form", forms())}
        {shelf("Card, facts, timeline, price", facts())}
        {shelf("Charts and waiting", charts())}
        {shelf("Table, bulk bar, then and now", table())}
        {shelf("Why this price?", prices())}
        {shelf("Empty state", empty())}
        {shelf("Icons", icons())}
    }
    .into_any()
}
