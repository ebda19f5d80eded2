//! What every request can reach.

use std::ops::Deref;
use std::sync::Arc;

use executor::Services;
use tokio::sync::Semaphore;

use crate::graphql::{self, Schema};
use crate::readiness::Readiness;
use crate::routes::export;

/// The rooms and the schema; cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) services: Services,
    pub(crate) schema: Schema,
    pub(crate) readiness: Readiness,
    /// Places for exports that are being written.
    pub(crate) exports: Arc<Semaphore>,
}

impl AppState {
    pub(crate) fn new(services: Services) -> Self {
        let schema = graphql::schema(services.clone());
        let exports = Arc::new(Semaphore::new(export::AT_ONCE));
        Self { inner: Arc::new(Inner { services, schema, readiness: Readiness::default(), exports }) }
    }
}

impl Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}
