use std::collections::BTreeSet;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::Currency;

fn id(n: u128) -> MemberId {
    MemberId(uuid::Uuid::from_u128(n))
}

fn seat(n: u128, roles: &[Role]) -> Seat {
    Seat { id: id(n), name: format!("Member {n}"), roles: roles.to_vec(), manager: None, active: true }
}

fn gbp(pounds: i64) -> Money {
    Money::new(Decimal::from(pounds), Currency::GBP)
}

fn one_of(who: &[Who]) -> Tier {
    Tier { all: false, who: who.to_vec() }
}

fn rule(name: &str, conditions: Vec<Condition>, tiers: Vec<Tier>) -> Rule {
    Rule { name: name.into(), about: Vec::new(), conditions, tiers, requester_may: false }
}

fn asked(requester: &Seat, total: Money) -> Asked<'_> {
    Asked {
        requester,
        total,
        lines: 3,
        categories: &[],
        skus: &[],
        over_budget: false,
        new_address: false,
        price_on_request: false,
    }
}

fn flow(requester: u128, rules: &[Rule]) -> Flow {
    Flow { requester: id(requester), rules: rules.iter().map(FlowRule::from).collect(), marks: Vec::new() }
}

fn today() -> NaiveDate {
    "2026-11-23".parse().expect("a date")
}

/// Says yes as `member` in their own name; false when they have no say.
fn yes(flow: &mut Flow, member: u128, seats: &[Seat]) -> bool {
    match flow.says(id(member), seats, &[], today(), gbp(1)).into_iter().find(|s| s.name_of == id(member)) {
        Some(say) => {
            flow.marks.extend(say.marks);
            true
        }
        None => false,
    }
}

#[test]
fn a_rule_reads_as_a_sentence() {
    let seats = [seat(1, &[Role::Approver])];
    let mut r = rule(
        "Large",
        vec![Condition::TotalOver(gbp(500))],
        vec![one_of(&[Who::Role(Role::Approver)]), one_of(&[Who::Member(id(1))])],
    );
    r.about = vec![Who::Role(Role::Buyer)];
    assert_eq!(r.words(&seats), "Orders over £500.00 by buyers need one of the purchasing managers, then Member 1.");
    assert_eq!(
        rule("All", vec![], vec![Tier { all: true, who: vec![Who::Role(Role::Finance), Who::Manager] }]).words(&seats),
        "All orders need all of: finance users, the buyer’s manager."
    );
}

#[test]
fn an_amount_exactly_at_the_limit_does_not_match() {
    let buyer = seat(1, &[Role::Buyer]);
    let over = rule("Over 500", vec![Condition::TotalOver(gbp(500))], vec![one_of(&[Who::Manager])]);
    assert!(!over.matches(&asked(&buyer, gbp(500))));
    assert!(over.matches(&asked(&buyer, Money::new(Decimal::new(50_001, 2), Currency::GBP))));
    let euros = Currency::parse("EUR").expect("a currency");
    assert!(over.matches(&asked(&buyer, Money::new(Decimal::ONE, euros))), "another currency cannot be compared: ask");
}

#[test]
fn all_conditions_of_a_rule_must_hold_and_it_is_about_whom_it_names() {
    let (buyer, viewer) = (seat(1, &[Role::Buyer]), seat(2, &[Role::Viewer]));
    let mut both =
        rule("Both", vec![Condition::TotalOver(gbp(10)), Condition::OverBudget], vec![one_of(&[Who::Manager])]);
    let mut question = asked(&buyer, gbp(11));
    assert!(!both.matches(&question));
    question.over_budget = true;
    assert!(both.matches(&question));
    both.about = vec![Who::Role(Role::Buyer)];
    assert!(both.matches(&question));
    question.requester = &viewer;
    assert!(!both.matches(&question));
}

#[test]
fn what_is_priced_on_request_can_be_a_reason_to_ask() {
    let buyer = seat(1, &[Role::Buyer]);
    let asks = rule("Quoted", vec![Condition::PriceOnRequest], vec![one_of(&[Who::Manager])]);
    let mut question = asked(&buyer, gbp(1));
    assert!(!asks.matches(&question));
    question.price_on_request = true;
    assert!(asks.matches(&question));
    assert_eq!(asks.words(&[]), "Orders with something priced on request need the buyer’s manager.");
}

#[test]
fn nobody_decides_their_own_order_unless_they_are_the_only_one_or_the_rule_allows_it() {
    let tiers = vec![one_of(&[Who::Role(Role::Approver)])];
    let two = [seat(1, &[Role::Buyer, Role::Approver]), seat(2, &[Role::Approver])];
    let mut strict = flow(1, &[rule("R", vec![], tiers.clone())]);
    assert!(!yes(&mut strict, 1, &two) && yes(&mut strict, 2, &two) && strict.done());
    let mut alone = flow(1, &[rule("R", vec![], tiers.clone())]);
    assert!(yes(&mut alone, 1, &two[..1]) && alone.done());
    let mut lenient = rule("R", vec![], tiers);
    lenient.requester_may = true;
    let mut allowed = flow(1, &[lenient]);
    assert!(yes(&mut allowed, 1, &two) && allowed.done());
}

#[test]
fn an_entry_that_nobody_holds_falls_to_the_account_admins() {
    let seats = [seat(1, &[Role::Buyer]), seat(2, &[Role::AccountAdmin])];
    let mut f = flow(1, &[rule("R", vec![], vec![one_of(&[Who::Role(Role::Finance)])])]);
    assert_eq!(f.waits_for(&seats), [id(2)]);
    assert!(yes(&mut f, 2, &seats) && f.done());
}

#[test]
fn one_yes_counts_for_every_rule_in_which_it_is_that_persons_turn() {
    let seats = [seat(1, &[Role::Buyer]), seat(2, &[Role::Approver]), seat(3, &[Role::Finance])];
    let over_500 = rule("Over 500", vec![], vec![one_of(&[Who::Role(Role::Approver)])]);
    let over_5000 =
        rule("Over 5,000", vec![], vec![one_of(&[Who::Role(Role::Approver)]), one_of(&[Who::Role(Role::Finance)])]);
    let mut f = flow(1, &[over_500, over_5000]);
    assert!(!yes(&mut f, 3, &seats), "not finance's turn yet");
    assert!(yes(&mut f, 2, &seats));
    assert!(!f.done() && f.at(0).is_none() && f.at(1) == Some(1));
    assert!(!yes(&mut f, 2, &seats), "the manager has nothing more to say");
    assert!(yes(&mut f, 3, &seats) && f.done());
}

#[test]
fn the_buyers_manager_decides() {
    let mut buyer = seat(1, &[Role::Buyer]);
    buyer.manager = Some(id(2));
    let seats = [buyer, seat(2, &[Role::Buyer]), seat(3, &[Role::Approver])];
    let mut f = flow(1, &[rule("R", vec![], vec![one_of(&[Who::Manager])])]);
    assert!(!yes(&mut f, 3, &seats) && yes(&mut f, 2, &seats) && f.done());
}

#[test]
fn delegation_reaches_one_step_within_its_dates_and_cap_and_never_to_the_requester() {
    let seats = [seat(1, &[Role::Buyer]), seat(2, &[Role::Approver]), seat(3, &[]), seat(4, &[])];
    let f = flow(1, &[rule("R", vec![], vec![one_of(&[Who::Role(Role::Approver)])])]);
    let to = |from: u128, to: u128| Delegation {
        from: id(from),
        to: id(to),
        first: today(),
        last: today(),
        cap: Some(gbp(1000)),
    };
    let cycle = [to(2, 3), to(3, 4), to(4, 2), to(2, 1)];
    let say = |member: u128, day: NaiveDate, total: Money| f.says(id(member), &seats, &cycle, day, total);
    assert_eq!(say(3, today(), gbp(1000))[0].name_of, id(2));
    assert!(say(4, today(), gbp(10)).is_empty(), "a delegate's delegate has no say");
    assert!(say(1, today(), gbp(10)).is_empty(), "nobody decides their own order by delegation");
    assert!(say(3, today(), gbp(1001)).is_empty(), "above the cap");
    assert!(say(3, today().succ_opt().expect("a day"), gbp(10)).is_empty(), "after the last day");
    assert_eq!(say(2, today(), gbp(10)).len(), 1, "whoever delegates can still decide");
}

#[test]
fn the_matrix_names_what_nobody_could_approve_and_what_is_asked_twice() {
    let seats = [seat(1, &[Role::Buyer]), seat(2, &[Role::Approver])];
    let manager = || one_of(&[Who::Role(Role::Approver)]);
    let rules = [
        rule("Over 500", vec![Condition::TotalOver(gbp(500))], vec![manager()]),
        rule("Over 5,000", vec![Condition::TotalOver(gbp(5000))], vec![manager(), one_of(&[Who::Role(Role::Finance)])]),
    ];
    let m = matrix(&rules, &seats, Currency::GBP);
    let expected = [0, 500, 5000].map(|n| Money::new(Decimal::from(n) + Decimal::new(1, 2), Currency::GBP));
    assert_eq!(m.amounts, expected);
    let cells = &m.rows[0].1;
    assert_eq!(m.rows[0].0, Role::Buyer);
    assert!(cells[0].rules.is_empty());
    assert!(!cells[1].unreachable && !cells[1].doubled);
    assert!(cells[2].unreachable && cells[2].doubled);
}

const ROLES: [Role; 3] = [Role::Buyer, Role::Approver, Role::Finance];

fn any_seats() -> impl Strategy<Value = Vec<Seat>> {
    proptest::collection::vec((0_u8..8, proptest::option::of(0_u128..6), proptest::bool::weighted(0.9)), 6).prop_map(
        |all| {
            (0_u128..)
                .zip(all)
                .map(|(n, (bits, manager, active))| Seat {
                    id: id(n),
                    name: n.to_string(),
                    roles: ROLES.into_iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, r)| r).collect(),
                    manager: manager.filter(|m| *m != n).map(id),
                    active,
                })
                .collect()
        },
    )
}

fn any_who() -> impl Strategy<Value = Who> {
    prop_oneof![
        (0_usize..3).prop_map(|r| Who::Role(ROLES[r])),
        (0_u128..6).prop_map(|n| Who::Member(id(n))),
        Just(Who::Manager)
    ]
}

fn any_rules() -> impl Strategy<Value = Vec<FlowRule>> {
    let tier = (any::<bool>(), proptest::collection::vec(any_who(), 1..4)).prop_map(|(all, who)| Tier { all, who });
    let rule = (proptest::collection::vec(tier, 1..4), any::<bool>()).prop_map(|(tiers, requester_may)| FlowRule {
        name: "R".into(),
        tiers,
        requester_may,
    });
    proptest::collection::vec(rule, 1..4)
}

proptest! {
    /// Random people say yes in random order; a simple model counts along.
    #[test]
    fn no_tier_is_skipped_and_no_one_without_a_say_counts(
        seats in any_seats(), rules in any_rules(), events in proptest::collection::vec(0_u128..6, 0..40)
    ) {
        let mut flow = Flow { requester: id(0), rules: rules.clone(), marks: Vec::new() };
        // The model: per rule, the tier it stands at and the entries of that tier that were fulfilled.
        let mut model: Vec<(usize, BTreeSet<usize>)> = vec![(0, BTreeSet::new()); rules.len()];
        for who in events {
            let says = flow.says(id(who), &seats, &[], today(), gbp(1));
            prop_assert!(says.len() <= 1, "without delegations one speaks for oneself");
            let Some(say) = says.into_iter().next() else { continue };
            prop_assert!(seats[usize::try_from(who).expect("small")].active);
            for mark in &say.marks {
                let (at, fulfilled) = &mut model[mark.rule];
                prop_assert_eq!(mark.tier, *at, "only the present tier can be decided");
                prop_assert!(fulfilled.insert(mark.entry), "an entry is fulfilled once");
                if who == 0 && !rules[mark.rule].requester_may {
                    prop_assert_eq!(flow.candidates(*mark, &seats), vec![id(0)], "one's own order only as the only one");
                }
            }
            flow.marks.extend(say.marks);
            for (rule, (at, fulfilled)) in rules.iter().zip(&mut model) {
                if let Some(tier) = rule.tiers.get(*at) {
                    let enough = if tier.all { fulfilled.len() == tier.who.len() } else { !fulfilled.is_empty() };
                    if enough {
                        *at += 1;
                        fulfilled.clear();
                    }
                }
            }
            for (r, (at, _)) in model.iter().enumerate() {
                prop_assert_eq!(flow.at(r).unwrap_or(rules[r].tiers.len()), *at);
            }
        }
        prop_assert_eq!(flow.done(), model.iter().zip(&rules).all(|((at, _), rule)| *at == rule.tiers.len()));
    }

    /// Somebody can always go on, as long as there is an account admin or a holder.
    #[test]
    fn a_flow_never_waits_for_nobody(mut seats in any_seats(), rules in any_rules()) {
        seats.push(seat(9, &[Role::AccountAdmin]));
        let mut flow = Flow { requester: id(0), rules, marks: Vec::new() };
        for _ in 0..40 {
            let Some(next) = flow.waits_for(&seats).first().copied() else { break };
            let say = flow.says(next, &seats, &[], today(), gbp(1)).into_iter().next();
            prop_assert!(say.is_some());
            flow.marks.extend(say.expect("just checked").marks);
        }
        prop_assert!(flow.done());
    }
}
