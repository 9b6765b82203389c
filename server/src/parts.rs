//! Files with customers' part numbers: `POST /part-numbers/files`.

use app::request::Request;
use axum::Extension;
use axum::extract::Multipart;
use axum::response::Response;
use domain::{Permission, Problem};

use crate::documents::{back_to, failed, sent_file};
use crate::protect::refuse;
use crate::quick::lines;

/// Takes in a CSV or a workbook's first sheet.
pub async fn upload(Extension(request): Extension<Request>, form: Multipart) -> Response {
    let Some(who) = request.who.clone() else { return refuse(&Problem::Unauthenticated, true) };
    let work = async {
        who.actor.require(Permission::CartUse)?;
        let (_, bytes) = sent_file(form).await?;
        let read = tokio::task::spawn_blocking(move || lines(&bytes)).await;
        let text = read.map_err(|panic| store::Error::Inconsistent(panic.to_string()))??;
        let mut tx = request.store.begin(&who.actor, request.now).await?;
        let taken = store::parts::take(&mut tx, &text).await?;
        tx.commit().await?;
        Ok(domain::parts::told(&taken))
    };
    let told = match work.await {
        Ok(told) => told,
        // What a person can mend is said on the page that they came from.
        Err(store::Error::Problem(problem @ Problem::Invalid(_))) => problem.to_string(),
        Err(error) => return failed(error),
    };
    back_to(&request, "/part-numbers", told).await
}
