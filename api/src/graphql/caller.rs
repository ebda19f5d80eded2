//! Who asks, and the cookies that go back.

use std::sync::Mutex;

use async_graphql::Context;
use axum::http::{HeaderMap, HeaderValue};
use entity::WorkspaceId;
use executor::Services;
use identity::{Actor, ClientInfo, Member};
use platform::Secret;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::fault::Fault;
use crate::cookies;

/// How many fields of one operation that read much may read at once. All operations share the few
/// connections to the database (`DATABASE_CONNECTIONS`, ten unless it says otherwise).
const READING_AT_ONCE: usize = 2;

/// The caller of one request.
#[derive(Debug)]
pub(crate) struct Caller {
    actor: Option<Actor>,
    client: ClientInfo,
    session_cookie: Option<Secret>,
    set_cookies: Mutex<Vec<HeaderValue>>,
    reading: Semaphore,
}

impl Caller {
    /// `from_our_pages` says that no other site can have sent the request; only then does the
    /// session cookie count.
    pub(crate) fn new(
        actor: Option<Actor>,
        client: ClientInfo,
        headers: &HeaderMap,
        from_our_pages: bool,
    ) -> Self {
        Self {
            actor,
            client,
            session_cookie: cookies::session(headers).filter(|_| from_our_pages),
            set_cookies: Mutex::default(),
            reading: Semaphore::new(READING_AT_ONCE),
        }
    }

    pub(crate) fn maybe_actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    pub(crate) fn client(&self) -> ClientInfo {
        self.client
    }

    pub(crate) fn session_cookie(&self) -> Option<&Secret> {
        self.session_cookie.as_ref()
    }

    pub(crate) fn set_cookie(&self, cookie: HeaderValue) {
        self.set_cookies.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(cookie);
    }

    pub(crate) fn take_cookies(&self) -> Vec<HeaderValue> {
        std::mem::take(&mut *self.set_cookies.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// What resolvers ask the context for.
pub(crate) trait Ask {
    /// The rooms.
    fn services(&self) -> Result<&Services, Fault>;
    /// Who asks.
    fn caller(&self) -> Result<&Caller, Fault>;
    /// The signed-in person who asks.
    fn actor(&self) -> Result<&Actor, Fault>;
    /// Waits for a turn to read something for one of many items; the turn ends when it is dropped.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, Fault>;
    /// The signed-in person as a member of `workspace`; none when it is no workspace of theirs.
    async fn member(&self, workspace: WorkspaceId) -> Result<Option<Member>, Fault>;
}

impl Ask for Context<'_> {
    fn services(&self) -> Result<&Services, Fault> {
        self.data::<Services>().map_err(|error| Fault::Internal(error.message))
    }

    fn caller(&self) -> Result<&Caller, Fault> {
        let caller = self.data::<std::sync::Arc<Caller>>().map_err(|error| Fault::Internal(error.message))?;
        Ok(caller)
    }

    fn actor(&self) -> Result<&Actor, Fault> {
        self.caller()?.maybe_actor().ok_or(Fault::Unauthenticated)
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, Fault> {
        let turn = self.caller()?.reading.acquire().await;
        turn.map_err(|error| Fault::Internal(error.to_string()))
    }

    async fn member(&self, workspace: WorkspaceId) -> Result<Option<Member>, Fault> {
        Ok(self.services()?.identity.member(self.actor()?, workspace).await?)
    }
}
