//! Channels besides mail.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use channels::team::{Changes, ChannelError, NewChannel};
use chrono::{DateTime, Utc};
use entity::{ChannelId, DeliveryId, WorkspaceId};
use identity::Member;
use platform::Secret;

use super::bare_payload;
use crate::graphql::caller::Ask as _;
use crate::graphql::channel::Channel;
use crate::graphql::delivery::Delivery;
use crate::graphql::enums::{ChannelEvent, ChannelKind};
use crate::graphql::fault::Fault;
use crate::graphql::ids::{GlobalId, local};
use crate::graphql::query::workspace_of;
use crate::graphql::user_error::{UserError, UserErrorCode};

/// What is filled in to make a channel.
#[derive(InputObject)]
pub(crate) struct CreateChannelInput {
    /// The workspace.
    workspace_id: ID,
    /// Which kind.
    kind: ChannelKind,
    /// What people will call it.
    name: String,
    /// Where it leads: an incoming webhook of Slack, or an https address of your own.
    address: String,
    /// What it is to be told; at least one.
    events: Vec<ChannelEvent>,
}

/// What is to be changed of a channel; what is left out stays.
#[derive(InputObject)]
pub(crate) struct UpdateChannelInput {
    /// The channel.
    channel_id: ID,
    /// What people will call it.
    name: Option<String>,
    /// Where it leads.
    address: Option<String>,
    /// What it is to be told.
    events: Option<Vec<ChannelEvent>>,
}

/// Declares the input of a mutation that needs a channel and nothing else.
macro_rules! channel_input {
    ($($name:ident = $what:literal),*) => {$(
        #[doc = $what]
        #[derive(InputObject)]
        pub(crate) struct $name {
            /// The channel.
            channel_id: ID,
        }
    )*};
}

channel_input!(
    DeleteChannelInput = "Which channel to delete.",
    EnableChannelInput = "Which channel to switch on.",
    DisableChannelInput = "Which channel to switch off.",
    RotateChannelSecretInput = "Which channel gets another signing secret.",
    TestChannelInput = "Which channel to try out."
);

/// Which delivery to send again.
#[derive(InputObject)]
pub(crate) struct ReplayDeliveryInput {
    /// The delivery.
    delivery_id: ID,
}

/// Which deliveries of a channel to send again.
#[derive(InputObject)]
pub(crate) struct ReplayFailedDeliveriesInput {
    /// The channel.
    channel_id: ID,
    /// Those of events that happened at this moment or later.
    since: DateTime<Utc>,
}

/// Declares the payload of a mutation that gives something.
macro_rules! payload {
    ($($name:ident { $($(#[$doc:meta])* $field:ident: $type:ty),* })*) => {$(
        /// What came of it.
        #[derive(SimpleObject, Default)]
        pub(crate) struct $name {
            $($(#[$doc])* $field: Option<$type>,)*
            /// Why it was not done; empty when it was.
            user_errors: Vec<UserError>,
        }

        impl $name {
            fn refused(error: UserError) -> Self {
                Self { user_errors: vec![error], ..Self::default() }
            }
        }
    )*};
}

payload! {
    CreateChannelPayload {
        /// The channel; null when there is an error.
        channel: Channel,
        /// What its events are signed with. It is shown this once. Null for Slack.
        signing_secret: String
    }
    UpdateChannelPayload {
        /// The channel; null when there is an error.
        channel: Channel
    }
    EnableChannelPayload {
        /// The channel; null when there is an error.
        channel: Channel
    }
    DisableChannelPayload {
        /// The channel; null when there is an error.
        channel: Channel
    }
    RotateChannelSecretPayload {
        /// The channel; null when there is an error.
        channel: Channel,
        /// What its events are signed with from now on. It is shown this once.
        signing_secret: String
    }
    TestChannelPayload {
        /// The event on its way; null when there is an error.
        delivery: Delivery
    }
    ReplayDeliveryPayload {
        /// The delivery; null when there is an error.
        delivery: Delivery
    }
    ReplayFailedDeliveriesPayload {
        /// How many are sent again, at most 1000; null when there is an error.
        count: i32
    }
}
bare_payload!(DeleteChannelPayload);

#[derive(Default)]
pub(crate) struct ChannelMutation;

#[Object]
impl ChannelMutation {
    /// Makes a channel.
    async fn create_channel(
        &self,
        ctx: &Context<'_>,
        input: CreateChannelInput,
    ) -> Result<CreateChannelPayload, Fault> {
        ctx.actor()?;
        let member = match local::<WorkspaceId>(&input.workspace_id) {
            Some(id) => ctx.member(id).await?,
            None => None,
        };
        let Some(member) = member else {
            return Ok(CreateChannelPayload::refused(UserError::not_found("workspaceId")));
        };
        let new = NewChannel {
            kind: input.kind.into(),
            name: input.name,
            address: Secret::new(input.address),
            events: input.events.into_iter().map(Into::into).collect(),
        };
        Ok(match ctx.services()?.channels.create(&member, new).await {
            Ok((row, secret)) => CreateChannelPayload {
                channel: Some(Channel { row, member }),
                signing_secret: secret.map(|secret| secret.expose().to_owned()),
                user_errors: Vec::new(),
            },
            Err(error) => CreateChannelPayload::refused(user_error(error, "workspaceId")?),
        })
    }

    /// Changes name, address or events of a channel. What waits goes to the new address.
    async fn update_channel(
        &self,
        ctx: &Context<'_>,
        input: UpdateChannelInput,
    ) -> Result<UpdateChannelPayload, Fault> {
        let Some((member, id)) = channel(ctx, &input.channel_id).await? else {
            return Ok(UpdateChannelPayload::refused(UserError::not_found("channelId")));
        };
        let changes = Changes {
            name: input.name,
            address: input.address.map(Secret::new),
            events: input.events.map(|events| events.into_iter().map(Into::into).collect()),
        };
        Ok(match ctx.services()?.channels.update(&member, id, changes).await {
            Ok(row) => {
                UpdateChannelPayload { channel: Some(Channel { row, member }), user_errors: Vec::new() }
            }
            Err(error) => UpdateChannelPayload::refused(user_error(error, "channelId")?),
        })
    }

    /// Deletes a channel with its log.
    async fn delete_channel(
        &self,
        ctx: &Context<'_>,
        input: DeleteChannelInput,
    ) -> Result<DeleteChannelPayload, Fault> {
        let Some((member, id)) = channel(ctx, &input.channel_id).await? else {
            return Ok(DeleteChannelPayload { user_errors: vec![UserError::not_found("channelId")] });
        };
        let user_errors = match ctx.services()?.channels.delete(&member, id).await {
            Ok(()) => Vec::new(),
            Err(error) => vec![user_error(error, "channelId")?],
        };
        Ok(DeleteChannelPayload { user_errors })
    }

    /// Switches a channel on.
    async fn enable_channel(
        &self,
        ctx: &Context<'_>,
        input: EnableChannelInput,
    ) -> Result<EnableChannelPayload, Fault> {
        Ok(match set_enabled(ctx, &input.channel_id, true).await? {
            Ok(channel) => EnableChannelPayload { channel: Some(channel), user_errors: Vec::new() },
            Err(error) => EnableChannelPayload::refused(error),
        })
    }

    /// Switches a channel off. What waits for it is given up, and can be sent again later.
    async fn disable_channel(
        &self,
        ctx: &Context<'_>,
        input: DisableChannelInput,
    ) -> Result<DisableChannelPayload, Fault> {
        Ok(match set_enabled(ctx, &input.channel_id, false).await? {
            Ok(channel) => DisableChannelPayload { channel: Some(channel), user_errors: Vec::new() },
            Err(error) => DisableChannelPayload::refused(error),
        })
    }

    /// Gives a webhook another signing secret. For 24 hours events are signed with the former one, too.
    async fn rotate_channel_secret(
        &self,
        ctx: &Context<'_>,
        input: RotateChannelSecretInput,
    ) -> Result<RotateChannelSecretPayload, Fault> {
        let Some((member, id)) = channel(ctx, &input.channel_id).await? else {
            return Ok(RotateChannelSecretPayload::refused(UserError::not_found("channelId")));
        };
        Ok(match ctx.services()?.channels.rotate_secret(&member, id).await {
            Ok((row, secret)) => RotateChannelSecretPayload {
                channel: Some(Channel { row, member }),
                signing_secret: Some(secret.expose().to_owned()),
                user_errors: Vec::new(),
            },
            Err(error) => RotateChannelSecretPayload::refused(user_error(error, "channelId")?),
        })
    }

    /// Sends a test event to a channel.
    async fn test_channel(
        &self,
        ctx: &Context<'_>,
        input: TestChannelInput,
    ) -> Result<TestChannelPayload, Fault> {
        let Some((member, id)) = channel(ctx, &input.channel_id).await? else {
            return Ok(TestChannelPayload::refused(UserError::not_found("channelId")));
        };
        Ok(match ctx.services()?.channels.send_test(&member, id).await {
            Ok(row) => {
                TestChannelPayload { delivery: Some(Delivery { row, member }), user_errors: Vec::new() }
            }
            Err(error) => TestChannelPayload::refused(user_error(error, "channelId")?),
        })
    }

    /// Sends one delivery again, delivered or given up, under the same event id.
    async fn replay_delivery(
        &self,
        ctx: &Context<'_>,
        input: ReplayDeliveryInput,
    ) -> Result<ReplayDeliveryPayload, Fault> {
        ctx.actor()?;
        let id = local::<DeliveryId>(&input.delivery_id);
        let found = match id {
            Some(id) => member_of(ctx, GlobalId::Delivery(id)).await?.map(|member| (member, id)),
            None => None,
        };
        let Some((member, id)) = found else {
            return Ok(ReplayDeliveryPayload::refused(UserError::not_found("deliveryId")));
        };
        Ok(match ctx.services()?.channels.replay(&member, id).await {
            Ok(row) => {
                ReplayDeliveryPayload { delivery: Some(Delivery { row, member }), user_errors: Vec::new() }
            }
            Err(error) => ReplayDeliveryPayload::refused(user_error(error, "deliveryId")?),
        })
    }

    /// Sends again what was given up of a channel, the oldest first and at most 1000.
    async fn replay_failed_deliveries(
        &self,
        ctx: &Context<'_>,
        input: ReplayFailedDeliveriesInput,
    ) -> Result<ReplayFailedDeliveriesPayload, Fault> {
        let Some((member, id)) = channel(ctx, &input.channel_id).await? else {
            return Ok(ReplayFailedDeliveriesPayload::refused(UserError::not_found("channelId")));
        };
        Ok(match ctx.services()?.channels.replay_given_up(&member, id, input.since).await {
            Ok(count) => ReplayFailedDeliveriesPayload {
                count: Some(i32::try_from(count).unwrap_or(i32::MAX)),
                user_errors: Vec::new(),
            },
            Err(error) => ReplayFailedDeliveriesPayload::refused(user_error(error, "channelId")?),
        })
    }
}

async fn set_enabled(ctx: &Context<'_>, id: &ID, enabled: bool) -> Result<Result<Channel, UserError>, Fault> {
    let Some((member, id)) = channel(ctx, id).await? else {
        return Ok(Err(UserError::not_found("channelId")));
    };
    Ok(match ctx.services()?.channels.set_enabled(&member, id, enabled).await {
        Ok(row) => Ok(Channel { row, member }),
        Err(error) => Err(user_error(error, "channelId")?),
    })
}

async fn channel(ctx: &Context<'_>, id: &ID) -> Result<Option<(Member, ChannelId)>, Fault> {
    ctx.actor()?;
    let Some(id) = local::<ChannelId>(id) else { return Ok(None) };
    Ok(member_of(ctx, GlobalId::Channel(id)).await?.map(|member| (member, id)))
}

async fn member_of(ctx: &Context<'_>, id: GlobalId) -> Result<Option<Member>, Fault> {
    match workspace_of(ctx, id).await? {
        Some(workspace) => ctx.member(workspace).await,
        None => Ok(None),
    }
}

/// `subject` is the field that names what is to be changed.
fn user_error(error: ChannelError, subject: &str) -> Result<UserError, Fault> {
    let invalid = |field: &str, message: &str| UserError::at(field, UserErrorCode::Invalid, message);
    Ok(match error {
        ChannelError::Forbidden => UserError::forbidden(),
        ChannelError::NotFound => UserError::not_found(subject),
        ChannelError::Name(fault) => invalid("name", &fault.to_string()),
        ChannelError::Address(fault) => invalid("address", &fault.to_string()),
        ChannelError::Events => invalid("events", "Choose at least one event."),
        ChannelError::TooMany => invalid(subject, "A workspace has at most 20 channels."),
        ChannelError::NotSigned => invalid(subject, "Messages to Slack are not signed."),
        ChannelError::Disabled => invalid(subject, "This channel is switched off. Switch it on first."),
        ChannelError::Waiting => {
            UserError::at(subject, UserErrorCode::AlreadyDone, "This is waiting to be sent already.")
        }
        ChannelError::TooOften => {
            UserError::try_later("That was often enough for an hour. Please try again later.")
        }
        ChannelError::Database(error) => return Err(error.into()),
    })
}
