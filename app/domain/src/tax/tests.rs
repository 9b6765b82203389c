use proptest::prelude::*;

use super::*;
use crate::Quantity;

fn money(text: &str, code: &str) -> Money {
    Money::new(text.parse().expect("a number"), Currency::parse(code).expect("a currency"))
}

fn taxed(net: Money, rate: &str, category: Category) -> Taxed {
    Taxed { net, rate: rate.parse().expect("a rate"), category }
}

/// Currency, (unit price, quantity) of each line at 20 %, and what they come to: net, tax, gross.
type Sum = (&'static str, &'static [(&'static str, i64)], [&'static str; 3]);

#[test]
fn lines_are_rounded_one_by_one_and_tax_once() {
    const TABLE: &[Sum] = &[
        // Three times 0.02: per line the tax would be nothing.
        ("GBP", &[("0.02", 1), ("0.02", 1), ("0.02", 1)], ["0.06", "0.01", "0.07"]),
        // 0.335 × 1 = 0.34 each, while 0.335 × 3 = 1.01.
        ("EUR", &[("0.335", 1), ("0.335", 1), ("0.335", 1)], ["1.02", "0.20", "1.22"]),
        ("EUR", &[("0.335", 3)], ["1.01", "0.20", "1.21"]),
        // Half a penny goes up: 12.525 and 2.505.
        ("GBP", &[("4.175", 3)], ["12.53", "2.51", "15.04"]),
        // No minor unit: 10.5 yen are 11, and 20 % of 11 are 2.
        ("JPY", &[("3.5", 3)], ["11", "2", "13"]),
        ("JPY", &[("0.4", 1), ("0.4", 1)], ["0", "0", "0"]),
        // Three digits: a tenth of a fils goes down, half of one up.
        ("KWD", &[("0.0005", 1)], ["0.001", "0.000", "0.001"]),
        ("KWD", &[("1.2344", 1), ("1.2345", 1)], ["2.469", "0.494", "2.963"]),
        ("GBP", &[("0", 5)], ["0", "0", "0"]),
    ];
    for (code, lines, [net, tax, gross]) in TABLE {
        let currency = Currency::parse(code).expect("a currency");
        let lines: Vec<Taxed> = lines
            .iter()
            .map(|(price, n)| {
                let quantity = Quantity::new(Decimal::from(*n)).expect("positive");
                taxed(money(price, code).line(quantity).expect("in range"), "20", Category::Standard)
            })
            .collect();
        let t = totals(currency, &lines, &[], &[]).expect("in range");
        assert_eq!(
            (t.net, t.tax, t.gross),
            (money(net, code), money(tax, code), money(gross, code)),
            "{code} {lines:?}"
        );
    }
}

#[test]
fn ten_thousand_small_lines_are_off_by_nothing() {
    let lines = vec![taxed(money("0.03", "GBP"), "20", Category::Standard); 10_000];
    let t = totals(Currency::GBP, &lines, &[], &[]).expect("in range");
    assert_eq!((t.net, t.tax), (money("300.00", "GBP"), money("60.00", "GBP")));
}

#[test]
fn allowances_and_charges_move_the_base_of_their_group() {
    let lines = [
        taxed(money("100.00", "GBP"), "20", Category::Standard),
        taxed(money("40.00", "GBP"), "5", Category::Reduced),
        taxed(money("10.00", "GBP"), "0", Category::Zero),
    ];
    let fee = [taxed(money("12.50", "GBP"), "20.00", Category::Standard)];
    let delivery = [taxed(money("7.50", "GBP"), "20", Category::Standard)];
    let t = totals(Currency::GBP, &lines, &fee, &delivery).expect("in range");
    let rows: Vec<_> = t.taxes.iter().map(|s| (s.category, s.base, s.tax)).collect();
    assert_eq!(
        rows,
        [
            (Category::Standard, money("95.00", "GBP"), money("19.00", "GBP")),
            (Category::Reduced, money("40.00", "GBP"), money("2.00", "GBP")),
            (Category::Zero, money("10.00", "GBP"), money("0.00", "GBP")),
        ],
        "20 and 20.00 are one rate"
    );
    assert_eq!((t.lines, t.net, t.gross), (money("150.00", "GBP"), money("145.00", "GBP"), money("166.00", "GBP")));
    assert_eq!(highest(&lines), Some((Decimal::from(20), Category::Standard)));
    assert_eq!(highest(&[]), None);
}

#[test]
fn a_treatment_speaks_where_nothing_is_charged() {
    let usual = Decimal::from(20);
    for (rate, treatment, category) in [
        (20, None, Category::Standard),
        (25, None, Category::Standard),
        (5, None, Category::Reduced),
        (0, None, Category::Zero),
        (0, Some(Category::ReverseCharge), Category::ReverseCharge),
        (0, Some(Category::Export), Category::Export),
        // Ordered before the customer became one of those.
        (20, Some(Category::Export), Category::Standard),
    ] {
        assert_eq!(Category::of(Decimal::from(rate), treatment, usual), category, "{rate} {treatment:?}");
    }
}

#[test]
fn categories_read_back_and_give_a_reason_for_no_tax() {
    for c in Category::ALL {
        assert_eq!(Category::parse(c.code()), Some(c));
        assert_eq!(c.reason().is_some(), Category::TREATMENTS.contains(&c), "{c:?}");
    }
    assert_eq!(Category::parse("S"), None);
}

#[test]
fn vat_numbers_carry_their_country() {
    for (number, country, expected) in [
        ("GB 123 4567 89", "GB", "GB123456789"),
        ("123456789", "DE", "DE123456789"),
        ("el-094259216", "GR", "EL094259216"),
        ("094259216", "GR", "EL094259216"),
        ("", "DE", ""),
    ] {
        assert_eq!(vat_number(number, country), expected);
    }
    assert_eq!(vat_scheme("DE123456789"), Some("9930"));
    assert_eq!(vat_scheme("US1"), None);
    assert_eq!(vat_scheme("ä"), None);
}

proptest! {
    #[test]
    fn every_total_follows_from_the_others(
        amounts in proptest::collection::vec((0_i64..1_000_000, 0_usize..7, 0_usize..3), 1..60),
        code in 0_usize..3,
    ) {
        let currency = Currency::parse(["JPY", "GBP", "KWD"][code]).expect("known");
        let of = |what: usize| -> Vec<Taxed> {
            amounts.iter().filter(|a| a.2 == what).map(|(net, category, _)| {
                let category = Category::ALL[*category];
                let rate = match category { Category::Standard => 20, Category::Reduced => 5, _ => 0 };
                Taxed { net: Money::new(Decimal::new(*net, currency.minor_digits()), currency), rate: Decimal::from(rate), category }
            }).collect()
        };
        let (lines, allowances, charges) = (of(0), of(1), of(2));
        let t = totals(currency, &lines, &allowances, &charges).expect("in range");
        prop_assert_eq!(t.net, t.lines.minus(t.allowances).and_then(|m| m.plus(t.charges)).expect("in range"));
        prop_assert_eq!(t.gross, t.net.plus(t.tax).expect("in range"));
        prop_assert_eq!(t.net, Money::sum(currency, t.taxes.iter().map(|s| s.base)).expect("in range"));
        prop_assert_eq!(t.gross.rounded(), t.gross);
        for s in &t.taxes {
            prop_assert_eq!(s.tax, s.base.percent(s.rate).expect("in range"));
            prop_assert!(s.category.reason().is_none() || s.tax.amount().is_zero());
        }
        let backwards: Vec<Taxed> = lines.iter().rev().copied().collect();
        prop_assert_eq!(totals(currency, &backwards, &allowances, &charges).expect("in range"), t);
    }
}
