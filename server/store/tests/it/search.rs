//! Suggestions, what each may see of them, and how the index follows the database.

use domain::search::Suggestions;
use domain::{Actor, Problem};
use store::Error;
use store::search;

use crate::world::{World, now};

async fn suggest(world: &World, who: &Actor, words: &str) -> Suggestions {
    search::suggest(&mut world.read(who).await, words).await.unwrap()
}

fn titles(found: &Suggestions) -> Vec<&str> {
    found.groups.iter().map(|g| g.title.as_str()).collect()
}

#[tokio::test]
async fn everybody_is_suggested_what_they_may_see() {
    let world = World::new().await;
    let (jon, globex) = (world.buyer().await, world.actor("buyer@globex.example").await);
    let (fay, rep) = (world.actor("finance@acme.example").await, world.actor("rep@seller.example").await);

    let gloves = suggest(&world, &jon, "cut glove").await;
    assert!(gloves.products.iter().all(|p| p.name.contains("gloves")) && gloves.products.len() > 1, "{gloves:?}");
    assert!(gloves.products[0].bought, "what was bought comes first: {gloves:?}");
    assert_eq!(suggest(&world, &globex, "GL-CUT-D-9").await.products, [], "not in Globex's assortment");
    assert!(suggest(&world, &fay, "cut glove").await.products.is_empty(), "finance has no catalog");
    assert_eq!(suggest(&world, &jon, "  ").await, Suggestions::default());

    let order: String = world.text("SELECT o.number FROM orders o JOIN accounts a ON a.id = o.account_id WHERE a.number = '1001' AND o.placed_by = 'Jon Bell' ORDER BY o.placed_at DESC LIMIT 1").await;
    assert_eq!(titles(&suggest(&world, &jon, &order.to_lowercase()).await), ["Orders"]);
    let tail = order.rsplit('-').next().unwrap().trim_start_matches('0').to_owned();
    let by_number = suggest(&world, &jon, &tail).await;
    assert!(tail.len() < 2 || by_number.groups[0].hits.iter().any(|h| h.label == order), "{tail}: {by_number:?}");
    for other in [&globex, &fay] {
        assert!(!titles(&suggest(&world, other, &order).await).contains(&"Orders"));
    }
    let invoice: String = world
        .text("SELECT i.number FROM invoices i JOIN accounts a ON a.id = i.account_id WHERE a.number = '1001' LIMIT 1")
        .await;
    assert_eq!(titles(&suggest(&world, &fay, &invoice).await), ["Invoices"]);
    assert!(suggest(&world, &jon, &invoice).await.groups.is_empty());

    let customers = suggest(&world, &rep, "acm").await;
    assert!(
        customers.groups[0].hits.iter().any(|h| h.label.starts_with("Acme") && h.href == "/sales/customers/1001"),
        "{customers:?}"
    );
    let all = suggest(&world, &world.actor("admin@seller.example").await, "gl").await;
    assert!(all.groups[0].hits.iter().any(|h| h.label.starts_with("Globex")), "{all:?}");
}

#[tokio::test]
async fn own_part_numbers_find_what_the_account_calls_so_and_nobody_else() {
    let world = World::new().await;
    let (jon, globex) = (world.buyer().await, world.actor("buyer@globex.example").await);
    world
        .sql(
            "INSERT INTO part_numbers (account_id, key, product_id, by_name, at)
             SELECT a.id, 'ACME-TAPE-7', p.id, 'Jon Bell', now() FROM accounts a, products p WHERE a.number = '1001' AND p.sku = 'TP-48-CL'",
        )
        .await;
    for words in ["acme-tape-7", "acme-t"] {
        assert_eq!(suggest(&world, &jon, words).await.products[0].sku, "TP-48-CL", "{words}");
    }
    assert!(suggest(&world, &globex, "acme-tape-7").await.products.iter().all(|p| p.sku != "TP-48-CL"));
}

#[tokio::test]
async fn the_index_follows_the_catalog_in_every_process() {
    let world = World::new().await;
    let jon = world.buyer().await;
    let other = world.second_process().await;
    let find = async |words: &str| {
        let mut skus = Vec::new();
        for store in [&world.store, &other] {
            let mut tx = store.read(&jon, now()).await.unwrap();
            skus.push(search::suggest(&mut tx, words).await.unwrap().products.first().map(|p| p.sku.clone()));
        }
        assert_eq!(skus[0], skus[1]);
        skus.swap_remove(0)
    };
    assert_eq!(find("zeppelin").await, None);
    world.sql("UPDATE products SET name = 'Zeppelin tape' WHERE sku = 'TP-48-CL'").await;
    assert_eq!(find("zeppelin").await.as_deref(), Some("TP-48-CL"));
    world.sql("DELETE FROM catalog_products").await;
    world.sql("UPDATE catalogs SET everything = false").await;
    assert_eq!(find("zeppelin").await, None, "what the contract no longer opens");
}

#[tokio::test]
async fn the_seller_says_which_words_mean_the_same() {
    let world = World::new().await;
    let (jon, admin) = (world.buyer().await, world.actor("admin@seller.example").await);
    assert!(suggest(&world, &jon, "sticky ribbon").await.products.is_empty());
    for who in [&jon, &world.actor("rep@seller.example").await] {
        let mut tx = world.begin(who).await;
        let refused = search::add_synonyms(&mut tx, &["a".into(), "b".into()]).await;
        assert!(matches!(refused, Err(Error::Problem(Problem::Forbidden))));
    }
    let phrases = domain::search::phrases("sticky ribbon, tape").unwrap();
    let mut tx = world.begin(&admin).await;
    search::add_synonyms(&mut tx, &phrases).await.unwrap();
    tx.commit().await.unwrap();
    assert!(
        suggest(&world, &jon, "sticky ribbon").await.products.iter().any(|p| p.name.to_lowercase().contains("tape"))
    );
    let sets = search::synonyms(&mut world.read(&admin).await).await.unwrap();
    let set = sets.iter().find(|s| s.phrases == phrases).unwrap();
    let mut tx = world.begin(&admin).await;
    search::remove_synonyms(&mut tx, set.id).await.unwrap();
    tx.commit().await.unwrap();
    assert!(suggest(&world, &jon, "sticky ribbon").await.products.is_empty());
    let mut tx = world.begin(&admin).await;
    assert!(matches!(search::remove_synonyms(&mut tx, set.id).await, Err(Error::Problem(Problem::NotFound))));
}

async fn take(world: &World, who: &Actor, text: &str) -> store::Result<domain::parts::Taken> {
    let mut tx = world.begin(who).await;
    let taken = store::parts::take(&mut tx, text).await?;
    tx.commit().await?;
    Ok(taken)
}

#[tokio::test]
async fn part_numbers_are_taken_in_seen_and_forgotten_by_their_account_alone() {
    let world = World::new().await;
    let (jon, globex) = (world.buyer().await, world.actor("buyer@globex.example").await);
    let taken = take(&world, &jon, "own,sku\nA-1,TP-48-CL\nA-1;TM-5M\nA-2\tGL-CUT-D-9\nA-3,NOPE\nA-2,GL-CUT-D-9")
        .await
        .unwrap();
    assert_eq!((taken.added, taken.known, taken.ambiguous, taken.refused.len()), (3, 0, vec!["A-1".to_owned()], 1));
    assert_eq!(take(&world, &jon, "A-2,gl-cut-d-9").await.unwrap().known, 1, "twice is once");
    assert!(take(&world, &jon, "A-3,NOPE").await.is_err());
    assert!(take(&world, &globex, "G-1,GL-CUT-D-9").await.is_err(), "not in Globex's assortment");
    let page = store::parts::page(&mut world.read(&jon).await, "a-", 1).await.unwrap();
    assert_eq!(
        page.rows.iter().map(|r| (r.key.as_str(), r.articles)).collect::<Vec<_>>(),
        [("A-1", 2), ("A-1", 2), ("A-2", 1)]
    );
    assert_eq!(store::parts::page(&mut world.read(&globex).await, "", 1).await.unwrap().total, 0);
    let forget = async |who: &Actor, key: &str| {
        let mut tx = world.begin(who).await;
        store::parts::forget(&mut tx, key, "GL-CUT-D-9").await?;
        tx.commit().await
    };
    assert!(matches!(forget(&globex, "A-2").await, Err(Error::Problem(Problem::NotFound))));
    forget(&jon, "A-2").await.unwrap();
    assert!(suggest(&world, &jon, "A-2").await.products.iter().all(|p| p.sku != "GL-CUT-D-9"));
}

#[tokio::test]
async fn what_the_customer_calls_it_stands_on_cart_order_and_invoice() {
    let world = World::new().await;
    let jon = world.buyer().await;
    take(&world, &jon, "ACME-TAPE,TP-48-CL").await.unwrap();
    let mut tx = world.begin(&jon).await;
    let sku = domain::catalog::Sku::parse("sku", "TP-48-CL").unwrap();
    store::cart::add(&mut tx, &sku, crate::world::quantity(36)).await.unwrap();
    tx.commit().await.unwrap();
    let cart = store::cart::cart(&mut world.read(&jon).await).await.unwrap();
    assert_eq!(cart.lines.iter().find(|l| l.sku == "TP-48-CL").unwrap().own_number, "ACME-TAPE");
    assert_eq!(store::catalog::product(&mut world.read(&jon).await, "TP-48-CL").await.unwrap().own_number, "ACME-TAPE");
    let globex = world.actor("buyer@globex.example").await;
    assert_eq!(store::catalog::product(&mut world.read(&globex).await, "TP-48-CL").await.unwrap().own_number, "");
}
