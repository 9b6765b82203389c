//! The design system: components that know no feature, only words, links and children.
//!
//! Everything works as server-rendered HTML with scripts blocked: links, plain form posts,
//! `<details>`, `popover`. Hydration only adds comfort (stepper buttons, closing menus, keys).
//! Their look lives in `style/components/`; class helpers are described at the top of each file.
//!
//! Optional texts take `&str`, `String` or `Option<String>` (see [`Text`]).
//!
//! ```text
//! <PageHeader title="Orders" back=("Home", "/") note="214 of the last 12 months" status=(Tone::Info, "Waiting")> actions </PageHeader>
//! <Card title="Lines" note="4" flush=true end=|| view! { <a href="…">"Compare"</a> }> table or text </Card>
//! <Pill tone=Tone::Good text="Shipped"/>
//! <Button kind=ButtonKind::Primary name="do" value="send">"Send for approval"</Button>     (type=submit; says="Add to cart: Hex bolt")
//! <ButtonLink href="/orders/new" kind=ButtonKind::Primary>"New order"</ButtonLink>
//! <Tabs label="Orders" items=vec![Tab::new("All", "/orders").current(true), Tab::new("Waiting", "/orders?s=w").count(3)]/>
//! <Filters end="£23,505.40 shown"> <FilterChip label="Status: open" href="/orders" on=true/> … </Filters>
//! <FilterMenu id="f-status" label="Status"> a GET form </FilterMenu>
//! <Pager page=2 pages=5 summary="51–100 of 214" href=move |n: u32| format!("/orders?page={n}")/>
//! <EmptyState title="No orders yet" text="Orders you place appear here."> one action </EmptyState>
//! <Notice tone=Tone::Warn title="Over budget by £410.40."> text or links </Notice>
//! <Flash message=signal_or_option tone=Tone::Good> optional undo form </Flash>
//! <ErrorSummary errors=vec![("po".into(), "Enter a reference".into())]/>
//! <Field label="Reference" name="po" value=v hint="As on your order" error=e required=true kind=Kind::Text/>
//! <TextArea label="Note" name="note" value=v rows=3/>   <Select label="Cost centre" name="cc" options=vec![Choice::new("1", "Safety")] selected=s/>
//! <Checkbox label="Save for next time" name="save" checked=true/>   <Radio label="Ship together" name="ship" value="one" checked=true/>
//! <QuantityStepper name="quantity" id="q-7" label="Quantity of Hex bolt" value="12" min=1 step=1/>
//! <DescriptionList items=vec![Fact::new("Goods", "£10.00"), Fact::sum("Total", "£12.00")]/>
//! <Timeline items=vec![Step::new("Jon Bell sent it", StepState::Done).detail("PO 88412").at("19 Nov 2026, 09:12")]/>
//! <AgeingBar buckets=vec![Bucket::new("Not due", "£8,745.80", 0.86, Tone::Neutral), …]/>
//! <Meter label="Used 8,100 of 10,000" parts=vec![(0.78, Tone::Info), (0.22, Tone::Warn)]/>
//! <Progress value=120u32 max=400u32 label="Reading rows"/>   <Skeleton rows=4/>
//! <WhyLink href="/catalog/x/price"/>  or  <WhyLink href="…"> <PricePanel …/> </WhyLink>   (link, panel on top when hydrated)
//! <PricePanel title="Why £4.60?" status=(Tone::Good, "Contract price") rows=vec![Fact::new(…)] note="20 more reach £4.15"/>
//! <Popover id="more" label="More"> <a href="…">…</a> </Popover>
//! <Confirm id="cancel" label="Cancel order…" title="Cancel SO-2026-004311?" kind=ButtonKind::Danger> the form </Confirm>
//! <Thumb src="/demo/bolt.svg" alt=""/>  <Avatar initials="DR"/>  <Icon glyph=Glyph::Orders/>
//! <Item thumb="/demo/bolt.svg" title="Hex bolt M8 × 40" href="/catalog/x" note="HB-M8-40 · box of 100"/>
//! <PickAll label="All on this page"/>   (header checkbox; hydrated only)
//! <Frame brand=… nav=… dock=… current_path=… search=… cart=… person=… person_menu=|| view!{…} band=|| view!{…} flash=|| view!{…}> page </Frame>
//! <Bare brand="Halden Supply"> sign-in card </Bare>
//! {later(|| view)}   {each_later(rows, |row| view)}   (taken over a moment after what stands around them)
//! Tables, forms and layout are class names: see style/components/{table,form,layout}.css
//! ```

pub mod attach;
mod badge;
mod button;
mod card;
mod chart;
mod choice;
#[cfg(test)]
mod contrast;
mod empty;
mod errors;
mod facts;
mod field;
mod filter;
mod flash;
mod frame;
mod gallery;
mod icon;
mod item;
mod keys;
mod later;
mod notice;
mod offers;
mod page_header;
mod pager;
mod popover;
mod price;
mod progress;
mod stepper;
mod tabs;
mod text;
mod timeline;

pub use badge::{Avatar, Pill, Thumb};
pub use button::{Button, ButtonKind, ButtonLink};
pub use card::Card;
pub use chart::{AgeingBar, Bucket, Meter, share};
pub use choice::{Checkbox, Choice, PickAll, Radio, Select};
pub use empty::EmptyState;
pub use errors::ErrorSummary;
pub use facts::{DescriptionList, Fact};
pub use field::{Field, Kind, TextArea};
pub use filter::{FilterChip, FilterMenu, Filters};
pub use flash::Flash;
pub use frame::{Bare, CartBadge, Frame, NavGroup, NavItem, Person, Seek};
pub use gallery::Gallery;
pub use icon::{Glyph, Icon};
pub use item::Item;
#[cfg(not(feature = "ssr"))]
pub use later::afterwards;
pub use later::{each_later, later};
pub use notice::Notice;
pub use offers::{Ask, Offer, input, offers};
pub use page_header::PageHeader;
pub use pager::Pager;
pub use popover::{Confirm, Popover};
pub use price::{PricePanel, WhyLink};
pub use progress::{Progress, Skeleton};
pub use stepper::QuantityStepper;
pub use tabs::{Tab, Tabs};
pub use text::{Back, Status, Text, Tone};
pub use timeline::{Step, StepState, Timeline};
