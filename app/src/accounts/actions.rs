//! Signing in and out, asking for an account, one's profile, members. Anyone for the first three; the account admin for members;
//! the seller's people for those who ask.
#![allow(clippy::too_many_arguments, reason = "the fields of the forms, by name")]
#![allow(clippy::unused_async, reason = "server functions are async, whether they wait for something or not")]
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::accounts::{AuditRow, Frame, MembersPage, ProfilePage};
use domain::registration::RegistrationsPage;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use crate::request::{choose_account, command, end_session, flash, go, reading, request};

/// The frame's content and the sentence that the last action left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Framed {
    /// What surrounds the page.
    pub frame: Frame,
    /// What the last action had to say.
    pub flash: Option<String>,
}

/// Who is here; asked again after each action.
#[server(ReadFrame, endpoint = "accounts/frame", input = GetUrl, output = Answered)]
pub async fn frame() -> Result<Framed, ActionError> {
    let request = request()?;
    Ok(Framed { frame: request.who()?.frame.clone(), flash: request.flash.clone() })
}

/// Signs in and goes on to `next`.
#[server(endpoint = "accounts/sign-in")]
pub async fn sign_in(email: String, password: String, next: String) -> Result<(), ActionError> {
    let request = request()?;
    let wrong = || domain::Problem::invalid("email", "This e-mail address and password do not go together.");
    let email = domain::accounts::Email::parse("email", &email).map_err(|_| wrong())?;
    let person = store::accounts::sign_in(&request.store, &email, &password, &request.address, request.now)
        .await?
        .ok_or_else(wrong)?;
    request.start_session(person).await?;
    go(&next);
    Ok(())
}

/// Signs out.
#[server(endpoint = "accounts/sign-out")]
pub async fn sign_out() -> Result<(), ActionError> {
    end_session().await?;
    go("/login");
    Ok(())
}

/// Acts in another of one's accounts from now on. Not found for an account in which one has no seat.
#[server(endpoint = "accounts/switch")]
pub async fn switch(account: String) -> Result<(), ActionError> {
    let request = request()?;
    let wanted: domain::ids::AccountId = account.parse()?;
    let seat = request.who()?.frame.seats.iter().find(|s| s.account == wanted).ok_or(domain::Problem::NotFound)?;
    choose_account(seat.account).await?;
    flash(format!("You now buy for {}.", seat.name)).await?;
    go("/");
    Ok(())
}

/// Mails a link to choose a new password, if there is such a person; answers the same either way.
#[server(endpoint = "accounts/forgot")]
pub async fn forgot(email: String) -> Result<(), ActionError> {
    let request = request()?;
    let email = domain::accounts::Email::parse("email", &email)?;
    let (store, origin, now) = (request.store, request.origin, request.now);
    command(async move { store::accounts::request_reset(&store, &email, &origin, now).await }).await?;
    go("/forgot?sent=1");
    Ok(())
}

/// Asks for an account for a company; answers the same whoever is known.
#[server(endpoint = "accounts/register")]
pub async fn register(
    company: String,
    tax_number: String,
    street: String,
    postcode: String,
    city: String,
    country: String,
    name: String,
    email: String,
    #[server(default)] message: String,
) -> Result<(), ActionError> {
    let request = request()?;
    let address = domain::accounts::Address { company, street, postcode, city, country };
    let form = domain::registration::Registration::parse(&tax_number, address, &name, &email, &message)?;
    command(async move {
        store::accounts::register(&request.store, &form, &request.address, &request.origin, request.now).await
    })
    .await?;
    go("/register?sent=1");
    Ok(())
}

/// The company and the person behind a mailed link; a used or expired one says so.
#[server(ReadRegistration, endpoint = "accounts/registration", input = GetUrl, output = Answered)]
pub async fn registration(token: String) -> Result<(String, String), ActionError> {
    let request = request()?;
    Ok(store::accounts::registration(&request.store, &token, request.now).await?)
}

/// Confirms the address of a registration by its link.
#[server(endpoint = "accounts/confirm-registration")]
pub async fn confirm_registration(token: String) -> Result<(), ActionError> {
    let request = request()?;
    let done = format!("/register/{token}?done=1");
    command(async move { store::accounts::confirm_registration(&request.store, &token, request.now).await }).await?;
    go(&done);
    Ok(())
}

/// The companies that wait for an account.
#[server(ReadRegistrations, endpoint = "accounts/registrations", input = GetUrl, output = Answered)]
pub async fn registrations() -> Result<RegistrationsPage, ActionError> {
    Ok(store::accounts::registrations(&mut reading().await?).await?)
}

/// Opens the account.
#[server(endpoint = "accounts/approve-registration")]
pub async fn approve_registration(
    id: String,
    number: String,
    currency: String,
    #[server(default)] credit_limit: String,
) -> Result<(), ActionError> {
    let request = request()?;
    let (actor, id) = (request.who()?.actor.clone(), id.parse()?);
    actor.require(domain::Permission::RegistrationDecide)?;
    let terms = domain::registration::Terms::parse(&number, &currency, &credit_limit)?;
    let number = command(async move {
        let (store, origin) = (&request.store, &request.origin);
        store::accounts::approve_registration(store, &actor, id, &terms, origin, request.now).await
    })
    .await?;
    flash(format!("Account {number} is open. Its first member is invited by mail.")).await?;
    go("/sales/registrations");
    Ok(())
}

/// Says no, with a reason.
#[server(endpoint = "accounts/reject-registration")]
pub async fn reject_registration(id: String, #[server(default)] reason: String) -> Result<(), ActionError> {
    let request = request()?;
    let (actor, id) = (request.who()?.actor.clone(), id.parse()?);
    command(
        async move { store::accounts::reject_registration(&request.store, &actor, id, &reason, request.now).await },
    )
    .await?;
    flash("Rejected. The reason is mailed.").await?;
    go("/sales/registrations");
    Ok(())
}

/// Whose link this is; a used or expired one says so.
#[server(ReadLink, endpoint = "accounts/link", input = GetUrl, output = Answered)]
pub async fn link_owner(token: String) -> Result<(String, String), ActionError> {
    let request = request()?;
    Ok(store::accounts::link_owner(&request.store, &token, request.now).await?)
}

/// Uses a mailed link: sets the password. The person then signs in with it.
#[server(endpoint = "accounts/redeem")]
pub async fn redeem(token: String, password: String) -> Result<(), ActionError> {
    let request = request()?;
    let password = domain::accounts::NewPassword::parse("password", &password)?;
    command(async move { store::accounts::redeem(&request.store, &token, &password, request.now).await }).await?;
    go("/login?chosen=1");
    Ok(())
}

/// One's own profile with all sessions.
#[server(ReadProfile, endpoint = "accounts/profile", input = GetUrl, output = Answered)]
pub async fn profile() -> Result<ProfilePage, ActionError> {
    let request = request()?;
    let current =
        request.session.id().map(|id| store::accounts::sessions::key(&id.0.to_le_bytes())).unwrap_or_default();
    Ok(store::accounts::profile(&request.store, &request.who()?.actor, &current, request.now).await?)
}

/// Ends one of one's own sessions.
#[server(endpoint = "accounts/end-session")]
pub async fn end_one_session(key: String) -> Result<(), ActionError> {
    let request = request()?;
    let actor = request.who()?.actor.clone();
    let key = (0..key.len() / 2)
        .map(|i| key.get(2 * i..2 * i + 2).and_then(|b| u8::from_str_radix(b, 16).ok()))
        .collect::<Option<Vec<u8>>>();
    store::accounts::sessions::end(&request.store, &actor, &key.ok_or(domain::Problem::NotFound)?, request.now).await?;
    flash("The session has ended.").await?;
    go("/profile");
    Ok(())
}

/// The account's members.
#[server(ReadMembers, endpoint = "accounts/members", input = GetUrl, output = Answered)]
pub async fn members() -> Result<MembersPage, ActionError> {
    Ok(store::accounts::members(&mut reading().await?).await?)
}

/// Invites a person into the account.
#[server(endpoint = "accounts/invite")]
pub async fn invite(email: String, name: String, #[server(default)] roles: Vec<String>) -> Result<(), ActionError> {
    let request = request()?;
    let actor = request.who()?.actor.clone();
    let invitation = domain::accounts::Invitation::parse(&email, &name, &roles)?;
    let to = invitation.email.as_str().to_owned();
    command(
        async move { store::accounts::invite(&request.store, &actor, &invitation, &request.origin, request.now).await },
    )
    .await?;
    flash(format!("Invitation sent to {to}.")).await?;
    go("/company/members");
    Ok(())
}

/// Takes a member's seat away.
#[server(endpoint = "accounts/deactivate")]
pub async fn deactivate(email: String, #[server(default)] to: String) -> Result<(), ActionError> {
    let heir = if to.is_empty() { None } else { Some(to.parse()?) };
    let mut tx = crate::request::writing().await?;
    command(async move {
        store::accounts::deactivate(&mut tx, &email, heir).await?;
        tx.commit().await
    })
    .await?;
    flash("The member can no longer act for your company. What they left open is handed over.").await?;
    go("/company/members");
    Ok(())
}

/// Gives a deactivated member their seat back.
#[server(endpoint = "accounts/reactivate")]
pub async fn reactivate(id: String) -> Result<(), ActionError> {
    let mut tx = crate::request::writing().await?;
    store::accounts::reactivate(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    flash("The member can act for your company again.").await?;
    go("/company/members");
    Ok(())
}

/// Gives a member other roles, another manager, other cost centres.
#[server(endpoint = "accounts/change-member")]
pub async fn change_member(
    id: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] manager: String,
    #[server(default)] cost_centres: Vec<String>,
) -> Result<(), ActionError> {
    let manager = if manager.is_empty() { None } else { Some(manager.parse()?) };
    let roles = roles.iter().filter_map(|r| domain::Role::parse(r)).collect();
    let change = domain::accounts::MemberChange { roles, manager, cost_centres };
    let mut tx = crate::request::writing().await?;
    store::accounts::change_member(&mut tx, id.parse()?, &change).await?;
    tx.commit().await?;
    flash("The member is saved.").await?;
    go("/company/members");
    Ok(())
}

/// Invites several people at once: one line each, `email, name, role role`. All of them, or none and a list of what to mend.
#[server(endpoint = "accounts/invite-many")]
pub async fn invite_many(people: String) -> Result<(), ActionError> {
    let request = request()?;
    let actor = request.who()?.actor.clone();
    actor.require(domain::Permission::MemberManage)?;
    let invitations = domain::accounts::Invitation::parse_many(&people)?;
    let count =
        domain::text::counted(i64::try_from(invitations.len()).unwrap_or_default(), "invitation", "invitations");
    let mut taken = Vec::new();
    for invitation in invitations {
        let (store, actor, origin, now) = (request.store.clone(), actor.clone(), request.origin.clone(), request.now);
        let email = invitation.email.as_str().to_owned();
        let done = store::accounts::invite(&store, &actor, &invitation, &origin, now).await;
        match done {
            Ok(()) => {}
            Err(store::Error::Problem(domain::Problem::Invalid(_))) => taken.push(email),
            Err(other) => return Err(other.into()),
        }
    }
    flash(if taken.is_empty() {
        format!("{count} sent.")
    } else {
        format!("{count} read; these people have a seat already or cannot have one: {}.", taken.join(", "))
    })
    .await?;
    go("/company/members");
    Ok(())
}

/// The account's audit trail.
#[server(ReadAudit, endpoint = "accounts/audit", input = GetUrl, output = Answered)]
pub async fn audit() -> Result<Vec<AuditRow>, ActionError> {
    Ok(store::accounts::audit_trail(&mut reading().await?).await?)
}
