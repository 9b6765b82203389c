//! `POST /finance/bank/files`: a bank's statement, as a plain form with a file.

use app::request::Request;
use axum::Extension;
use axum::extract::Multipart;
use axum::response::Response;
use domain::{Permission, Problem};
use store::bank::{MOST_BYTES, Taken};

use crate::documents::{answered, sent_file};
use crate::protect::refuse;

/// Takes in a statement and says what became of it. Whoever may not is told before the file is read.
pub async fn statement(Extension(request): Extension<Request>, form: Multipart) -> Response {
    let Some(who) = request.who.clone() else { return refuse(&Problem::Unauthenticated, true) };
    let work = async {
        who.actor.require(Permission::BankBook)?;
        let (name, bytes) = sent_file(form).await?;
        if bytes.is_empty() || bytes.len() > MOST_BYTES {
            return Err(Problem::invalid("file", "Choose a camt.053 file of at most 5 MB.").into());
        }
        let read = tokio::task::spawn_blocking(move || (crate::camt::read(&bytes), bytes)).await;
        let (statement, bytes) = read.map_err(|panic| store::Error::Inconsistent(panic.to_string()))?;
        // A tab that is closed must not cut the booking in half: it goes on by itself.
        let (store, now) = (request.store.clone(), request.now);
        let booking = tokio::spawn(async move {
            let mut tx = store.begin(&who.actor, now).await?;
            let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
            let taken = store::bank::take(&mut tx, &name, &bytes, &statement?).await?;
            tx.commit().await?;
            Ok::<_, store::Error>(taken)
        });
        booking.await.map_err(|panic| store::Error::Inconsistent(panic.to_string()))?
    };
    answered(&request, "/finance/bank", work.await.map(told)).await
}

fn told(taken: Taken) -> String {
    if taken.again {
        return "This file was taken in before. Nothing was done.".to_owned();
    }
    let known = if taken.known > 0 { format!(" {} were known.", taken.known) } else { String::new() };
    let passed = if taken.passed_over > 0 {
        format!(" {} other entries were passed over.", taken.passed_over)
    } else {
        String::new()
    };
    let open = taken.fresh - taken.booked;
    format!("{} payments: {} booked, {open} to look at.{known}{passed}", taken.fresh, taken.booked)
}
