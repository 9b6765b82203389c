//! What people look for in a real catalog, and what they expect to see first.

use super::*;

fn giftware() -> Index {
    let text = include_str!("../../../tests/data/giftware.txt");
    let mut categories: Vec<Category> = Vec::new();
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let [sku, name, category] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let known = categories.iter().find(|c| c.name == category).map(|c| c.id);
        let category = known.unwrap_or_else(|| {
            let id = Uuid::from_u128(categories.len() as u128 + 1);
            categories.push(Category { id, slug: category.to_lowercase(), name: category.to_owned() });
            id
        });
        rows.push(Row {
            id: Uuid::from_u128(rows.len() as u128 + 1000),
            sku: sku.to_owned(),
            gtin: None,
            name: name.to_owned(),
            description: String::new(),
            category,
            active: true,
            attributes: BTreeMap::new(),
        });
    }
    let synonyms = [["torch", "flashlight"], ["rucksack", "backpack"], ["xmas", "christmas"]];
    super::tests::of(rows, categories, &synonyms.map(|group| group.map(str::to_owned).to_vec()))
}

#[test]
fn a_table_of_questions_and_what_comes_first() {
    let index = giftware();
    let mut wrong = Vec::new();
    for (words, expected) in QUESTIONS {
        let found = index.find(&Ask { words, ..Ask::default() }, 5);
        let names: Vec<String> = index.hits(&found, 5, None).iter().map(|h| format!("{} {}", h.sku, h.name)).collect();
        if !names.first().is_some_and(|first| first.to_lowercase().contains(&expected.to_lowercase())) {
            wrong.push(format!("{words:30} {} {:?} {names:#?}", found.len(), found.guessed));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is typed; part of the number or the name of what must come first.
const QUESTIONS: &[(&str, &str)] = &[
    ("85123a", "85123A"),
    ("85123", "85123"),
    ("white hanging heart", "White Hanging Heart T-Light Holder"),
    ("t-light holder", "t-light holder"),
    ("tlight holder", "t-light holder"),
    ("hangng heart", "hanging"),
    ("regency cakestand", "Regency Cakestand 3 Tier"),
    ("regancy cake stand", "Regency Cakestand 3 Tier"),
    ("jumbo bag red", "Jumbo Bag Red"),
    ("jumbo bags", "Jumbo"),
    ("lunch box", "Lunch Box"),
    ("lunchbox", "Lunch Box"),
    ("party buntings", "Party Bunting"),
    ("alarm clok", "Alarm Clock"),
    ("alarm clock green", "Alarm Clock Bakelike Green"),
    ("flashlight", "torch"),
    ("backpack", "backpack"),
    ("rucksacks", "backpack"),
    ("xmas garland", "Christmas"),
    ("teaspoons", "teaspoon"),
    ("set of 6 heart chopsticks", "Set Of 6 Heart Chopsticks"),
    ("6 birdy gift tags", "Pack Of 6 Birdy Gift Tags"),
    ("childrens cutlery", "Childrens Cutlery"),
    ("children's cutlery", "Childrens Cutlery"),
    ("inflatable globe", "Inflatable Political Globe"),
    ("egg cosy pink", "Pink Knitted Egg Cosy"),
    ("paperweigt home", "Paperweight Home Sweet Home"),
    ("wicker star", "Wicker Star"),
    ("umbrella", "umbrella"),
    ("umberella", "umbrella"),
    ("napkins", "napkin"),
    ("bottle opener", "bottle opener"),
    ("doormat union jack", "Doormat Union"),
    ("door mat", "Doormat"),
    ("hand warmer", "Hand Warmer"),
    ("handwarmer owl", "Hand Warmer Owl"),
    ("ribbon reel", "Ribbon Reel"),
    ("zinc candle holder", "candle"),
    ("clock", "clock"),
    ("q", "q"),
];
