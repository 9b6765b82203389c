//! The icon set: drawn for a 24 px grid, one path each, in the colour of the text around it.

use leptos::prelude::*;

/// What an icon stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub enum Glyph {
    Home,
    Catalog,
    QuickOrder,
    Lists,
    Cart,
    Orders,
    Quotes,
    Approvals,
    Invoice,
    Statement,
    People,
    Person,
    Customers,
    Company,
    Address,
    Budget,
    Rules,
    Audit,
    Contract,
    Import,
    Tag,
    Truck,
    Box,
    Mail,
    Sessions,
    Key,
    Settings,
    Calendar,
    Clock,
    Download,
    Upload,
    Search,
    Menu,
    Warning,
    Info,
    Check,
    Close,
    Plus,
    Minus,
    ChevronLeft,
    ChevronRight,
    ChevronDown,
    Repeat,
    Print,
    Sun,
    Moon,
    Logout,
}

impl Glyph {
    /// Every icon, for the gallery.
    pub const ALL: [Self; 47] = [
        Self::Home,
        Self::Catalog,
        Self::QuickOrder,
        Self::Lists,
        Self::Cart,
        Self::Orders,
        Self::Quotes,
        Self::Approvals,
        Self::Invoice,
        Self::Statement,
        Self::People,
        Self::Person,
        Self::Customers,
        Self::Company,
        Self::Address,
        Self::Budget,
        Self::Rules,
        Self::Audit,
        Self::Contract,
        Self::Import,
        Self::Tag,
        Self::Truck,
        Self::Box,
        Self::Mail,
        Self::Sessions,
        Self::Key,
        Self::Settings,
        Self::Calendar,
        Self::Clock,
        Self::Download,
        Self::Upload,
        Self::Search,
        Self::Menu,
        Self::Warning,
        Self::Info,
        Self::Check,
        Self::Close,
        Self::Plus,
        Self::Minus,
        Self::ChevronLeft,
        Self::ChevronRight,
        Self::ChevronDown,
        Self::Repeat,
        Self::Print,
        Self::Sun,
        Self::Moon,
        Self::Logout,
    ];

    const fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
            Self::Catalog => "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
            Self::QuickOrder => "M13 3L5 13.5h6L10.5 21 19 10h-6.5z",
            Self::Lists => "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
            Self::Cart => "M3 4h2.5l2.2 11h10.1L20 7.5H6.2M9 19.5a.8.8 0 1 0 0-.01M16.5 19.5a.8.8 0 1 0 0-.01",
            Self::Orders => "M6 3.5h12v17l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
            Self::Quotes => "M4 5h16v11h-8l-4.5 4v-4H4zM8 9h8M8 12h5",
            Self::Approvals => "M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6zM9 12l2.2 2.2L15.5 10",
            Self::Invoice => "M6 3h8.5L19 7.5V21H6zM14 3v5h5M9 12h7M9 16h5",
            Self::Statement => "M4 20h16M6.5 17v-5M12 17V5M17.5 17V9",
            Self::People => {
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-3.6 3-6 6.5-6s6.1 2.4 6.5 6M16 4.5a3.2 3.2 0 0 1 0 6M18 14.5c2 .8 3.2 2.7 3.5 5.5"
            }
            Self::Person => "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6",
            Self::Customers => "M4 8h16v12H4zM9 8V4h6v4M4 13h16M12 12v3",
            Self::Company => "M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3",
            Self::Address => {
                "M12 21c4.5-4.5 7-8 7-11a7 7 0 0 0-14 0c0 3 2.5 6.5 7 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"
            }
            Self::Budget => "M12 3.5a8.5 8.5 0 1 0 8.5 8.5H12zM15.5 3.5a8 8 0 0 1 5 5h-5z",
            Self::Rules => "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4M4 12h5",
            Self::Audit => "M12 7v5l3.5 2M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5",
            Self::Contract => "M6 3h8.5L19 7.5V21H6zM14 3v5h5M9 17c1.5-3 2.5-3 3 0 .8-1.5 2-1.5 4 0",
            Self::Import => "M12 3v11M8 10l4 4 4-4M4 15v5h16v-5",
            Self::Tag => "M4 4h8l8.5 8.5-8 8L4 12zM8.5 8.5h.01",
            Self::Truck => "M3 6h11v10H3zM14 10h4l3 3v3h-7M7 18.5a1.8 1.8 0 1 0 0-.01M17 18.5a1.8 1.8 0 1 0 0-.01",
            Self::Box => "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
            Self::Mail => "M3.5 6h17v12h-17zM4 7l8 6 8-6",
            Self::Sessions => "M3 5h18v11H3zM9 20h6M12 16v4",
            Self::Key => "M8 12.5a4 4 0 1 0 0 7 4 4 0 0 0 0-7zM10.5 13L19 4.5M15 8.5l3 3",
            Self::Settings => "M4 8h10M18 8h2M16 6v4M4 16h2M10 16h10M8 14v4",
            Self::Calendar => "M4 6h16v14H4zM4 10.5h16M8 3.5V8M16 3.5V8",
            Self::Clock => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2",
            Self::Download => "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
            Self::Upload => "M12 16V5M7.5 9L12 4.5 16.5 9M5 20h14",
            Self::Search => "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::Warning => "M12 4l9 16H3zM12 10v4.5M12 17.2h.01",
            Self::Info => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5.5M12 7.8h.01",
            Self::Check => "M5 12.5l4.5 4.5L19 7",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Minus => "M5 12h14",
            Self::ChevronLeft => "M14.5 6l-6 6 6 6",
            Self::ChevronRight => "M9.5 6l6 6-6 6",
            Self::ChevronDown => "M6 9.5l6 6 6-6",
            Self::Repeat => "M4 11V9a3 3 0 0 1 3-3h12M16 3l3 3-3 3M20 13v2a3 3 0 0 1-3 3H5M8 21l-3-3 3-3",
            Self::Print => "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
            Self::Sun => {
                "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
            }
            Self::Moon => "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
            Self::Logout => "M14 4H5v16h9M10 12h11M17.5 8.5L21 12l-3.5 3.5",
        }
    }
}

/// A small picture beside a word; never alone without a label on what holds it.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=glyph.path()/>
        </svg>
    }
    .into_any()
}
