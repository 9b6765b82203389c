//! accounts.csv and members.csv

use domain::Role;
use store::import::{Account, Member, Outcome};
use store::{Result, Tx};

use super::cells::Cells;
use super::sheet::Sheet;
use super::source::{Column, needed, optional};

/// Customer companies and their units; the seller's country decides who is charged tax.
pub struct Accounts<'a>(pub &'a str);

const STATES: &[(&str, &str)] = &[
    ("active", "active"),
    ("on_hold", "on_hold"),
    ("hold", "on_hold"),
    ("blocked", "on_hold"),
    ("closed", "closed"),
    ("inactive", "closed"),
];

impl Sheet for Accounts<'_> {
    type Row = Account;
    const FILE: &'static str = "accounts.csv";
    const COLUMNS: &'static [Column] = &[
        needed("number"),
        needed("name"),
        needed("parent_number"),
        needed("currency"),
        needed("country"),
        needed("payment_terms_days"),
        needed("credit_limit"),
        needed("status"),
        optional("sales_rep_email"),
    ];

    fn parse(&self, cells: &Cells<'_>) -> std::result::Result<Account, String> {
        let number = cells.key("number")?;
        if number == "SELLER" {
            return Err("this number is the seller's own: SELLER".to_owned());
        }
        Ok(Account {
            name: cells.required("name")?.to_owned(),
            parent: cells.maybe("parent_number", |c, _| c.key("parent_number"))?,
            currency: cells.currency("currency")?,
            country: cells.country("country")?,
            terms: cells.maybe("payment_terms_days", |c, _| c.whole("payment_terms_days", 0, 365))?.unwrap_or(30),
            credit_limit: cells.maybe("credit_limit", |c, _| c.amount("credit_limit", 15, 4))?,
            status: cells.maybe("status", |c, _| c.word("status", STATES))?.unwrap_or("active"),
            sales_rep: cells.maybe("sales_rep_email", |c, _| c.email("sales_rep_email"))?,
            number,
        })
    }

    fn key(row: &Account) -> Vec<String> {
        vec![row.number.clone()]
    }

    fn names(row: &Account) -> Option<(String, String)> {
        row.parent.clone().map(|parent| (row.number.clone(), parent))
    }

    async fn levels(
        &self,
        tx: &mut Tx,
        waiting: &[(String, String)],
    ) -> Result<Vec<std::result::Result<usize, String>>> {
        store::import::account_levels(tx, waiting).await
    }

    async fn write(&self, tx: &mut Tx, rows: &[Account]) -> Result<Outcome> {
        store::import::accounts(tx, self.0, rows).await
    }
}

/// Seats of people in accounts.
pub struct Members;

impl Sheet for Members {
    type Row = Member;
    const FILE: &'static str = "members.csv";
    const COLUMNS: &'static [Column] = &[needed("account_number"), needed("email"), needed("name"), needed("roles")];

    fn parse(&self, cells: &Cells<'_>) -> std::result::Result<Member, String> {
        let (account, email) = (cells.key("account_number")?, cells.email("email")?);
        let name = match cells.text("name")? {
            "" => email.as_str().split('@').next().unwrap_or_default(),
            name => name,
        };
        Ok(Member { account, name: name.to_owned(), roles: roles(cells.required("roles")?)?, email })
    }

    fn key(row: &Member) -> Vec<String> {
        vec![row.account.clone(), row.email.as_str().to_owned()]
    }

    async fn write(&self, tx: &mut Tx, rows: &[Member]) -> Result<Outcome> {
        store::import::members(tx, rows).await
    }
}

/// Roles of the buying side, separated by spaces, `;`, `|` or `,`: a file of customers never makes staff.
fn roles(text: &str) -> std::result::Result<Vec<Role>, String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '|' | ',')).filter(|w| !w.is_empty());
    let roles: Vec<Role> = words
        .map(|word| {
            Role::parse(&word.to_lowercase()).filter(|r| !r.is_staff()).ok_or_else(|| format!("unknown role: {word}"))
        })
        .collect::<std::result::Result<_, _>>()?;
    if roles.is_empty() { Err("roles is empty".to_owned()) } else { Ok(roles) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_may_be_separated_in_any_way_and_are_never_of_staff() {
        for text in ["buyer finance", "buyer;finance", "Buyer | Finance", "buyer, finance"] {
            assert_eq!(roles(text), Ok(vec![Role::Buyer, Role::Finance]), "{text}");
        }
        assert_eq!(roles("buyer sales_rep"), Err("unknown role: sales_rep".to_owned()));
        assert!(roles(" ; ").is_err());
    }
}
