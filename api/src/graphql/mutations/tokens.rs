//! What a team does about the tokens of many accounts at once.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use connections::check::Checked;
use connections::refresh::Refreshed;
use entity::membership::Role;
use entity::{AccountId, WorkspaceId};
use futures::future::try_join_all;
use identity::Member;

use super::accounts::{acting, check_error, disconnected, patiently, still_running};
use super::operators::{forbidden, operator};
use crate::graphql::account::{Account, load};
use crate::graphql::caller::Ask as _;
use crate::graphql::fault::Fault;
use crate::graphql::ids::local;
use crate::graphql::monitor::number;
use crate::graphql::refresh_attempt::RefreshAttempt;
use crate::graphql::user_error::{UserError, UserErrorCode};

/// So many logins are checked while the person waits; more are left to a worker.
const AT_ONCE: usize = 3;
/// The most accounts that a request can name.
const MOST_ACCOUNTS: usize = 100;

/// What to check.
#[derive(InputObject)]
pub(crate) struct ValidateTokensInput {
    /// The workspace.
    workspace_id: ID,
    /// At most a hundred of its accounts; all when left out.
    account_ids: Option<Vec<ID>>,
    /// Ask Meta even where its last answer is younger than five minutes.
    force: Option<bool>,
}

/// What came of it.
#[derive(SimpleObject, Default)]
pub(crate) struct ValidateTokensPayload {
    /// Logins that have been checked; several accounts can share one.
    checked: i32,
    /// Logins that a worker checks as soon as it can.
    queued: i32,
    /// Why it was not done; empty when it was.
    user_errors: Vec<UserError>,
}

/// Which account to heal.
#[derive(InputObject)]
pub(crate) struct HealTokenInput {
    /// The account.
    account_id: ID,
}

/// What came of it.
#[derive(SimpleObject, Default)]
pub(crate) struct HealTokenPayload {
    /// The account as it is now; null when there is no such one.
    account: Option<Account>,
    /// Whether something was broken and has been repaired.
    healed: bool,
    /// The renewal, if one was due.
    attempt: Option<RefreshAttempt>,
    /// Why it was not done; empty when it was.
    user_errors: Vec<UserError>,
}

/// Whose answers to forget.
#[derive(InputObject)]
pub(crate) struct ClearValidationCacheInput {
    /// The workspace; everybody's when left out, which only operators may.
    workspace_id: Option<ID>,
}

/// What came of it.
#[derive(SimpleObject, Default)]
pub(crate) struct ClearValidationCachePayload {
    /// Logins about which Meta is asked next time.
    cleared: i32,
    /// Why it was not done; empty when it was.
    user_errors: Vec<UserError>,
}

/// Which workspace was opened.
#[derive(InputObject)]
pub(crate) struct OpenWorkspaceInput {
    /// The workspace.
    workspace_id: ID,
}

/// What came of it.
#[derive(SimpleObject, Default)]
pub(crate) struct OpenWorkspacePayload {
    /// Logins that a worker renews as soon as it can.
    queued: i32,
    /// Why it was not done; empty when it was.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct TokenMutation;

#[Object]
impl TokenMutation {
    /// Asks Meta whether the logins of a workspace, or of some of its accounts, still work, and repairs
    /// what can be repaired. A few are checked at once, many by a worker.
    async fn validate_tokens(
        &self,
        ctx: &Context<'_>,
        input: ValidateTokensInput,
    ) -> Result<ValidateTokensPayload, Fault> {
        let refused = |error| ValidateTokensPayload { user_errors: vec![error], ..Default::default() };
        let member = match working(ctx, &input.workspace_id).await? {
            Ok(member) => member,
            Err(error) => return Ok(refused(error)),
        };
        let accounts = match input.account_ids.as_deref().map(named).transpose() {
            Ok(accounts) => accounts,
            Err(error) => return Ok(refused(error)),
        };
        let connections = ctx.services()?.connections.clone();
        let workspace = member.workspace_id();
        if let Some(accounts) = &accounts
            && !connections.has_accounts(workspace, accounts).await?
        {
            return Ok(refused(UserError::not_found("accountIds")));
        }
        let logins = connections.logins_of(workspace, accounts.as_deref()).await?;
        let force = input.force.unwrap_or(false);
        let count = number(logins.len() as u64);
        if logins.len() > AT_ONCE {
            connections.queue_checks(workspace, &logins, force).await?;
            return Ok(ValidateTokensPayload { queued: count, ..Default::default() });
        }
        let checks = async move {
            try_join_all(logins.into_iter().map(|login| connections.check(workspace, login, force))).await
        };
        let Some(checked) = patiently(checks).await? else { return Ok(refused(still_running())) };
        let error = checked.into_iter().find_map(check_error);
        Ok(ValidateTokensPayload { checked: count, queued: 0, user_errors: error.into_iter().collect() })
    }

    /// Asks Meta about the account's login, repairs what can be repaired, and renews the token if that is
    /// due.
    async fn heal_token(&self, ctx: &Context<'_>, input: HealTokenInput) -> Result<HealTokenPayload, Fault> {
        let refused = |error| HealTokenPayload { user_errors: vec![error], ..Default::default() };
        let (member, account) = match acting(ctx, &input.account_id).await? {
            Ok(found) => found,
            Err(error) => return Ok(refused(error)),
        };
        let Some(login) = account.row().connection_id else { return Ok(refused(disconnected())) };
        let connections = ctx.services()?.connections.clone();
        let workspace = member.workspace_id();
        let Some(healed) = patiently(async move { connections.heal_now(workspace, login).await }).await?
        else {
            return Ok(refused(still_running()));
        };
        let attempt = match healed.refreshed {
            Some(Refreshed::Attempted(row)) => Some(RefreshAttempt::alone(row, member.clone())),
            Some(Refreshed::Skipped(_)) | None => None,
        };
        Ok(HealTokenPayload {
            account: load(ctx, &member, account.row().id).await?,
            healed: healed.checked == Checked::Healed,
            attempt,
            user_errors: check_error(healed.checked).into_iter().collect(),
        })
    }

    /// Forgets what Meta last said of the logins of a workspace, so that the next check asks again.
    async fn clear_validation_cache(
        &self,
        ctx: &Context<'_>,
        input: ClearValidationCacheInput,
    ) -> Result<ClearValidationCachePayload, Fault> {
        let refused = |error| ClearValidationCachePayload { user_errors: vec![error], ..Default::default() };
        let workspace = match &input.workspace_id {
            None if operator(ctx).await?.is_none() => return Ok(refused(forbidden())),
            None => None,
            Some(id) => match working(ctx, id).await? {
                Ok(member) => Some(member.workspace_id()),
                Err(error) => return Ok(refused(error)),
            },
        };
        let cleared = ctx.services()?.connections.clear_validation_cache(workspace).await?;
        Ok(ClearValidationCachePayload { cleared: number(cleared), user_errors: Vec::new() })
    }

    /// Says that somebody opened a workspace: what ends within three days is renewed at once, each login
    /// at most once an hour. Everybody who may see the workspace may say so.
    async fn open_workspace(
        &self,
        ctx: &Context<'_>,
        input: OpenWorkspaceInput,
    ) -> Result<OpenWorkspacePayload, Fault> {
        let Some(member) = member(ctx, &input.workspace_id).await? else {
            let user_errors = vec![UserError::not_found("workspaceId")];
            return Ok(OpenWorkspacePayload { queued: 0, user_errors });
        };
        let queued = ctx.services()?.connections.hurry(member.workspace_id()).await?;
        Ok(OpenWorkspacePayload { queued: number(queued), user_errors: Vec::new() })
    }
}

async fn member(ctx: &Context<'_>, id: &ID) -> Result<Option<Member>, Fault> {
    ctx.actor()?;
    match local::<WorkspaceId>(id) {
        Some(id) => ctx.member(id).await,
        None => Ok(None),
    }
}

/// The member of a workspace, if the role allows acting.
async fn working(ctx: &Context<'_>, id: &ID) -> Result<Result<Member, UserError>, Fault> {
    Ok(match member(ctx, id).await? {
        None => Err(UserError::not_found("workspaceId")),
        Some(member) if !member.is_at_least(Role::Member) => Err(UserError::forbidden()),
        Some(member) => Ok(member),
    })
}

/// The accounts that a request names, each once.
fn named(ids: &[ID]) -> Result<Vec<AccountId>, UserError> {
    if ids.is_empty() || ids.len() > MOST_ACCOUNTS {
        let sentence = format!("Name 1 to {MOST_ACCOUNTS} accounts, or leave them out for all.");
        return Err(UserError::at("accountIds", UserErrorCode::Invalid, sentence));
    }
    let found: Option<Vec<AccountId>> = ids.iter().map(local).collect();
    let mut accounts = found.ok_or_else(|| UserError::not_found("accountIds"))?;
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}
