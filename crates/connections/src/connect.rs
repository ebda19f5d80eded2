//! From "connect" to chosen accounts, for members; [`crate::clients`] is the way of clients.

use chrono::{DateTime, TimeDelta, Utc};
use entity::account::{self, Health};
use entity::connect_session;
use entity::connection::{self, Provider};
use entity::job::{JobKind, Trigger};
use entity::membership::Role;
use entity::oauth_state::{self, OauthPurpose};
use entity::{
    AccountId, ConnectLinkId, ConnectSessionId, InWorkspace, UserId, WorkspaceId, connect_link, workspace,
};
use identity::{Member, audit};
use jobs::queue::{self, Work};
use meta::Prompt;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel, QuerySelect as _};
use serde_json::json;

use crate::authorise::{Begin, NewGrant, Outcome, StartError, Started, declined_scopes};
use crate::candidates::{Candidate, candidates, instagram_ids, refuse_unless_offered, unique, unreachable};
use crate::health::Event;
use crate::pages::mark_pages;
use crate::tokens::{NoToken, TokenOf};
use crate::{Connections, login};

/// How long a member may take to choose accounts.
const CHOICE_LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How long a client may, whose browser may be anybody's.
pub const CLIENT_CHOICE_LIFETIME: TimeDelta = TimeDelta::minutes(30);

/// A choice of accounts.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its row.
    pub session: connect_session::Model,
    /// The grant that came back.
    pub grant: connection::Model,
    /// What the login reaches.
    pub candidates: Vec<Candidate>,
}

/// Who chooses.
pub(crate) enum Chooser {
    /// A member.
    Member(UserId),
    /// A client with this link, in the browser with a cookie of this hash.
    Client { link: ConnectLinkId, browser_hash: String },
}

/// Why accounts could not be added.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// The role does not allow it.
    #[error("the role does not allow it")]
    Forbidden,
    /// The choice is over or was made already.
    #[error("the choice is over")]
    Over,
    /// The address for mails is none.
    #[error("not an e-mail address")]
    BadContact,
    /// Nothing was chosen.
    #[error("nothing was chosen")]
    Nothing,
    /// These were not offered, or are no longer reachable.
    #[error("not offered")]
    NotOffered(Vec<String>),
    /// Meta refused or could not be reached.
    #[error("Meta did not answer as needed")]
    Meta(meta::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Connections {
    /// Starts Meta's dialog for connecting new accounts.
    ///
    /// # Errors
    /// When the role does not allow it, the login is not configured, or the database fails.
    pub async fn start_connect(&self, member: &Member, provider: Provider) -> Result<Started, StartError> {
        member.require(Role::Member).map_err(|_| StartError::Forbidden)?;
        let begin = Begin {
            workspace: member.workspace_id(),
            provider,
            purpose: OauthPurpose::Connect,
            session: Some(member.actor().session_id),
            link: None,
            connect_link: None,
            account: None,
            prompt: Prompt::First,
        };
        self.begin(&*self.database, begin).await
    }

    /// Keeps the grant that came back and what it reaches, for the choice.
    pub(crate) async fn offer_accounts(
        &self,
        state: &oauth_state::Model,
        new: NewGrant,
    ) -> Result<Outcome, DbErr> {
        let Some(chooser) = self.chooser(state).await? else { return Ok(Outcome::Refused) };
        let transaction = self.database.begin().await?;
        let connected = self.connected_ids(&*transaction, state.workspace_id, &instagram_ids(&new)).await?;
        let candidates = candidates(&new, &connected);
        let grant = self.store_grant(&*transaction, state.workspace_id, &new).await?;
        // After the grant, as everybody locks them.
        if let Chooser::Client { link, .. } = &chooser
            && self.living_link(&*transaction, state.workspace_id, *link).await?.is_none()
        {
            return Ok(Outcome::Refused);
        }
        // Accounts that were connected through this login before have a new token now.
        let known = self.accounts_of(&*transaction, &grant).await?;
        let reached = self.reach(&*transaction, &grant, &known, &new).await?;
        self.apply(&*transaction, grant.workspace_id, &reached, Event::Repaired).await?;
        if !known.is_empty() {
            self.make_grant_work_due(&*transaction, &grant).await?;
            self.check_unreached(&*transaction, &grant, &known, &reached).await?;
        }
        let id = ConnectSessionId(self.world.new_id());
        let now = self.world.now();
        let (user_id, link, browser_hash, lifetime) = match chooser {
            Chooser::Member(user) => (Some(user), None, None, CHOICE_LIFETIME),
            Chooser::Client { link, browser_hash } => {
                (None, Some(link), Some(browser_hash), CLIENT_CHOICE_LIFETIME)
            }
        };
        connect_session::ActiveModel {
            id: Set(id),
            workspace_id: Set(state.workspace_id),
            user_id: Set(user_id),
            connect_link_id: Set(link),
            browser_hash: Set(browser_hash),
            connection_id: Set(grant.id),
            candidates: Set(json!(candidates)),
            missing_scopes: Set(json!(declined_scopes(login(new.provider), &new.scopes))),
            chosen: Set(None),
            expires_at: Set(now + lifetime),
            finished_at: Set(None),
            created_at: Set(now),
        }
        .insert(&*transaction)
        .await?;
        transaction.commit().await?;
        Ok(Outcome::Choose(id))
    }

    /// Who may choose among what a return brought.
    async fn chooser(&self, state: &oauth_state::Model) -> Result<Option<Chooser>, DbErr> {
        Ok(match (state.session_id, state.connect_link_id) {
            (Some(session), _) => self.identity.user_of_session(session).await?.map(Chooser::Member),
            (None, Some(link)) => Some(Chooser::Client { link, browser_hash: state.browser_hash.clone() }),
            (None, None) => None,
        })
    }

    /// Which of `accounts` the new grant reaches; their tokens are stored.
    pub(crate) async fn reach(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        accounts: &[account::Model],
        new: &NewGrant,
    ) -> Result<Vec<account::Model>, DbErr> {
        let found = match &new.instagram {
            Some(user) => accounts.iter().filter(|a| a.instagram_id == user.user_id).map(|a| a.id).collect(),
            None => self.store_page_tokens(db, grant, accounts, new.pages.clone()).await?,
        };
        Ok(accounts.iter().filter(|account| found.contains(&account.id)).cloned().collect())
    }

    /// Those of Meta's `ids` that are connected in `workspace`.
    pub(crate) async fn connected_ids(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        ids: &[&str],
    ) -> Result<Vec<String>, DbErr> {
        account::Entity::in_workspace(workspace)
            .select_only()
            .column(account::Column::InstagramId)
            .filter(account::Column::ConnectionId.is_not_null())
            .filter(account::Column::InstagramId.is_in(ids.iter().copied()))
            .into_tuple()
            .all(db)
            .await
    }

    /// A choice that is still open, for the member who connects.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_choice(&self, member: &Member, id: ConnectSessionId) -> Result<Option<Choice>, DbErr> {
        let session = connect_session::Entity::in_workspace(member.workspace_id())
            .filter(connect_session::Column::Id.eq(id))
            .filter(connect_session::Column::UserId.eq(member.actor().user_id))
            .filter(connect_session::Column::ExpiresAt.gt(self.world.now()))
            .filter(connect_session::Column::FinishedAt.is_null())
            .one(&*self.database)
            .await?;
        match session {
            Some(session) => self.choice_of(session).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn choice_of(&self, session: connect_session::Model) -> Result<Option<Choice>, DbErr> {
        let grant = self.connection_row(&*self.database, session.workspace_id, session.connection_id).await?;
        let candidates = serde_json::from_value(session.candidates.clone()).unwrap_or_default();
        Ok(grant.map(|grant| Choice { session, grant, candidates }))
    }

    /// In which workspace a choice is; for finding the member who may see it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn workspace_of_choice(&self, id: ConnectSessionId) -> Result<Option<WorkspaceId>, DbErr> {
        let session = connect_session::Entity::across_workspaces().filter(connect_session::Column::Id.eq(id));
        Ok(session.one(&*self.database).await?.map(|session| session.workspace_id))
    }

    /// Adds the chosen accounts, with their tokens and their first work, in one transaction.
    ///
    /// # Errors
    /// See [`ChooseError`]; nothing is added then.
    pub async fn choose(
        &self,
        member: &Member,
        id: ConnectSessionId,
        chosen: &[String],
        contact_email: Option<&str>,
    ) -> Result<Vec<account::Model>, ChooseError> {
        member.require(Role::Member).map_err(|_| ChooseError::Forbidden)?;
        let choice = self.open_choice(member, id).await?.ok_or(ChooseError::Over)?;
        self.add_chosen(choice, None, chosen, contact_email).await
    }

    /// Adds accounts out of an open choice: a member's, or that of a client who came with `link`.
    pub(crate) async fn add_chosen(
        &self,
        choice: Choice,
        link: Option<&connect_link::Model>,
        chosen: &[String],
        contact_email: Option<&str>,
    ) -> Result<Vec<account::Model>, ChooseError> {
        let Choice { session, grant, candidates: offered } = choice;
        let chosen: Vec<&str> = unique(chosen);
        if chosen.is_empty() {
            return Err(ChooseError::Nothing);
        }
        refuse_unless_offered(&chosen, &offered)?;
        // Page tokens are asked for now rather than kept since the return: nothing secret waits in
        // the choice, and what was withdrawn meanwhile is noticed.
        let token =
            self.open_token(&*self.database, TokenOf::connection(&grant)).await.map_err(
                |error| match error {
                    NoToken::Database(error) => ChooseError::Database(error),
                    NoToken::Missing | NoToken::Unreadable => ChooseError::Over,
                },
            )?;
        let pages = match grant.provider {
            Provider::FacebookLogin => {
                let debug = self.meta.debug_token(&token.token).await.map_err(ChooseError::Meta)?;
                self.meta.pages(&token.token, Some(&debug)).await.map_err(ChooseError::Meta)?
            }
            Provider::InstagramLogin => Vec::new(),
        };
        let unreachable = unreachable(&grant, &chosen, &pages);
        if !unreachable.is_empty() {
            return Err(ChooseError::NotOffered(unreachable));
        }
        let transaction = self.database.begin().await?;
        // One choice at a time in a workspace, so that of two for the same account the second sees the
        // first. The weaker lock: rows that refer to the workspace can be written meanwhile.
        workspace::Entity::in_workspace(grant.workspace_id)
            .lock(LockType::NoKeyUpdate)
            .one(&*transaction)
            .await?;
        // The grant may have been dropped with its last account while Meta was asked.
        let still_there =
            self.locked_connection(&*transaction, grant.workspace_id, grant.id).await?.is_some();
        if !still_there || !finish_choice(&*transaction, &session, &chosen, self.world.now()).await? {
            return Err(ChooseError::Over);
        }
        if let Some(link) = link
            && self.living_link(&*transaction, link.workspace_id, link.id).await?.is_none()
        {
            return Err(ChooseError::Over);
        }
        let taken = self.connected_ids(&*transaction, grant.workspace_id, &chosen).await?;
        if !taken.is_empty() {
            return Err(ChooseError::NotOffered(taken));
        }
        let mut accounts = Vec::new();
        for candidate in
            offered.iter().filter(|c| c.instagram_id.as_deref().is_some_and(|id| chosen.contains(&id)))
        {
            accounts.push(self.add_account(&*transaction, &grant, candidate, contact_email).await?);
        }
        self.store_page_tokens(&*transaction, &grant, &accounts, pages).await?;
        self.make_grant_work_due(&*transaction, &grant).await?;
        for account in &accounts {
            self.resume(&*transaction, account).await?;
            let event = audit::Event {
                workspace_id: account.workspace_id,
                user_id: session.user_id,
                action: "account.connected",
                subject_id: Some(account.id.0),
                detail: json!({ "username": account.username, "connect_link": link.map(|link| link.id.0) }),
            };
            audit::record(&*transaction, &self.world, event).await?;
        }
        if let Some(link) = link {
            self.note_connected(&*transaction, link, &accounts).await?;
        }
        transaction.commit().await?;
        Ok(accounts)
    }

    /// Adds one account, or takes up again one that was disconnected, with its history.
    pub(crate) async fn add_account(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        candidate: &Candidate,
        contact_email: Option<&str>,
    ) -> Result<account::Model, DbErr> {
        let now = self.world.now();
        let instagram_id = candidate.instagram_id.clone().unwrap_or_default();
        let known = account::Entity::in_workspace(grant.workspace_id)
            .filter(account::Column::InstagramId.eq(&instagram_id))
            .one(db)
            .await?;
        let is_new = known.is_none();
        let known_contact = known.as_ref().and_then(|known| known.contact_email.clone());
        let mut row = match known {
            Some(known) => known.into_active_model(),
            None => account::ActiveModel {
                id: Set(AccountId(self.world.new_id())),
                workspace_id: Set(grant.workspace_id),
                instagram_id: Set(instagram_id),
                insights_collected_at: Set(None),
                audience_collected_at: Set(None),
                media_collected_at: Set(None),
                posts_listed_at: Set(None),
                page_id: Set(None),
                connected_at: Set(now),
                ..Default::default()
            },
        };
        row.connection_id = Set(Some(grant.id));
        row.provider = Set(grant.provider);
        row.username = Set(candidate.username.clone().unwrap_or_default());
        row.name = Set(candidate.name.clone());
        row.followers_count = Set(candidate.followers_count);
        row.page_name = Set(candidate.page_name.clone());
        row.contact_email = Set(contact_email.map(str::to_owned).or(known_contact));
        // Meta has just listed it with a token for it.
        row.health = Set(Health::Healthy);
        row.health_reason = Set(None);
        row.health_since = Set(now);
        row.verified_at = Set(Some(now));
        row.suspected_at = Set(None);
        row.gone_since = Set(None);
        row.refused_at = Set(None);
        row.held_since = Set(None);
        row.held_reason = Set(None);
        row.disconnected_at = Set(None);
        row.updated_at = Set(now);
        if is_new { row.insert(db).await } else { row.update(db).await }
    }

    /// Accounts that the new consent does not reach any more may have been unticked in the dialog: the
    /// next check asks for each of their Pages and tells.
    pub(crate) async fn check_unreached(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        known: &[account::Model],
        reached: &[account::Model],
    ) -> Result<(), DbErr> {
        if known.len() == reached.len() {
            return Ok(());
        }
        mark_pages(db, grant, true).await?;
        let work = Work {
            workspace_id: grant.workspace_id,
            kind: JobKind::CheckToken,
            subject_id: grant.id.0,
            due_at: self.world.now(),
            trigger: Trigger::OnDemand,
        };
        queue::make_due(db, &self.world, work).await
    }

    /// Makes the work on the grant itself due at its next slots.
    pub(crate) async fn make_grant_work_due(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
    ) -> Result<(), DbErr> {
        let now = self.world.now();
        let monitor = jobs::monitor::get(db).await?;
        for (kind, due_at) in [
            (JobKind::RefreshToken, self.next_refresh(grant, now)),
            (JobKind::CheckToken, self.next_slot(monitor, grant.id, now)),
        ] {
            let work = Work {
                workspace_id: grant.workspace_id,
                kind,
                subject_id: grant.id.0,
                due_at,
                trigger: Trigger::Scheduled,
            };
            queue::make_due(db, &self.world, work).await?;
        }
        Ok(())
    }
}

/// Ends the choice; `false` when somebody else ended it first.
async fn finish_choice(
    db: &impl ConnectionTrait,
    session: &connect_session::Model,
    chosen: &[&str],
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let finished = connect_session::Entity::update_in_workspace(session.workspace_id)
        .col_expr(connect_session::Column::FinishedAt, Expr::value(now))
        .col_expr(connect_session::Column::Chosen, Expr::value(json!(chosen)))
        .filter(connect_session::Column::Id.eq(session.id))
        .filter(connect_session::Column::FinishedAt.is_null())
        .exec(db)
        .await?;
    Ok(finished.rows_affected == 1)
}
