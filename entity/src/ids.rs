//! Each id is a type of its own, so that the id of one thing cannot be passed for another's.

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

id! {
    /// A connected Instagram professional account in one workspace.
    AccountId;
    /// A link with which a client connects accounts.
    ConnectLinkId;
    /// A channel besides mail.
    ChannelId;
    /// A return from Meta whose accounts are still to be chosen.
    ConnectSessionId;
    /// A grant: one authorisation that a Meta user gave for one workspace.
    ConnectionId;
    /// One event on its way to one channel.
    DeliveryId;
    /// Something that happened and that channels are told of.
    EventId;
    /// One continuous period in which an account needs a person.
    IncidentId;
    /// One piece of due work.
    JobId;
    /// A reconnect link.
    LinkId;
    /// A post, a reel or a story of an account.
    MediaId;
    /// A mail to be sent.
    OutboxId;
    /// One attempt to renew a token.
    RefreshAttemptId;
    /// One execution of a job.
    RunId;
    /// A signed-in browser or program.
    SessionId;
    /// A person.
    UserId;
    /// A tenant.
    WorkspaceId;
}
