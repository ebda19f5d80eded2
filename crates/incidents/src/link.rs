//! Reconnect links: with one, an account owner repairs exactly one account without a login.
//!
//! The database holds the SHA-256 of a link's token. The token itself is made again from the
//! link's id and the authentication secret whenever it has to be shown or mailed.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::account;
use entity::reconnect_link::{self, LinkState};
use entity::{
    AccountId, InWorkspace, IncidentId, LinkId, UserId, WorkspaceId, incident, incident_mail, outbox,
};
use platform::{AuthSecret, Secret, World};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveValue::Set, Condition, ConnectionTrait, QueryOrder, QuerySelect as _, QueryTrait as _};

/// How often Meta's dialog may be started from one link.
pub const MAX_STARTS: i32 = 10;

/// A link that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// The only account it can repair.
    pub account: &'a account::Model,
    /// The incident it is made for.
    pub incident_id: Option<IncidentId>,
    /// The member who makes it.
    pub created_by: Option<UserId>,
    /// The address it is mailed to; without one it is for copying.
    pub sent_to: Option<&'a str>,
    /// How long it works.
    pub lifetime: Duration,
}

/// Why a link cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Its time is over.
    Expired,
    /// It was withdrawn or replaced.
    Revoked,
    /// The account was repaired with it.
    Done,
    /// The dialog was started from it too often.
    StartedTooOften,
}

/// Makes a link and withdraws older ones of the same account that were not used.
///
/// # Errors
/// When the database fails.
pub async fn create(
    db: &impl ConnectionTrait,
    world: &World,
    secret: &AuthSecret,
    new: New<'_>,
) -> Result<reconnect_link::Model, DbErr> {
    let now = world.now();
    revoke_all(db, new.account.workspace_id, new.account.id).await?;
    let id = LinkId(world.new_id());
    let token = mail::links::reconnect_token(secret, id);
    reconnect_link::ActiveModel {
        id: Set(id),
        workspace_id: Set(new.account.workspace_id),
        account_id: Set(new.account.id),
        incident_id: Set(new.incident_id),
        token_hash: Set(platform::secret::token_hash(token.expose())),
        created_by: Set(new.created_by),
        state: Set(LinkState::Created),
        sent_to: Set(new.sent_to.map(str::to_owned)),
        starts: Set(0),
        expires_at: Set(now + TimeDelta::from_std(new.lifetime).unwrap_or(TimeDelta::days(7))),
        last_event_at: Set(None),
        created_at: Set(now),
    }
    .insert(db)
    .await
}

/// The link whose token this is, usable or not. The token names the workspace.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &impl ConnectionTrait, token: &Secret) -> Result<Option<reconnect_link::Model>, DbErr> {
    reconnect_link::Entity::across_workspaces()
        .filter(reconnect_link::Column::TokenHash.eq(platform::secret::token_hash(token.expose())))
        .one(db)
        .await
}

/// The links of `account`, newest first.
///
/// # Errors
/// When the database fails.
pub async fn of_account(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<Vec<reconnect_link::Model>, DbErr> {
    reconnect_link::Entity::in_workspace(workspace)
        .filter(reconnect_link::Column::AccountId.eq(account))
        .order_by_desc(reconnect_link::Column::CreatedAt)
        .all(db)
        .await
}

/// The links with which `account` can be, or could have been, repaired, newest first: its own, and
/// those of accounts under the same login that were mailed together with it.
///
/// # Errors
/// When the database fails.
pub async fn about_account(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<Vec<reconnect_link::Model>, DbErr> {
    let incidents = incident::Entity::in_workspace(workspace)
        .select_only()
        .column(incident::Column::Id)
        .filter(incident::Column::AccountId.eq(account))
        .into_query();
    let mails = incident_mail::Entity::in_workspace(workspace)
        .select_only()
        .column(incident_mail::Column::MailId)
        .filter(incident_mail::Column::IncidentId.in_subquery(incidents))
        .into_query();
    let links = outbox::Entity::in_workspace(workspace)
        .select_only()
        .column(outbox::Column::LinkId)
        .filter(outbox::Column::Id.in_subquery(mails))
        .filter(outbox::Column::LinkId.is_not_null())
        .into_query();
    let own = reconnect_link::Column::AccountId.eq(account);
    reconnect_link::Entity::in_workspace(workspace)
        .filter(Condition::any().add(own).add(reconnect_link::Column::Id.in_subquery(links)))
        .order_by_desc(reconnect_link::Column::CreatedAt)
        .all(db)
        .await
}

/// Whether the dialog may be started from `link` at `now`.
///
/// # Errors
/// Why not.
pub fn usable(link: &reconnect_link::Model, now: DateTime<Utc>) -> Result<(), Unusable> {
    match link.state {
        LinkState::Revoked => Err(Unusable::Revoked),
        LinkState::Done => Err(Unusable::Done),
        _ if link.expires_at <= now => Err(Unusable::Expired),
        _ if link.starts >= MAX_STARTS => Err(Unusable::StartedTooOften),
        _ => Ok(()),
    }
}

/// Counts a start of the dialog. `false` when that was one too many, also if two come at once.
///
/// # Errors
/// When the database fails.
pub async fn count_start(db: &impl ConnectionTrait, link: &reconnect_link::Model) -> Result<bool, DbErr> {
    let counted = reconnect_link::Entity::update_in_workspace(link.workspace_id)
        .col_expr(reconnect_link::Column::Starts, Expr::col(reconnect_link::Column::Starts).add(1))
        .filter(reconnect_link::Column::Id.eq(link.id))
        .filter(reconnect_link::Column::Starts.lt(MAX_STARTS))
        .exec(db)
        .await?;
    Ok(counted.rows_affected == 1)
}

/// Notes what happened with a link. A link that is done or revoked stays so.
///
/// # Errors
/// When the database fails.
pub async fn note(
    db: &impl ConnectionTrait,
    world: &World,
    workspace: WorkspaceId,
    id: LinkId,
    state: LinkState,
) -> Result<(), DbErr> {
    let final_states: &[LinkState] = match state {
        // The first opening of a page that was denied before is no news.
        LinkState::Opened => {
            &[LinkState::Done, LinkState::Revoked, LinkState::Denied, LinkState::WrongAccount]
        }
        _ => &[LinkState::Done, LinkState::Revoked],
    };
    reconnect_link::Entity::update_in_workspace(workspace)
        .col_expr(reconnect_link::Column::State, Expr::value(state))
        .col_expr(reconnect_link::Column::LastEventAt, Expr::value(world.now()))
        .filter(reconnect_link::Column::Id.eq(id))
        .filter(reconnect_link::Column::State.is_not_in(final_states.iter().copied()))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes that a person has opened the page of a link for the first time; changes nothing else.
///
/// # Errors
/// When the database fails.
pub async fn note_opened(
    db: &impl ConnectionTrait,
    world: &World,
    link: &reconnect_link::Model,
) -> Result<(), DbErr> {
    reconnect_link::Entity::update_in_workspace(link.workspace_id)
        .col_expr(reconnect_link::Column::State, Expr::value(LinkState::Opened))
        .col_expr(reconnect_link::Column::LastEventAt, Expr::value(world.now()))
        .filter(reconnect_link::Column::Id.eq(link.id))
        .filter(reconnect_link::Column::State.is_in([LinkState::Created, LinkState::Sent]))
        .exec(db)
        .await?;
    Ok(())
}

/// Withdraws the links of an account that were not used.
///
/// # Errors
/// When the database fails.
pub async fn revoke_all(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    account: AccountId,
) -> Result<(), DbErr> {
    reconnect_link::Entity::update_in_workspace(workspace)
        .col_expr(reconnect_link::Column::State, Expr::value(LinkState::Revoked))
        .filter(reconnect_link::Column::AccountId.eq(account))
        .filter(reconnect_link::Column::State.is_not_in([LinkState::Done, LinkState::Revoked]))
        .exec(db)
        .await?;
    Ok(())
}
