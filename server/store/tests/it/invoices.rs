//! Documents and what is owed.

use domain::invoices::{InvoiceQuery, Kind, Status};
use domain::{Money, Problem};

use crate::world::World;

#[tokio::test]
async fn finance_sees_documents_with_derived_status_and_the_balance_is_their_sum() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let list = async |text: &str| {
        store::invoices::list(&mut world.read(&finance).await, InvoiceQuery::parse(text)).await.unwrap()
    };
    let all = list("show=all").await;
    assert_eq!(all.total, 7);
    assert_eq!(list("show=paid").await.total, 2);
    assert_eq!(list("show=credit-notes").await.total, 1);
    assert!(list("show=overdue").await.rows.iter().all(|r| r.status == Status::Overdue));
    let open = list("").await;
    let sum = open
        .rows
        .iter()
        .fold(Money::zero(open.ageing.balance.currency()), |sum, r| sum.plus(r.kind.signed(r.open)).unwrap());
    assert_eq!(open.ageing.balance, sum);
    let buckets = open.ageing.buckets.iter().fold(Money::zero(sum.currency()), |s, b| s.plus(*b).unwrap());
    assert_eq!(buckets.minus(open.ageing.credit).unwrap(), sum);
}

#[tokio::test]
async fn a_page_begins_behind_the_row_that_was_last_and_ends_before_the_one_that_was_first() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    for show in ["all", "open", "paid", "all&q=INV"] {
        let numbers = async |place: &str| -> Vec<String> {
            let query = InvoiceQuery::parse(&format!("show={show}{place}"));
            let page = store::invoices::list(&mut world.read(&finance).await, query).await.unwrap();
            page.rows.into_iter().map(|r| r.number).collect()
        };
        let all = numbers("").await;
        assert!(all.len() > 1);
        for (at, number) in all.iter().enumerate() {
            assert_eq!(numbers(&format!("&page=3&after={number}")).await, all[at + 1..]);
            assert_eq!(numbers(&format!("&page=3&before={number}")).await, all[..at]);
        }
    }
}

#[tokio::test]
async fn a_document_shows_its_lines_tax_and_payments() {
    let world = World::new().await;
    let finance = world.actor("finance@acme.example").await;
    let rows = store::invoices::list(&mut world.read(&finance).await, InvoiceQuery::parse("show=all&q=88207"))
        .await
        .unwrap()
        .rows;
    let invoice = rows.iter().find(|r| r.kind == Kind::Invoice).unwrap();
    let page = store::invoices::find(&mut world.read(&finance).await, &invoice.number).await.unwrap();
    assert_eq!(page.totals.gross, invoice.gross);
    assert_eq!(page.totals.taxes.len(), 1);
    assert_eq!(page.settlements.len(), 1);
    assert_eq!(page.settlements[0].amount.plus(invoice.open).unwrap(), invoice.gross);
    assert_eq!(page.bill_to.company, "Acme Manufacturing");
}

#[tokio::test]
async fn nobody_else_sees_documents() {
    let world = World::new().await;
    for email in ["buyer@acme.example", "manager@acme.example", "admin@acme.example", "rep@seller.example"] {
        let actor = world.actor(email).await;
        let refused = store::invoices::list(&mut world.read(&actor).await, InvoiceQuery::parse("")).await;
        assert!(matches!(refused, Err(store::Error::Problem(Problem::Forbidden))), "{email}");
        let refused = store::invoices::export(&mut world.read(&actor).await, &InvoiceQuery::parse("")).await;
        assert!(matches!(refused, Err(store::Error::Problem(Problem::Forbidden))), "{email}");
    }
}
