//! The frame around every page of a signed-in person.

use domain::Permission;
use domain::accounts::Frame as FrameView;
pub use domain::paging::pages;
use domain::paging::{COUNTED, Place};
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_query_map};

use crate::accounts::actions::{Framed, ReadFrame, SignOut, Switch};
use crate::assistance::actions::Stop;
use crate::load::once;
use crate::packed::Packed;
use crate::problem::problem_page;
use crate::rooms;
use crate::ui::{Button, CartBadge, Flash, Frame, Glyph, NavGroup, NavItem, Notice, Pager, Person, Seek, Tone};

/// Bumped after each action: the frame (cart count, flash) is asked for again.
#[derive(Clone, Copy, Default)]
pub struct Refresh(RwSignal<u32>);

impl Refresh {
    /// Asks for the frame again.
    #[cfg_attr(feature = "ssr", expect(dead_code, reason = "only the running app acts without leaving the page"))]
    pub fn again(self) {
        self.0.try_update(|n| *n += 1);
    }
}

#[cfg(feature = "ssr")]
fn frame_now() -> Option<Framed> {
    let request = crate::request::request().ok()?;
    let who = request.who.as_ref()?;
    Some(Framed { frame: who.frame.clone(), flash: request.flash.clone() })
}

#[cfg(not(feature = "ssr"))]
fn frame_now() -> Option<Framed> {
    None
}

/// The frame with the page in it.
#[component]
pub fn Layout() -> impl IntoView {
    // Known at once on the server, and to the browser through the page; asked for when the browser made the frame itself.
    let first: Option<Framed> = SharedValue::<_, Packed>::new_with_encoding(frame_now).into_inner();
    let missing = first.is_none();
    let state = RwSignal::new(first);
    let refresh = use_context::<Refresh>().unwrap_or_default().0;
    Effect::new(move |before: Option<()>| {
        refresh.track();
        if before.is_some() || missing {
            leptos::task::spawn_local(async move {
                if let Ok(framed) = once(|| ReadFrame {}).await {
                    state.set(Some(framed));
                }
            });
        }
    });
    // The seller's people have no seat that could be told anything.
    #[cfg(not(feature = "ssr"))]
    if state.with_untracked(|s| {
        s.as_ref().is_some_and(|s| s.frame.may(Permission::OrderApprove) && s.frame.behalf.is_none())
    }) {
        bell(refresh);
    }
    let path = use_location().pathname;
    let words = use_query_map();
    let view = Memo::new(move |_| state.get().map(|s| s.frame));
    let cart = Signal::derive(move || {
        view.get()
            .filter(|f| f.may(Permission::CartUse))
            .map(|f| CartBadge { count: u32::try_from(f.cart_lines).unwrap_or_default(), text: String::new() })
    });
    let search = Signal::derive(move || {
        let (action, label) = view.with(|f| {
            f.as_ref().map(|f| {
                if f.may(Permission::CatalogRead) {
                    ("/search", "Search products, orders, invoices")
                } else if f.may(Permission::CustomerRead) {
                    ("/sales/customers", "Search customers")
                } else {
                    ("/invoices", "Search invoices")
                }
            })
        })?;
        Some(Seek { action, label, words: words.read().get("q").unwrap_or_default() })
    });
    let nav = Signal::derive(move || view.get().map(|f| navigation(&f)).unwrap_or_default());
    let sought = RwSignal::new(false);
    let offers = move || sought.get().then(|| Suspend::new(async move { rooms::finder(nav).await }));
    let person = Signal::derive(move || {
        view.get().map_or_else(Person::default, |f| Person {
            initials: f.person.split_whitespace().filter_map(|w| w.chars().next()).take(2).collect(),
            account: f.account.0,
            name: f.person,
            profile_href: if f.behalf.is_some() { String::new() } else { "/profile".into() },
        })
    });
    let brand = view.get_untracked().map(|f| f.brand).unwrap_or_default();
    let band = Memo::new(move |_| view.get().and_then(|f| f.behalf));
    let acting = move || {
        // A plain form: with the person everything changes, so the page loads anew.
        band.get().map(|b| {
            let left = domain::text::counted(b.minutes, "minute", "minutes");
            view! {
                <form class="behalf" method="post" action=Stop::url()>
                    <p>
                        <strong>{format!("You act for {}, {}. ", b.member, b.company)}</strong>
                        <span>{format!("“{}” ", b.reason)}</span>
                        <span class="nowrap">{format!("{left} left")}</span>
                    </p>
                    <Button says=format!("Stop acting for {}", b.member)>"Stop"</Button>
                </form>
            }
        })
    };
    let held = move || {
        view.get().filter(|f| f.on_hold).map(|_| {
            view! {
                <Notice tone=Tone::Warn title="Your account is on hold.">"You can look at everything, but not order. Please contact us."</Notice>
            }
        })
    };
    view! {
        <Frame
            brand=brand
            nav=nav
            dock=Signal::derive(move || view.get().map(|f| dock(&f)).unwrap_or_default())
            current_path=Signal::derive(move || path.get())
            search=search
            offers=offers
            seeking=Callback::new(move |()| sought.set(true))
            cart=cart
            person=person
            person_menu=move || person_menu(view)
            band=move || view! { {acting} {held} }
            flash=move || view! { <Flash message=Signal::derive(move || state.get().and_then(|s| s.flash)) tone=Tone::Good/> }
        >
            <Outlet/>
        </Frame>
    }
}

/// Rings when something is noted for the person: the frame is asked for again. Only while the page is looked at, so that
/// many open tabs do not use up the browser's connections to the server.
#[cfg(not(feature = "ssr"))]
fn bell(refresh: RwSignal<u32>) {
    use leptos::wasm_bindgen::JsCast as _;
    use leptos::wasm_bindgen::prelude::Closure;
    use web_sys::{EventSource, VisibilityState};

    let ring = StoredValue::new_local(Closure::<dyn Fn()>::new(move || {
        refresh.try_update(|n| *n += 1);
    }));
    let open = StoredValue::new_local(None::<EventSource>);
    let watch = move || {
        let seen = document().visibility_state() == VisibilityState::Visible;
        open.update_value(|open| match (seen, &open) {
            (true, None) => {
                *open = EventSource::new("/api/notices/live").ok();
                if let Some(source) = open {
                    ring.with_value(|ring| source.set_onmessage(Some(ring.as_ref().unchecked_ref())));
                }
            }
            (false, Some(source)) => {
                source.close();
                *open = None;
            }
            _ => {}
        });
    };
    watch();
    let on = window_event_listener_untyped("visibilitychange", move |_| watch());
    on_cleanup(move || on.remove());
}

/// Account switcher and sign-out. Plain forms on purpose: with the account everything changes, so the page loads anew.
fn person_menu(view: Memo<Option<FrameView>>) -> impl IntoView {
    let seats = move || {
        let seats = view.get().map(|f| f.seats).unwrap_or_default();
        (seats.len() > 1).then(|| {
            let buttons = seats
                .into_iter()
                .map(|s| {
                    view! {
                        <button type="submit" name="account" value=s.account.to_string() aria-current=s.current.then_some("true")>{s.name}</button>
                    }
                })
                .collect_view();
            view! {
                <form method="post" action=Switch::url()>
                    <div class="menu">{buttons}</div>
                </form>
            }
        })
    };
    view! {
        {seats}
        <form method="post" action=SignOut::url()>
            <div class="menu">
                <button type="submit">"Sign out"</button>
            </div>
        </form>
    }
}

/// The place with how much waits there; nothing waits, nothing is counted.
fn waiting(item: Option<NavItem>, n: i64) -> Option<NavItem> {
    item.map(|item| if n > 0 { item.count(n) } else { item })
}

fn navigation(f: &FrameView) -> Vec<NavGroup> {
    let item = |on: bool, label: &str, href: &str, icon| on.then(|| NavItem::new(label, href, icon));
    let group = |title: &str, items: Vec<Option<NavItem>>| NavGroup::new(title, items.into_iter().flatten().collect());
    let (catalog, orders) = (f.may(Permission::CatalogRead), f.may(Permission::OrderRead));
    [
        group(
            "",
            vec![
                item(true, "Home", if f.may(Permission::CustomerRead) { "/sales" } else { "/" }, Glyph::Home),
                item(f.may(Permission::OrderApprove), "Approvals", "/approvals", Glyph::Approvals),
                waiting(item(f.may(Permission::OrderApprove), "Notifications", "/notices", Glyph::Mail), f.unread),
            ],
        ),
        group(
            "Buy",
            vec![
                item(catalog, "Catalog", "/catalog", Glyph::Catalog),
                item(f.may(Permission::CartUse), "Quick order", "/quick-order", Glyph::QuickOrder),
                item(f.may(Permission::CartUse), "Buy again", "/buy-again", Glyph::Repeat),
                item(f.may(Permission::CartUse), "Carts", "/carts", Glyph::Cart),
                item(catalog, "Alerts", "/alerts", Glyph::Tag),
                item(catalog, "Lists", "/lists", Glyph::Lists),
                item(orders, "Schedules", "/schedules", Glyph::Calendar),
                item(orders, "Orders", "/orders", Glyph::Orders),
                item(f.may(Permission::QuoteRead), "Quotes", "/quotes", Glyph::Quotes),
                item(orders, "Deliveries", "/orders/open-lines", Glyph::Truck),
            ],
        ),
        group(
            "Pay",
            vec![
                item(f.may(Permission::InvoiceRead), "Invoices", "/invoices", Glyph::Invoice),
                item(f.may(Permission::InvoiceRead), "Payments", "/payments", Glyph::Check),
                item(f.may(Permission::InvoiceRead), "Statement", "/statement", Glyph::Lists),
                item(f.may(Permission::InvoiceRead), "Finance packs", "/packs", Glyph::Download),
                item(f.may(Permission::CreditRead), "Credit", "/company/credit", Glyph::Statement),
                item(f.may(Permission::BudgetRead), "Budgets", "/company/budgets", Glyph::Budget),
            ],
        ),
        group(
            "Sell",
            vec![
                item(f.may(Permission::QuoteWrite), "Quotes", "/sales/quotes", Glyph::Quotes),
                item(f.may(Permission::CustomerRead), "Customers", "/sales/customers", Glyph::People),
                item(f.may(Permission::CustomerRead), "Orders", "/sales/orders", Glyph::Orders),
                item(f.may(Permission::HoldRelease), "Held orders", "/sales/held", Glyph::Clock),
                item(f.may(Permission::InvoiceIssue), "Disputes", "/finance/disputes", Glyph::Invoice),
                item(f.may(Permission::ReminderSend), "Overdue", "/finance/overdue", Glyph::Calendar),
                item(f.may(Permission::BankBook), "Bank", "/finance/bank", Glyph::Statement),
                item(f.may(Permission::CatalogManage), "Synonyms", "/sales/synonyms", Glyph::Search),
                item(f.may(Permission::RegistrationDecide), "Registrations", "/sales/registrations", Glyph::Customers),
            ],
        ),
        group(
            "Company",
            vec![
                item(f.may(Permission::MemberManage), "Members", "/company/members", Glyph::People),
                item(f.may(Permission::CompanyManage), "Units", "/company/units", Glyph::Company),
                item(f.may(Permission::CompanyManage), "Approval rules", "/company/rules", Glyph::Rules),
                item(f.may(Permission::CompanyManage), "Cost centres", "/company/cost-centres", Glyph::Tag),
                item(f.may(Permission::CompanyManage), "Addresses", "/company/addresses", Glyph::Address),
                item(f.may(Permission::AuditRead), "Audit", "/company/audit", Glyph::Lists),
                item(f.may(Permission::AssistanceRead), "On behalf", "/company/assistance", Glyph::Person),
            ],
        ),
    ]
    .into_iter()
    .filter(|g| !g.items.is_empty())
    .collect()
}

/// The five places on a phone that matter for the role: a buyer looks for the catalog, the cart and the orders before
/// the approvals of others.
fn dock(f: &FrameView) -> Vec<NavItem> {
    let mut items: Vec<NavItem> = navigation(f).into_iter().flat_map(|g| g.items).collect();
    if f.may(Permission::CartUse) {
        let decides = f.may(Permission::BudgetRead);
        items.retain(|i| decides || i.href != "/approvals");
        let after = items.iter().position(|i| i.href == "/catalog").map_or(items.len(), |at| at + 1);
        items.insert(after, NavItem::new("Cart", "/cart", Glyph::Cart));
    }
    items.retain(|i| {
        !["/quick-order", "/buy-again", "/carts", "/alerts", "/lists", "/schedules"].contains(&i.href.as_str())
    });
    items.truncate(5);
    items
}

/// The answer to an address that is no page of ours. Cheap on purpose: anybody may ask for anything.
pub fn unknown() -> AnyView {
    #[cfg(feature = "ssr")]
    crate::request::note_status(&domain::Problem::NotFound);
    view! { <main id="main">{problem_page(&domain::Problem::NotFound)}</main> }.into_any()
}

/// `text::counted`, where matches are counted as far as [`COUNTED`].
pub fn at_most(total: i64, one: &str, many: &str) -> String {
    let more = if total >= COUNTED { "more than " } else { "" };
    format!("{more}{}", domain::text::counted(total, one, many))
}

/// The pages below a list that is walked: `shown` rows of it are on the page at `at`. `to` gives the address of another page.
pub fn walked(
    at: &Place,
    per_page: u32,
    shown: usize,
    total: i64,
    to: impl Fn(u32) -> String + Send + Sync + 'static,
) -> AnyView {
    let first = (i64::from(at.number()) - 1) * i64::from(per_page) + 1;
    let last = first + i64::try_from(shown).unwrap_or_default() - 1;
    let of =
        if total >= COUNTED { format!("more than {}", domain::text::count(total)) } else { domain::text::count(total) };
    let summary = format!("{}–{} of {of}", domain::text::count(first), domain::text::count(last));
    view! { <Pager page=at.number() pages=at.pages(per_page, shown, total) summary=summary href=to/> }.into_any()
}

/// `26–50 of 214`.
pub fn shown(page: u32, per_page: u32, total: i64) -> String {
    let first = (i64::from(page) - 1) * i64::from(per_page) + 1;
    let last = (first + i64::from(per_page) - 1).min(total);
    format!("{}–{} of {}", domain::text::count(first), domain::text::count(last), domain::text::count(total))
}
