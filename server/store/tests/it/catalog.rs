//! The assortment, search, and the order of prices.

use chrono::{DateTime, Utc};
use domain::catalog::{CatalogPage, CatalogQuery, ProductPage};
use domain::{Actor, Money, Problem};
use rust_decimal::Decimal;

use crate::world::{World, now, quantity};

async fn page(world: &World, actor: &Actor, category: &str, query: &str) -> CatalogPage {
    store::catalog::page(&mut world.read(actor).await, CatalogQuery::parse(category, query)).await.unwrap()
}

async fn skus(world: &World, actor: &Actor, query: &str) -> Vec<String> {
    page(world, actor, "", query).await.rows.into_iter().map(|r| r.sku).collect()
}

#[tokio::test]
async fn search_finds_words_typos_and_the_beginnings_of_skus_and_gtins() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    for (words, first) in [
        ("hb-m8-40-a2", "HB-M8-40-A2"),
        ("GL-CUT-D-1", "GL-CUT-D-10"),
        ("5012345010000", "HB-M6-30-A2"),
        ("hex bolts m10", "HB-M10-60-A2"),
        ("ear plug", "EP-FOAM-200"),
        ("padlocks", "PL-40"),
        ("pallt wrap", "PW-500-17"),
        ("degreser", "CL-DEG-5"),
    ] {
        let found = skus(&world, &buyer, &format!("q={words}")).await;
        assert_eq!(found.first().map(String::as_str), Some(first), "{words}: {found:?}");
    }
    assert_eq!(page(&world, &buyer, "", "q=degreser").await.guessed.as_deref(), Some("degreaser"));
    assert_eq!(page(&world, &buyer, "", "q=degreaser").await.guessed, None);
    assert_eq!(skus(&world, &buyer, "q=zzzzqqqq").await, Vec::<String>::new());
    assert_eq!(page(&world, &buyer, "", "q=%27+%7C+%21").await.total, 0, "operators are just characters");
}

#[tokio::test]
async fn what_the_contract_does_not_open_does_not_exist() {
    let world = World::new().await;
    let globex = world.actor("buyer@globex.example").await;
    let found = skus(&world, &globex, "").await;
    assert!(found.contains(&"TP-48-CL".to_owned()) && !found.contains(&"GL-CUT-D-9".to_owned()), "{found:?}");
    assert_eq!(skus(&world, &globex, "q=GL-CUT-D-9").await, Vec::<String>::new());
    let gone = |r: store::Result<()>| assert!(matches!(r, Err(store::Error::Problem(Problem::NotFound))));
    gone(store::catalog::product(&mut world.read(&globex).await, "GL-CUT-D-9").await.map(|_| ()));
    gone(store::catalog::explain(&mut world.read(&globex).await, "GL-CUT-D-9", None).await.map(|_| ()));
    let sku = domain::catalog::Sku::parse("sku", "GL-CUT-D-9").unwrap();
    gone(store::cart::add(&mut world.begin(&globex).await, &sku, quantity(10)).await.map(|_| ()));
    assert!(skus(&world, &world.buyer().await, "q=GL-CUT-D-9").await.contains(&"GL-CUT-D-9".to_owned()));
}

#[tokio::test]
async fn without_an_agreement_the_default_catalog_or_nothing_as_the_seller_decides() {
    let world = World::new().await;
    let globex = world.actor("buyer@globex.example").await;
    world.sql("UPDATE contracts SET status = 'ended' WHERE number = 'K-3107'").await;
    assert!(page(&world, &globex, "", "").await.total > 30);
    world.sql("UPDATE seller SET default_catalog_for_all = false").await;
    assert_eq!(page(&world, &globex, "", "").await.total, 0);
}

/// What one costs where words find it, on its page, and among the first by number if it is one of them.
async fn costs(store: &store::Store, actor: &Actor, at: DateTime<Utc>, sku: &str) -> Vec<Decimal> {
    let reading = async || store.read(actor, at).await.unwrap();
    let listed =
        store::catalog::page(&mut reading().await, CatalogQuery::parse("", &format!("q={sku}"))).await.unwrap();
    let product = store::catalog::product(&mut reading().await, sku).await.unwrap();
    let plain = store::catalog::page(&mut reading().await, CatalogQuery::parse("", "sort=sku")).await.unwrap();
    let first = plain.rows.into_iter().filter(|row| row.sku == sku);
    let priced = listed.rows.into_iter().take(1).chain([product.row]).chain(first);
    priced.map(|row| row.price.expect("a price").unit_price.amount()).collect()
}

#[tokio::test]
async fn a_contract_that_changes_holds_from_the_next_question_in_every_process_and_on_its_last_day() {
    let world = World::new().await;
    let (buyer, other) = (world.buyer().await, world.second_process().await);
    let (today, tomorrow) = (now(), now() + chrono::Duration::days(1));
    let agreed: Decimal = "4.60".parse().unwrap();
    let usual: Decimal = "5.90".parse().unwrap();
    let everywhere = async |at: DateTime<Utc>, expected: Decimal| {
        for store in [&world.store, &other] {
            let found = costs(store, &buyer, at, "GL-CUT-D-9").await;
            assert!(found.len() >= 2 && found.iter().all(|price| *price == expected), "{found:?}, not {expected}");
        }
    };
    everywhere(today, agreed).await;
    for (change, expected) in [
        ("UPDATE contracts SET status = 'ended' WHERE number = 'K-2041'", usual),
        ("UPDATE contracts SET status = 'active' WHERE number = 'K-2041'", agreed),
        ("BEGIN; UPDATE contracts SET status = 'ended' WHERE number = 'K-2041'; ROLLBACK", agreed),
        ("UPDATE contracts SET price_list_id = NULL, price_list_owner = NULL WHERE number = 'K-2041'", usual),
    ] {
        world.sql(change).await;
        everywhere(today, expected).await;
    }
    // The same of prices, of the catalog, of the shelf and of what the account calls it.
    let world = World::new().await;
    let other = world.second_process().await;
    let buyer = world.buyer().await;
    let shown = async || {
        let mut pages = Vec::new();
        for store in [&world.store, &other] {
            let mut tx = store.read(&buyer, today).await.unwrap();
            pages.push(store::catalog::product(&mut tx, "GL-CUT-D-9").await.unwrap());
        }
        let [one, two] = <[_; 2]>::try_from(pages).unwrap();
        assert_eq!((&one.row, &one.own_number), (&two.row, &two.own_number), "both processes say the same");
        one
    };
    let price = |page: &ProductPage| page.row.price.as_ref().map(|price| price.unit_price.amount());
    assert_eq!(price(&shown().await), Some(agreed));
    world.sql("UPDATE prices SET unit_price = 4.55 WHERE unit_price = 4.60").await;
    assert_eq!(price(&shown().await), Some("4.55".parse().unwrap()));
    world.sql("DELETE FROM prices WHERE unit_price = 4.55").await;
    assert_eq!(price(&shown().await), Some(usual));
    world.sql("UPDATE products SET name = 'Another name', min_quantity = 36 WHERE sku = 'GL-CUT-D-9'").await;
    let renamed = shown().await.row;
    assert_eq!((renamed.name.as_str(), renamed.packing.minimum), ("Another name", quantity(36)));
    world.sql("UPDATE stock SET on_hand = 7, reserved = 0 WHERE product_id = (SELECT id FROM products WHERE sku = 'GL-CUT-D-9')").await;
    let left = shown().await.row.availability.now;
    assert_eq!(left % Decimal::from(7), Decimal::ZERO, "{left}");
    world
        .sql(&format!(
            "INSERT INTO part_numbers (account_id, key, product_id, by_name, at) SELECT '{}', 'OURS-1', id, '', now() FROM products WHERE sku = 'GL-CUT-D-9'",
            buyer.account().0
        ))
        .await;
    assert_eq!(shown().await.own_number, "OURS-1");
    world.sql("UPDATE catalogs SET everything = false; UPDATE seller SET default_catalog_for_all = false").await;
    for store in [&world.store, &other] {
        let gone = store::catalog::product(&mut store.read(&buyer, today).await.unwrap(), "GL-CUT-D-9").await;
        assert!(matches!(gone, Err(store::Error::Problem(Problem::NotFound))), "closed");
    }

    let world = World::new().await;
    let other = world.second_process().await;
    let buyer = world.buyer().await;
    world.sql(&format!("UPDATE contracts SET valid_to = '{}' WHERE number = 'K-2041'", today.date_naive())).await;
    for store in [&world.store, &other] {
        for (at, expected) in [(today, agreed), (tomorrow, usual), (today, agreed)] {
            assert!(costs(store, &buyer, at, "GL-CUT-D-9").await.iter().all(|price| *price == expected));
        }
    }
}

#[tokio::test]
async fn categories_facets_stock_and_paging_follow_the_url() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    let all = page(&world, &buyer, "", "").await;
    assert_eq!(all.rows.len(), 24);
    assert_eq!(i64::try_from(page(&world, &buyer, "", "page=2").await.rows.len()).unwrap(), all.total - 24);
    assert_eq!(all.categories.iter().map(|c| c.count).sum::<i64>(), all.total);
    let fixings = page(&world, &buyer, "fixings", "").await;
    assert!(
        fixings.facets.iter().any(|f| f.name == "Thread" && f.values.contains(&("M8".to_owned(), 4))),
        "{:?}",
        fixings.facets
    );
    assert_eq!(page(&world, &buyer, "fixings", "f=Thread:M8").await.total, 4);
    assert_eq!(
        page(&world, &buyer, "fixings", "f=Thread:M8&f=Thread:M10").await.total,
        6,
        "values of one attribute widen"
    );
    assert_eq!(
        page(&world, &buyer, "fixings", "f=Thread:M8&f=Material:Zinc+plated").await.total,
        1,
        "attributes narrow"
    );
    assert_eq!(page(&world, &buyer, "fixings", "f=Thread:M8&stock=1").await.total, 3);
    let missing = store::catalog::page(&mut world.read(&buyer).await, CatalogQuery::parse("no-such", "")).await;
    assert!(matches!(missing, Err(store::Error::Problem(Problem::NotFound))));
}

/// All pages' prices in the order of the list.
async fn prices(world: &World, actor: &Actor, sort: &str) -> Vec<Option<Money>> {
    let mut found = Vec::new();
    for number in 1.. {
        let page = page(world, actor, "", &format!("sort={sort}&page={number}")).await;
        if page.rows.is_empty() {
            return found;
        }
        found.extend(page.rows.into_iter().map(|r| r.price.map(|p| p.unit_price)));
    }
    found
}

#[tokio::test]
async fn lists_are_sorted_by_the_accounts_own_price_as_the_pure_function_resolves_it() {
    let world = World::new().await;
    let (acme, globex) = (world.buyer().await, world.actor("buyer@globex.example").await);
    // A second agreement, a unit's price that is worse, percentages, other currencies, expired and future rows.
    world
        .sql(
            "INSERT INTO contracts (account_id, id, number, name, status, valid_from, priority, price_list_owner, price_list_id)
             SELECT account_id, gen_random_uuid(), 'K-EXTRA', 'x', 'active', '2020-01-01', 7, account_id, list FROM
             (SELECT a.id AS account_id, gen_random_uuid() AS list FROM accounts a WHERE a.number = '1001') t,
             LATERAL (SELECT 1) x WHERE false",
        )
        .await;
    for (i, sql) in [
        "INSERT INTO price_lists (account_id, id, code, name) SELECT id, gen_random_uuid(), 'EXTRA', 'x' FROM accounts WHERE number = '1001'",
        "INSERT INTO contracts (account_id, id, number, name, status, valid_from, priority, price_list_owner, price_list_id)
         SELECT l.account_id, gen_random_uuid(), 'K-EXTRA', 'x', 'active', '2020-01-01', 7, l.account_id, l.id FROM price_lists l WHERE l.code = 'EXTRA'",
        "INSERT INTO prices (account_id, price_list_id, product_id, currency, unit, min_quantity, unit_price, percent_off, valid_from, valid_to)
         SELECT l.account_id, l.id, p.id, CASE WHEN h % 7 = 0 THEN 'EUR' ELSE 'GBP' END, p.unit, CASE WHEN h % 5 = 0 THEN 10 ELSE p.min_quantity END,
                CASE WHEN h % 3 = 0 THEN NULL ELSE (h % 5000 + 1)::numeric / 100 END, CASE WHEN h % 3 = 0 THEN h % 60 END,
                CASE WHEN h % 11 = 0 THEN '2027-01-01'::date ELSE '2020-01-01'::date END, CASE WHEN h % 13 = 0 THEN '2021-01-01'::date END
         FROM price_lists l, (SELECT p.*, abs(hashtext(p.sku)) AS h FROM products p) p
         WHERE l.code = 'EXTRA' AND NOT (h % 11 = 0 AND h % 13 = 0)",
    ]
    .into_iter()
    .enumerate()
    {
        sqlx::query(sql).execute(&world.superuser).await.unwrap_or_else(|e| panic!("{i}: {e}"));
    }
    for strategy in ["contract_wins", "lowest", "priority"] {
        world.sql(&format!("UPDATE accounts SET price_strategy = '{strategy}'")).await;
        for actor in [&world.actor("buyer@acme.example").await, &globex, &acme] {
            let up = prices(&world, actor, "price").await;
            let priced: Vec<Money> = up.iter().copied().flatten().collect();
            assert!(priced.len() > 8);
            assert!(
                priced.is_sorted_by_key(|m| m.amount()),
                "{strategy}: {:?}",
                priced.iter().map(|m| m.amount()).collect::<Vec<_>>()
            );
            assert!(up[priced.len()..].iter().all(Option::is_none), "prices on request come last");
            let down: Vec<Money> = prices(&world, actor, "-price").await.into_iter().flatten().collect();
            assert!(down.iter().rev().map(|m| m.amount()).is_sorted());
        }
    }
}

#[tokio::test]
async fn why_this_price_names_every_candidate() {
    let world = World::new().await;
    let buyer = world.buyer().await;
    let why = store::catalog::explain(&mut world.read(&buyer).await, "GL-CUT-D-9", Some(quantity(180))).await.unwrap();
    assert_eq!(why.source, "Contract K-2041");
    assert_eq!(why.price.unwrap().unit_price.amount(), "4.60".parse().unwrap());
    assert_eq!(why.list_price.unwrap().amount(), "5.90".parse().unwrap());
    assert_eq!(why.price.unwrap().next_tier.unwrap().min_quantity, quantity(200));
    assert_eq!(why.considered.len(), 4);
    let request = store::catalog::explain(&mut world.read(&buyer).await, "CU-LABEL", None).await.unwrap();
    assert!(request.price.is_none(), "never zero by default");
}

#[tokio::test]
async fn more_products_than_are_priced_at_once_stand_by_name_and_a_category_of_them_by_price() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let few = page(&world, &jon, "", "sort=price").await;
    assert!(!few.too_many && few.rows.len() > 1);
    world
        .sql("INSERT INTO products (id, sku, name, description, category_id, unit, min_quantity, quantity_multiple, attributes)
              SELECT gen_random_uuid(), 'MANY-' || n, 'Many ' || lpad(n::text, 4, '0'), '', (SELECT id FROM categories WHERE slug = 'fixings'), 'EA', 1, 1, '{}'
              FROM generate_series(1, 5000) n")
        .await;
    store::search::refresh(&world.store, crate::world::now()).await.unwrap();
    let many = page(&world, &jon, "", "sort=price").await;
    assert!(many.too_many);
    assert_eq!(many.total, few.total + 5000);
    let names: Vec<&str> = many.rows.iter().map(|r| r.name.as_str()).collect();
    let by_name = page(&world, &jon, "", "").await;
    assert_eq!(names, by_name.rows.iter().map(|r| r.name.as_str()).collect::<Vec<_>>());
    assert!(!page(&world, &jon, "packaging", "sort=price").await.too_many);
}
