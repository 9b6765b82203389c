//! Proposed carts. For buyers, and for whoever acts for one.
#![expect(missing_docs, reason = "the server macro makes an undocumented struct of every function's arguments")]

use domain::proposals::{ProposalPage, Proposals};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::ActionError;
use crate::packed::Answered;
#[cfg(feature = "ssr")]
use crate::request::{flash, go, reading, writing};

/// What waits for the member.
#[server(ReadProposals, endpoint = "proposals/waiting", input = GetUrl, output = Answered)]
pub async fn waiting() -> Result<Proposals, ActionError> {
    Ok(store::proposals::waiting(&mut reading().await?).await?)
}

/// One of them, every line then and now.
#[server(ReadProposal, endpoint = "proposals/find", input = GetUrl, output = Answered)]
pub async fn find(id: String) -> Result<ProposalPage, ActionError> {
    Ok(store::proposals::find(&mut reading().await?, id.parse()?).await?)
}

/// Leaves what one has put into the member's cart as a proposal.
#[server(endpoint = "proposals/propose")]
pub async fn propose(#[server(default)] note: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let id = store::proposals::propose(&mut tx, &note).await?;
    tx.commit().await?;
    flash("Proposed. The member is told and decides.").await?;
    go(&format!("/cart/proposals/{id}"));
    Ok(())
}

/// Takes a proposal over into one's cart.
#[server(endpoint = "proposals/accept")]
pub async fn accept(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    let report = store::proposals::accept(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    let added = domain::text::counted(report.added, "line", "lines");
    flash(match report.left_out {
        0 => format!("{added} added to your cart."),
        n => format!("{added} added to your cart; {} could not be ordered.", domain::text::counted(n, "line", "lines")),
    })
    .await?;
    go("/cart");
    Ok(())
}

/// Declines it.
#[server(endpoint = "proposals/decline")]
pub async fn decline(id: String) -> Result<(), ActionError> {
    let mut tx = writing().await?;
    store::proposals::decline(&mut tx, id.parse()?).await?;
    tx.commit().await?;
    flash("Declined. Your cart is as it was.").await?;
    go("/cart");
    Ok(())
}
