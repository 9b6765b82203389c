//! People, their seats and their sessions: input types and views.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Permission, Role};
use crate::ids::{AccountId, AddressId, MemberId};
use crate::{FieldError, Problem, text};

/// An e-mail address, lower case: how people are told apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Trims and lower-cases; must look like `name@host`. The mail itself is the only real proof.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldError> {
        let email = text.trim().to_lowercase();
        let good = email.len() <= 254
            && !email.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"'))
            && email.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty()
                    && host.contains('.')
                    && !host.contains('@')
                    && !host.starts_with('.')
                    && !host.ends_with('.')
            });
        if good {
            Ok(Self(email))
        } else {
            Err(FieldError::new(field, "Enter an e-mail address, such as name@company.example."))
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A password that may be set (NIST SP 800-63B: length counts, composition does not).
pub struct NewPassword(String);

impl NewPassword {
    /// 12 to 200 characters.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldError> {
        match text.chars().count() {
            12..=200 => Ok(Self(text.to_owned())),
            n if n < 12 => Err(FieldError::new(field, "Choose a password of at least 12 characters.")),
            _ => Err(FieldError::new(field, "Choose a password of at most 200 characters.")),
        }
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// How an account's prices compete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PriceStrategy {
    /// The nearest level wins; within it the lowest price.
    #[default]
    ContractWins,
    /// The lowest price of all levels.
    Lowest,
    /// The contract with the highest priority number; then as `ContractWins`.
    Priority,
}

impl PriceStrategy {
    /// Reads the stored code; anything unknown is the default.
    pub fn parse(code: &str) -> Self {
        match code {
            "lowest" => Self::Lowest,
            "priority" => Self::Priority,
            _ => Self::ContractWins,
        }
    }

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ContractWins => "contract_wins",
            Self::Lowest => "lowest",
            Self::Priority => "priority",
        }
    }
}

/// An account that the person could switch to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatRow {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Whether it is the present one.
    pub current: bool,
}

/// What the frame around every page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The seller's name.
    pub brand: String,
    /// The person's name.
    pub person: String,
    /// Their address.
    pub email: String,
    /// Roles in words.
    pub roles: Vec<Role>,
    /// The account's name and number.
    pub account: (String, String),
    /// All seats; one means nothing to switch.
    pub seats: Vec<SeatRow>,
    /// Lines in the cart.
    pub cart_lines: i64,
    /// Things told that were not read yet.
    pub unread: i64,
    /// The account is on hold.
    pub on_hold: bool,
    /// What the person may do, for navigation alone.
    pub may: Vec<Permission>,
    /// Somebody of the seller's is here for a member.
    pub behalf: Option<crate::assistance::Band>,
}

impl Frame {
    /// Whether the navigation offers what needs `permission`.
    pub fn may(&self, permission: Permission) -> bool {
        self.may.contains(&permission)
    }

    /// The permissions a frame lists.
    pub fn permissions(actor: &Actor) -> Vec<Permission> {
        use Permission as P;
        [
            P::CatalogRead,
            P::CartUse,
            P::OrderSubmit,
            P::OrderRead,
            P::OrderApprove,
            P::InvoiceRead,
            P::CreditRead,
            P::BudgetRead,
            P::CompanyManage,
            P::MemberManage,
            P::AuditRead,
            P::CustomerRead,
            P::HoldRelease,
            P::RegistrationDecide,
            P::QuoteRequest,
            P::QuoteRead,
            P::QuoteWrite,
            P::ActOnBehalf,
            P::OrderFulfil,
            P::AssistanceRead,
        ]
        .into_iter()
        .filter(|p| actor.may(*p))
        .collect()
    }
}

/// A session in one's profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Hash of the session's id, hex: names it in the form, opens nothing.
    pub key: String,
    /// Browser and system, shortened.
    pub device: String,
    /// Network address.
    pub address: String,
    /// Signed in at, the seller's local time.
    pub since: NaiveDateTime,
    /// Last used.
    pub last_seen: NaiveDateTime,
    /// This very session.
    pub current: bool,
}

/// One's profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfilePage {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Seats with roles: account name, roles.
    pub seats: Vec<(String, Vec<Role>)>,
    /// Open sessions, the last used first.
    pub sessions: Vec<SessionRow>,
}

/// An address to choose at checkout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressRow {
    /// Its id.
    pub id: AddressId,
    /// Short name.
    pub label: String,
    /// The whole, for documents.
    pub address: Address,
    /// The account above whose it is; `None`: one's own.
    pub of: Option<String>,
}

/// A postal address as documents keep it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Company or person.
    pub company: String,
    /// Street and number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// Town.
    pub city: String,
    /// ISO 3166 code.
    pub country: String,
}

impl Address {
    /// The lines that have something in them, the country by its name.
    pub fn lines(&self) -> Vec<String> {
        let town = format!("{} {}", self.postcode, self.city);
        [self.company.as_str(), &self.street, town.trim(), text::country(&self.country)]
            .into_iter()
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// A cost centre to choose at checkout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostCentreRow {
    /// Code, such as `MAINT`.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A member as the account admin sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Names them in forms.
    pub id: MemberId,
    /// To whom they report.
    pub manager: Option<MemberId>,
    /// Lines in their cart: handed over with their seat.
    pub cart_lines: i64,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Codes of the cost centres on which they may book, and must; none: any or none.
    pub cost_centres: Vec<String>,
    /// Deactivated.
    pub inactive: bool,
}

/// The members of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersPage {
    /// By name.
    pub members: Vec<MemberRow>,
    /// The account's open cost centres.
    pub cost_centres: Vec<CostCentreRow>,
}

/// What an account admin says about a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberChange {
    /// At least one buying role.
    pub roles: Vec<Role>,
    /// To whom they report.
    pub manager: Option<MemberId>,
    /// Codes of the cost centres on which they may book; none: any or none.
    pub cost_centres: Vec<String>,
}

impl MemberChange {
    /// Checks what needs no database, for the member `id`.
    pub fn check(&self, id: MemberId) -> Result<(), Problem> {
        if self.roles.is_empty() || self.roles.iter().any(|r| r.is_staff()) {
            return Err(Problem::invalid("roles", "Choose at least one role."));
        }
        if self.manager == Some(id) {
            return Err(Problem::invalid("manager", "Choose a colleague."));
        }
        Ok(())
    }
}

/// Whom to invite, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Where the link goes.
    pub email: Email,
    /// Their name.
    pub name: String,
    /// At least one buying role.
    pub roles: Vec<Role>,
}

impl Invitation {
    /// Checks the form of the members page.
    pub fn parse(email: &str, name: &str, roles: &[String]) -> Result<Self, Problem> {
        let mut errors = Vec::new();
        let email = Email::parse("email", email).map_err(|e| errors.push(e)).ok();
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            errors.push(FieldError::new("name", "Enter a name of 1 to 100 characters."));
        }
        let roles: Vec<Role> = roles.iter().filter_map(|r| Role::parse(r)).filter(|r| !r.is_staff()).collect();
        if roles.is_empty() {
            errors.push(FieldError::new("roles", "Choose at least one role."));
        }
        match email {
            Some(email) if errors.is_empty() => Ok(Self { email, name: name.to_owned(), roles }),
            _ => Err(Problem::Invalid(errors)),
        }
    }
}

impl Invitation {
    /// Reads a paste or CSV: one person a line, `email, name, roles`, separated by commas, semicolons or tabs; several roles
    /// by spaces; without roles a buyer. Every line that cannot be read is named, and then nobody is invited.
    pub fn parse_many(text: &str) -> Result<Vec<Self>, Problem> {
        let mut errors = Vec::new();
        let mut found: Vec<Self> = Vec::new();
        for (n, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split([',', ';', '\t']).map(|c| c.trim().trim_matches('"')).collect();
            if n == 1 && cells[0].eq_ignore_ascii_case("email") {
                continue;
            }
            let roles: Vec<String> = match cells.get(2).copied().unwrap_or_default() {
                "" => vec![Role::Buyer.code().to_owned()],
                words => words.split_whitespace().map(|w| w.to_lowercase().replace('-', "_")).collect(),
            };
            let unknown = roles.iter().find(|r| Role::parse(r).is_none_or(Role::is_staff));
            if let Some(role) = unknown {
                errors.push(FieldError::new("people", format!("Line {n}: “{role}” is no role.")));
                continue;
            }
            match Self::parse(cells[0], cells.get(1).copied().unwrap_or_default(), &roles) {
                Ok(invitation) if found.iter().any(|i| i.email == invitation.email) => {
                    errors.push(FieldError::new("people", format!("Line {n}: this address stands there twice.")));
                }
                Ok(invitation) => found.push(invitation),
                Err(problem) => errors.push(FieldError::new("people", format!("Line {n}: {problem}"))),
            }
        }
        if found.len() > 200 {
            errors.push(FieldError::new("people", "Invite at most 200 people at once."));
        }
        if errors.is_empty() && found.is_empty() {
            errors.push(FieldError::new("people", "Write one person a line: email, name, roles."));
        }
        errors.truncate(20);
        if errors.is_empty() { Ok(found) } else { Err(Problem::Invalid(errors)) }
    }
}

/// One line of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Position in the account's chain.
    pub seq: i64,
    /// When, the seller's local time.
    pub at: NaiveDateTime,
    /// Who.
    pub who: String,
    /// What was done, such as `order.submitted`.
    pub action: String,
    /// To what, in words.
    pub what: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_lower_case_and_nonsense_is_refused() {
        assert_eq!(Email::parse("email", " Dana@Acme.Example ").expect("an address").as_str(), "dana@acme.example");
        for bad in [
            "",
            "dana",
            "dana@",
            "@acme.example",
            "a@b",
            "a b@c.d",
            "a@b@c.d",
            "a@.d",
            "a@d.",
            "\"a\"@b.c",
            "a@b.c,x@y.z",
        ] {
            assert!(Email::parse("email", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn passwords_are_judged_by_length_alone() {
        assert!(NewPassword::parse("password", "correct horse").is_ok());
        assert!(NewPassword::parse("password", "Sh0rt!").is_err());
        assert!(NewPassword::parse("password", &"x".repeat(201)).is_err());
    }

    #[test]
    fn a_paste_of_people_is_read_line_by_line_and_every_bad_line_is_named() {
        let good = Invitation::parse_many("Email,Name,Roles\na@b.example, Ann, buyer approver\n\nc@d.example;Cy\n")
            .expect("all good");
        assert_eq!(good.len(), 2);
        assert_eq!(good[0].roles, [Role::Buyer, Role::Approver]);
        assert_eq!(good[1].roles, [Role::Buyer]);
        let Err(Problem::Invalid(errors)) =
            Invitation::parse_many("a@b.example,Ann\nnonsense,Bob\na@b.example,Ann\ne@f.example,Eve,sales_rep")
        else {
            panic!("three lines are bad")
        };
        let lines: Vec<_> = errors.iter().map(|e| e.message.split(':').next().unwrap_or_default()).collect();
        assert_eq!(lines, ["Line 2", "Line 3", "Line 4"]);
        assert!(Invitation::parse_many("  \n").is_err());
    }

    #[test]
    fn an_invitation_never_makes_staff() {
        let roles = ["seller_admin".to_owned(), "sales_rep".to_owned()];
        assert!(
            matches!(Invitation::parse("a@b.example", "A", &roles), Err(Problem::Invalid(e)) if e[0].field == "roles")
        );
        assert!(Invitation::parse("a@b.example", "A", &["buyer".to_owned()]).is_ok());
    }
}
