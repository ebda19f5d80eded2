//! What the people who run this installation change. Everybody else gets the same answer, whatever
//! they name.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::TimeDelta;
use connections::monitor::SetMonitorError;
use entity::{JobId, UserId};
use jobs::monitor::{Change, OutOfBounds};

use super::bare_payload;
use crate::graphql::caller::Ask as _;
use crate::graphql::fault::Fault;
use crate::graphql::ids::local;
use crate::graphql::monitor::Monitor;
use crate::graphql::operator::Brake;
use crate::graphql::user_error::{UserError, UserErrorCode};

/// The longest time for which the brake can be released at once.
const MOST_HOURS: i32 = 72;

/// What to change about how tokens are checked; what is left out stays.
#[derive(InputObject)]
pub(crate) struct UpdateMonitorInput {
    /// Minutes between two checks of a login, from 5 to 1440; null goes back to the configuration.
    interval_minutes: MaybeUndefined<u32>,
    /// Checks that one worker runs at once, from 1 to 100.
    batch_size: Option<u32>,
    /// Whether a check on schedule also repairs what it can.
    auto_heal: Option<bool>,
}

/// What came of it.
#[derive(SimpleObject, Default)]
pub(crate) struct UpdateMonitorPayload {
    /// How tokens are checked now; null when there is an error.
    monitor: Option<Monitor>,
    /// Why it was not done; empty when it was.
    user_errors: Vec<UserError>,
}

/// Which work to give another chance.
#[derive(InputObject)]
pub(crate) struct ReleaseJobInput {
    /// The work.
    job_id: ID,
}

bare_payload!(ReleaseJobPayload);

/// For how long to let the brake go.
#[derive(InputObject)]
pub(crate) struct ReleaseBrakeInput {
    /// Hours, from 1 to 72.
    #[graphql(default = 1)]
    hours: i32,
}

/// What came of it.
#[derive(SimpleObject, Default)]
pub(crate) struct ReleaseBrakePayload {
    /// The brake as it is now; null when there is an error.
    brake: Option<Brake>,
    /// Why it was not done; empty when it was.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct OperatorMutation;

#[Object]
impl OperatorMutation {
    /// For operators: changes how tokens are checked. It holds for all processes at their next look, and
    /// after a restart.
    async fn update_monitor(
        &self,
        ctx: &Context<'_>,
        input: UpdateMonitorInput,
    ) -> Result<UpdateMonitorPayload, Fault> {
        let refused = |error| UpdateMonitorPayload { user_errors: vec![error], ..Default::default() };
        let Some(operator) = operator(ctx).await? else { return Ok(refused(forbidden())) };
        let change = Change {
            interval_minutes: match input.interval_minutes {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(minutes) => Some(Some(minutes)),
            },
            batch_size: input.batch_size,
            auto_heal: input.auto_heal,
        };
        match ctx.services()?.connections.set_monitor(change, Some(operator)).await {
            Ok(monitor) => {
                Ok(UpdateMonitorPayload { monitor: Some(Monitor(monitor)), user_errors: Vec::new() })
            }
            Err(SetMonitorError::OutOfBounds(error)) => {
                let field = match error {
                    OutOfBounds::Interval => "intervalMinutes",
                    OutOfBounds::BatchSize => "batchSize",
                };
                let text = error.to_string();
                let sentence = format!("{}{}.", text[..1].to_uppercase(), &text[1..]);
                Ok(refused(UserError::at(field, UserErrorCode::Invalid, sentence)))
            }
            Err(SetMonitorError::Database(error)) => Err(error.into()),
        }
    }

    /// For operators: gives work that was set aside another chance, now.
    async fn release_job(
        &self,
        ctx: &Context<'_>,
        input: ReleaseJobInput,
    ) -> Result<ReleaseJobPayload, Fault> {
        let refused = |error| ReleaseJobPayload { user_errors: vec![error] };
        let Some(operator) = operator(ctx).await? else { return Ok(refused(forbidden())) };
        let executor = &ctx.services()?.executor;
        let released = match local::<JobId>(&input.job_id) {
            Some(id) => executor.release_job(id, Some(operator)).await?,
            None => false,
        };
        Ok(if released { ReleaseJobPayload::default() } else { refused(UserError::not_found("jobId")) })
    }

    /// For operators: lets the brake go. What Meta refuses is then declared broken, however much it is.
    async fn release_brake(
        &self,
        ctx: &Context<'_>,
        input: ReleaseBrakeInput,
    ) -> Result<ReleaseBrakePayload, Fault> {
        let refused = |error| ReleaseBrakePayload { user_errors: vec![error], ..Default::default() };
        let Some(operator) = operator(ctx).await? else { return Ok(refused(forbidden())) };
        if !(1..=MOST_HOURS).contains(&input.hours) {
            let sentence = format!("The brake can be released for 1 to {MOST_HOURS} hours.");
            return Ok(refused(UserError::at("hours", UserErrorCode::Invalid, sentence)));
        }
        let connections = &ctx.services()?.connections;
        connections.release_brake(TimeDelta::hours(input.hours.into()), Some(operator)).await?;
        let brake = Some(connections.brake().await?.into());
        Ok(ReleaseBrakePayload { brake, user_errors: Vec::new() })
    }
}

/// The signed-in person, if they run this installation.
pub(super) async fn operator(ctx: &Context<'_>) -> Result<Option<UserId>, Fault> {
    let operator = ctx.services()?.identity.operator(ctx.actor()?).await?;
    Ok(operator.map(identity::Operator::user_id))
}

pub(super) fn forbidden() -> UserError {
    UserError::new(UserErrorCode::Forbidden, "This is for those who run the installation.")
}
