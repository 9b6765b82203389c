use proptest::prelude::*;

use super::*;

fn article(sku: &str, larger: &str) -> Article {
    let own = "EA".to_owned();
    let larger = Units::parse_larger(&own, larger).expect("units");
    Article { sku: sku.into(), name: format!("Article {sku}"), units: Units { own, larger } }
}

/// Articles by their numbers, a GTIN, and customers' own numbers, of which one is another article's number, too.
fn known() -> BTreeMap<String, Vec<Article>> {
    let mut known: BTreeMap<String, Vec<Article>> = BTreeMap::new();
    for sku in ["85123A", "22197", "47566B", "GL-CUT-D-9", "HB-M8-40", "12", "POST", "22 197"] {
        known.entry(sku.to_owned()).or_default().push(article(sku, if sku == "85123A" { "BX=10" } else { "" }));
    }
    known.entry("5012345010007".into()).or_default().push(article("GL-CUT-D-9", ""));
    known.entry("ACME-7".into()).or_default().push(article("HB-M8-40", ""));
    for sku in ["22197", "47566B"] {
        known.entry("TWICE".into()).or_default().push(article(sku, ""));
    }
    known
}

fn meaning(text: &str) -> Meaning {
    let (lines, more) = Pasted::read(text);
    assert_eq!((lines.len(), more), (1, 0), "{text}");
    lines[0].understand(&known())
}

#[test]
fn what_people_paste_is_understood() {
    for (text, sku, quantity) in [
        ("85123A", "85123A", "1"),
        ("85123a 12", "85123A", "12"),
        ("12 85123A", "85123A", "12"),
        ("12 x 85123A", "85123A", "12"),
        ("85123A x 12", "85123A", "12"),
        ("85123A x12", "85123A", "12"),
        ("12x 85123A", "85123A", "12"),
        ("12× 85123A", "85123A", "12"),
        ("85123A\t12", "85123A", "12"),
        ("85123A\tWHITE HANGING HEART T-LIGHT HOLDER\t12\tEA", "85123A", "12"),
        ("12\t85123A\tWHITE HEART", "85123A", "12"),
        ("85123A;12", "85123A", "12"),
        ("85123A,12", "85123A", "12"),
        ("\"85123A\";\"12\"", "85123A", "12"),
        ("- 12 pcs 85123A, please", "85123A", "12"),
        ("Please send 12 pcs of (85123A).", "85123A", "12"),
        ("qty: 12 85123A", "85123A", "12"),
        ("85123A 1,200", "85123A", "1200"),
        ("85123A 1 200", "85123A", "1200"),
        ("2.5 85123A", "85123A", "2.5"),
        ("2 boxes 85123A", "85123A", "20"),
        ("85123A\t2\tBX", "85123A", "20"),
        ("3 cartons 22197", "22197", "3"),
        ("22197 6", "22197", "6"),
        ("6 x 22197", "22197", "6"),
        ("5012345010007", "GL-CUT-D-9", "1"),
        ("5012345010007\t20", "GL-CUT-D-9", "20"),
        ("GL-CUT-D-9 20", "GL-CUT-D-9", "20"),
        ("ACME-7 40", "HB-M8-40", "40"),
        ("acme-7, 40 off", "HB-M8-40", "40"),
        ("hex bolt M8 HB-M8-40  x 5", "HB-M8-40", "5"),
        // The article's own number stands in the line with its GTIN.
        ("GL-CUT-D-9\t5012345010007\t30", "GL-CUT-D-9", "30"),
        // A quantity that is an article's number as well stays a quantity beside a word that is one.
        ("85123A 12", "85123A", "12"),
    ] {
        match meaning(text) {
            Meaning::Line(a, q) => {
                assert_eq!((a.sku.as_str(), q.value().normalize().to_string().as_str()), (sku, quantity), "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn what_could_mean_two_things_is_asked() {
    let skus = |text: &str| match meaning(text) {
        Meaning::Which(articles, quantity) => {
            (articles.into_iter().map(|a| a.sku).collect::<Vec<_>>(), quantity.value())
        }
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(skus("TWICE 4"), (vec!["22197".to_owned(), "47566B".to_owned()], Decimal::from(4)));
    assert_eq!(skus("85123A 47566B 3").1, Decimal::from(3));
    assert_eq!(skus("22197 12").0, ["22197", "12"], "both numbers are articles");
    assert_eq!(skus("NOPE 12").0, ["12"], "rather twelve of something unknown than one of article 12");
}

#[test]
fn what_is_not_known_says_why_and_stays() {
    for text in ["NOPE 13", "hello", "999", "85123A 12 13", "- - -", "85123A 999999 boxes 1"] {
        assert!(matches!(meaning(text), Meaning::Unknown(_)), "{text}: {:?}", meaning(text));
    }
    let (lines, _) = Pasted::read("  \n\nNOPE 12  \n");
    assert_eq!((lines[0].no, lines[0].raw.as_str()), (3, "NOPE 12"));
}

#[test]
fn ten_thousand_lines_are_read_and_the_others_counted() {
    let (lines, more) = Pasted::read(&"85123A 1\n".repeat(MOST_LINES + 7));
    assert_eq!((lines.len(), more), (MOST_LINES, 7));
}

proptest! {
    /// Whatever is pasted, no line is lost and nothing panics.
    #[test]
    fn every_line_is_read_or_counted(text in "(?s).{0,400}") {
        let (lines, more) = Pasted::read(&text);
        prop_assert_eq!(lines.len() + more, text.lines().filter(|l| !l.trim().is_empty()).count());
        for line in lines {
            let _ = line.understand(&known());
            prop_assert!(line.keys.len() <= 200);
        }
    }

    /// An article and a quantity are understood however they are put together.
    #[test]
    fn an_article_and_a_quantity_are_understood_in_any_order(n in 1_u32..100_000, between in prop::sample::select(vec![" ", "\t", ";", "  ", " x ", ", "]), first in any::<bool>()) {
        let text = if first { format!("{n}{between}47566B") } else { format!("47566B{between}{n}") };
        let quantity = Quantity::new(Decimal::from(n)).expect("positive");
        prop_assert_eq!(meaning(&text), Meaning::Line(article("47566B", ""), quantity), "{}", text);
    }
}
