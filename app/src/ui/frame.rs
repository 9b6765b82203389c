//! What surrounds every page: the top bar, the navigation, the dock on a phone; and the bare
//! frame for people who are not signed in.

use leptos::prelude::*;

use super::badge::Avatar;
use super::icon::{Glyph, Icon};
use super::keys;

/// Places that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavGroup {
    /// What people do there: "Buy". Empty for no heading.
    pub title: String,
    /// The places.
    pub items: Vec<NavItem>,
}

impl NavGroup {
    /// A heading and its places.
    pub fn new(title: impl Into<String>, items: Vec<NavItem>) -> Self {
        Self { title: title.into(), items }
    }
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
    /// Its picture.
    pub icon: Glyph,
    /// How much waits there; what it counts is said by the page itself.
    pub count: Option<String>,
}

impl NavItem {
    /// A place where nothing is counted.
    pub fn new(label: impl Into<String>, href: impl Into<String>, icon: Glyph) -> Self {
        Self { label: label.into(), href: href.into(), icon, count: None }
    }

    /// How much waits there.
    #[must_use]
    pub fn count(self, count: impl ToString) -> Self {
        Self { count: Some(count.to_string()), ..self }
    }
}

/// The box in the top bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seek {
    /// Where it leads without suggestions, as a form with the field `q`.
    pub action: &'static str,
    /// What can be found: "Search products, orders, invoices".
    pub label: &'static str,
    /// What is searched for now.
    pub words: String,
}

/// What the cart says in the top bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartBadge {
    /// Lines in it.
    pub count: u32,
    /// Its worth as people read it: "£1,284.60"; empty where it is not known.
    pub text: String,
}

/// Who is here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// The account they work in.
    pub account: String,
    /// Two letters.
    pub initials: String,
    /// Their own page; empty for whoever acts for somebody else.
    pub profile_href: String,
}

/// The place that a path belongs to: the longest address it starts with, by whole segments.
fn current_of<'a>(path: &str, hrefs: impl Iterator<Item = &'a str>) -> Option<String> {
    hrefs
        .filter(|href| {
            let place = href.split(['?', '#']).next().unwrap_or_default();
            path == place || (place != "/" && path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/')))
        })
        .max_by_key(|href| href.len())
        .map(str::to_owned)
}

fn place(item: NavItem, current: Memo<Option<String>>) -> AnyView {
    let href = item.href.clone();
    let here = move || current.with(|current| current.as_ref() == Some(&href)).then_some("page");
    view! {
        <a href=item.href aria-current=here>
            <Icon glyph=item.icon/>
            <span>{item.label}</span>
            {item.count.map(|count| view! { <span class="badge">{count}</span> })}
        </a>
    }
    .into_any()
}

/// The frame of every page for people who are signed in. Slots hold what needs forms of its own.
#[component]
pub fn Frame(
    /// The seller's name.
    #[prop(into)]
    brand: String,
    /// What this person may do, grouped.
    #[prop(into)]
    nav: Signal<Vec<NavGroup>>,
    /// The places that matter most to them, at most five: the bar at the bottom of a phone.
    #[prop(into)]
    dock: Signal<Vec<NavItem>>,
    /// The path of the page shown, without its query.
    #[prop(into)]
    current_path: Signal<String>,
    /// Nothing for people who have nothing to search.
    #[prop(optional, into)]
    search: Signal<Option<Seek>>,
    /// The list of suggestions below the box, asked for when somebody goes there.
    #[prop(optional, into)]
    offers: ViewFn,
    /// Told when somebody goes to the box.
    #[prop(optional, into)]
    seeking: Option<Callback<()>>,
    /// Nothing for people who do not buy.
    #[prop(optional, into)]
    cart: Signal<Option<CartBadge>>,
    /// Who is here.
    #[prop(into)]
    person: Signal<Person>,
    /// In their menu, below name and profile: account switcher and sign-out, as forms whose
    /// buttons stand in `<div class="menu">`.
    #[prop(optional, into)]
    person_menu: ViewFn,
    /// A warning over every page: on behalf of whom, why, how long, and the form that stops it.
    #[prop(optional, into)]
    band: ViewFn,
    /// Where [`Flash`](super::Flash) goes.
    #[prop(optional, into)]
    flash: ViewFn,
    /// The page.
    children: Children,
) -> impl IntoView {
    keys::listen();
    let side = NodeRef::<leptos::html::Nav>::new();
    let menu = NodeRef::<leptos::html::Div>::new();
    // Following a link inside of a menu does not close it by itself when the page stays.
    Effect::new(move |before: Option<String>| {
        let path = current_path.get();
        if before.is_some_and(|before| before != path) {
            let _ = side.get_untracked().map(|side| side.hide_popover());
            let _ = menu.get_untracked().map(|menu| menu.hide_popover());
        }
        path
    });
    let here_side = Memo::new(move |_| {
        nav.with(|nav| {
            current_path
                .with(|path| current_of(path, nav.iter().flat_map(|group| &group.items).map(|item| item.href.as_str())))
        })
    });
    let here_dock = Memo::new(move |_| {
        dock.with(|dock| current_path.with(|path| current_of(path, dock.iter().map(|item| item.href.as_str()))))
    });
    let groups = move || {
        nav.get()
            .into_iter()
            .map(|group| {
                let items = group.items.into_iter().map(|item| place(item, here_side)).collect_view();
                let title = (!group.title.is_empty()).then(|| view! { <h2>{group.title}</h2> });
                view! { <div class="places">{title}{items}</div> }
            })
            .collect_view()
    };
    let profile = move || {
        Some(person.get().profile_href).filter(|href| !href.is_empty()).map(|href| {
            view! {
                <div class="menu">
                    <a href=href>
                        <Icon glyph=Glyph::Person/>
                        "Your profile"
                    </a>
                </div>
            }
        })
    };
    let docked = move || dock.get().into_iter().map(|item| place(item, here_dock)).collect_view();
    let searches = Memo::new(move |_| search.with(|s| s.as_ref().map(|s| (s.action, s.label))));
    let seek = move || {
        let offers = offers.clone();
        searches.get().map(|(action, label)| {
            view! {
                <form class="seek" role="search" action=action method="get">
                    <Icon glyph=Glyph::Search/>
                    <input
                        type="search"
                        id="search"
                        name="q"
                        placeholder=label
                        aria-label=label
                        autocomplete="off"
                        value=move || search.get().map(|s| s.words)
                        on:focus=move |_| {
                            if let Some(told) = seeking {
                                told.run(());
                            }
                        }
                    />
                    <kbd aria-hidden="true">"Ctrl K"</kbd>
                    {offers.run()}
                </form>
                // On a phone the box lies over the bar while somebody is in it.
                <label class="btn plain icon-only open-seek" for="search">
                    <Icon glyph=Glyph::Search/>
                </label>
            }
        })
    };
    let cart_link = move || {
        cart.get().map(|cart| {
            let lines = if cart.count == 1 { " line" } else { " lines" };
            let worth = (!cart.text.is_empty()).then(|| view! { <span class="worth">" · "{cart.text}</span> });
            let badge = (cart.count > 0).then(|| {
                view! {
                    <span class="badge">{cart.count}<span class="unseen">{lines}</span>{worth}</span>
                }
            });
            view! {
                <a class="btn plain cart" href="/cart">
                    <Icon glyph=Glyph::Cart/>
                    <span class="word">"Cart"</span>
                    " "
                    {badge}
                </a>
            }
        })
    };
    view! {
        <div class="frame">
            <a class="skip" href="#main" rel="external">"Skip to content"</a>
            <header class="top">
                <button type="button" class="btn plain icon-only open-side" popovertarget="side" aria-label="Menu">
                    <Icon glyph=Glyph::Menu/>
                </button>
                <a class="mark" href="/">{brand}</a>
                {seek}
                <div class="who">
                    {cart_link}
                    <button type="button" class="person" popovertarget="person-menu">
                        {move || view! { <Avatar initials=person.get().initials/> }}
                        <span class="name small">
                            <strong>{move || person.get().name}</strong>
                            <span class="dim">{move || person.get().account}</span>
                        </span>
                        <span class="unseen">"Your menu"</span>
                        <Icon glyph=Glyph::ChevronDown/>
                    </button>
                    <div class="pop person-menu" popover="auto" id="person-menu" node_ref=menu>
                        <p class="whoami">
                            <strong>{move || person.get().name}</strong>
                            <span class="dim small">{move || person.get().account}</span>
                        </p>
                        {profile}
                        {person_menu.run()}
                    </div>
                </div>
            </header>
            <section class="band" aria-label="Attention">{band.run()}</section>
            <nav class="side" id="side" popover="auto" aria-label="Main" node_ref=side>
                {groups}
            </nav>
            <main id="main" tabindex="-1">
                {children()}
            </main>
            <nav class="dock" aria-label="Shortcuts">
                {docked}
            </nav>
            {flash.run()}
        </div>
    }
    .into_any()
}

/// The frame for signing in: the mark, and one sheet in the middle.
#[component]
pub fn Bare(
    /// The seller's name.
    #[prop(into)]
    brand: String,
    /// Inside the sheet; starts with a heading of level one.
    children: Children,
    /// Below the sheet, quiet: who to call.
    #[prop(optional, into)]
    foot: ViewFn,
) -> impl IntoView {
    view! {
        <div class="bare">
            <header>
                <a class="mark" href="/">{brand}</a>
            </header>
            <main id="main">
                <div class="card">
                    <div class="pad stack">{children()}</div>
                </div>
            </main>
            <footer class="dim small">{foot.run()}</footer>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::current_of;

    fn of(path: &str) -> Option<String> {
        current_of(path, ["/", "/orders", "/orders/new", "/order"].into_iter())
    }

    #[test]
    fn the_longest_place_by_whole_segments_is_current() {
        assert_eq!(of("/").as_deref(), Some("/"));
        assert_eq!(of("/orders/SO-2026-000123").as_deref(), Some("/orders"));
        assert_eq!(of("/orders/new/lines").as_deref(), Some("/orders/new"));
        assert_eq!(of("/ordersheet"), None);
    }
}
