//! Settling what is due: which documents, with which credits, how much money; and what becomes of a payment under way.
//!
//! Never two currencies. A discount for paying early is given when the whole of what an invoice has left is settled by its last
//! day. Credits are used first, the oldest first, on the invoices that are due first; money is asked for the rest.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::accounts::Address;
use crate::invoices::Letterhead;
use crate::money::MoneyError;
use crate::{Currency, FieldError, Money, Problem, text};

/// How money is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// By the payer's bank, with a reference.
    Transfer,
    /// On a page of the payment provider.
    Card,
}

impl Method {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Transfer, Self::Card];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Card => "card",
        }
    }

    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Transfer => "Bank transfer",
            Self::Card => "Card",
        }
    }

    /// Reads [`Method::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.code() == code)
    }
}

/// Where a payment under way stands. Its amounts are reserved exactly while it is [`IntentStatus::Waiting`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntentStatus {
    /// The money is not there yet.
    Waiting,
    /// It is there, and booked.
    Paid,
    /// The provider refused it.
    Failed,
    /// The payer thought better of it.
    Withdrawn,
    /// No money came in time.
    Expired,
}

/// What is heard of a payment under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The money is there.
    Arrived,
    /// The provider refuses.
    Refused,
    /// The payer stops it.
    Withdrawn,
    /// Its time is over.
    Late,
}

impl IntentStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Paid, Self::Failed, Self::Withdrawn, Self::Expired];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting for the money",
            Self::Paid => "Paid",
            Self::Failed => "Refused",
            Self::Withdrawn => "Withdrawn",
            Self::Expired => "Expired",
        }
    }

    /// Reads [`IntentStatus::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }

    /// The state after something was heard; `None`: nothing changes. Messages come twice and in any order, and money that is there is
    /// there: it is booked whatever was heard before, once, and nothing undoes it.
    pub const fn hear(self, heard: Heard) -> Option<Self> {
        match (self, heard) {
            (Self::Paid, _) => None,
            (_, Heard::Arrived) => Some(Self::Paid),
            (Self::Waiting, Heard::Refused) => Some(Self::Failed),
            (Self::Waiting, Heard::Withdrawn) => Some(Self::Withdrawn),
            (Self::Waiting, Heard::Late) => Some(Self::Expired),
            (Self::Failed | Self::Withdrawn | Self::Expired, _) => None,
        }
    }
}

/// An early-payment discount of an invoice (EN 16931 BT-20 in words).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// Percent of what is left.
    pub percent: Decimal,
    /// The last day on which paying earns it.
    pub until: NaiveDate,
}

/// An invoice with something left that nobody is paying yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Its number.
    pub number: String,
    /// Due.
    pub due_on: NaiveDate,
    /// The buyer's reference.
    pub po_number: String,
    /// Left, less what is being paid.
    pub open: Money,
    /// What is being paid already.
    pub in_payment: Money,
    /// Its discount, if it has one.
    pub discount: Option<Discount>,
}

impl Due {
    /// What falls away when `cleared` of it is settled on `day`.
    pub fn discount_on(&self, cleared: Money, day: NaiveDate) -> Result<Money, MoneyError> {
        match self.discount {
            Some(d) if day <= d.until && cleared == self.open && self.in_payment.amount().is_zero() => {
                cleared.percent(d.percent)
            }
            _ => Ok(Money::zero(cleared.currency())),
        }
    }
}

/// A credit note or a payment with something left to use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// Its number.
    pub number: String,
    /// What it is.
    pub kind: CreditKind,
    /// Since when.
    pub on: NaiveDate,
    /// Left.
    pub open: Money,
}

/// What a credit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditKind {
    /// A credit note.
    Note,
    /// Cash on account.
    Cash,
}

/// What somebody wants to settle: invoices by number with how much of each, and credits by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Invoices and amounts, as typed; an empty amount is all that is left.
    pub invoices: Vec<(String, String)>,
    /// Credit notes and payments on account.
    pub credits: Vec<String>,
}

/// What of an invoice is settled, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The invoice.
    pub number: String,
    /// In all: discount, credits and money.
    pub cleared: Money,
    /// What falls away for paying early.
    pub discount: Money,
    /// What credits pay.
    pub credited: Money,
    /// What money pays.
    pub pay: Money,
}

/// What of a credit goes to which invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The credit's number.
    pub credit: String,
    /// The invoice's.
    pub invoice: String,
    /// How much.
    pub amount: Money,
}

/// How it will be settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// By invoice, those due first first.
    pub shares: Vec<Share>,
    /// The credits' part.
    pub uses: Vec<Use>,
    /// What falls away for paying early.
    pub discount: Money,
    /// What credits pay.
    pub credited: Money,
    /// The money that is left to pay.
    pub pay: Money,
}

/// Works out how what somebody wants is settled on `day`. Errors name the invoice's field: not a number, more than is left, more
/// digits than the currency has.
pub fn plan(
    currency: Currency,
    dues: &[Due],
    credits: &[Credit],
    wanted: &Wanted,
    day: NaiveDate,
) -> Result<Plan, Problem> {
    let zero = Money::zero(currency);
    let (mut shares, mut faults) = (Vec::new(), Vec::new());
    let mut dues: Vec<&Due> = dues.iter().collect();
    dues.sort_by(|a, b| (a.due_on, &a.number).cmp(&(b.due_on, &b.number)));
    for due in dues {
        let Some((_, typed)) = wanted.invoices.iter().find(|(number, _)| *number == due.number) else { continue };
        match amount(typed, due) {
            Ok(cleared) => {
                let discount = due.discount_on(cleared, day)?;
                let pay = cleared.minus(discount)?;
                shares.push(Share { number: due.number.clone(), cleared, discount, credited: zero, pay });
            }
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let mut chosen: Vec<&Credit> = credits.iter().filter(|c| wanted.credits.contains(&c.number)).collect();
    chosen.sort_by(|a, b| (a.on, &a.number).cmp(&(b.on, &b.number)));
    let mut uses = Vec::new();
    for credit in chosen {
        let mut left = credit.open;
        for share in &mut shares {
            let part = if left.amount() < share.pay.amount() { left } else { share.pay };
            if part.amount() <= Decimal::ZERO {
                continue;
            }
            left = left.minus(part)?;
            share.credited = share.credited.plus(part)?;
            share.pay = share.pay.minus(part)?;
            uses.push(Use { credit: credit.number.clone(), invoice: share.number.clone(), amount: part });
        }
    }
    let sum = |of: fn(&Share) -> Money| Money::sum(currency, shares.iter().map(of));
    let (discount, credited, pay) = (sum(|s| s.discount)?, sum(|s| s.credited)?, sum(|s| s.pay)?);
    Ok(Plan { shares, uses, discount, credited, pay })
}

/// Reads how much of an invoice is to be settled.
fn amount(typed: &str, due: &Due) -> Result<Money, FieldError> {
    if typed.trim().is_empty() {
        return Ok(due.open);
    }
    let fault = |message: String| FieldError::new(due.number.clone(), message);
    let currency = due.open.currency();
    let value = number(typed).ok_or_else(|| fault("Enter an amount, such as 1,120.50, with a point.".to_owned()))?;
    let money = Money::new(value, currency);
    if value <= Decimal::ZERO {
        Err(fault("Enter an amount above zero, or take the invoice out.".to_owned()))
    } else if money.rounded() != money {
        Err(fault(format!("{} has {} digits after the point.", currency.code(), currency.minor_digits())))
    } else if value > due.open.amount() {
        Err(fault(format!("{} is all that {} has left.", text::money(due.open), due.number)))
    } else {
        Ok(money)
    }
}

/// A number as people type it: spaces anywhere, commas only before groups of three digits. "12,50" is no number here: it would be
/// twelve and a half to some, and twelve hundred and fifty to nobody.
pub fn number(typed: &str) -> Option<Decimal> {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let whole = plain.split('.').next().unwrap_or_default();
    let grouped = whole.split(',').skip(1).all(|group| group.len() == 3);
    let fraction_plain = plain.split('.').nth(1).is_none_or(|rest| !rest.contains(','));
    if grouped && fraction_plain { plain.replace(',', "").parse().ok() } else { None }
}

/// Spreads a sum over invoices, those due first first: what each takes, as typed amounts for [`Wanted`].
pub fn oldest_first(dues: &[Due], sum: Decimal) -> Vec<(String, String)> {
    let mut dues: Vec<&Due> = dues.iter().collect();
    dues.sort_by(|a, b| (a.due_on, &a.number).cmp(&(b.due_on, &b.number)));
    let mut left = sum;
    let mut spread = Vec::new();
    for due in dues {
        let part = left.min(due.open.amount());
        if part <= Decimal::ZERO {
            break;
        }
        left -= part;
        spread.push((due.number.clone(), part.normalize().to_string()));
    }
    spread
}

/// An ISO 11649 creditor reference (`RF` and two check digits, ISO 7064 mod 97-10) of a payment's number: banks check it, so a
/// mistyped one is noticed, and statements bring it back.
pub fn creditor_reference(number: &str) -> String {
    let body: String = number.chars().filter(char::is_ascii_alphanumeric).take(21).collect::<String>().to_uppercase();
    let rest = format!("{body}RF00").chars().fold(0_u32, |rest, c| match c.to_digit(36) {
        Some(value @ 10..) => (rest * 100 + value) % 97,
        Some(value) => (rest * 10 + value) % 97,
        None => rest,
    });
    format!("RF{:02}{body}", 98 - rest)
}

/// What a euro transfer's QR code says: EPC069-12 version 2, "SCT", with the creditor reference. `None` unless the amount is in euro
/// (EPC069-12 knows no other currency) and the seller's IBAN is known.
pub fn epc_code(seller: &Letterhead, amount: Money, reference: &str) -> Option<String> {
    let iban: String = seller.iban.chars().filter(|c| !c.is_whitespace()).collect();
    if amount.currency().code() != "EUR" || iban.is_empty() || amount.amount() <= Decimal::ZERO {
        return None;
    }
    let name: String = seller.legal_name.chars().take(70).collect();
    Some(format!("BCD\n002\n1\nSCT\n{}\n{name}\n{iban}\nEUR{:.2}\n\n{reference}\n\n", seller.bic, amount.amount()))
}

/// A payment under way, or one that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRow {
    /// Its number.
    pub number: String,
    /// When it was begun, or came in.
    pub on: NaiveDate,
    /// How; `None`: it came in by itself.
    pub method: Option<Method>,
    /// Where it stands.
    pub status: IntentStatus,
    /// Money that went back to the customer.
    pub refund: bool,
    /// How much.
    pub amount: Money,
    /// What of it is not used yet; zero while it is under way.
    pub left: Money,
}

/// The list of payments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentsPage {
    /// Under way first, then the newest.
    pub rows: Vec<PaymentRow>,
    /// All of them.
    pub total: i64,
    /// Page, from 1.
    pub page: u32,
}

/// Rows on one page of payments.
pub const PAGE: u32 = 25;

/// A document that a payment settles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Its number.
    pub number: String,
    /// How much of it.
    pub amount: Money,
    /// What falls away beside it for paying early.
    pub discount: Money,
}

/// One payment's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentPage {
    /// The row of the list.
    pub row: PaymentRow,
    /// Who began it; empty: it came in by itself.
    pub by: String,
    /// What it settles or is meant to settle.
    pub settles: Vec<Settled>,
    /// What the payer's bank must say: the creditor reference. Empty for what came in by itself.
    pub reference: String,
    /// Until when the amounts are reserved, the seller's local time.
    pub until: Option<NaiveDateTime>,
    /// Where to send it.
    pub seller: Letterhead,
    /// Who pays: the account's number, and its name and address as its invoices have them.
    pub payer: (String, Address),
    /// What the QR code of a euro transfer says (see [`epc_code`]).
    pub code: Option<String>,
    /// The provider's page is the next step.
    pub pay_by_card: bool,
    /// Why the provider refused.
    pub refused: String,
    /// What the reader may do.
    pub can_withdraw: bool,
}

impl PaymentPage {
    /// There is a remittance advice: it is a transfer that was begun here, and not called off.
    pub fn advised(&self) -> bool {
        let stands = matches!(self.row.status, IntentStatus::Waiting | IntentStatus::Paid);
        stands && self.row.method == Some(Method::Transfer) && !self.reference.is_empty()
    }
}

/// What can be settled, and what is chosen at first; [`plan`] says how it would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlePage {
    /// The currency.
    pub currency: Currency,
    /// Every invoice with something left that nobody is paying, those due first first, at most [`DUES`].
    pub dues: Vec<Due>,
    /// Credits with something left.
    pub credits: Vec<Credit>,
    /// Chosen at first.
    pub wanted: Wanted,
    /// Whether cards are taken.
    pub cards: bool,
    /// The payment that the form will begin: born with it, so that sending it twice settles once.
    pub form: Uuid,
    /// The seller's today.
    pub today: NaiveDate,
}

/// Invoices that can be settled at once.
pub const DUES: usize = 200;

/// Days after which a transfer that never came gives its amounts back.
pub const TRANSFER_DAYS: i64 = 14;

/// Minutes after which a card payment that was never finished gives its amounts back.
pub const CARD_MINUTES: i64 = 60;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(offset: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 25).expect("a date") + chrono::Duration::days(offset)
    }

    fn gbp(pence: i64) -> Money {
        Money::new(Decimal::new(pence, 2), Currency::GBP)
    }

    fn due(number: &str, due: i64, open: i64) -> Due {
        Due {
            number: number.to_owned(),
            due_on: day(due),
            po_number: String::new(),
            open: gbp(open),
            in_payment: gbp(0),
            discount: None,
        }
    }

    fn credit(number: &str, on: i64, open: i64) -> Credit {
        Credit { number: number.to_owned(), kind: CreditKind::Note, on: day(on), open: gbp(open) }
    }

    fn wanted(invoices: &[(&str, &str)], credits: &[&str]) -> Wanted {
        Wanted {
            invoices: invoices.iter().map(|(n, a)| ((*n).to_owned(), (*a).to_owned())).collect(),
            credits: credits.iter().map(|c| (*c).to_owned()).collect(),
        }
    }

    #[test]
    fn a_discount_needs_the_whole_invoice_in_time() {
        let mut invoice = due("I", 20, 10_000);
        invoice.discount = Some(Discount { percent: Decimal::TWO, until: day(3) });
        let of = |invoice: &Due, cleared, on| invoice.discount_on(gbp(cleared), day(on)).expect("in range");
        assert_eq!(of(&invoice, 10_000, 0), gbp(200));
        assert_eq!(of(&invoice, 10_000, 3), gbp(200), "the last day counts");
        assert_eq!(of(&invoice, 10_000, 4), gbp(0), "too late");
        assert_eq!(of(&invoice, 9_999, 0), gbp(0), "not the whole of it");
        invoice.in_payment = gbp(1);
        assert_eq!(of(&invoice, 10_000, 0), gbp(0), "the rest is already being paid without");
    }

    #[test]
    fn credits_pay_what_is_due_first_and_money_the_rest() {
        let dues = [due("late", 9, 10_000), due("soon", 2, 5_000)];
        let credits = [credit("new", -1, 9_000), credit("old", -30, 1_000)];
        let plan =
            plan(Currency::GBP, &dues, &credits, &wanted(&[("late", "80"), ("soon", "")], &["new", "old"]), day(0))
                .expect("a plan");
        let uses: Vec<_> = plan.uses.iter().map(|u| (u.credit.as_str(), u.invoice.as_str(), u.amount)).collect();
        assert_eq!(uses, [("old", "soon", gbp(1_000)), ("new", "soon", gbp(4_000)), ("new", "late", gbp(5_000))]);
        assert_eq!((plan.credited, plan.pay), (gbp(10_000), gbp(3_000)));
    }

    #[test]
    fn what_cannot_be_paid_is_said_at_its_invoice() {
        let dues = [due("A", 1, 100), due("B", 1, 100), due("C", 1, 100), due("D", 1, 100)];
        let typed = wanted(&[("A", "1.01"), ("B", "ten"), ("C", "-1"), ("D", "0.001")], &[]);
        let Err(Problem::Invalid(faults)) = plan(Currency::GBP, &dues, &[], &typed, day(0)) else {
            panic!("four faults")
        };
        assert_eq!(faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["A", "B", "C", "D"]);
    }

    #[test]
    fn a_comma_never_makes_a_hundredfold_of_what_was_meant() {
        let read = |typed| number(typed).map(|n| n.to_string());
        for (typed, expected) in [
            ("12.50", Some("12.50")),
            (" 1 200.50 ", Some("1200.50")),
            ("1,200.50", Some("1200.50")),
            ("1,234,567", Some("1234567")),
            ("12,50", None),
            ("1,2345", None),
            ("1.200,50", None),
            ("ten", None),
            ("", None),
        ] {
            assert_eq!(read(typed).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn a_sum_goes_to_the_oldest_first() {
        let dues = [due("late", 9, 10_000), due("soon", 2, 5_000), due("now", 0, 2_000)];
        let spread = oldest_first(&dues, Decimal::from(60));
        assert_eq!(spread, wanted(&[("now", "20"), ("soon", "40")], &[]).invoices);
        assert_eq!(oldest_first(&dues, Decimal::from(1_000)).len(), 3, "never more than there is");
        assert!(oldest_first(&dues, Decimal::ZERO).is_empty());
    }

    #[test]
    fn money_that_is_there_is_booked_whatever_was_heard_before() {
        use IntentStatus as S;
        for status in S::ALL {
            assert_eq!(S::parse(status.code()), Some(status));
            let expected = (status != S::Paid).then_some(S::Paid);
            assert_eq!(status.hear(Heard::Arrived), expected, "{status:?}");
            for heard in [Heard::Refused, Heard::Withdrawn, Heard::Late] {
                assert_eq!(status.hear(heard).is_some(), status == S::Waiting, "{status:?} {heard:?}");
            }
        }
    }

    #[test]
    fn references_pass_the_banks_check() {
        // The standard's own example: RF18 5390 0754 7034.
        assert_eq!(creditor_reference("539007547034"), "RF18539007547034");
        assert_eq!(creditor_reference("PAY-2026-000123").len(), 4 + 13);
    }

    #[test]
    fn only_euro_have_a_code() {
        let seller = Letterhead {
            legal_name: "Halden Supply Ltd".to_owned(),
            iban: "GB33 BUKB 2020 1555 5555 55".to_owned(),
            bic: "BUKBGB22".to_owned(),
            ..Letterhead::default()
        };
        assert_eq!(epc_code(&seller, gbp(100), "RF18539007547034"), None);
        let euro = Money::new(Decimal::new(12_345, 2), Currency::parse("EUR").expect("a currency"));
        let code = epc_code(&seller, euro, "RF18539007547034").expect("euro");
        let lines: Vec<&str> = code.lines().collect();
        assert_eq!(lines[..4], ["BCD", "002", "1", "SCT"]);
        assert_eq!(lines[6..10], ["GB33BUKB20201555555555", "EUR123.45", "", "RF18539007547034"]);
    }

    proptest! {
        /// Whatever is chosen: nothing is settled beyond what it has left, and every penny has one source.
        #[test]
        fn a_plan_adds_up(
            opens in prop::collection::vec((1..100_000_i64, -30..30_i64, prop::option::of(0..10_i64), any::<bool>()), 0..12),
            credits in prop::collection::vec((1..50_000_i64, -90..0_i64, any::<bool>()), 0..6),
        ) {
            let dues: Vec<Due> = opens.iter().enumerate().map(|(n, (open, on, percent, _))| Due {
                discount: percent.map(|p| Discount { percent: Decimal::from(p), until: day(*on) }),
                ..due(&format!("I{n}"), *on, *open)
            }).collect();
            let notes: Vec<Credit> = credits.iter().enumerate().map(|(n, (open, on, _))| credit(&format!("C{n}"), *on, *open)).collect();
            let typed = Wanted {
                invoices: dues.iter().zip(&opens).filter(|(_, o)| o.3).map(|(d, _)| (d.number.clone(), String::new())).collect(),
                credits: notes.iter().zip(&credits).filter(|(_, c)| c.2).map(|(c, _)| c.number.clone()).collect(),
            };
            let plan = plan(Currency::GBP, &dues, &notes, &typed, day(0)).expect("a plan");
            for share in &plan.shares {
                let parts = share.discount.plus(share.credited).and_then(|m| m.plus(share.pay)).expect("in range");
                prop_assert_eq!(parts, share.cleared);
                prop_assert!(!share.pay.amount().is_sign_negative() && !share.discount.amount().is_sign_negative());
                let due = dues.iter().find(|d| d.number == share.number).expect("one of them");
                prop_assert_eq!(share.cleared, due.open);
                let used: Decimal = plan.uses.iter().filter(|u| u.invoice == share.number).map(|u| u.amount.amount()).sum();
                prop_assert_eq!(used, share.credited.amount());
            }
            for note in &notes {
                let used: Decimal = plan.uses.iter().filter(|u| u.credit == note.number).map(|u| u.amount.amount()).sum();
                prop_assert!(used <= note.open.amount());
                prop_assert!(used.is_zero() || typed.credits.contains(&note.number));
            }
            // Money is asked for only when every chosen credit is used up.
            if !plan.pay.amount().is_zero() {
                let chosen: Decimal = notes.iter().filter(|n| typed.credits.contains(&n.number)).map(|n| n.open.amount()).sum();
                prop_assert_eq!(chosen, plan.credited.amount());
            }
        }
    }
}
