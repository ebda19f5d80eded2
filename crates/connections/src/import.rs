//! Taking over tokens that were made elsewhere: pasted from Meta's own tools, kept by another program,
//! or those of a system user of a business portfolio.

use entity::connection::{self, Provider};
use entity::{InWorkspace, WorkspaceId, account, workspace};
use identity::{EmailAddress, audit};
use meta::{Cause, ErrorKind, Expiry, IssuedToken, TokenKind};
use platform::Secret;
use sea_orm::DbErr;
use serde_json::json;

use crate::authorise::{NewGrant, NoGrant};
use crate::candidates::{Candidate, CandidateState, candidates, instagram_ids};
use crate::confirm::refusal;
use crate::health::Event;
use crate::{Connections, login};

/// What a token brought.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The login that it belongs to.
    pub grant: connection::Model,
    /// The accounts that were added, or taken up again.
    pub added: Vec<account::Model>,
    /// What it also reaches and was not added, each with the reason.
    pub left: Vec<Candidate>,
}

/// Why a token brought nothing. Nothing was stored then.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// This installation has no app for that login.
    #[error("this login is not configured")]
    NotConfigured,
    /// The address for mails is none.
    #[error("not an e-mail address")]
    BadAddress,
    /// There is no such workspace.
    #[error("there is no such workspace")]
    NoWorkspace,
    /// Meta refuses the token, for this reason.
    #[error("Meta refuses the token")]
    Refused(Cause),
    /// It was made for another app.
    #[error("the token belongs to another app")]
    Foreign,
    /// It is the token of a Page or of an app, not that of somebody who granted something.
    #[error("the token is not that of a person or a system user")]
    NotALogin,
    /// Permissions that reading insights needs were not granted.
    #[error("permissions are missing: {}", .0.join(", "))]
    MissingScopes(Vec<String>),
    /// Meta could not be asked, or answered with something else than a refusal.
    #[error(transparent)]
    Meta(meta::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl ImportError {
    /// A stable word for answers.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::NoWorkspace => "no_workspace",
            Self::BadAddress => "bad_address",
            Self::Refused(cause) => ErrorKind::Reauthorise(*cause).name(),
            Self::Foreign => "foreign_app",
            Self::NotALogin => "not_a_login",
            Self::MissingScopes(_) => "missing_scopes",
            Self::Meta(error) => error.kind().name(),
            Self::Database(_) => "database",
        }
    }
}

impl From<meta::Error> for ImportError {
    fn from(error: meta::Error) -> Self {
        match error.kind() {
            ErrorKind::Reauthorise(cause) => Self::Refused(cause),
            ErrorKind::NotConfigured => Self::NotConfigured,
            _ => Self::Meta(error),
        }
    }
}

impl From<NoGrant> for ImportError {
    fn from(reason: NoGrant) -> Self {
        match reason {
            NoGrant::MissingScopes(missing) => Self::MissingScopes(missing),
            NoGrant::Failed(error) => error.into(),
            NoGrant::Foreign => Self::Foreign,
        }
    }
}

impl Connections {
    /// Adds all accounts that `token` reaches to `workspace`, as if somebody had connected them through
    /// the dialog and chosen all. A short-lived token is exchanged first; one that never ends is kept
    /// as it is. Mails about the accounts go to `contact_email`.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn import(
        &self,
        workspace: WorkspaceId,
        provider: Provider,
        token: &Secret,
        contact_email: Option<&str>,
    ) -> Result<Imported, ImportError> {
        if workspace::Entity::in_workspace(workspace).one(&*self.database).await?.is_none() {
            return Err(ImportError::NoWorkspace);
        }
        let contact_email =
            contact_email.map(str::parse::<EmailAddress>).transpose().map_err(|_| ImportError::BadAddress)?;
        let contact_email = contact_email.as_ref().map(EmailAddress::as_str);
        let issued_at = self.world.now();
        let new = match provider {
            Provider::FacebookLogin => self.facebook_grant(self.lasting(token).await?, issued_at).await?,
            Provider::InstagramLogin => {
                let issued = self.lasting_at_instagram(token).await?;
                self.instagram_grant(issued, None, issued_at).await?
            }
        };
        self.take_over(workspace, new, contact_email).await
    }

    /// A Facebook token that lasts: this one if it never ends, else what Meta gives for it.
    async fn lasting(&self, token: &Secret) -> Result<IssuedToken, ImportError> {
        let debug = self.meta.debug_token(token).await?;
        if debug
            .app_id
            .as_deref()
            .is_some_and(|app| Some(app) != self.meta.app_id(meta::Provider::FacebookLogin))
        {
            return Err(ImportError::Foreign);
        }
        if let Some(cause) = refusal(debug.clone())? {
            return Err(ImportError::Refused(cause));
        }
        match debug.kind {
            TokenKind::Page | TokenKind::App => Err(ImportError::NotALogin),
            _ if debug.expires_at == Expiry::Never => {
                Ok(IssuedToken { token: token.clone(), expires_at: None, scopes: None })
            }
            _ => Ok(self.meta.exchange_for_long_lived(meta::Provider::FacebookLogin, token).await?),
        }
    }

    /// An Instagram token that lasts. Whether one is long-lived already Meta tells only by refusing to
    /// exchange it; how long it still lasts, nobody tells. It is renewed as soon as Meta allows.
    async fn lasting_at_instagram(&self, token: &Secret) -> Result<IssuedToken, ImportError> {
        match self.meta.exchange_for_long_lived(meta::Provider::InstagramLogin, token).await {
            Ok(issued) => Ok(issued),
            Err(error) => match error.kind() {
                ErrorKind::Transient
                | ErrorKind::Throttled { .. }
                | ErrorKind::Blocked
                | ErrorKind::Operator(_)
                | ErrorKind::NotConfigured => Err(error.into()),
                // One that is a day old can be renewed here and now, and tells how long it lasts then.
                _ => match self.meta.refresh(meta::Provider::InstagramLogin, token).await {
                    Ok(issued) => Ok(issued),
                    Err(_) => Ok(IssuedToken { token: token.clone(), expires_at: None, scopes: None }),
                },
            },
        }
    }

    async fn take_over(
        &self,
        workspace: WorkspaceId,
        new: NewGrant,
        contact_email: Option<&str>,
    ) -> Result<Imported, ImportError> {
        let transaction = self.database.begin().await?;
        let connected = self.connected_ids(&*transaction, workspace, &instagram_ids(&new)).await?;
        let (selectable, left): (Vec<_>, Vec<_>) = candidates(&new, &connected)
            .into_iter()
            .partition(|candidate| candidate.state == CandidateState::Selectable);
        let grant = self.store_grant(&*transaction, workspace, &new).await?;
        let known = self.accounts_of(&*transaction, &grant).await?;
        let reached = self.reach(&*transaction, &grant, &known, &new).await?;
        self.apply(&*transaction, workspace, &reached, Event::Repaired).await?;
        self.check_unreached(&*transaction, &grant, &known, &reached).await?;
        let mut added = Vec::new();
        for candidate in &selectable {
            added.push(self.add_account(&*transaction, &grant, candidate, contact_email).await?);
        }
        self.reach(&*transaction, &grant, &added, &new).await?;
        self.make_grant_work_due(&*transaction, &grant).await?;
        for account in &added {
            self.resume(&*transaction, account).await?;
            let event = audit::Event {
                workspace_id: workspace,
                user_id: None,
                action: "account.imported",
                subject_id: Some(account.id.0),
                detail: json!({ "username": account.username, "login": login(grant.provider).name() }),
            };
            audit::record(&*transaction, &self.world, event).await?;
        }
        transaction.commit().await?;
        tracing::info!(%workspace, grant = %grant.id, added = added.len(), "a token was taken over");
        Ok(Imported { grant, added, left })
    }
}
