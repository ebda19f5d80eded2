//! Who may do what: people, sessions, workspaces and roles, and the trail of what they did.
//!
//! [`Identity`] is the one door: it signs people up and in, keeps their sessions, and says who acts
//! ([`Actor`]) and as what in a workspace ([`Member`]). Every operation of another room takes one of
//! the two, so none can be called without having asked here first.
//!
//! - [`actor`]: a signed-in person, a member of a workspace, and the roles.
//! - [`audit`]: who did what, written in the transaction of the deed.
//! - [`email`]: an address.
//! - [`fields`]: what is wrong with what somebody typed.
//! - [`alerts`]: who hears of what happens.
//! - [`operators`]: who runs this installation.
//! - [`retention`]: how long a workspace has things kept.
//! - [`sign_up`], [`sign_in`], [`sessions`], [`workspaces`]: what [`Identity`] does.

mod access_token;
pub mod actor;
pub mod alerts;
pub mod audit;
pub mod email;
pub mod error;
pub mod fields;
pub mod operators;
mod passwords;
mod refresh_token;
pub mod retention;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
mod throttle;
pub mod workspaces;

use std::fmt;
use std::sync::Arc;

use platform::{AuthSecret, Database, World};
use url::Url;

pub use actor::{Actor, Forbidden, Member, Role};
pub use alerts::{AlertsError, audience};
pub use email::EmailAddress;
pub use error::Internal;
pub use fields::{Fault, Field, FieldError};
pub use operators::Operator;
pub use retention::{Retention, RetentionError};
pub use sessions::{SessionError, SignedIn};
pub use sign_in::{ClientInfo, SignInError};
pub use sign_up::{LinkError, SignUp, SignUpError};
pub use workspaces::CreateWorkspaceError;

use access_token::AccessTokens;
use passwords::Passwords;
use throttle::Strangers;

/// People, their sessions and their workspaces; cheap to clone.
#[derive(Clone)]
pub struct Identity {
    db: Database,
    world: World,
    secret: Arc<AuthSecret>,
    passwords: Passwords,
    access_tokens: Arc<AccessTokens>,
    strangers: Arc<Strangers>,
    operator_emails: Arc<[String]>,
}

impl Identity {
    /// Access tokens name `public_url` as their issuer and audience.
    #[must_use]
    pub fn new(db: Database, world: World, auth: platform::config::Auth, public_url: Url) -> Self {
        Self {
            passwords: Passwords::new(auth.argon2_memory_kib, &world),
            access_tokens: Arc::new(AccessTokens::new(&auth.secret, &public_url)),
            strangers: Arc::default(),
            operator_emails: auth.operator_emails,
            secret: auth.secret,
            db,
            world,
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
