use super::*;

fn row(sku: &str, name: &str, description: &str, attributes: &[(&str, &str)]) -> Row {
    Row {
        id: Uuid::from_u128(sku.bytes().fold(7, |n, b| n * 131 + u128::from(b))),
        sku: sku.to_owned(),
        gtin: (sku == "DEG-5").then(|| "5012345678900".to_owned()),
        name: name.to_owned(),
        description: description.to_owned(),
        category: Uuid::from_u128(if name.contains("bolt") { 1 } else { 2 }),
        active: !sku.starts_with("OLD"),
        attributes: attributes.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
    }
}

fn index() -> Index {
    let category =
        |id, slug: &str, name: &str| Category { id: Uuid::from_u128(id), slug: slug.into(), name: name.into() };
    let rows = vec![
        row("HB-M8-40", "Hex bolt M8 × 40", "Steel, zinc plated", &[("Thread", "M8"), ("Length", "40 mm")]),
        row("HB-M8-60", "Hex bolt M8 × 60", "Steel, zinc plated", &[("Thread", "M8"), ("Length", "60 mm")]),
        row("HB-M10-60", "Hex bolt M10 × 60", "Stainless", &[("Thread", "M10"), ("Length", "60 mm")]),
        row("HB-M10-100", "Hex bolt M10 × 100", "Stainless", &[("Thread", "M10"), ("Length", "100 mm")]),
        row("DEG-5", "Degreaser, 5 litres", "Takes grease off steel bolts", &[]),
        row("WRAP-1", "Stretch wrap, clear", "For pallets", &[]),
        row("BAT-AA", "Batteries AA, pack of 10", "", &[]),
        row("EAR-1", "Ear plugs, foam", "", &[]),
        row("CAFE-1", "Café tray", "", &[]),
        row("OLD-1", "Hex bolt M8, old", "", &[]),
    ];
    let groups =
        [vec!["cling film".to_owned(), "stretch wrap".to_owned()], vec!["torch".to_owned(), "flashlight".to_owned()]];
    of(rows, vec![category(1, "fixings", "Fixings"), category(2, "supplies", "Supplies")], &groups)
}

/// The index of products in any order.
pub(super) fn of(mut rows: Vec<Row>, categories: Vec<Category>, synonyms: &[Vec<String>]) -> Index {
    rows.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let mut builder = Builder::new(1, categories, synonyms);
    for row in rows {
        builder.add(row);
    }
    builder.finish()
}

fn found(words: &str) -> Vec<String> {
    let index = index();
    let found = index.find(&Ask { words, ..Ask::default() }, 10);
    index.hits(&found, 10, None).into_iter().map(|h| h.sku.to_owned()).collect()
}

#[test]
fn words_find_what_a_person_means() {
    for (words, first) in [
        ("hex bolt m8x40", "HB-M8-40"),
        ("m8 x 40", "HB-M8-40"),
        ("bolts M10 60mm", "HB-M10-60"),
        ("degreser", "DEG-5"),
        ("degraeser", "DEG-5"),
        ("degr", "DEG-5"),
        ("5 liter degreaser", "DEG-5"),
        ("5l degreaser", "DEG-5"),
        ("cling film", "WRAP-1"),
        ("clear cling film", "WRAP-1"),
        ("battery", "BAT-AA"),
        ("aa batterys", "BAT-AA"),
        ("earplugs", "EAR-1"),
        ("ear plug", "EAR-1"),
        ("cafe", "CAFE-1"),
        ("hb m8 60", "HB-M8-60"),
        ("hbm860", "HB-M8-60"),
        ("5012345678900", "DEG-5"),
        ("50123456", "DEG-5"),
        ("M10-100", "HB-M10-100"),
    ] {
        assert_eq!(found(words).first().map(String::as_str), Some(first), "{words}: {:?}", found(words));
    }
    assert!(found("qqqqq").is_empty());
    assert!(found("!!! ---").is_empty());
    assert_eq!(found("steel bolts").len(), 3, "both bolts of steel, and what takes grease off them");
}

#[test]
fn a_name_says_more_than_a_description_and_what_is_sold_more_than_what_was() {
    assert_eq!(found("bolt").last().map(String::as_str), Some("DEG-5"));
    let bolts = found("hex bolt m8");
    assert_eq!(bolts.last().map(String::as_str), Some("OLD-1"), "{bolts:?}");
}

#[test]
fn what_was_bought_comes_first_among_what_fits_as_well() {
    let index = index();
    let bought = index.bits([row("HB-M10-60", "", "", &[]).id, row("DEG-5", "", "", &[]).id]);
    let found = index.find(&Ask { words: "bolt", bought: Some(&bought), ..Ask::default() }, 10);
    let hits = index.hits(&found, 10, Some(&bought));
    assert_eq!((hits[0].sku, hits[0].bought), ("HB-M10-60", true));
    assert_eq!(hits.last().map(|h| (h.sku, h.bought)), Some(("DEG-5", true)));
}

#[test]
fn a_guess_says_what_it_searched() {
    let index = index();
    let guess = |words: &str| index.find(&Ask { words, ..Ask::default() }, 10).guessed;
    assert_eq!(guess("degreaser"), None);
    assert_eq!(guess("degreser").as_deref(), Some("degreaser"));
    assert_eq!(guess("earplugs").as_deref(), Some("ear plugs"));
    assert_eq!(guess("titanium hex bolt").as_deref(), Some("hex bolt"));
    assert_eq!(guess("titanium bolt of mine"), None, "one word of four is no answer");
}

#[test]
fn nothing_is_found_that_may_not_be_seen() {
    let index = index();
    let visible = index.bits([row("HB-M8-40", "", "", &[]).id]);
    for words in ["", "hex bolt", "DEG-5", "degreser", "5012345678900", "h", "steel"] {
        let found = index
            .find(&Ask { words, visible: Some(&visible), own: &[row("DEG-5", "", "", &[]).id], ..Ask::default() }, 10);
        let skus: Vec<&str> = index.hits(&found, 10, None).into_iter().map(|h| h.sku).collect();
        assert!(skus.iter().all(|sku| *sku == "HB-M8-40"), "{words}: {skus:?}");
        assert!(found.categories.iter().all(|c| c.slug == "fixings" && c.count == 1), "{words}");
        assert!(found.facets.iter().all(|f| f.values.iter().all(|(_, n)| *n == 1)), "{words}");
    }
}

#[test]
fn filters_widen_within_an_attribute_and_narrow_between() {
    let index = index();
    let of = |attributes: &[(&str, &str)], spans: &[Span]| {
        let attributes: Vec<(String, String)> =
            attributes.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let found = index.find(&Ask { category: "fixings", attributes: &attributes, spans, ..Ask::default() }, 10);
        assert!(
            found.facets.iter().any(|f| f.name == "Length" && f.span == Some((Decimal::from(40), Decimal::from(100))))
        );
        found.len()
    };
    assert_eq!(of(&[], &[]), 4);
    assert_eq!(of(&[("Thread", "M8")], &[]), 2);
    assert_eq!(of(&[("Thread", "M8"), ("Thread", "M10")], &[]), 4);
    assert_eq!(of(&[("Thread", "M8"), ("Length", "60 mm")], &[]), 1);
    assert_eq!(of(&[("Nothing", "M8")], &[]), 0);
    let span = |from: Option<i64>, to: Option<i64>| Span {
        name: "Length".into(),
        from: from.map(Decimal::from),
        to: to.map(Decimal::from),
    };
    assert_eq!(of(&[], &[span(Some(50), None)]), 3);
    assert_eq!(of(&[], &[span(Some(50), Some(60))]), 2);
    assert_eq!(of(&[], &[span(Some(90), Some(60))]), 0);
}

#[test]
fn of_two_words_the_best_of_each_counts() {
    let rows = vec![row("A-1", "Bolt, hex, boltable steel", "bolts", &[]), row("A-2", "Steel", "bolted hexagon", &[])];
    let index = of(rows, Vec::new(), &[]);
    let found = index.find(&Ask { words: "bol ste", ..Ask::default() }, 2);
    assert_eq!(index.hits(&found, 2, None).iter().map(|h| h.sku).collect::<Vec<_>>(), ["A-1", "A-2"]);
}

proptest::proptest! {
    #[test]
    fn any_question_has_an_answer_and_what_is_shown_first_is_in_order(words in "[a-z0-9 ×.,-]{0,24}", first in 0_usize..6) {
        let index = index();
        let all = index.find(&Ask { words: &words, ..Ask::default() }, usize::MAX);
        let some = index.find(&Ask { words: &words, ..Ask::default() }, first);
        proptest::prop_assert_eq!(all.len(), some.len());
        let n = first.min(all.len());
        proptest::prop_assert_eq!(&all.docs[..n], &some.docs[..n]);
        let uncounted = index.find(&Ask { words: &words, uncounted: true, ..Ask::default() }, first);
        proptest::prop_assert_eq!(&uncounted.docs[..n], &some.docs[..n]);
        proptest::prop_assert!(uncounted.facets.is_empty());
    }

    #[test]
    fn what_is_suggested_is_what_would_be_found(
        words in "[a-z]{1,2}|[a-z0-9 -]{0,12}", visible in 0_u16..1 << 10, all in proptest::bool::ANY, bought in 0_u16..1 << 10, own in 0_u16..1 << 10, first in 1_usize..6
    ) {
        let index = index();
        let some = |set: u16| (0..index.len()).filter(|at| set >> at & 1 == 1).map(|at| index.ids[at]).collect::<Vec<_>>();
        let (visible, bought, own) = (index.bits(some(visible)), index.bits(some(bought)), some(own & bought & 0b11));
        let (firsts, mine) = (Firsts::default(), Firsts::default());
        // Once gone through, once remembered; by somebody else in between.
        for (bought, own) in [(Some(&bought), &own[..]), (None, &[]), (Some(&bought), &own)] {
            let ask = Ask { words: &words, visible: (!all).then_some(&visible), bought, own, ..Ask::default() };
            let (found, suggested) = (index.find(&ask, first), index.suggest(&ask, first, &firsts, &mine));
            let n = first.min(found.len());
            proptest::prop_assert_eq!(suggested.docs.get(..n), found.docs.get(..n));
            proptest::prop_assert_eq!(suggested.guessed, found.guessed);
        }
    }
}
