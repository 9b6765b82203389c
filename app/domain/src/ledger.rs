//! The ledger: what each document moves, in double entries of one account and one currency.
//!
//! An invoice, a credit note, a payment, a refund and an allocation are booked once, when they are born, and never changed: what was
//! wrong is reversed. Every booking sums to zero, so do all books together; what a document has left, what an account owes, and
//! what it owed on any day before are sums over entries. (Double entry with append-only records: ISO 21378 keeps the journal so;
//! `domain.md`, "Balance = sum of the ledger, never a stored number alone".)

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::invoices::{BUCKETS, Kind, bucket};
use crate::money::MoneyError;
use crate::{Currency, Money};

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Book {
    /// What a document has left: of an invoice positive, of a credit note negative.
    Receivable,
    /// What a payment has left to settle with (negative), or a refund has not been set against (positive): cash on account.
    Unapplied,
    /// What was sold, without tax (negative).
    Sales,
    /// Tax on it (negative).
    Tax,
    /// What came into the bank.
    Bank,
    /// What was let off for paying early, without tax.
    Discount,
}

impl Book {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Receivable, Self::Unapplied, Self::Sales, Self::Tax, Self::Bank, Self::Discount];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::Unapplied => "unapplied",
            Self::Sales => "sales",
            Self::Tax => "tax",
            Self::Bank => "bank",
            Self::Discount => "discount",
        }
    }
}

/// What is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booking<Id> {
    /// A document was issued.
    Issued {
        /// Which.
        document: Id,
        /// Its kind.
        kind: Kind,
        /// Without tax.
        net: Money,
        /// Tax.
        tax: Money,
    },
    /// Money came in.
    Received {
        /// Which payment.
        payment: Id,
        /// How much.
        amount: Money,
    },
    /// Money went back.
    Refunded {
        /// Which refund.
        refund: Id,
        /// How much.
        amount: Money,
    },
    /// Something settled (part of) a document.
    Allocated {
        /// What it is settled with.
        with: Source<Id>,
        /// The document.
        to: Id,
        /// Its kind: a refund settles a credit note, everything else an invoice.
        kind: Kind,
        /// How much.
        amount: Money,
        /// An earlier allocation is undone.
        reversed: bool,
    },
}

/// What settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<Id> {
    /// A payment or a refund.
    Money(Id),
    /// A credit note.
    Credit(Id),
    /// An early-payment discount, of which this is tax.
    Discount {
        /// The tax that falls away with it.
        tax: Money,
    },
}

/// One side of a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<Id> {
    /// Where.
    pub book: Book,
    /// The document whose rest this moves.
    pub document: Option<Id>,
    /// The payment whose rest this moves.
    pub payment: Option<Id>,
    /// Debit positive, credit negative; never zero.
    pub amount: Money,
    /// Whether what the account owes moves with it. Setting a payment against an invoice moves two rests and no balance.
    pub moves_balance: bool,
}

/// The entries of a booking: they sum to zero.
pub fn entries<Id: Copy>(booking: Booking<Id>) -> Result<Vec<Entry<Id>>, MoneyError> {
    let plain = |book, amount| Entry { book, document: None, payment: None, amount, moves_balance: false };
    let rest = |document, amount, moves_balance| Entry {
        book: Book::Receivable,
        document: Some(document),
        payment: None,
        amount,
        moves_balance,
    };
    let unapplied = |payment, amount, moves_balance| Entry {
        book: Book::Unapplied,
        document: None,
        payment: Some(payment),
        amount,
        moves_balance,
    };
    let list = match booking {
        Booking::Issued { document, kind, net, tax } => vec![
            rest(document, kind.signed(net.plus(tax)?), true),
            plain(Book::Sales, minus(kind.signed(net))),
            plain(Book::Tax, minus(kind.signed(tax))),
        ],
        Booking::Received { payment, amount } => {
            vec![plain(Book::Bank, amount), unapplied(payment, minus(amount), true)]
        }
        Booking::Refunded { refund, amount } => {
            vec![plain(Book::Bank, minus(amount)), unapplied(refund, amount, true)]
        }
        Booking::Allocated { with, to, kind, amount, reversed } => {
            // What is settled shrinks towards zero, from wherever it is.
            let amount = kind.signed(if reversed { minus(amount) } else { amount });
            match with {
                Source::Money(payment) => vec![rest(to, minus(amount), false), unapplied(payment, amount, false)],
                Source::Credit(credit) => vec![rest(to, minus(amount), false), rest(credit, amount, false)],
                Source::Discount { tax } => {
                    let tax = if reversed { minus(tax) } else { tax };
                    vec![
                        rest(to, minus(amount), true),
                        plain(Book::Discount, amount.minus(tax)?),
                        plain(Book::Tax, tax),
                    ]
                }
            }
        }
    };
    Ok(list.into_iter().filter(|e| !e.amount.amount().is_zero()).collect())
}

fn minus(money: Money) -> Money {
    Money::new(-money.amount(), money.currency())
}

/// The tax in a discount on a document: in the proportion of the document, rounded (the discount lowers the taxable amount as the
/// price would have: Directive 2006/112/EC, article 90).
pub fn discount_tax(discount: Money, tax: Money, gross: Money) -> Result<Money, MoneyError> {
    if gross.amount().is_zero() {
        return Ok(Money::zero(discount.currency()));
    }
    let share = discount.amount().checked_mul(tax.amount()).ok_or(MoneyError::TooLarge)? / gross.amount();
    Ok(Money::new(share, discount.currency()).rounded())
}

/// The period of a statement, and which page of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementQuery {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Page, from 1.
    pub page: u32,
}

/// Rows on one page of a statement.
pub const STATEMENT_PAGE: u32 = 50;

impl StatementQuery {
    /// Reads `from=…&to=…&page=…`. Without a period: the last ninety days up to `today`. Turned round when it ends before it begins.
    pub fn parse(query: &str, today: NaiveDate) -> Self {
        let mut wanted = Self { from: today - chrono::Duration::days(90), to: today, page: 1 };
        for (key, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "from" => wanted.from = value.parse().unwrap_or(wanted.from),
                "to" => wanted.to = value.parse().unwrap_or(wanted.to),
                "page" => wanted.page = value.parse().unwrap_or(1).clamp(1, 99_999),
                _ => {}
            }
        }
        if wanted.to < wanted.from {
            (wanted.from, wanted.to) = (wanted.to, wanted.from);
        }
        wanted
    }

    /// The link to this statement below `path`, at a page.
    pub fn href(&self, path: &str, page: u32) -> String {
        let page = if page > 1 { format!("&page={page}") } else { String::new() };
        format!("{path}?from={}&to={}{page}", self.from, self.to)
    }
}

/// What moved the balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Movement {
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote,
    /// Money that came in.
    Payment,
    /// Money that went back.
    Refund,
    /// A discount for paying early.
    Discount,
    /// A discount that was taken back.
    DiscountReversed,
}

impl Movement {
    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditNote => "Credit note",
            Self::Payment => "Payment",
            Self::Refund => "Refund",
            Self::Discount => "Early-payment discount",
            Self::DiscountReversed => "Discount taken back",
        }
    }
}

/// One movement of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRow {
    /// The day it counts from.
    pub on: NaiveDate,
    /// What it is.
    pub movement: Movement,
    /// The document's or payment's number.
    pub number: String,
    /// The buyer's reference.
    pub reference: String,
    /// What it adds to what is owed; negative takes off.
    pub amount: Money,
    /// What was owed after it.
    pub balance: Money,
}

/// A statement of account, or a page of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementPage {
    /// The period.
    pub query: StatementQuery,
    /// Owed before the first day.
    pub opening: Money,
    /// Charged in the period.
    pub charged: Money,
    /// Taken off in the period, as a positive amount.
    pub credited: Money,
    /// Owed at the end of the last day.
    pub closing: Money,
    /// Movements of this page, the oldest first.
    pub rows: Vec<StatementRow>,
    /// All movements of the period.
    pub total: i64,
    /// The seller's today.
    pub today: NaiveDate,
}

/// What a document had left on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// Its number.
    pub number: String,
    /// Due.
    pub due_on: NaiveDate,
    /// Left, positive.
    pub open: Money,
}

/// What was owed on a day, by age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeingPage {
    /// The day.
    pub day: NaiveDate,
    /// The seller's today.
    pub today: NaiveDate,
    /// Owed in all: invoices less credits.
    pub balance: Money,
    /// Credit notes and payments not used by then.
    pub credit: Money,
    /// Open invoices by bucket: the sum, how many, and the oldest of them.
    pub buckets: [Bucket; BUCKETS.len()],
    /// What was owed at the end of each of the last twelve months, the oldest first.
    pub months: Vec<(NaiveDate, Money)>,
}

/// The open invoices of one age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// What they have left, together.
    pub sum: Money,
    /// How many there are.
    pub count: u32,
    /// Those that have been due longest, at most [`NAMED`].
    pub oldest: Vec<Rest>,
}

/// Documents that an age names.
pub const NAMED: usize = 5;

/// Sorts rests into ages on a day.
pub fn by_age(currency: Currency, rests: Vec<Rest>, day: NaiveDate) -> Result<[Bucket; BUCKETS.len()], MoneyError> {
    let mut ages: [Bucket; BUCKETS.len()] =
        std::array::from_fn(|_| Bucket { sum: Money::zero(currency), count: 0, oldest: Vec::new() });
    for rest in rests {
        let age = &mut ages[bucket(rest.due_on, day)];
        age.sum = age.sum.plus(rest.open)?;
        age.count += 1;
        age.oldest.push(rest);
    }
    for age in &mut ages {
        age.oldest.sort_by(|a, b| (a.due_on, &a.number).cmp(&(b.due_on, &b.number)));
        age.oldest.truncate(NAMED);
    }
    Ok(ages)
}

/// What was owed at the end of each of the eleven months before `day`, and on it, from what moved by month up to then: days in a
/// month with sums, ascending, where the first one holds all that was before as well.
pub fn month_ends(
    moved: &[(NaiveDate, rust_decimal::Decimal)],
    day: NaiveDate,
    currency: Currency,
) -> Vec<(NaiveDate, Money)> {
    (0..12)
        .rev()
        .filter_map(|ago| {
            let end = if ago == 0 {
                day
            } else {
                day.with_day(1)?.checked_sub_months(chrono::Months::new(ago - 1))?.pred_opt()?
            };
            let owed = moved.iter().take_while(|m| m.0 <= end).map(|m| m.1).sum();
            Some((end, Money::new(owed, currency)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    fn gbp(pence: i64) -> Money {
        Money::new(Decimal::new(pence, 2), Currency::GBP)
    }

    fn sum<Id>(entries: &[Entry<Id>]) -> Decimal {
        entries.iter().map(|e| e.amount.amount()).sum()
    }

    #[test]
    fn an_invoice_is_owed_and_a_credit_note_owes() {
        let of = |kind| entries(Booking::Issued { document: 1, kind, net: gbp(100), tax: gbp(20) }).expect("in range");
        let invoice: Vec<_> = of(Kind::Invoice).iter().map(|e| (e.book, e.amount)).collect();
        assert_eq!(invoice, [(Book::Receivable, gbp(120)), (Book::Sales, gbp(-100)), (Book::Tax, gbp(-20))]);
        let note: Vec<_> = of(Kind::CreditNote).iter().map(|e| (e.book, e.amount)).collect();
        assert_eq!(note, [(Book::Receivable, gbp(-120)), (Book::Sales, gbp(100)), (Book::Tax, gbp(20))]);
    }

    #[test]
    fn nothing_is_booked_of_nothing() {
        let free = Booking::Issued { document: 1, kind: Kind::Invoice, net: gbp(0), tax: gbp(0) };
        assert_eq!(entries(free).expect("in range"), []);
    }

    #[test]
    fn a_discount_gives_back_its_part_of_the_tax() {
        assert_eq!(discount_tax(gbp(240), gbp(2000), gbp(12000)).expect("in range"), gbp(40));
        assert_eq!(discount_tax(gbp(1), gbp(2000), gbp(12000)).expect("in range"), gbp(0));
        assert_eq!(discount_tax(gbp(240), gbp(0), gbp(0)).expect("in range"), gbp(0));
    }

    #[test]
    fn rests_fall_into_their_ages_the_oldest_named_first() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 25).expect("a date");
        let rest = |number: &str, past: i64| Rest {
            number: number.to_owned(),
            due_on: day - chrono::Duration::days(past),
            open: gbp(100),
        };
        let mut rests: Vec<Rest> = (0..7).map(|n| rest(&format!("I{n}"), 40 + n)).collect();
        rests.push(rest("new", -3));
        let ages = by_age(Currency::GBP, rests, day).expect("in range");
        assert_eq!(ages.iter().map(|a| a.count).collect::<Vec<_>>(), [1, 0, 7, 0, 0]);
        assert_eq!(ages[2].sum, gbp(700));
        assert_eq!(
            ages[2].oldest.iter().map(|r| r.number.as_str()).collect::<Vec<_>>(),
            ["I6", "I5", "I4", "I3", "I2"]
        );
    }

    #[test]
    fn months_add_up() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 12).expect("a date");
        let first = |month| NaiveDate::from_ymd_opt(2026, month, 1).expect("a date");
        let owed = month_ends(&[(first(1), Decimal::TEN), (first(3), -Decimal::ONE)], day, Currency::GBP);
        let last: Vec<_> = owed[8..].iter().map(|(end, owed)| (end.to_string(), owed.amount())).collect();
        let expected = [("2025-12-31", 0), ("2026-01-31", 10), ("2026-02-28", 10), ("2026-03-12", 9)];
        assert_eq!(last, expected.map(|(end, owed)| (end.to_owned(), Decimal::from(owed))));
        assert_eq!(owed.len(), 12);
    }

    #[test]
    fn a_period_that_ends_before_it_begins_is_turned_round() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 25).expect("a date");
        let q = StatementQuery::parse("from=2026-11-01&to=2026-10-01&page=2", today);
        assert_eq!(q.href("/statement", 2), "/statement?from=2026-10-01&to=2026-11-01&page=2");
        assert_eq!(StatementQuery::parse("from=x", today).href("/s", 1), "/s?from=2026-08-27&to=2026-11-25");
    }

    /// What may happen next, by position.
    #[derive(Clone, Debug)]
    enum Step {
        Issue(bool, i64, i64),
        Receive(bool, i64),
        Settle(usize, usize, i64),
        Credit(usize, usize, i64),
        Discount(usize, i64),
        Reverse(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (any::<bool>(), 0..100_000_i64, 0..20_000_i64).prop_map(|(c, n, t)| Step::Issue(c, n, t)),
            (any::<bool>(), 1..100_000_i64).prop_map(|(r, a)| Step::Receive(r, a)),
            (0..40_usize, 0..40_usize, 1..100_000_i64).prop_map(|(p, d, a)| Step::Settle(p, d, a)),
            (0..40_usize, 0..40_usize, 1..100_000_i64).prop_map(|(c, d, a)| Step::Credit(c, d, a)),
            (0..40_usize, 1..5_000_i64).prop_map(|(d, a)| Step::Discount(d, a)),
            (0..40_usize).prop_map(Step::Reverse),
        ]
    }

    proptest! {
        /// Random documents, payments, settlements and reversals against a plain model of who has what left.
        #[test]
        fn whatever_happens_the_books_sum_to_zero_and_rests_are_what_they_should_be(steps in prop::collection::vec(step(), 1..60)) {
            let mut ledger: Vec<Entry<usize>> = Vec::new();
            // The model: what is left of each document and each payment, positive; and what was allocated.
            let mut documents: Vec<(Kind, i64, i64, i64)> = Vec::new();
            let mut payments: Vec<(bool, i64)> = Vec::new();
            let mut done: Vec<(Booking<usize>, bool)> = Vec::new();
            let mut book = |booking| {
                let list = entries(booking).expect("in range");
                prop_assert_eq!(sum(&list), Decimal::ZERO);
                ledger.extend(list);
                Ok(())
            };
            for step in steps {
                match step {
                    Step::Issue(credit, net, tax) => {
                        let kind = if credit { Kind::CreditNote } else { Kind::Invoice };
                        documents.push((kind, net + tax, tax, net + tax));
                        book(Booking::Issued { document: documents.len() - 1, kind, net: gbp(net), tax: gbp(tax) })?;
                    }
                    Step::Receive(refund, amount) => {
                        payments.push((refund, amount));
                        let (at, amount) = (payments.len() - 1, gbp(amount));
                        book(if refund { Booking::Refunded { refund: at, amount } } else { Booking::Received { payment: at, amount } })?;
                    }
                    Step::Settle(p, d, amount) => {
                        let (Some(payment), Some(document)) = (payments.get_mut(p), documents.get_mut(d)) else { continue };
                        let kind = if payment.0 { Kind::CreditNote } else { Kind::Invoice };
                        let amount = amount.min(payment.1).min(document.1);
                        if document.0 != kind || amount == 0 { continue; }
                        payment.1 -= amount;
                        document.1 -= amount;
                        let booking = Booking::Allocated { with: Source::Money(p), to: d, kind, amount: gbp(amount), reversed: false };
                        book(booking)?;
                        done.push((booking, false));
                    }
                    Step::Credit(c, d, amount) => {
                        if c == d || c >= documents.len() || d >= documents.len() { continue; }
                        let amount = amount.min(documents[c].1).min(documents[d].1);
                        if documents[c].0 != Kind::CreditNote || documents[d].0 != Kind::Invoice || amount == 0 { continue; }
                        documents[c].1 -= amount;
                        documents[d].1 -= amount;
                        let booking = Booking::Allocated { with: Source::Credit(c), to: d, kind: Kind::Invoice, amount: gbp(amount), reversed: false };
                        book(booking)?;
                        done.push((booking, false));
                    }
                    Step::Discount(d, amount) => {
                        let Some(document) = documents.get_mut(d) else { continue };
                        let amount = amount.min(document.1);
                        if document.0 != Kind::Invoice || amount == 0 { continue; }
                        document.1 -= amount;
                        let tax = discount_tax(gbp(amount), gbp(document.2), gbp(document.3)).expect("in range");
                        let booking = Booking::Allocated { with: Source::Discount { tax }, to: d, kind: Kind::Invoice, amount: gbp(amount), reversed: false };
                        book(booking)?;
                        done.push((booking, false));
                    }
                    Step::Reverse(n) => {
                        let Some((Booking::Allocated { with, to, kind, amount, .. }, undone @ false)) = done.get_mut(n) else { continue };
                        *undone = true;
                        let pence = i64::try_from(amount.amount().mantissa()).expect("small");
                        documents[*to].1 += pence;
                        match *with {
                            Source::Money(p) => payments[p].1 += pence,
                            Source::Credit(c) => documents[c].1 += pence,
                            Source::Discount { .. } => {}
                        }
                        book(Booking::Allocated { with: *with, to: *to, kind: *kind, amount: *amount, reversed: true })?;
                    }
                }
            }
            prop_assert_eq!(sum(&ledger), Decimal::ZERO);
            let mut rests: HashMap<(Book, usize), Decimal> = HashMap::new();
            for e in &ledger {
                if let Some(of) = e.document.or(e.payment) {
                    *rests.entry((e.book, of)).or_default() += e.amount.amount();
                }
            }
            let mut owed = Decimal::ZERO;
            for (at, (kind, left, ..)) in documents.iter().enumerate() {
                let expected = kind.signed(gbp(*left)).amount();
                prop_assert_eq!(rests.get(&(Book::Receivable, at)).copied().unwrap_or_default(), expected);
                owed += expected;
            }
            for (at, (refund, left)) in payments.iter().enumerate() {
                let expected = Decimal::new(if *refund { *left } else { -left }, 2);
                prop_assert_eq!(rests.get(&(Book::Unapplied, at)).copied().unwrap_or_default(), expected);
                owed += expected;
            }
            // A statement, which shows only what moves the balance, ends with what is left of everything.
            let moved: Decimal = ledger.iter().filter(|e| e.moves_balance).map(|e| e.amount.amount()).sum();
            prop_assert_eq!(moved, owed);
        }
    }
}
