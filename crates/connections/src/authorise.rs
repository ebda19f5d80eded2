//! What connecting and reconnecting have in common: the state parameter that leaves with the
//! browser, and the exchange when it comes back.

use chrono::{DateTime, TimeDelta, Utc};
use entity::connection::{self, Provider};
use entity::membership::Role;
use entity::oauth_state::{self, OauthPurpose};
use entity::reconnect_link::LinkState;
use entity::{
    AccountId, ConnectLinkId, ConnectSessionId, ConnectionId, InWorkspace, LinkId, SessionId, WorkspaceId,
};
use identity::audit;
use mail::content::Ends;
use meta::{Expiry, Page, Prompt};
use platform::Secret;
use platform::secret::token_hash;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel, QuerySelect as _};
use serde_json::json;
use url::Url;

use crate::tokens::TokenOf;
use crate::{Connections, login};

/// How long a person may spend in Meta's dialog.
const STATE_LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// A dialog that can be started.
#[derive(Debug)]
pub struct Started {
    /// Meta's dialog, with the state in it.
    pub url: Url,
    /// What the browser must bring back in a cookie.
    pub browser_token: Secret,
}

/// Why a dialog cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// This installation has no app for that login.
    #[error("no app is configured for this login")]
    NotConfigured,
    /// The member's role does not allow it.
    #[error("the role does not allow it")]
    Forbidden,
    /// There is no such account, or it is somebody else's.
    #[error("no such account")]
    NotFound,
    /// The reconnect link cannot be used.
    #[error("the link cannot be used")]
    Link(incidents::link::Unusable),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// What a browser brings back from Meta's dialog.
#[derive(Debug)]
pub struct Return {
    /// The login whose address was called.
    pub provider: Provider,
    /// The state parameter.
    pub state: Option<Secret>,
    /// The code to exchange.
    pub code: Option<Secret>,
    /// Whether Meta reports that the person declined.
    pub denied: bool,
    /// The cookie set when the dialog was started.
    pub browser_token: Option<Secret>,
}

/// How a return ended, and where the person came from.
#[derive(Debug)]
pub struct Returned {
    /// How it ended.
    pub outcome: Outcome,
    /// The account that was to be repaired, with its workspace.
    pub account: Option<(WorkspaceId, AccountId)>,
    /// Where the person came from.
    pub origin: Origin,
}

/// Where a dialog was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the dashboard, or nobody knows where.
    Dashboard,
    /// On the page of a reconnect link.
    ReconnectLink(LinkId),
    /// On the page of a connect link.
    ConnectLink(ConnectLinkId),
}

impl Origin {
    fn of(state: &oauth_state::Model) -> Self {
        match (state.link_id, state.connect_link_id) {
            (Some(link), _) => Self::ReconnectLink(link),
            (None, Some(link)) => Self::ConnectLink(link),
            (None, None) => Self::Dashboard,
        }
    }
}

/// How a return ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The state is unknown, used, too old, or another browser's. Nothing was done.
    Refused,
    /// The person declined in the dialog.
    Denied,
    /// The login is done; accounts are to be chosen.
    Choose(ConnectSessionId),
    /// The account works again.
    Reconnected,
    /// The login does not reach the account that was to be repaired.
    WrongAccount {
        /// The handle of the account that was expected.
        expected: String,
        /// The handles that came back.
        found: Vec<String>,
    },
    /// Another person at Meta agreed than before, and nobody with the right to accept that asked.
    AnotherPerson,
    /// Permissions that are needed were not granted.
    MissingScopes(Vec<String>),
    /// Meta refused or could not be reached; starting again may help.
    Failed,
}

/// A dialog that is about to be started.
pub(crate) struct Begin {
    pub(crate) workspace: WorkspaceId,
    pub(crate) provider: Provider,
    pub(crate) purpose: OauthPurpose,
    pub(crate) session: Option<SessionId>,
    pub(crate) link: Option<LinkId>,
    pub(crate) connect_link: Option<ConnectLinkId>,
    pub(crate) account: Option<AccountId>,
    pub(crate) prompt: Prompt,
}

/// What Meta gave at a return, nothing of it stored yet.
#[derive(Debug)]
pub(crate) struct NewGrant {
    pub(crate) provider: Provider,
    token: Secret,
    expires: Expiry,
    issued_at: DateTime<Utc>,
    pub(crate) scopes: Vec<String>,
    data_access_expires_at: Option<DateTime<Utc>>,
    pub(crate) meta_user_id: String,
    pub(crate) meta_user_name: String,
    pub(crate) pages: Vec<Page>,
    pub(crate) instagram: Option<meta::InstagramUser>,
}

/// Why a return gave no grant.
pub(crate) enum NoGrant {
    MissingScopes(Vec<String>),
    Failed(meta::Error),
    Foreign,
}

impl From<meta::Error> for NoGrant {
    fn from(error: meta::Error) -> Self {
        Self::Failed(error)
    }
}

impl Connections {
    /// The address that Meta sends browsers back to.
    pub(crate) fn redirect_uri(&self, provider: Provider) -> String {
        let name = match provider {
            Provider::FacebookLogin => "facebook",
            Provider::InstagramLogin => "instagram",
        };
        format!("{}api/auth/callback/{name}", self.public_url)
    }

    pub(crate) async fn begin(&self, db: &impl ConnectionTrait, begin: Begin) -> Result<Started, StartError> {
        let provider = login(begin.provider);
        if !self.meta.is_configured(provider) {
            return Err(StartError::NotConfigured);
        }
        let state = Secret::new(self.world.random_token());
        let browser_token = Secret::new(self.world.random_token());
        let redirect_uri = self.redirect_uri(begin.provider);
        let url = self
            .meta
            .authorization_url(provider, &redirect_uri, &state, begin.prompt)
            .map_err(|_| StartError::NotConfigured)?;
        let now = self.world.now();
        oauth_state::ActiveModel {
            id: Set(self.world.new_id()),
            workspace_id: Set(begin.workspace),
            state_hash: Set(token_hash(state.expose())),
            browser_hash: Set(token_hash(browser_token.expose())),
            purpose: Set(begin.purpose),
            provider: Set(begin.provider),
            session_id: Set(begin.session),
            link_id: Set(begin.link),
            connect_link_id: Set(begin.connect_link),
            account_id: Set(begin.account),
            expires_at: Set(now + STATE_LIFETIME),
            used_at: Set(None),
            created_at: Set(now),
        }
        .insert(db)
        .await?;
        Ok(Started { url, browser_token })
    }

    /// Completes what a browser brings back: exchanges the code and goes on with what the dialog was
    /// started for. Nothing is stored unless the state is ours, fresh, unused and this browser's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn complete(&self, back: Return) -> Result<Returned, DbErr> {
        let state = match self.take_state(&back).await? {
            Ok(state) => state,
            Err(origin) => return Ok(Returned { outcome: Outcome::Refused, account: None, origin }),
        };
        let outcome = match (back.denied, &back.code) {
            (false, Some(code)) => self.complete_with(&state, code).await?,
            _ => Outcome::Denied,
        };
        let link_state = match &outcome {
            Outcome::Denied => Some(LinkState::Denied),
            Outcome::WrongAccount { .. } | Outcome::AnotherPerson => Some(LinkState::WrongAccount),
            _ => None,
        };
        if let (Some(link), Some(link_state)) = (state.link_id, link_state) {
            incidents::link::note(&*self.database, &self.world, state.workspace_id, link, link_state).await?;
        }
        if let Some(link) = state.connect_link_id {
            self.note_return(state.workspace_id, link, &outcome).await?;
        }
        tracing::info!(workspace = %state.workspace_id, purpose = ?state.purpose, ?outcome, "came back from Meta");
        let account = state.account_id.map(|account| (state.workspace_id, account));
        Ok(Returned { outcome, account, origin: Origin::of(&state) })
    }

    async fn complete_with(&self, state: &oauth_state::Model, code: &Secret) -> Result<Outcome, DbErr> {
        let grant = match self.grant(state.provider, code).await {
            Ok(grant) => grant,
            Err(NoGrant::MissingScopes(missing)) => return Ok(Outcome::MissingScopes(missing)),
            Err(NoGrant::Foreign) => return Ok(Outcome::Failed),
            Err(NoGrant::Failed(error)) => {
                tracing::warn!(workspace = %state.workspace_id, %error, "a login could not be completed");
                return Ok(Outcome::Failed);
            }
        };
        match state.purpose {
            OauthPurpose::Connect | OauthPurpose::ClientConnect => self.offer_accounts(state, grant).await,
            OauthPurpose::Reconnect => self.repair(state, grant).await,
        }
    }

    /// Uses up the state, if it is ours, fresh, unused, for this login and from this browser. Otherwise
    /// says where the person began, if it was this browser that did.
    async fn take_state(&self, back: &Return) -> Result<Result<oauth_state::Model, Origin>, DbErr> {
        let (Some(state), Some(browser_token)) = (&back.state, &back.browser_token) else {
            tracing::warn!("a return from Meta without a state or without its cookie");
            return Ok(Err(Origin::Dashboard));
        };
        let now = self.world.now();
        let hash = token_hash(state.expose());
        let browser_hash = token_hash(browser_token.expose());
        let taken = oauth_state::Entity::update_across_workspaces()
            .col_expr(oauth_state::Column::UsedAt, Expr::value(now))
            .filter(oauth_state::Column::StateHash.eq(&hash))
            .filter(oauth_state::Column::BrowserHash.eq(&browser_hash))
            .filter(oauth_state::Column::Provider.eq(back.provider))
            .filter(oauth_state::Column::ExpiresAt.gt(now))
            .filter(oauth_state::Column::UsedAt.is_null())
            .exec(&*self.database)
            .await?;
        let row = oauth_state::Entity::across_workspaces()
            .filter(oauth_state::Column::StateHash.eq(&hash))
            .one(&*self.database)
            .await?;
        let Some(row) = row else {
            tracing::warn!("a return from Meta with an unknown state");
            return Ok(Err(Origin::Dashboard));
        };
        if taken.rows_affected == 1 && self.may_still(&row).await? {
            return Ok(Ok(row));
        }
        let event = audit::Event {
            workspace_id: row.workspace_id,
            user_id: None,
            action: "oauth.state_refused",
            subject_id: row.account_id.map(|id| id.0),
            detail: json!({
                "reused": row.used_at.is_some_and(|at| at != now),
                "connect_link": row.connect_link_id.map(|id| id.0),
            }),
        };
        audit::record(&*self.database, &self.world, event).await?;
        let origin = if row.browser_hash == browser_hash { Origin::of(&row) } else { Origin::Dashboard };
        Ok(Err(origin))
    }

    /// Whether who began may still do it: the session lives and the role has not been taken away, or the
    /// connect link was not withdrawn. Repairing looks at its reconnect link itself.
    async fn may_still(&self, state: &oauth_state::Model) -> Result<bool, DbErr> {
        match (state.session_id, state.connect_link_id) {
            (Some(session), _) => {
                let member = self.identity.member_of_session(session, state.workspace_id).await?;
                Ok(member.is_some_and(|member| member.is_at_least(Role::Member)))
            }
            (None, Some(link)) => {
                Ok(self.living_link(&*self.database, state.workspace_id, link).await?.is_some())
            }
            (None, None) => Ok(true),
        }
    }

    /// Exchanges the code for a long-lived token and reads back who agreed to what.
    async fn grant(&self, provider: Provider, code: &Secret) -> Result<NewGrant, NoGrant> {
        let at_meta = login(provider);
        let issued_at = self.world.now();
        let short = self.meta.exchange_code(at_meta, code, &self.redirect_uri(provider)).await?;
        let long = self.meta.exchange_for_long_lived(at_meta, &short.token).await?;
        match provider {
            Provider::FacebookLogin => self.facebook_grant(long, issued_at).await,
            Provider::InstagramLogin => self.instagram_grant(long, short.scopes, issued_at).await,
        }
    }

    pub(crate) async fn facebook_grant(
        &self,
        issued: meta::IssuedToken,
        issued_at: DateTime<Utc>,
    ) -> Result<NewGrant, NoGrant> {
        let debug = self.meta.debug_token(&issued.token).await?;
        let ours = debug.app_id.as_deref() == self.meta.app_id(meta::Provider::FacebookLogin);
        if !debug.is_valid || !ours {
            let valid = debug.is_valid;
            tracing::error!(valid, ours, "Meta gave a token that is not valid for our app");
            return Err(NoGrant::Foreign);
        }
        require_scopes(meta::Provider::FacebookLogin, &debug.scopes)?;
        let user = self.meta.facebook_user(&issued.token).await?;
        let pages = self.meta.pages(&issued.token, Some(&debug)).await?;
        Ok(NewGrant {
            provider: Provider::FacebookLogin,
            expires: match (debug.expires_at, issued.expires_at) {
                (Expiry::Unknown, Some(at)) => Expiry::At(at),
                (known, _) => known,
            },
            token: issued.token,
            issued_at,
            scopes: debug.scopes,
            data_access_expires_at: debug.data_access_expires_at,
            meta_user_name: user.name.unwrap_or_else(|| "Facebook user".to_owned()),
            meta_user_id: user.id,
            pages,
            instagram: None,
        })
    }

    pub(crate) async fn instagram_grant(
        &self,
        issued: meta::IssuedToken,
        scopes: Option<Vec<String>>,
        issued_at: DateTime<Utc>,
    ) -> Result<NewGrant, NoGrant> {
        let user = self.meta.instagram_user(&issued.token).await?;
        // The exchange names the granted permissions, but not in all of its documented shapes.
        let required = meta::scopes(meta::Provider::InstagramLogin);
        let scopes = issued
            .scopes
            .or(scopes)
            .unwrap_or_else(|| required.iter().map(|scope| (*scope).to_owned()).collect());
        require_scopes(meta::Provider::InstagramLogin, &scopes)?;
        Ok(NewGrant {
            provider: Provider::InstagramLogin,
            token: issued.token,
            expires: issued.expires_at.map_or(Expiry::Unknown, Expiry::At),
            issued_at,
            scopes,
            data_access_expires_at: None,
            meta_user_name: user.profile.username.clone().unwrap_or_else(|| "Instagram user".to_owned()),
            meta_user_id: user.id.clone(),
            pages: Vec::new(),
            instagram: Some(user),
        })
    }

    /// Writes a grant, new or in place of the one this Meta user gave before, with its token.
    pub(crate) async fn store_grant(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        new: &NewGrant,
    ) -> Result<connection::Model, DbErr> {
        let now = self.world.now();
        let known = connection::Entity::in_workspace(workspace)
            .filter(connection::Column::Provider.eq(new.provider))
            .filter(connection::Column::MetaUserId.eq(&new.meta_user_id))
            .lock_exclusive()
            .one(db)
            .await?;
        let is_new = known.is_none();
        let token_version = known.as_ref().map_or(0, |known| known.token_version) + 1;
        let lease_term = known.as_ref().map_or(0, |known| known.lease_term) + 1;
        let mut row = match known {
            Some(known) => known.into_active_model(),
            None => connection::ActiveModel {
                id: Set(ConnectionId(self.world.new_id())),
                workspace_id: Set(workspace),
                provider: Set(new.provider),
                meta_user_id: Set(new.meta_user_id.clone()),
                refreshed_at: Set(None),
                validation_cleared_at: Set(None),
                hurried_at: Set(None),
                created_at: Set(now),
                ..Default::default()
            },
        };
        row.meta_user_name = Set(new.meta_user_name.clone());
        row.scopes = Set(json!(new.scopes));
        row.token_expires_at = Set(match new.expires {
            Expiry::At(at) => Some(at),
            Expiry::Never | Expiry::Unknown => None,
        });
        row.renew_sooner_seconds = Set(0);
        row.token_never_expires = Set(new.expires == Expiry::Never);
        row.token_issued_at = Set(new.issued_at);
        row.data_access_expires_at = Set(new.data_access_expires_at);
        row.verified_at = Set(Some(now));
        row.pages_stale = Set(false);
        row.suspected_at = Set(None);
        row.token_version = Set(token_version);
        // A refresh that is under way renews a token that is no longer the stored one: its term is
        // over, so that it cannot write.
        row.lease_owner = Set(None);
        row.lease_until = Set(None);
        row.lease_term = Set(lease_term);
        row.updated_at = Set(now);
        let row = if is_new { row.insert(db).await? } else { row.update(db).await? };
        self.store_token(db, TokenOf::connection(&row), &new.token).await?;
        for ends in [Ends::Token, Ends::DataAccess] {
            self.incidents.no_warning(db, workspace, row.id, ends).await?;
        }
        Ok(row)
    }
}

fn require_scopes(provider: meta::Provider, granted: &[String]) -> Result<(), NoGrant> {
    let missing = missing_scopes(provider, granted);
    if missing.is_empty() { Ok(()) } else { Err(NoGrant::MissingScopes(missing)) }
}

/// Scopes that reading insights needs and that were not granted.
#[must_use]
pub fn missing_scopes(provider: meta::Provider, granted: &[String]) -> Vec<String> {
    let mut missing = declined_scopes(provider, granted);
    // Without it only Pages of business portfolios are harder to find.
    missing.retain(|scope| scope != "business_management");
    missing
}

/// Scopes that were asked for and not granted, those included without which it goes on.
pub(crate) fn declined_scopes(provider: meta::Provider, granted: &[String]) -> Vec<String> {
    meta::scopes(provider)
        .iter()
        .filter(|scope| !granted.iter().any(|granted| granted == *scope))
        .map(|scope| (*scope).to_owned())
        .collect()
}

/// The scopes of a grant as its row holds them.
#[must_use]
pub fn granted_scopes(scopes: &serde_json::Value) -> Vec<String> {
    serde_json::from_value(scopes.clone()).unwrap_or_default()
}
