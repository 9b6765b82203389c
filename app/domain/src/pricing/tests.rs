use super::{Strategy, *};
use proptest::prelude::*;

fn day(d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, d).expect("a date")
}

fn quantity(n: i64) -> Quantity {
    Quantity::new(Decimal::from(n)).expect("positive")
}

fn fixed(level: u8, min: i64, pence: i64) -> Candidate {
    let agreement = Agreement {
        level,
        is_default: level == 9,
        priority: 0,
        contract: format!("K-{level}"),
        list: format!("L-{level}"),
        active: true,
        from: day(1),
        to: None,
    };
    Candidate {
        agreement: Arc::new(agreement),
        currency: Currency::GBP,
        unit: "EA".into(),
        min_quantity: quantity(min),
        rate: Rate::Fixed(Decimal::new(pence, 2)),
        valid_from: None,
        valid_to: None,
    }
}

fn agreement(c: &mut Candidate) -> &mut Agreement {
    Arc::make_mut(&mut c.agreement)
}

fn ask(n: i64) -> Question<'static> {
    Question {
        quantity: quantity(n),
        unit: "EA",
        currency: Currency::GBP,
        on: day(15),
        strategy: Strategy::ContractWins,
    }
}

fn pence(r: Option<Resolved>) -> Option<i64> {
    r.map(|r| {
        i64::try_from(r.unit_price.amount().mantissa() * 10_i128.pow(2) / 10_i128.pow(r.unit_price.amount().scale()))
            .expect("small")
    })
}

#[test]
fn the_nearest_level_wins_even_if_a_farther_one_is_cheaper() {
    let all = [fixed(9, 1, 300), fixed(1, 1, 400), fixed(0, 1, 500)];
    let r = resolve(&all, &ask(1)).expect("priced");
    assert_eq!(r.unit_price.amount(), Decimal::new(500, 2));
    assert_eq!(r.source(), "Contract K-0");
    assert_eq!(r.list_price.map(Money::amount), Some(Decimal::new(300, 2)));
    assert_eq!(considered(&all, &ask(1)).iter().filter(|c| c.outcome == Outcome::NearerAgreement).count(), 2);
}

#[test]
fn the_next_change_is_the_day_after_an_agreement_ends() {
    let mut agreed = fixed(0, 1, 500);
    agreement(&mut agreed).to = Some(day(20));
    let all = [fixed(9, 1, 600), agreed];
    let (on, then) = next_change(&all, &ask(1), 30).expect("it ends");
    assert_eq!((on, pence(then)), (day(21), Some(600)));
    assert!(next_change(&all, &ask(1), 5).is_none(), "later than asked about");
    assert!(next_change(&all[..1], &ask(1), 30).is_none(), "nothing ends");
    let (on, then) = next_change(&all[1..], &ask(1), 6).expect("then there is none");
    assert_eq!((on, then), (day(21), None));
}

proptest! {
    /// It is the first day on which asking gives another price, whatever begins and ends in between.
    #[test]
    fn the_next_change_is_found_by_asking_day_by_day(
        rows in proptest::collection::vec((0_u8..3, 100_i64..103, 1_u32..30, 0_u32..20, 1_u32..30, 0_u32..20), 1..6)
    ) {
        let all: Vec<Candidate> = rows.into_iter().map(|(level, pence, from, lasts, contract, runs)| {
            let mut c = fixed(level, 1, pence);
            c.valid_from = Some(day(from));
            c.valid_to = day(from).checked_add_days(Days::new(u64::from(lasts)));
            agreement(&mut c).from = day(contract);
            agreement(&mut c).to = day(contract).checked_add_days(Days::new(u64::from(runs)));
            c
        }).collect();
        let price = |on| resolve(&all, &Question { on, ..ask(1) }).map(|r| r.unit_price);
        let by_days = day(15).iter_days().skip(1).take(12).find(|on| price(*on) != price(day(15)));
        prop_assert_eq!(next_change(&all, &ask(1), 12).map(|(on, then)| (on, then.map(|r| r.unit_price))), by_days.map(|on| (on, price(on))));
    }
}

#[test]
fn within_one_level_the_lowest_price_wins() {
    let mut other = fixed(0, 1, 450);
    agreement(&mut other).contract = "K-B".into();
    assert_eq!(pence(resolve(&[fixed(0, 1, 500), other], &ask(1))), Some(450));
}

#[test]
fn below_the_lowest_contract_tier_the_contract_does_not_price_it() {
    let all = [fixed(0, 10, 400), fixed(9, 1, 600)];
    let r = resolve(&all, &ask(9)).expect("priced");
    assert!(r.is_list_price);
    assert_eq!(r.source(), "List price");
    assert_eq!(pence(resolve(&all, &ask(10))), Some(400));
}

#[test]
fn the_highest_reached_tier_counts_even_when_it_is_dearer() {
    let all = [fixed(0, 1, 500), fixed(0, 10, 550), fixed(0, 100, 450)];
    assert_eq!(pence(resolve(&all, &ask(1))), Some(500));
    assert_eq!(pence(resolve(&all, &ask(99))), Some(550));
    assert_eq!(pence(resolve(&all, &ask(100))), Some(450));
    assert_eq!(resolve(&all, &ask(20)).and_then(|r| r.next_tier).map(|t| t.min_quantity), Some(quantity(100)));
}

#[test]
fn a_percentage_tier_is_off_the_base_price_not_off_the_previous_tier() {
    let mut ten = fixed(0, 10, 0);
    ten.rate = Rate::PercentOff(Decimal::TEN);
    let mut hundred = fixed(0, 100, 0);
    hundred.rate = Rate::PercentOff(Decimal::from(20));
    let all = [fixed(0, 1, 1000), ten.clone(), hundred];
    assert_eq!(pence(resolve(&all, &ask(10))), Some(900));
    assert_eq!(pence(resolve(&all, &ask(100))), Some(800));
    assert_eq!(
        pence(resolve(&[ten.clone(), fixed(9, 1, 2000)], &ask(10))),
        Some(1800),
        "off the list price when the contract has no base"
    );
    assert_eq!(resolve(&[ten], &ask(10)), None, "off nothing is no price");
}

#[test]
fn never_across_currencies_and_units_and_never_outside_its_days() {
    let mut euro = fixed(0, 1, 100);
    euro.currency = Currency::parse("EUR").expect("known");
    let mut boxes = fixed(0, 1, 100);
    boxes.unit = "BX".into();
    let mut future = fixed(0, 1, 100);
    future.valid_from = Some(day(16));
    let mut past = fixed(0, 1, 100);
    past.valid_to = Some(day(14));
    let mut ended = fixed(0, 1, 100);
    agreement(&mut ended).to = Some(day(14));
    let mut draft = fixed(0, 1, 100);
    agreement(&mut draft).active = false;
    for (c, why) in [
        (euro, Outcome::OtherCurrency),
        (boxes, Outcome::OtherUnit),
        (future, Outcome::NotYetValid),
        (past, Outcome::Expired),
        (ended, Outcome::Expired),
        (draft, Outcome::ContractNotActive),
    ] {
        assert_eq!(resolve(std::slice::from_ref(&c), &ask(1)), None, "{why:?}: price on request");
        let all = [c, fixed(9, 1, 700)];
        assert!(resolve(&all, &ask(1)).expect("the list price").is_list_price);
        let outcomes = |of: &[Candidate]| considered(of, &ask(1)).iter().map(|c| c.outcome).collect::<Vec<_>>();
        assert_eq!(outcomes(&all), [Outcome::Won, why]);
        assert_eq!(outcomes(&all[..1]), [why], "why there is no price is explained too");
    }
    let mut last_day = fixed(0, 1, 100);
    last_day.valid_to = Some(day(15));
    last_day.valid_from = Some(day(15));
    let r = resolve(&[last_day], &ask(1)).expect("first and last day count");
    assert_eq!(r.valid_until, Some(day(15)));
}

#[test]
fn strategies_lowest_and_priority() {
    let mut dear_but_first = fixed(1, 1, 900);
    agreement(&mut dear_but_first).priority = 5;
    let all = [fixed(0, 1, 500), dear_but_first, fixed(9, 1, 300)];
    assert_eq!(pence(resolve(&all, &Question { strategy: Strategy::Lowest, ..ask(1) })), Some(300));
    assert_eq!(pence(resolve(&all, &Question { strategy: Strategy::Priority, ..ask(1) })), Some(900));
}

#[test]
fn no_candidates_is_a_price_on_request_never_zero() {
    assert_eq!(resolve(&[], &ask(1)), None);
}

#[test]
fn the_volume_table_shows_each_change_once() {
    let all = [fixed(0, 10, 400), fixed(0, 50, 350), fixed(9, 1, 600), fixed(9, 20, 380)];
    let table: Vec<_> = tiers(&all, &ask(1)).into_iter().map(|t| (t.min_quantity, t.unit_price.amount())).collect();
    assert_eq!(
        table,
        [
            (quantity(1), Decimal::new(600, 2)),
            (quantity(10), Decimal::new(400, 2)),
            (quantity(50), Decimal::new(350, 2))
        ]
    );
}

prop_compose! {
    fn any_candidate()(level in 0_u8..4, min in 1_i64..50, pence in 1_i64..10_000, percent in proptest::option::weighted(0.2, 1_i64..99),
                       euro in proptest::bool::weighted(0.1), active in proptest::bool::weighted(0.9), priority in 0_i32..3,
                       from in 1_u32..20, to in proptest::option::of(1_u32..29)) -> Candidate {
        let mut c = fixed(if level == 3 { 9 } else { level }, min, pence);
        if let Some(p) = percent { c.rate = Rate::PercentOff(Decimal::from(p)); }
        if euro { c.currency = Currency::parse("EUR").expect("known"); }
        agreement(&mut c).active = active;
        agreement(&mut c).priority = priority;
        c.valid_from = Some(day(from));
        c.valid_to = to.map(day);
        c
    }
}

proptest! {
    #[test]
    fn the_answer_does_not_depend_on_the_order_of_the_candidates(all in proptest::collection::vec(any_candidate(), 0..12), n in 1_i64..60) {
        let mut reversed = all.clone();
        reversed.reverse();
        prop_assert_eq!(resolve(&all, &ask(n)).map(|r| r.unit_price), resolve(&reversed, &ask(n)).map(|r| r.unit_price));
    }

    #[test]
    fn the_price_is_positive_in_the_asked_currency_and_explained_in_full(all in proptest::collection::vec(any_candidate(), 0..12), n in 1_i64..60, lowest in any::<bool>()) {
        let q = Question { strategy: if lowest { Strategy::Lowest } else { Strategy::ContractWins }, ..ask(n) };
        if let Some(r) = resolve(&all, &q) {
            prop_assert!(r.unit_price.amount() > Decimal::ZERO);
            prop_assert_eq!(r.unit_price.currency(), Currency::GBP);
            prop_assert!(r.tier <= quantity(n));
            let considered = considered(&all, &q);
            prop_assert_eq!(considered.len(), all.len());
            prop_assert_eq!(considered.iter().filter(|c| c.outcome == Outcome::Won).count(), 1);
            prop_assert_eq!(considered[0].unit_price, Some(r.unit_price));
            if let Some(next) = r.next_tier {
                prop_assert!(next.min_quantity > quantity(n) && next.unit_price.amount() < r.unit_price.amount());
            }
        }
    }

    #[test]
    fn rows_that_do_not_apply_never_change_the_price(all in proptest::collection::vec(any_candidate(), 1..10), n in 1_i64..60) {
        let live: Vec<_> = all.iter().filter(|c| in_force(c, &ask(n)).is_ok()).cloned().collect();
        prop_assert_eq!(resolve(&all, &ask(n)).map(|r| r.unit_price), resolve(&live, &ask(n)).map(|r| r.unit_price));
    }

    #[test]
    fn a_nearer_live_price_always_beats_the_farther_ones(all in proptest::collection::vec(any_candidate(), 0..10), pence in 1_i64..10_000) {
        let mut own = fixed(0, 1, pence);
        agreement(&mut own).contract = "K-OWN".into();
        let mut with = all;
        with.retain(|c| c.agreement.level > 0);
        with.push(own);
        prop_assert_eq!(resolve(&with, &ask(1)).map(|r| r.unit_price.amount()), Some(Decimal::new(pence, 2)));
    }
}
