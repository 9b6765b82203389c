//! Reading entries against what is open and announced.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;

use super::names::{Clarity, Numbers, same, words};
use super::{Awaited, Customer, Entry, Invoice, Part, Reading, Settles, Verdict};
use crate::ids::AccountId;
use crate::money::MoneyError;
use crate::payments::Due;
use crate::{Money, text};

/// Readings that a person is offered at most.
const OFFERED: usize = 5;
/// Invoices that are offered for their amount alone, at most.
const BY_AMOUNT: usize = 3;

/// Whose number a number is.
#[derive(Clone, Copy)]
enum Thing {
    /// An open invoice's.
    Invoice(usize),
    /// An announced transfer's.
    Awaited(usize),
    /// That of an invoice which an announced transfer pays.
    Within(usize, usize),
}

/// What an entry can pay: open invoices, and transfers that were announced. Each is paid once by what is certain.
pub struct Books {
    customers: HashMap<AccountId, (Customer, Vec<String>)>,
    by_word: HashMap<String, Vec<AccountId>>,
    invoices: Vec<Invoice>,
    of_account: HashMap<AccountId, Vec<usize>>,
    by_amount: HashMap<Decimal, Vec<usize>>,
    awaited: Vec<Awaited>,
    paid: BTreeSet<(AccountId, String)>,
    things: Vec<Thing>,
    numbers: Numbers,
}

/// A reading, and how good it is.
struct Draft {
    reading: Reading,
    agrees: bool,
    score: u8,
}

/// What an entry says.
struct Said<'a> {
    entry: &'a Entry,
    payers: BTreeSet<AccountId>,
    /// Open invoices that are named, by account.
    invoices: BTreeMap<AccountId, Vec<(usize, Clarity)>>,
    /// Announced transfers that are named, by themselves or by all that they pay.
    awaited: BTreeMap<usize, Clarity>,
    /// Numbers that are clearly named.
    clear: BTreeSet<String>,
}

impl Books {
    /// Of these customers, what is open and what is announced.
    pub fn new(customers: Vec<Customer>, invoices: Vec<Invoice>, awaited: Vec<Awaited>) -> Self {
        let (mut things, mut numbers) = (Vec::new(), Numbers::default());
        let mut add = |thing, names: &[&str]| {
            for name in names {
                numbers.add(things.len(), name);
            }
            things.push(thing);
        };
        let (mut of_account, mut by_amount): (HashMap<_, Vec<_>>, HashMap<_, Vec<_>>) = Default::default();
        for (i, invoice) in invoices.iter().enumerate() {
            add(Thing::Invoice(i), &[&invoice.due.number]);
            of_account.entry(invoice.account).or_default().push(i);
            by_amount.entry(invoice.due.open.amount()).or_default().push(i);
        }
        for (i, payment) in awaited.iter().enumerate() {
            add(Thing::Awaited(i), &[&payment.number, &payment.reference]);
            for (k, number) in payment.invoices.iter().enumerate() {
                add(Thing::Within(i, k), &[number]);
            }
        }
        let mut by_word: HashMap<_, Vec<_>> = HashMap::new();
        let mut known = HashMap::new();
        for customer in customers {
            let words = words(&customer.name);
            if let Some(first) = words.first() {
                by_word.entry(first.clone()).or_default().push(customer.id);
            }
            known.insert(customer.id, (customer, words));
        }
        let paid = BTreeSet::new();
        Self { customers: known, by_word, invoices, of_account, by_amount, awaited, paid, things, numbers }
    }

    /// Reads entries one after the other; what is certain of one is paid for the next.
    pub fn read_all<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Vec<Verdict>, MoneyError> {
        entries
            .into_iter()
            .map(|entry| {
                let verdict = self.read(entry)?;
                if let Verdict::Certain(reading) = &verdict {
                    self.pay(reading);
                }
                Ok(verdict)
            })
            .collect()
    }

    fn pay(&mut self, reading: &Reading) {
        let numbers = match &reading.settles {
            Settles::Payment(number) => vec![number.clone()],
            Settles::Invoices(parts) => parts.iter().map(|p| p.number.clone()).collect(),
            Settles::OnAccount => Vec::new(),
        };
        self.paid.extend(numbers.into_iter().map(|number| (reading.customer.id, number)));
    }

    /// What an entry may be. Nothing of what is paid, nothing in another currency.
    pub fn read(&self, entry: &Entry) -> Result<Verdict, MoneyError> {
        let said = self.said(entry);
        let mut drafts = Vec::new();
        self.announced(&said, &mut drafts);
        for (account, named) in &said.invoices {
            self.named(&said, *account, named, &mut drafts)?;
        }
        self.unnamed(&said, &mut drafts)?;
        drafts.sort_by_key(|d: &Draft| std::cmp::Reverse(d.score));
        let mut seen = BTreeSet::new();
        drafts.retain(|d| seen.insert(d.reading.key()));
        let mut sure = drafts.iter().enumerate().filter(|(_, d)| d.agrees).map(|(i, _)| i);
        Ok(match (sure.next(), sure.next()) {
            (Some(only), None) => Verdict::Certain(drafts.swap_remove(only).reading),
            _ if drafts.is_empty() => Verdict::Unknown,
            _ => Verdict::Offered(drafts.into_iter().take(OFFERED).map(|d| d.reading).collect()),
        })
    }

    fn said<'a>(&self, entry: &'a Entry) -> Said<'a> {
        let wanted = words(&entry.payer);
        let known = wanted.iter().filter_map(|w| self.by_word.get(w)).flatten();
        let payers = known.filter(|id| self.customers.get(id).is_some_and(|c| same(&c.1, &wanted))).copied().collect();
        let mut said =
            Said { entry, payers, invoices: BTreeMap::new(), awaited: BTreeMap::new(), clear: BTreeSet::new() };
        let mut within: BTreeMap<usize, BTreeMap<usize, Clarity>> = BTreeMap::new();
        for (thing, clarity) in self.numbers.find(&entry.words()) {
            let (account, number) = match self.things[thing] {
                Thing::Invoice(i) => {
                    let invoice = &self.invoices[i];
                    if invoice.due.open.currency() == entry.amount.currency()
                        && !self.gone(invoice.account, &invoice.due.number)
                    {
                        said.invoices.entry(invoice.account).or_default().push((i, clarity));
                    }
                    (invoice.account, &invoice.due.number)
                }
                Thing::Awaited(i) => {
                    said.awaited.insert(i, clarity);
                    (self.awaited[i].account, &self.awaited[i].number)
                }
                Thing::Within(i, k) => {
                    within.entry(i).or_default().insert(k, clarity);
                    (self.awaited[i].account, &self.awaited[i].invoices[k])
                }
            };
            if clarity == Clarity::Clear && !self.gone(account, number) {
                said.clear.insert(number.clone());
            }
        }
        for (i, named) in within {
            let all = named.len() == self.awaited[i].invoices.len();
            if let (true, Some(least)) = (all, named.into_values().min()) {
                let known = said.awaited.entry(i).or_insert(least);
                *known = (*known).max(least);
            }
        }
        said.awaited.retain(|i, _| {
            let payment = &self.awaited[*i];
            payment.amount.currency() == entry.amount.currency() && !self.gone(payment.account, &payment.number)
        });
        said
    }

    fn gone(&self, account: AccountId, number: &str) -> bool {
        !self.paid.is_empty() && self.paid.contains(&(account, number.to_owned()))
    }

    fn draft(
        &self,
        said: &Said,
        account: AccountId,
        settles: Settles,
        mut why: Vec<String>,
        fits: bool,
        named: Option<Clarity>,
    ) -> Option<Draft> {
        let customer = self.customers.get(&account)?.0.clone();
        let payer = said.payers.contains(&account);
        if payer {
            why.push("the payer's name is the customer's".to_owned());
        } else if !said.entry.payer.is_empty() {
            why.push(format!("paid by {}", said.entry.payer));
        }
        let settled: BTreeSet<&str> = match &settles {
            Settles::Payment(number) => {
                let payment = self.awaited.iter().find(|p| p.account == account && p.number == *number)?;
                payment.invoices.iter().map(String::as_str).chain([payment.number.as_str()]).collect()
            }
            Settles::Invoices(parts) => parts.iter().map(|p| p.number.as_str()).collect(),
            Settles::OnAccount => BTreeSet::new(),
        };
        // The whole number, or a part of it from its own customer; and nothing else is named.
        let reference = named == Some(Clarity::Clear) || named == Some(Clarity::Short) && payer;
        let all = said.clear.iter().all(|number| settled.contains(number.as_str()));
        let score = u8::from(fits) * 8
            + u8::from(named == Some(Clarity::Clear)) * 4
            + u8::from(payer) * 2
            + u8::from(named.is_some());
        Some(Draft { reading: Reading { customer, settles, why }, agrees: fits && reference && all, score })
    }

    /// Announced transfers: those that are named, and those of the payer with the same amount.
    fn announced(&self, said: &Said, drafts: &mut Vec<Draft>) {
        for (i, payment) in self.awaited.iter().enumerate() {
            let named = said.awaited.get(&i).copied();
            let fits = payment.amount == said.entry.amount;
            let own = said.payers.contains(&payment.account) && !self.gone(payment.account, &payment.number);
            if named.is_none() && !(fits && own) {
                continue;
            }
            let mut why: Vec<String> = named.map(|c| clarity(c, &payment.number)).into_iter().collect();
            let settles = if fits {
                why.push("the amount is the announced one".to_owned());
                Settles::Payment(payment.number.clone())
            } else {
                why.push(format!("{} was announced", text::money(payment.amount)));
                Settles::OnAccount
            };
            drafts.extend(self.draft(said, payment.account, settles, why, fits, named));
        }
    }

    /// A customer's invoices that are named: as many as the amount pays exactly, else what it pays of them.
    fn named(
        &self,
        said: &Said,
        account: AccountId,
        named: &[(usize, Clarity)],
        drafts: &mut Vec<Draft>,
    ) -> Result<(), MoneyError> {
        let clear: Vec<usize> = named.iter().filter(|n| n.1 == Clarity::Clear).map(|n| n.0).collect();
        let all: Vec<usize> = named.iter().map(|n| n.0).collect();
        let before = drafts.len();
        let singles = if all.len() > 1 { all.iter().map(|i| vec![*i]).collect() } else { Vec::new() };
        for set in [clear.clone(), all.clone()].into_iter().chain(singles).filter(|s| !s.is_empty()) {
            let least = if set.iter().all(|i| clear.contains(i)) { Clarity::Clear } else { Clarity::Short };
            for discounts in [false, true] {
                let parts = self.parts(&set, discounts, said.entry)?;
                let sum = Money::sum(said.entry.amount.currency(), parts.iter().map(|p| p.money))?;
                let discount = parts.iter().any(|p| !p.discount.amount().is_zero());
                if sum != said.entry.amount || discounts && !discount {
                    continue;
                }
                let mut why = vec![clarity(least, &numbers(&parts))];
                why.push(amount_is(&parts, discount));
                drafts.extend(self.draft(said, account, Settles::Invoices(parts), why, true, Some(least)));
            }
        }
        // A few figures that happen to be in a stranger's text name nothing.
        if drafts.len() == before && (!clear.is_empty() || said.payers.contains(&account)) {
            let (set, least) = if clear.is_empty() { (all, Clarity::Short) } else { (clear, Clarity::Clear) };
            let parts = self.parts(&set, false, said.entry)?;
            let sum = Money::sum(said.entry.amount.currency(), parts.iter().map(|p| p.money))?;
            let why = vec![
                clarity(least, &numbers(&parts)),
                if sum.amount() > said.entry.amount.amount() {
                    format!("{} less than is open", text::money(sum.minus(said.entry.amount)?))
                } else {
                    format!("{} more than is open, which stays on account", text::money(said.entry.amount.minus(sum)?))
                },
            ];
            let parts = self.spread(&set, said.entry)?;
            drafts.extend(self.draft(said, account, Settles::Invoices(parts), why, false, Some(least)));
        }
        Ok(())
    }

    /// What speaks without a number: the payer's invoices with this amount, the payer; else anybody's invoices with it.
    fn unnamed(&self, said: &Said, drafts: &mut Vec<Draft>) -> Result<(), MoneyError> {
        for account in &said.payers {
            let own = self.of_account.get(account).into_iter().flatten().copied();
            self.by_amount(said, own, drafts)?;
            drafts.extend(self.draft(said, *account, Settles::OnAccount, Vec::new(), false, None));
        }
        if drafts.is_empty() {
            let any = self.by_amount.get(&said.entry.amount.amount()).into_iter().flatten().copied();
            self.by_amount(said, any, drafts)?;
        }
        Ok(())
    }

    fn by_amount(
        &self,
        said: &Said,
        among: impl Iterator<Item = usize>,
        drafts: &mut Vec<Draft>,
    ) -> Result<(), MoneyError> {
        let mut left = BY_AMOUNT;
        for i in among {
            let due = &self.invoices[i].due;
            let account = self.invoices[i].account;
            if left == 0 || due.open.currency() != said.entry.amount.currency() || self.gone(account, &due.number) {
                continue;
            }
            for discounts in [false, true] {
                let parts = self.parts(&[i], discounts, said.entry)?;
                let discount = parts.iter().any(|p| !p.discount.amount().is_zero());
                if parts.iter().any(|p| p.money != said.entry.amount) || discounts && !discount {
                    continue;
                }
                let why = vec![amount_is(&parts, discount)];
                drafts.extend(self.draft(said, account, Settles::Invoices(parts), why, true, None));
                left -= 1;
                break;
            }
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn open_of(&self, account: AccountId, number: &str) -> Option<Money> {
        let found = self.invoices.iter().find(|i| i.account == account && i.due.number == number);
        found.map(|i| i.due.open)
    }

    fn dues(&self, set: &[usize]) -> Vec<&Due> {
        let mut dues: Vec<&Due> = set.iter().map(|i| &self.invoices[*i].due).collect();
        dues.sort_by(|a, b| (a.due_on, &a.number).cmp(&(b.due_on, &b.number)));
        dues
    }

    /// All that these invoices have left, with what falls away for paying early if that is wanted.
    fn parts(&self, set: &[usize], discounts: bool, entry: &Entry) -> Result<Vec<Part>, MoneyError> {
        let zero = Money::zero(entry.amount.currency());
        let part = |due: &Due| {
            let discount = if discounts { due.discount_on(due.open, entry.on)? } else { zero };
            Ok(Part { number: due.number.clone(), money: due.open.minus(discount)?, discount })
        };
        self.dues(set).into_iter().map(part).collect()
    }

    /// What the money pays of these invoices, those due first first.
    fn spread(&self, set: &[usize], entry: &Entry) -> Result<Vec<Part>, MoneyError> {
        let (mut left, zero) = (entry.amount, Money::zero(entry.amount.currency()));
        let mut parts = Vec::new();
        for due in self.dues(set) {
            let money = if left.amount() < due.open.amount() { left } else { due.open };
            if !money.amount().is_zero() {
                left = left.minus(money)?;
                parts.push(Part { number: due.number.clone(), money, discount: zero });
            }
        }
        Ok(parts)
    }
}

fn numbers(parts: &[Part]) -> String {
    parts.iter().map(|p| p.number.as_str()).collect::<Vec<_>>().join(", ")
}

fn clarity(clarity: Clarity, number: &str) -> String {
    match clarity {
        Clarity::Clear => format!("names {number}"),
        Clarity::Short => format!("seems to name {number}"),
    }
}

fn amount_is(parts: &[Part], discount: bool) -> String {
    let what = if parts.len() > 1 { "the amount is what is open together" } else { "the amount is what is open" };
    if discount { format!("{what}, less the discount for paying early") } else { what.to_owned() }
}
