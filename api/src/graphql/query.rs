//! Where questions begin.

use async_graphql::{Context, ID, Interface, Object};
use entity::{
    AccountId, ChannelId, ConnectSessionId, InWorkspace as _, WorkspaceId, account, incident, media,
    refresh_attempt, run,
};
use identity::Member;
use platform::Secret;
use sea_orm::prelude::*;

use super::account::{self as accounts, Account};
use super::caller::Ask as _;
use super::channel::{self, Channel};
use super::connect_session::ConnectSession;
use super::delivery::Delivery;
use super::enums::Provider;
use super::fault::Fault;
use super::ids::{GlobalId, local};
use super::incident::Incident;
use super::insights::{MetricDescription, metrics};
use super::link::ReconnectLinkPreview;
use super::media::{self as medias, Media, MediaMetricDescription, media_metrics};
use super::operator::Operator;
use super::refresh_attempt::RefreshAttempt;
use super::run::Run;
use super::viewer::Viewer;
use super::workspace::{self, Workspace};

/// Anything with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id."))]
pub(crate) enum Node {
    Account(Account),
    Channel(Channel),
    Delivery(Delivery),
    Incident(Incident),
    Media(Media),
    RefreshAttempt(RefreshAttempt),
    Run(Run),
    Workspace(Workspace),
}

/// Where questions begin.
pub(crate) struct Query;

#[Object]
impl Query {
    /// The signed-in person; null without a session.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<Viewer>, Fault> {
        Ok(ctx.caller()?.maybe_actor().cloned().map(Viewer))
    }

    /// The installation as those who run it see it; null for everybody else.
    async fn operator(&self, ctx: &Context<'_>) -> Result<Option<Operator>, Fault> {
        let operator = ctx.services()?.identity.operator(ctx.actor()?).await?;
        Ok(operator.map(|_| Operator))
    }

    /// Anything by its global id; null when there is no such thing, or it is somebody else's.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Node>, Fault> {
        ctx.actor()?;
        let Ok(id) = id.parse::<GlobalId>() else { return Ok(None) };
        let Some(workspace) = workspace_of(ctx, id).await? else { return Ok(None) };
        let Some(member) = ctx.member(workspace).await? else { return Ok(None) };
        node(ctx, member, id).await
    }

    /// A workspace; null when there is no such one, or it is somebody else's.
    async fn workspace(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Workspace>, Fault> {
        ctx.actor()?;
        let Some(id) = local::<WorkspaceId>(&id) else { return Ok(None) };
        match ctx.member(id).await? {
            Some(member) => workspace::load(ctx, &member).await,
            None => Ok(None),
        }
    }

    /// An account; null when there is no such one, or it is somebody else's.
    async fn account(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Account>, Fault> {
        ctx.actor()?;
        let Some(id) = local::<AccountId>(&id) else { return Ok(None) };
        match member_of_account(ctx, id).await? {
            Some(member) => accounts::load(ctx, &member, id).await,
            None => Ok(None),
        }
    }

    /// A channel; null when there is no such one, it is somebody else's, or the role does not reach.
    async fn channel(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Channel>, Fault> {
        ctx.actor()?;
        let Some(id) = local::<ChannelId>(&id) else { return Ok(None) };
        let Some(workspace) = workspace_of(ctx, GlobalId::Channel(id)).await? else { return Ok(None) };
        match ctx.member(workspace).await? {
            Some(member) => channel::load(ctx, &member, id).await,
            None => Ok(None),
        }
    }

    /// The logins that this installation offers.
    async fn providers(&self, ctx: &Context<'_>) -> Result<Vec<Provider>, Fault> {
        let meta = ctx.services()?.connections.meta();
        let offered = [Provider::FacebookLogin, Provider::InstagramLogin];
        Ok(offered
            .into_iter()
            .filter(|provider| meta.is_configured(connections::login((*provider).into())))
            .collect())
    }

    /// What can be measured.
    async fn metrics(&self) -> Vec<MetricDescription> {
        metrics()
    }

    /// What can be measured of a media.
    async fn media_metrics(&self) -> Vec<MediaMetricDescription> {
        media_metrics()
    }

    /// The choice after a return from Meta; null when it is over or somebody else's.
    async fn connect_session(&self, ctx: &Context<'_>, id: ID) -> Result<Option<ConnectSession>, Fault> {
        ctx.actor()?;
        let Some(id) = local::<ConnectSessionId>(&id) else { return Ok(None) };
        let Some(member) = member_of_choice(ctx, id).await? else { return Ok(None) };
        let choice = ctx.services()?.connections.open_choice(&member, id).await?;
        Ok(choice.map(|choice| ConnectSession { choice, member }))
    }

    /// Public: what a reconnect link is about; null when there is no such link.
    async fn reconnect_link(
        &self,
        ctx: &Context<'_>,
        token: String,
    ) -> Result<Option<ReconnectLinkPreview>, Fault> {
        let services = ctx.services()?;
        let preview = services.connections.preview_link(&Secret::new(token)).await?;
        Ok(preview.map(|preview| ReconnectLinkPreview::new(preview, services.world.now())))
    }
}

/// The signed-in person as a member of the workspace that an account is in.
pub(crate) async fn member_of_account(ctx: &Context<'_>, id: AccountId) -> Result<Option<Member>, Fault> {
    match workspace_of(ctx, GlobalId::Account(id)).await? {
        Some(workspace) => ctx.member(workspace).await,
        None => Ok(None),
    }
}

/// The signed-in person as a member of the workspace that a choice is for.
pub(crate) async fn member_of_choice(
    ctx: &Context<'_>,
    id: ConnectSessionId,
) -> Result<Option<Member>, Fault> {
    match ctx.services()?.connections.workspace_of_choice(id).await? {
        Some(workspace) => ctx.member(workspace).await,
        None => Ok(None),
    }
}

/// The workspace that a row is in. Nothing of the row is shown before the membership is looked up.
pub(crate) async fn workspace_of(ctx: &Context<'_>, id: GlobalId) -> Result<Option<WorkspaceId>, Fault> {
    let database = &*ctx.services()?.database;
    Ok(match id {
        GlobalId::Workspace(id) => Some(id),
        GlobalId::Account(id) => account::Entity::across_workspaces()
            .filter(account::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| row.workspace_id),
        GlobalId::Incident(id) => incident::Entity::across_workspaces()
            .filter(incident::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| row.workspace_id),
        GlobalId::Run(id) => run::Entity::across_workspaces()
            .filter(run::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| row.workspace_id),
        GlobalId::RefreshAttempt(id) => refresh_attempt::Entity::across_workspaces()
            .filter(refresh_attempt::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| row.workspace_id),
        GlobalId::Link(id) => entity::reconnect_link::Entity::across_workspaces()
            .filter(entity::reconnect_link::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| row.workspace_id),
        GlobalId::ConnectLink(id) => entity::connect_link::Entity::across_workspaces()
            .filter(entity::connect_link::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| row.workspace_id),
        GlobalId::Media(id) => media::Entity::across_workspaces()
            .filter(media::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| row.workspace_id),
        GlobalId::Channel(id) => channels::team::workspace_of(database, id).await?,
        GlobalId::Delivery(id) => channels::log::workspace_of(database, id).await?,
        GlobalId::ConnectSession(_) | GlobalId::Job(_) | GlobalId::User(_) => None,
    })
}

async fn node(ctx: &Context<'_>, member: Member, id: GlobalId) -> Result<Option<Node>, Fault> {
    let database = &*ctx.services()?.database;
    let workspace = member.workspace_id();
    Ok(match id {
        GlobalId::Workspace(_) => workspace::load(ctx, &member).await?.map(Node::Workspace),
        GlobalId::Account(id) => accounts::load(ctx, &member, id).await?.map(Node::Account),
        GlobalId::Incident(id) => incident::Entity::in_workspace(workspace)
            .filter(incident::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| Node::Incident(Incident::alone(row, member))),
        GlobalId::Run(id) => run::Entity::in_workspace(workspace)
            .filter(run::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| Node::Run(Run::alone(row, member))),
        GlobalId::RefreshAttempt(id) => refresh_attempt::Entity::in_workspace(workspace)
            .filter(refresh_attempt::Column::Id.eq(id))
            .one(database)
            .await?
            .map(|row| Node::RefreshAttempt(RefreshAttempt::alone(row, member))),
        GlobalId::Channel(id) => channel::load(ctx, &member, id).await?.map(Node::Channel),
        GlobalId::Media(id) => medias::load(ctx, &member, id).await?.map(Node::Media),
        GlobalId::Delivery(id) => {
            let row = ctx.services()?.channels.delivery(&member, id).await?;
            row.map(|row| Node::Delivery(Delivery { row, member }))
        }
        GlobalId::ConnectLink(_)
        | GlobalId::Link(_)
        | GlobalId::ConnectSession(_)
        | GlobalId::Job(_)
        | GlobalId::User(_) => None,
    })
}
