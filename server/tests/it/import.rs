//! The import, from files to rows: what is taken, what is refused and why, and that running it again changes nothing.

mod again;
mod ugly;

use std::path::{Path, PathBuf};

use server::import::{Report, run};

use crate::world::{World, now};

/// A database with the schema alone.
async fn empty() -> World {
    let world = World::new().await;
    world.sql("TRUNCATE seller, accounts, people, categories, catalogs, warehouses, document_series CASCADE").await;
    world
}

/// A folder of its own with these files; the same name again adds to it.
fn folder(name: &str, files: &[(&str, &[u8])]) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("import-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for (file, bytes) in files {
        std::fs::write(dir.join(file), bytes).unwrap();
    }
    dir
}

async fn import(world: &World, dir: &Path) -> Report {
    let report = run(&world.store, dir, now()).await.unwrap();
    for file in &report.files {
        assert_eq!(file.read, file.accepted + file.rejected, "{} loses rows", file.name);
        assert_eq!(rejected(dir, &file.name).len() as u64, file.rejected, "{}", file.name);
    }
    report
}

/// Read, accepted, unchanged, rejected.
fn counts(report: &Report, file: &str) -> (u64, u64, u64, u64) {
    let f = report.files.iter().find(|f| f.name == file).unwrap();
    (f.read, f.accepted, f.unchanged, f.rejected)
}

/// Line and reason of a file's rejected rows, by line.
fn rejected(dir: &Path, file: &str) -> Vec<(u64, String)> {
    let Ok(mut reader) = csv::Reader::from_path(dir.join("rejected").join(file)) else { return Vec::new() };
    let mut rows: Vec<(u64, String)> = reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            (row[row.len() - 2].parse().unwrap(), row[row.len() - 1].to_owned())
        })
        .collect();
    rows.sort();
    rows
}

fn assert_rejected(dir: &Path, file: &str, expected: &[(u64, &str)]) {
    let found = rejected(dir, file);
    let found: Vec<(u64, &str)> = found.iter().map(|(line, reason)| (*line, reason.as_str())).collect();
    assert_eq!(found, expected, "{file}");
}

#[tokio::test]
async fn every_row_of_an_ugly_set_is_taken_or_refused_with_its_line_and_reason() {
    let world = empty().await;
    let dir = folder("ugly", ugly::ALL);
    let report = import(&world, &dir).await;
    assert_eq!(report.rejected(), 54);
    assert!(report.notes.iter().any(|n| n.contains("placeholders")), "{:?}", report.notes);
    let accounts = &report.files[0];
    assert_eq!(accounts.notes, ["columns without a meaning here: colour"]);

    assert_eq!(counts(&report, "accounts.csv"), (16, 4, 0, 12));
    assert_rejected(
        &dir,
        "accounts.csv",
        &[
            (5, "a second row for the same thing: the first is on line 3"),
            (6, "unknown currency: ZZZ"),
            (7, "payment_terms_days is not between 0 and 365: 400"),
            (8, "unknown parent_number: NOPE"),
            (9, "parent_number leads in a circle: C1"),
            (10, "parent_number leads in a circle: C2"),
            (11, "broken quotes: text after a closing quote"),
            (12, "wrong number of cells: 2 instead of 10"),
            (13, "not UTF-8"),
            (14, "this number is the seller's own: SELLER"),
            (15, "credit_limit is negative: -5"),
            (18, "name is empty"),
        ],
    );
    assert_eq!(counts(&report, "members.csv"), (7, 3, 0, 4));
    assert_rejected(
        &dir,
        "members.csv",
        &[
            (4, "a second row for the same thing: the first is on line 2"),
            (5, "unknown role: sales_rep"),
            (6, "unknown account: NOPE"),
            (7, "email is not an e-mail address: nobody"),
        ],
    );
    assert_eq!(counts(&report, "products.csv"), (6, 3, 0, 3));
    assert_rejected(
        &dir,
        "products.csv",
        &[
            (4, "unknown successor_sku: S-404"),
            (5, "a second row for the same thing: the first is on line 3"),
            (6, "min_quantity is not above zero: 0"),
        ],
    );
    assert_eq!(counts(&report, "contracts.csv"), (6, 3, 0, 3));
    assert_rejected(
        &dir,
        "contracts.csv",
        &[(5, "unknown account: NOPE"), (6, "valid_to is before valid_from: 2026-02-01"), (7, "unknown status: maybe")],
    );
    assert_eq!(counts(&report, "prices.csv"), (10, 3, 0, 7));
    assert_rejected(
        &dir,
        "prices.csv",
        &[
            (4, "a second row for the same thing: the first is on line 3"),
            (5, "unit_price is zero: leave the row out for a price on request"),
            (6, "unit_price is negative: -1"),
            (7, "unknown SKU: S-404"),
            (8, "no contract names this price list: TYPO"),
            (10, "unit_price has more than 4 decimals: 1.23456"),
            (11, "unit_price is too large: 99999999999999999999"),
        ],
    );
    assert_eq!(counts(&report, "stock.csv"), (5, 1, 0, 4));
    assert_rejected(
        &dir,
        "stock.csv",
        &[
            (3, "on_hand is negative: -1"),
            (4, "unknown SKU: S-404"),
            (5, "a second row for the same thing: the first is on line 2"),
            (6, "incoming without incoming_date"),
        ],
    );
    assert_eq!(counts(&report, "orders.csv"), (15, 3, 0, 12));
    assert_rejected(
        &dir,
        "orders.csv",
        &[
            (3, "another line of this document was refused: line 5: quantity is not above zero: -1"),
            (5, "quantity is not above zero: -1"),
            (6, "no customer"),
            (7, "unknown account: NOPE"),
            (8, "placed_at is in the future: 2027-01-01 00:00:00"),
            (9, "unknown status: lost"),
            (12, "another line of this document was refused: line 13: broken quotes: text after a closing quote"),
            (13, "broken quotes: text after a closing quote"),
            (14, "the document's lines differ in currency: line 15"),
            (15, "the document's lines differ in currency: line 15"),
            (16, "order_number is empty"),
            (17, "quantity is too large: 1000000"),
        ],
    );
    assert_eq!(counts(&report, "invoices.csv"), (8, 5, 0, 3));
    assert_rejected(
        &dir,
        "invoices.csv",
        &[
            (7, "issued_on is in the future: 2026-12-01"),
            (8, "due_on is before issued_on: 2026-11-05"),
            (9, "tax_rate is too large: 120"),
        ],
    );
    assert_eq!(counts(&report, "payments.csv"), (11, 5, 0, 6));
    assert_rejected(
        &dir,
        "payments.csv",
        &[
            (7, "currency differs from the document's: EUR for GBP"),
            (8, "a payment settles an invoice: C-1 is none"),
            (9, "a second row for the same thing: the first is on line 2"),
            (10, "amount is not above zero: 0"),
            (11, "amount has more decimals than GBP knows: 1.005"),
            (12, "no customer"),
        ],
    );

    let text = std::fs::read_to_string(dir.join("rejected/accounts.csv")).unwrap();
    assert!(text.starts_with("number,name,parent_number,currency,country,payment_terms_days,credit_limit,status,sales_rep_email,colour,line,reason\n"));
    assert!(text.contains("B5,few,,,,,,,,,12,wrong number of cells: 2 instead of 10\n"), "{text}");
    assert!(report.to_string().contains("accounts.csv            16           4           0          12"), "{report}");
    world.assert_sound().await;
}

#[tokio::test]
async fn what_was_taken_is_what_the_files_say() {
    let world = empty().await;
    import(&world, &folder("taken", ugly::ALL)).await;
    let holds = async |what: &str, sql: &str| {
        assert_eq!(world.number(&format!("SELECT count(*) FROM {sql}")).await, 1, "{what}");
    };
    holds(
        "a unit below its parent",
        "accounts u JOIN accounts p ON p.id = u.parent_id WHERE u.number = 'A2' AND p.number = 'A1'",
    )
    .await;
    holds(
        "no tax abroad",
        "accounts WHERE number = 'E1' AND tax_rate = 0 AND status = 'on_hold' AND payment_terms_days = 30",
    )
    .await;
    holds("tax at home", "accounts WHERE number = 'A1' AND tax_rate IS NULL").await;
    holds("no limit", "credit_limits c JOIN accounts a ON a.id = c.account_id WHERE a.number = 'A2' AND credit_limit IS NULL AND policy = 'hold'").await;
    holds(
        "a rep",
        "staff s JOIN people p ON p.id = s.person_id WHERE email = 'rep@seller.example' AND role = 'sales_rep'",
    )
    .await;
    holds("assigned", "staff_assignments s JOIN accounts a ON a.id = s.account_id WHERE a.number = 'A1'").await;
    holds("one person", "people WHERE email = 'buyer@a1.example' AND name = 'Bea Buyer'").await;
    holds(
        "roles",
        "members m JOIN accounts a ON a.id = m.account_id WHERE a.number = 'A1' AND m.roles = '{buyer,finance}'",
    )
    .await;
    holds("a successor", "products o JOIN products n ON n.id = o.successor_id WHERE o.sku = 'S-2' AND n.sku = 'S-1'")
        .await;
    holds("a drawing", "categories WHERE slug = 'lunch-picnic' AND icon = 'lunch'").await;
    holds(
        "a list of its own",
        "price_lists l JOIN accounts a ON a.id = l.account_id WHERE l.code = 'OWN' AND a.number = 'A1'",
    )
    .await;
    holds(
        "a shared list",
        "price_lists l JOIN accounts a ON a.id = l.account_id WHERE l.code = 'SHARED' AND a.number = 'SELLER'",
    )
    .await;
    holds(
        "the default contract",
        "contracts c JOIN catalogs g ON g.id = c.catalog_id WHERE c.number = 'STANDARD' AND g.everything",
    )
    .await;
    holds("an empty catalog", "catalogs WHERE code = 'SPECIAL' AND NOT everything").await;
    holds("the earliest time", "orders WHERE number = 'O-1' AND placed_at = '2026-11-01T09:00Z' AND net = 20 AND tax = 0 AND line_count = 2 AND po_number = 'PO 7'").await;
    holds("the seller's midnight in summer", "orders WHERE number = 'O-7' AND placed_at = '2026-06-02T23:00Z' AND status = 'partially_shipped' AND net = 1.01").await;
    holds(
        "the product's name",
        "order_lines WHERE sku = 'S-1' AND name = 'First thing' AND product_id IS NOT NULL AND quantity_shipped = 2",
    )
    .await;
    holds("free text", "order_lines WHERE sku = 'GONE' AND name = 'GONE' AND product_id IS NULL AND unit_price = 0")
        .await;
    holds("tax on the sum", "invoices i JOIN orders o ON o.id = i.order_id WHERE i.number = 'I-1' AND o.number = 'O-1' AND i.tax = 0.01 AND i.gross = 0.07 AND i.settled = 0.07 AND i.po_number = 'PO 7' AND i.bill_to->>'company' = 'Acme, Ltd'").await;
    holds("due after the account's terms", "invoices WHERE number = 'I-2' AND due_on = '2026-11-19' AND settled = 120")
        .await;
    holds("the rest stays cash", "payments p WHERE number = 'P-3' AND amount = 100 AND (SELECT sum(amount) FROM allocations a WHERE a.payment_id = p.id) = 70").await;
    holds("a refunded credit note", "invoices WHERE number = 'C-1' AND kind = 'credit_note' AND settled = gross").await;
    holds("the audit entry", "audit_log WHERE line LIKE '%import.run%'").await;
}

#[tokio::test]
async fn prices_in_larger_units_are_kept_per_own_unit_or_refused() {
    let world = empty().await;
    let files: [(&str, &[u8]); 4] = [
        ("accounts.csv", b"number,name,parent_number,currency,country,payment_terms_days,credit_limit,status\nA1,Acme,,GBP,GB,30,,active\n"),
        ("products.csv", b"sku,name,category,unit,min_quantity,quantity_multiple,pieces_per_pack,status,successor_sku,larger_units,description,gtin\n\
            TAPE,Tape,Tapes,RL,,,,,,CT=36 PL=1080,Clear and strong,50123452\nODD,Odd,Tapes,EA,,,,,,BG=7,,\nBAD,Bad,Tapes,EA,,,,,,BX,,\n"),
        ("contracts.csv", b"number,account_number,name,status,valid_from,valid_to,price_list,catalog\nK-1,A1,Framework,active,2026-01-01,,L-1,DEFAULT\n"),
        ("prices.csv", b"price_list,currency,sku,unit,min_quantity,unit_price,valid_from,valid_to\n\
            L-1,GBP,TAPE,CT,2,45,,\nL-1,GBP,TAPE,RL,1,1.50,,\nL-1,GBP,TAPE,RL,72,1.30,,\nL-1,GBP,ODD,BG,1,10,,\nL-1,GBP,ODD,BX,1,10,,\n"),
    ];
    let dir = folder("larger-units", &files);
    let report = import(&world, &dir).await;
    assert_rejected(&dir, "products.csv", &[(4, "larger_units: not a unit with how many it holds, such as BX=10: BX")]);
    assert_rejected(
        &dir,
        "prices.csv",
        &[
            (4, "another row gives this price from 72 RL on"),
            (5, "unit_price cannot be divided by 7 exactly: 10; give the price per EA"),
            (6, "BX is not a unit of this product (EA); larger_units in products.csv names them"),
        ],
    );
    assert_eq!(counts(&report, "prices.csv"), (5, 2, 0, 3));
    let kept = "SELECT count(*) FROM prices p JOIN products a ON a.id = p.product_id WHERE a.sku = 'TAPE' AND (p.unit, p.min_quantity, p.unit_price)
                IN (('RL', 72, 1.25), ('RL', 1, 1.50))";
    assert_eq!(world.number(kept).await, 2);
    let texts = "SELECT count(*) FROM products a, contracts k WHERE a.sku = 'TAPE' AND a.description = 'Clear and strong' AND a.gtin = '50123452'
                 AND k.number = 'K-1' AND k.name = 'Framework'";
    assert_eq!(world.number(texts).await, 1, "texts are the cells', not the columns'");
    assert_eq!(counts(&import(&world, &dir).await, "prices.csv"), (5, 2, 2, 3), "and again it changes nothing");
}

#[tokio::test]
async fn the_unit_of_an_article_stays_while_anything_counts_in_it() {
    let world = empty().await;
    let head = "sku,name,category,unit,min_quantity,quantity_multiple,pieces_per_pack,status,successor_sku\n";
    let goods = |rows: &str| format!("{head}{rows}").into_bytes();
    let first = goods("TAPE,Tape,Tapes,RL,,,,,\nPENS,Pens,Tapes,BX,,,,,\n");
    let stock = b"warehouse,sku,on_hand,incoming,incoming_date\nMAIN,TAPE,12,,\n";
    let dir = folder("own-unit", &[("products.csv", &first), ("stock.csv", stock)]);
    import(&world, &dir).await;
    let units = "SELECT string_agg(sku || ' ' || unit || ' ' || name, ', ' ORDER BY sku) FROM products";
    assert_eq!(world.text(units).await, "PENS BX Pens, TAPE RL Tape");
    // An empty cell keeps the unit; an article that nobody counts may change it; the one on the shelf may not.
    let more = goods("TAPE,Clear tape,Tapes,,,,,,\nPENS,Pens,Tapes,EA,,,,,\n");
    import(&world, &folder("own-unit", &[("products.csv", &more)])).await;
    assert_eq!(world.text(units).await, "PENS EA Pens, TAPE RL Clear tape");
    let other = goods("TAPE,Other tape,Tapes,CT,,,,,\nPENS,Red pens,Tapes,EA,,,,,\n");
    import(&world, &folder("own-unit", &[("products.csv", &other)])).await;
    assert_eq!(world.text(units).await, "PENS EA Red pens, TAPE RL Clear tape");
    let why = "unit cannot become CT: stock, carts, lists or schedules count this article in RL; make a new article";
    assert_rejected(&dir, "products.csv", &[(2, why)]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_so_and_the_others_go_on() {
    let world = empty().await;
    let utf16: Vec<u8> = "sku,name".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let dir = folder("unreadable", &[
        ("accounts.csv", b"number,name,parent_number,currency,country,payment_terms_days,credit_limit,status\nA1,Acme,,GBP,GB,30,,active\n"),
        ("members.csv", b"account_number;email;name;roles\nA1;a@a1.example;A;buyer\n"),
        ("products.csv", &utf16),
        ("prices.csv", b""),
        ("Order.csv", b""),
        ("stock.csv", b"warehouse,sku,on_hand,incoming,incoming_date\n"),
    ]);
    let report = run(&world.store, &dir, now()).await.unwrap();
    let trouble: Vec<(&str, Option<&str>)> =
        report.files.iter().map(|f| (f.name.as_str(), f.trouble.as_deref())).collect();
    assert_eq!(
        trouble,
        [
            ("accounts.csv", None),
            (
                "members.csv",
                Some("missing column: account_number, email, name, roles; the cells must be separated by commas")
            ),
            ("products.csv", Some("it is not UTF-8 but UTF-16 or no text at all; save it as CSV in UTF-8")),
            ("prices.csv", Some("it is empty, without even a header")),
            ("stock.csv", None),
        ]
    );
    assert_eq!((report.rejected(), counts(&report, "accounts.csv")), (3, (1, 1, 0, 0)));
    assert!(report.notes.contains(&"Not part of an import, and left out: Order.csv".to_owned()), "{:?}", report.notes);
    assert!(run(&world.store, &folder("nothing", &[]), now()).await.is_err(), "an empty folder is a mistake");
}

#[tokio::test]
async fn the_seller_that_is_there_is_used_and_its_own_documents_are_safe() {
    let world = World::new().await;
    let number: String = sqlx::query_scalar("SELECT number FROM orders ORDER BY number LIMIT 1")
        .fetch_one(&world.superuser)
        .await
        .unwrap();
    let account = "(SELECT number FROM accounts WHERE id = (SELECT account_id FROM orders ORDER BY number LIMIT 1))";
    let account: String =
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT {account}"))).fetch_one(&world.superuser).await.unwrap();
    let orders = format!(
        "account_number,order_number,placed_at,status,sku,quantity,unit_price,currency\n{account},{number},2026-11-01,open,HB-M8-40-A2,1,1,GBP\n\
         SELLER,O-1,2026-11-01,open,HB-M8-40-A2,1,1,GBP\n"
    );
    let dir = folder("demo", &[("orders.csv", orders.as_bytes())]);
    let report = import(&world, &dir).await;
    assert_eq!(report.notes, Vec::<String>::new());
    assert_rejected(
        &dir,
        "orders.csv",
        &[(2, "the number is taken by a document made here"), (3, "unknown account: SELLER")],
    );
    assert_eq!(world.number("SELECT count(*) FROM seller WHERE name = 'Halden Supply'").await, 1);
}

#[tokio::test]
async fn stock_never_falls_below_what_orders_have_reserved() {
    let world = World::new().await;
    world.sql("UPDATE stock SET reserved = 5 WHERE warehouse = 'MAIN' AND product_id = (SELECT id FROM products WHERE sku = 'TM-5M')").await;
    let stock = b"warehouse,sku,on_hand,incoming,incoming_date\nMAIN,TM-5M,4,0,\nNORTH,TM-5M,4,0,\n";
    let dir = folder("stock", &[("stock.csv", stock)]);
    import(&world, &dir).await;
    assert_rejected(&dir, "stock.csv", &[(2, "less than orders have reserved: 5")]);
    let enough = b"warehouse,sku,on_hand,incoming,incoming_date\nMAIN,TM-5M,4,1,2026-12-01\n";
    let report = import(&world, &folder("stock", &[("stock.csv", enough)])).await;
    assert_eq!(counts(&report, "stock.csv"), (1, 1, 0, 0));
    assert_eq!(world.number("SELECT reserved::bigint FROM stock k JOIN products p ON p.id = k.product_id WHERE sku = 'TM-5M' AND warehouse = 'MAIN'").await, 5);
}

#[tokio::test]
async fn two_imports_at_once_are_refused() {
    let world = empty().await;
    let held = store::import::only_one(&world.store, now()).await.unwrap();
    let dir = folder("twice", ugly::ALL);
    let refused = run(&world.store, &dir, now()).await.unwrap_err().to_string();
    assert_eq!(refused, "another import is running on this database");
    held.unwrap().release().await.unwrap();
    import(&world, &dir).await;
}
