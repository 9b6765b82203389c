//! Files with customers' part numbers: `POST /part-numbers/files`.

use app::request::Request;
use axum::Extension;
use axum::extract::Multipart;
use axum::response::Response;
use domain::{Permission, Problem};

use crate::documents::answered;
use crate::protect::refuse;
use crate::quick::sent_lines;

/// Takes in a CSV or a workbook's first sheet.
pub async fn upload(Extension(request): Extension<Request>, form: Multipart) -> Response {
    let Some(who) = request.who.clone() else { return refuse(&Problem::Unauthenticated, true) };
    let work = async {
        who.actor.require(Permission::CartUse)?;
        let text = sent_lines(form).await?;
        let mut tx = request.store.begin(&who.actor, request.now).await?;
        let taken = store::parts::take(&mut tx, &text).await?;
        tx.commit().await?;
        Ok(domain::parts::told(&taken))
    };
    answered(&request, "/part-numbers", work.await).await
}
