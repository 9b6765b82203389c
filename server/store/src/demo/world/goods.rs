//! Products, stock, contracts and prices.

use std::collections::HashMap;

use chrono::Days;
use domain::ids::AccountId;
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use crate::{Error, Result, Tx};

/// SKU, name, category, drawing, (unit, pieces, multiple), list price in pence, volume break (from, pence), attributes, shelf in Leeds and Perth.
type Good = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    (&'static str, i32, i64),
    i64,
    Option<(i64, i64)>,
    &'static [(&'static str, &'static str)],
    (i64, i64),
);

const GOODS: &[Good] = &[
    (
        "HB-M6-30-A2",
        "Hex bolt M6 × 30, A2-70",
        "Fixings",
        "bolt",
        ("BX", 200, 1),
        740,
        Some((20, 690)),
        &[("Thread", "M6"), ("Length", "30 mm"), ("Material", "Stainless A2")],
        (310, 90),
    ),
    (
        "HB-M8-40-A2",
        "Hex bolt M8 × 40, A2-70",
        "Fixings",
        "bolt",
        ("BX", 100, 1),
        1180,
        Some((50, 1040)),
        &[("Thread", "M8"), ("Length", "40 mm"), ("Material", "Stainless A2")],
        (412, 120),
    ),
    (
        "HB-M8-50-A2",
        "Hex bolt M8 × 50, A2-70",
        "Fixings",
        "bolt",
        ("BX", 100, 1),
        1260,
        Some((50, 1120)),
        &[("Thread", "M8"), ("Length", "50 mm"), ("Material", "Stainless A2")],
        (0, 0),
    ),
    (
        "HB-M8-40-ZP",
        "Hex bolt M8 × 40, zinc plated",
        "Fixings",
        "bolt",
        ("BX", 100, 1),
        620,
        Some((50, 540)),
        &[("Thread", "M8"), ("Length", "40 mm"), ("Material", "Zinc plated")],
        (980, 300),
    ),
    (
        "HB-M10-60-A2",
        "Hex bolt M10 × 60, A2-70",
        "Fixings",
        "bolt",
        ("BX", 50, 1),
        1490,
        Some((20, 1350)),
        &[("Thread", "M10"), ("Length", "60 mm"), ("Material", "Stainless A2")],
        (150, 40),
    ),
    (
        "WA-M8-A2",
        "Washer M8, form A, A2",
        "Fixings",
        "washer",
        ("BX", 500, 1),
        560,
        Some((20, 495)),
        &[("Thread", "M8"), ("Material", "Stainless A2")],
        (640, 210),
    ),
    (
        "WA-M10-A2",
        "Washer M10, form A, A2",
        "Fixings",
        "washer",
        ("BX", 250, 1),
        610,
        None,
        &[("Thread", "M10"), ("Material", "Stainless A2")],
        (220, 80),
    ),
    (
        "GL-CUT-D-8",
        "Cut-resistant gloves, size 8",
        "Hand protection",
        "glove",
        ("PR", 1, 10),
        590,
        Some((200, 490)),
        &[("Size", "8"), ("Standard", "EN 388 4X43D")],
        (860, 300),
    ),
    (
        "GL-CUT-D-9",
        "Cut-resistant gloves, size 9",
        "Hand protection",
        "glove",
        ("PR", 1, 10),
        590,
        Some((200, 490)),
        &[("Size", "9"), ("Standard", "EN 388 4X43D")],
        (1920, 640),
    ),
    (
        "GL-CUT-D-10",
        "Cut-resistant gloves, size 10",
        "Hand protection",
        "glove",
        ("PR", 1, 10),
        590,
        Some((200, 490)),
        &[("Size", "10"), ("Standard", "EN 388 4X43D")],
        (740, 0),
    ),
    (
        "GL-NIT-L",
        "Nitrile gloves, disposable, L",
        "Hand protection",
        "glove",
        ("BX", 100, 1),
        845,
        Some((10, 780)),
        &[("Size", "L"), ("Standard", "EN 374")],
        (530, 200),
    ),
    (
        "EP-FOAM-200",
        "Ear plugs, foam, uncorded",
        "Head and hearing",
        "ear-plugs",
        ("BX", 200, 1),
        2190,
        Some((5, 1990)),
        &[("Standard", "EN 352-2")],
        (88, 20),
    ),
    (
        "SG-CLEAR",
        "Safety glasses, clear, anti-fog",
        "Head and hearing",
        "glasses",
        ("EA", 1, 1),
        480,
        Some((24, 415)),
        &[("Standard", "EN 166")],
        (360, 75),
    ),
    (
        "SG-TINT",
        "Safety glasses, tinted",
        "Head and hearing",
        "glasses",
        ("EA", 1, 1),
        520,
        None,
        &[("Standard", "EN 166")],
        (140, 30),
    ),
    (
        "HM-WHITE",
        "Safety helmet, white",
        "Head and hearing",
        "helmet",
        ("EA", 1, 1),
        1240,
        Some((20, 1120)),
        &[("Colour", "White"), ("Standard", "EN 397")],
        (96, 24),
    ),
    (
        "HM-BLUE",
        "Safety helmet, blue",
        "Head and hearing",
        "helmet",
        ("EA", 1, 1),
        1240,
        Some((20, 1120)),
        &[("Colour", "Blue"), ("Standard", "EN 397")],
        (12, 0),
    ),
    (
        "TP-48-CL",
        "Packing tape 48 mm, clear",
        "Packaging",
        "tape",
        ("RL", 1, 6),
        165,
        Some((36, 138)),
        &[("Width", "48 mm"), ("Colour", "Clear")],
        (2160, 900),
    ),
    (
        "TP-48-BR",
        "Packing tape 48 mm, brown",
        "Packaging",
        "tape",
        ("RL", 1, 6),
        165,
        Some((36, 138)),
        &[("Width", "48 mm"), ("Colour", "Brown")],
        (1440, 360),
    ),
    (
        "CT-4030-D",
        "Carton 400 × 300 × 250, double wall",
        "Packaging",
        "carton",
        ("BD", 20, 1),
        2850,
        Some((10, 2590)),
        &[("Wall", "Double")],
        (240, 60),
    ),
    (
        "CT-2020-S",
        "Carton 200 × 200 × 200, single wall",
        "Packaging",
        "carton",
        ("BD", 25, 1),
        1320,
        Some((10, 1190)),
        &[("Wall", "Single")],
        (310, 110),
    ),
    (
        "PW-500-17",
        "Pallet wrap 500 mm, 17 µm",
        "Packaging",
        "wrap",
        ("RL", 1, 6),
        890,
        Some((36, 765)),
        &[("Width", "500 mm")],
        (420, 150),
    ),
    (
        "LB-100-150",
        "Label roll 100 × 150 mm, thermal",
        "Packaging",
        "label",
        ("RL", 500, 1),
        740,
        Some((24, 655)),
        &[("Width", "100 mm")],
        (510, 90),
    ),
    (
        "CB-200-BK",
        "Cable ties 200 × 4.8 mm, black",
        "Electrical",
        "cable-tie",
        ("BG", 100, 1),
        310,
        Some((20, 265)),
        &[("Length", "200 mm"), ("Colour", "Black")],
        (780, 260),
    ),
    (
        "CB-300-BK",
        "Cable ties 300 × 4.8 mm, black",
        "Electrical",
        "cable-tie",
        ("BG", 100, 1),
        420,
        Some((20, 360)),
        &[("Length", "300 mm"), ("Colour", "Black")],
        (350, 120),
    ),
    (
        "BT-AA-40",
        "Batteries AA, alkaline",
        "Electrical",
        "battery",
        ("BX", 40, 1),
        1680,
        Some((10, 1490)),
        &[("Type", "AA")],
        (130, 50),
    ),
    (
        "LA-LED-12",
        "LED work lamp, 12 W",
        "Electrical",
        "lamp",
        ("EA", 1, 1),
        3490,
        Some((5, 3190)),
        &[("Power", "12 W")],
        (42, 6),
    ),
    (
        "DR-HSS-8",
        "Drill bit HSS 8.0 mm",
        "Tools",
        "drill",
        ("EA", 1, 1),
        395,
        Some((10, 345)),
        &[("Diameter", "8 mm")],
        (260, 80),
    ),
    (
        "DR-HSS-10",
        "Drill bit HSS 10.0 mm",
        "Tools",
        "drill",
        ("EA", 1, 1),
        545,
        Some((10, 480)),
        &[("Diameter", "10 mm")],
        (190, 60),
    ),
    ("TM-5M", "Tape measure 5 m", "Tools", "tape-measure", ("EA", 1, 1), 690, None, &[("Length", "5 m")], (120, 35)),
    (
        "PL-40",
        "Padlock 40 mm, keyed alike",
        "Tools",
        "padlock",
        ("EA", 1, 1),
        1150,
        Some((10, 990)),
        &[("Width", "40 mm")],
        (75, 0),
    ),
    ("LD-6", "Step ladder, 6 treads", "Tools", "ladder", ("EA", 1, 1), 8900, None, &[("Standard", "EN 131")], (9, 3)),
    (
        "CL-DEG-5",
        "Degreaser, 5 l",
        "Cleaning",
        "spray",
        ("CN", 1, 1),
        1890,
        Some((4, 1690)),
        &[("Volume", "5 l")],
        (110, 30),
    ),
    (
        "CL-SPRAY",
        "Surface cleaner, 750 ml",
        "Cleaning",
        "spray",
        ("BT", 1, 6),
        320,
        Some((24, 275)),
        &[("Volume", "750 ml")],
        (540, 240),
    ),
    (
        "TW-BLUE-6",
        "Paper towel, blue, centrefeed",
        "Cleaning",
        "towel",
        ("PK", 6, 1),
        1760,
        Some((10, 1580)),
        &[("Colour", "Blue")],
        (180, 70),
    ),
    (
        "MK-BLACK",
        "Industrial marker, black",
        "Tools",
        "marker",
        ("EA", 1, 1),
        235,
        Some((12, 198)),
        &[("Colour", "Black")],
        (410, 100),
    ),
    (
        "HM-YELLOW",
        "Safety helmet, yellow",
        "Head and hearing",
        "helmet",
        ("EA", 1, 1),
        1240,
        None,
        &[("Colour", "Yellow"), ("Standard", "EN 397")],
        (4, 0),
    ),
    (
        "LA-HAL-500",
        "Halogen work lamp, 500 W",
        "Electrical",
        "lamp",
        ("EA", 1, 1),
        2890,
        None,
        &[("Power", "500 W")],
        (3, 0),
    ),
    ("CU-LABEL", "Labels printed to your design", "Packaging", "label", ("RL", 1000, 1), 0, None, &[], (0, 0)),
];

/// Acme's agreement K-2041: SKU, from quantity, pence; or percent off for the last column.
const ACME_PRICES: &[(&str, i64, i64)] = &[
    ("HB-M8-40-A2", 1, 984),
    ("HB-M8-40-A2", 50, 920),
    ("HB-M8-50-A2", 1, 1040),
    ("HB-M8-50-A2", 50, 970),
    ("WA-M8-A2", 1, 470),
    ("GL-CUT-D-8", 10, 460),
    ("GL-CUT-D-8", 200, 415),
    ("GL-CUT-D-9", 10, 460),
    ("GL-CUT-D-9", 200, 415),
    ("GL-CUT-D-10", 10, 460),
    ("GL-CUT-D-10", 200, 415),
    ("TP-48-CL", 36, 112),
    ("CT-4030-D", 1, 2400),
    ("CL-DEG-5", 1, 1575),
];

pub(super) async fn seed(tx: &mut Tx, acme: Uuid, globex: Uuid) -> Result<()> {
    let products = products(tx).await?;
    let seller = AccountId::SELLER.0;
    let today = tx.today();
    let everything = catalog(tx, "DEFAULT", "Everything", true).await?;
    let packaging = catalog(tx, "GLOBEX", "Packaging and labels", false).await?;
    for (sku, _, category, ..) in GOODS {
        if matches!(*category, "Packaging" | "Cleaning") || sku.starts_with("HB-M8") {
            sqlx::query!(
                "INSERT INTO catalog_products (catalog_id, product_id) VALUES ($1, $2)",
                packaging,
                products[*sku]
            )
            .execute(tx.db())
            .await?;
        }
    }
    let year_end =
        chrono::Datelike::with_month(&today, 12).and_then(|d| chrono::Datelike::with_day(&d, 31)).unwrap_or(today);
    let start = today - Days::new(500);

    let standard = list(tx, seller, "STANDARD", "List prices").await?;
    for (sku, _, _, _, (unit, _, multiple), pence, tier, ..) in GOODS {
        if *pence > 0 {
            price(tx, (seller, standard), products[*sku], unit, *multiple, Some(*pence), None).await?;
            // Bought for a little more than half of the list price.
            cost(tx, products[*sku], pence * 55 / 100).await?;
            if let Some((from, pence)) = tier {
                price(tx, (seller, standard), products[*sku], unit, *from, Some(*pence), None).await?;
            }
        }
    }
    // Wrap becomes dearer in three weeks: whoever buys it is told.
    sqlx::query!(
        "WITH ends AS (UPDATE prices SET valid_to = $3 WHERE price_list_id = $1 AND product_id = $2 RETURNING *)
         INSERT INTO prices (account_id, price_list_id, product_id, currency, unit, min_quantity, unit_price, valid_from)
         SELECT e.account_id, e.price_list_id, e.product_id, e.currency, e.unit, e.min_quantity, round(e.unit_price * 1.06, 2), $3 + 1 FROM ends e",
        standard,
        products["PW-500-17"],
        today + Days::new(20)
    )
    .execute(tx.db())
    .await?;
    contract(tx, seller, "STANDARD", "List prices", start, None, Some((seller, standard)), everything).await?;

    let units: HashMap<&str, &str> = GOODS.iter().map(|g| (g.0, g.4.0)).collect();
    let agreed = list(tx, acme, "ACME-2041", "Agreement K-2041").await?;
    for (sku, from, pence) in ACME_PRICES {
        price(tx, (acme, agreed), products[*sku], units[sku], *from, Some(*pence), None).await?;
    }
    // Ten percent off the list price from ten lamps on: a percentage is off the base price.
    price(tx, (acme, agreed), products["LA-LED-12"], "EA", 10, None, Some(10)).await?;
    contract(tx, acme, "K-2041", "Framework agreement", start, Some(year_end), Some((acme, agreed)), everything)
        .await?;

    let agreed = list(tx, globex, "GLOBEX-3107", "Agreement K-3107").await?;
    for (sku, from, pence) in [
        ("TP-48-CL", 6, 129),
        ("PW-500-17", 6, 798),
        ("CT-4030-D", 1, 2465),
        ("LB-100-150", 1, 684),
        ("HB-M8-40-A2", 1, 1111),
    ] {
        price(tx, (globex, agreed), products[sku], units[sku], from, Some(pence), None).await?;
    }
    contract(tx, globex, "K-3107", "Packaging agreement", start, None, Some((globex, agreed)), packaging).await
}

/// Larger units in which some of the goods are sold too.
fn larger_units(sku: &str) -> serde_json::Value {
    match sku {
        "GL-CUT-D-8" | "GL-CUT-D-9" | "GL-CUT-D-10" => json!({"BX": "60"}),
        "TP-48-CL" | "TP-48-BR" => json!({"CT": "36", "PL": "1080"}),
        _ => json!({}),
    }
}

async fn products(tx: &mut Tx) -> Result<HashMap<&'static str, Uuid>> {
    let today = tx.today();
    for (i, (code, name)) in [("MAIN", "Leeds"), ("NORTH", "Perth")].into_iter().enumerate() {
        let position = i32::try_from(i).unwrap_or_default();
        sqlx::query!("INSERT INTO warehouses (code, name, position) VALUES ($1, $2, $3)", code, name, position)
            .execute(tx.db())
            .await?;
    }
    let mut categories: HashMap<&str, Uuid> = HashMap::new();
    let mut products = HashMap::new();
    for (i, (sku, name, category, drawing, (unit, pieces, multiple), _, _, attributes, shelf)) in
        GOODS.iter().enumerate()
    {
        if !categories.contains_key(category) {
            let id = crate::new_id::<Uuid>();
            let slug = category.to_lowercase().replace(' ', "-");
            let position = i32::try_from(i).unwrap_or_default();
            sqlx::query!(
                "INSERT INTO categories (id, slug, name, icon, position) VALUES ($1, $2, $3, $4, $5)",
                id,
                slug,
                category,
                drawing,
                position
            )
            .execute(tx.db())
            .await?;
            categories.insert(category, id);
        }
        let id = crate::new_id::<Uuid>();
        let attributes: HashMap<_, _> = attributes.iter().copied().collect();
        let discontinued = matches!(*sku, "HM-YELLOW" | "LA-HAL-500");
        let description =
            format!("{name}. For workshops and depots; sold by the {}, data sheet on request.", words(unit));
        sqlx::query!(
            "INSERT INTO products (id, sku, gtin, name, description, category_id, unit, min_quantity, quantity_multiple, pieces_per_pack, status, picture, attributes, larger_units)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $13)",
            id,
            sku,
            format!("50123450{:05}", 10_000 + i),
            name,
            description,
            categories[category],
            unit,
            Decimal::from(*multiple),
            Some(*pieces).filter(|n| *n > 1),
            if discontinued { "discontinued" } else { "active" },
            format!("demo/{drawing}.svg"),
            json!(attributes),
            larger_units(sku)
        )
        .execute(tx.db())
        .await?;
        for (warehouse, on_hand) in [("MAIN", shelf.0), ("NORTH", shelf.1)] {
            let due = (*sku == "HB-M8-50-A2" && warehouse == "MAIN").then(|| today + Days::new(9));
            let incoming = if due.is_some() { 400 } else { 0 };
            sqlx::query!(
                "INSERT INTO stock (warehouse, product_id, on_hand, incoming, incoming_on) VALUES ($1, $2, $3, $4, $5)",
                warehouse,
                id,
                Decimal::from(on_hand),
                Decimal::from(incoming),
                due
            )
            .execute(tx.db())
            .await?;
        }
        products.insert(*sku, id);
    }
    for (old, new) in [("HM-YELLOW", "HM-WHITE"), ("LA-HAL-500", "LA-LED-12")] {
        sqlx::query!("UPDATE products SET successor_id = $2 WHERE id = $1", products[old], products[new])
            .execute(tx.db())
            .await?;
    }
    Ok(products)
}

fn words(unit: &str) -> &'static str {
    match unit {
        "BX" => "box",
        "PR" => "pair",
        "RL" => "roll",
        "BD" => "bundle",
        "BG" => "bag",
        "CN" => "canister",
        "BT" => "bottle",
        "PK" => "pack",
        _ => "piece",
    }
}

async fn catalog(tx: &mut Tx, code: &str, name: &str, everything: bool) -> Result<Uuid> {
    let id = crate::new_id::<Uuid>();
    sqlx::query!(
        "INSERT INTO catalogs (id, code, name, everything) VALUES ($1, $2, $3, $4)",
        id,
        code,
        name,
        everything
    )
    .execute(tx.db())
    .await?;
    Ok(id)
}

async fn list(tx: &mut Tx, account: Uuid, code: &str, name: &str) -> Result<Uuid> {
    let id = crate::new_id::<Uuid>();
    sqlx::query!(
        "INSERT INTO price_lists (account_id, id, code, name) VALUES ($1, $2, $3, $4)",
        account,
        id,
        code,
        name
    )
    .execute(tx.db())
    .await?;
    Ok(id)
}

async fn price(
    tx: &mut Tx,
    list: (Uuid, Uuid),
    product: Uuid,
    unit: &str,
    from: i64,
    pence: Option<i64>,
    percent: Option<i64>,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO prices (account_id, price_list_id, product_id, currency, unit, min_quantity, unit_price, percent_off)
         VALUES ($1, $2, $3, 'GBP', $4, $5, $6, $7)",
        list.0,
        list.1,
        product,
        unit,
        Decimal::from(from),
        pence.map(|p| Decimal::new(p, 2)),
        percent.map(Decimal::from)
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

async fn cost(tx: &mut Tx, product: Uuid, pence: i64) -> Result<()> {
    sqlx::query!(
        "INSERT INTO product_costs (product_id, cost, currency) VALUES ($1, $2, 'GBP')",
        product,
        Decimal::new(pence, 2)
    )
    .execute(tx.db())
    .await?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one row of a table")]
async fn contract(
    tx: &mut Tx,
    account: Uuid,
    number: &str,
    name: &str,
    from: chrono::NaiveDate,
    to: Option<chrono::NaiveDate>,
    list: Option<(Uuid, Uuid)>,
    catalog: Uuid,
) -> Result<()> {
    let done = sqlx::query!(
        "INSERT INTO contracts (account_id, id, number, name, status, valid_from, valid_to, price_list_owner, price_list_id, catalog_id)
         VALUES ($1, $2, $3, $4, 'active', $5, $6, $7, $8, $9)",
        account,
        crate::new_id::<Uuid>(),
        number,
        name,
        from,
        to,
        list.map(|l| l.0),
        list.map(|l| l.1),
        catalog
    )
    .execute(tx.db())
    .await?;
    crate::error::exactly(1, &done).map_err(|_| Error::odd("demo contract", number))
}
