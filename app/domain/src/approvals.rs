//! Approvals: an account's rules, the flow they start for an order, and who may decide in it.
//!
//! A rule matches or not; every matching rule joins the flow with its tiers; the flow is done when every rule's last
//! tier is done; one rejection ends it. Who fulfils a tier is asked anew at each decision, so that a person who joined
//! or left in the meantime counts or does not.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::actor::Role;
use crate::budgets::BudgetUse;
use crate::ids::{MemberId, RuleId};
use crate::orders::{OrderLine, Status};
use crate::{FieldError, Money, Problem, text};

/// Whom a rule is about, or who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Who {
    /// Anyone who holds the role.
    Role(Role),
    /// One member.
    Member(MemberId),
    /// The manager of whoever sends the order. Only in tiers.
    Manager,
}

/// What makes a rule match. All of a rule's conditions must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// The total incl. tax and delivery is above this.
    TotalOver(Money),
    /// More lines than this.
    LinesOver(u32),
    /// Something of this category (its slug).
    Category(String),
    /// This product (its SKU).
    Product(String),
    /// The cost centre's budget does not suffice.
    OverBudget,
    /// It goes where no order of the account went before.
    NewAddress,
    /// Something has no price of the account's own: its price was asked for.
    PriceOnRequest,
}

impl Condition {
    /// The part of the sentence after "Orders".
    fn words(&self) -> String {
        match self {
            Self::TotalOver(amount) => format!("over {}", text::money(*amount)),
            Self::LinesOver(n) => format!("of more than {}", text::counted(i64::from(*n), "line", "lines")),
            Self::Category(slug) => format!("with something of “{slug}”"),
            Self::Product(sku) => format!("with {sku}"),
            Self::OverBudget => "over budget".to_owned(),
            Self::NewAddress => "to a new address".to_owned(),
            Self::PriceOnRequest => "with something priced on request".to_owned(),
        }
    }

    fn holds(&self, asked: &Asked<'_>) -> bool {
        match self {
            // An amount in another currency cannot be compared: better asked once too often.
            Self::TotalOver(limit) => {
                limit.currency() != asked.total.currency() || asked.total.amount() > limit.amount()
            }
            Self::LinesOver(n) => asked.lines > *n as usize,
            Self::Category(slug) => asked.categories.contains(slug),
            Self::Product(sku) => asked.skus.contains(sku),
            Self::OverBudget => asked.over_budget,
            Self::NewAddress => asked.new_address,
            Self::PriceOnRequest => asked.price_on_request,
        }
    }
}

/// One step of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Each entry must say yes; else one of them is enough. A role's entry is fulfilled by one of its holders.
    pub all: bool,
    /// The entries; never empty.
    pub who: Vec<Who>,
}

/// A rule of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What people call it.
    pub name: String,
    /// Whose orders; empty: everyone's.
    pub about: Vec<Who>,
    /// When; empty: always.
    pub conditions: Vec<Condition>,
    /// Who decides, one tier after the other; never empty.
    pub tiers: Vec<Tier>,
    /// Whoever sent the order may decide too, if they are in a tier.
    pub requester_may: bool,
}

/// A member, as far as approvals are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Their seat.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their roles.
    pub roles: Vec<Role>,
    /// To whom they report.
    pub manager: Option<MemberId>,
    /// Not deactivated.
    pub active: bool,
}

/// What the rules are asked about.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Who sends the order.
    pub requester: &'a Seat,
    /// With tax and delivery.
    pub total: Money,
    /// How many lines.
    pub lines: usize,
    /// Slugs of the lines' categories.
    pub categories: &'a [String],
    /// The lines' SKUs.
    pub skus: &'a [String],
    /// The cost centre's budget does not suffice.
    pub over_budget: bool,
    /// No order of the account went there before.
    pub new_address: bool,
    /// No price of the account's covers one of the lines.
    pub price_on_request: bool,
}

/// A role's holders.
fn plural(role: Role) -> &'static str {
    match role {
        Role::Buyer => "buyers",
        Role::Approver => "purchasing managers",
        Role::Finance => "finance users",
        Role::AccountAdmin => "account admins",
        Role::Viewer => "viewers",
        Role::SalesRep => "sales reps",
        Role::CustomerService => "customer service",
        Role::SellerAdmin => "seller admins",
    }
}

impl Who {
    /// In a sentence.
    pub fn words(self, seats: &[Seat]) -> String {
        match self {
            Self::Role(role) => plural(role).to_owned(),
            Self::Member(id) => {
                seats.iter().find(|s| s.id == id).map_or_else(|| "a former member".to_owned(), |s| s.name.clone())
            }
            Self::Manager => "the buyer’s manager".to_owned(),
        }
    }

    fn includes(self, seat: &Seat) -> bool {
        match self {
            Self::Role(role) => seat.roles.contains(&role),
            Self::Member(id) => seat.id == id,
            Self::Manager => false,
        }
    }

    /// As the form of the rule editor writes it: `role:approver`, `manager`, or a member's id.
    pub fn code(self) -> String {
        match self {
            Self::Role(role) => format!("role:{}", role.code()),
            Self::Member(id) => id.to_string(),
            Self::Manager => "manager".to_owned(),
        }
    }

    /// Reads [`Who::code`].
    pub fn parse(code: &str) -> Option<Self> {
        match code.strip_prefix("role:") {
            Some(role) => Role::parse(role).filter(|r| !r.is_staff()).map(Self::Role),
            None if code == "manager" => Some(Self::Manager),
            None => code.parse().ok().map(Self::Member),
        }
    }
}

impl Tier {
    /// "one of: …" or "all of: …"; a single entry stands alone.
    pub fn words(&self, seats: &[Seat]) -> String {
        let names: Vec<String> = self.who.iter().map(|w| w.words(seats)).collect();
        match (names.as_slice(), self.all) {
            ([one], _) if matches!(self.who[0], Who::Role(_)) => format!("one of the {one}"),
            ([one], _) => one.clone(),
            (_, true) => format!("all of: {}", names.join(", ")),
            (_, false) => format!("one of: {}", names.join(", ")),
        }
    }
}

impl Rule {
    /// A name of 1 to 80 characters, at least one tier, each with at least one entry; at most 20 of anything.
    pub fn check(&self) -> Result<(), Problem> {
        let mut errors = Vec::new();
        if self.name.trim().is_empty() || self.name.chars().count() > 80 {
            errors.push(FieldError::new("name", "Give the rule a name of 1 to 80 characters."));
        }
        if self.tiers.is_empty() || self.tiers.iter().any(|t| t.who.is_empty()) {
            errors.push(FieldError::new("tier", "Choose who decides."));
        }
        if [self.about.len(), self.conditions.len(), self.tiers.len()].into_iter().any(|n| n > 20) {
            errors.push(FieldError::new("name", "Split this into several rules: it has more than 20 parts."));
        }
        if self.about.contains(&Who::Manager) {
            errors.push(FieldError::new("about", "A rule is about roles or members."));
        }
        for condition in &self.conditions {
            if let Condition::TotalOver(amount) = condition
                && amount.amount().is_sign_negative()
            {
                errors.push(FieldError::new("total", "Enter an amount of 0 or more."));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors)) }
    }

    /// Whether an order needs this rule's approval.
    pub fn matches(&self, asked: &Asked<'_>) -> bool {
        (self.about.is_empty() || self.about.iter().any(|w| w.includes(asked.requester)))
            && self.conditions.iter().all(|c| c.holds(asked))
    }

    /// Whether it asks because of a line like this. A rule about no line in particular asks because of each.
    pub fn concerns(&self, category: &str, sku: &str, priced: bool) -> bool {
        let mut about = self.conditions.iter().filter_map(|c| match c {
            Condition::Category(slug) => Some(slug == category),
            Condition::Product(product) => Some(product == sku),
            Condition::PriceOnRequest => Some(!priced),
            Condition::TotalOver(_) | Condition::LinesOver(_) | Condition::OverBudget | Condition::NewAddress => None,
        });
        about.next().is_none_or(|first| first || about.any(|so| so))
    }

    /// The rule as a sentence that can be read aloud.
    pub fn words(&self, seats: &[Seat]) -> String {
        let conditions: Vec<String> = self.conditions.iter().map(Condition::words).collect();
        let what = if conditions.is_empty() {
            "All orders".to_owned()
        } else {
            format!("Orders {}", conditions.join(" and "))
        };
        let by = match self.about.as_slice() {
            [] => String::new(),
            about => format!(" by {}", about.iter().map(|w| w.words(seats)).collect::<Vec<_>>().join(" or ")),
        };
        let tiers: Vec<String> = self.tiers.iter().map(|t| t.words(seats)).collect();
        format!("{what}{by} need {}.", tiers.join(", then "))
    }
}

/// A matching rule in a flow, as it was when the order was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowRule {
    /// Its name then.
    pub name: String,
    /// Its tiers then.
    pub tiers: Vec<Tier>,
    /// See [`Rule::requester_may`].
    pub requester_may: bool,
}

/// The rule that a budget with "require approval" starts when no rule of the account does.
pub fn budget_rule() -> FlowRule {
    FlowRule {
        name: "Over budget".to_owned(),
        tiers: vec![Tier { all: false, who: vec![Who::Role(Role::Approver)] }],
        requester_may: false,
    }
}

/// An entry of a tier of a rule that somebody has said yes to: positions in the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// Rule.
    pub rule: usize,
    /// Tier.
    pub tier: usize,
    /// Entry.
    pub entry: usize,
}

/// The runtime case of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Who sent the order.
    pub requester: MemberId,
    /// The rules that matched.
    pub rules: Vec<FlowRule>,
    /// What has been said yes to.
    pub marks: Vec<Mark>,
}

/// A dated transfer of one's decisions to a colleague.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Whose decisions.
    pub from: MemberId,
    /// Who takes them.
    pub to: MemberId,
    /// First day.
    pub first: NaiveDate,
    /// Last day.
    pub last: NaiveDate,
    /// Only orders up to this.
    pub cap: Option<Money>,
}

impl Delegation {
    /// Whether it holds on a day for an order of `total`. A cap in another currency never holds.
    pub fn holds(&self, day: NaiveDate, total: Money) -> bool {
        (self.first..=self.last).contains(&day)
            && self.cap.is_none_or(|cap| cap.currency() == total.currency() && total.amount() <= cap.amount())
    }
}

/// In whose name a person can decide now, and what their yes would fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    /// Oneself, or whoever delegated.
    pub name_of: MemberId,
    /// What a yes marks.
    pub marks: Vec<Mark>,
}

impl Flow {
    fn marked(&self, rule: usize, tier: usize, entry: usize) -> bool {
        self.marks.contains(&Mark { rule, tier, entry })
    }

    fn tier_done(&self, rule: usize, tier: usize, of: &Tier) -> bool {
        let mut entries = (0..of.who.len()).map(|entry| self.marked(rule, tier, entry));
        if of.all { entries.all(|yes| yes) } else { entries.any(|yes| yes) }
    }

    /// The tier a rule stands at, or `None` when it is done.
    pub fn at(&self, rule: usize) -> Option<usize> {
        let tiers = &self.rules.get(rule)?.tiers;
        (0..tiers.len()).find(|t| !self.tier_done(rule, *t, &tiers[*t]))
    }

    /// Whether every rule's last tier is done.
    pub fn done(&self) -> bool {
        (0..self.rules.len()).all(|rule| self.at(rule).is_none())
    }

    /// The entries that wait for a yes now.
    pub fn open(&self) -> Vec<Mark> {
        let mut open = Vec::new();
        for rule in 0..self.rules.len() {
            if let Some(tier) = self.at(rule) {
                let entries = 0..self.rules[rule].tiers[tier].who.len();
                open.extend(entries.filter(|e| !self.marked(rule, tier, *e)).map(|entry| Mark { rule, tier, entry }));
            }
        }
        open
    }

    /// Who can fulfil an entry. Whoever sent the order only if the rule allows it or nobody else could; an entry that
    /// nobody holds falls to the account admins, so that no order waits for ever.
    pub fn candidates(&self, mark: Mark, seats: &[Seat]) -> Vec<MemberId> {
        let rule = &self.rules[mark.rule];
        let requester = seats.iter().find(|s| s.id == self.requester);
        let holds = |seat: &Seat, who: Who| match who {
            Who::Manager => requester.and_then(|r| r.manager) == Some(seat.id),
            who => who.includes(seat),
        };
        let of = |who: Who| {
            let all: Vec<MemberId> = seats.iter().filter(|s| s.active && holds(s, who)).map(|s| s.id).collect();
            let others: Vec<MemberId> = all.iter().copied().filter(|m| *m != self.requester).collect();
            if rule.requester_may || others.is_empty() { all } else { others }
        };
        let found = of(rule.tiers[mark.tier].who[mark.entry]);
        if found.is_empty() { of(Who::Role(Role::AccountAdmin)) } else { found }
    }

    /// Everybody for whom the order waits now, without delegates.
    pub fn waits_for(&self, seats: &[Seat]) -> Vec<MemberId> {
        let mut members: Vec<MemberId> = self.open().into_iter().flat_map(|m| self.candidates(m, seats)).collect();
        members.sort();
        members.dedup();
        members
    }

    /// What `member` can say yes to in their own name.
    fn own_say(&self, member: MemberId, seats: &[Seat]) -> Vec<Mark> {
        self.open().into_iter().filter(|m| self.candidates(*m, seats).contains(&member)).collect()
    }

    /// Who stands in for those that have let the order wait too long: their manager, or else the account admins. One
    /// step, on that day, for any amount.
    pub fn escalation(&self, seats: &[Seat], day: NaiveDate) -> Vec<Delegation> {
        let admins: Vec<MemberId> =
            seats.iter().filter(|s| s.active && s.roles.contains(&Role::AccountAdmin)).map(|s| s.id).collect();
        let above = |from: MemberId| {
            let manager = seats.iter().find(|s| s.id == from).and_then(|s| s.manager);
            let manager = manager.filter(|m| *m != self.requester && seats.iter().any(|s| s.id == *m && s.active));
            manager.map_or_else(|| admins.clone(), |m| vec![m])
        };
        self.waits_for(seats)
            .into_iter()
            .flat_map(|from| above(from).into_iter().map(move |to| (from, to)))
            .filter(|(from, to)| from != to && *to != self.requester)
            .map(|(from, to)| Delegation { from, to, first: day, last: day, cap: None })
            .collect()
    }

    /// In whose names `member` can decide: their own first, then those who delegated to them. A delegation reaches one
    /// step, never on to the next delegate, and never lets anybody decide their own order.
    pub fn says(
        &self,
        member: MemberId,
        seats: &[Seat],
        delegations: &[Delegation],
        day: NaiveDate,
        total: Money,
    ) -> Vec<Say> {
        let active = |id: MemberId| seats.iter().any(|s| s.id == id && s.active);
        if !active(member) {
            return Vec::new();
        }
        let delegated = delegations
            .iter()
            .filter(|d| d.to == member && member != self.requester && active(d.from) && d.holds(day, total))
            .map(|d| d.from);
        let mut says: Vec<Say> = Vec::new();
        for name_of in std::iter::once(member).chain(delegated) {
            let marks = self.own_say(name_of, seats);
            if !marks.is_empty() && says.iter().all(|s| s.name_of != name_of) {
                says.push(Say { name_of, marks });
            }
        }
        says
    }
}

/// After how many working hours without a decision people are reminded, and others may decide. `None`: never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// Those for whom it waits are told again.
    pub remind: Option<i32>,
    /// Their managers, or the account admins, may decide in their name.
    pub escalate: Option<i32>,
}

impl Patience {
    /// Whole hours from 1 to 400, a reminder before the escalation.
    pub fn check(self) -> Result<(), Problem> {
        let mut errors = Vec::new();
        for (field, hours) in [("remind", self.remind), ("escalate", self.escalate)] {
            if hours.is_some_and(|h| !(1..=400).contains(&h)) {
                errors.push(FieldError::new(field, "Enter 1 to 400 working hours, or leave it empty."));
            }
        }
        if let (Some(remind), Some(escalate)) = (self.remind, self.escalate)
            && escalate <= remind
        {
            errors.push(FieldError::new("escalate", "Remind before others may decide."));
        }
        if errors.is_empty() { Ok(()) } else { Err(Problem::Invalid(errors)) }
    }
}

/// One rule of a flow, for the eye.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleProgress {
    /// Name.
    pub name: String,
    /// Each tier in words, and where it stands.
    pub tiers: Vec<TierProgress>,
}

/// A tier of a flow, for the eye.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierProgress {
    /// "one of the purchasing managers".
    pub words: String,
    /// Those who can decide it, by name.
    pub people: Vec<String>,
    /// Decided.
    pub done: bool,
    /// It is this tier's turn.
    pub current: bool,
}

impl Flow {
    /// Every rule with its tiers, in people's words.
    pub fn progress(&self, seats: &[Seat]) -> Vec<RuleProgress> {
        let name = |id: MemberId| seats.iter().find(|s| s.id == id).map(|s| s.name.clone()).unwrap_or_default();
        self.rules
            .iter()
            .enumerate()
            .map(|(r, rule)| RuleProgress {
                name: rule.name.clone(),
                tiers: rule
                    .tiers
                    .iter()
                    .enumerate()
                    .map(|(t, tier)| {
                        let mut people: Vec<MemberId> = (0..tier.who.len())
                            .flat_map(|entry| self.candidates(Mark { rule: r, tier: t, entry }, seats))
                            .collect();
                        people.sort();
                        people.dedup();
                        TierProgress {
                            words: tier.words(seats),
                            people: people.into_iter().map(name).collect(),
                            done: self.tier_done(r, t, tier),
                            current: self.at(r) == Some(t),
                        }
                    })
                    .collect(),
            })
            .collect()
    }
}

/// What can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Yes.
    Approve,
    /// Yes to less: quantities lowered or lines dropped.
    Change,
    /// No: ends the flow, hands the lines back.
    Reject,
    /// Asks whoever sent it; decides nothing.
    Question,
}

impl Verdict {
    /// As stored and as the forms' buttons send it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Change => "change",
            Self::Reject => "reject",
            Self::Question => "question",
        }
    }

    /// Reads [`Verdict::code`].
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Approve, Self::Change, Self::Reject, Self::Question].into_iter().find(|v| v.code() == code)
    }
}

/// What becomes of a line of an order that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineChange {
    /// As it was asked for.
    Kept,
    /// Fewer.
    Lowered(crate::Quantity),
    /// None.
    Dropped,
}

/// Reads what an approver wants of a line. `None`: more than was asked for, or no quantity at all; an approver lowers,
/// never raises.
pub fn line_change(asked: crate::Quantity, wanted: rust_decimal::Decimal) -> Option<LineChange> {
    if wanted.is_zero() {
        return Some(LineChange::Dropped);
    }
    let wanted = crate::Quantity::new(wanted).filter(|w| *w <= asked)?;
    Some(if wanted == asked { LineChange::Kept } else { LineChange::Lowered(wanted) })
}

/// An order that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalRow {
    /// The order's number.
    pub number: String,
    /// Who sent it.
    pub requester: String,
    /// Since when, the seller's local time.
    pub since: NaiveDateTime,
    /// With tax and delivery.
    pub total: Money,
    /// How many lines.
    pub lines: i32,
    /// Cost centre code.
    pub cost_centre: String,
    /// Names of the rules that matched.
    pub rules: Vec<String>,
    /// What the person saw: guards against deciding twice.
    pub version: i32,
    /// In whose name, when it is a delegation.
    pub for_name: Option<String>,
}

/// The inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxPage {
    /// What waits for the person, the oldest first.
    pub waiting: Vec<ApprovalRow>,
    /// What waits for others, for those who may see the account's orders.
    pub others: Vec<ApprovalRow>,
    /// One's own delegations that have not ended.
    pub delegations: Vec<DelegationRow>,
    /// To whom one could delegate: id and name.
    pub colleagues: Vec<(MemberId, String)>,
    /// The seller's today.
    pub today: NaiveDate,
}

/// A delegation, for the eye.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationRow {
    /// Names it in the form that ends it.
    pub id: uuid::Uuid,
    /// Whose.
    pub from: String,
    /// To whom.
    pub to: String,
    /// First day.
    pub first: NaiveDate,
    /// Last day.
    pub last: NaiveDate,
    /// Cap.
    pub cap: Option<Money>,
    /// One's own to end.
    pub mine: bool,
}

/// A line of an order that waits, next to the last time the same thing was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedLine {
    /// As ordered.
    pub line: OrderLine,
    /// When the account last ordered it, how many, and for how much each.
    pub last: Option<(NaiveDate, crate::Quantity, Money)>,
}

/// An order that waits, with all that a decision needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalPage {
    /// The row of the inbox.
    pub row: ApprovalRow,
    /// Where the order stands.
    pub status: Status,
    /// Its lines.
    pub lines: Vec<AskedLine>,
    /// Totals.
    pub totals: crate::cart::Totals,
    /// Where it goes.
    pub ship_to: crate::accounts::Address,
    /// The buyer's reference.
    pub po_number: String,
    /// The buyer's note.
    pub note: String,
    /// Rules and tiers.
    pub progress: Vec<RuleProgress>,
    /// When those for whom it waits were told again.
    pub reminded: Option<NaiveDateTime>,
    /// Since when those above them may decide too.
    pub escalated: Option<NaiveDateTime>,
    /// What the order does to the budget of its cost centre.
    pub budget: Option<BudgetUse>,
    /// What was left of that budget after this order when it was sent, if less is left now.
    pub budget_then: Option<Money>,
    /// Of the credit limit: what would be left, when there is one.
    pub credit_left: Option<Money>,
    /// Questions, answers and decisions so far.
    pub said: Vec<Said>,
    /// Whether the person can decide now.
    pub may_decide: bool,
    /// Whether the person sent it, and so may answer.
    pub mine: bool,
}

/// What a mailed link shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPage {
    /// Whose decision it is.
    pub name: String,
    /// The order.
    pub page: ApprovalPage,
}

/// Something that was said in a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Who, "X for Y" when delegated.
    pub who: String,
    /// What: approved, rejected, asked, answered.
    pub what: String,
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// In which words.
    pub words: String,
}

/// A rule in the list, for the eye.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRow {
    /// Names it in forms.
    pub id: RuleId,
    /// The rule itself.
    pub rule: Rule,
    /// The rule as a sentence.
    pub words: String,
    /// In force.
    pub enabled: bool,
    /// What the person saw: guards against two editors.
    pub version: i32,
    /// Of the parent company, when inherited: cannot be changed here.
    pub inherited_from: Option<String>,
}

/// What a role's order of an amount would go through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The rules that match, by name.
    pub rules: Vec<String>,
    /// Some tier has nobody to decide it: the account admins would have to.
    pub unreachable: bool,
    /// The same tier stands in more than one matching rule.
    pub doubled: bool,
}

/// The reachability matrix: requester's role × amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matrix {
    /// Amounts, ascending: just above each amount that a rule names, and the smallest of all.
    pub amounts: Vec<Money>,
    /// A row a role, a cell an amount.
    pub rows: Vec<(Role, Vec<Cell>)>,
}

/// Tries every ordering role at every amount that matters. Conditions beside amount and requester count as met, so
/// that what a rule could ask of anybody shows.
pub fn matrix(rules: &[Rule], seats: &[Seat], currency: crate::Currency) -> Matrix {
    let cent = Money::new(rust_decimal::Decimal::new(1, currency.minor_digits()), currency);
    let mut amounts: Vec<Money> = rules
        .iter()
        .flat_map(|r| &r.conditions)
        .filter_map(|c| match c {
            Condition::TotalOver(m) if m.currency() == currency => m.plus(cent).ok(),
            _ => None,
        })
        .chain(std::iter::once(cent))
        .collect();
    amounts.sort_by_key(|m| m.amount());
    amounts.dedup();
    let rows = [Role::Buyer]
        .into_iter()
        .chain(
            [Role::Approver, Role::Finance, Role::AccountAdmin]
                .into_iter()
                .filter(|r| seats.iter().any(|s| s.active && s.roles.contains(&Role::Buyer) && s.roles.contains(r))),
        )
        .map(|role| {
            let sender = seats
                .iter()
                .find(|s| s.active && s.roles.contains(&Role::Buyer) && s.roles.contains(&role))
                .cloned()
                .unwrap_or(Seat {
                    id: MemberId(uuid::Uuid::nil()),
                    name: String::new(),
                    roles: vec![role, Role::Buyer],
                    manager: None,
                    active: true,
                });
            let cells = amounts.iter().map(|total| cell(rules, seats, &sender, *total)).collect();
            (role, cells)
        })
        .collect();
    Matrix { amounts, rows }
}

fn cell(rules: &[Rule], seats: &[Seat], sender: &Seat, total: Money) -> Cell {
    let categories: Vec<String> = rules
        .iter()
        .flat_map(|r| &r.conditions)
        .filter_map(|c| if let Condition::Category(slug) = c { Some(slug.clone()) } else { None })
        .collect();
    let skus: Vec<String> = rules
        .iter()
        .flat_map(|r| &r.conditions)
        .filter_map(|c| if let Condition::Product(sku) = c { Some(sku.clone()) } else { None })
        .collect();
    let asked = Asked {
        requester: sender,
        total,
        lines: usize::MAX,
        categories: &categories,
        skus: &skus,
        over_budget: true,
        new_address: true,
        price_on_request: true,
    };
    let matching: Vec<&Rule> = rules.iter().filter(|r| r.matches(&asked)).collect();
    let flow =
        Flow { requester: sender.id, rules: matching.iter().map(|r| FlowRule::from(*r)).collect(), marks: Vec::new() };
    let holds = |who: Who| {
        seats.iter().any(|s| {
            s.active
                && match who {
                    Who::Manager => sender.manager == Some(s.id),
                    who => who.includes(s),
                }
        })
    };
    let tiers: Vec<&Tier> = flow.rules.iter().flat_map(|r| &r.tiers).collect();
    Cell {
        rules: matching.iter().map(|r| r.name.clone()).collect(),
        unreachable: tiers.iter().any(|t| {
            let mut entries = t.who.iter().map(|w| holds(*w));
            if t.all { !entries.all(|held| held) } else { !entries.any(|held| held) }
        }),
        doubled: (1..tiers.len()).any(|i| tiers[..i].contains(&tiers[i])),
    }
}

impl From<&Rule> for FlowRule {
    fn from(rule: &Rule) -> Self {
        Self { name: rule.name.clone(), tiers: rule.tiers.clone(), requester_may: rule.requester_may }
    }
}

/// What a rule would have done to past orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// Orders looked at.
    pub orders: i64,
    /// Orders that would have waited.
    pub matching: i64,
}

/// The account's rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesPage {
    /// Rules, the inherited ones first.
    pub rules: Vec<RuleRow>,
    /// Who would go through what.
    pub matrix: Matrix,
    /// The same in each open unit below, which inherits the rules.
    pub units: Vec<(String, Matrix)>,
    /// For the editor: members' ids and names.
    pub people: Vec<(MemberId, String)>,
    /// For the editor: categories' slugs and names.
    pub categories: Vec<(String, String)>,
    /// The account's currency.
    pub currency: crate::Currency,
    /// When people are reminded, and when others may decide.
    pub patience: Patience,
    /// What became of the rules, the latest first.
    pub history: Vec<RuleChange>,
}

/// A change of the account's rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleChange {
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// Who.
    pub by: String,
    /// The rule's name and what was done with it.
    pub what: String,
    /// The sentences before and after, where they changed.
    pub before: Option<String>,
    /// See `before`.
    pub after: Option<String>,
}

#[cfg(test)]
mod tests;
