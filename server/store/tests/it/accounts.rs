//! Signing in, links, members, sessions.

use chrono::Duration;
use domain::accounts::{Email, Invitation, NewPassword};
use domain::ids::AccountId;
use domain::{Cause, Problem, Role};
use store::accounts::sessions;

use crate::world::{World, now};

fn email(text: &str) -> Email {
    Email::parse("email", text).unwrap()
}

async fn sign_in(world: &World, who: &str, password: &str) -> store::Result<bool> {
    Ok(store::accounts::sign_in(&world.store, &email(who), password, "10.0.0.1", now()).await?.is_some())
}

#[tokio::test]
async fn the_right_password_and_nothing_else() {
    let world = World::new().await;
    assert!(sign_in(&world, "buyer@acme.example", store::demo::PASSWORD).await.unwrap());
    assert!(!sign_in(&world, "buyer@acme.example", "something else").await.unwrap());
    assert!(!sign_in(&world, "nobody@acme.example", store::demo::PASSWORD).await.unwrap());
}

#[tokio::test]
async fn ten_wrong_passwords_and_the_address_must_wait_even_with_the_right_one() {
    let world = World::new().await;
    for _ in 0..10 {
        assert!(!sign_in(&world, "buyer@acme.example", "wrong password").await.unwrap());
    }
    let throttled = sign_in(&world, "buyer@acme.example", store::demo::PASSWORD).await;
    assert!(matches!(throttled, Err(store::Error::Problem(Problem::Conflict(Cause::TooMany)))));
    assert!(
        sign_in(&world, "manager@acme.example", store::demo::PASSWORD).await.unwrap(),
        "colleagues behind the same address go on"
    );
    let later = now() + Duration::minutes(16);
    assert!(
        store::accounts::sign_in(&world.store, &email("buyer@acme.example"), store::demo::PASSWORD, "10.0.0.1", later)
            .await
            .unwrap()
            .is_some()
    );
}

/// The link in the last mail to somebody.
async fn mailed_token(world: &World, to: &str) -> Option<String> {
    let body: Option<String> = sqlx::query_scalar("SELECT payload -> 'Mail' ->> 'body' FROM outbox WHERE payload -> 'Mail' ->> 'to' = $1 ORDER BY id DESC LIMIT 1")
        .bind(to)
        .fetch_optional(&world.superuser)
        .await
        .unwrap();
    body.and_then(|b| {
        b.split_whitespace()
            .find(|w| w.contains("/reset/") || w.contains("/invite/"))
            .and_then(|l| l.rsplit('/').next().map(str::to_owned))
    })
}

#[tokio::test]
async fn a_reset_link_works_once_for_an_hour_and_ends_all_sessions() {
    let world = World::new().await;
    let (who, origin) = (email("buyer@acme.example"), "https://orders.example");
    store::accounts::request_reset(&world.store, &email("nobody@acme.example"), origin, now()).await.unwrap();
    assert_eq!(mailed_token(&world, "nobody@acme.example").await, None);
    store::accounts::request_reset(&world.store, &who, origin, now()).await.unwrap();
    let token = mailed_token(&world, who.as_str()).await.unwrap();
    let over = |r: store::Result<()>| {
        assert!(matches!(r, Err(store::Error::Problem(Problem::Conflict(Cause::LinkOver)))), "{r:?}");
    };
    over(store::accounts::link_owner(&world.store, &token, now() + Duration::minutes(61)).await.map(|_| ()));
    assert_eq!(store::accounts::link_owner(&world.store, &token, now()).await.unwrap().1, who.as_str());
    assert_eq!(
        store::accounts::link_owner(&world.store, &token, now()).await.unwrap().1,
        who.as_str(),
        "looking does not use it up"
    );

    let person = world.buyer().await.person();
    let key = sessions::key(b"a session");
    sessions::save(&world.store, &key, &serde_json::json!({ "person": person }), now() + Duration::hours(1), now())
        .await
        .unwrap();
    let password = NewPassword::parse("password", "a much better one").unwrap();
    store::accounts::redeem(&world.store, &token, &password, now()).await.unwrap();
    assert!(sessions::load(&world.store, &key, now()).await.unwrap().is_none(), "old sessions have ended");
    assert!(sign_in(&world, "buyer@acme.example", "a much better one").await.unwrap());
    over(store::accounts::redeem(&world.store, &token, &password, now()).await);
    over(store::accounts::link_owner(&world.store, "not a token", now()).await.map(|_| ()));
}

#[tokio::test]
async fn an_invitation_seats_a_person_who_chooses_a_password_and_signs_in() {
    let world = World::new().await;
    let admin = world.actor("admin@acme.example").await;
    let invitation = Invitation::parse("new@acme.example", "Nadia New", &["buyer".to_owned()]).unwrap();
    store::accounts::invite(&world.store, &admin, &invitation, "https://orders.example", now()).await.unwrap();
    let token = mailed_token(&world, "new@acme.example").await.unwrap();
    store::accounts::redeem(&world.store, &token, &NewPassword::parse("password", "twelve or more").unwrap(), now())
        .await
        .unwrap();
    assert!(sign_in(&world, "new@acme.example", "twelve or more").await.unwrap());
    assert_eq!(world.actor("new@acme.example").await.roles(), [Role::Buyer]);
    let twice = store::accounts::invite(&world.store, &admin, &invitation, "https://orders.example", now()).await;
    assert!(matches!(twice, Err(store::Error::Problem(Problem::Invalid(ref e))) if e[0].field == "email"), "{twice:?}");
    let buyer = world.buyer().await;
    let refused = store::accounts::invite(&world.store, &buyer, &invitation, "", now()).await;
    assert!(matches!(refused, Err(store::Error::Problem(Problem::Forbidden))));
    world.assert_sound().await;
}

#[tokio::test]
async fn a_deactivated_member_is_nobody_with_the_next_request() {
    let world = World::new().await;
    let admin = world.actor("admin@acme.example").await;
    let person = world.buyer().await.person();
    let mut tx = world.begin(&admin).await;
    store::accounts::deactivate(&mut tx, "buyer@acme.example", None).await.unwrap();
    tx.commit().await.unwrap();
    let gone = store::accounts::who(&world.store, person, None, "").await;
    assert!(matches!(gone, Err(store::Error::Problem(Problem::Unauthenticated))));
    let own = store::accounts::deactivate(&mut world.begin(&admin).await, "admin@acme.example", None).await;
    assert!(matches!(own, Err(store::Error::Problem(Problem::Invalid(_)))));
    let foreign = store::accounts::deactivate(&mut world.begin(&admin).await, "buyer@globex.example", None).await;
    assert!(matches!(foreign, Err(store::Error::Problem(Problem::NotFound))));
}

#[tokio::test]
async fn a_person_in_two_accounts_acts_in_the_chosen_one_only() {
    let world = World::new().await;
    let both = world.actor("both@acme.example").await;
    let globex: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM accounts WHERE number = '1002'").fetch_one(&world.superuser).await.unwrap();
    assert_eq!(both.roles(), [Role::Buyer]);
    let there = store::accounts::who(&world.store, both.person(), Some(AccountId(globex)), "").await.unwrap();
    assert_eq!(there.actor.account(), AccountId(globex));
    assert_eq!(there.actor.roles(), [Role::Buyer, Role::Finance]);
    assert_eq!(there.frame.seats.len(), 2);
    let stranger = world.buyer().await;
    let refused = store::accounts::who(&world.store, stranger.person(), Some(AccountId(globex)), "").await.unwrap();
    assert_ne!(refused.actor.account(), AccountId(globex), "an account without a seat is never entered");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_alone() {
    let world = World::new().await;
    let (buyer, other) = (world.buyer().await, world.actor("manager@acme.example").await);
    let key = sessions::key(b"one");
    sessions::save(
        &world.store,
        &key,
        &serde_json::json!({ "person": buyer.person(), "device": "Firefox on Linux" }),
        now() + Duration::hours(1),
        now(),
    )
    .await
    .unwrap();
    let profile = store::accounts::profile(&world.store, &buyer, &key, now()).await.unwrap();
    assert_eq!(
        (profile.sessions.len(), profile.sessions[0].current, profile.sessions[0].device.as_str()),
        (1, true, "Firefox on Linux")
    );
    assert!(sessions::end(&world.store, &other, &key, now()).await.is_err());
    assert!(sessions::load(&world.store, &key, now() + Duration::hours(2)).await.unwrap().is_none(), "expired");
    sessions::end(&world.store, &buyer, &key, now()).await.unwrap();
    assert!(sessions::load(&world.store, &key, now()).await.unwrap().is_none());
    let leaked = world.number("SELECT count(*) FROM sessions WHERE id_hash = 'one'").await;
    assert_eq!(leaked, 0, "ids are never stored as they are");
}

#[tokio::test]
async fn the_audit_chain_shows_a_changed_or_missing_entry() {
    let world = World::new().await;
    let admin = world.actor("admin@acme.example").await;
    let invitation = Invitation::parse("a@acme.example", "A", &["viewer".to_owned()]).unwrap();
    store::accounts::invite(&world.store, &admin, &invitation, "", now()).await.unwrap();
    let trail = store::accounts::audit_trail(&mut world.read(&admin).await).await.unwrap();
    assert_eq!(
        (trail[0].action.as_str(), trail[0].who.as_str(), trail[0].what.as_str()),
        ("member.invited", "Marta Kowalski", "a@acme.example")
    );
    world.assert_sound().await;
    world.sql("UPDATE audit_log SET line = replace(line, 'viewer', 'buyer') WHERE line LIKE '%member.invited%'").await;
    let found = store::doctor::examine(&world.store, now()).await.unwrap();
    assert!(found.iter().any(|f| f.contains("audit chain")), "{found:?}");
    world.sql("DELETE FROM audit_log WHERE line LIKE '%member.invited%'").await;
    let found = store::doctor::examine(&world.store, now()).await.unwrap();
    assert!(found.iter().any(|f| f.contains("audit head")), "{found:?}");
}
