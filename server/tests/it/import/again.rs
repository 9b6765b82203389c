//! The same files again, or a little different.

use super::{counts, empty, folder, import, rejected, ugly};

#[tokio::test]
async fn running_again_changes_nothing_and_leaves_no_trace() {
    let world = empty().await;
    let dir = folder("again", ugly::ALL);
    let first = import(&world, &dir).await;
    // The newest transaction that has written a row of a table.
    let tables = [
        "accounts",
        "credit_limits",
        "people",
        "members",
        "products",
        "contracts",
        "prices",
        "stock",
        "orders",
        "invoices",
        "payments",
        "allocations",
    ];
    let newest = tables.map(|t| format!("(SELECT max(xmin::text::bigint) FROM {t})")).join(", ");
    let newest = format!("SELECT greatest({newest})");
    let before = world.number(&newest).await;
    let second = import(&world, &dir).await;
    for (a, b) in first.files.iter().zip(&second.files) {
        assert_eq!(
            (b.read, b.accepted, b.unchanged, b.rejected),
            (a.read, a.accepted, a.accepted, a.rejected),
            "{}",
            a.name
        );
    }
    assert_eq!(world.number(&newest).await, before);
    assert_eq!(world.number("SELECT count(*) FROM audit_log").await, 1);
}

#[tokio::test]
async fn a_document_is_the_same_in_any_order_of_lines_and_another_with_other_contents() {
    let world = empty().await;
    let header =
        "account_number,order_number,placed_at,po_number,status,sku,description,unit,quantity,unit_price,currency\n";
    let (one, two) = ("A1,O-1,2026-11-01,,open,X,Ex,EA,2,10.000,GBP\n", "A1,O-1,2026-11-01,,open,Y,Why,EA,1,5,GBP\n");
    let account = b"number,name,parent_number,currency,country,payment_terms_days,credit_limit,status\nA1,Acme,,GBP,GB,30,,active\n";
    let orders = async |rows: String| {
        let dir = folder("order", &[("accounts.csv", account), ("orders.csv", rows.as_bytes())]);
        let report = import(&world, &dir).await;
        (counts(&report, "orders.csv"), rejected(&dir, "orders.csv"))
    };
    assert_eq!(orders(format!("{header}{one}{two}")).await.0, (2, 2, 0, 0));
    assert_eq!(orders(format!("{header}{two}{}", one.replace("10.000", "10"))).await.0, (2, 2, 2, 0));
    let (found, reasons) = orders(format!("{header}{one}{}", two.replace(",1,5,", ",1,6,"))).await;
    assert_eq!(found, (2, 0, 0, 2));
    assert!(reasons.iter().all(|r| r.1 == "already imported with other contents"));
    world.assert_sound().await;
}

#[tokio::test]
async fn money_waits_for_its_document_and_is_allocated_when_it_comes() {
    let world = empty().await;
    let dir = folder("money", ugly::ALL);
    let report = import(&world, &dir).await;
    let notes = &report.files[8].notes;
    assert!(notes.iter().any(|n| n.starts_with("1 payments name a document that is not there")), "{notes:?}");
    assert!(notes.iter().any(|n| n.starts_with("1 payments exceed")), "{notes:?}");
    let late =
        String::from_utf8(ugly::INVOICES.to_vec()).unwrap() + "A1,I-LATER,invoice,2026-11-12,,,S-1,x,EA,1,100,0,GBP\n";
    let report = import(&world, &folder("money", &[("invoices.csv", late.as_bytes())])).await;
    assert_eq!(counts(&report, "payments.csv"), (11, 5, 4, 6));
    assert_eq!(world.number("SELECT settled::bigint FROM invoices WHERE number = 'I-LATER'").await, 5);
    world.assert_sound().await;
}

#[tokio::test]
async fn a_seat_is_its_accounts_business_and_an_old_rep_loses_sight() {
    let world = empty().await;
    let dir = folder("seats", ugly::ALL);
    import(&world, &dir).await;
    world.sql("UPDATE members SET roles = '{viewer}', status = 'deactivated' WHERE roles = '{buyer,finance}'").await;
    let accounts = String::from_utf8_lossy(ugly::ACCOUNTS).replace("rep@seller.example", "new@seller.example");
    let report = import(&world, &folder("seats", &[("accounts.csv", accounts.as_bytes())])).await;
    assert!(report.files[1].notes.iter().any(|n| n.starts_with("1 seats keep")), "{:?}", report.files[1].notes);
    assert_eq!(
        world.number("SELECT count(*) FROM members WHERE status = 'deactivated' AND roles = '{viewer}'").await,
        1
    );
    let old = "SELECT count(*) FROM staff_assignments s JOIN people p ON p.id = s.person_id WHERE p.email = 'rep@seller.example'";
    assert_eq!(world.number(old).await, 0);
    // One row more than before: what was no text has become some on its way through a String.
    assert_eq!(counts(&report, "accounts.csv"), (16, 5, 2, 11));
}

#[tokio::test]
async fn what_a_unit_costs_is_kept_changed_and_never_negative() {
    let world = empty().await;
    let products = async |rows: &str| {
        let text = format!(
            "sku,name,category,unit,min_quantity,quantity_multiple,pieces_per_pack,status,successor_sku,cost,cost_currency\n{}",
            rows.replace(';', ",,,,,,,,")
        );
        let dir = folder("cost", &[("products.csv", text.as_bytes())]);
        let report = import(&world, &dir).await;
        (counts(&report, "products.csv"), rejected(&dir, "products.csv"))
    };
    let costs = "SELECT (sum(cost) * 100)::bigint FROM product_costs WHERE currency = 'GBP'";
    assert_eq!(products("C-1,One;3.25,\nC-2,Two;,\nC-3,Three;1.5,GBP\n").await.0, (3, 3, 0, 0));
    assert_eq!(world.number(costs).await, 475);
    assert_eq!(products("C-1,One;3.25,\nC-2,Two;,\nC-3,Three;,\n").await.0, (3, 3, 3, 0), "empty keeps what is there");
    assert_eq!(products("C-1,One;3.50,\n").await.0, (1, 1, 0, 0));
    assert_eq!(world.number(costs).await, 500);
    let (counted, reasons) = products("C-1,One;-1,\nC-2,Two;1,XYZ\n").await;
    assert_eq!(counted, (2, 0, 0, 2));
    assert_eq!(
        reasons.iter().map(|r| r.1.as_str()).collect::<Vec<_>>(),
        ["cost is negative: -1", "unknown currency: XYZ"]
    );
}
