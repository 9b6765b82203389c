use proptest::prelude::*;

use super::*;

fn article(sku: &str, larger: &str) -> Article {
    counted(sku, "EA", larger)
}

fn counted(sku: &str, own: &str, larger: &str) -> Article {
    let own = own.to_owned();
    let larger = Units::parse_larger(&own, larger).expect("units");
    Article { sku: sku.into(), name: format!("Article {sku}"), units: Units { own, larger } }
}

/// Articles by their numbers, a GTIN, and customers' own numbers, of which one is another article's number, too.
fn known() -> BTreeMap<String, Vec<Article>> {
    let mut known: BTreeMap<String, Vec<Article>> = BTreeMap::new();
    for sku in ["85123A", "22197", "47566B", "GL-CUT-D-9", "HB-M8-40", "12", "POST", "22 197"] {
        known.entry(sku.to_owned()).or_default().push(article(sku, if sku == "85123A" { "BX=10" } else { "" }));
    }
    known.entry("BOXED".into()).or_default().push(article("BOXED", "BX=10"));
    known.entry("NITRILE".into()).or_default().push(counted("NITRILE", "PK", "CT=10"));
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
        ("2x BX 85123A", "85123A", "20"),
        ("2bx 85123A", "85123A", "20"),
        ("85123A 12pcs", "85123A", "12"),
        ("85123A\tBX", "85123A", "10"),
        ("NITRILE\t4", "NITRILE", "4"),
        ("NITRILE\t4\tCT", "NITRILE", "40"),
        ("4 packs NITRILE", "NITRILE", "4"),
        // What stands alone in a cell is the quantity, whatever the description says.
        ("HB-M8-40\tHex bolt M8 x 40\t200", "HB-M8-40", "200"),
        ("HB-M8-40,Hex bolt M8 x 40,12", "HB-M8-40", "12"),
        ("47566B\tPARTY BUNTING, 5 FLAGS\t3 pcs", "47566B", "3"),
        // A unit belongs to the number that it follows, or has a cell of its own.
        ("BOXED\tPOPCORN BOX\t12", "BOXED", "12"),
        ("BOXED popcorn box", "BOXED", "1"),
        ("BOXED popcorn box 12", "BOXED", "12"),
        ("22197,200", "22197", "200"),
        ("22197\t12 x", "22197", "12"),
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
            (articles.into_iter().map(|a| a.sku).collect::<Vec<_>>(), quantity.quantity.value())
        }
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(skus("TWICE 4"), (vec!["22197".to_owned(), "47566B".to_owned()], Decimal::from(4)));
    assert_eq!(skus("85123A 47566B 3").1, Decimal::from(3));
    assert_eq!(skus("22197 12").0, ["22197", "12"], "both numbers are articles");
    assert_eq!(skus("NOPE 12").0, ["12"], "rather twelve of something unknown than one of article 12");
}

#[test]
fn several_articles_keep_the_unit_that_was_written() {
    let Meaning::Which(_, wanted) = meaning("85123A BOXED 3 boxes") else { panic!("which one?") };
    assert_eq!(wanted.of(&article("85123A", "BX=10").units), Ok(Quantity::new(Decimal::from(30)).expect("positive")));
    assert_eq!(wanted.of(&article("22197", "").units), Err("It is not sold in this unit."));
}

#[test]
fn a_unit_that_the_article_does_not_have_is_no_order() {
    for text in ["3 cartons 22197", "NITRILE\t12\tEA", "12 EA NITRILE", "85123A 2 CT", "85123A 2kg", "3 dozen 22197"] {
        assert_eq!(meaning(text), Meaning::Unknown("It is not sold in this unit."), "{text}");
    }
    assert_eq!(
        meaning("85123A\t2 pcs\tBX"),
        Meaning::Unknown("Which unit is meant? Write only “12 x” and the article.")
    );
}

#[test]
fn which_number_is_meant_is_asked_rather_than_guessed() {
    for text in [
        "85123A\t12\t2.55",
        "12 x 85123A\t2.55",
        "HB-M8-40 hex bolt M8 x 40 200",
        "HB-M8-40\tHex bolt M8 x 40",
        "HB-M8-40,Hex bolt M8 x 40,200",
        "12 x 85123A 3",
        "85123A;2,5",
    ] {
        let asked = Meaning::Unknown("Which of the numbers is the quantity? Write only “12 x” and the article.");
        assert_eq!(meaning(text), asked, "{text}");
    }
    for text in ["85123A\t0", "85123A 0", "-3 85123A", "85123A\t0.0001", "85123A 5000000"] {
        let none = Meaning::Unknown("This is no quantity that can be ordered.");
        assert_eq!(meaning(text), none, "{text}: not one of it");
    }
    let long = format!("85123A\t{}\t12", "x".repeat(400));
    assert_eq!(meaning(&long), Meaning::Unknown("This line is too long to be understood."));
}

#[test]
fn what_a_customer_calls_an_article_is_one_word_or_cell_beside_the_quantity() {
    let own = |text: &str| Pasted::read(text).0[0].own_number().map(str::to_owned);
    for (text, name) in [
        ("ACME-4711 12", "ACME-4711"),
        ("12 pcs ACME-4711", "ACME-4711"),
        ("ACME-4711", "ACME-4711"),
        ("Hex bolt M8\t40", "HEX BOLT M8"),
        ("6 x 4711", "4711"),
        ("4711", "4711"),
    ] {
        assert_eq!(own(text).as_deref(), Some(name), "{text}");
    }
    for text in ["hex bolt M8 40", "ACME-4711\tHex bolt\t40", "4711 12", "12 pcs"] {
        assert_eq!(own(text), None, "{text}");
    }
    let wanted = |text: &str| Pasted::read(text).0[0].wanted().map(|w| w.quantity.value().to_string());
    assert_eq!(wanted("ACME-4711 12"), Ok("12".to_owned()));
    assert_eq!(wanted("4711"), Ok("1".to_owned()), "its name, not four thousand of it");
    assert_eq!(wanted("6 x 4711"), Ok("6".to_owned()));
    assert!(wanted("ACME 12 13").is_err());
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
            prop_assert!(line.keys.len() <= 400);
            let _ = (line.wanted(), line.own_number());
        }
    }

    /// An article and a quantity are understood however they are put together.
    #[test]
    fn an_article_and_a_quantity_are_understood_in_any_order(n in 1_u32..100_000, between in prop::sample::select(vec![" ", "\t", ";", "  ", " x ", ", "]), first in any::<bool>()) {
        let text = if first { format!("{n}{between}47566B") } else { format!("47566B{between}{n}") };
        let quantity = Quantity::new(Decimal::from(n)).expect("positive");
        prop_assert_eq!(meaning(&text), Meaning::Line(article("47566B", ""), quantity), "{}", text);
    }

    /// What quick order writes for an article is read back as that, whatever its number looks like and whatever else is known.
    #[test]
    fn what_is_written_is_read_back(sku in "[A-Z0-9 ,./|;x#\"-]{1,12}", n in 1_i64..999_999, scale in 0_u32..3) {
        prop_assume!(sku.trim() == sku && sku.chars().any(char::is_alphanumeric));
        let sku = sku.to_uppercase();
        let quantity = Quantity::new(Decimal::new(n, scale)).expect("positive");
        let mut known = known();
        known.insert(sku.clone(), vec![article(&sku, "")]);
        let (lines, _) = Pasted::read(&written(&sku, quantity));
        prop_assert_eq!(lines[0].understand(&known), Meaning::Line(article(&sku, ""), quantity));
    }
}
