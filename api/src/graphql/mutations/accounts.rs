//! What can be done with a connected account.

use std::time::Duration;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use connections::check::Checked;
use connections::disconnect::DisconnectError;
use connections::refresh::{Refreshed, Skip};
use entity::AccountId;
use entity::account::Health;
use entity::job::JobKind;
use entity::membership::Role;
use entity::refresh_attempt::Trigger;
use executor::{BY_HAND_PER_HOUR, Ran};
use identity::Member;
use sea_orm::DbErr;

use super::connect::contact;
use crate::graphql::account::{Account, load};
use crate::graphql::caller::Ask as _;
use crate::graphql::fault::Fault;
use crate::graphql::ids::local;
use crate::graphql::query::member_of_account;
use crate::graphql::refresh_attempt::RefreshAttempt;
use crate::graphql::run::Run;
use crate::graphql::user_error::{UserError, UserErrorCode};

/// How long an answer waits for Meta. What takes longer goes on without it.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a renewed token is left alone while nothing is wrong with it.
const JUST_RENEWED: TimeDelta = TimeDelta::hours(1);

/// Declares an input that names an account, and its payload.
macro_rules! about_an_account {
    ($input:ident { $($(#[$doc:meta])* $field:ident: $type:ty,)* } -> $payload:ident { $($(#[$result_doc:meta])* $result:ident: $result_type:ty,)* }) => {
        /// Which account, and how.
        #[derive(InputObject)]
        pub(crate) struct $input {
            /// The account.
            account_id: ID,
            $($(#[$doc])* $field: $type,)*
        }

        /// What came of it.
        #[derive(SimpleObject, Default)]
        pub(crate) struct $payload {
            /// The account as it is now; null when there is no such one.
            account: Option<Account>,
            $($(#[$result_doc])* $result: $result_type,)*
            /// Why it was not done; empty when it was.
            user_errors: Vec<UserError>,
        }

        impl $payload {
            fn refused(error: UserError) -> Self {
                Self { user_errors: vec![error], ..Self::default() }
            }
        }
    };
}

about_an_account!(UpdateAccountContactInput {
    /// Where its reconnect mails go; the workspace's owners when left out.
    contact_email: Option<String>,
} -> UpdateAccountContactPayload {});
about_an_account!(RefreshTokenInput {} -> RefreshTokenPayload {
    /// The attempt; null when there was none.
    attempt: Option<RefreshAttempt>,
});
about_an_account!(CheckTokenInput {
    /// Ask Meta even when its last answer is younger than five minutes.
    force: Option<bool>,
} -> CheckTokenPayload {});
about_an_account!(CollectInsightsInput {} -> CollectInsightsPayload {
    /// What was done.
    run: Option<Run>,
});
about_an_account!(CollectAudienceInput {} -> CollectAudiencePayload {
    /// What was done.
    run: Option<Run>,
});
about_an_account!(CollectMediaInput {} -> CollectMediaPayload {
    /// What was done.
    run: Option<Run>,
});
about_an_account!(DisconnectAccountInput {
    /// Also delete what was collected.
    delete_history: Option<bool>,
} -> DisconnectAccountPayload {});

#[derive(Default)]
pub(crate) struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Changes where the reconnect mails of an account go.
    async fn update_account_contact(
        &self,
        ctx: &Context<'_>,
        input: UpdateAccountContactInput,
    ) -> Result<UpdateAccountContactPayload, Fault> {
        let (member, account) = match acting(ctx, &input.account_id).await? {
            Ok(found) => found,
            Err(error) => return Ok(UpdateAccountContactPayload::refused(error)),
        };
        let contact = match contact(input.contact_email.as_deref()) {
            Ok(contact) => contact,
            Err(error) => return Ok(UpdateAccountContactPayload::refused(error)),
        };
        ctx.services()?.connections.set_contact(&member, account.row(), contact).await?;
        let account = load(ctx, &member, account.row().id).await?;
        Ok(UpdateAccountContactPayload { account, user_errors: Vec::new() })
    }

    /// Renews the token of the account's login now. Of several requests at once, and within an hour of
    /// a renewal, one asks Meta and all get its result.
    async fn refresh_token(
        &self,
        ctx: &Context<'_>,
        input: RefreshTokenInput,
    ) -> Result<RefreshTokenPayload, Fault> {
        let (member, account) = match acting(ctx, &input.account_id).await? {
            Ok(found) => found,
            Err(error) => return Ok(RefreshTokenPayload::refused(error)),
        };
        let Some(grant) = account.row().connection_id else {
            return Ok(RefreshTokenPayload::refused(disconnected()));
        };
        let services = ctx.services()?;
        // What was renewed a moment ago is as fresh as it gets: everybody who asks gets that attempt.
        if just_renewed(&account, services.world.now())
            && let Some(row) = services.connections.last_renewal(member.workspace_id(), grant).await?
        {
            let attempt = Some(RefreshAttempt::alone(row, member.clone()));
            return Ok(RefreshTokenPayload { account: Some(account), attempt, user_errors: Vec::new() });
        }
        let connections = services.connections.clone();
        let workspace = member.workspace_id();
        let refresh = async move { connections.refresh(workspace, grant, Trigger::Manual, true).await };
        let (attempt, error) = match patiently(refresh).await? {
            None => (None, Some(still_running())),
            Some(Refreshed::Attempted(row)) => (Some(RefreshAttempt::alone(row, member.clone())), None),
            Some(Refreshed::Skipped(skip)) => (None, Some(skipped(skip))),
        };
        let account = load(ctx, &member, account.row().id).await?;
        Ok(RefreshTokenPayload { account, attempt, user_errors: error.into_iter().collect() })
    }

    /// Asks Meta whether the account's login still works.
    async fn check_token(
        &self,
        ctx: &Context<'_>,
        input: CheckTokenInput,
    ) -> Result<CheckTokenPayload, Fault> {
        let (member, account) = match acting(ctx, &input.account_id).await? {
            Ok(found) => found,
            Err(error) => return Ok(CheckTokenPayload::refused(error)),
        };
        let Some(grant) = account.row().connection_id else {
            return Ok(CheckTokenPayload::refused(disconnected()));
        };
        let connections = ctx.services()?.connections.clone();
        let workspace = member.workspace_id();
        let force = input.force.unwrap_or(false);
        let checked =
            patiently(async move { connections.check_for_person(workspace, grant, force).await }).await?;
        let account = load(ctx, &member, account.row().id).await?;
        let decided = account.as_ref().is_some_and(|account| account.row().health == Health::NeedsReconnect);
        let error = match checked {
            // One more refusal says nothing new about what needs its owner already.
            Some(Checked::Unsure) if decided => None,
            Some(checked) => check_error(checked),
            None => Some(still_running()),
        };
        Ok(CheckTokenPayload { account, user_errors: error.into_iter().collect() })
    }

    /// Collects the newest insights of an account now.
    async fn collect_insights(
        &self,
        ctx: &Context<'_>,
        input: CollectInsightsInput,
    ) -> Result<CollectInsightsPayload, Fault> {
        let (member, account) = match acting(ctx, &input.account_id).await? {
            Ok(found) => found,
            Err(error) => return Ok(CollectInsightsPayload::refused(error)),
        };
        let (run, error) = run_now(ctx, &member, &account, JobKind::CollectInsights).await?;
        let account = load(ctx, &member, account.row().id).await?;
        Ok(CollectInsightsPayload { account, run, user_errors: error.into_iter().collect() })
    }

    /// Takes a snapshot of an account's audience now.
    async fn collect_audience(
        &self,
        ctx: &Context<'_>,
        input: CollectAudienceInput,
    ) -> Result<CollectAudiencePayload, Fault> {
        let (member, account) = match acting(ctx, &input.account_id).await? {
            Ok(found) => found,
            Err(error) => return Ok(CollectAudiencePayload::refused(error)),
        };
        let (run, error) = run_now(ctx, &member, &account, JobKind::CollectAudience).await?;
        let account = load(ctx, &member, account.row().id).await?;
        Ok(CollectAudiencePayload { account, run, user_errors: error.into_iter().collect() })
    }

    /// Lists an account's media and stories now, and reads the numbers of those whose time has come.
    async fn collect_media(
        &self,
        ctx: &Context<'_>,
        input: CollectMediaInput,
    ) -> Result<CollectMediaPayload, Fault> {
        let (member, account) = match acting(ctx, &input.account_id).await? {
            Ok(found) => found,
            Err(error) => return Ok(CollectMediaPayload::refused(error)),
        };
        let (run, error) = run_now(ctx, &member, &account, JobKind::CollectMedia).await?;
        let account = load(ctx, &member, account.row().id).await?;
        Ok(CollectMediaPayload { account, run, user_errors: error.into_iter().collect() })
    }

    /// Disconnects an account: its tokens are deleted at once, its history is kept unless asked.
    async fn disconnect_account(
        &self,
        ctx: &Context<'_>,
        input: DisconnectAccountInput,
    ) -> Result<DisconnectAccountPayload, Fault> {
        ctx.actor()?;
        let not_found = || Ok(DisconnectAccountPayload::refused(UserError::not_found("accountId")));
        let Some(id) = local::<AccountId>(&input.account_id) else { return not_found() };
        let Some(member) = member_of_account(ctx, id).await? else { return not_found() };
        let services = ctx.services()?;
        match services.connections.disconnect(&member, id, input.delete_history.unwrap_or(false)).await {
            Ok(row) => {
                let account = Account::with_grants(&services.database, &member, vec![row]).await?.pop();
                Ok(DisconnectAccountPayload { account, user_errors: Vec::new() })
            }
            Err(DisconnectError::Forbidden) => Ok(DisconnectAccountPayload::refused(UserError::forbidden())),
            Err(DisconnectError::NotFound) => not_found(),
            Err(DisconnectError::Database(error)) => Err(error.into()),
        }
    }
}

/// What a person is told of a check that found nothing out.
pub(super) fn check_error(checked: Checked) -> Option<UserError> {
    match checked {
        Checked::Paused(until) => Some(UserError::try_later(&paused(until))),
        Checked::NoAnswer => {
            Some(UserError::try_later("Meta could not be asked. Please try again in a few minutes."))
        }
        Checked::Unsure => Some(UserError::try_later(
            "Meta refused the login once. It is asked again in a minute, before anything is decided.",
        )),
        Checked::NoToken => Some(UserError::new(
            UserErrorCode::Invalid,
            "There is no token that could be checked. Reconnect the account.",
        )),
        Checked::Valid | Checked::Healed | Checked::Cached | Checked::Dead => None,
    }
}

/// The account that a member acts on, if the role allows acting.
pub(super) async fn acting(
    ctx: &Context<'_>,
    id: &ID,
) -> Result<Result<(Member, Account), UserError>, Fault> {
    ctx.actor()?;
    let not_found = || Ok(Err(UserError::not_found("accountId")));
    let Some(id) = local::<AccountId>(id) else { return not_found() };
    let Some(member) = member_of_account(ctx, id).await? else { return not_found() };
    if !member.is_at_least(Role::Member) {
        return Ok(Err(UserError::forbidden()));
    }
    match load(ctx, &member, id).await? {
        Some(account) => Ok(Ok((member, account))),
        None => not_found(),
    }
}

async fn run_now(
    ctx: &Context<'_>,
    member: &Member,
    account: &Account,
    kind: JobKind,
) -> Result<(Option<Run>, Option<UserError>), Fault> {
    if account.row().connection_id.is_none() {
        return Ok((None, Some(disconnected())));
    }
    let executor = ctx.services()?.executor.clone();
    let workspace = member.workspace_id();
    let subject = account.row().id;
    if let Some(until) = executor.by_hand_not_before(workspace, subject, kind).await? {
        return Ok((None, Some(UserError::at("accountId", UserErrorCode::TryLater, too_often(until)))));
    }
    let ran = patiently(async move { executor.run_now(workspace, kind, subject.0).await }).await?;
    Ok(match ran {
        None => (None, Some(still_running())),
        Some(Ran::Busy) => (None, Some(UserError::try_later("This is being done at this moment."))),
        Some(Ran::Done(row)) => (Some(Run::alone(row, member.clone())), None),
    })
}

/// Whether another renewal would only cost a call: the last one is young, and the account is well.
fn just_renewed(account: &Account, now: DateTime<Utc>) -> bool {
    let renewed_at = account.grant().and_then(|grant| grant.refreshed_at);
    account.row().health == Health::Healthy && renewed_at.is_some_and(|at| now - at < JUST_RENEWED)
}

/// Waits for work a while. It goes on when the answer does not wait any longer, and when the caller
/// has gone.
pub(super) async fn patiently<T: Send + 'static>(
    work: impl Future<Output = Result<T, DbErr>> + Send + 'static,
) -> Result<Option<T>, Fault> {
    match tokio::time::timeout(PATIENCE, tokio::spawn(work)).await {
        Ok(Ok(done)) => Ok(Some(done?)),
        Ok(Err(error)) => Err(Fault::Internal(error.to_string())),
        Err(_) => Ok(None),
    }
}

pub(super) fn still_running() -> UserError {
    UserError::try_later("Meta takes its time. The work goes on; look again in a minute.")
}

pub(super) fn disconnected() -> UserError {
    UserError::at("accountId", UserErrorCode::Invalid, "This account is disconnected. Reconnect it first.")
}

fn paused(until: DateTime<Utc>) -> String {
    format!("Meta asked us to wait until {} UTC.", until.format("%H:%M"))
}

fn too_often(until: DateTime<Utc>) -> String {
    format!(
        "This was done {BY_HAND_PER_HOUR} times within the last hour. Ask again at {} UTC; the schedule goes on.",
        until.format("%H:%M")
    )
}

fn skipped(skip: Skip) -> UserError {
    let (code, message) = match skip {
        Skip::Paused(until) => {
            return UserError::at("accountId", UserErrorCode::TryLater, paused(until));
        }
        Skip::TooYoung => (UserErrorCode::TryLater, "Meta renews a token only when it is a day old."),
        Skip::NeverExpires => (UserErrorCode::AlreadyDone, "This token never expires."),
        Skip::NoToken => (UserErrorCode::Invalid, "There is no token to renew. Reconnect the account."),
        Skip::ExpiredLongAgo => (
            UserErrorCode::Expired,
            "The token has expired. Only its owner can renew it: reconnect the account.",
        ),
        Skip::Busy | Skip::NotDue => (UserErrorCode::TryLater, "The token is being renewed at this moment."),
    };
    UserError::at("accountId", code, message)
}
