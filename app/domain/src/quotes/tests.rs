//! The rules of quotes: states exhaustively, random histories against a model, acceptance by properties.

use proptest::prelude::*;

use super::*;

const EVENTS: [Event; 10] = [
    E::Send,
    E::AskChanges,
    E::AcceptPart,
    E::AcceptRest,
    E::Decline,
    E::Refuse,
    E::Withdraw,
    E::Expire,
    E::ReopenPart,
    E::ReopenAll,
];
const SIDES: [Side; 3] = [Buyer, Seller, Clock];

fn gbp(pence: i64) -> Money {
    Money::new(Decimal::new(pence, 2), Currency::GBP)
}

fn q(n: i64) -> Quantity {
    Quantity::new(n.into()).expect("positive")
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).expect("a date")
}

fn offer(quantity: i64, or_more: bool, pence: i64) -> Offer {
    Offer { quantity: q(quantity), or_more, unit_price: gbp(pence) }
}

fn line(no: u32, quantity: i64, offers: Vec<Offer>) -> Line {
    Line {
        no,
        product: None,
        sku: None,
        name: format!("Line {no}"),
        unit: "EA".into(),
        quantity: q(quantity),
        at_most: None,
        offers,
        alternative_to: None,
        tax_rate: Decimal::from(20),
        lead_days: None,
        usual_price: None,
        note: String::new(),
    }
}

fn document(lines: Vec<Line>) -> Document {
    Document {
        title: "Gloves".into(),
        lines,
        delivery: None,
        terms: String::new(),
        note: String::new(),
        valid_until: day(30),
    }
}

fn chosen(no: u32, offer: usize, quantity: i64) -> Chosen {
    Chosen { no, offer, quantity: q(quantity) }
}

/// The field of the only complaint.
fn complaint(result: Result<Accepted, Problem>) -> (String, String) {
    match result {
        Err(Problem::Invalid(errors)) if errors.len() == 1 => (errors[0].field.clone(), errors[0].message.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_state_event_and_side_is_in_the_table_once_or_an_error_that_names_the_state() {
    let mut allowed = 0;
    for status in Status::ALL {
        assert_eq!(Status::parse(status.code()), Some(status));
        for event in EVENTS {
            for side in SIDES {
                let rows = TRANSITIONS.iter().filter(|(f, e, s, _)| (*f, *e, *s) == (status, event, side)).count();
                match status.after(event, side) {
                    Ok(_) => {
                        allowed += 1;
                        assert_eq!(rows, 1, "{status:?} {event:?} {side:?}");
                    }
                    Err(Problem::Conflict(Cause::QuoteState { state })) => {
                        assert_eq!((rows, state), (0, status.label().to_lowercase()));
                    }
                    Err(other) => panic!("{other}"),
                }
            }
        }
    }
    assert_eq!(allowed, TRANSITIONS.len());
}

#[test]
fn one_side_at_a_time_and_nobody_answers_their_own_quote() {
    for (from, event, side, _) in TRANSITIONS {
        match (from.turn(), side) {
            // The seller replaces or takes back what is in force; that is no answer to it.
            (Some(Buyer), Seller) => assert!(matches!(event, E::Send | E::Withdraw), "{from:?} {event:?}"),
            // Who asked takes the question back.
            (Some(Seller), Buyer) => assert_eq!(*event, E::Withdraw, "{from:?}"),
            (Some(turn), Buyer | Seller) => assert_eq!(turn, *side),
            (None, Buyer) => assert_eq!(*event, E::AskChanges, "what is over can be asked for again"),
            _ => {}
        }
        if matches!(event, E::AcceptPart | E::AcceptRest | E::Decline) {
            assert_eq!(*side, Buyer);
        }
        if *event == E::Send {
            assert_eq!(*side, Seller);
        }
    }
    for over in [S::Refused, S::Withdrawn] {
        assert!(EVENTS.iter().all(|e| SIDES.iter().all(|s| !over.allows(*e, *s))));
    }
}

#[test]
fn a_quote_is_expired_from_the_day_after_its_last_whatever_the_job_did() {
    assert_eq!(S::Sent.on(day(30), Some(day(30))), S::Sent);
    assert_eq!(S::Sent.on(day(30), Some(day(29))), S::Expired);
    assert_eq!(S::PartlyAccepted.on(day(30), Some(day(29))), S::Expired);
    assert_eq!(S::Accepted.on(day(30), Some(day(29))), S::Accepted, "an order stands");
    assert_eq!(S::ChangesAsked.on(day(30), Some(day(29))), S::ChangesAsked);
}

#[test]
fn an_offer_takes_exactly_its_quantity_or_that_and_more() {
    let exactly = offer(100, false, 460);
    let more = offer(100, true, 460);
    assert!(exactly.takes(q(100)) && !exactly.takes(q(99)) && !exactly.takes(q(101)));
    assert!(more.takes(q(100)) && !more.takes(q(99)) && more.takes(q(10_000)));
    assert_eq!(more.words(), "100 or more at £4.60");
}

#[test]
fn the_whole_is_every_line_at_its_cheapest_fitting_offer_without_alternatives() {
    let mut other = line(3, 100, vec![offer(100, true, 300)]);
    other.alternative_to = Some(1);
    let d = document(vec![
        line(1, 100, vec![offer(50, true, 500), offer(100, false, 460)]),
        line(2, 10, vec![offer(25, false, 100)]),
        other,
    ]);
    assert_eq!(d.whole(), [chosen(1, 1, 100), chosen(2, 0, 25)]);
    let all = accept(&d, &Ordered::new(), &d.whole()).expect("acceptable");
    assert!(all.complete, "the alternative is done with its line");
    let totals = d.totals(Currency::GBP, &all.lines, |_| gbp(750)).expect("in range");
    assert_eq!((totals.net, totals.delivery, totals.gross), (gbp(48_500), gbp(750), gbp(59_100)));
    let fixed = Document { delivery: Some(gbp(0)), ..d };
    assert_eq!(fixed.totals(Currency::GBP, &all.lines, |_| gbp(750)).expect("in range").gross, gbp(58_200));
}

#[test]
fn what_does_not_fit_is_told_at_its_line() {
    let mut limited = line(1, 100, vec![offer(10, true, 500)]);
    limited.at_most = Some(q(120));
    let mut other = line(2, 100, vec![offer(100, true, 300)]);
    other.alternative_to = Some(1);
    let d = document(vec![limited, other, line(3, 5, vec![offer(5, false, 100)])]);
    let so_far: Ordered = [(1, Decimal::from(90))].into();
    let ask = |chosen: &[Chosen]| accept(&d, &so_far, chosen);
    assert_eq!(complaint(ask(&[])).0, "quantities");
    assert_eq!(complaint(ask(&[chosen(9, 0, 1)])).0, "quantities[9]");
    assert_eq!(complaint(ask(&[chosen(1, 1, 10)])).1, "Choose one of the prices.");
    assert_eq!(complaint(ask(&[chosen(1, 0, 9)])).1, "This price of Line 1 is for 10 or more.");
    assert_eq!(complaint(ask(&[chosen(1, 0, 31)])).1, "Only 30 of Line 1 are left in this quote.");
    assert_eq!(complaint(ask(&[chosen(3, 0, 4)])).1, "This price of Line 3 is for exactly 5.");
    assert_eq!(complaint(ask(&[chosen(3, 0, 5), chosen(3, 0, 5)])).0, "quantities[3]");
    assert_eq!(complaint(ask(&[chosen(1, 0, 10), chosen(2, 0, 100)])).0, "quantities[2]", "one of the two");
    assert!(!ask(&[chosen(1, 0, 10)]).expect("fits").complete);
    assert!(ask(&[chosen(1, 0, 10), chosen(3, 0, 5)]).expect("fits").complete, "100 were asked for, 100 are ordered");
    let done: Ordered = [(1, Decimal::from(100)), (3, Decimal::from(5))].into();
    assert_eq!(open_lines(&d, &done), Vec::<u32>::new());
    assert_eq!(complaint(accept(&d, &done, &[chosen(1, 0, 10)])).1, "Line 1 is ordered already.");
}

#[test]
fn a_document_names_every_fault_at_its_field() {
    let fields = |d: &Document| match d.check(Currency::GBP, day(20)) {
        Err(Problem::Invalid(errors)) => errors.into_iter().map(|e| e.field).collect::<Vec<_>>(),
        Ok(()) => Vec::new(),
        Err(other) => panic!("{other}"),
    };
    let good = document(vec![line(1, 100, vec![offer(100, true, 460)])]);
    assert_eq!(fields(&good), Vec::<String>::new());
    assert_eq!(fields(&Document { lines: vec![], ..good.clone() }), ["add"]);
    assert_eq!(fields(&Document { valid_until: day(19), ..good.clone() }), ["valid_until"]);
    assert_eq!(fields(&document(vec![line(1, 1, vec![])])), ["lines[0][offers][0][price]"]);
    assert_eq!(fields(&document(vec![line(1, 1, vec![offer(1, true, 0)])])), ["lines[0][offers][0][price]"]);
    let euro =
        Offer { unit_price: Money::new(Decimal::ONE, Currency::parse("EUR").expect("known")), ..offer(1, true, 1) };
    assert_eq!(fields(&document(vec![line(1, 1, vec![euro])])), ["lines[0][offers][0][price]"]);
    let twice = vec![offer(1, true, 100), offer(1, true, 90)];
    assert_eq!(fields(&document(vec![line(1, 1, twice)])), ["lines[0][offers][1][price]"]);
    let mut alternative = line(2, 1, vec![offer(1, true, 100)]);
    alternative.alternative_to = Some(2);
    let to_itself = document(vec![line(1, 1, vec![offer(1, true, 100)]), alternative]);
    assert_eq!(fields(&to_itself), ["lines[1][alternative_to]"]);
}

#[test]
fn the_floor_is_compared_exactly_and_what_costs_nobody_knows_is_not_judged() {
    let d = document(vec![
        line(1, 1, vec![offer(1, true, 1000), offer(100, true, 999)]),
        line(2, 1, vec![offer(1, true, 1)]),
    ]);
    let costs = [(1, gbp(850))].into();
    let draft = Draft { document: d, internals: Internals { costs, note: String::new() } };
    assert_eq!(below_floor(&draft, Decimal::from(15)), [(1, 1)]);
    assert_eq!(margin(gbp(1000), gbp(850)), Some(Decimal::from(15)));
    assert_eq!(margin(gbp(500), gbp(600)), Some(Decimal::from(-20)));
    assert_eq!(margin(gbp(500), Money::new(Decimal::ONE, Currency::parse("EUR").expect("known"))), None);
}

#[test]
fn a_price_is_typed_as_an_amount_or_as_a_discount() {
    let read = |text: &str| parse_price("p", text, Some(gbp(460)), Currency::GBP).map(|m| m.amount().to_string());
    for (typed, expected) in
        [("4.60", "4.60"), (" £1,004.60 ", "1004.60"), ("-10%", "4.14"), ("−12.5 %", "4.025"), ("10%", "4.14")]
    {
        assert_eq!(read(typed).as_deref(), Ok(expected), "{typed}");
    }
    for nonsense in ["", "x", "100%", "-%", "4.6.0"] {
        assert!(read(nonsense).is_err(), "{nonsense}");
    }
    assert!(parse_price("p", "-10%", None, Currency::GBP).is_err());
}

#[test]
fn what_a_form_says_of_a_line_is_read_whole_or_complained_about_field_by_field() {
    let was = Line { usual_price: Some(gbp(500)), ..line(4, 100, vec![offer(100, true, 460)]) };
    let form = LineInput {
        no: 4,
        name: "Own words".into(),
        quantity: "1,200".into(),
        lead_days: "14".into(),
        cost: "3.10".into(),
        offers: vec![
            OfferInput { quantity: String::new(), kind: "more".into(), price: "-20%".into() },
            OfferInput::default(),
            OfferInput { quantity: "2400".into(), kind: "exactly".into(), price: "3.9".into() },
        ],
        ..LineInput::default()
    };
    let (read, cost) = form.read(0, &was, Currency::GBP).expect("readable");
    assert_eq!((read.name.as_str(), read.lead_days, cost), ("Own words", Some(14), Some(gbp(310))));
    assert_eq!(read.offers, [offer(1200, true, 400), offer(2400, false, 390)]);
    let bad = LineInput { quantity: "0".into(), lead_days: "soon".into(), cost: "x".into(), ..form };
    let fields: Vec<String> =
        bad.read(2, &was, Currency::GBP).expect_err("three faults").into_iter().map(|e| e.field).collect();
    assert_eq!(fields, ["lines[2][quantity]", "lines[2][lead_days]", "lines[2][cost]"]);
}

#[test]
fn versions_are_compared_line_by_line() {
    let before = document(vec![line(1, 100, vec![offer(100, true, 460)]), line(2, 5, vec![offer(5, false, 100)])]);
    let mut after = before.clone();
    after.lines[0].offers[0].unit_price = gbp(440);
    after.lines.remove(1);
    after.lines.push(line(3, 1, vec![offer(1, true, 900)]));
    after.valid_until = day(25);
    let changes = compare(&before, &after);
    let words: Vec<(&str, &str, &str)> =
        changes.iter().map(|c| (c.what.as_str(), c.before.as_str(), c.after.as_str())).collect();
    assert_eq!(
        words,
        [
            ("Line 1", "100 × EA: 100 or more at £4.60", "100 × EA: 100 or more at £4.40"),
            ("Line 2", "5 × EA: exactly 5 at £1.00", ""),
            ("Line 3", "", "1 × EA: 1 or more at £9.00"),
            ("Valid until", "30 Nov 2026", "25 Nov 2026"),
        ]
    );
    assert!(compare(&before, &before).is_empty());
}

#[test]
fn a_list_link_reads_back_the_same() {
    let url = "/quotes?show=over&q=gloves+%26+more&page=2";
    assert_eq!(QuotesQuery::parse(&url[8..]).href("/quotes"), url);
    assert_eq!(QuotesQuery::parse("show=odd&page=-1").href("/quotes"), "/quotes");
}

proptest! {
    /// Any sequence of tries keeps what must hold: nobody moves a quote in the other's turn, what is over stays over unless
    /// somebody begins a new round, an order only ever comes from a version in force.
    #[test]
    fn random_histories_keep_the_turns(tries in proptest::collection::vec((0_usize..10, 0_usize..3), 0..60)) {
        let mut status = S::Requested;
        let mut in_force = false;
        for (event, side) in tries {
            let (event, side) = (EVENTS[event], SIDES[side]);
            let turn = status.turn();
            if let Ok(next) = status.after(event, side) {
                match event {
                    E::Send => { prop_assert_eq!(side, Seller); in_force = true; }
                    E::AcceptPart | E::AcceptRest => { prop_assert!(in_force && side == Buyer && turn == Some(Buyer)); }
                    E::AskChanges => in_force = false,
                    E::ReopenAll | E::ReopenPart => prop_assert!(matches!(status, S::Accepted | S::PartlyAccepted)),
                    _ => {}
                }
                if next.turn() == Some(Buyer) { prop_assert!(in_force); }
                status = next;
            }
        }
    }

    /// However it is ordered in parts, no line goes beyond its limit, every amount is the quoted price, and "complete" means
    /// that a further order finds nothing.
    #[test]
    fn parts_never_add_up_to_more_than_there_is(
        limits in proptest::collection::vec((1_i64..50, proptest::option::of(50_i64..80), 1_i64..20, any::<bool>()), 1..6),
        orders in proptest::collection::vec(proptest::collection::vec((0_u32..6, 1_i64..60), 1..4), 1..12),
    ) {
        let lines: Vec<Line> = limits.iter().enumerate().map(|(i, (asked, most, first, more))| {
            let mut l = line(u32::try_from(i).expect("few"), *asked, vec![offer(*first, *more, 250)]);
            l.at_most = most.map(q);
            l
        }).collect();
        let d = document(lines);
        let mut ordered = Ordered::new();
        for order in orders {
            let wanted: Vec<Chosen> = order.into_iter().map(|(no, n)| chosen(no, 0, n)).collect();
            if let Ok(accepted) = accept(&d, &ordered, &wanted) {
                for l in &accepted.lines {
                    prop_assert_eq!(l.net, gbp(250).line(l.quantity).expect("in range"));
                    *ordered.entry(l.no).or_default() += l.quantity.value();
                }
                prop_assert_eq!(accepted.complete, is_complete(&d, &ordered));
                prop_assert_eq!(accepted.complete, open_lines(&d, &ordered).is_empty());
            }
            for l in &d.lines {
                if let Some(most) = l.at_most {
                    prop_assert!(ordered.get(&l.no).copied().unwrap_or_default() <= most.value());
                }
            }
        }
    }
}
