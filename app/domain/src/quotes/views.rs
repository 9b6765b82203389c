//! What the pages show.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::{BTreeMap, Change, Decimal, Document, Draft, Money, Ordered, Request, Side, Status};
use crate::accounts::{AddressRow, CostCentreRow};
use crate::approvals::RuleProgress;
use crate::cart::Totals;
use crate::ids::OrderId;

/// Which quotes a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tab {
    /// Those for which it is one's own turn.
    #[default]
    Mine,
    /// The other side's turn.
    Theirs,
    /// For the seller: drafts that wait for a colleague's release.
    Release,
    /// Nobody's turn any more.
    Over,
}

impl Tab {
    /// All, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Mine, Self::Theirs, Self::Release, Self::Over];

    /// As in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mine => "",
            Self::Theirs => "waiting",
            Self::Release => "release",
            Self::Over => "over",
        }
    }
}

/// What a list's address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotesQuery {
    /// Which of them.
    pub tab: Tab,
    /// Number, title, customer.
    pub words: String,
    /// Page, from 1.
    pub page: u32,
}

/// Rows on one page of a list.
pub const PAGE: u32 = 25;

impl QuotesQuery {
    /// Reads a query string such as `show=over&q=gloves&page=2`; nonsense is left out.
    pub fn parse(query: &str) -> Self {
        let mut wanted = Self { page: 1, ..Self::default() };
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "show" => wanted.tab = Tab::ALL.into_iter().find(|t| t.code() == value).unwrap_or_default(),
                "q" => wanted.words = value.trim().chars().filter(|c| !c.is_control()).take(100).collect(),
                "page" => wanted.page = value.parse().unwrap_or(1).clamp(1, 99_999),
                _ => {}
            }
        }
        wanted
    }

    /// The link to this list below `path`.
    pub fn href(&self, path: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let page = self.page.to_string();
        let parts = [("show", self.tab.code()), ("q", &self.words), ("page", if self.page > 1 { &page } else { "" })];
        for (key, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(key, value);
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// One quote in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteRow {
    /// Number.
    pub number: String,
    /// What it is for.
    pub title: String,
    /// Where it stands, its last day considered.
    pub status: Status,
    /// For whom, at the customer.
    pub asked_by: String,
    /// The customer's number and name; for the seller's list.
    pub customer: Option<(String, String)>,
    /// Who answers, at the seller.
    pub owner: String,
    /// Since when it stands so, the seller's local time.
    pub since: NaiveDateTime,
    /// When it is needed.
    pub needed_by: Option<NaiveDate>,
    /// Last day, of what is in force.
    pub valid_until: Option<NaiveDate>,
    /// How many lines.
    pub lines: i64,
    /// What it comes to, with tax and delivery; for what is asked for, an estimate at usual prices before tax.
    pub value: Option<Money>,
}

/// A list of quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotesPage {
    /// What was asked.
    pub query: QuotesQuery,
    /// The page's rows, those that wait the longest first.
    pub rows: Vec<QuoteRow>,
    /// All matches.
    pub total: i64,
    /// How many are in each tab.
    pub counts: BTreeMap<String, i64>,
    /// Whether to offer a new one.
    pub may_ask: bool,
    /// The seller's today.
    pub today: NaiveDate,
}

/// What the form for a request begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskPage {
    /// The request's id to be: the same form twice is one request.
    pub id: crate::ids::QuoteId,
    /// Lines from the cart, an order or a product.
    pub lines: Vec<super::Wish>,
    /// Where they came from, in words.
    pub from: Option<String>,
    /// Who will answer: name and mail address.
    pub contact: Option<(String, String)>,
    /// The account's currency.
    pub currency: crate::Currency,
    /// The seller's today.
    pub today: NaiveDate,
    /// What stood in the form when it was refused, where the page was left for the answer.
    pub typed: Option<super::RequestInput>,
}

/// What the form for a quote that nobody asked for begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeginPage {
    /// The chosen customer: number and name.
    pub customer: Option<(String, String)>,
    /// Customers to choose from: number and name.
    pub customers: Vec<(String, String)>,
    /// Their people.
    pub members: Vec<(crate::ids::MemberId, String)>,
}

/// Something said or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Whose people.
    pub side: Side,
    /// Who.
    pub by: String,
    /// What was done; empty for words alone.
    pub what: String,
    /// The words.
    pub words: String,
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// Among the seller's people alone.
    pub internal: bool,
}

/// An attached file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// Names it in its address.
    pub id: uuid::Uuid,
    /// As it was called, cleaned.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Who attached it.
    pub by: String,
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// Whose people.
    pub side: Side,
}

/// A version that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// From 1.
    pub no: i32,
    /// What was offered.
    pub document: Document,
    /// When all of it is accepted as offered.
    pub totals: Totals,
    /// Who sent it.
    pub sent_by: String,
    /// When, the seller's local time.
    pub sent_at: NaiveDateTime,
}

/// A version in the list of versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// From 1.
    pub no: i32,
    /// Who sent it.
    pub sent_by: String,
    /// When, the seller's local time.
    pub sent_at: NaiveDateTime,
    /// Its last day.
    pub valid_until: NaiveDate,
    /// With tax and delivery.
    pub gross: Money,
}

/// What a person can do with a quote, decided by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Order it, or a part.
    Accept,
    /// Ask for changes.
    AskChanges,
    /// Say no.
    Decline,
    /// Take the request back.
    Withdraw,
    /// Write and attach.
    Talk,
    /// Seller: write a version.
    Edit,
    /// Seller: send what is drafted.
    Send,
    /// Seller: ask a colleague to let it go out below the floor margin.
    AskRelease,
    /// Seller: let a colleague's draft go out.
    Release,
    /// Seller: say that this is not offered.
    Refuse,
    /// Seller: take it back, or throw the first draft away.
    TakeBack,
    /// Seller: make its prices an agreement.
    Agree,
}

/// What the acceptance form needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptForm {
    /// The order's id to be: the idempotency key, made when the page was made.
    pub order_id: OrderId,
    /// Addresses to choose from, the default first.
    pub addresses: Vec<AddressRow>,
    /// Cost centres on which the member may book.
    pub cost_centres: Vec<CostCentreRow>,
    /// One of them must be chosen.
    pub must_book: bool,
    /// Whether a PO number must be given.
    pub po_required: bool,
    /// The rules that an order of the whole quote matches, with who decides.
    pub approval: Vec<RuleProgress>,
}

/// A quote's page for the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotePage {
    /// The row of the list.
    pub row: QuoteRow,
    /// Guards against two people at once.
    pub version: i32,
    /// What was asked for; none: the seller began.
    pub request: Option<Request>,
    /// The version in force, or the one that was asked for.
    pub shown: Option<Version>,
    /// All that were sent, the newest first.
    pub versions: Vec<VersionRow>,
    /// How many of each line are ordered.
    pub ordered: Ordered,
    /// Orders of it: number and state.
    pub orders: Vec<(String, crate::orders::Status)>,
    /// What was said and done, the oldest first.
    pub thread: Vec<Said>,
    /// Attached files.
    pub files: Vec<FileRow>,
    /// Who answers at the seller: name and mail address.
    pub contact: Option<(String, String)>,
    /// What may be done.
    pub can: Vec<Action>,
    /// For accepting, where that may be done.
    pub accept: Option<AcceptForm>,
    /// The seller's today.
    pub today: NaiveDate,
}

/// Two versions and what differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparePage {
    /// The quote.
    pub number: String,
    /// The earlier and the later.
    pub between: (i32, i32),
    /// All there are, the newest first.
    pub versions: Vec<VersionRow>,
    /// The differences.
    pub changes: Vec<Change>,
    /// What both come to, with tax and delivery.
    pub gross: (Money, Money),
}

/// A quote's page for the seller's people: the customer's page and what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskPage {
    /// What the customer sees. Files and words among colleagues are in it, too.
    pub page: QuotePage,
    /// The version in the making.
    pub draft: Option<Draft>,
    /// Guards the draft against two people at once.
    pub draft_version: i32,
    /// Who saved it last.
    pub saved_by: String,
    /// What the draft comes to.
    pub totals: Option<Totals>,
    /// Offers of the draft below the floor: line number and position.
    pub below_floor: Vec<(u32, usize)>,
    /// The floor margin in percent.
    pub floor: Decimal,
    /// Where the release stands.
    pub release: Release,
    /// Contracts into which its prices can go: number and name.
    pub contracts: Vec<(String, String)>,
    /// The draft as the customer would read it; on the preview page.
    pub preview: Option<Version>,
    /// What stood in the form when it was refused, where the page was left for the answer.
    pub typed: Option<super::DraftInput>,
}

/// Where the release of a draft below the floor stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Release {
    /// Not asked for.
    None,
    /// Asked for by somebody.
    Asked(String),
    /// Given by somebody.
    Given(String),
}
