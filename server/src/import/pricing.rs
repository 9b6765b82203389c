//! contracts.csv and prices.csv

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use store::import::{Contract, Outcome, Price};
use store::{Result, Tx};

use super::cells::Cells;
use super::sheet::Sheet;
use super::source::{Column, Source, needed};

/// Agreements.
#[derive(Default)]
pub struct Contracts {
    /// Which accounts' contracts name a price list: one alone owns it.
    named: BTreeMap<String, BTreeSet<String>>,
}

impl Contracts {
    /// Looks through the file for who names which list. A file that cannot be read has none; importing it says why.
    pub fn of(dir: &Path) -> std::io::Result<Self> {
        let mut contracts = Self::default();
        if let Ok(mut source) = Source::open(&dir.join(Self::FILE), Self::COLUMNS) {
            while let Some(record) = source.read()? {
                let row = contracts.parse(&Cells { layout: &source.layout, record: &record });
                if let Ok(Contract { list: Some(list), account, .. }) = row
                    && record.fault.is_none()
                {
                    contracts.named.entry(list).or_default().insert(account);
                }
            }
        }
        Ok(contracts)
    }
}

impl Sheet for Contracts {
    type Row = Contract;
    const FILE: &'static str = "contracts.csv";
    const COLUMNS: &'static [Column] = &[
        needed("number"),
        needed("account_number"),
        needed("name"),
        needed("status"),
        needed("valid_from"),
        needed("valid_to"),
        needed("price_list"),
        needed("catalog"),
    ];

    fn parse(&self, cells: &Cells<'_>) -> std::result::Result<Contract, String> {
        let (number, from) = (cells.key("number")?, cells.date("valid_from")?);
        let to = cells.maybe("valid_to", |c, _| c.date("valid_to"))?;
        if to.is_some_and(|to| to < from) {
            return Err(format!("valid_to is before valid_from: {from}"));
        }
        let states =
            [("active", "active"), ("draft", "draft"), ("ended", "ended"), ("expired", "ended"), ("closed", "ended")];
        Ok(Contract {
            account: cells.key("account_number")?,
            name: cells.maybe("name", |_, text| Ok(text.to_owned()))?.unwrap_or_else(|| number.clone()),
            status: cells.word("status", &states)?,
            from,
            to,
            list: cells.maybe("price_list", |c, _| c.key("price_list"))?,
            catalog: cells.maybe("catalog", |c, _| c.key("catalog"))?,
            number,
        })
    }

    fn key(row: &Contract) -> Vec<String> {
        vec![row.number.clone()]
    }

    async fn write(&self, tx: &mut Tx, rows: &[Contract]) -> Result<Outcome> {
        store::import::contracts(tx, &self.named, rows).await
    }
}

/// Prices of lists.
pub struct Prices;

impl Sheet for Prices {
    type Row = Price;
    const FILE: &'static str = "prices.csv";
    const COLUMNS: &'static [Column] = &[
        needed("price_list"),
        needed("currency"),
        needed("sku"),
        needed("unit"),
        needed("min_quantity"),
        needed("unit_price"),
        needed("valid_from"),
        needed("valid_to"),
    ];

    fn parse(&self, cells: &Cells<'_>) -> std::result::Result<Price, String> {
        let unit_price = cells.price("unit_price", cells.currency("currency")?)?;
        if unit_price.amount().is_zero() {
            return Err("unit_price is zero: leave the row out for a price on request".to_owned());
        }
        let (from, to) = (
            cells.maybe("valid_from", |c, _| c.date("valid_from"))?,
            cells.maybe("valid_to", |c, _| c.date("valid_to"))?,
        );
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(format!("valid_to is before valid_from: {from}"));
        }
        Ok(Price {
            list: cells.key("price_list")?,
            sku: cells.sku("sku")?,
            unit: cells.maybe("unit", |c, _| c.key("unit"))?.unwrap_or_else(|| "EA".to_owned()),
            min_quantity: cells
                .maybe("min_quantity", |c, _| c.quantity("min_quantity"))?
                .unwrap_or(domain::Quantity::ONE),
            unit_price,
            from,
            to,
        })
    }

    fn key(row: &Price) -> Vec<String> {
        let from = row.from.map(|d| d.to_string()).unwrap_or_default();
        let currency = row.unit_price.currency().code().to_owned();
        vec![row.list.clone(), row.sku.clone(), currency, row.unit.clone(), row.min_quantity.to_string(), from]
    }

    async fn write(&self, tx: &mut Tx, rows: &[Price]) -> Result<Outcome> {
        store::import::prices(tx, rows).await
    }
}
