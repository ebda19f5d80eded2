//! What a client without a login does with a connect link: looks at it, starts Meta's dialog, comes
//! back, and chooses accounts in the same browser.

use entity::connect_link::{self, ConnectLinkState};
use entity::connect_session;
use entity::connection::Provider;
use entity::oauth_state::OauthPurpose;
use entity::{ConnectLinkId, InWorkspace, WorkspaceId, account};
use incidents::link::{MAX_STARTS, Unusable};
use meta::Prompt;
use platform::Secret;
use platform::secret::token_hash;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ConnectionTrait, QueryOrder as _};
use serde_json::json;

use crate::Connections;
use crate::authorise::{Begin, Outcome, StartError, Started};
use crate::connect::{Choice, ChooseError};
use crate::connect_links::address;

/// Purpose from which the tokens in forms of the chooser are derived.
const CHOICE_FORM: &str = "client choice form";

/// What a client sees of a link.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The link.
    pub link: connect_link::Model,
    /// Who asks.
    pub workspace_name: String,
    /// The logins that it offers.
    pub logins: Vec<Provider>,
    /// Whether a dialog can be started, or why not.
    pub usable: Result<(), Unusable>,
}

impl Invitation {
    /// Where reconnect mails will go, masked, if that is settled; otherwise the client may say it.
    #[must_use]
    pub fn contact(&self) -> Option<String> {
        contact(&self.link).map(mail::masked)
    }
}

/// A choice of a client, open or made.
#[derive(Clone, Debug)]
pub struct ClientChoice {
    /// The link that it began with.
    pub invitation: Invitation,
    /// What is to be chosen from.
    pub choice: Choice,
    /// Meta's ids of the accounts that were chosen; absent while it is open.
    pub chosen: Option<Vec<String>>,
    /// What a form has to bring back, so that no other site can send it.
    pub form_token: Secret,
}

impl Connections {
    /// What a client sees of the link with this token. Looking changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitation(&self, token: &Secret) -> Result<Option<Invitation>, DbErr> {
        let link = connect_link::Entity::across_workspaces()
            .filter(connect_link::Column::TokenHash.eq(token_hash(token.expose())))
            .one(&*self.database)
            .await?;
        let Some(link) = link else { return Ok(None) };
        let workspace_name = self.workspace_name(&*self.database, link.workspace_id).await?;
        let usable = self.connect_link_usable(&link);
        Ok(Some(Invitation { workspace_name, logins: self.offered_logins(link.provider), usable, link }))
    }

    /// Notes that a person has opened the page of a link for the first time; changes nothing else.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn connect_link_opened(&self, link: &connect_link::Model) -> Result<(), DbErr> {
        if !matches!(link.state, ConnectLinkState::Created | ConnectLinkState::Sent) {
            return Ok(());
        }
        let _turn = self.database.turn().await;
        self.note(&*self.database, link.workspace_id, link.id, Some(ConnectLinkState::Opened)).await
    }

    /// Whether a dialog can be started from a link.
    ///
    /// # Errors
    /// Why not.
    pub fn connect_link_usable(&self, link: &connect_link::Model) -> Result<(), Unusable> {
        match link.state {
            ConnectLinkState::Revoked => Err(Unusable::Revoked),
            _ if link.expires_at <= self.world.now() => Err(Unusable::Expired),
            _ if link.starts >= MAX_STARTS => Err(Unusable::StartedTooOften),
            _ => Ok(()),
        }
    }

    /// Starts Meta's dialog from a connect link.
    ///
    /// # Errors
    /// When the link cannot be used, does not offer this login, or the database fails.
    pub async fn start_from_connect_link(
        &self,
        token: &Secret,
        provider: Provider,
    ) -> Result<Started, StartError> {
        let invitation = self.invitation(token).await?.ok_or(StartError::NotFound)?;
        invitation.usable.map_err(StartError::Link)?;
        if !invitation.logins.contains(&provider) {
            return Err(StartError::NotConfigured);
        }
        let link = invitation.link;
        let transaction = self.database.begin().await?;
        // Withdrawn, or started once too often, a moment ago.
        if !count_start(&*transaction, &link).await? {
            return Err(StartError::Link(Unusable::StartedTooOften));
        }
        self.note(&*transaction, link.workspace_id, link.id, Some(ConnectLinkState::Opened)).await?;
        let detail = json!({ "login": provider.to_value() });
        self.record_of_client(&*transaction, link.workspace_id, "connect_link.started", link.id, detail)
            .await?;
        let begin = Begin {
            workspace: link.workspace_id,
            provider,
            purpose: OauthPurpose::ClientConnect,
            session: None,
            link: None,
            connect_link: Some(link.id),
            account: None,
            // Whoever comes again was refused a permission, or has a second login.
            prompt: if link.starts == 0 { Prompt::First } else { Prompt::Rerequest },
        };
        let started = self.begin(&*transaction, begin).await?;
        transaction.commit().await?;
        Ok(started)
    }

    /// Notes how a way through Meta's dialog ended that had begun at a connect link.
    pub(crate) async fn note_return(
        &self,
        workspace: WorkspaceId,
        link: ConnectLinkId,
        outcome: &Outcome,
    ) -> Result<(), DbErr> {
        let (state, action, detail) = match outcome {
            Outcome::Denied => (Some(ConnectLinkState::Denied), "connect_link.denied", json!({})),
            Outcome::Choose(_) => (None, "connect_link.returned", json!({ "outcome": "choice" })),
            Outcome::MissingScopes(missing) => {
                let detail = json!({ "outcome": "permission_missing", "missing": missing });
                (None, "connect_link.returned", detail)
            }
            Outcome::Refused => (None, "connect_link.returned", json!({ "outcome": "refused" })),
            // The other outcomes are those of a repair.
            _ => (None, "connect_link.returned", json!({ "outcome": "failed" })),
        };
        let transaction = self.database.begin().await?;
        self.note(&*transaction, workspace, link, state).await?;
        self.record_of_client(&*transaction, workspace, action, link, detail).await?;
        transaction.commit().await
    }

    /// The newest choice that began with the link of this token in the browser with this cookie.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn client_choice(
        &self,
        token: &Secret,
        browser_token: Option<&Secret>,
    ) -> Result<Option<ClientChoice>, DbErr> {
        let Some(browser_token) = browser_token else { return Ok(None) };
        let Some(invitation) = self.invitation(token).await? else { return Ok(None) };
        if invitation.usable == Err(Unusable::Revoked) {
            return Ok(None);
        }
        let session = connect_session::Entity::in_workspace(invitation.link.workspace_id)
            .filter(connect_session::Column::BrowserHash.eq(token_hash(browser_token.expose())))
            .filter(connect_session::Column::ConnectLinkId.eq(invitation.link.id))
            .filter(connect_session::Column::ExpiresAt.gt(self.world.now()))
            .order_by_desc(connect_session::Column::CreatedAt)
            .one(&*self.database)
            .await?;
        let choice = match session {
            Some(session) => self.choice_of(session).await?,
            None => None,
        };
        let form_token = self.choice_form_token(browser_token);
        Ok(choice.map(|choice| {
            let chosen = choice.session.chosen.clone();
            let chosen = chosen.map(|chosen| serde_json::from_value(chosen).unwrap_or_default());
            ClientChoice { invitation, choice, chosen, form_token }
        }))
    }

    /// Adds the accounts that a client chose; mails about them go to the address that the link holds,
    /// or else to `contact_email`.
    ///
    /// # Errors
    /// See [`ChooseError`]; nothing is added then.
    pub async fn choose_as_client(
        &self,
        client: ClientChoice,
        chosen: &[String],
        contact_email: Option<&str>,
    ) -> Result<Vec<account::Model>, ChooseError> {
        if client.chosen.is_some() {
            return Err(ChooseError::Over);
        }
        let link = client.invitation.link;
        let entered = address(contact_email).map_err(|_| ChooseError::BadContact)?;
        let contact = contact(&link).map(str::to_owned).or(entered);
        self.add_chosen(client.choice, Some(&link), chosen, contact.as_deref()).await
    }

    /// What the forms of a browser's choice carry. Another site can have a browser send its cookie, at
    /// most, but cannot know this.
    fn choice_form_token(&self, browser_token: &Secret) -> Secret {
        Secret::new(self.secret.token(CHOICE_FORM, browser_token.expose().as_bytes()))
    }
}

/// Where reconnect mails of accounts go that are connected with `link`, if the agency settled it.
fn contact(link: &connect_link::Model) -> Option<&str> {
    link.contact_email.as_deref().or(link.sent_to.as_deref())
}

/// Counts a start of the dialog. `false` when that was one too many, also if two come at once.
async fn count_start(db: &impl ConnectionTrait, link: &connect_link::Model) -> Result<bool, DbErr> {
    let counted = connect_link::Entity::update_in_workspace(link.workspace_id)
        .col_expr(connect_link::Column::Starts, Expr::col(connect_link::Column::Starts).add(1))
        .filter(connect_link::Column::Id.eq(link.id))
        .filter(connect_link::Column::Starts.lt(MAX_STARTS))
        .filter(connect_link::Column::State.ne(ConnectLinkState::Revoked))
        .exec(db)
        .await?;
    Ok(counted.rows_affected == 1)
}
