//! products.csv and stock.csv

use domain::units::Units;
use domain::{Currency, Quantity};
use rust_decimal::Decimal;
use store::import::{OWN_UNIT, Outcome, Product, Shelf};
use store::{Result, Tx};

use super::cells::Cells;
use super::sheet::Sheet;
use super::source::{Column, needed, optional};

/// What is sold.
pub struct Products;

impl Sheet for Products {
    type Row = Product;
    const FILE: &'static str = "products.csv";
    const COLUMNS: &'static [Column] = &[
        needed("sku"),
        needed("name"),
        needed("category"),
        needed("unit"),
        needed("min_quantity"),
        needed("quantity_multiple"),
        needed("pieces_per_pack"),
        needed("status"),
        needed("successor_sku"),
        optional("description"),
        optional("gtin"),
        optional("tax_rate"),
        optional("cost"),
        optional("cost_currency"),
        optional("larger_units"),
    ];

    fn parse(&self, cells: &Cells<'_>) -> std::result::Result<Product, String> {
        let tax_rate = cells.maybe("tax_rate", |c, _| c.amount("tax_rate", 3, 2))?;
        if let Some(rate) = tax_rate.filter(|r| *r > Decimal::ONE_HUNDRED) {
            return Err(format!("tax_rate is too large: {rate}"));
        }
        let cost = cells.maybe("cost", |c, _| c.amount("cost", 15, 4))?;
        let currency = cells.maybe("cost_currency", |c, _| c.currency("cost_currency"))?.unwrap_or(Currency::GBP);
        let states = [("active", false), ("discontinued", true), ("inactive", true)];
        let unit = cells.maybe("unit", |c, _| c.key("unit"))?;
        let larger_units = cells.maybe("larger_units", |_, text| {
            Units::parse_larger(unit.as_deref().unwrap_or(OWN_UNIT), text).map_err(|e| format!("larger_units: {e}"))
        })?;
        Ok(Product {
            sku: cells.sku("sku")?,
            name: cells.required("name")?.to_owned(),
            category: cells.maybe("category", |c, _| c.key("category"))?.unwrap_or_else(|| "Other".to_owned()),
            unit,
            larger_units,
            min_quantity: cells.maybe("min_quantity", |c, _| c.quantity("min_quantity"))?.unwrap_or(Quantity::ONE),
            multiple: cells
                .maybe("quantity_multiple", |c, _| c.quantity("quantity_multiple"))?
                .unwrap_or(Quantity::ONE),
            pieces: cells.maybe("pieces_per_pack", |c, _| c.whole("pieces_per_pack", 1, 1_000_000))?,
            discontinued: cells.maybe("status", |c, _| c.word("status", &states))?.unwrap_or(false),
            successor: cells.maybe("successor_sku", |c, _| c.sku("successor_sku"))?,
            description: cells.maybe("description", |_, text| Ok(text.to_owned()))?,
            gtin: cells.maybe("gtin", |_, text| gtin(text))?,
            tax_rate,
            cost: cost.map(|cost| (cost, currency)),
        })
    }

    fn key(row: &Product) -> Vec<String> {
        vec![row.sku.clone()]
    }

    fn names(row: &Product) -> Option<(String, String)> {
        row.successor.clone().map(|successor| (row.sku.clone(), successor))
    }

    async fn levels(
        &self,
        tx: &mut Tx,
        waiting: &[(String, String)],
    ) -> Result<Vec<std::result::Result<usize, String>>> {
        store::import::product_levels(tx, waiting).await
    }

    async fn write(&self, tx: &mut Tx, rows: &[Product]) -> Result<Outcome> {
        store::import::products(tx, rows).await
    }
}

fn gtin(text: &str) -> std::result::Result<String, String> {
    let good = (8..=14).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if good { Ok(text.to_owned()) } else { Err(format!("gtin is not 8 to 14 digits: {text}")) }
}

/// What stands on the shelves.
pub struct Stock;

impl Sheet for Stock {
    type Row = Shelf;
    const FILE: &'static str = "stock.csv";
    const COLUMNS: &'static [Column] =
        &[needed("warehouse"), needed("sku"), needed("on_hand"), needed("incoming"), needed("incoming_date")];

    fn parse(&self, cells: &Cells<'_>) -> std::result::Result<Shelf, String> {
        let incoming = cells.maybe("incoming", |c, _| c.amount("incoming", 9, 3))?.unwrap_or_default();
        let due = cells.maybe("incoming_date", |c, _| c.date("incoming_date"))?;
        if !incoming.is_zero() && due.is_none() {
            return Err("incoming without incoming_date".to_owned());
        }
        Ok(Shelf {
            warehouse: cells.key("warehouse")?,
            sku: cells.sku("sku")?,
            on_hand: cells.amount("on_hand", 9, 3)?,
            incoming,
            due,
        })
    }

    fn key(row: &Shelf) -> Vec<String> {
        vec![row.warehouse.clone(), row.sku.clone()]
    }

    async fn write(&self, tx: &mut Tx, rows: &[Shelf]) -> Result<Outcome> {
        store::import::stock(tx, rows).await
    }
}
