//! Global ids: the type and the row, as in `account:0193…`, so that an id explains itself in a log
//! and cannot be taken for another type's.

use std::fmt;
use std::str::FromStr;

use async_graphql::ID;
use entity::{
    AccountId, ChannelId, ConnectLinkId, ConnectSessionId, DeliveryId, IncidentId, JobId, LinkId, MediaId,
    RefreshAttemptId, RunId, UserId, WorkspaceId,
};
use uuid::Uuid;

macro_rules! global_ids {
    ($($name:ident($inner:ident) = $word:literal),* $(,)?) => {
        /// The id of anything that has one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum GlobalId {
            $($name($inner),)*
        }

        impl fmt::Display for GlobalId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$name(id) => write!(f, concat!($word, ":{}"), id),)* }
            }
        }

        impl FromStr for GlobalId {
            type Err = NoSuchId;

            fn from_str(text: &str) -> Result<Self, NoSuchId> {
                let (word, id) = text.split_once(':').ok_or(NoSuchId)?;
                let id = Uuid::parse_str(id).map_err(|_| NoSuchId)?;
                match word {
                    $($word => Ok(Self::$name($inner(id))),)*
                    _ => Err(NoSuchId),
                }
            }
        }

        $(impl From<$inner> for GlobalId {
            fn from(id: $inner) -> Self {
                Self::$name(id)
            }
        }

        impl TryFrom<GlobalId> for $inner {
            type Error = NoSuchId;

            fn try_from(id: GlobalId) -> Result<Self, NoSuchId> {
                match id {
                    GlobalId::$name(id) => Ok(id),
                    _ => Err(NoSuchId),
                }
            }
        })*
    };
}

global_ids! {
    Account(AccountId) = "account",
    ConnectLink(ConnectLinkId) = "connect-link",
    Channel(ChannelId) = "channel",
    ConnectSession(ConnectSessionId) = "connect",
    Delivery(DeliveryId) = "delivery",
    Incident(IncidentId) = "incident",
    Job(JobId) = "job",
    Link(LinkId) = "link",
    Media(MediaId) = "media",
    RefreshAttempt(RefreshAttemptId) = "refresh",
    Run(RunId) = "run",
    User(UserId) = "user",
    Workspace(WorkspaceId) = "workspace",
}

/// It is not an id of that type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoSuchId;

/// The id for an answer.
pub(crate) fn global(id: impl Into<GlobalId>) -> ID {
    ID(id.into().to_string())
}

/// The id of one type that a request names, if it is one.
pub(crate) fn local<T: TryFrom<GlobalId>>(id: &ID) -> Option<T> {
    id.parse::<GlobalId>().ok().and_then(|id| T::try_from(id).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_as_its_own_type_only() {
        let id = AccountId(Uuid::from_u128(7));
        let text = global(id);
        assert_eq!(text.as_str(), "account:00000000-0000-0000-0000-000000000007");
        assert_eq!(local::<AccountId>(&text), Some(id));
        assert_eq!(local::<WorkspaceId>(&text), None);
        for nonsense in
            ["", "account", "account:", "account:7", "nothing:00000000-0000-0000-0000-000000000007"]
        {
            assert_eq!(local::<AccountId>(&ID::from(nonsense)), None, "{nonsense}");
        }
    }
}
