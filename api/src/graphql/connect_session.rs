//! The choice of accounts after a return from Meta.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use connections::candidates::{Candidate, CandidateState as State};
use connections::connect::Choice;
use identity::Member;

use super::enums::Provider;
use super::fault::Fault;
use super::ids::global;
use super::insights::Count;
use super::workspace::{self, Workspace};

/// The state between the return from Meta and the choice of accounts.
pub(crate) struct ConnectSession {
    pub(crate) choice: Choice,
    pub(crate) member: Member,
}

#[Object]
impl ConnectSession {
    /// The global id.
    async fn id(&self) -> ID {
        global(self.choice.session.id)
    }

    /// The workspace that the accounts are for.
    async fn workspace(&self, ctx: &Context<'_>) -> Result<Workspace, Fault> {
        let workspace = workspace::load(ctx, &self.member).await?;
        workspace.ok_or_else(|| Fault::Internal("a choice without its workspace".to_owned()))
    }

    /// The login.
    async fn provider(&self) -> Provider {
        self.choice.grant.provider.into()
    }

    /// Name of the Facebook person or handle of the Instagram account that agreed.
    async fn granted_by(&self) -> &str {
        &self.choice.grant.meta_user_name
    }

    /// Permissions that were asked for and not granted; without them some accounts may not be found.
    async fn missing_scopes(&self) -> Vec<String> {
        serde_json::from_value(self.choice.session.missing_scopes.clone()).unwrap_or_default()
    }

    /// What the login reaches.
    async fn candidates(&self) -> Vec<ConnectCandidate> {
        self.choice.candidates.iter().cloned().map(ConnectCandidate::from).collect()
    }

    /// When the choice is over.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.choice.session.expires_at
    }
}

/// Whether a candidate can be chosen.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CandidateState {
    /// It can.
    Selectable,
    /// This workspace has it already.
    AlreadyConnected,
    /// The Page has no professional account linked.
    NoProfessionalAccount,
    /// The person's role on the Page does not reach.
    RoleMissing,
}

/// Something a login reaches that may become an account.
#[derive(SimpleObject)]
pub(crate) struct ConnectCandidate {
    /// Meta's id of the account; null where the Page has none to choose.
    instagram_id: Option<String>,
    /// The handle.
    username: Option<String>,
    /// The display name.
    name: Option<String>,
    /// The Page it is reached through; null with Instagram Login.
    page_name: Option<String>,
    /// Followers.
    followers_count: Option<Count>,
    /// Whether it can be chosen.
    state: CandidateState,
    /// What helps where it cannot be chosen.
    remedy: Option<&'static str>,
}

impl From<Candidate> for ConnectCandidate {
    fn from(candidate: Candidate) -> Self {
        let (state, remedy) = match candidate.state {
            State::Selectable => (CandidateState::Selectable, None),
            State::AlreadyConnected => {
                (CandidateState::AlreadyConnected, Some("This account is in the workspace already."))
            }
            State::NoProfessionalAccount => (
                CandidateState::NoProfessionalAccount,
                Some("Link an Instagram Business or Creator account to this Page, then connect again."),
            ),
            State::RoleMissing => (
                CandidateState::RoleMissing,
                Some("Ask for a role on this Page that includes insights, then connect again."),
            ),
        };
        Self {
            instagram_id: candidate.instagram_id,
            username: candidate.username,
            name: candidate.name,
            page_name: candidate.page_name,
            followers_count: candidate.followers_count.map(Count),
            state,
            remedy,
        }
    }
}
