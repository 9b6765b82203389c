//! The live bell: a stream of server-sent events for each open page, one event for each notice to its member.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use app::request::Request;
use axum::Extension;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::Problem;
use futures::Stream;
use futures::stream::unfold;
use store::Store;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};
use tokio::time::Instant;
use uuid::Uuid;

use crate::protect::refuse;

/// Streams open at once in this process; whoever comes later has a bell that rings with the next page.
const STREAMS: usize = 2000;
/// A stream ends after this long; the browser comes again, and is asked again who it is.
const LASTS: Duration = Duration::from_mins(10);

/// Whom something was noted for, told to all open streams of this process.
#[derive(Clone)]
pub struct Bell {
    members: broadcast::Sender<Uuid>,
    room: Arc<Semaphore>,
}

impl Bell {
    /// Listens to the database for as long as the process lives.
    pub fn new(store: Store) -> Self {
        let bell = Self { members: broadcast::channel(256).0, room: Arc::new(Semaphore::new(STREAMS)) };
        let members = bell.members.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = listen(&store, &members).await {
                    tracing::warn!(%error, "the bell does not hear the database");
                }
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        });
        bell
    }
}

async fn listen(store: &Store, members: &broadcast::Sender<Uuid>) -> Result<(), store::Error> {
    let mut listener = store.listener("notices").await?;
    loop {
        let told = listener.recv().await.map_err(store::Error::Database)?;
        if let Ok(member) = told.payload().parse() {
            // Nobody listens: nobody has a page open.
            members.send(member).ok();
        }
    }
}

/// `/api/notices/live`: an event whenever something is noted for the asking member. It says nothing else: what was noted
/// is asked for as always.
pub async fn live(Extension(request): Extension<Request>, Extension(bell): Extension<Bell>) -> Response {
    let who = request.who.as_ref().ok_or(Problem::Unauthenticated);
    let member = match who.and_then(|who| who.actor.in_person().and_then(|()| who.actor.member())) {
        Ok(member) => member.0,
        Err(problem) => return refuse(&problem, false),
    };
    let Ok(permit) = bell.room.clone().try_acquire_owned() else { return refuse(&Problem::Unavailable, false) };
    let events = rings(bell.members.subscribe(), member, permit);
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(25))).into_response()
}

fn rings(
    members: broadcast::Receiver<Uuid>,
    member: Uuid,
    permit: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let until = Instant::now() + LASTS;
    unfold((members, permit), move |(mut members, permit)| async move {
        loop {
            match tokio::time::timeout_at(until, members.recv()).await {
                Ok(Ok(told)) if told != member => {}
                // Too slow to be told of each: something may have been for this member.
                Ok(Ok(_) | Err(RecvError::Lagged(_))) => {
                    return Some((Ok(Event::default().data("rung")), (members, permit)));
                }
                Ok(Err(RecvError::Closed)) | Err(_) => return None,
            }
        }
    })
}
